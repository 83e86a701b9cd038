// Every type that Gemini reads or writes: those of the description, and those that tell whose something is. Held against the model at start. Data alone.
import { nativeLanguage, person, standing } from './person.ts';
import {
  courseBelongs,
  courseInPlan,
  externalBelongs,
  externalInPlan,
  externalPlaceBelongs,
  exemptionBelongs,
  plan,
  planBelongs,
} from './plan.ts';
import { exemption, external, order, stays } from './recognition.ts';
import { registers } from './registers.ts';
import type { GeminiType } from './gemini-type.ts';

/** Types that are listed: each has a page. */
export const listedTypes: readonly GeminiType[] = [person, plan, exemption, external, order, stays[0], ...registers];

/** Types that answers show. */
export const shownTypes: readonly GeminiType[] = [...listedTypes, courseInPlan, externalInPlan];

export const everyType: readonly GeminiType[] = [
  ...shownTypes,
  stays[1],
  standing,
  nativeLanguage,
  planBelongs,
  courseBelongs,
  externalPlaceBelongs,
  externalBelongs,
  exemptionBelongs,
];

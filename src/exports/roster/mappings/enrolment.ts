// That somebody is a pupil: where, in which school year, how long; and what stands in the population register. Part of pupils, and of whoever is
// guardian of one.
import { civilDate, schoolYear } from '#mappings/converters.ts';
import type { Fields } from '#mappings/mapping.ts';
import { objects, period, value } from './from.ts';

/** Of a pupil. */
export const enrolments = objects('elevforhold', {
  uid: value('@uid'),
  school: value('skole.@uid'),
  year: value('skolear.kode', schoolYear),
  ...period('gyldighetsperiode'),
  brokenOff: value('avbruddsdato', civilDate),
} satisfies Fields);

export type EnrolmentRow = {
  readonly uid: number;
  readonly school?: number;
  readonly year?: string;
  readonly from?: string;
  readonly to?: string;
  readonly brokenOff?: string;
};

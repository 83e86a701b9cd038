// Education plans of a person: shown, and what is in them added and taken away. Called by operations.ts.
import type { ApiAnswer } from '#apis/api.ts';
import { plainColumn } from '../holdings.ts';
import { idSchema } from '../ids.ts';
import { linksOfValues } from '../linked-values.ts';
import { at } from './at.ts';
import {
  courseBelongs,
  courseInPlan,
  externalBelongs,
  externalInPlan,
  externalPlaceBelongs,
  plan,
  planBelongs,
} from './plan.ts';
import { sizeForm, type GivenSize } from './body-forms.ts';
import { addWith, listOfStudent, removal, takeAwayOf, type Values } from './of-student.ts';
import { taken } from './said-of-writes.ts';
import type { GeminiType } from './gemini-type.ts';
import type { Call, GeminiParts, Operations, Schema } from '../operation.ts';
import { pageParameters } from '../parameters.ts';
import { invalid, nothingNamed, refusedValue } from '../problems.ts';
import { belongingTo, oneWrong, standingOf } from '../standing.ts';

const courseBody: Schema = {
  type: 'object',
  properties: {
    emneId: idSchema,
    emnekombinasjonId: idSchema,
    emnekombinasjonsId: idSchema,
    emnekategoriId: idSchema,
    emnevalgstatusId: idSchema,
    undervisningsTerminId: idSchema,
    eksamensTerminId: idSchema,
    planlagtVekting: sizeForm,
  },
  required: ['emneId', 'undervisningsTerminId', 'eksamensTerminId'],
  additionalProperties: false,
};

const externalBody: Schema = {
  type: 'object',
  properties: {
    eksternresultatId: idSchema,
    emnekombinasjonId: idSchema,
    emnekombinasjonsId: idSchema,
    emnekategoriId: idSchema,
    vektingIUtdanningsplan: sizeForm,
  },
  required: ['eksternresultatId'],
  additionalProperties: false,
};

type OfPlan = { readonly student: string; readonly plan: string };

/** The student and the plan of the address; null where either is not there, or the plan is another's. */
const planOf = async (parts: GeminiParts, call: Call): Promise<OfPlan | null> => {
  const person = await standingOf(parts, call);
  if (person === null || person.student === null) return null;
  const { student } = person;
  const found = await belongingTo(parts, call, planBelongs, call.path['utdanningsplanId'], { student });
  return found === null ? null : { student, plan: found };
};

const add = async (
  parts: GeminiParts,
  call: Call,
  operation: string,
  type: GeminiType,
  valuesOf: (of: OfPlan, body: Values) => Values,
): Promise<ApiAnswer> => {
  const of = await planOf(parts, call);
  if (of === null) return nothingNamed;
  const columns = { [plainColumn('utdanningsplanId')]: of.plan };
  return addWith({ parts, call, operation }, type, valuesOf(of, call.body ?? {}), columns);
};

/** The planned size is kept with the link to its unit. */
const addCourse = async (parts: GeminiParts, call: Call): Promise<ApiAnswer> => {
  const { planlagtVekting: planned, ...rest } = call.body ?? {};
  const { vektingstypeId: unit, verdi: amount } = (planned ?? {}) as GivenSize;
  const given = planned === undefined ? [] : [{ at: 'planlagtVekting/vektingstypeId', id: unit }];
  const links = await linksOfValues(parts, call, { relation: 'vektingstype', to: at.weighting }, given);
  if (!links.ok) return refusedValue(links.problem);
  const [link] = links.value;
  return add(parts, call, 'addEmneIUtdanningsplan', courseInPlan, ({ student }) => ({
    ...rest,
    ...(link === undefined ? {} : { planlagtVekting: { verdi: String(amount), ...link } }),
    erErstattet: false,
    [plainColumn('studentId')]: student,
  }));
};

const addExternal = async (parts: GeminiParts, call: Call): Promise<ApiAnswer> => {
  const of = await planOf(parts, call);
  if (of === null) return nothingNamed;
  const own = await belongingTo(parts, call, externalBelongs, call.body?.['eksternresultatId'], {
    student: of.student,
  });
  if (own === null) return invalid(oneWrong('eksternresultatId', 'er ikke et eksternt resultat som personen har'));
  return add(
    parts,
    call,
    'addEksternresultatIUtdanningsplan',
    externalInPlan,
    (_, { vektingIUtdanningsplan, ...rest }) => {
      const { vektingstypeId, verdi } = (vektingIUtdanningsplan ?? {}) as GivenSize;
      return { ...rest, ...(vektingIUtdanningsplan === undefined ? {} : { vektingstypeId, vektingsverdi: verdi }) };
    },
  );
};

const takeAway = async (
  parts: GeminiParts,
  call: Call,
  operation: string,
  types: { readonly type: GeminiType; readonly belongs: GeminiType },
): Promise<ApiAnswer> => {
  const of = await planOf(parts, call);
  return of === null ? nothingNamed : takeAwayOf({ parts, call, operation }, types, { plan: of.plan });
};

const plans = '/personer/{personId}/utdanningsplaner';
const onePlan = `${plans}/{utdanningsplanId}`;
const place = { personId: '{personId}', utdanningsplanId: '{utdanningsplanId}' };

/** The operations, in the order of the description. */
export const planOperations: Operations = (parts) => [
  {
    id: 'listUtdanningsplaner',
    tag: 'Godkjenning av utdanning',
    method: 'GET',
    path: plans,
    summary: { nb: 'Utdanningsplanene til en person.', en: 'The education plans of a person.' },
    describe: { nb: 'Planene med alt de inneholder.', en: 'The plans with all that is in them.' },
    query: pageParameters,
    goal: 'application',
    answers: { 200: { describe: { nb: 'En side.', en: 'A page.' }, schema: 'UtdanningsplanSide' } },
    examples: [{ summary: 'Planene', path: { personId: '{personId}' }, status: 200 }],
    handle: (call) => listOfStudent(parts, call, [plan]),
  },
  {
    id: 'addEmneIUtdanningsplan',
    tag: 'Godkjenning av utdanning',
    method: 'POST',
    path: `${onePlan}/emner`,
    summary: { nb: 'Ta et emne inn i planen.', en: 'Take a course into the plan.' },
    describe: {
      nb: 'Emnet får en plass i planen. Eldre navn på emnekombinasjonen tas også.',
      en: 'The course is given a place in the plan. The older name of the combination is taken too.',
    },
    body: courseBody,
    journal: true,
    goal: 'application',
    answers: { 201: { describe: { nb: 'Plassen.', en: 'The place.' }, schema: 'EmneIUtdanningsplan' }, ...taken },
    examples: [
      {
        summary: 'Et emne',
        path: place,
        body: { emneId: '{emneId}', undervisningsTerminId: '{terminId}', eksamensTerminId: '{terminId}' },
        status: 201,
      },
      {
        summary: 'Et emne som ikke er et emne',
        path: place,
        body: { emneId: '{terminId}', undervisningsTerminId: '{terminId}', eksamensTerminId: '{terminId}' },
        status: 400,
      },
    ],
    handle: (call) => addCourse(parts, call),
  },
  {
    id: 'removeEmneIUtdanningsplan',
    ...removal(
      'emneIUtdanningsplanId',
      { nb: 'Plassen, som den står i planen.', en: 'The place, as it stands in the plan.' },
      { summary: 'Et emne', path: place },
    ),
    path: `${onePlan}/emner`,
    summary: { nb: 'Ta et emne ut av planen.', en: 'Take a course out of the plan.' },
    describe: { nb: 'Plassen til emnet blir borte.', en: 'The place of the course goes away.' },
    journal: true,
    handle: (call) =>
      takeAway(parts, call, 'removeEmneIUtdanningsplan', { type: courseInPlan, belongs: courseBelongs }),
  },
  {
    id: 'addEksternresultatIUtdanningsplan',
    tag: 'Godkjenning av utdanning',
    method: 'POST',
    path: `${onePlan}/eksternresultater`,
    summary: { nb: 'La et eksternt resultat telle i planen.', en: 'Let an external result count in the plan.' },
    describe: {
      nb: 'Resultatet må være ett som personen har.',
      en: 'The result has to be one that the person has.',
    },
    body: externalBody,
    journal: true,
    goal: 'application',
    answers: {
      201: { describe: { nb: 'Plassen.', en: 'The place.' }, schema: 'EksternresultatIUtdanningsplan' },
      ...taken,
    },
    examples: [
      { summary: 'Et resultat', path: place, body: { eksternresultatId: '{eksternresultatId}' }, status: 201 },
    ],
    handle: (call) => addExternal(parts, call),
  },
  {
    id: 'removeEksternresultatIUtdanningsplan',
    ...removal(
      'eksternresultatIUtdanningsplanId',
      { nb: 'Plassen, som den står i planen.', en: 'The place, as it stands in the plan.' },
      { summary: 'Et resultat', path: place },
    ),
    path: `${onePlan}/eksternresultater`,
    summary: {
      nb: 'La et eksternt resultat ikke telle i planen.',
      en: 'Let an external result not count in the plan.',
    },
    describe: { nb: 'Plassen blir borte; resultatet blir stående.', en: 'The place goes away; the result stays.' },
    journal: true,
    handle: (call) =>
      takeAway(parts, call, 'removeEksternresultatIUtdanningsplan', {
        type: externalInPlan,
        belongs: externalPlaceBelongs,
      }),
  },
];

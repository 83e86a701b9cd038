// Education plans, and what is in them. Read by operations of plans.
import { object, objects, value } from '#mappings/field.ts';
import type { Fields } from '#mappings/mapping.ts';
import { truth } from '#mappings/to-model.ts';
import { at } from './at.ts';
import { named, own, refers, refersToAll, sized, text, unitOf, type IdsOf } from './field.ts';
import { studentFilter } from './filters.ts';
import type { GeminiType } from './gemini-type.ts';
import { decimal } from './values.ts';

const combination = (ids: IdsOf): Fields => {
  const field = refers(ids)(
    'Emnekombinasjonen.',
    'The combination of courses.',
    'studieoppbygningsdel',
    at.combination,
  );
  return { emnekombinasjonId: field, emnekombinasjonsId: field };
};

/** Units of the sizes of a course in a plan. */
const courseUnits = [
  unitOf('planlagtVekting', 'planlagtVekting'),
  unitOf('oppnaddVekting', 'oppnaddVekting'),
  unitOf('individuellEmnevekting', 'vektingIUtdanningsplan'),
];

const courseFields = (ids: IdsOf): Fields => ({
  emneId: refers(ids)('Emnet.', 'The course.', 'emne', at.course),
  ...combination(ids),
  emnekategoriId: refers(ids)('Slaget emner.', 'The kind of courses.', 'emnekategori', at.category),
  emnevalgstatusId: refers(ids)(
    'Hvor langt valget er kommet.',
    'How far the choice has come.',
    'emnevalgstatus',
    at.choiceStatus,
  ),
  undervisningsTerminId: refers(ids)(
    'Terminen med undervisning.',
    'The term of teaching.',
    'undervisningstermin',
    at.term,
  ),
  eksamensTerminId: refers(ids)('Terminen med eksamen.', 'The term of the exam.', 'vurderingstermin', at.term),
  planlagtVekting: sized('Det som er planlagt.', 'What is planned.', 'planlagtVekting'),
  oppnaddVekting: sized('Det som er oppnådd.', 'What is achieved.', 'oppnaddVekting'),
  vektingIUtdanningsplan: sized(
    'Det emnet teller med i planen.',
    'What the course counts with in the plan.',
    'individuellEmnevekting',
  ),
  erOppmeldt: value('Om studenten er meldt opp.', 'Whether the student is signed up.', 'erVurderingsmeldt'),
  erErstattet: value('Om noe annet har tatt plassen.', 'Whether something else has taken its place.', 'erErstattet'),
});

const externalFields = (ids: IdsOf): Fields => ({
  eksternresultatId: refers(ids)('Det eksterne resultatet.', 'The external result.', 'eksternresultat', at.external),
  ...combination(ids),
  emnekategoriId: refers(ids)(
    'Slaget emner det regnes blant.',
    'The kind of courses it is counted among.',
    'emnekategori',
    at.category,
  ),
  vektingIUtdanningsplan: object('Det som teller i planen.', 'What counts in the plan.', '@self', {
    vektingstypeId: refers(ids)('Enheten.', 'The unit.', 'vektingstype', at.weighting),
    verdi: value('Hvor mye.', 'How much.', 'vektingsverdi', { convert: decimal }),
  }),
});

export const plan: GeminiType = {
  schema: 'Utdanningsplan',
  collection: at.plan,
  id: 'utdanningsplanId',
  describe: text('En students plan for et studieprogram.', 'The plan of a student for a study programme.'),
  fields: (ids) => ({
    kullId: refers(ids)('Kullet.', 'The cohort.', 'programStudierett.kull', at.cohort),
    studentstatusId: refers(ids)(
      'Hva studenten er i programmet.',
      'What the student is in the programme.',
      'programStudierett.studentstatus',
      at.studentStatus,
    ),
    studieprogramId: refers(ids)(
      'Studieprogrammet.',
      'The study programme.',
      'programStudierett.studieprogram',
      at.programme,
    ),
    studieretningId: refers(ids)(
      'Studieretningen.',
      'The specialisation.',
      'programStudierett.studieretning',
      at.specialisation,
    ),
    emnekombinasjoner: refersToAll(ids)(
      'Emnekombinasjonene i planen.',
      'The combinations of courses in the plan.',
      'emner.studieoppbygningsdel',
      at.combination,
    ),
    emner: objects('Emnene.', 'The courses.', 'emner', {
      emneIUtdanningsplanId: own(ids, at.coursePlace),
      ...courseFields(ids),
    }),
    eksternresultater: objects(
      'Resultatene fra andre læresteder.',
      'The results from other institutions.',
      'eksternresultater',
      {
        eksternresultatIUtdanningsplanId: own(ids, at.externalPlace),
        ...externalFields(ids),
      },
    ),
    utdanningsplanelementer: objects('Det som ikke er emner.', 'What is not a course.', 'utdanningsplanelementer', {
      utdanningsplanelementIUtdanningsplanId: own(ids, at.planElementPlace),
      utdanningsplanelementId: refers(ids)('Elementet.', 'The element.', 'utdanningsplanelement', at.planElement),
      ...combination(ids),
      kulltrinn: value('Trinnet det er plassert på.', 'The level at which it is placed.', 'kulltrinn'),
      planlagtVekting: sized('Det som er planlagt.', 'What is planned.', 'planlagtVekting'),
      erGodkjent: value('Om det er godkjent.', 'Whether it is approved.', 'godkjent'),
      erErstattet: value('Om noe annet har tatt plassen.', 'Whether something else has taken its place.', 'erstattet'),
    }),
    realkompetanser: objects('Kompetanse uten emner.', 'Competence without courses.', 'realkompetanser', {
      realkompetanseId: own(ids, at.priorLearning),
      navn: named('Navnet.', 'The name.'),
      beskrivelse: named('Beskrivelsen.', 'The description.', 'beskrivelse'),
      ...combination(ids),
      emnekategoriId: refers(ids)(
        'Slaget emner den regnes blant.',
        'The kind of courses it is counted among.',
        'emnekategori',
        at.category,
      ),
      vekting: sized('Omfanget.', 'The size.', 'realkompetansevekting'),
    }),
  }),
  filters: [studentFilter],
  within: [
    {
      relation: 'emner',
      member: 'emner',
      id: 'emneIUtdanningsplanId',
      collection: at.coursePlace,
      hanging: courseUnits,
    },
    {
      relation: 'utdanningsplanelementer',
      member: 'utdanningsplanelementer',
      id: 'utdanningsplanelementIUtdanningsplanId',
      collection: at.planElementPlace,
      hanging: [unitOf('planlagtVekting', 'planlagtVekting')],
    },
    {
      relation: 'realkompetanser',
      member: 'realkompetanser',
      id: 'realkompetanseId',
      collection: at.priorLearning,
      hanging: [unitOf('realkompetansevekting', 'vekting')],
    },
  ],
};

/** What is asked of something before it is changed or taken away: whose it is, and of which plan. Shown to nobody. */
const belonging = (schema: string, collection: string, id: string, more: Fields = {}): GeminiType => ({
  schema,
  collection,
  id,
  describe: text('Hvem noe hører til.', 'To whom something belongs.'),
  fields: () => ({
    student: value('Studenten.', 'The student.', 'student.systemId.identifikatorverdi'),
    ...more,
  }),
});
const ofPlan: Fields = { plan: value('Planen.', 'The plan.', 'utdanningsplan.systemId.identifikatorverdi') };

export const planBelongs = belonging('PlanBelongs', at.plan, 'utdanningsplanId');
export const courseBelongs = belonging('CourseBelongs', at.coursePlace, 'emneIUtdanningsplanId', ofPlan);
export const externalPlaceBelongs: GeminiType = {
  ...belonging('ExternalPlaceBelongs', at.externalPlace, 'eksternresultatIUtdanningsplanId'),
  fields: () => ofPlan,
};
export const externalBelongs = belonging('ExternalBelongs', at.external, 'eksternresultatId');
export const exemptionBelongs = belonging('ExemptionBelongs', at.exemption, 'emnefritakId');

export const courseInPlan: GeminiType = {
  schema: 'EmneIUtdanningsplan',
  collection: at.coursePlace,
  id: 'emneIUtdanningsplanId',
  describe: text('Et emne i en utdanningsplan.', 'A course in an education plan.'),
  fields: courseFields,
  hanging: courseUnits,
  writes: {
    operations: ['create', 'delete'],
    members: [
      { of: ['erErstattet'], to: 'erErstattet', make: (held) => truth.apply(held) },
      // Made with the link to its unit by the operation.
      { of: ['planlagtVekting'], to: 'planlagtVekting', make: (held) => held },
    ],
    links: [
      { column: 'utdanningsplanId', relation: 'utdanningsplan', to: at.plan, required: true },
      { column: 'studentId', relation: 'student', to: at.student, required: true },
      { column: 'emneId', relation: 'emne', to: at.course, required: true },
      {
        column: 'emnekombinasjonId',
        older: 'emnekombinasjonsId',
        relation: 'studieoppbygningsdel',
        to: at.combination,
      },
      { column: 'emnekategoriId', relation: 'emnekategori', to: at.category },
      { column: 'emnevalgstatusId', relation: 'emnevalgstatus', to: at.choiceStatus },
      { column: 'undervisningsTerminId', relation: 'undervisningstermin', to: at.term, required: true },
      { column: 'eksamensTerminId', relation: 'vurderingstermin', to: at.term, required: true },
    ],
  },
};

export const externalInPlan: GeminiType = {
  schema: 'EksternresultatIUtdanningsplan',
  collection: at.externalPlace,
  id: 'eksternresultatIUtdanningsplanId',
  describe: text('Et eksternt resultat i en utdanningsplan.', 'An external result in an education plan.'),
  fields: externalFields,
  writes: {
    operations: ['create', 'delete'],
    members: [
      {
        of: ['vektingsverdi'],
        to: 'vektingsverdi',
        make: (held) => (typeof held === 'number' ? String(held) : undefined),
      },
    ],
    links: [
      { column: 'utdanningsplanId', relation: 'utdanningsplan', to: at.plan, required: true },
      { column: 'eksternresultatId', relation: 'eksternresultat', to: at.external, required: true },
      {
        column: 'emnekombinasjonId',
        older: 'emnekombinasjonsId',
        relation: 'studieoppbygningsdel',
        to: at.combination,
      },
      { column: 'emnekategoriId', relation: 'emnekategori', to: at.category },
      { column: 'vektingstypeId', relation: 'vektingstype', to: at.weighting },
    ],
  },
};

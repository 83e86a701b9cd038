// Recognition of education taken elsewhere: exemptions, external results, orders of results, and stays at other institutions. Read by operations of
// recognition.
import { object, value } from '#mappings/field.ts';
import type { Fields } from '#mappings/mapping.ts';
import { line } from '#mappings/to-model.ts';
import { at } from './at.ts';
import { languageNames, named, originalNames, refers, text, type IdsOf } from './field.ts';
import { studentFilter } from './filters.ts';
import type { GeminiType } from './gemini-type.ts';
import { dates, decimal, moment } from './values.ts';

const student = { column: 'studentId', relation: 'student', to: at.student, required: true } as const;

/** The two kinds of exemption: from education of another institution, or of the same. The words are ours. */
export const exemptionKinds = ['EKSTERN', 'INTERN'] as const;
const isExemptionKind = (held: unknown): boolean => (exemptionKinds as readonly unknown[]).includes(held);

export const exemption: GeminiType = {
  schema: 'Emnefritak',
  collection: at.exemption,
  id: 'emnefritakId',
  describe: text('Et fritak fra et emne.', 'An exemption from a course.'),
  fields: (ids) => ({
    emneId: refers(ids)('Emnet.', 'The course.', 'emne', at.course),
    gyldigIPeriode: object('Når fritaket gjelder.', 'When the exemption holds.', '@self', {
      fraTerminId: refers(ids)('Første termin.', 'First term.', 'fraTermin', at.term),
      tilTerminId: refers(ids)('Siste termin.', 'Last term.', 'tilTermin', at.term),
    }),
    fritakstype: value('Hva fritaket bygger på.', 'What the exemption rests on.', 'fritakstype', {
      convert: {
        name: 'exemptionKind',
        schema: { type: 'string', enum: exemptionKinds },
        apply: (held) => (isExemptionKind(held) ? held : undefined),
      },
    }),
  }),
  filters: [studentFilter],
  writes: {
    operations: ['create', 'delete'],
    members: [
      {
        of: ['fritakstype'],
        required: true,
        to: 'fritakstype',
        make: (held) => (isExemptionKind(held) ? held : undefined),
      },
    ],
    links: [
      student,
      { column: 'emneId', relation: 'emne', to: at.course, required: true },
      { column: 'fraTerminId', relation: 'fraTermin', to: at.term },
      { column: 'tilTerminId', relation: 'tilTermin', to: at.term },
    ],
  },
};

const toTexts = (held: unknown): unknown => {
  if (typeof held !== 'object' || held === null) return undefined;
  const kept = Object.entries(held).flatMap(([name, given]) => {
    const of = languageNames[name];
    const made = line(500).apply(given);
    return of === undefined || made === undefined ? [] : [[of, made] as const];
  });
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
};

const externalFields = (ids: IdsOf): Fields => {
  const institution = refers(ids)('Lærestedet.', 'The institution.', 'institusjon', at.institution);
  return {
    institusjonId: institution,
    institusjonsId: institution,
    studienivaId: refers(ids)('Nivået.', 'The level.', 'studieniva', at.level),
    vurderingsresultatstatusId: refers(ids)('Om det er bestått.', 'Whether it is a pass.', 'status', at.resultStatus),
    registreringskildeId: refers(ids)(
      'Hvor opplysningene er fra.',
      'Where the details are from.',
      'registreringskilde',
      at.externalSource,
    ),
    kategoriId: refers(ids)('Kategorien.', 'The category.', 'kategori', at.externalCategory),
    beskrivelsesmodellId: refers(ids)(
      'Måten det er beskrevet på.',
      'The way in which it is described.',
      'beskrivelsesmodell',
      at.externalModel,
    ),
    nusKode: value('Koden i NUS.', 'The NUS code.', 'nusKode'),
    periode: object('Når det ble oppnådd.', 'When it was achieved.', '@self', {
      periodeId: refers(ids)('Delen av året.', 'The part of the year.', 'periode', at.externalPeriod),
      arstall: value('Året.', 'The year.', 'arstall'),
    }),
    vekting: object('Omfanget.', 'The size.', '@self', {
      vektingstypeId: refers(ids)('Enheten.', 'The unit.', 'vektingstype', at.weighting),
      verdi: value('Hvor mye.', 'How much.', 'vektingsverdi', { convert: decimal }),
    }),
    kreverKontroll: value(
      'Om noen må se over registreringen.',
      'Whether somebody has to look over the registration.',
      'kreverKontroll',
    ),
    url: value('Der innholdet er beskrevet.', 'Where the content is described.', 'url'),
    kode: value('Koden ved lærestedet.', 'The code at the institution.', 'kode'),
    navn: named('Navnet.', 'The name.', 'navnAlleSprak', originalNames),
  };
};

export const external: GeminiType = {
  schema: 'Eksternresultat',
  collection: at.external,
  id: 'eksternresultatId',
  describe: text('Et resultat fra et annet lærested.', 'A result from another institution.'),
  fields: externalFields,
  filters: [studentFilter],
  writes: {
    operations: ['create', 'delete'],
    members: [
      { of: ['kode'], to: 'kode', make: (held) => line(50).apply(held) },
      { of: ['navn'], to: 'navnAlleSprak', make: toTexts },
      {
        of: ['url'],
        to: 'url',
        make: (held) => (typeof held === 'string' && /^https?:\/\//.test(held) ? line(1_000).apply(held) : undefined),
      },
      { of: ['nusKode'], to: 'nusKode', make: (held) => line(20).apply(held) },
      { of: ['arstall'], to: 'arstall', make: (held) => (Number.isSafeInteger(held) ? held : undefined) },
      {
        of: ['vektingsverdi'],
        to: 'vektingsverdi',
        make: (held) => (typeof held === 'number' ? String(held) : undefined),
      },
    ],
    links: [
      student,
      { column: 'institusjonId', older: 'institusjonsId', relation: 'institusjon', to: at.institution, required: true },
      { column: 'studienivaId', relation: 'studieniva', to: at.level },
      { column: 'vurderingsresultatstatusId', relation: 'status', to: at.resultStatus },
      { column: 'registreringskildeId', relation: 'registreringskilde', to: at.externalSource },
      { column: 'kategoriId', relation: 'kategori', to: at.externalCategory },
      { column: 'beskrivelsesmodellId', relation: 'beskrivelsesmodell', to: at.externalModel },
      { column: 'periodeId', relation: 'periode', to: at.externalPeriod },
      { column: 'vektingstypeId', relation: 'vektingstype', to: at.weighting },
    ],
  },
};

/** How far an order has come. The words are ours. */
export const orderStates = ['BESTILT', 'UNDER_ARBEID', 'FULLFORT', 'AVVIST'] as const;

export const order: GeminiType = {
  schema: 'Resultatutveksling',
  collection: at.order,
  id: 'resultatutvekslingId',
  describe: text('En bestilling av resultater fra et annet lærested.', 'An order of results from another institution.'),
  fields: (ids) => {
    const institution = refers(ids)(
      'Lærestedet de er bestilt fra.',
      'The institution from which they are ordered.',
      'institusjon',
      at.institution,
    );
    return {
      institusjonId: institution,
      institusjonsId: institution,
      status: value('Hvor langt bestillingen er kommet.', 'How far the order has come.', 'status', {
        convert: {
          name: 'orderState',
          schema: { type: 'string', enum: orderStates },
          apply: (held) => ((orderStates as readonly unknown[]).includes(held) ? held : undefined),
        },
      }),
      bestilt: value('Når den ble tatt imot.', 'When it was taken.', 'bestiltTidspunkt', { convert: moment }),
      fullfort: value('Når den ble avsluttet.', 'When it ended.', 'fullfortTidspunkt', { convert: moment }),
      antallResultater: value('Hvor mange resultater som kom.', 'How many results came.', 'antallResultater'),
      melding: value('Det lærestedet svarte.', 'What the institution answered.', 'melding'),
    };
  },
  filters: [studentFilter],
  writes: {
    operations: ['create'],
    members: [
      { of: ['status'], required: true, to: 'status', make: (held) => held },
      { of: ['bestilt'], required: true, to: 'bestiltTidspunkt', make: (held) => held },
    ],
    links: [
      student,
      { column: 'institusjonId', older: 'institusjonsId', relation: 'institusjon', to: at.institution, required: true },
    ],
  },
};

const codeOf = (name: string) => ({
  name,
  schema: { type: 'string' },
  apply: (held: unknown) => {
    const code = (held as { readonly kode?: unknown } | null)?.kode;
    return typeof code === 'string' ? code : undefined;
  },
});

const stay = (schema: string, collection: string, id: string, journey: string, nb: string, en: string): GeminiType => ({
  schema,
  collection,
  id,
  describe: text(nb, en),
  fields: (ids) => ({
    retning: value('INNREISENDE eller UTREISENDE.', 'INNREISENDE (incoming) or UTREISENDE (outgoing).', '@self', {
      convert: {
        name: `direction:${schema}`,
        schema: { type: 'string', enum: ['INNREISENDE', 'UTREISENDE'] },
        looksAt: [],
        apply: () => (collection === at.incoming ? 'INNREISENDE' : 'UTREISENDE'),
      },
    }),
    landId: refers(ids)('Landet.', 'The country.', 'land', at.country),
    fraOrganisasjonsenhetId: refers(ids)(
      'Enheten studenten kommer fra.',
      'The unit from which the student comes.',
      'utveksletFra',
      at.unit,
    ),
    tilOrganisasjonsenhetId: refers(ids)(
      'Enheten studenten kommer til.',
      'The unit to which the student comes.',
      'utveksletTil',
      at.unit,
    ),
    oppholdstype: value('Koden for slaget opphold.', 'Code of the kind of stay.', 'oppholdstype', {
      convert: codeOf('stayKind'),
    }),
    utvekslingsstatus: value(
      'Koden for hvor langt det er kommet.',
      'Code of how far it has come.',
      'utvekslingsstatus',
      { convert: codeOf('stayState') },
    ),
    periode: value(
      'Første og siste dag av utvekslingen.',
      'First and last day of the exchange.',
      'utvekslingsperiode',
      { convert: dates },
    ),
    reiseperiode: value('Første og siste dag av reisen.', 'First and last day of the journey.', journey, {
      convert: dates,
    }),
  }),
  filters: [studentFilter],
});

/** Stays of both directions are one type: first those that begin here. */
export const stays: readonly [GeminiType, GeminiType] = [
  stay(
    'Utvekslingsopphold',
    at.outgoing,
    'utvekslingsoppholdId',
    'utreiseperiode',
    'Et opphold ved et annet lærested.',
    'A stay at another institution.',
  ),
  stay(
    'InnreisendeUtvekslingsopphold',
    at.incoming,
    'utvekslingsoppholdId',
    'innreiseperiode',
    'Et opphold her for en student fra et annet lærested.',
    'A stay here of a student from another institution.',
  ),
];

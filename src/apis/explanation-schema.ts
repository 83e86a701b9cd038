// How an explanation looks on the wire, for the descriptions of the two APIs that give it: to applications and to owners. Knows the table of reasons.
import { reasonTable } from '#hub/explain-reasons.ts';

const text = { type: 'string' } as const;
const texts = { type: 'array', items: text } as const;
const instant = { type: 'string', format: 'date-time' } as const;
const instantOrNull = { type: ['string', 'null'], format: 'date-time' } as const;
const words = {
  type: 'object',
  properties: { nb: text, en: text },
  required: ['nb', 'en'],
  additionalProperties: false,
} as const;

const object = (properties: Readonly<Record<string, object>>, optional: readonly string[] = []): object => ({
  type: 'object',
  properties,
  required: Object.keys(properties).filter((name) => !optional.includes(name)),
  additionalProperties: false,
});

const facts = {
  grants: { ...texts, description: 'Ids of grants.' },
  scopes: { ...texts, description: 'Scopes of tokens.' },
  fields: { ...texts, description: 'Attributes and relations.' },
  collections: { ...texts, description: 'Paths of collections.' },
  sensitivities: { ...texts, description: 'Kinds of data that are withheld.' },
  actions: { ...texts, description: 'Actions of grants.' },
  flags: { ...texts, description: 'Flags to send in Feature-Flags.' },
  clearance: { type: 'integer', minimum: 0, maximum: 3, description: 'How highly protected persons show.' },
  error: { ...text, description: 'The code of the refusal.' },
  fullSyncAt: { ...instantOrNull, description: 'When the last full sync before was completed.' },
  promisedDays: { type: 'number', description: 'Within how many days the next full sync is promised.' },
  sources: { ...texts, description: 'Adapters that deliver it.' },
} as const;

const reason = object(
  {
    code: { enum: Object.keys(reasonTable) },
    part: { enum: [...new Set(Object.values(reasonTable).map(({ part }) => part))].toSorted() },
    effect: { enum: ['refused', 'empty', 'smaller', 'notice'] },
    text: words,
    advice: words,
    ...facts,
  },
  Object.keys(facts),
);

const grant = object(
  {
    id: text,
    collections: texts,
    actions: texts,
    fields: { type: ['array', 'null'], items: text },
    withhold: texts,
    rows: {
      type: ['object', 'null'],
      properties: { scope: text, field: text, count: { type: 'integer' } },
      required: ['scope', 'field', 'count'],
      additionalProperties: false,
    },
    rowValues: { ...texts, description: 'The targets that rows are limited to; for the owner only.' },
    clearance: facts.clearance,
    scope: { type: ['string', 'null'] },
    link: { type: ['string', 'null'] },
    from: instantOrNull,
    to: instantOrNull,
    createdAt: instant,
    changedAt: instantOrNull,
    purpose: { ...text, description: 'For the owner only.' },
    agreement: { type: ['string', 'null'], description: 'For the owner only.' },
  },
  ['rowValues', 'purpose', 'agreement'],
);

/** JSON Schema of an explanation. */
export const explanationSchema = object({
  request: text,
  application: text,
  organisation: text,
  at: instant,
  parts: {
    type: 'array',
    description: 'One for each decision of the request.',
    items: object({
      at: instant,
      api: text,
      operation: text,
      collection: text,
      decision: { enum: ['allow', 'deny'] },
      answer: { enum: ['refused', 'empty', 'something', 'unknown'] },
      reasons: { type: 'array', items: reason },
    }),
  },
  grants: { type: 'array', items: grant, description: 'Those that the parts rested on, and that reasons name.' },
});

/** One as an application gets it. */
export const explanationExample = {
  request: '3f0c2a6e-6a83-4a1b-9b53-0c6f8d2a7e11',
  application: 'client-2f0c',
  organisation: 'fjordheim.test',
  at: '2026-08-20T06:00:00Z',
  parts: [
    {
      at: '2026-08-20T06:00:00Z',
      api: 'fint',
      operation: 'list',
      collection: 'domain/package/class',
      decision: 'deny',
      answer: 'refused',
      reasons: [
        {
          code: 'no-grant',
          effect: 'refused',
          ...reasonTable['no-grant'],
          actions: ['list'],
          collections: ['domain/package/class'],
        },
      ],
    },
  ],
  grants: [],
} as const;

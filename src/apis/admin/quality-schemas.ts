// The schemas of quality and of erasures, each with an example, by name. Part of schemas.ts. Data only.
import { text, whole, flag, instant, orNull, list, object, body, reason, type NamedSchema } from './schema-words.ts';

/** By name. */
export const qualitySchemas: Readonly<Record<string, NamedSchema>> = {
  QualitySummary: {
    schema: {
      type: 'object',
      required: ['organisation', 'at', 'examined', 'backlog', 'score', 'collections', 'sources', 'lines'],
      properties: {
        organisation: text,
        at: instant,
        examined: flag,
        backlog: { type: 'object' },
        score: { type: 'object' },
        collections: list({ type: 'object' }),
        sources: list({ type: 'object' }),
        lines: list({ type: 'object' }),
      },
    },
    example: {
      organisation: 'fjordheim.test',
      at: '2026-11-02T08:00:00Z',
      examined: true,
      backlog: { changes: 0, resources: 0, collections: [], complete: true },
      score: { examined: 600, flawed: 6, score: 0.99 },
      collections: [],
      sources: [],
      lines: [],
    },
  },
  QualitySample: {
    schema: object({
      collection: text,
      rule: text,
      place: text,
      detail: text,
      count: whole,
      resource: text,
      subject: text,
      self: orNull(text),
    }),
    example: {
      collection: 'domain/package/class',
      rule: 'missing-target',
      place: 'relation',
      detail: '',
      count: 1,
      resource: 'kSx0o1pY2c3fT6u8wQzA',
      subject: 'kSx0o1pY2c3fT6u8wQzA',
      self: null,
    },
  },
  QualityPoint: {
    schema: object({
      day: { type: 'string', format: 'date' },
      collection: text,
      rule: text,
      count: whole,
      examined: { type: ['integer', 'null'] },
    }),
    example: { day: '2026-11-02', collection: 'domain/package/class', rule: '', count: 6, examined: 600 },
  },
  Erasure: {
    schema: object({
      id: text,
      at: instant,
      reason: text,
      identifiers: { ...whole, description: 'How many identifiers are kept back, known by keyed hashes only.' },
      liftedAt: orNull(instant),
    }),
    example: {
      id: 'e-1f5b4c56',
      at: '2026-11-02T08:00:00Z',
      reason: 'Case 2026/117',
      identifiers: 4,
      liftedAt: null,
    },
  },
  NewErasure: {
    schema: body(
      {
        collection: text,
        field: text,
        value: text,
        about: { ...flag, description: 'Also everything that is or was about it, whoever else it may be about.' },
        reason,
      },
      ['collection', 'field', 'value', 'reason'],
    ),
    example: { collection: 'domain/package/class', field: 'systemid', value: '4711', reason: 'Case 2026/117' },
  },
};

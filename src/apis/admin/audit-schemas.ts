// The schemas of signing keys, audits and explanations, each with an example, by name. Part of schemas.ts. Data only.
import { explanationExample, explanationSchema } from '#apis/explanation-schema.ts';
import { grant } from './grant-schemas.ts';
import { application } from './organisation-schemas.ts';
import { text, whole, flag, instant, list, ref, object, body, moment, type NamedSchema } from './schema-words.ts';

const key = { id: 'k-6a1f0b2c', state: 'active', since: '2026-11-01T00:00:00Z', createdAt: '2026-10-01T00:00:00Z' };

/** By name. */
export const auditSchemas: Readonly<Record<string, NamedSchema>> = {
  Key: {
    schema: object({ id: text, state: { enum: ['next', 'active', 'retired'] }, since: instant, createdAt: instant }),
    example: key,
  },
  AuditQuestion: {
    schema: body({
      application: text,
      class: { ...text, description: 'A class by name, a collection by path, or a folder with `/*`.' },
      from: moment,
      to: moment,
      decision: { enum: ['allow', 'deny'] },
      person: {
        ...object({ collection: text, field: text, value: text }, ['collection']),
        description: 'Who has seen this person, or anything about the person? Named by any identifier.',
      },
      order: { enum: ['newest', 'oldest'] },
      beyond: { ...whole, description: 'Only records beyond this number in that order: where an answer stopped.' },
      limit: { type: 'integer', minimum: 1, maximum: 1_000 },
    }),
    example: { class: 'domain/package/class', person: { field: 'systemid', value: '4711' }, limit: 100 },
  },
  AuditEntry: {
    schema: object({
      sequence: whole,
      id: text,
      at: instant,
      request: text,
      issuer: text,
      client: text,
      token: text,
      api: text,
      operation: text,
      collection: text,
      decision: { enum: ['allow', 'deny'] },
      rule: text,
      count: { type: ['integer', 'null'] },
      subjects: { ...list(text), description: 'Keyed pseudonyms of the resources named.' },
      details: text,
    }),
    example: {
      sequence: 4711,
      id: '3b0a6c1e-1f5b-4c56-8a2b-3f4e5d6c7b8a',
      at: '2026-11-02T08:00:00Z',
      request: '0b0a6c1e-1f5b-4c56-8a2b-3f4e5d6c7b8a',
      issuer: 'https://hub.example.test',
      client: application.id,
      token: 'fT6u8wQzA',
      api: 'fint',
      operation: 'read',
      collection: 'domain/package/class',
      decision: 'allow',
      rule: grant.id,
      count: 1,
      subjects: ['kSx0o1pY2c3fT6u8wQzA'],
      details: 'systemid',
    },
  },
  AuditAnswer: {
    schema: object({
      known: { ...flag, description: 'False when the person has never been here under this identifier.' },
      items: list(ref('AuditEntry')),
      beyond: { type: ['integer', 'null'], description: 'Ask again beyond this number for more.' },
    }),
    example: { known: true, items: [], beyond: null },
  },
  Explanation: { schema: explanationSchema, example: explanationExample },
  AuditVerdict: {
    schema: {
      type: 'object',
      required: ['ok', 'organisation', 'records', 'broken'],
      properties: { ok: flag, organisation: text, records: whole, broken: list({ type: 'object' }) },
    },
    example: { ok: true, organisation: 'fjordheim.test', commits: 12, records: 4711, checkpoints: 3, broken: [] },
  },
  AuditChainPart: {
    schema: object({
      text: { ...text, description: 'Whole lines of JSON.' },
      next: { type: ['string', 'null'], description: 'Where the next piece begins; null after the last.' },
    }),
    example: { text: '{"bindeledd":"audit chain 1","organisation":"fjordheim.test"}\n', next: '3.4711.0.0.1.0' },
  },
  Checkpoint: {
    schema: object({
      organisation: text,
      number: whole,
      kind: { enum: ['head', 'cut'] },
      sequence: whole,
      hash: text,
      at: { ...whole, description: 'Milliseconds since 1970: signed as it is.' },
      previous: text,
      key: text,
      signature: text,
    }),
    example: {
      organisation: 'fjordheim.test',
      number: 3,
      kind: 'head',
      sequence: 4711,
      hash: 'base64url',
      at: 1_793_606_400_000,
      previous: 'base64url',
      key: 'a-1',
      signature: 'base64url',
    },
  },
};

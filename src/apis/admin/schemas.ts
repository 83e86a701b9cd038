// Every schema of the admin API, each with an example, by name. Used by describe.ts; each noun has its own in a file beside it. Data only; bodies are read by the
// handlers.
import { accessSchemas } from './access-schemas.ts';
import { auditSchemas } from './audit-schemas.ts';
import { changeSchemas, listedChanges } from './change-schemas.ts';
import { delegationSchemas } from './delegation-schemas.ts';
import { deliverySchemas } from './delivery-schemas.ts';
import { documentSchemas } from './document-schemas.ts';
import { exportSchemas } from './export-schemas.ts';
import { grantSchemas } from './grant-schemas.ts';
import { linkSchemas } from './link-schemas.ts';
import { listedMessages, messageSchemas } from './message-schemas.ts';
import { organisationSchemas } from './organisation-schemas.ts';
import { qualitySchemas } from './quality-schemas.ts';
import { body, list, object, orNull, reason, ref, text, type NamedSchema } from './schema-words.ts';

const page = (item: string): NamedSchema => ({
  schema: object({
    items: list(ref(item)),
    next: { ...orNull(text), description: 'Give it as cursor for the next page.' },
  }),
  example: { items: [schemasOf[item]?.example], next: null },
});

const reasons: Readonly<Record<string, NamedSchema>> = {
  Reason: { schema: body({ reason }), example: { reason: 'The agreement has ended' } },
  NeededReason: { schema: body({ reason }, ['reason']), example: { reason: 'The school was closed in August' } },
};
const faults: Readonly<Record<string, NamedSchema>> = {
  Finding: {
    schema: object({ at: text, message: text }),
    example: { at: '/fields', message: 'grant-1 opens the same' },
  },
  Problem: {
    schema: {
      type: 'object',
      required: ['type', 'title', 'status', 'detail', 'code', 'requestId'],
      properties: {
        type: text,
        title: text,
        status: { type: 'integer' },
        detail: text,
        instance: text,
        code: text,
        requestId: text,
        hint: text,
        errors: list({ type: 'object', properties: { at: text, message: text, code: text } }),
      },
    },
    example: {
      type: 'https://hub.example.test/problems/HUB-103',
      title: 'Bad parameter',
      status: 400,
      detail: '/to: must come after from',
      code: 'HUB-103',
      requestId: '0b0a6c1e-1f5b-4c56-8a2b-3f4e5d6c7b8a',
      errors: [{ at: '/to', message: 'must come after from' }],
    },
  },
};

// In the order in which the description has them.
const schemasOf: Record<string, NamedSchema> = {
  ...organisationSchemas,
  ...grantSchemas,
  ...delegationSchemas,
  ...accessSchemas,
  ...linkSchemas,
  ...reasons,
  ...deliverySchemas,
  ...auditSchemas,
  ...qualitySchemas,
  ...faults,
  ...exportSchemas,
  ...changeSchemas,
  ...documentSchemas,
  ...messageSchemas,
};
const listed = [
  'Organisation',
  'Application',
  'Grant',
  'Link',
  'Delegation',
  'AccessHeld',
  'Agreement',
  'AccessRequest',
  'Adapter',
  'Run',
  'Rejection',
  'Event',
  'Key',
  'Checkpoint',
  'QualitySample',
  'QualityPoint',
  'Erasure',
  'ExportRun',
  'ExportSchedule',
  'ExportTarget',
];
for (const item of [...listed, ...listedChanges, ...listedMessages, 'Document']) schemasOf[`${item}List`] = page(item);

/** Every schema by its name. */
export const schemas: Readonly<Record<string, NamedSchema>> = schemasOf;

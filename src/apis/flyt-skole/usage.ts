// What is left of the caller's quota: the numbers of the RateLimit headers in one answer, with when they begin anew. An operation of operations.ts;
// asking counts for nothing. Knows only the caller's own.
import type { QuotaUsagePart } from '#hub/quotas.ts';
import type { Text } from '#model/model.ts';
import type { Schema } from '#mappings/mapping-schema.ts';
import { described, schemaRef } from '#mappings/mapping-schema.ts';
import type { Operation, Operations } from './operation.ts';

const text = (nb: string, en: string): Text => ({ nb, en });

const whole = (words: Text): Schema => ({ type: 'integer', minimum: 0, ...described(words) });
const wholeOrNull = (words: Text): Schema => ({ ...whole(words), type: ['integer', 'null'] });
const instant = (words: Text): Schema => ({ type: 'string', format: 'date-time', ...described(words) });

const partProperties: Readonly<Record<keyof QuotaUsagePart, Schema>> = {
  limit: wholeOrNull(
    text(
      'Forespørsler i tidsrommet; null når det ikke er noen grense.',
      'Requests in the window; null without a limit.',
    ),
  ),
  used: whole(text('Brukt til nå.', 'Used so far.')),
  left: wholeOrNull(text('Igjen; null når det ikke er noen grense.', 'Left; null without a limit.')),
  window: whole(text('Tidsrommet, i sekunder.', 'The window, in seconds.')),
  resetAt: instant(
    text(
      'Når alt er der igjen, om ingenting mer spørres om.',
      'When all of it is there again, if nothing more is asked for.',
    ),
  ),
};

const schemas: Readonly<Record<string, Schema>> = {
  QuotaPart: {
    type: 'object',
    ...described(text('En kvote slik den står nå.', 'A quota as it stands now.')),
    properties: partProperties,
    required: Object.keys(partProperties),
  },
  Usage: {
    type: 'object',
    ...described(
      text('Applikasjonens kvoter for organisasjonen.', 'The quotas of the application in the organisation.'),
    ),
    properties: {
      application: { type: 'string', ...described(text('Klient-id-en.', 'The client id.')) },
      organisation: {
        type: 'string',
        ...described(text('Organisasjonen tokenet gjelder.', 'The organisation that the token is for.')),
      },
      environment: {
        type: 'string',
        enum: ['production', 'test', 'sandbox'],
        ...described(text('Hva denne huben er til.', 'What this hub is for.')),
      },
      burst: {
        ...schemaRef('QuotaPart'),
        ...described(text('Minuttet: fylles jevnt på igjen.', 'The minute: fills again evenly.')),
      },
      day: {
        ...described(text('Døgnet, norsk tid.', 'The day, Norwegian time.')),
        type: 'object',
        properties: { date: { type: 'string', format: 'date' }, ...partProperties },
        required: ['date', ...Object.keys(partProperties)],
      },
    },
    required: ['application', 'organisation', 'environment', 'burst', 'day'],
  },
};

/** The operation; its answer is never kept by anybody. */
export const usageOperations: Operations = ({ quotas }) => {
  const operation: Operation = {
    id: 'getUsage',
    tag: 'usage',
    method: 'GET',
    path: '/usage',
    scopes: [],
    summary: text('Hva som er igjen av kvotene', 'What is left of the quotas'),
    describe: text(
      'Kvotene til applikasjonen som spør, for organisasjonen som tokenet gjelder: hva som er brukt, hva som er igjen, og når det begynner på nytt. Å spørre teller ikke. Flere prosesser deler én kvote; tallene kan ligge to sekunder etter.',
      'The quotas of the application that asks, in the organisation that the token is for: what is used, what is left, and when it begins anew. Asking counts for nothing. All processes share one quota; the numbers may be two seconds late.',
    ),
    parameters: [],
    body: null,
    answers: {
      200: { describe: text('Kvotene.', 'The quotas.'), schema: 'Usage', headers: { 'Cache-Control': 'no-store' } },
    },
    examples: [{ summary: 'What is left', path: '/usage', status: 200 }],
    handle: async ({ principal }) => ({
      kind: 'json',
      status: 200,
      headers: { 'Cache-Control': 'no-store' },
      value: quotas.usage(principal),
    }),
  };
  return { operations: [operation], schemas };
};

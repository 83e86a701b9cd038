// The operation that tells what became of a write about which a source system decides. Called by operations.ts.
import type { ApiAnswer } from '#apis/api.ts';
import type { ManyOutcome } from '#hub/query.ts';
import type { Schema } from '#mappings/mapping-schema.ts';
import { employeeParts } from '../mappings/employee-fields.ts';
import type { Operation, Operations, VfsCall } from '../operation.ts';
import { formParameter } from '../parameters.ts';
import { missing, refused } from '../problem-answers.ts';
import { kindsOf } from '../mappings/kinds.ts';

const uncached = { 'cache-control': 'no-store' } as const;

const id = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

const states = ['waiting', 'written', 'rejected', 'conflict', 'failed', 'expired'] as const;

const outcomeSchema: Schema = {
  type: 'object',
  description: 'What became of a write.',
  'x-nb': 'Hva det ble til med en endring.',
  properties: {
    id: { type: 'string', format: 'uuid', description: 'Id of the write.', 'x-nb': 'Id for endringen.' },
    state: {
      type: 'string',
      enum: states,
      description: 'Waiting until every part has been answered; written when all parts are.',
      'x-nb': 'Venter til alle delene er besvart; skrevet når alle delene er det.',
    },
    parts: {
      type: 'array',
      description: 'What the write is made of; absent while it waits. Parts that are gone since are left out.',
      'x-nb': 'Det endringen består av; mangler mens den venter. Deler som er borte siden, er utelatt.',
      items: {
        type: 'object',
        properties: {
          type: { type: 'string', description: 'What it is part of.', 'x-nb': 'Hva den er del av.' },
          change: {
            type: 'string',
            enum: ['create', 'update', 'delete'],
            description: 'What was asked for.',
            'x-nb': 'Det det ble bedt om.',
          },
          state: {
            type: 'string',
            enum: states.filter((one) => one !== 'waiting'),
            description: 'What became of the part.',
            'x-nb': 'Hva det ble til med delen.',
          },
          id: {
            type: 'string',
            minLength: 1,
            maxLength: 64,
            description: 'Opaque id of what was written.',
            'x-nb': 'Ugjennomsiktig id for det som ble skrevet.',
          },
          message: {
            type: 'string',
            description: 'What the source system said.',
            'x-nb': 'Det kildesystemet sa.',
          },
        },
        required: ['type', 'change', 'state'],
      },
    },
  },
  required: ['id', 'state'],
};

export const writeOutcome: Operations = (deps) => {
  const types = typesOf(kindsOf(deps.model));

  const read = async (call: VfsCall): Promise<ApiAnswer> => {
    const asked = call.path['writeId'] ?? '';
    const result = await deps.hub.run({ kind: 'outcome-many', id: asked }, call.context);
    if (result.kind === 'refused') return refused(result.problem);
    if (result.kind !== 'outcome-many') return missing;
    const { outcome } = result;
    if (outcome.state === 'forgotten') return missing;
    const headers = outcome.state === 'waiting' ? { ...uncached, 'retry-after': String(outcome.retryAfter) } : uncached;
    return { kind: 'json', status: 200, headers, value: { id: asked, ...told(call, outcome) } };
  };

  const told = (call: VfsCall, outcome: Exclude<ManyOutcome, { state: 'forgotten' }>) => {
    if (outcome.state === 'waiting') return { state: outcome.state };
    const parts = outcome.parts.map(({ collection, operation, uid, state, answer }) => ({
      type: types.get(collection) ?? 'other',
      change: operation,
      state: state === 'deleted' ? 'written' : state,
      ...(uid === null || state !== 'written' ? {} : { id: deps.sealing.id(call.principal.tenant, uid) }),
      ...(answer === null || answer.message === '' ? {} : { message: answer.message }),
    }));
    return { state: outcome.state, parts };
  };

  const operations: readonly Operation[] = [
    {
      id: 'getWrite',
      tag: 'writes',
      method: 'GET',
      path: '/writes/{writeId}',
      scopes: ['vfs:employees.write', 'vfs:groups.write', 'vfs:access.write'],
      summary: { nb: 'Utfallet av en endring', en: 'The outcome of a change' },
      describe: {
        nb: 'For endringer som ble besvart med 202: venter, skrevet, avvist, i konflikt, mislykket eller ikke besvart i tide. Bare den som ba om endringen, får vite det, i den tiden utfallet beholdes; ellers 404.',
        en: 'For changes answered with 202: waiting, written, rejected, in conflict, failed or not answered in time. Told to the application that asked and nobody else, for as long as the outcome is kept; else 404.',
      },
      parameters: [
        {
          ...formParameter(
            {
              name: 'writeId',
              describe: { nb: 'Endringen, fra Location.', en: 'The change, of Location.' },
              schema: { type: 'string', format: 'uuid' },
            },
            'takes the id of a write',
            (text) => (id.test(text) ? text : undefined),
          ),
          in: 'path',
          required: true,
        },
      ],
      body: null,
      answers: {
        200: { describe: { nb: 'Utfallet så langt.', en: 'The outcome so far.' }, schema: 'WriteOutcome' },
      },
      examples: [
        {
          summary: 'Another application’s change is not there',
          path: '/writes/00000000-0000-4000-8000-000000000000',
          status: 404,
        },
      ],
      handle: read,
    },
  ];
  return { operations, schemas: { WriteOutcome: outcomeSchema } };
};

const root = ({ reading }: { readonly reading: { readonly mapping: { readonly collection: string } } }): string =>
  reading.mapping.collection;

/** What the resources of the model are called here. */
const typesOf = (kinds: ReturnType<typeof kindsOf>): ReadonlyMap<string, string> => {
  const employee = kinds.employee.reading.shape.root;
  return new Map([
    [employee.parts.get(employeeParts.person)?.collection.path ?? '', 'person'],
    [employee.parts.get(employeeParts.role)?.collection.path ?? '', 'employee'],
    [root(kinds.employee), 'employee'],
    [root(kinds.position), 'position'],
    [root(kinds.accessHolding), 'access'],
    ...kinds.groups.map((one): [string, string] => [root(one), 'group']),
  ]);
};

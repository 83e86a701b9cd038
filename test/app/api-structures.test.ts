// Statuses of the parts of whole APIs, read from what they publish: those that the hub serves keep the rules, and a mark that does not is found.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { checkStatuses } from '#app/api-structures.ts';
import type { Status } from '#catalogue/contract.ts';

const golden = (name: string): string => readFileSync(join(import.meta.dirname, '../golden', name), 'utf8');

const check = (
  status: Status,
  ...artefacts: readonly { readonly name: string; readonly text: string }[]
): readonly string[] =>
  checkStatuses({
    release: 1,
    day: '2027-03-31',
    apis: new Map([['one', { status, policy: 'sikt' }]]),
    artefacts: artefacts.map(({ name, text }) => ({ name, text, api: 'one', type: 'text/plain' })),
  }).map(({ rule, at, text }) => `${rule} ${at}: ${text}`);

const sdl = ['production', 'beta', 'experimental'].map((flags) => ({
  name: `fs-graphql/${flags}.graphql`,
  text: golden(`fs-graphql/${flags}.graphql`),
}));

test('in FS GraphQL nothing leans on what is less firm, whatever flags it is described with', () => {
  assert.deepEqual(check('production', ...sdl), []);
});

test('a type that is marked down is found by everything that gives it', () => {
  const planted = sdl.map(({ name, text }) => ({
    name,
    text: text.replace(/^type Emne implements Node /m, '$&@contract(status: "beta") '),
  }));
  const found = check('production', ...planted);
  for (const field of ['Query.emnerGittEmnekoder', 'QueryEmnerV2Connection.nodes', 'Undervisningsenhet.emne'])
    assert.ok(
      found.includes(`leans-on-less-firm one ${field}: It is production and leans on Emne, which is beta.`),
      field,
    );
  for (const one of found) assert.match(one, /^leans-on-less-firm .* leans on Emne, which is beta\.$/);
});

const openApi = (
  name: string,
  mark: Status | null,
  member: Status | null,
): { readonly name: string; readonly text: string } => ({
  name,
  text: JSON.stringify({
    openapi: '3.1.0',
    paths: {
      '/courses': {
        get: {
          responses: {
            200: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Course' } } } },
          },
        },
      },
    },
    components: {
      schemas: {
        Course: {
          ...(mark === null ? {} : { 'x-bindeledd-status': mark }),
          type: 'object',
          properties: { name: { type: 'string', ...(member === null ? {} : { 'x-bindeledd-status': member }) } },
        },
      },
    },
  }),
});

test('two descriptions that mark a part otherwise, and an operation that gives what is less firm, are found', () => {
  assert.deepEqual(check('production', openApi('a.json', null, 'beta'), openApi('b.json', 'production', 'beta')), []);
  assert.deepEqual(check('production', openApi('a.json', 'beta', null), openApi('b.json', 'experimental', null)), [
    'mark-contradicts one Course: It is beta by a.json and experimental by b.json.',
    'leans-on-less-firm one GET /courses: It is production and leans on Course, which is experimental.',
  ]);
  assert.deepEqual(check('beta', openApi('a.json', 'beta', 'production')), [
    'firmer-than-whole one Course.name: It is marked production and stands in Course, which is beta.',
  ]);
  assert.deepEqual(check('production', openApi('a.json', null, null), { name: 'a.wsdl', text: '<definitions/>' }), []);
});

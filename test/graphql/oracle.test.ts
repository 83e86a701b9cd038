// For documents of all kinds the engine answers what graphql-js answers with a resolver for every field: the same data in the same order, and errors
// at the same places.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assert as hold, asyncProperty, integer } from 'fast-check';
import { createGraphql } from '#graphql/answer-request.ts';
import { cursorOf } from '#graphql/cursor.ts';
import { readFlags } from '#graphql/marks.ts';
import { cases } from '../cases.ts';
import { model, paths, principal } from './county.ts';
import { drawDocument, randomOf, type Literals } from './draw-document.ts';
import { createMemoryGraph, drawRows } from './memory-graph.ts';
import { answerNaively } from './naive.ts';
import { smallFace } from './small-face.ts';

const request = { context: { principal: principal(), requestId: 'r1', api: 'small' }, now: 0 };
const idOf = (type: string, key: string): string => JSON.stringify(Buffer.from(`${type}:${key}`).toString('base64url'));
const ids = [
  idOf('Skole', '1000'),
  idOf('Elev', 'e1'),
  idOf('Person', '01819000001'),
  idOf('Tiltak', 't0'),
  '"nothing"',
  '""',
  '"Æ"',
];
const cursors = ['f-0', 'f-2', '1000', 'm3', `${paths.school}\0${1001}`, `${paths.group}\0k0`].map((place) =>
  JSON.stringify(cursorOf(place)),
);
const literals: Literals = {
  first: ['0', '1', '2', '5'],
  after: cursors,
  id: ids,
  ider: ['[]', '["e0","e1","nobody","e0"]', `[${ids.join(',')}]`.replaceAll(/"[^"]*"/g, (one) => one)],
  systemId: ['"e0"', '"nobody"', 'null'],
  uid: ['3', '4', '999'],
  prove: ['1', 'null'],
};

type Failure = { readonly path?: unknown };

const places = (errors: readonly Failure[] = []) => errors.map(({ path }) => JSON.stringify(path)).toSorted();

test('answers are those of graphql-js with a resolver for each field', async (context) => {
  let [valid, all, failing] = [0, 0, 0];
  await hold(
    asyncProperty(integer(), async (seed) => {
      const random = randomOf(seed);
      const rows = drawRows(random);
      const graph = createMemoryGraph(rows);
      const observed: unknown[] = [];
      const { answer, schemas } = createGraphql({
        face: smallFace,
        model,
        graph,
        observe: (error) => observed.push(error),
      });
      const flags = readFlags(['', 'beta', 'experimental', 'beta,experimental'][random(4)] ?? '');
      const schema = schemas(flags);
      const { text, variables } = drawDocument(schema.schema, random, literals);
      all += 1;
      const wanted = await answerNaively(schema, rows, text, variables, request);
      if (wanted === null || wanted.data === undefined) return;
      const answered = await answer(JSON.stringify({ query: text, variables }), flags, request);
      // Now and then one is drawn that asks for too much.
      if (answered.code === 'HUB-132') return;
      valid += 1;
      const got = JSON.parse(answered.text) as {
        readonly data: unknown;
        readonly errors?: readonly { readonly path?: unknown }[];
      };
      const about = `${text}\n${JSON.stringify(variables)}\n${answered.text}\n${JSON.stringify(wanted)}\n${observed.map(String).join()}`;
      assert.equal(JSON.stringify(got.data), JSON.stringify(wanted.data), about);
      if ((wanted.errors ?? []).length > 0) failing += 1;
      assert.deepEqual(places(got.errors), places(wanted.errors), about);
      assert.ok(graph.asked.length <= 1, 'a query reads once');
      assert.deepEqual(observed, []);
    }),
    { numRuns: cases(600) },
  );
  context.diagnostic(`${valid} of ${all} documents valid, ${failing} with errors`);
  assert.ok(valid > all / 3 && failing > valid / 500, `${valid} of ${all}, ${failing} with errors`);
});

test('paths of the model stand in the face', () => assert.equal(smallFace.typeOf(paths.school), 'Skole'));

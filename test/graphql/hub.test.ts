// Over the hub itself: for random documents and grants the engine answers what a resolver for each field answers over the resources that the same caller
// reads by the FINT-style API.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { assert as hold, asyncProperty, integer } from 'fast-check';
import { createGraphql } from '#graphql/answer-request.ts';
import { readFlags } from '#graphql/marks.ts';
import { cases } from '../cases.ts';
import {
  grant,
  list,
  model,
  onlyGrants,
  openWorld,
  paths,
  principal,
  putCounty,
  school,
  type Shown,
} from '../hub/world.ts';
import { openGraph } from '../hub/graph/graph-world.ts';
import { drawDocument, randomOf, type Literals } from './draw-document.ts';
import type { Row, Rows } from './memory-graph.ts';
import { answerNaively } from './naive.ts';
import { smallFace } from './small-face.ts';

const world = await openWorld();
after(() => world.close());
await putCounty(world);
const graph = await openGraph(world);
const observed: unknown[] = [];
const { answer, schemas } = createGraphql({ face: smallFace, model, graph, observe: (error) => observed.push(error) });

const id = (type: string, key: string): string => JSON.stringify(Buffer.from(`${type}:${key}`).toString('base64url'));
const ids = [id('Skole', '1001'), id('Elev', 'e1'), id('Elev', 'e3'), id('Elevforhold', 'f-4b'), '"nothing"'];
const literals: Literals = {
  first: ['0', '1', '2', '5'],
  id: ids,
  ider: ['[]', '["e1","e3","nobody","e1"]', `[${ids.join(',')}]`],
  systemId: ['"e1"', '"e3"', '"nobody"'],
};

/** What the caller sees, as rows; a relation that leads into what is closed to it is not there. */
const seenRows = async (open: ReadonlySet<string>): Promise<Rows> => {
  let uid = 0;
  const rows = new Map<string, Row[]>();
  const bySelf = new Map<string, Row>();
  const links: (readonly [Row, Shown])[] = [];
  for (const path of Object.values(paths)) {
    if (!open.has(path)) continue;
    const { entries } = await list(world.hub, path, {}, principal());
    rows.set(
      path,
      entries.map((entry) => {
        const { _links: told = {}, ...values } = entry;
        uid += 1;
        const row: Row = {
          uid,
          collection: path,
          values,
          links: {},
          addresses: { grepreferanse: (told['grepreferanse'] ?? []).map(({ href }) => href) },
        };
        for (const { href } of told['self'] ?? []) bySelf.set(href, row);
        links.push([row, entry]);
        return row;
      }),
    );
  }
  for (const [row, entry] of links) {
    const own = row.links as Record<string, readonly Row[]>;
    const collection = model.collections.get(row.collection);
    for (const [relation, { target }] of collection?.links ?? []) {
      if (target === null || !open.has(target)) continue;
      const found = (entry['_links']?.[relation] ?? []).flatMap(({ href }) => bySelf.get(href) ?? []);
      own[relation] = [...new Set(found)];
    }
    for (const relation of collection?.nestedLinks.keys() ?? []) own[relation] = rows.get(paths.country) ?? [];
  }
  return rows;
};

type Failure = { readonly path?: unknown };
const places = (errors: readonly Failure[] = []) => errors.map(({ path }) => JSON.stringify(path)).toSorted();

test('answers are those of a resolver for each field over what the caller reads', async (context) => {
  let valid = 0;
  await hold(
    asyncProperty(integer(), async (seed) => {
      const random = randomOf(seed);
      const open = Object.values(paths).filter(() => random(4) !== 0);
      const rows = random(3) === 0 ? school('1001') : null;
      await onlyGrants(world, { collections: open.length === 0 ? ['nothing/at/all'] : open, rows });
      const flags = readFlags(random(2) === 0 ? 'experimental' : '');
      const request = { context: { principal: principal(), requestId: `g${seed}`, api: 'small' }, now: 0 };
      const { text, variables } = drawDocument(schemas(flags).schema, random, literals);
      const wanted = await answerNaively(schemas(flags), await seenRows(new Set(open)), text, variables, request);
      if (wanted === null || wanted.data === undefined) return;
      const told = await answer(JSON.stringify({ query: text, variables }), flags, request);
      if (told.code === 'HUB-132') return;
      valid += 1;
      const got = JSON.parse(told.text) as { readonly data: unknown; readonly errors?: readonly Failure[] };
      const about = `${text}\n${JSON.stringify(variables)}\n${open.join()}\n${JSON.stringify(rows)}\n${told.text}`;
      assert.equal(JSON.stringify(got.data), JSON.stringify(wanted.data), about);
      assert.deepEqual(places(got.errors), places(wanted.errors), about);
      assert.deepEqual(observed, [], about);
    }),
    { numRuns: cases(120) },
  );
  context.diagnostic(`${valid} documents valid`);
  await grant(world);
});

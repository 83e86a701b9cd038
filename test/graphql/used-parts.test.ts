// Which parts of a schema an operation uses, in its text and in its variables, and what answers say of those that will go.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { parse, print } from 'graphql';
import type { EndingPart } from '#graphql/advised-against.ts';
import { contractIndex } from '#graphql/contract-index.ts';
import { readFlags } from '#graphql/marks.ts';
import { asking } from './asking.ts';
import { drawDocument, randomOf, type Literals } from './draw-document.ts';
import { smallFace } from './small-face.ts';

const used = async (query: string, variables: unknown = {}, flags = ''): Promise<readonly string[]> =>
  (await asking().ask(query, variables, flags)).uses;

test('fields, arguments, members of inputs and values of enums are used, each once, wherever they stand', async () => {
  const text = `query Q($first: Int = 3) {
    __typename
    __schema { queryType { name } }
    one: skoler(first: $first, filter: { eier: "fjordheim" }) { nodes { ...S klasser { navn } } }
    two: skoler { totalCount }
    prove(sort: NAVN, sok: { og: [{ tekst: "x" }, { og: [] }] })
    alle(first: 1) { nodes { ... on Klasse { beskrivelse } ... on Navngitt { navn } } }
  }
  fragment S on Skole { navn ...T @include(if: true) }
  fragment T on Skole { klasser { navn } }`;
  assert.deepEqual(await used(text), [
    'Klasse.beskrivelse',
    'Klasse.navn',
    'Navngitt.navn',
    'NodeConnection.nodes',
    'Query.alle',
    'Query.alle(first:)',
    'Query.prove',
    'Query.prove(sok:)',
    'Query.prove(sort:)',
    'Query.skoler',
    'Query.skoler(filter:)',
    'Query.skoler(first:)',
    'Skole.klasser',
    'Skole.navn',
    'SkoleConnection.nodes',
    'SkoleConnection.totalCount',
    'SkoleFilter.eier',
    'Sok.og',
    'Sok.tekst',
    'Sortering.NAVN',
  ]);
});

test('of variables it is told which members and values they have, and nothing of what stands in them', async () => {
  const text = `query Q($sok: Sok, $sort: Sortering) { prove(sort: $sort, sok: $sok) }`;
  const plain = ['Query.prove', 'Query.prove(sok:)', 'Query.prove(sort:)'];
  const { ask } = asking();
  const uses = async (variables: unknown) => (await ask(text, variables)).uses;
  assert.deepEqual(await uses({}), plain);
  assert.deepEqual(await uses({ sok: null }), plain);
  assert.deepEqual(await uses({ sort: 'NAVN' }), [...plain, 'Sortering.NAVN']);
  const one = await uses({ sok: { tekst: 'hemmelig' } });
  assert.deepEqual(one, [...plain, 'Sok.tekst']);
  assert.equal(await uses({ sok: { tekst: 'annet' } }), one, 'the same list');
  assert.deepEqual(await uses({ sok: { og: [{ tekst: 'x' }, { og: { tekst: 'y' } }] } }), [
    ...plain,
    'Sok.og',
    'Sok.tekst',
  ]);
});

test('an operation that is not run has used nothing; the same one again has used the same list', async () => {
  const { ask } = asking();
  for (const text of ['{', '{ finnesIkke }', 'query A { __typename } query B { __typename }'])
    assert.deepEqual((await ask(text)).uses, []);
  const first = await ask('{ skoler { totalCount } }');
  assert.equal((await ask('{ skoler { totalCount } }')).uses, first.uses);
  assert.deepEqual(first.uses, ['Query.skoler', 'SkoleConnection.totalCount']);
});

const against = {
  coordinate: 'Klasse.beskrivelse',
  announced: null,
  earliestRemoval: null,
  replacement: null,
  message: 'Bruk navn.',
};
const going: EndingPart = {
  coordinate: 'NodeConnection.nodes',
  announced: '2026-11-22',
  earliestRemoval: '2028-03-31',
  replacement: 'NodeConnection.edges',
  message: 'Use edges.',
};

test('answers tell of used parts that will go, and are byte for byte what they were where there is none', async () => {
  const text = '{ alle { nodes { ... on Klasse { navn } } } }';
  const asked: (readonly string[])[] = [];
  const silent = asking({
    ending: (uses) => {
      asked.push(uses);
      return [];
    },
  });
  const plain = await silent.ask(text);
  assert.deepEqual(plain.told.extensions, { cost: plain.told.extensions?.['cost'] });
  assert.deepEqual(asked, [['Klasse.navn', 'NodeConnection.nodes', 'Query.alle']]);
  assert.equal((await asking().ask(text)).text, plain.text);
  const telling = asking({ ending: (uses) => (uses.includes(going.coordinate) ? [going] : []) });
  const { told } = await telling.ask(text);
  assert.deepEqual(told.extensions?.['deprecations'], [going]);
  assert.equal((await telling.ask(text)).text.replace(`,"deprecations":${JSON.stringify([going])}`, ''), plain.text);
  const other = '{ alle { edges { cursor } } }';
  assert.equal((await telling.ask(other)).text, (await asking().ask(other)).text);
});

test('what the API advises against is told as well; where its end was announced, that is', async () => {
  const text = '{ alle { nodes { ... on Klasse { beskrivelse } } } }';
  const told = async (ending: readonly EndingPart[]) =>
    (await asking({ ending: () => ending }).ask(text)).told.extensions?.['deprecations'];
  assert.deepEqual(await told([]), [against]);
  assert.deepEqual(await told([going]), [going, against]);
  const announced = { ...going, coordinate: against.coordinate };
  assert.deepEqual(await told([announced]), [announced]);
});

const literals: Literals = {
  first: ['0', '2'],
  systemId: ['"e0"', 'null'],
  ider: ['["e0"]'],
  uid: ['3'],
};

test('whatever is asked, all that is used is a part of the API, and printing the document anew changes nothing', async () => {
  const known = new Set(contractIndex(smallFace).map(({ coordinate }) => coordinate));
  let [run, some] = [0, 0];
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 1_000_000 }), async (seed) => {
      const flags = 'beta, experimental';
      const { graphql, ask } = asking();
      const { text, variables } = drawDocument(graphql.schemas(readFlags(flags)).schema, randomOf(seed), literals);
      const { uses, isRun } = await ask(text, variables, flags);
      run += isRun ? 1 : 0;
      some += uses.length > 3 ? 1 : 0;
      for (const one of uses) assert.ok(known.has(one), one);
      assert.deepEqual([...new Set(uses)].toSorted(), [...uses]);
      assert.deepEqual((await ask(print(parse(text)), variables, flags)).uses, uses);
    }),
    { numRuns: 100 },
  );
  assert.ok(run > 20 && some > 10, `${run} were run, ${some} used much`);
});

// What a document needs, held against the hub: with exactly that it is answered as if everything were open, and without a piece of it, it is not.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { assert as hold, asyncProperty, integer } from 'fast-check';
import { createGraphql } from '#graphql/answer-request.ts';
import { createDocumentReading } from '#graphql/document-needs.ts';
import { readFlags, subsetsOf } from '#graphql/marks.ts';
import { needsOf, type AccessNeed } from '#hub/graph/needs.ts';
import type { Grant } from '#store/store.ts';
import { cases } from '../cases.ts';
import { model, onlyGrants, openWorld, principal, putCounty } from '../hub/world.ts';
import { openGraph } from '../hub/graph/graph-world.ts';
import { drawDocument, randomOf, type Literals } from './draw-document.ts';
import { smallFace } from './small-face.ts';

const world = await openWorld();
after(() => world.close());
await putCounty(world);
const graph = await openGraph(world);
const { answer, schemas } = createGraphql({ face: smallFace, model, graph, observe: () => {} });
const reading = createDocumentReading(() => smallFace, model);
const request = { context: { principal: principal(), requestId: 'needs', api: 'small' }, now: 0 };

const id = (type: string, key: string): string => JSON.stringify(Buffer.from(`${type}:${key}`).toString('base64url'));
const literals: Literals = {
  first: ['50'],
  id: [id('Skole', '1001'), id('Elev', 'e1')],
  ider: ['["e1","e3"]', `[${[id('Elev', 'e1'), id('Skole', '1001')].join(',')}]`],
  systemId: ['"e1"', '"e3"'],
};

const everything: Partial<Grant> = { clearance: 3 };
const grantsOf = (needs: readonly AccessNeed[]): readonly Partial<Grant>[] =>
  needs.map(({ collection, actions, fields }) => ({ collections: [collection], actions, fields, clearance: 3 }));

const answered = async (
  grants: readonly Partial<Grant>[],
  query: string,
  variables: Readonly<Record<string, unknown>>,
  flags: readonly string[],
): Promise<string> => {
  await onlyGrants(world, ...grants);
  const told = await answer(JSON.stringify({ query, variables }), readFlags(flags.join()), request);
  const { data, errors } = JSON.parse(told.text) as { readonly data?: unknown; readonly errors?: unknown };
  return JSON.stringify({ data: unordered(data), errors });
};

/** Whoever does not see the identifier by which a list is ordered gets it in another order. */
const unordered = (value: unknown): unknown => {
  if (Array.isArray(value))
    return value.map(unordered).toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, unordered(member)]));
};

const needed = async (text: string, variables: Readonly<Record<string, unknown>> = {}) => {
  const read = await reading({ text, operationName: null, variables }, request);
  return read.ok ? { ...read.value, needs: needsOf(model, read.value.roots) } : null;
};

/** The same needs without one field, action or collection each. */
const withoutOne = (needs: readonly AccessNeed[]): readonly (readonly [string, readonly AccessNeed[]])[] =>
  needs.flatMap((need, index) => {
    const others = needs.filter((_, at) => at !== index);
    return [
      [`all of ${need.collection}`, others] as const,
      ...need.fields.map(
        (name) =>
          [
            `${need.collection} ${name}`,
            [...others, { ...need, fields: need.fields.filter((one) => one !== name) }],
          ] as const,
      ),
      ...(need.actions[0] === 'list'
        ? [[`list of ${need.collection}`, [...others, { ...need, actions: ['read'] as const }]] as const]
        : []),
    ];
  });

test('with what random documents need they are answered as with everything', async (context) => {
  let [same, pieces, missed] = [0, 0, 0];
  await hold(
    asyncProperty(integer(), async (seed) => {
      const random = randomOf(seed);
      const all = readFlags('beta, experimental');
      const { text, variables } = drawDocument(schemas(all).schema, random, literals);
      // A cursor is made of that identifier, or of something else where it does not show; addresses are told of relations that lead out of the model.
      const found = /cursor|adresser/i.test(text) ? null : await needed(text, variables);
      if (found === null) return;
      const { needs, flags } = found;
      const whole = await answered([everything], text, variables, flags);
      const about = `${text}\n${JSON.stringify(variables)}\n${JSON.stringify(needs)}`;
      assert.equal(await answered(grantsOf(needs), text, variables, flags), whole, about);
      same += 1;
      for (const [, less] of withoutOne(needs)) {
        pieces += 1;
        if ((await answered(grantsOf(less), text, variables, flags)) === whole) missed += 1;
      }
    }),
    { numRuns: cases(60) },
  );
  context.diagnostic(`${same} documents, ${pieces} pieces, of which ${missed} make no difference here`);
  assert.ok(same > cases(60) / 10, `${same}`);
  // The rest are fields that have no value in this county.
  assert.ok(missed * 2 < pieces, `${missed} of ${pieces}`);
});

test('without any one piece of what it needs a document is answered otherwise', async () => {
  const text =
    '{ personListe { navn { fornavn } bostedsadresse { poststed land { navn } } } skoler { nodes { navn elevforhold { nodes { beskrivelse elev { feidenavn person { fodselsnummer } } } } } } }';
  const found = await needed(text);
  assert.deepEqual(
    found?.needs.map(({ collection, actions, fields }) => [collection.split('/').at(-1), ...actions, ...fields]),
    [
      ['landkode', 'read', 'navn', 'systemId'],
      ['elev', 'read', 'feidenavn', 'person'],
      ['elevforhold', 'read', 'beskrivelse', 'elev'],
      ['person', 'list', 'bostedsadresse', 'fodselsnummer', 'navn'],
      ['skole', 'list', 'navn', 'elevforhold'],
    ],
  );
  const { needs = [], flags = [] } = found ?? {};
  const whole = await answered([everything], text, {}, flags);
  assert.equal(await answered(grantsOf(needs), text, {}, flags), whole);
  for (const [what, less] of withoutOne(needs))
    assert.notEqual(await answered(grantsOf(less), text, {}, flags), whole, what);
});

test('the fewest flags are named; without one of them a document cannot be run', async () => {
  const flagged = '{ kommende skoler(first: 1) { totalCount } }';
  const found = await needed(flagged);
  assert.deepEqual(found?.flags, ['beta']);
  assert.equal((await answered([everything], flagged, {}, [])).includes('"data":{'), false);
  assert.ok((await answered([everything], flagged, {}, ['beta'])).includes('"data":{'));
  assert.deepEqual((await needed('{ skoler(first: 1) { totalCount } }'))?.flags, []);
  assert.deepEqual(subsetsOf(['a', 'b']), [[], ['a'], ['b'], ['a', 'b']]);
});

test('variables that have to be given are made up; what is wrong is said', async () => {
  const byId = await needed('query($ids: [String!]!) { elever(ider: $ids) { feidenavn } }');
  assert.deepEqual(byId?.needs[0]?.fields, ['feidenavn', 'systemId']);
  const wrong = await reading({ text: '{ nothing }', operationName: null, variables: {} }, request);
  assert.deepEqual([wrong.ok, !wrong.ok && wrong.problem.code], [false, 'HUB-131']);
  const broken = await reading({ text: '{', operationName: null, variables: {} }, request);
  assert.equal(broken.ok, false);
});

// What operations come to: reads joined, changes one after the other, errors where they belong, nothing told of what went wrong inside.
import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { test } from 'node:test';
import { HubError, problem } from '#base/errors.ts';
import { limits } from '#base/limits.ts';
import { createNodeRef, isNodeRef } from '#graphql/node-ref.ts';
import type { Face, FaceField } from '#graphql/face.ts';
import { paths } from './county.ts';
import type { Principal } from '#hub/principal.ts';
import { asking, request } from './asking.ts';
import { field, input, object, smallFace } from './small-face.ts';

const withFields = (root: 'Query' | 'Mutation', ...fields: readonly FaceField[]): Face => ({
  ...smallFace,
  types: smallFace.types.map((type) =>
    type.kind === 'object' && type.name === root ? { ...type, fields: [...type.fields, ...fields] } : type,
  ),
});

test('all roots of a query are read at once, selections on the same relation with the same arguments as one', async () => {
  const { ask, graph } = asking();
  await ask(`{
    a: skoler(first: 1) { nodes { x: elevforhold(first: 2) { totalCount nodes { beskrivelse } } y: elevforhold(first: 2) { nodes { elev { id } } } z: elevforhold(first: 3) { totalCount } } }
    elever(ider: ["e1"]) { id }
    nodes(ider: ["x"]) { id }
    rapport(uid: 3) { skole { id } }
  }`);
  assert.equal(graph.asked.length, 1);
  const [schools] = graph.asked[0] ?? [];
  assert.ok(schools?.kind === 'list');
  const edges = schools.selections[0]?.edges ?? [];
  assert.equal(edges.length, 2);
  assert.deepEqual(edges[0]?.to.attributes, ['beskrivelse']);
  assert.deepEqual(
    edges[0]?.to.edges.map(({ relation }) => relation),
    ['elev'],
  );
  assert.equal(edges[0]?.count, true);
  assert.deepEqual(edges[1]?.page, { first: 0, after: null }, 'only counted');
  assert.equal(schools.count, false);
});

test('what is asked for is what is read', async () => {
  const { ask, graph } = asking();
  await ask('{ skoler { totalCount } }');
  const [root] = graph.asked[0] ?? [];
  assert.ok(root?.kind === 'list');
  assert.deepEqual(
    [root.count, root.page, root.selections[0]],
    [true, { first: 0, after: null }, { collection: paths.school, attributes: [], edges: [] }],
  );
});

test('changes are made one after the other, each read by itself', async () => {
  const steps: string[] = [];
  const face = withFields(
    'Mutation',
    field(
      'skritt',
      'Nevnt',
      {
        kind: 'produced',
        run: async ({ navn }) => {
          steps.push(`begin ${String(navn)}`);
          await new Promise((resolve) => setTimeout(resolve, 5));
          steps.push(`end ${String(navn)}`);
          return { skoler: [createNodeRef(paths.school, 3)], errors: null };
        },
      },
      { args: [input('navn', 'String')] },
    ),
  );
  const { ask, graph } = asking({ face });
  const { told } = await ask(
    'mutation { a: skritt(navn: "a") { skoler { skolenummer } } b: skritt(navn: "b") { skoler { id } errors { __typename } } }',
  );
  assert.deepEqual(steps, ['begin a', 'end a', 'begin b', 'end b']);
  assert.equal(graph.asked.length, 2);
  assert.deepEqual(told.data, {
    a: { skoler: [{ skolenummer: '1000' }] },
    b: { skoler: [{ id: 'U2tvbGU6MTAwMA' }], errors: null },
  });
});

test('what nobody has foreseen is told without saying what it was', async () => {
  const { ask, observed } = asking();
  const { told, status } = await ask(
    'mutation { nevn(uid: 3, feil: true) { skoler { id } } b: nevn(uid: 3) { skoler { id } } }',
  );
  assert.equal(status, 200);
  assert.deepEqual(told.data, { nevn: null, b: { skoler: [{ id: 'U2tvbGU6MTAwMA' }, null] } });
  assert.deepEqual(told.errors, [
    {
      message: 'Something went wrong inside the hub.',
      path: ['nevn'],
      extensions: { code: 'HUB-500', reference: 'r1' },
    },
  ]);
  assert.equal(observed.length, 1);
  assert.match(String(observed[0]), /boom/);
});

test('a store that fails fails every field that it would have read', async () => {
  const { ask } = asking({
    graph: {
      read: async () => {
        throw new HubError(problem('HUB-503', 'The database cannot be reached.'));
      },
    },
  });
  const { told } = await ask('{ skoler { totalCount } __typename elev { id } }');
  assert.deepEqual(told.data, { skoler: null, __typename: 'Query', elev: null });
  assert.deepEqual(
    told.errors?.map(({ path, extensions }) => [path, extensions['code']]),
    [
      [['skoler'], 'HUB-503'],
      [['elev'], 'HUB-503'],
    ],
  );
});

test('a root without a grant is answered like an owner that does not exist', async () => {
  const missing = problem('HUB-204', 'No such owner for this application.');
  const { ask } = asking({
    face: { ...smallFace, missing },
    graph: { read: async (roots) => roots.map(() => ({ kind: 'missing' })) },
  });
  const [closed, unknown] = await Promise.all([
    ask('{ skoler(filter: {eier: "fjordheim"}) { totalCount } }'),
    ask('{ skoler(filter: {eier: "nobody"}) { totalCount } }'),
  ]);
  assert.equal(closed.text, unknown.text);
  assert.deepEqual(closed.told.errors?.[0]?.extensions, { code: 'HUB-204' });
});

test('a refusal by the hub is an error of its field', async () => {
  const { ask } = asking({
    graph: {
      read: async (roots) => roots.map(() => ({ kind: 'refused', problem: problem('HUB-410', 'Not a place.') })),
    },
  });
  const { told } = await ask('{ skoler { totalCount } nodes(ider: ["U2tvbGU6MTAwMA"]) { id } }');
  assert.deepEqual(told, {
    errors: [
      { message: 'Not a place.', path: ['skoler'], extensions: { code: 'HUB-410' } },
      { message: 'Not a place.', path: ['nodes'], extensions: { code: 'HUB-410' } },
    ],
    data: null,
    extensions: { cost: 2 },
  });
});

test('what is taken for granted is told', async () => {
  const face = withFields(
    'Query',
    field('aktive', 'SkoleConnection', {
      kind: 'root',
      ask: () => ({
        kind: 'list',
        collections: [paths.school],
        narrow: [null],
        order: null,
        first: 1,
        after: null,
        defaults: { erAktiv: [true] },
      }),
    }),
  );
  const { told } = await asking({ face }).ask('{ a: aktive { totalCount } }');
  assert.deepEqual(told.extensions?.['defaults'], { a: { erAktiv: [true] } });
});

test('bad pages are refused by name before anything is read', async () => {
  const { ask, graph } = asking();
  const bad = async (query: string, variables: unknown = {}) => {
    const { told, status } = await ask(query, variables);
    assert.equal(status, 400);
    assert.ok(!('data' in told));
    return [told.errors?.[0]?.extensions['code'], told.errors?.[0]?.message];
  };
  assert.deepEqual(await bad('{ skoler(first: -1) { totalCount } }'), [
    'HUB-103',
    'The argument first of Query.skoler takes a number from 0 to 1000.',
  ]);
  assert.deepEqual(
    await bad('query($n: Int) { skoler { nodes { elevforhold(first: $n) { totalCount } } } }', { n: 1001 }),
    ['HUB-103', 'The argument first of Skole.elevforhold takes a number from 0 to 1000.'],
  );
  for (const after of ['', 'æ', '!!', 'A', '_w', 'x'.repeat(limits.cursorLength + 1)])
    assert.deepEqual(
      await bad('query($a: String) { skoler { nodes { elevforhold(after: $a) { totalCount } } } }', { a: after }),
      ['HUB-103', 'The argument after of Skole.elevforhold takes a cursor that an answer has given.'],
      after,
    );
  assert.equal(graph.asked.length, 0);
  assert.equal((await ask('{ skoler(first: 1000) { nodes { id } } }')).status, 200);
  assert.equal((await ask('{ skoler(first: 0) { nodes { id } } }')).told.errors, undefined);
});

test('introspection stands beside data', async () => {
  const { told } = await asking().ask(
    'query($t: String!) { skoler { totalCount } s: __schema { queryType { ...T } } __type(name: $t) { name } none: __type(name: "Tiltak") { name } } fragment T on __Type { name kind }',
    { t: 'Skole' },
  );
  assert.deepEqual(Object.keys(told.data as object), ['skoler', 's', '__type', 'none']);
  assert.deepEqual((told.data as { readonly s: unknown }).s, { queryType: { name: 'Query', kind: 'OBJECT' } });
  assert.deepEqual((told.data as { readonly none: unknown }).none, null);
});

test('what a schema has told of itself is remembered by its flags', async () => {
  const { ask } = asking();
  const query = '{ __schema { types { name } } }';
  const [first, again, beta] = [await ask(query), await ask(query), await ask(query, {}, 'experimental')];
  assert.equal(first.text, again.text);
  assert.notEqual(first.text, beta.text);
  const named = 'query($t: String!) { __type(name: $t) { name } }';
  assert.deepEqual((await ask(named, { t: 'Skole' })).told.data, { __type: { name: 'Skole' } });
  assert.deepEqual((await ask(named, { t: 'Elev' })).told.data, { __type: { name: 'Elev' } });
  const counted = async (variables: unknown): Promise<unknown> => {
    const some = 'query($s: Boolean! = true) { __schema { queryType { name @include(if: $s) kind } } }';
    return (await ask(some, variables)).told.data ?? null;
  };
  for (let twice = 0; twice < 2; twice += 1) {
    assert.deepEqual(await counted({}), { __schema: { queryType: { name: 'Query', kind: 'OBJECT' } } });
    assert.deepEqual(await counted({ s: false }), { __schema: { queryType: { kind: 'OBJECT' } } });
    assert.deepEqual(await counted({ s: null }), null);
    assert.deepEqual(await counted({ s: true, constructor: null }), {
      __schema: { queryType: { name: 'Query', kind: 'OBJECT' } },
    });
  }
  const two = 'query A { __type(name: "Skole") { name } } query B { __type(name: "Elev") { name } }';
  const { send } = asking();
  for (const operationName of ['A', 'B', 'A'])
    assert.deepEqual((await send(JSON.stringify({ query: two, operationName }))).told.data, {
      __type: { name: operationName === 'A' ? 'Skole' : 'Elev' },
    });
});

test('documents by hash and by id', async () => {
  const stored = new Map([['fast', '{ __typename }']]);
  const { send } = asking({
    documents: { find: (id) => stored.get(id) ?? null, keep: (id, text) => void stored.set(id, text) },
  });
  const query = '{ skoler { totalCount } }';
  const extensions = { persistedQuery: { version: 1, sha256Hash: hash('sha256', query) } };
  const first = await send(JSON.stringify({ extensions }));
  assert.deepEqual([first.told.errors?.[0]?.message, first.code], ['PersistedQueryNotFound', 'HUB-134']);
  const second = await send(JSON.stringify({ query, extensions }));
  assert.equal((await send(JSON.stringify({ extensions }))).text, second.text);
  assert.equal((await send(JSON.stringify({ query: '{ __typename }', extensions }))).code, 'HUB-100');
  assert.equal((await send(JSON.stringify({ extensions: { persistedQuery: { sha256Hash: 'x' } } }))).code, 'HUB-100');
  assert.deepEqual((await send(JSON.stringify({ documentId: 'fast' }))).told.data, { __typename: 'Query' });
  assert.equal((await send(JSON.stringify({ documentId: 'none' }))).code, 'HUB-134');
});

test('an operation is chosen by its name', async () => {
  const { send } = asking();
  const query = 'query A { a: __typename } query B { b: __typename }';
  assert.deepEqual((await send(JSON.stringify({ query, operationName: 'B' }))).told.data, { b: 'Query' });
  assert.equal((await send(JSON.stringify({ query }))).code, 'HUB-135');
  assert.equal((await send(JSON.stringify({ query, operationName: 'C' }))).code, 'HUB-135');
  assert.equal((await send(JSON.stringify({ query: 'fragment F on Skole { id }' }))).told.errors?.length, 1);
});

test('what is no change may be asked for where changes are not taken', async () => {
  const { graphql } = asking();
  const answer = (query: string) => graphql.answer(JSON.stringify({ query }), new Set(), request, { changes: false });
  assert.equal((await answer('{ __typename }')).status, 200);
  assert.equal((await answer('mutation { __typename }')).code, 'HUB-105');
});

test('only what was made so is a reference to a resource', () => {
  assert.ok(isNodeRef(createNodeRef('a', 1)));
  assert.ok(!isNodeRef({ collection: 'a', uid: 1 }));
  assert.equal(object('A', 'made', []).fields.length, 0);
});

test('what a client has sent with its hash is not known to another', async () => {
  const query = '{ elev(systemId: "e1") { id } }';
  const extensions = { persistedQuery: { version: 1, sha256Hash: hash('sha256', query) } };
  const { graphql } = asking();
  const codeFor = async (body: unknown, principal: Principal) => {
    const context = { ...request.context, principal };
    return (await graphql.answer(JSON.stringify(body), new Set(), { ...request, context })).code;
  };
  const { principal } = request.context;
  assert.equal(await codeFor({ query, extensions }, principal), null);
  assert.equal(await codeFor({ extensions }, principal), null);
  assert.equal(await codeFor({ extensions }, { ...principal, client: 'other' }), 'HUB-134');
  assert.equal(await codeFor({ extensions }, { ...principal, tenant: 'other.test' }), 'HUB-134');
});

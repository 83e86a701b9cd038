// Input by whoever means harm: bounded time, a clear error, nothing of what is hidden. And every limit on both of its sides.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { limits } from '#base/limits.ts';
import { withoutValues } from '#graphql/answer-error.ts';
import { createDocumentCompiler } from '#graphql/compile-document.ts';
import { createDocumentMemory } from '#graphql/document-memory.ts';
import { cursorOf, placeOf } from '#graphql/cursor.ts';
import type { Face } from '#graphql/face.ts';
import { asking, type Told } from './asking.ts';
import { model } from './county.ts';
import { field, smallFace } from './small-face.ts';

const times = (count: number, text: (index: number) => string): string =>
  Array.from({ length: count }, (_, at) => text(at)).join(' ');

const codeOf = ({ errors }: Told): unknown => errors?.[0]?.extensions['code'];

/** What would take long is ended by the runner. */
const asked = async (query: string, variables: unknown = {}, flags = ''): Promise<Told> =>
  (await asking().ask(query, variables, flags)).told;

const depth = (levels: number): string =>
  `{ elev(systemId: "e1") ${'{ person '.repeat(levels - 2)}{ id }${' }'.repeat(levels - 2)} }`;

/** Documents on this side of a limit, and on that. */
const sides: readonly (readonly [string, string, string])[] = [
  [
    'graphqlRootFields',
    `{ ${times(limits.graphqlRootFields, (at) => `a${at}: __typename`)} }`,
    `{ ${times(limits.graphqlRootFields + 1, (at) => `a${at}: __typename`)} }`,
  ],
  [
    'graphqlAliases',
    `{ skoler { ${times(limits.graphqlAliases, (at) => `a${at}: totalCount`)} } }`,
    `{ skoler { ${times(limits.graphqlAliases + 1, (at) => `a${at}: totalCount`)} } }`,
  ],
  [
    'graphqlFields',
    `{ ${times(40, (at) => `a${at}: skoler { ${times(limits.graphqlFields / 40 - 1, () => 'totalCount')} }`)} }`,
    `{ ${times(40, (at) => `a${at}: skoler { ${times(limits.graphqlFields / 40, () => 'totalCount')} }`)} }`,
  ],
  [
    'graphqlDirectives',
    `{ skoler { ${times(limits.graphqlDirectives, () => 'totalCount @include(if: true)')} } }`,
    `{ skoler { ${times(limits.graphqlDirectives + 1, () => 'totalCount @include(if: true)')} } }`,
  ],
  [
    'graphqlFragments',
    `{ skoler { ${times(limits.graphqlFragments, (at) => `...F${at}`)} } } ${times(limits.graphqlFragments, (at) => `fragment F${at} on SkoleConnection { totalCount }`)}`,
    `{ skoler { ${times(limits.graphqlFragments + 1, (at) => `...F${at}`)} } } ${times(limits.graphqlFragments + 1, (at) => `fragment F${at} on SkoleConnection { totalCount }`)}`,
  ],
  [
    'graphqlOperations',
    times(limits.graphqlOperations, (at) => `query q${at} { __typename }`),
    times(limits.graphqlOperations + 1, (at) => `query q${at} { __typename }`),
  ],
  [
    'graphqlTokens',
    `{ elever(ider: [${times(limits.graphqlTokens - 12, () => '"x"')}]) { id } }`,
    `{ elever(ider: [${times(limits.graphqlTokens, () => '"x"')}]) { id } }`,
  ],
  [
    'graphqlLength',
    `{ __typename }${' '.repeat(limits.graphqlLength - 14)}`,
    `{ __typename }${' '.repeat(limits.graphqlLength - 13)}`,
  ],
  [
    'graphqlIntrospection',
    `{ ${times(limits.graphqlIntrospection / 2, (at) => `a${at}: __schema { types { name } }`)} }`,
    `{ ${times(limits.graphqlIntrospection / 2 + 1, (at) => `a${at}: __schema { types { name } }`)} }`,
  ],
  [
    'graphqlBrackets',
    `{ elev${'(systemId: '.repeat(1)}"e1") { id } }`,
    `{ a(b: ${'['.repeat(limits.graphqlBrackets)}${']'.repeat(limits.graphqlBrackets)}) }`,
  ],
  ['graphqlDepth', depth(limits.graphqlDepth), depth(limits.graphqlDepth + 1)],
  [
    'graphqlCost',
    '{ skoler(first: 1000) { nodes { elevforhold(first: 198) { nodes { id } } } } }',
    '{ skoler(first: 1000) { nodes { elevforhold(first: 200) { nodes { id } } } } }',
  ],
  [
    'graphqlListCost',
    `{ elever(ider: [${times(5, () => '"e1"')}]) { id } }`,
    `{ skoler(first: 1000) { nodes { klasser { skole { klasser { skole { klasser { id } } } } } } } }`,
  ],
];

// A person leads to no person but through lists.
const personDepth: Face = {
  ...smallFace,
  types: smallFace.types.map((type) =>
    type.kind === 'object' && type.name === 'Person'
      ? {
          ...type,
          fields: [
            ...type.fields,
            field('person', 'Person', {
              kind: 'link',
              relation: 'foreldre',
              many: false,
              collections: ['utdanning/elev/person'],
            }),
          ],
        }
      : type,
  ),
};

for (const [limit, within, beyond] of sides)
  test(`a document may reach ${limit} and not pass it`, async () => {
    const { ask, send } = asking({ face: personDepth });
    const body = { query: within, ...(within.startsWith('query q0 ') ? { operationName: 'q0' } : {}) };
    const taken = (await send(JSON.stringify(body))).told;
    assert.equal(taken.errors, undefined, JSON.stringify(taken.errors?.[0]));
    const refused = (await ask(beyond)).told;
    assert.equal(codeOf(refused), 'HUB-132', JSON.stringify(refused).slice(0, 300));
    assert.ok(!('data' in refused));
  });

test('the cost is told, in the answer and in the refusal', async () => {
  const { ask } = asking();
  assert.deepEqual(
    (await ask('{ skoler(first: 7) { nodes { elevforhold(first: 3) { nodes { elev { id } } } } } }')).told.extensions,
    { cost: 7 * (1 + 3 * (1 + 1)) },
  );
  assert.deepEqual((await ask('{ skoler { totalCount } }')).told.extensions, { cost: 1 });
  assert.deepEqual((await ask('{ elever(ider: ["a", "b", "c"]) { person { id } } }')).told.extensions, { cost: 6 });
  const { told } = await ask(
    'query($n: Int) { skoler(first: $n) { nodes { elevforhold(first: $n) { nodes { id } } } } }',
    { n: 1000 },
  );
  assert.deepEqual(told.errors?.[0]?.extensions, { code: 'HUB-132', cost: 1_001_000, limit: limits.graphqlCost });
});

test('errors of a document are told up to a bound', async () => {
  const { told } = await asking().ask(`{ ${times(40, (at) => `nothing${at}`)} }`);
  assert.equal(told.errors?.length, limits.graphqlErrors + 1);
  assert.ok(told.errors.every(({ extensions }) => extensions['code'] === 'HUB-131'));
});

test('errors of fields are told up to a bound', async () => {
  const face: Face = {
    ...smallFace,
    types: smallFace.types.map((type) =>
      type.kind === 'object' && type.name === 'Query'
        ? {
            ...type,
            fields: [
              ...type.fields,
              field('mange', '[Int]', { kind: 'produced', run: async () => Array.from({ length: 500 }, () => 'x') }),
            ],
          }
        : type,
    ),
  };
  const { told } = await asking({ face }).ask('{ mange }');
  assert.equal(told.errors?.length, limits.graphqlFieldErrors + 1);
  assert.match(told.errors.at(-1)?.message ?? '', /400 more/);
});

/** The small face, with a report whose text is as long as is asked for. */
const longFace: Face = {
  ...smallFace,
  types: smallFace.types.map((type) =>
    type.kind === 'object' && type.name === 'Query'
      ? {
          ...type,
          fields: type.fields.map((one) =>
            one.name === 'rapport'
              ? field(
                  'rapport',
                  'Rapport',
                  {
                    kind: 'produced',
                    run: async ({ uid }) => ({ tekst: 'x'.repeat(Number(uid)), funn: [] }),
                  },
                  { args: one.args },
                )
              : one,
          ),
        }
      : type,
  ),
};

test('an answer may reach graphqlAnswerLength and not pass it, all its fields together', async () => {
  const { ask } = asking({ face: longFace });
  const code = async (query: string): Promise<unknown> => {
    const { told } = await ask(query);
    return [codeOf(told), Object.values(told.data as object).map((one) => one !== null)];
  };
  const most = limits.graphqlAnswerLength - '{"tekst":""'.length;
  assert.deepEqual(await code(`{ rapport(uid: ${most}) { tekst } }`), [undefined, [true]]);
  assert.deepEqual(await code(`{ rapport(uid: ${most + 1}) { tekst } }`), ['HUB-424', [false]]);
  const tenth = Math.floor(most / 10);
  const times10 = times(10, (at) => `a${at}: tekst`);
  assert.deepEqual(await code(`{ rapport(uid: ${tenth - 20}) { ${times10} } }`), [undefined, [true]]);
  assert.deepEqual(await code(`{ rapport(uid: ${tenth + 1}) { ${times10} } }`), ['HUB-424', [false]]);
  const both = `{ a: rapport(uid: ${tenth * 6}) { tekst } b: rapport(uid: ${tenth * 6}) { tekst } }`;
  assert.deepEqual(await code(both), ['HUB-424', [true, false]]);
});

const hostile: readonly (readonly [string, string, unknown, string])[] = [
  ['100,000 tokens', `{ ${'a '.repeat(100_000)} }`, {}, 'HUB-132'],
  ['1,000 aliases', `{ skoler { ${times(1000, (at) => `a${at}: totalCount`)} } }`, {}, 'HUB-132'],
  ['brackets beyond measure', '{a'.repeat(50_000), {}, 'HUB-132'],
  ['lists beyond measure', `{ prove(sok: ${'['.repeat(60_000)}`, {}, 'HUB-132'],
  ['depth 50', depth(50), {}, 'HUB-132'],
  [
    'a fragment that spreads itself',
    '{ skoler { ...F } } fragment F on SkoleConnection { nodes { klasser { skole { id } } } ...F }',
    {},
    'HUB-131',
  ],
  [
    'fragments in a circle',
    '{ skoler { nodes { ...A } } } fragment A on Skole { klasser { ...B } } fragment B on Klasse { skole { ...A } }',
    {},
    'HUB-131',
  ],
  [
    'fragments that unfold without end',
    `{ skoler { nodes { ...F0 } } } ${times(90, (at) => `fragment F${at} on Skole { a: klasser { skole { ...F${at + 1} } } b: klasser { skole { ...F${at + 1} } } }`)} fragment F90 on Skole { id }`,
    {},
    'HUB-132',
  ],
  ['a text without an end', '{ elev(systemId: "', {}, 'HUB-130'],
  ['nothing', '', {}, 'HUB-130'],
  ['bytes', '\u0000\ufeff', {}, 'HUB-100'],
  ['a schema', 'type A { a: Int }', {}, 'HUB-131'],
  ['a subscription', 'subscription { skoler { totalCount } }', {}, 'HUB-131'],
  ['names outside ASCII', '{ skøler { totalCount } }', {}, 'HUB-130'],
  ['fields of objects of the language', '{ constructor { x } }', {}, 'HUB-131'],
  [
    'types of objects of the language',
    '{ nodes(ider: []) { ... on __proto__ { id } ... on constructor { id } } }',
    {},
    'HUB-131',
  ],
  ['variables that are not declared', '{ elev(systemId: $__proto__) { id } }', {}, 'HUB-131'],
  ['a variable of another type', 'query($a: Int!) { rapport(uid: $a) { tekst } }', { a: '01819012345' }, 'HUB-133'],
  ['a variable that has to be given', 'query($a: Int!) { rapport(uid: $a) { tekst } }', {}, 'HUB-133'],
  ['a condition that is null', 'query($a: Boolean = true) { __typename @include(if: $a) }', { a: null }, 'HUB-133'],
  ['a first beyond numbers', '{ skoler(first: 99999999999999999999) { totalCount } }', {}, 'HUB-131'],
];

for (const [what, query, variables, code] of hostile)
  test(`${what}: refused soon, and clearly`, async () => {
    const told = await asked(query, variables);
    assert.equal(codeOf(told), code, JSON.stringify(told).slice(0, 300));
    assert.ok(!('data' in told));
    assert.ok((told.errors?.[0]?.message ?? '').length < 300);
    assert.ok(!JSON.stringify(told).includes('01819012345'), 'values are not repeated');
  });

test('documents that many names can make slow are answered soon', async () => {
  const documents = [
    `{ ${times(900, () => 'skoler { totalCount }')} }`,
    `{ skoler { nodes { ${times(600, () => '... on Skole { id navn }')} } } }`,
    `{ skoler { nodes { ...F0 } } } ${times(98, (at) => `fragment F${at} on Skole { ...F${at + 1} ...F${at + 1} }`)} fragment F98 on Skole { id }`,
    `{ ${times(49, (at) => `a${at}: skoler(first: ${at}) { nodes { elevforhold { nodes { elev { person { navn { fornavn } } } } } } }`)} }`,
    `{ ${times(1900, (at) => `skole${at}`)} }`,
  ];
  for (const document of documents) await asked(document);
});

test('a document that takes too long to check is refused, and says what to do', async () => {
  const { told } = await asking().ask(`{ skoler { nodes { ${times(limits.graphqlFields - 2, () => 'navn')} } } }`);
  assert.equal(codeOf(told), 'HUB-132');
  assert.match(told.errors?.[0]?.message ?? '', /same field in fewer places/);
});

test('names of objects of the language are names like others', async () => {
  const { ask } = asking();
  const { told } = await ask(
    'query($__proto__: String, $constructor: [ID!]!) { __proto__: elev(systemId: $__proto__) { constructor: id } toString: nodes(ider: $constructor) { __proto__: id } }',
    JSON.parse('{"__proto__":"e0","constructor":["U2tvbGU6MTAwMA"]}'),
  );
  assert.equal(told.errors, undefined, JSON.stringify(told));
  const data = told.data as object;
  assert.deepEqual(Object.keys(data), ['__proto__', 'toString']);
  assert.deepEqual(Object.getOwnPropertyDescriptor(data, '__proto__')?.value, { constructor: 'RWxldjplMA' });
});

const deep = (levels: number) =>
  `{"query":"query($s: Sok) { prove(sok: $s) }","variables":{"s":${'{"og":['.repeat(levels)}${']}'.repeat(levels)}}}`;

test('bodies that are no request', async () => {
  const { send } = asking();
  const code = async (body: string) => codeOf((await send(body)).told);
  assert.equal(await code('[{"query":"{__typename}"},{"query":"{__typename}"}]'), 'HUB-100');
  assert.equal(await code('{"query":["{__typename}"]}'), 'HUB-100');
  assert.equal(await code('{"query":'), 'HUB-101');
  assert.equal(await code(deep(16)), undefined);
  assert.equal(await code(deep(17)), 'HUB-133');
  assert.equal(await code(deep(20_000)), 'HUB-133');
  assert.equal(
    await code(
      `{"query":"query($i: [String!]!) { elever(ider: $i) { id } }","variables":{"i":[${times(100_000, () => '"e1"').replaceAll(' ', ',')}]}}`,
    ),
    undefined,
  );
  assert.equal(
    await code(
      `{"query":"query($i: [String!]!) { elever(ider: $i) { id } }","variables":{"i":[${times(210_000, () => '"e"').replaceAll(' ', ',')}]}}`,
    ),
    'HUB-132',
  );
});

test('nothing hidden shows: not in answers, errors or introspection', async () => {
  const { ask } = asking();
  const hidden = /Tiltak|tiltak|NUMMER|kommende|hemmelig/;
  const said = async (query: string, variables: unknown = {}): Promise<string> =>
    (await ask(query, variables)).text.replaceAll(query, '');
  const near = [
    '{ tilta }',
    '{ kommend }',
    '{ prove(sort: NUMME) }',
    '{ prove(sok: {hemmeli: "x"}) }',
    '{ nodes(ider: []) { ... on Tilta { id } } }',
    '{ __type(name: "Tiltak") { name } }',
    '{ __schema { types { name fields { name } enumValues { name } inputFields { name } } directives { name } } }',
    '{ node(id: "VGlsdGFrOnQw") { __typename id } }',
    '{ nodes(ider: ["VGlsdGFrOnQw", "VGlsdGFrOnQx"]) { __typename } }',
    '{ prove(pro: 1) }',
    'query($s: Sorterin) { prove(sort: $s) }',
    '{ tilt { fag { id } } }',
  ];
  for (const query of near) assert.doesNotMatch((await said(query)).replaceAll('"Tiltak"', ''), hidden, query);
  assert.doesNotMatch(await said('query($s: Sortering) { prove(sort: $s) }', { s: 'NUMME' }), hidden);
  assert.doesNotMatch(await said('query($s: Sok) { prove(sok: $s) }', { s: { hemmeli: 'x' } }), hidden);
  // What is named without being open is as unknown as what there never was.
  const unknown = (name: string) => said(`{ ${name} }`).then((text) => text.replaceAll(name, 'X'));
  assert.equal(await unknown('tiltak'), await unknown('tiltax'));
  assert.match(
    (await ask('{ tiltak { id } kommende prove(sort: NUMMER) }', {}, 'beta, experimental')).text,
    /"kommende":"beta"/,
  );
});

test('values are cut off messages of the library', () => {
  for (const [message, wanted] of [
    ['Int cannot represent non-integer value: "01819012345"', 'Int cannot represent non-integer value.'],
    [
      'Variable "$a" has invalid value at ".b": Int cannot represent non-integer value: "0181"',
      'Variable "$a" has invalid value at ".b": Int cannot represent non-integer value.',
    ],
    ['Expected value of type "I" to be an object, found: "0181".', 'Expected value of type "I" to be an object.'],
    ['Value "0181" does not exist in "E" enum.', 'A value does not exist in "E" enum.'],
  ] as const)
    assert.equal(withoutValues(message), wanted);
});

test('the memory of documents keeps to its bytes', () => {
  const memory = createDocumentMemory<number>(100);
  for (let at = 0; at < 10; at += 1) memory.set(`k${at}`, at, 30);
  assert.equal(memory.bytes(), 90);
  assert.equal(memory.get('k6'), undefined);
  assert.equal(memory.get('k7'), 7);
  memory.set('new', 1, 30);
  assert.equal(memory.get('k7'), 7, 'lately used');
  assert.equal(memory.get('k8'), undefined);
  memory.set('large', 1, 101);
  assert.equal(memory.get('large'), undefined);
  memory.set('k7', 8, 10);
  assert.equal(memory.bytes(), 70);
  assert.ok(
    limits.graphqlIntrospectionBytes > 8_000_000 &&
      limits.graphqlPlanBytes > 1_000_000 &&
      limits.graphqlPersisted > 0 &&
      limits.graphqlDefaultFirst > 0,
  );
});

const unspread = (count: number): string =>
  `{ __typename } fragment F on SkoleConnection { ${times(count, () => 'totalCount')} }`;

test('the fields of fragments that nothing spreads count as well', async () => {
  assert.equal(codeOf(await asked(unspread(limits.graphqlFields + 1))), 'HUB-132');
  assert.equal(codeOf(await asked(unspread(10))), 'HUB-131');
});

test('what is compiled counts by what it unfolds to, not by the length of the document', () => {
  const { schemas } = asking().graphql;
  const compile = createDocumentCompiler(model, 1_000_000);
  const text = `${times(50, (at) => `query q${at} { ...F }`)} fragment F on Query { ${times(10, (at) => `a${at}: skoler { totalCount }`)} }`;
  const planOf = (name: string, of = text): unknown => {
    const compiled = compile(of, schemas(new Set()), name, 'a');
    assert.ok(compiled.kind === 'operation');
    return compiled.plan(new Map());
  };
  const first = planOf('q0');
  assert.equal(planOf('q0'), first, 'kept');
  for (let at = 1; at < 50; at += 1) planOf(`q${at}`);
  assert.notEqual(planOf('q0'), first, 'gone for others');
  assert.notEqual(planOf('q1'), planOf('q0'), 'each its own');
  assert.notEqual(planOf('q1', `${text} `), planOf('q1'), 'of each document its own');
});

test('a document that may name somebody is kept for who has sent it alone', () => {
  const { schemas } = asking().graphql;
  const compile = createDocumentCompiler(model);
  const shared = (text: string): boolean => {
    const [one, again, other] = ['a', 'a', 'b'].map((client) => compile(text, schemas(new Set()), null, client));
    assert.equal(one?.kind, 'operation', text);
    assert.equal(one, again, 'kept');
    return one === other;
  };
  assert.ok(shared('query($id: String) { elev(systemId: $id) { id } }'));
  assert.ok(shared('{ skoler(first: 1000) { totalCount } }'));
  for (const text of [
    '{ elev(systemId: "e1") { id } }',
    '{ elev(systemId: """e1""") { id } }',
    '{ e01819012345: skoler { totalCount } }',
    '{ skoler { totalCount } } # Ola',
  ])
    assert.ok(!shared(text), text);
});

test('cursors are places, and nothing else is', () => {
  for (const place of ['a', 'f-1', 'a\0b', 'æøå', '\ud83d\ude00'])
    for (const cursor of [cursorOf(place), Buffer.from(place).toString('base64')]) assert.equal(placeOf(cursor), place);
  for (const none of ['', ' ', 'YQ===', 'Y', '_w', 'YQ\n', '-', 'YR']) assert.equal(placeOf(none), null, none);
});

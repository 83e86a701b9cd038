// What of a face a set of flags opens, and what is wrong with a face.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { getIntrospectionQuery, graphqlSync, printSchema } from 'graphql';
import { createSchemas } from '#graphql/build-schema.ts';
import { checkFace } from '#graphql/check-face.ts';
import type { Face, FaceType } from '#graphql/face.ts';
import { readFlags } from '#graphql/marks.ts';
import { beta, described, experimental, field, firm, input, object, smallFace } from './small-face.ts';

const schemas = createSchemas(smallFace);
const textOf = (header: string | null, implied = false): string =>
  printSchema(schemas(readFlags(header, implied)).schema);

test('what is closed is not there, and nor is what leads to nothing else', () => {
  const plain = textOf(null);
  for (const hidden of ['Tiltak', 'tiltak', 'NUMMER', 'kommende', 'hemmelig', 'prove: Int']) {
    assert.ok(!plain.includes(hidden), hidden);
    assert.ok(textOf('beta, experimental').includes(hidden), hidden);
  }
  assert.ok(!plain.includes('input Ett'), 'nothing reaches it');
  const found = graphqlSync({ schema: schemas(new Set()).schema, source: getIntrospectionQuery() });
  assert.ok(!/Tiltak|NUMMER|kommende|hemmelig/.test(JSON.stringify(found)));
});

test('flags do not imply one another, unless a setting says so; unknown ones open nothing', () => {
  assert.ok(textOf('beta').includes('NUMMER'));
  assert.ok(!textOf('beta').includes('Tiltak'));
  assert.ok(!textOf('experimental').includes('NUMMER'));
  assert.ok(textOf('experimental').includes('Tiltak'));
  assert.ok(textOf('experimental', true).includes('NUMMER'));
  assert.equal(schemas(readFlags('nothing, __proto__,constructor')), schemas(new Set()));
  assert.equal(schemas(readFlags(' BETA ,x')), schemas(readFlags('beta')));
});

test('connections are made, with their edges', () => {
  const text = textOf(null);
  assert.match(
    text,
    /type SkoleConnection \{[^}]*edges: \[SkoleConnectionEdge!\]![^}]*nodes: \[Skole\]![^}]*totalCount: Int\n\}/,
  );
  assert.match(text, /type SkoleConnectionEdge \{[^}]*cursor: String![^}]*node: Skole\n\}/);
  assert.match(text, /type PageInfo \{/);
});

test('the contract of a part stands at the end of its description', () => {
  const type = schemas(readFlags('beta')).schema.getQueryType()?.getFields()['kommende'];
  assert.match(
    type?.description ?? '',
    /^Beskrevet\.\n\nDescribed\.\n\n.*\[beta\]\(\/catalogue\/apis\/small\/contracts\.json#beta\)/,
  );
});

const withTypes = (...types: readonly FaceType[]): Face => ({ ...smallFace, types: [...smallFace.types, ...types] });
const root = (...fields: Parameters<typeof object>[2][number][]): Face => ({
  ...smallFace,
  types: smallFace.types.map((type) =>
    type.kind === 'object' && type.name === 'Query' ? { ...type, fields: [...type.fields, ...fields] } : type,
  ),
});
const made = { kind: 'value', path: ['x'] } as const;
const run = { kind: 'produced', run: async () => null } as const;

const faulty: readonly (readonly [string, Face, RegExp])[] = [
  ['a name', withTypes(object('__A', 'made', [field('x', 'Int', made)])), /__A: is no name/],
  ['a name of a field', withTypes(object('A', 'made', [field('ø', 'Int', made)])), /A\.ø: is no name/],
  ['the same name', withTypes(object('Skole', 'made', [field('x', 'Int', made)])), /Skole: stands twice/],
  ['a standard name', withTypes(object('String', 'made', [field('x', 'Int', made)])), /String: is a standard scalar/],
  ['a name of the engine', withTypes(object('PageInfo', 'made', [field('x', 'Int', made)])), /PageInfo: stands twice/],
  [
    'a field twice',
    withTypes(object('A', 'made', [field('x', 'Int', made), field('x', 'Int', made)])),
    /A\.x: stands twice/,
  ],
  ['no fields', withTypes(object('A', 'made', [])), /A: has no fields/],
  ['no such type', root(field('x', 'Nope', run)), /Query\.x: no type Nope/],
  ['no reference', root(field('x', '[Int', run)), /Query\.x: \[Int is no reference/],
  ['an input as output', root(field('x', 'Sok', run)), /Query\.x: Sok cannot be output/],
  [
    'an output as input',
    root(field('x', 'Int', run, { args: [input('a', 'Skole')] })),
    /Query\.x\(a:\): Skole cannot be input/,
  ],
  ['a firm field of a type that is not', root(field('x', 'Tiltak', run)), /Query\.x: is firmer than Tiltak/],
  [
    'a beta field of an experimental type',
    root(field('x', 'Tiltak', run, { marks: beta })),
    /Query\.x: is firmer than Tiltak/,
  ],
  [
    'a flag that is not asked for',
    withTypes(
      object('A', 'made', [field('x', 'B', made)]),
      object('B', 'made', [field('x', 'Int', made)], { marks: { ...firm, flags: ['f'] } }),
    ),
    /A\.x: is firmer than B/,
  ],
  ['a source of a root', root(field('x', 'Int', made)), /Query\.x: cannot come from value of a root/],
  [
    'a source of what is made',
    withTypes(object('A', 'made', [field('x', 'Int', run)])),
    /A\.x: cannot come from produced of a made/,
  ],
  [
    'an interface that is not met',
    withTypes(object('A', 'made', [field('x', 'Int', made)], { interfaces: ['Tekst'] })),
    /A\.tekst: is missing/,
  ],
  [
    'an interface of another type',
    withTypes(object('A', 'made', [field('tekst', 'Int', made)], { interfaces: ['Tekst'] })),
    /A\.tekst: is of another type/,
  ],
  [
    'a field less firm than in an interface',
    withTypes(
      object('A', 'made', [field('tekst', 'String', made, { marks: experimental }), field('y', 'Int', made)], {
        interfaces: ['Tekst'],
      }),
    ),
    /A\.tekst: is less firm than in Tekst/,
  ],
  [
    'no interface',
    withTypes(object('A', 'made', [field('x', 'Int', made)], { interfaces: ['Skole'] })),
    /A: no interface Skole/,
  ],
  [
    'a member that is no object',
    withTypes({ kind: 'union', name: 'U', describe: described, marks: firm, members: ['Sok'] }),
    /U: no object Sok/,
  ],
  [
    'no description',
    withTypes(object('A', 'made', [field('x', 'Int', made)], { describe: { nb: '', en: 'x' } })),
    /A: is not described/,
  ],
  [
    'a link that leads to one, as a list',
    withTypes(
      object(
        'A',
        'node',
        [
          field('x', '[Skole]', {
            kind: 'link',
            relation: 'skole',
            many: false,
            collections: ['utdanning/utdanningsprogram/skole'],
          }),
        ],
        { collections: ['x'] },
      ),
    ),
    /A\.x: leads to one, its type does not/,
  ],
  [
    'a link to another type',
    withTypes(
      object(
        'A',
        'node',
        [
          field('x', 'Elev', {
            kind: 'link',
            relation: 'skole',
            many: false,
            collections: ['utdanning/utdanningsprogram/skole'],
          }),
        ],
        { collections: ['x'] },
      ),
    ),
    /A\.x: utdanning\/utdanningsprogram\/skole is no Elev/,
  ],
  [
    'a choice of one that has to be given',
    withTypes({
      kind: 'input',
      name: 'I',
      describe: described,
      marks: firm,
      fields: [input('a', 'Int!')],
      oneOf: true,
    }),
    /I\.a: has to be given/,
  ],
  [
    'a default that is none',
    root(field('x', 'Int', run, { args: [input('a', 'Sortering', { default: 'NOPE' })] })),
    /Query\.x\(a:\): its default is no Sortering/,
  ],
  [
    'a default less firm than what has it',
    root(field('x', 'Int', run, { args: [input('a', '[Sortering!]', { default: ['NUMMER'] })] })),
    /Query\.x\(a:\): its default is firmer than Sortering\.NUMMER/,
  ],
  [
    'a member of a default',
    root(field('x', 'Int', run, { args: [input('a', 'Sok', { default: { hemmelig: 'x' } })] })),
    /Query\.x\(a:\): its default is firmer than Sok\.hemmelig/,
  ],
  [
    'a default that is null',
    root(field('x', 'Int', run, { args: [input('a', 'Int!', { default: null })] })),
    /Query\.x\(a:\): its default is null/,
  ],
  ['a root that is none', { ...smallFace, query: 'Skole' }, /Skole: is no root/],
  [
    'a connection of nothing',
    { ...smallFace, connections: new Map([['X', { node: 'Nope', marks: firm }]]) },
    /X: no type of objects Nope/,
  ],
];

for (const [what, face, wanted] of faulty)
  test(`a face is refused for ${what}`, () => {
    assert.match(checkFace(face).join('\n'), wanted);
    assert.throws(() => createSchemas(face), wanted);
  });

// Laws of comparing GraphQL schemas: nothing differs from itself, order says nothing, and whatever the library calls breaking is breaking here too.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';
import * as fc from 'fast-check';
import {
  BreakingChangeType,
  DangerousChangeType,
  buildSchema,
  findSchemaChanges,
  lexicographicSortSchema,
  printSchema,
} from 'graphql';
import { graphqlDifferences, graphqlLevelDifferences } from '#catalogue/gate/graphql-differences.ts';
import { cases } from '../../cases.ts';

const of = { api: 'drawn', artefact: 'drawn.graphql' };
const goldens = ['fs-graphql', 'fint-graphql'].flatMap((folder) =>
  readdirSync(new URL(`../../golden/${folder}/`, import.meta.url))
    .filter((name) => name.endsWith('.graphql'))
    .map(
      (name) =>
        [
          `${folder}/${name}`,
          readFileSync(new URL(`../../golden/${folder}/${name}`, import.meta.url), 'utf8'),
        ] as const,
    ),
);

for (const [name, text] of goldens)
  test(`${name} does not differ from itself, in whatever order it is printed`, () => {
    assert.deepEqual(graphqlDifferences(text, text, of), []);
    const sorted = printSchema(lexicographicSortSchema(buildSchema(text)));
    // The library prints no directives where they are applied, so both have been printed by it.
    assert.deepEqual(graphqlDifferences(printSchema(buildSchema(text)), sorted, of), []);
  });

test('from one level of flags to the next everything is compatible but what may be met unasked', () => {
  const [firm = '', wide = ''] = ['production', 'experimental'].map(
    (level) => goldens.find(([name]) => name === `fs-graphql/${level}.graphql`)?.[1],
  );
  const found = graphqlDifferences(firm, wide, of);
  assert.ok(found.length > 100);
  assert.deepEqual(
    found.filter(({ kind }) => kind === 'breaking'),
    [],
  );
  assert.ok(graphqlDifferences(wide, firm, of).some(({ rule }) => rule === 'field-removed'));
});

// --- Drawn schemas ------------------------------------------------------------------------------------------------------------

const pick = <T>(...values: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...values);

const wrapped = (named: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.tuple(named, pick('%', '%!', '[%]', '[%!]', '[%]!', '[%!]!')).map(([name, form]) => form.replace('%', name));

const some = (names: readonly string[]): fc.Arbitrary<readonly string[]> => fc.subarray([...names]);

const inputs: fc.Arbitrary<string> = fc
  .array(
    fc.tuple(
      pick('first', 'filter', 'a', 'b'),
      pick('Int', 'Int!', '[Int]', 'Boolean', 'I', 'I!', 'Int = 1', 'Int = 2', 'Int! = 3'),
    ),
    {
      maxLength: 3,
    },
  )
  .map((list) => [...new Map(list)].map(([name, type]) => `${name}: ${type}`).join(', '));

const fields: fc.Arbitrary<string> = fc
  .array(fc.tuple(pick('f', 'g', 'h'), inputs, wrapped(pick('Int', 'String', 'A', 'B', 'N', 'U', 'E'))), {
    maxLength: 3,
  })
  .map((list) =>
    [...new Map(list.map((one) => [one[0], one]))]
      .map(([, [name, args, type]]) => `${name}${args === '' ? '' : `(${args})`}: ${type}`)
      .join(' '),
  );

const drawnSchema: fc.Arbitrary<string> = fc
  .record({
    query: fields,
    a: fields,
    b: fields,
    isNode: some(['A', 'B']),
    members: some(['A', 'B']),
    values: some(['X', 'Y', 'Z']),
    own: inputs,
    directive: fc.option(fc.tuple(some(['FIELD', 'QUERY']), inputs)),
  })
  .map(({ query, a, b, isNode, members, values, own, directive }) =>
    [
      `type Query { always: Int n: N u: U i(i: I): E ${query} }`,
      'interface N { id: ID }',
      `type A ${isNode.includes('A') ? 'implements N ' : ''}{ id: ID ${a} }`,
      `type B ${isNode.includes('B') ? 'implements N ' : ''}{ id: ID ${b} }`,
      `union U = ${['A', ...members.filter((one) => one !== 'A')].join(' | ')}`,
      `enum E { W ${values.join(' ')} }`,
      `input I { always: Int ${own.replaceAll(', ', ' ').replaceAll(/(\w+): I!/g, '$1: I')} }`,
      directive === null || directive[0].length === 0
        ? ''
        : `directive @d${directive[1] === '' ? '' : `(${directive[1]})`} on ${directive[0].join(' | ')}`,
    ].join('\n'),
  );

test('whatever the library calls breaking is breaking, at a coordinate that it names', () => {
  fc.assert(
    fc.property(drawnSchema, drawnSchema, (before, after) => {
      const found = graphqlDifferences(before, after, of);
      const breaking = found.filter(({ kind }) => kind === 'breaking');
      const dangerous = found.filter(({ kind }) => kind !== 'compatible');
      const changes = findSchemaChanges(buildSchema(before), buildSchema(after));
      for (const { type, description } of changes) {
        const named = (one: { readonly coordinate: string }): boolean => description.includes(one.coordinate);
        // What is no more optional than before is told apart here: with a default it has an effect, without it has none.
        const isOptional = type === 'OPTIONAL_ARG_ADDED' || type === 'OPTIONAL_INPUT_FIELD_ADDED';
        if (Object.hasOwn(BreakingChangeType, type)) assert.ok(breaking.some(named), description);
        else if (Object.hasOwn(DangerousChangeType, type) && !isOptional) assert.ok(dangerous.some(named), description);
      }
      if (changes.every(({ type }) => !Object.hasOwn(BreakingChangeType, type)))
        assert.deepEqual(
          breaking.filter(({ rule }) => rule !== 'default-narrowed' && rule !== 'default-first-lowered'),
          [],
        );
    }),
    { numRuns: cases(400) },
  );
});

test('what breaks those who send some flags is told of all levels together, once', () => {
  const levels = fc.tuple(drawnSchema, drawnSchema, drawnSchema);
  fc.assert(
    fc.property(levels, levels, (before, after) => {
      const all = before.map((text, at) => ({ artefact: String(at), before: text, after: after[at] ?? '' }));
      const told = graphqlLevelDifferences(all, of.api);
      const keys = told.map(({ coordinate, rule, text }) => `${coordinate} ${rule} ${text}`);
      assert.equal(new Set(keys).size, keys.length);
      for (const level of all)
        for (const one of graphqlDifferences(level.before, level.after, of))
          if (one.kind === 'breaking')
            assert.ok(
              told.some(
                ({ coordinate, kind, rule }) =>
                  coordinate === one.coordinate &&
                  kind === 'breaking' &&
                  (rule === one.rule || rule === 'mark-lowered'),
              ),
              `${one.coordinate} ${one.rule}`,
            );
    }),
    { numRuns: cases(200) },
  );
});

test('a drawn schema does not differ from itself', () => {
  fc.assert(
    fc.property(drawnSchema, (text) => {
      assert.deepEqual(graphqlDifferences(text, text, of), []);
      const lines = text.split('\n');
      assert.deepEqual(graphqlDifferences(text, lines.toReversed().join('\n'), of), []);
    }),
    { numRuns: cases(100) },
  );
});

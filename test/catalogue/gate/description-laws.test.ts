// Laws of comparing the hub's own descriptions: nothing differs from itself in whatever order it is written, what goes breaks, and what comes breaks nothing.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { eventDifferences } from '#catalogue/gate/event-differences.ts';
import type { Differ, GateFinding } from '#catalogue/gate/finding.ts';
import { mapOf, type JsonMap } from '#catalogue/gate/json-tree.ts';
import { modelDifferences } from '#catalogue/gate/model-differences.ts';
import { openApiDifferences } from '#catalogue/gate/openapi-differences.ts';
import { schemaSetDifferences } from '#catalogue/gate/schema-set-differences.ts';
import { cases } from '../../cases.ts';

const golden = new URL('../../golden/', import.meta.url);
const read = (path: string): JsonMap => mapOf(JSON.parse(readFileSync(new URL(path, golden), 'utf8')));
const of = { api: 'drawn', artefact: 'drawn.json' };
const differences = (differ: Differ, before: JsonMap, after: JsonMap): readonly GateFinding[] =>
  differ(JSON.stringify(before), JSON.stringify(after), of);

const openApis = [
  'admin/openapi.json',
  'flyt-skole/openapi.json',
  'provider/openapi.json',
  'model/openapi/utdanning-elev.json',
].map((path) => [path, read(path)] as const);
const model = read('model/model.json');
const events: JsonMap = {
  kinds: {
    made: { members: { id: 'string', at: 'string' }, key: 'id', order: 'feed' },
    gone: { members: { id: 'string' }, key: 'id', order: 'feed' },
  },
};

/** Members of all objects in another order; lists keep theirs. */
const turned = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(turned);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([name, one]) => [name, turned(one)]),
  );
};

const described: readonly (readonly [string, Differ, JsonMap])[] = [
  ...openApis.map(([path, document]) => [path, openApiDifferences, document] as const),
  ...readdirSync(new URL('model/schema/', golden)).map(
    (name) => [name, schemaSetDifferences, read(`model/schema/${name}`)] as const,
  ),
  ['model.json', modelDifferences, model],
  ['events', eventDifferences, events],
];

for (const [name, differ, document] of described)
  test(`${name} does not differ from itself, in whatever order it is written`, () => {
    assert.deepEqual(differences(differ, document, document), []);
    assert.deepEqual(differences(differ, document, mapOf(turned(document))), []);
  });

/** The document with what stands at a path left out, or something else put there. */
const changed = (document: JsonMap, [name = '', ...rest]: readonly string[], value?: unknown): JsonMap => {
  if (rest.length > 0) return { ...document, [name]: changed(mapOf(document[name]), rest, value) };
  const { [name]: _, ...others } = document;
  return value === undefined ? others : { ...others, [name]: value };
};

const at = (document: JsonMap, path: readonly string[]): JsonMap =>
  path.reduce((within, name) => mapOf(within[name]), document);
const names = (document: JsonMap, path: readonly string[]): readonly string[] => Object.keys(at(document, path));
const anyOf = <T>(values: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...values);
const breaking = (found: readonly GateFinding[]): readonly string[] =>
  found.filter(({ kind }) => kind === 'breaking').map(({ coordinate, rule }) => `${coordinate} ${rule}`);

const verbs = ['get', 'put', 'post', 'delete', 'patch'];

for (const [path, document] of openApis) {
  const operations = names(document, ['paths']).flatMap((each) =>
    names(document, ['paths', each])
      .filter((verb) => verbs.includes(verb))
      .map((verb) => ['paths', each, verb] as const),
  );

  test(`whichever operation of ${path} goes, it breaks, and coming back it does not`, () => {
    fc.assert(
      fc.property(anyOf(operations), (operation) => {
        const without = changed(document, operation);
        const coordinate = `${operation[2].toUpperCase()} ${operation[1]}`;
        const found = differences(openApiDifferences, document, without);
        assert.deepEqual(
          found.map((one) => [one.coordinate, one.kind]),
          [[coordinate, 'breaking']],
        );
        const back = differences(openApiDifferences, without, document);
        assert.deepEqual(
          back.map((one) => [one.coordinate, one.kind]),
          [[coordinate, 'compatible']],
        );
      }),
      { numRuns: cases(12) },
    );
  });

  // What answers lead to at once, by name.
  const answered = operations.flatMap((operation) => {
    const answers = mapOf(at(document, operation)['responses']);
    return Object.entries(answers).flatMap(([status, answer]) => {
      const schema = mapOf(mapOf(mapOf(mapOf(answer)['content'])['application/json'])['schema']);
      const reference = schema['$ref'];
      return status.startsWith('2') && typeof reference === 'string'
        ? [reference.slice('#/components/schemas/'.length)]
        : [];
    });
  });
  const members = [...new Set(answered)].flatMap((name) =>
    names(document, ['components', 'schemas', name, 'properties']).map((member) => [name, member] as const),
  );

  test(
    `whichever member of an answer of ${path} goes, it breaks; a new one breaks nothing`,
    { skip: members.length === 0 && 'answers have no names' },
    () => {
      fc.assert(
        fc.property(anyOf(members), ([name, member]) => {
          const place = ['components', 'schemas', name];
          const required = at(document, place)['required'];
          const kept = Array.isArray(required)
            ? changed(
                document,
                [...place, 'required'],
                required.filter((one) => one !== member),
              )
            : document;
          const found = breaking(
            differences(openApiDifferences, document, changed(kept, [...place, 'properties', member])),
          );
          assert.ok(
            found.includes(`${name}.${member} response-member-removed`) ||
              found.includes(`${name}.${member} link-relation-removed`),
            found.join(),
          );
          const more = changed(document, [...place, 'properties', 'brandNew'], { type: 'string' });
          assert.deepEqual(breaking(differences(openApiDifferences, document, more)), []);
        }),
        { numRuns: cases(12) },
      );
    },
  );
}

const classes = names(model, ['classes']);

test('whatever goes from the model breaks, and coming back it does not', () => {
  const parts = classes.flatMap((name) => [
    ['classes', name],
    ...(['attributes', 'relations'] as const).flatMap((kind) =>
      names(model, ['classes', name, kind]).map((member) => ['classes', name, kind, member]),
    ),
  ]);
  fc.assert(
    fc.property(anyOf(parts), (part) => {
      const coordinate = [part[1], ...part.slice(3)].join('.');
      const without = changed(model, part);
      const found = differences(modelDifferences, model, without);
      assert.deepEqual(
        found.map((one) => [one.coordinate, one.kind]),
        [[coordinate, 'breaking']],
      );
      const [back, ...more] = differences(modelDifferences, without, model);
      assert.deepEqual([back?.coordinate, more], [coordinate, []]);
      const isAsked = ['attribute-required', 'relation-added'].includes(back?.rule ?? '');
      assert.ok(back?.kind === 'compatible' || isAsked);
    }),
    { numRuns: cases(25) },
  );
});

test('every rule says one class, whatever the description', () => {
  const seen = new Map<string, Set<string>>();
  const note = (found: readonly GateFinding[]): void => {
    for (const { rule, kind } of found) seen.set(rule, (seen.get(rule) ?? new Set()).add(kind));
  };
  for (const [, first] of openApis)
    for (const [, second] of openApis) note(differences(openApiDifferences, first, second));
  note(differences(modelDifferences, model, { classes: {} }));
  assert.ok(seen.size > 4);
  for (const [rule, kinds] of seen) assert.equal(kinds.size, 1, rule);
});

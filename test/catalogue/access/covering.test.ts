// Which packages cover what is needed: all that can be covered is, by as few as there can be, and the rest is said.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { coveringOf, type Needed } from '#catalogue/access/covering.ts';
import { sightOf, type AccessPackage, type AccessPackages, type PackageSight } from '#catalogue/access/packages.ts';

const words = { nb: 'x', en: 'x' };

const packageOf = (id: string, sight: readonly PackageSight[]): AccessPackage => ({
  id,
  area: 'common',
  name: words,
  about: words,
  opens: [],
  sight,
});

const packagesOf = (...list: readonly AccessPackage[]): AccessPackages => new Map(list.map((one) => [one.id, one]));

const sightIn = (collection: string, actions: PackageSight['actions'], ...names: readonly string[]): PackageSight => ({
  collection,
  actions,
  fields: names.map((name) => ({ name, sensitivities: name === 'nin' ? ['national-id'] : [] })),
});

test('one package is taken where one is enough, narrowed to what is needed', () => {
  const packages = packagesOf(
    packageOf('a', [sightIn('x', ['list'], 'one')]),
    packageOf('b', [sightIn('x', ['list'], 'two')]),
    packageOf('both', [sightIn('x', ['list'], 'one', 'two', 'nin'), sightIn('y', ['list'], 'other')]),
  );
  const needs: readonly Needed[] = [{ collection: 'x', actions: ['read'], fields: ['one', 'two'] }];
  const found = coveringOf(packages, needs);
  assert.deepEqual(
    found.packages.map((one) => one.package),
    ['both'],
  );
  assert.deepEqual(
    found.packages[0]?.narrowed.map(({ collection, fields }) => [collection, fields]),
    [
      ['x', ['one', 'two']],
      ['y', []],
    ],
  );
  assert.deepEqual([found.fourEyes, found.uncovered], [[], []]);
  assert.deepEqual(coveringOf(packages, [{ collection: 'x', actions: ['list'], fields: ['nin'] }]).fourEyes, [
    'national-id',
  ]);
});

test('what no package opens is said, by action and field', () => {
  const packages = packagesOf(packageOf('a', [sightIn('x', ['read'], 'one')]));
  assert.deepEqual(coveringOf(packages, [{ collection: 'x', actions: ['list', 'read'], fields: ['one', 'two'] }]), {
    packages: [{ package: 'a', narrowed: [] }],
    fourEyes: [],
    uncovered: [
      { collection: 'x', action: 'list', fields: ['one', 'two'] },
      { collection: 'x', action: 'read', fields: ['two'] },
    ],
  });
});

const names = ['a', 'b', 'c', 'd'];
const collections = ['x', 'y'];

const packagesArbitrary: fc.Arbitrary<AccessPackages> = fc
  .array(
    fc.array(
      fc.record({
        collection: fc.constantFrom(...collections),
        actions: fc.constantFrom(['read'] as const, ['list'] as const),
        fields: fc.subarray(names, { minLength: 1 }),
      }),
      { minLength: 1, maxLength: 2 },
    ),
    { maxLength: 6 },
  )
  .map((list) =>
    packagesOf(
      ...list.map((sights, index) =>
        packageOf(
          `p${index}`,
          sights.map(({ collection, actions, fields }) => sightIn(collection, actions, ...fields)),
        ),
      ),
    ),
  );

const needsArbitrary: fc.Arbitrary<readonly Needed[]> = fc.uniqueArray(
  fc.record({
    collection: fc.constantFrom(...collections),
    actions: fc.constantFrom(['read'] as const, ['list'] as const),
    fields: fc.subarray(names, { minLength: 1 }),
  }),
  { selector: ({ collection }) => collection, minLength: 1 },
);

/** What some packages open of what is needed, written as plainly as it can be. */
const opened = (packages: AccessPackages, ids: readonly string[], needs: readonly Needed[]): ReadonlySet<string> =>
  new Set(
    needs.flatMap(({ collection, actions, fields }) =>
      actions.flatMap((action) =>
        fields
          .filter((field) =>
            ids.some((id) =>
              packages
                .get(id)
                ?.sight.some(
                  (one) =>
                    one.collection === collection &&
                    (one.actions.includes(action) || one.actions.includes('list')) &&
                    one.fields.some(({ name }) => name === field),
                ),
            ),
          )
          .map((field) => `${collection} ${action} ${field}`),
      ),
    ),
  );

const subsets = <T>(list: readonly T[]): readonly (readonly T[])[] =>
  list.reduce<readonly (readonly T[])[]>((all, one) => [...all, ...all.map((some) => [...some, one])], [[]]);

test('all that packages open is covered, by no more of them than it takes', () => {
  fc.assert(
    fc.property(packagesArbitrary, needsArbitrary, (packages, needs) => {
      const found = coveringOf(packages, needs);
      const chosen = found.packages.map((one) => one.package);
      const possible = opened(packages, [...packages.keys()], needs);
      assert.deepEqual(opened(packages, chosen, needs), possible);
      const best = subsets([...packages.keys()])
        .filter((some) => opened(packages, some, needs).size === possible.size)
        .map((some) => some.length);
      assert.equal(chosen.length, Math.min(...best));
      const left = found.uncovered.flatMap(({ collection, action, fields }) =>
        fields.map((field) => `${collection} ${action} ${field}`),
      );
      const all = needs.flatMap(({ collection, actions, fields }) =>
        actions.flatMap((action) => fields.map((field) => `${collection} ${action} ${field}`)),
      );
      assert.deepEqual(new Set([...left, ...possible]), new Set(all));
      // Narrowed they show nothing that is not needed.
      for (const terms of found.packages)
        for (const { collection, fields } of sightOf(packages, terms))
          for (const { name } of fields)
            assert.ok(needs.some((need) => need.collection === collection && need.fields.includes(name)));
    }),
    { numRuns: 400 },
  );
});

// Access packages as a reviewer has read them: what each shows that is sensitive, and of how much. And what a file that does not fit the model is told.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { fourEyes, isWithin, partsOf, sightOf, type PackageTerms } from '#catalogue/access/packages.ts';
import { readAccessPackages } from '#catalogue/access/read-packages.ts';
import { noBundles } from '#model/scope-bundles.ts';
import { cases } from '../../cases.ts';
import { golden } from '../../golden.ts';
import { hubBundles, hubModel } from '../../model/models.ts';
import { hubPackages } from './hub-packages.ts';

const packages = hubPackages();
const text = readFileSync(join(import.meta.dirname, '../../../catalogue/packages.yaml'), 'utf8');

test('what every package shows stands in a golden file', () => {
  const lines = [...packages.values()].flatMap(({ id, sight }) => [
    `${id}: ${fourEyes(packages, [{ package: id, narrowed: [] }], 0).join(', ') || 'one is enough'}`,
    ...sight
      .filter(({ collection }) => !collection.includes('/kodeverk/'))
      .map(({ collection, actions, fields }) => {
        const names = fields.map(({ name, sensitivities }) =>
          sensitivities.length === 0 ? name : `${name} (${sensitivities.join(', ')})`,
        );
        return `  ${collection} [${actions.join(' ')}]: ${names.join(', ')}`;
      }),
  ]);
  golden('catalogue/packages.txt', `${lines.join('\n')}\n`);
});

test('no package opens what nobody asks for by name: passwords, accounts, pay', () => {
  const shown = [...packages.values()].flatMap(({ sight }) =>
    sight.flatMap(({ fields }) => fields.map(({ name }) => name)),
  );
  for (const name of ['pinkode', 'bankkontonummer', 'arslonn', 'lonnsprosent', 'pass', 'bilde'])
    assert.ok(!shown.includes(name), name);
});

const one = (more: string): string =>
  `areas: { county: FINT }\npackages:\n  county.x:\n    name: { nb: a, nn: a, en: a }\n    about: { nb: a, nn: a, en: a }\n${more}`;
const opens = (part: string): string => one(`    opens: [${part}]\n`);

const foundIn = (file: string): readonly string[] => {
  const read = readAccessPackages(file, hubModel(), hubBundles());
  return read.ok ? [] : (read.problem.errors ?? []).map(({ at, message }) => `${at}: ${message}`);
};

test('what does not fit the model stops the start, with every finding', () => {
  assert.deepEqual(foundIn(text), []);
  for (const [file, finding] of [
    [
      opens('{ collections: [utdanning/elev/elv] }'),
      /county\.x\[0\]: there is no 'utdanning\/elev\/elv'.*utdanning\/elev\/elev/,
    ],
    [opens('{ collections: [utdanning/elev/elev], fields: [elevnumer] }'), /there is no 'elevnumer'.*elevnummer/],
    [opens('{ collections: [utdanning/elev/elev], shows: [personal] }'), /there is no 'personal'/],
    [opens('{ scope: "vfs:pupil.read" }'), /there is no scope 'vfs:pupil\.read'.*vfs:pupils\.read/],
    [opens('{ scope: "vfs:pupils.read", fields: [navn] }'), /unknown key 'fields'/],
    [opens(''), /opens nothing/],
    [one('    open: []\n'), /unknown key 'open'/],
    [opens('{ collections: [utdanning/elev/elev] }').replace('nn: a', 'nn: " "'), /has no text in nn/],
    [opens('{ collections: [utdanning/elev/elev] }').replace('county.x', 'city.x'), /is no area/],
    [opens('{ collections: [utdanning/elev/elev] }').replace('county.x', 'university.x'), /says nothing of university/],
    [
      opens('{ collections: [utdanning/elev/elev] }').replace('{ county:', '{ county: FINT, city:'),
      /there is no 'city'/,
    ],
    ['packages: [', /yaml/],
  ] as const)
    assert.match(foundIn(file).join('\n'), finding, file);
});

test('a package of a part that the model does not have is not there', () => {
  const model = hubModel();
  const parts = new Map([...model.parts].filter(([name]) => name === 'FINT'));
  const read = readAccessPackages(text, { ...model, parts }, noBundles);
  assert.ok(read.ok);
  assert.deepEqual([...new Set([...read.value.values()].map(({ area }) => area))], ['common', 'county']);
});

/** Terms of a package, narrowed somehow. */
const terms = fc.constantFrom(...packages.values()).chain(({ id, sight }) =>
  fc
    .array(
      fc
        .constantFrom(...sight)
        .chain(({ collection, fields }) =>
          fc.subarray(fields.map(({ name }) => name)).map((names) => ({ collection, fields: names, why: '' })),
        ),
      { maxLength: 4 },
    )
    .map((narrowed): PackageTerms => ({
      package: id,
      narrowed: narrowed.filter(
        (each, index) => narrowed.findIndex(({ collection }) => collection === each.collection) === index,
      ),
    })),
);

test('less is within more, and never takes more to approve; what grants are made of is what was shown', () => {
  fc.assert(
    fc.property(terms, (less) => {
      const whole: PackageTerms = { package: less.package, narrowed: [] };
      assert.ok(isWithin(packages, [less], [whole]));
      assert.equal(
        isWithin(packages, [whole], [less]),
        JSON.stringify(sightOf(packages, less)) === JSON.stringify(sightOf(packages, whole)),
      );
      const [few, many] = [fourEyes(packages, [less], 0), fourEyes(packages, [whole], 0)];
      assert.ok(few.every((reason) => many.includes(reason)));
      const shown = new Map(
        sightOf(packages, less).map(({ collection, fields }) => [collection, fields.map(({ name }) => name)]),
      );
      for (const { collections, fields } of partsOf(packages, less))
        for (const path of collections) {
          const narrowing = less.narrowed.find(({ collection }) => collection === path);
          if (narrowing === undefined) continue;
          assert.ok(fields !== null && fields.length > 0);
          // A part may name what it withholds; nothing else goes beyond what was shown.
          for (const name of fields)
            assert.ok(narrowing.fields.includes(name) && shown.get(path)?.includes(name) !== false, name);
        }
    }),
    { numRuns: cases(200) },
  );
});

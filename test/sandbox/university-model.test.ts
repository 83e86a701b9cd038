// Every entry of the small university against the model that comes with the hub, and every class and relation of its core is used by somebody.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { university } from '#sandbox/university.ts';
import { hubModel } from '../model/models.ts';
import { survey } from './against-model.ts';

const model = hubModel();

for (const options of [
  { seed: 1, size: 'small' },
  { seed: 7, size: 'small', asOf: '2027-03-15', names: 'plausible', snapshot: 'later' },
  { seed: 3, size: 'small', asOf: '2018-01-01' },
  { seed: 3, size: 'small', asOf: '2044-12-31' },
] as const)
  test(`university ${Object.values(options).join(' ')}: entries are complete, known and well typed, every link leads to an entry`, () => {
    const { problems, links } = survey(university(options).collections);
    assert.ok(links > 20_000, `${links} links were seen`);
    assert.deepEqual([...new Set(problems)].slice(0, 30), [], `${problems.length} problems`);
  });

test('every class that is served has entries, and every relation between classes of the core, and of what stands beside FS, is used', () => {
  const { collections } = university({ seed: 1, size: 'small' });
  const delivered = new Set(collections.filter(({ total }) => total > 0).map(({ collection }) => collection));
  const own = [...model.collections.values()].filter(({ path }) => /^(?:fs|hoyereutdanning)\//.test(path));
  assert.equal(own.length, 162);
  assert.deepEqual(
    own.map(({ path }) => path).filter((path) => !delivered.has(path)),
    [],
  );
  const { used } = survey(collections);
  const unused = own.flatMap(({ path, class: owner }) =>
    owner.core
      ? owner.relations
          .filter(({ target }) => model.classes.get(target)?.core === true)
          .map(({ jsonName }) => `${path} ${jsonName}`)
          .filter((relation) => !used.has(relation))
      : [],
  );
  assert.deepEqual(unused, []);
  const beside = own.filter(({ path }) => path.startsWith('hoyereutdanning/'));
  assert.deepEqual(
    beside
      .flatMap(({ path, class: owner }) => owner.relations.map(({ jsonName }) => `${path} ${jsonName}`))
      .filter((relation) => !used.has(relation)),
    [],
  );
});

test('natural keys have the parts that the model names, but for that of the owner', () => {
  let [seen, keyed] = [0, 0];
  for (const { collection, entries } of university({ seed: 1, size: 'small' }).collections) {
    const parts = model.collections
      .get(collection)
      ?.class.naturalKey.filter((part) => part !== 'eierOrganisasjonskode');
    if (parts === undefined || parts.length === 0) continue;
    keyed += 1;
    for (const { identifier, resource } of entries()) {
      const key = resource['naturligNokkel'] as { readonly identifikatorverdi: string } | undefined;
      if (key === undefined) continue;
      seen += 1;
      const values = key.identifikatorverdi.split(',');
      assert.equal(values.length, parts.length, `${collection} ${identifier}: ${key.identifikatorverdi}`);
      for (const [place, part] of parts.entries()) {
        if (/^(?:institusjonsnummer|emneInstitusjonsnummer|organisasjonskode)$/.test(part))
          assert.equal(values[place], '7777');
        if (part.toLowerCase().endsWith('terminkode')) assert.match(values[place] ?? '', /^(?:VÅR|HØST)$/);
        if (part.toLowerCase().endsWith('arstall')) assert.match(values[place] ?? '', /^20\d\d$/);
      }
    }
  }
  assert.ok(seen > 8_000 && keyed > 40, `${seen} keys in ${keyed} collections`);
});

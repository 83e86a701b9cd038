// Everyone in the county carries a marking; the fixed protected persons are where they are said to be, and nothing of them stands in what is
// not about them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadModel } from '#model/load.ts';
import { county, type SandboxCounty } from '#sandbox/county.ts';
import type { CountyOptions } from '#sandbox/county-plan.ts';
import type { KnownEntry } from '#sandbox/known-protected.ts';
import { fintFolder } from '../model/models.ts';

const SMALL: CountyOptions = { seed: 1, size: 'small' };

const entryAt = (made: SandboxCounty, { collection, field, value }: KnownEntry): Readonly<Record<string, unknown>> => {
  const found = made.collections.find((each) => each.collection === collection) ?? assert.fail(collection);
  for (const { resource } of found.entries())
    for (const [name, held] of Object.entries(resource))
      if (name.toLowerCase() === field && JSON.stringify(held).includes(JSON.stringify(value))) return resource;
  return assert.fail(`${collection}/${field}/${value}`);
};

const markings = (made: SandboxCounty): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const { collection, entries } of made.collections)
    if (collection.endsWith('/person'))
      for (const { resource } of entries()) {
        const marking = String(resource['adressebeskyttelse']);
        counts[marking] = (counts[marking] ?? 0) + 1;
      }
  return counts;
};

test('every person carries a marking, a few are protected in each way', () => {
  const counts = markings(county(SMALL));
  assert.deepEqual(Object.keys(counts).sort(), ['fortrolig', 'klientadresse', 'strengtFortrolig', 'ugradert']);
  assert.ok((counts['strengtFortrolig'] ?? 0) >= 3 && (counts['strengtFortrolig'] ?? 0) < 15, JSON.stringify(counts));
});

test('the known protected persons, what is about them and what is beside them are there, in both snapshots', () => {
  for (const options of [SMALL, { ...SMALL, seed: 7, names: 'plausible', snapshot: 'later' }] as const) {
    const made = county(options);
    for (const [name, known] of Object.entries(made.known.protected)) {
      for (const one of known.persons) {
        const person = entryAt(made, one);
        assert.equal(person['adressebeskyttelse'], known.marking, name);
        assert.equal('bostedsadresse' in person, known.marking !== 'strengtFortrolig', name);
      }
      for (const one of [...known.about, ...known.guardians, ...known.beside]) entryAt(made, one);
    }
    assert.ok(made.known.protected.strictPupil.guardians.length > 0);
    assert.equal(made.known.protected.confidentialTeacher.persons.length, 3);
  }
});

test('one becomes protected and one is lifted from the first snapshot to the later one, with the guardians; nothing else changes', () => {
  const first = county(SMALL);
  const later = county({ ...SMALL, snapshot: 'later' });
  const pair = (name: 'becomesProtectedPupil' | 'protectionLiftedPupil') => [
    first.known.protected[name].marking,
    later.known.protected[name].marking,
  ];
  assert.deepEqual(pair('becomesProtectedPupil'), ['ugradert', 'fortrolig']);
  assert.deepEqual(pair('protectionLiftedPupil'), ['strengtFortrolig', 'ugradert']);
  const different: string[] = [];
  for (const [place, { collection, entries }] of first.collections.entries()) {
    const others = (later.collections[place] ?? assert.fail()).entries()[Symbol.iterator]();
    for (const entry of entries())
      if (JSON.stringify(entry) !== JSON.stringify(others.next().value))
        different.push(`${collection} ${entry.identifier}`);
  }
  const { becomesProtectedPupil, protectionLiftedPupil } = first.known.protected;
  const expected = [becomesProtectedPupil, protectionLiftedPupil].flatMap(({ persons, guardians }) => [
    ...persons,
    ...guardians,
  ]);
  assert.deepEqual(different.sort(), expected.map(({ collection, value }) => `${collection} ${value}`).sort());
});

test('nothing of a protected person stands in what the model says is about nobody, save in links', () => {
  const model = loadModel(fintFolder);
  assert.ok(model.ok);
  const { about, markings: marked } = model.value.protection;
  const made = county({ ...SMALL, names: 'plausible' });
  const secrets = Object.values(made.known.protected)
    .filter(({ marking }) => marking !== 'ugradert')
    .flatMap(({ nationalId, about: entries }) => [
      nationalId,
      ...entries
        .filter(({ collection }) => collection !== 'utdanning/elev/undervisningsforhold')
        .map(({ value }) => value),
    ]);
  for (const { collection, entries } of made.collections) {
    if (about.has(collection) || marked.has(collection)) continue;
    for (const { identifier, resource } of entries()) {
      const { _links, ...attributes } = resource;
      const text = JSON.stringify([identifier, attributes]);
      for (const secret of secrets)
        assert.ok(!text.includes(`"${secret}"`), `${collection} ${identifier} tells ${secret}`);
      for (const number of ['500019', '500020', '500021', '500023', '500025'])
        assert.ok(!text.includes(number), `${collection} ${identifier} tells pupil number ${number}`);
    }
  }
});

test('who lives with somebody protected keeps the shared address back', () => {
  const made = county(SMALL);
  const { siblingPupil, clientAddressPupil } = made.known.protected;
  const sibling = { collection: 'utdanning/elev/elev', field: 'elevnummer', value: '500026' };
  const [link] = (entryAt(made, sibling)['_links'] as { person: { href: string }[] }).person;
  const person = entryAt(made, {
    collection: 'utdanning/elev/person',
    field: 'fodselsnummer',
    value: link?.href.slice(-11) ?? '',
  });
  assert.equal(person['adressebeskyttelse'], 'ugradert');
  for (const one of [
    person,
    ...[...siblingPupil.guardians, ...clientAddressPupil.guardians].map((each) => entryAt(made, each)),
  ])
    assert.ok(!('bostedsadresse' in one) && one['adressebeskyttelse'] === 'ugradert');
});

// The flaws that the county says it planted are exactly those that a walk over all entries, by the model, finds.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { idnr } from '@navikt/fnrvalidator';
import { readReference } from '#hub/prepare-links.ts';
import { county, type SandboxCounty } from '#sandbox/county.ts';
import type { CountyOptions } from '#sandbox/county-plan.ts';
import { isSyntheticOrganisationNumber } from '#sandbox/organisation-number.ts';
import { entry, fintFolder, modelOf } from '../model/models.ts';

const model = modelOf(fintFolder);
const SMALL: CountyOptions = { seed: 1, size: 'small' };

type Resource = Readonly<Record<string, unknown>>;
type Held = { readonly identifiers: readonly (readonly [field: string, value: string])[]; readonly resource: Resource };

const linksIn = (resource: Resource): Readonly<Record<string, readonly { readonly href: string }[]>> =>
  (resource['_links'] ?? {}) as Record<string, readonly { readonly href: string }[]>;

const wholeCounty = (made: SandboxCounty): ReadonlyMap<string, readonly Held[]> =>
  new Map(
    made.collections.map(({ collection, entries }) => [
      collection,
      [...entries()].map(({ resource }) => ({
        resource,
        identifiers: entry(model.collections, collection).identifiers.flatMap(({ attribute, segment }) => {
          const value = resource[attribute] as { readonly identifikatorverdi: string } | undefined;
          return value === undefined ? [] : [[segment, value.identifikatorverdi] as const];
        }),
      })),
    ]),
  );

/** Everything that is wrong, as `rule collection place value`, where value is any identifier of the entry. */
const findings = (made: SandboxCounty): ReadonlyMap<string, ReadonlySet<string>> => {
  const all = wholeCounty(made);
  const owners = new Map<string, Held>();
  for (const [collection, list] of all)
    for (const one of list)
      for (const [field, value] of one.identifiers) owners.set(`${collection}/${field}/${value}`, one);
  const reached = new Map<Held, Set<string>>();
  const incoming = new Map<Held, Set<string>>();
  const note = (map: Map<Held, Set<string>>, key: Held, text: string): void => {
    const set = map.get(key) ?? new Set();
    map.set(key, set.add(text));
  };
  const found = new Map<string, Set<string>>();
  const say = (rule: string, collection: string, place: string, { identifiers }: Held): void => {
    const key = `${rule} ${collection} ${place}`;
    const values = found.get(key) ?? new Set();
    found.set(key, values.add(identifiers[0]?.[1] ?? ''));
  };
  const unanswered: (() => void)[] = [];
  for (const [path, list] of all) {
    const collection = entry(model.collections, path);
    for (const one of list)
      for (const [relation, links] of Object.entries(linksIn(one.resource))) {
        const rule = entry(collection.links, relation);
        if (rule.target === null) continue;
        const target = entry(model.collections, rule.target);
        for (const { href } of links) {
          const reference = readReference(href, target);
          if (reference === null || reference.kind !== 'resource') {
            say('unknown-form', path, relation, one);
            continue;
          }
          const goal = owners.get(`${rule.target}/${reference.field}/${reference.value}`);
          if (goal === undefined) {
            say('missing-target', path, relation, one);
            continue;
          }
          const { inverse, fintBackLink } = rule;
          if (inverse === null) continue;
          note(reached, one, `${relation} ${goal.identifiers[0]?.[1]}`);
          if (fintBackLink) note(incoming, goal, inverse);
          else
            unanswered.push(() => {
              if (reached.get(goal)?.has(`${inverse} ${one.identifiers[0]?.[1]}`) !== true)
                say('missing-inverse', path, relation, one);
            });
        }
      }
  }
  for (const check of unanswered) check();
  for (const [path, list] of all) {
    const collection = entry(model.collections, path);
    for (const one of list) {
      for (const { relation } of collection.links.values())
        if (
          relation.min === 1 &&
          linksIn(one.resource)[relation.jsonName] === undefined &&
          incoming.get(one)?.has(relation.jsonName) !== true
        )
          say('missing-mandatory', path, relation.jsonName, one);
      for (const [name, value] of Object.entries(one.resource)) {
        const text = JSON.stringify(value);
        if (name === 'fodselsnummer') {
          const id = (value as { readonly identifikatorverdi: string }).identifikatorverdi;
          if (idnr(id).status !== 'valid') say('national-id', path, name, one);
        }
        if (name === 'organisasjonsnummer') {
          const id = (value as { readonly identifikatorverdi: string }).identifikatorverdi;
          if (!isSyntheticOrganisationNumber(id)) say('organisation-number', path, name, one);
        }
        if (text.startsWith('{') && 'slutt' in (value as object)) {
          const { start, slutt } = value as { readonly start: string; readonly slutt: string };
          if (start > slutt) say('date-order', path, `${name}/slutt`, one);
        }
      }
    }
  }
  return found;
};

const planted = (made: SandboxCounty): ReadonlyMap<string, ReadonlySet<string>> => {
  const all = wholeCounty(made);
  const firstOf = new Map<string, string>();
  for (const [collection, list] of all)
    for (const { identifiers } of list)
      for (const [field, value] of identifiers)
        firstOf.set(`${collection}/${field}/${value}`, identifiers[0]?.[1] ?? '');
  const found = new Map<string, Set<string>>();
  for (const { rule, collection, identifier, place } of made.flaws()) {
    const key = `${rule} ${collection} ${place}`;
    const known = firstOf.get(`${collection}/${identifier.field}/${identifier.value}`);
    assert.ok(known !== undefined, `${key}: ${identifier.field}/${identifier.value} is no entry`);
    const values = found.get(key) ?? new Set();
    assert.ok(!values.has(known), `${key}: ${known} is told twice`);
    found.set(key, values.add(known));
  }
  return found;
};

const shown = (map: ReadonlyMap<string, ReadonlySet<string>>): readonly string[] =>
  [...map].map(([key, values]) => `${key}: ${[...values].sort().join(' ')}`).sort();

for (const flaws of ['realistic', 'ugly'] as const)
  for (const seed of [1, 5])
    test(`flaws ${flaws}, seed ${seed}: what is found is what was planted, at every place`, () => {
      const made = county({ ...SMALL, seed, flaws });
      const told = planted(made);
      assert.deepEqual(shown(findings(made)), shown(told));
      assert.equal(new Set([...told.keys()].map((key) => key.split(' ')[0])).size, 7, 'every rule');
    });

test('without flaws nothing is planted, and nothing is found but one-sided links', () => {
  const made = county(SMALL);
  assert.deepEqual([...made.flaws()], []);
  assert.deepEqual(
    [...findings(made).keys()].filter((key) => !key.startsWith('missing-inverse')),
    [],
  );
});

test('ugly has more than realistic, and the fixed examples stay sound in both', () => {
  const count = (flaws: 'realistic' | 'ugly'): number => [...county({ ...SMALL, flaws }).flaws()].length;
  assert.ok(
    count('realistic') >= 20 && count('ugly') > 5 * count('realistic'),
    `${count('realistic')}, ${count('ugly')}`,
  );
  const made = county({ ...SMALL, flaws: 'ugly' });
  const told = new Set([...made.flaws()].map(({ collection, identifier }) => `${collection}/${identifier.value}`));
  const { edgeCases, protected: persons } = made.known;
  for (const { collection, value } of [
    ...Object.values(edgeCases),
    ...Object.values(persons).flatMap((one) => [...one.persons, ...one.guardians]),
  ])
    assert.ok(!told.has(`${collection}/${value}`), `${collection}/${value}`);
});

test('entries and flaws can be walked side by side and again, with the same outcome', () => {
  const made = county({ ...SMALL, flaws: 'ugly' });
  const first = JSON.stringify([...made.flaws()].slice(0, 200));
  for (const { collection, total, entries } of made.collections) {
    let count = 0;
    for (const _ of entries()) count += 1;
    assert.equal(count, total, collection);
  }
  assert.equal(JSON.stringify([...made.flaws()].slice(0, 200)), first);
});

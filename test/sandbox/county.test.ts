// The synthetic county holds what it promises: same seed same data, totals, unique identifiers, edge cases, sizes.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { idnr } from '@navikt/fnrvalidator';
import { plainLetters } from '#sandbox/names.ts';
import type { SandboxCollection, SandboxEntry } from '#sandbox/collection.ts';
import { county, type SandboxCounty } from '#sandbox/county.ts';
import type { CountyOptions } from '#sandbox/county-plan.ts';
import { isSyntheticNationalId } from '#sandbox/national-id.ts';
import { golden } from '../golden.ts';

const SMALL: CountyOptions = { seed: 1, size: 'small' };

const find = (made: SandboxCounty, path: string): SandboxCollection => {
  const found = made.collections.find(({ collection }) => collection === path);
  assert.ok(found, path);
  return found;
};

const digest = (made: SandboxCounty): string => {
  const hash = createHash('sha256');
  for (const { collection, entries } of made.collections) {
    hash.update(`${collection}\n`);
    for (const entry of entries()) hash.update(`${JSON.stringify(entry)}\n`);
  }
  return hash.digest('hex');
};

const take = (collection: SandboxCollection, count: number): readonly SandboxEntry[] => {
  const taken: SandboxEntry[] = [];
  for (const entry of collection.entries()) {
    taken.push(entry);
    if (taken.length === count) break;
  }
  return taken;
};

const text = (value: unknown): string => JSON.stringify(value);
const links = (entry: SandboxEntry, relation: string): readonly string[] => {
  const all = (entry.resource['_links'] ?? {}) as Record<string, readonly { readonly href: string }[]>;
  return (all[relation] ?? []).map(({ href }) => href);
};

const sum = (made: SandboxCounty): number => made.collections.reduce((all, { total }) => all + total, 0);

test('the small county is what it was', () => golden('sandbox-small.sha256', `${digest(county(SMALL))}\n`));

test('the same seed gives the same county, another seed, date or name style another one', () => {
  const first = digest(county(SMALL));
  assert.equal(digest(county({ ...SMALL, asOf: '2026-11-01', names: 'tenor' })), first);
  for (const other of [{ seed: 2 }, { asOf: '2027-03-15' }, { names: 'plausible' }] as const) {
    assert.notEqual(digest(county({ ...SMALL, ...other })), first, text(other));
  }
});

test('collections walked in any order, side by side or twice give the same entries', () => {
  const made = county(SMALL);
  const backwards = made.collections.toReversed().map((each) => [each.collection, text(take(each, 30))] as const);
  for (const [path, seen] of backwards) assert.equal(text(take(find(county(SMALL), path), 30)), seen, path);
  const pupils = find(made, 'utdanning/elev/elev');
  const left = pupils.entries()[Symbol.iterator]();
  const right = pupils.entries()[Symbol.iterator]();
  for (let n = 0; n < 20; n += 1) assert.deepEqual(left.next(), right.next());
});

test('pupils as persons and as pupils, code lists and the first staff do not depend on the size of the county', () => {
  const small = county(SMALL);
  const large = county({ ...SMALL, size: 'county' });
  for (const [path, count] of [
    ['utdanning/elev/elev', 600],
    ['utdanning/elev/person', 600],
    ['utdanning/elev/kontaktperson', 550],
    ['administrasjon/personal/person', 100],
    ['utdanning/kodeverk/skolear', 41],
  ] as const) {
    assert.deepEqual(take(find(large, path), count), take(find(small, path), count), path);
  }
});

test('sizes: small has 600 pupils at 3 schools and about 30,000 entries, county about 40,000 at 41 and millions', () => {
  const small = county(SMALL);
  assert.equal(find(small, 'utdanning/elev/elev').total, 600);
  assert.equal(small.known.schools.length, 3);
  assert.ok(sum(small) > 20_000 && sum(small) < 35_000, String(sum(small)));
  const large = county({ ...SMALL, size: 'county' });
  assert.equal(find(large, 'utdanning/elev/elev').total, 40_002);
  assert.equal(large.known.schools.length, 41);
  assert.ok(sum(large) > 2_500_000, String(sum(large)));
});

test('the total of every collection is the number of its entries', () => {
  for (const { collection, total, entries } of county(SMALL).collections) {
    let counted = 0;
    for (const _ of entries()) counted += 1;
    assert.equal(counted, total, collection);
    assert.ok(total > 0, collection);
  }
});

test('every collection appears once, and every identifier once in its collection', () => {
  const made = county({ seed: 7, size: 'small', names: 'plausible' });
  assert.equal(new Set(made.collections.map(({ collection }) => collection)).size, made.collections.length);
  for (const { collection, entries } of made.collections) {
    const identifiers = new Set<string>();
    const values = new Set<string>();
    for (const { identifier, resource } of entries()) {
      assert.ok(!identifiers.has(identifier), `${collection} ${identifier}`);
      identifiers.add(identifier);
      let named = false;
      for (const [field, value] of Object.entries(resource)) {
        if (typeof value !== 'object' || value === null || !('identifikatorverdi' in value)) continue;
        const key = `${field} ${String(value.identifikatorverdi)}`;
        assert.ok(!values.has(key), `${collection} ${key}`);
        values.add(key);
        named ||= value.identifikatorverdi === identifier;
      }
      assert.ok(named, `${collection} ${identifier} is one of its own identifiers`);
    }
  }
});

test('national ids are synthetic and unique in the whole large county, whatever the date and seed', () => {
  for (const options of [
    { seed: 1, size: 'county' },
    { seed: 99, size: 'county', asOf: '2028-02-29' },
    { seed: 3, size: 'small', asOf: '2018-01-01' },
    { seed: 3, size: 'small', asOf: '2054-12-31' },
  ] as const) {
    const made = county(options);
    const owners = new Map<string, string>();
    for (const { collection, entries } of made.collections.filter((each) => each.collection.endsWith('/person'))) {
      let number = 0;
      for (const { identifier, resource } of entries()) {
        assert.ok(isSyntheticNationalId(identifier), `${collection} ${identifier}`);
        if (number % 50 === 0) assert.equal(idnr(identifier).status, 'valid', identifier);
        number += 1;
        // The same human may appear in many components, but only as the same human.
        const human = text([resource['navn'], resource['fodselsdato']]);
        assert.equal(owners.get(identifier) ?? human, human, `${collection} ${identifier}`);
        owners.set(identifier, human);
      }
    }
  }
});

test('the edge cases are there, at their fixed numbers', () => {
  for (const names of ['tenor', 'plausible'] as const) {
    const made = county({ ...SMALL, names });
    const pupils = take(find(made, 'utdanning/elev/elev'), 20);
    const persons = take(find(made, 'utdanning/elev/person'), 20);
    const enrolments = [...find(made, 'utdanning/elev/elevforhold').entries()].slice(0, 30);
    const contacts = [...find(made, 'utdanning/elev/kontaktperson').entries()];
    const pupil = (n: number): SandboxEntry => pupils[n] ?? assert.fail();
    const person = (n: number): SandboxEntry => persons[n] ?? assert.fail();
    const enrolled = (n: number): readonly SandboxEntry[] =>
      enrolments.filter(({ identifier }) => identifier.startsWith(`EF${500_001 + n}-`));
    const contactsOf = (n: number): readonly SandboxEntry[] =>
      contacts.filter((entry) =>
        links(entry, 'kontaktperson').some((href) => href.endsWith(`/${person(n).identifier}`)),
      );

    assert.equal(
      text(pupil(0).resource['feidenavn']),
      text({ identifikatorverdi: made.known.ordinaryPupil.feidenavn }),
    );
    assert.equal(person(0).identifier, made.known.ordinaryPupil.fodselsnummer);
    assert.ok(Number(person(1).identifier.slice(0, 2)) > 40, 'D-number');
    assert.equal(enrolled(2).length, 2, 'two schools');
    assert.equal(links(person(3), 'foreldre').length + contactsOf(3).length, 0, 'no guardian');
    assert.ok(links(person(4), 'foreldre')[0]?.endsWith(made.known.teacher.fodselsnummer), 'guardian is a teacher');
    assert.equal(contactsOf(4).length > 0, true);
    const long = person(5).resource['navn'] as Record<string, string>;
    assert.equal([...`${long['fornavn']} ${long['mellomnavn']} ${long['etternavn']}`].length, 60);
    assert.match(text(person(6).resource['navn']), /[ÁŊŋČĐ]/);
    assert.match(String(person(7).resource['fodselsdato']), /-02-29T/);
    assert.equal(person(7).identifier.slice(0, 4), '2982');
    assert.ok(!('feidenavn' in pupil(8).resource) && 'feidenavn' in pupil(9).resource, 'no Feide name');
    assert.equal(enrolled(9).filter(({ resource }) => 'avbruddsdato' in resource).length, 1, 'moved');
    assert.equal(enrolled(9).length, 2);
    assert.ok(enrolled(10).every(({ resource }) => 'avbruddsdato' in resource) && enrolled(10).length === 1, 'left');
    assert.match(links(enrolled(11)[0] ?? assert.fail(), 'kategori')[0] ?? '', /PRI$/);
    assert.match(links(enrolled(12)[0] ?? assert.fail(), 'kategori')[0] ?? '', /UTV$/);
    assert.equal(pupil(12).resource['gjest'], true);
    assert.equal(contactsOf(13).filter(({ resource }) => resource['type'] === 'Foresatt, død').length, 1);
    assert.deepEqual(
      links(person(14), 'foreldre').map((href) => href.slice(-11)),
      links(person(15), 'foreldre').map((href) => href.slice(-11)),
      'siblings',
    );
    assert.ok(!('bostedsadresse' in person(16).resource), 'no address');
    assert.match(links(person(17), 'malform')[0] ?? '', /nn$/);
    const classes = [...find(made, 'utdanning/elev/klassemedlemskap').entries()].map(({ identifier }) => identifier);
    assert.ok(!classes.some((id) => id.includes('500011') || id.includes('500012')), 'left, and private: no class');
    for (const [name, { collection, field, value }] of Object.entries(made.known.edgeCases)) {
      const hit = [...find(made, collection).entries()].some(({ resource }) =>
        Object.entries(resource).some(([key, held]) => key.toLowerCase() === field && text(held).includes(text(value))),
      );
      assert.ok(hit, `${name}: ${collection}/${field}/${value}`);
    }
    const cases = take(find(made, 'arkiv/noark/sak'), 2);
    assert.deepEqual(
      cases.map(({ identifier }) => identifier),
      ['19/00094', '19/00095 B'],
    );
    assert.match(text(cases[0]), /"part":\[\{.*"adresse":\{.*"land":\[\{"href"/);
  }
});

test('plausible names bring hyphens, double names and letters beyond a-z; user names keep to a-z', () => {
  const made = county({ ...SMALL, names: 'plausible' });
  const names = [...find(made, 'utdanning/elev/person').entries()]
    .map(({ resource }) => text(resource['navn']))
    .join('');
  for (const sign of [/[æøå]/, /[áŋčđ]/i, /-/, /"mellomnavn"/, /"fornavn":"\p{L}+ \p{L}+/u]) assert.match(names, sign);
  assert.equal(plainLetters('Čáhput-Đoarri Ægir'), 'cahputdoarriagir');
  for (const { resource } of find(made, 'utdanning/elev/elev').entries()) {
    const user = resource['brukernavn'] as { readonly identifikatorverdi: string };
    assert.match(user.identifikatorverdi, /^[a-z]+[0-9]+$/);
  }
});

test('an impossible date is refused', () => {
  assert.throws(() => county({ ...SMALL, asOf: '2026-13-01' }), RangeError);
});

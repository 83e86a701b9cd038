// The synthetic municipality holds what it promises: same seed same data, sizes, unique identifiers, the unusual pupils and employees, protection,
// and school years that follow one another.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { idnr } from '@navikt/fnrvalidator';
import { dayNumber, isoWeek, localMoment } from '#sandbox/calendar.ts';
import type { SandboxCollection, SandboxEntry } from '#sandbox/collection.ts';
import type { KnownEntry } from '#sandbox/known-protected.ts';
import type { MunicipalityOptions } from '#sandbox/municipality-plan.ts';
import { municipality, type SandboxMunicipality } from '#sandbox/municipality.ts';
import { isSyntheticNationalId } from '#sandbox/national-id.ts';
import { isSyntheticOrganisationNumber } from '#sandbox/organisation-number.ts';
import { golden } from '../golden.ts';
import { hubModel } from '../model/models.ts';

const SMALL: MunicipalityOptions = { seed: 1, size: 'small' };

const find = (made: SandboxMunicipality, path: string): SandboxCollection => {
  const found = made.collections.find(({ collection }) => collection === path);
  assert.ok(found, path);
  return found;
};

const indexes = new WeakMap<SandboxMunicipality, Map<string, ReadonlyMap<string, SandboxEntry>>>();

/** The entries of a collection by identifier. */
const all = (made: SandboxMunicipality, path: string): ReadonlyMap<string, SandboxEntry> => {
  const held = indexes.get(made) ?? new Map<string, ReadonlyMap<string, SandboxEntry>>();
  indexes.set(made, held);
  const known =
    held.get(path) ?? new Map([...find(made, path).entries()].map((entry) => [entry.identifier, entry] as const));
  held.set(path, known);
  return known;
};

const get = (made: SandboxMunicipality, path: string, identifier: string): SandboxEntry =>
  all(made, path).get(identifier) ?? assert.fail(`${path} ${identifier}`);

/** What the links of a relation end in. */
const ends = (entry: SandboxEntry, relation: string): readonly string[] => {
  const links = (entry.resource['_links'] ?? {}) as Record<string, readonly { readonly href: string }[]>;
  return (links[relation] ?? []).map(({ href }) => href.split('/').at(-1) ?? '');
};

const digest = (made: SandboxMunicipality): string => {
  const hash = createHash('sha256');
  for (const { collection, entries } of made.collections) {
    hash.update(`${collection}\n`);
    for (const entry of entries()) hash.update(`${JSON.stringify(entry)}\n`);
  }
  return hash.digest('hex');
};

const persons = 'utdanning/elev/person';
const enrolments = 'utdanning/elev/elevforhold';
const guardianships = 'grunnskole/foresatt/foresattforhold';
const positions = 'grunnskole/stilling/skolestilling';

test('the small municipality is what it was', () =>
  golden('sandbox-municipality.sha256', `${digest(municipality(SMALL))}\n`));

test('the same seed gives the same municipality, another seed, date or name style another one', () => {
  const first = digest(municipality(SMALL));
  assert.equal(digest(municipality({ ...SMALL, asOf: '2026-11-01', names: 'tenor', snapshot: 'first' })), first);
  for (const other of [{ seed: 2 }, { asOf: '2027-03-15' }, { names: 'plausible' }, { snapshot: 'later' }] as const)
    assert.notEqual(digest(municipality({ ...SMALL, ...other })), first, JSON.stringify(other));
});

test('collections walked backwards and twice give the same entries, as many as they say', () => {
  const made = municipality(SMALL);
  for (const { collection, total, entries } of made.collections.toReversed()) {
    const [once, twice] = [[...entries()], [...entries()]];
    assert.deepEqual(once, twice, collection);
    assert.equal(once.length, total, collection);
    assert.ok(total > 0, collection);
  }
});

test('sizes: about 300, 5,000 and 70,000 pupils at school, a few thousand entries, then 24 of them a pupil, and none kept', () => {
  const counts = (['small', 'municipality', 'oslo'] as const).map((size) => {
    const made = municipality({ seed: 1, size });
    const memberships = find(made, 'utdanning/elev/kontaktlarergruppemedlemskap').total;
    return [memberships, made.known.schools.length, made] as const;
  });
  const [small, middle, large] = counts;
  assert.ok(small !== undefined && middle !== undefined && large !== undefined);
  assert.deepEqual([small[0] > 290, small[0] <= 300, small[1]], [true, true, 4]);
  assert.deepEqual([middle[0] > 4_950, middle[0] <= 5_000], [true, true], String(middle[0]));
  assert.deepEqual([large[0] > 69_900, large[0] <= 70_000], [true, true], String(large[0]));
  assert.ok(large[1] > 130 && large[1] < 160, `${large[1]} schools`);
  const entries = small[2].collections.reduce((sum, { total }) => sum + total, 0);
  assert.ok(entries > 5_000 && entries < 9_000, String(entries));
  const before = process.memoryUsage().heapUsed;
  let walked = 0;
  for (const { entries: each } of middle[2].collections) for (const _ of each()) walked += 1;
  assert.ok(walked > 100_000 && walked < 140_000, String(walked));
  assert.ok(process.memoryUsage().heapUsed - before < 60_000_000);
});

test('every collection appears once, and every identifier once in its collection', () => {
  for (const options of [
    { ...SMALL, names: 'plausible' },
    { seed: 5, size: 'municipality' },
  ] as const) {
    const made = municipality(options);
    assert.equal(new Set(made.collections.map(({ collection }) => collection)).size, made.collections.length);
    for (const { collection, entries } of made.collections) {
      const values = new Set<string>();
      for (const { identifier, resource } of entries()) {
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
  }
});

test('national ids are synthetic and unique in the largest municipality, whatever the date; one pupil has a substitute', () => {
  for (const options of [
    { seed: 1, size: 'oslo' },
    { seed: 3, size: 'municipality', asOf: '2018-01-01' },
    { seed: 3, size: 'municipality', asOf: '2044-12-31' },
  ] as const) {
    const made = municipality(options);
    const owners = new Map<string, string>();
    for (const { collection, entries } of made.collections.filter((each) => each.collection.endsWith('/person'))) {
      let number = 0;
      const seen = new Set<string>();
      for (const { identifier, resource } of entries()) {
        assert.ok(!seen.has(identifier), `${collection} ${identifier} twice`);
        seen.add(identifier);
        if (resource['nummertype'] === 'midlertidig') assert.match(identifier, /^\d{2}[89]\d{9}$/);
        else assert.ok(isSyntheticNationalId(identifier), `${collection} ${identifier}`);
        if (number % 100 === 5) assert.equal(idnr(identifier).status, 'valid', identifier);
        number += 1;
        const human = JSON.stringify([resource['navn'], resource['fodselsdato']]);
        assert.equal(owners.get(identifier) ?? human, human, `${collection} ${identifier}`);
        owners.set(identifier, human);
      }
    }
  }
});

test('it is an invented one: domain, organisation numbers, municipality and telephone numbers', () => {
  const made = municipality({ ...SMALL, names: 'plausible' });
  assert.match(made.organisation.id, /\.test$/);
  assert.ok(made.organisation.orgNumber.startsWith('3') && isSyntheticOrganisationNumber(made.organisation.orgNumber));
  for (const { collection, entries } of made.collections)
    for (const entry of entries()) {
      const text = JSON.stringify(entry);
      for (const [, mail = ''] of text.matchAll(/"epostadresse":"([^"]*)"/g))
        assert.match(mail, /^[^@]+@[a-z0-9.]+\.test$/, collection);
      for (const [, phone = ''] of text.matchAll(/telefonnummer":"([^"]*)"/g)) assert.match(phone, /^6805\d{4}$/);
      for (const [, number = ''] of text.matchAll(/"organisasjonsnummer":\{"identifikatorverdi":"([^"]*)"/g))
        assert.ok(number.startsWith('3') && isSyntheticOrganisationNumber(number), number);
    }
  assert.deepEqual([...all(made, 'felles/kodeverk/kommune').keys()], ['9921']);
});

test('the unusual pupils are there, as they are said to be, at any date', () => {
  for (const asOf of ['2026-11-01', '2031-07-31', '2024-08-01'] as const) {
    const made = municipality({ ...SMALL, asOf });
    const { pupils, schools } = made.known;
    const person = (what: keyof typeof pupils): SandboxEntry => get(made, persons, pupils[what].fodselsnummer);
    for (const [name, one] of Object.entries(pupils)) {
      // Whoever comes later is not there yet.
      if (name === 'movedIn' && !all(made, 'utdanning/elev/elev').has(one.systemId)) continue;
      const pupil = get(made, 'utdanning/elev/elev', one.systemId);
      assert.deepEqual(ends(pupil, 'person'), [one.fodselsnummer], name);
      for (const id of one.elevforhold) get(made, enrolments, id);
      if (one.klasse !== null) get(made, 'utdanning/elev/klasse', one.klasse);
      for (const { foresattforhold, fodselsnummer, foreldreansvar, rettigheter, sperret } of one.foresatte) {
        const bond = get(made, guardianships, foresattforhold);
        get(made, persons, fodselsnummer);
        assert.deepEqual([ends(bond, 'barn'), ends(bond, 'foresatt')], [[one.fodselsnummer], [fodselsnummer]], name);
        assert.equal(bond.resource['foreldreansvar'], foreldreansvar, name);
        assert.equal(ends(bond, 'rettighet').length, rettigheter ? 6 : 0, name);
        assert.equal(bond.resource['sperret'] === true, sperret, name);
      }
    }
    assert.ok(Number(pupils.dNumber.fodselsnummer.slice(0, 2)) > 40);
    assert.equal(person('dNumber').resource['nummertype'], 'dnummer');
    assert.equal(person('noNumber').resource['nummertype'], 'midlertidig');
    assert.equal(pupils.twoSchools.elevforhold.length, 2);
    assert.deepEqual(
      pupils.twoSchools.elevforhold.map((id) => get(made, enrolments, id).resource['hovedskole']),
      [true, false],
    );
    const [first, second] = pupils.guardianWithoutResponsibility.foresatte;
    assert.deepEqual([first?.rettigheter, second?.foreldreansvar, second?.rettigheter], [true, false, false]);
    assert.deepEqual(ends(person('guardianWithoutResponsibility'), 'foreldre'), [first?.fodselsnummer]);
    assert.equal(pupils.blockedGuardian.foresatte[1]?.sperret, true);
    assert.deepEqual(ends(get(made, guardianships, pupils.ward.foresatte[0]?.foresattforhold ?? ''), 'grunnlag'), [
      'VERGEMAL',
    ]);
    assert.equal(pupils.fosterHome.foresatte.length, 3);
    assert.equal(pupils.guardianIsTeacher.foresatte[0]?.fodselsnummer, made.known.employees.guardian.fodselsnummer);
    const homes = pupils.splitCustody.foresatte.map(({ fodselsnummer }) =>
      JSON.stringify(get(made, persons, fodselsnummer).resource['bostedsadresse']),
    );
    assert.ok(homes.length === 2 && homes[0] !== homes[1], 'two homes');
    assert.equal(JSON.stringify(person('splitCustody').resource['bostedsadresse']), homes[0]);
    assert.ok(schools.length >= 4);
  }
});

test('siblings share their guardians, who have children at several schools', () => {
  const { pupils } = municipality(SMALL).known;
  const { eldestSibling, middleSibling, youngestSibling } = pupils;
  const guardiansOf = (one: typeof eldestSibling): readonly string[] =>
    one.foresatte.map(({ fodselsnummer }) => fodselsnummer);
  assert.deepEqual(guardiansOf(middleSibling), guardiansOf(eldestSibling));
  assert.deepEqual(guardiansOf(youngestSibling), guardiansOf(eldestSibling));
  assert.notEqual(eldestSibling.skole, middleSibling.skole);
});

test('the moved and the deceased stay, with the day and an ended enrolment; who changed school has two', () => {
  for (const asOf of ['2026-11-01', '2027-08-15', '2029-02-01'] as const) {
    const made = municipality({ ...SMALL, asOf });
    for (const [what, status, reason] of [
      ['movedAway', 'UTFLYTTET', 'FLYTT'],
      ['deceased', 'DOD', 'DOD'],
    ] as const) {
      const { fodselsnummer, systemId } = made.known.pupils[what];
      const person = get(made, persons, fodselsnummer);
      assert.deepEqual(ends(person, 'personstatus'), [status], asOf);
      assert.match(String(person.resource['statusdato']), /^20/);
      assert.ok(!('bostedsadresse' in person.resource));
      const own = [...all(made, enrolments).values()].filter((one) =>
        [systemId, systemId.slice(1)].includes(ends(one, 'elev')[0] ?? ''),
      );
      const ended = own.filter(({ resource }) => 'avbruddsdato' in resource);
      assert.equal(ended.length, 1, `${what} ${asOf}`);
      assert.deepEqual(ends(ended[0] ?? assert.fail(), 'avbruddsarsak'), [reason]);
      const seats = [...all(made, 'utdanning/elev/kontaktlarergruppemedlemskap').keys()];
      assert.ok(!seats.some((id) => id.includes(systemId.slice(1))), 'in no group any more');
    }
  }
  const made = municipality(SMALL);
  const [now, before] = made.known.pupils.changedSchool.elevforhold.map((id) => get(made, enrolments, id));
  assert.ok(now !== undefined && before !== undefined);
  assert.deepEqual([now.resource['hovedskole'], before.resource['hovedskole']], [true, false]);
  assert.notDeepEqual(ends(now, 'skole'), ends(before, 'skole'));
  assert.deepEqual(ends(before, 'avbruddsarsak'), ['BYTTE']);
});

test('staff: a teacher in SFO, a head of two schools, an employee of no school, access groups by the rules', () => {
  const made = municipality(SMALL);
  const { teacherInSfo, headOfTwoSchools, withoutSchool } = made.known.employees;
  const types = (one: typeof teacherInSfo): readonly (string | undefined)[] =>
    one.skolestillinger.map((id) => ends(get(made, positions, id), 'stillingstype')[0]);
  assert.deepEqual(types(teacherInSfo), ['LAERER', 'SFOANSATT']);
  assert.deepEqual(types(headOfTwoSchools), ['REKTOR', 'REKTOR']);
  const at = headOfTwoSchools.skolestillinger.map((id) => ends(get(made, positions, id), 'skole')[0]);
  assert.equal(new Set(at).size, 2);
  assert.equal(withoutSchool.skoleressurs, null);
  for (const one of Object.values(made.known.employees)) {
    get(made, 'administrasjon/personal/personalressurs', one.systemId);
    if (one.skoleressurs !== null) get(made, 'utdanning/elev/skoleressurs', one.skoleressurs);
    for (const id of one.tilgangsgruppemedlemskap) get(made, 'grunnskole/tilgang/tilgangsgruppemedlemskap', id);
  }
  const guests = made.known.employees.guestAtSchool.tilgangsgruppemedlemskap.map((id) =>
    ends(get(made, 'grunnskole/tilgang/tilgangsgruppemedlemskap', id), 'tilgangsgruppe'),
  );
  assert.deepEqual(guests, [['K-LES'], ['S-GJEST']]);

  const held = new Map<string, Set<string>>();
  for (const position of all(made, positions).values()) {
    const key = `${(ends(position, 'skoleressurs')[0] ?? '').slice(2)} ${ends(position, 'skole')[0]}`;
    held.set(key, (held.get(key) ?? new Set()).add(ends(position, 'stillingstype')[0] ?? ''));
  }
  const levels = new Set<unknown>();
  for (const access of all(made, 'grunnskole/tilgang/tilgangsgruppemedlemskap').values()) {
    const group = get(made, 'grunnskole/tilgang/tilgangsgruppe', ends(access, 'tilgangsgruppe')[0] ?? '');
    const [school] = ends(access, 'skole');
    levels.add(group.resource['niva']);
    assert.equal(group.resource['niva'], school === undefined ? 'kommune' : 'skole', access.identifier);
    if (group.resource['kreverStilling'] !== true) continue;
    const has = held.get(`${ends(access, 'personalressurs')[0]?.replace('P', '')} ${school}`) ?? new Set();
    assert.ok(
      ends(group, 'tillattStillingstype').some((type) => has.has(type)),
      access.identifier,
    );
  }
  assert.equal(levels.size, 2);
});

test('a membership of a school group is of exactly one, and only guardians with rights who are not shut out are in one', () => {
  const made = municipality(SMALL);
  const kinds = new Map<string, number>();
  for (const seat of all(made, 'grunnskole/gruppe/skolegruppemedlemskap').values()) {
    const who = ['elevforhold', 'foresattforhold', 'skoleressurs'].filter((name) => ends(seat, name).length > 0);
    assert.equal(who.length, 1, seat.identifier);
    const group = get(made, 'grunnskole/gruppe/skolegruppe', ends(seat, 'skolegruppe')[0] ?? '');
    const kind = ends(group, 'type')[0] ?? '';
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    const [guardianship] = ends(seat, 'foresattforhold');
    if (guardianship === undefined) continue;
    const { resource } = get(made, guardianships, guardianship);
    assert.ok(resource['sperret'] !== true && ends({ identifier: '', resource }, 'rettighet').length > 0, guardianship);
  }
  assert.deepEqual([...kinds.keys()].sort(), ['ELEVRAD', 'FAU', 'FORESATTE', 'SAMMENSATT', 'SMU', 'SU', 'TRINN']);
  assert.ok(find(made, 'grunnskole/gruppe/sprakgruppemedlemskap').total > 3);
});

test('nobody teaches in two places at once, no class has two lessons at once, and some are cancelled or moved', () => {
  const made = municipality({ seed: 1, size: 'municipality' });
  const lessons = all(made, 'utdanning/timeplan/time');
  const statuses = new Set<string | undefined>();
  const taken = new Set<string>();
  for (const lesson of lessons.values()) {
    const [status] = ends(lesson, 'status');
    statuses.add(status);
    const { start } = lesson.resource['tidsrom'] as { readonly start: string };
    assert.equal(
      lesson.resource['uke'],
      isoWeek(dayNumber(Number(start.slice(0, 4)), Number(start.slice(5, 7)), Number(start.slice(8, 10)))),
    );
    if (status !== undefined) continue;
    const key = `${ends(lesson, 'klasse')[0]} ${start}`;
    assert.ok(!taken.has(key), key);
    taken.add(key);
  }
  assert.deepEqual([...statuses].sort(), ['AVLYST', 'FLYTTET', undefined]);
  for (const teaching of all(made, 'utdanning/elev/undervisningsforhold').values())
    for (const id of ends(teaching, 'time')) {
      const lesson = lessons.get(id) ?? assert.fail(id);
      if (ends(lesson, 'status').length > 0) continue;
      const key = `${teaching.identifier} ${(lesson.resource['tidsrom'] as { readonly start: string }).start}`;
      assert.ok(!taken.has(key), key);
      taken.add(key);
    }
});

const halfPastEight = (month: number, day: number): string =>
  localMoment(dayNumber(2026, month, day), 510).slice(11, 16);

test('weeks and times of day are those of Norway', () => {
  assert.equal(isoWeek(dayNumber(2026, 8, 24)), '2026-W35');
  assert.equal(isoWeek(dayNumber(2027, 1, 3)), '2026-W53');
  assert.equal(isoWeek(dayNumber(2024, 12, 30)), '2025-W01');
  assert.deepEqual(
    [halfPastEight(3, 28), halfPastEight(3, 29), halfPastEight(10, 24), halfPastEight(10, 25)],
    ['07:30', '06:30', '06:30', '07:30'],
  );
});

type Placed = { readonly level: number; readonly school: string };

/** Where every pupil is this school year, at the main school. */
const placed = (made: SandboxMunicipality, year: string): ReadonlyMap<string, Placed> => {
  const found = new Map<string, Placed>();
  for (const enrolment of all(made, enrolments).values()) {
    if (ends(enrolment, 'skolear')[0] !== year || enrolment.resource['hovedskole'] !== true) continue;
    if ('avbruddsdato' in enrolment.resource) continue;
    const [pupil = ''] = ends(enrolment, 'elev');
    const [school = ''] = ends(enrolment, 'skole');
    found.set(pupil.replace('E', ''), {
      level: Number(ends(enrolment, 'trinn')[0]?.slice(1)),
      school: school.replace('SK', ''),
    });
  }
  return found;
};

test('on 1 August everybody is one level up, the tenth leaves, a new first level begins, and persons stay who they are', () => {
  for (const size of ['small', 'municipality'] as const) {
    const before = municipality({ seed: 1, size, asOf: '2027-07-31' });
    const after = municipality({ seed: 1, size, asOf: '2027-08-01' });
    const [old, fresh] = [placed(before, '20262027'), placed(after, '20272028')];
    let [up, left, begun] = [0, 0, 0];
    for (const [pupil, { level }] of old) {
      const now = fresh.get(pupil);
      if (level === 10) {
        assert.equal(now, undefined, pupil);
        left += 1;
      } else {
        assert.equal(now?.level, level + 1, pupil);
        up += 1;
      }
    }
    for (const [pupil, { level }] of fresh)
      if (!old.has(pupil)) {
        assert.equal(level, 1, pupil);
        begun += 1;
      }
    assert.ok(up > old.size * 0.85 && left > old.size * 0.09 && begun > old.size * 0.09, `${up} ${left} ${begun}`);

    // The year that has ended is still there, under the same ids, with its classes; so are those who left.
    const told = placed(after, '20262027');
    assert.deepEqual([...told.keys()].sort(), [...old.keys()].sort());
    for (const path of [enrolments, 'utdanning/elev/klassemedlemskap'])
      for (const [id, entry] of all(before, path))
        if (id.endsWith('-2627')) assert.deepEqual(all(after, path).get(id), entry, id);
    const [people, peopleAfter] = [all(before, persons), all(after, persons)];
    let same = 0;
    for (const [id, { resource }] of people) {
      const now = peopleAfter.get(id)?.resource;
      if (now === undefined) continue;
      assert.deepEqual(now, resource, id);
      same += 1;
    }
    assert.ok(same > people.size * 0.85, `${same} of ${people.size} persons`);
    assert.ok([...all(before, guardianships)].filter(([id]) => all(after, guardianships).has(id)).length > 0);
    assert.deepEqual(
      [...all(after, 'administrasjon/personal/personalressurs')],
      [...all(before, 'administrasjon/personal/personalressurs')],
    );
    const open = (made: SandboxMunicipality): readonly string[] =>
      ends(get(made, 'grunnskole/kommune/skoleeier', 'KOMMUNE'), 'apentSkolear');
    assert.deepEqual(open(before), ['20242025', '20252026', '20262027', '20272028']);
    assert.deepEqual(open(after), ['20252026', '20262027', '20272028', '20282029']);
  }
});

const entryAt = (made: SandboxMunicipality, { collection, field, value }: KnownEntry): SandboxEntry => {
  for (const entry of all(made, collection).values())
    for (const [name, held] of Object.entries(entry.resource))
      if (name.toLowerCase() === field && JSON.stringify(held).includes(JSON.stringify(value))) return entry;
  return assert.fail(`${collection}/${field}/${value}`);
};

test('the protected are marked, and who lives with them keeps the address back, in both snapshots', () => {
  for (const snapshot of ['first', 'later'] as const) {
    const made = municipality({ ...SMALL, snapshot });
    const { protected: known } = made.known;
    const markings = new Set<unknown>();
    for (const [name, one] of Object.entries(known)) {
      for (const each of one.persons) {
        const { resource } = entryAt(made, each);
        assert.equal(resource['adressebeskyttelse'], one.marking, name);
        if (one.marking === 'strengtFortrolig')
          assert.ok(!('bostedsadresse' in resource) && !('kontaktinformasjon' in resource));
        markings.add(one.marking);
      }
      for (const each of [...one.about, ...one.beside]) entryAt(made, each);
      if (one.marking === 'ugradert') continue;
      for (const each of one.guardians) assert.ok(!('bostedsadresse' in entryAt(made, each).resource), name);
    }
    assert.equal(markings.size, 4);
    assert.deepEqual(
      [known.becomesProtectedPupil.marking, known.protectionLiftedPupil.marking],
      snapshot === 'first' ? ['ugradert', 'strengtFortrolig'] : ['fortrolig', 'ugradert'],
    );
    const [child] = known.guardianOfOrdinaryPupil.beside;
    const { resource } = entryAt(made, child ?? assert.fail());
    assert.deepEqual([resource['adressebeskyttelse'], 'bostedsadresse' in resource], ['ugradert', false]);
  }
});

test('nothing of a protected person stands in what the model says is about nobody, save in links', () => {
  const { about, markings } = hubModel().protection;
  const made = municipality({ ...SMALL, names: 'plausible' });
  const secrets = Object.values(made.known.protected)
    .filter(({ marking }) => marking !== 'ugradert')
    .flatMap(({ nationalId, persons: own, about: entries }) => [
      nationalId,
      ...[...own, ...entries].map(({ value }) => value),
      ...entries.flatMap(({ value }) => /20\d{6}/.exec(value) ?? []),
    ]);
  assert.ok(secrets.length > 50);
  let looked = 0;
  for (const { collection, entries } of made.collections) {
    if (about.has(collection) || markings.has(collection)) continue;
    for (const { identifier, resource } of entries()) {
      const { _links, ...attributes } = resource;
      const text = JSON.stringify([identifier, attributes]);
      looked += 1;
      for (const secret of secrets) assert.ok(!text.includes(secret), `${collection} ${identifier} tells ${secret}`);
    }
  }
  assert.ok(looked > 1_000);
});

test('an impossible date is refused, and one whose children have no national ids yet', () => {
  for (const asOf of ['2026-13-01', '2017-12-31', '2045-01-01'])
    assert.throws(() => municipality({ ...SMALL, asOf }), RangeError);
});

// The synthetic university holds what it promises: same seed same data, sizes, unique identifiers, the rules that values follow, the unusual students,
// and terms that follow one another.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { idnr } from '@navikt/fnrvalidator';
import type { SandboxCollection, SandboxEntry } from '#sandbox/collection.ts';
import { isSyntheticNationalId } from '#sandbox/national-id.ts';
import { isSyntheticOrganisationNumber } from '#sandbox/organisation-number.ts';
import { planUniversity, standingIn, type UniversityOptions } from '#sandbox/university-plan.ts';
import { university, type SandboxUniversity } from '#sandbox/university.ts';
import { golden } from '../golden.ts';

const SMALL: UniversityOptions = { seed: 1, size: 'small' };

const find = (made: SandboxUniversity, path: string): SandboxCollection => {
  const found = made.collections.find(({ collection }) => collection === `fs/${path}`);
  assert.ok(found, path);
  return found;
};
const all = (made: SandboxUniversity, path: string): readonly SandboxEntry[] => [...find(made, path).entries()];
const get = (made: SandboxUniversity, path: string, identifier: string): SandboxEntry =>
  all(made, path).find((one) => one.identifier === identifier) ?? assert.fail(`${path} ${identifier}`);

type Links = Readonly<Record<string, readonly { readonly href: string }[]>>;
/** What the links of a relation end in; of the resource itself or of a value inside it. */
const ends = (resource: unknown, relation: string): readonly string[] => {
  const links = ((resource as { readonly _links?: Links })['_links'] ?? {})[relation] ?? [];
  return links.map(({ href }) => href.split('/').at(-1) ?? '');
};
const idOf = (entry: SandboxEntry, field: string): string | undefined =>
  (entry.resource[field] as { readonly identifikatorverdi: string } | undefined)?.identifikatorverdi;

const digest = (made: SandboxUniversity): string => {
  const hash = createHash('sha256');
  for (const { collection, entries } of made.collections) {
    hash.update(`${collection}\n`);
    for (const entry of entries()) hash.update(`${JSON.stringify(entry)}\n`);
  }
  return hash.digest('hex');
};

const made = university(SMALL);

test('the small university is what it was', () => golden('sandbox-university.sha256', `${digest(made)}\n`));

test('the same seed gives the same university, another seed, date, name style or snapshot another one', () => {
  const first = digest(made);
  assert.equal(digest(university({ ...SMALL, asOf: '2026-11-01', names: 'tenor', snapshot: 'first' })), first);
  for (const other of [{ seed: 2 }, { asOf: '2027-03-15' }, { names: 'plausible' }, { snapshot: 'later' }] as const)
    assert.notEqual(digest(university({ ...SMALL, ...other })), first, JSON.stringify(other));
});

test('collections walked backwards and twice give the same entries, as many as they say', () => {
  for (const { collection, total, entries } of made.collections.toReversed()) {
    const [once, twice] = [[...entries()], [...entries()]];
    assert.deepEqual(once, twice, collection);
    assert.equal(once.length, total, collection);
    assert.ok(total > 0, collection);
  }
});

test('sizes: about 300 and 27,000 registered students, 12 and 250 programmes, 60 and 3,500 courses', () => {
  for (const [size, registered, programmes, courses, staff] of [
    ['small', 300, 12, 60, 40],
    ['university', 27_000, 250, 3_500, 3_004],
  ] as const) {
    const options = { seed: 1, size };
    const plan = planUniversity(options);
    const now = plan.students.filter((student) =>
      ['active', 'leave', 'abroad', 'unpaid'].includes(standingIn(plan, student, plan.now)),
    );
    assert.ok(Math.abs(now.length / registered - 1) < 0.1, `${size}: ${now.length} students`);
    const large = university(options);
    assert.equal(find(large, 'studietilbud/studieprogram').total, programmes);
    assert.equal(find(large, 'studietilbud/emne').total, courses);
    assert.equal(find(large, 'person/fagperson').total, staff);
    assert.equal(find(large, 'person/student').total, plan.students.length);
  }
  const entries = made.collections.reduce((sum, { total }) => sum + total, 0);
  assert.ok(entries > 8_000 && entries < 16_000, String(entries));
});

test('every identifier is there once in its collection, and ids of people in every size', () => {
  for (const options of [SMALL, { seed: 5, size: 'small', names: 'plausible', asOf: '2030-02-01' }] as const) {
    const one = university(options);
    assert.equal(new Set(one.collections.map(({ collection }) => collection)).size, one.collections.length);
    for (const { collection, entries } of one.collections) unique(collection, entries());
  }
  const large = university({ seed: 5, size: 'university' });
  for (const path of ['person/personprofil', 'person/student', 'studietilbud/emne', 'studietilbud/klasse'])
    unique(path, find(large, path).entries());
});

const unique = (collection: string, entries: Iterable<SandboxEntry>): void => {
  const values = new Set<string>();
  for (const { identifier, resource } of entries) {
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
};

test('national ids are synthetic, of the kind that they say, and born on the day that they say', () => {
  const kinds = new Map<string, number>();
  for (const { resource, identifier } of all(made, 'person/personprofil')) {
    const kind = String(resource['fodselsnummertype']);
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    const value = (resource['fodselsnummer'] as { readonly identifikatorverdi: string } | undefined)
      ?.identifikatorverdi;
    if (value === undefined) {
      assert.ok((resource['pass'] as readonly unknown[]).length > 0, identifier);
      continue;
    }
    assert.match(value, /^\d{11}$/);
    const month = Number(value.slice(2, 4));
    assert.ok(month > 80 && month <= 92, identifier);
    assert.equal(String(resource['fodselsdato']).slice(5, 7), String(month - 80).padStart(2, '0'));
    assert.equal(Number(value.slice(0, 2)) > 40, kind === 'D_NUMMER', identifier);
    assert.equal(isSyntheticNationalId(value), kind !== 'FS_FIKTIVT_NUMMER', identifier);
    if (kind !== 'FS_FIKTIVT_NUMMER') assert.equal(idnr(value).status, 'valid', identifier);
  }
  assert.deepEqual([...kinds.keys()].sort(), ['D_NUMMER', 'FODSELSNUMMER', 'FS_FIKTIVT_NUMMER', 'undefined']);
});

test('numbers, accounts and European student identifiers have the form that they must have', () => {
  for (const entry of all(made, 'person/personprofil')) {
    assert.match(idOf(entry, 'personlopenummer') ?? '', /^[1-9]\d*$/);
    const account = idOf(entry, 'feideBruker');
    if (account !== undefined) assert.match(account, /^[a-z0-9]+@sikthoyskolen\.test$/);
    if (idOf(entry, 'ansattnummer') !== undefined) assert.match(idOf(entry, 'ansattnummer') ?? '', /^7\d{5}$/);
    assert.match(JSON.stringify(entry.resource['mobilTelefon'] ?? '6805'), /6805/);
  }
  const identifiers = new Set<string>();
  for (const { resource, identifier } of all(made, 'person/student')) {
    assert.match((resource['studentnummer'] as { readonly identifikatorverdi: string }).identifikatorverdi, /^\d{7}$/);
    const esi = (
      resource['europeanStudentId'] as { readonly esiId: { readonly identifikatorverdi: string } } | undefined
    )?.esiId;
    if (esi === undefined) continue;
    assert.match(esi.identifikatorverdi, /^urn:schac:personalUniqueCode:int:esi:sikthoyskolen\.test:\d+$/);
    assert.ok(!identifiers.has(esi.identifikatorverdi), identifier);
    identifiers.add(esi.identifikatorverdi);
  }
  assert.ok(isSyntheticOrganisationNumber(made.organisation.orgNumber));
  for (const { resource } of all(made, 'organisasjon/campus'))
    assert.ok(isSyntheticOrganisationNumber(String(resource['organisasjonsnummer'])));
});

test('codes and names of courses and terms are within their limits', () => {
  for (const size of ['small', 'university'] as const)
    for (const { resource, identifier } of all(university({ seed: 1, size }), 'studietilbud/emne')) {
      assert.ok(String(resource['kode']).length <= 12 && String(resource['versjonskode']).length <= 3, identifier);
      for (const name of Object.values(resource['navnAlleSprak'] as Readonly<Record<string, string>>))
        assert.ok(name.length <= 120 && name.length > 3, `${identifier} ${name}`);
    }
  for (const { resource } of all(made, 'termin/termin')) {
    const year = Number(resource['arstall']);
    assert.ok(year >= 1900 && year <= 2100);
    assert.match(ends(resource, 'betegnelse')[0] ?? '', /^(?:VÅR|HØST|SOM|VIT|VÅT|HØT)$/);
  }
  for (const path of ['undervisning/undervisningsenhet', 'undervisning/emnestudierett', 'undervisning/emnesoknad'])
    for (const { resource, identifier } of all(made, path))
      assert.ok(Number(resource['terminnummer']) >= 1, identifier);
});

test('credits have one decimal and a kind, grades are those of their rule', () => {
  let [seen, marks] = [0, 0];
  const walk = (value: unknown, where: string): void => {
    if (typeof value !== 'object' || value === null) return;
    if ('verdi' in value) {
      seen += 1;
      assert.match(String(value.verdi), /^\d+\.\d$/, where);
      assert.deepEqual(ends(value, 'vektingstype'), ['SP'], where);
    }
    if ('bokstavEllerUgradert' in value && 'navnAlleSprak' in value) {
      marks += 1;
      const name = (value.navnAlleSprak as { readonly nb: string }).nb;
      const allowed = ends(value, 'regel')[0] === 'BEST' ? ['Bestått', 'Ikke bestått'] : ['A', 'B', 'C', 'D', 'E', 'F'];
      assert.ok(allowed.includes(name), `${where} ${name}`);
    }
    for (const one of Object.values(value)) walk(one, where);
  };
  for (const { entries } of made.collections)
    for (const { identifier, resource } of entries()) walk(resource, identifier);
  assert.ok(seen > 800 && marks > 500, `${seen} ${marks}`);
  for (const { resource, identifier } of all(made, 'vurdering/resultat')) {
    const credits = (resource['gjeldendeVekting'] as { readonly verdi: string }).verdi;
    if (ends(resource, 'vurderingsresultatstatus')[0] !== 'B') assert.equal(credits, '0.0', identifier);
  }
});

test('study rights end after they begin, agree with their cohorts, and hold the leaves of absence', () => {
  const periods = new Map<string, { readonly fraDato: string; readonly tilDato: string }>();
  const cohorts = new Map(
    all(made, 'studietilbud/kull').map((entry) => [idOf(entry, 'naturligNokkel'), entry.identifier]),
  );
  let doctoral = 0;
  for (const entry of all(made, 'studierett/programstudierett')) {
    const { resource, identifier } = entry;
    const period = resource['studierettperiode'] as { readonly fraDato: string; readonly tilDato: string };
    assert.ok(period.fraDato <= period.tilDato, identifier);
    periods.set(identifier, period);
    const [, programme = '', year = '', term = ''] = (idOf(entry, 'naturligNokkel') ?? '').split(',');
    assert.equal(ends(resource, 'studieprogram')[0]?.replace(/^SP-/, ''), programme, identifier);
    const [cohort = ''] = ends(resource, 'kull');
    assert.equal(cohorts.get(`${programme},${year},${term}`), cohorts.get(cohort) ?? cohort, identifier);
    if (!programme.startsWith('P-')) continue;
    doctoral += 1;
    const phd = resource['phd'] as Readonly<Record<string, unknown>>;
    assert.ok(typeof phd['beregnetSluttdato'] === 'string' && ends(phd, 'organisasjonsenhet').length === 1, identifier);
  }
  assert.ok(doctoral > 5, String(doctoral));
  const leaves = new Set<string>();
  for (const { resource, identifier } of all(made, 'studierett/permisjon')) {
    const [right = ''] = ends(resource, 'programStudieretter');
    const leave = resource['permisjonsperiode'] as { readonly fraDato: string; readonly tilDato: string };
    const period = periods.get(right) ?? assert.fail(`${identifier} ${right}`);
    assert.ok(period.fraDato <= leave.fraDato && leave.tilDato <= period.tilDato, identifier);
    assert.ok(!leaves.has(right), `${identifier}: the only leave of ${right}`);
    leaves.add(right);
  }
  assert.ok(leaves.size > 3);
});

test('proportions: most have paid, one in ten or so fails, everybody has a place where courses are taught', () => {
  const registered = all(made, 'studierett/semesterregistrering');
  const paid = registered.filter(({ resource }) => resource['harBetaltSemesteravgiftV2'] === true).length;
  assert.ok(paid / registered.length > 0.9 && paid < registered.length, `${paid} of ${registered.length}`);
  const results = all(made, 'vurdering/resultat').filter(
    ({ resource }) => resource['vurderingsoppbygningsdelskode'] === 'E',
  );
  const failed = results.filter(({ resource }) => ends(resource, 'vurderingsresultatstatus')[0] === 'S').length;
  assert.ok(failed / results.length > 0.04 && failed / results.length < 0.2, `${failed} of ${results.length}`);
  assert.equal(find(made, 'undervisning/partiplassering').total, find(made, 'undervisning/emnestudierett').total);
  const statuses = new Set(all(made, 'undervisning/emnesoknad').map(({ resource }) => resource['soknadsstatus']));
  assert.ok(statuses.has('TATT_OPP') && statuses.size >= 4, [...statuses].join(' '));
});

test('the unusual students are what they are called', () => {
  const { students, future, graduate, doctoral, teachers, programmes, courses, terms } = made.known;
  assert.deepEqual(terms, ['2026,HØST', '2026,VÅR']);
  const profile = (name: keyof typeof students): SandboxEntry =>
    get(made, 'person/personprofil', students[name].personProfil);
  const right = (one: { readonly studieretter: readonly string[] }): SandboxEntry =>
    get(made, 'studierett/programstudierett', one.studieretter[0] ?? '');
  assert.equal(profile('ordinary').resource['fodselsnummertype'], 'FODSELSNUMMER');
  assert.equal(students.withoutNumber.fodselsnummer, null);
  assert.equal(students.noFeide.feideBruker, null);
  assert.equal(students.twoProgrammes.studieretter.length, 2);
  assert.equal(profile('deceased').resource['erDod'], true);
  assert.deepEqual(ends(right(students.deceased).resource, 'studentstatus'), ['DØD']);
  assert.deepEqual(ends(right(students.onLeave).resource, 'studentstatus'), ['PERM']);
  assert.deepEqual(ends(right(students.leftProgramme).resource, 'studentstatus'), ['SLUTTET']);
  assert.deepEqual(ends(right(students.privateCandidate).resource, 'studierettstatus'), ['PRIVATIST']);
  assert.equal(right(students.privateCandidate).resource['erPrivatist'], true);
  assert.deepEqual(ends(right(future).resource, 'studentstatus'), ['FREMTIDIG']);
  assert.ok((right(future).resource['studierettperiode'] as { readonly fraDato: string }).fraDato > '2026-11-01');
  assert.deepEqual(ends(right(graduate).resource, 'studentstatus'), ['FULLFØRT']);
  assert.deepEqual(ends(right(doctoral).resource, 'studierettstatus'), ['PHD']);
  assert.equal(teachers.student.personProfil, students.alsoTeacher.personProfil);
  assert.ok(all(made, 'person/fagperson').some(({ identifier }) => identifier === teachers.student.systemId));
  const changed = all(made, 'person/fodselsnummerendring')[0]?.resource;
  assert.equal(changed?.['nyttFodselsnummer'], students.changedNumber.fodselsnummer);
  assert.ok(Number(String(changed?.['tidligereFodselsnummer']).slice(0, 2)) > 40, 'a D-number before');
  const unpaid = all(made, 'studierett/semesterregistrering').find(
    (entry) => idOf(entry, 'naturligNokkel') === `${students.unpaid.personlopenummer},2026,HØST`,
  );
  assert.deepEqual(
    [unpaid?.resource['erSemesterregistrert'], unpaid?.resource['harBetaltSemesteravgiftV2']],
    [false, false],
  );
  assert.equal(students.unpaid.emner.length, 0);
  const failed = all(made, 'vurdering/resultat').filter(({ identifier }) =>
    identifier.startsWith(`R-${students.failedOnce.personlopenummer}-`),
  );
  assert.ok(failed.some(({ resource }) => ends(resource, 'vurderingsresultatstatus')[0] === 'S'));
  assert.ok(failed.some(({ identifier, resource }) => identifier.endsWith('N') && resource['erOppnadd'] === true));
  assert.equal(get(made, 'studietilbud/studieprogram', `SP-${programmes.expired}`).resource['erAktiv'], false);
  assert.ok(all(made, 'studietilbud/emne').some((entry) => idOf(entry, 'naturligNokkel') === courses.ended));
  const inactive = all(made, 'studietilbud/kull').filter(({ resource }) => resource['erAktiv'] === false).length;
  assert.ok(inactive > 5 && inactive < find(made, 'studietilbud/kull').total / 2, `${inactive} closed cohorts`);
  const letters = JSON.stringify(profile('samiLetters').resource['navn']);
  assert.match(letters, /ŋ/);
});

/** The number of the person that is a part of a systemId: `ER-1500001-1`. */
const personOf = (identifier: string): string => identifier.split('-')[1] ?? '';

test('what is brought from elsewhere and applied for hangs together', () => {
  const beside = (path: string): readonly SandboxEntry[] => [
    ...(made.collections.find(({ collection }) => collection === `hoyereutdanning/${path}`)?.entries() ?? []),
  ];
  const results = Map.groupBy(beside('godkjenning/eksternresultat'), ({ identifier }) => personOf(identifier));
  const ordered = beside('godkjenning/resultatutveksling');
  const states = new Set(ordered.map(({ resource }) => resource['status']));
  assert.deepEqual(states, new Set(['FULLFORT', 'BESTILT', 'UNDER_ARBEID', 'AVVIST']));
  for (const { identifier, resource } of ordered) {
    const came = results.get(personOf(identifier))?.length;
    assert.equal(came, resource['status'] === 'FULLFORT' ? resource['antallResultater'] : undefined, identifier);
    assert.ok(String(resource['bestiltTidspunkt']) < '2026-11-01', identifier);
  }
  const { ordinary, strictlyProtected } = made.known.students;
  for (const { personlopenummer } of [ordinary, strictlyProtected]) assert.ok(results.has(personlopenummer));
  const applications = new Map(
    all(made, 'studierett/fssoknad').map(({ identifier, resource }) => [identifier, resource['sokernummer']]),
  );
  const choices = beside('opptak/soknadsalternativ');
  for (const choice of choices) {
    const [person, number, place] = (idOf(choice, 'naturligNokkel') ?? '').split(',');
    const [application = ''] = ends(choice.resource, 'soknad');
    assert.equal(personOf(application), person);
    assert.equal(applications.get(application), number);
    assert.equal(Number(place), choice.resource['prioritet']);
  }
  assert.ok(choices.length > applications.size, `${choices.length} choices of ${applications.size}`);
});

test('people are marked as they must be, and the snapshots differ in two', () => {
  const later = university({ ...SMALL, snapshot: 'later' });
  const marking = (one: SandboxUniversity, name: keyof typeof made.known.protected): unknown =>
    get(one, 'person/personprofil', one.known.protected[name].persons[0]?.value ?? '').resource['adressebeskyttelse'];
  assert.deepEqual(
    Object.keys(made.known.protected).map((name) => marking(made, name as keyof typeof made.known.protected)),
    ['strengtFortrolig', 'fortrolig', 'klientadresse', 'ugradert', 'strengtFortrolig', 'fortrolig'],
  );
  assert.equal(marking(later, 'becomesProtectedStudent'), 'fortrolig');
  assert.equal(marking(later, 'protectionLiftedStudent'), 'ugradert');
  for (const { resource, identifier } of all(made, 'person/personprofil')) {
    assert.equal(typeof resource['adressebeskyttelse'], 'string', identifier);
    if (String(resource['adressebeskyttelse']).toLowerCase().includes('fortrolig'))
      assert.equal(resource['folkeregistrertAdresse'], undefined, identifier);
  }
});

/** National id and name of everybody at a date. */
const numbers = (asOf: string): ReadonlyMap<string, unknown> =>
  new Map(
    all(university({ ...SMALL, asOf }), 'person/personprofil').map(({ identifier, resource }) => [
      identifier,
      JSON.stringify([resource['fodselsnummer'], resource['navn']]),
    ]),
  );

test('a term later the same people are there, and a year later a new admission', () => {
  const [first, second, third] = [numbers('2026-11-01'), numbers('2027-03-15'), numbers('2027-11-01')];
  let [kept, further] = [0, 0];
  for (const [identifier, facts] of first) {
    if (second.has(identifier)) {
      kept += 1;
      assert.equal(second.get(identifier), facts, identifier);
    }
    if (third.get(identifier) === facts) further += 1;
  }
  assert.ok(kept > 300 && further > 200 && further < kept, `${kept} and ${further} of ${first.size}`);
  assert.throws(() => university({ ...SMALL, asOf: '2045-01-01' }), RangeError);
  assert.throws(() => university({ ...SMALL, asOf: 'today' }), RangeError);
});

// Every family of events end to end: which kinds a change makes, what they are about, and where one goes on.
import assert from 'node:assert/strict';
import test, { after as afterAll, beforeEach } from 'node:test';
import { limits } from '#base/limits.ts';
import { bySystemId, dal, identified, nationalId, onlyGrants, principal, put, remove } from '../../../hub/world.ts';
import { fsModel } from '../face-under-test.ts';
import { at, everyFlag, idOf, markedPersons, owner } from '../fs-world.ts';
import { following, fsEvents, kindsIn, openFollowWorld, type FollowWorld } from './follow-world.ts';

let world: FollowWorld;
let open: FollowWorld | null = null;
beforeEach(async () => {
  await open?.close();
  open = world = await openFollowWorld();
});
afterAll(() => open?.close());

type Links = Readonly<Record<string, readonly string[]>>;

const entry = (id: string, key: string | null, values: object, links: Links = {}) => ({
  systemId: identified(id),
  ...(key === null ? {} : { naturligNokkel: identified(key) }),
  ...values,
  links,
});
const to = (path: string, id: string): readonly string[] => [bySystemId(path, id)];

/** The kinds that changes make in a family. */
const told = async (family: string, change: () => Promise<unknown>): Promise<readonly string[]> => {
  const from = await world.now(family);
  await change();
  return kindsIn(await world.since(family, from));
};

const [kari] = markedPersons(['ugradert']);
const withKari = (more: object) => () => put(world, at.person, [{ ...kari, ...more } as never]);

/** Puts one of a class, then changes it step by step, then removes it; gives the kinds of each. */
const life = async (
  family: string,
  path: string,
  states: readonly object[],
  links: Links = {},
): Promise<readonly (readonly string[])[]> => {
  const found: (readonly string[])[] = [];
  for (const state of states)
    found.push(await told(family, () => put(world, path, [entry('NY', 'NY,1', state, links) as never])));
  found.push(await told(family, () => remove(world, path, 'systemid', 'NY')));
  return found;
};

test('every kind of the model is told, or says why not', () => {
  const { families } = fsEvents();
  assert.equal(families.length, 20);
  const own = [...fsModel().classes.values()].filter(({ events }) => events.length > 0);
  assert.equal(own.length, 4);
  for (const { className, events } of own) {
    const family = families.find(({ type }) => type === className);
    const names = new Set(family?.kinds.map(({ name }) => name));
    assert.deepEqual(
      events.filter((name) => !names.has(name)),
      [],
    );
  }
  for (const { sources, kinds, name } of families) {
    const made = new Set(sources.flatMap(({ rules }) => rules.map(({ kind }) => kind)));
    for (const { name: kind, untold } of kinds) assert.equal(made.has(kind), untold === null, `${name} ${kind}`);
  }
});

test('a person is told of by what has changed, and by nothing else', async () => {
  const family = 'personProfilhendelser';
  const kinds = (more: object) => told(family, withKari(more));
  assert.deepEqual(await kinds({ navn: { fornavn: 'Kari', etternavn: 'Vik' } }), ['PERSONPROFIL_ENDRET_NAVN']);
  assert.deepEqual(await kinds({ kjonn: 'MANN' }), ['PERSONPROFIL_ENDRET_NAVN']);
  assert.deepEqual(await kinds({ erDod: true, kjonn: 'MANN' }), ['PERSONPROFIL_DODSFALL']);
  assert.deepEqual(await kinds({ kjonn: 'MANN' }), ['PERSONPROFIL_DODSFALL_ANNULLERT']);
  assert.deepEqual(await kinds({ kanOverforesTilLms: true, kjonn: 'MANN' }), ['PERSONPROFIL_KAN_EKSPORTERES_LMS']);
  assert.deepEqual(await kinds({ kanOverforesTilLms: false, privatEpost: 'k@test.no', kjonn: 'MANN' }), [
    'PERSONPROFIL_ENDRET_PRIVAT_EPOST',
    'PERSONPROFIL_KAN_IKKE_LENGER_EKSPORTERES_LMS',
  ]);
  assert.deepEqual(
    await kinds({
      kanOverforesTilLms: false,
      privatEpost: 'k@test.no',
      kjonn: 'MANN',
      feideBruker: identified('ny@test.no'),
    }),
    ['PERSONPROFIL_ENDRET_FEIDE_BRUKER'],
  );
});

test('a student is told of by what belongs to the person, the registrations and the memberships', async () => {
  const family = 'studenthendelser';
  assert.deepEqual(await told(family, withKari({ navn: { fornavn: 'Kari', etternavn: 'Vik' } })), ['ENDRET_NAVN']);
  assert.deepEqual(await told(family, withKari({ navn: { fornavn: 'Kari', etternavn: 'Vik' }, erDod: true })), [
    'DODSFALL',
  ]);
  const links = { student: to(at.student, 'S1'), termin: to(at.term, 'T3') };
  assert.deepEqual(
    await life(
      family,
      at.registration,
      [
        { erSemesterregistrert: true },
        { erSemesterregistrert: true, harBetaltSemesteravgiftV2: true },
        { erSemesterregistrert: true, harBetaltSemesteravgiftV2: true, erUgyldiggjort: true },
      ],
      links,
    ),
    [['SEMESTERREGISTRERT'], ['SEMESTERREGISTRERING_STATUS_BET_OK'], ['SEMESTERREGISTRERING_UGYLDIGGJORT'], []],
  );
  const from = await world.now(family);
  await put(world, at.entry, [entry('VM', null, {}, { student: to(at.student, 'S1') }) as never]);
  const [one] = await world.since(family, from, { show: 'id studentnummer' });
  assert.deepEqual(one?.subject, { id: idOf(at.student, '101'), studentnummer: '500101' });
  assert.equal(one.hendelsestype, 'VURDERINGSMELDT');
});

const named = (nb: string): object => ({ navnAlleSprak: { nb } });

test('courses, programmes, and what belongs to them', async () => {
  assert.deepEqual(
    await life('emnehendelser', at.course, [
      { kode: 'A', ...named('A') },
      { kode: 'A', ...named('B'), vekting: { verdi: '5' } },
    ]),
    [['EMNE_OPPRETTET'], ['EMNE_NAVN_ENDRET', 'EMNE_VEKTING_ENDRET'], ['EMNE_SLETTET']],
  );
  assert.deepEqual(
    await life(
      'emnehendelser',
      at.unitOfTeaching,
      [
        { terminnummer: 1 },
        { terminnummer: 1, lmsRomkode: 'R' },
        { terminnummer: 1, lmsRomkode: 'R', skalEksporteresTilLms: true },
      ],
      { emne: to(at.course, 'E1') },
    ),
    [
      ['UNDERVISNINGSENHET_OPPRETTET'],
      ['UNDERVISNINGSENHET_ROMMAL_ENDRET'],
      ['UNDERVISNINGSENHET_SKAL_EKSPORTERES_TIL_LMS'],
      [],
    ],
  );
  assert.deepEqual(
    await life('emnehendelser', at.activity, [{ kode: 'F2' }, { kode: 'F2', partinummer: '2' }], {
      undervisningsenhet: to(at.unitOfTeaching, 'UE1'),
    }),
    [['UNDERVISNINGSAKTIVITET_OPPRETTET'], ['UNDERVISNINGSAKTIVITET_PARTINR_ENDRET'], []],
  );
  assert.deepEqual(
    await life(
      'studieprogramhendelser',
      at.klass,
      [
        { kode: 'Z', erAktiv: true },
        { kode: 'Z', erAktiv: false },
        { kode: 'Z', erAktiv: true, lmsRomkode: 'R' },
      ],
      { kull: to(at.cohort, 'K1') },
    ),
    [['KLASSE_OPPRETTET'], ['KLASSE_SKAL_DEAKTIVERES'], ['KLASSE_LMS_ROMKODE_ENDRET', 'KLASSE_SKAL_AKTIVERES'], []],
  );
  assert.deepEqual(
    await life('studieprogramhendelser', at.cohort, [{}, named('K'), { ...named('K'), skalEksporteresTilLms: true }], {
      studieprogram: to(at.programme, 'P1'),
    }),
    [['KULL_OPPRETTET'], ['KULL_NAVN_ENDRET'], ['KULL_SKAL_EKSPORTERES_TIL_LMS'], []],
  );
});

test('what is followed itself is told of when it goes', async () => {
  const evu = 'fs/studietilbud/evukurs';
  const student = { student: to(at.student, 'S1') };
  const lives: readonly (readonly [string, string, readonly object[], Links, readonly (readonly string[])[]])[] = [
    [
      'emneSoknadHendelser',
      'fs/undervisning/emnesoknad',
      [{ soknadsstatus: 'SOKNAD_REGISTRERT' }, { soknadsstatus: 'TILBUD' }, { soknadsstatus: 'TAKKET_JA' }],
      student,
      [['EMNE_SOKNAD_REGISTRERT'], ['EMNE_SOKNAD_TILBUD'], ['EMNE_SOKER_TAKKET_JA'], ['EMNE_SOKNAD_SLETTET']],
    ],
    [
      'evuKursSoknadHendelser',
      'fs/studietilbud/evukurssoknad',
      [{ soknadsstatus: 'SOKNAD_REGISTRERT' }, { soknadsstatus: 'INNVILGET' }],
      { personProfil: to(at.person, 'X1') },
      [['EVU_KURS_SOKNAD_REGISTRERT'], ['EVU_KURS_SOKNAD_INNVILGET'], ['EVU_KURS_SOKNAD_SLETTET']],
    ],
    [
      'evukurshendelser',
      evu,
      [{ kode: 'K' }, { kode: 'K', erAktiv: true, kursperiode: { fraDato: '2026-01-01T00:00:00Z' } }],
      {},
      [['EVUKURS_OPPRETTET'], ['EVUKURS_PERIODE_ENDRET', 'EVUKURS_SKAL_AKTIVERES'], ['EVUKURS_SLETTET']],
    ],
    [
      'fodselsnummerendringshendelser',
      'fs/person/fodselsnummerendring',
      [{}],
      { personProfil: to(at.person, 'X1') },
      [['PERSONPROFIL_ENDRET_FODSELSNUMMER'], []],
    ],
    [
      'klassemedlemskapshendelser',
      at.membership,
      [{ erAktiv: true }, { erAktiv: false }],
      { klasse: to(at.klass, 'B'), programStudierett: to(at.right, 'R1'), studentVedLarested: to(at.student, 'S1') },
      [['STUDENT_PLASSERT_I_KLASSE'], ['KLASSEMEDLEMSKAP_DEAKTIVERT'], ['STUDENT_FJERNET_FRA_KLASSE']],
    ],
    [
      'programStudieretthendelser',
      at.right,
      [{}],
      { ...student, personProfil: to(at.person, 'X1'), kull: to(at.cohort, 'K1') },
      [['PROGRAM_STUDIERETT_OPPRETTET'], ['PROGRAM_STUDIERETT_SLETTET']],
    ],
    [
      'semesterregistreringshendelser',
      at.registration,
      [{ erSemesterregistrert: false }, { erSemesterregistrert: true }],
      student,
      [[], ['SEMESTERREGISTRERT'], ['SEMESTERREGISTRERING_SLETTET']],
    ],
    [
      'undervisningspartiplasseringshendelser',
      'fs/undervisning/partiplassering',
      [{}],
      student,
      [['STUDENT_PARTIPLASSERT'], ['STUDENT_FJERNET_FRA_PARTI']],
    ],
  ];
  for (const [family, path, states, links, wanted] of lives)
    assert.deepEqual(await life(family, path, states, links), wanted, family);
});

test('roles become active and inactive, change, and go', async () => {
  const person = { personProfil: to(at.person, 'X4'), fagperson: to(at.staff, 'F1') };
  const roles: readonly (readonly [string, string, string, boolean])[] = [
    ['emnerollehendelser', at.courseRole, 'EMNEROLLE', true],
    ['studieprogramrollehendelser', 'fs/rolle/studieprogramrolle', 'STUDIEPROGRAMROLLE', true],
    ['evuKursrollehendelser', 'fs/rolle/evukursrolle', 'EVU_KURSROLLE', true],
    ['klasserollehendelser', 'fs/rolle/klasserolle', 'KLASSEROLLE', true],
    ['timeplanrollehendelser', 'fs/rolle/timeplanrolle', 'TIMEPLANROLLE', false],
    [
      'undervisningsaktivitetsrollehendelser',
      'fs/rolle/undervisningsaktivitetsrolle',
      'UNDERVISNINGSAKTIVITETSROLLE',
      false,
    ],
    ['undervisningsenhetsrollehendelser', 'fs/rolle/undervisningsenhetsrolle', 'UNDERVISNINGSENHETSROLLE', false],
  ];
  for (const [family, path, prefix, hasRole] of roles) {
    assert.deepEqual(
      await life(family, path, [{ erAktiv: true }, { erAktiv: false }], person),
      [[`${prefix}_BLE_AKTIV`], [`${prefix}_BLE_INAKTIV`], [`${prefix}_SLETTET`]],
      family,
    );
    if (!hasRole) continue;
    await put(world, path, [entry('R', 'R,1', {}, person) as never]);
    const changed = await told(family, () =>
      put(world, path, [entry('R', 'R,1', {}, { ...person, fsRolle: to(at.role, 'FR1') }) as never]),
    );
    assert.deepEqual(
      changed,
      [prefix === 'KLASSEROLLE' ? 'KLASSEROLLE_ENDRET_FSROLLE' : `${prefix}_ENDRET_FS_ROLLE`],
      family,
    );
  }
  assert.deepEqual(
    await life(
      'kullrollehendelser',
      at.cohortRole,
      [{ aktivStatus: 'FREMTIDIG' }, { aktivStatus: 'AKTIV' }, { aktivStatus: 'AVSLUTTET' }],
      person,
    ),
    [[], ['KULLROLLE_BLE_AKTIV'], ['KULLROLLE_BLE_INAKTIV'], ['KULLROLLE_SLETTET']],
  );
});

const dayMs = 24 * 3_600_000;
const right = (fraDato: string, tilDato: string, id = 'NY') =>
  put(world, at.right, [
    entry(
      id,
      `${id},1`,
      { studierettperiode: { fraDato: `${fraDato}T00:00:00Z`, tilDato: `${tilDato}T00:00:00Z` } },
      { student: to(at.student, 'S1'), personProfil: to(at.person, 'X1'), kull: to(at.cohort, 'K1') },
    ) as never,
  ]);

test('a day that is ahead is told of when it has come, and one that was moved by the new one alone', async () => {
  const family = 'programStudieretthendelser';
  const days = (count: number) => told(family, async () => world.clock.move(count * dayMs));
  // It is 5 January.
  assert.deepEqual(await told(family, () => right('2026-01-08', '2026-01-20')), ['PROGRAM_STUDIERETT_OPPRETTET']);
  assert.deepEqual(await days(2), []);
  assert.deepEqual(await told(family, () => right('2026-01-10', '2026-01-20')), []);
  assert.deepEqual(await days(2), []);
  const from = await world.now(family);
  world.clock.move(dayMs);
  const [started, ...more] = await world.since(family, from, { show: 'id' });
  assert.deepEqual([started?.hendelsestype, more.length], ['STARTET_PA_STUDIEPROGRAM', 0]);
  assert.equal(started?.tidspunkt, '2026-01-09T23:00:00Z');
  assert.deepEqual(started.subject, { id: idOf(at.right, 'NY,1') });
  // The same for whoever begins elsewhere, after a restart too.
  await world.restart();
  assert.deepEqual(await world.since(family, from, { show: 'id' }), [started]);
  // A change of the period that leaves its beginning is no beginning.
  assert.deepEqual(await told(family, () => right('2026-01-10', '2026-01-15')), []);
  // Put to a day that has been: with the change.
  assert.deepEqual(await told(family, () => right('2026-01-10', '2026-01-09')), ['SLUTTET_PA_STUDIEPROGRAM']);
  assert.deepEqual(await told(family, () => right('2026-01-10', '2026-01-10')), []);
  assert.deepEqual(await days(1), ['SLUTTET_PA_STUDIEPROGRAM']);
  assert.deepEqual(await told(family, () => right('2026-01-01', '2026-01-10')), []);
});

test('a day begins at midnight in Norway, and its cursor is the same until then', async () => {
  const family = 'studenthendelser';
  await right('2026-01-06', '2026-02-01');
  const from = await world.now(family);
  world.clock.set(Date.UTC(2026, 0, 5, 22, 59, 59));
  assert.equal((await world.page(family, { after: from })).pageInfo.endCursor, from);
  world.clock.set(Date.UTC(2026, 0, 5, 23));
  const { nodes, pageInfo } = await world.page(family, { after: from });
  assert.deepEqual(kindsIn(nodes), ['STARTET_PA_STUDIEPROGRAM']);
  assert.notEqual(pageInfo.endCursor, from);
  assert.equal((await world.page(family, { after: pageInfo.endCursor })).pageInfo.endCursor, pageInfo.endCursor);
});

test('a day that comes while pages are read is told of before it is said that there is no more', async () => {
  const family = 'programStudieretthendelser';
  const from = await world.now(family);
  await right('2026-01-08', '2026-01-05');
  await right('2026-01-05', '2026-02-01', 'NY2');
  world.clock.move(dayMs);
  const { nodes, pageInfo } = await world.page(family, { after: from, first: 3 });
  const before = ['PROGRAM_STUDIERETT_OPPRETTET', 'SLUTTET_PA_STUDIEPROGRAM', 'PROGRAM_STUDIERETT_OPPRETTET'];
  assert.deepEqual([kindsIn(nodes), pageInfo.hasNextPage], [before, true]);
  world.clock.move(2 * dayMs);
  // What is left of those changes is of the first day; the other right has begun since, and stands before where one is.
  const whole = await world.since(family, pageInfo.endCursor);
  assert.deepEqual(
    whole.map(({ hendelsestype, tidspunkt }) => [hendelsestype, tidspunkt]),
    [
      ['STARTET_PA_STUDIEPROGRAM', '2026-01-04T23:00:00Z'],
      ['STARTET_PA_STUDIEPROGRAM', '2026-01-07T23:00:00Z'],
    ],
  );
  assert.deepEqual(await world.since(family, pageInfo.endCursor, { first: 1 }), whole);
  const last = await world.page(family, { after: pageInfo.endCursor });
  assert.deepEqual([last.nodes.length, last.pageInfo.hasNextPage], [2, false]);
  assert.deepEqual(await world.since(family, last.pageInfo.endCursor), []);
});

test('of somebody who is hidden when the day comes nothing is told', async () => {
  const family = 'programStudieretthendelser';
  await right('2026-01-07', '2026-02-01');
  await put(world, at.person, markedPersons(['strengtFortrolig']).slice(0, 1));
  assert.deepEqual(await told(family, async () => world.clock.move(3 * dayMs)), []);
  const back = await told(family, () => put(world, at.person, markedPersons(['ugradert']).slice(0, 1)));
  assert.ok(back.includes('PROGRAM_STUDIERETT_OPPRETTET') && back.includes('STARTET_PA_STUDIEPROGRAM'), back.join(' '));
});

test('nobody is told of the days of what it may not follow, or does not see the dates of', async () => {
  const family = 'studenthendelser';
  await right('2026-01-07', '2026-02-01');
  const pass = async () => world.clock.move(3 * dayMs);
  const reading = { actions: ['read', 'list'] } as const;
  await onlyGrants(world, reading, { ...following, collections: [at.student] });
  assert.deepEqual(await told(family, pass), []);
  const fields = ['systemId', 'naturligNokkel', 'student', 'personProfil', 'personlopenummer', 'studentnummer'];
  await right('2026-01-10', '2026-02-01');
  await onlyGrants(world, { ...following, fields });
  assert.deepEqual(await told(family, pass), []);
  await onlyGrants(world, following);
  await right('2026-01-14', '2026-02-01');
  assert.deepEqual(await told(family, pass), ['STARTET_PA_STUDIEPROGRAM']);
});

const period = (fraDato: string, tilDato: string) => ({
  gyldighetsperiode: { fraDato: `${fraDato}T00:00:00Z`, tilDato: `${tilDato}T00:00:00Z` },
});

test('cards expire and roles begin and end by their days, where the source says nothing else', async () => {
  const card = {
    systemId: identified('SK'),
    studentkortnummer: identified('SK'),
    ...period('2026-01-01', '2026-01-06'),
  };
  assert.deepEqual(
    await told('studenthendelser', () =>
      put(world, 'fs/person/studentkort', [{ ...card, links: { student: to(at.student, 'S1') } } as never]),
    ),
    ['STUDENTKORT_UTSTEDT'],
  );
  const person = { personProfil: to(at.person, 'X4'), fagperson: to(at.staff, 'F1') };
  const putRole = (path: string, id: string, more: object) =>
    put(world, path, [entry(id, `${id},1`, { ...period('2026-01-07', '2026-01-08'), ...more }, person) as never]);
  const from = await world.now('emnerollehendelser');
  const cohorts = await world.now('kullrollehendelser');
  const students = await world.now('studenthendelser');
  await putRole(at.courseRole, 'NY', {});
  await putRole(at.courseRole, 'SAGT', { erAktiv: false });
  await putRole(at.cohortRole, 'NY', {});
  assert.deepEqual(await world.since('emnerollehendelser', from), []);
  world.clock.move(2 * dayMs);
  assert.deepEqual(kindsIn(await world.since('emnerollehendelser', from)), ['EMNEROLLE_BLE_AKTIV']);
  assert.deepEqual(kindsIn(await world.since('studenthendelser', students)), ['STUDENTKORT_UTGATT']);
  world.clock.move(2 * dayMs);
  assert.deepEqual(kindsIn(await world.since('emnerollehendelser', from)).toSorted(), [
    'EMNEROLLE_BLE_AKTIV',
    'EMNEROLLE_BLE_INAKTIV',
  ]);
  assert.deepEqual(kindsIn(await world.since('kullrollehendelser', cohorts)).toSorted(), [
    'KULLROLLE_BLE_AKTIV',
    'KULLROLLE_BLE_INAKTIV',
  ]);
});

test('a cursor stays the same while nothing is new, and goes on within a change of several kinds', async () => {
  const family = 'personProfilhendelser';
  const from = await world.now(family);
  assert.equal((await world.page(family, { after: from })).pageInfo.endCursor, from);
  await withKari({ navn: { fornavn: 'K', etternavn: 'V' }, privatEpost: 'k@test.no', arbeidsEpost: 'a@test.no' })();
  const whole = await world.since(family, from);
  assert.equal(whole.length, 3);
  for (const first of [1, 2, 3]) assert.deepEqual(await world.since(family, from, { first }), whole);
  const page = await world.page(family, { after: from, first: 2 });
  assert.equal(page.pageInfo.hasNextPage, true);
  // What comes meanwhile stands behind what is left.
  await withKari({ navn: { fornavn: 'L', etternavn: 'V' }, privatEpost: 'k@test.no', arbeidsEpost: 'a@test.no' })();
  const rest = await world.since(family, page.edges[1]?.cursor ?? '');
  assert.deepEqual([...kindsIn(page.nodes), ...kindsIn(rest)], [...kindsIn(whole), 'PERSONPROFIL_ENDRET_NAVN']);
  assert.deepEqual((await world.page(family, { after: from, first: 0 })).nodes, []);
  // Of other kinds with the same cursor.
  assert.deepEqual(kindsIn(await world.since(family, from, { kinds: ['PERSONPROFIL_ENDRET_PRIVAT_EPOST'] })), [
    'PERSONPROFIL_ENDRET_PRIVAT_EPOST',
  ]);
});

test('who becomes protected is gone for those who may not see it, and is named by no event', async () => {
  const all = [
    'personProfilhendelser',
    'studenthendelser',
    'semesterregistreringshendelser',
    'klassemedlemskapshendelser',
  ] as const;
  const from = await Promise.all(all.map((family) => world.now(family)));
  await put(world, at.person, markedPersons(['strengtFortrolig', 'ugradert', 'strengtFortrolig', 'ugradert']));
  const found = await Promise.all(all.map((family, index) => world.since(family, from[index] ?? '')));
  assert.deepEqual(found.map(kindsIn), [
    ['PERSONPROFIL_SLETTET'],
    ['STUDENT_SLETTET'],
    ['SEMESTERREGISTRERING_SLETTET'],
    ['STUDENT_FJERNET_FRA_KLASSE'],
  ]);
  for (const { subject } of found.flat()) assert.equal(subject, null);
  const quiet = await Promise.all(all.map((family) => world.now(family)));
  await put(
    world,
    at.person,
    markedPersons(['strengtFortrolig', 'ugradert', 'strengtFortrolig', 'ugradert'])
      .map((one) => ({ ...one, maalform: 'NN' }))
      .slice(0, 1) as never,
  );
  for (const [index, family] of all.entries()) assert.deepEqual(await world.since(family, quiet[index] ?? ''), []);
  // Once it may be seen again it has come.
  await put(world, at.person, markedPersons(['ugradert', 'ugradert', 'strengtFortrolig', 'ugradert']));
  const back = await world.since('personProfilhendelser', quiet[0] ?? '');
  assert.deepEqual(kindsIn(back), ['PERSONPROFIL_OPPRETTET']);
  assert.equal(back[0]?.subjektId, found[0]?.[0]?.subjektId);
});

test('an event follows the grants: of what is not shown nothing is told', async () => {
  const family = 'personProfilhendelser';
  await onlyGrants(world, { ...following, withhold: ['national-id'] });
  const more = { fodselsnummer: identified(nationalId(9)), navn: { fornavn: 'K', etternavn: 'V' } };
  assert.deepEqual(await told(family, withKari(more)), ['PERSONPROFIL_ENDRET_NAVN']);
  const cursor = await world.now(family);
  await onlyGrants(world, following);
  assert.equal(await code(family, { after: cursor }), 'HUB-416');
  await onlyGrants(world, { actions: ['read', 'list'] });
  assert.equal(await code(family, {}), 'HUB-204');
});

/** The code of the error that a poll is answered with. */
const code = async (
  family: string,
  {
    after = null,
    owner: of = owner,
    kinds = '[PERSONPROFIL_OPPRETTET]',
    first = 100,
  }: { readonly after?: string | null; readonly owner?: string; readonly kinds?: string; readonly first?: number },
) => {
  const query = `query($after: String) { ${family}(filter: { eierOrganisasjonskode: "${of}", hendelsestyper: ${kinds} }, after: $after, first: ${first}) { pageInfo { endCursor } } }`;
  const { body } = await world.post({ query, variables: { after } }, { headers: everyFlag });
  return body.errors?.[0]?.extensions.code;
};

test('what is left of a change is told to those alone who may still follow', async () => {
  const family = 'personProfilhendelser';
  const from = await world.now(family);
  await withKari({ navn: { fornavn: 'K', etternavn: 'V' }, privatEpost: 'k@test.no' })();
  const page = await world.page(family, { after: from, first: 1 });
  const kinds = '[PERSONPROFIL_ENDRET_PRIVAT_EPOST]';
  const left = { after: page.pageInfo.endCursor, kinds, first: 1 };
  assert.equal(await code(family, left), undefined);
  await onlyGrants(world, { actions: ['read', 'list'] });
  assert.equal(await code(family, left), 'HUB-204');
  await onlyGrants(world, { ...following, withhold: ['national-id'] });
  assert.equal(await code(family, left), 'HUB-416');
  await onlyGrants(world, following);
  assert.equal(await code(family, left), undefined);
  world.clock.move(limits.eventRetentionDays * dayMs + 1);
  assert.equal(await code(family, left), 'HUB-416');
});

test('what is left of a change is not told of who is hidden by then, and the going is', async () => {
  const more = { navn: { fornavn: 'K', etternavn: 'V' }, privatEpost: 'k@test.no', arbeidsEpost: 'a@test.no' };
  for (const family of ['personProfilhendelser', 'studenthendelser']) {
    const from = await world.now(family);
    await withKari(more)();
    const whole = kindsIn(await world.since(family, from));
    assert.ok(whole.length > 1);
    const page = await world.page(family, { after: from, first: 1 });
    await put(world, at.person, [{ ...kari, ...more, adressebeskyttelse: 'strengtFortrolig' } as never]);
    const gone = family === 'studenthendelser' ? 'STUDENT_SLETTET' : 'PERSONPROFIL_SLETTET';
    for (const first of [1, 100])
      assert.deepEqual(kindsIn(await world.since(family, page.pageInfo.endCursor, { first })), [gone]);
    // Nor by kinds that are asked for only now.
    const others = { after: page.pageInfo.endCursor, kinds: whole.slice(1) };
    assert.deepEqual((await world.page(family, others)).nodes, []);
    await withKari({})();
  }
});

/** A cursor of such parts. */
const made = (...parts: readonly (string | undefined)[]) => Buffer.from(parts.join(' ')).toString('base64url');

test('a cursor is of one application, one organisation and one family, and none of its parts goes with another', async () => {
  const family = 'personProfilhendelser';
  await onlyGrants(world, following, { ...following, application: 'other' }, { ...following, organisation: dal });
  const from = await world.now(family);
  const change = withKari({ navn: { fornavn: 'K', etternavn: 'V' }, privatEpost: 'k@test.no' });
  await change();
  const { endCursor: left } = (await world.page(family, { after: from, first: 1 })).pageInfo;
  const next = (await world.page(family, { after: from })).pageInfo.endCursor;
  const ask = async (after: string, as = principal(), of = family) => {
    const query = `query($after: String) { page: ${of}(filter: { eierOrganisasjonskode: "${owner}", hendelsestyper: [${of === family ? 'PERSONPROFIL_ENDRET_NAVN' : 'ENDRET_NAVN'}] }, after: $after) { nodes { id } pageInfo { endCursor } } }`;
    const { body } = await world.post({ query, variables: { after } }, { headers: everyFlag, as });
    return body.errors?.[0]?.extensions.code ?? 'told';
  };
  const [own, rest] = Buffer.from(left, 'base64url').toString().split(' ');
  const [ahead] = Buffer.from(next, 'base64url').toString().split(' ');
  for (const cursor of [from, left, next]) {
    assert.equal(await ask(cursor), 'told');
    assert.equal(await ask(cursor, principal('other')), 'HUB-410');
    assert.equal(await ask(cursor, principal(), 'studenthendelser'), 'HUB-410');
    assert.equal(await ask(cursor, principal('app', dal)), 'HUB-410');
  }
  const forged = [
    made(ahead, rest),
    made(own, own),
    made(rest, rest),
    made(rest),
    made('', rest),
    made(`${own}A`, rest),
    made(own?.toLowerCase(), rest),
    made(own, `${rest}A`),
    made(own, ''),
    made('0', '0'),
  ];
  for (const cursor of forged) assert.equal(await ask(cursor), 'HUB-410', cursor.slice(0, 40));
  // What no answer can have given.
  for (const cursor of ['x', '', ' ', 'A'.repeat(limits.cursorLength + 4)])
    assert.equal(await ask(cursor), 'HUB-103', cursor.slice(0, 40));
});

test('foreign, broken and old cursors, other owners and no kinds are errors', async () => {
  const family = 'personProfilhendelser';
  const cursor = await world.now(family);
  assert.equal(await code(family, { after: await world.now('emnehendelser') }), 'HUB-410');
  assert.equal(await code(family, { after: 'AAAA' }), 'HUB-410');
  assert.equal(await code(family, { owner: '0186' }), 'HUB-204');
  assert.equal(await code(family, { owner: '07777' }), undefined);
  assert.equal(await code(family, { kinds: '[]' }), 'HUB-103');
  world.clock.move(limits.eventRetentionDays * dayMs + 1);
  assert.equal(await code(family, { after: cursor }), 'HUB-416');
});

/** The families that some flags open. */
const names = async (flags: string): Promise<readonly string[]> => {
  const { body } = await world.post(
    { query: '{ __schema { queryType { fields { name } } } }' },
    { headers: { 'feature-flags': flags } },
  );
  const fields = body.data?.['__schema']?.['queryType']?.['fields'] as unknown as readonly {
    readonly name: string;
  }[];
  return fields.map(({ name }) => name).filter((name) => /hendelser$/i.test(name));
};

test('families are there under their contracts', async () => {
  assert.deepEqual(await names(''), ['personProfilhendelser', 'studenthendelser']);
  assert.deepEqual(await names('beta'), [
    'emnehendelser',
    'evukurshendelser',
    'personProfilhendelser',
    'studenthendelser',
    'studieprogramhendelser',
    'timeplanrollehendelser',
  ]);
  assert.equal((await names('beta, experimental')).length, 20);
});

test('the old name of the argument is taken where the original has it', async () => {
  const from = await world.now('studenthendelser');
  await withKari({ navn: { fornavn: 'K', etternavn: 'V' } })();
  const query = `query($after: String) { studenthendelser(filter: { eierOrganisasjonskode: "7777", hendelsestype: [ENDRET_NAVN] }, after: $after) { nodes { hendelsestype ... on Hendelse { tidspunkt } } } }`;
  const found = await world.data(query, { after: from }, { headers: {} });
  assert.equal(found['studenthendelser']?.['nodes']?.[0]?.['hendelsestype'], 'ENDRET_NAVN');
});

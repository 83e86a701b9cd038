// What holds when several are at it: two processes with one address, two calls with one number, calls that are sent again, batches of which one row fails
// when others are written, and sources that say no, say nothing, or say it late.
import assert from 'node:assert/strict';
import test, { after, beforeEach } from 'node:test';
import { systemRandom, type Random } from '#base/random.ts';
import type { WriteEvent } from '#store/store.ts';
import { nationalIds } from '../../../e2e/deliveries.ts';
import { grant, principal } from '../../../hub/world.ts';
import { at, everyFlag, idOf, plainId, type Sent } from '../fs-world.ts';
import {
  also,
  done,
  everything,
  openMutationWorld,
  sourceOwned,
  wrong,
  type MutationWorld,
  type Payload,
} from './mutation-world.ts';

// What chance gives next, before it is chance.
const drawn: number[] = [];
const random: Random = {
  ...systemRandom,
  bytes: (size) => {
    const next = drawn.shift();
    return next === undefined ? systemRandom.bytes(size) : Buffer.alloc(size, next);
  },
};

let world: MutationWorld;
let open: MutationWorld | null = null;
beforeEach(async () => {
  drawn.length = 0;
  await open?.close();
  open = world = await openMutationWorld({ random, waitMs: 150 });
});
after(() => open?.close());

const person = (number: number): string => idOf(at.person, `10${number}`);
const student = (number: number): string => idOf(at.student, `10${number}`);
const [nin = '', second = '', third = ''] = nationalIds.slice(10);
const newStudent = (fodselsnummer: string, more: object = {}) => ({
  eierOrganisasjonskode: '7777',
  student: {
    fodselsnummer,
    fornavn: 'Ronja',
    etternavn: 'Borkadatter',
    kjonn: 'KVINNE',
    adressebeskyttelse: 'ugradert',
    ...more,
  },
  studierett: {
    kullId: idOf(at.cohort, 'TEST-BA,2026,VÅR'),
    terminId: idOf(at.term, '2026,VÅR'),
    studentstatusId: plainId(also.studentStatus, 'SS1'),
    studierettstatusId: plainId(also.rightStatus, 'SR1'),
    fraDato: '2026-01-10',
  },
});

const kindsOf = (payloads: readonly Payload[]): readonly string[] =>
  payloads.map(({ errors }) => errors.map(({ __typename }) => __typename).join()).toSorted();

// --- Two processes ---------------------------------------------------------------------------------------------------------------

test('of two persons whom two processes give one address at once, one gets it', async () => {
  const elsewhere = await world.elsewhere();
  const name = 'angiBrukerinformasjonForPersonProfiler';
  for (let round = 0; round < 8; round += 1) {
    const institusjonsEpost = `felles${round}@test.no`;
    const row = (number: number) => [{ personProfilId: person(number), institusjonsEpost }];
    const both = await Promise.all([world.call(name, row(1)), elsewhere(name, row(4))]);
    const [first, other = ''] = kindsOf(both);
    assert.equal(first, '', other);
    assert.ok(['EndretSamtidig', 'InstitusjonsepostErIkkeUnik'].includes(other), `round ${round}: ${other}`);
  }
});

test('of two students whom two processes give one ESI at once, one gets it', async () => {
  const elsewhere = await world.elsewhere();
  const name = 'registrerEsiForStudenter';
  for (let round = 0; round < 8; round += 1) {
    const esiId = `urn:schac:personalUniqueCode:int:esi:test.no:${round}`;
    const row = (number: number) => [{ studentVedLarestedId: student(number), esiId }];
    const [first, other = ''] = kindsOf(await Promise.all([world.call(name, row(1)), elsewhere(name, row(2))]));
    assert.equal(first, '', other);
    assert.ok(['EndretSamtidig', 'EsiErIkkeUnik'].includes(other), `round ${round}: ${other}`);
  }
});

test('what may be there once is there once, whichever process makes it', async () => {
  const elsewhere = await world.elsewhere();
  const timetable = {
    undervisningsaktivitetId: idOf(at.activity, '7777,TST1000,1,2026,VÅR,1,F1'),
    timeplannummer: 1,
    fra: '08:15',
    til: '10:00',
    arstall: 2026,
  };
  const text = {
    emneId: idOf(at.course, '7777,TST1000,1'),
    sprakId: plainId(also.language, 'SP1'),
    tekstkategoriId: plainId(also.category, 'TK1'),
    innhold: 'Mål',
  };
  const once: readonly (readonly [string, object])[] = [
    ['leggTilStatsborgerskap', { personProfilId: person(1), landId: plainId(at.country, 'L1') }],
    ['opprettTimeplaner', timetable],
    ['registrerStudentkort', { studentVedLarestedId: student(1), studentkortnummer: 'K1' }],
    ['opprettStudenter', newStudent(nin)],
  ];
  for (const [name, row] of once) {
    const [first, other] = kindsOf(await Promise.all([world.call(name, [row]), elsewhere(name, [row])]));
    assert.equal(first, '', `${name}: ${other}`);
    assert.notEqual(other, '', name);
  }
  const consent = { personProfilId: person(1), samtykkekravId: plainId(also.demand, 'SK1'), gittSamtykke: true };
  await Promise.all([
    world.call('registrerSamtykkeForPersonProfiler', [consent]),
    elsewhere('registrerSamtykkeForPersonProfiler', [{ ...consent, gittSamtykke: false }]),
    world.call('angiEmnebeskrivelse', [text]),
    elsewhere('angiEmnebeskrivelse', [{ ...text, innhold: 'Andre mål' }]),
  ]);
  const data = await world.data(
    `{ a: node(id: "${student(1)}") { ... on StudentVedLarested { samtykker { totalCount } } }
       b: node(id: "${text.emneId}") { ... on Emne { beskrivelsesavsnitt { totalCount } } } }`,
  );
  assert.deepEqual(data, { a: { samtykker: { totalCount: 1 } }, b: { beskrivelsesavsnitt: { totalCount: 1 } } });
});

// --- Rows together ---------------------------------------------------------------------------------------------------------------

const same = (more: object) => world.call('opprettStudenter', [newStudent(nin, more), newStudent(second, more)]);

test('rows that could stand alone and not together are refused, at the second', async () => {
  assert.deepEqual(wrong(await same({ privatEpost: 'a@skog.test' })), [
    'PrivatEpostErIkkeUnik input.1.student.privatEpost',
  ]);
  assert.deepEqual(wrong(await same({ studentnummer: '900900' })), ['UgyldigInput input.1.student.studentnummer']);
  assert.equal(done(await same({})).length, 2);
});

const ofLand = (land: string) => ({
  eierOrganisasjonskode: '7777',
  passnummer: 'AB12345',
  landId: plainId(at.country, land),
  fodselsdato: '1980-02-03',
  fornavn: 'A',
  etternavn: 'B',
  kjonn: 'MANN',
  adressebeskyttelse: 'ugradert',
});

test('a passport is one with its country', async () => {
  assert.deepEqual(wrong(await world.call('opprettFagpersonerGittPass', [ofLand('L1'), ofLand('L1')])), [
    'UgyldigInput input.1.passnummer',
  ]);
  assert.equal(done(await world.call('opprettFagpersonerGittPass', [ofLand('L1'), ofLand('L2')])).length, 2);
});

test('when the last row fails in the store, what the first has written is undone', async () => {
  await grant(world, { ...everything, application: 'other', clearance: 3 } as Parameters<typeof grant>[1]);
  const hidden = newStudent(third, { adressebeskyttelse: 'fortrolig', studentnummer: '900100' });
  await world.call('opprettStudenter', [hidden], 'id', { as: principal('other') });
  const before = await world.position();
  const rows = [newStudent(nin), newStudent(second, { studentnummer: '900100' })];
  assert.deepEqual(wrong(await world.call('opprettStudenter', rows)), [
    'StudentFinnesAllerede input.1.student.studentnummer',
  ]);
  assert.equal(await world.position(), before);
  assert.equal(done(await world.call('opprettStudenter', [newStudent(nin)])).length, 1);
});

test('a number that is drawn twice is drawn again, and nobody is told that another has it', async () => {
  drawn.push(0, 0);
  const [first] = done(await world.call('opprettStudenter', [newStudent(nin)], 'studentnummer'));
  assert.equal(first?.['studentnummer'], '10000000');
  drawn.push(0, 0, 7, 7);
  const [other] = done(await world.call('opprettStudenter', [newStudent(second)], 'studentnummer'));
  assert.notEqual(other?.['studentnummer'], '10000000');
  // A number that is given is not drawn.
  assert.deepEqual(wrong(await world.call('opprettStudenter', [newStudent(third, { studentnummer: '10000000' })])), [
    'StudentFinnesAllerede input.0.student.studentnummer',
  ]);
});

// --- Again -----------------------------------------------------------------------------------------------------------------------

const under = (key: string, more: Sent = {}): Sent => ({ headers: { ...everyFlag, 'idempotency-key': key }, ...more });

const fee = (terminkode: string) => ({ studentVedLarestedId: student(1), arstall: 2026, terminkode, erBetalt: true });
const telephone = (type: string) => ({ personProfilId: person(1), type, nummer: '22000000' });

test('a call that is sent again gets the payload of the first, row by row', async () => {
  const calls: readonly (readonly [string, readonly object[]])[] = [
    ['registrerSemesteravgiftBetaltForStudenter', [fee('HØST'), fee('VÅR')]],
    ['endreTelefonnumre', [telephone('HJEM'), telephone('MOBIL')]],
    [
      'opprettStudenter',
      [
        newStudent(nin, { adressebeskyttelse: 'fortrolig' }),
        newStudent(second),
        newStudent(third, { adressebeskyttelse: null }),
      ],
    ],
    [
      'registrerPermisjonForStudenter',
      ['2026-03-01', '2026-05-01'].map((day) => ({
        programStudierettId: idOf(at.right, '101,TEST-BA,2026,VÅR'),
        fraDato: day,
        tilDato: day,
      })),
    ],
  ];
  for (const [name, rows] of calls) {
    const first = await world.call(name, rows, 'id', under(name));
    assert.deepEqual(first.errors, [], name);
    assert.equal(first.result.length, rows.length, name);
    const before = await world.position();
    assert.deepEqual(await world.call(name, rows, 'id', under(name)), first);
    assert.equal(await world.position(), before);
  }
});

test('a key is that of one application', async () => {
  await grant(world, { ...everything, application: 'other' });
  const row = (number: number) => [{ personProfilId: person(number), landId: plainId(at.country, 'L1') }];
  done(await world.call('leggTilStatsborgerskap', row(1), 'id', under('k')));
  const [made] = done(await world.call('leggTilStatsborgerskap', row(4), 'id', under('k', { as: principal('other') })));
  assert.equal(made?.['id'], person(4));
});

// --- Sources ---------------------------------------------------------------------------------------------------------------------

const row = [
  { programStudierettId: idOf(at.right, '102,TEST-BA,2026,VÅR'), kullklasseId: idOf(at.klass, 'TEST-BA,2026,VÅR,A') },
];
const state = async (id: string) => {
  const data = await world.data('query($id: ID!) { skriving(id: $id) { tilstand meldinger } }', { id });
  return data['skriving'];
};

const asked = async (): Promise<WriteEvent> => {
  for (let tries = 0; tries < 200; tries += 1) {
    const [event] = await world.poll(at.membership);
    if (event !== undefined) return event;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return assert.fail('nothing was asked');
};

test('sources that refuse, fail and disagree are told apart', async () => {
  await world.owned(sourceOwned);
  for (const [given, type] of [
    ['rejected', 'AvvistAvKilden'],
    ['failed', 'AvvistAvKilden'],
    ['conflict', 'EndretSamtidig'],
  ] as const) {
    const [payload] = await Promise.all([
      world.call('fordelStudenterIKlasser', row),
      asked().then(async ({ id, value }) => {
        const resource = JSON.parse(value ?? '') as object;
        const resources = given === 'conflict' ? [{ identifier: null, resource }] : [];
        assert.equal(await world.answer(id, { state: given, message: 'Nei.', resources }), 'ok');
      }),
    ]);
    assert.deepEqual(wrong(payload), [`${type} input.0.kullklasseId`], given);
  }
});

test('a source that never answers, and one that answers too late, have not written anything', async () => {
  await world.owned(sourceOwned);
  const payload = await world.call('fordelStudenterIKlasser', row);
  assert.deepEqual(wrong(payload), ['SvarVentes input']);
  const id = payload.errors[0]?.id ?? '';
  assert.deepEqual(await state(id), { tilstand: 'VENTER', meldinger: [] });
  // Nothing else is decided about the same meanwhile.
  assert.deepEqual(wrong(await world.call('fordelStudenterIKlasser', row)), ['SvarVentes input']);
  world.clock.move(16 * 60_000);
  assert.equal((await state(id))?.['tilstand'], 'UTLOPT');
  assert.notEqual(await world.answer(id, { state: 'accepted' }), 'ok');
  assert.equal((await state(id))?.['tilstand'], 'UTLOPT');
});

// Who is made by a mutation is no less protected than is known of him: whoever is not said to be unprotected is shown to nobody where persons are marked
// (facts trust 3.2). Whoever made him is told that it has been done, and by which id; and learns nothing of whom it may not see.
import assert from 'node:assert/strict';
import test, { after, beforeEach } from 'node:test';
import { nationalIds } from '../../../e2e/deliveries.ts';
import { dal, grant, onlyGrants, principal, put } from '../../../hub/world.ts';
import { at, idOf, plainId } from '../fs-world.ts';
import {
  also,
  done,
  everything,
  hubOwned,
  sourceOwned,
  openMutationWorld,
  wrong,
  type MutationWorld,
  type Payload,
} from './mutation-world.ts';

let world: MutationWorld;
let open: MutationWorld | null = null;
beforeEach(async () => {
  await open?.close();
  open = world = await openMutationWorld();
  await grant(world, { ...everything, application: 'other', clearance: 3 } as Parameters<typeof grant>[1]);
});
after(() => open?.close());

const cleared = { as: principal('other') };
const [nin = '', second = '', third = ''] = nationalIds.slice(20);

const student = (fodselsnummer: string, more: object = {}) => ({
  eierOrganisasjonskode: '7777',
  student: { fodselsnummer, fornavn: 'Ronja', etternavn: 'Borkadatter', kjonn: 'KVINNE', ...more },
  studierett: {
    kullId: idOf(at.cohort, 'TEST-BA,2026,VÅR'),
    terminId: idOf(at.term, '2026,VÅR'),
    studentstatusId: plainId(also.studentStatus, 'SS1'),
    studierettstatusId: plainId(also.rightStatus, 'SR1'),
    fraDato: '2026-01-10',
  },
});
const staff = (fodselsnummer: string, more: object = {}) => ({
  eierOrganisasjonskode: '7777',
  fodselsnummer,
  fornavn: 'Mattis',
  etternavn: 'Skog',
  kjonn: 'MANN',
  ...more,
});

const show = 'id personProfil { fodselsnummer adressebeskyttelse }';
const make = (rows: readonly object[], sent = {}) => world.call('opprettStudenter', rows, show, sent);
const shown = ({ result }: Payload): readonly unknown[] => [...result];

/** Takes so many of what waits for its source, and says of persons how protected they are. */
const answered = async (count: number, adressebeskyttelse: string): Promise<void> => {
  let left = count;
  for (let tries = 0; tries < 400 && left > 0; tries += 1) {
    for (const path of [at.person, at.student, at.right])
      for (const { id, value } of await world.poll(path)) {
        const sent = JSON.parse(value ?? '') as object;
        const resource = path === at.person ? { ...sent, adressebeskyttelse } : sent;
        assert.equal('adressebeskyttelse' in sent, false);
        assert.equal(await world.answer(id, { resources: [{ identifier: null, resource }] }), 'ok');
        left -= 1;
      }
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  assert.equal(left, 0);
};

const nodesAre = async (ids: readonly (string | null)[], sent = {}): Promise<readonly unknown[]> => {
  const data = await world.data('query($ids: [ID!]!) { nodes(ids: $ids) { id } }', { ids }, sent);
  return [...(data['nodes'] ?? [])];
};

test('whoever is not said to be unprotected is shown to nobody, and who made him is told the id', async () => {
  const payload = await make([student(nin), student(second, { adressebeskyttelse: 'ugradert' }), student(third)]);
  assert.deepEqual(payload.errors, []);
  const ids = payload.ids ?? [];
  assert.deepEqual(
    ids.map((one) => typeof one),
    ['string', 'string', 'string'],
  );
  assert.deepEqual(shown(payload), [
    null,
    { id: ids[1], personProfil: { fodselsnummer: second, adressebeskyttelse: 'ugradert' } },
    null,
  ]);
  // Neither by its id nor by the number nor in a list; and it is no id that can be written by.
  assert.deepEqual(await nodesAre(ids), [null, { id: ids[1] }, null]);
  const found = await world.data(
    `query($n: [String!]!) { personProfilerGittFodselsnumre(eierOrganisasjonskode: "7777", fodselsnumre: $n) { fodselsnummer } }`,
    { n: [nin, second] },
  );
  assert.deepEqual(found['personProfilerGittFodselsnumre'], [null, { fodselsnummer: second }]);
  const card = { studentVedLarestedId: ids[0], studentkortnummer: 'K1' };
  assert.deepEqual(wrong(await world.call('registrerStudentkort', [card])), ['UgyldigId input.0.studentVedLarestedId']);
  assert.deepEqual(
    await nodesAre(ids, cleared),
    ids.map((id) => ({ id })),
  );
});

test('once its source says that he is not protected, the id is that of the student', async () => {
  const payload = await make([student(nin)]);
  const [id = null] = payload.ids ?? [];
  const cleared3 = await world.data(
    'query($id: ID!) { node(id: $id) { ... on StudentVedLarested { personProfil { personlopenummer } } } }',
    { id },
    { ...cleared, headers: { 'feature-flags': 'beta, experimental' } },
  );
  const key = String(cleared3['node']?.['personProfil']?.['personlopenummer']);
  await put(world, at.person, [
    {
      personlopenummer: { identifikatorverdi: key },
      systemId: { identifikatorverdi: 'NY' },
      naturligNokkel: { identifikatorverdi: key },
      fodselsnummer: { identifikatorverdi: nin },
      kjonn: 'KVINNE',
      adressebeskyttelse: 'ugradert',
    },
  ]);
  assert.deepEqual(await nodesAre([id]), [{ id }]);
});

test('staff by number and by passport is kept back alike', async () => {
  const byNumber = await world.call('opprettFagpersonerGittFodselsnumre', [staff(nin)]);
  const { fodselsnummer: _, ...rest } = staff('');
  const pass = { ...rest, passnummer: 'AB12345', landId: plainId(at.country, 'L2'), fodselsdato: '1980-02-03' };
  const byPass = await world.call('opprettFagpersonerGittPass', [pass]);
  for (const payload of [byNumber, byPass]) {
    assert.deepEqual([payload.errors, shown(payload)], [[], [null]]);
    assert.deepEqual(await nodesAre(payload.ids ?? []), [null]);
    assert.deepEqual(
      await nodesAre(payload.ids ?? [], cleared),
      (payload.ids ?? []).map((id) => ({ id })),
    );
  }
});

test('where nobody is marked, nothing is unknown of anybody', async () => {
  await world.owned(hubOwned, dal);
  await grant(world, { ...everything, organisation: dal });
  const sent = { as: principal('app', dal) };
  const payload = await world.call(
    'opprettFagpersonerGittFodselsnumre',
    [staff(nin)],
    'personProfil { fodselsnummer adressebeskyttelse }',
    sent,
  );
  assert.deepEqual(done(payload), [{ personProfil: { fodselsnummer: nin, adressebeskyttelse: null } }]);
});

test('where a source decides, it says how protected he is whom it has made', async () => {
  await world.owned(sourceOwned);
  for (const [number, grade] of [
    [nin, 'fortrolig'],
    [second, 'ugradert'],
  ] as const) {
    const [payload] = await Promise.all([make([student(number)]), answered(3, grade)]);
    assert.deepEqual(payload.errors, []);
    assert.deepEqual(payload.ids, [null]);
    const [made = null] = shown(payload) as readonly ({ readonly personProfil: object } | null)[];
    assert.deepEqual(
      made?.personProfil ?? null,
      grade === 'ugradert' ? { fodselsnummer: number, adressebeskyttelse: grade } : null,
    );
  }
});

test('whoever gives a grade that it may not see makes what it does not see, and one that is no grade makes nothing', async () => {
  for (const [number, grade] of [
    [nin, 'fortrolig'],
    [second, 'strengtFortrolig'],
    [third, 'klientadresse'],
  ] as const)
    assert.deepEqual(shown(await make([student(number, { adressebeskyttelse: grade })])), [null]);
  assert.deepEqual(wrong(await make([student(nationalIds[30] ?? '', { adressebeskyttelse: 'ukjent' })])), [
    'UgyldigInput input.0.student.adressebeskyttelse',
  ]);
});

test('whoever is there keeps his marking, whatever a row says', async () => {
  done(
    await world.call(
      'opprettFagpersonerGittFodselsnumre',
      [staff(nin, { adressebeskyttelse: 'fortrolig' })],
      'id',
      cleared,
    ),
  );
  // Who sees him uses him as he is.
  const used = await world.call(
    'opprettStudenter',
    [student(nin, { adressebeskyttelse: 'ugradert' })],
    'personProfil { adressebeskyttelse }',
    cleared,
  );
  assert.deepEqual(done(used), [{ personProfil: { adressebeskyttelse: 'fortrolig' } }]);
  assert.deepEqual(wrong(await make([student(nin)], {})), ['FodselsnummerErIkkeUnikt input.0.student.fodselsnummer']);
});

test('of whom it does not see, an application is told one thing whatever the marking, and nothing is changed', async () => {
  const grades = ['klientadresse', 'fortrolig', 'strengtFortrolig', null];
  const answers = new Set<string>();
  for (const [index, grade] of grades.entries()) {
    const number = nationalIds[30 + index] ?? '';
    const row = staff(number, grade === null ? {} : { adressebeskyttelse: grade });
    assert.deepEqual((await world.call('opprettFagpersonerGittFodselsnumre', [row], 'id', cleared)).errors, []);
    const before = await world.position();
    for (const given of [{}, { adressebeskyttelse: 'ugradert' }, { adressebeskyttelse: 'strengtFortrolig' }])
      answers.add(JSON.stringify(await make([student(number, given)])));
    assert.equal(await world.position(), before);
  }
  assert.equal(answers.size, 1, [...answers].join('\n'));
});

const card = (number: string, by: string) => ({
  studentVedLarestedId: idOf(at.student, by),
  studentkortnummer: number,
});

test('that a card is somebody’s is told in one way, whether the application sees whose', async () => {
  done(await world.call('registrerStudentkort', [card('K1', '101')]));
  done(await world.call('registrerStudentkort', [card('K3', '103')], 'id', cleared));
  const [seen, hidden] = [
    await world.call('registrerStudentkort', [card('K1', '102')]),
    await world.call('registrerStudentkort', [card('K3', '102')]),
  ];
  assert.deepEqual(hidden, seen);
  assert.deepEqual(wrong(hidden), ['FinnesAllerede input.0.studentkortnummer']);
});

test('the identifier that is taken is the one that is named', async () => {
  const hidden = { adressebeskyttelse: 'fortrolig', feideBruker: 'skjult@test.no', ansattnummer: 'A1' };
  await world.call('opprettFagpersonerGittFodselsnumre', [staff(nin, hidden)], 'id', cleared);
  const attempt = async (more: object) =>
    wrong(await world.call('opprettFagpersonerGittFodselsnumre', [staff(second, more)]));
  assert.deepEqual(await attempt({ feideBruker: 'skjult@test.no' }), ['FeideBrukerErIkkeUnik input.0.feideBruker']);
  assert.deepEqual(await attempt({ ansattnummer: 'A1' }), ['FinnesAllerede input.0.ansattnummer']);
  assert.deepEqual(await attempt({ fodselsnummer: nin }), ['FodselsnummerErIkkeUnikt input.0.fodselsnummer']);
  const made = await world.call('opprettStudenter', [student(third, { studentnummer: '900100' })], 'id', cleared);
  assert.deepEqual(made.errors, []);
  assert.deepEqual(wrong(await make([student(second, { studentnummer: '900100' })])), [
    'StudentFinnesAllerede input.0.student.studentnummer',
  ]);
});

test('a field that is withheld is not needed where it is not given, and not written where it is', async () => {
  const { attributes, relations } = {
    attributes: [
      'systemId',
      'naturligNokkel',
      'personlopenummer',
      'fodselsnummer',
      'fodselsnummertype',
      'pass',
      'navn',
      'kjonn',
      'larested',
    ],
    relations: ['larested', 'student'],
  };
  const person = { ...everything, collections: [at.person], fields: [...attributes, ...relations] };
  const others = { ...everything, withhold: ['adressebeskyttelse'] };
  await onlyGrants(
    world,
    ...Object.values(at)
      .filter((path) => path !== at.person)
      .map((path) => ({ ...others, withhold: [], collections: [path] })),
    { ...everything, collections: [also.studentStatus] },
    { ...everything, collections: [also.rightStatus] },
    person,
  );
  assert.deepEqual((await world.call('opprettStudenter', [student(nin)])).errors, []);
  assert.deepEqual(wrong(await world.call('opprettStudenter', [student(second, { adressebeskyttelse: 'ugradert' })])), [
    'IkkeAutorisertError input.0.student.adressebeskyttelse',
  ]);
  // What is to be nobody's cannot be known to be.
  assert.deepEqual(wrong(await world.call('opprettStudenter', [student(second, { privatEpost: 'a@skog.test' })])), [
    'IkkeAutorisertError input.0.student.privatEpost',
  ]);
});

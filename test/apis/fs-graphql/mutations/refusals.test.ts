// What becomes of a mutation that cannot be carried out, or not yet: who may, whose ids, two at once, sources that decide, keys of requests, bounds, and
// what is left in the audit.
import assert from 'node:assert/strict';
import test, { after, beforeEach } from 'node:test';
import { limits } from '#base/limits.ts';
import type { AnswerToEvent } from '#ingest/events-answer.ts';
import type { AuditRecord, Grant } from '#store/store.ts';
import { nationalIds } from '../../../e2e/deliveries.ts';
import { dal, fjord, grant, nationalId, onlyGrants, principal } from '../../../hub/world.ts';
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

let world: MutationWorld;
let open: MutationWorld | null = null;
beforeEach(async () => {
  await open?.close();
  open = world = await openMutationWorld();
});
after(() => open?.close());

const right = (person: number, of = '7777'): string => idOf(at.right, `10${person},TEST-BA,2026,VÅR`, of);
const person = (number: number): string => idOf(at.person, `10${number}`);
const klass = (key = 'TEST-BA,2026,VÅR,A'): string => idOf(at.klass, key);
const place = (number: number, sent: Sent = {}) =>
  world.call('fordelStudenterIKlasser', [{ programStudierettId: right(number), kullklasseId: klass() }], 'id', sent);
const dead = (numbers: readonly number[], sent: Sent = {}) =>
  world.call(
    'registrerMeldingerOmDodsfall',
    numbers.map((one) => ({ personProfilId: person(one) })),
    'erDod',
    sent,
  );
const leave = (fraDato: string, tilDato: string) =>
  world.call('registrerPermisjonForStudenter', [{ programStudierettId: right(1), fraDato, tilDato }]);

const refused = async (call: () => Promise<Payload>): Promise<readonly string[]> => {
  const before = await world.position();
  const errors = wrong(await call());
  assert.equal(await world.position(), before);
  return errors;
};

const audited = async (): Promise<readonly AuditRecord[]> => {
  const tenant = await world.store.tenant(fjord);
  return tenant.audit({ limit: 1_000 });
};

// --- Who may -------------------------------------------------------------------------------------------------------------------

test('who may not write is told that and nothing else', async () => {
  await onlyGrants(world, { actions: ['read', 'list'] });
  assert.deepEqual(await refused(() => place(2)), ['IkkeAutorisertError input']);
  const rows = [{ programStudierettId: 'tull', kullklasseId: klass() }];
  assert.deepEqual(await refused(() => world.call('fordelStudenterIKlasser', rows)), ['IkkeAutorisertError input']);
  await onlyGrants(world);
  assert.deepEqual(await refused(() => place(2)), ['IkkeAutorisertError input']);
});

test('what nobody may write is written by nobody', async () => {
  await world.owned([{ pattern: '*', policy: 'closed', deadlineMinutes: null }]);
  assert.deepEqual(await refused(() => place(2)), ['IkkeAutorisertError input']);
});

const whole = (path: string): Partial<Grant> => ({ ...everything, collections: [path] });

test('rules that depend on what the caller does not see are not taken for held', async () => {
  const hidden: Partial<Grant> = {
    ...everything,
    collections: [at.leave],
    fields: ['systemId', 'student', 'programStudieretter'],
  };
  await onlyGrants(
    world,
    ...Object.values(at)
      .filter((path) => path !== at.leave)
      .map(whole),
    hidden,
  );
  assert.deepEqual(await refused(() => leave('2027-01-01', '2027-02-01')), ['IkkeAutorisertError input.0.fraDato']);
});

test('attributes that the caller may not write are refused by the field that they come from', async () => {
  await onlyGrants(
    world,
    { actions: ['read', 'list'] },
    { actions: ['write'], fields: ['systemId', 'naturligNokkel', 'feideBruker'] },
  );
  const row = { personProfilId: person(1), feideBruker: 'ny@test.no', institusjonsEpost: 'ny@test.no' };
  assert.deepEqual(await refused(() => world.call('angiBrukerinformasjonForPersonProfiler', [row])), [
    'IkkeAutorisertError input.0.institusjonsEpost',
  ]);
});

test('what would go with more than the caller sees of it is not removed, and the row is named', async () => {
  const row = { personProfilId: person(1), landId: plainId(at.country, 'L1') };
  done(await world.call('leggTilStatsborgerskap', [row], 'id'));
  const citizenship = 'fs/person/statsborgerskap';
  await onlyGrants(
    world,
    { actions: ['read', 'list'] },
    ...Object.values(at).map((path) => ({ ...whole(path), id: path })),
    { ...whole(citizenship), id: 'some', fields: ['systemId', 'personProfil'] },
  );
  assert.deepEqual(await refused(() => world.call('fjernStatsborgerskap', [row])), [
    'IkkeAutorisertError input.0.personProfilId',
  ]);
  assert.deepEqual(
    await refused(() => world.call('angiStatsborgerskap', [{ personProfilId: person(1), landIder: [] }])),
    ['IkkeAutorisertError input.0.personProfilId'],
  );
  const [last] = (await audited()).filter(({ collection }) => collection === citizenship);
  assert.deepEqual([last?.decision, last?.rule], ['deny', 'HUB-403']);
  await onlyGrants(world, everything);
  done(await world.call('fjernStatsborgerskap', [row], 'id'));
});

// --- Whose ------------------------------------------------------------------------------------------------------------------------

test('ids of another owner, of nothing, of another class and of protected persons are one', async () => {
  const rows = [
    { programStudierettId: right(2, '186'), kullklasseId: klass() },
    { programStudierettId: right(9), kullklasseId: klass() },
    { programStudierettId: klass(), kullklasseId: klass() },
    { programStudierettId: right(3), kullklasseId: klass() },
    { programStudierettId: 'tull', kullklasseId: klass() },
    { programStudierettId: right(2, '07777'), kullklasseId: klass() },
  ];
  const payload = await world.call('fordelStudenterIKlasser', rows);
  assert.deepEqual(
    wrong(payload),
    [0, 1, 2, 3, 4].map((row) => `UgyldigId input.${row}.programStudierettId`),
  );
  assert.equal(new Set(payload.errors.map(({ message }) => message)).size, 1);
});

test('a token of another organisation reaches nothing here', async () => {
  await grant(world, { ...everything, organisation: dal });
  const sent = { as: principal('app', dal) };
  assert.deepEqual(await refused(() => place(2, sent)), [
    'UgyldigId input.0.programStudierettId',
    'UgyldigId input.0.kullklasseId',
  ]);
});

test('of somebody protected it is told that a number is taken, and no more', async () => {
  const row = { personProfilId: person(1), nyttFodselsnummer: nationalIds[60] };
  const taken = {
    eierOrganisasjonskode: '7777',
    fornavn: 'A',
    etternavn: 'B',
    kjonn: 'MANN',
    fodselsnummer: nationalIds[61],
    feideBruker: 'hemmelig@test.no',
  };
  assert.deepEqual(await refused(() => world.call('opprettFagpersonerGittFodselsnumre', [taken])), [
    'FeideBrukerErIkkeUnik input.0.feideBruker',
  ]);
  done(await world.call('registrerMeldingerOmFodselsnummerendring', [row], 'id'));
});

test('who is cleared for protected persons may change them', async () => {
  await onlyGrants(world, { ...everything, clearance: 3 } as Partial<Grant>);
  assert.deepEqual(done(await place(3, {})).length, 1);
});

// --- All or none ---------------------------------------------------------------------------------------------------------------

test('one bad row leaves all others unwritten', async () => {
  const rows = [2, 1, 9].map((one) => ({ programStudierettId: right(one), kullklasseId: klass() }));
  assert.deepEqual(await refused(() => world.call('fordelStudenterIKlasser', rows)), [
    'UgyldigId input.2.programStudierettId',
    'FinnesAllerede input.1.kullklasseId',
  ]);
  assert.equal(done(await place(2)).length, 1);
});

const activity = (number: number) => ({
  undervisningsenhetId: idOf(at.unitOfTeaching, '7777,TST1000,1,2026,VÅR,1'),
  kode: `A${number}`,
});

test('no rows are no change, and more than are taken are none', async () => {
  const before = await world.position();
  assert.deepEqual(done(await dead([])), []);
  const rows = Array.from({ length: limits.mutationRows }, (_, number) => activity(number));
  assert.deepEqual(wrong(await world.call('opprettUndervisningsaktiviteter', [...rows, activity(rows.length)])), [
    'UgyldigInput input',
  ]);
  assert.equal(await world.position(), before);
  assert.equal(done(await world.call('opprettUndervisningsaktiviteter', rows)).length, limits.mutationRows);
});

// --- Two at once ---------------------------------------------------------------------------------------------------------------

test('of two changes of one study right at once, one is carried out and the other told', async () => {
  const both = await Promise.all([leave('2027-01-01', '2027-06-01'), leave('2027-05-01', '2027-07-01')]);
  const kinds = both.map(({ errors }) => errors.map(({ __typename }) => __typename).join());
  assert.deepEqual(kinds.filter((one) => one === '').length, 1, kinds.join('; '));
  assert.ok(
    ['EndretSamtidig', 'PermisjonerOverlapper'].includes(kinds.find((one) => one !== '') ?? ''),
    kinds.join('; '),
  );
  // Nothing that was carried out is lost.
  const data = await world.data(
    `{ node(id: "${right(1)}") { ... on ProgramStudierett { permisjoner { totalCount } } } }`,
  );
  assert.equal(data['node']?.['permisjoner']?.['totalCount'], 2);
});

test('of two persons who are given one address at once, one gets it', async () => {
  const institusjonsEpost = 'felles@test.no';
  const all = await Promise.all(
    [1, 2, 4].map((number) =>
      world.call('angiBrukerinformasjonForPersonProfiler', [{ personProfilId: person(number), institusjonsEpost }]),
    ),
  );
  const kinds = all.map(({ errors }) => errors.map(({ __typename }) => __typename).join()).toSorted();
  assert.deepEqual(kinds, ['', 'InstitusjonsepostErIkkeUnik', 'InstitusjonsepostErIkkeUnik']);
});

const leaveIn = (name: string, from: string, to: string) =>
  `${name}: registrerPermisjonForStudenter(input: [{ programStudierettId: "${right(1)}", fraDato: "${from}", tilDato: "${to}" }]) { errors { __typename } }`;

test('mutations of one document come one after the other', async () => {
  const data = await world.data(
    `mutation { ${leaveIn('a', '2027-01-01', '2027-02-01')} ${leaveIn('b', '2027-02-01', '2027-03-01')} ${leaveIn('c', '2027-03-02', '2027-04-01')} }`,
  );
  assert.deepEqual(data, {
    a: { errors: [] },
    b: { errors: [{ __typename: 'PermisjonerOverlapper' }] },
    c: { errors: [] },
  });
});

// --- Sources that decide ---------------------------------------------------------------------------------------------------------

const answering = async (collection: string, more: Parameters<MutationWorld['answer']>[1] = {}): Promise<void> => {
  for (let tries = 0; tries < 200; tries += 1) {
    const events = await world.poll(collection);
    for (const { id, value } of events) {
      const resource = value === null ? null : (JSON.parse(value) as object);
      const resources: AnswerToEvent['resources'] =
        resource === null || more.state !== undefined ? [] : [{ identifier: null, resource }];
      assert.equal(await world.answer(id, { resources, ...more }), 'ok');
    }
    if (events.length > 0) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  assert.fail('nothing was asked');
};

test('what a source owns is written when the source has taken it', async () => {
  await world.owned(sourceOwned);
  const [payload] = await Promise.all([place(2), answering(at.membership)]);
  const [made] = done(payload);
  assert.equal(made?.['id'], idOf(at.membership, '102,TEST-BA,2026,VÅR,A'));
});

test('what a source has turned down is told by the row', async () => {
  await world.owned(sourceOwned);
  const more = { state: 'rejected', message: 'Klassen er full.' } as const;
  const [payload] = await Promise.all([place(2), answering(at.membership, more)]);
  assert.deepEqual(wrong(payload), ['AvvistAvKilden input.0.kullklasseId']);
  assert.match(payload.errors[0]?.message ?? '', /Klassen er full\.$/);
});

test('of what a source has not answered, the outcome can be asked for, by who asked and by nobody else', async () => {
  await world.owned(sourceOwned);
  const payload = await place(2);
  assert.deepEqual(wrong(payload), ['SvarVentes input']);
  const id = payload.errors[0]?.id ?? '';
  const ask = async (sent: Sent = {}) =>
    (
      await world.data(
        'query($id: ID!) { skriving(id: $id) { id tilstand sporIgjenEtterSekunder meldinger objekter { __typename id } } }',
        { id },
        sent,
      )
    )['skriving'];
  const waiting = await ask();
  assert.equal(waiting?.['tilstand'], 'VENTER');
  assert.equal(typeof waiting?.['sporIgjenEtterSekunder'], 'number');
  await answering(at.membership);
  assert.deepEqual(await ask(), {
    id,
    tilstand: 'SKREVET',
    sporIgjenEtterSekunder: null,
    meldinger: [],
    objekter: [{ __typename: 'Klassemedlemskap', id: idOf(at.membership, '102,TEST-BA,2026,VÅR,A') }],
  });
  await grant(world, { ...everything, application: 'other' });
  assert.equal(await ask({ as: principal('other') }), null);
});

test('what has different owners is not written', async () => {
  await world.owned([
    { pattern: at.student, policy: 'hub', deadlineMinutes: null },
    { pattern: '*', policy: 'source', deadlineMinutes: 15 },
  ]);
  const row = { studentVedLarestedId: idOf(at.student, '101'), arstall: 2026, terminkode: 'HØST', erBetalt: true };
  const payload = await world.call('registrerSemesteravgiftBetaltForStudenter', [row]);
  assert.deepEqual(wrong(payload), ['UgyldigInput input']);
  assert.match(payload.errors[0]?.message ?? '', /flere eiere/);
});

test('what has been changed is told whether somebody waits for it or not', async () => {
  const sent: Sent = { headers: everyFlag, signal: AbortSignal.abort() };
  assert.equal(done(await place(2, sent)).length, 1);
});

// --- Keys of requests ---------------------------------------------------------------------------------------------------------

test('a call is carried out once under a key, and another call under it is an error', async () => {
  const sent: Sent = { headers: { ...everyFlag, 'idempotency-key': 'k1' } };
  const first = done(await place(2, sent));
  const before = await world.position();
  assert.deepEqual(done(await place(2, sent)), first);
  assert.equal(await world.position(), before);
  const query =
    'mutation($i: [FordelStudenterIKlasserInput!]!) { fordelStudenterIKlasser(input: $i) { errors { __typename } } }';
  const variables = { i: [{ programStudierettId: right(1), kullklasseId: klass('TEST-BA,2026,VÅR,B') }] };
  const { body } = await world.post({ query, variables }, sent);
  assert.equal(body.errors?.[0]?.extensions.code, 'HUB-413', JSON.stringify(body));
  // Of changes that are the same again, too.
  const again: Sent = { headers: { ...everyFlag, 'idempotency-key': 'k2' } };
  const fresh = { personProfilId: person(1), landId: plainId(at.country, 'L1') };
  const added = done(await world.call('leggTilStatsborgerskap', [fresh], 'id', again));
  assert.deepEqual(done(await world.call('leggTilStatsborgerskap', [fresh], 'id', again)), added);
});

// --- Records ------------------------------------------------------------------------------------------------------------------

test('what was written and what was refused is in the audit, without a value', async () => {
  const nin = nationalIds[62] ?? '';
  await world.call('registrerMeldingerOmFodselsnummerendring', [{ personProfilId: person(1), nyttFodselsnummer: nin }]);
  await refused(() =>
    world.call('registrerMeldingerOmFodselsnummerendring', [{ personProfilId: person(2), nyttFodselsnummer: nin }]),
  );
  const records = JSON.stringify(await audited());
  assert.ok(records.includes('registrerMeldingerOmFodselsnummerendring rows 1'), records.slice(0, 2_000));
  for (const secret of [nin, nationalId(1), 'Åsen']) assert.ok(!records.includes(secret), secret);
});

test('terms, programmes and the like that are not there are told with everything else', async () => {
  const row = { studieprogramId: idOf(at.programme, 'FINNES-IKKE'), terminId: idOf(at.term, '1800,VÅR'), navn: ' ' };
  assert.deepEqual(await refused(() => world.call('opprettKull', [row])), [
    'UgyldigInput input.0.navn',
    'UgyldigId input.0.studieprogramId',
    'UgyldigId input.0.terminId',
  ]);
  assert.ok(also.room.length > 0);
});

// --- Flags --------------------------------------------------------------------------------------------------------------------

test('mutations are there under the flags that they belong to, and run without any', async () => {
  const names = async (flags: string): Promise<readonly string[]> => {
    const { body } = await world.post(
      { query: '{ __schema { mutationType { fields { name } } } }' },
      { headers: { 'feature-flags': flags } },
    );
    return [...(body.data?.['__schema']?.['mutationType']?.['fields'] ?? [])].map((one) => String(one['name']));
  };
  const [firm, beta, all] = [await names(''), await names('beta'), await names('beta, experimental')];
  assert.equal(firm.length, 12);
  assert.deepEqual(
    beta.filter((one) => !firm.includes(one)),
    ['registrerEsiForStudenter'],
  );
  assert.equal(all.length, 30);
  const query = `mutation { fordelStudenterIKlasser(input: [{ programStudierettId: "${right(2)}", kullklasseId: "${klass()}" }])
    { klassemedlemskap { klasse { kode } } errors { ... on Error { message } } } }`;
  const { body } = await world.post({ query }, {});
  assert.deepEqual(body.data?.['fordelStudenterIKlasser'], {
    klassemedlemskap: [{ klasse: { kode: 'A' } }],
    errors: [],
  });
  const hidden = await world.post({ query: 'mutation { opprettKull(input: []) { kull { id } } }' }, {});
  assert.equal(hidden.body.errors?.[0]?.extensions.code, 'HUB-131');
});

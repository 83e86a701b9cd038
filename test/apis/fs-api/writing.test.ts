// Documents made, changed and removed through the API: what is taken, what is refused by its name, and what is answered where a source decides.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { limits } from '#base/limits.ts';
import { onlyGrants } from '../../hub/world.ts';
import {
  api,
  hubOwned,
  openFsApiWorld,
  sourceOwned,
  type FsApiWorld,
  type Sent,
  type Told,
  type Tree,
} from './fs-api-world.ts';
import { teaching } from './teaching.ts';

let world: FsApiWorld;
before(async () => {
  world = await openFsApiWorld(teaching);
});
after(() => world.close());

const typed = (type: string): Sent => ({
  method: 'PATCH',
  text: '{"aktiv":true}',
  headers: { 'content-type': type },
});
const navn = [{ lang: 'nb', value: 'Et navn' }];

const post = (address: string, body: unknown): Promise<Told> => world.ask(address, { method: 'POST', body });
const patch = (address: string, body: unknown): Promise<Told> => world.ask(address, { method: 'PATCH', body });
const remove = (address: string): Promise<Told> => world.ask(address, { method: 'DELETE' });

const position = async (): Promise<number> => {
  const result = await world.hub.run(
    { kind: 'position' },
    {
      principal: {
        kind: 'client',
        client: 'app',
        tenant: 'fjordheim.test',
        scopes: new Set(['fint-client']),
        issuer: '',
        token: 't',
        expiresAt: 9e15,
      },
      requestId: 'p',
      api: 'test',
    },
  );
  return result.kind === 'position' ? result.position : assert.fail(result.kind);
};

/** What helps, of each thing that is wrong; and nothing has been written. */
const refused = async (asked: () => Promise<Told>, status = 400): Promise<readonly string[]> => {
  const from = await position();
  const told = await asked();
  assert.equal(told.status, status, told.text);
  assert.equal(await position(), from);
  return (told.body['errors'] ?? []).map(({ errorCorrection }) => String(errorCorrection));
};

const made = (told: Told, status = 201): Tree => {
  assert.equal(told.status, status, told.text);
  return told.body;
};

test('a document is made, with its address in Location, and is there as it was sent', async () => {
  const told = await post('/kull', {
    studieprogram: { kode: 'TEST-BA' },
    semester: { ar: 2026, termin: 'HOST' },
    navn: [{ lang: 'nb', value: 'Kull høst' }],
    aktiv: true,
    lms: { eksport: false, romkode: 'R1' },
  });
  const address = '/kull/TEST-BA,2026,H%C3%98ST';
  const document = made(told);
  assert.equal(told.headers['Location'], api + address);
  assert.equal(document['href'], api + address);
  assert.deepEqual(document, await world.get(`${address}?dbId=true`));
  assert.deepEqual(
    [document['navn'], document['aktiv'], document['lms'], document['semester']?.['termin']],
    [[{ lang: 'nb', value: 'Kull høst' }], true, { eksport: false, romkode: 'R1' }, 'HØST'],
  );
  // It hangs where it was said to.
  assert.ok((await world.items('/kull?studieprogram.kode=TEST-BA&semester.termin=HOST')).includes(address));
  assert.deepEqual(
    await refused(
      () => post('/kull', { studieprogram: { kode: 'TEST-BA' }, semester: { ar: 2026, termin: 'HØST' }, navn }),
      409,
    ),
    ['studieprogram.kode belongs to another', 'semester.ar belongs to another', 'semester.termin belongs to another'],
  );
});

test('a change writes what it sends: null takes away, parts of keys stay, and a reference may be an address', async () => {
  const address = '/kullklasser/TEST-BA,2026,V%C3%85R,A';
  const was = await world.get(`${address}?dbId=true`);
  const is = made(
    await patch(address, {
      kull: { href: `${api}/kull/TEST-BA,2026,VAR` },
      klasse: 'A',
      lms: { romkode: 'R2' },
      campus: { href: 'https://another.example/fsapi/campuser/S%C3%98R' },
    }),
    200,
  );
  assert.deepEqual(is, {
    ...was,
    campus: { href: `${api}/campuser/S%C3%98R`, kode: 'SØR' },
    lms: { romkode: 'R2' },
  });
  const less = made(await patch(address, { campus: null, lms: { romkode: null }, aktiv: false }), 200);
  assert.deepEqual(
    [less['campus'], less['lms'], less['aktiv'], less['navn']],
    [undefined, undefined, false, was['navn']],
  );
  assert.deepEqual(await refused(() => patch(address, { klasse: 'C' })), ['klasse cannot be changed']);
  assert.deepEqual(await refused(() => patch(address, { campus: { kode: 'NEI' } })), [
    'campus.kode there is nothing of this kind with this value',
  ]);
});

test('a document that was read may be sent back as it is', async () => {
  for (const address of [
    '/kull/TEST-BA,2026,VAR',
    '/studieretter/101,TEST-BA,2026,VAR',
    '/semesterregistreringer/101,2026,VAR',
  ]) {
    const document = await world.get(`${address}?dbId=true`);
    const { studieniva: _, ...rest } = document as Readonly<Record<string, Tree>>;
    assert.deepEqual(made(await patch(address, rest), 200), document, address);
  }
});

test('a person is made and changed: lists with types are replaced as a whole, and a national id is given in two', async () => {
  // Who is not said to be unprotected counts as protected: he is told of to those alone who are cleared for him.
  const hidden = await post('/personer', { personlopenummer: 107, fornavn: 'Ny', etternavn: 'Person', kjonn: 'MANN' });
  assert.deepEqual([hidden.status, hidden.text, hidden.headers['Location']], [201, '', `${api}/personer/107`]);
  assert.equal((await world.ask('/personer/107')).status, 404);
  await onlyGrants(world, { actions: ['read', 'list', 'write'], clearance: 3 });
  const told = await post('/personer', {
    personlopenummer: 105,
    fornavn: 'Nora',
    etternavn: 'Ny',
    kjonn: 'KVINNE',
    fodselsdato: '18190',
    personnummer: '00007',
    eposter: [{ type: 'PRIVAT', adresse: 'nora@example.test' }],
    telefoner: [{ type: 'MOBIL', landnummer: '47', nummer: '99999999' }],
  });
  const person = made(told);
  assert.equal(told.headers['Location'], `${api}/personer/105`);
  assert.deepEqual([person['fodselsdato'], person['personnummer']], ['18190', '00007']);
  assert.equal((await world.get('/personer?fodselsdato0=018190&personnummer0=7'))['size'], 1);
  const changed = made(await patch('/personer/105', { eposter: [{ type: 'ARBEID', adresse: 'n@example.test' }] }), 200);
  assert.deepEqual(changed['eposter'], [{ type: 'ARBEID', adresse: 'n@example.test' }]);
  assert.deepEqual(changed['telefoner'], [{ type: 'MOBIL', landnummer: '47', nummer: '99999999' }]);
  for (const [body, column] of [
    [{ eposter: [{ type: 'JOBB', adresse: 'x@example.test' }] }, 'eposter'],
    [{ eposter: 'x@example.test' }, 'eposter'],
    [{ adresser: [{ type: 'FOLKEREGISTRERT', gate: 'Gata 1' }] }, 'adresser'],
    [{ telefoner: [{ type: 'MOBIL' }] }, 'telefoner'],
    [{ kjonn: 'UKJENT' }, 'kjonn'],
    [{ datoFodt: '1.1.2001' }, 'datoFodt'],
  ] as const)
    assert.deepEqual(await refused(() => patch('/personer/105', body)), [`${column} is not a value that can be kept`]);
  assert.deepEqual(await refused(() => patch('/personer/105', { student: { studentnummer: '1' } })), [
    'student is not to be written',
  ]);
  assert.deepEqual((await refused(() => post('/personer', { personlopenummer: 106 }))).toSorted(), [
    'etternavn has to be given',
    'fornavn has to be given',
    'kjonn has to be given',
  ]);
  await onlyGrants(world, { actions: ['read', 'list', 'write'] });
});

test('a role in teaching, an activity, a right and a registration are made and removed', async () => {
  const spring = {
    emne: { institusjon: 7777, kode: 'TST1000', versjon: '1' },
    semester: { ar: 2026, termin: 'VÅR' },
    terminnummer: 1,
  };
  for (const [collection, body, address] of [
    [
      '/personroller',
      { person: { personlopenummer: 104 }, rollenummer: 9, rolle: { kode: 'LÆRER' }, undervisning: spring },
      '/personroller/104,9',
    ],
    [
      '/undervisningsaktiviteter',
      { undervisning: spring, aktivitet: 'G/1', navn: [{ lang: 'nb', value: 'Gruppe' }], kapasitet: 20 },
      '/undervisningsaktiviteter/7777,TST1000,1,2026,V%C3%85R,1,G%2F1',
    ],
    [
      '/studieretter',
      {
        person: { personlopenummer: 104 },
        studieprogram: { kode: 'TEST-BA' },
        semester: { ar: 2026, termin: 'VÅR' },
        periode: { fraDato: '2026-01-01' },
      },
      '/studieretter/104,TEST-BA,2026,V%C3%85R',
    ],
    [
      '/semesterregistreringer',
      {
        person: { personlopenummer: 101 },
        semester: { ar: 2025, termin: 'HØST' },
        registreringOk: true,
        datoBetalt: '2025-08-20',
      },
      '/semesterregistreringer/101,2025,H%C3%98ST',
    ],
    [
      '/fnrendringer',
      { person: { personlopenummer: 102 }, datoForetattSekunder: 1795262401, tidligereFodselsnummer: '01819000008' },
      '/fnrendringer/102,1795262401',
    ],
  ] as const) {
    const told = await post(collection, body);
    made(told);
    assert.equal(told.headers['Location'], api + address);
    assert.equal((await remove(address)).status, 204);
    assert.equal((await world.ask(address)).status, 404);
    assert.equal((await remove(address)).status, 404);
  }
});

test('a document that would go with more than its sender sees of it stays', async () => {
  const address = '/semesterregistreringer/101,2025,H%C3%98ST';
  const registration = {
    person: { personlopenummer: 101 },
    semester: { ar: 2025, termin: 'HØST' },
    registreringOk: true,
  };
  made(await post('/semesterregistreringer', registration));
  await onlyGrants(
    world,
    { id: 'all', actions: ['read', 'list'] },
    { id: 'some', actions: ['write'], fields: ['systemId', 'naturligNokkel', 'registreringsstatus'] },
  );
  assert.equal((await refused(() => remove(address), 403)).length, 1);
  const [told] = (await remove(address)).body['errors'] ?? [];
  assert.equal(told?.['code'], 'HUB-403');
  assert.equal((await remove('/semesterregistreringer/101,2031,H%C3%98ST')).status, 404);
  await onlyGrants(world, { actions: ['read', 'list', 'write'] });
  assert.equal((await remove(address)).status, 204);
});

test('what cannot be written is refused: bodies, members, collections and rows of another kind', async () => {
  const kull = '/kull/TEST-BA,2026,VAR';
  for (const text of ['', '[]', '1', 'null', '{', '{"navn":']) {
    const told = await world.ask(kull, { method: 'PATCH', text });
    assert.deepEqual([told.status, told.body['errors']?.[0]?.['code']], [400, 'HUB-101'], text);
  }
  assert.equal((await world.ask(kull, typed('text/xml'))).status, 415);
  for (const type of ['application/json;version=1', 'application/json; charset=utf-8; x=y', 'application/vnd.fs+json'])
    assert.equal((await world.ask(kull, typed(type))).status, 200, type);
  assert.deepEqual(await refused(() => patch(kull, { ukjent: 1, studieprogram: { farge: 'blå' } })), [
    'ukjent is no column',
    'studieprogram.farge is no column',
  ]);
  assert.deepEqual(await refused(() => patch(kull, { navn: [{ lang: 'xx', value: 'X' }] })), [
    'navn is not a value that can be kept',
  ]);
  assert.equal((await post('/emner', { kode: 'X' })).status, 405);
  assert.equal((await patch('/emner/7777,ABC,1', {})).status, 405);
  // Of the roles only those in teaching are written here.
  assert.equal((await patch('/personroller/104,1', { periode: { fraDato: '2026-01-01' } })).status, 405);
  assert.equal((await post(kull, {})).status, 404);
  assert.equal((await remove('/kull')).status, 404);
  // Somebody who is not seen is not written to, in the words of what is not there.
  assert.equal(
    (await patch('/personer/103', { fornavn: 'X' })).text,
    (await patch('/personer/999', { fornavn: 'X' })).text,
  );
});

test('without the right to write nothing is written', async () => {
  await onlyGrants(world, { actions: ['read', 'list'] });
  const from = await position();
  for (const told of [
    await patch('/kull/TEST-BA,2026,VAR', { aktiv: false }),
    await post('/kull', { studieprogram: { kode: 'TEST-BA' }, semester: { ar: 2025, termin: 'HØST' }, navn }),
    await remove('/kull/TEST-BA,2026,VAR'),
  ])
    assert.ok(told.status === 403 || told.status === 404, told.text);
  assert.equal(await position(), from);
  await onlyGrants(world, { actions: ['read', 'list', 'write'] });
});

test('where a source decides, it is waited for so long and no longer; then the answer tells where the outcome will be', async () => {
  await world.owned(sourceOwned);
  const from = world.clock.now();
  const told = await patch('/kull/TEST-BA,2026,VAR', { aktiv: false });
  const waited = world.clock.now() - from;
  assert.equal(told.status, 202, told.text);
  assert.ok(waited >= limits.fsApiWriteWaitMs && waited < limits.fsApiWriteWaitMs + 2_000, `${waited}`);
  const { href, state } = told.body;
  assert.equal(told.headers['Location'], href);
  assert.equal(state, 'waiting');
  const outcome = String(href).replace(api, '');
  assert.match(outcome, /^\/utfall\/[0-9a-f-]{36}$/);
  assert.deepEqual(await world.get(outcome), { href, state: 'waiting' });
  assert.equal((await world.get('/kull/TEST-BA,2026,VAR'))['aktiv'], true);
  assert.equal((await world.ask('/utfall/00000000-0000-4000-8000-000000000000')).status, 404);
  assert.equal((await world.ask('/utfall/x')).status, 404);
  // Nobody has answered when its time is over.
  world.clock.move(16 * 60_000);
  const over = await world.ask(outcome);
  assert.equal(over.status, 504, over.text);
  await world.owned(hubOwned);
});

test('a write takes no parameters: what was meant to hold it back does not go unseen', async () => {
  const address = '/kull/TEST-BA,2025,H%C3%98ST';
  const body = { studieprogram: { kode: 'TEST-BA' }, semester: { ar: 2025, termin: 'HØST' }, navn };
  for (const query of ['dryRun=true', 'validate=true', 'fields=navn', 'limit=1', 'dbId=false', 'dbId=true&dbId=true'])
    assert.equal((await refused(() => world.ask(`/kull?${query}`, { method: 'POST', body }))).length, 1, query);
  made(await world.ask('/kull?dbId=true&refId=true', { method: 'POST', body }));
  for (const method of ['PATCH', 'DELETE']) {
    const [help] = await refused(() => world.ask(`${address}?dryRun=true`, { method, body: { aktiv: true } }));
    assert.match(help ?? '', /^dryRun is not known here/);
  }
  for (const key of ['', ' ', 'a\tb', 'k'.repeat(limits.idempotencyKeyLength + 1)]) {
    const sent = { method: 'DELETE', headers: { 'idempotency-key': key } };
    const [help] = await refused(() => world.ask(address, sent));
    assert.equal(help, `Idempotency-Key takes 1 to ${limits.idempotencyKeyLength} visible characters`);
  }
  const longest = { method: 'DELETE', headers: { 'idempotency-key': 'k'.repeat(limits.idempotencyKeyLength) } };
  assert.equal((await world.ask(address, longest)).status, 204);
});

test('a write that is sent again with its key is done once', async () => {
  const body = { studieprogram: { kode: 'TEST-BA' }, semester: { ar: 2025, termin: 'HØST' }, navn };
  const sent = { method: 'POST', body, headers: { 'idempotency-key': 'k1' } };
  const first = await world.ask('/kull', sent);
  const again = await world.ask('/kull', sent);
  assert.deepEqual([first.status, again.status, again.text], [201, 201, first.text]);
  assert.equal((await world.ask('/kull', { ...sent, body: { ...body, aktiv: true } })).status, 422);
});

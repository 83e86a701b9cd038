// The commands that manage organisations, applications and grants, and the one that gets a token: what they change, refuse and show.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { exportJWK, generateKeyPair } from 'jose';
import { operatorAt } from '#apis/admin/actor.ts';
import { createAdmin } from '#apis/admin/admin-api.ts';
import { createAdminPorts } from '#app/admin-ports.ts';
import { startHub, type TestHub } from '../../auth/hub.ts';
import { testDialect, type TestPlatform } from '../../store/conformance/dialects.ts';
import { hubModel } from '../../model/models.ts';
import {
  addApplication,
  disableApplication,
  enableApplication,
  listApplications,
  rotateApplicationSecret,
  setApplicationKeys,
  showApplication,
} from '#app/cli/app.ts';
import { localDoor, type AdminDoor } from '#app/cli/admin-door.ts';
import { endGrant, giveGrant, listGrants, type GiveGrantArgs } from '#app/cli/grant.ts';
import { addOrganisation, listOrganisations, setOrganisation, showOrganisation } from '#app/cli/org.ts';
import { listSigningKeys, rotateSigningKeys } from '#app/cli/key.ts';
import { getToken } from '#app/cli/token.ts';
import { systemClock, type Clock } from '#base/clock.ts';
import { ignoreEvents } from '#base/events.ts';
import { noBundles } from '#model/scope-bundles.ts';
import { systemRandom } from '#base/random.ts';
import type { Result } from '#base/result.ts';

const at = Date.parse('2026-08-15T10:00:00Z');
const model = hubModel();

/** The door of the operator at the machine, over a platform and no data. */
const doorOver = (platform: TestPlatform, clock: Clock): AdminDoor =>
  localDoor(
    createAdmin(
      createAdminPorts({
        model,
        bundles: noBundles,
        packages: new Map(),
        agreements: 'advised',
        address: () => null,
        clock,
        random: systemRandom,
        platform,
        defaults: { removalGuard: 0.05, extraBackLinks: true, strictness: [], writes: [] },
        fintTokenEndpoint: () => 'http://127.0.0.1/oauth/token',
        tenant: () => Promise.reject(new Error('no data here')),
        append: null,
        deliver: () => null,
        ingest: () => Promise.reject(new Error('no data here')),
        observe: ignoreEvents,
        audit: null,
        explain: null,
        quality: null,
        knows: null,
        erasures: null,
        exports: null,
        schedules: null,
        quotas: null,
      }),
    ),
    operatorAt('tester'),
  );

const valueOf = <T>(result: Result<T>): T => {
  assert.ok(result.ok, result.ok ? '' : result.problem.detail);
  return result.value;
};
const codeOf = <T>(result: Result<T>): string => (result.ok ? 'ok' : result.problem.code);

const opened: (() => Promise<void>)[] = [];
after(async () => {
  for (const close of opened) await close();
});

const setUp = async (): Promise<{
  readonly platform: TestPlatform;
  readonly deps: AdminDoor;
  readonly app: string;
  readonly secret: string;
}> => {
  const { at: place, dispose } = await testDialect.place();
  const platform = await testDialect.openPlatform(place, systemClock);
  opened.push(async () => {
    await platform.close();
    await dispose();
  });
  const deps = doorOver(platform, { ...systemClock, now: () => at });
  valueOf(
    await addOrganisation(deps, { id: 'fjordheim.test', name: 'Fjordheim fylkeskommune', orgNumber: '310000008' }),
  );
  const { json } = valueOf(
    await addApplication(deps, { name: 'Timeplan', kind: 'client', owner: 'fjordheim.test', environment: 'test' }),
  );
  return { platform, deps, app: json.id, secret: json.secret ?? '' };
};

test('organisations: added once, by any spelling, set piece by piece, listed and shown', async () => {
  const { deps, platform } = await setUp();
  assert.equal(codeOf(await addOrganisation(deps, { id: 'Fjordheim-Test', name: 'again' })), 'HUB-409');
  const set = await setOrganisation(deps, {
    id: 'fjordheim_test',
    removalGuard: '12.5%',
    strictness: ['utdanning/elev/*=keep-back,*=lenient'],
    extraBackLinks: 'off',
  });
  assert.deepEqual(valueOf(set).json, {
    id: 'fjordheim.test',
    tenantId: '691c0131-f250-8531-b74a-8cd98b2c901e',
    name: 'Fjordheim fylkeskommune',
    orgNumber: '310000008',
    settings: {
      removalGuard: 0.125,
      extraBackLinks: false,
      strictness: [
        { pattern: 'utdanning/elev/*', mode: 'keep-back' },
        { pattern: '*', mode: 'lenient' },
      ],
      writes: [],
      institutionNumber: null,
      retiringApis: [],
    },
    createdAt: '2026-08-15T10:00:00Z',
  });
  assert.match(valueOf(await showOrganisation(deps, 'fjordheim.test')).text, /removal-guard +12\.5%/);
  assert.match(valueOf(await listOrganisations(deps)).text, /fjordheim\.test +Fjordheim fylkeskommune +310000008/);
  const missing = await showOrganisation(deps, 'fjordheim.tst');
  assert.match(missing.ok ? '' : missing.problem.detail, /Is it fjordheim\.test\?/);
  assert.deepEqual(
    (await platform.platformAudit(9)).map((row) => `${row.actor} ${row.operation}`),
    ['cli:tester org set', 'cli:tester app add', 'cli:tester org add'],
  );
});

test('organisations: a number as an institution is one organisation’s alone, with or without leading zeros', async () => {
  const { deps } = await setUp();
  const numberOf = async (id: string): Promise<unknown> =>
    (valueOf(await showOrganisation(deps, id)).json as { settings: { institutionNumber: unknown } }).settings
      .institutionNumber;
  valueOf(await setOrganisation(deps, { id: 'fjordheim.test', institutionNumber: '0203' }));
  // What is not named stays, and so does what is named as it is.
  valueOf(await setOrganisation(deps, { id: 'fjordheim.test', removalGuard: '5%' }));
  valueOf(await setOrganisation(deps, { id: 'fjordheim.test', institutionNumber: '0203' }));
  assert.equal(await numberOf('fjordheim.test'), '0203');
  assert.match(valueOf(await showOrganisation(deps, 'fjordheim.test')).text, /institution-number +0203/);
  const second = await addOrganisation(deps, { id: 'nabo.test', name: 'Nabo', institutionNumber: '203' });
  assert.equal(codeOf(second), 'HUB-409');
  assert.match(second.ok ? '' : second.problem.detail, /fjordheim\.test is institution 203 already/);
  valueOf(await addOrganisation(deps, { id: 'nabo.test', name: 'Nabo', institutionNumber: '99999' }));
  assert.equal(codeOf(await setOrganisation(deps, { id: 'nabo.test', institutionNumber: '00203' })), 'HUB-409');
  assert.equal(await numberOf('nabo.test'), '99999');
  for (const bad of ['', '123456', '12a', '-1', '١٢'])
    assert.equal(codeOf(await setOrganisation(deps, { id: 'nabo.test', institutionNumber: bad })), 'HUB-103', bad);
  valueOf(await setOrganisation(deps, { id: 'fjordheim.test', institutionNumber: 'none' }));
  assert.equal(await numberOf('fjordheim.test'), null);
  valueOf(await setOrganisation(deps, { id: 'nabo.test', institutionNumber: '203' }));
});

test('organisations: retiring APIs are switched on and off by their ids, and others cannot be', async () => {
  const { deps } = await setUp();
  const shown = async (): Promise<unknown> =>
    (valueOf(await showOrganisation(deps, 'fjordheim.test')).json as { settings: { retiringApis: unknown } }).settings
      .retiringApis;
  assert.deepEqual(await shown(), []);
  valueOf(await setOrganisation(deps, { id: 'fjordheim.test', retiringApis: ['fsws-bas-soap'] }));
  assert.deepEqual(await shown(), ['fsws-bas-soap']);
  assert.match(valueOf(await showOrganisation(deps, 'fjordheim.test')).text, /retiring-apis +fsws-bas-soap/);
  for (const bad of ['fsws-bas', 'fint'])
    assert.equal(codeOf(await setOrganisation(deps, { id: 'fjordheim.test', retiringApis: [bad] })), 'HUB-103', bad);
  valueOf(await setOrganisation(deps, { id: 'fjordheim.test', name: 'Fjordheim fylke' }));
  assert.deepEqual(await shown(), ['fsws-bas-soap']);
  valueOf(await setOrganisation(deps, { id: 'fjordheim.test', retiringApis: ['none'] }));
  assert.deepEqual(await shown(), []);
});

test('organisations: every bad parameter is named, nothing is changed', async () => {
  const { deps, platform } = await setUp();
  const revision = await platform.revision();
  const result = await addOrganisation(deps, {
    id: '../x',
    name: '',
    orgNumber: '12',
    removalGuard: '2',
    extraBackLinks: 'yes',
    strictness: ['a=b'],
  });
  assert.deepEqual(result.ok ? [] : result.problem.errors?.map((error) => error.at), [
    'id',
    'name',
    'org-number',
    'removal-guard',
    'extra-back-links',
    'strictness',
  ]);
  assert.equal(await platform.revision(), revision);
});

test('applications: the secret is shown once and kept as a hash', async () => {
  const { deps, platform, app, secret } = await setUp();
  assert.match(secret, /^bds_[A-Za-z0-9_-]{43}$/);
  assert.match(app, /^client-[0-9a-f]{20}$/);
  assert.match((await platform.application(app))?.secrets[0]?.hash ?? '', /^scrypt\$ln=14,r=8,p=1\$/);
  for (const shown of [valueOf(await showApplication(deps, app)), valueOf(await listApplications(deps))]) {
    assert.equal(JSON.stringify(shown).includes('scrypt'), false);
    assert.equal(JSON.stringify(shown).includes(secret), false);
  }
  assert.equal(
    codeOf(await addApplication(deps, { name: 'x', kind: 'robot', owner: 'fjordheim.test', environment: 'moon' })),
    'HUB-103',
  );
  assert.equal(codeOf(await addApplication(deps, { name: 'x', kind: 'client', owner: 'nowhere.test' })), 'HUB-204');
  assert.equal(
    codeOf(await addApplication(deps, { name: 'x', kind: 'client', owner: 'fjordheim.test', secret: false })),
    'HUB-103',
  );
});

test('applications: a new secret stands beside the newest former one, which ends', async () => {
  const { deps, platform, app } = await setUp();
  const secrets = async () => (await platform.application(app))?.secrets ?? [];
  valueOf(await rotateApplicationSecret(deps, { id: app }));
  valueOf(await rotateApplicationSecret(deps, { id: app, overlapHours: 1 }));
  assert.equal((await secrets()).length, 2);
  assert.deepEqual(
    (await secrets()).map((one) => one.expiresAt),
    [at + 3_600_000, null],
  );
  valueOf(await rotateApplicationSecret(deps, { id: app, overlapHours: 0 }));
  assert.deepEqual(
    (await secrets()).map((one) => one.expiresAt),
    [null],
  );
  assert.equal(codeOf(await rotateApplicationSecret(deps, { id: app, overlapHours: -1 })), 'HUB-103');
  assert.equal(codeOf(await rotateApplicationSecret(deps, { id: 'client-x' })), 'HUB-204');
});

test('applications: disabled, enabled, given keys', async () => {
  const { deps, platform, app } = await setUp();
  valueOf(await disableApplication(deps, app));
  assert.equal((await platform.application(app))?.disabled, true);
  valueOf(await enableApplication(deps, app));
  assert.equal((await platform.application(app))?.disabled, false);
  const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
  const key = await exportJWK(publicKey);
  valueOf(await setApplicationKeys(deps, { id: app, jwks: JSON.stringify({ keys: [key] }) }));
  assert.match(valueOf(await showApplication(deps, app)).text, /keys +1/);
  const bad: readonly unknown[] = [
    'x',
    { keys: [] },
    { keys: [await exportJWK(privateKey)] },
    { keys: [{ kty: 'oct', k: 'AAAA' }] },
    { keys: [key, key] },
    { keys: [{ ...key, x5u: 'http://127.0.0.1/' }] },
    { keys: [{ ...key, x: 'AAAA' }] },
    { keys: [{ ...key, alg: 'HS256' }] },
    { keys: [{ kty: 'RSA', n: 'AQAB', e: 'AQAB' }] },
    { keys: [1] },
    { keys: Array(11).fill(key) },
  ];
  for (const jwks of bad) {
    const text = typeof jwks === 'string' ? jwks : JSON.stringify(jwks);
    assert.equal(codeOf(await setApplicationKeys(deps, { id: app, jwks: text })), 'HUB-103', text.slice(0, 60));
  }
  valueOf(await setApplicationKeys(deps, { id: app, jwks: null }));
  assert.equal((await platform.application(app))?.jwks, null);
});

test('grants: everything that can be said is kept, listed, and ended without being forgotten', async () => {
  const { deps, platform, app } = await setUp();
  const { json } = valueOf(
    await giveGrant(deps, {
      application: app,
      organisation: 'fjordheim.test',
      collections: ['utdanning/elev/*', 'utdanning/kodeverk/skolear'],
      actions: ['read,list'],
      fields: ['systemId,skole', 'kode'],
      withhold: ['national-id,special'],
      rows: 'skole=Skolenummer/1001,1002',
      from: '2026-08-01',
      to: '2027-06-30',
      purpose: 'timetable',
      agreement: 'DBA-7',
    }),
  );
  const { id, live, ...rest } = json;
  assert.equal(live, true);
  assert.deepEqual(rest, {
    application: app,
    organisation: 'fjordheim.test',
    collections: ['utdanning/elev/*', 'utdanning/kodeverk/skolear'],
    actions: ['read', 'list'],
    fields: ['systemId', 'skole', 'kode'],
    withhold: ['national-id', 'special'],
    clearance: 0,
    rows: { scope: 'skole', field: 'skolenummer', values: ['1001', '1002'] },
    environment: 'test',
    from: '2026-07-31T22:00:00Z',
    to: '2027-06-30T22:00:00Z',
    purpose: 'timetable',
    agreement: 'DBA-7',
    createdAt: '2026-08-15T10:00:00Z',
  });
  assert.match(valueOf(await listGrants(deps, { organisation: 'Fjordheim-Test' })).text, new RegExp(`${id}.*live`));
  assert.equal(valueOf(await endGrant(deps, id)).json.to, '2026-08-15T10:00:00Z');
  assert.equal(valueOf(await endGrant(deps, id)).json.to, '2026-08-15T10:00:00Z');
  assert.deepEqual(valueOf(await listGrants(deps)).json, []);
  assert.equal(valueOf(await listGrants(deps, { all: true })).json[0]?.purpose, 'timetable');
  assert.equal(codeOf(await endGrant(deps, 'grant-x')), 'HUB-204');
  assert.deepEqual(
    (await platform.platformAudit(2)).map((row) => row.operation),
    ['grant end', 'grant give'],
  );
});

test('grants given by date begin and end at midnight in Norway, also where the clocks are changed; instants stand as they are', async () => {
  const { deps, app } = await setUp();
  const period = async (from: string, to: string) => {
    const args = { application: app, organisation: 'fjordheim.test', collections: ['*'], actions: ['read'], from, to };
    const { json } = valueOf(await giveGrant(deps, args));
    return [json.from, json.to];
  };
  assert.deepEqual(await period('2026-01-01', '2026-07-31'), ['2025-12-31T23:00:00Z', '2026-07-31T22:00:00Z']);
  assert.deepEqual(await period('2026-03-29', '2026-03-29'), ['2026-03-28T23:00:00Z', '2026-03-29T22:00:00Z']);
  assert.deepEqual(await period('2026-10-25', '2026-10-25'), ['2026-10-24T22:00:00Z', '2026-10-25T23:00:00Z']);
  const instants = ['2026-08-01T06:00:00Z', '2026-08-01T07:00:00Z'] as const;
  assert.deepEqual(await period(...instants), instants);
});

test('grants: what the model does not know, or makes no sense, is named and refused', async () => {
  const { deps, platform, app } = await setUp();
  const good: GiveGrantArgs = {
    application: app,
    organisation: 'fjordheim.test',
    collections: ['*'],
    actions: ['read'],
  };
  const faults = async (change: Partial<GiveGrantArgs>): Promise<string> => {
    const result = await giveGrant(deps, { ...good, ...change });
    return result.ok ? 'ok' : result.problem.detail;
  };
  assert.equal(await faults({}), 'ok');
  const revision = await platform.revision();
  assert.match(await faults({ collections: [] }), /collections: name at least one/);
  assert.match(await faults({ collections: ['utdanning/elev/elevforhol'] }), /is it utdanning\/elev\/elevforhold\?/);
  assert.match(await faults({ collections: ['utdanning/ele/*'] }), /collections: utdanning\/ele\/\* is unknown/);
  assert.match(await faults({ collections: ['utdanning*'] }), /unknown/);
  assert.match(await faults({ actions: ['reed'] }), /is it read\?/);
  assert.match(await faults({ actions: ['deliver'] }), /not for an application of kind client/);
  assert.match(await faults({ actions: [] }), /actions: name at least one/);
  assert.match(await faults({ fields: ['feidenavm'] }), /is it feidenavn\?/);
  assert.match(
    await faults({ collections: ['utdanning/kodeverk/skolear'], fields: ['feidenavn'] }),
    /fields: feidenavn is unknown/,
  );
  assert.match(await faults({ fields: [] }), /fields: name at least one/);
  assert.match(await faults({ withhold: ['secret'] }), /withhold/);
  assert.match(await faults({ rows: 'skole' }), /rows: must be/);
  assert.match(await faults({ rows: 'skol=skolenummer/1' }), /is it skole\?/);
  assert.match(await faults({ rows: 'skole=navn/1' }), /rows: navn is unknown/);
  for (const from of ['2026-02-31', '2026-13-01', '1.8.2026', 'tomorrow', '2026-08-01T06:00:00+02:00'])
    assert.match(await faults({ from }), /from: must be a date/, from);
  assert.match(await faults({ from: '2026-08-02', to: '2026-08-01' }), /to: must come after from/);
  assert.match(await faults({ application: 'client-x' }), /no application/);
  assert.match(await faults({ organisation: 'x.test' }), /no organisation/);
  assert.equal(await platform.revision(), revision);
  const adapter = valueOf(await addApplication(deps, { name: 'SIS', kind: 'adapter', owner: 'fjordheim.test' })).json
    .id;
  assert.match(await faults({ application: adapter, actions: ['read'] }), /not for an application of kind adapter/);
  assert.equal(await faults({ application: adapter, actions: ['deliver'] }), 'ok');
});

test('keys: listed and rotated without showing a private part', async () => {
  const { deps, platform } = await setUp();
  assert.deepEqual(valueOf(await listSigningKeys(deps)).json, []);
  valueOf(await rotateSigningKeys(deps));
  const { text, json } = valueOf(await rotateSigningKeys(deps));
  assert.deepEqual(json.map((key) => key.state).sort(), ['active', 'next', 'retired']);
  for (const { jwk } of await platform.signingKeys()) {
    const secret = (JSON.parse(jwk) as { d: string }).d;
    assert.equal(`${text}${JSON.stringify(json)}`.includes(secret), false);
  }
  assert.equal((await platform.platformAudit(1))[0]?.operation, 'key rotate');
});

const directory = mkdtempSync(join(tmpdir(), 'cli-'));
let hub: TestHub;
before(async () => {
  hub = await startHub();
});
after(async () => {
  await hub.close();
  rmSync(directory, { recursive: true, force: true });
});

test('token: gets one from a running hub with a secret from a file, the environment or input', async () => {
  const deps = doorOver(hub.platform, hub.clock);
  valueOf(await addOrganisation(deps, { id: 'fjordheim.test', name: 'Fjordheim' }));
  const { json } = valueOf(
    await addApplication(deps, { name: 'Reader', kind: 'client', owner: 'fjordheim.test', environment: 'test' }),
  );
  const args = { url: `${hub.url}/`, client: json.id };
  const secret = json.secret ?? '';
  const none = { environment: null, input: null };
  const ungranted = await getToken(args, { ...none, environment: secret });
  assert.equal(codeOf(ungranted), 'HUB-400');
  valueOf(
    await giveGrant(deps, {
      application: json.id,
      organisation: 'fjordheim.test',
      collections: ['*'],
      actions: ['read'],
    }),
  );
  const path = join(directory, 'secret');
  writeFileSync(path, `${secret}\n`, { mode: 0o600 });
  for (const answer of [
    await getToken({ ...args, secretFile: path }, none),
    await getToken(args, { ...none, environment: secret }),
    await getToken(args, { ...none, input: () => Promise.resolve(readFileSync(path, 'utf8')) }),
  ]) {
    assert.equal((await hub.tokens.verifier(`Bearer ${valueOf(answer).text}`)).ok, true);
  }
  assert.equal(codeOf(await getToken(args, none)), 'HUB-103');
  assert.equal(codeOf(await getToken({ ...args, secretFile: join(directory, 'none') }, none)), 'HUB-103');
  assert.equal(codeOf(await getToken(args, { ...none, environment: 'wrong' })), 'HUB-300');
  assert.equal(
    codeOf(await getToken({ ...args, organisation: 'x.test' }, { ...none, environment: secret })),
    'HUB-400',
  );
  assert.equal(
    codeOf(await getToken({ ...args, url: 'http://127.0.0.1:1' }, { ...none, environment: secret })),
    'HUB-103',
  );
  assert.equal(codeOf(await getToken({ ...args, url: 'ftp://x' }, { ...none, environment: secret })), 'HUB-103');
});

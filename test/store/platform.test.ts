// The platform store on SQLite: round trips, revisions across connections, single-use ids across processes, refusals.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, test } from 'node:test';
import type { Clock } from '#base/clock.ts';
import { systemClock } from '#base/clock.ts';
import { HubError } from '#base/errors.ts';
import { followLifeMs } from '#store/followed-until.ts';
import { openPlatform } from '#store/sqlite/platform.ts';
import { platformMigrations } from '#store/sqlite/platform-schema.ts';
import type { Application, AuditRecord, Grant, Organisation } from '#store/store.ts';

const directory = mkdtempSync(join(tmpdir(), 'platform-'));
after(() => rmSync(directory, { recursive: true, force: true }));

const openFile = (name: string): DatabaseSync => {
  const db = new DatabaseSync(join(directory, name), { timeout: 5_000 });
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
  return db;
};

const organisation: Organisation = {
  id: 'fjordheim.test',
  name: 'Fjordheim fylkeskommune',
  orgNumber: '310000008',
  settings: {
    removalGuard: 0.05,
    extraBackLinks: true,
    strictness: [{ pattern: 'utdanning/elev/*', mode: 'keep-back' }],
  },
  createdAt: 1,
};
const application: Application = {
  id: 'client-1',
  name: 'Timeplan',
  kind: 'client',
  owner: 'fjordheim.test',
  describe: 'reads pupils',
  environment: 'test',
  secrets: [{ id: 's1', hash: 'scrypt$…', createdAt: 1, expiresAt: null }],
  jwks: null,
  disabled: false,
  createdAt: 1,
};
const grant: Grant = {
  id: 'g1',
  application: 'client-1',
  organisation: 'fjordheim.test',
  collections: ['utdanning/elev/*'],
  actions: ['read', 'list'],
  fields: ['systemId'],
  withhold: ['special'],
  rows: { scope: 'skole', field: 'skolenummer', values: ['1001'] },
  environment: 'test',
  from: null,
  to: 5,
  purpose: 'timetable',
  agreement: null,
  createdAt: 1,
};

test('what is put is what is read, and every put raises the revision by one', () => {
  const platform = openPlatform(new DatabaseSync(':memory:'), systemClock);
  const before = platform.revision();
  platform.putOrganisation(organisation);
  platform.putApplication(application);
  platform.putGrant(grant);
  platform.putSigningKey({ id: 'k1', jwk: '{}', state: 'next', since: 2, createdAt: 1 });
  assert.equal(platform.revision(), before + 4);
  assert.deepEqual(platform.organisation('fjordheim.test'), organisation);
  assert.deepEqual(platform.organisations(), [organisation]);
  assert.deepEqual(platform.application('client-1'), application);
  assert.deepEqual(platform.applications(), [application]);
  assert.deepEqual(platform.grantsOf('client-1'), [grant]);
  assert.deepEqual(platform.grants(), [grant]);
  assert.deepEqual(platform.signingKeys(), [{ id: 'k1', jwk: '{}', state: 'next', since: 2, createdAt: 1 }]);
  assert.equal(platform.organisation('other.test'), null);
  assert.equal(platform.application("x' OR 1=1 --"), null);
  assert.equal(platform.removeGrant('g1'), true);
  assert.equal(platform.removeGrant('g1'), false);
  platform.removeSigningKey('k1');
  assert.deepEqual(platform.signingKeys(), []);
});

test('two connections see the changes of each other at once', () => {
  const one = openPlatform(openFile('two.db'), systemClock);
  const two = openPlatform(openFile('two.db'), systemClock);
  const start = two.revision();
  one.putOrganisation(organisation);
  assert.equal(two.revision(), start + 1);
  two.putApplication(application);
  assert.equal(one.revision(), start + 2);
  assert.deepEqual(one.application('client-1'), application);
  // A single-use id is no change of what caches hold.
  one.useOnce('x', systemClock.now() + 1_000);
  assert.equal(two.revision(), start + 2);
});

test('a single-use id succeeds once over two connections, and again only after it has expired', () => {
  let now = 1_000;
  const clock: Clock = { ...systemClock, now: () => now };
  const one = openPlatform(openFile('once.db'), clock);
  const two = openPlatform(openFile('once.db'), clock);
  let wins = 0;
  for (let id = 0; id < 200; id += 1) {
    for (const platform of id % 2 === 0 ? [one, two, one] : [two, one, two])
      wins += platform.useOnce(`jti-${id}`, 61_000) ? 1 : 0;
  }
  assert.equal(wins, 200);
  now = 60_999;
  assert.equal(two.useOnce('jti-0', 61_000), false);
  now = 61_000;
  assert.equal(two.useOnce('jti-0', 121_000), true);
  assert.equal(one.useOnce('jti-0', 121_000), false);
});

const fjordheim = (at: number) => [['fjordheim.test', 'test', at]];

test('what a grant let follow is kept when it is removed, or changed so that it lets follow no more', () => {
  let now = 1_000;
  const platform = openPlatform(new DatabaseSync(':memory:'), { ...systemClock, now: () => now });
  const following: Grant = { ...grant, actions: ['read', 'follow'], to: null };
  const left = () =>
    platform.endedFollows('client-1').map(({ organisation: whose, environment, at }) => [whose, environment, at]);
  platform.putGrant({ ...following, actions: ['read'] });
  platform.removeGrant('g1');
  platform.putGrant({ ...following, from: 5_000 });
  platform.removeGrant('g1');
  platform.putGrant({ ...following, to: 1 });
  platform.removeGrant('g1');
  assert.deepEqual(left(), [], 'never let follow');
  platform.putGrant(following);
  platform.putGrant({ ...following, collections: ['*'] });
  platform.putGrant({ ...following, to: 1_000 });
  now = 2_000;
  platform.putGrant({ ...following, to: 1_000, purpose: 'other' });
  assert.deepEqual(left(), [], 'the grant says it itself');
  assert.equal(platform.removeGrant('g1'), true);
  assert.deepEqual(left(), fjordheim(1_000));
  platform.putGrant(following);
  now = 3_000;
  platform.putGrant({ ...following, actions: ['read'] });
  assert.deepEqual(left(), fjordheim(3_000));
  platform.removeGrant('g1');
  platform.putGrant(following);
  now = 4_000;
  platform.putGrant({ ...following, to: 500 });
  assert.deepEqual(left(), fjordheim(4_000), 'what is put later tells less than there was');
  platform.putGrant({ ...following, id: 'g2', organisation: 'havnes.test' });
  now += followLifeMs;
  platform.putGrant({ ...following, id: 'g2', organisation: 'nordvik.test' });
  assert.deepEqual(left(), [['havnes.test', 'test', now]], 'what is too old goes');
  assert.deepEqual(
    platform.grants().map(({ id }) => id),
    ['g1', 'g2'],
  );
});

test('a secret of the hub is made once, whoever asks first', () => {
  const one = openPlatform(openFile('secret.db'), systemClock);
  const two = openPlatform(openFile('secret.db'), systemClock);
  const first = one.secret('pseudonyms', () => Buffer.from('a'.repeat(32)));
  assert.deepEqual(
    two.secret('pseudonyms', () => assert.fail('made twice')),
    first,
  );
  assert.equal(Buffer.isBuffer(first), true);
});

test('the audit of decisions is kept in order', () => {
  const platform = openPlatform(new DatabaseSync(':memory:'), systemClock);
  for (const at of [1, 2, 3])
    platform.appendPlatformAudit({ at, actor: 'cli', operation: 'grant give', subject: `g${at}` });
  assert.deepEqual(
    platform.platformAudit(2).map((row) => row.subject),
    ['g3', 'g2'],
  );
});

const notice = (id: string) => ({ organisation: 'fjordheim.test', record: { id } as AuditRecord });

test('reasons stand with decisions, and notices wait for their organisation until they are taken', () => {
  const platform = openPlatform(new DatabaseSync(':memory:'), systemClock);
  platform.appendPlatformAudit({
    at: 1,
    actor: 'admin:a',
    operation: 'grant give',
    subject: 'g1',
    reason: 'Case 1',
    notices: [notice('r1'), notice('r2')],
  });
  assert.equal(platform.platformAudit(1)[0]?.reason, 'Case 1');
  const waiting = platform.auditNotices(10);
  assert.deepEqual(
    waiting.map(({ organisation: whose, record }) => [whose, record.id]),
    [
      ['fjordheim.test', 'r1'],
      ['fjordheim.test', 'r2'],
    ],
  );
  platform.auditNoticed(waiting.slice(0, 1).map(({ number }) => number));
  assert.deepEqual(
    platform.auditNotices(10).map(({ record }) => record.id),
    ['r2'],
  );
});

test('administrators keep their scopes, and a user name belongs to one application only', () => {
  const platform = openPlatform(new DatabaseSync(':memory:'), systemClock);
  const admin: Application = { ...application, id: 'admin-1', kind: 'admin', scopes: ['admin.read'] };
  const login = { username: 'a@client.fjordheim.test', hash: 'scrypt$…' };
  const signing: Application = { ...application, login };
  platform.putApplication(admin);
  platform.putApplication(signing);
  assert.deepEqual(platform.application('admin-1'), admin);
  assert.deepEqual(platform.applicationByLogin(login.username), signing);
  assert.equal(platform.applicationByLogin('b@client.fjordheim.test'), null);
  assert.throws(() => platform.putApplication({ ...application, id: 'client-2', login }), /UNIQUE/);
  assert.equal(platform.application('client-2'), null);
  assert.deepEqual(platform.application('client-1'), signing);
});

test('a claim gives everyone what came first, until it expires', () => {
  let now = 1_000;
  const platform = openPlatform(new DatabaseSync(':memory:'), { ...systemClock, now: () => now });
  const first = { request: 'r1', subject: 's1', expiresAt: 2_000 };
  assert.deepEqual(platform.claim('k', first), { request: 'r1', subject: 's1' });
  assert.deepEqual(platform.claim('k', { ...first, request: 'r2', subject: 's2' }), { request: 'r1', subject: 's1' });
  now = 2_000;
  assert.equal(platform.claim('k', { request: 'r3', subject: 's3', expiresAt: 3_000 }).subject, 's3');
});

test('a file of the first version gets what is new and keeps what it has', () => {
  const db = openFile('first.db');
  db.exec(platformMigrations[0] ?? '');
  db.exec('PRAGMA user_version = 1');
  db.prepare(
    `INSERT INTO application (id, name, kind, owner, describe, environment, secrets, jwks, disabled, created_at)
     VALUES ('client-1', 'Timeplan', 'client', 'fjordheim.test', 'reads pupils', 'test', ?, NULL, 0, 1)`,
  ).run(JSON.stringify(application.secrets));
  assert.deepEqual(openPlatform(db, systemClock).application('client-1'), application);
  db.close();
});

test('a file of a newer version is refused and left as it was', () => {
  const db = openFile('newer.db');
  db.exec('PRAGMA user_version = 999; CREATE TABLE theirs (x)');
  assert.throws(
    () => openPlatform(db, systemClock),
    (error: unknown) => error instanceof HubError && error.problem.code === 'HUB-511',
  );
  assert.equal(db.prepare('PRAGMA user_version').get()?.['user_version'], 999);
});

test('a failed put changes neither rows nor revision', () => {
  const platform = openPlatform(new DatabaseSync(':memory:'), systemClock);
  const before = platform.revision();
  assert.throws(() => platform.putOrganisation({ ...organisation, name: null as unknown as string }));
  assert.equal(platform.revision(), before);
  assert.equal(platform.organisation('fjordheim.test'), null);
});

// The platform store on every engine: round trips, revisions across connections, single-use ids across processes; and what is SQLite's own.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '#base/clock.ts';
import { systemClock } from '#base/clock.ts';
import { HubError } from '#base/errors.ts';
import { systemRandom } from '#base/random.ts';
import { followLifeMs } from '#store/followed-until.ts';
import type { PlatformAuditRow } from '#store/platform-rows.ts';
import { openDriver } from '#store/postgres/driver.ts';
import { createNotices } from '#store/postgres/notices.ts';
import { openPlatform as openPostgresPlatform } from '#store/postgres/platform.ts';
import { openPlatform } from '#store/sqlite/platform.ts';
import { platformMigrations } from '#store/sqlite/platform-schema.ts';
import type {
  Application,
  AuditRecord,
  Eventually,
  Grant,
  Link,
  Organisation,
  PartUse,
  PlatformStore,
  QuotaUse,
  RegisterEntry,
} from '#store/store.ts';
import { testDatabase } from '../postgres/database.ts';
import { until } from './postgres/until.ts';

type Platform = PlatformStore & {
  readonly platformAudit: (limit: number) => Eventually<readonly PlatformAuditRow[]>;
};

/** Opens the platform of one place again and again, as several processes would. */
type Place = (clock: Clock) => Promise<Platform>;

type Engine = {
  readonly name: string;
  readonly run: (work: (open: Place) => Promise<void>) => Promise<void>;
  /** Whether another connection sees a change the moment it has been made. */
  readonly atOnce: boolean;
};

const sqlite: Engine = {
  name: 'sqlite',
  atOnce: true,
  run: async (work) => {
    const folder = mkdtempSync(join(tmpdir(), 'platform-'));
    const files: DatabaseSync[] = [];
    try {
      await work(async (clock) => {
        const db = openFile(join(folder, 'platform.db'));
        files.push(db);
        return openPlatform(db, clock);
      });
    } finally {
      for (const db of files) db.close();
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

const postgres: Engine = {
  name: 'postgres',
  atOnce: false,
  run: async (work) => {
    const place = await testDatabase();
    const closing: (() => Promise<void>)[] = [];
    try {
      await work(async (clock) => {
        const database = await openDriver({ url: place.url, clock: systemClock });
        const notices = createNotices({ database, clock: systemClock, random: systemRandom });
        const platform = await openPostgresPlatform({ database, notices, clock });
        closing.push(async () => {
          platform.close();
          notices.close();
          await database.close();
        });
        return platform;
      });
    } finally {
      for (const close of closing) await close();
      await place.drop();
    }
  },
};

const openFile = (path: string): DatabaseSync => {
  const db = new DatabaseSync(path, { timeout: 5_000 });
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
const use = (client: string, day: string, used: number, weight: number, at: number): QuotaUse => ({
  application: client,
  organisation: 'fjordheim.test',
  day,
  used,
  weight,
  at,
});
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

const link: Link = {
  id: 'l1',
  application: 'client-1',
  organisation: 'fjordheim.test',
  environment: 'test',
  scopes: ['a:events', 'a:read'],
  schools: ['SK1'],
  agreement: { reference: 'DBA-1', from: null, to: 9_000 },
  purpose: 'timetable',
  clearance: 0,
  createdAt: 1,
  endedAt: null,
};

const entry: RegisterEntry = {
  kind: 'agreement',
  id: 'a1',
  revision: 1,
  organisation: 'fjordheim.test',
  application: null,
  state: 'live',
  createdAt: 1,
  changedAt: 1,
  value: { processor: 'Ærlig «talt» AS\u0000', parts: [1, null, { deep: true }] },
};

const partUse = (client: string, part: string, day: string, count: number): PartUse => ({
  application: client,
  api: 'fint',
  part,
  day,
  count,
});

const put = (platform: Platform, ...entries: readonly RegisterEntry[]) => platform.putRegister({ entries });

const fjordheim = (at: number) => [['fjordheim.test', 'test', at]];

const notice = (id: string) => ({ organisation: 'fjordheim.test', record: { id } as AuditRecord });

/** Waits until a platform answers with a higher revision than one. */
const seen = async (engine: Engine, platform: Platform, before: number): Promise<void> => {
  if (engine.atOnce) assert.ok((await platform.revision()) > before);
  else await until(async () => (await platform.revision()) > before, 1_000);
};

for (const engine of [sqlite, postgres])
  describe(`the platform on ${engine.name}`, () => {
    test('what is put is what is read, and every put raises the revision', () =>
      engine.run(async (open) => {
        const platform = await open(systemClock);
        let revision = await platform.revision();
        const raised = async (): Promise<boolean> => {
          const before = revision;
          revision = await platform.revision();
          return revision > before;
        };
        await platform.putOrganisation(organisation);
        assert.ok(await raised());
        await platform.putApplication(application);
        assert.ok(await raised());
        await platform.putGrant(grant);
        assert.ok(await raised());
        await platform.putSigningKey({ id: 'k1', jwk: '{}', state: 'next', since: 2, createdAt: 1 });
        assert.ok(await raised());
        assert.deepEqual(await platform.organisation('fjordheim.test'), organisation);
        assert.deepEqual(await platform.organisations(), [organisation]);
        assert.deepEqual(await platform.application('client-1'), application);
        assert.deepEqual(await platform.applications(), [application]);
        assert.deepEqual(await platform.grantsOf('client-1'), [grant]);
        assert.deepEqual(await platform.grantsOf('client-2'), []);
        assert.deepEqual(await platform.grants(), [grant]);
        assert.deepEqual(await platform.signingKeys(), [
          { id: 'k1', jwk: '{}', state: 'next', since: 2, createdAt: 1 },
        ]);
        assert.equal(await platform.organisation('other.test'), null);
        assert.equal(await platform.application("x' OR 1=1 --"), null);
        await platform.putApplication({
          ...application,
          disabled: true,
          orgNumber: null,
          jwks: '{"keys":[]}',
        } as Application);
        assert.equal((await platform.application('client-1'))?.disabled, true);
        assert.ok(await raised());
        assert.equal(await platform.removeGrant('g1'), true);
        assert.ok(await raised());
        assert.equal(await platform.removeGrant('g1'), false);
        await platform.removeSigningKey('k1');
        assert.deepEqual(await platform.signingKeys(), []);
      }));

    test('lists come in the order of bytes, and every character is kept', () =>
      engine.run(async (open) => {
        const platform = await open(systemClock);
        const ids = ['b.test', 'a.test', 'B.test', 'æ.test', 'z.test', 'a-b.test'];
        for (const id of ids) await platform.putOrganisation({ ...organisation, id });
        assert.deepEqual(
          (await platform.organisations()).map(({ id }) => id),
          ids.toSorted(),
        );
        const odd = { ...application, id: 'od\u0000d\u0001', name: 'Ærlig «talt»\u0000', describe: '\\0 😀' };
        await platform.putApplication(odd);
        assert.deepEqual(await platform.application(odd.id), odd);
        assert.equal(await platform.application('od'), null);
        assert.equal(await platform.applicationByLogin('a\u0000'), null);
        assert.equal(await platform.useOnce('j\u0000', systemClock.now() + 60_000), true);
        assert.equal(await platform.useOnce('j', systemClock.now() + 60_000), true);
        assert.equal(await platform.useOnce('j\u0000', systemClock.now() + 60_000), false);
      }));

    test('two connections see the changes of each other', () =>
      engine.run(async (open) => {
        const [one, two] = [await open(systemClock), await open(systemClock)];
        let [atOne, atTwo] = [await one.revision(), await two.revision()];
        await one.putOrganisation(organisation);
        assert.ok((await one.revision()) > atOne);
        await seen(engine, two, atTwo);
        atOne = await one.revision();
        await two.putApplication(application);
        await seen(engine, one, atOne);
        assert.deepEqual(await one.application('client-1'), application);
        // A single-use id is no change of what caches hold.
        atTwo = await two.revision();
        await one.useOnce('x', systemClock.now() + 1_000);
        await sleep(50);
        assert.equal(await two.revision(), atTwo);
      }));

    test('a single-use id succeeds once over two connections, and again only after it has expired', () =>
      engine.run(async (open) => {
        let now = 1_000;
        const clock: Clock = { ...systemClock, now: () => now };
        const [one, two] = [await open(clock), await open(clock)];
        let wins = 0;
        for (let id = 0; id < 200; id += 20) {
          const tries = Array.from({ length: 60 }, (_, at) =>
            (at % 2 === 0 ? one : two).useOnce(`jti-${id + Math.floor(at / 3)}`, 61_000),
          );
          wins += (await Promise.all(tries)).filter(Boolean).length;
        }
        assert.equal(wins, 200);
        now = 60_999;
        assert.equal(await two.useOnce('jti-0', 61_000), false);
        now = 61_000;
        assert.equal(await two.useOnce('jti-0', 121_000), true);
        assert.equal(await one.useOnce('jti-0', 121_000), false);
        now = 2_000_000;
        assert.equal(await one.useOnce('jti-0', 3_000_000), true, 'long after, what is over has been dropped');
      }));

    test('what a grant let follow is kept when it is removed, or changed so that it lets follow no more', () =>
      engine.run(async (open) => {
        let now = 1_000;
        const platform = await open({ ...systemClock, now: () => now });
        const following: Grant = { ...grant, actions: ['read', 'follow'], to: null };
        const left = async () =>
          (await platform.endedFollows('client-1')).map(({ organisation: whose, environment, at }) => [
            whose,
            environment,
            at,
          ]);
        await platform.putGrant({ ...following, actions: ['read'] });
        await platform.removeGrant('g1');
        await platform.putGrant({ ...following, from: 5_000 });
        await platform.removeGrant('g1');
        await platform.putGrant({ ...following, to: 1 });
        await platform.removeGrant('g1');
        assert.deepEqual(await left(), [], 'never let follow');
        await platform.putGrant(following);
        await platform.putGrant({ ...following, collections: ['*'] });
        await platform.putGrant({ ...following, to: 1_000 });
        now = 2_000;
        await platform.putGrant({ ...following, to: 1_000, purpose: 'other' });
        assert.deepEqual(await left(), [], 'the grant says it itself');
        assert.equal(await platform.removeGrant('g1'), true);
        assert.deepEqual(await left(), fjordheim(1_000));
        await platform.putGrant(following);
        now = 3_000;
        await platform.putGrant({ ...following, actions: ['read'] });
        assert.deepEqual(await left(), fjordheim(3_000));
        await platform.removeGrant('g1');
        await platform.putGrant(following);
        now = 4_000;
        await platform.putGrant({ ...following, to: 500 });
        assert.deepEqual(await left(), fjordheim(4_000), 'what is put later tells less than there was');
        await platform.putGrant({ ...following, id: 'g2', organisation: 'havnes.test' });
        now += followLifeMs;
        await platform.putGrant({ ...following, id: 'g2', organisation: 'nordvik.test' });
        assert.deepEqual(await left(), [['havnes.test', 'test', now]], 'what is too old goes');
        const kept = await platform.grants();
        assert.deepEqual(
          kept.map(({ id }) => id),
          ['g1', 'g2'],
        );
      }));

    test('a link is kept with the grants that it makes, whole or not at all, and what it let follow is kept too', () =>
      engine.run(async (open) => {
        let now = 1_000;
        const platform = await open({ ...systemClock, now: () => now });
        await platform.putGrant({ ...grant, createdAt: 2 });
        const opened: Grant = { ...grant, id: 'l1/read', scope: 'a:read', link: 'l1', to: null, createdAt: 1 };
        const followed: Grant = { ...opened, id: 'l1/follow', scope: 'a:read a:events', actions: ['follow'] };
        const before = await platform.revision();
        await platform.putLink(link, [opened, followed]);
        assert.ok((await platform.revision()) > before);
        assert.deepEqual(await platform.links(), [link]);
        assert.deepEqual(await platform.linksOf('client-1'), [link]);
        assert.deepEqual(await platform.linksOf('client-2'), []);
        const ids = async (): Promise<readonly string[]> => (await platform.grants()).map(({ id }) => id);
        assert.deepEqual(await ids(), ['l1/follow', 'l1/read', 'g1'], 'in the order in which they were given');
        assert.deepEqual((await platform.grantsOf('client-1'))[1], opened);
        assert.deepEqual(await platform.grantsOf('client-2'), []);
        assert.equal(await platform.removeGrant('l1/read'), false, 'it goes with its link only');
        now = 2_000;
        const narrower = { ...link, scopes: ['a:read'] };
        await platform.putLink(narrower, [opened]);
        assert.deepEqual(await platform.links(), [narrower]);
        assert.deepEqual(await ids(), ['l1/read', 'g1']);
        assert.deepEqual(
          (await platform.endedFollows('client-1')).map(({ organisation: whose, at }) => [whose, at]),
          [['fjordheim.test', 2_000]],
        );
        const cyclic: Record<string, unknown> = {};
        cyclic['self'] = cyclic;
        await assert.rejects(async () => platform.putLink(link, [cyclic as unknown as Grant]));
        assert.deepEqual(await platform.links(), [narrower]);
      }));

    test('a secret of the hub is made once, whoever asks first', () =>
      engine.run(async (open) => {
        const one = await open(systemClock);
        const two = await open(systemClock);
        const first = await one.secret('pseudonyms', () => Buffer.from('a'.repeat(32)));
        assert.deepEqual(await two.secret('pseudonyms', () => assert.fail('made twice')), first);
        assert.equal(Buffer.isBuffer(first), true);
      }));

    test('the audit of decisions is kept in order', () =>
      engine.run(async (open) => {
        const platform = await open(systemClock);
        for (const at of [1, 2, 3])
          await platform.appendPlatformAudit({ at, actor: 'cli', operation: 'grant give', subject: `g${at}` });
        assert.deepEqual(await (await platform.platformAudit(2)).map((row) => row.subject), ['g3', 'g2']);
      }));

    test('reasons stand with decisions, and notices wait for their organisation until they are taken', () =>
      engine.run(async (open) => {
        const platform = await open(systemClock);
        await platform.appendPlatformAudit({
          at: 1,
          actor: 'admin:a',
          operation: 'grant give',
          subject: 'g1',
          reason: 'Case 1',
          notices: [notice('r1'), notice('r2')],
        });
        assert.equal((await platform.platformAudit(1))[0]?.reason, 'Case 1');
        const waiting = await platform.auditNotices(10);
        assert.deepEqual(
          waiting.map(({ organisation: whose, record }) => [whose, record.id]),
          [
            ['fjordheim.test', 'r1'],
            ['fjordheim.test', 'r2'],
          ],
        );
        await platform.auditNoticed(waiting.slice(0, 1).map(({ number }) => number));
        assert.deepEqual(await (await platform.auditNotices(10)).map(({ record }) => record.id), ['r2']);
      }));

    test('administrators keep their scopes, and a user name belongs to one application only', () =>
      engine.run(async (open) => {
        const platform = await open(systemClock);
        const admin: Application = { ...application, id: 'admin-1', kind: 'admin', scopes: ['admin.read'] };
        const login = { username: 'a@client.fjordheim.test', hash: 'scrypt$…' };
        const signing: Application = { ...application, login };
        await platform.putApplication(admin);
        await platform.putApplication(signing);
        assert.deepEqual(await platform.application('admin-1'), admin);
        assert.deepEqual(await platform.applicationByLogin(login.username), signing);
        assert.equal(await platform.applicationByLogin('b@client.fjordheim.test'), null);
        await assert.rejects(async () => platform.putApplication({ ...application, id: 'client-2', login }));
        assert.equal(await platform.application('client-2'), null);
        assert.deepEqual(await platform.application('client-1'), signing);
      }));

    test('a claim gives everyone what came first, until it expires', () =>
      engine.run(async (open) => {
        let now = 1_000;
        const platform = await open({ ...systemClock, now: () => now });
        const first = { request: 'r1', subject: 's1', expiresAt: 2_000 };
        assert.deepEqual(await platform.claim('k', first), { request: 'r1', subject: 's1' });
        assert.deepEqual(await platform.claim('k', { ...first, request: 'r2', subject: 's2' }), {
          request: 'r1',
          subject: 's1',
        });
        now = 2_000;
        assert.equal((await platform.claim('k', { request: 'r3', subject: 's3', expiresAt: 3_000 })).subject, 's3');
      }));

    test('what is used of quotas adds up over connections, and stands apart from what caches hold', () =>
      engine.run(async (open) => {
        const [one, two] = [await open(systemClock), await open(systemClock)];
        const revision = await one.revision();
        await one.addQuotaUse('sandbox', []);
        assert.deepEqual(await one.quotaUse('sandbox', 0), []);
        const odd = 'client\u0000-1';
        await Promise.all([
          one.addQuotaUse('sandbox', [use('b', '2026-11-22', 3, 2, 1_000), use(odd, '2026-11-22', 1, 1, 1_000)]),
          two.addQuotaUse('sandbox', [use(odd, '2026-11-22', 5, 5, 900), use('b', '2026-11-22', 4, 6, 2_000)]),
        ]);
        await one.addQuotaUse('sandbox', [use('b', '2026-11-23', 1, 1, 3_000)]);
        await one.addQuotaUse('test', [use('b', '2026-11-22', 100, 1, 4_000)]);
        const rows = async (since: number) =>
          (await two.quotaUse('sandbox', since)).map(({ application: whose, day, used, at }) => [whose, day, used, at]);
        assert.deepEqual(await rows(0), [
          ['b', '2026-11-22', 7, 2_000],
          ['b', '2026-11-23', 1, 3_000],
          [odd, '2026-11-22', 6, 1_000],
        ]);
        assert.deepEqual((await rows(2_000)).length, 2);
        assert.deepEqual(await rows(4_000), []);
        await one.dropQuotaUse('2026-11-23');
        assert.deepEqual(await rows(0), [['b', '2026-11-23', 1, 3_000]]);
        assert.deepEqual(await two.quotaUse('test', 0), []);
        assert.equal(await one.revision(), revision);
        // Many at once, from both sides.
        const many = Array.from({ length: 300 }, (_, at) => use(`app-${at}`, '2026-11-24', 1, 1, 5_000));
        await Promise.all([1, 2, 3, 4].flatMap(() => [one, two].map((each) => each.addQuotaUse('sandbox', many))));
        assert.deepEqual(new Set((await one.quotaUse('sandbox', 5_000)).map(({ used }) => used)), new Set([8]));
      }));

    test('entries of the register are kept by kind, in the order in which they were made', () =>
      engine.run(async (open) => {
        const platform = await open(systemClock);
        const before = await platform.revision();
        const made: readonly RegisterEntry[] = [
          { ...entry, id: 'b', createdAt: 2 },
          { ...entry, id: 'æ', createdAt: 2, organisation: null, application: 'client-1', value: null },
          { ...entry, id: 'B\u0000', createdAt: 2, state: 'ended' },
          { ...entry, id: 'z', createdAt: 1, application: 'client-1' },
          { ...entry, id: 'b', kind: 'delegation', value: 'text' },
        ];
        assert.equal(await platform.putRegister({ entries: made }), true);
        assert.ok((await platform.revision()) > before);
        assert.deepEqual(await platform.registerEntry('agreement', 'æ'), made[1]);
        assert.deepEqual(await platform.registerEntry('agreement', 'B\u0000'), made[2]);
        assert.deepEqual(await platform.registerEntry('delegation', 'b'), made[4]);
        assert.equal(await platform.registerEntry('agreement', 'a'), null);
        assert.equal(await platform.registerEntry('change', 'b'), null);
        const ids = async (query: Omit<Parameters<Platform['registerEntries']>[0], 'kind'>) =>
          (await platform.registerEntries({ kind: 'agreement', ...query })).map(({ id }) => id);
        const all = ['z', 'B\u0000', 'b', 'æ'];
        assert.deepEqual(await ids({}), all);
        assert.deepEqual(await ids({ organisation: 'fjordheim.test' }), ['z', 'B\u0000', 'b']);
        assert.deepEqual(await ids({ application: 'client-1' }), ['z', 'æ']);
        assert.deepEqual(await ids({ organisation: 'fjordheim.test', application: 'client-1' }), ['z']);
        assert.deepEqual(await ids({ state: 'ended' }), ['B\u0000']);
        assert.deepEqual(await ids({ organisation: 'havnes.test' }), []);
        assert.deepEqual(await ids({ limit: 0 }), []);
        assert.deepEqual(await ids({ limit: 4 }), all);
        assert.deepEqual(await ids({ limit: 5 }), all);
        const paged: string[] = [];
        for (let last: Pick<RegisterEntry, 'createdAt' | 'id'> | null = { createdAt: 0, id: '' }; last !== null;) {
          const page: readonly RegisterEntry[] = await platform.registerEntries({
            kind: 'agreement',
            after: last,
            limit: 1,
          });
          last = page[0] ?? null;
          if (last !== null) paged.push(last.id);
        }
        assert.deepEqual(paged, all);
        assert.deepEqual(await ids({ state: 'live', after: { createdAt: 2, id: 'B\u0000' }, limit: 9 }), ['b', 'æ']);
      }));

    test('a change of the register is made whole, by one of those that read the same', () =>
      engine.run(async (open) => {
        const [one, two] = [await open(systemClock), await open(systemClock)];
        assert.equal(await put(one, { ...entry, revision: 2 }), false, 'there is none before it');
        assert.equal(await put(one, entry), true);
        assert.equal(await put(two, entry), false, 'it is there');
        const before = await one.revision();
        const next = { ...entry, revision: 2, state: 'ended', changedAt: 5 };
        for (const revision of [0, 1, 3]) assert.equal(await put(one, { ...next, revision }), false);
        const change = {
          entries: [
            { ...entry, id: 'a0' },
            { ...entry, revision: 3 },
          ],
          applications: [application],
          grants: [grant],
        };
        assert.equal(await one.putRegister(change), false);
        assert.equal(await one.registerEntry('agreement', 'a0'), null);
        assert.equal(await one.application('client-1'), null);
        assert.deepEqual(await one.grants(), []);
        assert.equal(await one.revision(), before);
        assert.deepEqual(await one.registerEntry('agreement', 'a1'), entry);
        // Of many at once one wins, and what belongs to it is all there is.
        const tries = Array.from({ length: 12 }, (_, at) =>
          [one, two][at % 2]?.putRegister({
            entries: [
              { ...next, value: at },
              { ...entry, id: `of-${at}` },
            ],
            grants: [{ ...grant, id: `of-${at}` }],
            applications: [{ ...application, id: `of-${at}` }],
          }),
        );
        const won = (await Promise.all(tries)).flatMap((isPut, at) => (isPut === true ? [at] : []));
        assert.equal(won.length, 1);
        await seen(engine, two, before);
        assert.equal((await two.registerEntry('agreement', 'a1'))?.value, won[0]);
        const entries = await two.registerEntries({ kind: 'agreement' });
        for (const held of [entries.slice(1), await two.grants(), await two.applications()])
          assert.deepEqual(
            held.map(({ id }) => id),
            [`of-${won[0]}`],
          );
        // One after the other in one change, and not twice the same.
        const third = { ...next, revision: 3 };
        assert.equal(await put(one, third, third), false);
        assert.equal(await put(one, third, { ...third, revision: 4 }), true);
        assert.equal((await one.registerEntry('agreement', 'a1'))?.revision, 4);
        assert.equal(await one.putRegister({ entries: [], grants: [{ ...grant, id: 'alone' }] }), true);
        assert.equal((await one.grants()).length, 2);
      }));

    test('a change of the register that fails leaves nothing, and grants keep what they let follow', () =>
      engine.run(async (open) => {
        const platform = await open({ ...systemClock, now: () => 2_000 });
        const login = { username: 'a@client.fjordheim.test', hash: 'scrypt$…' };
        await platform.putApplication({ ...application, login });
        const following: Grant = { ...grant, actions: ['read', 'follow'], to: null };
        await platform.putGrant(following);
        const before = await platform.revision();
        await assert.rejects(async () =>
          platform.putRegister({
            entries: [entry],
            grants: [{ ...following, to: 500 }],
            applications: [{ ...application, id: 'client-2', login }],
          }),
        );
        assert.equal(await platform.revision(), before);
        assert.equal(await platform.registerEntry('agreement', 'a1'), null);
        assert.deepEqual(await platform.grants(), [following]);
        assert.equal(await platform.putRegister({ entries: [entry], grants: [{ ...following, to: 500 }] }), true);
        assert.deepEqual(
          (await platform.endedFollows('client-1')).map(({ organisation: whose, at }) => [whose, at]),
          [['fjordheim.test', 2_000]],
        );
      }));

    test('entries of the register go when they have been over for long enough', () =>
      engine.run(async (open) => {
        const platform = await open(systemClock);
        await platform.putRegister({
          entries: [
            { ...entry, id: 'live', changedAt: 1 },
            { ...entry, id: 'ended', state: 'ended', changedAt: 9 },
            { ...entry, id: 'void', state: 'void', changedAt: 9 },
            { ...entry, id: 'late', state: 'ended', changedAt: 10 },
            { ...entry, id: 'other', kind: 'notice', state: 'ended', changedAt: 9 },
          ],
        });
        const before = await platform.revision();
        assert.equal(await platform.dropRegister('agreement', [], 99), 0);
        assert.equal(await platform.dropRegister('agreement', ['ended'], 9), 0);
        assert.equal(await platform.revision(), before);
        assert.equal(await platform.dropRegister('agreement', ['ended', 'void'], 10), 2);
        assert.ok((await platform.revision()) > before);
        assert.deepEqual(
          (await platform.registerEntries({ kind: 'agreement' })).map(({ id }) => id),
          ['late', 'live'],
        );
        assert.equal((await platform.registerEntries({ kind: 'notice' })).length, 1);
      }));

    test('the use of parts adds up over connections, and stands apart from what caches hold', () =>
      engine.run(async (open) => {
        const [one, two] = [await open(systemClock), await open(systemClock)];
        const revision = await one.revision();
        await one.addPartUse('test', []);
        assert.deepEqual(await one.partUse('test', { since: '0000-00-00' }), []);
        const odd = 'client\u0000-1';
        await Promise.all([
          one.addPartUse('test', [partUse('b', 'GET /a', '2026-11-22', 3), partUse(odd, 'GET /a', '2026-11-22', 1)]),
          two.addPartUse('test', [partUse(odd, 'GET /a', '2026-11-22', 5), partUse('b', 'GET /a', '2026-11-22', 4)]),
        ]);
        await one.addPartUse('test', [
          partUse('b', 'GET /B', '2026-11-21', 1),
          partUse('b', 'GET /a', '2026-11-23', 1),
          partUse('b', 'GET /a', '2026-11-23', 1),
          { ...partUse('b', 'Elev.navn', '2026-11-23', 1), api: 'fs' },
        ]);
        await one.addPartUse('sandbox', [partUse('b', 'GET /a', '2026-11-22', 100)]);
        const rows = async (query: Parameters<Platform['partUse']>[1]) =>
          (await two.partUse('test', query)).map(({ application: whose, part, day, count }) => [
            whose,
            part,
            day,
            count,
          ]);
        const all = [
          ['b', 'GET /B', '2026-11-21', 1],
          ['b', 'GET /a', '2026-11-22', 7],
          ['b', 'GET /a', '2026-11-23', 2],
          ['b', 'Elev.navn', '2026-11-23', 1],
          [odd, 'GET /a', '2026-11-22', 6],
        ];
        assert.deepEqual(await rows({ since: '2026-11-21' }), all);
        assert.deepEqual(await rows({ since: '2026-11-22' }), all.slice(1));
        assert.deepEqual(await rows({ since: '2026-11-21', application: odd }), all.slice(4));
        assert.deepEqual(await rows({ since: '2026-11-21', api: 'fs' }), all.slice(3, 4));
        assert.deepEqual(await rows({ since: '2026-11-21', api: 'fint', part: 'GET /B' }), all.slice(0, 1));
        assert.deepEqual(await rows({ since: '2026-11-21', application: 'b', api: 'fs', part: 'GET /a' }), []);
        await one.dropPartUse('2026-11-23');
        assert.deepEqual(await rows({ since: '2026-11-21' }), all.slice(2, 4));
        assert.deepEqual(await two.partUse('sandbox', { since: '2026-11-21' }), []);
        assert.equal(await one.revision(), revision);
        // Many at once, from both sides and not in the same order.
        const many = Array.from({ length: 300 }, (_, at) => partUse(`app-${at}`, 'GET /c', '2026-11-24', 1));
        await Promise.all(
          [1, 2, 3, 4].flatMap(() => [one.addPartUse('test', many), two.addPartUse('test', many.toReversed())]),
        );
        const told = await one.partUse('test', { since: '2026-11-24' });
        assert.deepEqual([told.length, new Set(told.map(({ count }) => count))], [300, new Set([8])]);
      }));

    test("a destination of messages is one holder's at a time, who alone keeps how far it has come", () =>
      engine.run(async (open) => {
        const [one, two] = [await open(systemClock), await open(systemClock)];
        const revision = await one.revision();
        const destination = 'destination\u0000-1';
        const take = (platform: Platform, holder: string, now: number) =>
          platform.takeMessageTurn(destination, { holder, now, until: now + 100 });
        const keep = (
          platform: Platform,
          holder: string,
          state: string,
          numbers: readonly number[] = [],
          dropped: readonly number[] = [],
        ) =>
          platform.putMessageState(destination, {
            holder,
            state,
            letters: numbers.map((number) => letter(number, `emner/${number % 2}`)),
            dropped,
          });
        assert.equal(await keep(one, 'a', 'early'), false);
        const taken = await Promise.all([take(one, 'a', 1_000), take(two, 'b', 1_000)]);
        assert.deepEqual(
          taken.filter((state) => state !== null),
          [''],
        );
        const [holder, other] = taken[0] === null ? ['b', 'a'] : ['a', 'b'];
        assert.equal(await take(two, other, 1_099), null);
        assert.equal(await take(two, holder, 1_050), '');
        assert.equal(await keep(one, other, 'not mine', [1]), false);
        assert.equal(await keep(one, holder, 'first', [1, 2, 3]), true);
        assert.equal(await two.messageLetterCount(destination), 3);
        assert.equal(await two.messageLetterCount('another'), 0);
        // Who has been away too long has it no more, whatever it still does.
        assert.equal(await take(two, other, 1_150), 'first');
        assert.equal(await keep(one, holder, 'late', [4], [1]), false);
        assert.equal(await keep(two, other, 'second', [4], [1]), true);
        assert.deepEqual(await one.messageTurns(), [{ destination, holder: other, until: 1_250, state: 'second' }]);
        const letters = (from: number, limit: number) => one.messageLetters({ destination, after: from, limit });
        assert.deepEqual(
          (await letters(0, 9)).map(({ number, subject, resend }) => [number, subject, resend]),
          [
            [2, 'emner/0', false],
            [3, 'emner/1', false],
            [4, 'emner/0', false],
          ],
        );
        assert.deepEqual(await letters(2, 1), [{ ...letter(3, 'emner/1'), destination, resend: false }]);
        // A number that is there already is a mistake, and nothing of the change stays.
        await assert.rejects(async () => keep(two, other, 'third', [5, 3], [2]));
        assert.deepEqual(
          (await letters(0, 9)).map(({ number }) => number),
          [2, 3, 4],
        );
        assert.equal((await one.messageTurns())[0]?.state, 'second');
        assert.equal(await two.resendMessageLetters(destination, ['emner/0', 'emner/7']), 2);
        assert.equal(await two.resendMessageLetters(destination, null), 1);
        assert.equal(await two.dropMessageLetters(destination, { subjects: ['emner/0'], before: 40 }), 1);
        assert.deepEqual(
          (await letters(0, 9)).map(({ number, resend }) => [number, resend]),
          [
            [3, true],
            [4, true],
          ],
        );
        assert.equal(await two.dropMessageLetters(destination, { subjects: null, before: 31 }), 1);
        await one.dropMessages(destination);
        assert.deepEqual([await one.messageTurns(), await letters(0, 9)], [[], []]);
        assert.equal(await keep(two, other, 'gone'), false);
        assert.equal(await one.revision(), revision);
      }));

    test('a failed put changes neither rows nor revision', () =>
      engine.run(async (open) => {
        const platform = await open(systemClock);
        const before = await platform.revision();
        await assert.rejects(async () =>
          platform.putOrganisation({ ...organisation, name: null as unknown as string }),
        );
        assert.equal(await platform.revision(), before);
        assert.equal(await platform.organisation('fjordheim.test'), null);
      }));
  });

const letter = (number: number, subject: string) => ({ number, subject, at: number * 10, record: `{"é":"\u0000"}` });

const directory = mkdtempSync(join(tmpdir(), 'platform-'));
after(() => rmSync(directory, { recursive: true, force: true }));

test('a file of the first version gets what is new and keeps what it has', () => {
  const db = openFile(join(directory, 'first.db'));
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
  const db = openFile(join(directory, 'newer.db'));
  db.exec('PRAGMA user_version = 999; CREATE TABLE theirs (x)');
  assert.throws(
    () => openPlatform(db, systemClock),
    (error: unknown) => error instanceof HubError && error.problem.code === 'HUB-511',
  );
  assert.equal(db.prepare('PRAGMA user_version').get()?.['user_version'], 999);
});

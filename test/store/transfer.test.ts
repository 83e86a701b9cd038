// Data that go from one engine to the other and back: every row of every table, what a hub answers from them, what stands in the way, and what a
// copy that was broken off leaves behind.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import * as fc from 'fast-check';
import { systemClock } from '#base/clock.ts';
import { HubError } from '#base/errors.ts';
import type { ErrorCode } from '#base/errors.ts';
import type { ProtectionLevel } from '#model/model.ts';
import { openExportStore as openExportsInDatabase } from '#store/postgres/exports.ts';
import { openDatabase } from '#store/postgres/open.ts';
import * as postgresSide from '#store/postgres/transfer.ts';
import { Wire } from '#store/postgres/wire.ts';
import { allTenantTables } from '#store/postgres/schema/steps.ts';
import * as sqliteSide from '#store/sqlite/transfer.ts';
import { tenantFolder, unfinishedCopy } from '#store/sqlite/sqlite-store.ts';
import { chainOf, contentOf, differencesOf, organisationForms, platformForms, transfer } from '#store/transfer.ts';
import type { ExportStore } from '#store/exports.ts';
import type { Content, TransferSide, TransferSource, TransferTarget } from '#store/transfer.ts';
import type { AuditRecord, LinkTarget, Store, SyncRun, TenantStore, WriteEvent } from '#store/store.ts';
import { verifyChain } from '#verify/audit-verify.ts';
import { emptyDatabase, run, testDatabase } from '../postgres/database.ts';
import type { TestDatabase } from '../postgres/database.ts';
import { postgres, sqlite } from './conformance/dialects.ts';
import {
  base,
  changesOf,
  deliver,
  elev,
  elevforhold,
  entry,
  model,
  organise,
  person,
  piecesOf,
  planFor,
  putEntry,
  setClock,
  skole,
  to,
  withdraw,
} from './conformance/world.ts';
import type { Entry, SetClock } from './conformance/world.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'transfer-'));
const databases: TestDatabase[] = [];
after(async () => {
  rmSync(folder, { recursive: true, force: true });
  for (const one of databases) await one.drop();
});

let places = 0;
const newFolder = (): string => path.join(folder, `${(places += 1)}`);
const newDatabase = async (making: Promise<TestDatabase> = testDatabase()): Promise<TestDatabase> => {
  const made = await making;
  databases.push(made);
  return made;
};

const sourceIn = (at: string): Promise<TransferSource> => sqliteSide.openTransferSource(at);
const targetIn = (at: string): Promise<TransferTarget> => sqliteSide.openTransferTarget(at);
const clock = systemClock;
const sourceOf = ({ ownerUrl }: TestDatabase): Promise<TransferSource> =>
  postgresSide.openTransferSource({ url: ownerUrl, clock });
const targetOf = ({ ownerUrl }: TestDatabase): Promise<TransferTarget> =>
  postgresSide.openTransferTarget({ url: ownerUrl, clock });

/** Copies and keeps it; fails when anything is not the same. */
const copied = async (opening: Promise<TransferSource>, aiming: Promise<TransferTarget>): Promise<void> => {
  const [source, target] = await both(opening, aiming);
  try {
    const { differences } = await transfer(source, target, () => {});
    assert.deepEqual(differences, []);
    await target.keep();
  } finally {
    await target.close();
    await source.close();
  }
};

const both = async <A, B>(one: Promise<A>, other: Promise<B>): Promise<readonly [A, B]> => [await one, await other];

const refused = async (opening: Promise<unknown>, code: ErrorCode): Promise<void> => {
  await assert.rejects(opening, (error) => {
    assert.ok(error instanceof HubError, String(error));
    assert.equal(error.problem.code, code, error.problem.detail);
    return true;
  });
};

const readAll = async (side: TransferSide): Promise<readonly Content[]> => {
  const all: Content[] = [];
  for (const organisation of [null, ...(await side.organisations())])
    all.push(await contentOf(side, organisation, async () => {}));
  return all;
};

const alike = (one: readonly Content[], other: readonly Content[]): void => {
  assert.equal(one.length, other.length);
  for (const [at, content] of one.entries()) {
    const counterpart = other[at];
    assert.ok(counterpart !== undefined);
    assert.deepEqual(differencesOf(content, counterpart), []);
  }
};

// What PostgreSQL cannot hold as it is, and what it could take for something else.
const awkward = ['plain', '\u0000', '\u00010', '\u0001#', 'Æ', `Lang ${'Å'.repeat(600)}`, 'a"b\\c{d},'] as const;

const start = setClock().now();
const day = 86_400_000;

const record = (id: string, at: number): AuditRecord => ({
  id,
  at,
  request: 'req',
  issuer: 'hub',
  client: 'c1',
  token: 'jti',
  api: 'fint',
  operation: 'read',
  collection: elev,
  decision: 'allow',
  rule: 'g1',
  count: 1,
  subjects: ['«æøå»'],
  seen: null,
  details: '',
});

const syncRun: Omit<SyncRun, 'order'> = {
  corrId: 'løp \u0000 1',
  adapter: 'adapter',
  client: 'client',
  collection: elev,
  type: 'FULL',
  state: 'open',
  totalSize: 10,
  totalPages: 2,
  receivedEntries: 0,
  pages: 0,
  created: 0,
  updated: 0,
  unchanged: 0,
  removed: 0,
  rejected: 0,
  warnings: 0,
  wouldRemove: 0,
  openedAt: start,
  touchedAt: start,
  closedAt: null,
  reason: null,
};

const writeEvent = (id: string, more: Partial<WriteEvent> = {}): WriteEvent => ({
  id,
  order: 0,
  collection: elev,
  operation: 'update',
  state: 'waiting',
  policy: 'source',
  client: 'app \u0001',
  issuer: 'issuer',
  api: 'fint',
  request: 'r1',
  target: null,
  uid: null,
  value: '{"a":1}',
  filter: null,
  createdAt: start,
  deadline: start + day,
  answeredAt: null,
  answeredBy: null,
  message: 'nul: \u0000',
  problems: [],
  answer: null,
  idempotency: null,
  retainUntil: start + day,
  ...more,
});

/** A person with a pupil, by a number. */
const pair = (number: number, marking: ProtectionLevel | null = null): readonly Entry[] => [
  entry(
    person,
    { fodselsnummer: `${10 + (number % 18)}9${100_000_00 + number}` },
    {
      ...(marking === null ? {} : { marking }),
      attributes: { navn: { fornavn: awkward[number % awkward.length], etternavn: `Nr ${number}` } },
      links: { elev: [to(elev, 'systemid', `E${number}`)] },
    },
  ),
  entry(elev, { systemid: `E${number}`, elevnummer: awkward[number % awkward.length] + `${number}` }),
];

/** All that a store keeps, of two organisations. */
const fill = async (store: Store, at: SetClock): Promise<void> => {
  await organise(store, 'a.test', true);
  await organise(store, 'b.test', false);
  const { platform } = store;
  await platform.putApplication({
    id: 'app',
    name: 'Æ \u0000',
    kind: 'client',
    owner: 'a.test',
    describe: '',
    environment: 'sandbox',
    secrets: [],
    jwks: null,
    disabled: true,
    createdAt: 5,
    login: { username: 'u@a.test', hash: 'h' },
  });
  await platform.putLink(
    {
      id: 'l',
      application: 'app',
      organisation: 'a.test',
      environment: 'sandbox',
      scopes: ['a:read'],
      schools: ['Æ \u0000'],
      agreement: { reference: 'DBA-1', from: null, to: 9 },
      purpose: 'why \u0000',
      clearance: 1,
      createdAt: 5,
      endedAt: null,
    },
    [],
  );
  await platform.putSigningKey({ id: 'k', jwk: '{}', state: 'active', since: 1, createdAt: 1 });
  await platform.addQuotaUse('sandbox', [
    { application: 'a', organisation: 'a.test', day: '2026-11-22', used: 3, weight: 2, at: 5 },
  ]);
  await platform.putRegister({
    entries: ['b\u0000', 'æ', 'B'].map((id) => ({
      kind: 'agreement',
      id,
      revision: 1,
      organisation: id === 'B' ? null : 'a.test',
      application: id === 'B' ? 'a' : null,
      state: 'live',
      createdAt: 1,
      changedAt: 2,
      value: { said: `«${id}»`, nothing: null },
    })),
  });
  await platform.addPartUse('test', [
    { application: 'a', api: 'fint', part: 'GET /{id}', day: '2026-11-22', count: 2 },
    { application: 'a', api: 'fint', part: 'GET /', day: '2026-11-22', count: 1 },
  ]);
  await platform.useOnce('jti', Number.MAX_SAFE_INTEGER);
  await platform.claim('key', { request: 'r', subject: 's', expiresAt: Number.MAX_SAFE_INTEGER });
  await platform.secret('pseudonyms', () => Buffer.from([0, 1, 255]));
  for (const reason of ['why', 'why \u0000'])
    await platform.appendPlatformAudit({
      at: 7,
      actor: 'owner',
      operation: 'grant',
      subject: 'app',
      reason,
      notices: [{ organisation: 'a.test', record: record('n', 7) }],
    });
  const tenant = await store.tenant('a.test');
  const levels: readonly (ProtectionLevel | null)[] = [null, 0, 1, 2];
  await deliver(tenant, ...Array.from({ length: 40 }, (_, nth) => pair(nth)).flat());
  at.set(start + 1_000);
  await deliver(tenant, ...Array.from({ length: 12 }, (_, nth) => pair(nth, levels[nth % 4] ?? null)).flat());
  await withdraw(tenant, elev, 'systemid', 'E5');
  at.set(start + 2_000);
  const erased = await erase(tenant, 'E7', 'sak \u0000 1');
  await erase(tenant, 'E8', 'sak 2');
  await tenant.erasures.lift(erased ?? '');
  await tenant.write(async (tx) => {
    await tx.putRun(syncRun);
    await tx.putPage(syncRun.corrId, { page: 1, hash: 'h', entries: 2, seen: Float64Array.of(1, 2, 900) });
    await tx.putRejections(syncRun.corrId, 1, [
      {
        corrId: syncRun.corrId,
        collection: elev,
        page: 1,
        index: 0,
        severity: 'rejected',
        code: 'HUB-611',
        at: '/navn',
        message: 'm \u0000',
        subject: 's',
        seenAt: start,
      },
    ]);
    await tx.putContract({
      client: 'client',
      adapterId: 'adapter',
      username: 'u',
      heartbeatIntervalInMinutes: 1,
      capabilities: [],
      registeredAt: start,
      heartbeatAt: null,
    });
    const [uid] = await tx.match(elev, [{ field: 'systemid', value: 'E9' }]);
    await tx.putEvent(writeEvent('e \u0000 1', { uid: uid ?? null, idempotency: { key: 'k \u0000', request: 'h' } }));
    await tx.putEvent(writeEvent('e2', { state: 'rejected', uid: 77, answeredAt: start }));
    await tx.putFollow({ id: 'f1', collection: elev, record: '{}', rows: Buffer.from([0, 9]) });
    await tx.putFollow({ id: 'f2', collection: elev, record: '{}', rows: null });
    await tx.audit(record('written', start));
    await tx.settle();
  });
  for (let nth = 1; nth <= 30; nth += 1) {
    at.set(start + 3_000 + nth);
    await tenant.appendAudit(record(`r${nth}`, start + nth * 1_000));
    if (nth % 7 === 0) await tenant.trail.seal();
    if (nth === 21) assert.ok((await tenant.trail.trim(start + 10_000)) > 0);
  }
  await deliver(await store.tenant('b.test'), entry(skole, { systemid: 'S' }, { links: {} }), ...pair(1));
};

const erase = (tenant: TenantStore, id: string, reason: string): Promise<string | null> =>
  tenant.write(async (tx) => {
    const [uid] = await tx.match(elev, [{ field: 'systemid', value: id }]);
    const made = await tx.erase([uid ?? 0], reason);
    await tx.settle();
    return made;
  });

/** What a hub has to answer from: bodies, ETags' positions and times, the feed, statuses, runs, erasures, the audit. */
const answers = async (store: Store, id: string): Promise<unknown> => {
  const tenant = await store.tenant(id);
  const { reads, runs, events, erasures, trail } = tenant;
  const collections: unknown[] = [];
  for (const at of [elev, person, elevforhold, skole])
    for (const clearance of [0, 3] as const) {
      const plan = planFor(at, id, clearance);
      const uids = [...(await reads.uids(plan))];
      const pieces: string[] = [];
      for await (const piece of piecesOf(tenant, plan, { offset: 0, size: 1_000 }))
        pieces.push('read' in piece ? String((await piece.read())?.bytes) : JSON.stringify(piece));
      collections.push(
        await reads.stats(plan),
        (await reads.load(plan, uids)).map((one) => ({ ...one, body: one.body.toString() })),
        pieces,
        await reads.changes(plan, 0, 10_000),
        await reads.lives(uids),
      );
    }
  return {
    collections,
    position: await reads.lastPosition(),
    epochs: await reads.epochs(),
    follow: await reads.follow('f1'),
    guarded: await reads.guarded(person),
    run: await runs.run(syncRun.corrId),
    event: await events.event('e \u0000 1'),
    byKey: await tenant.write(async (tx) => tx.eventByKey('app \u0001', 'k \u0000')),
    waiting: await events.waitingCount(),
    erasures: await erasures.list(),
    erased: await erasures.isErased([
      { collection: elev, field: 'systemid', value: 'E7' },
      { collection: elev, field: 'systemid', value: 'E8' },
    ]),
    audit: await tenant.audit({ limit: 100 }),
    found: await reads.select(
      planFor(person, id),
      {
        filter: {
          kind: 'compare',
          path: { names: ['navn', 'fornavn'], kind: 'string' },
          operator: 'eq',
          value: { kind: 'text', value: awkward[5] },
        },
        since: null,
      },
      Number.POSITIVE_INFINITY,
    ),
    sealed: (await trail.seal())?.sequence,
  };
};

const openSqlite = (at: string, time = setClock()): Promise<Store> =>
  sqlite.open(at, { model, clock: time, baseUrl: base });
const openPostgres = ({ url }: TestDatabase, time = setClock()): Promise<Store> =>
  postgres.open(url, { model, clock: time, baseUrl: base });

/** Opens a store, works with it and closes it. */
const using = async <T>(opening: Promise<Store>, work: (store: Store) => Promise<T>): Promise<T> => {
  const store = await opening;
  try {
    return await work(store);
  } finally {
    await store.close();
  }
};

const filled = async (): Promise<string> => {
  const at = newFolder();
  const time = setClock();
  await using(openSqlite(at, time), (store) => fill(store, time));
  const exports = await sqlite.openExports(at, 'a.test');
  await exports?.putSettings('app \u0000', '{"dropGuard":0.1}');
  await exports?.putSchedule({ id: 's1', application: 'app', next: start, record: '{"to":"æ"}' });
  await exports?.putSchedule({ id: 's2', application: 'app', next: null, record: '{}' });
  await exports?.putRun({
    id: 'r1',
    application: 'app',
    series: 'full',
    state: 'ready',
    createdAt: 1,
    finishedAt: 2,
    expiresAt: 3,
    told: true,
    record: '{}',
    attempt: 0,
  });
  await exports?.close();
  return at;
};

const resting = { id: 's2', application: 'app', next: null, record: '{}' };

/** What somebody has set of exports, and how many runs are kept. */
const exportsOf = async (opening: Promise<ExportStore | null>): Promise<unknown> => {
  const exports = await opening;
  assert.ok(exports !== null);
  const found = [
    await exports.settings('app \u0000'),
    await exports.schedules(),
    (await exports.runs({ limit: 9 })).length,
  ];
  await exports.close();
  return found;
};

test('the form has every table and column of both engines, save what is derived', async () => {
  const forms = new Map([...platformForms, ...organisationForms].map((one) => [one.name, one]));
  const names = (table: string): readonly string[] =>
    (forms.get(table)?.columns ?? []).map(([column]) => column).toSorted();
  const database = await newDatabase();
  const wire = await Wire.open({ url: database.adminUrl, applicationName: 'test', connectMs: 5_000, settings: [] });
  const rows = await wire.query(
    {
      name: '',
      text: `SELECT c.relname::text AS name, array_agg(a.attname::text ORDER BY a.attname) AS columns
        FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
        WHERE c.relnamespace = 'bindeledd'::regnamespace AND NOT c.relispartition AND c.relkind IN ('r', 'p') GROUP BY 1`,
    },
    [],
    null,
  );
  await wire.close();
  const derived = new Set(['migration', 'tenant', 'tenant_state', 'audit_head']);
  // What was exported expires, and is made again.
  for (const one of ['run', 'part', 'manifest', 'detail', 'state']) derived.add(`export_${one}`);
  const ofOrganisations = new Set(allTenantTables.map(({ name }) => name));
  let compared = 0;
  for (const row of rows) {
    const table = String(row['name']);
    if (derived.has(table) || table.startsWith('quality_')) continue;
    const columns = (row['columns'] as readonly string[]).filter(
      (one) => (one !== 'tenant' || !ofOrganisations.has(table)) && !(table === 'revision' && one === 'one'),
    );
    assert.deepEqual(names(table), columns.toSorted(), table);
    compared += 1;
  }
  assert.equal(compared, forms.size);

  const at = newFolder();
  await using(openSqlite(at), async (store) => void (await store.tenant('a.test')));
  await (await sqlite.openExports(at, 'a.test'))?.close();
  const files = [
    path.join(at, 'platform.db'),
    ...['data.db', 'audit.db', 'export-settings.db'].map((one) => path.join(tenantFolder(at, 'a.test'), one)),
  ];
  const here = new Set(['audit_outbox', 'moved', 'sqlite_sequence']);
  const found = files.flatMap((file) => {
    const db = new DatabaseSync(file, { readOnly: true });
    const tables = db.prepare(`SELECT name FROM sqlite_schema WHERE type = 'table'`).all();
    const all = tables.flatMap(({ name }) => {
      const table = String(name);
      if (here.has(table)) return [];
      const columns = db
        .prepare(`SELECT name FROM pragma_table_info(?)`)
        .all(table)
        .map((one) => String(one['name']));
      return [[table, columns.filter((one) => one !== 'one')] as const];
    });
    db.close();
    return all;
  });
  for (const [table, columns] of found) {
    const turned = table === 'name' ? ['id', 'text'] : columns;
    assert.deepEqual(names(table === 'name' ? 'word' : table), [...turned].toSorted(), table);
  }
  // The ledger of erasures is a file.
  assert.equal(found.length + 1, forms.size);
});

const listOf = (at: string): string =>
  readFileSync(path.join(tenantFolder(at, 'a.test'), 'audit-checkpoints.jsonl'), 'utf8');

/** Works on, and gives what came of it. */
const goOn = async (store: Store): Promise<unknown> => {
  const tenant = await store.tenant('a.test');
  const last = await tenant.reads.lastPosition();
  await deliver(tenant, ...pair(3, 1), ...pair(60), ...pair(7));
  await withdraw(tenant, elev, 'systemid', 'E60');
  const stored = await tenant.write(async (tx) => {
    const put = await tx.putRun({ ...syncRun, corrId: 'next' });
    const event = await tx.putEvent(writeEvent('next'));
    await tx.audit(record('next', start + 50_000));
    await tx.settle();
    return [put.order, event.order];
  });
  await tenant.appendAudit(record('last', start + 60_000));
  await tenant.trail.seal();
  const changes = await changesOf(tenant, elev, last);
  let chain = '';
  for await (const text of tenant.trail.chain()) chain += text;
  const keys = (await store.platform.auditKeys()).map(({ id, publicJwk }) => ({ ...JSON.parse(publicJwk), kid: id }));
  const verdict = verifyChain({ organisation: 'a.test', lines: chain.trimEnd().split('\n'), keys: { keys } });
  assert.deepEqual(verdict.broken, []);
  return [
    stored,
    last,
    changes,
    verdict.records,
    (await tenant.erasures.list()).map(({ liftedAt }) => liftedAt !== null),
  ];
};

const later = (): SetClock => {
  const made = setClock();
  made.set(start + 100_000);
  return made;
};

test('everything comes through both engines and back as it was, and a hub answers the same from each', async () => {
  const first = await filled();
  const before = await using(openSqlite(first), async (store) => [
    await answers(store, 'a.test'),
    await answers(store, 'b.test'),
  ]);
  const database = await newDatabase();
  const second = newFolder();
  const source = await sourceIn(first);
  const was = await readAll(source);
  await source.close();
  assert.ok(
    was.some(({ tables }) => [...tables.values()].every(({ rows }) => rows > 0)),
    'a table has no rows',
  );

  await copied(sourceIn(first), targetOf(database));
  const middle = await sourceOf(database);
  alike(await readAll(middle), was);
  await middle.close();
  assert.deepEqual(
    await using(openPostgres(database), async (store) => [
      await answers(store, 'a.test'),
      await answers(store, 'b.test'),
    ]),
    before,
  );

  await copied(sourceOf(database), targetIn(second));
  const end = await sourceIn(second);
  const is = await readAll(end);
  // Having been asked is all that has happened to it.
  const asked = await sourceOf(database);
  alike(is, await readAll(asked));
  await asked.close();
  await end.close();
  assert.deepEqual(
    await using(openSqlite(second), async (store) => [await answers(store, 'a.test'), await answers(store, 'b.test')]),
    before,
  );
  assert.ok(listOf(second).startsWith(listOf(first)), 'the list of checkpoints is not that of before');
  const set = ['{"dropGuard":0.1}', [{ id: 's1', application: 'app', next: start, record: '{"to":"æ"}' }, resting]];
  assert.deepEqual(await exportsOf(sqlite.openExports(first, 'a.test')), [...set, 1]);
  const { database: over } = await openDatabase({ url: database.url, clock, shared: 1, writing: 1, reading: 1 });
  assert.deepEqual(await exportsOf(openExportsInDatabase(over, 'a.test')), [...set, 0]);
  await over.close();
  assert.deepEqual(await exportsOf(sqlite.openExports(second, 'a.test')), [...set, 0]);
});

test('writes go on where they ended: positions, orders, what is erased, the chain of the audit', async () => {
  const first = await filled();
  const database = await newDatabase();
  await copied(sourceIn(first), targetOf(database));
  const network = await using(openPostgres(database, later()), goOn);
  const second = newFolder();
  await copied(sourceOf(database), targetIn(second));
  assert.deepEqual(network, await using(openSqlite(first, later()), goOn));
  const epochs = await using(openSqlite(second), async (store) => {
    const tenant = await store.tenant('a.test');
    await tenant.write(async (tx) => {
      await tx.audit(record('home', start));
      await tx.settle();
    });
    assert.equal((await tenant.audit({ limit: 1 }))[0]?.id, 'home');
    return tenant.reads.epochs();
  });
  assert.equal(epochs.length, 1, 'the feed began anew');
});

test('the audit as it is told from rows is the one that the independent verifier proves, before anybody sees it', async () => {
  const source = await sourceIn(await filled());
  const target = await targetOf(await newDatabase());
  try {
    await transfer(source, target, () => {});
    const texts: string[] = [];
    for (const side of [source, target]) {
      let text = '';
      for await (const part of chainOf(side, 'a.test')) text += part;
      texts.push(text);
    }
    assert.equal(texts[0], texts[1]);
    assert.match(texts[0] ?? '', /"kind\\":\\"cut/);
  } finally {
    await target.close();
    await source.close();
  }
});

test('what a killed hub left waiting for the audit is in it before the copy', async () => {
  const at = await filled();
  const db = new DatabaseSync(path.join(tenantFolder(at, 'a.test'), 'data.db'));
  db.prepare('INSERT INTO audit_outbox (record) VALUES (?)').run(JSON.stringify(record('waiting', start)));
  db.close();
  const database = await newDatabase();
  await copied(sourceIn(at), targetOf(database));
  const [newest] = await using(openPostgres(database), async (store) =>
    (await store.tenant('a.test')).audit({ limit: 1 }),
  );
  assert.equal(newest?.id, 'waiting');
});

const history = fc.array(
  fc.array(
    fc.oneof(
      fc.record({
        kind: fc.constant('put' as const),
        number: fc.nat(5),
        marking: fc.constantFrom<ProtectionLevel | null>(null, null, 0, 1, 2),
        text: fc.nat(awkward.length - 1),
        target: fc.nat(5),
      }),
      fc.record({ kind: fc.constantFrom('remove' as const, 'erase' as const), number: fc.nat(5) }),
    ),
    { minLength: 1, maxLength: 6 },
  ),
  { minLength: 1, maxLength: 5 },
);

test('random histories come through both engines and back as they were', async () => {
  await fc.assert(
    fc.asyncProperty(history, async (works) => {
      const [first, second, database] = [newFolder(), newFolder(), await testDatabase()];
      const time = setClock();
      await using(openSqlite(first, time), async (store) => {
        const tenant = await store.tenant('r.test');
        for (const [at, work] of works.entries()) {
          time.set(start + at * 1_000);
          await tenant.write(async (tx) => {
            for (const each of work) {
              const [uid] = await tx.match(person, [{ field: 'fodselsnummer', value: `P${each.number}` }]);
              if (each.kind === 'remove' && uid !== null && uid !== undefined) await tx.remove(person, uid, at);
              const [isKeptBack] = await tenant.erasures.isErased([
                { collection: person, field: 'fodselsnummer', value: `P${each.number}` },
              ]);
              if (each.kind !== 'put' || isKeptBack === true) continue;
              const targets: LinkTarget[] = [to(person, 'fodselsnummer', `P${each.target}`)];
              await putEntry(
                tx,
                entry(
                  person,
                  { fodselsnummer: `P${each.number}` },
                  {
                    ...(each.marking === null ? {} : { marking: each.marking }),
                    attributes: { navn: { fornavn: awkward[each.text] } },
                    links: { foreldre: targets, elev: [to(elev, 'elevnummer', awkward[each.text] ?? '')] },
                  },
                ),
              );
              const pupil = { field: 'elevnummer', value: awkward[each.target] ?? '' };
              const [isPupilKeptBack] = await tenant.erasures.isErased([{ collection: elev, ...pupil }]);
              if (isPupilKeptBack !== true) await putEntry(tx, entry(elev, { elevnummer: pupil.value }, {}));
            }
            await tx.settle();
          });
          for (const each of work) {
            if (each.kind !== 'erase') continue;
            const [uid] = await tenant.write(async (tx) =>
              tx.match(person, [{ field: 'fodselsnummer', value: `P${each.number}` }]),
            );
            if (uid === null || uid === undefined) continue;
            await tenant.write(async (tx) => {
              await tx.erase([uid], 'sak');
              await tx.settle();
            });
          }
        }
      });
      try {
        await copied(sourceIn(first), targetOf(database));
        await copied(sourceOf(database), targetIn(second));
        const [one, other] = await both(sourceIn(first), sourceIn(second));
        alike(await readAll(other), await readAll(one));
        await one.close();
        await other.close();
      } finally {
        await database.drop();
      }
    }),
    { numRuns: 12 },
  );
});

test('what has come otherwise than it was is said, and nothing of it is kept', async () => {
  const at = await filled();
  const database = await newDatabase();
  const source = await sourceIn(at);
  const target = await targetOf(database);
  const { differences } = await transfer(
    source,
    {
      ...target,
      write: (organisation, table, rows) =>
        target.write(
          organisation,
          table,
          table.name === 'resource'
            ? rows.map((row) => row.with(row.length - 1, Buffer.from(String(row.at(-1)).replace('"Nr ', '"nr '))))
            : rows.slice(table.name === 'link' ? 1 : 0),
        ),
    },
    () => {},
  );
  await target.close();
  await source.close();
  assert.ok(
    differences.includes(`a.test ${person}: the resources are not those of the source`),
    differences.join('\n'),
  );
  assert.ok(differences.some((one) => /^b\.test link: \d+ rows and not \d+$/.test(one)));
  // As empty as before: a hub starts there, and a copy may be made.
  await copied(sourceIn(at), targetOf(database));
});

test('a copy that is broken off is seen by hubs, and is begun anew', async () => {
  const at = await filled();
  const database = await newDatabase();
  const source = await sourceIn(at);
  const target = await targetOf(database);
  const killed = transfer(
    source,
    {
      ...target,
      settle: async (organisation) => {
        await target.settle(organisation);
        // Another looks in meanwhile.
        if (organisation === null) await refused(openPostgres(database), 'HUB-514');
        else
          await run(
            database.adminUrl,
            `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'bindeledd copy'`,
          );
      },
    },
    () => {},
  );
  await refused(killed, 'HUB-503');
  await target.close().catch(() => {});
  await source.close();
  await refused(openPostgres(database), 'HUB-514');
  await refused(sourceOf(database), 'HUB-514');
  await copied(sourceIn(at), targetOf(database));
  await using(openPostgres(database), async (store) => void (await store.tenant('a.test')));

  const back = newFolder();
  const half = await targetIn(back);
  const reading = await sourceOf(database);
  await transfer(reading, half, () => {});
  await reading.close();
  await refused(openSqlite(back), 'HUB-510');
  // As a process leaves it that is killed: with its mark.
  const mark = path.join(back, unfinishedCopy);
  assert.ok(existsSync(mark));
  await half.close();
  assert.ok(!existsSync(mark) && !existsSync(path.join(back, 'platform.db')));
  writeFileSync(mark, '{}');
  await refused(openSqlite(back), 'HUB-512');
  writeFileSync(path.join(back, 'platform.db'), 'half');
  await copied(sourceOf(database), targetIn(back));
  await using(openSqlite(back), async (store) => void (await store.tenant('a.test')));
});

test('sides that must not be used are refused, and left as they are', async () => {
  const at = await filled();
  const database = await newDatabase();
  await refused(sourceIn(newFolder()), 'HUB-204');
  await refused(targetIn(at), 'HUB-409');
  await using(openSqlite(at), async () => {
    await refused(sourceIn(at), 'HUB-510');
  });
  await using(openPostgres(database), async () => {
    await refused(sourceOf(database), 'HUB-510');
    await refused(targetOf(database), 'HUB-510');
  });
  // The hub that has been there made nothing; as the hub, nothing may be filled.
  await refused(postgresSide.openTransferTarget({ url: database.url, clock }), 'HUB-515');
  await copied(sourceIn(at), targetOf(database));
  await refused(targetOf(database), 'HUB-409');
  await refused(targetOf(await newDatabase(emptyDatabase())), 'HUB-514');

  const newer = await newDatabase();
  await run(
    newer.ownerUrl,
    `INSERT INTO bindeledd.migration (version, product, works_from, at) VALUES (999, 'bindeledd', 1, 0)`,
  );
  for (const opening of [sourceOf, targetOf]) await refused(opening(newer), 'HUB-511');
  const db = new DatabaseSync(path.join(tenantFolder(at, 'b.test'), 'data.db'));
  db.exec('PRAGMA user_version = 999');
  db.close();
  await refused(sourceIn(at), 'HUB-511');
});

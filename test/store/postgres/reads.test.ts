// The reads of PostgreSQL give what those of the embedded file give for the same rows: every method, every clearance, with protected persons,
// links both ways, removals and times. Besides: what PostgreSQL could have otherwise (folding, odd texts, long keys), and what changes under a page.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { systemClock } from '#base/clock.ts';
import { ignoreEvents } from '#base/events.ts';
import { fold } from '#base/text.ts';
import type { FilterExpr, FilterValue } from '#model/filter.ts';
import type { PrimitiveKind, ProtectionLevel } from '#model/model.ts';
import type { Database } from '#store/postgres/database.ts';
import { openDatabase } from '#store/postgres/open.ts';
import { createEventReads } from '#store/postgres/event-reads.ts';
import { createReads } from '#store/postgres/reads.ts';
import { createRunReads } from '#store/postgres/run-reads.ts';
import { openSqliteStore } from '#store/sqlite/sqlite-store.ts';
import type { AuthorizedPlan } from '#store/plan.ts';
import type { FollowState, PagePart, Store, TenantReads, TenantStore, WriteEvent } from '#store/store.ts';
import { run, testDatabase } from '../../postgres/database.ts';
import type { TestDatabase } from '../../postgres/database.ts';
import {
  base,
  deliver,
  elev,
  elevforhold,
  entry,
  model,
  partsOf,
  person,
  planFor,
  setClock,
  skole,
  to,
  withdraw,
} from '../conformance/world.ts';
import type { Entry } from '../conformance/world.ts';
import { mirror, mirrored } from './mirror.ts';

const tenantId = 'a.test';
const tenant = 7;
const paths = [elev, elevforhold, person, skole, 'utdanning/timeplan/time'];
const clearances: readonly ProtectionLevel[] = [0, 1, 2, 3];

const somebody = (index: number): Entry => {
  const marking = index % 97 === 3 ? 2 : index % 89 === 5 ? 3 : 0;
  return entry(
    person,
    { fodselsnummer: `P${index}` },
    { attributes: { navn: `n${index}`, adressebeskyttelse: marking }, marking },
  );
};
const pupil = (index: number): Entry =>
  entry(
    elev,
    { systemid: `E${index}`, elevnummer: `Å${index}` },
    {
      attributes: { kontaktinformasjon: { epostadresse: `e${index % 7}@x.test` }, gjest: index % 2 === 0 },
      links: { person: [to(person, 'fodselsnummer', `P${index}`)] },
    },
  );
const relation = (index: number): Entry =>
  entry(
    elevforhold,
    { systemid: `F${index}` },
    {
      links: {
        elev: [to(elev, 'systemid', `E${index}`)],
        skole: [to(skole, index % 2 === 0 ? 'systemid' : 'skolenummer', index % 2 === 0 ? 'S1' : '1')],
        ...(index % 11 === 0 ? { vurderingsprogresjon: [] } : {}),
      },
    },
  );

const range = function* (from: number, end: number): Generator<number> {
  for (let at = from; at < end; at += 1) yield at;
};

describe('reads of PostgreSQL beside those of the embedded file', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'reads-'));
  const clock = setClock();
  let store: Store;
  let sqlite: TenantStore;
  let place: TestDatabase;
  let database: Database;
  let heard = 0;
  let reads: TenantReads;
  const stale: FollowState[] = [];

  /** What the file has now, in the place of what was put before; the hub itself may not take away all of it. */
  const refill = async (): Promise<void> => {
    await run(place.adminUrl, ...mirrored.map((name) => `DELETE FROM bindeledd.${name} WHERE tenant = ${tenant}`));
    await mirror(path.join(folder, 'tenants', tenantId, 'data.db'), database, tenant);
    heard += 1;
  };

  const anew = () =>
    createReads({ database, tenant, model, clock, heard: () => heard, stale: (state) => void stale.push(state) });

  before(async () => {
    place = await testDatabase();
    ({ database } = await openDatabase({ url: place.url, clock: systemClock }));
    store = await openSqliteStore({ folder, model, clock, observe: ignoreEvents, baseUrl: () => base });
    sqlite = await store.tenant(tenantId);
    await deliver(
      sqlite,
      entry(skole, { systemid: 'S1', skolenummer: '1' }, { attributes: { navn: 'Ås skole' } }),
      entry(skole, { systemid: 'S2', skolenummer: '2' }, { attributes: { navn: 'x'.repeat(3_000) } }),
    );
    await deliver(sqlite, ...[...range(0, 900)].map(somebody));
    clock.set(clock.now() + 1_000);
    await deliver(sqlite, ...[...range(0, 900)].map(pupil));
    clock.set(clock.now() + 1_000);
    await deliver(sqlite, ...[...range(0, 1_000)].map(relation));
    clock.set(clock.now() + 1_000);
    for (const index of [3, 4, 300, 511, 512]) await withdraw(sqlite, elev, 'systemid', `E${index}`, 1);
    await withdraw(sqlite, person, 'fodselsnummer', 'P5', 1);
    clock.set(clock.now() + 1_000);
    await deliver(sqlite, pupil(4), somebody(1_000));
    await sqlite.write(async (tx) => {
      await tx.putFollow({ id: 'one', collection: elev, record: '{}', rows: Buffer.from([1, 2]) });
      for (const index of range(0, 6)) await tx.putEvent(event(index));
      for (const index of range(0, 3))
        await tx.putRun({
          corrId: `run-${index}`,
          adapter: 'a',
          client: 'c',
          collection: elev,
          type: index === 1 ? 'FULL' : 'DELTA',
          state: index === 2 ? 'open' : 'completed',
          totalSize: 1,
          totalPages: 1,
          receivedEntries: 1,
          pages: 1,
          created: 0,
          updated: 0,
          unchanged: 0,
          removed: 0,
          rejected: 0,
          warnings: 0,
          wouldRemove: 0,
          openedAt: 1,
          touchedAt: 1,
          closedAt: null,
          reason: null,
        });
      for (const index of range(0, 3))
        await tx.putPage(`run-${index}`, {
          page: index,
          hash: 'h',
          entries: 2,
          seen: Float64Array.from([index * 300 + 1, index * 300 + 2]),
        });
      await tx.putRejections('run-1', 1, [rejection(1), rejection(2)]);
      await tx.settle();
    });
    await refill();
    reads = anew();
  });
  after(async () => {
    await database.close();
    await store.close();
    await place.drop();
    rmSync(folder, { recursive: true, force: true });
  });

  test('counts, guarded rows and places in the feed', async () => {
    for (const at of paths)
      for (const clearance of clearances) {
        const plan = planFor(at, tenantId, clearance);
        assert.deepEqual(await reads.stats(plan), await sqlite.reads.stats(plan), `${at} ${clearance}`);
        assert.deepEqual(await reads.guarded(at), await sqlite.reads.guarded(at));
        for (const [since, size] of [
          [0, 10],
          [700, 5_000],
          [1_900, 100],
        ] as const)
          assert.deepEqual(await reads.changes(plan, since, size), await sqlite.reads.changes(plan, since, size));
      }
    assert.equal(await reads.lastPosition(), await sqlite.reads.lastPosition());
    assert.ok((await reads.guarded(elev)).uids.length > 10);
    assert.equal(await reads.guarded(elev), await reads.guarded(elev));
    assert.deepEqual(await reads.epochs(), await sqlite.reads.epochs());
  });

  test('one by identifier, and many by uid', async () => {
    for (const clearance of clearances)
      for (const [at, field, value] of [
        [elev, 'systemid', 'E1'],
        [elev, 'elevnummer', 'Å4'],
        [elev, 'systemid', 'E3'],
        [person, 'fodselsnummer', 'P3'],
        [person, 'systemid', 'P3'],
        [person, 'nothing', '\u0000'],
        [person, 'fodselsnummer', 'a\u0000\ud800'],
        ['utdanning/timeplan/time', 'systemid', 'E1'],
      ] as const) {
        const plan = planFor(at, tenantId, clearance);
        assert.deepEqual(await reads.read(plan, { field, value }), await sqlite.reads.read(plan, { field, value }));
      }
    const plan = planFor(elev, tenantId, 1);
    const uids = [...(await sqlite.reads.uids(plan))];
    assert.deepEqual([...(await reads.uids(plan))], uids);
    const some = [uids[700] ?? 0, 17, uids[3] ?? 0, uids[3] ?? 0, uids[699] ?? 0];
    assert.deepEqual(await reads.load(plan, some), await sqlite.reads.load(plan, some));
    assert.deepEqual(await reads.load(plan, uids), await sqlite.reads.load(plan, uids));
  });

  test('pages for every clearance, whole and in part', async () => {
    for (const at of [elev, elevforhold, person])
      for (const clearance of clearances)
        for (const span of [
          { offset: 0, size: 0 },
          { offset: 10, size: 20 },
          { offset: 250, size: 300 },
          { offset: 256, size: 256 },
          { offset: 640, size: 10_000 },
          { offset: 5_000, size: 10 },
        ]) {
          const plan = planFor(at, tenantId, clearance);
          assert.deepEqual(
            await foundOf(reads, plan, span),
            await foundOf(sqlite.reads, plan, span),
            `${at} ${clearance}`,
          );
          assert.deepEqual(await shapeOf(reads, plan, span), await shapeOf(sqlite.reads, plan, span));
        }
  });

  test('who answers to an identifier, what is about whom, and from when to when', async () => {
    const refs = [
      { collection: elev, field: 'systemid', value: 'E1' },
      { collection: elev, field: 'systemid', value: 'E3' },
      { collection: elev, field: 'systemid', value: 'E5' },
      { collection: person, field: 'fodselsnummer', value: 'P5' },
      { collection: person, field: 'fodselsnummer', value: 'never' },
      { collection: skole, field: 'systemid', value: 'never' },
      { collection: skole, field: 'no such word', value: '1' },
      { collection: elev, field: 'systemid', value: 'E1' },
    ];
    assert.deepEqual(await reads.resolve(refs), await sqlite.reads.resolve(refs));
    for (const ref of refs) {
      assert.deepEqual(await reads.resolve([ref]), await sqlite.reads.resolve([ref]));
      assert.equal(await reads.lastUid(ref.collection, ref), await sqlite.reads.lastUid(ref.collection, ref));
    }
    assert.deepEqual(await reads.resolve([]), []);
    const uids = [...(await sqlite.reads.uids(planFor(person)))].slice(0, 12);
    const gone = await sqlite.reads.lastUid(person, { field: 'fodselsnummer', value: 'P5' });
    for (const uid of [...uids, gone ?? 0, 99])
      assert.deepEqual(await reads.aboutOf(uid), await sqlite.reads.aboutOf(uid));
    assert.ok((await reads.aboutOf(uids[0] ?? 0)).length > 2);
    const all = [...uids, gone ?? 0, 99];
    assert.deepEqual(await reads.lives(all), await sqlite.reads.lives(all));
  });

  test('links backwards, and links to nothing', async () => {
    const schools = await sqlite.reads.uids(planFor(skole));
    const pupils = await sqlite.reads.uids(planFor(elev));
    const persons = await sqlite.reads.uids(planFor(person));
    for (const [name, at, inverse, targets] of [
      ['skole', elevforhold, 'elevforhold', schools],
      ['elev', elevforhold, 'elevforhold', pupils.subarray(3, 700)],
      ['person', elev, null, persons],
      ['elev', person, 'person', pupils],
      ['elevforhold', elev, 'elev', await sqlite.reads.uids(planFor(elevforhold))],
    ] as const) {
      const found = await reads.linkedFrom(name, at, inverse, targets);
      assert.deepEqual(found, await sqlite.reads.linkedFrom(name, at, inverse, targets), `${name} ${at}`);
      assert.ok(found.length > 0);
    }
    for (const [at, name, from] of [
      [elevforhold, 'skole', await sqlite.reads.uids(planFor(elevforhold))],
      [skole, 'elevforhold', schools],
      [elev, 'person', pupils],
      [person, 'elev', persons.subarray(3, 700)],
    ] as const) {
      const found = await reads.related(planFor(at), name, [...from]);
      assert.deepEqual(found, await sqlite.reads.related(planFor(at), name, [...from]), `${at} ${name}`);
      assert.ok(found.from.length > 0);
    }
    for (const at of paths) {
      const sorted = async (from: TenantReads) =>
        (await from.dangling(planFor(at))).toSorted((a, b) => a.relation.localeCompare(b.relation));
      assert.deepEqual(await sorted(reads), await sorted(sqlite.reads));
    }
  });

  test('filters and times', async () => {
    const filters: readonly (FilterExpr | null)[] = [
      null,
      compare('string', ['kontaktinformasjon', 'epostadresse'], 'eq', 'E3@X.test'),
      compare('string', ['kontaktinformasjon', 'epostadresse'], 'contains', '5@'),
      {
        kind: 'in',
        path: { names: ['elevnummer', 'identifikatorverdi'], kind: 'string' },
        values: [textOf('å1'), textOf('Å700'), textOf('x')],
      },
      { kind: 'not', term: { kind: 'has-link', relation: 'elevforhold' } },
      { kind: 'linked', relation: 'person', target: person, field: 'fodselsnummer', value: 'P5' },
      { kind: 'linked', relation: 'elevforhold', target: elevforhold, field: 'systemid', value: 'F9' },
      {
        kind: 'and',
        terms: [
          { kind: 'linked', relation: 'person', target: person, field: 'fodselsnummer', value: 'P6' },
          {
            kind: 'compare',
            path: { names: ['gjest'], kind: 'boolean' },
            operator: 'eq',
            value: { kind: 'boolean', value: true },
          },
        ],
      },
    ];
    for (const filter of filters)
      for (const since of [null, clock.now(), clock.now() - 1_000, clock.now() - 3_500, 0, clock.now() + 1])
        for (const clearance of clearances) {
          const plan = planFor(elev, tenantId, clearance);
          const where = { filter, since };
          const forever = Number.POSITIVE_INFINITY;
          assert.deepEqual(
            await reads.select(plan, where, forever),
            await sqlite.reads.select(plan, where, forever),
            JSON.stringify(where),
          );
        }
    const slow = compare('string', ['kontaktinformasjon', 'epostadresse'], 'contains', 'x');
    assert.equal(await reads.select(planFor(elev), { filter: slow, since: null }, -1), null);
    const long = compare('string', ['navn'], 'eq', 'X'.repeat(3_000));
    assert.equal((await reads.select(planFor(skole), { filter: long, since: null }, Infinity))?.length, 0);
  });

  test('runs, pages, rejections and events', async () => {
    const runs = createRunReads(database, tenant);
    assert.deepEqual(await runs.run('run-1'), await sqlite.runs.run('run-1'));
    assert.equal(await runs.run('none'), null);
    for (const query of [
      { limit: 2 },
      { collection: elev, limit: 9 },
      { collection: elev, before: 2, limit: 9 },
      { state: 'open', limit: 9 },
      { collection: elev, state: 'completed', limit: 1 },
    ] as const)
      assert.deepEqual(await runs.runs(query), await sqlite.runs.runs(query));
    for (const type of ['FULL', 'DELTA', 'DELETE'] as const)
      assert.deepEqual(await runs.lastCompleted(elev, type), await sqlite.runs.lastCompleted(elev, type));
    assert.deepEqual(await runs.pages('run-1'), await sqlite.runs.pages('run-1'));
    assert.deepEqual(await runs.page('run-2', 2), await sqlite.runs.page('run-2', 2));
    assert.equal(await runs.page('run-2', 3), null);
    for (const order of [0, 1, 2, 3])
      assert.deepEqual(await runs.seenSince(elev, order), await sqlite.runs.seenSince(elev, order));
    for (const query of [{ corrId: 'run-1', limit: 1 }, { collection: elev, limit: 5 }, { limit: 5 }])
      assert.deepEqual(await runs.rejections(query), await sqlite.runs.rejections(query));
    assert.deepEqual(await runs.contracts(), await sqlite.runs.contracts());

    const events = createEventReads(database, tenant);
    assert.deepEqual(await events.event(event(1).id), await sqlite.events.event(event(1).id));
    assert.equal(await events.event('none'), null);
    assert.equal(await events.waitingCount(), await sqlite.events.waitingCount());
    for (const query of [{ limit: 10 }, { limit: 2, bytes: 1 }, { limit: 10, bytes: 1_500 }, { limit: 0 }]) {
      const all = { collections: [elev, skole, elev], operations: ['create', 'update'] as const, now: 5, ...query };
      assert.deepEqual(await events.waiting(all), await sqlite.events.waiting(all));
      assert.deepEqual(await events.waiting({ ...all, now: 50 }), []);
    }
    for (const query of [
      {},
      { collection: elev },
      { state: 'waiting' as const },
      { client: 'c1', before: 4 },
      { collection: skole, client: 'c0', state: 'waiting' as const },
    ])
      assert.deepEqual(await events.events({ ...query, limit: 4 }), await sqlite.events.events({ ...query, limit: 4 }));
  });

  test('what a follower could see; asked for late, it is to be put again', async () => {
    assert.deepEqual(await reads.follow('one'), await sqlite.reads.follow('one'));
    assert.equal(await reads.follow('two'), null);
    assert.equal(stale.length, 0);
    clock.set(clock.now() + 90_000_000);
    await reads.follow('one');
    assert.equal(stale.length, 1);
  });

  test('letters fold as they do in the hub, and odd texts are held', async () => {
    const names = ['ÅS', 'ŊÁŠ', 'İ', 'ΑΣ', 'ΑΣΑ', 'ẞ', 'é', 'ǅ', 'Ω', 'K', '😀', 'o\'"\\x', '\\u0000', '\u0007x'];
    await deliver(
      sqlite,
      ...names.map((navn, index) =>
        entry(skole, { systemid: `N${index}` }, { attributes: { navn, organisasjonsnavn: navn.normalize('NFC') } }),
      ),
    );
    await refill();
    const plan = planFor(skole);
    for (const name of names)
      for (const operator of ['eq', 'ne', 'gt', 'le', 'contains', 'startswith', 'endswith'] as const)
        for (const attribute of [['navn'], ['organisasjonsnavn']])
          for (const value of [name, fold(name)]) {
            const where = { filter: compare('string', attribute, operator, value), since: null };
            assert.deepEqual(
              await reads.select(plan, where, Infinity),
              await sqlite.reads.select(plan, where, Infinity),
              `${name} ${operator} ${value}`,
            );
          }
  });

  test('what becomes protected under a page is not in it, and nothing then stands for the segment', async () => {
    const plan = planFor(elev, tenantId, 0);
    const parts = await Array.fromAsync(partsOf(reads, plan, { offset: 0, size: 0 }));
    const plain = parts.find((part) => 'read' in part);
    const mixed = parts.find((part) => 'pieces' in part);
    assert.ok(mixed !== undefined && 'pieces' in mixed && mixed.stands());
    assert.ok(mixed.segment !== null);
    const all = await allUids(reads, planFor(elev, tenantId, 3));
    await deliver(sqlite, entry(person, { fodselsnummer: 'P10' }, { attributes: { navn: 'x' }, marking: 3 }));
    await refill();
    assert.equal(mixed.stands(), false);
    const shown: string[] = [];
    for (const part of parts)
      for (const piece of 'pieces' in part ? part.pieces() : [part])
        if ('read' in piece) {
          const chunk = await piece.read();
          assert.equal(chunk.segment, null);
          shown.push(chunk.bytes.toString());
        }
    assert.ok(shown.join().includes('"E11"') && !shown.join().includes('"E10"'));
    assert.equal(all.length, (await allUids(reads, planFor(elev, tenantId, 3))).length);
    assert.ok(plain === undefined || 'read' in plain);
    assert.deepEqual(await reads.guarded(elev), await sqlite.reads.guarded(elev));
  });
});

const allUids = async (reads: TenantReads, plan: AuthorizedPlan): Promise<readonly number[]> => [
  ...(await reads.uids(plan)),
];

/** What a record says of a page. */
const foundOf = async (reads: TenantReads, plan: AuthorizedPlan, span: { offset: number; size: number }) => {
  const page = await reads.page(plan, span);
  return page && { from: page.from, to: page.to, position: page.position };
};

/** What a page is made of: places of parts, uids, and the bodies of every run. */
const shapeOf = async (reads: TenantReads, plan: AuthorizedPlan, span: { offset: number; size: number }) => {
  const shape: unknown[] = [];
  for await (const part of partsOf(reads, plan, span)) shape.push(await partShape(part));
  return shape;
};

const partShape = async (part: PagePart): Promise<unknown> => {
  if ('read' in part) {
    const { bytes, count, segment } = await part.read();
    return { named: part.segment, bytes: bytes.toString(), count, segment };
  }
  const pieces: unknown[] = [];
  for (const piece of part.pieces()) pieces.push('uids' in piece ? piece : await partShape(piece));
  return { named: part.segment, skip: part.skip, take: part.take, pieces, stands: part.stands() };
};

const textOf = (value: string): FilterValue => ({ kind: 'text', value });

const compare = (
  kind: PrimitiveKind,
  names: readonly string[],
  operator: 'eq' | 'ne' | 'gt' | 'le' | 'contains' | 'startswith' | 'endswith',
  value: string,
): FilterExpr => ({ kind: 'compare', path: { names, kind }, operator, value: textOf(value) });

const rejection = (index: number) => ({
  corrId: 'run-1',
  collection: elev,
  page: 1,
  index,
  severity: 'rejected' as const,
  code: 'HUB-611',
  at: '/x',
  message: 'm',
  subject: 's',
  seenAt: 1,
});

const event = (index: number): Omit<WriteEvent, 'order'> & { order: number } => ({
  id: `event-${index}`,
  order: 0,
  collection: index % 3 === 0 ? skole : elev,
  operation: index % 2 === 0 ? 'create' : 'update',
  state: index === 5 ? 'accepted' : 'waiting',
  policy: 'source',
  client: `c${index % 2}`,
  issuer: 'i',
  api: 'fint',
  request: 'r',
  target: null,
  uid: null,
  value: `${JSON.stringify({ a: 'x\u0000y', b: 'v'.repeat(index * 100) })}${index === 4 ? '\u0000 \ud800' : ''}`,
  filter: null,
  createdAt: 1,
  deadline: 10 + index,
  answeredAt: null,
  answeredBy: null,
  message: '',
  problems: [],
  answer: '[]',
  idempotency: null,
  retainUntil: 0,
});

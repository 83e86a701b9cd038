// Threads that make exports, over real data: what comes out of one, and what becomes of a run whose thread is stopped, has no memory left, or is not
// there any more.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, test } from 'node:test';
import { constants, inflateRawSync } from 'node:zlib';
import { followData } from '#app/engine.ts';
import { createExportThreads, type ExportThreads, type ExportThreadsDeps } from '#app/export-threads.ts';
import { systemClock } from '#base/clock.ts';
import { HubError } from '#base/errors.ts';
import { limits } from '#base/limits.ts';
import type { ExportOrder } from '#exports/export.ts';
import { MakerGone } from '#exports/queue.ts';
import type { RunWatch } from '#exports/run/run-place.ts';
import { municipality } from '#sandbox/municipality.ts';
import type { ExportStore } from '#store/exports.ts';
import type { AuditRecord } from '#store/store.ts';
import {
  asOf,
  caller,
  openRosterWorld,
  organisation,
  schoolYear,
  type RosterWorld,
} from '../exports/roster/roster-world.ts';
import { base, model } from '../hub/world.ts';

let w: RosterWorld;
let store: ExportStore;
const opened: ExportThreads[] = [];
/** Of the organisation, as the hub was asked to write them: on files only. */
const audits: AuditRecord[] = [];

before(
  async () => {
    w = await openRosterWorld(municipality({ seed: 7, size: 'small', asOf }).collections);
    await w.link(['vfs:lmsexport', 'vfs:guardians.read']);
    store = await w.world.openExports(organisation);
    // As a hub does that opens it.
    await followData(await w.world.store.tenant(organisation), store);
  },
  { timeout: 120_000 },
);
after(async () => {
  for (const one of opened) await one.close();
  await store?.close();
  await w?.close();
});

const onFiles = (): boolean => w.world.store.capabilities.dialect === 'sqlite';

const threadData = (): ReturnType<ExportThreadsDeps['data']> => {
  const { at } = w.world;
  return {
    settings: {
      data: onFiles() ? at : '.',
      databaseUrl: onFiles() ? null : at,
      databaseConnections: 8,
      databaseStatementSeconds: 30,
      databaseLockSeconds: 15,
    },
    environment: 'test',
    baseUrl: base,
  };
};

const threads = (more: Partial<ExportThreadsDeps> = {}): ExportThreads => {
  const made = createExportThreads({
    model,
    data: threadData,
    append: async (id, record) => {
      audits.push(record);
      await (await w.world.store.tenant(id)).appendAudit(record);
    },
    clock: systemClock,
    ...more,
  });
  opened.push(made);
  return made;
};

let runs = 0;
/** A run that waits, taken by a holder. */
const taken = async (readAsMade = false): Promise<{ order: ExportOrder; holder: string }> => {
  runs += 1;
  const [run, holder, now] = [`run-${runs}`, `holder-${runs}`, systemClock.now()];
  const order: ExportOrder = {
    run,
    principal: { ...caller, scopes: [...caller.scopes] },
    trace: 'trace',
    readAsMade,
    profile: 'pifu-ims-1.3',
    type: 'full',
    before: null,
    schools: null,
    schoolYear,
    today: asOf,
    source: 'bindeledd@tindvag.test',
    target: null,
    dropGuard: 0.05,
    confirmed: null,
  };
  const state = 'queued';
  await store.putRun({
    id: run,
    application: 'app',
    series: 's',
    state,
    createdAt: now,
    finishedAt: null,
    expiresAt: now + 1e9,
    told: false,
    record: '{}',
    attempt: 0,
  });
  const claimed = await store.claim({ holder, now, lostBefore: 0, atOnce: 99 });
  assert.equal(claimed?.id, run);
  return { order, holder };
};

const watched = (signal: AbortSignal, part: () => void = () => {}): RunWatch => ({ progress: () => {}, part, signal });

test('a thread makes a file of what the hub holds, and records what it reads', { timeout: 60_000 }, async () => {
  const { make, soon } = threads();
  soon();
  for (const readAsMade of [true, false]) {
    const { order, holder } = await taken(readAsMade);
    let parts = 0;
    const recorded = audits.length;
    const end = await make(
      order,
      holder,
      watched(new AbortController().signal, () => (parts += 1)),
    );
    assert.equal(end.state, 'ready', JSON.stringify(end));
    const kept = await store.parts(order.run);
    assert.equal(kept.length, parts);
    const hash = createHash('sha256');
    for (const { seq } of kept)
      hash.update(inflateRawSync((await store.part(order.run, seq)) ?? '', { finishFlush: constants.Z_SYNC_FLUSH }));
    assert.equal(hash.digest('hex'), end.sha256);
    assert.ok(end.exported.pupils > 100 && end.exported.guardians > 100 && end.exported.memberships > 300);
    // Of a file that is kept, only whoever fetches it sees anybody.
    if (onFiles())
      assert.equal(
        audits.slice(recorded).some(({ seen }) => seen !== null),
        readAsMade,
      );
    assert.ok((await store.manifest(order.run)).length > 0);
  }
});

test('a thread that is told to stop does, and is there for the next', { timeout: 60_000 }, async () => {
  const { make } = threads();
  const { order, holder } = await taken();
  const stop = new AbortController();
  await assert.rejects(
    make(
      order,
      holder,
      watched(stop.signal, () => stop.abort()),
    ),
    HubError,
  );
  const next = await taken();
  assert.equal((await make(next.order, next.holder, watched(new AbortController().signal))).state, 'ready');
});

test('a thread without memory is gone, and its run is told so', { timeout: 60_000 }, async () => {
  const { make } = threads({ megabytes: 8 });
  const { order, holder } = await taken();
  await assert.rejects(make(order, holder, watched(new AbortController().signal)), MakerGone);
});

test('a thread waits for the next for as long as is said, and no longer', { timeout: 60_000 }, async () => {
  const idle: { readonly over: () => void; readonly signal: AbortSignal | undefined }[] = [];
  let started = 0;
  const { make } = threads({
    data: () => {
      started += 1;
      return threadData();
    },
    clock: {
      sleep: (ms, signal) =>
        ms === limits.exportThreadIdleMs
          ? new Promise((resolve) => {
              idle.push({ over: resolve, signal });
              signal?.addEventListener('abort', () => resolve());
            })
          : systemClock.sleep(ms, signal),
    },
  });
  const once = async (): Promise<void> => {
    const { order, holder } = await taken();
    assert.equal((await make(order, holder, watched(new AbortController().signal))).state, 'ready');
  };
  await once();
  await once();
  // Work has come before its time was over: of the two waits only the last still counts.
  assert.deepEqual([started, idle.map(({ signal }) => signal?.aborted)], [1, [true, false]]);
  idle.at(-1)?.over();
  await new Promise((resolve) => setImmediate(resolve));
  await once();
  assert.equal(started, 2);
});

test('what cannot be opened is said by each run', { timeout: 60_000 }, async () => {
  const { make } = threads({
    data: () => ({
      settings: {
        data: '/nowhere',
        databaseUrl: null,
        databaseConnections: 8,
        databaseStatementSeconds: 1,
        databaseLockSeconds: 1,
      },
      environment: 'test',
      baseUrl: base,
    }),
  });
  const { order, holder } = await taken();
  await assert.rejects(make(order, holder, watched(new AbortController().signal)), HubError);
});

test('nothing is made after the end', { timeout: 60_000 }, async () => {
  const some = threads();
  const { order, holder } = await taken();
  let closing: Promise<void> | null = null;
  const making = make(some, order, holder, () => (closing ??= some.close()));
  await assert.rejects(making);
  await closing;
  await assert.rejects(some.make(order, holder, watched(new AbortController().signal)), MakerGone);
});

const make = (some: ExportThreads, order: ExportOrder, holder: string, part: () => void) =>
  some.make(order, holder, watched(new AbortController().signal, part));

// Exports of a hub, put together: who asks for them, the queue in which they wait, the threads in which they are made. Called by compose.ts.
import type { Clock } from '#base/clock.ts';
import type { Observe } from '#base/events.ts';
import type { Random } from '#base/random.ts';
import type { Exports } from '#exports/export.ts';
import { createExports } from '#exports/exports.ts';
import { createExportQueue, type ExportQueue } from '#exports/queue.ts';
import { createRosters } from '#exports/roster/open-roster.ts';
import { protectedNow, type ProtectedNow } from '#exports/sight-mark.ts';
import type { Sealing, Walk } from '#hub/documents/document.ts';
import type { Signals } from '#hub/signals.ts';
import type { Model } from '#model/model.ts';
import type { AuditRecord, Store } from '#store/store.ts';
import { followData, type Engine } from './engine.ts';
import { createExportThreads } from './export-threads.ts';
import type { ExportThreadData } from './export-worker.ts';

export type ExportingDeps = {
  readonly model: Model;
  readonly store: Pick<Store, 'platform' | 'tenant'>;
  readonly openExports: Engine['openExports'];
  readonly clock: Clock;
  readonly random: Random;
  readonly walk: Walk;
  readonly sealing: Sealing;
  readonly signals: Signals;
  readonly observe: Observe;
  readonly thread: () => Omit<ExportThreadData, 'model'>;
};

export type Exporting = {
  readonly exports: Exports;
  /** Begins to work on what waits, of all organisations. */
  readonly begin: () => Promise<void>;
  readonly sweep: ExportQueue['sweep'];
  /** What is under way goes back to the queue. */
  readonly close: () => Promise<void>;
};

// What has expired is not given out, whether or not it has been taken away.
const sweepMs = 600_000;

/** Nothing is made before `begin`. */
export const createExporting = (deps: ExportingDeps): Exporting => {
  const { model, store, openExports, clock, random, walk, sealing, signals, observe, thread } = deps;
  const { platform } = store;
  const audit = async (organisation: string, record: AuditRecord): Promise<void> =>
    (await store.tenant(organisation)).appendAudit(record);
  const threads = createExportThreads({ model, data: thread, append: audit, clock });
  const protectedIn = async (organisation: string): Promise<ProtectedNow> =>
    protectedNow(model, await store.tenant(organisation));
  const shared = { clock, random, platform, storeOf: openExports, audit, signals, protectedIn };
  const swept = new Map<string, number>();
  const queue = createExportQueue({ ...shared, make: threads.make, observe });
  return {
    exports: createExports({
      ...shared,
      sealing,
      openRoster: createRosters({ model, walk }),
      queued: queue.queued,
      soon: threads.soon,
    }),
    begin: async () => {
      // All of them: somebody may have been erased since, of whom files are left.
      for (const { id } of await platform.organisations()) await openExports(id);
      await queue.look();
    },
    sweep: async (organisation) => {
      const now = clock.monotonic();
      if (now - (swept.get(organisation) ?? Number.NEGATIVE_INFINITY) >= sweepMs) {
        swept.set(organisation, now);
        // Another process may have erased somebody, and ended before it came to what was exported.
        await followData(await store.tenant(organisation), await openExports(organisation));
        await queue.sweep(organisation);
      }
      // What is queued here is taken at once; this is for what others have left.
      const left = await (await openExports(organisation)).runs({ states: ['queued', 'running'], limit: 1 });
      if (left.length > 0) queue.queued(organisation);
    },
    close: async () => {
      await queue.stop();
      await threads.close();
    },
  };
};

// What the thread that makes exports works on, beside the hub that started it: the same data, on connections of its own. On files it only reads them, and
// keeps what is made in the file of exports; its audit records the hub writes. Opened by export-worker.ts; the hub's own is engine.ts.
import type { Clock } from '#base/clock.ts';
import { HubError, problem } from '#base/errors.ts';
import { ignoreEvents } from '#base/events.ts';
import type { Model } from '#model/model.ts';
import type { ExportStore } from '#store/exports.ts';
import { openExportStore } from '#store/sqlite/exports.ts';
import { openReadingStore } from '#store/sqlite/reading-store.ts';
import type { AuditRecord, Store } from '#store/store.ts';
import { openEngine, type EngineSettings } from './engine.ts';

export type ReadingEngine = {
  readonly store: Store;
  readonly openExports: (organisation: string) => Promise<ExportStore>;
  readonly close: () => Promise<void>;
};

export type ReadingEngineDeps = {
  readonly model: Model;
  readonly clock: Clock;
  /** The public address of the hub. */
  readonly baseUrl: () => string;
  /** Has the hub write an audit record; durable when it resolves. Asked where the hub alone writes. */
  readonly append: (organisation: string, record: AuditRecord) => Promise<void>;
};

// Two at a time are enough for one reader; the driver takes no fewer.
const connections = 6;

/** Opens what the settings of the running hub name. Rejects with a HubError when it cannot be used. */
export const openReadingEngine = async (
  settings: EngineSettings,
  { model, clock, baseUrl, append }: ReadingEngineDeps,
): Promise<ReadingEngine> => {
  const observe = ignoreEvents;
  if (settings.databaseUrl !== null) {
    const engine = await openEngine(
      { ...settings, databaseConnections: Math.min(settings.databaseConnections, connections) },
      { model, clock, observe, baseUrl },
    );
    return { store: engine.store, openExports: engine.openExports, close: engine.store.close };
  }
  const folder = settings.data;
  const store = openReadingStore({ folder, model, clock, observe, baseUrl, append });
  const opened = new Map<string, ExportStore>();
  return {
    store,
    openExports: async (id) => {
      const known = opened.get(id);
      if (known !== undefined) return known;
      const made = openExportStore({ folder, id, clock, beside: true });
      if (made === null) throw new HubError(problem('HUB-500', 'The organisation has no data to export.'));
      opened.set(id, made);
      return made;
    },
    close: async () => {
      for (const one of opened.values()) await one.close();
      await store.close();
    },
  };
};

// Where the data are: the files of a directory, or a database that many processes share. The only file that knows that there are two; compose.ts
// and the command line open what the settings name through it. What the database needs is loaded only when one is named.
import type { Clock } from '#base/clock.ts';
import { HubError, problem } from '#base/errors.ts';
import type { Observe } from '#base/events.ts';
import type { Settings } from '#config/settings.ts';
import type { AuditVerdict, PublicAuditKey } from '#hub/audit-trail.ts';
import type { OtherProcesses } from '#hub/signals.ts';
import type { Model } from '#model/model.ts';
import { openExportStore } from '#store/sqlite/exports.ts';
import { openQualityStore } from '#store/sqlite/quality.ts';
import { openSqliteStore } from '#store/sqlite/sqlite-store.ts';
import { lockFor } from '#store/postgres/locks.ts';
import type { ExportStore } from '#store/exports.ts';
import type { QualityStore } from '#store/quality.ts';
import type { Store, TenantStore } from '#store/store.ts';
import { verifyChain, verifyFile } from './audit-verification.ts';

export type Engine = {
  readonly store: Store;
  /** What quality works on; null while the organisation has no data. */
  readonly openQuality: (organisation: string) => Promise<QualityStore | null>;
  /**
   * What is kept of exports of an organisation: one object for all who ask, closed with the store. Somebody may have been erased since it was last
   * open: then nothing is left of what was exported before.
   */
  readonly openExports: (organisation: string) => Promise<ExportStore>;
  /** Runs the independent verifier over the audit of an organisation. */
  readonly verifyAudit: (organisation: string, keys: () => Promise<readonly PublicAuditKey[]>) => Promise<AuditVerdict>;
  /** The way to hear of other processes on the same data; null when there can be none. */
  readonly others: OtherProcesses | null;
  /**
   * Puts records that wait into audits while no other process does; rejects with HUB-501 when another takes too long. `lost`: others may be at it by
   * now, so the work has to stop.
   */
  readonly inTurn: (work: (lost: AbortSignal) => Promise<void>) => Promise<void>;
};

export type EngineDeps = {
  readonly model: Model;
  readonly clock: Clock;
  readonly observe: Observe;
  /** Asked when an organisation is opened. */
  readonly baseUrl: () => string;
};

export type EngineSettings = Pick<
  Settings,
  'data' | 'databaseUrl' | 'databaseConnections' | 'databaseStatementSeconds' | 'databaseLockSeconds'
>;

/** Opens what the settings name, for a hub: the store must be closed. Rejects with a HubError when it cannot be used. */
export const openEngine = (settings: EngineSettings, deps: EngineDeps): Promise<Engine> =>
  settings.databaseUrl === null ? openFiles(settings.data, deps) : openDatabase(settings.databaseUrl, settings, deps);

const openFiles = async (folder: string, deps: EngineDeps): Promise<Engine> => {
  const store = await openSqliteStore({ folder, ...deps, revisionReading: 'each-turn' });
  const exported = keptExports(store, async (id) => openExportStore({ folder, id, clock: deps.clock }));
  return {
    store: exported.store,
    openExports: exported.open,
    // Makes and migrates the organisation's data first.
    openQuality: async (id) => {
      await store.tenant(id);
      return openQualityStore(folder, id);
    },
    verifyAudit: async (organisation, keys) => verifyFile(folder, organisation, { keys: await keys() }),
    others: null,
    inTurn: (work) => work(new AbortController().signal),
  };
};

/**
 * The stores of exports, each opened once and closed before the organisations are. One that could not be opened is tried again by whoever asks next.
 */
const keptExports = (
  store: Store,
  open: (organisation: string) => Promise<ExportStore | null>,
): { readonly store: Store; readonly open: Engine['openExports'] } => {
  const kept = new Map<string, Promise<ExportStore>>();
  const opening = async (id: string): Promise<ExportStore> => {
    // Makes and migrates the organisation's data first.
    const tenant = await store.tenant(id);
    const made = await open(id);
    if (made === null) throw new HubError(problem('HUB-500', 'The organisation has no data to export.'));
    try {
      await followData(tenant, made);
      return made;
    } catch (error) {
      await made.close();
      throw error;
    }
  };
  return {
    open: (id) => {
      let one = kept.get(id);
      if (one === undefined) {
        kept.set(id, (one = opening(id)));
        one.catch(() => kept.delete(id));
      }
      return one;
    },
    store: {
      ...store,
      close: async () => {
        await Promise.allSettled([...kept.values()].map(async (one) => (await one).close()));
        await store.close();
      },
    },
  };
};

/** Takes away what was exported before the newest erasure, or of data that others have taken the place of, where that has not been done. */
export const followData = async (
  { erasures, reads }: Pick<TenantStore, 'erasures' | 'reads'>,
  exports: Pick<ExportStore, 'followed' | 'dropContents'>,
): Promise<void> => {
  const [newest] = await erasures.list();
  const epoch = (await reads.epochs()).at(-1);
  const mark = `${epoch?.name ?? ''} ${newest?.id ?? ''}`;
  if ((await exports.followed()) !== mark) await exports.dropContents(mark);
};

// Held until the end of a transaction by the process that delivers.
const deliverers = { name: 'deliverers', text: `SELECT pg_advisory_xact_lock(${lockFor.delivering}, 0)` } as const;

const openDatabase = async (url: string, settings: EngineSettings, deps: EngineDeps): Promise<Engine> => {
  const [{ openPostgresStore }, { openQualityStore: openQuality }, { openExportStore: openKept }] = await Promise.all([
    import('#store/postgres/postgres-store.ts'),
    import('#store/postgres/quality.ts'),
    import('#store/postgres/exports.ts'),
  ]);
  const store = await openPostgresStore({ url, ...deps, driver: connectionsOf(settings) });
  const exported = keptExports(store, (id) => openKept(store.database, id));
  return {
    store: exported.store,
    openExports: exported.open,
    openQuality: async (id) => {
      await store.tenant(id);
      return openQuality(store.database, id);
    },
    verifyAudit: async (organisation, keys) =>
      verifyChain(organisation, (await store.tenant(organisation)).trail.chain(), { keys: await keys() }),
    others: {
      tell: (topic) => store.notices.tell({ kind: 'signal', topic }),
      listen: (heard, lost) =>
        void store.notices.listen({ heard: (notice) => notice.kind === 'signal' && heard(notice.topic), lost }),
    },
    inTurn: oneByOne((work) =>
      store.database.holding(null, async (connection, lost) => {
        await connection.query(deliverers, []);
        await work(lost);
      }),
    ),
  };
};

type InTurn = Engine['inTurn'];

/** Who waits for its turn in this process must not hold a connection that whoever has the turn may need. */
const oneByOne = (inTurn: InTurn): InTurn => {
  let last: Promise<void> = Promise.resolve();
  return (work) => {
    const mine = last.then(() => inTurn(work));
    last = mine.catch(() => {});
    return mine;
  };
};

/**
 * How the settings share the connections of a process out; the driver has three more that listen and keep watch. Two write at least: who delivers
 * what waits holds one, and may have to open an organisation.
 */
const connectionsOf = ({
  databaseConnections,
  databaseStatementSeconds,
  databaseLockSeconds,
}: Omit<EngineSettings, 'data' | 'databaseUrl'>) => {
  const [shared, recording] = databaseConnections < 8 ? [1, 1] : [2, Math.round(databaseConnections / 4)];
  const writing = Math.ceil((databaseConnections - shared - recording) / 2);
  return {
    shared,
    recording,
    writing,
    reading: databaseConnections - shared - recording - writing,
    statementMs: databaseStatementSeconds * 1_000,
    lockMs: databaseLockSeconds * 1_000,
  };
};

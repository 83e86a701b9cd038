// The databases that tests run on, and how each is opened: the one place that does. The conformance suite runs on all of `dialects`; what stands
// above the store runs on `testDialect`. A new one joins by a row here: nothing else in this folder names one.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe } from 'node:test';
import { systemClock } from '#base/clock.ts';
import type { Clock } from '#base/clock.ts';
import { ignoreEvents } from '#base/events.ts';
import { systemRandom } from '#base/random.ts';
import type { Model } from '#model/model.ts';
import type { PlatformAuditRow } from '#store/platform-rows.ts';
import type { ExportStore } from '#store/exports.ts';
import type { QualityStore } from '#store/quality.ts';
import type { Database } from '#store/postgres/database.ts';
import { openExportStore as openExportsInDatabase } from '#store/postgres/exports.ts';
import { openDatabase } from '#store/postgres/open.ts';
import { createNotices } from '#store/postgres/notices.ts';
import { openPlatform as openPlatformInDatabase } from '#store/postgres/platform.ts';
import { openPostgresStore } from '#store/postgres/postgres-store.ts';
import { openQualityStore as openQualityInDatabase } from '#store/postgres/quality.ts';
import { openExportStore } from '#store/sqlite/exports.ts';
import { openQualityStore } from '#store/sqlite/quality.ts';
import { openPlatform } from '#store/sqlite/platform.ts';
import { openPlatformFile, openSqliteStore } from '#store/sqlite/sqlite-store.ts';
import type { PlatformStore, Store } from '#store/store.ts';
import { strictRows } from '../writing/strict-rows.ts';
import { lentDatabase } from '../../postgres/database.ts';

/** The platform alone; closed by whoever opened it. */
export type TestPlatform = PlatformStore & {
  /** Newest first. */
  readonly platformAudit: (limit: number) => Promise<readonly PlatformAuditRow[]>;
  readonly close: () => Promise<void>;
};

/** What names a place to a hub or a command: words of the command line, and what stands in the environment. */
export type Naming = {
  readonly data: string | null;
  readonly environment: Readonly<Record<string, string>>;
};

export type StoreOptions = { readonly model: Model; readonly clock: Clock; readonly baseUrl: string };

export type Dialect = {
  readonly name: string;
  /** The parts of the suite that it is for. Absent = all. */
  readonly parts?: ReadonlySet<string>;
  /** An empty place for one store (a folder, a connection string), and how to do away with it. */
  readonly place: () => Promise<{ readonly at: string; readonly dispose: () => Promise<void> }>;
  /** Opens the store at a place; again after `close` to see what has lasted. */
  readonly open: (at: string, options: StoreOptions) => Promise<Store>;
  /** What quality works on, of an organisation that the store at the place holds. */
  readonly openQuality: (at: string, id: string) => Promise<QualityStore | null>;
  /** What is kept of exports, likewise; each call opens it once more, as another process would. */
  readonly openExports: (at: string, id: string) => Promise<ExportStore | null>;
  /** The platform of a place, beside a store or without one. */
  readonly openPlatform: (at: string, clock: Clock) => Promise<TestPlatform>;
  readonly naming: (at: string) => Naming;
};

export const sqlite: Dialect = {
  name: 'sqlite',
  place: async () => {
    const at = mkdtempSync(path.join(tmpdir(), 'store-'));
    return { at, dispose: async () => rmSync(at, { recursive: true, force: true }) };
  },
  open: (at, { model, clock, baseUrl }) =>
    openSqliteStore({ folder: at, model, clock, observe: ignoreEvents, baseUrl: () => baseUrl }),
  openQuality: async (at, id) => openQualityStore(at, id),
  openExports: async (at, id) => openExportStore({ folder: at, id, clock: systemClock, beside: true }),
  openPlatform: async (at, clock) => {
    const file = openPlatformFile(at);
    const platform = openPlatform(file, clock);
    return {
      ...platform,
      platformAudit: async (limit) => platform.platformAudit(limit),
      close: async () => file.close(),
    };
  },
  naming: (at) => ({ data: at, environment: {} }),
};

/**
 * SQLite's rows, of which a work sees only what it has asked for ahead: proves that the writing half asks for all that an engine over a network
 * has to fetch.
 */
const sqliteLookingAhead: Dialect = {
  ...sqlite,
  name: 'sqlite, looking ahead',
  parts: new Set([
    'links',
    'the back-link rules',
    'random deliveries',
    'protection',
    'random protection',
    'the feed',
    'names of changes',
    'names of random changes',
    'erasure',
    'events',
    'writes together',
  ]),
  open: (at, { model, clock, baseUrl }) =>
    openSqliteStore({
      folder: at,
      model,
      clock,
      observe: ignoreEvents,
      baseUrl: () => baseUrl,
      // A few at a time: what is at hand for some is not for those after them.
      rowsThrough: (rows) => strictRows(rows, 3),
    }),
};

/** Few: several files of tests share a server, and some open many stores. */
const connections = { shared: 1, recording: 2, writing: 4, reading: 3 } as const;

/** Of quality, by place; closed with it. */
const databases = new Map<string, Promise<Database>>();

const databaseAt = (url: string): Promise<Database> => {
  let opening = databases.get(url);
  if (opening === undefined) {
    opening = openDatabase({ url, clock: systemClock, shared: 1, writing: 2, reading: 2 }).then(
      ({ database }) => database,
    );
    databases.set(url, opening);
  }
  return opening;
};

export const postgres: Dialect = {
  name: 'postgres',
  place: async () => {
    const { url, giveBack } = await lentDatabase();
    return {
      at: url,
      dispose: async () => {
        await (await databases.get(url))?.close();
        databases.delete(url);
        await giveBack();
      },
    };
  },
  open: (at, { model, clock, baseUrl }) =>
    openPostgresStore({
      url: at,
      model,
      clock,
      observe: ignoreEvents,
      baseUrl: () => baseUrl,
      driver: connections,
    }),
  openQuality: async (at, id) => openQualityInDatabase(await databaseAt(at), id),
  openExports: async (at, id) => openExportsInDatabase(await databaseAt(at), id),
  openPlatform: async (at, clock) => {
    const { database } = await openDatabase({ url: at, clock, shared: 1, recording: 1, writing: 2, reading: 1 });
    const notices = createNotices({ database, clock, random: systemRandom });
    const platform = await openPlatformInDatabase({ database, notices, clock });
    return {
      ...platform,
      close: async () => {
        platform.close();
        notices.close();
        await database.close();
      },
    };
  },
  naming: (at) => ({
    data: null,
    environment: { BINDELEDD_DATABASE_URL: at, BINDELEDD_DATABASE_CONNECTIONS: '8' },
  }),
};

/** What suites above the store run on: the one that `TEST_DIALECT` names, SQLite when none is named. */
export const testDialect: Dialect = (() => {
  const name = process.env['TEST_DIALECT'] ?? sqlite.name;
  const found = [sqlite, postgres].find((one) => one.name === name);
  if (found === undefined) throw new Error(`TEST_DIALECT names no database: ${name}`);
  return found;
})();

/** `TEST_DIALECT` runs the suite on one of them only. */
export const dialects: readonly Dialect[] = [sqlite, sqliteLookingAhead, postgres].filter(
  ({ name }) => (process.env['TEST_DIALECT'] ?? name) === name,
);

/** Registers a part of the suite for every database. */
export const onEveryDialect = (part: string, suite: (dialect: Dialect) => void): void => {
  for (const dialect of dialects)
    if (dialect.parts?.has(part) !== false) describe(`${part} on ${dialect.name}`, () => suite(dialect));
};

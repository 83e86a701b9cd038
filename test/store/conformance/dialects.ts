// The databases that the conformance suite runs on. A new one joins by adding a row to `dialects`: nothing else in this folder names one.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe } from 'node:test';
import { systemClock } from '#base/clock.ts';
import type { Clock } from '#base/clock.ts';
import { ignoreEvents } from '#base/events.ts';
import type { Model } from '#model/model.ts';
import type { QualityStore } from '#store/quality.ts';
import type { Database } from '#store/postgres/database.ts';
import { openDatabase } from '#store/postgres/open.ts';
import { openPostgresStore } from '#store/postgres/postgres-store.ts';
import { openQualityStore as openQualityInDatabase } from '#store/postgres/quality.ts';
import { openQualityStore } from '#store/sqlite/quality.ts';
import { openSqliteStore } from '#store/sqlite/sqlite-store.ts';
import type { Store } from '#store/store.ts';
import { strictRows } from '../writing/strict-rows.ts';
import { testDatabase } from '../../postgres/database.ts';

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
      rowsThrough: strictRows,
    }),
};

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
    const { url, drop } = await testDatabase();
    return {
      at: url,
      dispose: async () => {
        await (await databases.get(url))?.close();
        databases.delete(url);
        await drop();
      },
    };
  },
  open: (at, { model, clock, baseUrl }) =>
    openPostgresStore({ url: at, model, clock, observe: ignoreEvents, baseUrl: () => baseUrl }),
  openQuality: async (at, id) => openQualityInDatabase(await databaseAt(at), id),
};

/** `TEST_DIALECT` runs the suite on one of them only. */
export const dialects: readonly Dialect[] = [sqlite, sqliteLookingAhead, postgres].filter(
  ({ name }) => (process.env['TEST_DIALECT'] ?? name) === name,
);

/** Registers a part of the suite for every database. */
export const onEveryDialect = (part: string, suite: (dialect: Dialect) => void): void => {
  for (const dialect of dialects)
    if (dialect.parts?.has(part) !== false) describe(`${part} on ${dialect.name}`, () => suite(dialect));
};

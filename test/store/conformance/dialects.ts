// The databases that the conformance suite runs on. A new one joins by adding a row to `dialects`: nothing else in this folder names one.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe } from 'node:test';
import type { Clock } from '#base/clock.ts';
import { ignoreEvents } from '#base/events.ts';
import type { Model } from '#model/model.ts';
import type { QualityStore } from '#store/quality.ts';
import { openQualityStore } from '#store/sqlite/quality.ts';
import { openSqliteStore } from '#store/sqlite/sqlite-store.ts';
import type { Store } from '#store/store.ts';

export type StoreOptions = { readonly model: Model; readonly clock: Clock; readonly baseUrl: string };

export type Dialect = {
  readonly name: string;
  /** An empty place for one store (a folder, a connection string), and how to do away with it. */
  readonly place: () => Promise<{ readonly at: string; readonly dispose: () => Promise<void> }>;
  /** Opens the store at a place; again after `close` to see what has lasted. */
  readonly open: (at: string, options: StoreOptions) => Promise<Store>;
  /** What quality works on, of an organisation that the store at the place holds. */
  readonly openQuality: (at: string, id: string) => QualityStore | null;
};

export const sqlite: Dialect = {
  name: 'sqlite',
  place: async () => {
    const at = mkdtempSync(path.join(tmpdir(), 'store-'));
    return { at, dispose: async () => rmSync(at, { recursive: true, force: true }) };
  },
  open: (at, { model, clock, baseUrl }) =>
    openSqliteStore({ folder: at, model, clock, observe: ignoreEvents, baseUrl: () => baseUrl }),
  openQuality: openQualityStore,
};

export const dialects: readonly Dialect[] = [sqlite];

/** Registers a part of the suite for every database. */
export const onEveryDialect = (part: string, suite: (dialect: Dialect) => void): void => {
  for (const dialect of dialects) describe(`${part} on ${dialect.name}`, () => suite(dialect));
};

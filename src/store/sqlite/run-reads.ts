// Reads of runs, pages, rejections and contracts: what adapters and owners ask about deliveries. Called by tenant.ts; shows no resource.
import type { DatabaseSync } from 'node:sqlite';
import type { AdapterContract, Rejection, SyncPage, SyncRun, TenantRuns } from '../store.ts';
import { bytesOf, guard, numberOf, statement, textOf } from './driver.ts';
import { decodeUids, sortedUids } from './uid-set.ts';

/** Prepares the statements of one connection. */
export const createRunReads = (db: DatabaseSync): TenantRuns => {
  const sql = (text: string) => statement(db, text);
  const byCorrId = sql('SELECT record FROM sync_run WHERE corr_id = ?');
  const list = sql(
    'SELECT record FROM sync_run WHERE (?1 IS NULL OR collection = ?1) AND (?2 IS NULL OR state = ?2) ORDER BY run_order DESC LIMIT ?3',
  );
  const lastCompleted = sql(
    `SELECT record FROM sync_run WHERE collection = ? AND state = 'completed' AND type = ? ORDER BY run_order DESC LIMIT 1`,
  );
  const pages = sql('SELECT page, hash, entries, seen FROM sync_page WHERE corr_id = ? ORDER BY page');
  const onePage = sql('SELECT page, hash, entries, seen FROM sync_page WHERE corr_id = ? AND page = ?');
  const openedReceipt = sql('SELECT opened_receipt FROM sync_run WHERE run_order = ?');
  const seenSince = sql(
    `SELECT p.seen FROM sync_page p JOIN sync_run r ON r.corr_id = p.corr_id
     WHERE r.collection = ?1 AND r.run_order <> ?2 AND (r.run_order > ?2 OR (r.type <> 'FULL' AND p.receipt >= ?3))`,
  );
  const byRun = sql('SELECT record FROM sync_rejection WHERE corr_id = ? ORDER BY page, number LIMIT ?');
  const byCollection = sql(
    `SELECT n.record FROM sync_run r CROSS JOIN sync_rejection n ON n.corr_id = r.corr_id
     WHERE r.collection = ? ORDER BY r.run_order DESC, n.page, n.number LIMIT ?`,
  );
  const anyRejection = sql('SELECT record FROM sync_rejection ORDER BY corr_id, page, number LIMIT ?');
  const contracts = sql('SELECT record FROM contract ORDER BY client');

  return {
    run: guard((corrId) => recordOf<SyncRun>(byCorrId.get(corrId))),
    runs: guard(({ collection, state, limit }) =>
      recordsOf<SyncRun>(list.all(collection ?? null, state ?? null, limit)),
    ),
    lastCompleted: guard((collection, type) => recordOf<SyncRun>(lastCompleted.get(collection, type))),
    pages: guard((corrId) => pages.all(corrId).map(pageOf)),
    page: guard((corrId, page) => {
      const row = onePage.get(corrId, page);
      return row === undefined ? null : pageOf(row);
    }),
    seenSince: guard((collection, order) => {
      const receipt = numberOf(openedReceipt.get(order), 'opened_receipt');
      const sets = seenSince.all(collection, order, receipt).map((row) => decodeUids(bytesOf(row, 'seen')));
      return sets.length === 0 ? new Float64Array() : sortedUids(joined(sets));
    }),
    rejections: guard(({ corrId, collection, limit }) =>
      recordsOf<Rejection>(
        corrId !== undefined
          ? byRun.all(corrId, limit)
          : collection !== undefined
            ? byCollection.all(collection, limit)
            : anyRejection.all(limit),
      ),
    ),
    contracts: guard(() => recordsOf<AdapterContract>(contracts.all())),
  };
};

const pageOf = (row: Record<string, unknown>): SyncPage => ({
  page: numberOf(row, 'page'),
  hash: textOf(row, 'hash'),
  entries: numberOf(row, 'entries'),
  seen: decodeUids(bytesOf(row, 'seen')),
});

const joined = function* (sets: readonly Float64Array[]): Iterable<number> {
  for (const set of sets) yield* set;
};

// Records were written by this program from values of these types; the file's version guards their shape.
const recordsOf = <T>(rows: readonly Record<string, unknown>[]): readonly T[] =>
  rows.map((row) => parse<T>(textOf(row, 'record')));

const recordOf = <T>(row: Record<string, unknown> | undefined): T | null =>
  row === undefined ? null : parse<T>(textOf(row, 'record'));

const parse = <T>(text: string): T => {
  const value: T = JSON.parse(text);
  return value;
};

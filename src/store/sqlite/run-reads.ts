// Reads of runs, pages, rejections and contracts: what adapters and owners ask about deliveries. Called by tenant.ts; shows no resource.
import type { DatabaseSync } from 'node:sqlite';
import { yieldToLoop } from '#base/clock.ts';
import { unpackUids } from '#base/packed-uids.ts';
import { unionInTurns } from '#base/uid-sets.ts';
import type { AdapterContract, Rejection, SyncPage, SyncRun, TenantRuns } from '../store.ts';
import { bytesOf, guard, guarded, numberOf, statement, textOf } from './driver.ts';

/** Prepares the statements of one connection. */
export const createRunReads = (db: DatabaseSync): TenantRuns => {
  const sql = (text: string) => statement(db, text);
  const byCorrId = sql('SELECT record FROM sync_run WHERE corr_id = ?');
  const newest = sql('SELECT record FROM sync_run WHERE run_order < ? ORDER BY run_order DESC LIMIT ?');
  const newestOf = sql(
    'SELECT record FROM sync_run WHERE collection = ? AND run_order < ? ORDER BY run_order DESC LIMIT ?',
  );
  const newestIn = sql('SELECT record FROM sync_run WHERE state = ? AND run_order < ? ORDER BY run_order DESC LIMIT ?');
  const newestOfIn = sql(
    'SELECT record FROM sync_run WHERE collection = ? AND state = ? AND run_order < ? ORDER BY run_order DESC LIMIT ?',
  );
  const lastCompleted = sql(
    `SELECT record FROM sync_run WHERE collection = ? AND state = 'completed' AND type = ? ORDER BY run_order DESC LIMIT 1`,
  );
  const pages = sql('SELECT page, hash, entries, seen FROM sync_page WHERE corr_id = ? ORDER BY page');
  const onePage = sql('SELECT page, hash, entries, seen FROM sync_page WHERE corr_id = ? AND page = ?');
  const openedReceipt = sql('SELECT opened_receipt FROM sync_run WHERE run_order = ?');
  // The pages of a run that was opened later have come later too: from the receipt on, all are found.
  const seenSince = sql(
    `SELECT p.seen FROM sync_page p CROSS JOIN sync_run r ON r.corr_id = p.corr_id
     WHERE p.receipt >= ?3 AND r.collection = ?1 AND r.run_order <> ?2 AND (r.run_order > ?2 OR r.type <> 'FULL')`,
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
    runs: guard(({ collection, state, before = Number.MAX_SAFE_INTEGER, limit }) =>
      recordsOf<SyncRun>(
        collection === undefined
          ? state === undefined
            ? newest.all(before, limit)
            : newestIn.all(state, before, limit)
          : state === undefined
            ? newestOf.all(collection, before, limit)
            : newestOfIn.all(collection, state, before, limit),
      ),
    ),
    lastCompleted: guard((collection, type) => recordOf<SyncRun>(lastCompleted.get(collection, type))),
    pages: async (corrId) => {
      const found: SyncPage[] = [];
      for (const row of guarded(() => pages.all(corrId))) {
        found.push(pageOf(row));
        await yieldToLoop();
      }
      return found;
    },
    page: guard((corrId, page) => {
      const row = onePage.get(corrId, page);
      return row === undefined ? null : pageOf(row);
    }),
    seenSince: async (collection, order) => {
      const rows = guarded(() =>
        seenSince.all(collection, order, numberOf(openedReceipt.get(order), 'opened_receipt')),
      );
      const sets: Float64Array[] = [];
      for (const row of rows) {
        sets.push(unpackUids(bytesOf(row, 'seen')));
        await yieldToLoop();
      }
      return unionInTurns(sets);
    },
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
  seen: unpackUids(bytesOf(row, 'seen')),
});

// Records were written by this program from values of these types; the file's version guards their shape.
const recordsOf = <T>(rows: readonly Record<string, unknown>[]): readonly T[] =>
  rows.map((row) => parse<T>(textOf(row, 'record')));

const recordOf = <T>(row: Record<string, unknown> | undefined): T | null =>
  row === undefined ? null : parse<T>(textOf(row, 'record'));

const parse = <T>(text: string): T => {
  const value: T = JSON.parse(text);
  return value;
};

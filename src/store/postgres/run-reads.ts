// Reads of runs, pages, rejections and contracts: what adapters and owners ask about deliveries. Shows no resource.
import { yieldToLoop } from '#base/clock.ts';
import { unpackUids } from '#base/packed-uids.ts';
import { unionInTurns } from '#base/uid-sets.ts';
import type { AdapterContract, Rejection, SyncPage, SyncRun, TenantRuns } from '../store.ts';
import { bytesOf, numberOf, textOf } from './cells.ts';
import type { Cell, Database, Row, Sql } from './database.ts';
import { keptText } from './kept-text.ts';

const sql = (name: string, text: string): Sql => ({ name, text });

const byCorrId = sql('run_by_id', 'SELECT record FROM sync_run WHERE tenant = $1 AND corr_id = $2');
const newest = sql(
  'runs_newest',
  'SELECT record FROM sync_run WHERE tenant = $1 AND run_order < $2 ORDER BY run_order DESC LIMIT $3',
);
const newestOf = sql(
  'runs_newest_of',
  'SELECT record FROM sync_run WHERE tenant = $1 AND collection = $4 AND run_order < $2 ORDER BY run_order DESC LIMIT $3',
);
const newestIn = sql(
  'runs_newest_in',
  'SELECT record FROM sync_run WHERE tenant = $1 AND state = $4 AND run_order < $2 ORDER BY run_order DESC LIMIT $3',
);
const newestOfIn = sql(
  'runs_newest_of_in',
  `SELECT record FROM sync_run WHERE tenant = $1 AND collection = $4 AND state = $5 AND run_order < $2
   ORDER BY run_order DESC LIMIT $3`,
);
const lastCompleted = sql(
  'run_last_completed',
  `SELECT record FROM sync_run WHERE tenant = $1 AND collection = $2 AND state = 'completed' AND type = $3
   ORDER BY run_order DESC LIMIT 1`,
);
const readPages = sql(
  'run_pages',
  'SELECT page, hash, entries, seen FROM sync_page WHERE tenant = $1 AND corr_id = $2 ORDER BY page',
);
const onePage = sql(
  'run_page',
  'SELECT page, hash, entries, seen FROM sync_page WHERE tenant = $1 AND corr_id = $2 AND page = $3',
);
// The pages of a run that was opened later have come later too: from the receipt on, all are found.
const readSeen = sql(
  'runs_seen_since',
  `SELECT p.seen FROM sync_page p
   CROSS JOIN LATERAL (SELECT collection, run_order, type FROM sync_run WHERE tenant = $1 AND corr_id = p.corr_id LIMIT 1) r
   WHERE p.tenant = $1 AND p.receipt >= coalesce((SELECT o.opened_receipt FROM sync_run o WHERE o.tenant = $1 AND o.run_order = $3), 0)
     AND r.collection = $2 AND r.run_order <> $3 AND (r.run_order > $3 OR r.type <> 'FULL')`,
);
const byRun = sql(
  'rejections_by_run',
  'SELECT record FROM sync_rejection WHERE tenant = $1 AND corr_id = $2 ORDER BY page, number LIMIT $3',
);
const byCollection = sql(
  'rejections_by_collection',
  `SELECT n.record FROM sync_run r
   CROSS JOIN LATERAL (SELECT page, number, record FROM sync_rejection WHERE tenant = $1 AND corr_id = r.corr_id OFFSET 0) n
   WHERE r.tenant = $1 AND r.collection = $2 ORDER BY r.run_order DESC, n.page, n.number LIMIT $3`,
);
const anyRejection = sql(
  'rejections_any',
  'SELECT record FROM sync_rejection WHERE tenant = $1 ORDER BY corr_id, page, number LIMIT $2',
);
const readContracts = sql('contracts', 'SELECT record FROM contract WHERE tenant = $1 ORDER BY client COLLATE "C"');

/** The runs of one organisation, by its number. */
export const createRunReads = (database: Pick<Database, 'query'>, tenant: number): TenantRuns => {
  const ask = (statement: Sql, ...values: readonly Cell[]): Promise<readonly Row[]> =>
    database.query(tenant, statement, [
      tenant,
      ...values.map((each) => (typeof each === 'string' ? keptText(each) : each)),
    ]);

  return {
    run: async (corrId) => recordOf<SyncRun>(await ask(byCorrId, corrId)),
    runs: async ({ collection, state, before = Number.MAX_SAFE_INTEGER, limit }) =>
      recordsOf<SyncRun>(
        collection === undefined
          ? state === undefined
            ? await ask(newest, before, limit)
            : await ask(newestIn, before, limit, state)
          : state === undefined
            ? await ask(newestOf, before, limit, collection)
            : await ask(newestOfIn, before, limit, collection, state),
      ),
    lastCompleted: async (collection, type) => recordOf<SyncRun>(await ask(lastCompleted, collection, type)),
    pages: async (corrId) => {
      const found: SyncPage[] = [];
      for (const row of await database.query(tenant, readPages, [tenant, keptText(corrId)], { long: true })) {
        found.push(pageOf(row));
        await yieldToLoop();
      }
      return found;
    },
    page: async (corrId, page) => {
      const [row] = await ask(onePage, corrId, page);
      return row === undefined ? null : pageOf(row);
    },
    seenSince: async (collection, order) => {
      const rows = await database.query(tenant, readSeen, [tenant, collection, order], { long: true });
      const sets: Float64Array[] = [];
      for (const row of rows) {
        sets.push(unpackUids(bytesOf(row, 'seen')));
        await yieldToLoop();
      }
      return unionInTurns(sets);
    },
    rejections: async ({ corrId, collection, limit }) =>
      recordsOf<Rejection>(
        corrId !== undefined
          ? await ask(byRun, corrId, limit)
          : collection !== undefined
            ? await ask(byCollection, collection, limit)
            : await ask(anyRejection, limit),
      ),
    contracts: async () => recordsOf<AdapterContract>(await ask(readContracts)),
  };
};

const pageOf = (row: Row): SyncPage => ({
  page: numberOf(row, 'page'),
  hash: textOf(row, 'hash'),
  entries: numberOf(row, 'entries'),
  seen: unpackUids(bytesOf(row, 'seen')),
});

// Records were written by this program from values of these types; the version of the tables guards their shape.
const recordsOf = <T>(rows: readonly Row[]): readonly T[] => rows.map((row) => parse<T>(textOf(row, 'record')));

const recordOf = <T>([row]: readonly Row[]): T | null => (row === undefined ? null : parse<T>(textOf(row, 'record')));

const parse = <T>(text: string): T => {
  const value: T = JSON.parse(text);
  return value;
};

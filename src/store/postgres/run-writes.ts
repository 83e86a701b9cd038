// Writes of what concerns adapters and runs: runs, pages, rejections, contracts. A part of every write transaction; called by tenant.ts. Knows
// no resource.
import { packUids } from '#base/packed-uids.ts';
import type { Rejection, SyncRun, TenantWrite } from '../store.ts';
import { int4s, texts } from './arrays.ts';
import { numberOf } from './cells.ts';
import type { Sql } from './database.ts';
import { keptText } from './kept-text.ts';
import type { Sending } from './sending.ts';
import type { MutableCounts } from './tenant-state.ts';

/** For one work; `counts` are those of the work. */
export const createRunWrites = (
  { ask, send }: Sending,
  counts: Pick<MutableCounts, 'runs' | 'receipts'>,
): Pick<TenantWrite, 'putRun' | 'putPage' | 'putRejections' | 'putContract'> => ({
  putRun: async (run) => {
    const [known] = await ask(orderOf, [keptText(run.corrId)]);
    const order = known === undefined ? (counts.runs += 1) : numberOf(known, 'run_order');
    const stored: SyncRun = { ...run, order };
    const record = JSON.stringify(stored);
    if (known === undefined)
      send(insertRun, [
        order,
        keptText(run.corrId),
        run.collection,
        run.type,
        run.state,
        counts.receipts + 1,
        run.touchedAt,
        record,
      ]);
    else send(updateRun, [order, run.state, run.touchedAt, record]);
    // What pages have seen matters only while a run that is still open (or held, for as long as it takes someone) could decide by it.
    if (run.closedAt !== null) send(forgetSeen, [run.collection, run.touchedAt - aDay]);
    return stored;
  },
  putPage: (corrId, page) => {
    counts.receipts += 1;
    send(putPage, [counts.receipts, keptText(corrId), page.page, page.hash, page.entries, packUids(page.seen)]);
  },
  putRejections: (corrId, page, rejections) => {
    send(clearRejections, [keptText(corrId), page]);
    for (let at = 0; at < rejections.length; at += atOnce) {
      const slice = rejections.slice(at, at + atOnce);
      send(insertRejections, [
        keptText(corrId),
        page,
        int4s(slice.map((_, index) => at + index)),
        texts(slice.map(({ collection }) => collection)),
        texts(slice.map((rejection: Rejection) => JSON.stringify(rejection))),
      ]);
    }
  },
  putContract: (contract) => send(putContract, [keptText(contract.client), JSON.stringify(contract)]),
});

const aDay = 86_400_000;
const atOnce = 4_000;

const orderOf: Sql = {
  name: 'run_order',
  text: 'SELECT run_order FROM sync_run WHERE tenant = $1 AND corr_id = $2',
};
const insertRun: Sql = {
  name: 'insert_run',
  text: `INSERT INTO sync_run (tenant, run_order, corr_id, collection, type, state, opened_receipt, touched_at, record)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
};
const updateRun: Sql = {
  name: 'update_run',
  text: 'UPDATE sync_run SET state = $3, touched_at = $4, record = $5 WHERE tenant = $1 AND run_order = $2',
};
// From the pages that still tell what they have seen, which are few: runs and pages are kept for years.
const forgetSeen: Sql = {
  name: 'forget_seen',
  text: `UPDATE sync_page SET seen = ''::bytea
    WHERE tenant = $1 AND receipt = ANY (ARRAY(
        SELECT p.receipt FROM sync_page p
        WHERE p.tenant = $1 AND length(p.seen) > 0
          AND (SELECT r.collection FROM sync_run r WHERE r.tenant = $1 AND r.corr_id = p.corr_id) = $2))
      AND NOT EXISTS (SELECT 1 FROM sync_run r WHERE r.tenant = $1 AND r.collection = $2 AND r.state IN ('open', 'held'))
      AND NOT EXISTS (
        SELECT 1 FROM sync_run r WHERE r.tenant = $1 AND r.collection = $2 AND r.state = 'superseded' AND r.touched_at > $3)`,
};
const putPage: Sql = {
  name: 'put_page',
  text: `INSERT INTO sync_page (tenant, receipt, corr_id, page, hash, entries, seen) VALUES ($1, $2, $3, $4, $5, $6, $7)
    ON CONFLICT (tenant, corr_id, page) DO UPDATE
    SET receipt = excluded.receipt, hash = excluded.hash, entries = excluded.entries, seen = excluded.seen`,
};
const clearRejections: Sql = {
  name: 'clear_rejections',
  text: 'DELETE FROM sync_rejection WHERE tenant = $1 AND corr_id = $2 AND page = $3',
};
const insertRejections: Sql = {
  name: 'insert_rejections',
  text: `INSERT INTO sync_rejection (tenant, corr_id, page, number, collection, record)
    SELECT $1::integer, $2::text, $3::integer, w.number, w.collection, w.record
    FROM unnest($4::int4[], $5::text[], $6::text[]) AS w (number, collection, record)`,
};
const putContract: Sql = {
  name: 'put_contract',
  text: `INSERT INTO contract (tenant, client, record) VALUES ($1, $2, $3)
    ON CONFLICT (tenant, client) DO UPDATE SET record = excluded.record`,
};

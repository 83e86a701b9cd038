// Writes of what concerns adapters and runs: runs, pages, rejections, contracts. A part of every write transaction; called by
// tenant-write.ts. Knows no resource.
import type { DatabaseSync } from 'node:sqlite';
import { yieldToLoop } from '#base/clock.ts';
import { packUids } from '#base/packed-uids.ts';
import type { SyncRun, TenantWrite } from '../store.ts';
import { numberOf, statement } from './driver.ts';

/** Prepares the statements of one connection. */
export const createRunWriter = (
  db: DatabaseSync,
): Pick<TenantWrite, 'putRun' | 'putPage' | 'putRejections' | 'putContract'> => {
  const sql = (text: string) => statement(db, text);
  const orderOf = sql('SELECT run_order FROM sync_run WHERE corr_id = ?');
  const nextOrder = sql('SELECT coalesce(max(run_order), 0) + 1 AS n FROM sync_run');
  const nextReceipt = sql('SELECT coalesce(max(receipt), 0) + 1 AS n FROM sync_page');
  const insertRun = sql(
    'INSERT INTO sync_run (run_order, corr_id, collection, type, state, opened_receipt, touched_at, record) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
  );
  const updateRun = sql('UPDATE sync_run SET state = ?, touched_at = ?, record = ? WHERE corr_id = ?');
  const putPage = sql(
    `INSERT INTO sync_page (receipt, corr_id, page, hash, entries, seen) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
     ON CONFLICT (corr_id, page) DO UPDATE SET receipt = ?1, hash = ?4, entries = ?5, seen = ?6`,
  );
  // What pages have seen matters only while a run that is still open (or held, for as long as it takes someone) could decide by it.
  const undecided = sql(
    `SELECT EXISTS (SELECT 1 FROM sync_run WHERE collection = ?1 AND state IN ('open', 'held'))
         OR EXISTS (SELECT 1 FROM sync_run WHERE collection = ?1 AND state = 'superseded' AND touched_at > ?2) AS n`,
  );
  const forgetSeen = sql(
    `UPDATE sync_page INDEXED BY sync_page_seen SET seen = x''
     WHERE length(seen) > 0 AND EXISTS (SELECT 1 FROM sync_run r WHERE r.corr_id = sync_page.corr_id AND r.collection = ?)`,
  );
  const clearRejections = sql('DELETE FROM sync_rejection WHERE corr_id = ? AND page = ?');
  const insertRejection = sql(
    'INSERT INTO sync_rejection (corr_id, page, number, collection, record) VALUES (?, ?, ?, ?, ?)',
  );
  const putContract = sql(
    'INSERT INTO contract (client, record) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET record = ?2',
  );

  return {
    putRun: (run) => {
      const known = orderOf.get(run.corrId);
      const order = known === undefined ? numberOf(nextOrder.get(), 'n') : numberOf(known, 'run_order');
      const stored: SyncRun = { ...run, order };
      const record = JSON.stringify(stored);
      if (known === undefined) {
        insertRun.run(
          order,
          run.corrId,
          run.collection,
          run.type,
          run.state,
          numberOf(nextReceipt.get(), 'n'),
          run.touchedAt,
          record,
        );
      } else updateRun.run(run.state, run.touchedAt, record, run.corrId);
      const aDay = 86_400_000;
      if (run.closedAt !== null && numberOf(undecided.get(run.collection, run.touchedAt - aDay), 'n') === 0)
        forgetSeen.run(run.collection);
      return stored;
    },
    putPage: (corrId, page) =>
      void putPage.run(
        numberOf(nextReceipt.get(), 'n'),
        corrId,
        page.page,
        page.hash,
        page.entries,
        packUids(page.seen),
      ),
    putRejections: async (corrId, page, rejections) => {
      clearRejections.run(corrId, page);
      for (const [number, rejection] of rejections.entries()) {
        insertRejection.run(corrId, page, number, rejection.collection, JSON.stringify(rejection));
        if (number % 256 === 255) await yieldToLoop();
      }
    },
    putContract: (contract) => void putContract.run(contract.client, JSON.stringify(contract)),
  };
};

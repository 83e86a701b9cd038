// The thread that writes audit records to disk, so that waiting for the disk never holds up requests. Started by audit-writer.ts, which
// sends batches and gets one answer each. Holds one connection per organisation; knows nothing else of the hub.
import { parentPort } from 'node:worker_threads';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { openDatabase } from './driver.ts';
import { auditMigrations } from './schema.ts';

/**
 * A batch for one file: reads, or records from the outbox in their order. Row after row lies flat in one list, as audit-writer.ts puts them:
 * thousands of small objects a second would cost more to hand over than to write.
 */
export type AuditBatch = { readonly path: string; readonly rows: readonly (string | number)[] };
export type AuditRow = {
  readonly at: number;
  readonly client: string;
  readonly collection: string;
  readonly record: string;
  /** Number in the outbox; 0 = a read. */ readonly number: number;
};

const rowLength = 5;

export type AuditReply = { readonly error: string | null };
export type AuditMessage = AuditBatch | { readonly close: string };

type Open = {
  readonly db: DatabaseSync;
  readonly insert: StatementSync;
  readonly moved: StatementSync;
  readonly move: StatementSync;
};

const files = new Map<string, Open>();

const fileAt = (path: string): Open => {
  const known = files.get(path);
  if (known !== undefined) return known;
  const db = openDatabase({ path, migrations: auditMigrations, cacheMb: 2 });
  const open: Open = {
    db,
    insert: db.prepare('INSERT INTO audit (at, client, collection, record) VALUES (?, ?, ?, ?)'),
    moved: db.prepare('SELECT number FROM moved'),
    move: db.prepare('UPDATE moved SET number = max(number, ?)'),
  };
  files.set(path, open);
  return open;
};

const append = ({ path, rows }: AuditBatch): void => {
  const { db, insert, moved, move } = fileAt(path);
  db.exec('BEGIN IMMEDIATE');
  try {
    const before = Number(moved.get()?.['number'] ?? 0);
    let last = before;
    for (let from = 0; from < rows.length; from += rowLength) {
      const [at = 0, client = '', collection = '', record = '', number] = rows.slice(from, from + rowLength);
      // A record that was moved before a crash is still in the outbox: it is not written twice.
      if (typeof number !== 'number' || (number !== 0 && number <= last)) continue;
      insert.run(at, client, collection, record);
      last = Math.max(last, number);
    }
    if (last > before) move.run(last);
    db.exec('COMMIT');
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
};

parentPort?.on('message', (message: AuditMessage) => {
  let error: string | null = null;
  try {
    if ('close' in message) {
      files.get(message.close)?.db.close();
      files.delete(message.close);
    } else append(message);
  } catch (cause) {
    error = cause instanceof Error ? cause.message : 'unknown';
  }
  const reply: AuditReply = { error };
  parentPort?.postMessage(reply, []);
});

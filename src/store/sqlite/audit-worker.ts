// The thread that writes audit records to disk, so that waiting for the disk never holds up requests. Started by audit-writer.ts, which
// sends batches and gets one answer each. Holds one connection per organisation; knows nothing else of the hub.
import { parentPort } from 'node:worker_threads';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { openDatabase } from './driver.ts';
import { auditMigrations } from './schema.ts';

/** What one commit records of reads: a JSON list, put together where the records are made so that handing it over costs one text. */
export type AuditBatch = { readonly path: string; readonly count: number; readonly records: string };
/** Records from the outbox in their order, with their numbers there. */
export type AuditMove = { readonly path: string; readonly moved: readonly OutboxRow[] };
export type OutboxRow = { readonly number: number; readonly record: string };

export type AuditReply = { readonly error: string | null };
export type AuditMessage = AuditBatch | AuditMove | { readonly close: string };

type Open = {
  readonly db: DatabaseSync;
  /** Number of the next record. */
  next: number;
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
    next: Number(db.prepare('SELECT coalesce(max(first + count), 1) AS next FROM audit_commit').get()?.['next'] ?? 1),
    insert: db.prepare('INSERT INTO audit_commit (first, count, records) VALUES (?, ?, ?)'),
    moved: db.prepare('SELECT number FROM moved'),
    move: db.prepare('UPDATE moved SET number = max(number, ?)'),
  };
  files.set(path, open);
  return open;
};

const append = ({ path, count, records }: AuditBatch): void => {
  const file = fileAt(path);
  file.insert.run(file.next, count, records);
  file.next += count;
};

const move = ({ path, moved: rows }: AuditMove): void => {
  const file = fileAt(path);
  const { db, insert, moved, move: remember } = file;
  db.exec('BEGIN IMMEDIATE');
  try {
    // A record that was moved before a crash is still in the outbox: it is not written twice.
    const before = Number(moved.get()?.['number'] ?? 0);
    const fresh = rows.filter(({ number }) => number > before);
    const last = fresh.at(-1);
    if (last !== undefined) {
      insert.run(file.next, fresh.length, `[${fresh.map(({ record }) => record).join(',')}]`);
      remember.run(last.number);
    }
    db.exec('COMMIT');
    file.next += fresh.length;
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
    } else if ('moved' in message) move(message);
    else append(message);
  } catch (cause) {
    error = cause instanceof Error ? cause.message : 'unknown';
  }
  const reply: AuditReply = { error };
  parentPort?.postMessage(reply, []);
});

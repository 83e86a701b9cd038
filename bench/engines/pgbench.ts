// PostgreSQL's own load generator on the store's tables, where it is installed: what the server can do for a client that costs next to nothing.
// Called by scenarios/engines.ts on PostgreSQL.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export type PgbenchRun = {
  readonly url: string;
  /** Statements of one transaction, in pgbench's language. */
  readonly script: string;
  readonly clients: number;
  /** Of each client. */
  readonly transactions: number;
};

/** Transactions a second; null where there is no pgbench. Rejects when it fails. */
export const pgbench = async ({ url, script, clients, transactions }: PgbenchRun): Promise<number | null> => {
  const folder = mkdtempSync(join(tmpdir(), 'bench-pgbench-'));
  try {
    const file = join(folder, 'script.sql');
    writeFileSync(file, script);
    const options = ['-n', '-M', 'prepared', '-c', String(clients), '-j', '1', '-t', String(transactions)];
    const child = spawn(process.env['PGBENCH'] ?? 'pgbench', [...options, '-f', file, url]);
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => (said += String(chunk)));
    child.stderr.on('data', (chunk: Buffer) => (said += String(chunk)));
    const missing = once(child, 'error').then(() => true);
    if (await Promise.race([missing, once(child, 'close').then(() => false)])) return null;
    const rate = /tps = ([\d.]+)/.exec(said)?.[1];
    if (rate === undefined) throw new Error(`pgbench: ${said.slice(-500)}`);
    return Number(rate);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

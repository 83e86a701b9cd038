// What lies beneath the store that tests run on (`testDialect`), past every contract: rows changed as time, a fault or an intruder would leave them,
// and what is stored, byte by byte. Used by tests above the store; the hub never works this way.
import { existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { qualityTables } from '#store/postgres/schema/quality-tables.ts';
import { rows, run, testHubRole } from '../postgres/database.ts';
import { sharedServer } from '../postgres/server.ts';
import { testDialect } from './conformance/dialects.ts';

export type Beneath = {
  /** Runs a statement on the platform; whoever has it open hears of it. */
  readonly alterPlatform: (at: string, sql: string) => Promise<void>;
  /** An expression for `alterPlatform` that gives a JSON column with another value of one member. */
  readonly withMember: (column: string, member: string, value: number) => string;
  /** Runs a statement on the audit of an organisation that the place holds alone. */
  readonly alterAudit: (at: string, id: string, sql: string) => Promise<void>;
  /** Nothing can be written to the audit until what it gives is called. */
  readonly holdAudit: (at: string, id: string) => Promise<() => Promise<void>>;
  /** Does away with all that quality keeps of an organisation that the place holds alone; nobody has it open. */
  readonly dropQuality: (at: string, id: string) => Promise<void>;
  /** What is stored of the platform, and of the audit of an organisation. */
  readonly platformBytes: (at: string) => Promise<Buffer>;
  readonly auditBytes: (at: string, id: string) => Promise<Buffer>;
};

const auditFile = (at: string, id: string): string => path.join(at, 'tenants', id, 'audit.db');

const alterFile = (file: string, sql: string): void => {
  const db = new DatabaseSync(file, { timeout: 5_000 });
  try {
    db.exec(sql);
  } finally {
    db.close();
  }
};

const bytesOf = (file: string): Buffer =>
  Buffer.concat([file, `${file}-wal`].filter((one) => existsSync(one)).map((one) => readFileSync(one)));

const files: Beneath = {
  alterPlatform: async (at, sql) =>
    alterFile(path.join(at, 'platform.db'), `${sql}; UPDATE revision SET value = value + 1`),
  withMember: (column, member, value) => `json_set(${column}, '$.${member}', ${value})`,
  alterAudit: async (at, id, sql) => alterFile(auditFile(at, id), sql),
  holdAudit: async (at, id) => {
    const holder = new DatabaseSync(auditFile(at, id));
    holder.exec('BEGIN IMMEDIATE');
    return async () => {
      holder.exec('ROLLBACK');
      holder.close();
    };
  },
  dropQuality: async (at, id) => {
    for (const suffix of ['', '-wal', '-shm'])
      rmSync(path.join(at, 'tenants', id, `quality.db${suffix}`), { force: true });
  },
  platformBytes: async (at) => bytesOf(path.join(at, 'platform.db')),
  auditBytes: async (at, id) => bytesOf(auditFile(at, id)),
};

/** The database of a place as one who sees all rows, whatever the rights of the hub are. */
const adminOf = async (at: string): Promise<string> => {
  const address = new URL(await sharedServer());
  address.pathname = new URL(at).pathname;
  return address.href;
};

const alter = async (at: string, ...commands: readonly string[]): Promise<void> =>
  run(await adminOf(at), 'SET search_path = bindeledd', ...commands);

const textOf = async (at: string, tables: readonly string[]): Promise<Buffer> => {
  const admin = await adminOf(at);
  const texts: unknown[] = [];
  for (const table of tables)
    for (const row of await rows(admin, `SELECT t::text AS stored FROM bindeledd.${table} t`))
      texts.push(row['stored']);
  return Buffer.from(texts.map(String).join('\n'));
};

const platformNames = `SELECT c.relname::text AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname = 'bindeledd' AND c.relkind = 'r' AND NOT c.relispartition`;

const tables: Beneath = {
  alterPlatform: async (at, sql) => {
    await alter(at, `${sql}; UPDATE revision SET value = value + 1; SELECT pg_notify('bindeledd', '["test", 0]')`);
    // Told at once, and heard by the next turn of a process that has other things to do.
    await sleep(1_000);
  },
  withMember: (column, member, value) => `jsonb_set(${column}::jsonb, '{${member}}', '${value}')::text`,
  alterAudit: (at, _, sql) => alter(at, sql),
  holdAudit: async (at) => {
    const right = (verb: string): Promise<void> => alter(at, `${verb} ${testHubRole}`);
    await right('REVOKE INSERT ON audit_commit FROM');
    return () => right('GRANT INSERT ON audit_commit TO');
  },
  dropQuality: (at) => alter(at, ...qualityTables.map(({ name }) => `DELETE FROM ${name}`)),
  platformBytes: async (at) =>
    textOf(
      at,
      (await rows(await adminOf(at), platformNames)).map((row) => String(row['name'])),
    ),
  auditBytes: (at) => textOf(at, ['audit_head', 'audit_commit', 'checkpoint', 'audit_notice']),
};

export const beneath: Beneath = testDialect.name === 'sqlite' ? files : tables;

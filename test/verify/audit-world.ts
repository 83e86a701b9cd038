// Audits for tests of the verifier: written by the hub's own writer, altered by hand.
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { currentAuditKey } from '#store/audit-keys.ts';
import { checkpointListOf, openAuditFile } from '#store/sqlite/audit-file.ts';
import type { AuditBatch, AuditSigner } from '#store/sqlite/audit-file.ts';
import type { AuditKey, AuditRecord } from '#store/store.ts';
import type { KeySet } from '#verify/audit-verify.ts';

export const organisation = 'a.test';
export const other = 'b.test';
export const start = 1_700_000_000_000;

/** A key and the set that is published of it. */
export const makeKey = async (): Promise<{ readonly key: AuditKey; readonly published: object }> => {
  const key = await currentAuditKey({ platform: { auditKeys: () => [], putAuditKey: () => {} }, now: () => start });
  const jwk: object = JSON.parse(key.publicJwk);
  return { key, published: { ...jwk, kid: key.id } };
};

export const keySet = (...published: readonly object[]): KeySet => ({ keys: published });

export const record = (number: number, more: Partial<AuditRecord> = {}): AuditRecord => ({
  id: `r${number}`,
  at: start + number,
  request: 'req',
  issuer: 'hub',
  client: `c${number % 7}`,
  token: 'jti',
  api: 'fint',
  operation: number % 5 === 0 ? 'list' : 'read',
  collection: number % 3 === 0 ? 'utdanning/elev/person' : 'utdanning/elev/elev',
  decision: number % 11 === 0 ? 'deny' : 'allow',
  rule: 'g1',
  count: 1,
  subjects: ['pseudonym'],
  seen: null,
  details: number % 13 === 0 ? 'bokmål – «æøå»' : '',
  ...more,
});

/** Records in one batch, as the writer hands them over. */
export const batchOf = (records: readonly AuditRecord[]): AuditBatch => ({
  count: records.length,
  from: Math.min(...records.map(({ at }) => at)),
  to: Math.max(...records.map(({ at }) => at)),
  records: JSON.stringify(records),
});

export const signer = (key: AuditKey, at = start): AuditSigner => ({ key, at });

/** An audit of mixed commits: reads of one, pages of many, records moved from the outbox, a checkpoint now and then, the last at the end. */
export const writeAudit = (path: string, of: string, key: AuditKey, commits: number): void => {
  const file = openAuditFile(path, of);
  let number = 0;
  const some = (count: number): AuditRecord[] => Array.from({ length: count }, () => record((number += 1)));
  for (let commit = 1; commit <= commits; commit += 1) {
    if (commit % 4 === 0) {
      const rows = some(1 + (commit % 3));
      file.move(rows.map((one, index) => ({ number: commit * 10 + index, record: JSON.stringify(one) })));
    } else file.append(batchOf(some(commit % 10 === 0 ? 40 : 1 + (commit % 5))));
    if (commit % 9 === 0) file.seal(signer(key, start + number));
  }
  file.seal(signer(key, start + number));
  file.close();
};

export type Place = { readonly folder: string; readonly database: string; readonly list: string };

/** A folder for one audit. */
export const placeIn = (folder: string): Place => {
  mkdirSync(folder, { recursive: true });
  const database = join(folder, 'audit.db');
  return { folder, database, list: checkpointListOf(database) };
};

/** Runs work with a folder that is removed afterwards. */
export const inFolder = async (work: (folder: string) => void | Promise<void>): Promise<void> => {
  const folder = mkdtempSync(join(tmpdir(), 'audit-'));
  try {
    await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

/** A copy of an audit that may be spoiled. */
export const copyTo = (from: Place, folder: string): Place => {
  rmSync(folder, { recursive: true, force: true });
  const to = placeIn(folder);
  copyFileSync(from.database, to.database);
  if (existsSync(from.list)) copyFileSync(from.list, to.list);
  return to;
};

export const textOf = (path: string): string => readFileSync(path, 'utf8');

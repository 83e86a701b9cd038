// One audit.db: appends commits to its chain, seals and trims it, and keeps the list of checkpoints beside it. Used by the audit thread, and
// by commands beside a running hub: the head is read anew in each transaction, so that several processes may append.
import { appendFileSync, closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { chainBeginning, chainHash, signCheckpoint } from '../audit-chain.ts';
import type { AuditCommit } from '../audit-chain.ts';
import type { AuditCheckpoint, AuditKey } from '../store.ts';
import { bytesOf, numberOf, openDatabase, statement, textOf } from './driver.ts';
import { auditMigrations } from './schema.ts';

/** Records of one commit: a JSON list as text, how many, and the time of the earliest and the latest. */
export type AuditBatch = {
  readonly count: number;
  readonly from: number;
  readonly to: number;
  readonly records: string;
};

/** A record in the outbox of data.db, with its number there. */
export type OutboxRow = { readonly number: number; readonly record: string };

export type AuditSigner = { readonly key: Pick<AuditKey, 'id' | 'privateJwk'>; readonly at: number };

export type AuditFile = {
  /** Sequence of the last record; 0 = none. */
  readonly last: () => number;
  /** The last sequence that a checkpoint is about; 0 = none. */
  readonly sealed: () => number;
  /** Number of the last record of the outbox that is here. */
  readonly moved: () => number;
  /** Gives the sequence of the last record then. */
  readonly append: (batch: AuditBatch) => number;
  /** Those that are here already are left out. */
  readonly move: (rows: readonly OutboxRow[]) => void;
  /** Signs the head, unless the newest checkpoint is for it. Gives the newest one; null when there is nothing to sign. */
  readonly seal: (signer: AuditSigner) => AuditCheckpoint | null;
  /** Drops some of the oldest commits whose records are all from before a moment. Gives how many records; call it until it gives 0. */
  readonly trim: (before: number, signer: AuditSigner) => number;
  readonly close: () => void;
};

/** The list of checkpoints beside an audit.db: one JSON object a line, only ever added to. */
export const checkpointListOf = (auditPath: string): string => join(dirname(auditPath), 'audit-checkpoints.jsonl');

// Commits dropped in one transaction: more would hold up what waits to be recorded.
const trimmedAtOnce = 5_000;

/** Opens the file, makes or migrates it, and chains what an older version wrote. Throws what the driver throws. */
export const openAuditFile = (path: string, organisation: string): AuditFile => {
  const db = openDatabase({ path, migrations: auditMigrations, cacheMb: 2 });
  try {
    return auditFileOn(db, path, organisation);
  } catch (error) {
    db.close();
    throw error;
  }
};

const auditFileOn = (db: DatabaseSync, path: string, organisation: string): AuditFile => {
  const begin = statement(db, 'BEGIN IMMEDIATE');
  const commit = statement(db, 'COMMIT');
  const within = <T>(work: () => T): T => {
    begin.run();
    try {
      const value = work();
      commit.run();
      return value;
    } catch (error) {
      if (db.isTransaction) db.exec('ROLLBACK');
      throw error;
    }
  };
  const chain = createChain(db, organisation);
  const checkpoints = createCheckpoints(db, checkpointListOf(path));
  const moved = statement(db, 'SELECT number FROM moved');
  const remember = statement(db, 'UPDATE moved SET number = max(number, ?)');
  const movedTo = (): number => numberOf(moved.get(), 'number');
  const oldest = statement(
    db,
    'SELECT first, count, to_at, hash FROM audit_commit WHERE first < (SELECT max(first) FROM audit_commit) ORDER BY first LIMIT ?',
  );
  const drop = statement(db, 'DELETE FROM audit_commit WHERE first < ?');

  within(chain.chainOld);
  try {
    within(checkpoints.publish);
  } catch {
    // A full disk takes no more lines: the next checkpoint brings those that are missing.
  }

  return {
    last: () => chain.head().sequence,
    sealed: () => checkpoints.sealed(),
    moved: movedTo,
    append: (batch) => within(() => chain.add({ ...batch, outbox: null })),
    move: (rows) =>
      within(() => {
        // A record that was moved before a crash is still in the outbox: it is not written twice.
        const before = movedTo();
        const fresh = rows.filter(({ number }) => number > before);
        const outbox = fresh.at(-1)?.number;
        if (outbox === undefined) return;
        const records = fresh.map(({ record }) => record);
        chain.add({ count: fresh.length, ...periodOf(records), outbox, records: `[${records.join(',')}]` });
        remember.run(outbox);
      }),
    seal: (signer) => {
      const sealed = within(() => {
        const head = chain.head();
        const newest = checkpoints.newest();
        const same = newest?.kind === 'head' && newest.sequence === head.sequence;
        if (same || head.sequence === 0) return newest;
        return checkpoints.add({ organisation, kind: 'head', ...head }, signer);
      });
      // After the commit: the list never says what the file does not hold.
      within(checkpoints.publish);
      return sealed;
    },
    trim: (before, signer) => {
      const dropped = within(() => {
        const rows = oldest.all(trimmedAtOnce);
        const stays = rows.findIndex((row) => numberOf(row, 'to_at') >= before);
        const old = stays === -1 ? rows : rows.slice(0, stays);
        const last = old.at(-1);
        if (last === undefined) return 0;
        const sequence = numberOf(last, 'first') + numberOf(last, 'count') - 1;
        const hash = bytesOf(last, 'hash').toString('base64url');
        checkpoints.add({ organisation, kind: 'cut', sequence, hash }, signer);
        drop.run(sequence + 1);
        return sequence - numberOf(old[0], 'first') + 1;
      });
      if (dropped > 0) within(checkpoints.publish);
      return dropped;
    },
    close: () => db.close(),
  };
};

type Head = { readonly sequence: number; readonly hash: string };

type Chain = {
  readonly head: () => Head;
  /** Within a transaction. Gives the sequence of the last record then. */
  readonly add: (commit: Omit<AuditCommit, 'first'>) => number;
  /** Gives rows of before there was a chain their hashes: within a transaction. */
  readonly chainOld: () => void;
};

const createChain = (db: DatabaseSync, organisation: string): Chain => {
  const last = statement(db, 'SELECT first, count, hash FROM audit_commit ORDER BY first DESC LIMIT 1');
  const insert = statement(
    db,
    'INSERT INTO audit_commit (first, count, from_at, to_at, outbox, hash, records) VALUES (?, ?, ?, ?, ?, ?, ?)',
  );
  const beginning = chainBeginning(organisation);
  const lastRow = (): { readonly next: number; readonly hash: Buffer } => {
    const row = last.get();
    return row === undefined
      ? { next: 1, hash: beginning }
      : { next: numberOf(row, 'first') + numberOf(row, 'count'), hash: bytesOf(row, 'hash') };
  };
  return {
    head: () => {
      const { next, hash } = lastRow();
      return { sequence: next - 1, hash: hash.toString('base64url') };
    },
    add: (given) => {
      const { next, hash } = lastRow();
      const commit = { first: next, ...given };
      const { count, from, to, outbox, records } = commit;
      insert.run(next, count, from, to, outbox, chainHash(hash, organisation, commit), records);
      return next + count - 1;
    },
    chainOld: () => {
      const unchained = 'SELECT first, count, from_at, to_at, outbox, records FROM audit_commit WHERE hash IS NULL';
      const next = statement(db, `${unchained} AND first > ? ORDER BY first LIMIT 1`);
      const before = statement(db, 'SELECT hash FROM audit_commit WHERE first < ? ORDER BY first DESC LIMIT 1');
      const set = statement(db, 'UPDATE audit_commit SET hash = ? WHERE first = ?');
      const begin = statement(db, 'SELECT min(first) AS first FROM audit_commit WHERE hash IS NULL').get();
      const start = numberOf(begin, 'first');
      if (start === 0) return;
      const known = before.get(start);
      let hash = known === undefined ? beginning : bytesOf(known, 'hash');
      for (let row = next.get(0); row !== undefined; row = next.get(numberOf(row, 'first'))) {
        const first = numberOf(row, 'first');
        hash = chainHash(hash, organisation, {
          first,
          count: numberOf(row, 'count'),
          from: numberOf(row, 'from_at'),
          to: numberOf(row, 'to_at'),
          outbox: null,
          records: textOf(row, 'records'),
        });
        set.run(hash, first);
      }
    },
  };
};

// Inside a JSON text a quote is always escaped, so this stands nowhere but at a member of a record.
const momentOf = /"at":(\d+)/;

const periodOf = (records: readonly string[]): { readonly from: number; readonly to: number } => {
  let [from, to] = [Number.MAX_SAFE_INTEGER, 0];
  for (const record of records) {
    const at = Number(momentOf.exec(record)?.[1] ?? 0);
    from = Math.min(from, at);
    to = Math.max(to, at);
  }
  return { from, to };
};

type Checkpoints = {
  readonly newest: () => AuditCheckpoint | null;
  readonly sealed: () => number;
  /** Within a transaction. */
  readonly add: (
    of: Pick<AuditCheckpoint, 'organisation' | 'kind' | 'sequence' | 'hash'>,
    signer: AuditSigner,
  ) => AuditCheckpoint;
  /** Adds to the list what is missing at its end: within a transaction, so that no two processes do it at once. */
  readonly publish: () => void;
};

const createCheckpoints = (db: DatabaseSync, list: string): Checkpoints => {
  const last = statement(db, 'SELECT record FROM checkpoint ORDER BY number DESC LIMIT 1');
  const insert = statement(db, 'INSERT INTO checkpoint (number, sequence, record) VALUES (?, ?, ?)');
  const since = statement(db, 'SELECT record FROM checkpoint WHERE number > ? ORDER BY number LIMIT 1000');
  const numbered = statement(db, 'SELECT record FROM checkpoint WHERE number = ?');
  const newest = (): AuditCheckpoint | null => {
    const row = last.get();
    return row === undefined ? null : checkpointOf(textOf(row, 'record'));
  };
  /** The number of the checkpoint that a line holds; 0 when it is none of this file. */
  const numberOfLine = (line: string): number => {
    const number = Number(numberIn.exec(line)?.[1] ?? 0);
    return textOf(numbered.get(number), 'record') === line && line !== '' ? number : 0;
  };
  // A list that goes on beyond the file (which has been put back from a copy) is left as it is; what comes from now on is added to it.
  let beyond = newest()?.number ?? 0;
  const highest = statement(db, 'SELECT max(sequence) AS sequence FROM checkpoint');
  return {
    newest,
    sealed: () => numberOf(highest.get(), 'sequence'),
    add: (of, { key, at }) => {
      const before = newest();
      const made = signCheckpoint(
        { ...of, number: (before?.number ?? 0) + 1, at, previous: before?.signature ?? '' },
        key,
      );
      insert.run(made.number, made.sequence, JSON.stringify(made));
      return made;
    },
    publish: () => {
      const { line, rest } = endOf(list);
      // A crash may have kept back the line break alone.
      const unended = numberOfLine(rest) > 0;
      if (unended) addText(list, '\n');
      const final = unended ? rest : line;
      const known = numberOfLine(final);
      let after = final !== '' && known === 0 ? beyond : known;
      for (let rows = since.all(after); rows.length > 0; rows = since.all(after)) {
        const lines = rows.map((row) => `${textOf(row, 'record')}\n`).join('');
        addText(list, rest === '' || unended ? lines : `\n${lines}`);
        after = checkpointOf(textOf(rows.at(-1), 'record')).number;
      }
      beyond = Math.max(beyond, after);
    },
  };
};

// Written by this program; the file's version guards its shape.
const checkpointOf = (text: string): AuditCheckpoint => {
  const checkpoint: AuditCheckpoint = JSON.parse(text);
  return checkpoint;
};

const numberIn = /"number":(\d{1,15}),/;

// Longer than any line of the list.
const tailBytes = 4_096;

/** The last whole line of the list, and what a crash has left after it; '' where there is none. */
const endOf = (list: string): { readonly line: string; readonly rest: string } => {
  let file: number;
  try {
    file = openSync(list, 'r');
  } catch {
    return { line: '', rest: '' };
  }
  try {
    const { size } = fstatSync(file);
    const tail = Buffer.alloc(Math.min(size, tailBytes));
    readSync(file, tail, 0, tail.length, size - tail.length);
    const lines = tail.toString().split('\n');
    return { line: lines.at(-2) ?? '', rest: lines.at(-1) ?? '' };
  } finally {
    closeSync(file);
  }
};

const addText = (list: string, text: string): void => appendFileSync(list, text, { mode: 0o600, flush: true });

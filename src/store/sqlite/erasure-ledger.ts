// The ledger of erasures of one organisation: a file of its own beside data.db, appended to and never rewritten, so that it outlives a restore
// of older data. It knows identifiers by keyed hashes only. Opened by tenant.ts, filled by erasing.ts, asked by ingest.
import { hash } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Clock } from '#base/clock.ts';
import { HubError, problem } from '#base/errors.ts';
import type { Random } from '#base/random.ts';
import type { Erasure, TenantErasures } from '../store.ts';
import type { IdentifierRef } from '../writing/erase.ts';
import type { LedgerEntry } from '../writing/writing.ts';
import { syncFolder } from './driver.ts';

export const ledgerName = 'erasures.jsonl';

export type ErasureLedger = TenantErasures & {
  readonly hashOf: (ref: IdentifierRef) => string;
  /** Writes an erasure down, durable when it returns. Gives its id. */
  readonly enter: (reason: string, refs: readonly IdentifierRef[]) => string;
  /** Takes back an erasure whose transaction was rolled back. */
  readonly cancel: (id: string) => void;
  /** All that have not been taken back, oldest first: lifted ones too, since what was erased does not come back with older data. */
  readonly entries: () => readonly LedgerEntry[];
};

export type LedgerDeps = {
  readonly folder: string;
  /** 32 bytes of the platform store: the same for as long as the ledger lives. */
  readonly key: Buffer;
  readonly clock: Pick<Clock, 'now'>;
  readonly random: Pick<Random, 'uuid'>;
};

type Line =
  | {
      readonly kind: 'erased';
      readonly id: string;
      readonly at: number;
      readonly reason: string;
      /** Tells which key the hashes were made with. */
      readonly key: string;
      readonly hashes: readonly string[];
    }
  | { readonly kind: 'cancelled'; readonly id: string; readonly at: number }
  | { readonly kind: 'lifted'; readonly id: string; readonly at: number };

type Kept = {
  readonly id: string;
  readonly at: number;
  readonly reason: string;
  readonly hashes: ReadonlySet<string>;
} & {
  liftedAt: number | null;
};

/** Reads the ledger; a missing file is an empty one. Throws a HubError (HUB-512) when it is damaged or was made with another key. */
export const openErasureLedger = (deps: LedgerDeps): ErasureLedger => {
  const path = `${deps.folder}/${ledgerName}`;
  const salt = deps.key.toString('base64url');
  const mark = markOf(deps.key);
  const kept = new Map<string, Kept>();
  /** How many erasures that are not lifted name the hash. */
  const keptBack = new Map<string, number>();

  const hashOf = ({ collection, field, value }: IdentifierRef): string =>
    // The key on both sides: nothing can be added to what is hashed without it.
    hash('sha256', `${salt}\n${collection}\n${field}\n${value}\n${salt}`, 'base64url');

  const count = (hashes: Iterable<string>, by: 1 | -1): void => {
    for (const each of hashes) {
      const next = (keptBack.get(each) ?? 0) + by;
      if (next === 0) keptBack.delete(each);
      else keptBack.set(each, next);
    }
  };

  const follow = (line: Line): void => {
    if (line.kind === 'erased') {
      if (line.key !== mark) throw unusable('The ledger of erasures was made with another key.', path);
      const { id, at, reason } = line;
      kept.set(id, { id, at, reason, hashes: new Set(line.hashes), liftedAt: null });
      count(line.hashes, 1);
      return;
    }
    const entry = kept.get(line.id);
    if (entry === undefined) return;
    if (entry.liftedAt === null) count(entry.hashes, -1);
    if (line.kind === 'cancelled') kept.delete(line.id);
    else entry.liftedAt ??= line.at;
  };

  const append = (line: Line): void => {
    appendLine(path, JSON.stringify(line));
    follow(line);
  };

  for (const line of readLedger(path)) follow(line);

  return {
    hashOf,
    enter: (reason, refs) => {
      const id = deps.random.uuid();
      append({
        kind: 'erased',
        id,
        at: deps.clock.now(),
        reason,
        key: mark,
        hashes: [...new Set(refs.map(hashOf))],
      });
      return id;
    },
    cancel: (id) => append({ kind: 'cancelled', id, at: deps.clock.now() }),
    entries: () => [...kept.values()],
    isErased: (refs) => (keptBack.size === 0 ? refs.map(() => false) : refs.map((ref) => keptBack.has(hashOf(ref)))),
    size: () => keptBack.size,
    list: () =>
      [...kept.values()]
        .map(({ id, at, reason, hashes, liftedAt }): Erasure => ({
          id,
          at,
          reason,
          identifiers: hashes.size,
          liftedAt,
        }))
        .toReversed(),
    lift: async (id) => {
      const entry = kept.get(id);
      if (entry === undefined || entry.liftedAt !== null) return false;
      append({ kind: 'lifted', id, at: deps.clock.now() });
      return true;
    },
  };
};

/** An entry as it goes to another store. */
export type LedgerRecord = {
  readonly id: string;
  readonly at: number;
  readonly reason: string;
  readonly hashes: readonly string[];
  readonly liftedAt: number | null;
};

const markOf = (key: Buffer): string =>
  hash('sha256', `ledger\n${key.toString('base64url')}`, 'base64url').slice(0, 12);

/** All that have not been taken back, oldest first. Throws a HubError (HUB-512) as openErasureLedger does. */
export const ledgerRecords = (folder: string, key: Buffer | null): readonly LedgerRecord[] => {
  const path = `${folder}/${ledgerName}`;
  const records = new Map<string, LedgerRecord>();
  for (const line of readLedger(path)) {
    if (line.kind === 'erased') {
      if (key === null || line.key !== markOf(key))
        throw unusable('The ledger of erasures was made with another key.', path);
      const { id, at, reason, hashes } = line;
      records.set(id, { id, at, reason, hashes: [...new Set(hashes)], liftedAt: null });
      continue;
    }
    const known = records.get(line.id);
    if (known === undefined) continue;
    if (line.kind === 'cancelled') records.delete(line.id);
    else if (known.liftedAt === null) records.set(line.id, { ...known, liftedAt: line.at });
  }
  return [...records.values()];
};

/** The text of a ledger with these entries. */
export const ledgerText = (records: readonly LedgerRecord[], key: Buffer): string =>
  records
    .flatMap(({ id, at, reason, hashes, liftedAt }): readonly Line[] => [
      { kind: 'erased', id, at, reason, key: markOf(key), hashes },
      ...(liftedAt === null ? [] : [{ kind: 'lifted' as const, id, at: liftedAt }]),
    ])
    .map((line) => `${JSON.stringify(line)}\n`)
    .join('');

/** The lines of two copies of a ledger as one text: those of the longer-lived one, then what only the other one has. */
export const mergedLedgers = (newer: string, older: string): string => {
  const lines = new Set([...wholeLines(newer), ...wholeLines(older)]);
  return [...lines].map((line) => `${line}\n`).join('');
};

/** A line that a crash cut off was never part of anything committed. */
const wholeLines = (text: string): readonly string[] => text.split('\n').slice(0, -1);

const readLedger = (path: string): readonly Line[] => {
  if (!existsSync(path)) return [];
  return wholeLines(readFileSync(path, 'utf8')).map((text) => {
    const line = parsed(text);
    if (line === null) throw unusable('The ledger of erasures is damaged.', path);
    return line;
  });
};

const parsed = (text: string): Line | null => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null || !('kind' in value) || !('id' in value) || !('at' in value))
    return null;
  const { kind, id, at } = value;
  if (typeof id !== 'string' || typeof at !== 'number') return null;
  if (kind === 'cancelled' || kind === 'lifted') return { kind, id, at };
  if (kind !== 'erased' || !('reason' in value) || !('key' in value) || !('hashes' in value)) return null;
  const { reason, key, hashes } = value;
  if (typeof reason !== 'string' || typeof key !== 'string' || !Array.isArray(hashes)) return null;
  return { kind, id, at, reason, key, hashes: hashes.filter((each) => typeof each === 'string') };
};

/** Appends a line after the last whole one and waits for the disk. */
const appendLine = (path: string, line: string): void => {
  const isNew = !existsSync(path);
  let file: number | null = null;
  try {
    file = openSync(path, isNew ? 'a+' : 'r+', 0o600);
    const text = readFileSync(path);
    const end = text.lastIndexOf('\n') + 1;
    if (end < text.length) ftruncateSync(file, end);
    writeSync(file, Buffer.from(`${line}\n`), 0, undefined, end);
    fsyncSync(file);
    if (isNew) syncFolder(dirname(path));
  } catch (error) {
    const internal = error instanceof Error ? error.message : 'unknown';
    throw new HubError(
      problem('HUB-502', 'The ledger of erasures cannot be written; nothing was changed.', { internal }),
      { cause: error },
    );
  } finally {
    if (file !== null) closeSync(file);
  }
};

const unusable = (detail: string, internal: string): HubError => new HubError(problem('HUB-512', detail, { internal }));

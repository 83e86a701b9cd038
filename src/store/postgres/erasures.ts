// The ledger of erasures of one organisation: rows that are entered in the transaction of the erasure and never deleted. It knows identifiers by
// keyed hashes only. Each process keeps it in memory, since every delivery asks, and brings it up to date under the organisation's lock before
// each write. Built by tenant.ts.
import { hash } from 'node:crypto';
import type { Clock } from '#base/clock.ts';
import type { Random } from '#base/random.ts';
import type { CollectionPath } from '#model/model.ts';
import type { Erasure, IdentifierValue, TenantErasures } from '../store.ts';
import type { IdentifierRef } from '../writing/erase.ts';
import type { Beside } from '../writing/writing.ts';
import { numberOf, textOf } from './cells.ts';
import type { Connection, Database, Row, Sql } from './database.ts';
import { keptText, textKept } from './kept-text.ts';
import type { Sending } from './sending.ts';
import type { MutableCounts } from './tenant-state.ts';

export type ErasureDeps = {
  readonly database: Pick<Database, 'query'>;
  readonly tenant: number;
  /** 32 bytes of the platform store: the same for as long as the ledger lives. */
  readonly key: Buffer;
  readonly clock: Pick<Clock, 'now'>;
  readonly random: Pick<Random, 'uuid'>;
};

/** What a work does with the ledger. */
export type ErasureWrites = {
  readonly beside: Beside['erasures'];
  /** False when there is no such erasure, or it has been lifted. */
  readonly lift: (id: string) => Promise<boolean>;
  /** The work was rolled back. */
  readonly drop: () => void;
};

export type Ledger = Omit<TenantErasures, 'lift'> & {
  readonly keepsBack: (collection: CollectionPath, identifiers: readonly IdentifierValue[]) => boolean;
  /** Brings what is remembered up to date; `changes` = how often the ledger has been changed. Under the organisation's lock. */
  readonly follow: (connection: Pick<Connection, 'query'>, changes: number) => Promise<void>;
  /** What this process has changed is committed, and brings the number of changes here. */
  readonly followed: (changes: number) => void;
  /** Looks whether another process has changed it. Not while this one writes. */
  readonly renew: () => Promise<void>;
  /** Has it read again before the next write. */
  readonly forget: () => void;
  /** For one work; `counts` are those of the work. */
  readonly begin: (sending: Sending, counts: Pick<MutableCounts, 'erasures'>) => ErasureWrites;
};

/** Nothing is known before the first `follow`. */
export const createLedger = ({ database, tenant, key, clock, random }: ErasureDeps): Ledger => {
  const salt = key.toString('base64url');
  /** How many erasures that are not lifted name the hash. */
  let keptBack = new Map<string, number>();
  let known: number | null = null;

  const hashOf = ({ collection, field, value }: IdentifierRef): string =>
    // The key on both sides: nothing can be added to what is hashed without it.
    hash('sha256', `${salt}\n${collection}\n${field}\n${value}\n${salt}`, 'base64url');

  const count = (hashes: Iterable<string>, by: 1 | -1): void => {
    for (const each of hashes) {
      const next = (keptBack.get(each) ?? 0) + by;
      if (next <= 0) keptBack.delete(each);
      else keptBack.set(each, next);
    }
  };

  const follow = async (ask: (sql: Sql) => Promise<readonly Row[]>, changes: number): Promise<void> => {
    if (known === changes) return;
    const rows = changes === 0 ? [] : await ask(kept);
    keptBack = new Map();
    for (const row of rows) count(hashesIn(row), 1);
    known = changes;
  };

  const look = (sql: Sql): Promise<readonly Row[]> => database.query(tenant, sql, [tenant]);

  const isErased: TenantErasures['isErased'] = (refs) =>
    keptBack.size === 0 ? refs.map(() => false) : refs.map((ref) => keptBack.has(hashOf(ref)));

  const begin: Ledger['begin'] = ({ ask, send }, counts) => {
    const entered: (readonly string[])[] = [];
    const lifted: (readonly string[])[] = [];
    return {
      beside: {
        hashOf,
        enter: (reason, refs) => {
          const id = random.uuid();
          const hashes = [...new Set(refs.map(hashOf))];
          counts.erasures += 1;
          send(insert, [counts.erasures, id, clock.now(), keptText(reason), hashes]);
          count(hashes, 1);
          entered.push(hashes);
          send(note, [`erased ${id}`]);
          return id;
        },
        unfollowed: async () =>
          (await ask(unfollowed, [])).map((row) => ({ id: textOf(row, 'id'), hashes: new Set(hashesIn(row)) })),
        followed: (id) => send(note, [`erased ${id}`]),
      },
      lift: async (id) => {
        const [row] = await ask(liftOne, [keptText(id), clock.now()]);
        if (row === undefined) return false;
        counts.erasures += 1;
        const hashes = hashesIn(row);
        count(hashes, -1);
        lifted.push(hashes);
        return true;
      },
      drop: () => {
        for (const hashes of entered) count(hashes, -1);
        for (const hashes of lifted) count(hashes, 1);
      },
    };
  };

  return {
    isErased,
    size: () => keptBack.size,
    list: async () =>
      (await look(all)).map((row): Erasure => ({
        id: textOf(row, 'id'),
        at: numberOf(row, 'at'),
        reason: textKept(textOf(row, 'reason')),
        identifiers: hashesIn(row).length,
        liftedAt: row['lifted_at'] === null ? null : numberOf(row, 'lifted_at'),
      })),
    keepsBack: (collection, identifiers) =>
      keptBack.size > 0 &&
      isErased(identifiers.map(({ field, value }) => ({ collection, field, value }))).includes(true),
    follow: (connection, changes) => follow((sql) => connection.query(sql, [tenant]), changes),
    renew: async () => {
      const [row] = await look(changesOf);
      await follow(look, numberOf(row, 'erasures'));
    },
    followed: (changes) => {
      known = changes;
    },
    forget: () => {
      known = null;
    },
    begin,
  };
};

const hashesIn = (row: Row): readonly string[] => {
  const value: unknown = row['hashes'];
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
};

// `erasures` among the counters grows with everything that changes the ledger; an entry gets it as its number.
const insert: Sql = {
  name: 'insert_erasure',
  text: 'INSERT INTO erasure (tenant, number, id, at, reason, hashes) VALUES ($1, $2, $3, $4, $5, $6)',
};
const liftOne: Sql = {
  name: 'lift_erasure',
  text: 'UPDATE erasure SET lifted_at = $3 WHERE tenant = $1 AND id = $2 AND lifted_at IS NULL RETURNING hashes',
};
const kept: Sql = {
  name: 'erasures_kept',
  text: 'SELECT hashes FROM erasure WHERE tenant = $1 AND lifted_at IS NULL',
};
const changesOf: Sql = {
  name: 'erasure_changes',
  text: 'SELECT erasures FROM tenant_state WHERE tenant = $1',
};
const all: Sql = {
  name: 'erasures',
  text: 'SELECT id, at, reason, hashes, lifted_at FROM erasure WHERE tenant = $1 ORDER BY number DESC',
};
const unfollowed: Sql = {
  name: 'erasures_unfollowed',
  text: `SELECT e.id, e.hashes FROM erasure e
    WHERE e.tenant = $1 AND (SELECT m.value FROM meta m WHERE m.tenant = $1 AND m.name = 'erased ' || e.id) IS NULL
    ORDER BY e.number`,
};
const note: Sql = {
  name: 'note_erased',
  text: `INSERT INTO meta (tenant, name, value) VALUES ($1, $2, '1') ON CONFLICT DO NOTHING`,
};

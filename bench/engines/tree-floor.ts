// What trees of resources take at the least: a statement for each level, written by hand in the tables of the store, and the values that its rows hold.
// Called by graphql-floor.ts and scenarios/graphql.ts. Of what the hub promises it keeps one thing: whoever is protected is not there.
import { DatabaseSync } from 'node:sqlite';
import { bytesOf, numberOf } from '#store/postgres/cells.ts';
import type { Cell, Row } from '#store/postgres/database.ts';
import { Wire } from '#store/postgres/wire.ts';
import { endUid, firstUid } from '#store/writing/uids.ts';
import type { Place } from '../place.ts';
import { fileOf } from './sqlite-floor.ts';

/** A resource, what it was reached from (0 = nothing), and its values without its links. */
export type Reached<T> = { readonly uid: number; readonly from: number; readonly value: T };

/** What a relation of the resources leads to, or what leads to them by it. */
export type Half = 'own' | 'inverse';

export type TreeFloor = {
  /** In the order of an identifier: so many after a value. */
  readonly ordered: <T>(path: string, field: string, after: string, first: number) => Promise<readonly Reached<T>[]>;
  readonly behind: <T>(
    uids: readonly number[],
    half: Half,
    relation: string,
    path: string,
  ) => Promise<readonly Reached<T>[]>;
  readonly close: () => Promise<void>;
};

/** Opens the data of an organisation beside whatever else has them open. */
export const openTreeFloor = (place: Place, organisation: string): Promise<TreeFloor> =>
  place.engine === 'sqlite' ? onSqlite(fileOf(place.folder, organisation)) : onPostgres(place.adminUrl, organisation);

// As far as the links, and closed.
const valuesIn = <T>(body: string, split: number): T => JSON.parse(`${body.slice(0, split - 10)}}`) as T;

type Found = readonly [uid: number, from: number, text: string];

const reached = <T>(rows: readonly Found[]): readonly Reached<T>[] => {
  const values = new Map<number, T>();
  return rows.map(([uid, from, text]) => ({ uid, from, value: once(values, uid, () => JSON.parse(text) as T) }));
};

const onSqlite = async (file: string): Promise<TreeFloor> => {
  const db = new DatabaseSync(file, { timeout: 5_000, readOnly: true });
  db.exec('PRAGMA cache_size = -65536');
  const ids = new Map<string, number>();
  const idOf = (table: 'collection' | 'name', text: string): number => {
    const key = `${table} ${text}`;
    const known = ids.get(key);
    if (known !== undefined) return known;
    const found = db.prepare(`SELECT id FROM ${table} WHERE ${table === 'name' ? 'name' : 'path'} = ?`).get(text)?.[
      'id'
    ];
    if (typeof found !== 'number') throw new Error(`the floor knows no ${key}`);
    ids.set(key, found);
    return found;
  };
  const prepare = (text: string) => {
    const prepared = db.prepare(text);
    prepared.setReturnArrays(true);
    // Told so, it gives lists where its type says objects.
    return (...values: (number | string)[]) => prepared.all(...values) as unknown as readonly Found[];
  };
  const body = "substr(r.body, 1, r.split - 10) || '}'";
  const ordered = prepare(
    `SELECT r.uid, 0, ${body} FROM identifier i CROSS JOIN resource r ON r.uid = i.uid
      WHERE i.collection = ? AND i.field = ? AND i.value > ? AND (r.protection & 3) = 0 ORDER BY i.value LIMIT ?`,
  );
  const behind = {
    own: prepare(
      `SELECT r.uid, l.source, ${body} FROM json_each(?1) w CROSS JOIN link l ON l.source = w.value
        CROSS JOIN identifier i ON i.id = l.target CROSS JOIN resource r ON r.uid = i.uid
        WHERE l.relation = ?2 AND r.uid >= ?3 AND r.uid < ?4 AND (r.protection & 3) = 0`,
    ),
    inverse: prepare(
      `SELECT r.uid, p.uid, ${body} FROM json_each(?1) w CROSS JOIN resource p ON p.uid = w.value
        CROSS JOIN json_each(p.keys) k CROSS JOIN link l ON l.target = k.value AND l.relation = ?2
        CROSS JOIN resource r ON r.uid = l.source WHERE r.uid >= ?3 AND r.uid < ?4 AND (r.protection & 3) = 0`,
    ),
  };
  return {
    ordered: async (path, field, after, first) =>
      reached(ordered(idOf('collection', path), idOf('name', field), after, first)),
    behind: async (uids, half, relation, path) => {
      const to = idOf('collection', path);
      return reached(behind[half](JSON.stringify(uids), idOf('name', relation), firstUid(to), endUid(to)));
    },
    close: async () => db.close(),
  };
};

/** Many lead to the same: it is read once. */
const once = <T>(known: Map<number, T>, uid: number, read: () => T): T => {
  const found = known.get(uid);
  if (found !== undefined) return found;
  const value = read();
  known.set(uid, value);
  return value;
};

const settings = ['search_path=bindeledd,public', 'jit=off', 'max_parallel_workers_per_gather=0', 'TimeZone=UTC'];

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

const onPostgres = async (url: string, organisation: string): Promise<TreeFloor> => {
  const wire = await Wire.open({ url, applicationName: 'bench-floor', connectMs: 5_000, settings });
  const number = async (text: string): Promise<number> => {
    const [row] = await wire.query({ name: '', text }, [], null);
    if (row === undefined) throw new Error(`the floor finds nothing by ${text}`);
    return numberOf(row, 'id');
  };
  const tenant = await number(`SELECT number AS id FROM tenant WHERE organisation = ${quoted(organisation)}`);
  const ids = new Map<string, number>();
  const idOf = async (table: 'collection' | 'word', text: string): Promise<number> => {
    const key = `${table} ${text}`;
    const column = table === 'word' ? 'text' : 'path';
    const found =
      ids.get(key) ??
      (await number(`SELECT id FROM ${table} WHERE tenant = ${tenant} AND ${column} = ${quoted(text)}`));
    ids.set(key, found);
    return found;
  };
  const rowOf = (uid: string): string =>
    `CROSS JOIN LATERAL (SELECT uid, protection, split, substr(body, 1, 3 * split) AS body FROM resource
      WHERE tenant = ${tenant} AND uid = ${uid} LIMIT 1) r`;
  const columns = 'r.uid, r.split, r.body';
  const ordered = `SELECT ${columns}, 0::bigint AS source FROM (
      SELECT value, uid FROM identifier WHERE tenant = ${tenant} AND collection = $1 AND field = $2 AND value COLLATE "C" > $3
        AND uid IS NOT NULL ORDER BY value COLLATE "C" LIMIT $4) i ${rowOf('i.uid')}
    WHERE (r.protection & 3) = 0 ORDER BY i.value COLLATE "C"`;
  const behind = {
    own: `SELECT ${columns}, w.uid AS source FROM unnest($1::bigint[]) w (uid)
      CROSS JOIN LATERAL (SELECT target FROM link WHERE tenant = ${tenant} AND source = w.uid AND relation = $2 OFFSET 0) l
      CROSS JOIN LATERAL (SELECT uid FROM identifier WHERE tenant = ${tenant} AND id = l.target LIMIT 1) i ${rowOf('i.uid')}
      WHERE r.uid >= $3 AND r.uid < $4 AND (r.protection & 3) = 0`,
    inverse: `SELECT ${columns}, w.uid AS source FROM unnest($1::bigint[]) w (uid)
      CROSS JOIN LATERAL (SELECT keys FROM resource WHERE tenant = ${tenant} AND uid = w.uid LIMIT 1) p
      CROSS JOIN LATERAL unnest(p.keys) k (id)
      CROSS JOIN LATERAL (SELECT source FROM link WHERE tenant = ${tenant} AND target = k.id AND relation = $2 OFFSET 0) l
      ${rowOf('l.source')} WHERE r.uid >= $3 AND r.uid < $4 AND (r.protection & 3) = 0`,
  };
  const ask = async <T>(name: string, text: string, values: readonly Cell[]): Promise<readonly Reached<T>[]> => {
    const rows: readonly Row[] = await wire.query({ name, text }, values, null);
    const known = new Map<number, T>();
    return rows.map((row) => {
      const uid = numberOf(row, 'uid');
      const value = once(known, uid, () => valuesIn<T>(bytesOf(row, 'body').toString(), numberOf(row, 'split')));
      return { uid, from: numberOf(row, 'source'), value };
    });
  };
  return {
    ordered: async (path, field, after, first) =>
      ask('ordered', ordered, [await idOf('collection', path), await idOf('word', field), after, first]),
    behind: async (uids, half, relation, path) => {
      const to = await idOf('collection', path);
      return ask(half, behind[half], [uids, await idOf('word', relation), firstUid(to), endUid(to)]);
    },
    close: () => wire.close(),
  };
};

// What trees of resources are made from: rows in the order of an identifier, rows behind others together with the links that lead there, rows by
// identifiers. Used by tenant-reads.ts; applies nothing of a plan but its collection.
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { yieldToLoop } from '#base/clock.ts';
import { sortedUids, without } from '#base/uid-sets.ts';
import type { RowsBehind, TenantReads, TreeRows } from '../store.ts';
import { ownIn } from '../writing/protection-bits.ts';
import { valuesTextIn } from '../writing/stored-resource.ts';
import { collectionOf, endUid, firstUid } from '../writing/uids.ts';
import { guard, guarded, statement } from './driver.ts';
import type { Names } from './names.ts';
import { relatedBy } from './related-reads.ts';

export type TreeReadsDeps = {
  readonly db: DatabaseSync;
  readonly names: Names;
  /** All uids of a collection, ascending. */
  readonly allUids: (collection: number) => Promise<Float64Array>;
};

type Method = 'behind' | 'ordered' | 'placesAfter' | 'placesOf' | 'unnamed' | 'named';
/** A row of values, as a list. */
type Values = readonly unknown[];
type Read = (...values: (number | string | null)[]) => readonly Values[];

// Identifiers that are looked through before other work runs.
const namesPerTurn = 4_096;

/** As far as the links, which may be many times as long, and closed. */
const text = "substr(r.body, 1, r.split - 10) || '}'";
const columns = { levels: 'r.uid, r.protection', values: `r.uid, r.protection, r.split, ${text}` } as const;

const noRows: TreeRows = { uids: new Float64Array(), protection: new Uint8Array(), texts: [] };
const nothingBehind: RowsBehind = {
  from: new Float64Array(),
  to: new Float64Array(),
  more: false,
  counts: new Map(),
  rows: noRows,
};

/** Prepares the statements of one connection. Each read is one statement, but for `unnamed`. */
export const createTreeReads = ({ db, names, allUids }: TreeReadsDeps): Pick<TenantReads, Method> => {
  const lists = (sql: string): Read => {
    const prepared: StatementSync = statement(db, sql);
    prepared.setReturnArrays(true);
    // Told so, it gives lists where its type says objects.
    return (...values) => prepared.all(...values) as unknown as readonly Values[];
  };
  const kept = new Map<string, Read>();
  const read = (sql: string): Read => {
    let found = kept.get(sql);
    if (found === undefined) kept.set(sql, (found = lists(sql)));
    return found;
  };
  const placesBehind = (path: string, field: string, after: string | null, first: number) => {
    const [id, name] = [names.collection(path), names.find(field)];
    if (id === null || name === null) return { uids: new Float64Array(), places: [] };
    const rows = read(placesAfterSql)(id, name, after ?? '', first);
    return { uids: Float64Array.from(rows, uidIn), places: rows.map((row) => textAt(row, 1)) };
  };

  return {
    behind: guard((plan, relation, target, from, { rows: wanted, most, page }) => {
      const rule = plan.collection.links.get(relation);
      const id = names.collection(target.collection.path);
      const own = names.find(relation) ?? 0;
      const inverse = rule === undefined || rule.inverse === null ? 0 : (names.find(rule.inverse) ?? 0);
      if (from.length === 0 || rule === undefined || rule.target !== target.collection.path || id === null)
        return nothingBehind;
      if (own === 0 && inverse === 0) return nothingBehind;
      const halves = [...(own === 0 ? [] : ['own' as const]), ...(inverse === 0 ? [] : ['inverse' as const])];
      const pairs = halves.map((half) => relatedBy('some', half)).join(' UNION ');
      const distinct = halves.length === 1 ? `SELECT DISTINCT * FROM (${pairs})` : pairs;
      // Where nothing is behind two, each row can come with its link.
      const back = rule.inverse === null ? undefined : target.collection.links.get(rule.inverse);
      const isOnce = back?.relation.max === 1;
      const common = [JSON.stringify(from), 0, own, inverse, firstUid(id), endUid(id), most + 1] as const;
      if (page === null && isOnce)
        return besideIn(read(besideSql(pairs, wanted))(...common), most, wanted === 'values');
      const rows =
        page === null
          ? read(behindSql(distinct, wanted))(...common)
          : read(pageBehindSql(distinct, wanted))(
              ...common,
              names.find(page.field) ?? 0,
              page.clearance,
              page.after,
              page.first,
            );
      return behindIn(rows, most, page !== null, wanted === 'values');
    }),
    ordered: guard((plan, { field, after, first, clearance }, wanted) => {
      const [id, name] = [names.collection(plan.collection.path), names.find(field)];
      if (id === null || name === null) return { ...noRows, places: [] };
      const rows = read(orderedSql(wanted))(id, name, after ?? '', clearance, first);
      const place = wanted === 'values' ? 4 : 2;
      return { ...rowsIn(rows, wanted === 'values'), places: rows.map((row) => textAt(row, place)) };
    }),
    placesAfter: guard((plan, field, after, first) => placesBehind(plan.collection.path, field, after, first)),
    placesOf: guard((plan, field, uids) => {
      const [id, name] = [names.collection(plan.collection.path), names.find(field)];
      const mine = uids.filter((uid) => collectionOf(uid) === id);
      const rows = name === null || mine.length === 0 ? [] : read(placesOfSql)(JSON.stringify(mine), name);
      const found = new Map(rows.map((row) => [uidIn(row), textAt(row, 1)]));
      return uids.map((uid) => found.get(uid) ?? null);
    }),
    unnamed: async (plan, field) => {
      const id = guarded(() => names.collection(plan.collection.path));
      if (id === null) return new Float64Array();
      const named: number[] = [];
      let after: string | null = null;
      do {
        const found: ReturnType<typeof placesBehind> = guarded(() =>
          placesBehind(plan.collection.path, field, after, namesPerTurn),
        );
        for (const uid of found.uids) named.push(uid);
        after = found.uids.length < namesPerTurn ? null : (found.places.at(-1) ?? null);
        await yieldToLoop();
      } while (after !== null);
      return without(await allUids(id), sortedUids(named));
    },
    named: guard((plan, field, values, wanted) => {
      const [id, name] = [names.collection(plan.collection.path), names.find(field)];
      const [only, ...others] = values;
      if (id === null || name === null || only === undefined) return { ...noRows, at: new Int32Array() };
      const rows =
        others.length === 0
          ? read(namedOneSql(wanted))(only, id, name)
          : read(namedSql(wanted))(JSON.stringify(values), id, name);
      const place = wanted === 'values' ? 4 : 2;
      return { ...rowsIn(rows, wanted === 'values'), at: Int32Array.from(rows, (row) => numberAt(row, place)) };
    }),
  };
};

type Wanted = 'levels' | 'values';

// CROSS JOIN keeps the order of the tables: each is looked into by a key.
const orderedSql = (wanted: Wanted): string =>
  `SELECT ${columns[wanted]}, i.value FROM identifier i CROSS JOIN resource r ON r.uid = i.uid
   WHERE i.collection = ?1 AND i.field = ?2 AND i.value > ?3 AND (r.protection & 3) <= ?4 ORDER BY i.value LIMIT ?5`;

const placesAfterSql =
  'SELECT uid, value FROM identifier WHERE collection = ? AND field = ? AND value > ? AND uid IS NOT NULL ORDER BY value LIMIT ?';

const placesOfSql = `SELECT r.uid, i.value FROM json_each(?1) w CROSS JOIN resource r ON r.uid = w.value
   CROSS JOIN json_each(r.keys) k CROSS JOIN identifier i ON i.id = k.value WHERE i.field = ?2`;

const namedSql = (wanted: Wanted): string =>
  `SELECT ${columns[wanted]}, w.key FROM json_each(?1) w
   CROSS JOIN identifier i ON i.collection = ?2 AND i.field = ?3 AND i.value = w.value CROSS JOIN resource r ON r.uid = i.uid`;

/** The same of one value. */
const namedOneSql = (wanted: Wanted): string =>
  `SELECT ${columns[wanted]}, 0 FROM identifier i CROSS JOIN resource r ON r.uid = i.uid WHERE i.collection = ?2 AND i.field = ?3 AND i.value = ?1`;

const kinds = { pair: 0, row: 1, count: 2 } as const;

/** As wide as the pairs beside it. */
const rowsBehindSql = (wanted: Wanted, pairs: string, filling = ''): string =>
  `SELECT ${kinds.row}, ${columns[wanted]}${filling} FROM (SELECT DISTINCT target AS uid FROM ${pairs}) d CROSS JOIN resource r ON r.uid = d.uid`;

const nulls = { levels: '', values: ', NULL' } as const;

/** Pairs (?1 to ?6 as of `relatedBy`), at most ?7, then what they lead to. */
const behindSql = (pairs: string, wanted: Wanted): string =>
  `WITH p (source, target) AS MATERIALIZED (SELECT * FROM (${pairs}) LIMIT ?7)
   SELECT ${kinds.pair}, source, target${nulls[wanted]}${nulls[wanted]} FROM p UNION ALL ${rowsBehindSql(wanted, 'p')}`;

/** Each pair with what it leads to: at most ?7. */
const besideSql = (pairs: string, wanted: Wanted): string =>
  `WITH p (source, target) AS (${pairs}) SELECT p.source, ${columns[wanted]} FROM p CROSS JOIN resource r ON r.uid = p.target LIMIT ?7`;

/** Of what is protected no higher than ?9, in the order of the identifier ?8: behind ?10, ?11 of each. */
const pageBehindSql = (pairs: string, wanted: Wanted): string =>
  `WITH p (source, target) AS MATERIALIZED (${pairs}),
   c (source, target, place) AS MATERIALIZED (
     SELECT p.source, p.target, (
       SELECT i.value FROM json_each(r.keys) k CROSS JOIN identifier i ON i.id = k.value WHERE i.field = ?8)
     FROM p CROSS JOIN resource r ON r.uid = p.target WHERE (r.protection & 3) <= ?9),
   n (source, target, number) AS (
     SELECT source, target, row_number() OVER (PARTITION BY source ORDER BY place IS NULL, place, target) FROM c
     WHERE ?10 IS NULL OR place > ?10 OR place IS NULL),
   m (source, target, number) AS MATERIALIZED (SELECT source, target, number FROM n WHERE number <= ?11 LIMIT ?7)
   SELECT ${kinds.pair}, source, target, number${nulls[wanted]} FROM m
   UNION ALL SELECT ${kinds.count}, source, count(*), NULL${nulls[wanted]} FROM c GROUP BY source
   UNION ALL ${rowsBehindSql(wanted, 'm', wanted === 'levels' ? ', NULL' : '')}`;

const behindIn = (found: readonly Values[], most: number, isPage: boolean, withTexts: boolean): RowsBehind => {
  const pairs: Values[] = [];
  const counts = new Map<number, number>();
  const rows: Values[] = [];
  for (const row of found) {
    const kind = row[0];
    if (kind === kinds.pair) pairs.push(row);
    else if (kind === kinds.row) rows.push(row);
    else counts.set(numberAt(row, 1), numberAt(row, 2));
  }
  const by = isPage ? 3 : 2;
  if (!isSorted(pairs, 1, by))
    pairs.sort((a, b) => numberAt(a, 1) - numberAt(b, 1) || numberAt(a, by) - numberAt(b, by));
  if (!isSorted(rows, 1, 1)) rows.sort((a, b) => numberAt(a, 1) - numberAt(b, 1));
  const length = Math.min(pairs.length, most);
  const [from, to] = [new Float64Array(length), new Float64Array(length)];
  for (let index = 0; index < length; index += 1) {
    const pair = pairs[index] ?? [];
    from[index] = numberAt(pair, 1);
    to[index] = numberAt(pair, 2);
  }
  return { from, to, more: pairs.length > most, counts, rows: rowsIn(rows, withTexts, 1) };
};

/** Of `besideSql`. A row that is behind two all the same, or by two of its identifiers, comes twice. */
const besideIn = (found: readonly Values[], most: number, withTexts: boolean): RowsBehind => {
  const pairs = isSorted(found, 0, 1)
    ? found
    : found.toSorted((a, b) => numberAt(a, 0) - numberAt(b, 0) || numberAt(a, 1) - numberAt(b, 1));
  const [from, to] = [new Float64Array(pairs.length), new Float64Array(pairs.length)];
  let [count, isAscending, last] = [0, true, 0];
  for (const pair of pairs) {
    const [source, target] = [numberAt(pair, 0), numberAt(pair, 1)];
    if (count > 0 && from[count - 1] === source && to[count - 1] === target) continue;
    from[count] = source;
    to[count] = target;
    count += 1;
    isAscending &&= target > last;
    last = target;
  }
  const sorted =
    isAscending && count === pairs.length ? pairs : pairs.toSorted((a, b) => numberAt(a, 1) - numberAt(b, 1));
  const rows =
    sorted === pairs ? pairs : sorted.filter((row, at) => numberAt(row, 1) !== numberAt(sorted[at - 1] ?? [], 1));
  const length = Math.min(count, most);
  return {
    from: from.subarray(0, length),
    to: to.subarray(0, length),
    // Before any came twice: what was cut off may have been others.
    more: found.length > most,
    counts: new Map(),
    rows: rowsIn(rows, withTexts, 1),
  };
};

/** Rows of `columns`, behind so many others. */
const rowsIn = (rows: readonly Values[], withTexts: boolean, from = 0): TreeRows => {
  const found = { uids: new Float64Array(rows.length), protection: new Uint8Array(rows.length) };
  const texts: string[] = [];
  for (let index = 0; index < rows.length; index += 1) {
    const row = rows[index] ?? [];
    found.uids[index] = numberAt(row, from);
    found.protection[index] = ownIn(numberAt(row, from + 1));
    if (withTexts) texts.push(closedIn(numberAt(row, from + 2), textAt(row, from + 3)));
  }
  return { ...found, texts };
};

/** A text that is longer than its body says has characters that the database counts as one, and the body as two. */
const closedIn = (split: number, found: string): string =>
  found.length === split - 9 ? found : valuesTextIn(found, split);

const isSorted = (rows: readonly Values[], first: number, second: number): boolean => {
  let [a, b] = [0, 0];
  for (const row of rows) {
    const [nextA, nextB] = [numberAt(row, first), numberAt(row, second)];
    if (nextA < a || (nextA === a && nextB < b)) return false;
    [a, b] = [nextA, nextB];
  }
  return true;
};

const uidIn = (row: Values): number => numberAt(row, 0);

const numberAt = (row: Values, column: number): number => {
  const value = row[column];
  return typeof value === 'number' ? value : 0;
};

const textAt = (row: Values, column: number): string => {
  const value = row[column];
  return typeof value === 'string' ? value : '';
};

// Resources by what links them, and by their order: what documents put together of several resources are made from. Used by tenant-reads.ts.
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { TenantReads } from '../store.ts';
import { ownIn } from '../writing/protection-bits.ts';
import { valuesIn } from '../writing/stored-resource.ts';
import { collectionOf, endUid, firstUid } from '../writing/uids.ts';
import { guard, statement } from './driver.ts';
import type { Names } from './names.ts';

export type RelatedReadsDeps = { readonly db: DatabaseSync; readonly names: Names };

/** A row of numbers, as a list: a walk reads millions of them. */
type Numbers = readonly unknown[];
type Read = (...values: (number | string)[]) => readonly Numbers[];

// Resources that lie so close are found by reading from the first to the last, and passing over what was not asked for.
const closeLinks = 4;
const closeBodies = 2;

/** Prepares the statements of one connection. Each read is one statement, however many uids it is asked for. */
export const createRelatedReads = ({
  db,
  names,
}: RelatedReadsDeps): Pick<TenantReads, 'uidsAfter' | 'related' | 'heads'> => {
  const lists = (text: string): Read => {
    const prepared: StatementSync = statement(db, text);
    prepared.setReturnArrays(true);
    // Told so, it gives lists where its type says objects.
    return (...values) => prepared.all(...values) as unknown as readonly Numbers[];
  };

  const readAfter = lists('SELECT uid FROM resource WHERE uid > ? AND uid < ? ORDER BY uid LIMIT ?');
  const readRelated = new Map<string, Read>();
  const readHeads = {
    some: { levels: lists(headsOf('some', 'levels')), values: lists(headsOf('some', 'values')) },
    between: { levels: lists(headsOf('between', 'levels')), values: lists(headsOf('between', 'values')) },
  };

  /** One half of the statement is left out where nothing can come of it. */
  const relatedIn = (which: Which, own: number, inverse: number): Read => {
    const halves = [...(own === 0 ? [] : ['own' as const]), ...(inverse === 0 ? [] : ['inverse' as const])];
    const key = `${which} ${halves.join(' ')}`;
    let read = readRelated.get(key);
    if (read === undefined) {
      read = lists(halves.map((half) => relatedBy(which, half)).join(' UNION ALL '));
      readRelated.set(key, read);
    }
    return read;
  };

  return {
    uidsAfter: guard((plan, after, size) => {
      const id = names.collection(plan.collection.path);
      if (id === null) return [];
      return readAfter(Math.max(after, firstUid(id) - 1), endUid(id), size).map(first);
    }),
    related: guard((plan, relation, from) => {
      const rule = plan.collection.links.get(relation);
      const target = rule === undefined || rule.target === null ? null : names.collection(rule.target);
      const own = names.find(relation) ?? 0;
      const inverse = rule === undefined || rule.inverse === null ? 0 : (names.find(rule.inverse) ?? 0);
      if (from.length === 0 || target === null || (own === 0 && inverse === 0))
        return { from: new Float64Array(), to: new Float64Array() };
      // The last number is asked about whichever half is left out.
      const values = [own, inverse, firstUid(target), endUid(target)] as const;
      if (!isClose(from, closeLinks))
        return pairsOf(relatedIn('some', own, inverse)(JSON.stringify(from), 0, ...values), null);
      return pairsOf(relatedIn('between', own, inverse)(from[0] ?? 0, from.at(-1) ?? 0, ...values), from);
    }),
    heads: guard((plan, asked, wanted) => {
      const id = names.collection(plan.collection.path);
      const uids = id === null ? [] : asked.filter((uid) => collectionOf(uid) === id);
      if (uids.length === 0) return { uids: new Float64Array(), protection: new Uint8Array(), values: [] };
      const rows = isClose(uids, wanted === 'values' ? closeBodies : closeLinks)
        ? only(readHeads.between[wanted](uids[0] ?? 0, uids.at(-1) ?? 0), uids)
        : readHeads.some[wanted](JSON.stringify(uids));
      const found = { uids: new Float64Array(rows.length), protection: new Uint8Array(rows.length) };
      for (const [index, row] of rows.entries()) {
        found.uids[index] = first(row);
        found.protection[index] = ownIn(numberAt(row, 1));
      }
      return { ...found, values: wanted === 'values' ? rows.map(closedIn) : [] };
    }),
  };
};

type Which = 'some' | 'between';

// CROSS JOIN keeps the order of the tables: each is looked into by a key.
const tables = {
  some: {
    link: 'json_each(?1) w CROSS JOIN link l ON l.source = w.value',
    resource: 'json_each(?1) w CROSS JOIN resource r ON r.uid = w.value',
    are: () => 'true',
  },
  between: { link: 'link l', resource: 'resource r', are: (column: string) => `${column} BETWEEN ?1 AND ?2` },
} as const;

/** By the relation (?3) of some resources, or by its inverse (?4), to what lies in a collection (?5, ?6). */
export const relatedBy = (which: Which, half: 'own' | 'inverse'): string => {
  const { link, resource, are } = tables[which];
  return half === 'own'
    ? `SELECT l.source, i.uid FROM ${link} CROSS JOIN identifier i ON i.id = l.target
       WHERE ${are('l.source')} AND l.relation = ?3 AND i.uid >= ?5 AND i.uid < ?6`
    : `SELECT r.uid, l.source FROM ${resource} CROSS JOIN json_each(r.keys) k
       CROSS JOIN link l ON l.target = k.value AND l.relation = ?4
       WHERE ${are('r.uid')} AND l.source >= ?5 AND l.source < ?6`;
};

const headsOf = (which: Which, wanted: 'levels' | 'values'): string => {
  const { resource, are } = tables[which];
  // As far as the links, which may be many times as long, and closed.
  const columns = wanted === 'levels' ? '' : ", r.split, substr(r.body, 1, r.split - 10) || '}'";
  return `SELECT r.uid, r.protection${columns} FROM ${resource} WHERE ${are('r.uid')}`;
};

const isClose = (uids: ArrayLike<number>, factor: number): boolean => {
  const [begin, end] = [uids[0] ?? 0, uids[uids.length - 1] ?? 0];
  if (uids.length < 2 || end - begin >= factor * uids.length) return false;
  for (let index = 1; index < uids.length; index += 1) if ((uids[index] ?? 0) <= (uids[index - 1] ?? 0)) return false;
  return true;
};

const first = (row: Numbers): number => numberAt(row, 0);

const numberAt = (row: Numbers, column: number): number => {
  const value = row[column];
  return typeof value === 'number' ? value : 0;
};

const textAt = (row: Numbers, column: number): string => {
  const value = row[column];
  return typeof value === 'string' ? value : '';
};

/** A text that is longer than its body says has characters that the database counts as one, and the body as two. */
const closedIn = (row: Numbers): unknown => {
  const [split, text] = [numberAt(row, 2), textAt(row, 3)];
  return text.length === split - 9 ? JSON.parse(text) : valuesIn(text, split);
};

/** Rows whose first number is among some; both ascending. */
const only = (rows: readonly Numbers[], uids: ArrayLike<number>): readonly Numbers[] => {
  if (rows.length === uids.length && rows.length > 0) {
    // Nothing but what was asked for, or as much besides as is gone.
    let isSame = true;
    for (let index = 0; index < rows.length && isSame; index += 1) isSame = first(rows[index] ?? []) === uids[index];
    if (isSame) return rows;
  }
  const kept: Numbers[] = [];
  let index = 0;
  for (const row of rows) {
    while (index < uids.length && (uids[index] ?? 0) < first(row)) index += 1;
    if (uids[index] === first(row)) kept.push(row);
  }
  return kept;
};

/** Pairs in order, each once; `among` = the sources that were asked about, ascending, where others may have come. */
const pairsOf = (
  rows: readonly Numbers[],
  among: ArrayLike<number> | null,
): { readonly from: Float64Array; readonly to: Float64Array } => {
  const sorted = isSorted(rows)
    ? rows
    : rows.toSorted((a, b) => first(a) - first(b) || numberAt(a, 1) - numberAt(b, 1));
  const kept = among === null ? sorted : only(sorted, among);
  const [from, to] = [new Float64Array(kept.length), new Float64Array(kept.length)];
  let count = 0;
  for (const row of kept) {
    const [source, target] = [first(row), numberAt(row, 1)];
    if (count > 0 && from[count - 1] === source && to[count - 1] === target) continue;
    from[count] = source;
    to[count] = target;
    count += 1;
  }
  return count === kept.length ? { from, to } : { from: from.slice(0, count), to: to.slice(0, count) };
};

const isSorted = (rows: readonly Numbers[]): boolean => {
  let [source, target] = [0, 0];
  for (const row of rows) {
    const [nextSource, nextTarget] = [first(row), numberAt(row, 1)];
    if (nextSource < source || (nextSource === source && nextTarget < target)) return false;
    [source, target] = [nextSource, nextTarget];
  }
  return true;
};

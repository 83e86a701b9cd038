// Resources by what links them, and by their order: what documents put together of several resources are made from. Used by tenant-reads.ts.
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { ResourceHeads, TenantReads } from '../store.ts';
import { ownIn } from '../writing/protection-bits.ts';
import { valuesIn } from '../writing/stored-resource.ts';
import { collectionOf, endUid, firstUid } from '../writing/uids.ts';
import { guard, statement } from './driver.ts';
import type { Names } from './names.ts';

export type RelatedReadsDeps = { readonly db: DatabaseSync; readonly names: Names };

/**
 * What a statement gives in one row: a list of each of its columns, as one text, since a walk reads millions. Bound numbers come as floating ones. Bodies
 * come as the bytes of such a text: as long texts of the heap they would live until all of it is looked through.
 */
type Columns = readonly (string | Uint8Array | null)[];
type Read = (...values: (number | string)[]) => Columns;

// Resources that lie so close are found by reading from the first to the last, and passing over what was not asked for.
const closeLinks = 4;
const closeBodies = 2;
// From so many characters on, bodies are not joined: thousands of them would be one text too long to hold.
const longBody = 16_384;

/** Prepares the statements of one connection. Each read is one statement, however many uids it is asked for. */
export const createRelatedReads = ({
  db,
  names,
}: RelatedReadsDeps): Pick<TenantReads, 'uidsAfter' | 'related' | 'heads'> => {
  const lists = (text: string): ((...values: (number | string)[]) => readonly (readonly unknown[])[]) => {
    const prepared: StatementSync = statement(db, text);
    prepared.setReturnArrays(true);
    // Told so, it gives lists where its type says objects.
    return (...values) => prepared.all(...values) as unknown as readonly (readonly unknown[])[];
  };
  const columns = (text: string): Read => {
    const read = lists(text);
    // All of them are lists of values, joined.
    return (...values) => (read(...values)[0] ?? []) as Columns;
  };

  const readAfter = columns(
    `SELECT group_concat(a.uid - CAST(?1 AS INTEGER)) FROM (SELECT uid FROM resource WHERE uid > ?1 AND uid < ?2 ORDER BY uid LIMIT ?3) a`,
  );
  const readRelated = new Map<string, Read>();
  const readHeads = {
    some: { levels: columns(headsOf('some', 'levels')), values: columns(headsOf('some', 'values')) },
    between: { levels: columns(headsOf('between', 'levels')), values: columns(headsOf('between', 'values')) },
  };
  const readLong = { some: lists(longHeadsOf('some')), between: lists(longHeadsOf('between')) };

  /** One half of the statement is left out where nothing can come of it. */
  const relatedIn = (which: Which, own: number, inverse: number): Read => {
    const halves = [...(own === 0 ? [] : ['own' as const]), ...(inverse === 0 ? [] : ['inverse' as const])];
    const key = `${which} ${halves.join(' ')}`;
    let read = readRelated.get(key);
    if (read === undefined) {
      const both = halves.map((half) => relatedBy(which, half)).join(' UNION ALL ');
      read = columns(
        `SELECT group_concat(p.source - CAST(?7 AS INTEGER)), group_concat(p.target - CAST(?5 AS INTEGER)) FROM (${both}) p`,
      );
      readRelated.set(key, read);
    }
    return read;
  };

  return {
    uidsAfter: guard((plan, after, size) => {
      const id = names.collection(plan.collection.path);
      if (id === null) return [];
      const from = Math.max(after, firstUid(id) - 1);
      return Array.from(numbersIn(readAfter(from, endUid(id), size)[0], from));
    }),
    related: guard((plan, relation, from) => {
      const rule = plan.collection.links.get(relation);
      const target = rule === undefined || rule.target === null ? null : names.collection(rule.target);
      const own = names.find(relation) ?? 0;
      const inverse = rule === undefined || rule.inverse === null ? 0 : (names.find(rule.inverse) ?? 0);
      if (from.length === 0 || target === null || (own === 0 && inverse === 0))
        return { from: new Float64Array(), to: new Float64Array() };
      // Numbers are told from here on: short ones are read sooner.
      const base = from[0] ?? 0;
      // The last numbers are asked about whichever half is left out.
      const values = [own, inverse, firstUid(target), endUid(target), base] as const;
      const isBetween = isClose(from, closeLinks);
      const [sources, targets] = isBetween
        ? relatedIn('between', own, inverse)(base, from.at(-1) ?? 0, ...values)
        : relatedIn('some', own, inverse)(JSON.stringify(from), 0, ...values);
      const pairs = { from: numbersIn(sources, base), to: numbersIn(targets, firstUid(target)) };
      return pairsIn(pairs, isBetween ? from : null);
    }),
    heads: guard((plan, wantedUids, wanted) => {
      const id = names.collection(plan.collection.path);
      const uids = id === null ? [] : wantedUids.filter((uid) => collectionOf(uid) === id);
      if (uids.length === 0) return { uids: new Float64Array(), protection: new Uint8Array(), value: () => undefined };
      const base = uids[0] ?? 0;
      const isBetween = isClose(uids, wanted === 'values' ? closeBodies : closeLinks);
      const asked = isBetween ? ([base, uids.at(-1) ?? 0, base] as const) : ([JSON.stringify(uids), 0, base] as const);
      const [found, protection, splits, texts] = readHeads[isBetween ? 'between' : 'some'][wanted](...asked);
      const numbers = {
        uids: numbersIn(found, base),
        protection: numbersIn(protection, 0),
        splits: numbersIn(splits, 0),
      };
      const all =
        wanted === 'levels'
          ? { ...numbers, textOf: null }
          : numbers.splits.some((split) => split >= longBody)
            ? longHeads(readLong[isBetween ? 'between' : 'some'](...asked), base)
            : { ...numbers, textOf: textsIn(texts, numbers.uids.length) };
      return headsIn(all, isBetween ? uids : null);
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
    ? `SELECT l.source AS source, i.uid AS target FROM ${link} CROSS JOIN identifier i ON i.id = l.target
       WHERE ${are('l.source')} AND l.relation = ?3 AND i.uid >= ?5 AND i.uid < ?6`
    : `SELECT r.uid AS source, l.source AS target FROM ${resource} CROSS JOIN json_each(r.keys) k
       CROSS JOIN link l ON l.target = k.value AND l.relation = ?4
       WHERE ${are('r.uid')} AND l.source >= ?5 AND l.source < ?6`;
};

// Stands in no JSON text, nor in a letter of one.
const between = 0x1e;

// As far as the links, which may be many times as long, and closed.
const closed = `substr(r.body, 1, r.split - 10) || '}'`;

const headsOf = (which: Which, wanted: 'levels' | 'values'): string => {
  const { resource, are } = tables[which];
  const columns =
    wanted === 'levels'
      ? ''
      : `, group_concat(r.split), CAST(group_concat(CASE WHEN r.split < ${longBody} THEN ${closed} ELSE '' END, char(30)) AS BLOB)`;
  return `SELECT group_concat(r.uid - CAST(?3 AS INTEGER)), group_concat(r.protection)${columns} FROM ${resource} WHERE ${are('r.uid')}`;
};

/** The same a row at a time. */
const longHeadsOf = (which: Which): string => {
  const { resource, are } = tables[which];
  return `SELECT r.uid - CAST(?3 AS INTEGER), r.protection, r.split, ${closed} FROM ${resource} WHERE ${are('r.uid')}`;
};

const isClose = (uids: ArrayLike<number>, factor: number): boolean => {
  const [begin, end] = [uids[0] ?? 0, uids[uids.length - 1] ?? 0];
  if (uids.length < 2 || end - begin >= factor * uids.length) return false;
  for (let index = 1; index < uids.length; index += 1) if ((uids[index] ?? 0) <= (uids[index - 1] ?? 0)) return false;
  return true;
};

const [minus, zero, nine] = [0x2d, 0x30, 0x39];

/** Whole numbers that stand in a text, whatever is between them, each on top of `base`. */
const numbersIn = (text: Columns[number] | undefined, base: number): Float64Array => {
  if (typeof text !== 'string' || text === '') return new Float64Array();
  let count = 1;
  for (let at = text.indexOf(','); at !== -1; at = text.indexOf(',', at + 1)) count += 1;
  const numbers = new Float64Array(count);
  let [index, value, sign] = [0, 0, 1];
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code >= zero && code <= nine) value = value * 10 + (code - zero);
    else if (code === minus) sign = -1;
    else {
      numbers[index] = base + sign * value;
      [index, value, sign] = [index + 1, 0, 1];
    }
  }
  numbers[index] = base + sign * value;
  return numbers;
};

type Heads = {
  readonly uids: Float64Array;
  readonly protection: Float64Array;
  readonly splits: Float64Array;
  /** By row. Null when only levels are wanted. */
  readonly textOf: ((row: number) => string) | null;
};

const longHeads = (rows: readonly (readonly unknown[])[], base: number): Heads => ({
  uids: Float64Array.from(rows, ([uid]) => base + Number(uid)),
  protection: Float64Array.from(rows, ([, protection]) => Number(protection)),
  splits: Float64Array.from(rows, ([, , split]) => Number(split)),
  textOf: (row) => String(rows[row]?.[3] ?? ''),
});

/** As they were found; `among` = the uids that were asked for, ascending, where others may have come. */
const headsIn = ({ uids, protection, splits, textOf }: Heads, among: readonly number[] | null): ResourceHeads => {
  const rows = rowsAmong(uids, among);
  const rowOf = (index: number): number => (rows === null ? index : (rows[index] ?? 0));
  const length = rows === null ? uids.length : rows.length;
  const levels = new Uint8Array(length);
  for (let index = 0; index < length; index += 1) levels[index] = ownIn(protection[rowOf(index)] ?? 0);
  return {
    uids: rows === null ? uids : rows.length === uids.length ? uids : Float64Array.from(rows, (row) => uids[row] ?? 0),
    protection: levels,
    value:
      textOf === null
        ? () => undefined
        : (index) => {
            const row = rowOf(index);
            return closedIn(splits[row] ?? 0, textOf(row));
          },
  };
};

/** The texts whose bytes are joined in one, by their place. */
const textsIn = (texts: Columns[number] | undefined, count: number): ((row: number) => string) => {
  if (!(texts instanceof Uint8Array)) return () => '';
  const bytes = Buffer.from(texts.buffer, texts.byteOffset, texts.byteLength);
  const begins = new Int32Array(count + 1);
  for (let index = 1; index < count; index += 1) begins[index] = bytes.indexOf(between, begins[index - 1]) + 1;
  begins[count] = bytes.length + 1;
  return (row) => bytes.toString('utf8', begins[row] ?? 0, (begins[row + 1] ?? 0) - 1);
};

/** A text that is longer than its body says has characters that the database counts as one, and the body as two. */
const closedIn = (split: number, text: string): unknown =>
  text.length === split - 9 ? JSON.parse(text) : valuesIn(text, split);

/** Places of those that are among some, both ascending, repeats allowed in the first; null = all of them are. */
const rowsAmong = (uids: Float64Array, among: readonly number[] | null): Int32Array | null => {
  if (among === null) return null;
  const rows = new Int32Array(uids.length);
  let [count, at] = [0, 0];
  for (let row = 0; row < uids.length; row += 1) {
    const uid = uids[row] ?? 0;
    while (at < among.length && (among[at] ?? 0) < uid) at += 1;
    if (among[at] !== uid) continue;
    rows[count] = row;
    count += 1;
  }
  return count === uids.length ? null : rows.slice(0, count);
};

type Pairs = { readonly from: Float64Array; readonly to: Float64Array };

/** Pairs in order, each once; `among` = the sources that were asked about, ascending, where others may have come. */
const pairsIn = (pairs: Pairs, among: readonly number[] | null): Pairs => {
  const { from, to } = inOrder(pairs);
  const rows = rowsAmong(from, among);
  const length = rows === null ? from.length : rows.length;
  let count = 0;
  // What is kept comes no later than where it is read.
  for (let index = 0; index < length; index += 1) {
    const row = rows === null ? index : (rows[index] ?? 0);
    const [source, target] = [from[row] ?? 0, to[row] ?? 0];
    if (count > 0 && from[count - 1] === source && to[count - 1] === target) continue;
    from[count] = source;
    to[count] = target;
    count += 1;
  }
  return count === from.length ? { from, to } : { from: from.slice(0, count), to: to.slice(0, count) };
};

const inOrder = ({ from, to }: Pairs): Pairs => {
  let isSorted = true;
  for (let row = 1; row < from.length && isSorted; row += 1) {
    const [last = 0, source = 0] = [from[row - 1], from[row]];
    isSorted = last < source || (last === source && (to[row - 1] ?? 0) <= (to[row] ?? 0));
  }
  if (isSorted) return { from, to };
  const order = Int32Array.from(from, (_, row) => row).sort(
    (a, b) => (from[a] ?? 0) - (from[b] ?? 0) || (to[a] ?? 0) - (to[b] ?? 0),
  );
  return {
    from: Float64Array.from(order, (row) => from[row] ?? 0),
    to: Float64Array.from(order, (row) => to[row] ?? 0),
  };
};

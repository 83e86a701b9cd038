// What trees of resources are made from: rows in the order of an identifier, rows behind others together with the links that lead there, rows by
// identifiers. Used by reads.ts; applies nothing of a plan but its collection.
import type { RowsBehind, TenantReads, TreeRows } from '../store.ts';
import { ownIn } from '../writing/protection-bits.ts';
import { valuesTextIn } from '../writing/stored-resource.ts';
import { collectionOf, endUid, firstUid } from '../writing/uids.ts';
import { texts as textList } from './arrays.ts';
import { bytesOf, numberOf, numbersOf, textOf } from './cells.ts';
import type { Database, QueryOptions, Row, Sql } from './database.ts';
import { keptText, textKept } from './kept-text.ts';
import { linkedPairs, relationOf } from './related-reads.ts';
import type { ReadWords } from './words.ts';

export type TreeReadsDeps = {
  readonly database: Pick<Database, 'query'>;
  readonly tenant: number;
  readonly words: ReadWords;
};

type Method = 'behind' | 'ordered' | 'placesAfter' | 'placesOf' | 'unnamed' | 'named';
type Wanted = 'levels' | 'values';
type Statements = Readonly<Record<Wanted, Sql>>;

// More than this is no short statement.
const manyRows = 32;
const long: QueryOptions = { long: true };

// As far as the links, which may be many times as long: a character takes three bytes at most for each of the units that `split` counts.
const columns = {
  levels: 'r.uid, r.protection',
  values: 'r.uid, r.protection, r.split, substr(r.body, 1, 3 * r.split) AS body',
} as const;
const taken = { levels: 'uid, protection', values: 'uid, protection, split, body' } as const;
const rowOf = (wanted: Wanted, uid: string): string =>
  `CROSS JOIN LATERAL (SELECT ${taken[wanted]} FROM resource WHERE tenant = $1 AND uid = ${uid} LIMIT 1) r`;

const bothOf = (name: string, text: (wanted: Wanted) => string): Statements => ({
  levels: { name: `${name}_levels`, text: text('levels') },
  values: { name: `${name}_values`, text: text('values') },
});

// As wide as the rows beside it.
const filling = {
  levels: 'NULL::bigint AS uid, NULL::smallint AS protection',
  values: 'NULL::bigint AS uid, NULL::smallint AS protection, NULL::integer AS split, NULL::bytea AS body',
} as const;
const rowsOf = (wanted: Wanted, pairs: string): string =>
  `SELECT NULL::bigint[], NULL::bigint[], NULL::bigint[], NULL::bigint[], ${columns[wanted]}
    FROM (SELECT DISTINCT target FROM ${pairs}) d ${rowOf(wanted, 'd.target')}`;

// Pairs ($2 to $5 as of related-reads.ts), at most $6, in a first row, then what they lead to.
const behind = bothOf(
  'behind',
  (wanted) => `WITH k AS (${relationOf}), p AS MATERIALIZED (SELECT x.source, x.target FROM (${linkedPairs}) x LIMIT $6)
    SELECT array_agg(p.source ORDER BY p.source, p.target) AS sources, array_agg(p.target ORDER BY p.source, p.target) AS targets,
      NULL::bigint[] AS counted, NULL::bigint[] AS counts, ${filling[wanted]} FROM p
    UNION ALL ${rowsOf(wanted, 'p')}`,
);
// Of what is protected no higher than $8, in the order of the identifier $7: behind $9, $10 of each.
const pageBehind = bothOf(
  'page_behind',
  (wanted) => `WITH k AS (${relationOf}), p AS MATERIALIZED (SELECT x.source, x.target FROM (${linkedPairs}) x),
    f AS (SELECT id FROM word WHERE tenant = $1 AND text = $7),
    c AS MATERIALIZED (SELECT p.source, p.target, i.value COLLATE "C" AS place FROM p
      CROSS JOIN LATERAL (SELECT keys, protection FROM resource WHERE tenant = $1 AND uid = p.target LIMIT 1) r
      LEFT JOIN LATERAL (SELECT v.value FROM unnest(r.keys) AS n (id) CROSS JOIN LATERAL (
        SELECT value, field FROM identifier WHERE tenant = $1 AND id = n.id LIMIT 1) v
        WHERE v.field = (SELECT id FROM f) LIMIT 1) i ON true
      WHERE (r.protection & 3) <= $8::integer),
    n AS (SELECT source, target, row_number() OVER (PARTITION BY source ORDER BY place NULLS LAST, target) AS number FROM c
      WHERE $9::text IS NULL OR place > $9 COLLATE "C" OR place IS NULL),
    m AS MATERIALIZED (SELECT source, target, number FROM n WHERE number <= $10 LIMIT $6)
    SELECT array_agg(m.source ORDER BY m.source, m.number) AS sources, array_agg(m.target ORDER BY m.source, m.number) AS targets,
      (SELECT array_agg(s.source ORDER BY s.source) FROM (SELECT DISTINCT source FROM c) s) AS counted,
      (SELECT array_agg(s.count ORDER BY s.source) FROM (SELECT source, count(*) AS count FROM c GROUP BY source) s) AS counts,
      ${filling[wanted]} FROM m
    UNION ALL ${rowsOf(wanted, 'm')}`,
);

const placesAfterText = (limit: string): string =>
  `SELECT value, uid FROM identifier WHERE tenant = $1 AND collection = $2 AND field = $3 AND value COLLATE "C" > $4 AND uid IS NOT NULL
    ORDER BY value COLLATE "C" LIMIT ${limit}`;
// Bodies of what is not to be seen are not read.
const ordered = bothOf(
  'ordered',
  (wanted) => `SELECT i.value, r.uid, r.protection${
    wanted === 'levels'
      ? ''
      : ', r.split, CASE WHEN (r.protection & 3) <= $6 THEN substr(r.body, 1, 3 * r.split) END AS body'
  } FROM (${placesAfterText('$5')}) i ${rowOf(wanted, 'i.uid')}
    WHERE $6::integer >= 0 ORDER BY i.value COLLATE "C"`,
);
const placesAfter: Sql = {
  name: 'places_after',
  text: `SELECT array_agg(i.uid ORDER BY i.value COLLATE "C") AS uids, array_agg(i.value ORDER BY i.value COLLATE "C") AS places
    FROM (${placesAfterText('$5')}) i`,
};
const placesOf: Sql = {
  name: 'places_of',
  text: `SELECT array_agg(w.uid) AS uids, array_agg(i.value) AS places FROM unnest($2::bigint[]) AS w (uid)
    CROSS JOIN LATERAL (SELECT keys FROM resource WHERE tenant = $1 AND uid = w.uid LIMIT 1) r
    CROSS JOIN LATERAL unnest(r.keys) AS k (id)
    CROSS JOIN LATERAL (SELECT value, field FROM identifier WHERE tenant = $1 AND id = k.id LIMIT 1) i
    WHERE i.field = $3`,
};
const unnamed: Sql = {
  name: 'unnamed',
  text: `SELECT array_agg(x.uid ORDER BY x.uid) AS uids FROM (
    SELECT uid FROM resource WHERE tenant = $1 AND uid >= $2 AND uid < $3
    EXCEPT SELECT uid FROM identifier WHERE tenant = $1 AND collection = $4 AND field = $5 AND uid IS NOT NULL) x`,
};
const named = bothOf(
  'named',
  (wanted) => `SELECT w.n - 1 AS at, ${columns[wanted]} FROM unnest($2::text[]) WITH ORDINALITY AS w (value, n)
    CROSS JOIN LATERAL (
      SELECT uid FROM identifier WHERE tenant = $1 AND collection = $3 AND field = $4 AND value = w.value LIMIT 1) i
    ${rowOf(wanted, 'i.uid')} ORDER BY w.n`,
);

const noRows: TreeRows = { uids: new Float64Array(), protection: new Uint8Array(), texts: [] };
const nothingBehind: RowsBehind = {
  from: new Float64Array(),
  to: new Float64Array(),
  more: false,
  counts: new Map(),
  rows: noRows,
};

/** Knows no more than the words do. Each read is one statement, but `ordered` where much of what it comes upon is not to be seen. */
export const createTreeReads = ({ database, tenant, words }: TreeReadsDeps): Pick<TenantReads, Method> => {
  /** Null when nothing can have the identifier. */
  const numbersFor = async (path: string, field: string): Promise<{ collection: number; field: number } | null> => {
    await words.ready([path], [field]);
    const [collection, name] = [words.collections.id(path), words.words.id(field)];
    return collection === null || name === null ? null : { collection, field: name };
  };

  return {
    behind: async (plan, relation, target, from, { rows: wanted, most, page }) => {
      const rule = plan.collection.links.get(relation);
      if (from.length === 0 || rule === undefined || rule.target === null || rule.target !== target.collection.path)
        return nothingBehind;
      const common = [tenant, from, relation, rule.inverse ?? '', rule.target, most + 1];
      const options = from.length > manyRows ? long : {};
      const found =
        page === null
          ? await database.query(tenant, behind[wanted], common, options)
          : await database.query(
              tenant,
              pageBehind[wanted],
              [...common, page.field, page.clearance, page.after === null ? null : keptText(page.after), page.first],
              options,
            );
      return behindIn(found, most, wanted);
    },
    ordered: async (plan, { field, after, first, clearance }, wanted) => {
      const numbers = await numbersFor(plan.collection.path, field);
      if (numbers === null) return { ...noRows, places: [] };
      const rows: Row[] = [];
      for (let from = after === null ? '' : keptText(after); rows.length < first;) {
        const size = first - rows.length;
        const values = [tenant, numbers.collection, numbers.field, from, size, clearance];
        const some = await database.query(tenant, ordered[wanted], values, size > manyRows ? long : {});
        for (const row of some) if (ownIn(numberOf(row, 'protection')) <= clearance) rows.push(row);
        if (some.length < size) break;
        from = textOf(some.at(-1), 'value');
      }
      return { ...rowsIn(rows, wanted), places: rows.map((row) => textKept(textOf(row, 'value'))) };
    },
    placesAfter: async (plan, field, after, first) => {
      const numbers = await numbersFor(plan.collection.path, field);
      if (numbers === null) return { uids: new Float64Array(), places: [] };
      const values = [tenant, numbers.collection, numbers.field, after === null ? '' : keptText(after), first];
      const [row] = await database.query(tenant, placesAfter, values, first > manyRows ? long : {});
      return { uids: Float64Array.from(numbersOf(row, 'uids')), places: textsOf(row, 'places').map(textKept) };
    },
    placesOf: async (plan, field, uids) => {
      const numbers = await numbersFor(plan.collection.path, field);
      const mine = numbers === null ? [] : uids.filter((uid) => collectionOf(uid) === numbers.collection);
      if (numbers === null || mine.length === 0) return uids.map(() => null);
      const options = mine.length > manyRows ? long : {};
      const [row] = await database.query(tenant, placesOf, [tenant, mine, numbers.field], options);
      const places = textsOf(row, 'places');
      const found = new Map(numbersOf(row, 'uids').map((uid, index) => [uid, textKept(places[index] ?? '')]));
      return uids.map((uid) => found.get(uid) ?? null);
    },
    unnamed: async (plan, field) => {
      const { path } = plan.collection;
      await words.ready([path], [field]);
      const [id, name] = [words.collections.id(path), words.words.id(field)];
      if (id === null) return new Float64Array();
      const [row] = await database.query(tenant, unnamed, [tenant, firstUid(id), endUid(id), id, name ?? 0], long);
      return Float64Array.from(numbersOf(row, 'uids'));
    },
    named: async (plan, field, values, wanted) => {
      const numbers = values.length === 0 ? null : await numbersFor(plan.collection.path, field);
      if (numbers === null) return { ...noRows, at: new Int32Array() };
      const asked = [tenant, textList(values.map(keptText)), numbers.collection, numbers.field];
      const rows = await database.query(tenant, named[wanted], asked, values.length > manyRows ? long : {});
      return { ...rowsIn(rows, wanted), at: Int32Array.from(rows, (row) => numberOf(row, 'at')) };
    },
  };
};

const behindIn = (found: readonly Row[], most: number, wanted: Wanted): RowsBehind => {
  // The order of the halves of a statement is nobody's promise.
  const pairs = found.find((row) => row['uid'] === null);
  const rows = found.filter((row) => row['uid'] !== null).sort((a, b) => numberOf(a, 'uid') - numberOf(b, 'uid'));
  const [sources, targets] = [numbersOf(pairs, 'sources'), numbersOf(pairs, 'targets')];
  const counts = numbersOf(pairs, 'counts');
  return {
    from: Float64Array.from(sources.slice(0, most)),
    to: Float64Array.from(targets.slice(0, most)),
    more: sources.length > most,
    counts: new Map(numbersOf(pairs, 'counted').map((uid, index) => [uid, counts[index] ?? 0])),
    rows: rowsIn(rows, wanted),
  };
};

const rowsIn = (rows: readonly Row[], wanted: Wanted): TreeRows => ({
  uids: Float64Array.from(rows, (row) => numberOf(row, 'uid')),
  protection: Uint8Array.from(rows, (row) => ownIn(numberOf(row, 'protection'))),
  texts:
    wanted === 'levels' ? [] : rows.map((row) => valuesTextIn(bytesOf(row, 'body').toString(), numberOf(row, 'split'))),
});

const textsOf = (row: Row | undefined, column: string): readonly string[] => {
  const value = row?.[column];
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
};

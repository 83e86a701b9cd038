// Resources by what links them, and by their order: what documents put together of several resources are made from. Used by reads.ts.
import type { TenantReads } from '../store.ts';
import { collectionOf, endUid, firstUid } from '../writing/uids.ts';
import { ownIn } from '../writing/protection-bits.ts';
import { valuesIn } from '../writing/stored-resource.ts';
import { bytesOf, numberOf, numbersOf } from './cells.ts';
import type { Database, QueryOptions, Sql } from './database.ts';
import type { ReadWords } from './words.ts';

export type RelatedReadsDeps = {
  readonly database: Pick<Database, 'query'>;
  readonly tenant: number;
  readonly words: ReadWords;
};

// More than this is no short statement.
const manyRows = 32;
const long: QueryOptions = { long: true };

/** Uids between two ($2, $3, both excluded), at most so many. */
export const readUids: Sql = {
  name: 'read_uids',
  text: `SELECT array_agg(x.uid ORDER BY x.uid) AS uids FROM (
    SELECT uid FROM resource WHERE tenant = $1 AND uid > $2 AND uid < $3 ORDER BY uid LIMIT $4) x`,
};
// What some name by a relation ($3), and who names what they have by its inverse ($4), in a collection ($5); '' = none. By text: a relation that
// nobody has delivered has no number, and would be looked for each time. A uid is the number of its collection × 2^40 and more.
export const relationOf = `SELECT c.id * ${2 ** 40} AS first,
        (SELECT id FROM word WHERE tenant = $1 AND text = $3) AS own, (SELECT id FROM word WHERE tenant = $1 AND text = $4) AS inverse
      FROM collection c WHERE c.tenant = $1 AND c.path = $5`;
/** The pairs, each once, by `relationOf` as k. */
export const linkedPairs = `SELECT w.uid AS source, i.uid AS target FROM k CROSS JOIN unnest($2::bigint[]) AS w (uid)
        CROSS JOIN LATERAL (SELECT target FROM link WHERE tenant = $1 AND source = w.uid AND relation = k.own OFFSET 0) l
        CROSS JOIN LATERAL (SELECT uid FROM identifier WHERE tenant = $1 AND id = l.target LIMIT 1) i
        WHERE i.uid >= k.first AND i.uid < k.first + ${2 ** 40}
      UNION
      SELECT w.uid, l.source FROM k CROSS JOIN unnest($2::bigint[]) AS w (uid)
        CROSS JOIN LATERAL (SELECT keys FROM resource WHERE tenant = $1 AND uid = w.uid LIMIT 1) r
        CROSS JOIN LATERAL unnest(r.keys) AS n (id)
        CROSS JOIN LATERAL (SELECT source FROM link WHERE tenant = $1 AND target = n.id AND relation = k.inverse OFFSET 0) l
        WHERE l.source >= k.first AND l.source < k.first + ${2 ** 40}`;
const readRelated: Sql = {
  name: 'read_related',
  text: `WITH k AS (
      ${relationOf})
    SELECT array_agg(x.source ORDER BY x.source, x.target) AS sources, array_agg(x.target ORDER BY x.source, x.target) AS targets FROM (
      ${linkedPairs}) x`,
};

const readLevels: Sql = {
  name: 'read_levels',
  text: `SELECT array_agg(r.uid ORDER BY r.uid) AS uids, array_agg(r.protection ORDER BY r.uid) AS protection
    FROM unnest($2::bigint[]) AS w (uid)
    CROSS JOIN LATERAL (SELECT uid, protection FROM resource WHERE tenant = $1 AND uid = w.uid LIMIT 1) r`,
};
// As far as the links, which may be many times as long: a character takes three bytes at most for each of the units that `split` counts.
const readValues: Sql = {
  name: 'read_values',
  text: `SELECT r.uid, r.protection, r.split, substr(r.body, 1, 3 * r.split) AS body FROM unnest($2::bigint[]) WITH ORDINALITY AS w (uid, n)
    CROSS JOIN LATERAL (
      SELECT uid, protection, split, body FROM resource WHERE tenant = $1 AND uid = w.uid LIMIT 1) r
    ORDER BY w.n`,
};

/** Knows no more than the words do. Each read is one statement, however many uids it is asked for. */
export const createRelatedReads = ({
  database,
  tenant,
  words,
}: RelatedReadsDeps): Pick<TenantReads, 'uidsAfter' | 'related' | 'heads'> => ({
  uidsAfter: async (plan, after, size) => {
    const { path } = plan.collection;
    await words.ready([path], []);
    const id = words.collections.id(path);
    if (id === null) return [];
    const values = [tenant, Math.max(after, firstUid(id) - 1), endUid(id), size];
    const [row] = await database.query(tenant, readUids, values, size > manyRows ? long : {});
    return numbersOf(row, 'uids');
  },
  related: async (plan, relation, from) => {
    const rule = plan.collection.links.get(relation);
    if (from.length === 0 || rule === undefined || rule.target === null)
      return { from: new Float64Array(), to: new Float64Array() };
    const values = [tenant, from, relation, rule.inverse ?? '', rule.target];
    const [row] = await database.query(tenant, readRelated, values, from.length > manyRows ? long : {});
    return { from: Float64Array.from(numbersOf(row, 'sources')), to: Float64Array.from(numbersOf(row, 'targets')) };
  },
  heads: async (plan, asked, wanted) => {
    const { path } = plan.collection;
    await words.ready([path], []);
    const id = words.collections.id(path);
    const uids = asked.filter((uid) => collectionOf(uid) === id);
    if (uids.length === 0) return { uids: new Float64Array(), protection: new Uint8Array(), value: () => undefined };
    const options = uids.length > manyRows ? long : {};
    if (wanted === 'levels') {
      const [row] = await database.query(tenant, readLevels, [tenant, uids], options);
      const protection = numbersOf(row, 'protection').map(ownIn);
      return {
        uids: Float64Array.from(numbersOf(row, 'uids')),
        protection: Uint8Array.from(protection),
        value: () => undefined,
      };
    }
    const rows = await database.query(tenant, readValues, [tenant, uids], options);
    return {
      uids: Float64Array.from(rows, (row) => numberOf(row, 'uid')),
      protection: Uint8Array.from(rows, (row) => ownIn(numberOf(row, 'protection'))),
      value: (index) => valuesIn(bytesOf(rows[index], 'body').toString(), numberOf(rows[index], 'split')),
    };
  },
});

// The reading half of an organisation on PostgreSQL: by identifier, by place in the canonical order, by filter, and the change feed. Called by
// tenant.ts; takes authorised plans only, applies no view. Every answer is of one statement or of what a statement of the same request has
// checked; reads never wait for a writer.
import { yieldToLoop } from '#base/clock.ts';
import type { Clock } from '#base/clock.ts';
import { fold } from '#base/text.ts';
import { inBoth, sortedUids } from '#base/uid-sets.ts';
import type { FilterExpr } from '#model/filter.ts';
import type { Model, ProtectionLevel } from '#model/model.ts';
import { hiddenIn, noGuarded } from '../guarded-set.ts';
import type { AuthorizedPlan } from '../plan.ts';
import type { CollectionStats, Eventually, FollowState, Guarded, StoredResource, TenantReads } from '../store.ts';
import { equalTexts, indexTerms, narrowed } from '../filter-narrowing.ts';
import { storedResource } from '../writing/stored-resource.ts';
import { collectionOf, endUid, firstUid } from '../writing/uids.ts';
import { bytesOf, numberOf, numbersOf, textOf } from './cells.ts';
import type { Cell, Database, QueryOptions, Row, Sql } from './database.ts';
import { epochsIn, epochsSql } from './epochs.ts';
import type { Epoch } from './epochs.ts';
import { createFeedReads } from './feed-reads.ts';
import { documentOfRow, filterToSql } from './filter-sql.ts';
import { createFollowRead } from './follow-reads.ts';
import { createGatheredReads } from './gathered-reads.ts';
import { createLooks } from './guarded-rows.ts';
import type { Looked } from './guarded-rows.ts';
import { indexedText, keptText } from './kept-text.ts';
import { createRelatedReads, readUids } from './related-reads.ts';
import { createSegments } from './segments.ts';
import { createSubjectReads } from './subject-reads.ts';
import { createTreeReads } from './tree-reads.ts';
import { createReadWords } from './words.ts';

export type ReadDeps = {
  readonly database: Pick<Database, 'query' | 'replan'>;
  /** The organisation's number. */
  readonly tenant: number;
  readonly model: Model;
  readonly clock: Clock;
  /**
   * Grows with every commit to the organisation that this process has made (before the writer hears of it) or heard of, and when it may have
   * missed one.
   */
  readonly heard: () => number;
  /** A follow state is asked for that was last noted as used a day or more ago: it is to be put again, and nobody waits for that. */
  readonly stale: (state: FollowState) => void;
};

// Rows at a time: of a scan with a filter, of lists of uids, of bodies, of targets whose links are followed.
const scanRows = 8_192;
const uidRows = 65_536;
const bodyRows = 512;
const targetRows = 4_096;
const danglingRows = 262_144;
// More than this is no short statement.
const manyRows = 32;

// Ms for which the epochs are believed when no commit has been heard of.
const epochMs = 2_000;

const long: QueryOptions = { long: true };

const noStats: CollectionStats = { count: 0, position: 0, changedAt: 0 };

// Every join is written as one look by a key for each row (LATERAL, with a bound that keeps it so): what the server believes of the sizes of
// tables, which is nothing until it has counted them, must not make it read all that an organisation has.
const resourceColumns = 'r.uid, r.position, r.born, r.protection, c.at, c.level, c.noticed, r.body';
const itsChange = `LEFT JOIN LATERAL (
    SELECT at, level, noticed FROM change WHERE tenant = $1 AND position = r.position LIMIT 1) c ON true`;

const readMany: Sql = {
  name: 'read_many',
  text: `SELECT ${resourceColumns} FROM unnest($2::bigint[]) WITH ORDINALITY AS w (uid, n)
    CROSS JOIN LATERAL (
      SELECT uid, position, born, protection, body FROM resource WHERE tenant = $1 AND uid = w.uid LIMIT 1) r ${itsChange}
    ORDER BY w.n`,
};
const lastBelow: Sql = {
  name: 'last_below',
  text: `SELECT position, at FROM change WHERE tenant = $1 AND collection = $2 AND position > $3 AND position <= $4 AND level <= $5
    ORDER BY position DESC LIMIT 1`,
};
const readPosition: Sql = { name: 'last_position', text: 'SELECT position FROM tenant_state WHERE tenant = $1' };
// Times never fall as positions rise, so the first change at or after a time is found by halving.
const positionAt: Sql = {
  name: 'position_at',
  text: `WITH RECURSIVE half (low, high) AS (
      SELECT 1::bigint, position + 1 FROM tenant_state WHERE tenant = $1
      UNION ALL
      SELECT CASE WHEN f.at >= $2 OR f.at IS NULL THEN h.low ELSE f.position + 1 END,
        CASE WHEN f.at >= $2 OR f.at IS NULL THEN (h.low + h.high) / 2 ELSE h.high END
      FROM half h LEFT JOIN LATERAL (
        SELECT position, at FROM change WHERE tenant = $1 AND position >= (h.low + h.high) / 2 ORDER BY position LIMIT 1) f ON true
      WHERE h.low < h.high)
    SELECT max(low) AS position FROM half`,
};
// Each resource once, at its last change; where that cannot be noticed, at those that can.
const changedSince: Sql = {
  name: 'changed_since',
  text: `SELECT array_agg(x.uid) AS uids, max(x.position) AS last FROM (
    SELECT c.position, c.uid FROM change c
      CROSS JOIN LATERAL (SELECT position FROM resource WHERE tenant = $1 AND uid = c.uid LIMIT 1) r
      LEFT JOIN LATERAL (SELECT level FROM change WHERE tenant = $1 AND position = r.position LIMIT 1) l ON true
    WHERE c.tenant = $1 AND c.collection = $2 AND c.position >= $3 AND c.level <= $4 AND (r.position = c.position OR l.level > $4)
    ORDER BY c.position LIMIT $5) x`,
};
// By a relation ($3) to what some have, and by its inverse ($4) from what they name; 0 = none.
const linkedTo: Sql = {
  name: 'linked_to',
  text: `SELECT array_agg(x.uid) AS uids FROM (
    SELECT l.source AS uid FROM unnest($2::bigint[]) AS w (uid)
      CROSS JOIN LATERAL (SELECT keys FROM resource WHERE tenant = $1 AND uid = w.uid LIMIT 1) r
      CROSS JOIN LATERAL unnest(r.keys) AS k (id)
      CROSS JOIN LATERAL (
        SELECT source FROM link WHERE tenant = $1 AND target = k.id AND relation = $3 OFFSET 0) l
      WHERE l.source >= $5 AND l.source < $6
    UNION
    SELECT i.uid FROM unnest($2::bigint[]) AS w (uid)
      CROSS JOIN LATERAL (SELECT target FROM link WHERE tenant = $1 AND source = w.uid AND relation = $4 OFFSET 0) l
      CROSS JOIN LATERAL (SELECT uid FROM identifier WHERE tenant = $1 AND id = l.target LIMIT 1) i
      WHERE i.uid >= $5 AND i.uid < $6) x`,
};
// What shows a link to an identifier: also while nobody has it.
const linkedToIdentifier: Sql = {
  name: 'linked_to_identifier',
  text: `WITH named AS (SELECT id, uid FROM identifier WHERE tenant = $1 AND collection = $2 AND field = $3 AND value = $4),
      keys AS (SELECT id FROM named UNION SELECT unnest(r.keys) FROM named n
        CROSS JOIN LATERAL (SELECT keys FROM resource WHERE tenant = $1 AND uid = n.uid LIMIT 1) r)
    SELECT array_agg(x.uid) AS uids FROM (
      SELECT l.source AS uid FROM keys k CROSS JOIN LATERAL (
        SELECT source FROM link WHERE tenant = $1 AND target = k.id AND relation = $5 OFFSET 0) l
      WHERE l.source >= $7 AND l.source < $8
      UNION
      SELECT i.uid FROM named n
        CROSS JOIN LATERAL (SELECT target FROM link WHERE tenant = $1 AND source = n.uid AND relation = $6 OFFSET 0) l
        CROSS JOIN LATERAL (SELECT uid FROM identifier WHERE tenant = $1 AND id = l.target LIMIT 1) i
        WHERE i.uid >= $7 AND i.uid < $8) x`,
};
const backLinks: Sql = {
  name: 'back_links',
  text: "SELECT value FROM meta WHERE tenant = $1 AND name = 'back_links'",
};
// Identifiers whose folded form is the value itself are found in their table, the others in the index.
const equalTo: Sql = {
  name: 'equal_to',
  text: `SELECT array_agg(x.uid) AS uids FROM (
    SELECT i.uid FROM unnest($4::text[]) AS v (value)
      CROSS JOIN LATERAL (
        SELECT uid FROM identifier WHERE tenant = $1 AND collection = $2 AND field = $3 AND value = v.value LIMIT 1) i
      WHERE i.uid IS NOT NULL
    UNION
    SELECT a.uid FROM unnest($6::text[]) AS v (folded)
      CROSS JOIN LATERAL (
        SELECT uid FROM attribute_index WHERE tenant = $1 AND collection = $2 AND path = $5 AND folded = v.folded OFFSET 0) a) x`,
};
const readNext: Sql = { name: 'next_uid', text: 'SELECT next FROM collection WHERE tenant = $1 AND id = $2' };
const readDangling: Sql = {
  name: 'dangling',
  text: `SELECT l.relation, count(*) AS n FROM link l
    CROSS JOIN LATERAL (SELECT uid FROM identifier WHERE tenant = $1 AND id = l.target LIMIT 1) i
    WHERE l.tenant = $1 AND l.source >= $2 AND l.source < $3 AND i.uid IS NULL GROUP BY l.relation`,
};

/** The reads of one organisation. Knows nothing at first. */
export const createReads = ({ database, tenant, model, clock, heard, stale }: ReadDeps): TenantReads => {
  const words = createReadWords({ database, tenant });
  const looks = createLooks({ database, tenant, clock, heard });
  const segments = createSegments({ database, tenant, looks });

  const ask = (sql: Sql, values: readonly Cell[], options?: QueryOptions): Promise<readonly Row[]> =>
    database.query(tenant, sql, [tenant, ...values], options);

  const uidsBy = async (sql: Sql, values: readonly Cell[], options?: QueryOptions): Promise<Float64Array> => {
    const [row] = await ask(sql, values, options);
    return sortedUids(numbersOf(row, 'uids'));
  };

  /** Null when nothing of the collection has ever been stored. */
  const idOf = (path: string): Eventually<number | null> => {
    const work = words.ready([path], []);
    return work === null ? words.collections.id(path) : work.then(() => words.collections.id(path));
  };

  /** The last change that each clearance can notice, and up to where the feed was looked through for it. */
  const lastNoticed = new Map<string, { readonly upTo: number; readonly position: number; readonly at: number }>();

  const statsFor = async (
    collection: number,
    clearance: ProtectionLevel,
    { stats, guarded }: Looked,
  ): Promise<CollectionStats> => {
    if (clearance === 3) return stats;
    const { count, position } = stats;
    const key = `${collection} ${clearance}`;
    let last = lastNoticed.get(key) ?? { upTo: 0, position: 0, at: 0 };
    if (last.upTo > position) last = { upTo: 0, position: 0, at: 0 };
    if (last.upTo < position) {
      const [row] = await ask(lastBelow, [collection, last.upTo, position, clearance]);
      last =
        row === undefined
          ? { ...last, upTo: position }
          : { upTo: position, position: numberOf(row, 'position'), at: numberOf(row, 'at') };
      lastNoticed.set(key, last);
    }
    return { count: count - hiddenIn(guarded, clearance), position: last.position, changedAt: last.at };
  };

  /** The relation at the other end whose links appear here under this name; null when they do not. */
  const shownInverse = async (plan: AuthorizedPlan, relation: string): Promise<string | null> => {
    const rule = plan.collection.links.get(relation);
    if (rule === undefined || rule.inverse === null || rule.target === null) return null;
    const back = model.collections.get(rule.target)?.links.get(rule.inverse);
    if (back === undefined || back.inverse !== relation) return null;
    if (back.fintBackLink) return rule.inverse;
    const [row] = await ask(backLinks, []);
    return textOf(row, 'value') !== 'fint' ? rule.inverse : null;
  };

  type LinkTerm = Extract<FilterExpr, { kind: 'linked' }>;

  /** What shows a link to the identifier: delivered ones, also while nobody has it, and the inverse of delivered ones as far as they show. */
  const resolveLinked = async (plan: AuthorizedPlan, collection: number, term: LinkTerm): Promise<Float64Array> => {
    const inverse = await shownInverse(plan, term.relation);
    const named = [term.field, term.relation, ...(inverse === null ? [] : [inverse])];
    await words.ready([term.target], named);
    const [target, field] = [words.collections.id(term.target), words.words.id(term.field)];
    if (target === null || field === null) return new Float64Array();
    const relation = words.words.id(term.relation) ?? 0;
    const back = inverse === null ? 0 : (words.words.id(inverse) ?? 0);
    const value = keptText(term.value);
    const [from, to] = [firstUid(collection), endUid(collection)];
    return uidsBy(linkedToIdentifier, [target, field, value, relation, back, from, to], long);
  };

  type Sets = ReadonlyMap<FilterExpr, Float64Array | null>;

  /** What the indexes say of the terms of a filter that they are asked for, and of each link; null where there is no index. */
  const setsOf = async (plan: AuthorizedPlan, collection: number, filter: FilterExpr): Promise<Sets> => {
    const sets = new Map<FilterExpr, Float64Array | null>();
    for (const term of [...linkTerms(filter), ...indexTerms(filter)]) {
      if (sets.has(term)) continue;
      if (term.kind === 'linked') sets.set(term, await resolveLinked(plan, collection, term));
      else {
        const texts = equalTexts(term);
        sets.set(term, texts === null ? null : await equalUids(plan, collection, term.path.names, texts));
      }
    }
    return sets;
  };

  const equalUids = async (
    plan: AuthorizedPlan,
    collection: number,
    path: readonly string[],
    texts: readonly string[],
  ): Promise<Float64Array | null> => {
    const joined = path.join('/');
    const identifier =
      path.length === 2 && path[1] === model.identifierValue
        ? plan.collection.identifiers.find((each) => each.attribute === path[0])
        : undefined;
    if (identifier === undefined && !plan.collection.indexed.includes(joined)) return null;
    const named = identifier?.segment ?? joined;
    await words.ready([], [named]);
    const id = words.words.id(named);
    if (id === null) return new Float64Array();
    const folded = texts.map(fold);
    const values = [collection, id, identifier === undefined ? [] : folded.map(keptText), id, folded.map(indexedText)];
    return uidsBy(equalTo, values, long);
  };

  const selectUids: TenantReads['select'] = async (plan, { filter, since }, deadline) => {
    const collection = await idOf(plan.collection.path);
    if (collection === null) return new Float64Array();
    const within: QueryOptions = Number.isFinite(deadline) ? { long: true, deadline } : long;
    // Nothing of the collection has changed since: what a poll hears most of the time.
    if (since !== null && ((await looks.now(collection))?.stats.changedAt ?? 0) < since) return new Float64Array();
    const changed = since === null ? null : await uidsSince(collection, since, plan.clearance, within);
    if (filter === null) return changed ?? allUids(collection);
    const sets = await setsOf(plan, collection, filter);
    const indexed = narrowed(filter, (term) => sets.get(term) ?? null);
    const uids = changed === null ? indexed?.uids : indexed === null ? changed : inBoth(indexed.uids, changed);
    if (uids !== undefined && indexed?.isExact === true) return uids;
    // Numbers after 3 are the filter's.
    const { where, values } = filterToSql(filter, 3, (term) => sets.get(term) ?? new Float64Array());
    return uids === undefined
      ? scan(collection, { where, values }, deadline, within)
      : test(uids, { where, values }, deadline, within);
  };

  type Compiled = { readonly where: string; readonly values: readonly Cell[] };

  /** What has changed from a time on, a slice at a time. What changes again meanwhile comes again, later. */
  const uidsSince = async (
    collection: number,
    since: number,
    clearance: number,
    within: QueryOptions,
  ): Promise<Float64Array> => {
    const [start] = await ask(positionAt, [since]);
    const found: number[] = [];
    for (let from = numberOf(start, 'position'); ;) {
      const [row] = await ask(changedSince, [collection, from, clearance, uidRows], within);
      const uids = numbersOf(row, 'uids');
      for (const uid of uids) found.push(uid);
      if (uids.length < uidRows) return sortedUids(found);
      from = numberOf(row, 'last') + 1;
      await yieldToLoop();
    }
  };

  /** A slice at a time: a collection may hold millions. */
  const allUids = async (collection: number): Promise<Float64Array> => {
    const slices: Float64Array[] = [];
    let count = 0;
    for (let after = firstUid(collection) - 1; ;) {
      const [row] = await ask(readUids, [after, endUid(collection), uidRows], long);
      const slice = Float64Array.from(numbersOf(row, 'uids'));
      slices.push(slice);
      count += slice.length;
      if (slice.length < uidRows) break;
      after = slice.at(-1) ?? after;
      await yieldToLoop();
    }
    const uids = new Float64Array(count);
    let at = 0;
    for (const slice of slices) {
      uids.set(slice, at);
      at += slice.length;
    }
    return uids;
  };

  /** Tests every row of the collection, a slice at a time. */
  const scan = async (
    collection: number,
    { where, values }: Compiled,
    deadline: number,
    within: QueryOptions,
  ): Promise<Float64Array | null> => {
    const text = `SELECT array_agg(r.uid ORDER BY r.uid) AS uids FROM resource r ${documentOfRow}
      WHERE r.tenant = $1 AND r.uid >= $2 AND r.uid < $3 AND ${where}`;
    const found: number[] = [];
    const [row] = await ask(readNext, [collection]);
    const last = firstUid(collection) + numberOf(row, 'next');
    for (let from = firstUid(collection); from < last; from += scanRows) {
      if (clock.monotonic() > deadline) return null;
      const [slice] = await ask({ name: '', text }, [from, Math.min(from + scanRows, last), ...values], within);
      for (const uid of numbersOf(slice, 'uids')) found.push(uid);
    }
    return Float64Array.from(found);
  };

  const test = async (
    uids: Float64Array,
    { where, values }: Compiled,
    deadline: number,
    within: QueryOptions,
  ): Promise<Float64Array | null> => {
    const text = `SELECT array_agg(r.uid ORDER BY r.uid) AS uids FROM unnest($2::bigint[]) AS w (uid)
      CROSS JOIN LATERAL (SELECT uid, body FROM resource WHERE tenant = $1 AND uid = w.uid LIMIT 1) r ${documentOfRow} WHERE $3::boolean AND ${where}`;
    const found: number[] = [];
    for (let from = 0; from < uids.length; from += scanRows) {
      if (clock.monotonic() > deadline) return null;
      const part = [...uids.subarray(from, from + scanRows)];
      const [slice] = await ask({ name: '', text }, [part, true, ...values], within);
      for (const uid of numbersOf(slice, 'uids')) found.push(uid);
    }
    return Float64Array.from(found);
  };

  const readFollow = createFollowRead({ database, tenant, clock, stale });

  let epochs: { readonly found: readonly Epoch[]; readonly heard: number; readonly at: number } | null = null;
  const readEpochs = async (): Promise<readonly Epoch[]> => {
    const begun = { heard: heard(), at: clock.monotonic() };
    const [row] = await ask(epochsSql, []);
    const found = epochsIn(row);
    epochs = { found, ...begun };
    return found;
  };

  const readRow = createGatheredReads({ database, tenant, columns: resourceColumns });
  const readIn = async (plan: AuthorizedPlan, collection: number, field: number, value: string) => {
    const row = await readRow({ collection, field, value: keptText(value) });
    return row === undefined ? null : resourceOf(row, plan.clearance);
  };

  const statsOf = async (plan: AuthorizedPlan, collection: number | null): Promise<CollectionStats> => {
    const looked = collection === null ? null : await looks.now(collection);
    return collection === null || looked === null ? noStats : statsFor(collection, plan.clearance, looked);
  };

  const guardedIn = (collection: number | null): Eventually<Guarded> => {
    if (collection === null) return noGuarded;
    // Asked of the database each time: whoever is no longer protected shows from the commit on, heard of or not.
    return looks.now(collection).then(guardedOf);
  };

  return {
    // Asked for with `guarded` in one turn of the loop, it is one look.
    stats: (plan) => {
      const id = idOf(plan.collection.path);
      return id instanceof Promise ? id.then((now) => statsOf(plan, now)) : statsOf(plan, id);
    },
    read: (plan, { field, value }) => {
      const { path } = plan.collection;
      const look = (): Eventually<StoredResource | null> => {
        const [id, fieldId] = [words.collections.id(path), words.words.id(field)];
        return id === null || fieldId === null ? null : readIn(plan, id, fieldId, value);
      };
      const work = words.ready([path], [field]);
      return work === null ? look() : work.then(look);
    },
    page: (plan, range) => {
      const page = (id: number | null) => (id === null ? null : segments.page(id, plan, range));
      const known = idOf(plan.collection.path);
      return known instanceof Promise ? known.then(page) : page(known);
    },
    select: async (plan, where, deadline) => {
      try {
        return await selectUids(plan, where, deadline);
      } catch (error) {
        // Stopped by the server, or not begun: there was no time left for it.
        if (clock.monotonic() >= deadline) return null;
        throw error;
      }
    },
    uids: async (plan) => {
      const id = await idOf(plan.collection.path);
      return id === null ? new Float64Array() : allUids(id);
    },
    load: async (plan, uids) => {
      const found: StoredResource[] = [];
      const id = await idOf(plan.collection.path);
      const own = uids.filter((uid) => collectionOf(uid) === id);
      for (let from = 0; from < own.length; from += bodyRows) {
        const slice = own.slice(from, from + bodyRows);
        const rows = await ask(readMany, [slice], slice.length > manyRows ? long : {});
        for (const row of rows) found.push(resourceOf(row, plan.clearance));
      }
      return found;
    },
    ...createFeedReads({ database, tenant, words }),
    ...createRelatedReads({ database, tenant, words }),
    ...createTreeReads({ database, tenant, words }),
    lastPosition: async () => {
      const [row] = await ask(readPosition, []);
      return numberOf(row, 'position');
    },
    guarded: (path) => {
      const id = idOf(path);
      return id instanceof Promise ? id.then(guardedIn) : guardedIn(id);
    },
    ...createSubjectReads({ database, tenant, words, model }),
    follow: readFollow,
    epochs: () =>
      epochs !== null && epochs.heard === heard() && clock.monotonic() - epochs.at < epochMs
        ? epochs.found
        : readEpochs(),
    linkedFrom: async (relation, path, inverse, targets) => {
      await words.ready([path], inverse === null ? [relation] : [relation, inverse]);
      const collection = words.collections.id(path);
      if (collection === null) return new Float64Array();
      const [by, back] = [words.words.id(relation) ?? 0, inverse === null ? 0 : (words.words.id(inverse) ?? 0)];
      const found: number[] = [];
      for (let from = 0; from < targets.length; from += targetRows) {
        const part = [...targets.subarray(from, from + targetRows)];
        const values = [part, by, back, firstUid(collection), endUid(collection)];
        const [row] = await ask(linkedTo, values, part.length > manyRows ? long : {});
        for (const uid of numbersOf(row, 'uids')) found.push(uid);
        if (from + targetRows < targets.length) await yieldToLoop();
      }
      return sortedUids(found);
    },
    dangling: async (plan) => {
      const id = await idOf(plan.collection.path);
      if (id === null) return [];
      const [row] = await ask(readNext, [id]);
      const last = firstUid(id) + numberOf(row, 'next');
      const counts = new Map<number, number>();
      for (let from = firstUid(id); from < last; from += danglingRows) {
        for (const each of await ask(readDangling, [from, Math.min(from + danglingRows, last)], long)) {
          const relation = numberOf(each, 'relation');
          counts.set(relation, (counts.get(relation) ?? 0) + numberOf(each, 'n'));
        }
      }
      await words.readyIds([], counts.keys());
      return [...counts].map(([relation, count]) => ({ relation: words.words.text(relation), count }));
    },
  };
};

const guardedOf = (looked: Looked | null): Guarded => looked?.guarded ?? noGuarded;

const resourceOf = (row: Row, clearance: ProtectionLevel): StoredResource =>
  storedResource(
    {
      uid: numberOf(row, 'uid'),
      born: numberOf(row, 'born'),
      protection: numberOf(row, 'protection'),
      body: bytesOf(row, 'body'),
    },
    {
      position: numberOf(row, 'position'),
      at: numberOf(row, 'at'),
      level: numberOf(row, 'level'),
      noticed: textOf(row, 'noticed'),
    },
    clearance,
  );

const linkTerms = (filter: FilterExpr): readonly Extract<FilterExpr, { kind: 'linked' }>[] => {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return filter.terms.flatMap(linkTerms);
    case 'not':
    case 'any':
    case 'all':
      return linkTerms(filter.term);
    case 'linked':
      return [filter];
    default:
      return [];
  }
};

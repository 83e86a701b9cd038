// The reading half of an organisation's file: by identifier, by place in the canonical order, by filter, and the change feed. Called by
// tenant.ts; takes authorised plans only, applies no view. Reads see the last commit and never wait for the writer.
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { yieldToLoop } from '#base/clock.ts';
import type { Clock } from '#base/clock.ts';
import { fold } from '#base/text.ts';
import { inBoth, sortedUids } from '#base/uid-sets.ts';
import type { FilterExpr } from '#model/filter.ts';
import type { Model, ProtectionLevel } from '#model/model.ts';
import { hiddenIn, noGuarded } from '../guarded-set.ts';
import type { AuthorizedPlan } from '../plan.ts';
import type { CollectionStats, Guarded, TenantReads } from '../store.ts';
import { guard, guarded, numberOf, statement, textOf, translate } from './driver.ts';
import { createFeedReads } from './feed-reads.ts';
import { filterToSql } from './filter-sql.ts';
import { createGuardedRows } from './guarded-rows.ts';
import type { Names } from './names.ts';
import { collectionOf, endUid, firstUid } from '../writing/uids.ts';
import { createRelatedReads } from './related-reads.ts';
import { createSegments } from './segments.ts';
import { storedResource } from './stored-rows.ts';
import { createSubjectReads } from './subject-reads.ts';
import { subjectRules } from '../writing/subject-rules.ts';
import { createTreeReads } from './tree-reads.ts';
import { equalTexts, narrowed } from '../filter-narrowing.ts';
import type { IndexTerm } from '../filter-narrowing.ts';

export type ReaderDeps = {
  readonly db: DatabaseSync;
  readonly names: Names;
  readonly model: Model;
  readonly clock: Clock;
  /** Grows with every commit to the file. */
  readonly commits: () => number;
};

// Rows that a scan looks at before it lets other work run.
const scanRows = 1_024;
const uidRows = 4_096;
// Resources whose links are followed before other work runs.
const targetsPerTurn = 64;

const keptStatements = 64;

const noStats: CollectionStats = { count: 0, position: 0, changedAt: 0 };

/** Prepares the statements of one connection. */
export const createReads = ({ db, names, model, clock, commits }: ReaderDeps): TenantReads => {
  const sql = (text: string) => statement(db, text);
  const readStats = sql('SELECT count, position, changed_at FROM collection WHERE id = ?');
  const readOne = sql(
    `SELECT r.uid, r.position, r.born, r.protection, c.at, c.level, c.noticed, CAST(r.body AS BLOB) AS body FROM identifier i JOIN resource r ON r.uid = i.uid LEFT JOIN change c ON c.position = r.position
     WHERE i.collection = ? AND i.field = ? AND i.value = ?`,
  );
  const readByUid = sql(
    'SELECT r.uid, r.position, r.born, r.protection, c.at, c.level, c.noticed, CAST(r.body AS BLOB) AS body FROM resource r LEFT JOIN change c ON c.position = r.position WHERE r.uid = ?',
  );
  const readUids = sql('SELECT uid FROM resource WHERE uid > ? AND uid < ? ORDER BY uid LIMIT ?');
  const lastBelow = sql(
    'SELECT position, at FROM change WHERE collection = ? AND position > ? AND level <= ? ORDER BY position DESC LIMIT 1',
  );
  const lastChange = sql('SELECT coalesce(max(position), 0) AS position FROM change');
  const firstSince = sql(
    // Times never fall as positions rise, so the first change at or after a time is found by halving.
    'SELECT position, at FROM change WHERE position >= ? ORDER BY position LIMIT 1',
  );
  // Each resource once, at its last change; where that cannot be noticed, at those that can.
  const changedSince = sql(
    `SELECT c.position, c.uid FROM change c JOIN resource r ON r.uid = c.uid LEFT JOIN change l ON l.position = r.position
     WHERE c.collection = ?1 AND c.position >= ?2 AND c.level <= ?3 AND (r.position = c.position OR l.level > ?3)
     ORDER BY c.position LIMIT ?4`,
  );
  const findIdentifier = sql(
    'SELECT id, uid, protection FROM identifier WHERE collection = ? AND field = ? AND value = ?',
  );
  const readKeys = sql('SELECT keys FROM resource WHERE uid = ?');
  const linksTo = sql('SELECT source FROM link WHERE target = ? AND relation = ? AND source >= ? AND source < ?');
  const linksFrom = sql(
    'SELECT i.uid FROM link l JOIN identifier i ON i.id = l.target WHERE l.source = ? AND l.relation = ? AND i.uid >= ? AND i.uid < ?',
  );
  const backLinks = sql("SELECT value FROM meta WHERE name = 'back_links'");
  const nextRow = sql('SELECT next FROM collection WHERE id = ?');
  const findIndexed = sql('SELECT uid FROM attribute_index WHERE collection = ? AND path = ? AND folded = ?');
  const readDangling = sql(
    `SELECT l.relation, count(*) AS n FROM link l JOIN identifier i ON i.id = l.target
     WHERE l.source >= ? AND l.source < ? AND i.uid IS NULL GROUP BY l.relation`,
  );

  const prepare = statementCache(db);
  const knownStats = new Map<number, CollectionStats>();
  let statsAt = -1;

  /** Polls ask for nothing else, so it is remembered until the next commit. */
  const statsOf = (collection: number): CollectionStats => {
    const now = commits();
    if (statsAt !== now) knownStats.clear();
    statsAt = now;
    const known = knownStats.get(collection);
    if (known !== undefined) return known;
    const row = readStats.get(collection);
    const stats = {
      count: numberOf(row, 'count'),
      position: numberOf(row, 'position'),
      changedAt: numberOf(row, 'changed_at'),
    };
    knownStats.set(collection, stats);
    return stats;
  };

  const positionOf = (collection: number): number => statsOf(collection).position;
  let newest = { commit: -1, position: 0 };

  /** Asked before whatever is remembered is used, so it is remembered itself until the next commit. */
  const newestPosition = (): number => {
    const commit = commits();
    if (newest.commit !== commit) newest = { commit, position: numberOf(lastChange.get(), 'position') };
    return newest.position;
  };

  const guardedRows = createGuardedRows({ db, commits, positionOf });
  const segments = createSegments({ db, positionOf, guarded: guardedRows });

  /** The last change that each clearance can notice, and up to where the feed was looked through for it. */
  const lastNoticed = new Map<string, { readonly upTo: number; readonly position: number; readonly at: number }>();

  const statsFor = (collection: number, clearance: ProtectionLevel, rows: Guarded): CollectionStats => {
    const { count, position } = statsOf(collection);
    const key = `${collection} ${clearance}`;
    let last = lastNoticed.get(key) ?? { upTo: 0, position: 0, at: 0 };
    if (last.upTo !== position) {
      const row = lastBelow.get(collection, last.upTo, clearance);
      last =
        row === undefined
          ? { ...last, upTo: position }
          : { upTo: position, position: numberOf(row, 'position'), at: numberOf(row, 'at') };
      lastNoticed.set(key, last);
    }
    return { count: count - hiddenIn(rows, clearance), position: last.position, changedAt: last.at };
  };

  const idOf = (plan: AuthorizedPlan): number | null => names.collection(plan.collection.path);

  const uidOf = (collection: number, fieldName: string, value: string): number | null => {
    const field = names.find(fieldName);
    const row = field === null ? undefined : findIdentifier.get(collection, field, value);
    return typeof row?.['uid'] === 'number' ? row['uid'] : null;
  };

  /** Uids of a collection that name a resource by the relation, or that it names by the inverse one. */
  const linkedTo = (target: number, relation: number | null, inverse: number | null, collection: number): number[] => {
    const [from, to] = [firstUid(collection), endUid(collection)];
    const found: number[] = [];
    if (relation !== null) {
      for (const key of keysOf(textOf(readKeys.get(target), 'keys'))) {
        for (const row of linksTo.all(key, relation, from, to)) found.push(numberOf(row, 'source'));
      }
    }
    if (inverse !== null) for (const row of linksFrom.all(target, inverse, from, to)) found.push(numberOf(row, 'uid'));
    return found;
  };

  const linkedFrom: TenantReads['linkedFrom'] = async (relation, path, inverse, targets) => {
    const collection = guarded(() => names.collection(path));
    if (collection === null) return new Float64Array();
    const found: number[] = [];
    for (const [index, target] of targets.entries()) {
      const uids = guarded(() =>
        linkedTo(target, names.find(relation), inverse === null ? null : names.find(inverse), collection),
      );
      for (const uid of uids) found.push(uid);
      if (index % targetsPerTurn === targetsPerTurn - 1) await yieldToLoop();
    }
    return sortedUids(found);
  };

  /** What shows a link to the identifier: delivered ones, also while nobody has it, and the inverse of delivered ones as far as they show. */
  const resolveLinked = (plan: AuthorizedPlan, term: Extract<FilterExpr, { kind: 'linked' }>): Float64Array => {
    const [source, target] = [idOf(plan), names.collection(term.target)];
    const [field, relation] = [names.find(term.field), names.find(term.relation)];
    const row = target === null || field === null ? undefined : findIdentifier.get(target, field, term.value);
    if (row === undefined || source === null) return new Float64Array();
    const waiting =
      relation === null
        ? []
        : linksTo
            .all(numberOf(row, 'id'), relation, firstUid(source), endUid(source))
            .map((link) => numberOf(link, 'source'));
    if (typeof row['uid'] !== 'number') return sortedUids(waiting);
    const inverse = shownInverse(plan, term.relation);
    const linked = linkedTo(row['uid'], relation, inverse === null ? null : names.find(inverse), source);
    return sortedUids([...waiting, ...linked]);
  };

  /** The relation at the other end whose links appear here under this name; null when they do not. */
  const shownInverse = (plan: AuthorizedPlan, relation: string): string | null => {
    const rule = plan.collection.links.get(relation);
    if (rule === undefined || rule.inverse === null || rule.target === null) return null;
    const back = model.collections.get(rule.target)?.links.get(rule.inverse);
    if (back === undefined || back.inverse !== relation) return null;
    return back.fintBackLink || textOf(backLinks.get(), 'value') !== 'fint' ? rule.inverse : null;
  };

  /** What an index says of a term; null when there is none. */
  const known = (plan: AuthorizedPlan, collection: number, term: IndexTerm): Float64Array | null => {
    if (term.kind === 'linked') return resolveLinked(plan, term);
    const texts = equalTexts(term);
    return texts === null ? null : equalUids(plan, collection, term.path.names, texts);
  };

  const equalUids = (
    plan: AuthorizedPlan,
    collection: number,
    path: readonly string[],
    texts: readonly string[],
  ): Float64Array | null => {
    const joined = path.join('/');
    const identifier =
      path.length === 2 && path[1] === model.identifierValue
        ? plan.collection.identifiers.find((each) => each.attribute === path[0])
        : undefined;
    if (identifier === undefined && !plan.collection.indexed.includes(joined)) return null;
    const found: number[] = [];
    for (const text of texts.map(fold)) {
      // Identifiers whose folded form is the value itself are found in the identifier table, the others in the index.
      const uid = identifier === undefined ? null : uidOf(collection, identifier.segment, text);
      if (uid !== null) found.push(uid);
      const pathId = names.find(identifier?.segment ?? joined);
      if (pathId !== null)
        for (const row of findIndexed.all(collection, pathId, text)) found.push(numberOf(row, 'uid'));
    }
    return sortedUids(found);
  };

  const positionAt = (since: number): number => {
    let low = 1;
    let high = numberOf(lastChange.get(), 'position') + 1;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      const row = firstSince.get(middle);
      if (row === undefined || numberOf(row, 'at') >= since) high = middle;
      else low = numberOf(row, 'position') + 1;
    }
    return low;
  };

  const selectUids: TenantReads['select'] = async (plan, where, deadline) => {
    const collection = idOf(plan);
    if (collection === null) return new Float64Array();
    // Nothing of the collection has changed since: what a poll hears most of the time.
    if (where.since !== null && statsOf(collection).changedAt < where.since) return new Float64Array();
    const changed = where.since === null ? null : await uidsSince(collection, positionAt(where.since), plan.clearance);
    if (where.filter === null) return changed ?? allUids(collection);
    const indexed = narrowed(where.filter, (term) => known(plan, collection, term));
    const uids = changed === null ? indexed?.uids : indexed === null ? changed : inBoth(indexed.uids, changed);
    if (uids === undefined) return scan(plan, collection, where.filter, deadline);
    return indexed?.isExact === true ? uids : test(plan, where.filter, uids, deadline);
  };

  /** What has changed from a position on, a slice at a time. What changes again meanwhile comes again, later. */
  const uidsSince = async (collection: number, position: number, clearance: number): Promise<Float64Array> => {
    const found: number[] = [];
    for (let from = position; ;) {
      const rows = guarded(() => changedSince.all(collection, from, clearance, uidRows));
      for (const row of rows) found.push(numberOf(row, 'uid'));
      if (rows.length < uidRows) return sortedUids(found);
      from = numberOf(rows.at(-1), 'position') + 1;
      await yieldToLoop();
    }
  };

  /** A slice at a time: a collection may hold millions. */
  const allUids = async (collection: number): Promise<Float64Array> => {
    let uids = new Float64Array(
      Math.max(
        1,
        numberOf(
          guarded(() => readStats.get(collection)),
          'count',
        ),
      ),
    );
    let count = 0;
    for (let after = firstUid(collection) - 1; ;) {
      const rows = guarded(() => readUids.all(after, endUid(collection), uidRows));
      for (const row of rows) {
        if (count === uids.length) uids = grown(uids);
        after = numberOf(row, 'uid');
        uids[count] = after;
        count += 1;
      }
      if (rows.length < uidRows) return uids.slice(0, count);
      await yieldToLoop();
    }
  };

  /** Tests every row of the collection, a slice at a time. */
  const scan = async (
    plan: AuthorizedPlan,
    collection: number,
    filter: FilterExpr,
    deadline: number,
  ): Promise<Float64Array | null> => {
    const compiled = filterToSql(filter, (term) => resolveLinked(plan, term));
    const slice = prepare(
      `SELECT r.uid FROM resource r WHERE r.uid >= ? AND r.uid < ? AND ${compiled.where} ORDER BY r.uid`,
    );
    const found: number[] = [];
    const last = firstUid(collection) + numberOf(nextRow.get(collection), 'next');
    for (let from = firstUid(collection); from < last; from += scanRows) {
      if (clock.monotonic() > deadline) return null;
      for (const row of slice.all(from, Math.min(from + scanRows, last), ...compiled.values))
        found.push(numberOf(row, 'uid'));
      await yieldToLoop();
    }
    return Float64Array.from(found);
  };

  const test = async (
    plan: AuthorizedPlan,
    filter: FilterExpr,
    uids: Float64Array,
    deadline: number,
  ): Promise<Float64Array | null> => {
    const compiled = filterToSql(filter, (term) => resolveLinked(plan, term));
    const slice = prepare(
      `SELECT r.uid FROM resource r WHERE r.uid IN (SELECT value FROM json_each(?)) AND ${compiled.where} ORDER BY r.uid`,
    );
    const found: number[] = [];
    for (let from = 0; from < uids.length; from += scanRows) {
      if (clock.monotonic() > deadline) return null;
      const part = JSON.stringify([...uids.subarray(from, from + scanRows)]);
      for (const row of slice.all(part, ...compiled.values)) found.push(numberOf(row, 'uid'));
      if (from + scanRows < uids.length) await yieldToLoop();
    }
    return Float64Array.from(found);
  };

  return {
    stats: guard((plan) => {
      const id = idOf(plan);
      if (id === null) return noStats;
      if (plan.clearance === 3) return statsOf(id);
      const rows = guardedRows.of(id);
      return rows instanceof Promise
        ? rows.then((found) => guarded(() => statsFor(id, plan.clearance, found)))
        : statsFor(id, plan.clearance, rows);
    }),
    read: guard((plan, identifier) => {
      const id = idOf(plan);
      const field = names.find(identifier.field);
      const row = id === null || field === null ? undefined : readOne.get(id, field, identifier.value);
      return row === undefined ? null : storedResource(row, plan.clearance);
    }),
    page: guard((plan, range) => {
      const id = idOf(plan);
      return id === null ? null : segments.page(id, plan, range);
    }),
    select: async (plan, where, deadline) => {
      try {
        return await selectUids(plan, where, deadline);
      } catch (error) {
        throw translate(error);
      }
    },
    uids: guard((plan) => {
      const id = idOf(plan);
      return id === null ? new Float64Array() : allUids(id);
    }),
    load: guard((plan, uids) => {
      const id = idOf(plan);
      return uids.flatMap((uid) => {
        const row = collectionOf(uid) === id ? readByUid.get(uid) : undefined;
        return row === undefined ? [] : [storedResource(row, plan.clearance)];
      });
    }),
    ...createFeedReads({ db, names, prepare }),
    ...createRelatedReads({ db, names }),
    ...createTreeReads({ db, names, allUids }),
    lastPosition: guard(newestPosition),
    guarded: guard((path) => {
      const id = names.collection(path);
      return id === null ? noGuarded : guardedRows.of(id);
    }),
    ...createSubjectReads({ db, names, rules: subjectRules(model), commits }),
    follow: () => null,
    epochs: () => [],
    linkedFrom,
    dangling: async (plan) => {
      const id = guarded(() => idOf(plan));
      if (id === null) return [];
      const counts = new Map<number, number>();
      const last =
        firstUid(id) +
        numberOf(
          guarded(() => nextRow.get(id)),
          'next',
        );
      for (let from = firstUid(id); from < last; from += scanRows) {
        for (const row of guarded(() => readDangling.all(from, Math.min(from + scanRows, last)))) {
          const relation = numberOf(row, 'relation');
          counts.set(relation, (counts.get(relation) ?? 0) + numberOf(row, 'n'));
        }
        await yieldToLoop();
      }
      return guarded(() => [...counts].map(([relation, count]) => ({ relation: names.word(relation), count })));
    },
  };
};

/** Statements of filters, by their text: the same shapes come again, and a statement lives as long as somebody holds it. */
const statementCache = (db: DatabaseSync): ((text: string) => StatementSync) => {
  const kept = new Map<string, StatementSync>();
  return (text) => {
    const found = kept.get(text) ?? statement(db, text);
    kept.delete(text);
    kept.set(text, found);
    for (const oldest of kept.keys()) {
      if (kept.size <= keptStatements) break;
      kept.delete(oldest);
    }
    return found;
  };
};

const grown = (uids: Float64Array): Float64Array<ArrayBuffer> => {
  const larger = new Float64Array(uids.length * 2);
  larger.set(uids);
  return larger;
};

const keysOf = (text: string): readonly number[] => {
  if (text === '') return [];
  const value: unknown = JSON.parse(text);
  return Array.isArray(value) ? value.filter((each) => typeof each === 'number') : [];
};

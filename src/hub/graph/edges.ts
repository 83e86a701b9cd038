// One level of a tree: what is behind some resources by their relations, each relation read once for all that stand on the level. Called by
// create-graph.ts, level after level.
import { yieldToLoop } from '#base/clock.ts';
import { problem } from '#base/errors.ts';
import type { Collection, LinkRule } from '#model/model.ts';
import type { RowsBehind } from '#store/store.ts';
import { rowSet } from '../row-scope.ts';
import type { GraphEdge, GraphPage, GraphSelection } from './graph.ts';
import { orderingOf } from './place.ts';
import type { Key, Ordering } from './place.ts';
import { entriesOf, keysOf, needsValues, pageOf, rowsSeen } from './row.ts';
import type { Entry, Row } from './row.ts';
import { tooSlow } from './request.ts';
import type { Allowed, Request } from './request.ts';
import { sightOf } from './sight.ts';
import type { Sight } from './sight.ts';

/** Resources of one selection on one level, each once. */
export type Standing = {
  readonly root: number;
  readonly decision: Allowed;
  readonly selection: GraphSelection;
  readonly entries: readonly Entry[];
};

/** One edge of a selection, with the resources from which it may be followed. */
type Following = {
  readonly root: number;
  readonly from: Standing;
  readonly edge: GraphEdge;
  readonly rule: LinkRule;
  readonly target: Allowed;
  readonly sight: Sight;
  readonly open: readonly Entry[];
  readonly ordering: Ordering;
  readonly after: Key | null;
};

/** What the store is asked for once. */
type Fetch = {
  readonly collection: Collection;
  readonly some: Following[];
  /** Where the store itself makes pages. */
  readonly page: { readonly field: string; readonly after: string | null; readonly first: number } | null;
};

// Resources whose links are asked for in one statement.
const fromAtOnce = 4_096;

/** What stands on the next level. Puts pages into the nodes of this one. */
export const nextLevel = async (request: Request, level: readonly Standing[]): Promise<readonly Standing[]> => {
  const fetches = new Map<string, Fetch>();
  for (const from of level) {
    for (const edge of from.selection.edges) {
      const following = await followingOf(request, from, edge);
      if (following !== null) addTo(fetches, following);
    }
  }
  const read = await Promise.all(
    [...fetches.values()].map(async (fetch) => {
      const found = await rowsBehind(request, fetch);
      const next: Standing[] = [];
      for (const following of fetch.some) {
        if (found === null) request.refuse(following.root, request.tooMany);
        const stands = found === null ? null : await attach(request, following, found, fetch.page !== null);
        if (stands !== null) next.push(stands);
      }
      return next;
    }),
  );
  return read.flat();
};

/** Null when nothing may be known of what is behind, and for what hangs on complex values. */
const followingOf = async (request: Request, from: Standing, edge: GraphEdge): Promise<Following | null> => {
  const { collection } = from.decision.plan;
  const rule = collection.links.get(edge.relation);
  if (rule === undefined || rule.target === null || rule.target !== edge.to.collection) return null;
  const target = await request.decide(rule.target, 'read');
  if (target === null) return null;
  const open = from.entries.filter(({ row }) => row.view.linked.has(edge.relation));
  if (open.length === 0) return null;
  const ordering = orderingOf(request.model, target.plan.collection, edge.order, request.ids);
  if (ordering === null) throw new Error(`${rule.target} cannot be ordered by ${edge.order?.path.join('.')}`);
  const place = edge.page?.after ?? null;
  const after = place === null ? null : ordering.readPlace(place);
  if (place !== null && after === null) {
    request.refuse(from.root, badPlace);
    return null;
  }
  return { root: from.root, from, edge, rule, target, sight: sightOf(target.plan), open, ordering, after };
};

export const badPlace = problem('HUB-410', 'The position is not one of this list.');

/** Null where the pages of an edge are made here. */
const storePage = ({ edge, sight, after }: Following): Fetch['page'] => {
  const { page, narrow, order } = edge;
  if (page === null || narrow !== null || order !== null || sight.whole === null || sight.leading === null) return null;
  if (after !== null && (after.lead === null || page.first === 0)) return null;
  // One more tells whether there are more.
  return { field: sight.leading.segment, after: after?.lead ?? null, first: page.first === 0 ? 0 : page.first + 1 };
};

const addTo = (fetches: Map<string, Fetch>, following: Following): void => {
  const page = storePage(following);
  const { collection } = following.from.decision.plan;
  // The plan of the source decides nothing here: links were opened row by row.
  const key = JSON.stringify([collection.path, following.edge.relation, page]);
  const known = fetches.get(key);
  if (known === undefined) fetches.set(key, { collection, some: [following], page });
  else known.some.push(following);
};

const isMany = ({ rule }: Following): boolean => rule.relation.max !== 1;

/** What was found behind some resources, and where in it what is behind each begins and ends. */
type Found = {
  readonly pairs: Pick<RowsBehind, 'from' | 'to' | 'counts'>;
  readonly rows: RowsBehind['rows'];
  readonly ranges: ReadonlyMap<number, readonly [begin: number, end: number]>;
};

/** Null when there is more than the request may read. */
const rowsBehind = async (request: Request, { some, page }: Fetch): Promise<Found | null> => {
  const [first] = some;
  if (first === undefined) return null;
  const from = [...new Set(some.flatMap(({ open }) => open.map(({ row }) => row.uid)))].sort((a, b) => a - b);
  const { collection } = first.target.plan;
  const rows = some.some((each) => needsValues(collection, each.edge.to) || isMany(each)) ? 'values' : 'levels';
  const found: RowsBehind[] = [];
  for (let at = 0; at < from.length; at += fromAtOnce) {
    if (at > 0) await yieldToLoop();
    const part = await request.reads.behind(
      first.from.decision.plan,
      first.edge.relation,
      first.target.plan,
      from.length <= fromAtOnce ? from : from.slice(at, at + fromAtOnce),
      {
        rows,
        // Of a page the one that tells of more counts for nothing.
        most: request.left() + (page === null ? 0 : from.length),
        page: page === null ? null : { ...page, clearance: first.sight.whole ?? 0 },
      },
    );
    if (part.more) return null;
    found.push(part);
  }
  const pairs = joinedPairs(found);
  const ranges = new Map<number, readonly [number, number]>();
  for (let begin = 0; begin < pairs.from.length;) {
    const uid = pairs.from[begin] ?? 0;
    let end = begin + 1;
    while (pairs.from[end] === uid) end += 1;
    ranges.set(uid, [begin, end]);
    begin = end;
  }
  return { pairs, rows: joinedRows(found), ranges };
};

const joinedPairs = (parts: readonly RowsBehind[]): Found['pairs'] => {
  const [only] = parts;
  if (only !== undefined && parts.length === 1) return only;
  return {
    from: joined(parts.map(({ from }) => from)),
    to: joined(parts.map(({ to }) => to)),
    counts: new Map(parts.flatMap(({ counts }) => [...counts])),
  };
};

/** Each once: parts may lead to the same. */
const joinedRows = (parts: readonly RowsBehind[]): RowsBehind['rows'] => {
  const [only] = parts;
  if (only !== undefined && parts.length === 1) return only.rows;
  const at = new Map<number, readonly [level: number, text: string | undefined]>();
  for (const { rows } of parts)
    for (const [index, uid] of rows.uids.entries()) at.set(uid, [rows.protection[index] ?? 3, rows.texts[index]]);
  const found = [...at];
  return {
    uids: Float64Array.from(found, ([uid]) => uid),
    protection: Uint8Array.from(found, ([, [level]]) => level),
    texts: found.flatMap(([, [, text]]) => (text === undefined ? [] : [text])),
  };
};

const joined = (lists: readonly Float64Array[]): Float64Array => {
  const all = new Float64Array(lists.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const list of lists) {
    all.set(list, at);
    at += list.length;
  }
  return all;
};

/** What is behind one resource. */
type Behind = { readonly from: Entry; readonly rows: readonly Row[]; readonly more: boolean; readonly total: number };

/** Puts pages into the nodes; null when the root is refused. */
const attach = async (
  request: Request,
  following: Following,
  found: Found,
  isCut: boolean,
): Promise<Standing | null> => {
  const { root, edge, target, sight, open, ordering, after } = following;
  const rows = new Map<number, Row>();
  for (const row of rowsSeen(sight, found.rows)) rows.set(row.uid, row);
  const chosen = edge.narrow === null ? null : await request.choose(target.plan, edge.narrow);
  if (edge.narrow !== null && chosen === null) {
    request.refuse(root, tooSlow);
    return null;
  }
  const isChosen = chosen === null ? null : rowSet(chosen).has;
  const keyOf = keysOf(request.model, sight, ordering);

  const lists: Behind[] = [];
  for (const from of open) {
    const [begin, end] = found.ranges.get(from.row.uid) ?? [0, 0];
    const behind: Row[] = [];
    for (let index = begin; index < end; index += 1) {
      const row = rows.get(found.pairs.to[index] ?? 0);
      if (row !== undefined && (isChosen === null || isChosen(row.uid))) behind.push(row);
    }
    lists.push({
      from,
      rows: behind,
      more: false,
      total: isCut ? (found.pairs.counts.get(from.row.uid) ?? 0) : behind.length,
    });
  }
  const cut = isCut
    ? lists.map((list) => firstOf(list, edge.page?.first ?? 0))
    : cutHere(lists, edge.page?.first ?? null, ordering.compare, keyOf, after);

  const shown = new Map<number, Row>();
  for (const list of cut) for (const row of list.rows) shown.set(row.uid, row);
  const entries = await entriesOf(sight, edge.to, [...shown.values()], request);
  const byUid = new Map(entries.map((entry) => [entry.row.uid, entry]));
  const placeOf = (row: Row): string => ordering.placeOf(keyOf(row));
  let count = 0;
  for (const { from, rows: listed, more, total } of cut) {
    const behind: Entry[] = [];
    for (const row of listed) {
      const entry = byUid.get(row.uid);
      if (entry === undefined) continue;
      entry.times += from.times;
      count += from.times;
      behind.push(entry);
    }
    const page: GraphPage = pageOf(behind, more, edge.count ? total : null, placeOf);
    from.node.edges[edge.name] = page;
  }
  if (!request.take(count)) {
    request.refuse(root, request.tooMany);
    return null;
  }
  request.show(root, target, entries);
  return { root, decision: target, selection: edge.to, entries };
};

const firstOf = (list: Behind, first: number): Behind =>
  list.rows.length > first || (first === 0 && list.total > 0)
    ? { ...list, rows: list.rows.slice(0, first), more: list.rows.length > first || first === 0 }
    : list;

/** Lists in their order, as far as they are wanted. */
const cutHere = (
  lists: readonly Behind[],
  first: number | null,
  compare: Ordering['compare'],
  keyOf: (row: Row) => Key,
  after: Key | null,
): readonly Behind[] => {
  const isSorted = lists.every(({ rows }) => rows.length < 2);
  const keys = new Map<Row, Key>();
  if (!isSorted || after !== null)
    for (const { rows } of lists) for (const row of rows) if (!keys.has(row)) keys.set(row, keyOf(row));
  const ranks = new Map<Row, number>();
  if (!isSorted)
    for (const [rank, [row]] of [...keys].sort(([, a], [, b]) => compare(a, b)).entries()) ranks.set(row, rank);
  return lists.map((list) => {
    const sorted =
      list.rows.length < 2 ? list.rows : list.rows.toSorted((a, b) => (ranks.get(a) ?? 0) - (ranks.get(b) ?? 0));
    const rest =
      after === null
        ? sorted
        : sorted.filter((row) => {
            const key = keys.get(row);
            return key !== undefined && compare(key, after) > 0;
          });
    return first === null || rest.length <= first
      ? { ...list, rows: rest }
      : { ...list, rows: rest.slice(0, first), more: true };
  });
};

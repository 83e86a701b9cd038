// One level of a tree: what is behind some resources by their relations, each relation read once for all that stand on the level. Called by
// create-graph.ts, level after level.
import { problem } from '#base/errors.ts';
import { finderIn, joinedUids, lowerBound, sortedUids } from '#base/uid-sets.ts';
import type { Collection, LinkRule } from '#model/model.ts';
import type { RowsBehind } from '#store/store.ts';
import { rowSet } from '../row-scope.ts';
import type { GraphEdge, GraphSelection } from './graph.ts';
import { orderingOf } from './place.ts';
import type { Key, Ordering } from './place.ts';
import { keysOf, needsValues, Node, nodesOf, Page, rowsAt } from './row.ts';
import type { Row } from './row.ts';
import { tooSlow } from './request.ts';
import type { Allowed, Request } from './request.ts';
import { sightOf } from './sight.ts';
import type { Sight } from './sight.ts';

/** Resources of one selection on one level, each once. */
export type Standing = {
  readonly root: number;
  readonly decision: Allowed;
  readonly selection: GraphSelection;
  readonly nodes: readonly Node[];
};

/** One edge of a selection, with the resources from which it may be followed. */
type Following = {
  readonly root: number;
  readonly from: Standing;
  readonly edge: GraphEdge;
  readonly rule: LinkRule;
  readonly target: Allowed;
  readonly sight: Sight;
  readonly open: readonly Node[];
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
// Rows behind that are put into pages once more only after other work has run.
const rowsPerTurn = 500;

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
    withFewPages([...fetches.values()]).map(async (fetch) => {
      const found = await rowsBehind(request, fetch);
      const next: Standing[] = [];
      for (const [index, following] of fetch.some.entries()) {
        if (index > 0 && (found?.rows.uids.length ?? 0) > rowsPerTurn) await request.pause();
        if (found === null) request.refuse(following.root, request.tooMany);
        const stands = found === null ? null : await attach(request, following, found);
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
  const open = from.nodes.filter((node) => Node.rowOf(node).view.linked.has(edge.relation));
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

// Pages of one relation that the store makes for one level.
const pagesApart = 4;

/** Where many pages of one relation are asked for, each other than the rest, it is read whole and put into pages here: the store would look at all of it for every one. */
const withFewPages = (fetches: readonly Fetch[]): readonly Fetch[] =>
  [
    ...Map.groupBy(fetches, ({ collection, some }) => `${collection.path} ${some[0]?.edge.relation ?? ''}`).values(),
  ].flatMap((alike): readonly Fetch[] => {
    const [first] = alike;
    if (first === undefined || alike.length <= pagesApart) return alike;
    return [{ collection: first.collection, some: alike.flatMap(({ some }) => some), page: null }];
  });

const isMany = ({ rule }: Following): boolean => rule.relation.max !== 1;

/** What was found behind some resources. */
type Found = {
  readonly pairs: Pick<RowsBehind, 'from' | 'to' | 'counts'>;
  readonly rows: RowsBehind['rows'];
  /** The store has made the pages. */
  readonly isCut: boolean;
};

/** Null when there is more than the request may read. */
const rowsBehind = async (request: Request, { some, page }: Fetch): Promise<Found | null> => {
  const [first] = some;
  if (first === undefined) return null;
  const from = uidsOnce(some.map(({ open }) => open));
  const { reads, memory } = request;
  const { edge, target, sight } = first;
  const { plan } = first.from.decision;
  const wantsValues = some.some((each) => needsValues(target.plan.collection, each.edge.to) || isMany(each));
  const rows = wantsValues ? 'values' : 'levels';
  const look = async (most: number, paged: typeof page): Promise<Found | null> => {
    const found: RowsBehind[] = [];
    let left = most;
    for (let at = 0; at < from.length; at += fromAtOnce) {
      if (at > 0) await request.pause();
      const part = await reads.behind(plan, edge.relation, target.plan, from.slice(at, at + fromAtOnce), {
        rows,
        most: left,
        page: paged === null ? null : { ...paged, clearance: sight.whole ?? 0 },
      });
      if (part.more) return null;
      left -= part.from.length;
      found.push(part);
    }
    return { pairs: joinedPairs(found), rows: joinedRows(found), isCut: paged !== null };
  };
  // What is not seen among them is not taken from what may be read: else the refusal would tell of it.
  if (page === null) return look(request.mostLinks, null);
  // Where little is behind each, it is read whole and put into pages here: to look for the pages there costs more.
  const key = `${plan.tenant} ${plan.collection.path} ${edge.relation} ${page.first}`;
  const few = Math.min(Math.max(fewPairs, from.length * Math.min(page.first, fewEach)), request.left());
  const found = memory.long.get(key) === undefined ? await look(few, null) : null;
  if (found !== null) return found;
  memory.long.set(key, true);
  // The one of each that tells of more counts for nothing.
  return look(request.left() + from.length, page);
};

// Pairs that are read whole, altogether and for each resource that they are from.
const fewPairs = 1_000;
const fewEach = 50;

/** Ascending. */
const uidsOnce = (sets: readonly (readonly Node[])[]): readonly number[] => {
  const all: number[] = [];
  for (const set of sets) for (const { uid } of set) all.push(uid);
  return Array.from(sortedUids(all));
};

const joinedPairs = (parts: readonly RowsBehind[]): Found['pairs'] => {
  const [only] = parts;
  if (only !== undefined && parts.length === 1) return only;
  return {
    from: joinedUids(parts.map(({ from }) => from)),
    to: joinedUids(parts.map(({ to }) => to)),
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
  const found = [...at].sort(([a], [b]) => a - b);
  return {
    uids: Float64Array.from(found, ([uid]) => uid),
    protection: Uint8Array.from(found, ([, [level]]) => level),
    texts: found.flatMap(([, [, text]]) => (text === undefined ? [] : [text])),
  };
};

/** What is behind one resource: places in the rows that were found. */
type Behind = { readonly rows: readonly number[]; readonly more: boolean; readonly total: number };

/** Puts pages into the nodes; null when the root is refused. */
const attach = async (request: Request, following: Following, found: Found): Promise<Standing | null> => {
  const { root, edge, target, sight, open, ordering } = following;
  const chosen = edge.narrow === null ? null : await request.choose(target.plan, edge.narrow);
  if (edge.narrow !== null && chosen === null) {
    request.refuse(root, tooSlow);
    return null;
  }
  const isChosen = chosen === null ? null : rowSet(chosen).has;
  const rows = rowsAt(sight, found.rows).map((row) => (row !== null && isChosen?.(row.uid) !== false ? row : null));
  const keyOf = keysOf(request.model, sight, ordering);
  const lists = listsOf(following, found, rows, keyOf);

  const nodes: (Node | undefined)[] = [];
  const shown: Row[] = [];
  const places: number[] = [];
  const isShown = new Uint8Array(rows.length);
  for (const list of lists)
    for (const at of list.rows) {
      const row = rows[at];
      if (isShown[at] === 1 || row === undefined || row === null) continue;
      isShown[at] = 1;
      shown.push(row);
      places.push(at);
    }
  const made = await nodesOf(sight, edge.to, shown, request);
  for (const [index, node] of made.entries()) nodes[places[index] ?? 0] = node;

  const placeOf = (row: Row): string => ordering.placeOf(keyOf(row));
  let count = 0;
  for (const [index, holder] of open.entries()) {
    const list = lists[index];
    if (list === undefined) continue;
    const times = Node.timesOf(holder);
    const behind: Node[] = [];
    for (const at of list.rows) {
      const node = nodes[at];
      if (node === undefined) continue;
      Node.count(node, times);
      behind.push(node);
    }
    count += times * behind.length;
    holder.edges[edge.name] = new Page(behind, list.more, edge.count ? list.total : null, placeOf);
  }
  if (!request.take(count)) {
    request.refuse(root, request.tooMany);
    return null;
  }
  request.show(root, target, made);
  return { root, decision: target, selection: edge.to, nodes: made };
};

/** What is behind each of the resources from which an edge is followed, in its order and as far as it is wanted. */
const listsOf = (
  { open, edge, ordering, after }: Following,
  { pairs, rows: all, isCut }: Found,
  rows: readonly (Row | null)[],
  keyOf: (row: Row) => Key,
): readonly Behind[] => {
  const first = edge.page?.first ?? null;
  const find = finderIn(all.uids);
  const keys: (Key | undefined)[] = [];
  const keyAt = (at: number): Key => {
    const row = rows[at];
    if (row === undefined || row === null) throw new Error('a row that is not seen has no place');
    return (keys[at] ??= keyOf(row));
  };
  const compare = (a: number, b: number): number => ordering.compare(keyAt(a), keyAt(b));
  return open.map(({ uid }): Behind => {
    let behind: number[] = [];
    for (let index = lowerBound(pairs.from, uid); pairs.from[index] === uid; index += 1) {
      const at = find(pairs.to[index] ?? 0);
      if (at !== -1 && rows[at] !== null) behind.push(at);
    }
    const total = isCut ? (pairs.counts.get(uid) ?? 0) : behind.length;
    if (!isCut && behind.length > 1) behind.sort(compare);
    if (!isCut && after !== null) behind = behind.filter((at) => ordering.compare(keyAt(at), after) > 0);
    if (first === null) return { rows: behind, more: false, total };
    const more = behind.length > first || (isCut && first === 0 && total > 0);
    return { rows: more ? behind.slice(0, first) : behind, more, total };
  });
};

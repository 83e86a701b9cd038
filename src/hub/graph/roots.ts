// The roots of trees: pages of collections, and resources that are named. Called by create-graph.ts; what is behind them is read by edges.ts.
import { problem } from '#base/errors.ts';
import type { Problem } from '#base/errors.ts';
import { firstAbove, inBoth } from '#base/uid-sets.ts';
import type { FilterExpr, FilterValue } from '#model/filter.ts';
import type { Collection, IdentifierField } from '#model/model.ts';
import type { Action, AuthorizedPlan } from '#store/plan.ts';
import type { Tokens } from '../tokens.ts';
import { askedFor, subjectsAsked } from '../asked-for.ts';
import type { Narrow } from '../documents/document.ts';
import { historyOf } from '../history.ts';
import { showsIdentifier } from '../prune.ts';
import { rowSet } from '../row-scope.ts';
import { seenAmong, seenUids } from './choice.ts';
import { badPlace } from './edges.ts';
import type { Standing } from './edges.ts';
import type { GraphAnswer, GraphRoot, GraphSelection, RowsPage } from './graph.ts';
import { kindAt, orderingOf, valueAt } from './place.ts';
import type { Key, Ordering } from './place.ts';
import { tooSlow } from './request.ts';
import type { Allowed, Asked, Request } from './request.ts';
import { keysOf, levelAt, needsValues, Node, nodesOf, Page, Row, rowsSeen } from './row.ts';
import type { Values } from './row.ts';
import { sightOf } from './sight.ts';
import type { Sight } from './sight.ts';

type ListRoot = Extract<GraphRoot, { kind: 'list' }>;
type RowsRoot = Extract<GraphRoot, { kind: 'rows' }>;

export type RootRead = { readonly answer: GraphAnswer; readonly standing: readonly Standing[] };

// Rows that are read from their text before other work runs; rows of which so many places are looked for one by one; places looked through together.
const rowsAtOnce = 2_048;
const fewRows = 5_000;
const placesAtOnce = 4_096;
// Values of an attribute that are looked for together.
const valuesAtOnce = 500;

/** A refusal of one root, for what is called from here. */
class Refused extends Error {
  readonly problem: Problem;
  constructor(why: Problem) {
    super(why.detail);
    this.problem = why;
  }
}

/** Reads a root. What is refused is told to the request. */
export const readRoot = async (
  request: Request,
  pseudonym: Tokens['pseudonym'],
  root: GraphRoot,
  index: number,
): Promise<RootRead> => {
  try {
    switch (root.kind) {
      case 'list':
        return await readList(request, pseudonym, root, index);
      case 'named':
        return await readNamed(request, pseudonym, root, index);
      case 'uids':
        return await readUids(request, pseudonym, root, index);
      case 'rows':
        return await readRows(request, pseudonym, root, index);
    }
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    request.refuse(index, error.problem);
    return { answer: { kind: 'refused', problem: error.problem }, standing: [] };
  }
};

const missing: RootRead = { answer: { kind: 'missing' }, standing: [] };

// --- Lists --------------------------------------------------------------------------------------------------------------------

type Part = {
  readonly selection: GraphSelection;
  readonly narrow: Narrow | null;
  readonly decision: Allowed;
  readonly sight: Sight;
  readonly ordering: Ordering;
  /** Before the places of this part; '' where there is one only. */
  readonly prefix: string;
  readonly after: Key | null;
  /** It is all before the place. */
  readonly isOver: boolean;
};

const parting = '\u0000';

const readList = async (
  request: Request,
  pseudonym: Tokens['pseudonym'],
  root: ListRoot,
  index: number,
): Promise<RootRead> => {
  const parts = await partsOf(request, root);
  if (parts.length === 0) {
    for (const { collection } of root.selections) request.deny(collection, 'list');
    return missing;
  }
  const { first } = root.page;
  const size = Math.max(0, first);
  const read: { part: Part; rows: readonly Row[] }[] = [];
  let [count, more, total] = [0, false, 0];
  for (const part of parts) {
    const isFiltered = part.narrow !== null;
    const details = `first ${size}${isFiltered ? ' filtered' : ''}${root.order === null ? '' : ' ordered'}`;
    request.ask(await askedOf(request, pseudonym, index, part, details));
    if (root.count) total += await countOf(request, part);
    // Whether somebody matches can be asked without anybody being shown.
    if (part.narrow !== null && (root.count || size === 0))
      request.tell(index, part.decision, await candidatesOf(request, part.decision.plan, part.narrow));
    if (part.isOver || more) continue;
    const wanted = size + 1 - count;
    const rows = await rowsOfPart(request, part, wanted);
    const shown = rows.slice(0, wanted - 1);
    more = rows.length >= wanted;
    count += shown.length;
    read.push({ part, rows: shown });
  }
  if (!request.take(count)) throw new Refused(request.tooMany);
  const standing: Standing[] = [];
  const all: Node[] = [];
  const places = new Map<Row, Part>();
  for (const { part, rows } of read) {
    const nodes = await nodesOf(part.sight, part.selection, rows, request);
    for (const node of nodes) {
      Node.count(node, 1);
      all.push(node);
      if (parts.length > 1) places.set(Node.rowOf(node), part);
    }
    request.show(index, part.decision, nodes);
    standing.push({ root: index, decision: part.decision, selection: part.selection, nodes });
  }
  const placeOf = (row: Row): string => {
    const part = places.get(row) ?? parts[0];
    if (part === undefined) throw new Error('a row of no list');
    return part.prefix + part.ordering.placeOf(keysOf(request.model, part.sight, part.ordering)(row));
  };
  return { answer: { kind: 'page', page: new Page(all, more, root.count ? total : null, placeOf) }, standing };
};

/** For the record: that some of a collection were asked for, and whom the choice names. */
const askedOf = async (
  { model, reads }: Request,
  pseudonym: Tokens['pseudonym'],
  root: number,
  { decision, narrow }: Pick<Part, 'decision' | 'narrow'>,
  details: string,
): Promise<Asked> => {
  const { plan } = decision;
  const asked = narrow === null ? [] : askedFor(model, plan.collection.path, narrow);
  const subjects = (await subjectsAsked(reads, asked)).map((one) => pseudonym(plan.tenant, one));
  return { root, kind: 'list', decision, details, subjects };
};

// --- Rows ---------------------------------------------------------------------------------------------------------------------

const readRows = async (
  request: Request,
  pseudonym: Tokens['pseudonym'],
  { collection, narrow, page }: RowsRoot,
  index: number,
): Promise<RootRead> => {
  const decision = await request.decide(collection, 'list');
  if (decision === null) {
    request.deny(collection, 'list');
    return missing;
  }
  const { plan } = decision;
  const size = Math.max(0, page.size);
  const details = `rows ${size}${narrow === null ? '' : ' filtered'}`;
  request.ask(await askedOf(request, pseudonym, index, { decision, narrow }, details));
  const sight = sightOf(plan);
  // Where nothing is chosen and the rows decide nothing, neither counting nor going on reads all of them.
  const isWhole = narrow === null && sight.whole !== null;
  const found =
    isWhole && 'after' in page
      ? {
          uids: await rowsAfter(request, plan, page.after, size + 1),
          total: await countOf(request, { decision, narrow, sight }),
        }
      : rowsOn(await candidatesOf(request, plan, narrow, 'list'), page, size + 1);
  if (narrow !== null) request.tell(index, decision, await candidatesOf(request, plan, narrow, 'list'));
  const uids = [...found.uids.subarray(0, size)];
  if (!request.take(uids.length)) throw new Refused(request.tooMany);
  request.show(
    index,
    decision,
    uids.map((uid) => ({ uid })),
  );
  return { answer: { kind: 'rows', uids, total: found.total, more: found.uids.length > size }, standing: [] };
};

const rowsOn = (
  rows: Float64Array,
  page: RowsPage,
  wanted: number,
): { readonly uids: Float64Array; readonly total: number } => {
  const from = 'offset' in page ? Math.max(0, page.offset) : page.after === null ? 0 : firstAbove(rows, page.after);
  return { uids: rows.subarray(from, from + wanted), total: rows.length };
};

/** The next rows that the caller sees, at most so many; fewer only when there are no more. */
const rowsAfter = async (
  { reads, pause }: Pick<Request, 'reads' | 'pause'>,
  plan: AuthorizedPlan,
  after: number | null,
  wanted: number,
): Promise<Float64Array> => {
  const guarded = await reads.guarded(plan.collection.path);
  const kept: number[] = [];
  // Where many are hidden, few would be left of a few.
  const most = guarded.uids.length === 0 ? wanted : Math.max(wanted, rowsAtOnce);
  for (let last = after ?? 0; ;) {
    const some = Float64Array.from(await reads.uidsAfter(plan, last, most));
    for (const uid of seenAmong(plan, guarded, some)) if (kept.length < wanted) kept.push(uid);
    last = some.at(-1) ?? last;
    if (some.length < most || kept.length === wanted) return Float64Array.from(kept);
    await pause();
  }
};

// --- Parts of lists -----------------------------------------------------------------------------------------------------------

/** Those that the caller may list. */
const partsOf = async (request: Request, { selections, narrow, order, page }: ListRoot): Promise<readonly Part[]> => {
  const parts: Part[] = [];
  let [prefix, place] = ['', page.after];
  if (place !== null && selections.length > 1) {
    const end = place.indexOf(parting);
    prefix = place.slice(0, Math.max(end, 0));
    place = place.slice(end + 1);
  }
  const begins =
    page.after === null || selections.length === 1 ? 0 : selections.findIndex((each) => each.collection === prefix);
  if (begins === -1) throw new Refused(badPlace);
  for (const [index, selection] of selections.entries()) {
    const decision = await request.decide(selection.collection, 'list');
    if (decision === null) continue;
    const { collection } = decision.plan;
    const ordering = orderingOf(request.model, collection, order, request.ids);
    if (ordering === null) throw new Error(`${collection.path} cannot be ordered by ${order?.path.join('.')}`);
    const after = place === null || index !== begins ? null : ordering.readPlace(place);
    if (place !== null && index === begins && after === null) throw new Refused(badPlace);
    parts.push({
      selection,
      narrow: narrow[index] ?? null,
      decision,
      sight: sightOf(decision.plan),
      ordering,
      prefix: selections.length > 1 ? `${collection.path}${parting}` : '',
      after,
      isOver: index < begins,
    });
  }
  return parts;
};

/** How many the caller sees that match. */
const countOf = async (
  request: Request,
  { decision: { plan }, narrow, sight }: Pick<Part, 'decision' | 'narrow' | 'sight'>,
): Promise<number> => {
  if (narrow !== null || sight.whole === null) return (await candidatesOf(request, plan, narrow)).length;
  const { count } = await request.reads.stats(plan);
  if (sight.whole >= plan.clearance) return count;
  // Links may take more clearance than rows.
  const { own } = await request.reads.guarded(plan.collection.path);
  let hidden = 0;
  for (const level of own) if (level > sight.whole && level <= plan.clearance) hidden += 1;
  return count - hidden;
};

/** Rows that match and that the caller sees, ascending. */
const candidatesOf = async (
  request: Request,
  plan: AuthorizedPlan,
  narrow: Narrow | null,
  by: Action = 'read',
): Promise<Float64Array> => {
  if (narrow === null) return seenUids(request.reads, plan);
  const found = await request.choose(plan, narrow, by);
  if (found === null) throw new Refused(tooSlow);
  return found;
};

/** The first rows behind the place, at most so many. */
const rowsOfPart = async (request: Request, part: Part, wanted: number): Promise<readonly Row[]> => {
  const { decision, narrow, sight, ordering, after, selection } = part;
  const { plan } = decision;
  if (ordering.path !== null) return inOrder(request, part, await candidatesOf(request, plan, narrow), wanted);
  const values = needsValues(plan.collection, selection) ? 'values' : 'levels';
  const { leading } = sight;
  if (leading === null) {
    const candidates = await candidatesOf(request, plan, narrow);
    const from = after === null ? 0 : firstAbove(candidates, after.uid);
    return load(request, sight, candidates.subarray(from, from + wanted), 'values');
  }
  if (narrow !== null || sight.whole === null) return among(request, part, leading, wanted);
  const rows: Row[] = [];
  if (after === null || after.lead !== null) {
    const asked = { field: leading.segment, after: after?.lead ?? null, first: wanted, clearance: sight.whole };
    const found = await request.reads.ordered(plan, asked, values);
    const seen = rowsSeen(sight, found);
    const at = new Map(seen.map((row) => [row.uid, row]));
    for (const [index, uid] of found.uids.entries()) {
      const row = at.get(uid);
      if (row !== undefined)
        rows.push(values === 'values' ? row : placed(request, row, leading, found.places[index] ?? ''));
    }
    if (rows.length >= wanted) return rows;
    // All that there are have shown it.
    if (after === null && rows.length === (await countOf(request, { ...part, narrow: null }))) return rows;
  }
  const others = await seenAmongUnnamed(request, plan, leading, null);
  const from = after === null || after.lead !== null ? 0 : firstAbove(others, after.uid);
  const size = wanted - rows.length;
  return [...rows, ...(await load(request, sight, others.subarray(from, from + size), 'values'))];
};

/** A row of which nothing was read, with the one value that its place is made of. */
const placed = (request: Request, row: Row, { attribute }: IdentifierField, place: string): Row =>
  new Row(row.uid, row.view, null, { [attribute]: { [request.model.identifierValue]: place } });

/** Rows that the caller sees and that have no such identifier, of some. */
const seenAmongUnnamed = async (
  { reads, memory: { unnamed: memory } }: Request,
  plan: AuthorizedPlan,
  { segment }: IdentifierField,
  some: Float64Array | null,
): Promise<Float64Array> => {
  const { position } = await reads.stats(plan);
  const key = `${historyOf(reads)} ${plan.collection.path} ${segment} ${plan.clearance} ${position}`;
  let found = memory.get(key);
  if (found === undefined) memory.set(key, (found = await reads.unnamed(plan, segment)));
  if (found.length === 0) return found;
  return inBoth(found, some ?? (await seenUids(reads, plan)));
};

/** In the order of the leading identifier, of some rows only: from them where they are few, else by looking through all. */
const among = async (
  request: Request,
  { decision: { plan }, narrow, sight, ordering, after }: Part,
  leading: IdentifierField,
  wanted: number,
): Promise<readonly Row[]> => {
  const candidates = await candidatesOf(request, plan, narrow);
  if (candidates.length === 0) return [];
  if (candidates.length <= fewRows) {
    const uids = [...candidates];
    const places = await request.reads.placesOf(plan, leading.segment, uids);
    const keys = uids.map((uid, index): Key => ({ value: null, text: null, lead: places[index] ?? null, uid }));
    const next = keys.filter((key) => after === null || ordering.compare(key, after) > 0).sort(ordering.compare);
    const taken = next.slice(0, wanted).map(({ uid }) => uid);
    return load(request, sight, taken, 'values');
  }
  const { has } = rowSet(candidates);
  const taken: number[] = [];
  let isEnd = after !== null && after.lead === null;
  let place = after?.lead ?? null;
  while (!isEnd && taken.length < wanted) {
    const { uids, places } = await request.reads.placesAfter(plan, leading.segment, place, placesAtOnce);
    for (const uid of uids) if (taken.length < wanted && has(uid)) taken.push(uid);
    isEnd = uids.length < placesAtOnce;
    place = places.at(-1) ?? place;
    await request.pause();
  }
  if (taken.length < wanted) {
    const others = await seenAmongUnnamed(request, plan, leading, candidates);
    const from = after === null || after.lead !== null ? 0 : firstAbove(others, after.uid);
    for (const uid of others.subarray(from, from + wanted - taken.length)) taken.push(uid);
  }
  return load(request, sight, taken, 'values');
};

/** By what a path leads to, put into order here. */
const inOrder = async (
  request: Request,
  { sight, ordering, after }: Part,
  candidates: Float64Array,
  wanted: number,
): Promise<readonly Row[]> => {
  if (candidates.length > request.mostSorted) {
    const detail = `More than ${request.mostSorted} resources cannot be put into this order. Narrow the filter, or leave the order out.`;
    throw new Refused(problem('HUB-424', detail));
  }
  if (request.left() === 0) throw new Refused(request.tooMany);
  const keyOf = keysOf(request.model, sight, ordering);
  const keys: Key[] = [];
  for (let from = 0; from < candidates.length; from += rowsAtOnce) {
    // Many roots may each ask for an order of as many rows.
    if (request.isLate()) throw new Refused(tooSlow);
    request.goOn();
    for (const row of await load(request, sight, candidates.subarray(from, from + rowsAtOnce), 'values')) {
      const key = keyOf(row);
      if (after === null || ordering.compare(key, after) > 0) keys.push(key);
    }
  }
  const taken = keys.sort(ordering.compare).slice(0, wanted);
  return load(
    request,
    sight,
    taken.map(({ uid }) => uid),
    'values',
  );
};

/** Rows by uid, in the order given; those that are gone or unseen are left out. */
const load = async (
  { reads, pause }: Pick<Request, 'reads' | 'pause'>,
  sight: Sight,
  uids: ArrayLike<number> & Iterable<number>,
  wanted: 'levels' | 'values',
): Promise<readonly Row[]> => {
  const found = new Map<number, Row>();
  const sorted = [...uids].sort((a, b) => a - b);
  for (let from = 0; from < sorted.length; from += rowsAtOnce) {
    if (from > 0) await pause();
    const heads = await reads.heads(sight.plan, sorted.slice(from, from + rowsAtOnce), wanted);
    for (let index = 0; index < heads.uids.length; index += 1) {
      const uid = heads.uids[index] ?? 0;
      const view = sight.viewOf(uid, levelAt(heads.protection, index));
      // An object, as the store says.
      if (view !== null) found.set(uid, new Row(uid, view, null, (heads.value(index) ?? {}) as Values));
    }
  }
  const rows: Row[] = [];
  for (const uid of uids) {
    const row = found.get(uid);
    if (row !== undefined) rows.push(row);
  }
  return rows;
};

// --- Named --------------------------------------------------------------------------------------------------------------------

const readUids = async (
  request: Request,
  pseudonym: Tokens['pseudonym'],
  { selection, uids }: Extract<GraphRoot, { kind: 'uids' }>,
  index: number,
): Promise<RootRead> => {
  const decision = await request.decide(selection.collection, 'read');
  if (decision === null) return denied(request, selection);
  const { plan } = decision;
  const sight = sightOf(plan);
  const unique = [...new Set(uids)];
  if (unique.length > request.left()) throw new Refused(request.tooMany);
  const wanted = needsValues(plan.collection, selection) ? 'values' : 'levels';
  const rows = new Map((await load(request, sight, unique, wanted)).map((row) => [row.uid, row]));
  const subjects = unique.slice(0, namedSubjects).map((uid) => pseudonym(plan.tenant, `${uid}`));
  request.ask({ root: index, kind: 'read', decision, details: 'by id', subjects });
  const found = uids.map((uid) => rows.get(uid) ?? null);
  return answerOf(request, { decision, selection, index }, found);
};

const readNamed = async (
  request: Request,
  pseudonym: Tokens['pseudonym'],
  { selection, by, values }: Extract<GraphRoot, { kind: 'named' }>,
  index: number,
): Promise<RootRead> => {
  const decision = await request.decide(selection.collection, 'read');
  if (decision === null) return denied(request, selection);
  const { plan } = decision;
  const unique = [...new Set(values)];
  if (unique.length > request.left()) throw new Refused(request.tooMany);
  const { rows, uids } =
    'identifier' in by
      ? await byIdentifier(request, plan, selection, by.identifier, unique)
      : await byAttribute(request, plan, by.attribute, unique);
  const name = 'identifier' in by ? by.identifier : by.attribute.join('.');
  const subjects = unique
    .slice(0, namedSubjects)
    .map((value) => pseudonym(plan.tenant, `${uids.get(value) ?? `${plan.collection.path} ${name} ${value}`}`));
  request.ask({ root: index, kind: 'read', decision, details: `by ${name}`, subjects });
  const found = values.map((value) => rows.get(value) ?? null);
  return answerOf(request, { decision, selection, index }, found);
};

// Most that are named one by one in a record.
const namedSubjects = 100;

const denied = (request: Request, { collection }: GraphSelection): RootRead => {
  request.deny(collection, 'read');
  return missing;
};

/** Rows by the values that led to them, and whose these are, seen or not. */
type Named = { readonly rows: ReadonlyMap<string, Row>; readonly uids: ReadonlyMap<string, number> };

const byIdentifier = async (
  { reads }: Request,
  plan: AuthorizedPlan,
  selection: GraphSelection,
  name: string,
  values: readonly string[],
): Promise<Named> => {
  const rows = new Map<string, Row>();
  const uids = new Map<string, number>();
  const identifier = identifierNamed(plan.collection, name);
  if (!plan.portions.some(({ view }) => showsIdentifier(plan.collection, view, identifier.segment)))
    return { rows, uids };
  const wanted = needsValues(plan.collection, selection) ? 'values' : 'levels';
  const found = await reads.named(plan, identifier.segment, values, wanted);
  const sight = sightOf(plan);
  const seen = new Map<number, Row>();
  for (const row of rowsSeen(sight, found)) seen.set(row.uid, row);
  for (const [index, uid] of found.uids.entries()) {
    const value = values[found.at[index] ?? -1];
    if (value === undefined) continue;
    uids.set(value, uid);
    const row = seen.get(uid);
    // Whoever finds a row by an identifier learns whose it is: this row must show it.
    if (row !== undefined && showsIdentifier(plan.collection, row.view, identifier.segment)) rows.set(value, row);
  }
  return { rows, uids };
};

const identifierNamed = ({ identifierBySegment, identifiers, path }: Collection, name: string): IdentifierField => {
  const found = identifierBySegment.get(name) ?? identifiers.find(({ attribute }) => attribute === name);
  if (found === undefined) throw new Error(`${path} has no identifier ${name}`);
  return found;
};

/** By an attribute that has one owner: where it has several, the one that came first. */
const byAttribute = async (
  request: Request,
  plan: AuthorizedPlan,
  path: readonly string[],
  values: readonly string[],
): Promise<Named> => {
  const kind = kindAt(request.model, plan.collection, path);
  if (kind === null) throw new Error(`${plan.collection.path} has no single value at ${path.join('.')}`);
  const isNumber = kind === 'int' || kind === 'long' || kind === 'float' || kind === 'double';
  const asked = isNumber ? values.filter((value) => value !== '' && Number.isFinite(Number(value))) : values;
  const rows = new Map<string, Row>();
  const uids = new Map<string, number>();
  for (let from = 0; from < asked.length; from += valuesAtOnce) {
    const filter: FilterExpr = {
      kind: 'in',
      path: { names: path, kind },
      values: asked
        .slice(from, from + valuesAtOnce)
        .map((value): FilterValue => (isNumber ? { kind: 'number', value: Number(value) } : { kind: 'text', value })),
    };
    const found = await candidatesOf(request, plan, { kind: 'where', filter });
    for (const row of await load(request, sightOf(plan), found, 'values')) {
      const value = valueAt(row.values, path);
      if (typeof value !== 'string' && typeof value !== 'number') continue;
      if (!rows.has(`${value}`)) rows.set(`${value}`, row);
      if (!uids.has(`${value}`)) uids.set(`${value}`, row.uid);
    }
  }
  return { rows, uids };
};

type Naming = {
  readonly decision: Allowed;
  readonly selection: GraphSelection;
  readonly index: number;
};

const answerOf = async (
  request: Request,
  { decision, selection, index }: Naming,
  found: readonly (Row | null)[],
): Promise<RootRead> => {
  const unique = [...new Map(found.filter((row) => row !== null).map((row) => [row.uid, row])).values()];
  const made = await nodesOf(sightOf(decision.plan), selection, unique, request);
  const byUid = new Map(made.map((node) => [node.uid, node]));
  let count = 0;
  const nodes = found.map((row) => {
    const node = row === null ? undefined : byUid.get(row.uid);
    if (node === undefined) return null;
    Node.count(node, 1);
    count += 1;
    return node;
  });
  if (!request.take(count)) throw new Refused(request.tooMany);
  request.show(index, decision, made);
  return { answer: { kind: 'nodes', nodes }, standing: [{ root: index, decision, selection, nodes: made }] };
};

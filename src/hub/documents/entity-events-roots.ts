// Which entities the changes of a stretch of the feed are about, and what of them: each change is led back from where it stands in a document to
// the roots of the documents that hold it, a step at a time for all of them together. Called by entity-events.ts; decides nothing of what is told.
import { yieldToLoop } from '#base/clock.ts';
import type { CollectionPath } from '#model/model.ts';
import type { FilterExpr } from '#model/filter.ts';
import type { AuthorizedPlan } from '#store/plan.ts';
import type { IdentifierValue, StoredChange, TenantReads } from '#store/store.ts';
import type { DocumentNode, EventStream, Projection, ShapePart } from './document.ts';
import { namesSeen, readPlace, seenOtherwise, sees } from './entity-events-sight.ts';
import type { Sight } from './entity-events-sight.ts';

/** A place of a shape that the follower may read; parents come before what is behind them. */
export type WatchedPlace = {
  readonly part: ShapePart;
  readonly plan: AuthorizedPlan;
  /** Null for the root. */
  readonly parent: WatchedPlace | null;
};

/** One kind of root of a stream. `key` tells it from all others. */
export type WatchedRoots = {
  readonly key: string;
  readonly stream: EventStream<unknown>;
  /** Place among the streams asked for. */
  readonly order: number;
  readonly projection: Projection<unknown>;
  readonly places: readonly WatchedPlace[];
  /** Resources as they stand at a place of a document, by uid; those that the follower does not see are absent. */
  readonly nodesAt: (
    part: ShapePart,
    uids: readonly number[],
    reads: Pick<TenantReads, 'load' | 'related'>,
  ) => Promise<ReadonlyMap<number, DocumentNode>>;
};

/** What has been noticed of a resource. */
export type Noticed = {
  /** Of the last change; `at` epoch ms. */
  position: number;
  at: number;
  readonly fields: Set<string>;
  /** Something that the client may see of it is not as it was. */
  changed: boolean;
};

/** What has been noticed of a root. */
export type NoticedRoot = Noticed & {
  readonly uid: number;
  /** Its own coming and going within the stretch. */
  created: StoredChange | null;
  removed: StoredChange | null;
  /** The lowest clearance that has noticed it while it was there; 3 also when nobody has. */
  level: number;
};

export type FeedRow = StoredChange & { readonly collection: CollectionPath };

/** A stretch of the feed, with what the follower could see at its beginning and what it sees now. */
export type Stretch = {
  /** By collection, in the order of the feed. */
  readonly rows: ReadonlyMap<CollectionPath, readonly FeedRow[]>;
  readonly was: Sight;
  readonly is: Sight;
  /** Up to this position what the follower saw before may have gone from `was` already. */
  readonly top: number;
  /** What is noticed by the sights alone stands here. */
  readonly end: { readonly position: number; readonly at: number };
};

type Reads = Pick<TenantReads, 'linkedFrom' | 'load' | 'related' | 'select'>;

// As many are led back by one statement.
const rowsAtOnce = 2_000;
// Identifiers that one statement asks about.
const namesAtOnce = 100;

/**
 * The roots that anything in the stretch is about, by uid: at least all whose documents are not as they were. What the follower sees neither
 * before nor now is passed over, and so is what the stream has no name for.
 */
export const rootsOf = async (
  { stream, projection, places, nodesAt }: WatchedRoots,
  stretch: Looked,
  reads: Reads,
): Promise<ReadonlyMap<number, NoticedRoot>> => {
  const { shape } = projection;
  const noticed = new Map<WatchedPlace, Map<number, Noticed>>(places.map((place) => [place, new Map()]));
  const roots = new Map<number, NoticedRoot>();
  const namesOf = (part: ShapePart, names: Iterable<string>): readonly string[] =>
    stream.fieldsOf(shape, part, [...names]);

  // What is furthest from the root first: all that leads through a place is known by the time it is led on.
  for (const place of places.toReversed()) {
    const here = noticed.get(place) ?? new Map<number, Noticed>();
    const moved = new Map<number, Noticed>();
    const former: { readonly row: FeedRow; readonly identifier: IdentifierValue }[] = [];
    noteRows({ place, steps: stepsFrom(places, place), here, moved, former, roots }, stretch, namesOf);
    noteSights({ place, here, moved }, stretch, namesOf);
    const { parent } = place;
    if (parent === null) {
      for (const [uid, one] of here) {
        const root = roots.get(uid);
        if (root === undefined) roots.set(uid, { ...one, uid, ...nothingOwn });
        else join(root, one);
      }
      continue;
    }
    const above = noticed.get(parent) ?? new Map<number, Noticed>();
    const link = place.part.rule?.relation.jsonName ?? '';
    const asMoved = namesOf(parent.part, [link]);
    const opens = stream.opens?.get(place.part.at);
    /** Those to whom what is behind them counts. */
    const holders = async (uids: readonly number[]): Promise<ReadonlySet<number>> => {
      const seen = new Set(uids.filter((uid) => seenAtAll(stretch, parent, uid)));
      if (opens === undefined || seen.size === 0) return seen;
      const nodes = await nodesAt(parent.part, [...seen], reads);
      return new Set([...nodes].flatMap(([uid, node]) => (opens(node) ? [uid] : [])));
    };
    for (const uids of slices([...new Set([...here.keys(), ...moved.keys()])], rowsAtOnce)) {
      const pairs = await leadBack(place, parent, uids, reads);
      const counted = await holders(pairs.map(([, uid]) => uid));
      for (const [child, uid] of pairs) {
        if (!counted.has(uid)) continue;
        const [own, came] = [here.get(child), moved.get(child)];
        if (own !== undefined) note(above, uid, own);
        if (came !== undefined) note(above, uid, { ...came, fields: new Set(asMoved) });
      }
      await yieldToLoop();
    }
    for (const some of slices(former, namesAtOnce)) {
      const last = some.at(-1)?.row;
      if (last === undefined) continue;
      for (const uid of await holders([...(await namedBy(place, parent, some, reads))]))
        note(above, uid, { position: last.position, at: last.at, fields: new Set(asMoved), changed: true });
      await yieldToLoop();
    }
  }
  return roots;
};

type Noting = {
  readonly place: WatchedPlace;
  /** Of resources that are where they were. */
  readonly here: Map<number, Noticed>;
  /** Of resources that may have come to their parents, or gone from them. */
  readonly moved: Map<number, Noticed>;
};

type Looked = Stretch & {
  /** Only some roots are followed, by what their documents hold: all that changes of them counts. */
  readonly isChosen: boolean;
};

type NamesOf = (part: ShapePart, names: Iterable<string>) => readonly string[];

const seenAtAll = ({ was, is }: Stretch, { part }: WatchedPlace, uid: number): boolean => {
  const place = readPlace(part.collection.path);
  return sees(is, place, uid) || sees(was, place, uid);
};

/**
 * True of what has gone, or is called otherwise, in the part of the stretch that the sight at its beginning is newer than: it may have been seen until
 * then, and those who link to it by what it was called have no change of their own. Roots are in the sight or were told of.
 */
const mayHaveBeenSeen = ({ top }: Stretch, { parent }: WatchedPlace, { kind, position }: FeedRow): boolean =>
  parent !== null && position <= top && (kind === 'removed' || kind === 'identifier-changed');

/** What the feed says. */
const noteRows = (
  {
    place,
    steps,
    here,
    moved,
    former,
    roots,
  }: Noting & {
    readonly steps: ReturnType<typeof stepsFrom>;
    readonly former: { readonly row: FeedRow; readonly identifier: IdentifierValue }[];
    readonly roots: Map<number, NoticedRoot>;
  },
  stretch: Looked,
  namesOf: NamesOf,
): void => {
  const { part, plan, parent } = place;
  const { path } = part.collection;
  for (const row of stretch.rows.get(path) ?? []) {
    if (!seenAtAll(stretch, place, row.uid) && !mayHaveBeenSeen(stretch, place, row)) continue;
    const { uid, position, at, kind } = row;
    // Of its coming whoever sees it now must be told, whatever it was then; of the going of a root whoever held it.
    if (row.level > plan.clearance && kind !== 'created' && (parent !== null || kind !== 'removed')) continue;
    const entry = { position, at, fields: noFields, changed: true };
    if (kind === 'updated' || kind === 'identifier-changed') {
      const known = namesKnown(stretch, part, uid);
      const names = row.fields.filter((name) => known.has(name) && (steps.open.has(name) || !steps.all.has(name)));
      const fields = namesOf(part, names);
      // Without any name its own protection has changed: it may have been out of sight for a while, and have been asked for just then.
      const wasAway = parent === null && row.fields.length === 0;
      const changed = fields.length > 0 || wasAway || names.some((name) => steps.open.has(name));
      // A root may have become hidden and gone by now; and a choice may look at what has no name.
      if (changed || parent === null || stretch.isChosen)
        note(here, uid, { position, at, fields: new Set(fields), changed });
    }
    if (parent === null) {
      const root = roots.get(uid) ?? { ...entry, fields: new Set(), changed: false, uid, ...nothingOwn };
      roots.set(uid, root);
      if (kind === 'created' || kind === 'removed') join(root, entry);
      if (kind === 'created') root.created = row;
      if (kind === 'removed') root.removed = row;
      else root.level = Math.min(root.level, row.level);
      continue;
    }
    if (kind === 'updated') continue;
    if (kind !== 'removed') note(moved, uid, entry);
    // Links by what it was called lead to it no more, and those who gave them have not changed.
    if (kind !== 'created') for (const identifier of row.before) former.push({ row, identifier });
  }
};

/** What has come into sight, or gone out of it, or shows more or less. */
const noteSights = ({ place, here, moved }: Noting, stretch: Stretch, namesOf: NamesOf): void => {
  const { part, parent } = place;
  const { was, is, end } = stretch;
  if (was.id === is.id) return;
  const name = readPlace(part.collection.path);
  for (const uid of seenOtherwise(was, is, name)) {
    const [before, now] = [namesSeen(was, name, uid), namesSeen(is, name, uid)];
    const both = sees(was, name, uid) && sees(is, name, uid);
    const differing = both ? [...new Set([...before, ...now])].filter((one) => before.has(one) !== now.has(one)) : [];
    if (both && differing.length === 0) continue;
    const fields = new Set(namesOf(part, differing));
    note(both || parent === null ? here : moved, uid, { ...end, fields, changed: true });
  }
};

const namesKnown = ({ was, is }: Stretch, part: ShapePart, uid: number): ReadonlySet<string> => {
  const place = readPlace(part.collection.path);
  const [before, now] = [namesSeen(was, place, uid), namesSeen(is, place, uid)];
  if (before === now || before.size === 0) return now;
  return now.size === 0 ? before : new Set([...before, ...now]);
};

/** The relations by which a document goes on from a place: those that the follower may know of, and all. */
const stepsFrom = (
  places: readonly WatchedPlace[],
  place: WatchedPlace,
): { readonly open: ReadonlySet<string>; readonly all: ReadonlySet<string> } => {
  const behind = places.flatMap(({ part, parent }) => (parent === place ? [part] : []));
  return { open: relationsTo(behind), all: relationsTo(place.part.parts.values()) };
};

const relationsTo = (parts: Iterable<ShapePart>): ReadonlySet<string> => {
  const found = new Set<string>();
  for (const { rule } of parts) if (rule !== null) found.add(rule.relation.jsonName);
  return found;
};

const noFields: Set<string> = new Set();

/** Of a root whose own coming and going has not been noticed. */
export const nothingOwn: Pick<NoticedRoot, 'created' | 'removed' | 'level'> = {
  created: null,
  removed: null,
  level: 3,
};

const note = (notes: Map<number, Noticed>, uid: number, one: Noticed): void => {
  const known = notes.get(uid);
  if (known === undefined) notes.set(uid, { ...one, fields: new Set(one.fields) });
  else join(known, one);
};

const join = <T extends Noticed>(known: T, { position, at, fields, changed }: Noticed): T => {
  // Where it stands is a matter of what can be seen of it.
  if (changed && !known.changed) {
    known.position = position;
    known.at = at;
  } else if (changed === known.changed && position >= known.position) {
    known.position = position;
    known.at = at;
  }
  for (const field of fields) known.fields.add(field);
  known.changed ||= changed;
  return known;
};

/** Every parent of these resources, as links stand now, seen or not: child and parent. */
const leadBack = async (
  { part }: WatchedPlace,
  parent: WatchedPlace,
  uids: readonly number[],
  reads: Reads,
): Promise<readonly (readonly [child: number, parent: number])[]> => {
  const { rule } = part;
  if (rule === null || uids.length === 0) return [];
  const relation = rule.relation.jsonName;
  const targets = Float64Array.from(uids).sort();
  const parents = await reads.linkedFrom(relation, parent.part.collection.path, rule.inverse, targets);
  const [only] = uids;
  if (only !== undefined && uids.length === 1) return [...parents].map((uid) => [only, uid]);
  if (parents.length === 0) return [];
  const wanted = new Set(uids);
  const found: (readonly [number, number])[] = [];
  const pairs = await reads.related(parent.plan, relation, [...parents]);
  for (const [index, child] of pairs.to.entries()) {
    const uid = pairs.from[index];
    if (uid !== undefined && wanted.has(child)) found.push([child, uid]);
  }
  return found;
};

/** Parents that were given links by identifiers which nothing has any more, or which something else has now. */
const namedBy = async (
  { part: { collection, rule } }: WatchedPlace,
  parent: WatchedPlace,
  some: readonly { readonly identifier: IdentifierValue }[],
  reads: Reads,
): Promise<Float64Array> => {
  if (rule === null) return none;
  const terms = some.map(({ identifier: { field, value } }): FilterExpr => ({
    kind: 'linked',
    relation: rule.relation.jsonName,
    target: collection.path,
    field,
    value,
  }));
  const [only] = terms;
  const filter: FilterExpr = only !== undefined && terms.length === 1 ? only : { kind: 'or', terms };
  return (await reads.select(parent.plan, { filter, since: null }, Number.POSITIVE_INFINITY)) ?? none;
};

const none = new Float64Array();

const slices = function* <T>(all: readonly T[], size: number): Iterable<readonly T[]> {
  for (let from = 0; from < all.length; from += size) yield all.slice(from, from + size);
};

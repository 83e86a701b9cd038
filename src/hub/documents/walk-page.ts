// The documents of a page of a walk: what compose.ts makes, of a thousand roots at a time and with as little as can be for each resource, since
// there are millions. Every read goes by ascending uids, so that what lies together in the store is read together. Called by walk.ts.
import { yieldToLoop } from '#base/clock.ts';
import type { CollectionPath, ProtectionLevel } from '#model/model.ts';
import type { AuthorizedPlan, FieldView } from '#store/plan.ts';
import type { TenantReads } from '#store/store.ts';
import { viewOfRow } from '../prune.ts';
import type { DocumentAccess, Place } from './access.ts';
import { hidesAll, hidingOf, mayHold, nothing, withoutLinks } from './compose.ts';
import type { DocumentNode } from './document.ts';

export type WalkPage = {
  /** In the order of the uids. */
  readonly documents: readonly DocumentNode[];
  /** All resources in them, ascending, each once. */
  readonly seen: Float64Array;
};

type Values = DocumentNode['values'];

// Resources that are asked for together, and read before other work runs.
const rowsAtOnce = 2_048;

/** A class, since there are so many: what all of a place have alike is kept once, and an id is made only when it is asked for. */
class Node implements DocumentNode {
  readonly uid: number;
  readonly level: ProtectionLevel;
  readonly values: Values;
  readonly hides: DocumentNode['hides'];
  readonly parts: Record<string, readonly DocumentNode[]>;
  readonly view: FieldView;
  readonly #common: Common;
  #id: string | null = null;

  constructor(common: Common, uid: number, level: ProtectionLevel, { view, hides }: Seeing, values: Values) {
    this.uid = uid;
    this.level = level;
    this.values = values;
    this.hides = hides;
    this.parts = common.isLeaf ? noParts : {};
    this.view = view;
    this.#common = common;
  }

  get collection(): CollectionPath {
    return this.#common.path;
  }

  get id(): string {
    return (this.#id ??= this.#common.idOf(this.uid));
  }
}

/** How the caller sees some rows of a place. */
type Seeing = {
  readonly view: FieldView;
  readonly hides: DocumentNode['hides'];
  readonly pick: (value: unknown) => Values;
};

type Common = {
  readonly path: CollectionPath;
  readonly isLeaf: boolean;
  readonly idOf: (uid: number) => string;
};

const noParts: Record<string, readonly DocumentNode[]> = Object.freeze({});
const none: readonly DocumentNode[] = Object.freeze([]);

/** Nodes of one place, by their uids, ascending. */
type Nodes = { readonly uids: Float64Array; readonly nodes: readonly Node[] };

/** Roots (ascending) that are gone or that the caller does not see are left out. `idOf` gives the opaque id of a uid. */
export const readPage = async (
  reads: Pick<TenantReads, 'heads' | 'related'>,
  { plans, places }: Pick<DocumentAccess, 'plans' | 'places'>,
  roots: readonly number[],
  idOf: (uid: number) => string,
): Promise<WalkPage> => {
  const seen: Float64Array[] = [];

  const nodesOf = async (plan: AuthorizedPlan, { part, below }: Place, uids: readonly number[]): Promise<Nodes> => {
    const { collection, bare, attributes } = part;
    const common: Common = { path: collection.path, isLeaf: below.length === 0, idOf };
    const nodes: Node[] = [];
    // Rows that are seen alike mostly come together.
    let seeing: Seeing | null = null;
    for (let from = 0; from < uids.length; from += rowsAtOnce) {
      const some = from === 0 && uids.length <= rowsAtOnce ? uids : uids.slice(from, from + rowsAtOnce);
      const { uids: found, protection, values } = await reads.heads(plan, some, bare ? 'levels' : 'values');
      for (let index = 0; index < found.length; index += 1) {
        const uid = found[index] ?? 0;
        const level = levels[protection[index] ?? 3] ?? 3;
        const view = viewOfRow(plan, uid, level);
        if (view === null) continue;
        if (seeing?.view !== view) seeing = seeingBy(view, bare, attributes);
        nodes.push(new Node(common, uid, level, seeing, seeing.pick(values[index])));
      }
      await yieldToLoop();
    }
    const shown = new Float64Array(nodes.length);
    for (const [index, { uid }] of nodes.entries()) shown[index] = uid;
    if (shown.length > 0) seen.push(shown);
    return { uids: shown, nodes };
  };

  /** Puts what is behind some nodes into them. */
  const follow = async (from: Nodes, place: Place): Promise<void> => {
    const plan = plans.get(place.part.collection.path);
    if (plan === undefined) return;
    for (const [step, next] of place.below) {
      const target = plans.get(next.part.collection.path);
      const relation = next.part.rule?.relation.jsonName;
      if (target === undefined || relation === undefined) continue;
      const open = from.nodes.every(({ view }) => view.linked.has(relation))
        ? from.nodes
        : from.nodes.filter(({ view }) => view.linked.has(relation));
      if (open.length === 0) continue;
      const pairs = await pairsOf(reads, plan, relation, open);
      const behind = await nodesOf(target, next, targetsIn(target, pairs.to));
      let at = 0;
      const find = finderIn(behind);
      for (const node of open) {
        let linked: DocumentNode[] | null = null;
        for (; pairs.from[at] === node.uid; at += 1) {
          const found = find(pairs.to[at] ?? 0);
          if (found === undefined) continue;
          if (linked === null) linked = [found];
          else linked.push(found);
        }
        node.parts[step] = linked ?? none;
      }
      await follow(behind, next);
    }
  };

  const plan = plans.get(places.root.part.collection.path);
  if (plan === undefined) return { documents: [], seen: new Float64Array() };
  const page = await nodesOf(
    plan,
    places.root,
    roots.filter((uid) => mayHold(plan, uid)),
  );
  await follow(page, places.root);
  return { documents: page.nodes, seen: unionOf(seen) };
};

const levels = [0, 1, 2, 3] as const;

const seeingBy = (view: FieldView, bare: boolean, wanted: ReadonlySet<string> | null): Seeing =>
  bare
    ? { view, hides: hidesAll, pick: () => nothing }
    : { view, hides: hidingOf(view), pick: pickingOf(view, wanted) };

/** What a view shows of the attributes that are wanted (null = all), without links. */
const pickingOf = (view: FieldView, wanted: ReadonlySet<string> | null): Seeing['pick'] => {
  const names = namesOf(wanted, view);
  return (value) => {
    if (!isObject(value)) return nothing;
    if (names === null) {
      const cleared = holdsLinks(value) ? withoutLinks(value) : value;
      return isObject(cleared) ? cleared : nothing;
    }
    if (isWhole(value, names)) return value;
    const picked: Record<string, unknown> = {};
    for (const name in value) {
      if (!names.has(name)) continue;
      const member = value[name];
      picked[name] = holdsLinks(member) ? withoutLinks(member) : member;
    }
    return picked;
  };
};

/** Nothing has to be taken out. */
const isWhole = (value: Values, names: ReadonlySet<string>): boolean => {
  for (const name in value) if (!names.has(name) || holdsLinks(value[name])) return false;
  return true;
};

const namesOf = (wanted: ReadonlySet<string> | null, { full, attributes }: FieldView): ReadonlySet<string> | null =>
  wanted === null ? (full ? null : attributes) : full ? wanted : wanted.intersection(attributes);

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const holdsLinks = (value: unknown): boolean => {
  if (typeof value !== 'object' || value === null) return false;
  if (Array.isArray(value)) return value.some(holdsLinks);
  for (const name in value) if (name === '_links' || holdsLinks((value as Record<string, unknown>)[name])) return true;
  return false;
};

type Pairs = { readonly from: Float64Array; readonly to: Float64Array };

/** All that some nodes link to, some at a time. */
const pairsOf = async (
  reads: Pick<TenantReads, 'related'>,
  plan: AuthorizedPlan,
  relation: string,
  nodes: readonly Node[],
): Promise<Pairs> => {
  const all: Pairs[] = [];
  for (let at = 0; at < nodes.length; at += rowsAtOnce) {
    if (at > 0) await yieldToLoop();
    const uids = nodes.slice(at, at + rowsAtOnce).map(({ uid }) => uid);
    all.push(await reads.related(plan, relation, uids));
  }
  const [first] = all;
  if (all.length === 1 && first !== undefined) return first;
  return { from: joined(all.map(({ from }) => from)), to: joined(all.map(({ to }) => to)) };
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

/** What the plan may show of what pairs lead to, ascending, each once. */
const targetsIn = (plan: AuthorizedPlan, to: Float64Array): readonly number[] => {
  const targets: number[] = [];
  let last = 0;
  for (const uid of ascending(to)) {
    if (uid !== last && mayHold(plan, uid)) targets.push(uid);
    last = uid;
  }
  return targets;
};

/** The same where they are already. */
const ascending = (uids: Float64Array): Float64Array => {
  for (let index = 1; index < uids.length; index += 1)
    if ((uids[index] ?? 0) < (uids[index - 1] ?? 0)) return uids.slice().sort();
  return uids;
};

/** Looks nodes up. Most are asked for in their order. */
const finderIn = ({ uids, nodes }: Nodes): ((uid: number) => Node | undefined) => {
  let at = 0;
  return (uid) => {
    if (uids[at] === uid) return nodes[at];
    if (uids[at + 1] === uid) return nodes[(at += 1)];
    let [low, high] = [0, uids.length - 1];
    while (low <= high) {
      const middle = (low + high) >>> 1;
      const found = uids[middle] ?? 0;
      if (found === uid) return nodes[(at = middle)];
      if (found < uid) low = middle + 1;
      else high = middle - 1;
    }
    return undefined;
  };
};

/** Every uid of some sets once, ascending. */
const unionOf = (sets: readonly Float64Array[]): Float64Array => {
  // Each ascends, and those of different collections lie apart.
  const all = ascending(joined(sets.toSorted((a, b) => (a[0] ?? 0) - (b[0] ?? 0))));
  let kept = 0;
  for (const uid of all) {
    if (kept > 0 && all[kept - 1] === uid) continue;
    all[kept] = uid;
    kept += 1;
  }
  return all.subarray(0, kept);
};

// The documents of a page of a walk: what compose.ts makes, of a thousand roots at a time and with as little as can be for each resource, since
// there are millions. Every read goes by ascending uids, so that what lies together in the store is read together; what is read stays as columns, and
// becomes resources one document after the other, as they are looked at. Called by walk.ts.
import { yieldToLoop } from '#base/clock.ts';
import { finderIn, unionOf } from '#base/uid-sets.ts';
import type { CollectionPath, ProtectionLevel } from '#model/model.ts';
import type { AuthorizedPlan, FieldView } from '#store/plan.ts';
import type { Guarded, ResourceHeads, TenantReads } from '#store/store.ts';
import { levels } from '../graph/sight.ts';
import { viewOfRow } from '../prune.ts';
import type { DocumentAccess, Place } from './access.ts';
import { hidesAll, hidingOf, mayHold, nothing, withoutLinks } from './compose.ts';
import type { DocumentNode, WalkedDocuments } from './document.ts';
import { linkedPairs } from './linked-pairs.ts';
import type { Pairs } from './linked-pairs.ts';

export type WalkPage = {
  /** In the order of the uids. */
  readonly documents: WalkedDocuments;
  /** All resources in them, ascending, each once. */
  readonly seen: () => Float64Array;
};

type Values = DocumentNode['values'];

// Resources that are asked for together, and read before other work runs: a power of two.
const rowsAtOnce = 2_048;

/** How the caller sees some rows of a place. */
type Seeing = {
  readonly view: FieldView;
  readonly hides: DocumentNode['hides'];
  readonly pick: (value: unknown) => Values;
};

/** What all resources of a place in a page are made from: a row for each, by uid, ascending. */
type Column = {
  readonly path: CollectionPath;
  readonly idOf: (uid: number) => string;
  readonly uids: Float64Array;
  readonly levels: Uint8Array;
  readonly seeing: readonly Seeing[];
  /** What was read of them, up to `rowsAtOnce` at a time; none of bare ones. `where` is the place of a row in all of it. */
  readonly heads: readonly ResourceHeads[];
  readonly where: Int32Array;
  readonly steps: Step[];
  /** Resources that have been made, where many lead to the same. */
  readonly shared: (Node | undefined)[] | null;
};

/** What is behind the rows of a column: the rows `to[from[row]]` and on, up to `to[from[row + 1]]`, of another. */
type Step = {
  readonly name: string;
  /** Rows of which the caller sees the relation; null = all. */
  readonly open: Uint8Array | null;
  readonly from: Int32Array;
  readonly to: Int32Array;
  readonly behind: Column;
};

/** A class, since there are so many: what all of a place have alike stands in the column, and all else is made only when it is asked for. */
class Node implements DocumentNode {
  readonly #column: Column;
  readonly #row: number;
  #id: string | null = null;
  #values: Values | null = null;
  #parts: Record<string, readonly DocumentNode[]> | null = null;

  constructor(column: Column, row: number) {
    this.#column = column;
    this.#row = row;
  }

  get uid(): number {
    return this.#column.uids[this.#row] ?? 0;
  }

  get level(): ProtectionLevel {
    return levels[this.#column.levels[this.#row] ?? 3] ?? 3;
  }

  get collection(): CollectionPath {
    return this.#column.path;
  }

  get id(): string {
    return (this.#id ??= this.#column.idOf(this.uid));
  }

  get hides(): DocumentNode['hides'] {
    return this.#column.seeing[this.#row]?.hides ?? hidesAll;
  }

  get values(): Values {
    if (this.#values !== null) return this.#values;
    const { heads, where, seeing } = this.#column;
    const at = where[this.#row] ?? 0;
    const head = heads[Math.floor(at / rowsAtOnce)];
    const seen = seeing[this.#row];
    return (this.#values = head === undefined || seen === undefined ? nothing : seen.pick(head.value(at % rowsAtOnce)));
  }

  get parts(): Record<string, readonly DocumentNode[]> {
    return (this.#parts ??= this.#column.steps.length === 0 ? noParts : partsOf(this.#column, this.#row));
  }
}

const noParts: Record<string, readonly DocumentNode[]> = Object.freeze({});
const none: readonly DocumentNode[] = Object.freeze([]);

const nodeIn = (column: Column, row: number): Node => {
  const { shared } = column;
  if (shared === null) return new Node(column, row);
  return (shared[row] ??= new Node(column, row));
};

const partsOf = ({ steps }: Column, row: number): Record<string, readonly DocumentNode[]> => {
  const parts: Record<string, readonly DocumentNode[]> = {};
  for (const { name, open, from, to, behind } of steps) {
    if (open !== null && open[row] !== 1) continue;
    const [first = 0, end = 0] = [from[row], from[row + 1]];
    if (first === end) {
      parts[name] = none;
      continue;
    }
    const linked: DocumentNode[] = [];
    for (let at = first; at < end; at += 1) linked.push(nodeIn(behind, to[at] ?? 0));
    parts[name] = linked;
  }
  return parts;
};

/** Documents are made anew whenever they are gone through: none is kept for the sake of the others. */
const documentsOf = (column: Column): WalkedDocuments => ({
  length: column.uids.length,
  *[Symbol.iterator]() {
    for (let row = 0; row < column.uids.length; row += 1) yield new Node(column, row);
  },
});

/** Roots (ascending) that are gone or that the caller does not see are left out. `idOf` gives the opaque id of a uid. */
export const readPage = async (
  reads: Pick<TenantReads, 'heads' | 'related' | 'guarded'>,
  { plans, places }: Pick<DocumentAccess, 'plans' | 'places'>,
  roots: readonly number[],
  idOf: (uid: number) => string,
): Promise<WalkPage> => {
  const seen: Float64Array[] = [];

  /** `asked` = how many resources lead to them. */
  const columnOf = async (
    plan: AuthorizedPlan,
    { part }: Place,
    uids: readonly number[],
    asked: number,
  ): Promise<Column> => {
    const { collection, bare, attributes } = part;
    const heads: ResourceHeads[] = [];
    const [shown, where, protection] = [
      new Float64Array(uids.length),
      new Int32Array(uids.length),
      new Uint8Array(uids.length),
    ];
    const seeing: Seeing[] = [];
    let count = 0;
    // Rows that are seen alike mostly come together.
    let last: Seeing | null = null;
    const add = (uid: number, level: ProtectionLevel, at: number): void => {
      const view = viewOfRow(plan, uid, level);
      if (view === null) return;
      if (last?.view !== view) last = seeingBy(view, bare, attributes);
      shown[count] = uid;
      protection[count] = level;
      where[count] = at;
      seeing.push(last);
      count += 1;
    };
    if (bare) {
      // Links lead to what is there; how highly it is protected is known without looking at it.
      const levelOf = levelIn(await reads.guarded(collection.path));
      for (const uid of uids) add(uid, levelOf(uid), 0);
    } else
      for (let from = 0; from < uids.length; from += rowsAtOnce) {
        const some = from === 0 && uids.length <= rowsAtOnce ? uids : uids.slice(from, from + rowsAtOnce);
        const head = await reads.heads(plan, some, 'values');
        for (let index = 0; index < head.uids.length; index += 1)
          add(head.uids[index] ?? 0, levels[head.protection[index] ?? 3] ?? 3, heads.length * rowsAtOnce + index);
        heads.push(head);
        await yieldToLoop();
      }
    const isWhole = count === uids.length;
    const found = isWhole ? shown : shown.slice(0, count);
    if (count > 0) seen.push(found);
    return {
      path: collection.path,
      idOf,
      uids: found,
      levels: protection,
      seeing,
      heads,
      where,
      steps: [],
      shared: asked > sharedBy * count ? [] : null,
    };
  };

  /** Notes what is behind some resources. */
  const follow = async (from: Column, place: Place): Promise<void> => {
    const plan = plans.get(place.part.collection.path);
    if (plan === undefined) return;
    for (const [step, next] of place.below) {
      const target = plans.get(next.part.collection.path);
      const relation = next.part.rule?.relation.jsonName;
      if (target === undefined || relation === undefined) continue;
      const open = openIn(from, relation);
      const sources = open === null ? Array.from(from.uids) : Array.from(from.uids).filter((_, row) => open[row] === 1);
      if (sources.length === 0) continue;
      const pairs = await linkedPairs(reads, plan, relation, sources, rowsAtOnce);
      const behind = await columnOf(target, next, targetsIn(target, pairs.to), pairs.to.length);
      from.steps.push({ name: step, open, behind, ...rowsOf(from, pairs, behind) });
      await follow(behind, next);
    }
  };

  const plan = plans.get(places.root.part.collection.path);
  if (plan === undefined) return { documents: [], seen: () => new Float64Array() };
  const asked = roots.filter((uid) => mayHold(plan, uid));
  const page = await columnOf(plan, places.root, asked, asked.length);
  await follow(page, places.root);
  return { documents: documentsOf(page), seen: () => unionOf(seen) };
};

// From how many that lead to a resource it is made once for all of them.
const sharedBy = 2;

/** Gives the level of resources, asked for in the order of their uids. */
const levelIn = ({ uids, own }: Guarded): ((uid: number) => ProtectionLevel) => {
  let at = 0;
  let last = 0;
  return (uid) => {
    if (uids.length === 0) return 0;
    if (uid < last) at = 0;
    last = uid;
    while (at < uids.length && (uids[at] ?? 0) < uid) at += 1;
    return uids[at] === uid ? (levels[own[at] ?? 3] ?? 3) : 0;
  };
};

/** Rows whose relation the caller sees; null = all. */
const openIn = ({ uids, seeing }: Column, relation: string): Uint8Array | null => {
  let isAll = true;
  let last: Seeing | undefined;
  let isOpen = false;
  const open = new Uint8Array(uids.length);
  for (let row = 0; row < uids.length; row += 1) {
    const one = seeing[row];
    if (one !== last) [last, isOpen] = [one, one?.view.linked.has(relation) === true];
    open[row] = isOpen ? 1 : 0;
    isAll &&= isOpen;
  }
  return isAll ? null : open;
};

/** Pairs of uids as rows of two columns: of those that the caller sees. */
const rowsOf = ({ uids }: Column, pairs: Pairs, behind: Column): Pick<Step, 'from' | 'to'> => {
  const from = new Int32Array(uids.length + 1);
  const to = new Int32Array(pairs.to.length);
  const find = finderIn(behind.uids);
  let [at, count] = [0, 0];
  for (let row = 0; row < uids.length; row += 1) {
    const uid = uids[row] ?? 0;
    for (; pairs.from[at] === uid; at += 1) {
      const found = find(pairs.to[at] ?? 0);
      if (found === -1) continue;
      to[count] = found;
      count += 1;
    }
    from[row + 1] = count;
  }
  return { from, to };
};

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

/** What the plan may show of what pairs lead to, ascending, each once. */
const targetsIn = (plan: AuthorizedPlan, to: Float64Array): readonly number[] => {
  const targets: number[] = [];
  for (const uid of unionOf([to])) if (mayHold(plan, uid)) targets.push(uid);
  return targets;
};

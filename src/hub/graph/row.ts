// Resources on their way into a tree: a row as the store gave it, seen through a view, and the node that is made of it. Used by the other files here.
import { yieldToLoop } from '#base/clock.ts';
import type { Collection, CollectionPath, Model, ProtectionLevel } from '#model/model.ts';
import type { AuthorizedPlan, FieldView } from '#store/plan.ts';
import type { TenantReads, TreeRows } from '#store/store.ts';
import type { createPruner } from '../prune.ts';
import { hidingOf } from '../documents/compose.ts';
import type { GraphNode, GraphPage, GraphSelection } from './graph.ts';
import { valueAt } from './place.ts';
import type { Key, Ordering } from './place.ts';
import { levels } from './sight.ts';
import type { Sight } from './sight.ts';

export type Values = Readonly<Record<string, unknown>>;

/** A row that the caller sees. Its text is read when it is first needed, once. */
export class Row {
  readonly uid: number;
  readonly view: FieldView;
  #text: string | null;
  #values: Values | null;

  constructor(uid: number, view: FieldView, text: string | null, values: Values | null) {
    this.uid = uid;
    this.view = view;
    this.#text = text;
    this.#values = values;
  }

  /** All that is stored of it, seen or not; nothing where only levels were read. */
  get values(): Values {
    if (this.#values === null) {
      const parsed: unknown = this.#text === null ? nothing : JSON.parse(this.#text);
      this.#values = isObject(parsed) ? parsed : nothing;
      this.#text = null;
    }
    return this.#values;
  }
}

const nothing: Values = Object.freeze({});

const isObject = (value: unknown): value is Values =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Index-aligned; null where the caller does not see one. */
export const rowsAt = ({ viewOf }: Sight, { uids, protection, texts }: TreeRows): readonly (Row | null)[] => {
  const rows: (Row | null)[] = [];
  for (let index = 0; index < uids.length; index += 1) {
    const uid = uids[index] ?? 0;
    const view = viewOf(uid, levelAt(protection, index));
    rows.push(view === null ? null : new Row(uid, view, texts[index] ?? null, null));
  }
  return rows;
};

/** Those of some rows that the caller sees, in their order. */
export const rowsSeen = (sight: Sight, rows: TreeRows): readonly Row[] =>
  rowsAt(sight, rows).filter((row) => row !== null);

export const levelAt = (protection: Uint8Array, index: number): ProtectionLevel => levels[protection[index] ?? 3] ?? 3;

/** Names are the API's own, so that none of them is one that objects have anyway. A class without a prototype, since there are many. */
class Named<T> {
  [name: string]: T;
}
Object.setPrototypeOf(Named.prototype, null);
Reflect.deleteProperty(Named.prototype, 'constructor');

const none: Readonly<Record<string, never>> = Object.freeze(new Named<never>());

/** A row in a tree. What is stored of it stays hidden in it: only what is seen is in what an API gets. */
export class Node implements GraphNode {
  readonly uid: number;
  readonly collection: CollectionPath;
  readonly values: Values;
  readonly hides: GraphNode['hides'];
  readonly addresses: Record<string, readonly string[]>;
  readonly edges: Record<string, GraphPage>;
  readonly nested: Record<string, ReadonlyMap<string, GraphNode>>;
  readonly #row: Row;
  readonly #held: Values;
  #times = 0;

  constructor(common: Common, row: Row, values: Values, held: Values) {
    this.uid = row.uid;
    this.collection = common.path;
    this.values = values;
    this.hides = hidingOf(row.view);
    this.addresses = common.hasAddresses ? new Named() : none;
    this.edges = common.hasEdges ? new Named() : none;
    this.nested = common.hasEdges ? new Named() : none;
    this.#row = row;
    this.#held = held;
  }

  static rowOf(node: Node): Row {
    return node.#row;
  }

  /** The attributes on which links hang, as far as they are seen. */
  static heldBy(node: Node): Values {
    return node.#held;
  }

  /** How often it stands in the tree. */
  static timesOf(node: Node): number {
    return node.#times;
  }

  static count(node: Node, times: number): void {
    node.#times += times;
  }
}

type Common = {
  readonly path: CollectionPath;
  readonly hasAddresses: boolean;
  readonly hasEdges: boolean;
};

/** Attributes on whose values links hang. */
export const holdersOf = (collection: Collection): ReadonlySet<string> => {
  let found = holders.get(collection);
  if (found === undefined) {
    found = new Set([...collection.nestedLinks.values()].flatMap(({ at }) => at.slice(0, 1)));
    holders.set(collection, found);
  }
  return found;
};

const holders = new WeakMap<Collection, ReadonlySet<string>>();

/** Attributes whose values are needed for the edges of a selection. */
const holdersIn = ({ nestedLinks }: Collection, { edges }: GraphSelection): readonly string[] =>
  edges.flatMap(({ relation }) => nestedLinks.get(relation)?.at.slice(0, 1) ?? []);

/** Whether a selection needs more of its rows than that they are there. */
export const needsValues = (collection: Collection, selection: GraphSelection): boolean =>
  selection.attributes.length > 0 || holdersIn(collection, selection).length > 0;

// Rows whose text is read before other work runs.
const rowsPerTurn = 500;

/** Nodes of some rows, with what a selection wants of each as far as it is seen. */
export const nodesOf = async (
  { plan }: Sight,
  selection: GraphSelection,
  rows: readonly Row[],
  { pruner, reads, baseUrl, pause }: Making,
): Promise<readonly Node[]> => {
  const { collection } = plan;
  const held = holdersIn(collection, selection);
  const names = selection.attributes.filter((name) => collection.class.attributeByName.has(name));
  const all = held.length === 0 ? names : [...new Set([...names, ...held])];
  const some = holdersOf(collection);
  const mayHoldLinks = all.some((name) => some.has(name));
  const picks = new Map<FieldView, readonly string[]>();
  const picked: Values[] = [];
  for (const [index, row] of rows.entries()) {
    if (index % rowsPerTurn === rowsPerTurn - 1) await pause();
    let shown = picks.get(row.view);
    if (shown === undefined)
      picks.set(row.view, (shown = all.filter((name) => row.view.full || row.view.attributes.has(name))));
    picked.push(shown.length === 0 ? nothing : pick(row.values, shown));
  }
  const holding = mayHoldLinks
    ? rows.map((row, index) => ({ view: row.view, values: picked[index] ?? nothing }))
    : null;
  const pruned = holding === null ? picked : await pruner(plan).attributes(holding);
  const references = (selection.addresses ?? []).filter((name) => collection.links.get(name)?.target === null);
  const common: Common = {
    path: collection.path,
    hasAddresses: references.length > 0,
    hasEdges: selection.edges.length > 0,
  };
  const nodes = rows.map((row, index) => {
    const values = pruned[index] ?? nothing;
    return new Node(common, row, all === names ? values : pick(values, names), values);
  });
  if (references.length > 0) await putAddresses(reads, plan, references, nodes, `${baseUrl}/`);
  return nodes;
};

/** References stand behind what is read of rows otherwise. One that leads back into the hub is not what it says. */
const putAddresses = async (
  reads: Making['reads'],
  plan: AuthorizedPlan,
  relations: readonly string[],
  nodes: readonly Node[],
  base: string,
): Promise<void> => {
  const at = new Map(nodes.map((node) => [node.uid, node]));
  for (let from = 0; from < nodes.length; from += rowsPerTurn) {
    if (from > 0) await yieldToLoop();
    const uids = nodes.slice(from, from + rowsPerTurn).map(({ uid }) => uid);
    for (const { uid, body } of await reads.load(plan, uids)) {
      const node = at.get(uid);
      if (node === undefined) continue;
      const value: unknown = JSON.parse(body.toString());
      for (const relation of relations)
        if (Node.rowOf(node).view.relations.has(relation))
          node.addresses[relation] = hrefsOf(value, relation).filter((href) => !href.startsWith(base));
    }
  }
};

/** Addresses by a relation in the `_links` of a value. */
export const hrefsOf = (value: unknown, relation: string): readonly string[] => {
  const targets = valueAt(value, ['_links', relation]);
  if (!Array.isArray(targets)) return [];
  return targets.flatMap((link: unknown) => {
    const href = valueAt(link, ['href']);
    return typeof href === 'string' && href !== '' ? [href] : [];
  });
};

/** Addresses by a relation in the `_links` of the values at a path. */
export const hrefsIn = (value: unknown, path: readonly string[], relation: string): readonly string[] => {
  if (Array.isArray(value)) return value.flatMap((each) => hrefsIn(each, path, relation));
  const [name, ...rest] = path;
  if (name !== undefined) return hrefsIn(valueAt(value, [name]), rest, relation);
  return hrefsOf(value, relation);
};

/** What making nodes takes beside their rows. */
export type Making = {
  readonly pruner: (plan: AuthorizedPlan) => Pick<ReturnType<typeof createPruner>, 'attributes'>;
  readonly reads: Pick<TenantReads, 'load'>;
  readonly baseUrl: string;
  readonly pause: () => Promise<void>;
};

const pick = (values: Values, names: readonly string[]): Values => {
  const picked: Record<string, unknown> = {};
  for (const name of names) {
    const value = values[name];
    if (value !== undefined) picked[name] = value;
  }
  return picked;
};

/** Says what rows are ordered by, as far as they show it. */
export const keysOf = (model: Model, { leading }: Sight, { path, valueIn }: Ordering): ((row: Row) => Key) => {
  const [first] = path ?? [];
  const lead = leading === null ? null : [leading.attribute, model.identifierValue];
  const leadOf = (row: Row): string | null => {
    const found = lead === null ? null : valueAt(row.values, lead);
    return typeof found === 'string' ? found : null;
  };
  if (first === undefined) return (row) => ({ value: null, text: null, lead: leadOf(row), uid: row.uid });
  return (row) => {
    const isShown = row.view.full || row.view.attributes.has(first);
    const { value, text } = isShown ? valueIn(row.values) : unordered;
    return { value, text, lead: leadOf(row), uid: row.uid };
  };
};

const unordered = { value: null, text: null } as const;

/** A part of a list. A class, since there are many. */
export class Page implements GraphPage {
  readonly nodes: readonly Node[];
  readonly more: boolean;
  readonly total: number | null;
  readonly #placeOf: (row: Row) => string;

  constructor(nodes: readonly Node[], more: boolean, total: number | null, placeOf: (row: Row) => string) {
    this.nodes = nodes;
    this.more = more;
    this.total = total;
    this.#placeOf = placeOf;
  }

  place(index: number): string {
    const node = this.nodes[index];
    if (node === undefined) throw new RangeError('a place of a node that is not on the page');
    return this.#placeOf(Node.rowOf(node));
  }
}

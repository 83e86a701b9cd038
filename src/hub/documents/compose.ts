// Reads the resources of some documents, breadth first: at each depth one look for links and one for resources per collection, however many
// documents there are. What the caller sees of a resource is what every other API would show of it, apart from links, which are followed here under
// the plans of what they lead to. Called by documents.ts.
import { yieldToLoop } from '#base/clock.ts';
import type { ProtectionLevel } from '#model/model.ts';
import type { AuthorizedPlan, FieldView } from '#store/plan.ts';
import type { StoredResource, TenantReads } from '#store/store.ts';
import { viewOfRow } from '../prune.ts';
import type { DocumentAccess, Place } from './access.ts';
import type { DocumentNode } from './document.ts';
import { linkedPairs } from './linked-pairs.ts';
import type { Pairs } from './linked-pairs.ts';

/** A resource as the caller sees it. */
type Row = {
  readonly uid: number;
  readonly level: ProtectionLevel;
  readonly view: FieldView;
  readonly hides: (attribute: string) => boolean;
  readonly values: Readonly<Record<string, unknown>>;
};

type Node = DocumentNode & { readonly parts: Record<string, DocumentNode[]> };
type Nodes = { readonly place: Place; readonly rows: readonly Row[]; readonly nodes: ReadonlyMap<number, Node> };
/** A step from some resources, with the pairs that it links. */
type Step = { readonly place: Place; readonly step: string; readonly from: Nodes; readonly pairs: Pairs };

// As many as one look is for: a page of documents, and more only where each leads to several.
const rowsAtOnce = 512;
// Resources that are read from their text before other work runs.
const rowsPerTurn = 100;

/** Documents by the uid of their root; those that are gone or that the caller does not see are absent. `idOf` gives the opaque id of a uid. */
export const compose = async (
  reads: Pick<TenantReads, 'load' | 'related'>,
  { plans, places }: Pick<DocumentAccess, 'plans' | 'places'>,
  uids: readonly number[],
  idOf: (uid: number) => string,
): Promise<ReadonlyMap<number, DocumentNode>> => {
  const seen = createSight(reads);

  const nodesOf = (place: Place, found: readonly number[]): Nodes => {
    const rows: Row[] = [];
    const nodes = new Map<number, Node>();
    const { bare, attributes } = place.part;
    const { path } = place.part.collection;
    for (const uid of found) {
      const row = seen.row(uid, bare);
      if (row === null) continue;
      rows.push(row);
      nodes.set(uid, {
        uid,
        // Most are never asked for.
        get id() {
          return idOf(uid);
        },
        collection: path,
        level: row.level,
        values: bare ? nothing : attributes === null ? row.values : wanted(row.values, attributes),
        hides: bare ? hidesAll : row.hides,
        parts: {},
      });
    }
    return { place, rows, nodes };
  };

  /** What is behind some resources; null when the caller may not know. */
  const follow = async (from: Nodes, step: string, place: Place): Promise<Step | null> => {
    const plan = plans.get(from.place.part.collection.path);
    const relation = place.part.rule?.relation.jsonName;
    if (plan === undefined || relation === undefined || !plans.has(place.part.collection.path)) return null;
    const open: number[] = [];
    for (const { uid, view } of from.rows) {
      if (!view.linked.has(relation)) continue;
      open.push(uid);
      const node = from.nodes.get(uid);
      if (node !== undefined) node.parts[step] = [];
    }
    return open.length === 0
      ? null
      : { place, step, from, pairs: await linkedPairs(reads, plan, relation, open, rowsAtOnce) };
  };

  const root = plans.get(places.root.part.collection.path);
  if (root === undefined) return new Map();
  await seen.load([[root, uids, places.root.part.bare]]);
  const roots = nodesOf(places.root, uids);
  for (let level: readonly Nodes[] = [roots]; level.length > 0;) {
    const asked = level.flatMap((from) => from.place.below.map(([step, place]) => follow(from, step, place)));
    const steps = (await Promise.all(asked)).filter((step) => step !== null);
    await seen.load(
      steps.flatMap(({ place, pairs }) => {
        const plan = plans.get(place.part.collection.path);
        return plan === undefined ? [] : [[plan, pairs.to, place.part.bare] as const];
      }),
    );
    level = steps.map(({ place, step, from, pairs }) => {
      const behind = nodesOf(place, [...new Set(pairs.to)]);
      for (let index = 0; index < pairs.from.length; index += 1) {
        const target = behind.nodes.get(pairs.to[index] ?? 0);
        if (target !== undefined) from.nodes.get(pairs.from[index] ?? 0)?.parts[step]?.push(target);
      }
      return behind;
    });
  }
  return roots.nodes;
};

type Wanted = readonly [plan: AuthorizedPlan, uids: ArrayLike<number> & Iterable<number>, bare: boolean];

/** The resources that a composition has come upon, each read once; of those that are only wanted bare, no values. */
const createSight = (reads: Pick<TenantReads, 'load'>) => {
  const rows = new Map<number, Row | null>();
  const bareRows = new Map<number, Row | null>();
  let sinceTurn = 0;

  const read = async (plan: AuthorizedPlan, uids: readonly number[], bare: boolean): Promise<void> => {
    const into = bare ? bareRows : rows;
    for (let from = 0; from < uids.length; from += rowsAtOnce) {
      if (from > 0) await yieldToLoop();
      for (const stored of await reads.load(plan, uids.slice(from, from + rowsAtOnce))) {
        into.set(stored.uid, rowOf(plan, stored, bare));
        sinceTurn += 1;
        if (sinceTurn % rowsPerTurn === 0) await yieldToLoop();
      }
    }
  };

  return {
    row: (uid: number, bare: boolean): Row | null => (bare ? bareRows.get(uid) : null) ?? rows.get(uid) ?? null,
    /** Reads what has not been read yet: once for each plan. */
    load: async (wanted: readonly Wanted[]): Promise<void> => {
      const unread = [new Map<AuthorizedPlan, number[]>(), new Map<AuthorizedPlan, number[]>()] as const;
      for (const [plan, uids, bare] of wanted) {
        const into = bare ? bareRows : rows;
        const some = unread[bare ? 1 : 0];
        for (const uid of uids) {
          if (rows.has(uid) || into.has(uid)) continue;
          // What is gone by then stays unseen.
          into.set(uid, null);
          if (!mayHold(plan, uid)) continue;
          const list = some.get(plan);
          if (list === undefined) some.set(plan, [uid]);
          else list.push(uid);
        }
      }
      await Promise.all(
        unread.flatMap((some, index) => [...some].map(([plan, uids]) => read(plan, uids, index === 1))),
      );
    },
  };
};

/** Of a resource that is only wanted bare. */
export const nothing: Row['values'] = {};
export const hidesAll: Row['hides'] = () => true;

const wanted = (values: Row['values'], attributes: ReadonlySet<string>): Row['values'] =>
  Object.fromEntries(Object.entries(values).filter(([name]) => attributes.has(name)));

/** Says whether a plan's rows may be this one. */
export const mayHold = ({ portions }: AuthorizedPlan, uid: number): boolean =>
  portions.some(({ rows }) => rows === 'all' || rows.has(uid));

const rowOf = (plan: AuthorizedPlan, { uid, protection, body }: StoredResource, bare: boolean): Row | null => {
  const view = viewOfRow(plan, uid, protection);
  if (view === null) return null;
  return { uid, level: protection, view, hides: hidingOf(view), values: bare ? nothing : valuesOf(body, view) };
};

/** One function for a view, since every resource carries it. */
export const hidingOf = (view: FieldView): Row['hides'] => {
  let hides = hidings.get(view);
  if (hides === undefined) hidings.set(view, (hides = (attribute) => !view.full && !view.attributes.has(attribute)));
  return hides;
};

const hidings = new WeakMap<FieldView, Row['hides']>();

const linksMember = Buffer.from(',"_links":{');

/** The attributes that a view shows of a stored body, without any links. */
export const valuesOf = (body: Buffer, view: Pick<FieldView, 'full' | 'attributes'>): Row['values'] => {
  const value = withoutLinks(attributesOf(body));
  if (!isObject(value)) return {};
  return view.full ? value : Object.fromEntries(Object.entries(value).filter(([name]) => view.attributes.has(name)));
};

/** Links stand last in a body, and may be many times as long as the rest: they are cut off before it is parsed. */
const attributesOf = (body: Buffer): unknown => {
  const split = body.lastIndexOf(linksMember);
  if (split > 0) {
    try {
      return JSON.parse(`${body.toString('utf8', 0, split)}}`);
    } catch {
      // They were those of a value within.
    }
  }
  return JSON.parse(body.toString());
};

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The same value when there are no links in it. */
export const withoutLinks = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.some(holdsObject) ? value.map(withoutLinks) : value;
  if (!isObject(value)) return value;
  let changed = false;
  const kept: [string, unknown][] = [];
  for (const [name, member] of Object.entries(value)) {
    if (name === '_links') {
      changed = true;
      continue;
    }
    const cleared = withoutLinks(member);
    changed ||= cleared !== member;
    kept.push([name, cleared]);
  }
  return changed ? Object.fromEntries(kept) : value;
};

const holdsObject = (value: unknown): boolean => typeof value === 'object' && value !== null;

/** All resources in a document, ascending. */
export const uidsIn = (root: DocumentNode): Float64Array => {
  const found = new Set<number>();
  const visited = new Set<DocumentNode>();
  const visit = (node: DocumentNode): void => {
    if (visited.has(node)) return;
    visited.add(node);
    found.add(node.uid);
    for (const nodes of Object.values(node.parts)) for (const each of nodes) visit(each);
  };
  visit(root);
  return Float64Array.from(found).sort();
};

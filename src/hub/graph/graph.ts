// Trees of resources: what APIs ask whose clients choose how far they read. A level at a time for all resources of it together, each collection under
// a decision of its own. The contract between those APIs and this folder; holds no HTTP, no query language and no name of the model.
import type { Problem } from '#base/errors.ts';
import type { CollectionPath } from '#model/model.ts';
import type { Narrow } from '../documents/document.ts';
import type { QueryContext } from '../query.ts';

/** Resources of one collection, and what is wanted of each. */
export type GraphSelection = {
  readonly collection: CollectionPath;
  /** Attributes (jsonNames) whose values are wanted. None: values are not read. */
  readonly attributes: readonly string[];
  /** Relations (jsonNames) of the resource itself that lead out of the model, whose addresses are wanted. Absent = none. */
  readonly addresses?: readonly string[];
  readonly edges: readonly GraphEdge[];
};

/** What is reached from the resources of a selection. */
export type GraphEdge = {
  /** Apart from the names of the other edges of the selection. */
  readonly name: string;
  /** Key of `Collection.links`, or of `Collection.nestedLinks` for what hangs on a complex value (`hybeladresse.land`). */
  readonly relation: string;
  readonly to: GraphSelection;
  /** Which of them count; null = all. */
  readonly narrow: Narrow | null;
  readonly order: GraphOrder | null;
  /** So many of each, after a place in one of them; null = all. Never of what hangs on a complex value. */
  readonly page: { readonly first: number; readonly after: string | null } | null;
  /** Whether it is wanted how many there are. */
  readonly count: boolean;
};

/** By an attribute, then by the leading identifier. Null where an order may be given: by the leading identifier alone. */
export type GraphOrder = { readonly path: readonly string[]; readonly direction: 'ascending' | 'descending' };

export type GraphRoot =
  /** Of one collection, or of several one after the other. */
  | {
      readonly kind: 'list';
      readonly selections: readonly GraphSelection[];
      /** Index-aligned with the selections. */
      readonly narrow: readonly (Narrow | null)[];
      readonly order: GraphOrder | null;
      readonly page: { readonly first: number; readonly after: string | null };
      readonly count: boolean;
    }
  /** By values of an identifier, or of another attribute that has one owner: index-aligned, null where the caller sees none. The same may stand more than once. */
  | {
      readonly kind: 'named';
      readonly selection: GraphSelection;
      readonly by: { readonly identifier: string } | { readonly attribute: readonly string[] };
      readonly values: readonly string[];
    }
  /** By uid: index-aligned, null where the caller sees none. */
  | { readonly kind: 'uids'; readonly selection: GraphSelection; readonly uids: readonly number[] }
  /**
   * Which resources of a collection match, in the order of creation, and how many: for those who read them another way, under decisions for lists. What
   * relations lead to in the choice has to be the caller's to list too.
   */
  | {
      readonly kind: 'rows';
      readonly collection: CollectionPath;
      /** Null = all. */
      readonly narrow: Narrow | null;
      readonly page: RowsPage;
    };

/** So many behind a uid (null = from the first), or from the so manieth on. */
export type RowsPage =
  | { readonly after: number | null; readonly size: number }
  | { readonly offset: number; readonly size: number };

/** A resource as the caller sees it. */
export type GraphNode = {
  readonly uid: number;
  readonly collection: CollectionPath;
  /** The wanted attributes that the caller sees, as stored: `_links` stand in complex values and not beside them. */
  readonly values: Readonly<Record<string, unknown>>;
  /** True when the caller does not get this attribute of the resource, whether it has a value or not. */
  readonly hides: (attribute: string) => boolean;
  /** Of the wanted relations: addresses as they stand in the resource. Absent where the caller may not know of the relation. */
  readonly addresses: Readonly<Record<string, readonly string[]>>;
  /** By name of the edge. Absent where the caller may not know of the relation or of anything behind it. */
  readonly edges: Readonly<Record<string, GraphPage>>;
  /** What hangs on complex values, by name of the edge, then by the address that stands in their `_links`; what the caller does not see is absent. */
  readonly nested: Readonly<Record<string, ReadonlyMap<string, GraphNode>>>;
};

export type GraphPage = {
  readonly nodes: readonly GraphNode[];
  readonly more: boolean;
  /** Null when it was not wanted. */
  readonly total: number | null;
  /** The place of a node in its order, to go on after: text of the values that it is ordered by, parted by NUL. */
  readonly place: (index: number) => string;
};

export type GraphAnswer =
  | { readonly kind: 'page'; readonly page: GraphPage }
  | { readonly kind: 'nodes'; readonly nodes: readonly (GraphNode | null)[] }
  /** Ascending. `total`: all that match and that the caller sees. */
  | { readonly kind: 'rows'; readonly uids: readonly number[]; readonly total: number; readonly more: boolean }
  /** No grant for the root's collection. To be answered like an owner that does not exist. */
  | { readonly kind: 'missing' }
  | { readonly kind: 'refused'; readonly problem: Problem };

export type Graph = {
  /**
   * Reads all roots, a level of all of them at a time, and records what was seen, durably, before it answers: index-aligned. Refuses a root whose
   * place is none of its order (HUB-410), whose choice takes too long to find (HUB-121), or that reads more than `limits.graphNodes` (HUB-424), and all of
   * them once the signal of the context is aborted (HUB-106). Rejects only when a store does.
   */
  readonly read: (roots: readonly GraphRoot[], context: QueryContext) => Promise<readonly GraphAnswer[]>;
};

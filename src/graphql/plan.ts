// What a compiled operation is made of, and what a run of it keeps. Made by compile-plan.ts and the files beside it, used by run-operation.ts.
import type { VariableValues } from 'graphql';
import type { GraphEdge, GraphNode, GraphPage, GraphSelection } from '#hub/graph/graph.ts';
import type { CollectionPath } from '#model/model.ts';
import type { AnswerError } from './answer-error.ts';
import type { Args, FaceRequest } from './face.ts';

/** What a request is run with, and what it has met so far. */
export type Run = {
  readonly request: FaceRequest;
  readonly variables: VariableValues;
  /** Arguments of fields that ask for variables, and names of edges, by the place that compiling gave them. */
  readonly kept: unknown[];
  /** Where in the answer something is written: as deep as it is, what lies deeper is of before. */
  readonly path: (string | number)[];
  /** An error of the field at the first so many steps of the path. */
  readonly fail: (error: AnswerError, depth: number) => void;
  /** The same for what nobody has foreseen: told without saying what. */
  readonly failUnexpected: (error: unknown, depth: number) => void;
  /** Errors take nothing with them: what must not be null and is stays null. */
  readonly keepsErrors: boolean;
  /** Characters of what has been written. */
  written: number;
  /** Resources that fields have produced, by the place in the document, then by collection and uid. */
  readonly refs: Map<number, Refs>;
};

export type Refs = {
  readonly target: ObjectTarget;
  readonly of: Map<CollectionPath, Map<number, GraphNode | null>>;
};

/** JSON text of a value; undefined where it must be, and is not: it takes its parent with it. `node` is the resource that the value is of. */
export type Write = (value: unknown, node: GraphNode | null, run: Run) => string | undefined;

/** What is wanted of a collection while a selection is put together. */
export type Selecting = {
  readonly collection: CollectionPath;
  readonly attributes: Set<string>;
  readonly addresses: Set<string>;
  readonly edges: Map<string, SelectingEdge>;
};

export type SelectingEdge = Omit<GraphEdge, 'to' | 'name' | 'count'> & { readonly to: Selecting; count: boolean };

/** The fields of one object type at one place. */
export type ObjectPlan = {
  /** Adds what they need of a resource. */
  readonly ask: (selecting: Selecting, run: Run) => void;
  readonly write: Write;
  /** Finds resources in what a field has produced. */
  readonly gather: (value: unknown, run: Run) => void;
  /** Resources below one of these. */
  readonly cost: (run: Run) => number;
};

/** What stands at one place: an object of one type, or of one of several. */
export type ObjectTarget = {
  /** Null where the type is closed, or is another. */
  readonly planOf: (collection: CollectionPath) => ObjectPlan | null;
  readonly select: (collection: CollectionPath, run: Run) => Selecting;
  readonly ask: (selecting: Selecting, run: Run) => void;
  /** The most that one of them costs. */
  readonly cost: (run: Run) => number;
};

/** A connection at one place. */
export type ConnectionPlan = {
  /** Whether any of its resources is wanted, or only how many there are. */
  readonly wantsNodes: boolean;
  readonly wantsCount: boolean;
  readonly ask: (selecting: Selecting, run: Run) => void;
  readonly write: (page: GraphPage, isFirst: boolean, run: Run) => string | undefined;
  readonly cost: (run: Run) => number;
};

/** A field at one place. */
export type FieldPlan = {
  readonly key: string;
  readonly ask: (selecting: Selecting, run: Run) => void;
  readonly write: Write;
  readonly gather: (value: unknown, run: Run) => void;
  readonly cost: (run: Run) => number;
};

/** Where a field stands: how deep in the answer, and at which path of its resource. */
export type FieldPlace = { readonly depth: number; readonly base: readonly string[] };

// The same for all that need nothing, so that they can be told apart.
export const asksNothing = (): void => {};
export const gathersNothing = (): void => {};
export const costsNothing = (): number => 0;

export const startSelecting = (collection: CollectionPath): Selecting => ({
  collection,
  attributes: new Set(),
  addresses: new Set(),
  edges: new Map(),
});

/** The selection as the hub takes it. */
export const selectionOf = ({ collection, attributes, addresses, edges }: Selecting): GraphSelection => ({
  collection,
  attributes: [...attributes],
  ...(addresses.size === 0 ? {} : { addresses: [...addresses] }),
  edges: [...edges].map(([name, { to, ...edge }]) => ({ name, ...edge, to: selectionOf(to) })),
});

/** The arguments of a field, worked out once for each run. */
export type ReadArgs = (run: Run) => Args;

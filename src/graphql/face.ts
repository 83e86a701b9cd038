// What a GraphQL API is, as data: its types, and where each field comes from. Made by the APIs that speak GraphQL, one face each; read by what builds
// schemas, compiles documents and runs them. Knows no HTTP and no name of the model.
import type { Problem } from '#base/errors.ts';
import type { CollectionPath, ContractMark, Text } from '#model/model.ts';
import type { Narrow } from '#hub/documents/document.ts';
import type { GraphNode, GraphOrder } from '#hub/graph/graph.ts';
import type { QueryContext } from '#hub/query.ts';

/** In the syntax of the schema language: `[Emne!]!`. */
export type TypeRef = string;

export type Marks = {
  /** Null = that of the API as a whole. What is not `production` is there for those alone who send its flag. */
  readonly contract: ContractMark | null;
  /** Further flags of which one must be sent. Absent = none. */
  readonly flags?: readonly string[];
  /** Why it should not be used any more, and what instead; null = it is not deprecated. */
  readonly deprecated: string | null;
};

export type FaceInput = {
  readonly name: string;
  readonly type: TypeRef;
  /** As a GraphQL value in JSON; absent = none. */
  readonly default?: unknown;
  readonly describe: Text;
  readonly marks: Marks;
};

export type Args = Readonly<Record<string, unknown>>;

/** What is known of the request. */
export type FaceRequest = {
  readonly context: QueryContext;
  /** Epoch ms. */
  readonly now: number;
  /** Aborted when nobody waits for the answer any more: what only reads then stops. Absent = somebody always does. */
  readonly signal?: AbortSignal;
  /** As the client has sent it, for what changes something. Absent = none. */
  readonly idempotencyKey?: string | null;
};

/** An error of one field: a message for the client, with a code of the hub's table. */
export type FaceError = { readonly error: Problem };

/** Which resources a root field asks for; what of them follows from the selection. */
export type RootAsk =
  | {
      readonly kind: 'list';
      readonly collections: readonly CollectionPath[];
      /** Index-aligned. */
      readonly narrow: readonly (Narrow | null)[];
      readonly order: GraphOrder | null;
      readonly first: number;
      /** A cursor as the client has sent it; null = from the beginning. */
      readonly after: string | null;
      /** Told in `extensions` of the answer, by name of the field: what the client has not asked for and gets (`erAktiv: [true]`). Absent = nothing. */
      readonly defaults?: Readonly<Record<string, unknown>>;
    }
  | {
      readonly kind: 'named';
      readonly collection: CollectionPath;
      readonly by: { readonly identifier: string } | { readonly attribute: readonly string[] };
      readonly values: readonly string[];
    }
  /** Index-aligned over collections: each is found in the one that it names, by an identifier; null is found nowhere. */
  | {
      readonly kind: 'nodes';
      readonly of: readonly ({
        readonly collection: CollectionPath;
        readonly identifier: string;
        readonly value: string;
      } | null)[];
      /** Null also for one of which nothing is open to the caller, and not `Face.missing`. */
      readonly quiet?: true;
    }
  /** Nothing is asked of the hub: null, or an empty list. */
  | { readonly kind: 'nothing' };

declare const nodeRef: unique symbol;

/** A resource within what a field has produced: read as its selection wants it. Made by `createNodeRef` alone. */
export type NodeRef = { readonly [nodeRef]: true; readonly collection: CollectionPath; readonly uid: number };

/**
 * Where the value of a field comes from. On a type of `of: 'node'` the parent is a resource, on `of: 'value'` a complex value within one, on
 * `of: 'made'` an object that a field has produced or made: its fields are of kind `value`, with paths of own properties; where its type is one of
 * several (interface, union), an own property `__typename` says which. A field that has produced one may hold `NodeRef`s in it.
 */
export type Source =
  /** A value at a path of the parent: a leaf, or for a type of `of: 'value'` an object. `read` makes of it what the field's type wants; pure. */
  | { readonly kind: 'value'; readonly path: readonly string[]; readonly read?: (value: unknown) => unknown }
  /** Made from several attributes of a resource: `from` gets those that the caller sees. Pure. */
  | { readonly kind: 'made-of'; readonly attributes: readonly string[]; readonly from: (node: GraphNode) => unknown }
  /** What a relation (jsonName) leads to: one or none, or a list of all. */
  | {
      readonly kind: 'link';
      readonly relation: string;
      readonly many: boolean;
      readonly collections: readonly CollectionPath[];
    }
  /** The same a page at a time. `ask` says which and how many; null = all, by the arguments `first` and `after`. */
  | {
      readonly kind: 'connection';
      readonly relation: string;
      readonly collections: readonly CollectionPath[];
      readonly defaultFirst: number;
      readonly ask: ((args: Args) => { readonly narrow: Narrow | null; readonly order: GraphOrder | null }) | null;
    }
  /** The opaque id of a node, by `Face.ids`. */
  | { readonly kind: 'id' }
  /** Addresses of what a relation leads to, as they stand in the resource (FINT's references outside the model). */
  | { readonly kind: 'address'; readonly relation: string; readonly many: boolean }
  /** Of a root field: a connection, a list, or one. */
  | {
      readonly kind: 'root';
      readonly ask: (args: Args, request: FaceRequest) => RootAsk | FaceError | Promise<RootAsk | FaceError>;
      /** Resources that `ask` reads for each that it asks for: the cost counts them. Absent = none. */
      readonly besides?: number;
    }
  /** Of a root field: an object that is made when it is asked for; resources in it are `NodeRef`s. Mutations run one after the other. */
  | { readonly kind: 'produced'; readonly run: (args: Args, request: FaceRequest) => Promise<unknown> };

export type FaceField = {
  readonly name: string;
  readonly type: TypeRef;
  readonly args: readonly FaceInput[];
  readonly describe: Text;
  readonly marks: Marks;
  readonly source: Source;
};

export type FaceType =
  | {
      readonly kind: 'object';
      readonly name: string;
      readonly describe: Text;
      readonly marks: Marks;
      readonly interfaces: readonly string[];
      /** What the objects are; a node type also says of which collections. */
      readonly of: 'node' | 'value' | 'made' | 'root';
      readonly collections?: readonly CollectionPath[];
      readonly fields: readonly FaceField[];
    }
  | {
      readonly kind: 'interface';
      readonly name: string;
      readonly describe: Text;
      readonly marks: Marks;
      readonly fields: readonly Omit<FaceField, 'source'>[];
      /** Its objects are there only where something else leads to them: what everything can be (`Node`) would open all there is. */
      readonly apart?: true;
    }
  | {
      readonly kind: 'union';
      readonly name: string;
      readonly describe: Text;
      readonly marks: Marks;
      readonly members: readonly string[];
    }
  | {
      readonly kind: 'enum';
      readonly name: string;
      readonly describe: Text;
      readonly marks: Marks;
      readonly values: readonly { readonly name: string; readonly describe: Text; readonly marks: Marks }[];
    }
  | {
      readonly kind: 'input';
      readonly name: string;
      readonly describe: Text;
      readonly marks: Marks;
      readonly fields: readonly FaceInput[];
      /** Exactly one of the fields must be given. */
      readonly oneOf?: true;
    }
  | {
      readonly kind: 'scalar';
      readonly name: string;
      readonly describe: Text;
      readonly marks: Marks;
      readonly specifiedBy: string | null;
      /** Checks and reads a value that a client has sent; a text says what is wrong with it, without repeating it. */
      readonly read: (value: unknown) => { readonly value: unknown } | { readonly wrong: string };
      /** Writes a value of the model as JSON. */
      readonly write: (value: unknown) => unknown;
    };

/**
 * Connections and edges of node types are made by the engine: a type reference `EmneConnection` that no type of the face has is a connection of what its
 * field leads to, with `edges { cursor node }`, `nodes`, `pageInfo` and `totalCount`, and an edge type beside it.
 */
export type Face = {
  /** Catalogue id of the API. */
  readonly api: string;
  readonly query: string;
  /** Null = none. */
  readonly mutation: string | null;
  readonly types: readonly FaceType[];
  /** Connection types by name, with the type of their nodes. */
  readonly connections: ReadonlyMap<string, { readonly node: string; readonly marks: Marks }>;
  /** The type of a resource of a collection: for interfaces and unions. */
  readonly typeOf: (collection: CollectionPath) => string;
  /** The opaque id of a node, and the attributes that it is made of. Null where the API has none. */
  readonly ids: {
    readonly attributes: (collection: CollectionPath) => readonly string[];
    readonly of: (node: GraphNode, context: QueryContext) => string | null;
  } | null;
  /** Documents may say how they are to be answered: `@defer`, which defers nothing, and the directive by which errors take nothing with them. Absent = not. */
  readonly answering?: true;
  /** The day since which a part is offered as it is, by its coordinate; null = not known. Absent = none is. */
  readonly since?: (coordinate: string) => string | null;
  /** The answer of a root field where the caller has no grant for what it asks (lists, and what is named): the same as for an owner that does not exist. Absent = null. */
  readonly missing?: Problem;
};

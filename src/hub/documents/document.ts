// Documents: what mapped APIs answer with, put together of several resources. The shape says, as data, which resources belong to one; the hub
// reads them as the caller sees them, each collection under a plan of its own, and remembers what was made of them. The contract between mapped
// APIs and this folder; beside the Hub type, since compose.ts gives an API both. Holds no name of the model.
import type { FilterExpr } from '#model/filter.ts';
import type { Collection, CollectionPath, LinkRule, ProtectionLevel } from '#model/model.ts';
import type { Problem } from '#base/errors.ts';
import type { QueryContext } from '../query.ts';

/** What is reached from a resource, by the name that it has in the document. */
export type ShapeSteps = { readonly [name: string]: ShapeStep };
export type ShapeStep = {
  readonly relation: string;
  readonly steps: ShapeSteps;
  /** Only which resources these are is wanted: their values are not read, and nothing is behind them. */
  readonly bare?: true;
  /** The attributes (jsonNames) that are wanted; what is not among them is not in `values`, whoever sees it. Absent = all. */
  readonly attributes?: readonly string[];
};

/** Which resources make a document, as an API writes it down. */
export type ShapeSource = {
  readonly name: string;
  readonly collection: CollectionPath;
  readonly steps: ShapeSteps;
  /** Of the root, as of a step. */
  readonly attributes?: readonly string[];
};

/** One place in a shape, held against the model. */
export type ShapePart = {
  /** Path of step names from the root, joined by dots; '' for the root. */
  readonly at: string;
  readonly collection: Collection;
  /** How it is reached from its parent; null for the root. */
  readonly rule: LinkRule | null;
  readonly parts: ReadonlyMap<string, ShapePart>;
  /** Its values are not read: its nodes have none, and hide all. */
  readonly bare: boolean;
  /** The attributes that are read; null = all. */
  readonly attributes: ReadonlySet<string> | null;
};

/** A shape that the model bears out. Made by `compileShape`, at start. */
export type Shape = {
  readonly name: string;
  readonly root: ShapePart;
  /** All places, parents first; the root is the first. */
  readonly all: readonly ShapePart[];
};

/** A resource within a document, as the caller sees it. */
export type DocumentNode = {
  readonly uid: number;
  /** The id that APIs show: opaque, the same for as long as the resource is there, of this organisation only. */
  readonly id: string;
  readonly collection: CollectionPath;
  /** How protected it is itself: only those who are cleared for it have it at all. */
  readonly level: ProtectionLevel;
  /** Its attributes, without links, as far as the shape wants them. */
  readonly values: Readonly<Record<string, unknown>>;
  /** True when the caller does not get this attribute of the resource, whether it has a value or not; of a bare one, of any. */
  readonly hides: (attribute: string) => boolean;
  /**
   * What is linked, by the name of the step, in the order of the uids. A step whose collection the caller may not read at all is absent; one that
   * leads to nothing that the caller sees is empty.
   */
  readonly parts: Readonly<Record<string, readonly DocumentNode[]>>;
};

/**
 * What an API makes of a shape. `id` names everything that the result depends on beside the resources themselves (fields asked for, the date
 * that "now" is taken for): documents are remembered by it. `facts` is what filters are decided by, and is remembered as well: small.
 */
export type Projection<Facts> = {
  readonly id: string;
  readonly shape: Shape;
  /** The places that are read, by `ShapePart.at`; those of their parents are included. Absent = all of the shape. */
  readonly only?: ReadonlySet<string>;
  readonly facts: (root: DocumentNode) => Facts;
  /** JSON text. */
  readonly render: (root: DocumentNode) => string;
};

/** Rows of a collection that may match, found in the store: never fewer than those that do. Every row is decided by `accept` besides. */
export type Narrow =
  | { readonly kind: 'all' | 'any'; readonly of: readonly Narrow[] }
  | { readonly kind: 'rows'; readonly uids: readonly number[] }
  | { readonly kind: 'where'; readonly filter: FilterExpr }
  /**
   * Rows that are linked by the relation (jsonName, of the collection at hand, or a key of nested links; in documents, of those alone that lead to
   * somebody) to rows that are found.
   */
  | { readonly kind: 'through'; readonly relation: string; readonly to: Narrow }
  /** Rows that rows found in a collection lead to by a relation of theirs (jsonName): for relations that have no inverse. */
  | { readonly kind: 'led-to'; readonly by: CollectionPath; readonly relation: string; readonly of: Narrow }
  /**
   * All other rows that the caller sees: only where the choice alone decides, since it is as exact as what is within it. Those that hide what is
   * looked at are left out too, unless they are to be kept: what is left out by default must not take along what nobody may judge.
   */
  | { readonly kind: 'not'; readonly of: Narrow; readonly keepsHidden?: true };

/** Up to where a list has been read: the projection's place in the query, and the last uid looked at. */
export type ListPlace = { readonly projection: number; readonly uid: number };

export type DocumentQuery<Facts> =
  /** These, in the order given; what is gone or unseen is left out. */
  | {
      readonly kind: 'by-uid';
      readonly projection: Projection<Facts>;
      readonly uids: readonly number[];
      readonly accept: ((facts: Facts) => boolean) | null;
      /** They are those of a list: under the decision for lists. */
      readonly listed?: true;
    }
  /** By an identifier of the root, or of what the relations lead to from it. The caller must be one to whom rows show it. */
  | {
      readonly kind: 'by-identifier';
      readonly projection: Projection<Facts>;
      readonly through: readonly string[];
      readonly field: string;
      readonly value: string;
      readonly accept: ((facts: Facts) => boolean) | null;
    }
  /** In the order of the projections, then of creation. May hold fewer than `size` and still go on: `next` says. */
  | {
      readonly kind: 'list';
      readonly projections: readonly Projection<Facts>[];
      /** Index-aligned with the projections; null = every row may match. */
      readonly narrow: readonly (Narrow | null)[];
      readonly after: ListPlace | null;
      readonly size: number;
      readonly accept: ((facts: Facts) => boolean) | null;
    };

export type FoundDocument<Facts> = {
  readonly uid: number;
  readonly id: string;
  readonly facts: Facts;
  /** What `render` gave, UTF-8. */
  readonly bytes: Buffer;
};

export type DocumentResult<Facts> =
  | {
      readonly kind: 'documents';
      /** The same list object, of the same objects, as before where nothing has changed: what is made of them can be kept by them. */
      readonly documents: readonly FoundDocument<Facts>[];
      /** Null when there are no more, and for everything but lists. */
      readonly next: ListPlace | null;
      /** The answer may not be kept by caches. */
      readonly sensitive: boolean;
    }
  /** No grant for the root. To be answered like what does not exist. */
  | { readonly kind: 'missing' }
  | { readonly kind: 'refused'; readonly problem: Problem };

export type Documents = {
  /**
   * Authorises, reads, records, answers. Each collection is read under its own decision; one record says what was seen, durable before the
   * answer. Rejects only when a store does.
   */
  readonly find: <Facts>(query: DocumentQuery<Facts>, context: QueryContext) => Promise<DocumentResult<Facts>>;
};

export type WalkQuery = {
  readonly projection: Pick<Projection<unknown>, 'id' | 'shape' | 'only'>;
  /** A superset of the rows that are wanted, or null for all. What is given is for the caller of the walk to decide by. */
  readonly narrow: Narrow | null;
  /** The choice is decided by what the caller sees, so that nothing else is given. What is found at the beginning is gone through. */
  readonly exact?: true;
  /**
   * Pages are texts, of this made of each document: it says nothing but what the id of the projection names. What is made of all rows is remembered for as long
   * as nothing changes, for all who see the same.
   */
  readonly render?: (root: DocumentNode) => string;
};

/** A page of documents. They are made as they are gone through, anew each time: whoever needs one for longer keeps it. */
export type WalkedDocuments = Iterable<DocumentNode> & {
  readonly length: number;
  /** What was asked to be made of them, joined by commas; where it is, nothing is gone through. */
  readonly text?: Buffer;
};

export type WalkResult =
  | {
      readonly kind: 'walk';
      /** Up to a thousand at a time, in the order of the uids. A page has been recorded, durably, before it is given. */
      readonly pages: AsyncIterable<WalkedDocuments>;
    }
  | { readonly kind: 'missing' }
  | { readonly kind: 'refused'; readonly problem: Problem };

/** All documents of a projection from the first to the last, for what goes out as a whole: nothing is remembered, however many there are. */
export type Walk = (query: WalkQuery, context: QueryContext) => Promise<WalkResult>;

/** One kind of thing that events tell of: its documents, and how what has changed in them is named. */
export type EventStream<Facts> = {
  /** `pupil`, `membership` … */
  readonly type: string;
  readonly projections: readonly Projection<Facts>[];
  /** The names that a client knows, of attributes and relations (jsonNames) that have changed at a place of the shape. May be empty. */
  readonly fieldsOf: (shape: Shape, part: ShapePart, names: readonly string[]) => readonly string[];
  /**
   * By place (`ShapePart.at`): what happens there, and behind it, counts for a resource that leads to it only while this holds of that one; so that
   * nobody hears of what documents do not show. What decides must stand in the resource itself, or its change be one of it. Absent = always.
   */
  readonly opens?: ReadonlyMap<string, (holder: DocumentNode) => boolean>;
  /** Only what is due is followed: it comes when its day has come, also when nothing has changed, and goes when it is put off. Absent = all. */
  readonly dated?: DatedRows<Facts>;
};

/** Which resources are due by a day; days are civil dates of Norway, `2026-11-22`. */
export type DatedRows<Facts> = {
  readonly isDue: (facts: Facts, day: string) => boolean;
  /** Rows that may be due by a day and were not by an earlier one; null = by any. */
  readonly narrow: (after: string | null, day: string) => Narrow;
};

export type EventQuery<Facts> = {
  readonly streams: readonly EventStream<Facts>[];
  /**
   * Rows of each stream's roots (index-aligned with streams, then projections) that the client follows; null = all. `key` names the choice: a
   * cursor is of one choice only.
   */
  readonly within: {
    readonly key: string;
    readonly narrow: readonly (readonly (Narrow | null)[])[];
    readonly accept: (facts: Facts) => boolean;
  } | null;
  /** As given before; null = from now on, nothing is told. */
  readonly after: string | null;
  readonly size: number;
};

export type EntityEvent<Facts> = {
  /** The same whenever it is told; to be told apart, nothing else. */
  readonly id: string;
  /** To go on after this one. */
  readonly cursor: string;
  /** Epoch ms. */
  readonly at: number;
  readonly type: string;
  readonly change: 'created' | 'updated' | 'deleted' | 'merged';
  /** Opaque id of the root. */
  readonly entity: string;
  /** Of what it was merged into, when the caller sees that. */
  readonly into: string | null;
  /** Names as `fieldsOf` gave them, sorted, once each; empty unless `updated`. */
  readonly changedFields: readonly string[];
  /** Of the document as it is now; null when it is gone. */
  readonly facts: Facts | null;
};

export type EventResult<Facts> =
  | {
      readonly kind: 'events';
      readonly events: readonly EntityEvent<Facts>[];
      readonly next: string;
      readonly more: boolean;
    }
  /** The caller may follow none of the streams. */
  | { readonly kind: 'missing' }
  /** HUB-410: not a cursor of this caller and choice. HUB-416: too old, or what the caller may see has been changed by its owner: read everything anew. */
  | { readonly kind: 'refused'; readonly problem: Problem };

export type EntityEvents = {
  /** Days for which a cursor can be gone on from after it was given. */
  readonly retentionDays: number;
  readonly follow: <Facts>(query: EventQuery<Facts>, context: QueryContext) => Promise<EventResult<Facts>>;
  /**
   * Facts of an entity of a stream (`entity` = its opaque id) as the caller sees it now; null where it is gone, or the caller does not see it or may not
   * follow it. For those who tell of an event some time after they were told of it.
   */
  readonly factsNow: <Facts>(
    query: Pick<EventQuery<Facts>, 'streams'>,
    of: { readonly type: string; readonly entity: string },
    context: QueryContext,
  ) => Promise<Facts | null>;
};

/** Opaque values for APIs. */
export type Sealing = {
  /** The opaque id of a resource. */
  readonly id: (tenant: string, uid: number) => string;
  /** Null when it is no id of this organisation. */
  readonly readId: (tenant: string, id: string) => number | null;
  /** Hides a text so that only the same application, for the same organisation and purpose, gets it back. */
  readonly seal: (context: Pick<QueryContext, 'principal'>, purpose: string, text: string) => string;
  /** Null when it was not sealed for this caller and purpose. */
  readonly open: (context: Pick<QueryContext, 'principal'>, purpose: string, sealed: string) => string | null;
};

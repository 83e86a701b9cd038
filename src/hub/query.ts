// The waist: what every API asks the hub, and what the hub answers. No HTTP word in either. Every API, export and console uses these.
import type { Problem } from '#base/errors.ts';
import type { DeflatedSegment } from '#base/gzip.ts';
import type { Collection, CollectionPath } from '#model/model.ts';
import type { FilterExpr } from '#model/filter.ts';
import type { Principal } from './principal.ts';

/** A change that a client asks for, or a check of one (`validate`). */
export type WriteQuery = {
  readonly kind: 'write';
  readonly collection: CollectionPath;
  readonly operation: 'create' | 'update' | 'delete' | 'validate';
  /** The identifier addressed; null for create, and for the check of a create. */
  readonly target: { readonly field: string; readonly value: string } | null;
  /** The resource as JSON text; null for delete. */
  readonly body: string | null;
  /** As sent by the client; a second request with the same key gets the answer of the first. */
  readonly idempotencyKey: string | null;
  /** ETags of which the resource must have one now, `*` for any; null = no condition. */
  readonly ifMatch: readonly string[] | null;
};

/** What a link of a part leads to: something stored, by uid or by an identifier, or what an earlier part of the same request makes. */
export type PartLink =
  | { readonly uid: number }
  | { readonly field: string; readonly value: string }
  /** Index of the part. */
  | { readonly part: number };

/** One of several changes that a client asks for at once. */
export type WritePart = {
  readonly collection: CollectionPath;
  /** `patch`: of what is named, the rest stays. */
  readonly operation: 'create' | 'patch' | 'delete';
  /** Null for create. By uid: for APIs whose ids stand for resources; that the caller sees the row is asked all the same. */
  readonly target: { readonly uid: number } | { readonly field: string; readonly value: string } | null;
  /** Attributes by jsonName. Of a patch a JSON merge patch (RFC 7396): null takes away. A new resource without its leading identifier is given one. */
  readonly values: Readonly<Record<string, unknown>>;
  /** The own links by relation (jsonName), as they are to be; relations that are not named stay. */
  readonly links: Readonly<Record<string, readonly PartLink[]>>;
  /** Whom this part concerns beside the resource itself, by uid; absent = nobody. */
  readonly about?: readonly number[];
};

/** Values of an attribute that nobody may have, and who may all the same: those whose having it was known. */
export type Vacancy = {
  readonly collection: CollectionPath;
  /** JsonNames, from the resource to a text. */
  readonly path: readonly string[];
  readonly values: readonly string[];
  readonly unless: readonly number[];
};

/**
 * Several changes as one: all or none where the hub owns the collections; an event for each, with one outcome, where sources do. Collections of
 * different owners are refused (HUB-415) before anything has happened.
 */
export type WriteManyQuery = {
  readonly kind: 'write-many';
  readonly parts: readonly WritePart[];
  /** The key as sent by the client, and what it was sent with: whatever makes the request another one. */
  readonly idempotency: { readonly key: string; readonly request: string } | null;
  /**
   * Refused (HUB-412) when one of these (by uid) has changed after the position of the feed, or is gone, or another change of it waits for its
   * source. Null = no condition.
   */
  readonly unchanged: { readonly since: number; readonly uids: readonly number[] } | null;
  /** For the record of it, beside ids of events: ids and names of the model, never values. */
  readonly note: string;
  /** Whom it concerns beside the resources themselves, by uid. */
  readonly about: readonly number[];
  /**
   * Refused (HUB-412) when, at the moment of the commit, a resource that the caller sees has one of the values; HUB-400, with the index, where what it
   * sees does not all show the attribute. Such a request has a transaction of its own. Absent = no condition.
   */
  readonly vacant?: readonly Vacancy[];
  /**
   * True: a part may make something about somebody whom the same request makes and who is better protected than the caller sees, and is shown to
   * nobody by that. Absent = refused (HUB-400).
   */
  readonly mayHide?: boolean;
  /** Whom it asks for by identifiers: named in the record when it is refused. Absent = nobody. */
  readonly whom?: readonly Reference[];
  /**
   * Everything is looked at as if it were written, and nothing is (`tried`). Of identifiers that belong to those whom the caller does not see it is not told
   * that they are taken: this could be asked for every value there is. The key of a client counts for nothing here.
   */
  readonly dryRun?: true;
};

/** A resource by one of its identifiers, whether it is there or not. */
export type Reference = { readonly collection: CollectionPath; readonly field: string; readonly value: string };

/** A part that has been taken. */
export type TakenPart = {
  readonly collection: CollectionPath;
  readonly operation: 'create' | 'update' | 'delete';
  /** Null for what does not exist yet. */
  readonly uid: number | null;
  /** Of what the hub has made itself, as it is now; none of anything else, and of what is gone. */
  readonly identifiers: readonly { readonly field: string; readonly value: string }[];
};

/** What became of several changes that were asked for at once, or of one: by the id that was given, whichever collections they were of. */
export type OutcomeManyQuery = { readonly kind: 'outcome-many'; readonly id: string };

/** Asks the source itself, through its adapter. */
export type LiveQuery = {
  readonly kind: 'live';
  readonly collection: CollectionPath;
  readonly by:
    | { readonly kind: 'identifier'; readonly field: string; readonly value: string }
    /** `text` goes to the adapter, `expr` is for the decision. */
    | { readonly kind: 'filter'; readonly text: string; readonly expr: FilterExpr };
};

/** What became of a write or a live read of the caller's own. */
export type OutcomeQuery = { readonly kind: 'outcome'; readonly collection: CollectionPath; readonly id: string };

export type HubQuery =
  | WriteQuery
  | LiveQuery
  | OutcomeQuery
  | WriteManyQuery
  | OutcomeManyQuery
  /** Where the feed of the organisation stands: for conditions of writes. Tells of nobody, and is not recorded. */
  | { readonly kind: 'position' }
  /** One resource by any of its identifiers; the value matches exactly. */
  | { readonly kind: 'read'; readonly collection: CollectionPath; readonly field: string; readonly value: string }
  /** Resources in the order of their creation; `size` 0 = all; `since` = epoch ms, changed at or after. */
  | {
      readonly kind: 'list';
      readonly collection: CollectionPath;
      readonly filter: FilterExpr | null;
      readonly since: number | null;
      readonly offset: number;
      readonly size: number;
    }
  /** What happened after a position (null = from the beginning), oldest first. */
  | {
      readonly kind: 'changes';
      readonly collection: CollectionPath;
      readonly after: string | null;
      readonly size: number;
      /** Without a position to go on after: begins where the feed ends now, and tells nothing of what is there already. */
      readonly begin?: 'end';
      /** Changes carry their marks. */
      readonly marked?: true;
    }
  /** How many there are, when they last changed, how fresh they are. */
  | { readonly kind: 'state'; readonly collection: CollectionPath };

/** How old the data of a collection is, against what its source has promised. */
export type Freshness = {
  /** Adapter ids that deliver the collection. */
  readonly sources: readonly string[];
  /** Epoch ms of the last completed full sync, and of the last page of any kind; null = never. */
  readonly fullSyncAt: number | null;
  readonly deliveredAt: number | null;
  /** Milliseconds within which the next delivery is promised; null = no promise. */
  readonly promisedMs: number | null;
  readonly stale: boolean;
  /** A full sync waits for confirmation; the data shown is older than what the source holds. */
  readonly held: boolean;
};

export type CollectionState = {
  /** Resources that the caller may see. */
  readonly count: number;
  /** Epoch ms of the last change; 0 = never. */
  readonly changedAt: number;
  readonly freshness: Freshness;
};

/** The bytes of a page, comma-joined resources, made as they are read. */
export type PageBody = {
  /** Chunks of 64 KB to 1 MB; put a comma between chunks. */
  readonly plain: () => AsyncIterable<{ readonly bytes: Buffer; readonly count: number }>;
  /** The same, compressed; a comma must be put between segments. */
  readonly deflated: () => AsyncIterable<{ readonly segment: DeflatedSegment; readonly count: number }>;
};

/**
 * `access-gained`: the caller may see the resource now, or more of it. `access-lost`: it may see less of it, or (without a body) nothing any
 * more. Both come from grants, from rows that enter or leave a grant's scope, and from protection; which of them is not told.
 */
export type ChangeKind = 'created' | 'updated' | 'removed' | 'identifier-changed' | 'access-gained' | 'access-lost';

export type HubChange = {
  readonly position: string;
  readonly kind: ChangeKind;
  /** Epoch ms. */
  readonly at: number;
  /** Stable id of the resource, the same in all its changes. */
  readonly uid: string;
  /** Self links as they were before (removed, identifier-changed, access-lost without a body), as far as the caller could see them. */
  readonly before: readonly string[];
  /** The resource as it is now; null when it is gone. */
  readonly body: Buffer | null;
  /** The same whenever this change is told to this application again, and of no other change. Only where marks were asked for. */
  readonly mark?: string;
};

export type HubResult =
  | {
      readonly kind: 'found';
      readonly body: Buffer;
      readonly etag: string;
      readonly changedAt: number;
      readonly freshness: Freshness;
      readonly sensitive: boolean;
    }
  | {
      readonly kind: 'page';
      /** Resources that match (filter and since included) and that the caller may see. */
      readonly total: number;
      readonly offset: number;
      readonly body: PageBody;
      /** Equal for equal bytes. */
      readonly etag: string;
      readonly freshness: Freshness;
      readonly sensitive: boolean;
    }
  | {
      readonly kind: 'changes';
      readonly changes: readonly HubChange[];
      /** Position to go on from; equal to `after` when nothing is new. */
      readonly next: string;
      readonly more: boolean;
      readonly freshness: Freshness;
    }
  | { readonly kind: 'state'; readonly state: CollectionState; readonly etag: string }
  /** A write or live read has been taken: ask for its outcome by the id. `replayed`: it was taken before, under the same key. */
  | {
      readonly kind: 'accepted';
      readonly id: string;
      readonly replayed: boolean;
      /** Seconds after which asking makes sense. */
      readonly retryAfter: number;
      /** Of several at once: the resources by part; null for what does not exist yet. */
      readonly uids?: readonly (number | null)[];
      readonly parts?: readonly TakenPart[];
    }
  /** A dry run: nothing stands in the way. */
  | { readonly kind: 'tried' }
  | { readonly kind: 'outcome'; readonly outcome: WriteOutcome }
  | { readonly kind: 'outcome-many'; readonly outcome: ManyOutcome }
  | { readonly kind: 'position'; readonly position: number }
  /** A live read cannot be had: no adapter of the collection answers them. What is stored may be asked for instead. */
  | { readonly kind: 'not-live' }
  /** `part`: of several at once, the one of which this is said. */
  | { readonly kind: 'missing'; readonly part?: number }
  | {
      readonly kind: 'refused';
      readonly problem: Problem;
      /** Of several at once: the part that could not be. */
      readonly part?: number;
      /** Of an identifier that is another's (HUB-612): which, by its segment. */
      readonly field?: string;
      /** The values of which it cannot be known whether anybody has them: index in `vacant`. */
      readonly vacant?: number;
    };

/** What an adapter (or the hub) said to a write, for the one who asked. */
export type WriteAnswer = {
  readonly message: string;
  readonly problems: readonly { readonly field: string; readonly message: string; readonly code: string }[];
};

export type WriteOutcome =
  | { readonly state: 'waiting'; readonly retryAfter: number }
  /** Created or updated: the resource as the caller sees it now. */
  | { readonly state: 'written'; readonly body: Buffer; readonly self: string | null; readonly etag: string }
  | { readonly state: 'deleted' }
  | { readonly state: 'valid'; readonly answer: WriteAnswer }
  /** A live read of one, and of many, as far as the caller may see them. */
  | { readonly state: 'read-one'; readonly body: Buffer | null }
  | { readonly state: 'read-many'; readonly bodies: readonly Buffer[] }
  | { readonly state: 'rejected' | 'failed' | 'expired'; readonly answer: WriteAnswer }
  /** `body`: the resource as the source has it, as far as the caller may see it. */
  | { readonly state: 'conflict'; readonly body: Buffer | null; readonly answer: WriteAnswer }
  /** Unknown, another's, or no longer kept: these are one. */
  | { readonly state: 'forgotten' };

/** Of several at once: `written` when all are, `waiting` as long as one waits, else what became of the first that was not written. */
export type ManyOutcome =
  | { readonly state: 'waiting'; readonly retryAfter: number }
  | {
      readonly state: 'written' | 'rejected' | 'failed' | 'expired' | 'conflict';
      readonly parts: readonly PartOutcome[];
    }
  | { readonly state: 'forgotten' };

export type PartOutcome = {
  /** Index of the part. Those that are gone since, or that the caller may not see, are left out. */
  readonly part: number;
  readonly collection: CollectionPath;
  readonly operation: 'create' | 'update' | 'delete';
  /** The resource, once it is stored. */
  readonly uid: number | null;
  readonly state: Exclude<WriteOutcome['state'], 'forgotten' | 'waiting'>;
  /** What the source said; null of what was written. */
  readonly answer: WriteAnswer | null;
};

/** What the hub must know of the request beside the query: for the decision and the audit. */
export type QueryContext = {
  readonly principal: Principal;
  readonly requestId: string;
  /** The catalogue id of the API that asks. */
  readonly api: string;
  /** Aborted when nobody waits for the answer any more: what takes long then stops, where nothing is changed. Absent = somebody always does. */
  readonly signal?: AbortSignal;
};

export type Hub = {
  /** Authorises, audits and runs one query. Expected outcomes are results; only a broken store throws. */
  readonly run: (query: HubQuery, context: QueryContext) => Promise<HubResult>;
  /** Collections of a component that the caller may list or read; [] when none or no such component. That it was asked is audited. */
  readonly visible: (component: string, context: QueryContext) => Promise<readonly Collection[]>;
};

/** Where writes, live reads and questions about them are answered; recorded there as well. */
export type Writing = {
  readonly run: (
    query: WriteQuery | WriteManyQuery | LiveQuery | OutcomeQuery | OutcomeManyQuery,
    context: QueryContext,
  ) => Promise<HubResult>;
};

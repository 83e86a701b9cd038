// What the adapter API needs of the rest of the hub, stated by the API itself. Implemented by ingest and handed over by app/compose.ts, so that
// the API knows neither the store nor how pages are applied.
import type { Readable } from 'node:stream';
import type { Result } from '#base/result.ts';
import type { Principal } from '#hub/principal.ts';
import type { CollectionPath } from '#model/model.ts';

/** Who asks, and in which request. */
export type Asking = { readonly principal: Principal; readonly requestId: string };

export type SyncType = 'FULL' | 'DELTA' | 'DELETE';

export const runStates = ['open', 'completed', 'held', 'failed', 'expired', 'superseded', 'rejected'] as const;
export type RunState = (typeof runStates)[number];

export type Capability = {
  readonly collection: CollectionPath;
  readonly fullSyncIntervalInDays: number;
  readonly deltaSyncInterval: 'IMMEDIATE' | 'LEGACY' | 'NONE';
};

export type EventOperation = 'create' | 'update' | 'delete' | 'validate' | 'read';

/** What an adapter answers of a collection. */
export type EventCapability = { readonly collection: CollectionPath; readonly operations: readonly EventOperation[] };

export type Contract = {
  readonly adapterId: string;
  readonly username: string;
  readonly heartbeatIntervalInMinutes: number;
  readonly capabilities: readonly Capability[];
  /** Absent = it says nothing of events. */
  readonly eventCapabilities?: readonly EventCapability[];
};

/** An entry that was kept back or reported. `subject` is a keyed hash of its identifier; `at` a pointer inside the entry. */
export type EntryProblem = {
  readonly corrId: string;
  readonly collection: CollectionPath;
  readonly page: number;
  readonly index: number;
  readonly severity: 'rejected' | 'warning';
  readonly code: string;
  readonly at: string;
  readonly message: string;
  readonly subject: string;
  /** Epoch ms. */
  readonly seenAt: number;
};

/** A run as adapter and owner see it. Times are epoch ms. */
export type RunSummary = {
  readonly corrId: string;
  readonly adapter: string;
  readonly collection: CollectionPath;
  readonly type: SyncType;
  readonly state: RunState;
  readonly totalSize: number;
  readonly totalPages: number;
  readonly receivedEntries: number;
  readonly pages: number;
  readonly created: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly removed: number;
  readonly rejected: number;
  readonly warnings: number;
  readonly wouldRemove: number;
  readonly openedAt: number;
  readonly touchedAt: number;
  readonly closedAt: number | null;
  readonly reason: string | null;
};

export type RunReport = RunSummary & {
  readonly problems: readonly EntryProblem[];
  readonly dangling: readonly { readonly relation: string; readonly count: number }[];
};

export type PageDelivery = Asking & {
  readonly collection: CollectionPath;
  readonly type: SyncType;
  readonly form: 'json' | 'ndjson';
  readonly stream: Readable;
  readonly signal: AbortSignal;
};

export type IngestPort = {
  /** Receives and applies one page; durable when it resolves with success. */
  readonly deliver: (delivery: PageDelivery) => Promise<Result<null>>;
  /** Confirms or rejects a run that waits because it would remove much. */
  readonly decide: (
    request: Asking & { readonly corrId: string; readonly decision: 'confirm' | 'reject' },
  ) => Promise<Result<null>>;
  readonly register: (registration: Asking & { readonly contract: Contract }) => Promise<Result<null>>;
  readonly heartbeat: (asking: Asking) => Promise<void>;
  readonly adapters: (principal: Principal) => Promise<readonly string[]>;
  /** null when there is none that the caller may see. */
  readonly run: (asking: Asking, corrId: string) => Promise<RunReport | null>;
  readonly runs: (
    asking: Asking,
    query: { readonly collection: CollectionPath | null; readonly state: RunState | null },
  ) => Promise<readonly RunSummary[]>;
  /** null when the caller may not know. */
  readonly rejections: (asking: Asking, collection: CollectionPath) => Promise<readonly EntryProblem[] | null>;
};

// --- Events -------------------------------------------------------------------------------------------------------------------

/** Something that a client wants, for the adapter that answers. Times are epoch ms. */
export type AdapterEvent = {
  readonly id: string;
  readonly collection: CollectionPath;
  readonly operation: EventOperation;
  readonly createdAt: number;
  readonly deadline: number;
  /** The resource as it is to become, JSON text; null for removals and reads. */
  readonly value: string | null;
  /** Reads by filter: the filter as text. */
  readonly filter: string | null;
  /** The identifier addressed; null for new resources and reads by filter. */
  readonly target: { readonly field: string; readonly value: string } | null;
};

export type EventPoll = Asking & {
  /** All collections at the address. */
  readonly collections: readonly CollectionPath[];
  /** Which kind of events the adapter speaks: those of the first know no reads. */
  readonly generation: 1 | 2;
  /** 0 = as many as may be. */
  readonly size: number;
  readonly waitMs: number;
  readonly signal: AbortSignal;
};

export type AnsweredResource = { readonly identifier: string | null; readonly resource: unknown };

export type EventAnswer = {
  readonly corrId: string;
  /** As sent; null when left out. */
  readonly orgId: string | null;
  /** Said by answers of the first kind only, which must say both. */
  readonly adapterId: string | null;
  readonly operation: EventOperation | null;
  readonly state: 'accepted' | 'rejected' | 'conflict' | 'failed';
  readonly message: string;
  readonly problems: readonly { readonly field: string; readonly message: string; readonly code: string }[];
  readonly resources: readonly AnsweredResource[];
  /** Longer than an answer may be: it is not taken, and whoever asked the source is told. */
  readonly tooLarge: boolean;
};

export type EventsPort = {
  /** Events that wait for the caller, oldest first; they stay until they are answered or their deadline has passed. */
  readonly poll: (poll: EventPoll) => Promise<Result<readonly AdapterEvent[]>>;
  /** Takes an answer; durable when it resolves with success. */
  readonly answer: (answer: Asking & EventAnswer) => Promise<Result<null>>;
};

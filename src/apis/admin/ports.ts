// What the admin API needs of the rest of the hub, stated by the API itself: the platform, the stores of organisations, secrets and keys.
// Supplied by app/compose.ts for a running hub, and by the command line for a data directory. Types only; shapes are those of the store.
import type { Clock } from '#base/clock.ts';
import type { Problem } from '#base/errors.ts';
import type { Random } from '#base/random.ts';
import type { Result } from '#base/result.ts';
import type { AccessPackages } from '#catalogue/access/packages.ts';
import type { Catalogue } from '#catalogue/catalogue.ts';
import type { Change, Coordinate } from '#catalogue/contract.ts';
import type { PartStatuses } from '#catalogue/draft.ts';
import type { ToldProgress } from '#catalogue/message-destination.ts';
import type { Structure } from '#catalogue/status-rules.ts';
import type { AuditTrail } from '#hub/audit-trail.ts';
import type { Explanation } from '#hub/explain.ts';
import type { Principal } from '#hub/principal.ts';
import type { UseHealth } from '#catalogue/use-health.ts';
import type { Quota, Quotas } from '#hub/quotas.ts';
import type { CollectionPath, Model, ProtectionLevel } from '#model/model.ts';
import type { ScopeBundles } from '#model/scope-bundles.ts';

type Eventually<T> = T | Promise<T>;

export const environments = ['production', 'test', 'sandbox'] as const;
export type Environment = (typeof environments)[number];
export const modes = ['lenient', 'keep-back', 'refuse-page'] as const;
export const policies = ['source', 'hub', 'closed'] as const;
export const actions = ['read', 'list', 'follow', 'write', 'deliver'] as const;
export type Action = (typeof actions)[number];
export const runStates = ['open', 'completed', 'held', 'failed', 'expired', 'superseded', 'rejected'] as const;
export const eventStates = ['waiting', 'accepted', 'rejected', 'conflict', 'failed', 'expired'] as const;
export type EventState = (typeof eventStates)[number];

export type OrganisationSettings = {
  readonly removalGuard: number;
  readonly extraBackLinks: boolean;
  readonly strictness: readonly { readonly pattern: string; readonly mode: (typeof modes)[number] }[];
  readonly writes?: readonly {
    readonly pattern: string;
    readonly policy: (typeof policies)[number];
    readonly deadlineMinutes: number | null;
  }[];
  readonly institutionNumber?: string;
  readonly retiringApis?: readonly string[];
};

export type Organisation = {
  readonly id: string;
  readonly name: string;
  readonly orgNumber: string | null;
  readonly settings: OrganisationSettings;
  readonly createdAt: number;
};

export type ApplicationSecret = {
  readonly id: string;
  readonly hash: string;
  readonly createdAt: number;
  readonly expiresAt: number | null;
};

export type Application = {
  readonly id: string;
  readonly name: string;
  readonly kind: Principal['kind'];
  readonly owner: string;
  readonly describe: string;
  readonly environment: Environment;
  readonly secrets: readonly ApplicationSecret[];
  readonly jwks: string | null;
  readonly scopes?: readonly string[];
  readonly login?: { readonly username: string; readonly hash: string } | null;
  readonly disabled: boolean;
  readonly createdAt: number;
};

export type Grant = {
  readonly id: string;
  readonly application: string;
  readonly organisation: string;
  readonly collections: readonly string[];
  readonly actions: readonly Action[];
  readonly fields: readonly string[] | null;
  readonly withhold: readonly string[];
  readonly rows: { readonly scope: string; readonly field: string; readonly values: readonly string[] } | null;
  readonly clearance?: ProtectionLevel;
  readonly environment: Environment;
  readonly from: number | null;
  readonly to: number | null;
  readonly purpose: string;
  readonly agreement: string | null;
  readonly scope?: string | null;
  readonly link?: string | null;
  readonly standsFor?: string | null;
  readonly request?: string | null;
  readonly delegation?: string | null;
  readonly agreementId?: string | null;
  readonly createdAt: number;
  readonly changedAt?: number | null;
};

/** Requests within a minute and within a day; null = as others have, 0 = as many as it likes. */
export type QuotaLimits = { readonly perMinute: number | null; readonly perDay: number | null };

export type Link = {
  readonly id: string;
  readonly application: string;
  readonly organisation: string;
  readonly environment: Environment;
  readonly scopes: readonly string[];
  readonly schools: readonly string[] | null;
  readonly agreement: { readonly reference: string; readonly from: number | null; readonly to: number | null };
  readonly purpose: string;
  readonly clearance: ProtectionLevel;
  readonly quota?: QuotaLimits | null;
  readonly agreementId?: string | null;
  readonly createdAt: number;
  readonly changedAt?: number | null;
  readonly endedAt: number | null;
};

export type SigningKey = {
  readonly id: string;
  readonly state: 'next' | 'active' | 'retired';
  readonly since: number;
  readonly createdAt: number;
};

export type SyncRun = {
  readonly corrId: string;
  readonly order: number;
  readonly adapter: string;
  readonly client: string;
  readonly collection: CollectionPath;
  readonly type: 'FULL' | 'DELTA' | 'DELETE';
  readonly state: (typeof runStates)[number];
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

export type Rejection = {
  readonly corrId: string;
  readonly collection: CollectionPath;
  readonly page: number;
  readonly index: number;
  readonly severity: 'rejected' | 'warning';
  readonly code: string;
  readonly at: string;
  readonly message: string;
  readonly subject: string;
  readonly seenAt: number;
};

export type AdapterContract = {
  readonly client: string;
  readonly adapterId: string;
  readonly heartbeatIntervalInMinutes: number;
  readonly capabilities: readonly {
    readonly collection: CollectionPath;
    readonly fullSyncIntervalInDays: number;
    readonly deltaSyncInterval: string;
  }[];
  readonly eventCapabilities?: readonly {
    readonly collection: CollectionPath;
    readonly operations: readonly string[];
  }[];
  readonly registeredAt: number;
  readonly heartbeatAt: number | null;
};

export type WriteEvent = {
  readonly id: string;
  readonly order: number;
  readonly collection: CollectionPath;
  readonly operation: string;
  readonly state: EventState;
  readonly policy: string;
  readonly client: string;
  readonly api: string;
  readonly request: string;
  readonly target: { readonly field: string; readonly value: string } | null;
  readonly value: string | null;
  readonly filter: string | null;
  readonly uid: number | null;
  readonly createdAt: number;
  readonly deadline: number;
  readonly answeredAt: number | null;
  readonly answeredBy: string | null;
  readonly message: string;
  readonly problems: readonly { readonly field: string; readonly message: string; readonly code: string }[];
  readonly answer: string | null;
  readonly retainUntil: number;
};

/** What an organisation's own store tells about deliveries and events. */
export type TenantPort = {
  readonly runs: {
    readonly run: (corrId: string) => Eventually<SyncRun | null>;
    readonly runs: (query: {
      readonly collection?: CollectionPath;
      readonly state?: SyncRun['state'];
      readonly before?: number;
      readonly limit: number;
    }) => Eventually<readonly SyncRun[]>;
    readonly lastCompleted: (collection: CollectionPath, type: SyncRun['type']) => Eventually<SyncRun | null>;
    readonly rejections: (query: {
      readonly corrId?: string;
      readonly collection?: CollectionPath;
      readonly limit: number;
    }) => Eventually<readonly Rejection[]>;
    readonly contracts: () => Eventually<readonly AdapterContract[]>;
  };
  readonly events: {
    readonly event: (id: string) => Eventually<WriteEvent | null>;
    readonly events: (query: {
      readonly collection?: CollectionPath;
      readonly state?: EventState;
      readonly client?: string;
      readonly before?: number;
      readonly limit: number;
    }) => Eventually<readonly WriteEvent[]>;
  };
};

export const registerKinds = [
  'change',
  'promotion',
  'subscription',
  'notice',
  'delivery',
  'message-destination',
  'document',
  'agreement',
  'access-request',
  'delegation',
  'confirmation',
  'key-holder',
  'one-time-link',
  'figures',
] as const;
export type RegisterKind = (typeof registerKinds)[number];

export type RegisterEntry = {
  readonly kind: RegisterKind;
  readonly id: string;
  readonly revision: number;
  readonly organisation: string | null;
  readonly application: string | null;
  readonly state: string;
  readonly createdAt: number;
  readonly changedAt: number;
  readonly value: unknown;
};

export type RegisterChange = {
  readonly entries: readonly RegisterEntry[];
  readonly grants?: readonly Grant[];
  readonly applications?: readonly Application[];
};

export type RegisterQuery = {
  readonly kind: RegisterKind;
  readonly organisation?: string;
  readonly application?: string;
  readonly state?: string;
};

/** The APIs that take GraphQL documents. */
export type DocumentsPort = {
  readonly apis: () => readonly string[];
  /** What is wrong with a document under some flags; none = it can be run. Of an API that takes none, nothing is. */
  readonly faults: (api: string, flags: readonly string[], text: string) => readonly string[];
};

/** What an application has used in an organisation on a day. */
export type QuotaUse = { readonly application: string; readonly organisation: string; readonly day: string };

export type PlatformPort = {
  readonly organisations: () => Eventually<readonly Organisation[]>;
  readonly organisation: (id: string) => Eventually<Organisation | null>;
  readonly putOrganisation: (value: Organisation) => Eventually<void>;
  readonly applications: () => Eventually<readonly Application[]>;
  readonly application: (id: string) => Eventually<Application | null>;
  readonly applicationByLogin: (username: string) => Eventually<Application | null>;
  readonly putApplication: (value: Application) => Eventually<void>;
  readonly grants: () => Eventually<readonly Grant[]>;
  readonly grantsOf: (application: string) => Eventually<readonly Grant[]>;
  readonly putGrant: (value: Grant) => Eventually<void>;
  readonly links: () => Eventually<readonly Link[]>;
  readonly linksOf: (application: string) => Eventually<readonly Link[]>;
  readonly putLink: (value: Link, grants: readonly Grant[]) => Eventually<void>;
  readonly signingKeys: () => Eventually<readonly SigningKey[]>;
  readonly registerEntries: (query: RegisterQuery) => Eventually<readonly RegisterEntry[]>;
  readonly registerEntry: (kind: RegisterKind, id: string) => Eventually<RegisterEntry | null>;
  readonly putRegister: (change: RegisterChange) => Eventually<boolean>;
  readonly partUse: (
    environment: Environment,
    query: { readonly since: string; readonly application?: string; readonly api?: string; readonly part?: string },
  ) => Eventually<
    readonly {
      readonly application: string;
      readonly api: string;
      readonly part: string;
      readonly day: string;
      readonly count: number;
    }[]
  >;
  readonly quotaUse: (environment: Environment, since: number) => Eventually<readonly QuotaUse[]>;
  readonly claim: (
    key: string,
    claim: { readonly request: string; readonly subject: string; readonly expiresAt: number },
  ) => Eventually<{ readonly request: string; readonly subject: string }>;
};

/** Who acts: an application of kind admin, or the operator at the machine (`organisation` null). */
export type Actor = {
  /** For the audit of the platform: `admin:<client id>` or `cli:<user of the machine>`. */
  readonly name: string;
  /** Client id, issuer and token id, for the audit of the organisation. */
  readonly client: string;
  readonly issuer: string;
  readonly token: string;
  readonly organisation: string | null;
  readonly scopes: readonly string[];
};

/** A decision or an answer, as the audit of an organisation keeps it. Details hold ids, counts and states, never a value of the data. */
export type AdminRecord = {
  readonly organisation: string;
  readonly actor: Actor;
  readonly requestId: string;
  readonly operation: string;
  readonly decision: 'allow' | 'deny';
  readonly rule: string;
  readonly collection: string;
  readonly count: number | null;
  readonly details: string;
  /** Resources of which the answer showed something, ascending. */
  readonly shown: readonly number[];
  /** It is about the organisation's own data, and not only about who may what. */
  readonly ofData: boolean;
};

export type QualityQuery = { readonly collection?: string; readonly part?: 'links' | 'rules' };
export type TrendQuery = {
  readonly collection?: string;
  readonly rule?: string;
  readonly from?: string;
  readonly to?: string;
};

/** How well an organisation's data hang together. Moments are epoch ms; nothing holds a value, a name or a national id. */
export type QualityPort = {
  readonly summary: (
    organisation: string,
    query: QualityQuery,
  ) => Promise<{
    readonly at: number;
    readonly lines: readonly ({
      readonly target: { readonly collection: string; readonly syncedAt: number | null } | null;
    } & object)[];
  }>;
  readonly samples: (organisation: string, query: QualityQuery) => Promise<readonly object[]>;
  readonly trend: (organisation: string, query: TrendQuery) => Promise<readonly object[]>;
  readonly text: (
    organisation: string,
    what: 'summary' | 'samples' | 'trend',
    format: 'csv' | 'ndjson',
    query: QualityQuery & TrendQuery,
  ) => Promise<string>;
};

export type Erasure = {
  readonly id: string;
  readonly at: number;
  readonly reason: string;
  readonly identifiers: number;
  readonly liftedAt: number | null;
};

/** Persons who have been erased, and whose deliveries are kept back. */
export type ErasurePort = {
  readonly list: (organisation: string) => Promise<readonly Erasure[]>;
  /** Whether there is or was such a resource. */
  readonly knows: (organisation: string, named: NamedResource) => Promise<boolean>;
  /** Erases a resource, and with `about` everything that is or was about it; null when there was nothing left to erase. */
  readonly erase: (
    organisation: string,
    named: NamedResource,
    more: { readonly about: boolean; readonly reason: string },
  ) => Promise<Erasure | null>;
  /** False when there is none, or it has been lifted. */
  readonly lift: (organisation: string, id: string) => Promise<boolean>;
};

export type NamedResource = { readonly collection: CollectionPath; readonly field: string; readonly value: string };

export const exportFormats = ['pifu', 'ims', 'abc'] as const;
export type ExportFormat = (typeof exportFormats)[number];
export const exportProfiles = [
  'pifu-ims-1.3',
  'pifu-ims-1.2',
  'pifu-ims-1.1',
  'ims-1.1',
  'ims-1.1-moodle',
  'ims-1.1-itslearning',
  'ims-1.1-legacy-nin',
  'abc-1',
] as const;
export type ExportProfile = (typeof exportProfiles)[number];
export const exportStates = [
  'queued',
  'running',
  'held',
  'ready',
  'failed',
  'rejected',
  'cancelled',
  'expired',
] as const;
export const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

/** A run of an export with its report, of which only what is looked at here is named. */
export type ExportRun = {
  readonly id: string;
  readonly application: string;
  readonly format: ExportFormat;
  readonly profile: ExportProfile;
  readonly type: 'full' | 'delta';
  readonly schools: readonly string[] | null;
  readonly schoolYear: string;
  readonly state: (typeof exportStates)[number];
  readonly trigger: string;
  readonly createdAt: string;
  readonly finishedAt: string | null;
  readonly expiresAt: string;
  readonly exported: object | null;
  readonly fileName: string;
  readonly sha256: string | null;
  readonly bytes: number | null;
  readonly reason: Problem | null;
};

export type ExportSettings = {
  readonly profiles: Readonly<Partial<Record<ExportFormat, ExportProfile>>>;
  readonly source: string | null;
  readonly target: string | null;
  readonly dropGuard: number;
};

export type ScheduleAsked = {
  readonly application: string;
  readonly asked: {
    readonly format: ExportFormat;
    readonly profile: ExportProfile | null;
    readonly type: 'full' | 'delta';
    readonly schools: readonly string[] | null;
    readonly schoolYear: string | null;
  };
  /** `HH:MM` in Norway. */
  readonly at: string;
  readonly days: readonly (typeof weekdays)[number][];
  readonly target: string;
  readonly fileName: string | null;
};

export type ExportSchedule = ScheduleAsked & {
  readonly id: string;
  readonly next: string;
  readonly last: {
    readonly run: string | null;
    readonly at: string;
    readonly ok: boolean;
    readonly message: string | null;
  } | null;
  readonly pending: string | null;
};

/** An administrator who asks about the exports of an organisation. */
export type ExportAsker = { readonly organisation: string; readonly actor: Actor; readonly requestId: string };

/** Exports of all applications of an organisation, for its owner, who may not fetch their files. Failures name members as the bodies do. */
export type ExportsPort = {
  readonly runs: (asker: ExportAsker, limit: number) => Promise<Result<readonly ExportRun[]>>;
  readonly run: (id: string, asker: ExportAsker) => Promise<Result<ExportRun>>;
  readonly decide: (
    id: string,
    decision: 'confirm' | 'reject' | 'cancel',
    asker: ExportAsker,
    reason: string,
  ) => Promise<Result<ExportRun>>;
  readonly settings: (application: string, asker: ExportAsker) => Promise<Result<ExportSettings>>;
  readonly putSettings: (
    application: string,
    settings: ExportSettings,
    asker: ExportAsker,
  ) => Promise<Result<ExportSettings>>;
  readonly schedules: (asker: ExportAsker) => Promise<readonly ExportSchedule[]>;
  readonly putSchedule: (
    id: string | null,
    asked: ScheduleAsked,
    asker: ExportAsker,
  ) => Promise<Result<ExportSchedule>>;
  readonly removeSchedule: (id: string, asker: ExportAsker) => Promise<Result<null>>;
  /** Names of the places that files may be brought to. */
  readonly targets: (asker: ExportAsker) => readonly string[];
};

/** That an application has used a part of an API on a day, so many times. */
export type PartUse = {
  readonly application: string;
  readonly api: string;
  readonly part: string;
  readonly day: string;
  readonly count: number;
};

/** What an API consists of, by its own descriptions. */
export type KnownApi = {
  readonly structure: Structure;
  /** Parts of which nothing is said to people. */
  readonly undescribed: ReadonlySet<Coordinate>;
};

/** What announcements and promotions are held against, and what brings them to those who want to know. */
export type AnnouncingPort = {
  readonly catalogue: Catalogue;
  /** Changes that come with the catalogue and with the descriptions of APIs. */
  readonly delivered: () => readonly Change[];
  readonly parts: PartStatuses;
  readonly known: (api: string) => KnownApi | null;
  /** Use of an API since a day, that one included. */
  readonly uses: (api: string, since: string) => Promise<readonly PartUse[]>;
  /** Whether webhooks may lead to this machine. */
  readonly loopback: boolean;
  readonly sendsMail: boolean;
  /** Has what was put down brought now, and does not wait for it. */
  readonly tell: () => void;
};

/** Messages of changes. */
export type MessagesPort = {
  /** Names of everything that can be told of. */
  readonly resources: readonly string[];
  readonly brokersOf: (organisation: string) => readonly string[];
  /** Whether it may be sent to this machine: in a sandbox. */
  readonly loopback: boolean;
  /** The resources of which an application may follow changes. */
  readonly mayFollow: (organisation: string, application: string) => Promise<readonly string[]>;
  readonly progressOf: (destination: string) => Promise<ToldProgress>;
  readonly letterCount: (destination: string) => Promise<number>;
  readonly letters: (
    destination: string,
    after: number,
    limit: number,
  ) => Promise<
    readonly {
      readonly number: number;
      readonly subject: string;
      readonly at: number;
      readonly resend: boolean;
      readonly why: string;
      readonly operation: string;
      readonly id: string;
    }[]
  >;
  /** Of some subjects, or (null) all; gives how many. */
  readonly resend: (destination: string, subjects: readonly string[] | null) => Promise<number>;
  readonly discard: (destination: string, subjects: readonly string[] | null) => Promise<number>;
};

export type AdminPorts = {
  readonly model: Model;
  /** What the scopes of links open. */
  readonly bundles: ScopeBundles;
  /** What applications can ask owners for. */
  readonly packages: AccessPackages;
  /** Whether grants need a registered agreement; null = those of applications of the environment `production` do. */
  readonly agreements: 'required' | 'advised' | null;
  readonly clock: Clock;
  readonly random: Random;
  readonly platform: PlatformPort;
  /**
   * Records a change in the audit of the platform, and of the organisations concerned, before it is made. Durable when it resolves; rejects
   * when it cannot be recorded.
   */
  readonly record: (decision: {
    readonly actor: Actor;
    readonly operation: string;
    readonly subject: string;
    readonly reason: string;
    readonly records: readonly AdminRecord[];
  }) => Promise<void>;
  /** Records that something was looked at, or refused, in the audit of the organisation. Durable when it resolves. */
  readonly recordAnswer: (record: AdminRecord) => Promise<void>;
  readonly tenant: (organisation: string) => Promise<TenantPort>;
  /** Gives what confirms or rejects a held run in the name of the organisation. Rejects where nothing can be decided now. */
  readonly runDecisions: () => Promise<
    (request: {
      readonly organisation: string;
      readonly corrId: string;
      readonly decision: 'confirm' | 'reject';
      readonly actor: Actor;
      readonly requestId: string;
    }) => Promise<Result<null>>
  >;
  readonly makeClientId: (kind: Principal['kind']) => string;
  readonly makeSecret: () => string;
  readonly hashSecret: (secret: string) => Promise<string>;
  /** A JWK set, checked, as it is to be kept. */
  readonly readPublicKeys: (text: string) => Promise<Result<string>>;
  readonly rotateKeys: () => Promise<void>;
  /** How a new organisation is served until it says otherwise. */
  readonly defaults: OrganisationSettings;
  /** Address of the token endpoint when the password grant of FINT is on; null when it is off or not known. */
  readonly fintTokenEndpoint: () => string | null;
  /** The address of the hub as clients use it; null when it is not known here. */
  readonly address: () => string | null;
  /** These are in a running hub only; null elsewhere. */
  readonly audit: AuditTrail | null;
  /** Explains a request to the owner of the data; `application` null = of any. */
  readonly explain:
    | ((organisation: string, request: string, application: string | null) => Promise<Explanation | null>)
    | null;
  readonly quality: QualityPort | null;
  /** Whether there is or was such a resource, without a look at what it says. */
  readonly knows: ((organisation: string, named: NamedResource) => Promise<boolean>) | null;
  readonly erasures: ErasurePort | null;
  readonly exports: ExportsPort | null;
  readonly announcing: AnnouncingPort | null;
  readonly documents: DocumentsPort | null;
  readonly messages: MessagesPort | null;
  /** What is used of quotas, with the limits of those who have none of their own. */
  readonly quotas: (Pick<Quotas, 'usageOf'> & { readonly usual: Quota }) | null;
  /** What applications use that will go. Null beside a hub, where nothing is known of what was announced. */
  readonly useHealth: ((application: string) => Promise<UseHealth>) | null;
};

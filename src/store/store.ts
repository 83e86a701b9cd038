// The contract of the store: platform data for all, and one tenant store per organisation. Implemented by store/sqlite (and by every
// dialect that passes the conformance suite). Domain data is read through AuthorizedPlan only.
import type { Action, AuthorizedPlan } from './plan.ts';
import type { FilterExpr } from '#model/filter.ts';
import type { CollectionPath, ProtectionLevel } from '#model/model.ts';

/** Embedded dialects answer at once, networked ones later; `await` works on both. */
export type Eventually<T> = T | Promise<T>;

// --- Platform -----------------------------------------------------------------------------------------------------------------

export type Environment = 'production' | 'test' | 'sandbox';
export type Strictness = 'lenient' | 'keep-back' | 'refuse-page';

export type OrganisationSettings = {
  /** Share (0..1) of a collection that a full sync may remove without confirmation. */
  readonly removalGuard: number;
  /** Inverse links beyond the 117 rules of FINT. */
  readonly extraBackLinks: boolean;
  /** What happens to entries that break the model: first matching pattern (`utdanning/elev/*`) wins; lenient otherwise. */
  readonly strictness: readonly { readonly pattern: string; readonly mode: Strictness }[];
  /** Who decides on writes by clients: first matching pattern wins. Without a match: the source for classes that the model calls writeable, nobody for the others. Absent = []. */
  readonly writes?: readonly WriteRule[];
  /** By which number, of one to five digits, it is known as an institution of higher education. No two have the same, leading zeros left out. Absent = none. */
  readonly institutionNumber?: string;
  /** Retiring APIs that it has, by their catalogue ids. Absent = none of those that have to be switched on. */
  readonly retiringApis?: readonly string[];
};

/** `source`: a write is an event that the adapter answers. `hub`: the hub owns the collection and applies it at once. `closed`: no writes. */
export type WritePolicy = 'source' | 'hub' | 'closed';

export type WriteRule = {
  readonly pattern: string;
  readonly policy: WritePolicy;
  /** Within which the adapter must answer; null = as the hub is set. */
  readonly deadlineMinutes: number | null;
};

export type Organisation = {
  /** FINT org id, lower case with dots. */
  readonly id: string;
  readonly name: string;
  /** Nine digits, or null. */
  readonly orgNumber: string | null;
  readonly settings: OrganisationSettings;
  readonly createdAt: number;
};

export type ApplicationSecret = {
  readonly id: string;
  /** scrypt, with its parameters and salt. */ readonly hash: string;
  readonly createdAt: number;
  readonly expiresAt: number | null;
};

export type Application = {
  /** The client id. */
  readonly id: string;
  readonly name: string;
  readonly kind: 'client' | 'adapter' | 'admin';
  /** Organisation that answers for it. */
  readonly owner: string;
  readonly describe: string;
  readonly environment: Environment;
  /** At most two live secrets, for rotation. */
  readonly secrets: readonly ApplicationSecret[];
  /** Public keys for private_key_jwt, a JWK set as JSON text; null without. */
  readonly jwks: string | null;
  /** Of an application of kind admin: what it may administer (`admin.read`, `admin.write`, `admin.platform`). Absent = nothing. */
  readonly scopes?: readonly string[];
  /** User name and scrypt hash of the password, for the password grant of the FINT profile; null or absent = none. */
  readonly login?: { readonly username: string; readonly hash: string } | null;
  readonly disabled: boolean;
  readonly createdAt: number;
};

/** Rows of a grant: resources that belong to one of these targets of a named scope of the model. */
export type GrantRows = { readonly scope: string; readonly field: string; readonly values: readonly string[] };

export type Grant = {
  readonly id: string;
  readonly application: string;
  /** The organisation whose data it opens. */
  readonly organisation: string;
  /** Collection paths; a trailing `/*` covers everything below, `*` everything. */
  readonly collections: readonly string[];
  readonly actions: readonly Action[];
  /** Attribute and relation jsonNames that show; null = all. */
  readonly fields: readonly string[] | null;
  /** Sensitivities that do not show although `fields` would let them. */
  readonly withhold: readonly string[];
  readonly rows: GrantRows | null;
  /** How highly protected persons it shows. Absent = 0: none of them. */
  readonly clearance?: ProtectionLevel;
  readonly environment: Environment;
  /** Epoch ms; null = open. */
  readonly from: number | null;
  readonly to: number | null;
  readonly purpose: string;
  readonly agreement: string | null;
  /** Scopes, parted by spaces, of which a token must carry every one for the grant to count. Null or absent = it counts for any token. */
  readonly scope?: string | null;
  /** The link that it belongs to and is changed with. Null or absent = none. */
  readonly link?: string | null;
  /** A scope of a link's bundles that tokens may have by it, though it counts for any token. Null or absent = none. */
  readonly standsFor?: string | null;
  /** The access request that it was given by. Null or absent = none. */
  readonly request?: string | null;
  /** The delegation that it was passed on by. Null or absent = none. */
  readonly delegation?: string | null;
  /** The registered agreement that it rests on, with which it ends. Null or absent = none. */
  readonly agreementId?: string | null;
  readonly createdAt: number;
  /** When what it opens was last changed, epoch ms. Null or absent = never. */
  readonly changedAt?: number | null;
};

/** Requests within a minute and within a civil day in Norway. */
export type QuotaLimits = { readonly perMinute: number | null; readonly perDay: number | null };

/** What an application has used of its quota in an organisation on a day, by all processes together. */
export type QuotaUse = {
  readonly application: string;
  readonly organisation: string;
  /** `2026-11-22`, civil date in Norway. */
  readonly day: string;
  /** Requests of the day. */
  readonly used: number;
  /** Requests that weighed on the minute when a process last told of them, a whole number. */
  readonly weight: number;
  /** When that was, epoch ms. */
  readonly at: number;
};

/**
 * That an organisation has let an application in, with some of the scopes of the model's bundles. What it opens are grants, made from it and kept
 * with it.
 */
export type Link = {
  readonly id: string;
  readonly application: string;
  /** The organisation whose data it opens. */
  readonly organisation: string;
  readonly environment: Environment;
  /** Sorted. */
  readonly scopes: readonly string[];
  /** The only schools (ids of the field that the bundles name) of which it shows anything; null = all. */
  readonly schools: readonly string[] | null;
  /** Nothing is opened outside its period (epoch ms; null = open; `to` is the first moment outside). */
  readonly agreement: { readonly reference: string; readonly from: number | null; readonly to: number | null };
  readonly purpose: string;
  /** How highly protected persons it shows. */
  readonly clearance: ProtectionLevel;
  /** Requests that the application may make here; a null inside, or none of it: as the hub is set. 0 = as many as it likes. */
  readonly quota?: QuotaLimits | null;
  /** The registered agreement that it rests on, with which it ends. Null or absent = none. */
  readonly agreementId?: string | null;
  readonly createdAt: number;
  /** When what it opens was last changed, epoch ms. Null or absent = never. */
  readonly changedAt?: number | null;
  /** When the owner has ended it; null while it stands. */
  readonly endedAt: number | null;
};

/** That an application could follow an organisation's changes, up to when (epoch ms). */
export type EndedFollow = { readonly organisation: string; readonly environment: Environment; readonly at: number };

/** A signing key of the token server; `jwk` is private and JSON text. */
export type SigningKey = {
  readonly id: string;
  readonly jwk: string;
  readonly state: 'next' | 'active' | 'retired';
  /** When it came into its state: a retired key is published until its tokens have expired. */
  readonly since: number;
  readonly createdAt: number;
};

/** A key that seals audits: Ed25519, halves as JWK text. The private half is dropped when the key is retired; the public one stays. */
export type AuditKey = {
  /** The key's thumbprint (RFC 7638). */
  readonly id: string;
  readonly publicJwk: string;
  readonly privateJwk: string | null;
  readonly createdAt: number;
  readonly retiredAt: number | null;
};

/** What the register keeps: things of the catalogue and of access that are no grants themselves. Each kind is read and written by its own part. */
export type RegisterKind =
  | 'change'
  | 'promotion'
  | 'subscription'
  | 'notice'
  | 'delivery'
  | 'message-destination'
  | 'document'
  | 'agreement'
  | 'access-request'
  | 'delegation'
  | 'confirmation'
  | 'key-holder'
  | 'one-time-link'
  | 'figures';

/** Something of the register. */
export type RegisterEntry = {
  readonly kind: RegisterKind;
  /** Unique within its kind. */
  readonly id: string;
  /** 1 when it is made, and one more with every change. */
  readonly revision: number;
  /** The organisation that it is first of all about; null = none. */
  readonly organisation: string | null;
  /** The application that it is first of all about; null = none. */
  readonly application: string | null;
  /** In the words of its kind. */
  readonly state: string;
  readonly createdAt: number;
  readonly changedAt: number;
  /** What it says, as JSON. Holds nothing of persons in the data. */
  readonly value: unknown;
};

/** Changes of the register and of what is made from it: all of them or none. */
export type RegisterChange = {
  /** Each with the revision after the one that it was read with. */
  readonly entries: readonly RegisterEntry[];
  /** Put as by `putGrant`. */
  readonly grants?: readonly Grant[];
  /** Put as by `putApplication`. */
  readonly applications?: readonly Application[];
};

export type RegisterQuery = {
  readonly kind: RegisterKind;
  readonly organisation?: string;
  readonly application?: string;
  readonly state?: string;
  /** Only those made after this one (its `createdAt` and `id`). */
  readonly after?: { readonly createdAt: number; readonly id: string };
  readonly limit?: number;
};

/** That an application has used a part of an API on a day, so many times. Nothing of whose data, and of no organisation. */
export type PartUse = {
  readonly application: string;
  readonly api: string;
  /** Its coordinate (catalogue/contract.ts). */
  readonly part: string;
  /** `2026-11-22`, civil date in Norway. */
  readonly day: string;
  readonly count: number;
};

/** Who tells a destination of changes, and how far telling has come. */
export type MessageTurn = {
  readonly destination: string;
  readonly holder: string;
  /** After this another may take it, epoch ms. */
  readonly until: number;
  /** JSON of messages' own. */
  readonly state: string;
};

/** A message that a destination did not take, until somebody has it told again or it is dropped. */
export type MessageLetter = {
  readonly destination: string;
  /** Higher than that of every letter before it that is still there. */
  readonly number: number;
  /** What it is about: what comes after it of the same is not told before it. */
  readonly subject: string;
  /** When it was laid aside, epoch ms. */
  readonly at: number;
  readonly resend: boolean;
  /** JSON of messages' own. */
  readonly record: string;
};

export type PlatformStore = {
  /** Grows with every change, by whichever process: caches ask it before they answer. */
  readonly revision: () => Eventually<number>;
  readonly organisations: () => Eventually<readonly Organisation[]>;
  readonly organisation: (id: string) => Eventually<Organisation | null>;
  readonly putOrganisation: (value: Organisation) => Eventually<void>;
  readonly applications: () => Eventually<readonly Application[]>;
  readonly application: (id: string) => Eventually<Application | null>;
  /** The application that has this user name of the FINT profile; null when none has. */
  readonly applicationByLogin: (username: string) => Eventually<Application | null>;
  readonly putApplication: (value: Application) => Eventually<void>;
  readonly grantsOf: (application: string) => Eventually<readonly Grant[]>;
  readonly grants: () => Eventually<readonly Grant[]>;
  /** What the grant let follow before and does not any more is an ended follow from now on. */
  readonly putGrant: (value: Grant) => Eventually<void>;
  /** False when there was none. If it let follow, that is an ended follow from now on. */
  readonly removeGrant: (id: string) => Eventually<boolean>;
  /** In the order in which they were made; those that have ended too. */
  readonly links: () => Eventually<readonly Link[]>;
  readonly linksOf: (application: string) => Eventually<readonly Link[]>;
  /**
   * Keeps a link and, in its place those of before, the grants that are made from it: all of it or nothing. They are among those that `grants` and
   * `grantsOf` give, and are changed in no other way. What they let follow before and do not any more is an ended follow from now on.
   */
  readonly putLink: (value: Link, grants: readonly Grant[]) => Eventually<void>;
  /**
   * What is left of grants that were removed, or changed so that following ended: the last end for each organisation and environment, for
   * `followLifeMs` at least. The end of a grant whose period is over stands in the grant.
   */
  readonly endedFollows: (application: string) => Eventually<readonly EndedFollow[]>;
  readonly signingKeys: () => Eventually<readonly SigningKey[]>;
  readonly putSigningKey: (value: SigningKey) => Eventually<void>;
  readonly removeSigningKey: (id: string) => Eventually<void>;
  /** In the order in which they were made. */
  readonly auditKeys: () => Eventually<readonly AuditKey[]>;
  readonly putAuditKey: (value: AuditKey) => Eventually<void>;
  /** Stores a single-use id until it expires: true for exactly one caller. */
  readonly useOnce: (id: string, expiresAt: number) => Eventually<boolean>;
  /** A secret of the hub by name (pseudonym keys, cookie keys), made on first use from the given bytes. */
  readonly secret: (name: string, make: () => Buffer) => Eventually<Buffer>;
  /**
   * The request and subject that came first under a key; stores those given when none did, or when it has expired. For repeated requests:
   * the same key gives everyone the same subject.
   */
  readonly claim: (
    key: string,
    claim: { readonly request: string; readonly subject: string; readonly expiresAt: number },
  ) => Eventually<{ readonly request: string; readonly subject: string }>;
  /** Adds what one process has let through: `used` to what there is of the day, `weight` and `at` in the place of what there was. */
  readonly addQuotaUse: (environment: Environment, uses: readonly QuotaUse[]) => Eventually<void>;
  /** What has been told of since `since` (epoch ms), of every day. */
  readonly quotaUse: (environment: Environment, since: number) => Eventually<readonly QuotaUse[]>;
  /** Drops what was used on days before one (civil date). */
  readonly dropQuotaUse: (before: string) => Eventually<void>;
  /** In the order in which they were made (`createdAt`, then `id`). */
  readonly registerEntries: (query: RegisterQuery) => Eventually<readonly RegisterEntry[]>;
  readonly registerEntry: (kind: RegisterKind, id: string) => Eventually<RegisterEntry | null>;
  /** False, and nothing is changed, when one of the entries is not at the revision before the one given. Durable when it returns. */
  readonly putRegister: (change: RegisterChange) => Eventually<boolean>;
  /** Drops entries of a kind that were changed last before a moment (epoch ms) and are in one of these states. Gives how many. */
  readonly dropRegister: (kind: RegisterKind, states: readonly string[], changedBefore: number) => Eventually<number>;
  /** Adds to what there is of the day. */
  readonly addPartUse: (environment: Environment, uses: readonly PartUse[]) => Eventually<void>;
  /** Use since a day, that one included, by application, API, part and day. */
  readonly partUse: (
    environment: Environment,
    query: { readonly since: string; readonly application?: string; readonly api?: string; readonly part?: string },
  ) => Eventually<readonly PartUse[]>;
  /** Drops use of days before one (civil date). */
  readonly dropPartUse: (before: string) => Eventually<void>;
  /** How far telling has come, of every destination that somebody has begun with; by id. None of what follows raises the revision. */
  readonly messageTurns: () => Eventually<readonly MessageTurn[]>;
  /**
   * Gives a destination to a holder until a moment (epoch ms), or longer to the one who has it: what is kept of it ('' = nothing yet), as text. Null while
   * another has it. Of several holders who ask at once one gets it.
   */
  readonly takeMessageTurn: (
    destination: string,
    turn: { readonly holder: string; readonly now: number; readonly until: number },
  ) => Eventually<string | null>;
  /**
   * Keeps how far telling has come, and with it letters that could not be told, in the place of those whose numbers are dropped: all of it, durable when it
   * returns, or nothing and false, when the holder has the destination no more.
   */
  readonly putMessageState: (
    destination: string,
    kept: {
      readonly holder: string;
      readonly state: string;
      readonly letters: readonly Omit<MessageLetter, 'destination' | 'resend'>[];
      readonly dropped: readonly number[];
    },
  ) => Eventually<boolean>;
  /** Letters of a destination in the order of their numbers, after one. */
  readonly messageLetters: (query: {
    readonly destination: string;
    readonly after: number;
    readonly limit: number;
  }) => Eventually<readonly MessageLetter[]>;
  readonly messageLetterCount: (destination: string) => Eventually<number>;
  /** Says that letters are to be told after all: those of some subjects, or (null) all. Gives how many it said so of. */
  readonly resendMessageLetters: (destination: string, subjects: readonly string[] | null) => Eventually<number>;
  /** Drops letters that came before a moment (epoch ms): of some subjects, or (null) all. Gives how many. */
  readonly dropMessageLetters: (
    destination: string,
    query: { readonly subjects: readonly string[] | null; readonly before: number },
  ) => Eventually<number>;
  /** Drops all that is kept of a destination. Whoever holds it has it no more. */
  readonly dropMessages: (destination: string) => Eventually<void>;
  /**
   * Administrative decisions: who changed what, and why. Durable when it returns. `notices` are records for the audits of the organisations
   * concerned: kept in the same transaction until somebody has put them there.
   */
  readonly appendPlatformAudit: (record: {
    readonly at: number;
    readonly actor: string;
    readonly operation: string;
    readonly subject: string;
    readonly reason?: string;
    readonly notices?: readonly { readonly organisation: string; readonly record: AuditRecord }[];
  }) => Eventually<void>;
  /** Records that wait for the audit of their organisation, oldest first. */
  readonly auditNotices: (
    limit: number,
  ) => Eventually<readonly { readonly number: number; readonly organisation: string; readonly record: AuditRecord }[]>;
  /** Drops waiting records once they are in the audit of their organisation. */
  readonly auditNoticed: (numbers: readonly number[]) => Eventually<void>;
};

// --- Tenant: what is read -----------------------------------------------------------------------------------------------------

export type StoredResource = {
  readonly uid: number;
  /** Feed position of the last change. */
  readonly position: number;
  readonly changedAt: number;
  /** Feed position of its creation; 0 for what was stored before positions of creation were kept. */
  readonly born: number;
  /** How highly it is protected itself: who may know that it exists. */
  readonly protection: ProtectionLevel;
  /** The highest protection among what its links lead to: below it, links must be taken out. */
  readonly linked: ProtectionLevel;
  /** Canonical HAL JSON. */
  readonly body: Buffer;
};

/** Some resources of one collection as far as documents need them, by uid, ascending; index-aligned. */
export type ResourceHeads = {
  readonly uids: Float64Array;
  /** How highly each is protected itself. */
  readonly protection: Uint8Array;
  /** What stands in each beside `_links`, an object; those within it may have `_links`. Read from its text each time that it is asked for; undefined when only levels were. */
  readonly value: (index: number) => unknown;
};

/** Some resources of one collection as trees are made from them; index-aligned. */
export type TreeRows = {
  readonly uids: Float64Array;
  /** How highly each is protected itself. */
  readonly protection: Uint8Array;
  /** What stands in each beside `_links`, as JSON text of an object; values within may have `_links`. Empty when only levels were asked for. */
  readonly texts: readonly string[];
};

/** Which resources are behind some others, and these resources. */
export type RowsBehind = {
  /** Pairs, each once: `from` ascending, then `to`; of a page, `from` ascending, then in its order. */
  readonly from: Float64Array;
  readonly to: Float64Array;
  /** There are more pairs than were wanted: these are some of them. */
  readonly more: boolean;
  /** Of a page: how many there are behind each, whether or not they are in it; only those that have any. */
  readonly counts: ReadonlyMap<number, number>;
  /** What the pairs lead to, by uid, ascending, each once. */
  readonly rows: TreeRows;
};

/** Rows of a collection that are protected or link to something that is, by uid, ascending; the same object until one of them changes. */
export type Guarded = {
  readonly uids: Float64Array;
  /** Index-aligned: protection of the row itself, and the highest among its links. */
  readonly own: Uint8Array;
  readonly linked: Uint8Array;
};

/** What answers to an identifier. `protection` is that of the resource; of one that is gone, what it was. */
export type Resolved = { readonly uid: number | null; readonly protection: ProtectionLevel };

export type CollectionStats = {
  readonly count: number;
  /** Position of the last change; 0 = none. */ readonly position: number;
  readonly changedAt: number;
};

/** A run of stored bodies, joined by commas. `segment` names a whole fixed segment whose bytes are the same until `version` changes. */
export type BodyChunk = {
  readonly bytes: Buffer;
  readonly count: number;
  readonly segment: { readonly id: number; readonly version: number } | null;
};

/** A chunk that can be read later: so that a compressed copy can stand in for it. */
export type ChunkHandle = {
  readonly segment: { readonly id: number; readonly version: number } | null;
  readonly read: () => Eventually<BodyChunk>;
};

/** Bytes that may be sent as they are, or rows that must be looked at one by one. */
export type PagePiece = ChunkHandle | { readonly uids: readonly number[] };

/**
 * Rows of one segment that the caller does not see all as they are stored. Where `segment` names it, they are `take` of those that it sees, after
 * `skip`, and what they are made into is the same for all who see alike, until `version` changes.
 */
export type MixedPart = {
  readonly segment: ChunkHandle['segment'];
  readonly skip: number;
  readonly take: number;
  readonly pieces: () => Iterable<PagePiece>;
  /** False once the collection has changed: what has been made meanwhile may be newer than the version says. */
  readonly stands: () => boolean;
};

/** A part of a page. */
export type PagePart = ChunkHandle | MixedPart;

/**
 * A page as one look at the collection found it, so that what is recorded of it holds for whatever is read of it later. It shows no row but those
 * with a uid `from`…`to` that the collection had at `position` (there need be none at either end), and none that the plan does not see as
 * `guarded` stood then, lifted since or not.
 */
export type StoredPage = {
  readonly from: number;
  readonly to: number;
  readonly position: number;
  /** As `TenantReads.guarded`; for a plan that sees everything it may be empty. */
  readonly guarded: Guarded;
  /** Reads the page, from its beginning each time. Rows that have gone since, or that the plan does not see any more, are left out. */
  readonly parts: () => AsyncIterable<PagePart> | Iterable<PagePart>;
};

export type StoredChange = {
  readonly position: number;
  readonly uid: number;
  readonly kind: 'created' | 'updated' | 'removed' | 'identifier-changed';
  readonly at: number;
  /** `field/value` pairs as before, for removed and identifier-changed. */
  readonly before: readonly { readonly field: string; readonly value: string }[];
  /** The clearance that it takes to notice it: of a removal the protection of what was removed, of an update the lowest clearance to which the resource looks different. */
  readonly level: ProtectionLevel;
  /**
   * Attributes and relations (jsonNames) whose values or links were changed, in no order, as far as the plan's clearance notices it (relations
   * also where protection alone hides or shows what they lead to). Empty for what came or went, where nothing looks different to the clearance or only
   * the order of links does, and for changes stored before names were kept. Never a value.
   */
  readonly fields: readonly string[];
};

/** What a follower could see when it was last answered, by a name that says the same for the same access. */
export type FollowState = {
  /** Says the same for the same content, in whichever form that is kept. */
  readonly id: string;
  readonly collection: CollectionPath;
  /** The hub's own form: portions, views, clearances. */
  readonly record: string;
  /** Packed sets of uids of the record, or null. */
  readonly rows: Buffer | null;
};

// --- Tenant: what is written --------------------------------------------------------------------------------------------------

export type IdentifierValue = { readonly field: string; readonly value: string };

/** A delivered link, after its form has been read. `verbatim` when it leads outside the model. */
export type LinkTarget =
  | { readonly kind: 'resource'; readonly collection: CollectionPath; readonly field: string; readonly value: string }
  | { readonly kind: 'verbatim'; readonly href: string };

export type OwnLink = { readonly relation: string; readonly targets: readonly LinkTarget[] };

/** A resource ready to be stored: checked, canonical, without anything that depends on what else is stored. */
export type PreparedResource = {
  /** Model order; at least one. */
  readonly identifiers: readonly IdentifierValue[];
  /** The identifier that others link back by: the one delivered as `identifier`, else the first. */
  readonly primary: IdentifierValue;
  /** The members before `_links`, as canonical JSON text without the outer braces. Never empty: a resource has an identifier. */
  readonly attributes: string;
  /** Own links of the resource itself, in model order, duplicates removed. */
  readonly links: readonly OwnLink[];
  /** The marking that it carries, the strictest where it cannot be read; null when it carries none. */
  readonly marking: ProtectionLevel | null;
  /**
   * Links on complex values that lead to collections which can be protected: they stand inside `attributes` as finished addresses and are told
   * here so that protection can follow them. `relation` is their key in `Collection.nestedLinks` (`mottaker.person`). Absent = none.
   */
  readonly nested?: readonly OwnLink[];
};

/**
 * Which resources an answer showed: for `who has seen this person`. `range` = all rows of the collection with a uid from `from` to `to` that
 * existed at a feed position, without some; `uids` = exactly these. Uids are packed (`base/packed-uids.ts`).
 */
export type AuditSeen =
  | {
      readonly kind: 'range';
      readonly from: number;
      readonly to: number;
      readonly position: number;
      readonly without: string;
    }
  | { readonly kind: 'uids'; readonly uids: string };

/** An audit record: who did what to which class, and the decision. Never a value, a name or a national id. */
export type AuditRecord = {
  readonly id: string;
  readonly at: number;
  readonly request: string;
  readonly issuer: string;
  readonly client: string;
  readonly token: string;
  readonly api: string;
  readonly operation: string;
  readonly collection: string;
  readonly decision: 'allow' | 'deny';
  /** Grant ids, or the rule that denied. */
  readonly rule: string;
  /** Resources concerned; null when not known before the answer. */
  readonly count: number | null;
  /** Pseudonyms (keyed hash per organisation) of the resources named. */
  readonly subjects: readonly string[];
  /** What the answer carried of persons; null when it carried nothing of any. */
  readonly seen: AuditSeen | null;
  readonly details: string;
};

/** A record with its place in the organisation's audit: from 1, without gaps. */
export type AuditEntry = { readonly sequence: number; readonly record: AuditRecord };

/**
 * A signed statement about an organisation's audit. `head`: its records up to `sequence` give `hash`. `cut`: those up to `sequence`, which gave
 * `hash`, have been dropped since their time was over. Each is signed over the signature before it.
 */
export type AuditCheckpoint = {
  readonly organisation: string;
  /** From 1, without gaps. */
  readonly number: number;
  readonly kind: 'head' | 'cut';
  readonly sequence: number;
  /** SHA-256, base64url. */
  readonly hash: string;
  /** Epoch ms. */
  readonly at: number;
  /** Signature of the checkpoint before; '' for the first. */
  readonly previous: string;
  /** Id of the key. */
  readonly key: string;
  /** Ed25519, base64url. */
  readonly signature: string;
};

/** Resources looked for in what answers showed: uids ascending, and index-aligned when each was there (`TenantReads.lives`). */
export type AuditSubjects = {
  readonly uids: Float64Array;
  readonly lives: readonly { readonly born: number; readonly gone: number | null }[];
  /** What showed a resource that was not stored (yet) names it by a pseudonym: any of these, in records of these operations that showed something. */
  readonly named?: { readonly subjects: readonly string[]; readonly operations: readonly string[] };
};

export type AuditScan = {
  readonly order: 'oldest' | 'newest';
  /** Only records beyond this sequence, in the order asked for. */
  readonly beyond?: number | null;
  /** Epoch ms, first and last that count. */
  readonly from?: number | null;
  readonly to?: number | null;
  readonly client?: string | null;
  /** Only those of this request. */
  readonly request?: string | null;
  /** Only about so many records before the newest of the period are looked at; null = all. */
  readonly latest?: number | null;
  /** Names, or `x/*` for x and what is below it; any of them. */
  readonly collections?: readonly string[] | null;
  readonly decision?: AuditRecord['decision'] | null;
  /** Only answers that showed any of these. */
  readonly seen?: AuditSubjects | null;
};

/** A piece of an audit as text: whole lines, and where the next begins; null after the last. */
export type ChainPart = { readonly text: string; readonly next: string | null };

/** What the owner of an audit may do with it. */
export type TenantTrail = {
  /** All records that match, some at a time; other work runs in between. What is recorded meanwhile may or may not be among them. */
  readonly scan: (query: AuditScan) => AsyncIterable<readonly AuditEntry[]>;
  /** Newest first, from below a number when one is given. */
  readonly checkpoints: (query: {
    readonly before?: number | null;
    readonly limit: number;
  }) => Eventually<readonly AuditCheckpoint[]>;
  /** Signs the state of the audit now; gives the newest checkpoint, which is the last one when nothing is new; null while there is no record. */
  readonly seal: () => Promise<AuditCheckpoint | null>;
  /** Drops the oldest records as far as all are from before a moment (epoch ms), and signs that. Gives how many. The newest commit always stays. */
  readonly trim: (before: number) => Promise<number>;
  /** The whole chain as lines of text (`audit-chain-lines.ts`), some at a time, for the independent verifier. Rejects with HUB-501 when records are dropped meanwhile. */
  readonly chain: () => AsyncIterable<string>;
  /** The same a piece at a time, from where the last one ended (null = the beginning). Rejects with HUB-103 for a place that no piece gave. */
  readonly chainPart: (from: string | null) => Eventually<ChainPart>;
};

// --- Tenant: writes by clients ------------------------------------------------------------------------------------------------

export type EventOperation = 'create' | 'update' | 'delete' | 'validate' | 'read';
export type EventState = 'waiting' | 'accepted' | 'rejected' | 'conflict' | 'failed' | 'expired';

export type EventProblem = { readonly field: string; readonly message: string; readonly code: string };

/** A write or live read of a client, from its acceptance to its answer. Times are epoch ms. */
export type WriteEvent = {
  /** The corrId: a UUID in lower case. */
  readonly id: string;
  /** Order of acceptance within the organisation; given by the store. */
  readonly order: number;
  readonly collection: CollectionPath;
  readonly operation: EventOperation;
  readonly state: EventState;
  readonly policy: Exclude<WritePolicy, 'closed'>;
  /** Who asked. */
  readonly client: string;
  readonly issuer: string;
  readonly api: string;
  readonly request: string;
  /** The identifier in the address; null for create and for reads by filter. */
  readonly target: IdentifierValue | null;
  /** The stored resource concerned, once known. */
  readonly uid: number | null;
  /** The resource as it is to become, JSON text with absolute links; null for delete and read, and once forgotten. */
  readonly value: string | null;
  /** Live reads by filter: the filter as text; null otherwise, and once forgotten. */
  readonly filter: string | null;
  readonly createdAt: number;
  /** The adapter must have answered before. */
  readonly deadline: number;
  readonly answeredAt: number | null;
  /** Application id of the adapter that answered; null for the hub itself. */
  readonly answeredBy: string | null;
  readonly message: string;
  readonly problems: readonly EventProblem[];
  /** What the adapter sent along (conflict, live read): JSON text of a list of resources in canonical form; null when nothing, and once forgotten. */
  readonly answer: string | null;
  /** Keyed hashes of the Idempotency-Key and of the request that came with it. */
  readonly idempotency: { readonly key: string; readonly request: string } | null;
  /** The status is answered until then. */
  readonly retainUntil: number;
};

export type TenantEvents = {
  readonly event: (id: string) => Eventually<WriteEvent | null>;
  /** How many of the organisation wait, past their deadline or not. */
  readonly waitingCount: () => Eventually<number>;
  /** Waiting for an adapter and not past their deadline, oldest first. */
  readonly waiting: (query: {
    readonly collections: readonly CollectionPath[];
    readonly operations: readonly EventOperation[];
    readonly now: number;
    readonly limit: number;
    /** As many as are this long together as they are kept, and one at least. */
    readonly bytes?: number;
  }) => Eventually<readonly WriteEvent[]>;
  /** Newest first, from below an order when one is given; without `value` and `answer`, which are long: `event` has them. */
  readonly events: (query: {
    readonly collection?: CollectionPath;
    readonly state?: EventState;
    readonly client?: string;
    readonly before?: number;
    readonly limit: number;
  }) => Eventually<readonly WriteEvent[]>;
};

// --- Tenant: adapters and runs ------------------------------------------------------------------------------------------------

export type SyncType = 'FULL' | 'DELTA' | 'DELETE';
export type RunState = 'open' | 'completed' | 'held' | 'failed' | 'expired' | 'superseded' | 'rejected';

export type SyncRun = {
  readonly corrId: string;
  /** Order in which runs were opened within the tenant; given by the store. */
  readonly order: number;
  readonly adapter: string;
  /** The application that delivers. */
  readonly client: string;
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
  /** What a held run would remove. */
  readonly wouldRemove: number;
  readonly openedAt: number;
  readonly touchedAt: number;
  readonly closedAt: number | null;
  readonly reason: string | null;
};

/** A page as received, by its number: what it held, so that a repeated page is known and a completed run knows what it delivered. */
export type SyncPage = {
  readonly page: number;
  readonly hash: string;
  readonly entries: number;
  /** Uids that the page touched or vouched for, ascending. May come back empty once no run of the collection is open or held. */ readonly seen: Float64Array;
};

export type Rejection = {
  readonly corrId: string;
  readonly collection: CollectionPath;
  readonly page: number;
  /** Position of the entry in its page, 0-based. */
  readonly index: number;
  readonly severity: 'rejected' | 'warning';
  readonly code: string;
  /** JSON pointer inside the entry. */
  readonly at: string;
  /** Names members and types, never values. */
  readonly message: string;
  /** Keyed hash of the entry's identifier, so that the adapter can find the entry again. */
  readonly subject: string;
  readonly seenAt: number;
};

export type AdapterContract = {
  readonly client: string;
  readonly adapterId: string;
  readonly username: string;
  readonly heartbeatIntervalInMinutes: number;
  readonly capabilities: readonly {
    readonly collection: CollectionPath;
    readonly fullSyncIntervalInDays: number;
    readonly deltaSyncInterval: 'IMMEDIATE' | 'LEGACY' | 'NONE';
  }[];
  /** Operations that it answers, per collection. Absent = none stated: it answers writes of the first kind of events, no live reads. */
  readonly eventCapabilities?: readonly {
    readonly collection: CollectionPath;
    readonly operations: readonly EventOperation[];
  }[];
  readonly registeredAt: number;
  readonly heartbeatAt: number | null;
};

// --- Tenant -------------------------------------------------------------------------------------------------------------------

/** Reads of domain data. Every method takes a plan; collection and rows come from it. */
export type TenantReads = {
  /** As the plan's clearance lets it be known: hidden rows do not count, and what happened to them is no last change. */
  readonly stats: (plan: AuthorizedPlan) => Eventually<CollectionStats>;
  /** The rows of a collection that a clearance below 3 does not see, or sees with fewer links. Empty for most collections. */
  readonly guarded: (collection: CollectionPath) => Eventually<Guarded>;
  /** One resource by identifier, as stored; null when there is none. Rows and view of the plan are NOT applied: hub/run.ts does. */
  readonly read: (plan: AuthorizedPlan, identifier: IdentifierValue) => Eventually<StoredResource | null>;
  /**
   * Rows `offset`…`offset + size` (0 = to the end) in order of creation, of those that the plan's clearance sees: joined bytes, and uids where
   * rows must be rendered one by one. Null when there are none. Only for plain plans.
   */
  readonly page: (
    plan: AuthorizedPlan,
    range: { readonly offset: number; readonly size: number },
  ) => Eventually<StoredPage | null>;
  /** Uids in ascending order that match the filter and have changed at or after `since` (epoch ms). Gives null when the deadline (monotonic ms) passes. */
  readonly select: (
    plan: AuthorizedPlan,
    where: { readonly filter: FilterExpr | null; readonly since: number | null },
    deadline: number,
  ) => Eventually<Float64Array | null>;
  /** All uids of the collection, ascending. */
  readonly uids: (plan: AuthorizedPlan) => Eventually<Float64Array>;
  /** Resources by uid, in the order given; those that are gone, and those of other collections than the plan's, are left out. */
  readonly load: (plan: AuthorizedPlan, uids: readonly number[]) => Eventually<readonly StoredResource[]>;
  /** As `load`, for many: of uids that ascend, without what only changes are told by; and without their bodies where `levels` are wanted. */
  readonly heads: (
    plan: AuthorizedPlan,
    uids: readonly number[],
    wanted: 'levels' | 'values',
  ) => Eventually<ResourceHeads>;
  readonly changes: (plan: AuthorizedPlan, after: number, size: number) => Eventually<readonly StoredChange[]>;
  /** The feed of several collections at once, those of the plans, in its order. */
  readonly changesOf: (
    plans: readonly AuthorizedPlan[],
    after: number,
    size: number,
  ) => Eventually<readonly (StoredChange & { readonly collection: CollectionPath })[]>;
  /** The next uids of the collection above `after`, ascending, at most `size`. Rows, clearance and view of the plan are NOT applied. */
  readonly uidsAfter: (plan: AuthorizedPlan, after: number, size: number) => Eventually<readonly number[]>;
  /**
   * What resources of the plan's collection link to by a relation (jsonName), whichever end delivered the link: pairs of uids, `from` ascending, then
   * `to`, each pair once. Targets that do not exist are not there. Asked once for any number of `from`. Nothing of the plan is applied to
   * the pairs: whoever asks holds the targets against a plan of theirs.
   */
  readonly related: (
    plan: AuthorizedPlan,
    relation: string,
    from: readonly number[],
  ) => Eventually<{ readonly from: Float64Array; readonly to: Float64Array }>;
  /**
   * As `related`, together with what the pairs lead to: one look, however many `from` there are (ascending). `target` is a plan of the collection that
   * the relation leads to. At most `most` pairs. With `page` those alone that are protected no higher than its clearance, in the order of the values
   * (bytes) that they have of an identifier, those without one after them by uid: so many of each `from`, from behind a value. Nothing else
   * of the plans is applied.
   */
  readonly behind: (
    plan: AuthorizedPlan,
    relation: string,
    target: AuthorizedPlan,
    from: readonly number[],
    wanted: {
      readonly rows: 'levels' | 'values';
      readonly most: number;
      readonly page: {
        readonly field: string;
        readonly after: string | null;
        readonly first: number;
        readonly clearance: ProtectionLevel;
      } | null;
    },
  ) => Eventually<RowsBehind>;
  /**
   * Resources in the order of the values (bytes) that they have of an identifier, behind a value, at most `first`; `places` has the values. Those
   * that are protected above the clearance are passed over. Those without the identifier are not there: `unnamed` has them. Costs the same wherever
   * it begins.
   */
  readonly ordered: (
    plan: AuthorizedPlan,
    asked: {
      readonly field: string;
      readonly after: string | null;
      readonly first: number;
      readonly clearance: ProtectionLevel;
    },
    wanted: 'levels' | 'values',
  ) => Eventually<TreeRows & { readonly places: readonly string[] }>;
  /** The same as uids and values alone, whatever their protection: for looking through many. */
  readonly placesAfter: (
    plan: AuthorizedPlan,
    field: string,
    after: string | null,
    first: number,
  ) => Eventually<{ readonly uids: Float64Array; readonly places: readonly string[] }>;
  /** The values that resources of the collection have of an identifier, index-aligned; null where there is none. */
  readonly placesOf: (
    plan: AuthorizedPlan,
    field: string,
    uids: readonly number[],
  ) => Eventually<readonly (string | null)[]>;
  /** Uids of the collection that have no such identifier, ascending: looks through all of them. */
  readonly unnamed: (plan: AuthorizedPlan, field: string) => Eventually<Float64Array>;
  /** Resources by values of an identifier, those that are there: `at` says which value has led to each, ascending. Nothing of the plan is applied. */
  readonly named: (
    plan: AuthorizedPlan,
    field: string,
    values: readonly string[],
    wanted: 'levels' | 'values',
  ) => Eventually<TreeRows & { readonly at: Int32Array }>;
  /** Position of the newest change of the tenant; positions never repeat and never go back. */
  readonly lastPosition: () => Eventually<number>;
  /** What answers to identifiers, index-aligned. For deciding which links may show. */
  readonly resolve: (
    refs: readonly { readonly collection: CollectionPath; readonly field: string; readonly value: string }[],
  ) => Eventually<readonly Resolved[]>;
  /** Uids of what is or was about a resource: by the model's `about` relations, now or before it was removed or moved; itself included. */
  readonly aboutOf: (uid: number) => Eventually<Float64Array>;
  /** The last uid that an identifier had, also when the resource is gone; null when it never had one. */
  readonly lastUid: (collection: CollectionPath, identifier: IdentifierValue) => Eventually<number | null>;
  /** Where each of some uids first appeared and last vanished in the feed, index-aligned; `gone` null while it is there. */
  readonly lives: (
    uids: readonly number[],
  ) => Eventually<readonly { readonly born: number; readonly gone: number | null }[]>;
  /** What a follower could see when it was last answered; null when it was never kept, or too long ago. */
  readonly follow: (id: string) => Eventually<FollowState | null>;
  /** The history of the feed: which stretch of positions was given under which name. The last is the present one; an earlier one ends where a copy was put back. */
  readonly epochs: () => Eventually<readonly { readonly name: string; readonly until: number | null }[]>;
  /** Uids of resources with a link (delivered, or the inverse of a delivered one) by `relation` to any of `targets`. For row scopes. */
  readonly linkedFrom: (
    relation: string,
    collection: CollectionPath,
    inverse: string | null,
    targets: Float64Array,
  ) => Eventually<Float64Array>;
  /** Delivered links of the collection whose target does not exist (yet), and the first of them by relation. */
  readonly dangling: (
    plan: AuthorizedPlan,
  ) => Eventually<readonly { readonly relation: string; readonly count: number }[]>;
};

export type WriteOutcome = 'created' | 'updated' | 'unchanged';

/** What the hub may do inside one write transaction. Everything or nothing becomes durable. */
export type TenantWrite = {
  /**
   * True once an entry of the collection has carried a protection marking, within this transaction or before it. Absent = never asked for.
   * From then on an entry without one counts as strictly protected when it is put; `settle` sees to those put earlier in the transaction.
   */
  readonly marked?: (collection: CollectionPath) => Eventually<boolean>;
  /** A resource as it is within the transaction; null when there is none. */
  readonly read: (uid: number) => Eventually<StoredResource | null>;
  /**
   * What was delivered of a resource beside its attributes: the identifier that others link back by, and its own links (hrefs by relation,
   * without `self` and without those that other resources have brought). Null when there is none.
   */
  readonly delivered: (uid: number) => Eventually<{
    readonly primary: IdentifierValue;
    readonly links: ReadonlyMap<string, readonly string[]>;
  } | null>;
  /** An event as it is within the transaction. */
  readonly event: (id: string) => Eventually<WriteEvent | null>;
  /** The event that a client got for an Idempotency-Key (keyed hash). */
  readonly eventByKey: (client: string, key: string) => Eventually<WriteEvent | null>;
  /** True when an update or removal of the resource waits for its source, and is not past its deadline. */
  readonly hasWaitingChange: (uid: number, now: number) => Eventually<boolean>;
  /** Stores an event: a new one (order 0 gets the next order) or a new state of a known one. */
  readonly putEvent: (event: WriteEvent) => Eventually<WriteEvent>;
  /** Takes values, filters and answers out of events whose retention has passed, and drops those accepted before a moment. Gives how many it touched. */
  readonly forgetEvents: (query: { readonly now: number; readonly createdBefore: number }) => Eventually<number>;
  /** Puts a state, in place of one of the same id that was kept in another form; noted as used, once a day. */
  readonly putFollow: (state: FollowState) => Eventually<void>;
  /** Drops follow states that nobody has asked for since a moment (epoch ms). Gives how many. */
  readonly forgetFollows: (usedBefore: number) => Eventually<number>;
  /**
   * Removes resources for good: bodies, identifiers, what the feed and events say of them, and links of others to them; the feed keeps that
   * something was removed. `reason` is the text of the case, and holds nothing of the person. Entered in the ledger of erasures before it is
   * committed. Gives the id of the erasure; null when there was nothing to erase. Settle as after every write.
   */
  readonly erase: (uids: readonly number[], reason: string) => Eventually<string | null>;
  /**
   * These are about to be matched and put, in this order: what that takes is fetched together. Absent where nothing has to be fetched; whoever
   * does not call it, or puts others, is only slower.
   */
  readonly expect?: (collection: CollectionPath, resources: readonly PreparedResource[]) => Eventually<void>;
  /** As `expect`, for resources that are about to be removed. */
  readonly expectRemoved?: (uids: readonly number[]) => Eventually<void>;
  /** Uids by identifier in the collection, index-aligned; null where free. */
  readonly match: (
    collection: CollectionPath,
    identifiers: readonly IdentifierValue[],
  ) => Eventually<readonly (number | null)[]>;
  /** Creates (uid null) or replaces a resource. Gives its uid and what happened; links of it and to it are made right at `settle`. */
  readonly put: (
    collection: CollectionPath,
    uid: number | null,
    resource: PreparedResource,
    source: string,
  ) => Eventually<{ readonly uid: number; readonly outcome: WriteOutcome }>;
  /** Removes a resource; `order` is that of the run that says so. */
  readonly remove: (collection: CollectionPath, uid: number, order: number) => Eventually<void>;
  /** Order of the run that removed the resource which last had this identifier, index-aligned; null where nothing has been removed. */
  readonly removedOrder: (
    collection: CollectionPath,
    identifiers: readonly IdentifierValue[],
  ) => Eventually<readonly (number | null)[]>;
  /** Renders the links of everything touched since the transaction began and records the changes. Call once, last. */
  readonly settle: () => Eventually<void>;
  readonly audit: (record: AuditRecord) => Eventually<void>;
  readonly putRun: (run: Omit<SyncRun, 'order'>) => Eventually<SyncRun>;
  readonly putPage: (corrId: string, page: SyncPage) => Eventually<void>;
  readonly putRejections: (corrId: string, page: number, rejections: readonly Rejection[]) => Eventually<void>;
  readonly putContract: (contract: AdapterContract) => Eventually<void>;
};

/** Reads that concern adapters and runs, not persons. */
export type TenantRuns = {
  readonly run: (corrId: string) => Eventually<SyncRun | null>;
  /** Newest (highest order) first. */
  readonly runs: (query: {
    readonly collection?: CollectionPath;
    readonly state?: RunState;
    /** Only those with a lower order. */
    readonly before?: number;
    readonly limit: number;
  }) => Eventually<readonly SyncRun[]>;
  /** The last run that completed, by type; null when none has. */
  readonly lastCompleted: (collection: CollectionPath, type: SyncType) => Eventually<SyncRun | null>;
  readonly pages: (corrId: string) => Eventually<readonly SyncPage[]>;
  /** One page by its number, so that a run of many pages need not be read whole for each; null when it has not come. */
  readonly page: (corrId: string, page: number) => Eventually<SyncPage | null>;
  /** Uids touched by pages of other runs of the collection: of runs with a higher order, or (delta and delete) received after `order` was opened. */
  readonly seenSince: (collection: CollectionPath, order: number) => Eventually<Float64Array>;
  /** Of a run in the order of its pages; of a collection the newest run first. */
  readonly rejections: (query: {
    readonly corrId?: string;
    readonly collection?: CollectionPath;
    readonly limit: number;
  }) => Eventually<readonly Rejection[]>;
  readonly contracts: () => Eventually<readonly AdapterContract[]>;
};

/** One entry of the ledger of erasures. It outlives the data, and a restore of older data. */
export type Erasure = {
  readonly id: string;
  readonly at: number;
  readonly reason: string;
  /** How many identifiers it keeps back, known by their keyed hashes only. */
  readonly identifiers: number;
  /** Since when their deliveries are taken again; null while they are kept back. */
  readonly liftedAt: number | null;
};

export type TenantErasures = {
  /** Whether each of these is an identifier that was erased and has not been lifted, index-aligned. Costs nothing where nothing was erased. */
  readonly isErased: (
    refs: readonly { readonly collection: CollectionPath; readonly field: string; readonly value: string }[],
  ) => readonly boolean[];
  /** How many identifiers are kept back: 0 says that there is nothing to ask about. */
  readonly size: () => number;
  /** Newest first. */
  readonly list: () => Eventually<readonly Erasure[]>;
  /** Lets the identifiers be delivered again; nothing comes back. False when there is no such erasure, or it has been lifted. Durable when it resolves. */
  readonly lift: (id: string) => Promise<boolean>;
};

export type TenantStore = {
  readonly id: string;
  /**
   * Another object once what was read before may be of another history: a server that has lost commits took over, or older data was put back, and
   * the same position may stand for something else. What is kept by position or version is kept for the object that it was read from.
   */
  readonly reads: TenantReads;
  readonly runs: TenantRuns;
  /**
   * One writer at a time per tenant; a throw rolls everything back. Durable when it resolves. `reads` and `runs` asked during `work` show what
   * was committed before it.
   */
  readonly write: <T>(work: (tx: TenantWrite) => Promise<T>) => Promise<T>;
  /** As `write`, for short work: works that wait at the same time share one commit. A throw rolls back its own work only. */
  readonly writeTogether: <T>(work: (tx: TenantWrite) => Promise<T>) => Promise<T>;
  readonly events: TenantEvents;
  readonly erasures: TenantErasures;
  /** Group commit of read decisions: durable when it resolves; rejects when they cannot be written. */
  readonly appendAudit: (record: AuditRecord) => Promise<void>;
  /** Newest first, for the owner's review and for tests. */
  readonly audit: (query: {
    readonly limit: number;
    readonly client?: string;
    readonly collection?: string;
  }) => Eventually<readonly AuditRecord[]>;
  readonly trail: TenantTrail;
  /** A second call waits for the first. The store opens the organisation anew when it is asked for again. */
  readonly close: () => Promise<void>;
};

export type StoreCapabilities = {
  readonly dialect: string;
  /** Row-level security behind the plan. */ readonly rowLevelSecurity: boolean;
};

export type Store = {
  readonly capabilities: StoreCapabilities;
  readonly platform: PlatformStore;
  /** Opens (and on first use makes) the store of an organisation. */
  readonly tenant: (id: string) => Promise<TenantStore>;
  /** True when writes can be made durable now: for readiness. */
  readonly healthy: () => Eventually<boolean>;
  readonly close: () => Promise<void>;
};

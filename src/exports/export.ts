// Exports as a whole: what is asked for, what a run says of itself, and who does what. The contract between the parts of this folder, the API, the
// command line and the process that does the work (app). Holds no name of the model and no HTTP.
import type { Problem } from '#base/errors.ts';
import type {
  DropCode,
  ExclusionCode,
  RosterFinding,
  RosterGroup,
  RosterHolder,
  RosterMember,
  RosterOwner,
  RosterPerson,
  RosterProfile,
  RosterSchool,
} from '#formats/roster.ts';
import type { Principal } from '#hub/principal.ts';
import type { ExportState } from '#store/exports.ts';

export type ExportFormat = 'pifu' | 'ims' | 'abc';

/** What an application asks for. */
export type ExportAsked = {
  readonly format: ExportFormat;
  /** Null = that of the application's settings, else the default of the format. */
  readonly profile: RosterProfile | null;
  readonly type: 'full' | 'delta';
  /** Token of an earlier run (`ExportReport.position`); null in a delta = since the last run of the series that was told. */
  readonly since: string | null;
  /** Opaque ids of schools; null = all that the application sees. */
  readonly schools: readonly string[] | null;
  /** `2026/2027`; null = the one that runs now, in Norway. */
  readonly schoolYear: string | null;
};

/** What the owner, or the operator, has set for an application; what is absent is the default. */
export type ExportSettings = {
  readonly profiles: Readonly<Partial<Record<ExportFormat, RosterProfile>>>;
  /** `datasource` of the files: at most 32 characters. Default: `bindeledd@` and a short form of the organisation. */
  readonly source: string | null;
  readonly target: string | null;
  /** The share of memberships told before that a run may drop without being confirmed, 0 to 1. */
  readonly dropGuard: number;
};

export const exportFormats = ['pifu', 'ims', 'abc'] as const satisfies readonly ExportFormat[];
export const defaultProfiles: Readonly<Record<ExportFormat, RosterProfile>> = {
  pifu: 'pifu-ims-1.3',
  ims: 'ims-1.1',
  abc: 'abc-1',
};
export const formatOf = (profile: RosterProfile): ExportFormat =>
  profile.startsWith('pifu') ? 'pifu' : profile.startsWith('ims') ? 'ims' : 'abc';

/** What a run does: everything resolved and checked. Plain data, so that another thread can do it. */
export type ExportOrder = {
  readonly run: string;
  readonly principal: Omit<Principal, 'scopes'> & { readonly scopes: readonly string[] };
  readonly trace: string;
  /** Somebody gets the file while it is made: what is read has been seen. Else nobody has seen anything before the file is fetched. */
  readonly readAsMade: boolean;
  readonly profile: RosterProfile;
  readonly type: 'full' | 'delta';
  /** The run that is compared with: in a delta the one since which changes are told, in a full one the last that was told; null = none. */
  readonly before: string | null;
  /** Uids; null = all. */
  readonly schools: readonly number[] | null;
  readonly schoolYear: string;
  /** Civil date in Norway: what is in force is decided by it. */
  readonly today: string;
  readonly source: string;
  readonly target: string | null;
  readonly dropGuard: number;
  /** As many memberships told before as somebody has agreed to lose: the guard does not hold it again for these. */
  readonly confirmed: number | null;
};

/** What the model holds, read for one order as the caller sees it. */
export type RosterReading = {
  readonly owner: RosterOwner | null;
  readonly schools: readonly RosterSchool[];
  /** Each person once, whatever roles; contacts are persons that are given too, before or after. */
  readonly persons: () => AsyncIterable<readonly RosterPerson[]>;
  /** After persons. */
  readonly groups: () => AsyncIterable<readonly RosterGroup[]>;
  /** After groups. All members of a holder at once. */
  readonly members: () => AsyncIterable<readonly RosterMembers[]>;
};
export type RosterMembers = {
  readonly holder: RosterHolder & { readonly uid: number };
  readonly members: readonly RosterMember[];
};

/** Told by the reading while it reads. Whoever the caller may not see is never among them. */
export type Excluded = {
  readonly code: ExclusionCode;
  readonly what: 'person' | 'school' | 'group' | 'membership' | 'number';
  /** Opaque id: of the person, the school or the group; of a membership its group. */
  readonly id: string;
};

/** Reads from the hub. `missing`: the caller may not read what an export is made of. */
export type OpenRoster = (
  order: Pick<ExportOrder, 'principal' | 'trace' | 'schools' | 'schoolYear' | 'today'>,
  tell: (excluded: Excluded) => void,
) => Promise<{ readonly kind: 'roster'; readonly reading: RosterReading } | { readonly kind: 'missing' }>;

export type ExportCounts = {
  readonly persons: number;
  readonly pupils: number;
  readonly employees: number;
  readonly guardians: number;
  readonly schools: number;
  readonly groups: number;
  readonly memberships: number;
};

export type Changes = { readonly added: number; readonly updated: number; readonly removed: number };

/** Everything about a run, as JSON says it; the text says the same. */
export type ExportReport = {
  readonly id: string;
  readonly application: string;
  readonly format: ExportFormat;
  readonly profile: RosterProfile;
  readonly type: 'full' | 'delta';
  readonly schools: readonly string[] | null;
  readonly schoolYear: string;
  readonly state: ExportState;
  readonly trigger: 'request' | 'stream' | 'schedule';
  readonly createdAt: string;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
  readonly expiresAt: string;
  readonly progress: {
    readonly step: 'waiting' | 'persons' | 'groups' | 'memberships' | 'checking' | 'done';
    readonly done: number;
    readonly total: number | null;
  };
  /** To ask for what has changed since. */
  readonly position: string | null;
  readonly exported: ExportCounts | null;
  /** By code; `list` names each, up to `limits.exportExclusions`. */
  readonly excluded: {
    readonly counts: readonly {
      readonly code: ExclusionCode;
      readonly what: Excluded['what'];
      readonly count: number;
    }[];
    readonly list: readonly Excluded[];
  };
  readonly dropped: readonly {
    readonly code: DropCode;
    readonly field: string;
    readonly value: string;
    readonly count: number;
  }[];
  /** Since the run that it was compared with; null when there was none. */
  readonly changes: { readonly persons: Changes; readonly groups: Changes; readonly memberships: Changes } | null;
  readonly check: {
    readonly schema: 'valid' | 'invalid' | 'unchecked';
    readonly rules: 'kept' | 'broken' | 'unchecked';
    readonly findings: readonly RosterFinding[];
    readonly count: number;
  };
  /** What the file is called where it is fetched or delivered. */
  readonly fileName: string;
  readonly sha256: string | null;
  readonly bytes: number | null;
  /** Why it is held, has failed or was rejected. */
  readonly reason: Problem | null;
  readonly confirmedBy: string | null;
  readonly fetched: readonly {
    readonly by: string;
    readonly at: string;
    readonly bytes: number;
    readonly whole: boolean;
  }[];
  readonly delivered: readonly {
    readonly target: string;
    readonly at: string;
    readonly ok: boolean;
    readonly message: string | null;
  }[];
};

export type Outcome<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: Problem };

/** One file that can be sent: whole or in part, plain or as one gzip member. */
export type ExportContent = {
  readonly fileName: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly finishedAt: number;
  /** Inclusive; both within the file. */
  readonly plain: (from: number, to: number) => AsyncIterable<Buffer>;
  readonly gzip: () => AsyncIterable<Buffer>;
  /** What was sent is told in the report. */
  readonly sent: (by: string, bytes: number, whole: boolean) => Promise<void>;
};

/** Who asks. `admin` = the owner of the data, who sees the runs of all applications and may not fetch their files. */
export type ExportCaller = { readonly principal: Principal; readonly trace: string };

/** What can be done with exports of an organisation. Unknown and foreign runs are both HUB-204. */
export type Exports = {
  readonly start: (
    asked: ExportAsked,
    caller: ExportCaller,
    trigger: ExportReport['trigger'],
    /** The client's Idempotency-Key, and what makes it another request: within a day the same key of an application gives the same run, HUB-413 with another request. */
    once?: { readonly key: string; readonly request: string } | null,
  ) => Promise<Outcome<ExportReport>>;
  readonly reports: (caller: ExportCaller, limit: number) => Promise<Outcome<readonly ExportReport[]>>;
  readonly report: (id: string, caller: ExportCaller) => Promise<Outcome<ExportReport>>;
  /**
   * Refused while it is not ready (HUB-409), and when it has expired or the application may see something else (HUB-419): its bytes end with that too.
   * To a token that carries less than the run was made with it does not exist (HUB-204). Read to its end it is told, unless a schedule reads it.
   */
  readonly content: (id: string, caller: ExportCaller) => Promise<Outcome<ExportContent>>;
  /**
   * The file while it is made, where it was asked for so (`stream`), else once it is ready: ends with an error when the run fails or is held, or when
   * the application may see something else, so that no reader takes it for whole. HUB-204 as `content`.
   */
  readonly stream: (id: string, caller: ExportCaller, signal: AbortSignal) => Promise<Outcome<AsyncIterable<Buffer>>>;
  /** Kept in the report: that the file was brought somewhere, which makes it told, or could not be. */
  readonly delivered: (
    id: string,
    delivery: Omit<ExportReport['delivered'][number], 'at'>,
    caller: ExportCaller,
  ) => Promise<void>;
  readonly decide: (
    id: string,
    decision: 'confirm' | 'reject' | 'cancel',
    caller: ExportCaller,
    /** Checked by the caller: holds no national id. For the audit and the report. */
    reason: string,
  ) => Promise<Outcome<ExportReport>>;
  readonly settings: (application: string, caller: ExportCaller) => Promise<Outcome<ExportSettings>>;
  readonly putSettings: (
    application: string,
    settings: ExportSettings,
    caller: ExportCaller,
  ) => Promise<Outcome<ExportSettings>>;
};

/** Where files are brought to: named in the operator's file of targets, which alone holds addresses and secrets. */
export type DeliveryTarget = {
  readonly name: string;
  /** The organisation that may have files brought there; another may have a target of the same name. */
  readonly organisation: string;
  /** Another file of the name is replaced only once the whole new one is there. */
  readonly deliver: (file: ExportContent, fileName: string, signal: AbortSignal) => Promise<Outcome<null>>;
};

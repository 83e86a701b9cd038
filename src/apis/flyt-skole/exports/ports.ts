// What this API needs of exports, stated by the API itself: who makes the files, where they are kept and how they are checked is none of its business.
// Supplied by app/compose.ts. Types, and the names that addresses and bodies use.
import type { Problem } from '#base/errors.ts';
import type { Principal } from '#hub/principal.ts';

export const exportFormats = ['pifu', 'ims', 'abc'] as const;
export type ExportFormat = (typeof exportFormats)[number];

/** The profiles of each format; the first is what is made where nobody has chosen. */
export const profilesOf = {
  pifu: ['pifu-ims-1.3', 'pifu-ims-1.2', 'pifu-ims-1.1'],
  ims: ['ims-1.1', 'ims-1.1-moodle', 'ims-1.1-itslearning', 'ims-1.1-legacy-nin'],
  abc: ['abc-1'],
} as const satisfies Readonly<Record<ExportFormat, readonly string[]>>;
export type ExportProfile = (typeof profilesOf)[ExportFormat][number];
export const exportProfiles: readonly ExportProfile[] = exportFormats.flatMap((format) => profilesOf[format]);

export const exportTypes = ['full', 'delta'] as const;

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
export type ExportState = (typeof exportStates)[number];

export const exportSteps = ['waiting', 'persons', 'groups', 'memberships', 'checking', 'done'] as const;
export const exportTriggers = ['request', 'stream', 'schedule'] as const;
export const excludedThings = ['person', 'number', 'school', 'group', 'membership'] as const;

export const exclusionCodes = [
  'no-name',
  'no-national-id',
  'national-id-twice',
  'national-id-elsewhere',
  'not-enrolled',
  'not-employed',
  'no-role',
  'no-school',
  'school-outside',
  'year-outside',
  'not-active',
  'no-short-name',
  'no-grep-code',
  'type-unknown-to-version',
  'ends-before-it-starts',
  'has-ended',
  'person-left-out',
  'guardian-outside',
  'group-left-out',
  'no-organisation-number',
] as const;
export type ExclusionCode = (typeof exclusionCodes)[number];

export const dropCodes = ['unknown-to-version', 'no-place', 'bad-form', 'cut', 'characters', 'not-decoded'] as const;
export type DropCode = (typeof dropCodes)[number];

export type ExportAsked = {
  readonly format: ExportFormat;
  /** Null = the one that is set for the application, else the first of the format. */
  readonly profile: ExportProfile | null;
  readonly type: (typeof exportTypes)[number];
  /** `position` of an earlier run; null in a delta = since the last one like it that was told. */
  readonly since: string | null;
  /** Opaque ids; null = all schools that the application sees. */
  readonly schools: readonly string[] | null;
  /** `2026/2027`; null = the one that runs now. */
  readonly schoolYear: string | null;
};

export type Changes = { readonly added: number; readonly updated: number; readonly removed: number };

export type ExportReport = {
  readonly id: string;
  readonly application: string;
  readonly format: ExportFormat;
  readonly profile: ExportProfile;
  readonly type: (typeof exportTypes)[number];
  readonly schools: readonly string[] | null;
  readonly schoolYear: string;
  readonly state: ExportState;
  readonly trigger: (typeof exportTriggers)[number];
  readonly createdAt: string;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
  readonly expiresAt: string;
  readonly progress: {
    readonly step: (typeof exportSteps)[number];
    readonly done: number;
    readonly total: number | null;
  };
  readonly position: string | null;
  readonly exported: {
    readonly persons: number;
    readonly pupils: number;
    readonly employees: number;
    readonly guardians: number;
    readonly schools: number;
    readonly groups: number;
    readonly memberships: number;
  } | null;
  readonly excluded: {
    readonly counts: readonly {
      readonly code: ExclusionCode;
      readonly what: (typeof excludedThings)[number];
      readonly count: number;
    }[];
    readonly list: readonly {
      readonly code: ExclusionCode;
      readonly what: (typeof excludedThings)[number];
      readonly id: string;
    }[];
  };
  readonly dropped: readonly {
    readonly code: DropCode;
    readonly field: string;
    readonly value: string;
    readonly count: number;
  }[];
  readonly changes: { readonly persons: Changes; readonly groups: Changes; readonly memberships: Changes } | null;
  readonly check: {
    readonly schema: 'valid' | 'invalid' | 'unchecked';
    readonly rules: 'kept' | 'broken' | 'unchecked';
    readonly findings: readonly { readonly rule: string; readonly at: string | null; readonly message: string }[];
    readonly count: number;
  };
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

export type ExportContent = {
  readonly fileName: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly finishedAt: number;
  /** Both ends counted, both within the file. */
  readonly plain: (from: number, to: number) => AsyncIterable<Buffer>;
  readonly gzip: () => AsyncIterable<Buffer>;
  readonly sent: (by: string, bytes: number, whole: boolean) => Promise<void>;
};

export type ExportCaller = { readonly principal: Principal; readonly trace: string };

/** Runs of an application in its organisation; those of others are missing (HUB-204). What is refused has not been recorded. */
export type ExportPort = {
  readonly start: (
    asked: ExportAsked,
    caller: ExportCaller,
    trigger: (typeof exportTriggers)[number],
    once?: { readonly key: string; readonly request: string } | null,
  ) => Promise<Outcome<ExportReport>>;
  /** Newest first. */
  readonly reports: (caller: ExportCaller, limit: number) => Promise<Outcome<readonly ExportReport[]>>;
  readonly report: (id: string, caller: ExportCaller) => Promise<Outcome<ExportReport>>;
  readonly content: (id: string, caller: ExportCaller) => Promise<Outcome<ExportContent>>;
  /** The file while it is made; ends with an error when the run fails or is held. The run goes on when the signal is given. */
  readonly stream: (id: string, caller: ExportCaller, signal: AbortSignal) => Promise<Outcome<AsyncIterable<Buffer>>>;
  readonly decide: (
    id: string,
    decision: 'confirm' | 'reject' | 'cancel',
    caller: ExportCaller,
    reason: string,
  ) => Promise<Outcome<ExportReport>>;
};

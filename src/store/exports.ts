// The contract of what is kept of exports: runs with their files, what was told in each (so that the next can tell what has changed), settings of
// applications and schedules. A file or a set of tables of its own: a large file must not make a delivery wait. Used by exports through app; what is
// kept holds personal data, expires, and is no part of copies.
import type { Eventually } from './store.ts';

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

/** One run. Times are epoch ms. */
export type ExportRun = {
  /** Random, not guessable. */
  readonly id: string;
  readonly application: string;
  /** Runs that differ in nothing but when they were made: what is compared with what. */
  readonly series: string;
  readonly state: ExportState;
  readonly createdAt: number;
  readonly finishedAt: number | null;
  /** When the content goes. */
  readonly expiresAt: number;
  /** True once what it tells may have reached the consumer: only such runs are compared with. */
  readonly told: boolean;
  /** JSON of exports' own: what was asked for, progress, the report. Read with every list of runs: what is long stands in details. */
  readonly record: string;
  /**
   * How often it has been begun: 0 while it never was. Each beginning has a file and a manifest of its own, and those of the one before are gone
   * with it. Kept by the store: what is put says nothing of it.
   */
  readonly attempt: number;
};

/** Bytes of the file as they are sent uncompressed, kept compressed (one raw deflate stream each, which ends on a byte and does not end the stream). */
export type ExportPart = {
  readonly seq: number;
  /** Of the uncompressed file. */
  readonly offset: number;
  readonly length: number;
  readonly crc: number;
  readonly deflated: Buffer;
};

export type ExportSchedule = {
  readonly id: string;
  readonly application: string;
  /** Epoch ms of the next run; null = it rests. */
  readonly next: number | null;
  /** JSON of exports' own. */
  readonly record: string;
};

/** Of one organisation. Everything but progress is durable when it resolves; what a holder adds to its run is so once the run has been replaced. */
export type ExportStore = {
  readonly run: (id: string) => Eventually<ExportRun | null>;
  /** Newest first. */
  readonly runs: (of: {
    readonly application?: string;
    readonly series?: string;
    readonly states?: readonly ExportState[];
    /** Only those that expire at this time or before. */
    readonly expiring?: number;
    readonly limit: number;
  }) => Eventually<readonly ExportRun[]>;
  readonly putRun: (run: ExportRun) => Eventually<void>;
  /** Replaces a run only while it is in one of the states and, where one is named, only while that holder has it; false when it is not. */
  readonly replaceRun: (run: ExportRun, from: readonly ExportState[], holder?: string) => Eventually<boolean>;
  /**
   * `holder` is a name that no claim has had before. The oldest of the queued runs and of the running ones whose holder has not been heard of since `lostBefore`; set to running and held, its next
   * attempt begun. Null when there is none, or when as many are running (by holders that have been heard of) as may. No two holders ever have the same
   * run: what one that has lost it puts is refused.
   */
  readonly claim: (claim: {
    readonly holder: string;
    readonly now: number;
    readonly lostBefore: number;
    readonly atOnce: number;
  }) => Eventually<ExportRun | null>;
  /**
   * How far a running run has come, as its record: told by the holder now and then, for whoever looks. The one thing here that is not durable, and that
   * nobody waits for: false where it could not be written at once, and where the run is the holder's no more.
   */
  readonly putProgress: (id: string, holder: string, record: string) => Eventually<boolean>;
  /** The holder is there still; false when the run is not its any more, or has been cancelled. */
  readonly heartbeat: (id: string, holder: string, now: number) => Eventually<boolean>;

  /** Adds to the file of a running run; false when the holder has it no more: then it has to stop. */
  readonly addPart: (id: string, holder: string, part: ExportPart) => Eventually<boolean>;
  /**
   * Without the bytes, ascending; empty once they have been taken away. Who reads them while they are made: they are of one file as long as
   * `ExportRun.attempt` is the same afterwards.
   */
  readonly parts: (id: string) => Eventually<readonly Omit<ExportPart, 'deflated'>[]>;
  readonly part: (id: string, seq: number) => Eventually<Buffer | null>;
  /** What the run tells, by exports' own form; false when the holder has the run no more. */
  readonly putManifest: (id: string, holder: string, seq: number, bytes: Buffer) => Eventually<boolean>;
  /** By `seq`, all of it or nothing: empty when there is none, or when it has been taken away. */
  readonly manifest: (id: string) => Eventually<readonly Buffer[]>;
  /** What is too long for the record, by exports' own form, put by the holder in one piece: false when the run is its no more. Stays as long as the run. */
  readonly putDetails: (id: string, holder: string, bytes: Buffer) => Eventually<boolean>;
  /** Null when there are none. */
  readonly details: (id: string) => Eventually<Buffer | null>;
  /** Takes away the file of a run, or what it told. The run itself stays, in its state. */
  readonly drop: (id: string, what: { readonly content: boolean; readonly manifest: boolean }) => Eventually<void>;
  /** Takes away runs that were created before a time, with everything of theirs; gives how many. */
  readonly dropRuns: (createdBefore: number) => Eventually<number>;
  /**
   * Takes away all files, details and all that was told of the organisation: somebody in it has been erased, or older data were put back. No run is told any more;
   * those that were ready or held have expired; those that were running are taken from their holders and queued again. `mark` says what this follows.
   */
  readonly dropContents: (mark: string) => Eventually<void>;
  /** The mark that was followed last; '' when none was. */
  readonly followed: () => Eventually<string>;

  /** JSON of exports' own, by application; null when nothing has been set. */
  readonly settings: (application: string) => Eventually<string | null>;
  readonly putSettings: (application: string, record: string | null) => Eventually<void>;

  readonly schedules: () => Eventually<readonly ExportSchedule[]>;
  readonly putSchedule: (schedule: ExportSchedule) => Eventually<void>;
  readonly removeSchedule: (id: string) => Eventually<boolean>;
  /** Moves a schedule that is due to its next time; false when somebody else has, so that each time is run once. */
  readonly advanceSchedule: (id: string, from: number, to: number | null) => Eventually<boolean>;

  readonly close: () => Eventually<void>;
};

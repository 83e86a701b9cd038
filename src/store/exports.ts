// The contract of what is kept of exports: runs with their files, what was told in each (so that the next can tell what has changed), settings of
// applications and schedules. A file or a set of tables of its own: a large file must not make a delivery wait. Used by exports through app; what is
// kept holds personal data, expires, and is no part of copies.
import type { Eventually } from './store.ts';

export type ExportState = 'queued' | 'running' | 'held' | 'ready' | 'failed' | 'rejected' | 'cancelled' | 'expired';

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
  /** JSON of exports' own: what was asked for, progress, the report. */
  readonly record: string;
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

/** Of one organisation. Everything is durable when it resolves. */
export type ExportStore = {
  readonly run: (id: string) => Eventually<ExportRun | null>;
  /** Newest first. */
  readonly runs: (of: {
    readonly application?: string;
    readonly series?: string;
    readonly states?: readonly ExportState[];
    readonly limit: number;
  }) => Eventually<readonly ExportRun[]>;
  readonly putRun: (run: ExportRun) => Eventually<void>;
  /** Replaces a run only while it is in one of the states; false when it is not. */
  readonly replaceRun: (run: ExportRun, from: readonly ExportState[]) => Eventually<boolean>;
  /**
   * The oldest queued run, or a running one whose holder has not been heard of since `lostBefore`; set to running and held. Null when there is none, or when
   * as many are running as may. No two holders ever get the same run.
   */
  readonly claim: (claim: {
    readonly holder: string;
    readonly now: number;
    readonly lostBefore: number;
    readonly atOnce: number;
  }) => Eventually<ExportRun | null>;
  /** The holder is there still; false when the run is not its any more, or has been cancelled. */
  readonly heartbeat: (id: string, holder: string, now: number) => Eventually<boolean>;

  readonly addPart: (id: string, part: ExportPart) => Eventually<void>;
  /** Without the bytes, ascending. */
  readonly parts: (id: string) => Eventually<readonly Omit<ExportPart, 'deflated'>[]>;
  readonly part: (id: string, seq: number) => Eventually<Buffer | null>;
  /** What the run told, by exports' own form. */
  readonly putManifest: (id: string, seq: number, bytes: Buffer) => Eventually<void>;
  readonly manifest: (id: string) => Eventually<readonly Buffer[]>;
  /** Takes away the file of a run, and what it told where asked for. The run itself stays. */
  readonly drop: (id: string, what: { readonly content: boolean; readonly manifest: boolean }) => Eventually<void>;
  /** Takes away runs that were created before a time, with everything of theirs; gives how many. */
  readonly dropRuns: (createdBefore: number) => Eventually<number>;
  /** Takes away all files and all that was told of the organisation: somebody in it has been erased. */
  readonly dropContents: () => Eventually<void>;

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

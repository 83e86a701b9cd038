// What exports keep of a run beside what the store itself knows: its order, how far it has come, what its report says. Read and written by
// exports.ts and queue.ts; the report that others see is made here.
import type { Problem } from '#base/errors.ts';
import { limits } from '#base/limits.ts';
import { dayMs } from '#base/clock.ts';
import type { RosterProfile } from '#formats/roster.ts';
import type { ExportRun } from '#store/exports.ts';
import { formatOf, type ExportCounts, type ExportOrder, type ExportReport } from './export.ts';
import { excludedList, type ExcludedIds } from './run/tally.ts';
import type { RunEnd } from './run/export-run.ts';

export type RunRecord = {
  readonly order: ExportOrder;
  /** Opaque ids as asked for. */
  readonly schools: readonly string[] | null;
  readonly trigger: ExportReport['trigger'];
  readonly startedAt: number | null;
  /** Somebody has begun and has not said that it ended. */
  readonly begun: boolean;
  /** How often whoever made it was gone before it ended. */
  readonly deaths: number;
  /** What the application was granted when it was begun (`grantsMark`): the file is given out only while that is so. */
  readonly mark: string | null;
  /** Who was protected then (`ProtectedNow.mark`): nobody who has become so since is given out either. */
  readonly protectedMark: string | null;
  readonly progress: ExportReport['progress'];
  readonly exported: ExportCounts | null;
  readonly excluded: ExportReport['excluded']['counts'];
  readonly dropped: ExportReport['dropped'];
  readonly changes: ExportReport['changes'];
  readonly check: ExportReport['check'];
  readonly sha256: string | null;
  readonly bytes: number | null;
  /** Memberships told before that would be gone. */
  readonly lost: number;
  readonly reason: Problem | null;
  readonly confirmedBy: string | null;
  readonly fetched: ExportReport['fetched'];
  readonly delivered: ExportReport['delivered'];
};

/** A run that nobody has begun. */
export const newRecord = (
  order: ExportOrder,
  { schools, trigger }: Pick<RunRecord, 'schools' | 'trigger'>,
): RunRecord => ({
  ...notBegun,
  order,
  schools,
  trigger,
  deaths: 0,
  confirmedBy: null,
  fetched: [],
  delivered: [],
});

/** What is said of a run before it is begun, and once more when it begins anew. */
export const notBegun = {
  startedAt: null,
  begun: false,
  mark: null,
  protectedMark: null,
  progress: { step: 'waiting', done: 0, total: null },
  exported: null,
  excluded: [],
  dropped: [],
  changes: null,
  check: { schema: 'unchecked', rules: 'unchecked', findings: [], count: 0 },
  sha256: null,
  bytes: null,
  lost: 0,
  reason: null,
} as const satisfies Partial<RunRecord>;

/** A run with what it came to. */
export const endedRecord = (record: RunRecord, end: RunEnd): RunRecord => ({
  ...record,
  begun: false,
  progress: { step: 'done', done: end.exported.memberships, total: end.exported.memberships },
  exported: end.exported,
  excluded: end.excluded,
  dropped: end.dropped,
  changes: end.compared ? end.changes : null,
  check: end.check,
  sha256: end.sha256,
  bytes: end.bytes,
  lost: end.lost,
  reason: end.reason,
});

// Written by this folder.
export const recordOf = (run: Pick<ExportRun, 'record'>): RunRecord => JSON.parse(run.record) as RunRecord;

/** The run with another record. */
export const withRecord = (run: ExportRun, record: RunRecord): ExportRun => ({
  ...run,
  record: JSON.stringify(record),
});

/** The issuer of callers that are schedules: what they read is told only once it has been brought. */
export const scheduleIssuer = 'schedule';

/** Runs of one application that may be compared: what differs between two is when they were made, and for which school year. */
export const seriesOf = ({ profile, source, schools }: Pick<ExportOrder, 'profile' | 'source' | 'schools'>): string =>
  JSON.stringify([profile, source, schools]);

/** When what a run told is not kept any more (epoch ms). */
export const toldUntil = ({ finishedAt, createdAt }: Pick<ExportRun, 'finishedAt' | 'createdAt'>): number =>
  (finishedAt ?? createdAt) + limits.exportManifestDays * dayMs;

/** True while changes since the run can be asked for: while there is its file, and where that was told for longer. */
export const isTold = (run: ExportRun, now: number): boolean =>
  now < toldUntil(run) &&
  (run.state === 'ready' || run.state === 'expired') &&
  (run.told || stateAt(run, now) === 'ready');

/** The state, whether or not anybody has swept. */
export const stateAt = ({ state, expiresAt }: ExportRun, now: number): ExportRun['state'] =>
  (state === 'ready' || state === 'held') && expiresAt <= now ? 'expired' : state;

/** What the file of a run is called. */
export const fileNameOf = (profile: RosterProfile, type: 'full' | 'delta', today: string): string =>
  // The name that its reader looks for (flyt-skole facts 9).
  profile === 'ims-1.1-itslearning' ? 'IMS-EnterpriseData.xml' : `${profile}-${type}-${today}.xml`;

const instant = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());

/** The report as it is now. `position`: the run's own, for whoever may go on from it; `details`: what was left out by name. */
export const reportOf = (
  run: ExportRun,
  now: number,
  { position, details }: { readonly position: string | null; readonly details: Buffer | null },
): ExportReport => {
  const record = recordOf(run);
  const { order } = record;
  return {
    id: run.id,
    application: run.application,
    format: formatOf(order.profile),
    profile: order.profile,
    type: order.type,
    schools: record.schools,
    schoolYear: order.schoolYear,
    state: stateAt(run, now),
    trigger: record.trigger,
    createdAt: new Date(run.createdAt).toISOString(),
    startedAt: instant(record.startedAt),
    finishedAt: instant(run.finishedAt),
    expiresAt: new Date(run.expiresAt).toISOString(),
    progress: record.progress,
    position,
    exported: record.exported,
    excluded: {
      counts: record.excluded,
      list: details === null ? [] : excludedList(JSON.parse(details.toString()) as ExcludedIds),
    },
    dropped: record.dropped,
    changes: record.changes,
    check: record.check,
    fileName: fileNameOf(order.profile, order.type, order.today),
    sha256: record.sha256,
    bytes: record.bytes,
    reason: record.reason === null ? null : outside(record.reason),
    confirmedBy: record.confirmedBy,
    fetched: record.fetched,
    delivered: record.delivered,
  };
};

/** What is for the log alone stays there. */
const outside = ({ internal: _internal, ...told }: Problem): Problem => told;

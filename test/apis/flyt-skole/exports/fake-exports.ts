// Exports in memory, for tests of the API alone: a run is what the test says it is, and everything that is asked of it is remembered.
import { hash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { problem } from '#base/errors.ts';
import type {
  ExportAsked,
  ExportCaller,
  ExportContent,
  ExportPort,
  ExportReport,
  Outcome,
} from '#apis/flyt-skole/exports/ports.ts';

export type FakeExports = ExportPort & {
  readonly asked: {
    readonly asked: ExportAsked;
    readonly caller: ExportCaller;
    readonly trigger: string;
    readonly once: unknown;
  }[];
  readonly decisions: string[];
  readonly sent: { readonly by: string; readonly bytes: number; readonly whole: boolean }[];
  readonly put: (report: ExportReport, file?: Buffer) => void;
  /** What the next stream gives; busy = it does not begin in time. */
  readonly streams: ((() => AsyncIterable<Buffer>) | 'busy')[];
};

/** A report of a run that is ready, with what the test changes of it. */
export const reportOf = (more: Partial<ExportReport> = {}): ExportReport => ({
  id: 'run-1',
  application: 'toy-client',
  format: 'pifu',
  profile: 'pifu-ims-1.3',
  type: 'full',
  schools: null,
  schoolYear: '2026/2027',
  state: 'ready',
  trigger: 'request',
  createdAt: '2026-11-22T10:00:00Z',
  startedAt: '2026-11-22T10:00:01Z',
  finishedAt: '2026-11-22T10:01:00Z',
  expiresAt: '2026-11-29T10:01:00Z',
  progress: { step: 'done', done: 8, total: 8 },
  position: 'q3J0aGVyZQ',
  exported: {
    persons: 12_345,
    pupils: 8_000,
    employees: 900,
    guardians: 3_445,
    schools: 9,
    groups: 700,
    memberships: 20_000,
  },
  excluded: {
    counts: [
      { code: 'no-name', what: 'person', count: 2 },
      { code: 'no-grep-code', what: 'group', count: 1 },
    ],
    list: [
      { code: 'no-name', what: 'person', id: 'Vf3kP0aQx9TzR1uW' },
      { code: 'no-name', what: 'person', id: 'Vf3kP0aQx9TzR1uX' },
      { code: 'no-grep-code', what: 'group', id: 'Vf3kP0aQx9TzR1uY' },
    ],
  },
  dropped: [{ code: 'unknown-to-version', field: 'grouptype', value: '15', count: 4 }],
  changes: {
    persons: { added: 3, updated: 2, removed: 1 },
    groups: { added: 0, updated: 0, removed: 0 },
    memberships: { added: 40, updated: 0, removed: 12 },
  },
  check: { schema: 'valid', rules: 'kept', findings: [], count: 0 },
  fileName: 'pifu-ims-1.3.xml',
  sha256: 'a'.repeat(64),
  bytes: 30,
  reason: null,
  confirmedBy: null,
  fetched: [{ by: 'toy-client', at: '2026-11-22T11:00:00Z', bytes: 30, whole: true }],
  delivered: [{ target: 'lms', at: '2026-11-22T11:00:00Z', ok: false, message: 'It did not answer.' }],
  ...more,
});

const ok = <T>(value: T): Outcome<T> => ({ ok: true, value });
const failed = (value: ReturnType<typeof problem>): Outcome<never> => ({ ok: false, problem: value });
const missing = failed(problem('HUB-204', 'There is no such export.'));

/** In a few chunks. */
export const pieces = async function* (file: Buffer): AsyncGenerator<Buffer> {
  const size = Math.max(7, Math.ceil(file.length / 64));
  for (let at = 0; at < file.length; at += size) yield file.subarray(at, at + size);
};

export const fakeExports = (): FakeExports => {
  const runs = new Map<string, { report: ExportReport; readonly file: Buffer }>();
  const once = new Map<string, string>();
  const fake: Pick<FakeExports, 'asked' | 'decisions' | 'sent' | 'streams'> = {
    asked: [],
    decisions: [],
    sent: [],
    streams: [],
  };
  const own = (id: string, { principal }: ExportCaller) => {
    const run = runs.get(id);
    return run !== undefined && (principal.kind === 'admin' || run.report.application === principal.client)
      ? run
      : null;
  };
  const put: FakeExports['put'] = (report, file = Buffer.from('')) => void runs.set(report.id, { report, file });
  const contentOf = (report: ExportReport, file: Buffer): ExportContent => ({
    fileName: report.fileName,
    bytes: file.length,
    sha256: hash('sha256', file, 'hex'),
    finishedAt: Date.parse(report.finishedAt ?? ''),
    plain: (from, to) => pieces(file.subarray(from, to + 1)),
    gzip: () => pieces(gzipSync(file)),
    sent: async (by, bytes, whole) => void fake.sent.push({ by, bytes, whole }),
  });
  return {
    ...fake,
    put,
    start: async (asked, caller, trigger, key = null) => {
      if (asked.profile?.startsWith(asked.format) === false)
        return failed(problem('HUB-103', 'No.', { errors: [{ at: '/profile', message: 'is of another format' }] }));
      const unknown = asked.schools?.findIndex((school) => !school.startsWith('school-')) ?? -1;
      if (unknown >= 0)
        return failed(
          problem('HUB-103', 'No.', { errors: [{ at: `/schoolIds/${unknown}`, message: 'is no school' }] }),
        );
      if (asked.since === 'expired') return failed(problem('HUB-419', 'The position has expired.'));
      const known = key === null ? undefined : once.get(key.key);
      const before = known === undefined ? undefined : runs.get(known);
      if (before !== undefined) return ok(before.report);
      fake.asked.push({ asked, caller, trigger, once: key });
      const id = `run-${fake.asked.length}`;
      if (key !== null) once.set(key.key, id);
      const report = reportOf({
        id,
        application: caller.principal.client,
        format: asked.format,
        state: 'queued',
        trigger,
        schools: asked.schools,
        sha256: null,
        bytes: null,
        exported: null,
        progress: { step: 'waiting', done: 0, total: null },
      });
      put(report);
      return ok(report);
    },
    reports: async ({ principal }, limit) =>
      ok(
        [...runs.values()]
          .map(({ report }) => report)
          .filter(({ application }) => application === principal.client)
          .toReversed()
          .slice(0, limit),
      ),
    report: async (id, caller) => {
      const run = own(id, caller);
      return run === null ? missing : ok(run.report);
    },
    content: async (id, caller) => {
      const run = own(id, caller);
      if (run === null) return missing;
      const { state } = run.report;
      if (state === 'held') return failed(problem('HUB-420', 'It waits to be confirmed.'));
      if (state === 'expired') return failed(problem('HUB-419', 'The file has gone.'));
      if (state !== 'ready') return failed(problem('HUB-409', 'It is not ready.'));
      return ok(contentOf(run.report, run.file));
    },
    stream: async (id, caller) => {
      const run = own(id, caller);
      if (run === null) return missing;
      const next = fake.streams.shift();
      if (next === 'busy') return failed(problem('HUB-501', 'Others are made first.', { retryAfter: 30 }));
      return ok((next ?? (() => pieces(run.file)))());
    },
    decide: async (id, decision, caller, reason) => {
      const run = own(id, caller);
      if (run === null) return missing;
      const wanted = decision === 'cancel' ? ['queued', 'running', 'held'] : ['held'];
      if (!wanted.includes(run.report.state)) return failed(problem('HUB-409', 'It does not wait.'));
      fake.decisions.push(`${decision} ${id} ${reason}`);
      const state = { confirm: 'ready', reject: 'rejected', cancel: 'cancelled' } as const;
      run.report = { ...run.report, state: state[decision] };
      return ok(run.report);
    },
  };
};

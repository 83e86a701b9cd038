// Exports in memory as their owner sees them, behind the admin API: for tests of the API and of the commands that ask it.
import type { TestContext } from 'node:test';
import type {
  ExportAsker,
  ExportRun,
  ExportSchedule,
  ExportSettings,
  ExportsPort,
  ScheduleAsked,
} from '#apis/admin/ports.ts';
import { problem } from '#base/errors.ts';
import { failed, ok } from '#base/result.ts';
import type { Application, Link } from '#store/store.ts';
import { adminBench, emptyTenant, type AdminBench } from './bench.ts';

const runOf = (id: string, state: ExportRun['state'], application = 'lms'): ExportRun => ({
  id,
  application,
  format: 'pifu',
  profile: 'pifu-ims-1.3',
  type: 'full',
  schools: null,
  schoolYear: '2026/2027',
  state,
  trigger: 'request',
  createdAt: '2026-11-02T01:30:00Z',
  finishedAt: null,
  expiresAt: '2026-11-09T01:30:00Z',
  exported: null,
  fileName: 'pifu-ims-1.3.xml',
  sha256: null,
  bytes: null,
  reason: state === 'held' ? problem('HUB-420', 'Much would go.', { internal: 'secret' }) : null,
});

export type ExportWorld = AdminBench & {
  readonly askers: ExportAsker[];
  /** Decisions that were made. */
  readonly done: string[];
};

/** Three runs of two applications that tindvag.test has let in, and one application of nabo.test. */
export const exportWorld = async (context: TestContext): Promise<ExportWorld> => {
  const runs = new Map(
    [runOf('r1', 'held'), runOf('r2', 'ready', 'bas'), runOf('r3', 'running')].map((one) => [one.id, one]),
  );
  const settings = new Map<string, ExportSettings>();
  const schedules = new Map<string, ExportSchedule>();
  const askers: ExportAsker[] = [];
  const done: string[] = [];
  const missing = failed(problem('HUB-204', 'There is no such export.'));
  const exports: ExportsPort = {
    runs: async (asker) => (askers.push(asker), ok(asker.organisation === 'tindvag.test' ? [...runs.values()] : [])),
    run: async (id, asker) => {
      const run = runs.get(id);
      return run === undefined || asker.organisation !== 'tindvag.test' ? missing : ok(run);
    },
    decide: async (id, decision, _asker, reason) => {
      const run = runs.get(id);
      if (run === undefined) return missing;
      done.push(`${decision} ${id} ${reason}`);
      const after: ExportRun = { ...run, state: decision === 'confirm' ? 'ready' : 'rejected', reason: null };
      runs.set(id, after);
      return ok(after);
    },
    settings: async (application) =>
      ok(settings.get(application) ?? { profiles: {}, source: null, target: null, dropGuard: 0.05 }),
    putSettings: async (application, value) => {
      if (value.source === 'not taken')
        return failed(problem('HUB-103', 'No.', { errors: [{ at: '/source', message: 'takes no space' }] }));
      settings.set(application, value);
      return ok(value);
    },
    schedules: async () => [...schedules.values()],
    putSchedule: async (id, asked: ScheduleAsked) => {
      if (asked.target !== 'lms') return failed(problem('HUB-103', 'Unknown target.'));
      const made = {
        ...asked,
        id: id ?? `sch-${schedules.size + 1}`,
        next: '2026-11-03T01:30:00Z',
        last: null,
        pending: null,
      };
      schedules.set(made.id, made);
      return ok(made);
    },
    removeSchedule: async (id) => (schedules.delete(id) ? ok(null) : missing),
    targets: () => ['lms'],
  };
  const bench = await adminBench(
    context,
    () => emptyTenant,
    () => Date.parse('2026-11-02T08:00:00Z'),
    { exports },
  );
  for (const id of ['tindvag.test', 'nabo.test'])
    await bench.platform.putOrganisation({
      id,
      name: id,
      orgNumber: null,
      settings: { removalGuard: 0.05, extraBackLinks: true, strictness: [] },
      createdAt: 1,
    });
  for (const id of ['lms', 'bas', 'stranger']) {
    const application: Application = {
      id,
      name: id,
      kind: 'client',
      owner: 'vendor.test',
      describe: '',
      environment: 'test',
      secrets: [],
      jwks: null,
      disabled: false,
      createdAt: 1,
    };
    await bench.platform.putApplication(application);
    const link: Link = {
      id: `link-${id}`,
      application: id,
      organisation: id === 'stranger' ? 'nabo.test' : 'tindvag.test',
      environment: 'test',
      scopes: ['vfs:lmsexport'],
      schools: null,
      agreement: { reference: 'DBA-1', from: null, to: null },
      purpose: 'test',
      clearance: 0,
      createdAt: 1,
      endedAt: null,
    };
    await bench.platform.putLink(link, []);
  }
  return { ...bench, askers, done };
};

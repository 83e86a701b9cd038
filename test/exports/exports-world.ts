// Exports over a real store of either engine and a municipality of a test's own: an application with a grant, an owner, a clock that is moved by hand,
// and a queue that makes files in this process.
import { systemClock, type Clock } from '#base/clock.ts';
import { systemRandom } from '#base/random.ts';
import { createExports } from '#exports/exports.ts';
import type { ExportAsked, ExportCaller, ExportReport, Exports } from '#exports/export.ts';
import { createExportQueue, type ExportQueue, type MakeExport } from '#exports/queue.ts';
import { createExportRun, type ExportRunDeps } from '#exports/run/export-run.ts';
import { createPartSealer } from '#exports/run/part-sealer.ts';
import { runPlace } from '#exports/run/run-place.ts';
import { rulesOf, schemaCheckOf, writerOf } from '#formats/roster-format.ts';
import type { RosterProfile } from '#formats/roster.ts';
import { createSealing } from '#hub/documents/sealing.ts';
import { createSignals, type Signals } from '#hub/signals.ts';
import type { Sealing } from '#hub/documents/document.ts';
import type { ExportStore } from '#store/exports.ts';
import type { AuditRecord } from '#store/store.ts';
import { fjord, grant, openWorld, type World } from '../hub/world.ts';
import { rosterOf, smallMunicipality, type Municipality } from './municipality.ts';

export type ExportsWorld = {
  readonly world: World;
  readonly clock: World['clock'];
  readonly place: Municipality;
  readonly store: ExportStore;
  readonly exports: Exports;
  readonly queue: ExportQueue;
  readonly signals: Signals;
  readonly sealing: Sealing;
  readonly audits: AuditRecord[];
  readonly app: ExportCaller;
  readonly other: ExportCaller;
  readonly owner: ExportCaller;
  /** Another process on the same data: a queue of its own, which makes files in its own way. */
  readonly queueBeside: (make: MakeExport) => ExportQueue;
  readonly make: MakeExport;
  /** What runs are made with; tests may replace some of it. */
  readonly deps: { -readonly [Name in keyof ExportRunDeps]: ExportRunDeps[Name] };
  readonly close: () => Promise<void>;
};

const callerOf = (client: string, kind: 'client' | 'admin'): ExportCaller => ({
  principal: {
    kind,
    client,
    tenant: fjord,
    scopes: new Set(['vfs:lmsexport']),
    issuer: 'test',
    token: 't',
    expiresAt: 1e15,
  },
  trace: `trace-${client}`,
});

export const asked: ExportAsked = {
  format: 'pifu',
  profile: null,
  type: 'full',
  since: null,
  schools: null,
  schoolYear: '2026/2027',
};

/** `making`: false = nothing is made unless a test says so. */
export const openExportsWorld = async ({
  making = true,
}: { readonly making?: boolean } = {}): Promise<ExportsWorld> => {
  const world = await openWorld();
  const { store, clock } = world;
  await store.tenant(fjord);
  await grant(world);
  await grant(world, { application: 'other' });
  const kept = await world.openExports();
  const sealing = await createSealing(store.platform, systemRandom);
  const place = smallMunicipality((uid) => sealing.id(fjord, uid));
  const signals = createSignals({ sleep: systemClock.sleep });
  const audits: AuditRecord[] = [];
  const audit = async (_: string, record: AuditRecord): Promise<void> => void audits.push(record);
  const deps = {
    openRoster: rosterOf(place),
    writerOf,
    rulesOf,
    sealerOf: (profile: RosterProfile) => createPartSealer(schemaCheckOf(profile)),
    idOf: (_: string, uid: number) => sealing.id(fjord, uid),
    now: clock.now,
  };
  const protectedIn = async () => ({ mark: [...place.hidden].join(' '), has: (uid: number) => place.hidden.has(uid) });
  const make: MakeExport = (order, holder, watch) =>
    createExportRun(deps)(order, runPlace(kept, { run: order.run, holder }, watch));
  const queueWith = (by: MakeExport, time: Clock): ExportQueue =>
    createExportQueue({
      clock: time,
      random: systemRandom,
      platform: store.platform,
      storeOf: async () => kept,
      make: by,
      protectedIn,
      audit,
      signals,
      observe: () => {},
    });
  const queue = queueWith(make, clock);
  const queues = [queue];
  const exports = createExports({
    clock,
    random: systemRandom,
    platform: store.platform,
    sealing,
    storeOf: async () => kept,
    openRoster: rosterOf(place),
    protectedIn,
    audit,
    signals,
    queued: (organisation) => {
      if (making) queue.queued(organisation);
    },
  });
  return {
    world,
    clock,
    place,
    store: kept,
    exports,
    queue,
    signals,
    sealing,
    audits,
    app: callerOf('app', 'client'),
    other: callerOf('other', 'client'),
    owner: callerOf('owner', 'admin'),
    queueBeside: (by) => {
      const one = queueWith(by, clock);
      queues.push(one);
      return one;
    },
    make,
    deps,
    close: async () => {
      for (const one of queues) await one.stop();
      signals.close();
      await kept.close();
      await world.close();
    },
  };
};

/** Waits until a run is in one of the states. */
export const until = async (
  { exports, app }: Pick<ExportsWorld, 'exports' | 'app'>,
  id: string,
  states: readonly ExportReport['state'][] = ['ready', 'failed', 'held', 'cancelled', 'rejected'],
): Promise<ExportReport> => {
  for (let tries = 0; tries < 2_000; tries += 1) {
    const report = await exports.report(id, app);
    if (!report.ok) throw new Error(report.problem.detail);
    if (states.includes(report.value.state)) return report.value;
    await systemClock.sleep(5);
  }
  throw new Error(`The run came to none of ${states.join(', ')}.`);
};

export const started = async (
  { exports, app, clock }: Pick<ExportsWorld, 'exports' | 'app' | 'clock'>,
  more: Partial<ExportAsked> = {},
  caller = app,
  trigger: ExportReport['trigger'] = 'request',
): Promise<ExportReport> => {
  // No two are of the same moment: what is newest is what was asked for last.
  clock.move(1);
  const run = await exports.start({ ...asked, ...more }, caller, trigger);
  if (!run.ok) throw new Error(`${run.problem.code} ${run.problem.detail} ${JSON.stringify(run.problem.errors ?? [])}`);
  return run.value;
};

/** Makes one and waits for it. */
export const made = async (
  w: Pick<ExportsWorld, 'exports' | 'app' | 'clock'>,
  more: Partial<ExportAsked> = {},
): Promise<ExportReport> => until(w, (await started(w, more)).id);

export const bytesOf = async (chunks: AsyncIterable<Buffer>): Promise<Buffer> =>
  Buffer.concat(await Array.fromAsync(chunks));

/** The whole file of a run, fetched. */
export const fileOf = async ({ exports, app }: Pick<ExportsWorld, 'exports' | 'app'>, id: string): Promise<string> => {
  const content = await exports.content(id, app);
  if (!content.ok) throw new Error(`${content.problem.code} ${content.problem.detail}`);
  return (await bytesOf(content.value.plain(0, content.value.bytes - 1))).toString();
};

/** The municipality as it was. */
export const restored = ({ place }: Pick<ExportsWorld, 'place'>): void => {
  const fresh = smallMunicipality(place.id);
  for (const name of ['schools', 'persons', 'groups', 'members'] as const) {
    const map: Map<number, unknown> = place[name];
    map.clear();
    for (const [uid, value] of fresh[name]) map.set(uid, value);
  }
  place.hidden.clear();
  place.closed = false;
  place.between = () => {};
  place.owner = fresh.owner;
};

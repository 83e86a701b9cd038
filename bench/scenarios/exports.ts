// A whole city as a PIFU file: beside writing the same bytes from memory through the same writer, how soon it begins, how much memory the hub takes for it, and
// what others wait for meanwhile.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { municipality } from '#sandbox/municipality.ts';
import { civilDay } from '#base/clock.ts';
import type { FloorOrder, FloorReport } from '../export-floor.ts';
import { addLinked, authorization, dataset, organisation } from '../datasets.ts';
import { get, startHub, startLoad, type HubProcess } from '../processes.ts';
import { median, spreadOf } from '../rounds.ts';
import type { Context, Figure, Scenario } from '../scenario.ts';

const name = 'exports';
const asOf = '2026-11-01';
const schoolYear = '2026/2027';
const exporting = ['vfs:lmsexport', 'vfs:guardians.read', 'vfs:pupils.nin', 'vfs:employees.nin'] as const;
const scopes = [...exporting, 'vfs:pupils.read'];
const rounds = 3;

export const exports: Scenario = {
  name,
  describe: 'the LMS export of a city beside writing it from memory, and what others wait for meanwhile',
  onPostgres: 'reported',
  run: async (context) => {
    const place = await dataset(context, 'vfs-oslo', () => municipality({ seed: 1, size: 'oslo', asOf }).collections);
    await addLinked(place, name, scopes);
    const floor = await floorOf({
      place,
      client: `${name}-client`,
      scopes: exporting,
      schoolYear,
      today: civilDay(Date.now()).date,
    });
    const hub = await startHub(place, context.nodeFlags);
    try {
      return [...(await whole(context, hub, floor)), ...(await first(hub)), ...(await beside(hub))];
    } finally {
      await hub.stop();
    }
  },
};

const floorOf = async (order: FloorOrder): Promise<FloorReport> => {
  const child = fork(join(import.meta.dirname, '../export-floor.ts'), { execArgv: ['--max-old-space-size=8192'] });
  child.send(order);
  const [answer] = (await once(child, 'message')) as [FloorReport | { readonly error: string }];
  child.kill();
  if ('error' in answer) throw new Error(answer.error);
  return answer;
};

type Report = {
  readonly id: string;
  readonly state: string;
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly bytes: number;
  readonly exported: { readonly persons: number; readonly groups: number; readonly memberships: number };
  readonly reason: unknown;
};

const askingOf = (hub: HubProcess) => {
  const login = authorization(hub.port, 'client', name, `&tenant_id=${organisation}`);
  const ask = async (method: string, address: string, body?: object): Promise<Response> =>
    fetch(`http://127.0.0.1:${hub.port}${address}`, {
      method,
      headers: { ...(await login()), 'Content-Type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  const start = async (): Promise<Report> => {
    const response = await ask('POST', '/vfs/v1/lms-exports', { format: 'pifu' });
    if (response.status !== 202) throw new Error(`${response.status} ${await response.text()}`);
    return (await response.json()) as Report;
  };
  const ended = async (id: string, look: () => Promise<void> = async () => {}): Promise<Report> => {
    for (;;) {
      const report = (await (await ask('GET', `/vfs/v1/lms-exports/${id}`)).json()) as Report;
      if (report.state === 'ready') return report;
      if (report.state !== 'queued' && report.state !== 'running') throw new Error(JSON.stringify(report.reason));
      await look();
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  };
  return { login, ask, start, ended };
};

const whole = async (context: Context, hub: HubProcess, floor: FloorReport): Promise<readonly Figure[]> => {
  const { start, ended } = askingOf(hub);
  const [walls, cpus]: [number[], number[]] = [[], []];
  let rss = 0;
  let last: Report | null = null;
  // The first warms the thread up.
  for (let round = 0; round <= rounds; round += 1) {
    const before = await hub.usage();
    const report = await ended((await start()).id, async () => {
      rss = Math.max(rss, (await hub.usage()).rss);
    });
    const after = await hub.usage();
    context.say(`export ${round}: ${Date.parse(report.finishedAt) - Date.parse(report.startedAt)} ms`);
    if (round === 0) continue;
    walls.push(Date.parse(report.finishedAt) - Date.parse(report.startedAt));
    cpus.push(after.cpu - before.cpu);
    last = report;
  }
  const counts =
    last === null
      ? ''
      : `${last.exported.persons} persons, ${last.exported.groups} groups, ${last.exported.memberships} memberships, ${Math.round(last.bytes / 1_048_576)} MB`;
  const figure = (
    figureName: string,
    what: string,
    ours: number,
    least: number,
    unit: 'ms' | 'µs',
    most: number | null,
    spread: number | null,
  ): Figure => ({
    name: figureName,
    what,
    ours,
    floor: least,
    unit,
    value: ours / least,
    target: most === null ? null : { kind: 'at-most', value: most },
    spread,
    note: counts,
  });
  return [
    figure(
      'export-whole',
      'a city as PIFU beside writing it from memory, wall time',
      median(walls),
      floor.ms,
      'ms',
      4,
      spreadOf(walls),
    ),
    figure('export-cpu', 'the same, CPU of the hub', median(cpus), floor.cpu, 'µs', null, spreadOf(cpus)),
    // What of the whole is writing; the rest is reading, deciding and recording.
    figure(
      'export-writing',
      'of it the writing: from memory, with rules, schema, hash, compression and parts kept',
      floor.writing.ms,
      floor.ms,
      'ms',
      null,
      null,
    ),
    figure('export-writing-cpu', 'the same, CPU of both threads', floor.writing.cpu, floor.cpu, 'µs', null, null),
    {
      name: 'export-memory',
      what: 'resident memory of the hub while it exports',
      ours: rss / 1_048_576,
      floor: null,
      unit: 'MB',
      value: rss / 1_048_576,
      target: { kind: 'at-most', value: 300 },
      spread: null,
      note: `before the first: ${Math.round(hub.readyRss / 1_048_576)} MB`,
    },
  ];
};

const first = async (hub: HubProcess): Promise<readonly Figure[]> => {
  const { ask } = askingOf(hub);
  const waits: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const started = performance.now();
    const response = await ask('GET', '/vfs/v1/lms-export?format=pifu');
    let begun: number | null = null;
    for await (const _ of response.body ?? []) begun ??= performance.now() - started;
    waits.push(begun ?? Number.NaN);
  }
  return [
    {
      name: 'export-first-byte',
      what: 'from the request to the first byte of the file',
      ours: median(waits),
      floor: null,
      unit: 'ms',
      value: median(waits),
      target: { kind: 'at-most', value: 1_000 },
      spread: spreadOf(waits),
      note: '',
    },
  ];
};

const connections = 4;
const everyMs = 20;
const requests = 1_200;
const pairs = 5;

/** 99th percentile of single pupils, with an export under way and without, in turns. */
const beside = async (hub: HubProcess): Promise<readonly Figure[]> => {
  const { login, ask, start, ended } = askingOf(hub);
  const { items } = (await (await ask('GET', '/vfs/v1/pupils?limit=500')).json()) as {
    readonly items: readonly { readonly id: string }[];
  };
  const load = startLoad();
  try {
    const waited = async (): Promise<number> => {
      const header = await login();
      const paths = items.map(({ id }) => get(`/vfs/v1/pupils/${id}`, header));
      const { p99, statuses } = await load.run({
        port: hub.port,
        connections,
        count: requests,
        requests: paths,
        everyMs,
      });
      if (Object.keys(statuses).some((status) => status !== '200')) throw new Error(JSON.stringify(statuses));
      return p99;
    };
    await waited();
    const [alone, with_]: [number[], number[]] = [[], []];
    for (let pair = 0; pair < pairs; pair += 1) {
      alone.push(await waited());
      const { id } = await start();
      with_.push(await waited());
      await ended(id);
    }
    const [ours, floor] = [median(with_), median(alone)];
    return [
      {
        name: 'export-others',
        what: 'p99 of single pupils while an export runs, beside the same alone',
        ours,
        floor,
        unit: 'ms',
        value: ours / floor,
        target: { kind: 'at-most', value: 1.2 },
        spread: spreadOf(with_.map((one, index) => one / (alone[index] ?? 1))),
        note: `${connections * (1_000 / everyMs)} requests a second`,
      },
    ];
  } finally {
    await load.stop();
  }
};

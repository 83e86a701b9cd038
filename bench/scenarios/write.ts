// Writes that the hub itself owns: each durable and audited before it is acknowledged, one at a time and many together; and how long it takes
// until what was written shows in the feed while others write.
import { authorization, collectionOf, dataset, exactly } from '../datasets.ts';
import { startHub, startLoad, type HubProcess, type LoadProcess } from '../processes.ts';
import { median, ofDatabase } from '../rounds.ts';
import type { Figure, Scenario } from '../scenario.ts';

const path = 'personvern/samtykke/tjeneste';
const connections = 64;
const rounds = 5;
const probes = 200;

type Login = () => Promise<Readonly<Record<string, string>>>;

export const write: Scenario = {
  name: 'write',
  describe: 'writes that the hub owns, durable and audited; how soon a change is told',
  onPostgres: 'reported',
  run: async (context) => {
    const place = await dataset(context, 'write', () => [
      exactly(collectionOf('county', 'utdanning/elev/elevforhold'), 20_000),
    ]);
    const hub = await startHub(place, context.nodeFlags);
    const load = startLoad();
    try {
      const login = authorization(hub.port, 'client');
      const writes = createWrites(login);
      return [
        ...(await alone(hub, load, writes)),
        ...(await together(hub, load, writes)),
        await told(hub, load, writes, login),
      ];
    } finally {
      await load.stop();
      await hub.stop();
    }
  },
};

type Writes = (count: number) => Promise<readonly string[]>;

const serviceText = (key: string): string =>
  JSON.stringify({ systemId: { identifikatorverdi: key }, navn: `Tjeneste ${key}` });

/** Whole requests, each for a service of its own. */
const createWrites = (login: Login): Writes => {
  let made = 0;
  return async (count) => {
    const headers = Object.entries(await login()).map(([name, value]) => `${name}: ${value}\r\n`);
    return Array.from({ length: count }, () => {
      made += 1;
      const body = serviceText(`bench-${made}`);
      return `POST /${path} HTTP/1.1\r\nHost: hub.fjordheim.test\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n${headers.join('')}\r\n${body}`;
    });
  };
};

const run = async (
  { hub, load, writes }: { readonly hub: HubProcess; readonly load: LoadProcess; readonly writes: Writes },
  parallel: number,
  count: number,
): Promise<{
  readonly p50: number;
  readonly p99: number;
  readonly perSecond: number;
  readonly cpu: number;
  readonly database: number;
}> => {
  const requests = await writes(count);
  const before = await hub.usage();
  const report = await load.run({ port: hub.port, connections: parallel, count, requests });
  const after = await hub.usage();
  const other = Object.keys(report.statuses).find((status) => status !== '202');
  if (other !== undefined) throw new Error(`${report.statuses[other]} of ${count} writes were answered ${other}`);
  const { p50, p99, ms } = report;
  const [cpu, database] = [(after.cpu - before.cpu) / count, (after.database - before.database) / count];
  return { p50, p99, perSecond: (count * 1_000) / ms, cpu, database };
};

const measured = async (
  all: { readonly hub: HubProcess; readonly load: LoadProcess; readonly writes: Writes },
  parallel: number,
  count: number,
): Promise<Awaited<ReturnType<typeof run>>> => {
  await run(all, parallel, Math.ceil(count / 4));
  const found: Awaited<ReturnType<typeof run>>[] = [];
  for (let round = 0; round < rounds; round += 1) found.push(await run(all, parallel, count));
  return {
    p50: median(found.map(({ p50 }) => p50)),
    p99: median(found.map(({ p99 }) => p99)),
    perSecond: median(found.map(({ perSecond }) => perSecond)),
    cpu: median(found.map(({ cpu }) => cpu)),
    database: median(found.map(({ database }) => database)),
  };
};

const figure = (
  name: string,
  what: string,
  ours: number,
  unit: Figure['unit'],
  target: Figure['target'],
  note: string,
) => ({ name, what, ours, floor: null, unit, value: ours, target, spread: null, note }) as const;

const alone = async (hub: HubProcess, load: LoadProcess, writes: Writes): Promise<readonly Figure[]> => {
  const { p50, p99, cpu, database } = await measured({ hub, load, writes }, 1, 300);
  const note = `p99 ${p99.toFixed(1)} ms, ${Math.round(cpu)} µs of CPU each${ofDatabase({ database })}`;
  return [figure('write-alone', 'a write, one at a time: p50', p50, 'ms', { kind: 'at-most', value: 7 }, note)];
};

const together = async (hub: HubProcess, load: LoadProcess, writes: Writes): Promise<readonly Figure[]> => {
  const { p50, p99, perSecond, cpu, database } = await measured({ hub, load, writes }, connections, 4_000);
  const note = `p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms, ${Math.round(cpu)} µs of CPU each${ofDatabase({ database })}`;
  const goal = { kind: 'at-least', value: 2_000 } as const;
  return [figure('write-together', `writes over ${connections} connections`, perSecond, '/s', goal, note)];
};

/** Half of what the hub can take goes on beside it, and one follower that asks again as soon as it is answered. */
const told = async (hub: HubProcess, load: LoadProcess, writes: Writes, login: Login): Promise<Figure> => {
  const at = `http://127.0.0.1:${hub.port}/${path}`;
  const ask = async (position: string | null): Promise<{ readonly next: string; readonly text: string }> => {
    const query = position === null ? '?size=10000' : `?size=10000&after=${encodeURIComponent(position)}`;
    const answer = await fetch(`${at}/changes${query}`, { headers: await login() });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${answer.status} ${text}`);
    return { text, next: (JSON.parse(text) as { readonly next: string }).next };
  };
  let position: string | null = null;
  for (let last = ''; ;) {
    const { next }: { readonly next: string } = await ask(position);
    position = next;
    if (next === last) break;
    last = next;
  }
  const requests = await writes(30_000);
  const beside = load.run({ port: hub.port, connections: 16, count: requests.length, requests });
  const waits: number[] = [];
  for (let probe = 0; probe < probes; probe += 1) {
    const key = `probe-${probe}`;
    const from = performance.now();
    const answer = await fetch(at, {
      method: 'POST',
      headers: { ...(await login()), 'content-type': 'application/json' },
      body: serviceText(key),
    });
    if (answer.status !== 202) throw new Error(`a probe was answered ${answer.status}`);
    for (let seen = false; !seen;) {
      const { next, text }: { readonly next: string; readonly text: string } = await ask(position);
      position = next;
      seen = text.includes(`"${key}"`);
    }
    waits.push(performance.now() - from);
  }
  await beside;
  const sorted = waits.toSorted((a, b) => a - b);
  const p95 = sorted[Math.floor(sorted.length * 0.95)] ?? 0;
  const note = `p50 ${median(waits).toFixed(1)} ms, ${waits.length} probes, from sending to being told`;
  return figure(
    'write-told',
    'a change shows in the feed under load: p95',
    p95,
    'ms',
    { kind: 'at-most', value: 250 },
    note,
  );
};

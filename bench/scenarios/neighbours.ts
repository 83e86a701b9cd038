// What one organisation that asks for a hundred times its share costs the others: how long these wait with and without it, in turns. It reads as fast
// as its connections let it, then it delivers; the others read as they always do.
// Its load generator stands behind everything else on the machine, since real clients do not share the processors of the hub.
import { randomUUID } from 'node:crypto';
import { addOrganisation, authorization, collectionOf, dataset, exactly, organisation } from '../datasets.ts';
import { get, startHub, startLoad, type HubProcess, type LoadProcess } from '../processes.ts';
import { median, spreadOf } from '../rounds.ts';
import type { Figure, Scenario } from '../scenario.ts';

const path = 'utdanning/elev/elevforhold';
const others = ['a', 'b', 'c', 'd'] as const;
const entries = 2_000;
const rounds = 5;
/** Each of the others: a hundred requests a second. */
const connectionsEach = 2;
const everyMs = 20;
const requestsEach = 500;
/** Of the one that asks for too much: its hundred times are more than a process can do. */
const greedy = 64;

type Way = {
  readonly name: string;
  readonly what: string;
  readonly make: (hub: HubProcess) => Promise<() => Promise<readonly string[]>>;
};

const ways: readonly Way[] = [
  {
    name: 'neighbours-reads',
    what: 'p99 of others beside one that reads 100 × its share',
    make: async (hub) => {
      const login = authorization(hub.port, 'client');
      const found = await addressesOf(hub, login);
      return async () => {
        const header = await login();
        return found.map((address) => get(address, header));
      };
    },
  },
  {
    name: 'neighbours-pages',
    what: 'p99 of others beside one that reads whole collections all the time',
    make: async (hub) => {
      const login = authorization(hub.port, 'client');
      return async () => [get(`/${path}?size=0`, await login())];
    },
  },
  {
    name: 'neighbours-deliveries',
    what: 'p99 of others beside one that delivers all the time',
    make: async (hub) => {
      const login = authorization(hub.port, 'adapter');
      const resources = pageOf(exactly(collectionOf('county', path), 200).entries());
      return async () => {
        const header = await login();
        return Array.from({ length: greedy }, () => delivery(resources, header));
      };
    },
  },
];

// Letters beyond ASCII as escapes: the load writes a byte for a letter.
const pageOf = (some: Iterable<object>): string =>
  JSON.stringify([...some]).replaceAll(
    /[\u0080-\uffff]/g,
    (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

/** A delta of its own: unchanged entries, which are read, checked and compared all the same. */
const delivery = (resources: string, header: Readonly<Record<string, string>>): string => {
  const metadata = {
    adapterId: `https://bench.test/${organisation}`,
    corrId: randomUUID(),
    orgId: organisation,
    totalSize: 200,
    page: 1,
    pageSize: 200,
    totalPages: 1,
    uriRef: path,
    time: Date.now(),
  };
  const body = `{"metadata":${JSON.stringify(metadata)},"resources":${resources},"syncType":"DELTA"}`;
  const lines = Object.entries(header).map(([name, value]) => `${name}: ${value}\r\n`);
  return `PATCH /provider/${path} HTTP/1.1\r\nHost: hub.fjordheim.test\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n${lines.join('')}\r\n${body}`;
};

type Login = () => Promise<Readonly<Record<string, string>>>;

const addressesOf = async (hub: HubProcess, login: Login): Promise<readonly string[]> => {
  const answer = await fetch(`http://127.0.0.1:${hub.port}/${path}?size=500`, { headers: await login() });
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  const links = (await answer.text()).matchAll(/"self":\[\{"href":"[^"]*?(\/utdanning\/[^"]+)"/g);
  return [...links].map(([, address = '']) => address).filter((address) => address.startsWith(`/${path}/`));
};

/** One round of the others; gives their p99 in milliseconds. */
const ask = async (
  load: LoadProcess,
  hub: HubProcess,
  logins: readonly Login[],
  found: readonly string[],
): Promise<number> => {
  const headers = await Promise.all(logins.map((login) => login()));
  const report = await load.run({
    port: hub.port,
    connections: others.length * connectionsEach,
    count: others.length * requestsEach,
    requests: found.map((address, index) => get(address, headers[index % headers.length])),
    everyMs,
  });
  const other = Object.keys(report.statuses).find((status) => status !== '200');
  if (other !== undefined) throw new Error(`${report.statuses[other]} answers of the others had status ${other}`);
  return report.p99;
};

export const neighbours: Scenario = {
  name: 'neighbours',
  describe: 'what one organisation that asks for a hundred times its share costs the others',
  onPostgres: 'held',
  run: async (context) => {
    const source = exactly(collectionOf('county', path), entries);
    const place = await dataset(context, 'neighbours', () => [source]);
    for (const name of others) await addOrganisation(place, `${name}.${organisation}`, name, source);
    const hub = await startHub(place, context.nodeFlags);
    const [load, noise] = [startLoad(), startLoad(true)];
    const figures: Figure[] = [];
    try {
      const logins = others.map((name) => authorization(hub.port, 'client', name));
      const [first] = logins;
      if (first === undefined) return [];
      const found = await addressesOf(hub, first);
      for (const { name, what, make } of ways.filter(
        (one) => context.only === undefined || one.name === context.only,
      )) {
        const requests = await make(hub);
        const [alone, beside]: [number[], number[]] = [[], []];
        const served: Record<string, number> = {};
        let seconds = 0;
        await ask(load, hub, logins, found);
        for (let round = 0; round < rounds; round += 1) {
          alone.push(await ask(load, hub, logins, found));
          const stop = new AbortController();
          const noisy = (async (): Promise<void> => {
            while (!stop.signal.aborted) {
              const report = await noise.run({
                port: hub.port,
                connections: greedy,
                count: 4 * greedy,
                requests: await requests(),
              });
              seconds += report.ms / 1_000;
              for (const [status, count] of Object.entries(report.statuses))
                served[status] = (served[status] ?? 0) + count;
            }
          })();
          await new Promise((resolve) => setTimeout(resolve, 200));
          beside.push(await ask(load, hub, logins, found));
          stop.abort();
          await noisy;
          // Nobody counts as asking any more.
          await new Promise((resolve) => setTimeout(resolve, 300));
        }
        const [ours, floor] = [median(beside), median(alone)];
        const rates = Object.entries(served).map(([status, count]) => `${Math.round(count / seconds)}/s ${status}`);
        figures.push({
          name,
          what,
          ours,
          floor,
          unit: 'ms',
          value: ours / floor,
          target: { kind: 'at-most', value: 1.2 },
          spread: spreadOf(beside),
          note: `the one: ${rates.join(', ')}`,
        });
      }
    } finally {
      await Promise.all([load.stop(), noise.stop()]);
      await hub.stop();
    }
    return figures;
  },
};

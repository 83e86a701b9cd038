// A page of 25,000 resources, plain and compressed, and the memory that eight readers side by side cost.
import { authorization, collectionOf, dataset, exactly, keepAnswer } from '../datasets.ts';
import type { Place } from '../place.ts';
import { get, startFloor, startHub, startLoad, type HubProcess, type LoadProcess } from '../processes.ts';
import { ofDatabase, sideBySide } from '../rounds.ts';
import { ratioFigure, type Context, type Figure, type Scenario } from '../scenario.ts';

// Twice the page, so that it is not the whole collection.
const path = 'utdanning/elev/person';
const total = 50_000;
const address = `/${path}?size=25000`;
const plain = { 'Accept-Encoding': 'identity' };
const gzip = { 'Accept-Encoding': 'gzip' };

export const page: Scenario = {
  name: 'page',
  describe: 'a page of 25,000 resources, plain and gzip; memory with eight readers',
  onPostgres: 'reported',
  run: async (context) => {
    const place = await dataset(context, 'page', () => [exactly(collectionOf('county', path), total)]);
    const load = startLoad();
    try {
      const figures: Figure[] = [];
      for (const [name, headers] of [
        ['plain', plain],
        ['gzip', gzip],
      ] as const) {
        const fresh = await startHub(place);
        try {
          figures.push(await readers(fresh, load, name, headers));
        } finally {
          await fresh.stop();
        }
      }
      return [...(await pages(context, place, load)), ...figures];
    } finally {
      await load.stop();
    }
  },
};

const pages = async (context: Context, place: Place, load: LoadProcess): Promise<readonly Figure[]> => {
  const hub = await startHub(place, context.nodeFlags);
  try {
    const login = authorization(hub.port, 'client');
    // The first page of each kind, before anything is kept in memory.
    const coldPlain = await once(hub, load, login, plain);
    const coldGzip = await once(hub, load, login, gzip);
    const response = await fetch(`http://127.0.0.1:${hub.port}${address}`, {
      headers: { ...(await login()), ...plain },
    });
    const answer = { head: response.headers, body: Buffer.from(await response.arrayBuffer()) };
    const size = `${(answer.body.length / 1e6).toFixed(1)} MB`;
    const floor = await startFloor(keepAnswer(context, 'page', answer));
    const ask = (headers: Readonly<Record<string, string>>) => async () => [
      get(address, { ...(await login()), ...headers }),
    ];
    const side = { connections: 1, count: 10, status: 200 };
    const [theirs, ours, compressed] = await sideBySide(load, [
      { ...side, server: floor, requests: ask(plain) },
      { ...side, server: hub, requests: ask(plain) },
      { ...side, server: hub, requests: ask(gzip) },
    ]);
    await floor.stop();
    if (ours === undefined || theirs === undefined || compressed === undefined) return [];
    const against = (cpu: number, spread: number) => ({ ours: cpu, floor: theirs.cpu, spread });
    const took = (series: typeof ours): string => `${series.p50.toFixed(0)} ms${ofDatabase(series)}`;
    return [
      ratioFigure(
        'page-25000',
        'page of 25,000 resources',
        against(ours.cpu, ours.spread),
        8,
        `${size}, ${took(ours)}`,
      ),
      ratioFigure(
        'page-25000-gzip',
        'the same, gzip',
        against(compressed.cpu, compressed.spread),
        3,
        `against the plain page of the floor, ${took(compressed)}`,
      ),
      ratioFigure('page-25000-cold', 'the first page of a process', against(coldPlain, 0), null, 'one request'),
      ratioFigure('page-25000-gzip-cold', 'the same, gzip', against(coldGzip, 0), null, 'one request, all threads'),
    ];
  } finally {
    await hub.stop();
  }
};

type Login = ReturnType<typeof authorization>;

/** CPU of one page, µs. */
const once = async (
  hub: HubProcess,
  load: LoadProcess,
  login: Login,
  headers: Readonly<Record<string, string>>,
): Promise<number> => {
  const requests = [get(address, { ...(await login()), ...headers })];
  const before = await hub.usage();
  await load.run({ port: hub.port, connections: 1, count: 1, requests });
  return (await hub.usage()).cpu - before.cpu;
};

/** The rise of resident memory above readiness while eight clients read pages side by side, sampled every 20 ms. */
const readers = async (
  hub: HubProcess,
  load: LoadProcess,
  name: string,
  headers: Readonly<Record<string, string>>,
): Promise<Figure> => {
  const requests = [get(address, { ...(await authorization(hub.port, 'client')()), ...headers })];
  const before = hub.readyRss;
  let most = 0;
  const sample = async (): Promise<void> => {
    most = Math.max(most, (await hub.usage()).rss);
  };
  const reading = load.run({ port: hub.port, connections: 8, count: 80, requests });
  while (!(await isOver(reading, 20))) await sample();
  await sample();
  const rise = (most - before) / 1e6;
  return {
    name: `readers-8-${name}`,
    what: `rise of memory, 8 readers, ${name}`,
    ours: rise,
    floor: null,
    unit: 'MB',
    value: rise,
    target: { kind: 'at-most', value: 200 },
    spread: null,
    note: `80 pages, above ${(before / 1e6).toFixed(0)} MB at readiness`,
  };
};

/** True when the work has ended, false after some milliseconds of waiting for it. */
const isOver = (work: Promise<unknown>, ms: number): Promise<boolean> =>
  Promise.race([
    work.then(() => true),
    new Promise<boolean>((resolve) => {
      setTimeout(() => resolve(false), ms);
    }),
  ]);

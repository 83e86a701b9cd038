// Documents put together of many resources, as the API of primary schools gives them: a page of 500 pupils with all around them, one pupil, a poll
// for events that finds nothing new, and a whole city walked with cursors.
import { municipality } from '#sandbox/municipality.ts';
import { addLinked, authorization, dataset, keepAnswer, organisation, type Answer } from '../datasets.ts';
import { get, startFloor, startHub, startLoad, type HubProcess } from '../processes.ts';
import { median, ofDatabase, sideBySide } from '../rounds.ts';
import { ratioFigure, type Context, type Figure, type Scenario } from '../scenario.ts';

const asOf = '2026-11-01';
const name = 'vfs';
const scopes = ['vfs:pupils.read', 'vfs:guardians.read', 'vfs:groups.read', 'vfs:events.read'] as const;
const whole = 'include=class,school,guardians';

type Question = {
  readonly name: string;
  readonly what: string;
  readonly most: number;
  readonly connections: number;
  readonly count: number;
  readonly paths: readonly string[];
};

export const vfs: Scenario = {
  name,
  describe: 'documents of pupils: pages, one, events with nothing new, a walk through a city',
  onPostgres: 'held',
  run: async (context) => [...(await asked(context)), ...(await walked(context))],
};

const placeOf = async (context: Context, size: 'municipality' | 'oslo') => {
  const place = await dataset(context, `vfs-${size}`, () => municipality({ seed: 1, size, asOf }).collections);
  await addLinked(place, name, scopes);
  return place;
};

const askingOf = (hub: HubProcess) => {
  const login = authorization(hub.port, 'client', name, `&tenant_id=${organisation}`);
  const ask = async (address: string): Promise<Answer> => {
    const response = await fetch(`http://127.0.0.1:${hub.port}${address}`, { headers: await login() });
    if (!response.ok) throw new Error(`${address}: ${response.status} ${await response.text()}`);
    return { head: response.headers, body: Buffer.from(await response.arrayBuffer()) };
  };
  return { login, ask };
};

const asked = async (context: Context): Promise<readonly Figure[]> => {
  const hub = await startHub(await placeOf(context, 'municipality'), context.nodeFlags);
  const load = startLoad();
  const figures: Figure[] = [];
  try {
    const { login, ask } = askingOf(hub);
    const list = `/vfs/v1/pupils?limit=500&${whole}`;
    const { items }: { readonly items: readonly { readonly id: string }[] } = JSON.parse(
      String((await ask(list)).body),
    );
    const { next }: { readonly next: string } = JSON.parse(String((await ask('/vfs/v1/events')).body));
    const questions: readonly Question[] = [
      {
        name: 'vfs-list',
        what: 'list of 500 pupils with class, school and guardians',
        most: 12,
        connections: 8,
        count: 200,
        paths: [list],
      },
      {
        name: 'vfs-one',
        what: 'one pupil with guardians and groups',
        most: 6,
        connections: 32,
        count: 10_000,
        paths: items.map(({ id }) => `/vfs/v1/pupils/${id}?include=guardians,groups`),
      },
      {
        name: 'vfs-poll',
        what: 'events, nothing new',
        most: 2.5,
        connections: 32,
        count: 20_000,
        paths: [`/vfs/v1/events?after=${next}`],
      },
    ];
    for (const { name: figure, what, most, paths, ...side } of questions) {
      if (context.only !== undefined && context.only !== figure) continue;
      const floor = await startFloor(keepAnswer(context, figure, await ask(paths[0] ?? '')));
      try {
        const requests = async () => {
          const header = await login();
          return paths.map((address) => get(address, header));
        };
        const [ours, theirs] = await sideBySide(load, [
          { ...side, requests, status: 200, server: hub },
          { ...side, requests, status: 200, server: floor },
        ]);
        if (ours === undefined || theirs === undefined) continue;
        const pair = { ours: ours.cpu, floor: theirs.cpu, spread: ours.spread };
        const rate = `${Math.round(ours.perSecond)}/s, p50 ${ours.p50.toFixed(1)} ms, p99 ${ours.p99.toFixed(1)} ms${ofDatabase(ours)}`;
        figures.push(ratioFigure(figure, what, pair, most, rate));
      } finally {
        await floor.stop();
      }
    }
  } finally {
    await load.stop();
    await hub.stop();
  }
  return figures;
};

const ofWalk = 'vfs-walk';
const walks = 3;

type Walked = {
  readonly items: readonly { readonly enrolments?: readonly { readonly level?: number }[] }[];
  readonly next?: string;
};

/**
 * The whole city, page by page, several times: the CPU of each page is the least of the walks, so that what else the machine did is not in it. Pages
 * without pupils of the first level have twice as many enrolments to read: the note says how they stand beside the first of them.
 */
const walked = async (context: Context): Promise<readonly Figure[]> => {
  if (context.only !== undefined && context.only !== ofWalk) return [];
  const hub = await startHub(await placeOf(context, 'oslo'), context.nodeFlags);
  try {
    const { ask } = askingOf(hub);
    await ask('/vfs/v1/pupils?limit=1');
    const pages: { readonly cpu: number[]; readonly alike: boolean }[] = [];
    let pupils = 0;
    for (let walk = 0; walk < walks; walk += 1) {
      let address: string | null = `/vfs/v1/pupils?limit=500&${whole}`;
      pupils = 0;
      for (let page = 0; address !== null; page += 1) {
        const before = await hub.usage();
        const answer: Walked = JSON.parse(String((await ask(address)).body));
        const after = await hub.usage();
        const levels = answer.items.flatMap(({ enrolments = [] }) => enrolments.map(({ level }) => level));
        const alike = answer.items.length === 500 && !levels.includes(1);
        (pages[page] ??= { cpu: [], alike }).cpu.push(after.cpu - before.cpu);
        pupils += answer.items.length;
        address =
          answer.next === undefined
            ? null
            : `/vfs/v1/pupils?limit=500&${whole}&cursor=${encodeURIComponent(answer.next)}`;
      }
    }
    const least = (some: typeof pages) => some.map(({ cpu }) => Math.min(...cpu));
    const full = least(pages.filter(({ alike }) => alike));
    const [first = 0] = least(pages);
    const [ofKind = 1] = full;
    const slowest = Math.max(...least(pages.slice(0, -1)));
    return [
      {
        name: ofWalk,
        what: 'the slowest page of a city beside the first',
        ours: slowest,
        floor: first,
        unit: 'µs',
        value: slowest / first,
        target: { kind: 'at-most', value: 1.3 },
        spread: null,
        note: `${pupils} pupils on ${pages.length} pages; ${full.length} of one kind, median ${Math.round(median(full))} µs, slowest ${(Math.max(...full) / ofKind).toFixed(2)} × their first`,
      },
    ];
  } finally {
    await hub.stop();
  }
};

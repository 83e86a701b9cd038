// All students of an institution by the old FS-API: `limit=0` beside the same resources as a collection in the style of FINT, and the memory that it takes while it goes
// out. The collection is stored bytes, kept in memory; so is the stream when it was asked for before and nothing has changed, else it is put together row by row.
import { noon } from '#sandbox/calendar.ts';
import type { DeliverableCollection } from '#sandbox/adapter.ts';
import { authorization, dataset } from '../datasets.ts';
import { get, startHub, startLoad, type HubProcess } from '../processes.ts';
import type { Place } from '../place.ts';
import { median, ofDatabase, sideBySide, spreadOf } from '../rounds.ts';
import { ratioFigure, type Context, type Figure, type Scenario } from '../scenario.ts';

/** To see that it runs: little data; its figures are none. */
const isSmall = process.env['BENCH_FS_API'] === 'small';
const total = isSmall ? 2_000 : 100_000;
const persons = 'fs/person/personprofil';
const megabyte = 1_048_576;
/** What of the answers in the kernel and of young memory may stand beside what the hub had before. */
const mostGrowth = 160;

type Question = {
  readonly name: string;
  readonly what: string;
  readonly query: string;
  readonly most: number | null;
};

const everything = 'limit=0&dbId=true&fields=*';

const questions: readonly Question[] = [
  { name: 'fs-api-all', what: 'addresses and keys of all', query: 'limit=0&dbId=true', most: 3 },
  { name: 'fs-api-all-fields', what: 'all members of all', query: everything, most: 3 },
];

const identified = (value: string) => ({ identifikatorverdi: value });

/** Persons who study, each by itself. The months of their numbers are synthetic. */
const students = (): DeliverableCollection => ({
  collection: persons,
  total,
  entries: function* () {
    for (let number = 1; number <= total; number += 1) {
      const key = String(100_000 + number);
      yield {
        identifier: key,
        resource: {
          systemId: identified(`P-${key}`),
          naturligNokkel: identified(key),
          personlopenummer: identified(key),
          feideBruker: identified(`student${key}@fjordheim.test`),
          fodselsdato: noon(10_000 + (number % 3_000)),
          kjonn: number % 2 === 0 ? 'KVINNE' : 'MANN',
          maalform: 'NB',
          navn: { fornavn: `Fornavn${number % 997}`, etternavn: `Etternavn${number % 4_999}` },
          institusjonsEpost: `student${key}@fjordheim.test`,
          privatEpost: `privat${key}@example.test`,
          mobilTelefon: { landnummer: '47', nummer: `9${String(number).padStart(7, '0')}` },
          postadresse: { gate: `Gata ${number}`, postnummerOgSted: '0001 Prøvestad', land: 'Norge' },
          adressebeskyttelse: 'ugradert',
          erDod: false,
          pass: [],
        },
      };
    }
  },
});

export const fsApi: Scenario = {
  name: 'fs-api',
  describe: 'all students by the old FS-API, beside the collection in the style of FINT',
  onPostgres: 'held',
  run: async (context) => {
    const place = await dataset(context, `fs-api-${total}`, () => [students()]);
    return [...(await inOneHub(context, place)), ...(await beforeAnythingIsKept(context, place))];
  },
};

const inOneHub = async (context: Context, place: Place): Promise<readonly Figure[]> => {
  if (context.only === ofStarts) return [];
  const hub = await startHub(place, context.nodeFlags);
  try {
    return [...(await beside(context, hub)), ...(await growth(context, hub))];
  } finally {
    await hub.stop();
  }
};

const ofStarts = 'fs-api-first';
const starts = isSmall ? 1 : 5;
/** Of each, so that code is compiled; another page each time, so that none is kept. */
const warmPages = isSmall ? 2 : 40;
const warmSize = 500;

/** The same beside each other in a hub that has just started, and whose memory holds nothing of them: all members of all, each once. */
const beforeAnythingIsKept = async (context: Context, place: Place): Promise<readonly Figure[]> => {
  if (context.only !== undefined && context.only !== ofStarts) return [];
  const [ours, floor]: [number[], number[]] = [[], []];
  for (let start = 0; start < starts; start += 1) {
    const hub = await startHub(place, context.nodeFlags);
    try {
      const login = authorization(hub.port, 'client');
      const cpuOf = async (address: string): Promise<number> => {
        const before = await hub.usage();
        const headers = { ...(await login()), 'Accept-Encoding': 'identity' };
        const response = await fetch(`http://127.0.0.1:${hub.port}${address}`, { headers });
        if (!response.ok || response.body === null) throw new Error(`${address}: ${response.status}`);
        await response.body.pipeTo(new WritableStream());
        return (await hub.usage()).cpu - before.cpu;
      };
      for (let page = 0; page < warmPages; page += 1) {
        await cpuOf(`/fsapi/personer?limit=${warmSize}&page=${page + 1}&dbId=true&fields=*`);
        await cpuOf(`/${persons}?size=${warmSize}&offset=${page * warmSize}`);
      }
      floor.push(await cpuOf(`/${persons}`));
      ours.push(await cpuOf(`/fsapi/personer?${everything}`));
    } finally {
      await hub.stop();
    }
  }
  const pair = { ours: median(ours), floor: median(floor), spread: spreadOf(ours) };
  return [
    ratioFigure(ofStarts, `all members of all, ${total} students, neither in memory`, pair, null, `${starts} starts`),
  ];
};

const beside = async (context: Context, hub: HubProcess): Promise<readonly Figure[]> => {
  const load = startLoad();
  const figures: Figure[] = [];
  try {
    const login = authorization(hub.port, 'client');
    const one = (address: string) => async () => [get(address, { ...(await login()), 'Accept-Encoding': 'identity' })];
    const side = { server: hub, connections: 1, count: isSmall ? 2 : 5, status: 200 };
    for (const { name, what, query, most } of questions) {
      if (context.only !== undefined && context.only !== name) continue;
      const [ours, theirs] = await sideBySide(load, [
        { ...side, requests: one(`/fsapi/personer?${query}`) },
        { ...side, requests: one(`/${persons}`) },
      ]);
      if (ours === undefined || theirs === undefined) continue;
      const pair = { ours: ours.cpu, floor: theirs.cpu, spread: ours.spread };
      figures.push(
        ratioFigure(name, `${what}, ${total} students`, pair, most, `floor = ${persons}${ofDatabase(ours)}`),
      );
    }
  } finally {
    await load.stop();
  }
  return figures;
};

const ofMemory = 'fs-api-memory';

/** The most that the hub held while all of it went out, beside what it held before; once through it first, so that code and plans are there. */
const growth = async (context: Context, hub: HubProcess): Promise<readonly Figure[]> => {
  if (context.only !== undefined && context.only !== ofMemory) return [];
  const login = authorization(hub.port, 'client');
  const through = async (look: () => Promise<void>): Promise<number> => {
    const response = await fetch(`http://127.0.0.1:${hub.port}/fsapi/personer?${everything}`, {
      headers: await login(),
    });
    if (!response.ok || response.body === null) throw new Error(`${response.status}`);
    let [bytes, looked] = [0, 0];
    for await (const chunk of response.body) {
      bytes += chunk.length;
      if (bytes - looked < megabyte) continue;
      looked = bytes;
      await look();
    }
    return bytes;
  };
  await through(async () => {});
  const { rss } = await hub.usage();
  let most = rss;
  const bytes = await through(async () => {
    most = Math.max(most, (await hub.usage()).rss);
  });
  const value = (most - rss) / megabyte;
  return [
    {
      name: ofMemory,
      what: 'memory that the hub takes more while all members of all go out',
      ours: value,
      floor: null,
      unit: 'MB',
      value,
      target: { kind: 'at-most', value: mostGrowth },
      spread: null,
      note: `${Math.round(bytes / megabyte)} MB went out`,
    },
  ];
};

// One resource by identifier, and polls that find nothing new: many small requests over connections that stay open, each authorised and
// audited.
import { authorization, collectionOf, dataset, exactly, keepAnswer, type Answer } from '../datasets.ts';
import { get, startFloor, startHub, startLoad } from '../processes.ts';
import { ofDatabase, sideBySide } from '../rounds.ts';
import { ratioFigure, type Figure, type Scenario } from '../scenario.ts';

const path = 'utdanning/elev/elevforhold';
const connections = 32;
const count = 20_000;

type Question = {
  readonly name: string;
  readonly what: string;
  readonly most: number;
  readonly paths: readonly string[];
};

export const single: Scenario = {
  name: 'single',
  describe: 'one resource by identifier; polls with nothing new',
  onPostgres: 'reported',
  run: async (context) => {
    const place = await dataset(context, 'single', () => [exactly(collectionOf('county', path), 20_000)]);
    const hub = await startHub(place, context.nodeFlags);
    const load = startLoad();
    const figures: Figure[] = [];
    try {
      const login = authorization(hub.port, 'client');
      const ask = async (address: string): Promise<Answer> => {
        const response = await fetch(`http://127.0.0.1:${hub.port}${address}`, { headers: await login() });
        if (!response.ok) throw new Error(`${address}: ${response.status}`);
        return { head: response.headers, body: Buffer.from(await response.arrayBuffer()) };
      };
      const last: { readonly next: string } = JSON.parse(String(await lastChanges(ask)));
      const questions: readonly Question[] = [
        { name: 'by-identifier', what: 'one resource by identifier', most: 3.5, paths: await addresses(ask) },
        {
          name: 'poll-changes',
          what: 'changes?after=, nothing new',
          most: 2.5,
          paths: [`/${path}/changes?after=${last.next}`],
        },
        {
          name: 'poll-since',
          what: '?sinceTimeStamp=, nothing new',
          most: 2.5,
          paths: [`/${path}?sinceTimeStamp=${Date.now() + 60_000}`, `/${path}?sinceTimeStamp=${Date.now() + 61_000}`],
        },
        { name: 'poll-updated', what: '/last-updated', most: 2.5, paths: [`/${path}/last-updated`] },
      ];
      for (const { name, what, most, paths } of questions.filter(
        (one) => context.only === undefined || one.name === context.only,
      )) {
        const floor = await startFloor(keepAnswer(context, name, await ask(paths[0] ?? '')));
        try {
          const requests = async () => {
            const header = await login();
            return paths.map((address) => get(address, header));
          };
          const side = { requests, connections, count, status: 200 };
          const [ours, theirs] = await sideBySide(load, [
            { ...side, server: hub },
            { ...side, server: floor },
          ]);
          if (ours === undefined || theirs === undefined) continue;
          const pair = { ours: ours.cpu, floor: theirs.cpu, spread: ours.spread };
          const rate = `${Math.round(ours.perSecond)}/s, p50 ${ours.p50.toFixed(1)} ms, p99 ${ours.p99.toFixed(1)} ms${ofDatabase(ours)}`;
          figures.push(ratioFigure(name, what, pair, most, rate));
        } finally {
          await floor.stop();
        }
      }
    } finally {
      await load.stop();
      await hub.stop();
    }
    return figures;
  },
};

/** Follows the feed to its end. */
const lastChanges = async (ask: (address: string) => Promise<Answer>): Promise<Buffer> => {
  let answer = (await ask(`/${path}/changes?size=10000`)).body;
  for (;;) {
    const { next, more }: { readonly next: string; readonly more: boolean } = JSON.parse(String(answer));
    if (!more) return answer;
    answer = (await ask(`/${path}/changes?size=10000&after=${next}`)).body;
  }
};

/** The addresses of two thousand resources, spread over the collection. */
const addresses = async (ask: (address: string) => Promise<Answer>): Promise<readonly string[]> => {
  type Page = {
    readonly _embedded: {
      readonly _entries: readonly { readonly systemId: { readonly identifikatorverdi: string } }[];
    };
  };
  const page: Page = JSON.parse(String((await ask(`/${path}?size=20000`)).body));
  return page['_embedded']['_entries']
    .filter((_, index) => index % 10 === 0)
    .map(({ systemId }) => `/${path}/systemid/${encodeURIComponent(systemId.identifikatorverdi)}`);
};

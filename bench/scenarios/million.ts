// The first and the last page of a collection of a million resources: an offset must not be walked to.
import { authorization, collectionOf, dataset, exactly } from '../datasets.ts';
import { get, startHub, startLoad } from '../processes.ts';
import { sideBySide } from '../rounds.ts';
import type { Figure, Scenario } from '../scenario.ts';

const path = 'utdanning/vurdering/underveisfagvurdering';
const total = 1_000_000;

export const million: Scenario = {
  name: 'million',
  describe: 'first and last page of a collection of a million resources',
  run: async (context) => {
    const place = await dataset(context, 'million', () => [exactly(collectionOf('county', path), total)]);
    const hub = await startHub(place, context.nodeFlags);
    const load = startLoad();
    const figures: Figure[] = [];
    try {
      const login = authorization(hub.port, 'client');
      for (const [size, count, connections] of [
        [25_000, 10, 1],
        [100, 1_000, 4],
      ] as const) {
        const at = (offset: number) => async () => [
          get(`/${path}?size=${size}&offset=${offset}`, { ...(await login()), 'Accept-Encoding': 'identity' }),
        ];
        const side = { server: hub, connections, count, status: 200 };
        const [first, last] = await sideBySide(load, [
          { ...side, requests: at(0) },
          { ...side, requests: at(total - size) },
        ]);
        if (first === undefined || last === undefined) continue;
        figures.push({
          name: `last-page-${size}`,
          what: `last page of ${size} beside the first`,
          ours: last.cpu,
          floor: first.cpu,
          unit: 'µs',
          value: last.cpu / first.cpu,
          target: { kind: 'at-most', value: 1.2 },
          spread: last.spread,
          note: 'floor = the first page',
        });
      }
    } finally {
      await load.stop();
      await hub.stop();
    }
    return figures;
  },
};

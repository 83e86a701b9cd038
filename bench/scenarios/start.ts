// From nothing to readiness: the whole model and an organisation that has data already, small and large.
import { benchCounty, collectionOf, folderOf, exactly } from '../datasets.ts';
import type { Place } from '../place.ts';
import { startHub } from '../processes.ts';
import { median, spreadOf } from '../rounds.ts';
import type { Context, Figure, Scenario } from '../scenario.ts';

const starts = 7;
const big = 'utdanning/vurdering/underveisfagvurdering';

export const start: Scenario = {
  name: 'start',
  describe: 'from nothing to readiness with the whole model and an existing county',
  run: async (context) => {
    const small = await folderOf(context, 'county-small', () => benchCounty('small').collections);
    const million = await folderOf(context, 'million', () => [exactly(collectionOf('county', big), 1_000_000)]);
    return [
      ...(await measure(context, small, 'county-small')),
      ...(await measure(context, million, 'a million resources')),
    ];
  },
};

const measure = async (context: Context, place: Place, name: string): Promise<readonly Figure[]> => {
  const times: number[] = [];
  const memory: number[] = [];
  for (let index = 0; index < starts; index += 1) {
    const hub = await startHub(place, context.nodeFlags);
    times.push(hub.readyMs);
    memory.push(hub.readyRss / 1e6);
    await hub.stop();
  }
  const figure = (kind: string, unit: 'ms' | 'MB', values: readonly number[], most: number): Figure => ({
    name: `start-${kind}-${name.replaceAll(' ', '-')}`,
    what: `${kind === 'time' ? 'start' : 'memory at readiness'}, ${name}`,
    ours: median(values),
    floor: null,
    unit,
    value: median(values),
    target: { kind: 'at-most', value: most },
    spread: spreadOf(values),
    note: `${starts} starts, most ${Math.max(...values).toFixed(0)} ${unit}`,
  });
  return [figure('time', 'ms', times, 1_500), figure('memory', 'MB', memory, 200)];
};

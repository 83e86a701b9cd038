// The adapter side of the delivery scenario: the sandbox's adapter in a process of its own, so that what it costs is not counted. Started by
// scenarios/delivery.ts, which sends what to deliver and gets how it went.
import { systemClock } from '#base/clock.ts';
import { deliver, type CollectionSummary, type DeliverableCollection } from '#sandbox/adapter.ts';
import { adapterLogin, benchCounty, organisation } from './datasets.ts';

export type DeliveryOrder = {
  readonly port: number;
  /** Collections of the county and the most entries of each; or everything of the county at production volume, made as it is sent. */
  readonly collections: readonly { readonly path: string; readonly most: number }[] | 'county-full';
  readonly pageSize: number;
  readonly gzip: boolean;
};

export type DeliveryReport = {
  readonly entries: number;
  readonly seconds: number;
  readonly rejected: number;
  readonly unfinished: readonly string[];
};

// Entries are made before the clock starts: a source system has its data already.
const made = new Map<string, DeliverableCollection>();

const collectionsOf = ({ collections }: DeliveryOrder): readonly DeliverableCollection[] => {
  if (collections === 'county-full') return benchCounty('county-full').collections;
  const { collections: all } = benchCounty('county');
  return collections.map(({ path, most }) => {
    const known = made.get(path);
    if (known !== undefined) return known;
    const source = all.find(({ collection }) => collection === path);
    if (source === undefined) throw new Error(`the county has no collection ${path}`);
    const entries: DeliverableCollection['entries'] extends () => Iterable<infer Entry> ? Entry[] : never = [];
    for (const entry of source.entries()) {
      if (entries.length === most) break;
      entries.push(entry);
    }
    const collection = { collection: path, total: entries.length, entries: () => entries };
    made.set(path, collection);
    return collection;
  });
};

const run = async (order: DeliveryOrder): Promise<DeliveryReport> => {
  const collections = collectionsOf(order);
  const started = performance.now();
  const baseUrl = `http://127.0.0.1:${order.port}`;
  const summaries: readonly CollectionSummary[] = await deliver({
    baseUrl,
    tokenEndpoint: `${baseUrl}/oauth/token`,
    clientId: adapterLogin.id,
    clientSecret: adapterLogin.secret,
    scope: 'fint-adapter',
    orgId: organisation,
    adapterId: `https://bench.test/${organisation}`,
    collections,
    pageSize: order.pageSize,
    concurrency: 2,
    gzip: order.gzip,
    fetch,
    now: systemClock.now,
    sleep: systemClock.sleep,
  });
  return {
    entries: summaries.reduce((sum, { entries }) => sum + entries, 0),
    seconds: (performance.now() - started) / 1_000,
    rejected: summaries.reduce((sum, { rejected }) => sum + rejected, 0),
    unfinished: summaries.flatMap(({ collection, state }) => (state === 'completed' ? [] : [`${collection} ${state}`])),
  };
};

process.on('message', (order: DeliveryOrder) => {
  run(order).then(
    (report) => process.send?.(report),
    (error: unknown) => process.send?.({ error: error instanceof Error ? error.message : 'unknown' }),
  );
});

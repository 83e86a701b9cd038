// Delivers what an import has put aside to a hub, by the adapter API like any adapter: pages of full, delta and delete syncs, and what became of each
// run. Used by import-pifu.ts. Knows no format.
import type { Random } from '#base/random.ts';
import { exitCodes } from './exit-codes.ts';
import type { HubClient } from './hub-client.ts';
import type { SpooledEntries } from './import-spool.ts';
import { CommandFailure } from './terminal.ts';

export type RunSummary = {
  readonly collection: string;
  readonly type: 'FULL' | 'DELTA' | 'DELETE';
  readonly corrId: string;
  readonly entries: number;
  readonly state: string;
  readonly created: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly removed: number;
  readonly rejected: number;
  readonly warnings: number;
};

export type DeliveryOptions = {
  readonly client: HubClient;
  readonly random: Random;
  readonly sleep: (ms: number) => Promise<void>;
  readonly adapterId: string;
  /** Whether what is missing goes. */
  readonly full: boolean;
  readonly progress: (collection: string, sent: number, total: number) => void;
};

const entriesPerPage = 5_000;
const attempts = 6;
const firstPauseMs = 250;
const longestPauseMs = 10_000;
const statusPauses = 600;

const methods = { FULL: 'POST', DELTA: 'PATCH', DELETE: 'DELETE' } as const;

/** What the hub has refused for now is sent again: a page that comes twice does no harm. */
const patiently = async <T>({ sleep }: DeliveryOptions, work: () => Promise<T>): Promise<T> => {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      const passing =
        error instanceof CommandFailure && (error.exit === exitCodes.temporary || error.exit === exitCodes.remote);
      if (!passing || attempt === attempts) throw error;
      await sleep(Math.min(longestPauseMs, firstPauseMs * 2 ** (attempt - 1)));
    }
  }
};

const deliverRun = async (
  options: DeliveryOptions,
  spooled: SpooledEntries,
  collection: string,
  type: RunSummary['type'],
  total: number,
): Promise<RunSummary> => {
  const corrId = options.random.uuid();
  let page = 0;
  let sent = 0;
  for (const { text, lines } of spooled.pages(type === 'DELETE' ? 'removals' : 'entries', collection, entriesPerPage)) {
    page += 1;
    const metadata = {
      adapterId: options.adapterId,
      corrId,
      totalSize: total,
      page,
      pageSize: lines,
      totalPages: Math.ceil(total / entriesPerPage),
    };
    const body = Buffer.concat([Buffer.from(`${JSON.stringify(metadata)}\n`), text]);
    await patiently(options, async () => {
      const answer = await options.client.send(methods[type], `/provider/${collection}`, body);
      await answer.body?.cancel();
    });
    sent += lines;
    options.progress(collection, sent, total);
  }
  return { collection, type, corrId, entries: total, ...(await outcome(options, corrId)) };
};

type Outcome = Omit<RunSummary, 'collection' | 'type' | 'corrId' | 'entries'>;

const outcome = async (options: DeliveryOptions, corrId: string): Promise<Outcome> => {
  for (let asked = 1; ; asked += 1) {
    const answer = await patiently(options, () => options.client.send('GET', `/provider/sync/${corrId}`));
    const run = (await answer.json()) as Readonly<Record<string, unknown>>;
    const state = typeof run['state'] === 'string' ? run['state'] : 'unknown';
    const count = (name: string): number => (typeof run[name] === 'number' ? run[name] : 0);
    if (state !== 'open' || asked === statusPauses)
      return {
        state,
        created: count('created'),
        updated: count('updated'),
        unchanged: count('unchanged'),
        removed: count('removed'),
        rejected: count('rejected'),
        warnings: count('warnings'),
      };
    await options.sleep(Math.min(1_000, 10 * asked));
  }
};

/** Delivers each collection in the order given, its entries before what is removed of it, and gives what became of every run. */
export const deliverSpooled = async (
  options: DeliveryOptions,
  spooled: SpooledEntries,
  order: readonly string[],
): Promise<readonly RunSummary[]> => {
  const runs: RunSummary[] = [];
  const counts = spooled.collections();
  for (const collection of order) {
    const { entries } = counts.get(collection) ?? { entries: 0 };
    if (entries > 0)
      runs.push(await deliverRun(options, spooled, collection, options.full ? 'FULL' : 'DELTA', entries));
  }
  // What others point to goes last.
  for (const collection of order.toReversed()) {
    const { removals } = counts.get(collection) ?? { removals: 0 };
    if (removals > 0) runs.push(await deliverRun(options, spooled, collection, 'DELETE', removals));
  }
  return runs;
};

// An adapter: what a source system runs to deliver its data to the hub. It is a real client of the adapter API and knows
// nothing of the hub's code, so it stands as the example for anyone who writes one. It reads any collections that can be
// walked; the demo and the benchmarks hand it the synthetic county.
//
// One delivery goes like this:
//   1. fetch a token with client id and secret            (POST {tokenEndpoint}, in hub-client.ts)
//   2. say who we are and what we promise to deliver       (POST /provider/register)
//   3. say that we are alive, now and every minute         (POST /provider/heartbeat)
//   4. for every collection: send all of it, page by page  (POST /provider/{collection})
//   5. and ask how it went, until the run is over          (GET /provider/sync/{corrId})
//
// Between full deliveries `deliverChanges` sends what has changed since (PATCH) and what is gone (DELETE). How an adapter answers what clients
// ask of the source is in event-adapter.ts.

import { randomUUID } from 'node:crypto';
import { sender, type ConnectionOptions, type Send } from './hub-client.ts';

export type DeliverableEntry = {
  /** The value of one identifier, always the same one for the same resource. */
  readonly identifier: string;
  readonly resource: Readonly<Record<string, unknown>>;
};

export type DeliverableCollection = {
  /** The path of the collection, such as `utdanning/elev/elev`. */
  readonly collection: string;
  readonly total: number;
  /** Starts one lazy walk over exactly `total` entries. */
  readonly entries: () => Iterable<DeliverableEntry>;
};

export type Progress = { readonly collection: string; readonly sent: number; readonly total: number };

/** What an adapter can be asked on behalf of clients. */
export type Operation = 'READ' | 'CREATE' | 'UPDATE' | 'DELETE' | 'VALIDATE';

export type AdapterOptions = ConnectionOptions & {
  readonly orgId: string;
  /** One lasting name per installed adapter, by convention `https://{vendor}/{customer}/{domain}`. */
  readonly adapterId: string;
  /** The name the hub knows the token's holder by; the client id unless told otherwise. */
  readonly username?: string;
  readonly collections: readonly DeliverableCollection[];
  /** Entries on a page. */
  readonly pageSize: number;
  /** Pages under way at the same time; they may arrive in any order. */
  readonly concurrency: number;
  /** The operations that the adapter answers for every collection; left out, it promises nothing of events. */
  readonly operations?: readonly Operation[];
  readonly onProgress?: (progress: Progress) => void;
};

/** What the hub says about one sync run. */
export type SyncStatus = {
  readonly corrId: string;
  readonly collection: string;
  readonly type: string;
  readonly state: 'open' | 'completed' | 'held' | 'failed' | 'expired' | 'superseded' | 'rejected';
  readonly totalSize: number;
  readonly receivedEntries: number;
  readonly pages: number;
  readonly created: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly removed: number;
  readonly rejected: number;
  readonly warnings: number;
  /** The entries that were kept back or reported, each with its reason; ten thousand of either at most. */
  readonly problems: readonly unknown[];
};

export type CollectionSummary = {
  readonly collection: string;
  readonly corrId: string;
  readonly state: SyncStatus['state'];
  readonly pages: number;
  readonly entries: number;
  readonly seconds: number;
  readonly rejected: number;
  readonly warnings: number;
  readonly problems: readonly unknown[];
};

const HEARTBEAT_MINUTES = 1;
const LONGEST_WAIT_FOR_RUN = 600_000;

// --- 2. and 3. Registration and heartbeat -------------------------------------------------------------------------

/** Splits `felles/kodeverk/iso/landkode` into domain, package (which may have two parts) and resource. */
const namesOf = ({ collection }: DeliverableCollection): object => {
  const parts = collection.split('/');
  return { domainName: parts[0], packageName: parts.slice(1, -1).join('/'), resourceName: parts.at(-1) };
};

const capability = (source: DeliverableCollection): object => ({
  ...namesOf(source),
  fullSyncIntervalInDays: 1,
  deltaSyncInterval: 'NONE',
});

/** Says who the adapter is, what it delivers, and what it answers. A later registration takes the place of an earlier one. */
export const register = async (options: AdapterOptions, send: Send): Promise<void> => {
  const response = await send('POST', 'register', {
    adapterId: options.adapterId,
    orgId: options.orgId,
    username: options.username ?? options.clientId,
    heartbeatIntervalInMinutes: HEARTBEAT_MINUTES,
    capabilities: options.collections.map(capability),
    ...(options.operations === undefined
      ? {}
      : {
          eventCapabilities: options.collections.map((source) => ({
            ...namesOf(source),
            operations: options.operations,
          })),
        }),
    time: options.now(),
  });
  await response.body?.cancel();
};

/** Gives a function that sends a heartbeat when one is due; it is called before every page and every question. */
export const heart = (options: AdapterOptions, send: Send): (() => Promise<void>) => {
  let nextBeat = 0;
  return async () => {
    const time = options.now();
    if (time < nextBeat) return;
    nextBeat = time + HEARTBEAT_MINUTES * 60_000;
    const { adapterId, orgId } = options;
    const response = await send('POST', 'heartbeat', {
      adapterId,
      orgId,
      username: options.username ?? options.clientId,
      time,
    });
    await response.body?.cancel();
  };
};

// --- 4. A full sync -----------------------------------------------------------------------------------------------

function* pagesOf({ entries }: DeliverableCollection, pageSize: number): Generator<readonly DeliverableEntry[]> {
  let page: DeliverableEntry[] = [];
  for (const entry of entries()) {
    page.push(entry);
    if (page.length < pageSize) continue;
    yield page;
    page = [];
  }
  if (page.length > 0) yield page;
}

/** Sends all of a collection and answers with the number of pages. Only `concurrency` pages are in memory at a time. */
const sendPages = async (
  options: AdapterOptions,
  send: Send,
  beat: () => Promise<void>,
  source: DeliverableCollection,
  corrId: string,
): Promise<number> => {
  const { collection, total } = source;
  const totalPages = Math.max(1, Math.ceil(total / options.pageSize));
  let pages = 0;
  let sent = 0;

  const sendPage = async (resources: readonly DeliverableEntry[]): Promise<void> => {
    pages += 1;
    const metadata = {
      adapterId: options.adapterId,
      orgId: options.orgId,
      corrId,
      totalSize: total,
      page: pages,
      pageSize: resources.length,
      totalPages,
      uriRef: collection,
      time: options.now(),
    };
    const response = await send('POST', collection, { metadata, resources, syncType: 'FULL' });
    await response.body?.cancel();
    sent += resources.length;
    options.onProgress?.({ collection, sent, total });
  };

  const waiting = pagesOf(source, options.pageSize);
  // Each lane takes the next page as soon as its last one is accepted.
  const lane = async (): Promise<void> => {
    try {
      for (let next = waiting.next(); next.done !== true; next = waiting.next()) {
        await beat();
        await sendPage(next.value);
      }
    } catch (error) {
      // The other lanes find nothing more to take.
      waiting.return(undefined);
      throw error;
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, options.concurrency) }, lane));

  // A source that has nothing says so with one empty page; silence would leave old data standing.
  if (pages === 0) await sendPage([]);
  if (sent !== total) throw new Error(`${collection} promised ${total} entries and gave ${sent}`);
  return pages;
};

// --- Between full syncs -------------------------------------------------------------------------------------------

/** What has changed in a collection since the last delivery, and the identifiers of what is gone. */
export type SourceChanges = {
  readonly collection: string;
  readonly changed: readonly DeliverableEntry[];
  readonly removed: readonly string[];
};

/** Sends changes as deltas and removals as deletions, a sync of its own for each. Rejects as `deliver` does; sending them again is safe. */
export const deliverChanges = async (options: AdapterOptions, changes: readonly SourceChanges[]): Promise<void> => {
  const send = sender(options);
  const sendAll = async (
    method: 'PATCH' | 'DELETE',
    collection: string,
    resources: readonly object[],
  ): Promise<void> => {
    const corrId = randomUUID();
    const totalPages = Math.ceil(resources.length / options.pageSize);
    for (let page = 1; page <= totalPages; page += 1) {
      const some = resources.slice((page - 1) * options.pageSize, page * options.pageSize);
      const metadata = {
        adapterId: options.adapterId,
        orgId: options.orgId,
        corrId,
        totalSize: resources.length,
        page,
        pageSize: some.length,
        totalPages,
        uriRef: collection,
        time: options.now(),
      };
      const syncType = method === 'PATCH' ? 'DELTA' : 'DELETE';
      const response = await send(method, collection, { metadata, resources: some, syncType });
      await response.body?.cancel();
    }
  };
  for (const { collection, changed, removed } of changes) {
    await sendAll('PATCH', collection, changed);
    await sendAll(
      'DELETE',
      collection,
      removed.map((identifier) => ({ identifier, resource: null })),
    );
  }
};

// --- 5. How it went -----------------------------------------------------------------------------------------------

/** Asks about a run until it is over, sooner at first and then once a second. Answers with the last status. */
const statusOf = async (
  options: AdapterOptions,
  send: Send,
  beat: () => Promise<void>,
  corrId: string,
): Promise<SyncStatus> => {
  const giveUpAt = options.now() + LONGEST_WAIT_FOR_RUN;
  for (let pause = 10; ; pause = Math.min(1000, pause * 2)) {
    await beat();
    const status = (await (await send('GET', `sync/${corrId}`)).json()) as SyncStatus;
    if (status.state !== 'open' || options.now() > giveUpAt) return status;
    await options.sleep(pause);
  }
};

/**
 * Registers and delivers every collection in full, in the order given (code lists first is kind, not needed), and answers
 * with one summary each. Entries that the hub kept back are counted there, with reasons. Rejects when the hub refuses
 * the adapter or cannot be reached after six attempts; running it again is always safe.
 */
export const deliver = async (options: AdapterOptions): Promise<readonly CollectionSummary[]> => {
  const send = sender(options);
  const beat = heart(options, send);
  await register(options, send);
  await beat();
  const summaries: CollectionSummary[] = [];
  for (const source of options.collections) {
    const started = options.now();
    // One id for all pages of one sync, lower-case.
    const corrId = randomUUID();
    const pages = await sendPages(options, send, beat, source, corrId);
    const { state, rejected, warnings, problems } = await statusOf(options, send, beat, corrId);
    summaries.push({
      collection: source.collection,
      corrId,
      state,
      pages,
      entries: source.total,
      seconds: (options.now() - started) / 1000,
      rejected,
      warnings,
      problems,
    });
  }
  return summaries;
};

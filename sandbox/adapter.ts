// An adapter: what a source system runs to deliver its data to the hub. It is a real client of the adapter API and knows
// nothing of the hub's code, so it stands as the example for anyone who writes one. It reads any collections that can be
// walked; the demo and the benchmarks hand it the synthetic county.
//
// One delivery goes like this:
//   1. fetch a token with client id and secret            (POST {tokenEndpoint})
//   2. say who we are and what we promise to deliver       (POST /provider/register)
//   3. say that we are alive, now and every minute         (POST /provider/heartbeat)
//   4. for every collection: send all of it, page by page  (POST /provider/{collection})
//   5. and ask how it went, until the run is over          (GET /provider/sync/{corrId})

import { randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip as gzipCallback } from 'node:zlib';

const gzip = promisify(gzipCallback);

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

export type AdapterOptions = {
  /** Where the hub answers, without a slash at the end. */
  readonly baseUrl: string;
  readonly tokenEndpoint: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly scope: string;
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
  readonly gzip: boolean;
  readonly fetch: typeof fetch;
  /** The time in milliseconds since 1970. */
  readonly now: () => number;
  readonly sleep: (milliseconds: number) => Promise<void>;
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
const ATTEMPTS = 6;
const FIRST_PAUSE = 250;
const LONGEST_PAUSE = 10_000;
const LONGEST_WAIT_FOR_RUN = 600_000;

// --- 1. The token -------------------------------------------------------------------------------------------------

/** Gives a function that answers with a valid token and fetches a new one shortly before the old one ends. */
const tokenSource = (options: AdapterOptions): ((renew?: boolean) => Promise<string>) => {
  const { clientId, clientSecret, scope, tokenEndpoint } = options;
  // RFC 6749 2.3.1: both parts are form-encoded before they are joined.
  const credentials = `${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret)}`;
  let token = '';
  let renewAt = 0;
  let underWay: Promise<string> | undefined;

  const fetchToken = async (): Promise<string> => {
    const response = await withRetries(options, 'the token endpoint', () =>
      options.fetch(tokenEndpoint, {
        method: 'POST',
        headers: {
          authorization: `Basic ${Buffer.from(credentials).toString('base64')}`,
          'content-type': 'application/x-www-form-urlencoded',
        },
        body: new URLSearchParams({ grant_type: 'client_credentials', scope }).toString(),
      }),
    );
    const answer = (await response.json()) as { readonly access_token: string; readonly expires_in: number };
    token = answer.access_token;
    // A tenth of its life is left for requests that are under way, half a minute at most.
    renewAt = options.now() + answer.expires_in * 1000 - Math.min(30_000, answer.expires_in * 100);
    return token;
  };

  return (renew = false) => {
    if (!renew && token !== '' && options.now() < renewAt) return Promise.resolve(token);
    // Pages sent side by side share one token request.
    underWay ??= fetchToken().finally(() => {
      underWay = undefined;
    });
    return underWay;
  };
};

// --- Requests that survive a hub which is away for a moment -------------------------------------------------------

const pauseAfter = (attempt: number, response?: Response): number => {
  const asked = Number(response?.headers.get('retry-after') ?? Number.NaN);
  const own = FIRST_PAUSE * 2 ** (attempt - 1);
  return Math.min(LONGEST_PAUSE, Number.isFinite(asked) ? Math.max(own, asked * 1000) : own);
};

/**
 * Sends until the answer is one that counts. No connection, 429 and 5xx are worth another attempt: a page that arrives
 * twice does no harm. Any other refusal ends the delivery with an error that carries the hub's own words.
 */
const withRetries = async (
  options: AdapterOptions,
  what: string,
  send: (attempt: number) => Promise<Response>,
): Promise<Response> => {
  for (let attempt = 1; ; attempt += 1) {
    let response: Response | undefined;
    let cause: unknown;
    try {
      response = await send(attempt);
    } catch (error) {
      cause = error;
    }
    if (response?.ok === true) return response;
    const text = response === undefined ? '' : await response.text();
    const worthAnother = response === undefined || response.status === 429 || response.status >= 500;
    if (!worthAnother || attempt === ATTEMPTS) {
      const reason = response === undefined ? 'no answer' : `${response.status} ${text.slice(0, 500)}`;
      throw new Error(`${what} did not accept the request: ${reason}`, { cause });
    }
    await options.sleep(pauseAfter(attempt, response));
  }
};

type Send = (method: 'GET' | 'POST', path: string, body?: unknown) => Promise<Response>;

const sender = (options: AdapterOptions): Send => {
  const token = tokenSource(options);
  const asJson = { 'content-type': 'application/json' };
  return async (method, path, body) => {
    // The body is made once, before any attempt.
    const text = body === undefined ? undefined : JSON.stringify(body);
    const sent = text !== undefined && options.gzip ? await gzip(text, { level: 4 }) : text;
    const once = async (renew: boolean): Promise<Response> =>
      options.fetch(`${options.baseUrl}/provider/${path}`, {
        method,
        headers: {
          authorization: `Bearer ${await token(renew)}`,
          ...(sent === undefined ? {} : asJson),
          ...(sent !== undefined && options.gzip ? { 'content-encoding': 'gzip' } : {}),
        },
        ...(sent === undefined ? {} : { body: sent }),
      });
    return withRetries(options, `${method} /provider/${path}`, async () => {
      const response = await once(false);
      if (response.status !== 401) return response;
      // The hub may have changed its keys: one more attempt with a fresh token.
      await response.body?.cancel();
      return once(true);
    });
  };
};

// --- 2. and 3. Registration and heartbeat -------------------------------------------------------------------------

/** Splits `felles/kodeverk/iso/landkode` into domain, package (which may have two parts) and resource. */
const capability = ({ collection }: DeliverableCollection): object => {
  const parts = collection.split('/');
  return {
    domainName: parts[0],
    packageName: parts.slice(1, -1).join('/'),
    resourceName: parts.at(-1),
    fullSyncIntervalInDays: 1,
    deltaSyncInterval: 'NONE',
  };
};

const register = async (options: AdapterOptions, send: Send): Promise<void> => {
  const response = await send('POST', 'register', {
    adapterId: options.adapterId,
    orgId: options.orgId,
    username: options.username ?? options.clientId,
    heartbeatIntervalInMinutes: HEARTBEAT_MINUTES,
    capabilities: options.collections.map(capability),
    time: options.now(),
  });
  await response.body?.cancel();
};

/** Gives a function that sends a heartbeat when one is due; it is called before every page and every question. */
const heart = (options: AdapterOptions, send: Send): (() => Promise<void>) => {
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

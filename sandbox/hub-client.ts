// How an adapter speaks to the hub: a token that is fetched and renewed, and requests that survive a hub which is away for a moment. Used by
// adapter.ts (deliveries) and event-adapter.ts (events). It must not know what is sent.

import { promisify } from 'node:util';
import { gzip as gzipCallback } from 'node:zlib';

const gzip = promisify(gzipCallback);

export type ConnectionOptions = {
  /** Where the hub answers, without a slash at the end. */
  readonly baseUrl: string;
  readonly tokenEndpoint: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly scope: string;
  readonly gzip: boolean;
  readonly fetch: typeof fetch;
  /** The time in milliseconds since 1970. */
  readonly now: () => number;
  readonly sleep: (milliseconds: number) => Promise<void>;
};

const ATTEMPTS = 6;
const FIRST_PAUSE = 250;
const LONGEST_PAUSE = 10_000;

/** Gives a function that answers with a valid token and fetches a new one shortly before the old one ends. */
const tokenSource = (options: ConnectionOptions): ((renew?: boolean) => Promise<string>) => {
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
    // Requests sent side by side share one token request.
    underWay ??= fetchToken().finally(() => {
      underWay = undefined;
    });
    return underWay;
  };
};

const pauseAfter = (attempt: number, response?: Response): number => {
  const asked = Number(response?.headers.get('retry-after') ?? Number.NaN);
  const own = FIRST_PAUSE * 2 ** (attempt - 1);
  return Math.min(LONGEST_PAUSE, Number.isFinite(asked) ? Math.max(own, asked * 1000) : own);
};

/**
 * Sends until the answer is one that counts. No connection, 429 and 5xx are worth another attempt: what arrives twice does no harm. Any
 * other refusal is thrown as a Refusal that carries the hub's own words.
 */
const withRetries = async (
  options: ConnectionOptions,
  what: string,
  send: (attempt: number) => Promise<Response>,
  signal?: AbortSignal,
): Promise<Response> => {
  for (let attempt = 1; ; attempt += 1) {
    let response: Response | undefined;
    let cause: unknown;
    try {
      response = await send(attempt);
    } catch (error) {
      // A token that was refused has been asked for often enough.
      if (signal?.aborted === true || error instanceof Refusal) throw error;
      cause = error;
    }
    if (response?.ok === true) return response;
    const text = response === undefined ? '' : await response.text();
    const worthAnother = response === undefined || response.status === 429 || response.status >= 500;
    if (!worthAnother || attempt === ATTEMPTS) {
      const reason = response === undefined ? 'no answer' : `${response.status} ${text.slice(0, 500)}`;
      throw new Refusal(`${what} did not accept the request: ${reason}`, response?.status ?? null, cause);
    }
    await options.sleep(pauseAfter(attempt, response));
  }
};

/** What the hub has refused, for good; `status` is null when it could not be reached. */
export class Refusal extends Error {
  readonly status: number | null;
  constructor(message: string, status: number | null, cause: unknown) {
    super(message, { cause });
    this.status = status;
  }
}

export type Send = (
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
  path: string,
  body?: unknown,
  more?: { readonly headers?: Readonly<Record<string, string>>; readonly signal?: AbortSignal },
) => Promise<Response>;

/** Gives a function that sends to a path below `/provider/` and answers with what the hub answered. */
export const sender = (options: ConnectionOptions): Send => {
  const token = tokenSource(options);
  const asJson = { 'content-type': 'application/json' };
  return async (method, path, body, { headers = {}, signal } = {}) => {
    // The body is made once, before any attempt.
    const text = body === undefined ? undefined : JSON.stringify(body);
    const sent = text !== undefined && options.gzip ? await gzip(text, { level: 4 }) : text;
    const once = async (renew: boolean): Promise<Response> =>
      options.fetch(`${options.baseUrl}/provider/${path}`, {
        method,
        headers: {
          authorization: `Bearer ${await token(renew)}`,
          ...headers,
          ...(sent === undefined ? {} : asJson),
          ...(sent !== undefined && options.gzip ? { 'content-encoding': 'gzip' } : {}),
        },
        ...(signal === undefined ? {} : { signal }),
        ...(sent === undefined ? {} : { body: sent }),
      });
    const attempt = async (): Promise<Response> => {
      const response = await once(false);
      if (response.status !== 401) return response;
      // The hub may have changed its keys: one more attempt with a fresh token.
      await response.body?.cancel();
      return once(true);
    };
    return withRetries(options, `${method} /provider/${path}`, attempt, signal);
  };
};

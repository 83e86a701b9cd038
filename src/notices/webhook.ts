// Sends messages to webhooks as Standard Webhooks says: an id, the moment and a signature in headers, JSON in the body. Sends to nobody whose name stands for an
// address within, and follows nobody elsewhere. Used by deliver.ts.
import { createHmac } from 'node:crypto';
import { lookup, type LookupAddress, type LookupAllOptions } from 'node:dns';
import { request as requestByHttp } from 'node:http';
import { request as requestByHttps } from 'node:https';
import type { LookupFunction } from 'node:net';
import { limits } from '#base/limits.ts';
import { isLoopback, isOutward, readWebhookAddress } from '#catalogue/outward-address.ts';
import { secretScheme, type WebhookChannel } from '#catalogue/subscription.ts';
import type { Carrier, Sent } from './channel.ts';

/** Gives all that a name stands for, as the runtime does. */
export type LookUp = (
  name: string,
  options: LookupAllOptions,
  done: (error: Error | null, found: readonly LookupAddress[]) => void,
) => void;

export type WebhookDeps = {
  /** Whether it may be sent to this machine: in a sandbox, where receivers are tried out. */
  readonly loopback: boolean;
  /** All that a name stands for; that of the machine unless a test says otherwise. */
  readonly lookUp?: LookUp;
  /** Certificates in PEM that are trusted instead of those of the runtime. */
  readonly ca?: string;
  /** Within this a receiver has to answer, milliseconds; that of the limits unless a test says otherwise. */
  readonly answerMs?: number;
};

/** The signature of a message by a secret: `v1,` and HMAC-SHA256 in base64 over id, seconds and body. */
export const signature = (secret: string, id: string, seconds: number, body: string): string =>
  `v1,${createHmac('sha256', Buffer.from(secret.slice(secretScheme.length), 'base64'))
    .update(`${id}.${seconds}.${body}`)
    .digest('base64')}`;

class Inward extends Error {
  constructor() {
    super('The name leads inwards.');
  }
}

/**
 * Looks a name up for a connection, and gives only what leads out: what was checked is what is connected to, however often the name changes. One address within spoils
 * all of them.
 */
const outwardLookup =
  ({ loopback, lookUp = lookup }: WebhookDeps): LookupFunction =>
  (name, options, done) => {
    lookUp(name, { ...options, all: true }, (error, found) => {
      if (error !== null) return done(error, '');
      const [first] = found;
      if (first === undefined || !found.every(({ address }) => isOutward(address) || (loopback && isLoopback(address))))
        return done(new Inward(), '');
      return options.all === true ? done(null, [...found]) : done(null, first.address, first.family);
    });
  };

// Those to whom it makes no difference how often they are asked.
const isFinal = (status: number): boolean => status === 410;

/** What a webhook gets: the same id however often it is tried. */
export type Posted = { readonly id: string; readonly at: number; readonly json: string; readonly type?: string };

/** What came of one try. `why` names no address and no secret. */
export type PostOutcome =
  | { readonly kind: 'answered'; readonly status: number }
  | { readonly kind: 'unreached'; readonly why: string }
  /** The address is none that is sent to. */
  | { readonly kind: 'closed'; readonly why: string };

/** Sends one message to a webhook. Rejects never. */
export type WebhookPost = (
  to: Pick<WebhookChannel, 'url' | 'secret'>,
  message: Posted,
  signal: AbortSignal,
) => Promise<PostOutcome>;

/** Sends by webhook, one try at a time. */
export const createWebhookPost = (deps: WebhookDeps): WebhookPost => {
  const outward = outwardLookup(deps);
  const post = (to: Pick<WebhookChannel, 'url' | 'secret'>, message: Posted, signal: AbortSignal): Promise<number> => {
    const url = new URL(to.url);
    const seconds = Math.floor(message.at / 1_000);
    const body = Buffer.from(message.json);
    const ask = url.protocol === 'https:' ? requestByHttps : requestByHttp;
    return new Promise((resolve, reject) => {
      const asked = ask(url, {
        method: 'POST',
        lookup: outward,
        // Each has a connection of its own: none that was opened to another address is taken.
        agent: false,
        signal: AbortSignal.any([signal, AbortSignal.timeout(deps.answerMs ?? limits.webhookMs)]),
        ...(deps.ca === undefined ? {} : { ca: deps.ca }),
        headers: {
          'Content-Type': message.type ?? 'application/json',
          'Content-Length': body.length,
          'User-Agent': 'bindeledd',
          'webhook-id': message.id,
          'webhook-timestamp': String(seconds),
          'webhook-signature': signature(to.secret, message.id, seconds, message.json),
        },
      });
      asked.once('error', reject);
      asked.once('response', (response) => {
        let read = 0;
        response.on('data', (part: Buffer) => {
          read += part.length;
          // What it says is not needed; whoever talks on is not listened to.
          if (read > limits.webhookAnswerBytes) response.destroy();
        });
        response.once('error', () => resolve(response.statusCode ?? 0));
        response.once('close', () => resolve(response.statusCode ?? 0));
      });
      asked.end(body);
    });
  };

  return async (to, message, signal) => {
    // What was registered when this machine was allowed is not when it is not any more.
    const address = readWebhookAddress(to.url, deps.loopback);
    if (!address.ok) return { kind: 'closed', why: 'The address leads inwards.' };
    try {
      return { kind: 'answered', status: await post(to, message, signal) };
    } catch (error) {
      // A name that leads inwards today may be set right: it is tried again, and never connected to.
      if (error instanceof Inward) return { kind: 'unreached', why: 'The name leads inwards.' };
      return { kind: 'unreached', why: whatHappened(error) };
    }
  };
};

/** Brings notices by webhook. */
export const createWebhookCarrier = (deps: WebhookDeps): Carrier<WebhookChannel> => {
  const post = createWebhookPost(deps);
  return async (channel, { id, at, json }, signal): Promise<Sent> => {
    const outcome = await post(channel, { id, at, json }, signal);
    if (outcome.kind === 'closed') return { kind: 'refused', why: outcome.why };
    if (outcome.kind === 'unreached') return { kind: 'failed', why: outcome.why };
    const { status } = outcome;
    if (status >= 200 && status < 300) return { kind: 'sent' };
    const why = `The receiver answered ${status}.`;
    return isFinal(status) ? { kind: 'refused', why } : { kind: 'failed', why };
  };
};

/** Codes of the system are told; messages of others are not: they may hold addresses. */
const whatHappened = (error: unknown): string => {
  if (error instanceof Error && (error.name === 'TimeoutError' || error.name === 'AbortError'))
    return 'The receiver did not answer in time.';
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;
  return code === null ? 'The connection failed or was broken off.' : `The connection failed: ${code}.`;
};

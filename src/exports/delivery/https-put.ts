// Brings files to a web server, by one PUT. Made by targets.ts.
import { request } from 'node:https';
import { pipeline } from 'node:stream/promises';
import { Readable } from 'node:stream';
import { problem } from '#base/errors.ts';
import type { DeliveryTarget } from '../export.ts';
import { wholeOf } from './whole-content.ts';

export type HttpsPlace = {
  /** Ends in `/` when the name of the file is to be added. */
  readonly url: string;
  /** Value of the header; null = none. Read when it is needed, so that a secret can be changed. */
  readonly authorization: () => string | null;
  /** Certificates in PEM that are trusted instead of those of the runtime. */
  readonly ca: () => string | null;
};

// A server that says nothing for so long has failed.
const silenceMs = 60_000;

/** Sends the file with its length and digest. No redirection is followed: the secret is for this server. Fails with HUB-422 on an answer other than 2xx; rejects with the error of the connection. */
export const deliverByHttps =
  ({ url, authorization, ca }: HttpsPlace): DeliveryTarget['deliver'] =>
  async (content, fileName, signal) => {
    const secret = authorization();
    const trusted = ca();
    const asked = request(url.endsWith('/') ? new URL(encodeURIComponent(fileName), url) : url, {
      method: 'PUT',
      signal,
      timeout: silenceMs,
      ...(trusted === null ? {} : { ca: trusted }),
      headers: {
        'Content-Type': 'application/xml; charset=utf-8',
        'Content-Length': content.bytes,
        'Content-Digest': `sha-256=:${Buffer.from(content.sha256, 'hex').toString('base64')}:`,
        ...(secret === null ? {} : { Authorization: secret }),
      },
    });
    asked.once('timeout', () => asked.destroy(new Error('The server did not answer in time.')));
    const answered = new Promise<number>((resolve, reject) => {
      asked.once('response', (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      });
      asked.once('error', reject);
    });
    // A server may refuse before it has read everything: what it says counts.
    const sent = pipeline(Readable.from(wholeOf(content)), asked).catch((error: unknown) => error);
    const status = await answered;
    if (status >= 200 && status < 300) {
      const broken = await sent;
      if (broken !== undefined) throw broken;
      return { ok: true, value: null };
    }
    asked.destroy();
    return { ok: false, problem: problem('HUB-422', `The server answered ${status}.`) };
  };

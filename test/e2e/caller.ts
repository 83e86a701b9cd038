// A client of the hub that sends exactly what it is told and shows exactly what came back: raw paths, raw headers, raw bytes. Used by the
// end-to-end tests. Knows HTTP, nothing of the hub's code.
import assert from 'node:assert/strict';
import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { gunzipSync } from 'node:zlib';

export type Answer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly bytes: Buffer;
  readonly text: string;
};

export type Sent = {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  /** False for a connection of its own: the shared ones are few. */
  readonly agent?: false | Agent;
};

export type Caller = {
  /** `target` is a path or an address of the hub; it is sent as it is. */
  readonly send: (method: string, target: string, sent?: Sent) => Promise<Answer>;
  /** GET that must be answered with 200; gives the parsed body. */
  readonly read: <T>(target: string) => Promise<T>;
};

const agent = new Agent({ keepAlive: true, maxSockets: 16 });

/** Sends one request. Rejects when there is no answer within half a minute. */
export const call = (url: string, method: string, target: string, sent: Sent = {}): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    const path = target.startsWith(url) ? target.slice(url.length) || '/' : target;
    const body = typeof sent.body === 'string' ? Buffer.from(sent.body) : sent.body;
    let answered = false;
    const headers = { ...(body === undefined ? {} : { 'content-length': String(body.length) }), ...sent.headers };
    const outgoing = request(
      { hostname, port, path, method, agent: sent.agent ?? agent, headers, timeout: 30_000 },
      (incoming) => {
        answered = true;
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('error', reject);
        incoming.on('end', () => {
          const bytes = Buffer.concat(chunks);
          const plain = incoming.headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes;
          resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, bytes, text: plain.toString() });
        });
      },
    );
    outgoing.on('timeout', () => outgoing.destroy(new Error(`no answer to ${method} ${path.slice(0, 200)}`)));
    outgoing.on('error', (error: NodeJS.ErrnoException) => {
      // Whoever uses a connection again may meet its end, for which the other side need not wait (RFC 9112, 9.3.1): once, on one of its own.
      if (outgoing.reusedSocket && error.code === 'ECONNRESET' && !answered)
        call(url, method, target, { ...sent, agent: false }).then(resolve, reject);
      else reject(error);
    });
    outgoing.end(body);
  });

/** A caller that carries a token; null for one without. */
export const callerOf = (url: string, token: string | null): Caller => {
  const send: Caller['send'] = (method, target, sent = {}) =>
    call(url, method, target, {
      ...sent,
      headers: { ...(token === null ? {} : { authorization: `Bearer ${token}` }), ...sent.headers },
    });
  return {
    send,
    read: async <T>(target: string): Promise<T> => {
      const answer = await send('GET', target);
      assert.equal(answer.status, 200, `${target}: ${answer.text.slice(0, 500)}`);
      return JSON.parse(answer.text) as T;
    },
  };
};

/** Gets a token with client id and secret, as any OAuth client does. */
export const tokenFor = async (url: string, id: string, secret: string, more = ''): Promise<string> => {
  const credentials = Buffer.from(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`).toString('base64');
  const answer = await call(url, 'POST', '/oauth/token', {
    headers: { authorization: `Basic ${credentials}`, 'content-type': 'application/x-www-form-urlencoded' },
    body: `grant_type=client_credentials${more}`,
  });
  assert.equal(answer.status, 200, answer.text);
  return (JSON.parse(answer.text) as { readonly access_token: string }).access_token;
};

/** Does `work` for each of `all`, a few at a time, in their order of beginning. Rejects with the first failure. */
export const sideBySide = async <T>(
  all: Iterable<T>,
  work: (one: T) => Promise<void>,
  atATime: number = 8,
): Promise<void> => {
  const left = [...all].values();
  const worker = async (): Promise<void> => {
    for (const one of left) await work(one);
  };
  await Promise.all(Array.from({ length: atATime }, worker));
};

/** Writes bytes to a connection and gives all that comes back until the hub closes, or until `ms` have passed. */
export const sendBytes = (
  url: string,
  bytes: string | Buffer,
  options: { readonly halfClose?: boolean; readonly ms?: number } = {},
): Promise<{ readonly text: string; readonly closed: boolean }> =>
  new Promise((resolve) => {
    const { hostname, port } = new URL(url);
    const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
    const chunks: Buffer[] = [];
    const finish = (closed: boolean): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ text: Buffer.concat(chunks).toString('latin1'), closed });
    };
    const timer = setTimeout(() => finish(false), options.ms ?? 3_000);
    socket.on('data', (chunk) => chunks.push(Buffer.from(chunk)));
    socket.on('end', () => finish(true));
    socket.on('error', () => finish(true));
    socket.on('connect', () => {
      socket.write(bytes);
      if (options.halfClose === true) socket.end();
    });
  });

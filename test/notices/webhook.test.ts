// Messages to webhooks over a real server: signed as Standard Webhooks says, to nobody within the network whatever a name stands for, and after no redirection.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import { createServer as createSecure } from 'node:https';
import type { AddressInfo } from 'node:net';
import { test, type TestContext } from 'node:test';
import { limits } from '#base/limits.ts';
import { secretOf } from '#catalogue/subscription.ts';
import type { Message, Sent } from '#notices/channel.ts';
import { createWebhookCarrier, signature, type LookUp, type WebhookDeps } from '#notices/webhook.ts';
import { selfSigned } from '../exports/delivery/https-server.ts';

const message: Message = {
  id: 'change.hybelboer-goes.announced.subscription-1',
  at: Date.parse('2026-11-22T11:00:00.999Z'),
  type: 'change.announced',
  subject: '',
  text: '',
  json: '{"type":"change.announced","data":{"navn":"Ågot"}}',
};
const secret = secretOf(Buffer.alloc(32, 7));
const never = new AbortController().signal;
const { key, certificate } = selfSigned();

type Got = { readonly path: string; readonly headers: IncomingMessage['headers']; readonly body: string };
type Answer = { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: string };

const receiver = async (
  context: TestContext,
  answer: Answer | null = { status: 204 },
  secure = true,
): Promise<{ readonly port: number; readonly got: Got[] }> => {
  const got: Got[] = [];
  const listen = (request: IncomingMessage, response: import('node:http').ServerResponse): void => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      got.push({ path: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks).toString() });
      if (answer !== null) response.writeHead(answer.status, answer.headers).end(answer.body);
    });
  };
  const server = secure ? createSecure({ key, cert: certificate }, listen) : createServer(listen);
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  context.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, got };
};

const send = (url: string, deps: Partial<WebhookDeps> = {}): Promise<Sent> =>
  createWebhookCarrier({ loopback: true, ca: certificate, ...deps })({ kind: 'webhook', url, secret }, message, never);

/** A name that stands for these addresses. */
const standsFor =
  (...addresses: readonly string[]): LookUp =>
  (_name, _options, done) =>
    done(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );

test('the signature is that of Standard Webhooks', () => {
  assert.equal(
    signature(
      'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
      'msg_p5jXN8AQM9LWM0D4loKWxJek',
      1_614_265_330,
      '{"test": 2432232314}',
    ),
    'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  );
});

test('a message comes with its id, its moment and its signature over the very bytes of its body', async (context) => {
  const { port, got } = await receiver(context);
  assert.deepEqual(await send(`https://localhost:${port}/in?tenant=1`), { kind: 'sent' });
  const [one] = got;
  assert.ok(one !== undefined && got.length === 1);
  assert.deepEqual(
    [one.path, one.body, one.headers['content-type']],
    ['/in?tenant=1', message.json, 'application/json'],
  );
  assert.equal(one.headers['webhook-id'], message.id);
  assert.equal(one.headers['webhook-timestamp'], '1795345200');
  const mine = createHmac('sha256', Buffer.alloc(32, 7))
    .update(`${message.id}.1795345200.${one.body}`)
    .digest('base64');
  assert.equal(one.headers['webhook-signature'], `v1,${mine}`);
});

test('what is no success is tried again, whoever is gone is not, and nobody is followed elsewhere', async (context) => {
  for (const status of [301, 302, 307, 308]) {
    const elsewhere = await receiver(context);
    const headers = { location: `https://localhost:${elsewhere.port}/elsewhere` };
    const { port } = await receiver(context, { status, headers });
    assert.deepEqual(await send(`https://localhost:${port}/`), {
      kind: 'failed',
      why: `The receiver answered ${status}.`,
    });
    assert.deepEqual(elsewhere.got, []);
  }
  for (const status of [400, 404, 429, 500, 503]) {
    const { port } = await receiver(context, { status });
    assert.deepEqual(await send(`https://localhost:${port}/`), {
      kind: 'failed',
      why: `The receiver answered ${status}.`,
    });
  }
  const { port } = await receiver(context, { status: 410 });
  assert.deepEqual(await send(`https://localhost:${port}/`), { kind: 'refused', why: 'The receiver answered 410.' });
  assert.deepEqual(await send('https://localhost:1/'), { kind: 'failed', why: 'The connection failed: ECONNREFUSED.' });
});

test('a receiver that does not answer is given up, and one that talks on is not listened to', async (context) => {
  const silent = await receiver(context, null);
  const late = await send(`https://localhost:${silent.port}/`, { answerMs: 50 });
  assert.deepEqual(late, { kind: 'failed', why: 'The receiver did not answer in time.' });
  const { port } = await receiver(context, { status: 200, body: 'x'.repeat(limits.webhookAnswerBytes * 40) });
  assert.deepEqual(await send(`https://localhost:${port}/`), { kind: 'sent' });
  const short = await receiver(context, { status: 200, body: 'x'.repeat(limits.webhookAnswerBytes) });
  assert.deepEqual(await send(`https://localhost:${short.port}/`), { kind: 'sent' });
});

test('whatever a name stands for, nothing within is connected to', async (context) => {
  const { port, got } = await receiver(context, { status: 204 }, false);
  for (const addresses of [
    ['127.0.0.1'],
    ['::1'],
    ['10.0.0.8'],
    ['169.254.169.254'],
    ['::ffff:127.0.0.1'],
    ['fd00::1'],
    // One that leads out does not make the other one right.
    ['93.184.215.14', '127.0.0.1'],
    [],
  ])
    assert.deepEqual(
      await send(`https://hooks.vendor.no:${port}/`, { loopback: false, lookUp: standsFor(...addresses) }),
      {
        kind: 'failed',
        why: 'The name leads inwards.',
      },
    );
  // What was registered in a sandbox is refused elsewhere, and numbers need no name.
  for (const url of [`https://localhost:${port}/`, `http://127.0.0.1:${port}/`, `https://[::1]:${port}/`])
    assert.deepEqual(await send(url, { loopback: false }), { kind: 'refused', why: 'The address leads inwards.' });
  assert.deepEqual(got, []);
  // In a sandbox this machine is a receiver like others, its network is not.
  assert.deepEqual(await send(`http://localhost:${port}/`), { kind: 'sent' });
  const inner = await send('https://hooks.vendor.no/', { lookUp: standsFor('192.168.1.1') });
  assert.deepEqual(inner, { kind: 'failed', why: 'The name leads inwards.' });
});

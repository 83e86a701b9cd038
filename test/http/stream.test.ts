// Long answers and long waits: back-pressure, readers that stall or leave, producers that fail, deadlines and the graceful stop.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { test } from 'node:test';
import { systemClock } from '#base/clock.ts';
import { createShares, shareLimits } from '#base/shares.ts';
import type { Route } from '#apis/api.ts';
import { exchangeBytes, route, toyServer } from './toy.ts';

const chunk = Buffer.alloc(262_144, 'a');
type Producer = { made: number; stopped: boolean };
const producing = (path: string, count: number, pause = 0): { readonly made: Producer; readonly route: Route } => {
  const made: Producer = { made: 0, stopped: false };
  async function* chunks(): AsyncIterable<Buffer> {
    try {
      for (let index = 0; index < count; index += 1) {
        if (pause > 0) await systemClock.sleep(pause);
        made.made += 1;
        yield chunk;
      }
    } finally {
      made.stopped = true;
    }
  }
  return { made, route: route(path, () => ({ kind: 'stream', status: 200, type: 'text/plain', chunks: chunks() })) };
};
const until = async (condition: () => boolean): Promise<void> => {
  for (let turn = 0; turn < 2_000 && !condition(); turn += 1) await systemClock.sleep(5);
  assert.ok(condition(), String(condition));
};
const ask = (port: number, path: string): Socket => {
  const socket = connect({ port, host: '127.0.0.1' });
  socket.on('error', () => {});
  socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
  return socket;
};

test('a stream arrives whole, and HEAD starts no producer', async () => {
  const { made, route: long } = producing('/long', 40);
  const server = toyServer([long]);
  await server.listen();
  const head = await fetch(`${server.url()}/long`, { method: 'HEAD' });
  assert.equal(head.status, 200);
  assert.equal(made.made, 0);
  const answer = await fetch(`${server.url()}/long`);
  assert.equal((await answer.arrayBuffer()).byteLength, 40 * chunk.length);
  await until(() => server.events.some((event) => event.kind === 'request' && event.bytes === 40 * chunk.length));
  await server.close();
});

test('a reader that stalls is waited for with a full buffer, then cut; its producer stops', async () => {
  const { made, route: long } = producing('/long', 1_000);
  const server = toyServer([long], { stalledReaderMs: 120 });
  await server.listen();
  const socket = ask(server.port(), '/long');
  socket.pause();
  await until(() => made.stopped);
  assert.ok(made.made < 200, `${made.made} chunks were made for a reader that took none`);
  socket.destroy();
  await server.close();
});

test('a large answer that nobody takes is cut as well', async () => {
  const bytes = Buffer.alloc(64_000_000);
  const server = toyServer([route('/large', () => ({ kind: 'bytes', status: 200, type: 'text/plain', bytes }))], {
    stalledReaderMs: 100,
  });
  await server.listen();
  const socket = ask(server.port(), '/large');
  socket.pause();
  const closed = once(socket, 'close');
  // Nothing tells of the cut but the end of the connection, which is not seen before it is read to; a machine with much to do is late.
  await systemClock.sleep(1_500);
  socket.resume();
  await closed;
  assert.ok(socket.bytesRead < bytes.length);
  await server.close();
});

test('a reader that is slow but goes on reading gets everything', async () => {
  const { route: long } = producing('/long', 30);
  const server = toyServer([long], { stalledReaderMs: 1_500 });
  await server.listen();
  const socket = ask(server.port(), '/long');
  let taken = 0;
  socket.on('data', (data) => {
    taken += data.length;
    socket.pause();
    setTimeout(() => socket.resume(), 2);
  });
  await until(() => taken > 30 * chunk.length);
  socket.destroy();
  await server.close();
});

test('a client that leaves stops the producer and is no failure', async () => {
  const { made, route: long } = producing('/long', 1_000, 1);
  const server = toyServer([long]);
  await server.listen();
  const socket = ask(server.port(), '/long');
  await once(socket, 'data');
  socket.destroy();
  await until(() => made.stopped);
  assert.ok(made.made < 1_000);
  await until(() => server.events.some((event) => event.kind === 'request'));
  assert.equal(
    server.events.some((event) => event.kind === 'failure'),
    false,
  );
  await server.close();
});

test('a client that leaves aborts the signal of a handler', async () => {
  let aborted = false;
  const server = toyServer([
    route('/waits', async ({ signal }) => {
      await systemClock.sleep(5_000, signal);
      aborted = signal.aborted;
      throw new Error('aborted');
    }),
  ]);
  await server.listen();
  const socket = ask(server.port(), '/waits');
  await systemClock.sleep(20);
  socket.resetAndDestroy();
  await until(() => aborted);
  await until(() => server.events.some((event) => event.kind === 'request' && event.status === 499));
  assert.equal(
    server.events.some((event) => event.kind === 'failure'),
    false,
  );
  await server.close();
});

const failing = (after: number) =>
  async function* chunks(): AsyncIterable<Buffer> {
    for (let index = 0; index < after; index += 1) yield Buffer.from('part');
    throw new Error('broken');
  };

test('a producer that fails at once gives a problem; later it cuts the connection', async () => {
  const server = toyServer([
    route('/first', () => ({ kind: 'stream', status: 200, type: 'text/plain', chunks: failing(0)() })),
    route('/later', () => ({ kind: 'stream', status: 200, type: 'text/plain', chunks: failing(1)() })),
  ]);
  await server.listen();
  assert.equal((await fetch(`${server.url()}/first`)).status, 500);
  await assert.rejects(fetch(`${server.url()}/later`).then((answer) => answer.text()));
  assert.equal(server.events.filter((event) => event.kind === 'failure').length, 2);
  await server.close();
});

test('a handler past its deadline is given up: 503, signal, and what it still gives is dropped', async () => {
  const { made, route: long } = producing('/unused', 5);
  let aborted = false;
  const server = toyServer(
    [
      route('/slow', async (request) => {
        await systemClock.sleep(2_000, request.signal);
        aborted = request.signal.aborted;
        return long.handle(request);
      }),
    ],
    { requestMs: 50 },
  );
  await server.listen();
  const answer = await fetch(`${server.url()}/slow`);
  assert.equal(answer.status, 503);
  assert.equal(((await answer.json()) as { code: string }).code, 'HUB-106');
  await until(() => aborted);
  assert.equal(made.made, 0);
  assert.equal(server.events.filter((event) => event.kind === 'request').length, 1);
  await server.close();
});

/** Answers after a while, and may take so long. */
const slowly = (path: string, waitMs: number, deadlineMs: number): Route => ({
  ...route(path, async (request) => {
    await systemClock.sleep(waitMs, request.signal);
    return { kind: 'json', status: 200, value: 'done' };
  }),
  deadlineMs,
});

test('a route may say how long its answers take, longer or shorter than others', async () => {
  const server = toyServer([slowly('/longer', 150, 5_000), slowly('/shorter', 2_000, 50)], { requestMs: 50 });
  await server.listen();
  assert.equal((await fetch(`${server.url()}/longer`)).status, 200);
  assert.equal((await fetch(`${server.url()}/shorter`)).status, 503);
  await server.close();
});

test('an answer that has begun may outlive the deadline', async () => {
  const { route: long } = producing('/long', 10, 60);
  const server = toyServer([long], { requestMs: 400 });
  await server.listen();
  assert.equal((await (await fetch(`${server.url()}/long`)).arrayBuffer()).byteLength, 10 * chunk.length);
  await server.close();
});

test('a stop lets what is under way finish, takes nothing new, and closes idle connections', async () => {
  const server = toyServer([
    route('/slow', async () => {
      await systemClock.sleep(80);
      return { kind: 'json', status: 200, value: 'done' };
    }),
  ]);
  await server.listen();
  const port = server.port();
  const idle = connect({ port, host: '127.0.0.1' });
  const idleClosed = once(idle, 'close');
  const slow = exchangeBytes(port, ['GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n']);
  await systemClock.sleep(20);
  const closed = server.close();
  const received = await slow;
  assert.match(received, /^HTTP\/1\.1 200 OK[^]*Connection: close[^]*"done"$/i);
  await closed;
  await idleClosed;
  await assert.rejects(fetch(`http://127.0.0.1:${port}/slow`));
});

test('a stop with notice says that it is not ready, and serves as before until the time is over', async () => {
  const server = toyServer([route('/ok', () => ({ kind: 'empty', status: 204 }))]);
  await server.listen();
  const port = server.port();
  let shut = false;
  const closed = server.close({
    noticeMs: 300,
    shut: () => {
      shut = true;
    },
  });
  await systemClock.sleep(50);
  assert.equal((await fetch(`http://127.0.0.1:${port}/health/ready`)).status, 503);
  assert.match(
    await exchangeBytes(port, ['GET /ok HTTP/1.1\r\nHost: localhost\r\n\r\n']),
    /^HTTP\/1\.1 204[^]*Connection: close/i,
  );
  assert.equal(shut, false);
  // Taken just before the end: its request is answered all the same.
  await systemClock.sleep(150);
  const late = connect({ port, host: '127.0.0.1' });
  await once(late, 'connect');
  await systemClock.sleep(200);
  assert.equal(shut, true);
  await assert.rejects(fetch(`http://127.0.0.1:${port}/ok`));
  late.write('GET /ok HTTP/1.1\r\nHost: localhost\r\n\r\n');
  assert.match(String(await once(late, 'data')), /204/);
  await closed;
});

test('a process that is replaced is ready to the end, takes no connection, and leaves those that wait alone for their time', async () => {
  const server = toyServer([route('/ok', () => ({ kind: 'empty', status: 204 }))], { keepAliveMs: 200 });
  await server.listen();
  const port = server.port();
  const kept = [0, 1].map(() => connect({ port, host: '127.0.0.1' }));
  await Promise.all(kept.map((socket) => once(socket, 'connect')));
  await systemClock.sleep(20);
  const closed = server.close({ replaced: true });
  await systemClock.sleep(50);
  await assert.rejects(fetch(`http://127.0.0.1:${port}/ok`));
  const [used, idle] = kept;
  used?.write('GET /health/ready HTTP/1.1\r\nHost: localhost\r\n\r\n');
  if (used !== undefined) assert.match(String(await once(used, 'data')), /^HTTP\/1\.1 200[^]*Connection: close/i);
  assert.equal(idle?.destroyed, false);
  await closed;
});

test('a stop cuts what does not finish in time', { timeout: 60_000 }, async () => {
  const server = toyServer([route('/never', () => new Promise(() => {}))], { drainMs: 60 });
  await server.listen();
  const never = exchangeBytes(server.port(), ['GET /never HTTP/1.1\r\nHost: localhost\r\n\r\n']);
  await systemClock.sleep(20);
  await server.close();
  assert.equal(await never, '');
});

test('one application cannot have more requests under way than the limit; others are not touched, and it may go on when one is done', async () => {
  const held = Promise.withResolvers<void>();
  let waiting = 0;
  const handle = async () => {
    waiting += 1;
    await held.promise;
    return { kind: 'empty', status: 204 } as const;
  };
  const server = toyServer([route('/held', handle, { access: 'any' })], { requestsPerClient: 3 });
  const asked = async (token: string) => {
    const { statusCode, headers } = await server.inject({
      url: '/held',
      headers: { authorization: `Bearer ${token}` },
    });
    return [statusCode, headers['retry-after']];
  };
  const first = [asked('client'), asked('client'), asked('later')];
  await until(() => waiting === 3);
  assert.deepEqual(await asked('client'), [429, '1']);
  const another = asked('other-client');
  held.resolve();
  assert.deepEqual(
    (await Promise.all([...first, another])).map(([status]) => status),
    [204, 204, 204, 204],
  );
  assert.deepEqual(
    await Promise.all([asked('client'), asked('client'), asked('client')]),
    Array.from({ length: 3 }, () => [204, undefined]),
  );
});

test('one organisation beside another has its places and a row, and what is beyond is turned away; a wait for something to happen takes no place', async () => {
  const held = Promise.withResolvers<void>();
  let inWork = 0;
  const handle = async () => {
    inWork += 1;
    await held.promise;
    return { kind: 'empty', status: 204 } as const;
  };
  const server = toyServer(
    [
      route('/held', handle, { access: 'any' }),
      route('/poll', handle, { access: 'any', waits: ({ query }) => query.has('wait') }),
    ],
    { placesBeside: 2, waitingRequests: 1 },
    { shares: createShares(systemClock, { ...shareLimits, besideMs: 60_000 }) },
  );
  const asked = async (url: string, token: string) => {
    const { statusCode, headers, body } = await server.inject({ url, headers: { authorization: `Bearer ${token}` } });
    return { status: statusCode, retryAfter: headers['retry-after'], body };
  };
  const neighbour = asked('/held', 'neighbour');
  await until(() => inWork === 1);
  const polls = [asked('/poll?wait=1', 'client'), asked('/poll?wait=1', 'client')];
  const served = [asked('/held', 'client'), asked('/held', 'client')];
  await until(() => inWork === 5);
  const waiting = asked('/poll', 'other-client');
  await systemClock.sleep(20);
  assert.equal(inWork, 5);
  const shed = await asked('/held', 'client');
  assert.deepEqual([shed.status, shed.retryAfter, JSON.parse(shed.body).code], [503, '1', 'HUB-501']);
  const another = asked('/held', 'neighbour');
  await until(() => inWork === 6);
  held.resolve();
  const all = await Promise.all([neighbour, another, waiting, ...polls, ...served]);
  assert.deepEqual(
    all.map(({ status }) => status),
    all.map(() => 204),
  );
});

test('a large piece of a long answer is sent in slices while others ask, and at once when nobody does', async () => {
  const { route: long } = producing('/long', 2);
  const served = { ...long, access: 'any' } as const;
  const ok = route('/ok', () => ({ kind: 'empty', status: 204 }), { access: 'any' });
  const shares = createShares(systemClock, { ...shareLimits, besideMs: 60_000 });
  const server = toyServer([served, ok], {}, { shares });
  await server.listen();
  const sizes = async (): Promise<readonly number[]> => {
    const request =
      'GET /long HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer client\r\nConnection: close\r\n\r\n';
    const text = await exchangeBytes(server.port(), [request]);
    return [...text.matchAll(/\r\n([0-9a-f]+)\r\n/g)].map(([, size = '']) => Number.parseInt(size, 16));
  };
  assert.deepEqual(await sizes(), [chunk.length, chunk.length, 0]);
  await server.inject({ url: '/ok', headers: { authorization: 'Bearer neighbour' } });
  assert.deepEqual(await sizes(), [...Array.from({ length: 8 }, () => chunk.length / 4), 0]);
  await server.close();
});

test('more connections than the limit are refused, the others go on', async () => {
  const server = toyServer([route('/ok', () => ({ kind: 'empty', status: 204 }))], { connections: 3 });
  await server.listen();
  const kept = [0, 1, 2].map(() => connect({ port: server.port(), host: '127.0.0.1' }));
  await Promise.all(kept.map((socket) => once(socket, 'connect')));
  await systemClock.sleep(20);
  assert.equal(await exchangeBytes(server.port(), ['GET /ok HTTP/1.1\r\nHost: localhost\r\n\r\n']), '');
  const [first] = kept;
  first?.write('GET /ok HTTP/1.1\r\nHost: localhost\r\n\r\n');
  if (first !== undefined) assert.match(String(await once(first, 'data')), /204/);
  for (const socket of kept) socket.destroy();
  await server.close();
});

test('a port that is taken is said in one sentence', async () => {
  const first = toyServer([]);
  await first.listen();
  const second = toyServer(
    [],
    {},
    { settings: { host: '127.0.0.1', port: first.port(), publicUrl: null, securityContact: null } },
  );
  await assert.rejects(second.listen(), /HUB-700 Port \d+ on 127\.0\.0\.1 is in use\./);
  await second.close();
  await first.close();
});

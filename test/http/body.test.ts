// Bodies: their limits on the wire and decompressed, on both sides; encodings; bombs; and that a refused body leaves memory flat (C24, C25).
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { route, toyServer } from './toy.ts';

const limit = 100_000;
let streamed = 0;
const text = route('/text', ({ text: body }) => ({ kind: 'json', status: 200, value: body.length }), {
  methods: ['POST'],
  body: 'text',
  bodyLimit: limit,
});
const stream = route(
  '/stream',
  async ({ stream: body }) => {
    streamed = 0;
    if (body !== null) for await (const chunk of body) streamed += (chunk as Buffer).length;
    return { kind: 'json', status: 200, value: streamed };
  },
  { methods: ['POST'], body: 'stream', bodyLimit: 4_000_000 },
);
const early = route(
  '/early',
  async ({ stream: body }) => {
    if (body !== null)
      for await (const chunk of body) return { kind: 'json', status: 400, value: (chunk as Buffer).length > 0 };
    return { kind: 'empty', status: 204 };
  },
  { methods: ['POST'], body: 'stream', bodyLimit: 64_000_000 },
);
const late = route(
  '/late',
  async ({ stream: body }) => {
    await sleep(100);
    if (body !== null) for await (const chunk of body) streamed += (chunk as Buffer).length;
    return { kind: 'json', status: 200, value: 'read' };
  },
  { methods: ['POST'], body: 'stream', bodyLimit: 4_000_000 },
);
const none = route('/none', () => ({ kind: 'json', status: 200, value: 'ok' }), { methods: ['POST'] });
const server = toyServer([text, stream, early, late, none], { pageDecompressedBytes: 20_000_000 });

before(() => server.listen());
after(() => server.close());

const post = async (
  path: string,
  body: Uint8Array | string | AsyncIterable<Uint8Array>,
  headers: Record<string, string> = {},
) => {
  const init = { method: 'POST', headers, body, duplex: 'half' } as RequestInit;
  const answer = await fetch(`${server.url()}${path}`, init);
  const value = (await answer.json()) as { code?: string };
  return answer.status === 200 ? value : `${answer.status} ${value.code ?? String(value)}`;
};
const gzip = { 'content-encoding': 'gzip' };
async function* chunks(total: number, size = 65_536): AsyncIterable<Uint8Array> {
  for (let sent = 0; sent < total; sent += size) yield Buffer.alloc(Math.min(size, total - sent), 'a');
}

test('a body that fails before it is read is refused when it is, and a client that leaves by then harms nobody', async () => {
  assert.equal(await post('/late', 'no gzip', gzip), '400 HUB-100');
  assert.equal(await post('/late', gzipSync('a'.repeat(1_000)).subarray(0, 20), gzip), '400 HUB-100');
  const { port, hostname } = new URL(server.url());
  const socket = connect(Number(port), hostname);
  socket.write('POST /late HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf of it');
  await sleep(30);
  socket.destroy();
  await sleep(120);
  assert.equal(await post('/late', 'whole'), 'read');
});

test('a text is taken up to its limit, announced, chunked or compressed', async () => {
  assert.equal(await post('/text', 'a'.repeat(limit)), limit);
  assert.equal(await post('/text', 'a'.repeat(limit + 1)), '413 HUB-102');
  assert.equal(await post('/text', chunks(limit)), limit);
  assert.equal(await post('/text', chunks(limit + 1)), '413 HUB-102');
  assert.equal(await post('/text', gzipSync('a'.repeat(limit)), gzip), limit);
  assert.equal(await post('/text', gzipSync('a'.repeat(limit + 1)), gzip), '413 HUB-102');
  assert.equal(await post('/text', ''), 0);
});

test('a short body is whole in whatever pieces it comes, and one that ends too early harms nobody', async () => {
  const { port, hostname } = new URL(server.url());
  const sent = async (pieces: readonly string[], ends: boolean): Promise<string> => {
    const socket = connect(Number(port), hostname);
    let received = '';
    socket.on('data', (chunk) => (received += String(chunk)));
    socket.on('error', () => {});
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.write('POST /text HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 6\r\n\r\n');
    for (const piece of pieces) {
      await sleep(10);
      socket.write(piece);
    }
    if (ends) socket.end();
    await closed;
    return received;
  };
  assert.match(await sent([...'abcdef'], false), /^HTTP\/1\.1 200 [^]*\r\n\r\n6$/);
  assert.match(await sent([...'abc'], true), /^HTTP\/1\.1 400 /);
  assert.equal(await post('/text', Buffer.from([0xff])), '400 HUB-100');
  assert.equal(await post('/text', 'whole'), 5);
});

test('a stream is taken up to its limit on the wire', async () => {
  assert.equal(await post('/stream', chunks(4_000_000)), 4_000_000);
  assert.equal(await post('/stream', chunks(4_000_001)), '413 HUB-102');
  assert.equal(await post('/stream', Buffer.alloc(4_000_001)), '413 HUB-102');
  const half = gzipSync(Buffer.concat([Buffer.from('x'), Buffer.alloc(500_000)]));
  assert.equal(await post('/stream', half, gzip), 500_001);
  assert.equal(await post('/stream', half, { 'content-encoding': 'X-GZIP' }), 500_001);
});

test('bombs are cut by ratio and by size, early', async () => {
  const bomb = gzipSync(Buffer.alloc(64_000_000));
  const rssBefore = process.memoryUsage.rss();
  assert.equal(await post('/stream', bomb, gzip), '413 HUB-102');
  assert.ok(streamed < 10_000_000, `${streamed} bytes came through`);
  assert.equal(await post('/text', bomb, gzip), '413 HUB-102');
  assert.ok(process.memoryUsage.rss() - rssBefore < 100_000_000);
  const nested = gzipSync(gzipSync('abc'));
  assert.equal(await post('/stream', nested, gzip), gzipSync('abc').length);
});

test('other and several encodings, truncated and foreign bytes, foreign charsets', async () => {
  assert.equal(await post('/text', brotliCompressSync('abc'), { 'content-encoding': 'br' }), '415 HUB-104');
  assert.equal(await post('/text', gzipSync(gzipSync('abc')), { 'content-encoding': 'gzip, gzip' }), '415 HUB-104');
  assert.equal(await post('/text', 'abc', { 'content-encoding': 'identity' }), 3);
  assert.equal(await post('/text', 'abc', gzip), '400 HUB-100');
  assert.equal(await post('/text', gzipSync('a'.repeat(50_000)).subarray(0, 40), gzip), '400 HUB-100');
  assert.equal(await post('/text', Buffer.from([0x61, 0xff, 0xfe])), '400 HUB-100');
  assert.equal(
    await post('/text', Buffer.from('abc', 'utf16le'), { 'content-type': 'application/json; charset=utf-16' }),
    '415 HUB-104',
  );
  assert.equal(await post('/text', 'abc', { 'content-type': 'application/json;charset="UTF-8"' }), 3);
});

test('a handler that stops reading can still answer, and a small rest leaves the connection usable', async () => {
  assert.equal(await post('/early', chunks(200_000)), '400 true');
  assert.equal(await post('/early', chunks(8_000_000)), '400 true');
});

test('a body where none belongs is refused unless it is small', async () => {
  assert.equal(await post('/none', '{}'), 'ok');
  assert.equal(await post('/none', 'a'.repeat(65_536)), 'ok');
  assert.equal(await post('/none', 'a'.repeat(65_537)), '413 HUB-102');
  assert.equal(await post('/none', chunks(10)), '413 HUB-102');
});

test('an endless body is cut, with flat memory', async () => {
  const rssBefore = process.memoryUsage.rss();
  const sent = await post('/text', chunks(40_000_000)).catch(() => 'cut');
  assert.ok(sent === '413 HUB-102' || sent === 'cut', String(sent));
  assert.ok(process.memoryUsage.rss() - rssBefore < 100_000_000);
});

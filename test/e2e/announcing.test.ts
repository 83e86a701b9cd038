// An announcement in a whole hub: those who have used the part get a letter and a signed message at once, by a mail server and a receiver of their own, and everybody
// sees it in the feeds.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { civilDay } from '#base/clock.ts';
import { selfSigned } from '../exports/delivery/https-server.ts';
import { startMailServer } from '../notices/mail-server.ts';
import { startAdminWorld } from './admin-world.ts';

const until = async (holds: () => boolean): Promise<void> => {
  for (let tries = 0; tries < 400 && !holds(); tries += 1) await sleep(50);
  assert.ok(holds());
};

test('whoever uses what goes is told by letter and webhook, and the feeds tell everybody', async (context) => {
  const mail = await startMailServer(context, selfSigned(), { starttls: false });
  const got: { readonly headers: Readonly<Record<string, unknown>>; readonly body: string }[] = [];
  const receiver = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      got.push({ headers: request.headers, body: Buffer.concat(chunks).toString() });
      response.writeHead(204).end();
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  context.after(() => void receiver.close());
  const world = await startAdminWorld({
    smtpUrl: `smtp://127.0.0.1:${mail.port}`,
    smtpFrom: 'hub@example.org',
    webhooksToLoopback: 'true',
  });
  context.after(world.close);
  const operator = await world.as('operator');
  const post = async (path: string, body: object): Promise<Readonly<Record<string, unknown>>> => {
    const headers = { 'content-type': 'application/json' };
    const answer = await operator.send('POST', path, { headers, body: JSON.stringify(body) });
    assert.equal(answer.status, 201, answer.text);
    return JSON.parse(answer.text) as Readonly<Record<string, unknown>>;
  };
  const part = 'GET /utdanning/elev/elev';
  const day = civilDay(Date.now()).date;
  await world.hub.platform.addPartUse('sandbox', [{ application: 'client', api: 'fint', part, day, count: 3 }]);
  const organisation = 'fjord.test';
  await post('/admin/subscriptions', {
    organisation,
    channel: { kind: 'email', address: 'drift@fjord.no', name: 'Drift' },
  });
  const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/in`;
  const { secret } = await post('/admin/subscriptions', { organisation, channel: { kind: 'webhook', url } });
  await post('/admin/subscriptions', { organisation: 'nabo.test', channel: { kind: 'email', address: 'it@nabo.no' } });

  // The parts of an API are known also where another describes them.
  const strange = await operator.send('POST', '/admin/changes', {
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ id: 'strange', api: 'fint', coordinates: [`${part}x`], kind: 'dangerous' }),
  });
  assert.match(strange.text, /fint has no part GET \/utdanning\/elev\/elevx/);

  await post('/admin/changes', {
    id: 'pupils-go',
    api: 'fint',
    coordinates: [part],
    kind: 'breaking',
    text: { nb: 'Listen blir borte.', en: 'The list goes.' },
    migration: { nb: 'Følg endringene.', en: 'Follow the changes.' },
    withoutReplacement: { nb: 'Ingen skal hente alt.', en: 'Nobody is to fetch everything.' },
    planned: { release: 2 },
  });
  await until(() => mail.letters.length > 0 && got.length > 0);
  assert.deepEqual(
    mail.letters.map(({ from, to }) => [from, to]),
    [['hub@example.org', ['drift@fjord.no']]],
  );
  const [{ headers, body } = { headers: {}, body: '' }] = got;
  const signed = `${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${body}`;
  const key = Buffer.from(String(secret).slice('whsec_'.length), 'base64');
  assert.equal(headers['webhook-signature'], `v1,${createHmac('sha256', key).update(signed).digest('base64')}`);
  const told = JSON.parse(body) as { readonly type: string; readonly data: { readonly affects: readonly string[] } };
  assert.deepEqual([told.type, told.data.affects], ['change.announced', ['client']]);

  for (const [path, type] of [
    ['/catalogue/changes.atom', 'application/atom+xml; charset=utf-8'],
    ['/catalogue/changes.json', 'application/feed+json; charset=utf-8'],
  ] as const) {
    const feed = await fetch(`${world.hub.url}${path}`);
    assert.deepEqual([feed.status, feed.headers.get('content-type')], [200, type]);
    assert.match(await feed.text(), /The list goes\./);
    const again = await fetch(`${world.hub.url}${path}`, {
      headers: { 'if-none-match': feed.headers.get('etag') ?? '' },
    });
    assert.equal(again.status, 304);
  }
});

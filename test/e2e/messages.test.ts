// Messages of changes in a whole hub: an administrator has an address told of what an application may follow, sees how that goes and what was laid aside; and a client
// listens to a stream over a socket. Receivers are real, and misbehave.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { createServer, get, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { limits } from '#base/limits.ts';
import { startAdminWorld, type AdminWorld } from './admin-world.ts';
import { tokenFor } from './caller.ts';
import { deliverPage } from './deliveries.ts';

type Event = {
  readonly specversion: string;
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly subject: string;
  readonly data: Readonly<Record<string, string>>;
};
type Json = Readonly<Record<string, unknown>>;

const course = (id: string, code = id) => ({
  identifier: id,
  resource: {
    systemId: { identifikatorverdi: id },
    naturligNokkel: { identifikatorverdi: `7777,${code},1` },
    kode: code,
    _links: {},
  },
});

const until = async (holds: () => boolean | Promise<boolean>): Promise<void> => {
  for (let tries = 0; tries < 600; tries += 1) {
    if (await holds()) return;
    await sleep(20);
  }
  assert.ok(await holds());
};

describe('messages of changes', () => {
  let world: AdminWorld;
  let got: { readonly headers: IncomingMessage['headers']; readonly body: string }[] = [];
  let status = 204;
  const receiver = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      got.push({ headers: request.headers, body: Buffer.concat(chunks).toString() });
      response.writeHead(status).end();
    });
  });
  const subjects = (): readonly string[] =>
    got.splice(0).map(({ body }) => {
      const { type, subject } = JSON.parse(body) as Event;
      return `${type} ${subject}`;
    });

  before(async () => {
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
    world = await startAdminWorld({ webhooksToLoopback: 'true' });
    const { platform } = world.hub;
    for (const id of ['fjord.test', 'nabo.test']) {
      const organisation = await platform.organisation(id);
      assert.ok(organisation !== null);
      const institutionNumber = id === 'fjord.test' ? '7777' : '8888';
      await platform.putOrganisation({ ...organisation, settings: { ...organisation.settings, institutionNumber } });
    }
  });
  after(async () => {
    receiver.closeAllConnections();
    receiver.close();
    await world.close();
  });

  const ask = async (
    who: string,
    method: string,
    path: string,
    body: object | null = null,
  ): Promise<{ readonly status: number; readonly value: Json }> => {
    const caller = await world.as(who);
    const sent = body === null ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
    const answer = await caller.send(method, path, sent);
    return { status: answer.status, value: JSON.parse(answer.text === '' ? '{}' : answer.text) as Json };
  };
  const deliver = async (...entries: readonly ReturnType<typeof course>[]): Promise<void> =>
    void (await deliverPage(await world.as('adapter'), 'fs/studietilbud/emne', entries, { method: 'PATCH' }));
  const address = (): string => `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/in`;

  test('an address is told, signed, and an administrator sees what went wrong and sends it again', async () => {
    const wanted = { application: 'client', resources: ['emner'], channel: { kind: 'webhook', url: address() } };
    const made = await ask('writer', 'POST', '/admin/message-destinations', wanted);
    assert.equal(made.status, 201, JSON.stringify(made.value));
    const { id, secret } = made.value as { readonly id: string; readonly secret: string };
    const path = `/admin/message-destinations/${id}`;
    // From now on: what comes before it has looked for the first time is there already.
    await until(async () => (await world.hub.platform.messageTurns()).some(({ state }) => state.includes('emne')));
    await deliver(course('A'), course('B'));
    await until(() => got.length >= 2);
    const [{ headers, body } = { headers: {}, body: '{}' }] = got;
    const event = JSON.parse(body) as Event;
    assert.equal(headers['content-type'], 'application/cloudevents+json; charset=utf-8');
    assert.equal(headers['webhook-id'], event.id);
    const signed = `${event.id}.${String(headers['webhook-timestamp'])}.${body}`;
    const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
    assert.equal(headers['webhook-signature'], `v1,${createHmac('sha256', key).update(signed).digest('base64')}`);
    assert.deepEqual(
      [event.specversion, event.type, event.subject, event.source, event.data],
      [
        '1.0',
        'no.fs.emner.create',
        'emner/7777,A,1',
        `${world.hub.url}/fsapi/7777`,
        {
          sub: 'emner/7777,A,1',
          emner_id: '7777,A,1',
          iss: 'FS-SANDBOX',
          iat: event.data['iat'],
          operation: 'create',
          jti: event.id,
        },
      ],
    );
    assert.deepEqual(subjects(), ['no.fs.emner.create emner/7777,A,1', 'no.fs.emner.create emner/7777,B,1']);

    // A receiver that is not itself: it waits, and the administrator sees why.
    status = 503;
    await deliver(course('C'));
    await until(() => got.length > 0);
    const waiting = async () => (await ask('reader', 'GET', path)).value;
    await until(async () => (await waiting())['failure'] !== null);
    const seen = await waiting();
    assert.deepEqual([seen['failure'], seen['letters'], seen['state']], ['The receiver answered 503.', 0, 'standing']);
    assert.ok(typeof seen['waitsSince'] === 'string' && typeof seen['oldest'] === 'string');
    status = 204;
    await until(async () => (await waiting())['told'] === 3);
    got.splice(0);

    // It wants no more: it is told nothing, until somebody says so.
    status = 410;
    await deliver(course('D'));
    await until(async () => (await waiting())['state'] === 'paused');
    assert.deepEqual(subjects(), ['no.fs.emner.create emner/7777,D,1']);
    status = 204;
    assert.equal((await ask('reader', 'POST', `${path}/resume`, {})).status, 403);
    assert.equal((await ask('writer', 'POST', `${path}/resume`, { reason: 'It is up again' })).status, 200);
    assert.equal((await ask('writer', 'POST', `${path}/resume`, {})).status, 409);
    await until(() => got.length > 0);
    assert.deepEqual(subjects(), ['no.fs.emner.create emner/7777,D,1']);

    // What was laid aside is seen, and told when somebody says so.
    const { platform } = world.hub;
    assert.equal((await ask('writer', 'POST', `${path}/pause`, {})).status, 200);
    const turn = (await platform.messageTurns()).find(({ destination }) => destination === id);
    assert.ok(turn !== undefined);
    const message = {
      resource: 'emner',
      operation: 'update',
      subject: 'emner/7777,A,1',
      at: 0,
      id: 'x',
      body: '{"sub":"x"}',
    };
    await platform.putMessageState(id, {
      holder: turn.holder,
      state: turn.state,
      letters: [1, 2].map((number) => ({
        number,
        subject: 'emner/7777,A,1',
        at: 0,
        record: JSON.stringify({ why: 'The receiver answered 422.', message }),
      })),
      dropped: [],
    });
    const letters = await ask('reader', 'GET', `${path}/letters`);
    assert.deepEqual(letters.value['items'], [
      {
        number: 1,
        subject: 'emner/7777,A,1',
        operation: 'update',
        id: 'x',
        why: 'The receiver answered 422.',
        at: '1970-01-01T00:00:00Z',
        state: 'laid-aside',
      },
      {
        number: 2,
        subject: 'emner/7777,A,1',
        operation: 'update',
        id: 'x',
        why: 'The receiver answered 422.',
        at: '1970-01-01T00:00:00Z',
        state: 'laid-aside',
      },
    ]);
    assert.deepEqual((await ask('writer', 'POST', `${path}/letters/discard`, { subjects: ['emner/none'] })).value, {
      letters: 0,
    });
    assert.deepEqual((await ask('writer', 'POST', `${path}/letters/resend`, { subjects: ['emner/7777,A,1'] })).value, {
      letters: 2,
    });
    assert.equal((await ask('writer', 'POST', `${path}/resume`, {})).status, 200);
    await until(async () => (await waiting())['letters'] === 0);
    assert.deepEqual(subjects(), ['no.fs.emner.update emner/7777,A,1', 'no.fs.emner.update emner/7777,A,1']);

    // A position that nobody knows any more: everything is told anew, and everybody hears why.
    assert.equal((await ask('writer', 'POST', `${path}/pause`, {})).status, 200);
    const standing = (await platform.messageTurns()).find(({ destination }) => destination === id);
    assert.ok(standing !== undefined);
    const progress = JSON.parse(standing.state) as Json;
    const lost = { ...progress, positions: { 'fs/studietilbud/emne': 'lost' }, seen: {} };
    const { holder } = standing;
    assert.ok(await platform.putMessageState(id, { holder, state: JSON.stringify(lost), letters: [], dropped: [] }));
    assert.equal((await ask('writer', 'POST', `${path}/resume`, {})).status, 200);
    await until(() => got.length >= 5);
    assert.deepEqual(subjects(), [
      'no.fs.emner.restart emner',
      ...['A', 'B', 'C', 'D'].map((code) => `no.fs.emner.create emner/7777,${code},1`),
    ]);
    const anew = (await waiting())['restarts'] as readonly { readonly resource: string }[];
    assert.deepEqual(
      anew.map(({ resource }) => resource),
      ['emner'],
    );

    const audit = (await world.place.records('fjord.test')).map(({ operation, details }) => `${operation} ${details}`);
    assert.ok(audit.includes(`message-destination make ${id} client webhook`), audit.join('\n'));
    assert.ok(audit.includes(`message-destination restart ${id} emner: the position was older than what is kept`));
    assert.ok(audit.includes(`message-letter resend ${id} 1 subjects`));
    assert.ok(!audit.some((line) => line.includes('127.0.0.1') || line.includes(secret)));
    assert.equal((await ask('writer', 'DELETE', path, {})).status, 200);
    assert.equal((await ask('reader', 'GET', path)).status, 404);
  });

  test('nobody has others told, of what they may not follow, or to where it leads inwards', async () => {
    const path = '/admin/message-destinations';
    const channel = { kind: 'webhook', url: address() };
    const wrong = async (who: string, body: object, expected: number, at: string | null): Promise<void> => {
      const { status: answered, value } = await ask(who, 'POST', path, body);
      assert.equal(answered, expected, JSON.stringify(value));
      const errors = (value['errors'] ?? []) as readonly { readonly at: string }[];
      if (at !== null)
        assert.deepEqual(
          errors.map((one) => one.at),
          [at],
          JSON.stringify(value),
        );
    };
    await wrong('reader', { application: 'client', channel }, 403, null);
    await wrong('neighbour', { organisation: 'fjord.test', application: 'client', channel }, 404, null);
    // An application without a grant here, whether it is there or not.
    await wrong('neighbour', { application: 'client', channel }, 400, '/application');
    await wrong('neighbour', { application: 'nobody', channel }, 400, '/application');
    await wrong('writer', { application: 'client', resources: ['emne'], channel }, 400, '/resources');
    await wrong('writer', { application: 'client', resources: [], channel }, 400, '/resources');
    await wrong('writer', { application: 'client', from: 'yesterday', channel }, 400, '/from');
    await wrong(
      'writer',
      { application: 'client', channel: { kind: 'rabbitmq', broker: 'mq' } },
      400,
      '/channel/broker',
    );
    await wrong(
      'writer',
      { application: 'client', channel: { kind: 'webhook', url: 'https://10.0.0.1/x' } },
      400,
      '/channel/url',
    );
    await wrong('writer', { application: 'client', channel: { kind: 'smoke' } }, 400, '/channel/kind');
    assert.deepEqual((await ask('reader', 'GET', '/admin/message-brokers')).value, { items: [], next: null });
    assert.deepEqual(((await ask('neighbour', 'GET', path)).value['items'] as unknown[]).length, 0);
  });

  test('as many destinations as an organisation may have, and no more', async () => {
    const path = '/admin/message-destinations';
    const body = { application: 'client', resources: ['land'], channel: { kind: 'webhook', url: address() } };
    const { platform } = world.hub;
    const there = (await platform.registerEntries({ kind: 'message-destination', organisation: 'fjord.test' })).filter(
      ({ state }) => state !== 'ended',
    );
    const first = await ask('writer', 'POST', path, body);
    assert.equal(first.status, 201);
    const entry = await platform.registerEntry('message-destination', String(first.value['id']));
    assert.ok(entry !== null);
    const copies = Array.from({ length: limits.messageDestinationsPerOrganisation - there.length - 2 }, (_, index) => ({
      ...entry,
      id: `copy-${index}`,
      revision: 1,
      state: 'paused',
    }));
    await platform.putRegister({ entries: copies });
    const last = await ask('writer', 'POST', path, body);
    assert.equal(last.status, 201);
    assert.equal((await ask('writer', 'POST', path, body)).status, 409);
    for (const { value } of [first, last])
      assert.equal((await ask('writer', 'DELETE', `${path}/${String(value['id'])}`, {})).status, 200);
    await platform.putRegister({ entries: copies.map((one) => ({ ...one, revision: 2, state: 'ended' })) });
  });

  // --- Streams ------------------------------------------------------------------------------------------------------------------

  type Listening = {
    readonly status: number;
    readonly headers: IncomingMessage['headers'];
    readonly events: () => readonly string[];
    readonly id: () => string;
    readonly text: () => string;
    readonly ended: Promise<void>;
    readonly leave: () => void;
  };

  const listen = async (
    query: string,
    headers: Readonly<Record<string, string>> = {},
    who = 'client',
  ): Promise<Listening> => {
    const token = await tokenFor(world.hub.url, who, world.secretOf(who));
    return new Promise((resolve, reject) => {
      const asked = get(
        `${world.hub.url}/fsapi/meldinger${query}`,
        { agent: false, headers: { authorization: `Bearer ${token}`, ...headers } },
        (response) => {
          let text = '';
          response.on('data', (part: Buffer) => (text += part.toString()));
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            events: () =>
              [...text.matchAll(/^data: (.*)$/gm)].map(([, data = '{}']) => {
                const { type, subject } = JSON.parse(data) as Event;
                return `${type.slice('no.fs.emner.'.length)} ${subject}`;
              }),
            id: () => [...text.matchAll(/^id: (.*)$/gm)].at(-1)?.[1] ?? '',
            text: () => text,
            ended: new Promise((end) => response.once('close', () => end())),
            leave: () => asked.destroy(),
          });
        },
      );
      asked.once('error', reject);
    });
  };

  test('a client hears of changes as they come, and goes on where it was', async () => {
    const first = await listen('?ressurs=emner');
    assert.equal(first.status, 200, first.text());
    assert.equal(first.headers['content-type'], 'text/event-stream; charset=utf-8');
    assert.equal(first.headers['cache-control'], 'no-store');
    await until(() => first.id() !== '');
    assert.deepEqual(first.events(), []);
    await deliver(course('S1'), course('S2'));
    await until(() => first.events().length === 2);
    assert.deepEqual(first.events(), ['create emner/7777,S1,1', 'create emner/7777,S2,1']);
    const id = first.id();
    first.leave();
    await first.ended;
    await deliver(course('S1', 'S1X'), course('S3'));
    const second = await listen('?ressurs=emner', { 'last-event-id': id });
    await until(() => second.events().length === 3);
    assert.deepEqual(second.events(), ['delete emner/7777,S1,1', 'create emner/7777,S1X,1', 'create emner/7777,S3,1']);
    second.leave();
    const everything = await listen('?ressurs=emner&fra=begynnelsen');
    await until(() => everything.events().length >= 7);
    assert.ok(everything.events().includes('create emner/7777,A,1'));
    everything.leave();
  });

  test('what is no stream is said, and an application has as many as it may', async () => {
    const refusal = async (
      query: string,
      headers: Readonly<Record<string, string>>,
      expected: number,
      who?: string,
    ): Promise<void> => {
      const answer = await listen(query, headers, who);
      await answer.ended;
      assert.equal(answer.status, expected, answer.text());
    };
    await refusal('?ressurs=emne', {}, 400);
    await refusal('?ressurs=emner&utvalg=1', {}, 400);
    await refusal('?fra=i-fjor', {}, 400);
    await refusal('', { 'last-event-id': 'x' }, 400);
    await refusal('', { 'last-event-id': '99.abc' }, 400);
    await refusal('', { authorization: 'Bearer none' }, 401);
    const many: Listening[] = [];
    // Those of before may not have been noticed to be gone.
    await until(async () => {
      const one = await listen('?ressurs=emner');
      if (one.status === 200) many.push(one);
      return many.length === limits.messageStreams;
    });
    await refusal('?ressurs=emner', {}, 429);
    many[0]?.leave();
    await many[0]?.ended;
    await until(async () => {
      const again = await listen('?ressurs=emner');
      again.leave();
      return again.status === 200;
    });
    // A position of somebody else is none: it is told from the beginning, and hears that.
    await until(() => many[1]?.id() !== '');
    const [, stolen] = many;
    for (const one of many) one.leave();
    await Promise.all(many.map((one) => one.ended));
    const other = await listen('?ressurs=emner', { 'last-event-id': stolen?.id() ?? '' }, 'nabo-client');
    await until(() => other.text().includes('no.fs.emner.restart'));
    other.leave();
  });

  test('a stream ends when its application is shut out, and when the hub stops', async () => {
    const { platform } = world.hub;
    let stream = await listen('?ressurs=emner');
    await until(async () => {
      if (stream.status !== 200) stream = await listen('?ressurs=emner');
      return stream.id() !== '';
    });
    const application = await platform.application('client');
    assert.ok(application !== null);
    await platform.putApplication({ ...application, disabled: true });
    await deliver(course('T1'));
    await stream.ended;
    assert.ok(!stream.text().includes('7777,T1,1'));
    await platform.putApplication(application);
    const last = await listen('?ressurs=emner');
    await until(() => last.id() !== '');
    await world.stop();
    await last.ended;
  });
});

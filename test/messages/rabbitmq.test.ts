// Messages over a real RabbitMQ: by TLS, to the queues that ask for them, kept by the broker; what no queue takes; and a broker that is killed in the middle of it, with
// nothing lost and order per subject. Where RabbitMQ is not installed the output says so.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import type { BrokerSpec } from '#base/broker-spec.ts';
import { connect, type ChannelModel, type ConsumeMessage } from 'amqplib';
import type { MessageCarrier } from '#messages/carrier.ts';
import { readLetter } from '#messages/destination.ts';
import { messageOf } from '#messages/message.ts';
import { createRabbitMessages } from '#messages/rabbitmq.ts';
import { at } from '../apis/fs-graphql/fs-world.ts';
import { fjord, identified, put, type World } from '../hub/world.ts';
import { rabbitServer, startBroker, withoutRabbit, type TestBroker } from './broker.ts';
import { messagesOver, openInstitution, progressOf, putDestination, toBroker } from './messages-world.ts';

const installed = rabbitServer() !== null;
if (!installed) process.stdout.write(`${withoutRabbit}\n`);

// Once in the ordinary tests; `npm run test:rabbitmq` does it twelve times.
const killedAt = new Set(
  Array.from({ length: process.env['TEST_RABBITMQ'] === 'long' ? 12 : 1 }, (_, index) => index * 2 + 1),
);

const carrierTo = (
  broker: Pick<TestBroker, 'tlsPort' | 'user' | 'passwordFile' | 'caFile'>,
  more: Partial<BrokerSpec> = {},
  confirmMs = 10_000,
): MessageCarrier =>
  createRabbitMessages({
    brokers: [
      {
        name: 'queue',
        organisation: fjord,
        host: 'localhost',
        port: broker.tlsPort,
        tls: true,
        vhost: '/',
        user: broker.user,
        passwordFile: broker.passwordFile,
        caFile: broker.caFile,
        exchange: 'fs',
        ...more,
      },
    ],
    readSecret: (file) => {
      try {
        return readFileSync(file, 'utf8');
      } catch {
        return null;
      }
    },
    confirmMs,
  });

test('a broker that says nothing is given up', async (context) => {
  const silent = createServer(() => {});
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  context.after(() => void silent.close());
  const { port } = silent.address() as AddressInfo;
  const nobody = { tlsPort: port, user: 'hub', passwordFile: import.meta.filename, caFile: import.meta.filename };
  const carrier = carrierTo(nobody, { tls: false, host: '127.0.0.1', caFile: null }, 200);
  const message = messageOf({ name: 'emner', idMember: 'emner_id' }, 'FS-TEST', {
    operation: 'update',
    key: '1',
    at: 1,
    mark: '1',
  });
  const carried = await carrier.carry(
    { id: 'd', organisation: fjord, channel: toBroker },
    { institution: '7777', issuer: 'FS-TEST', api: '' },
    [message],
    new AbortController().signal,
  );
  assert.equal(carried.taken, 0);
  assert.equal(carried.trouble?.kind, 'unreached');
  await carrier.close();
});

/** A durable queue for everything that matches. */
const bind = async (broker: TestBroker, queue: string, pattern: string): Promise<void> => {
  const model = await connect(broker.url);
  const channel = await model.createChannel();
  await channel.assertExchange('fs', 'topic', { durable: true });
  await channel.assertQueue(queue, { durable: true });
  await channel.bindQueue(queue, 'fs', pattern);
  await model.close();
};

type Taken = {
  readonly key: string;
  readonly body: Readonly<Record<string, string>>;
  readonly message: ConsumeMessage;
};

/** Takes what is in a queue. */
const drain = async (broker: TestBroker, queue: string): Promise<readonly Taken[]> => {
  const model: ChannelModel = await connect(broker.url);
  const channel = await model.createChannel();
  const taken: Taken[] = [];
  for (;;) {
    const message = await channel.get(queue, { noAck: true });
    if (message === false) break;
    taken.push({
      key: message.fields.routingKey,
      body: JSON.parse(message.content.toString()) as Taken['body'],
      message: message as unknown as ConsumeMessage,
    });
  }
  await model.close();
  return taken;
};

const course = (id: string, name = id) => ({
  systemId: identified(id),
  naturligNokkel: identified(`7777,${id},1`),
  kode: name,
  links: {},
});

const told = async (work: (world: World) => Promise<void>): Promise<void> => {
  const world = await openInstitution();
  try {
    await work(world);
  } finally {
    await world.close();
  }
};

describe('messages over RabbitMQ', { skip: installed ? false : withoutRabbit }, () => {
  let broker: TestBroker;
  before(async () => {
    const started = await startBroker();
    assert.ok(started !== null);
    broker = started;
  });
  after(() => broker.close());

  test('come by TLS to the queue that asks for them, durable, and in the form of FS', () =>
    told(async (world) => {
      await bind(broker, 'courses', 'no.7777.fs.FS-TEST.emner.#');
      await putDestination(world, { resources: ['emner'] });
      const messages = messagesOver(world, carrierTo(broker));
      await put(world, at.course, [course('A'), course('BØK')]);
      await messages.round();
      await put(world, at.course, [course('A', 'new')]);
      await messages.round();
      const got = await drain(broker, 'courses');
      assert.deepEqual(
        got.map(({ key, body }) => [key, body['sub'], body['emner_id'], body['iss'], body['operation']]),
        [
          ['no.7777.fs.FS-TEST.emner.create', 'emner/7777,A,1', '7777,A,1', 'FS-TEST', 'create'],
          ['no.7777.fs.FS-TEST.emner.create', 'emner/7777,BØK,1', '7777,BØK,1', 'FS-TEST', 'create'],
          ['no.7777.fs.FS-TEST.emner.update', 'emner/7777,A,1', '7777,A,1', 'FS-TEST', 'update'],
        ],
      );
      for (const { message, body } of got) {
        assert.deepEqual(Object.keys(body), ['sub', 'emner_id', 'iss', 'iat', 'operation', 'jti']);
        assert.equal(message.properties.deliveryMode, 2);
        assert.equal(message.properties.messageId, body['jti']);
        assert.equal(message.properties.contentType, 'application/json');
      }
      await messages.close();
    }));

  test('are laid aside when no queue takes them, unless nobody is to miss them', () =>
    told(async (world) => {
      await bind(broker, 'people', 'no.7777.fs.FS-TEST.personer.#');
      await putDestination(world, { resources: ['kull'] });
      await putDestination(world, {
        id: 'destination-2',
        resources: ['kull'],
        channel: { ...toBroker, unrouted: 'drop' },
      });
      const messages = messagesOver(world, carrierTo(broker));
      await put(world, at.cohort, [
        { systemId: identified('K'), naturligNokkel: identified('TEST,2026,VÅR'), links: {} },
      ]);
      await messages.round();
      const letters = await world.store.platform.messageLetters({ destination: 'destination-1', after: 0, limit: 9 });
      assert.deepEqual(
        letters.map(({ subject, record }) => [subject, readLetter(record).why]),
        [['kull/TEST,2026,VÅR', 'No queue takes it.']],
      );
      assert.equal(await world.store.platform.messageLetterCount('destination-2'), 0);
      assert.equal((await progressOf(world, 'destination-2')).told, 1);
      await bind(broker, 'cohorts', 'no.7777.fs.FS-TEST.kull.#');
      await world.store.platform.resendMessageLetters('destination-1', null);
      await putDestination(world, { resources: ['kull'] });
      await messages.round();
      assert.deepEqual(
        (await drain(broker, 'cohorts')).map(({ body }) => body['sub']),
        ['kull/TEST,2026,VÅR'],
      );
      await messages.close();
    }));

  test('say why they do not come, in words that hold no address and no secret', () =>
    told(async (world) => {
      await putDestination(world, { resources: ['emner'] });
      await put(world, at.course, [course('A')]);
      const failureWith = async (more: Partial<BrokerSpec>): Promise<string> => {
        const messages = messagesOver(world, carrierTo(broker, more));
        await messages.round();
        await messages.close();
        world.clock.move(600_000);
        return (await progressOf(world)).failure ?? '';
      };
      assert.match(await failureWith({ port: 1 }), /ECONNREFUSED/);
      // A certificate that nobody vouches for.
      assert.match(await failureWith({ caFile: null }), /^The connection failed/);
      assert.equal(await failureWith({ passwordFile: '/nowhere' }), 'A file of the broker cannot be read.');
      assert.equal(await failureWith({ organisation: 'dalen.test' }), 'The broker is not there any more.');
      assert.equal(await failureWith({ user: 'nobody' }), 'The broker refuses the user.');
    }));

  test('are all there when the broker is killed again and again, each subject in its order', () =>
    told(async (world) => {
      await bind(broker, 'all', '#');
      await drain(broker, 'all');
      await putDestination(world, { resources: ['emner'] });
      const carrier = carrierTo(broker, {}, 2_000);
      let kills = false;
      const messages = messagesOver(world, {
        ...carrier,
        carry: async (...batch) => {
          const carried = carrier.carry(...batch);
          if (kills) {
            kills = false;
            // They are on their way, and nothing has been confirmed.
            await new Promise((resolve) => setImmediate(resolve));
            await broker.kill();
          }
          return carried;
        },
      });
      const ids = Array.from({ length: 150 }, (_, number) => `C${number}`);
      const versions = killedAt.size * 2 + 2;
      for (let version = 0; version < versions; version += 1) {
        await put(
          world,
          at.course,
          ids.map((id) => course(id, `v${version}`)),
        );
        world.clock.move(400_000);
        kills = killedAt.has(version);
        await messages.round();
        if (killedAt.has(version)) {
          assert.ok((await progressOf(world)).waitsSince !== null);
          // Nobody is there.
          world.clock.move(400_000);
          await messages.round();
          await broker.start();
        }
      }
      world.clock.move(400_000);
      await messages.round();
      const got = await drain(broker, 'all');
      const bySubject = Map.groupBy(got, ({ body }) => body['sub']);
      assert.equal(bySubject.size, ids.length);
      for (const [subject = '', those] of bySubject) {
        // What came twice has the same id; without what came twice the order is that of what happened.
        const first = [...new Map(those.toReversed().map((one) => [one.body['jti'], one])).values()].toReversed();
        const times = first.map(({ body }) => Number(body['iat']));
        assert.deepEqual(
          times,
          times.toSorted((a, b) => a - b),
          subject,
        );
        assert.equal(first[0]?.body['operation'], 'create', subject);
        assert.equal(first.length, versions, subject);
      }
      const progress = await progressOf(world);
      assert.deepEqual([progress.told, progress.failure, progress.waitsSince], [ids.length * versions, null, null]);
      await messages.close();
    }));
});

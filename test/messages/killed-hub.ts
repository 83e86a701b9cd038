// The long proof that a hub that is killed between telling and keeping loses nothing: a hub process and a real RabbitMQ, both killed again and again while an adapter
// delivers; at the end every change of every subject is in the queue, in order. Part of `npm run test:rabbitmq`.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from 'amqplib';
import { systemClock } from '#base/clock.ts';
import type { MessageDestination } from '#catalogue/message-destination.ts';
import { callerOf, tokenFor } from '../e2e/caller.ts';
import { deliverPage } from '../e2e/deliveries.ts';
import { startProcess, type HubProcess } from '../e2e/hub-process.ts';
import { enrol } from '../e2e/hub-under-test.ts';
import { temporaryPlace } from '../e2e/place.ts';
import { rabbitServer, startBroker, withoutRabbit } from './broker.ts';

const organisation = 'fjord.test';
const rounds = 12;
const subjects = Array.from({ length: 120 }, (_, number) => `C${number}`);

const course = (id: string, name: string) => ({
  identifier: id,
  resource: {
    systemId: { identifikatorverdi: id },
    naturligNokkel: { identifikatorverdi: `7777,${id},1` },
    kode: name,
    _links: {},
  },
});

/** Until the queue grows, at most for some seconds. */
const firstArrives = async (url: string): Promise<void> => {
  const model = await connect(url);
  const channel = await model.createChannel();
  const before = (await channel.checkQueue('all')).messageCount;
  const until = performance.now() + 5_000;
  while (performance.now() < until && (await channel.checkQueue('all')).messageCount === before);
  await model.close();
};

test(
  'a hub and a broker that are killed again and again lose nothing',
  { skip: rabbitServer() === null ? withoutRabbit : false },
  async (context) => {
    const broker = await startBroker();
    assert.ok(broker !== null);
    context.after(broker.close);
    const place = await temporaryPlace();
    context.after(place.remove);
    const brokers = path.join(place.folder, 'brokers.yaml');
    writeFileSync(
      brokers,
      `brokers: [{ name: mq, organisations: [${organisation}], host: localhost, port: ${broker.tlsPort}, user: ${broker.user}, passwordFile: ${JSON.stringify(broker.passwordFile)}, caFile: ${JSON.stringify(broker.caFile)}, exchange: fs }]\n`,
    );
    const model = await connect(broker.url);
    const channel = await model.createChannel();
    await channel.assertExchange('fs', 'topic', { durable: true });
    await channel.assertQueue('all', { durable: true });
    await channel.bindQueue('all', 'fs', '#');
    await model.close();

    const credentials = await place.beside(async ({ platform }) => {
      const secrets = await enrol(
        platform,
        [{ id: organisation, settings: { institutionNumber: '7777' } }],
        [
          { id: 'client', kind: 'client', organisation },
          { id: 'adapter', kind: 'adapter', organisation },
        ],
      );
      const createdAt = systemClock.now();
      const value: MessageDestination = {
        id: 'destination-1',
        organisation,
        application: 'client',
        environment: 'sandbox',
        resources: ['emner'],
        from: 'beginning',
        channel: { kind: 'rabbitmq', broker: 'mq', unrouted: 'lay-aside' },
        createdAt,
      };
      const entry = {
        kind: 'message-destination',
        id: value.id,
        revision: 1,
        organisation,
        application: 'client',
      } as const;
      await platform.putRegister({
        entries: [{ ...entry, state: 'standing', createdAt, changedAt: createdAt, value }],
      });
      return secrets;
    });
    const start = (): Promise<HubProcess> =>
      startProcess(['start', '--port', '0', '--environment', 'sandbox', '--message-brokers', brokers, ...place.words], {
        env: place.env,
        lifetimeMs: 600_000,
      });
    let hub = await start();
    const deliver = async (version: number): Promise<void> => {
      const { url } = hub.ready as { readonly url: string };
      const adapter = callerOf(url, await tokenFor(url, 'adapter', credentials.get('adapter')?.secret ?? ''));
      const entries = subjects.map((id) => course(id, `v${version}`));
      await deliverPage(adapter, 'fs/studietilbud/emne', entries, { method: 'PATCH' });
    };
    for (let version = 0; version < rounds; version += 1) {
      for (;;)
        try {
          await deliver(version);
          break;
        } catch {
          // Killed meanwhile: what was not taken is delivered once more.
          await sleep(100);
        }
      if (version % 4 === 3) {
        await sleep(version * 40);
        await broker.kill();
        hub.child.kill('SIGKILL');
        await broker.start();
      } else if (version % 2 === 1) {
        // The broker has something of it: right then it is not kept yet that it has.
        await firstArrives(broker.url);
        hub.child.kill('SIGKILL');
      } else continue;
      await hub.ended;
      hub = await start();
    }
    context.after(hub.stop);

    const got: { readonly subject: string; readonly id: string; readonly at: number; readonly operation: string }[] =
      [];
    const all = await connect(broker.url);
    const queue = await all.createChannel();
    const wanted = rounds * subjects.length;
    for (let tries = 0; tries < 600 && new Set(got.map(({ id }) => id)).size < wanted; tries += 1) {
      for (
        let message = await queue.get('all', { noAck: true });
        message !== false;
        message = await queue.get('all', { noAck: true })
      ) {
        const { sub, jti, iat, operation } = JSON.parse(message.content.toString()) as Readonly<Record<string, string>>;
        got.push({ subject: sub ?? '', id: jti ?? '', at: Number(iat), operation: operation ?? '' });
      }
      await sleep(100);
    }
    await all.close();
    const bySubject = Map.groupBy(got, ({ subject }) => subject);
    assert.equal(bySubject.size, subjects.length);
    let twice = 0;
    for (const [subject, those] of bySubject) {
      const first = [...new Map(those.toReversed().map((one) => [one.id, one])).values()].toReversed();
      twice += those.length - first.length;
      assert.equal(first.length, rounds, subject);
      assert.equal(first[0]?.operation, 'create', subject);
      const times = first.map(({ at }) => at);
      assert.deepEqual(
        times,
        times.toSorted((a, b) => a - b),
        subject,
      );
    }
    context.diagnostic(`${got.length} messages of ${wanted} changes, ${twice} of them once more`);
  },
);

// Brings messages to RabbitMQ: durable, to a topic exchange, by TLS; the broker has them once it has confirmed them. One connection for each destination, kept as long as
// it is used. AMQP is the library's, which is used here alone. Used by create-messages.ts through carrier.ts.
import { connect, type ChannelModel, type ConfirmChannel, type Message } from 'amqplib';
import type { BrokerSpec } from '#base/broker-spec.ts';
import { limits } from '#base/limits.ts';
import type { Carried, MessageCarrier } from './carrier.ts';
import { routingKeyOf, type ChangeMessage, type Origin } from './message.ts';

export type RabbitDeps = {
  readonly brokers: readonly BrokerSpec[];
  /** The text of a file, null when it cannot be read. */
  readonly readSecret: (file: string) => string | null;
  /** Within this the broker has to confirm, milliseconds; that of the limits unless a test says otherwise. */
  readonly confirmMs?: number;
};

type Line = {
  readonly model: ChannelModel;
  readonly channel: ConfirmChannel;
  /** Ids of messages that no queue has taken. */
  readonly returned: Set<string>;
  broken: boolean;
};

class Unready extends Error {}

const nothing = (why: string): Carried => ({ taken: 0, refused: [], trouble: { kind: 'unreached', why } });

/** Makes the way. */
export const createRabbitMessages = ({
  brokers,
  readSecret,
  confirmMs = limits.brokerMs,
}: RabbitDeps): MessageCarrier => {
  const lines = new Map<string, Line>();

  const open = async ({ host, port, tls, vhost, user, passwordFile, caFile, exchange }: BrokerSpec): Promise<Line> => {
    const password = readSecret(passwordFile)?.replace(/\r?\n$/, '');
    const ca = caFile === null ? undefined : readSecret(caFile);
    if (password === undefined || ca === null) throw new Unready('A file of the broker cannot be read.');
    const model = await connect(
      {
        protocol: tls ? 'amqps' : 'amqp',
        hostname: host,
        port,
        username: user,
        password,
        vhost,
        // Whoever is gone without a word is noticed within a minute.
        heartbeat: 20,
      },
      { timeout: confirmMs, noDelay: true, ...(tls ? { servername: host, ...(ca === undefined ? {} : { ca }) } : {}) },
    );
    // Without somebody who listens an error of the connection would end the process.
    model.on('error', () => {});
    try {
      return await lineOver(model, exchange);
    } catch (error) {
      await model.close().catch(() => {});
      throw error;
    }
  };

  const lineOver = async (model: ChannelModel, exchange: string): Promise<Line> => {
    await haveExchange(model, exchange);
    const channel = await model.createConfirmChannel();
    const line: Line = { model, channel, returned: new Set(), broken: false };
    const breaks = (): void => {
      line.broken = true;
    };
    model.on('close', breaks);
    channel.on('error', breaks);
    channel.on('close', breaks);
    channel.on('return', ({ properties }: Message) => void line.returned.add(String(properties.messageId)));
    return line;
  };

  /** A line, unless it takes too long: then it is closed when it comes. */
  const inTime = async (opening: Promise<Line>): Promise<Line> => {
    const over = AbortSignal.timeout(confirmMs);
    const late = new Promise<never>((_resolve, reject) =>
      over.addEventListener('abort', () => reject(new Unready('The broker did not answer in time.')), { once: true }),
    );
    try {
      return await Promise.race([opening, late]);
    } catch (error) {
      opening.then(
        ({ model }) => model.close().catch(() => {}),
        () => {},
      );
      throw error;
    }
  };

  const close = async (id: string): Promise<void> => {
    const line = lines.get(id);
    lines.delete(id);
    if (line !== undefined && !line.broken) await line.model.close().catch(() => {});
  };

  /** Publishes them all, and gives how many from the front are confirmed. */
  const publish = (
    line: Line,
    exchange: string,
    origin: Origin,
    messages: readonly ChangeMessage[],
    signal: AbortSignal,
  ): Promise<{ readonly taken: number; readonly why: string | null }> =>
    new Promise((resolve) => {
      const state: ('sent' | 'taken' | 'not')[] = messages.map(() => 'sent');
      let unanswered = messages.length;
      const end = (why: string | null): void => {
        over.removeEventListener('abort', stop);
        line.model.off('close', lost);
        line.channel.off('close', lost);
        const first = state.findIndex((one) => one !== 'taken');
        resolve({ taken: first === -1 ? messages.length : first, why: first === -1 ? null : why });
      };
      const stop = (): void => end(signal.aborted ? 'The hub is stopping.' : 'The broker did not confirm in time.');
      const lost = (): void => end('The connection was broken off.');
      const over = AbortSignal.any([signal, AbortSignal.timeout(confirmMs)]);
      over.addEventListener('abort', stop, { once: true });
      line.model.once('close', lost);
      line.channel.once('close', lost);
      for (const [index, message] of messages.entries())
        line.channel.publish(
          exchange,
          routingKeyOf(origin, message),
          Buffer.from(message.body),
          {
            persistent: true,
            mandatory: true,
            contentType: 'application/json',
            contentEncoding: 'utf-8',
            messageId: message.id,
            timestamp: Math.floor(message.at / 1_000),
            type: `${message.resource}.${message.operation}`,
            appId: 'bindeledd',
          },
          (error: unknown) => {
            state[index] = error === null || error === undefined ? 'taken' : 'not';
            unanswered -= 1;
            if (unanswered === 0) end('The broker did not take a message.');
          },
        );
    });

  const carry = async (
    broker: BrokerSpec,
    id: string,
    origin: Origin,
    messages: readonly ChangeMessage[],
    { drops, signal }: { readonly drops: boolean; readonly signal: AbortSignal },
  ): Promise<Carried> => {
    const known = lines.get(id);
    if (known?.broken === true) await close(id);
    const line = lines.get(id) ?? (await inTime(open(broker)));
    lines.set(id, line);
    line.returned.clear();
    const { taken, why } = await publish(line, broker.exchange, origin, messages, signal);
    const refused = drops
      ? []
      : messages.slice(0, taken).flatMap((message, index) => {
          // The broker gives back what no queue takes before it confirms it.
          return line.returned.has(message.id) ? [{ index, why: 'No queue takes it.' }] : [];
        });
    if (why !== null) await close(id);
    return { taken, refused, trouble: why === null ? null : { kind: 'unreached', why } };
  };

  return {
    carry: async ({ id, organisation, channel }, origin, messages, signal) => {
      if (channel.kind !== 'rabbitmq') return nothing('Is no broker.');
      const broker = brokers.find((one) => one.name === channel.broker && one.organisation === organisation);
      if (broker === undefined) return nothing('The broker is not there any more.');
      try {
        return await carry(broker, id, origin, messages, { drops: channel.unrouted === 'drop', signal });
      } catch (error) {
        await close(id);
        return nothing(whatHappened(error));
      }
    },
    close: async () => {
      await Promise.all([...lines.keys()].map(close));
    },
  };
};

/** Sees to it that the exchange is there; whoever may not make one finds it made. */
const haveExchange = async (model: ChannelModel, exchange: string): Promise<void> => {
  const looking = await model.createChannel();
  // What is not there closes the channel that asked.
  looking.on('error', () => {});
  try {
    await looking.checkExchange(exchange);
    await looking.close();
    return;
  } catch {
    const making = await model.createChannel();
    making.on('error', () => {});
    await making.assertExchange(exchange, 'topic', { durable: true });
    await making.close();
  }
};

/** Codes are told (`ECONNREFUSED`, 403 of AMQP); messages of others are not: they may hold addresses. */
const whatHappened = (error: unknown): string => {
  if (error instanceof Unready) return error.message;
  const code = error instanceof Error && 'code' in error ? error.code : null;
  if (error instanceof Error && /ACCESS.REFUSED/i.test(error.message)) return 'The broker refuses the user.';
  return typeof code === 'string' || typeof code === 'number'
    ? `The connection failed: ${code}.`
    : 'The connection failed or was broken off.';
};

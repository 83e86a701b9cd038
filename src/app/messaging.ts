// Messages of changes, put together: the operator's file of brokers, the ways to queues and addresses, and the telling. Called by compose.ts; what is told to whom is
// messages' own.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { BrokerSpec } from '#base/broker-spec.ts';
import { HubError, problem } from '#base/errors.ts';
import type { Observe } from '#base/events.ts';
import type { AdminPorts } from '#apis/admin/ports.ts';
import { readMessageBrokers } from '#config/message-brokers.ts';
import type { Settings } from '#config/settings.ts';
import type { Authorizer } from '#hub/authorize.ts';
import { fsResources } from '#mappings/fs-resources.ts';
import type { Signals } from '#hub/signals.ts';
import type { Model } from '#model/model.ts';
import { clientScope } from '#model/openapi.ts';
import type { MessageCarrier } from '#messages/carrier.ts';
import { createMessages, type Messages, type MessagesDeps } from '#messages/create-messages.ts';
import { readLetter, readProgress } from '#messages/destination.ts';
import { createRabbitMessages } from '#messages/rabbitmq.ts';
import { createReadChanges } from '#messages/read-changes.ts';
import { createStanding } from '#messages/standing.ts';
import { createStreams, type Streams } from '#messages/stream.ts';
import { createWebhookMessages } from '#messages/webhook.ts';
import { createWebhookPost } from '#notices/webhook.ts';
import type { Store } from '#store/store.ts';

export type MessagingDeps = Pick<MessagesDeps, 'clock' | 'random' | 'hub' | 'baseUrl' | 'alone'> & {
  readonly settings: Pick<Settings, 'messageBrokers' | 'webhooksToLoopback' | 'environment'>;
  readonly model: Model;
  readonly store: Store;
  readonly authorizer: Authorizer;
  readonly observe: Observe;
  readonly signals: Signals;
};

export type Messaging = {
  readonly messages: Messages;
  readonly streams: Streams;
  /** For the admin API. */
  readonly port: NonNullable<AdminPorts['messages']>;
};

/** Puts it together; `messages.close` must be called. Throws a HubError (HUB-701) when the file of brokers is not right or cannot be read. */
export const createMessaging = (deps: MessagingDeps): Messaging => {
  const { settings, model, store, authorizer, clock, random, hub, baseUrl, observe, signals } = deps;
  const { platform } = store;
  const brokers = settings.messageBrokers === null ? [] : brokersIn(settings.messageBrokers);
  const read = createReadChanges({ model, hub, baseUrl });
  const rabbit = createRabbitMessages({ brokers, readSecret: readText });
  const webhook = createWebhookMessages(createWebhookPost({ loopback: settings.webhooksToLoopback }), clock);
  const carrier: MessageCarrier = {
    carry: (destination, ...rest) =>
      (destination.channel.kind === 'webhook' ? webhook : rabbit).carry(destination, ...rest),
    close: rabbit.close,
  };
  const { environment } = settings;
  const standing = createStanding({ authorizer, store, clock });
  const messages = createMessages({
    platform,
    clock,
    random,
    hub,
    read,
    carrier,
    standing,
    environment,
    baseUrl,
    alone: deps.alone ?? false,
    restarted: async ({ id, organisation, application }, resource) => {
      const details = `${id} ${resource}: the position was older than what is kept`;
      observe({ kind: 'setting', message: `Messages begin anew: ${details}.` });
      await (
        await store.tenant(organisation)
      ).appendAudit({
        id: random.uuid(),
        at: clock.now(),
        request: `${id}-${clock.now()}`,
        issuer: 'messages',
        client: application,
        token: id,
        api: 'fs-api',
        operation: 'message-destination restart',
        collection: '',
        decision: 'allow',
        rule: 'position-lost',
        count: 0,
        subjects: [],
        seen: null,
        details,
      });
    },
    broken: (error) =>
      observe({
        kind: 'setting',
        message: `Messages of changes could not be told: ${error instanceof Error ? error.message : 'unknown'}`,
      }),
  });
  return {
    messages,
    streams: createStreams({ read, standing, signals, clock, platform, environment, baseUrl }),
    port: {
      resources: fsResources.map(({ name }) => name),
      brokersOf: (organisation) =>
        brokers.filter((broker) => broker.organisation === organisation).map(({ name }) => name),
      loopback: settings.webhooksToLoopback,
      progressOf: async (id) => {
        const turn = (await platform.messageTurns()).find(({ destination }) => destination === id);
        return readProgress(turn?.state ?? '');
      },
      letterCount: async (id) => platform.messageLetterCount(id),
      letters: async (destination, after, limit) =>
        (await platform.messageLetters({ destination, after, limit })).map(
          ({ number, subject, at, resend, record }) => {
            const { why, message } = readLetter(record);
            return { number, subject, at, resend, why, operation: message.operation, id: message.id };
          },
        ),
      resend: async (id, subjects) => platform.resendMessageLetters(id, subjects),
      discard: async (id, subjects) => platform.dropMessageLetters(id, { subjects, before: Number.MAX_SAFE_INTEGER }),
      mayFollow: async (organisation, application) => {
        const principal = {
          kind: 'client',
          client: application,
          tenant: organisation,
          scopes: new Set([clientScope]),
          issuer: 'messages',
          token: '',
          expiresAt: clock.now(),
        } as const;
        const open: string[] = [];
        for (const { name, collections } of fsResources)
          for (const collection of collections)
            if (!open.includes(name) && (await authorizer.decide(principal, collection, 'follow')).allowed)
              open.push(name);
        return open;
      },
    },
  };
};

const readText = (file: string): string | null => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
};

const brokersIn = (file: string): readonly BrokerSpec[] => {
  const text = readText(file);
  if (text === null) throw new HubError(problem('HUB-701', 'The file of message brokers cannot be read.'));
  const specs = readMessageBrokers(text, path.dirname(file));
  if (!specs.ok) throw new HubError(specs.problem);
  return specs.value;
};

// The schemas of destinations of messages, each with an example, by name. Part of schemas.ts. Data only.
import { destinationStates } from '#catalogue/message-destination.ts';
import { body, instant, list, object, orNull, reason, text, whole, type NamedSchema } from './schema-words.ts';

const channel = {
  oneOf: [
    object(
      {
        kind: { enum: ['rabbitmq'] },
        broker: { ...text, description: 'A name from the list of brokers.' },
        unrouted: {
          enum: ['lay-aside', 'drop'],
          description: 'What becomes of a message that no queue takes: it is laid aside (usual), or nobody misses it.',
        },
      },
      ['unrouted'],
    ),
    object({ kind: { enum: ['webhook'] }, url: text }),
  ],
};
const wanted = {
  organisation: text,
  application: { ...text, description: 'It is told what this application may follow, and nothing else.' },
  resources: {
    type: ['array', 'null'],
    items: text,
    description: 'Names of the old FS-API; null = all that the application may follow.',
  },
  from: { enum: ['now', 'beginning'], description: '`beginning`: everything that is there is told first.' },
  channel,
};
const held = { ...wanted, state: { enum: destinationStates }, createdAt: instant };

const destination = {
  id: 'destination-1f5b4c568a2b4f4e',
  organisation: 'fjordheim.test',
  application: 'timeplan',
  resources: ['emner', 'undervisning'],
  from: 'now',
  channel: { kind: 'rabbitmq', broker: 'mq', unrouted: 'lay-aside' },
  state: 'standing',
  createdAt: '2026-11-22T08:00:00Z',
};
const letter = {
  number: 17,
  subject: 'emner/7777,TST1000,1',
  operation: 'update',
  id: '4f6f3a52-8c1d-8e0b-9a77-2b7d5c0e9f11',
  why: 'The receiver answered 422.',
  at: '2026-11-22T08:00:00Z',
  state: 'laid-aside',
};

/** By name. */
export const messageSchemas: Readonly<Record<string, NamedSchema>> = {
  MessageBroker: { schema: object({ name: text }), example: { name: 'mq' } },
  MessageDestination: { schema: object({ id: text, ...held }), example: destination },
  MadeMessageDestination: {
    schema: object(
      { id: text, ...held, secret: { ...text, description: 'Of a webhook: what its messages are signed with.' } },
      ['secret'],
    ),
    example: {
      ...destination,
      channel: { kind: 'webhook', url: 'https://hooks.vendor.no/fs' },
      secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
    },
  },
  NewMessageDestination: {
    schema: body({ ...wanted, reason }, ['application', 'channel']),
    example: {
      organisation: 'fjordheim.test',
      application: 'timeplan',
      resources: ['emner', 'undervisning'],
      channel: { kind: 'rabbitmq', broker: 'mq' },
    },
  },
  MessageDestinationProgress: {
    schema: object({
      id: text,
      ...held,
      told: { ...whole, description: 'Messages that it has taken, in all.' },
      toldAt: orNull(instant),
      waitsSince: {
        ...orNull(instant),
        description: 'Since when something waits that could not be told; null = nothing does.',
      },
      oldest: { ...orNull(instant), description: 'When the first that waits happened.' },
      tries: whole,
      nextAt: orNull(instant),
      failure: orNull(text),
      restarts: {
        ...list(object({ resource: text, at: instant })),
        description: 'What was told anew from its beginning, because its position was older than what is kept.',
      },
      letters: { ...whole, description: 'Messages that were laid aside.' },
    }),
    example: {
      ...destination,
      told: 1204,
      toldAt: '2026-11-22T09:00:00Z',
      waitsSince: null,
      oldest: null,
      tries: 0,
      nextAt: null,
      failure: null,
      restarts: [],
      letters: 0,
    },
  },
  MessageLetter: {
    schema: object({
      number: whole,
      subject: text,
      operation: text,
      id: { ...text, description: 'The `jti` of the message.' },
      why: text,
      at: instant,
      state: { enum: ['laid-aside', 'resending'] },
    }),
    example: letter,
  },
  MessageLetterChoice: {
    schema: body({ subjects: { type: ['array', 'null'], items: text, description: 'Null = all.' }, reason }),
    example: { subjects: ['emner/7777,TST1000,1'], reason: 'The receiver is right again.' },
  },
  MessageLetterCount: { schema: object({ letters: whole }), example: { letters: 2 } },
};

/** Those that lists are made of. */
export const listedMessages: readonly string[] = ['MessageBroker', 'MessageDestination', 'MessageLetter'];

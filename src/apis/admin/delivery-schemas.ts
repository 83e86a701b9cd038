// The schemas of adapters, runs and events, each with an example, by name. Part of schemas.ts. Data only.
import { adapterStates } from './adapters.ts';
import { application } from './organisation-schemas.ts';
import { eventStates, runStates } from './ports.ts';
import { text, whole, flag, instant, orNull, list, ref, object, type NamedSchema } from './schema-words.ts';

const adapterPromise = object({
  collection: text,
  fullSyncIntervalInDays: whole,
  deltaSyncInterval: text,
  lastFullSync: orNull(instant),
  lastDelta: orNull(instant),
  overdue: flag,
  held: flag,
});
const runMembers = {
  corrId: text,
  adapter: text,
  client: text,
  collection: text,
  type: { enum: ['FULL', 'DELTA', 'DELETE'] },
  state: { enum: runStates },
  totalSize: whole,
  totalPages: whole,
  receivedEntries: whole,
  pages: whole,
  created: whole,
  updated: whole,
  unchanged: whole,
  removed: whole,
  rejected: whole,
  warnings: whole,
  wouldRemove: { ...whole, description: 'What a held run would remove.' },
  openedAt: instant,
  touchedAt: instant,
  closedAt: orNull(instant),
  reason: orNull(text),
};
/** Used in examples of other schemas too. */
export const run = {
  corrId: '7d0c9c1e-1f5b-4c56-8a2b-3f4e5d6c7b8a',
  adapter: 'https://vendor.example/fjordheim.test/utdanning',
  client: 'adapter-1f5b4c568a2b3f4e5d6c',
  collection: 'domain/package/class',
  type: 'FULL',
  state: 'held',
  totalSize: 400,
  totalPages: 1,
  receivedEntries: 400,
  pages: 1,
  created: 0,
  updated: 2,
  unchanged: 398,
  removed: 0,
  rejected: 0,
  warnings: 0,
  wouldRemove: 200,
  openedAt: '2026-11-02T04:00:00Z',
  touchedAt: '2026-11-02T04:00:03Z',
  closedAt: null,
  reason: 'Would remove 200 of 600.',
};
const rejection = {
  corrId: run.corrId,
  collection: run.collection,
  page: 1,
  index: 17,
  severity: 'warning',
  code: 'HUB-613',
  at: '/resource/systemId',
  message: 'is mandatory',
  subject: 'kSx0o1pY2c3fT6u8wQzA',
  seenAt: '2026-11-02T04:00:01Z',
};
const eventMembers = {
  id: text,
  collection: text,
  operation: { enum: ['create', 'update', 'delete', 'validate', 'read'] },
  state: { enum: eventStates },
  policy: { enum: ['source', 'hub'] },
  client: text,
  api: text,
  request: text,
  createdAt: instant,
  deadline: instant,
  answeredAt: orNull(instant),
  answeredBy: orNull(text),
  retainUntil: instant,
};
const event = {
  id: '1f5b4c56-8a2b-4f4e-9d6c-7b8a7d0c9c1e',
  collection: 'domain/package/class',
  operation: 'update',
  state: 'rejected',
  policy: 'source',
  client: application.id,
  api: 'fint',
  request: '0b0a6c1e-1f5b-4c56-8a2b-3f4e5d6c7b8a',
  createdAt: '2026-11-02T08:00:00Z',
  deadline: '2026-11-02T08:15:00Z',
  answeredAt: '2026-11-02T08:00:04Z',
  answeredBy: run.client,
  retainUntil: '2026-11-02T08:30:04Z',
};
const eventProblem = object({ field: text, message: text, code: text });

/** By name. */
export const deliverySchemas: Readonly<Record<string, NamedSchema>> = {
  Adapter: {
    schema: object(
      {
        client: text,
        name: orNull(text),
        state: { enum: adapterStates },
        adapterId: orNull(text),
        heartbeatIntervalInMinutes: orNull(whole),
        registeredAt: orNull(instant),
        heartbeatAt: orNull(instant),
        collections: list(adapterPromise),
        answers: list(object({ collection: text, operations: list(text) })),
        mayDeliver: { ...whole, description: 'Collections that it may deliver, of one that has promised nothing.' },
      },
      ['mayDeliver'],
    ),
    example: {
      client: run.client,
      name: 'School administration',
      state: 'healthy',
      adapterId: run.adapter,
      heartbeatIntervalInMinutes: 2,
      registeredAt: '2026-08-01T06:00:00Z',
      heartbeatAt: '2026-11-02T08:00:00Z',
      collections: [
        {
          collection: run.collection,
          fullSyncIntervalInDays: 1,
          deltaSyncInterval: 'IMMEDIATE',
          lastFullSync: '2026-11-02T04:00:03Z',
          lastDelta: null,
          overdue: false,
          held: false,
        },
      ],
      answers: [],
    },
  },
  Run: { schema: object(runMembers), example: run },
  RunReport: {
    schema: object({ ...runMembers, problems: list(ref('Rejection')) }),
    example: { ...run, problems: [rejection] },
  },
  Rejection: {
    schema: object({
      corrId: text,
      collection: text,
      page: whole,
      index: whole,
      severity: { enum: ['rejected', 'warning'] },
      code: text,
      at: text,
      message: text,
      subject: { ...text, description: "Keyed hash of the entry's identifier." },
      seenAt: instant,
    }),
    example: rejection,
  },
  Event: {
    schema: object({ ...eventMembers, problems: { ...whole, description: 'How many.' } }),
    example: { ...event, problems: 1 },
  },
  EventReport: {
    schema: object(
      {
        ...eventMembers,
        message: { ...text, description: 'As the source wrote it; empty where texts are left out.' },
        problems: list(eventProblem),
        texts: {
          ...object({
            target: { type: ['object', 'null'] },
            value: { type: ['object', 'null'] },
            filter: orNull(text),
            answer: { type: ['array', 'null'] },
          }),
          description: 'What was asked and answered, while it is kept and for those who may read it.',
        },
      },
      ['texts'],
    ),
    example: {
      ...event,
      message: 'Not accepted by the school administration',
      problems: [{ field: 'phone', message: 'is taken', code: 'taken' }],
    },
  },
};

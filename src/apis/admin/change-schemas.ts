// The schemas of what is announced, promoted and brought to those who want to know, each with an example, by name. Part of schemas.ts. Data only.
import { digests, noticeTopics } from '#catalogue/subscription.ts';
import { changeStates } from '#catalogue/announcements.ts';
import { changeKinds, statuses } from '#catalogue/contract.ts';
import { deliveryStates } from '#catalogue/delivery.ts';
import { promotionStates, promotionTargets } from '#catalogue/promotion.ts';
import { body, flag, instant, list, object, orNull, reason, text, whole, type NamedSchema } from './schema-words.ts';

const either = (schema: object): object => ({ oneOf: [schema, { type: 'null' }] });
const words = object({ nb: text, nn: text, en: text }, ['nn']);
const pair = object({ nb: text, en: text });
const emergency = {
  ...object({ reason: text, approver: text }),
  description: 'A breach for the sake of security or law, with another than the caller who answers for it.',
};
const coordinate = {
  ...text,
  description:
    'A part of the API: `GET /path/{id}`, `GET /path < 200 member`, `Schema.member`, `Type.field(argument:)`; `*` is all of it.',
};
const planned = {
  oneOf: [
    object({ release: { type: 'integer', minimum: 0 } }),
    object({ at: { ...text, description: 'A day, which begins at midnight in Norway, or an instant in UTC.' } }),
  ],
};

const said = {
  id: { ...text, description: 'Lower-case letters and digits with hyphens between.' },
  api: text,
  coordinates: list(coordinate),
  kind: { enum: changeKinds },
  text: words,
  migration: either(words),
  replacement: orNull(text),
  withoutReplacement: either(words),
  planned,
};
const change = {
  ...said,
  emergency: either(object({ reason: text, approver: text })),
  status: { enum: statuses, description: 'The firmest promise that its parts were under when it was announced.' },
  state: { enum: changeStates },
  announcedAt: orNull(instant),
  lawfulFrom: { ...orNull(instant), description: 'Done before, it is a breach of the contract.' },
  earliest: { ...orNull(instant), description: 'From when on users have to expect it.' },
  breach: flag,
  doneAt: orNull(instant),
  withdrawn: either(object({ at: instant, reason: text })),
  delivered: { ...flag, description: 'It comes with the catalogue of the hub.' },
};
const hit = object({
  application: text,
  name: orNull(text),
  owner: orNull(text),
  count: whole,
  last: { type: 'string', format: 'date' },
  parts: list(text),
  told: {
    ...list({ enum: ['email', 'webhook'] }),
    description: 'By which ways it is told at once; none: nobody asked for it.',
  },
});

const newChange = {
  id: 'room-letters-go',
  api: 'fint',
  coordinates: ['Pupil.lodger'],
  kind: 'breaking',
  text: { nb: 'Feltet blir borte.', en: 'The field goes.' },
  migration: { nb: 'Les adressen til eleven.', en: 'Read the address of the pupil.' },
  replacement: 'Pupil.address',
  withoutReplacement: null,
  planned: { release: 2 },
};
const shownChange = {
  ...newChange,
  emergency: null,
  status: 'production',
  state: 'announced',
  announcedAt: '2026-11-22T12:00:00Z',
  lawfulFrom: '2028-03-30T22:00:00Z',
  earliest: '2028-03-30T22:00:00Z',
  breach: false,
  doneAt: null,
  withdrawn: null,
  delivered: false,
};
const shownHit = {
  application: 'client-8a2b3f4e5d6c7b8a7d0c',
  name: 'Timeplan',
  owner: 'fjordheim.test',
  count: 1_200,
  last: '2026-11-21',
  parts: ['GET /pupils'],
  told: ['email'],
};

const channel = {
  oneOf: [
    object({ kind: { const: 'email' }, address: text, name: orNull(text) }, ['name']),
    object({ kind: { const: 'webhook' }, url: { ...text, description: 'An https address that leads out.' } }),
  ],
};
const wanted = {
  organisation: text,
  application: {
    ...orNull(text),
    description: 'Only what hits this application is told at once; null: any of the organisation.',
  },
  apis: { type: ['array', 'null'], items: text },
  statuses: { type: ['array', 'null'], items: { enum: statuses } },
  topics: { type: ['array', 'null'], items: { enum: noticeTopics } },
  channel,
  digest: {
    enum: digests,
    description: 'How what hits none of its applications is told: not at all but by the feed, or on Mondays.',
  },
};
const subscription = {
  id: 'subscription-1f5b4c568a2b3f4e',
  organisation: 'fjordheim.test',
  application: null,
  apis: ['fint'],
  statuses: null,
  topics: null,
  channel: { kind: 'email', address: 'drift@fjordheim.example', name: 'Drift' },
  digest: 'weekly',
  createdAt: '2026-11-22T12:00:00Z',
};
const delivery = {
  id: 'change.room-letters-go.announced.subscription-1f5b4c568a2b3f4e',
  subscription: subscription.id,
  organisation: 'fjordheim.test',
  state: 'sent',
  affects: true,
  notices: ['change.room-letters-go.announced'],
  tries: 1,
  nextAt: null,
  failure: null,
  sentAt: '2026-11-22T12:00:02Z',
  createdAt: '2026-11-22T12:00:00Z',
};

const promotion = {
  id: 'promotion-1f5b4c568a2b3f4e',
  api: 'fs-graphql',
  asked: ['Query.courses'],
  coordinates: ['Course', 'Query.courses'],
  from: 'beta',
  to: 'production',
  need: 'Course pages are made of it every night.',
  use: 'All courses of an institution, with their names.',
  applicant: 'fjordheim.test',
  institution: 'Fjordheim university',
  state: 'asked',
  askedAt: '2026-11-22T12:00:00Z',
  confirmations: [{ institution: 'fjordheim.test', text: 'Used since August.', at: '2026-11-22T12:00:00Z' }],
  checks: [
    {
      id: 'days-in-beta',
      holds: true,
      needed: { nb: '28 dager i beta', en: '28 days in beta' },
      found: { nb: '90 dager', en: '90 days' },
    },
  ],
  decision: null,
};

/** By name. */
export const changeSchemas: Readonly<Record<string, NamedSchema>> = {
  Change: { schema: object(change), example: shownChange },
  ChangeWithHits: { schema: object({ ...change, hits: list(hit) }), example: { ...shownChange, hits: [shownHit] } },
  Announcement: {
    schema: object({
      ...change,
      hits: list(hit),
      notice: object({ subject: pair, text: pair }),
      published: { ...flag, description: 'False for a dry run: nobody is told.' },
    }),
    example: {
      ...shownChange,
      hits: [shownHit],
      notice: {
        subject: { nb: 'FINT: Brytende endring', en: 'FINT: Breaking change' },
        text: { nb: 'Feltet blir borte.', en: 'The field goes.' },
      },
      published: true,
    },
  },
  NewChange: {
    schema: body({ ...said, emergency: either(emergency), dryRun: flag, reason }, [
      'id',
      'api',
      'coordinates',
      'kind',
      'text',
      'planned',
    ]),
    example: { ...newChange, dryRun: true },
  },
  ChangeDone: {
    schema: body({ emergency: either(emergency), reason }),
    example: { reason: 'Goes with release 2' },
  },
  Reminder: {
    schema: object({ change: text, reminded: whole, hits: list(hit) }),
    example: { change: newChange.id, reminded: 1, hits: [shownHit] },
  },
  Subscription: {
    schema: object({ id: text, ...wanted, createdAt: instant }),
    example: subscription,
  },
  MadeSubscription: {
    schema: object(
      {
        id: text,
        ...wanted,
        createdAt: instant,
        secret: { ...text, description: 'Of a webhook: what its messages are signed with.' },
      },
      ['secret'],
    ),
    example: {
      ...subscription,
      channel: { kind: 'webhook', url: 'https://hooks.vendor.no/bindeledd' },
      secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
    },
  },
  NewSubscription: {
    schema: body({ ...wanted, reason }, ['channel']),
    example: { organisation: 'fjordheim.test', apis: ['fint'], channel: subscription.channel, digest: 'weekly' },
  },
  Promotion: {
    schema: object({
      id: text,
      api: text,
      asked: list(coordinate),
      coordinates: { ...list(coordinate), description: 'What was asked for, and all that has to be raised with it.' },
      from: { enum: statuses },
      to: { enum: promotionTargets },
      need: text,
      use: text,
      applicant: text,
      institution: text,
      state: { enum: promotionStates },
      askedAt: instant,
      confirmations: list(object({ institution: text, text, at: instant })),
      checks: list(object({ id: text, holds: flag, needed: words, found: words })),
      decision: either(object({ at: instant, reasons: words })),
    }),
    example: promotion,
  },
  NewPromotion: {
    schema: body(
      {
        organisation: text,
        api: text,
        coordinates: list(coordinate),
        to: { enum: promotionTargets },
        need: text,
        use: text,
        institution: text,
        dryRun: flag,
        reason,
      },
      ['api', 'to', 'need', 'use', 'institution'],
    ),
    example: {
      api: 'fs-graphql',
      coordinates: ['Query.courses'],
      to: 'production',
      need: promotion.need,
      use: promotion.use,
      institution: promotion.institution,
    },
  },
  PromotionConfirmation: {
    schema: body({ organisation: text, text, reason }, ['text']),
    example: { organisation: 'fjordheim.test', text: 'Used since August.' },
  },
  PromotionDecision: {
    schema: body({ reasons: words, reason }, ['reasons']),
    example: { reasons: { nb: 'Alle vilkårene er oppfylt.', en: 'Every condition holds.' } },
  },
  Delivery: {
    schema: object({
      id: text,
      subscription: text,
      organisation: orNull(text),
      state: { enum: deliveryStates },
      affects: { ...flag, description: 'It hits an application of the receiver; otherwise a digest.' },
      notices: list(text),
      tries: whole,
      nextAt: orNull(instant),
      failure: orNull(text),
      sentAt: orNull(instant),
      createdAt: instant,
    }),
    example: delivery,
  },
};

/** Those that lists are made of. */
export const listedChanges: readonly string[] = ['Change', 'Subscription', 'Delivery', 'Promotion'];

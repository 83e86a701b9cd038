// The schemas of links, of what is used of quotas, and of how applications stand with what will go, each with an example, by name. Part of schemas.ts. Data only.
import { healthLights } from '#catalogue/use-health.ts';
import { application } from './organisation-schemas.ts';
import { actions, environments } from './ports.ts';
import {
  text,
  whole,
  flag,
  instant,
  day,
  orNull,
  list,
  ref,
  object,
  body,
  moment,
  reason,
  type NamedSchema,
} from './schema-words.ts';

const agreement = {
  reference: { type: 'string', maxLength: 200 },
  from: moment,
  to: moment,
};
const quotaPart = {
  limit: { ...orNull(whole), description: 'Requests in the window; null without a limit.' },
  used: whole,
  left: orNull(whole),
  window: { ...whole, description: 'Seconds.' },
  resetAt: { ...instant, description: 'When all of it is there again, if nothing more is asked for.' },
};
const linkBody = {
  scopes: { ...list(text), description: 'What is opened; aliases are kept by the name that they stand for.' },
  schools: {
    type: ['array', 'null'],
    items: text,
    description: 'Ids of the only schools of which anything shows; null for all.',
  },
  agreement: { ...body(agreement), description: 'Must be in force; nothing is opened outside its period.' },
  purpose: { type: 'string', maxLength: 1_000 },
  clearance: {
    type: 'integer',
    minimum: 0,
    maximum: 3,
    description: 'How highly protected persons it shows, never with address and contact; above 0 a reason is needed.',
  },
  quota: {
    anyOf: [object({ perMinute: orNull(whole), perDay: orNull(whole) }, ['perMinute', 'perDay']), { type: 'null' }],
    description:
      'Requests within a minute and a day; null = as others have, 0 = as many as it likes. More than others have is given by those who run the hub.',
  },
};
const link = {
  id: 'link-1f5b4c568a2b3f4e',
  application: application.id,
  organisation: 'tindvag.test',
  environment: 'production',
  scopes: ['vfs:pupils.read'],
  schools: ['4711'],
  agreement: { reference: 'DBA-2026-17', from: '2026-07-31T22:00:00Z', to: '2027-07-31T22:00:00Z' },
  purpose: 'Timetables',
  clearance: 0,
  quota: null,
  createdAt: '2026-08-01T06:00:00Z',
  endedAt: null,
  tenantId: '1c36237d-2353-8651-b94e-942377222dfa',
  live: true,
  opens: [
    {
      scope: 'vfs:pupils.read',
      description: { nb: 'Elever.', en: 'Pupils.' },
      collections: ['domain/package/class'],
    },
  ],
};
const usage = {
  application: application.id,
  organisation: 'tindvag.test',
  environment: 'production',
  burst: { limit: 600, used: 12, left: 588, window: 60, resetAt: '2026-11-22T11:00:02Z' },
  day: {
    date: '2026-11-22',
    limit: 200_000,
    used: 4_711,
    left: 195_289,
    window: 86_400,
    resetAt: '2026-11-22T23:00:00Z',
  },
};
const opened = object({ scope: text, description: object({ nb: text, en: text }), collections: list(text) });

/** By name. */
export const linkSchemas: Readonly<Record<string, NamedSchema>> = {
  Link: {
    schema: object(
      {
        id: text,
        application: text,
        organisation: text,
        ...linkBody,
        agreement: object({ reference: text, from: orNull(instant), to: orNull(instant) }),
        environment: { enum: environments },
        createdAt: instant,
        changedAt: { ...instant, description: 'When what it opens was last changed; absent = never.' },
        endedAt: orNull(instant),
        agreementId: { ...orNull(text), description: 'The registered agreement that it rests on and ends with.' },
        tenantId: { ...text, description: 'What a token is asked for with, as tenant_id.' },
        live: { ...flag, description: 'Tokens may be had by it at this moment.' },
        opens: { ...list(opened), description: 'What each of its scopes opens.' },
        warnings: { ...list(ref('Finding')), description: 'What is allowed but hardly meant.' },
      },
      ['agreementId', 'changedAt', 'warnings'],
    ),
    example: link,
  },
  Usage: {
    schema: object({
      application: text,
      organisation: text,
      environment: { enum: environments },
      burst: object(quotaPart),
      day: object({ date: { type: 'string', format: 'date' }, ...quotaPart }),
    }),
    example: usage,
  },
  UsageList: {
    schema: object({
      usual: object({ perMinute: whole, perDay: whole }),
      items: list(ref('Usage')),
    }),
    example: { usual: { perMinute: 600, perDay: 200_000 }, items: [usage] },
  },
  ApplicationHealth: {
    schema: object({
      application: text,
      environment: { enum: environments, description: 'Use in this environment alone is looked at.' },
      since: { ...day, description: 'The first day that counts.' },
      light: { enum: healthLights, description: 'The worst of the parts.' },
      parts: list(
        object({
          api: text,
          change: { ...orNull(text), description: 'Id of the announced change; null = the API as a whole retires.' },
          uses: { ...list(text), description: 'What of it the application uses.' },
          count: { ...whole, description: 'Requests since the first day.' },
          lastUsed: day,
          announced: day,
          earliestRemoval: { ...day, description: 'When it may be gone.' },
          replacement: { ...orNull(text), description: 'What takes its place.' },
          text: object({ nb: text, nn: text, en: text }, ['nn']),
          light: { enum: healthLights },
          urgency: {
            enum: ['yellow', 'red', null],
            description: 'Of fix-by: red when there are 30 days left or fewer.',
          },
        }),
      ),
    }),
    example: {
      application: 'client-1',
      environment: 'production',
      since: '2027-02-24',
      light: 'fix-by',
      parts: [
        {
          api: 'flyt-skole',
          change: 'group-name-to-title',
          uses: ['GET /groups'],
          count: 1_204,
          lastUsed: '2028-03-30',
          announced: '2026-11-22',
          earliestRemoval: '2028-04-30',
          replacement: null,
          text: { nb: 'Navnet på grupper heter noe annet.', en: 'The name of groups is called something else.' },
          light: 'fix-by',
          urgency: 'yellow',
        },
      ],
    },
  },
  NewLink: {
    schema: body({ application: text, organisation: text, ...linkBody, reason }, [
      'application',
      'scopes',
      'agreement',
      'purpose',
    ]),
    example: {
      application: application.id,
      organisation: 'tindvag.test',
      scopes: ['vfs:pupils.read'],
      agreement: { reference: 'DBA-2026-17', to: '2027-07-31' },
      purpose: 'Timetables',
    },
  },
  LinkChange: {
    schema: body({ ...linkBody, reason }),
    example: { schools: null, reason: 'All schools use it now' },
  },
  LinkExplanation: {
    schema: object({
      link: text,
      schools: { type: ['array', 'null'], items: text },
      clearance: whole,
      items: list(
        object({
          collection: text,
          actions: list({ enum: actions }),
          scopes: list(text),
          attributes: list(text),
          relations: list(text),
          sensitive: list(object({ attribute: text, sensitivity: text })),
        }),
      ),
    }),
    example: {
      link: link.id,
      schools: link.schools,
      clearance: 0,
      items: [
        {
          collection: 'domain/package/class',
          actions: ['list', 'read'],
          scopes: ['vfs:pupils.read'],
          attributes: ['name'],
          relations: ['school'],
          sensitive: [],
        },
      ],
    },
  },
};

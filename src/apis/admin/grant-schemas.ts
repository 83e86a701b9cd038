// The schemas of grants, each with an example, by name. Part of schemas.ts. Data only.
import { application } from './organisation-schemas.ts';
import { actions, environments } from './ports.ts';
import {
  text,
  flag,
  instant,
  orNull,
  list,
  ref,
  object,
  body,
  moment,
  reason,
  type NamedSchema,
} from './schema-words.ts';

/** A scope of rows and what it is held to. */
export const rows = object({ scope: text, field: text, values: list(text) });
const grantBody = {
  collections: { ...list(text), description: 'Paths, a folder with `/*`, or `*`.' },
  actions: list({ enum: actions }),
  fields: { type: ['array', 'null'], items: text, description: 'Attributes and relations that show; null for all.' },
  withhold: list({ enum: ['open', 'personal', 'national-id', 'protected', 'special'] }),
  rows: { anyOf: [rows, { type: 'null' }] },
  clearance: {
    type: 'integer',
    minimum: 0,
    maximum: 3,
    description: 'How highly protected persons it shows; above 0 a reason is needed.',
  },
  from: moment,
  to: moment,
  purpose: { type: 'string', maxLength: 1_000 },
  agreement: { type: ['string', 'null'], maxLength: 200 },
};
/** Used in examples of other schemas too. */
export const grant = {
  id: 'grant-1f5b4c568a2b3f4e',
  application: application.id,
  organisation: 'fjordheim.test',
  collections: ['utdanning/timeplan/*'],
  actions: ['read', 'list'],
  fields: null,
  withhold: ['national-id'],
  rows: { scope: 'school', field: 'number', values: ['99001'] },
  clearance: 0,
  environment: 'production',
  from: null,
  to: '2027-07-31T22:00:00Z',
  purpose: 'Timetables',
  agreement: 'DBA-2026-17',
  createdAt: '2026-08-01T06:00:00Z',
  live: true,
};
const newGrant = {
  application: application.id,
  organisation: 'fjordheim.test',
  collections: ['utdanning/timeplan/*'],
  actions: ['read', 'list'],
  withhold: ['national-id'],
  to: '2027-07-31',
  purpose: 'Timetables',
};

/** By name. */
export const grantSchemas: Readonly<Record<string, NamedSchema>> = {
  Grant: {
    schema: object(
      {
        id: text,
        application: text,
        organisation: text,
        ...grantBody,
        environment: { enum: environments },
        scope: {
          ...orNull(text),
          description: 'Scopes of which a token must carry every one; null or absent for any token.',
        },
        link: { ...orNull(text), description: 'The link that made it, and with which it changes.' },
        standsFor: { ...orNull(text), description: 'A scope that tokens may have by it, where an API asks for one.' },
        request: { ...orNull(text), description: 'The access request by which it was given.' },
        delegation: { ...orNull(text), description: 'The delegation by which it was passed on.' },
        agreementId: { ...orNull(text), description: 'The registered agreement that it rests on and ends with.' },
        createdAt: instant,
        changedAt: { ...instant, description: 'When what it opens was last changed; absent = never.' },
        live: { ...flag, description: 'It opens something at this moment.' },
        warnings: { ...list(ref('Finding')), description: 'What is allowed but hardly meant.' },
      },
      ['scope', 'link', 'standsFor', 'request', 'delegation', 'agreementId', 'changedAt', 'warnings'],
    ),
    example: grant,
  },
  NewGrant: {
    schema: body({ application: text, organisation: text, ...grantBody, reason }, [
      'application',
      'collections',
      'actions',
    ]),
    example: newGrant,
  },
  GrantChange: {
    schema: body({ ...grantBody, reason }),
    example: { to: '2026-12-31', reason: 'Moved to another system' },
  },
};

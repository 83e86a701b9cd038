// The schemas of the admin API, each with an example, by name. Used by describe.ts. Data only; bodies are read by the handlers.
import { switchedApis } from '#catalogue/switched-apis.ts';
import { explanationExample, explanationSchema } from '#apis/explanation-schema.ts';
import { agreementStates } from '#catalogue/access/agreement.ts';
import { delegationStates } from '#catalogue/access/delegation.ts';
import { originKinds, reminderKinds } from '#catalogue/access/overview.ts';
import { requestStates } from '#catalogue/access/access-request.ts';
import { accessAreas, fourEyesReasons } from '#catalogue/access/packages.ts';
import { healthLights } from '#catalogue/use-health.ts';
import { adminScopes } from '#hub/principal.ts';
import { adapterStates } from './adapters.ts';
import { changeSchemas, listedChanges } from './change-schemas.ts';
import { documentSchemas } from './document-schemas.ts';
import { listedMessages, messageSchemas } from './message-schemas.ts';
import {
  actions,
  environments,
  eventStates,
  exportFormats,
  exportProfiles,
  exportStates,
  modes,
  policies,
  runStates,
  weekdays,
} from './ports.ts';

export type NamedSchema = { readonly schema: object; readonly example: unknown };

const text = { type: 'string' } as const;
const whole = { type: 'integer', minimum: 0 } as const;
const flag = { type: 'boolean' } as const;
const instant = { type: 'string', format: 'date-time' } as const;
const day = { type: 'string', format: 'date' } as const;
const orNull = (schema: { readonly type: string }): object => ({ ...schema, type: [schema.type, 'null'] });
const list = (items: object): object => ({ type: 'array', items });
const ref = (name: string): object => ({ $ref: `#/components/schemas/${name}` });
const object = (properties: Readonly<Record<string, object>>, optional: readonly string[] = []): object => ({
  type: 'object',
  required: Object.keys(properties).filter((name) => !optional.includes(name)),
  properties,
  additionalProperties: false,
});
/** A body of which nothing need be given but what is named. */
const body = (properties: Readonly<Record<string, object>>, needed: readonly string[] = []): object => ({
  ...object(properties, Object.keys(properties)),
  required: needed,
});
const page = (item: string): NamedSchema => ({
  schema: object({
    items: list(ref(item)),
    next: { ...orNull(text), description: 'Give it as cursor for the next page.' },
  }),
  example: { items: [schemasOf[item]?.example], next: null },
});

const moment = {
  type: ['string', 'null'],
  description: 'A date, which begins and ends at midnight in Norway, or an instant in UTC.',
};
const reason = { type: 'string', maxLength: 500, description: 'Why; stands in the audit. Holds no national id.' };

const strictnessRules = list(object({ pattern: text, mode: { enum: modes } }));
const writeRules = list(
  object({ pattern: text, policy: { enum: policies }, deadlineMinutes: { type: ['integer', 'null'], minimum: 1 } }, [
    'deadlineMinutes',
  ]),
);
const settingsMembers = {
  removalGuard: {
    type: 'number',
    minimum: 0,
    maximum: 1,
    description: 'Share of a collection that a full sync may remove unconfirmed.',
  },
  extraBackLinks: { ...flag, description: 'Inverse links beyond the rules of FINT.' },
  strictness: { ...strictnessRules, description: 'What happens to entries that break the model; first match wins.' },
  writes: { ...writeRules, description: 'Who decides on writes by clients; first match wins.' },
  institutionNumber: {
    type: ['string', 'null'],
    pattern: '^[0-9]{1,5}$',
    description: 'By which number it is known as an institution of higher education; no two have the same.',
  },
  retiringApis: {
    type: 'array',
    items: { enum: switchedApis },
    description: 'APIs that retire and that it has all the same, by their catalogue ids.',
  },
};
const settings = {
  removalGuard: 0.05,
  extraBackLinks: true,
  strictness: [{ pattern: 'utdanning/vurdering/*', mode: 'keep-back' }],
  writes: [{ pattern: 'utdanning/timeplan/*', policy: 'source', deadlineMinutes: 30 }],
  institutionNumber: null,
  retiringApis: [],
};

const applicationMembers = {
  id: text,
  name: text,
  kind: { enum: ['client', 'adapter', 'admin'] },
  owner: text,
  describe: text,
  environment: { enum: environments },
  disabled: flag,
  scope: { ...text, description: 'What its tokens may carry, parted by spaces.' },
  secrets: list(object({ id: text, createdAt: instant, expiresAt: orNull(instant) })),
  keys: { ...whole, description: 'Public keys for private_key_jwt.' },
  username: { ...orNull(text), description: 'For the password grant of the FINT profile.' },
  createdAt: instant,
};
const application = {
  id: 'client-7f0c4be21f5b4c568a2b',
  name: 'Timetable',
  kind: 'client',
  owner: 'fjordheim.test',
  describe: 'Timetables of all schools',
  environment: 'production',
  disabled: false,
  scope: 'fint-client',
  secrets: [{ id: 's-6a1f0b2c', createdAt: '2026-08-01T06:00:00Z', expiresAt: null }],
  keys: 0,
  username: null,
  createdAt: '2026-08-01T06:00:00Z',
};

const rows = object({ scope: text, field: text, values: list(text) });
const narrowed = list(object({ collection: text, fields: list(text), why: text }, ['why']));
const packageTerms = object({ package: text, narrowed });
const shownTerms = object({
  packages: list(packageTerms),
  rows: { anyOf: [rows, { type: 'null' }] },
  clearance: { type: 'integer', minimum: 0, maximum: 3 },
  from: orNull(instant),
  to: orNull(instant),
});
const terms = {
  packages: {
    type: 'array',
    items: {
      anyOf: [
        { ...text, description: 'A whole package.' },
        {
          ...object({ package: text, narrowed }, ['narrowed']),
          description: 'A package with fewer fields of some collections; none at all leaves the collection out.',
        },
      ],
    },
  },
  rows: { anyOf: [rows, { type: 'null' }] },
  clearance: { type: 'integer', minimum: 0, maximum: 3, description: 'How highly protected persons it shows.' },
  from: moment,
  to: moment,
};
const termsExample = {
  packages: [
    {
      package: 'county.staff',
      narrowed: [{ collection: 'administrasjon/personal/person', fields: ['navn'], why: 'Names are enough' }],
    },
  ],
  rows: null,
  clearance: 0,
  from: null,
  to: '2027-07-31T22:00:00Z',
};
const accessRequest = {
  id: 'request-1f5b4c568a2b3f4e',
  common: 'ask-77c20b2ce21f5b4c',
  application: 'client-7f0c4be21f5b4c568a2b',
  applicationName: 'Timetable',
  vendor: 'vendor.test',
  organisation: 'fjordheim.test',
  environment: 'production',
  purpose: 'Timetables of all staff',
  legalBasis: 'GDPR art. 6 (1) e',
  agreement: 'DBA-2026-17',
  state: 'asked',
  asked: termsExample,
  fourEyes: [],
  askedBy: 'admin-0b2ce21f5b4c568a2b3f',
  createdAt: '2026-11-22T08:00:00Z',
  endedAt: null,
  thread: [],
  escalation: null,
  approvals: [],
  given: null,
  packages: [
    {
      package: 'county.staff',
      name: { nb: 'Ansatte', nn: 'Tilsette', en: 'Staff' },
      approved: false,
      active: false,
    },
  ],
  lastUsed: null,
  keys: 'none',
};
const languages = object({ nb: text, nn: text, en: text }, ['nn']);
const agreementExample = {
  id: 'agreement-1f5b4c568a2b3f4e',
  organisation: 'fjordheim.test',
  processor: 'vendor.test',
  reference: 'DBA-2026-17',
  from: null,
  to: '2027-07-31T22:00:00Z',
  state: 'live',
  endedAt: null,
  registeredBy: 'admin-0b2ce21f5b4c568a2b3f',
  createdAt: '2026-08-01T06:00:00Z',
  live: true,
};

const delegationExample = {
  id: 'delegation-1f5b4c568a2b3f4e',
  organisation: 'fjordheim.test',
  from: 'fjordheim.test',
  supplier: 'vendor.test',
  parent: null,
  environment: 'production',
  terms: termsExample,
  purpose: 'Timetables of all staff',
  legalBasis: 'GDPR art. 6 (1) e',
  agreement: 'agreement-1f5b4c568a2b3f4e',
  mayPassOn: false,
  state: 'live',
  approvedBy: ['admin-0b2ce21f5b4c568a2b3f'],
  fourEyes: [],
  withdrawn: null,
  createdAt: '2026-11-22T08:00:00Z',
  live: true,
  chain: [
    { organisation: 'fjordheim.test', delegation: null },
    { organisation: 'vendor.test', delegation: 'delegation-1f5b4c568a2b3f4e' },
  ],
};
const origin = { kind: { enum: originKinds }, id: text };
const heldExample = {
  application: 'client-7f0c4be21f5b4c568a2b',
  name: 'Timetable',
  vendor: 'vendor.test',
  environment: 'production',
  by: { kind: 'delegation', id: 'delegation-1f5b4c568a2b3f4e' },
  named: ['county.staff'],
  collections: ['utdanning/timeplan/*', 'administrasjon/personal/person'],
  actions: ['read', 'list'],
  clearance: 0,
  purpose: 'Timetables of all staff',
  agreement: { id: 'agreement-1f5b4c568a2b3f4e', reference: 'DBA-2026-17', to: '2027-07-31T22:00:00Z' },
  chain: ['fjordheim.test', 'vendor.test'],
  from: null,
  to: '2027-07-31T22:00:00Z',
  givenAt: '2026-11-22T08:00:00Z',
  confirmedAt: null,
  live: true,
  lastUsed: null,
  uses: 0,
  reminders: [{ kind: 'never-used', at: '2026-11-22T08:00:00Z' }],
};

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
const grant = {
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
const run = {
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

const key = { id: 'k-6a1f0b2c', state: 'active', since: '2026-11-01T00:00:00Z', createdAt: '2026-10-01T00:00:00Z' };

const plain: Readonly<Record<string, NamedSchema>> = {
  Self: {
    schema: object({ client: text, organisation: orNull(text), scopes: list({ enum: adminScopes }) }),
    example: { client: 'admin-8a2b3f4e5d6c7b8a7d0c', organisation: 'fjordheim.test', scopes: ['admin.read'] },
  },
  Organisation: {
    schema: object({
      id: text,
      tenantId: { ...text, description: 'The same organisation as a UUID, as in tenant_id.' },
      name: text,
      orgNumber: orNull(text),
      settings: object(settingsMembers),
      createdAt: instant,
    }),
    example: {
      id: 'fjordheim.test',
      tenantId: '691c0131-f250-8531-b74a-8cd98b2c901e',
      name: 'Fjordheim fylkeskommune',
      orgNumber: '310000008',
      settings,
      createdAt: '2026-08-01T06:00:00Z',
    },
  },
  NewOrganisation: {
    schema: body({ id: text, name: text, orgNumber: orNull(text), settings: body(settingsMembers) }, ['id', 'name']),
    example: { id: 'nordvik.test', name: 'Nordvik fylkeskommune', orgNumber: '310000016' },
  },
  OrganisationChange: {
    schema: body({ name: text, orgNumber: orNull(text), settings: body(settingsMembers), reason }),
    example: { settings: { writes: [{ pattern: 'domain/package/class', policy: 'hub' }] } },
  },
  Application: { schema: object(applicationMembers), example: application },
  ApplicationWithSecret: {
    schema: object({
      ...applicationMembers,
      secret: { ...orNull(text), description: 'Shown this once; null when the request was a repetition.' },
    }),
    example: { ...application, secret: 'bds_shown-once' },
  },
  NewApplication: {
    schema: body(
      {
        name: text,
        kind: { enum: ['client', 'adapter', 'admin'] },
        owner: { ...text, description: "The caller's own organisation unless given." },
        describe: text,
        environment: { enum: environments },
        jwks: { description: 'A JWK set with public keys.' },
        secret: { ...flag, description: 'False: no secret is made; keys are needed.' },
        keysLater: { ...flag, description: 'A client gets neither secret nor keys before access is approved.' },
        scopes: { ...list({ enum: adminScopes }), description: 'For kind admin: what it may administer.' },
        reason,
      },
      ['name', 'kind'],
    ),
    example: { name: 'Timetable', kind: 'client', owner: 'fjordheim.test', environment: 'production' },
  },
  ApplicationChange: {
    schema: body({
      name: text,
      describe: text,
      disabled: flag,
      jwks: { description: 'A JWK set with public keys; null takes them away.' },
      scopes: list({ enum: adminScopes }),
      reason,
    }),
    example: { disabled: true, reason: 'The agreement has ended' },
  },
  SecretRotation: {
    schema: body({ overlapHours: { type: 'number', minimum: 0, maximum: 744 } }),
    example: { overlapHours: 24 },
  },
  CredentialsRequest: {
    schema: body({ name: text, organisation: text }),
    example: { name: 'timetable' },
  },
  Credentials: {
    schema: object({
      username: text,
      password: text,
      clientId: text,
      clientSecret: text,
      assetIds: list(text),
      scope: text,
      idpUri: orNull(text),
    }),
    example: {
      username: 'timetable@client.fjordheim.test',
      password: 'bds_shown-once',
      clientId: application.id,
      clientSecret: 'bds_shown-once',
      assetIds: ['fjordheim.test'],
      scope: 'fint-client',
      idpUri: 'https://hub.example.test/oauth/token',
    },
  },
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
  Agreement: {
    schema: object({
      id: text,
      organisation: { ...text, description: 'The owner of the data.' },
      processor: { ...text, description: 'The organisation that may process them.' },
      reference: text,
      from: orNull(instant),
      to: orNull(instant),
      state: { enum: agreementStates },
      endedAt: orNull(instant),
      registeredBy: text,
      createdAt: instant,
      live: { ...flag, description: 'Something may rest on it at this moment.' },
    }),
    example: agreementExample,
  },
  NewAgreement: {
    schema: body({ organisation: text, processor: text, reference: text, from: moment, to: moment, reason }, [
      'processor',
      'reference',
    ]),
    example: { processor: 'vendor.test', reference: 'DBA-2026-17', to: '2027-07-31' },
  },
  Delegation: {
    schema: object({
      id: text,
      organisation: { ...text, description: 'The organisation whose data it is.' },
      from: { ...text, description: 'Who passes on.' },
      supplier: { ...text, description: 'Who may give its applications access.' },
      parent: { ...orNull(text), description: 'The delegation that it passes on; null from the owner.' },
      environment: { enum: environments },
      terms: shownTerms,
      purpose: text,
      legalBasis: text,
      agreement: { ...text, description: 'The registered agreement between the two.' },
      mayPassOn: flag,
      state: { enum: delegationStates },
      approvedBy: list(text),
      fourEyes: {
        ...list({ enum: fourEyesReasons }),
        description: 'Why it takes two to approve; empty when one is enough.',
      },
      withdrawn: { anyOf: [object({ at: instant, by: text, reason: text }), { type: 'null' }] },
      createdAt: instant,
      live: { ...flag, description: 'It and everything that it stands on is in force.' },
      chain: list(object({ organisation: text, delegation: orNull(text) })),
    }),
    example: delegationExample,
  },
  NewDelegation: {
    schema: body(
      {
        organisation: text,
        parent: { ...orNull(text), description: 'The delegation to pass on.' },
        supplier: text,
        environment: { enum: environments },
        ...terms,
        purpose: text,
        legalBasis: text,
        agreement: { ...orNull(text), description: 'Id or reference; not needed where there is one only.' },
        mayPassOn: flag,
        reason,
      },
      ['supplier', 'packages'],
    ),
    example: {
      supplier: 'vendor.test',
      packages: ['county.staff'],
      purpose: 'Timetables of all staff',
      legalBasis: 'GDPR art. 6 (1) e',
      mayPassOn: true,
    },
  },
  DelegatedGrant: {
    schema: body({ application: text, ...terms, reason }, ['application']),
    example: { application: application.id, packages: ['county.staff'] },
  },
  DelegatedGrants: {
    schema: object({ delegation: text, items: list(ref('Grant')) }),
    example: { delegation: delegationExample.id, items: [grant] },
  },
  AccessHeld: {
    schema: object({
      application: text,
      name: orNull(text),
      vendor: { ...orNull(text), description: 'The organisation that owns the application.' },
      environment: { enum: environments },
      by: { ...object(origin), description: 'What is changed or ended where it is not wanted any more.' },
      named: { ...list(text), description: 'Packages of requests and delegations, scopes of links.' },
      collections: list(text),
      actions: list({ enum: actions }),
      clearance: { type: 'integer', minimum: 0, maximum: 3 },
      purpose: text,
      agreement: {
        anyOf: [object({ id: orNull(text), reference: text, to: orNull(instant) }), { type: 'null' }],
        description: 'Registered when it has an id.',
      },
      chain: { ...list(text), description: 'Organisations from the owner to whose application it is.' },
      from: orNull(instant),
      to: orNull(instant),
      givenAt: instant,
      confirmedAt: orNull(instant),
      live: { ...flag, description: 'It opens something at this moment.' },
      lastUsed: { type: ['string', 'null'], format: 'date', description: 'Within the last 400 days.' },
      uses: { ...whole, description: 'How often, in that time.' },
      reminders: list(object({ kind: { enum: reminderKinds }, at: instant })),
    }),
    example: heldExample,
  },
  AccessConfirmation: {
    schema: body({ ...origin, reason }, ['kind', 'id']),
    example: { ...heldExample.by, reason: 'In use this school year' },
  },
  AccessFile: {
    schema: object({
      organisation: text,
      agreements: list(
        object({ id: text, processor: text, reference: text, from: orNull(instant), to: orNull(instant) }),
      ),
      grants: list({ type: 'object' }),
      links: list({ type: 'object' }),
      others: list({ type: 'object' }),
    }),
    example: { organisation: 'fjordheim.test', agreements: [], grants: [], links: [], others: [] },
  },
  AccessPackageList: {
    schema: object({
      items: list(
        object({
          package: text,
          area: { enum: accessAreas },
          name: languages,
          about: languages,
          fourEyes: list({ enum: fourEyesReasons }),
          collections: list(
            object({
              collection: text,
              actions: list({ enum: actions }),
              fields: list(text),
              sensitive: list(object({ name: text, sensitivities: list(text) })),
            }),
          ),
        }),
      ),
      next: { type: 'null' },
    }),
    example: {
      items: [
        {
          package: 'county.staff-national-id',
          area: 'county',
          name: { nb: 'Ansatte: fødselsnummer', nn: 'Tilsette: fødselsnummer', en: 'Staff: national ids' },
          about: { nb: 'Fødselsnummer til ansatte.', nn: 'Fødselsnummer til tilsette.', en: 'National ids of staff.' },
          fourEyes: ['national-id'],
          collections: [
            {
              collection: 'administrasjon/personal/person',
              actions: ['read', 'list', 'follow'],
              fields: ['fodselsnummer'],
              sensitive: [{ name: 'fodselsnummer', sensitivities: ['national-id'] }],
            },
          ],
        },
      ],
      next: null,
    },
  },
  AccessRequest: {
    schema: object({
      id: text,
      common: { ...text, description: 'The same for all requests that were made at once.' },
      application: text,
      applicationName: text,
      vendor: { ...text, description: 'The organisation that owns the application.' },
      organisation: { ...text, description: 'The organisation whose data it asks for.' },
      environment: { enum: environments },
      purpose: text,
      legalBasis: text,
      agreement: orNull(text),
      state: { enum: requestStates },
      asked: shownTerms,
      fourEyes: {
        ...list({ enum: fourEyesReasons }),
        description: 'Why two have to approve; none when one is enough.',
      },
      askedBy: { ...orNull(text), description: 'For the vendor alone.' },
      createdAt: instant,
      endedAt: orNull(instant),
      thread: list(
        object({
          at: instant,
          by: { ...orNull(text), description: 'For those of the same side alone.' },
          side: { enum: ['owner', 'vendor'] },
          kind: text,
          text,
        }),
      ),
      escalation: {
        anyOf: [object({ to: orNull(text), by: list(text) }), { type: 'null' }],
        description: 'To whom it was handed on, and by whom; for the owner alone.',
      },
      approvals: list(object({ by: orNull(text), at: instant, agreement: text, terms: shownTerms })),
      given: { anyOf: [object({ at: instant, agreement: text, terms: shownTerms }), { type: 'null' }] },
      packages: list(object({ package: text, name: languages, approved: flag, active: flag })),
      lastUsed: {
        type: ['string', 'null'],
        format: 'date',
        description:
          'The last day on which the application asked for anything of the owner that counts against its quota.',
      },
      keys: { enum: ['public-key', 'secret', 'none'] },
    }),
    example: accessRequest,
  },
  AccessRequests: {
    schema: object({ common: text, items: list(ref('AccessRequest')) }),
    example: { common: accessRequest.common, items: [accessRequest] },
  },
  NewAccessRequest: {
    schema: body(
      {
        application: text,
        organisations: list(text),
        ...terms,
        purpose: { type: 'string', maxLength: 1_000 },
        legalBasis: { type: 'string', maxLength: 1_000 },
        agreement: { type: ['string', 'null'], maxLength: 200, description: 'What the vendor calls the agreement.' },
        reason,
      },
      ['application', 'organisations', 'packages', 'purpose', 'legalBasis'],
    ),
    example: {
      application: accessRequest.application,
      organisations: ['fjordheim.test'],
      packages: ['county.groups', ...termsExample.packages],
      purpose: accessRequest.purpose,
      legalBasis: accessRequest.legalBasis,
      agreement: 'DBA-2026-17',
      to: '2027-07-31',
    },
  },
  AccessApproval: {
    schema: body({
      ...terms,
      agreement: { ...text, description: 'Id or reference of the registered agreement.' },
      reason,
    }),
    example: { packages: ['county.groups'], to: '2027-06-30', reason: 'A trial first' },
  },
  AccessPreviewRequest: {
    schema: body({ ...terms, collection: text }),
    example: { collection: 'administrasjon/personal/person' },
  },
  AccessPreview: {
    schema: object({
      request: text,
      items: list(
        object({
          collection: text,
          full: { type: 'object' },
          asked: { type: 'object' },
          approved: { type: 'object' },
          withheld: list(text),
        }),
      ),
    }),
    example: {
      request: accessRequest.id,
      items: [
        {
          collection: 'administrasjon/personal/person',
          full: { navn: { fornavn: 'text' }, fodselsdato: '2026-08-17T00:00:00Z' },
          asked: { navn: { fornavn: 'text' }, fodselsdato: '2026-08-17T00:00:00Z' },
          approved: { navn: { fornavn: 'text' } },
          withheld: ['fodselsdato'],
        },
      ],
    },
  },
  Message: {
    schema: body({ reason: { ...reason, description: 'What the other side is told. Holds no national id.' } }, [
      'reason',
    ]),
    example: { reason: 'Why are dates of birth needed?' },
  },
  Escalation: {
    schema: body(
      {
        to: {
          ...orNull(text),
          description: 'Client id of another administrator of the owner; null or absent for all others.',
        },
        reason,
      },
      ['reason'],
    ),
    example: { to: 'admin-2b3f4e1f5b4c568a2b3f', reason: 'Belongs to the data protection officer' },
  },
  KeyLink: {
    schema: object({
      application: text,
      path: text,
      url: { ...orNull(text), description: 'Null where the hub does not know its own address.' },
      expiresAt: instant,
    }),
    example: {
      application: accessRequest.application,
      path: '/access/keys/k3yf0rYou',
      url: 'https://hub.example.test/access/keys/k3yf0rYou',
      expiresAt: '2026-11-23T08:00:00Z',
    },
  },
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
  Reason: { schema: body({ reason }), example: { reason: 'The agreement has ended' } },
  NeededReason: { schema: body({ reason }, ['reason']), example: { reason: 'The school was closed in August' } },
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
  Key: {
    schema: object({ id: text, state: { enum: ['next', 'active', 'retired'] }, since: instant, createdAt: instant }),
    example: key,
  },
  AuditQuestion: {
    schema: body({
      application: text,
      class: { ...text, description: 'A class by name, a collection by path, or a folder with `/*`.' },
      from: moment,
      to: moment,
      decision: { enum: ['allow', 'deny'] },
      person: {
        ...object({ collection: text, field: text, value: text }, ['collection']),
        description: 'Who has seen this person, or anything about the person? Named by any identifier.',
      },
      order: { enum: ['newest', 'oldest'] },
      beyond: { ...whole, description: 'Only records beyond this number in that order: where an answer stopped.' },
      limit: { type: 'integer', minimum: 1, maximum: 1_000 },
    }),
    example: { class: 'domain/package/class', person: { field: 'systemid', value: '4711' }, limit: 100 },
  },
  AuditEntry: {
    schema: object({
      sequence: whole,
      id: text,
      at: instant,
      request: text,
      issuer: text,
      client: text,
      token: text,
      api: text,
      operation: text,
      collection: text,
      decision: { enum: ['allow', 'deny'] },
      rule: text,
      count: { type: ['integer', 'null'] },
      subjects: { ...list(text), description: 'Keyed pseudonyms of the resources named.' },
      details: text,
    }),
    example: {
      sequence: 4711,
      id: '3b0a6c1e-1f5b-4c56-8a2b-3f4e5d6c7b8a',
      at: '2026-11-02T08:00:00Z',
      request: '0b0a6c1e-1f5b-4c56-8a2b-3f4e5d6c7b8a',
      issuer: 'https://hub.example.test',
      client: application.id,
      token: 'fT6u8wQzA',
      api: 'fint',
      operation: 'read',
      collection: 'domain/package/class',
      decision: 'allow',
      rule: grant.id,
      count: 1,
      subjects: ['kSx0o1pY2c3fT6u8wQzA'],
      details: 'systemid',
    },
  },
  AuditAnswer: {
    schema: object({
      known: { ...flag, description: 'False when the person has never been here under this identifier.' },
      items: list(ref('AuditEntry')),
      beyond: { type: ['integer', 'null'], description: 'Ask again beyond this number for more.' },
    }),
    example: { known: true, items: [], beyond: null },
  },
  Explanation: { schema: explanationSchema, example: explanationExample },
  AuditVerdict: {
    schema: {
      type: 'object',
      required: ['ok', 'organisation', 'records', 'broken'],
      properties: { ok: flag, organisation: text, records: whole, broken: list({ type: 'object' }) },
    },
    example: { ok: true, organisation: 'fjordheim.test', commits: 12, records: 4711, checkpoints: 3, broken: [] },
  },
  AuditChainPart: {
    schema: object({
      text: { ...text, description: 'Whole lines of JSON.' },
      next: { type: ['string', 'null'], description: 'Where the next piece begins; null after the last.' },
    }),
    example: { text: '{"bindeledd":"audit chain 1","organisation":"fjordheim.test"}\n', next: '3.4711.0.0.1.0' },
  },
  Checkpoint: {
    schema: object({
      organisation: text,
      number: whole,
      kind: { enum: ['head', 'cut'] },
      sequence: whole,
      hash: text,
      at: { ...whole, description: 'Milliseconds since 1970: signed as it is.' },
      previous: text,
      key: text,
      signature: text,
    }),
    example: {
      organisation: 'fjordheim.test',
      number: 3,
      kind: 'head',
      sequence: 4711,
      hash: 'base64url',
      at: 1_793_606_400_000,
      previous: 'base64url',
      key: 'a-1',
      signature: 'base64url',
    },
  },
  QualitySummary: {
    schema: {
      type: 'object',
      required: ['organisation', 'at', 'examined', 'backlog', 'score', 'collections', 'sources', 'lines'],
      properties: {
        organisation: text,
        at: instant,
        examined: flag,
        backlog: { type: 'object' },
        score: { type: 'object' },
        collections: list({ type: 'object' }),
        sources: list({ type: 'object' }),
        lines: list({ type: 'object' }),
      },
    },
    example: {
      organisation: 'fjordheim.test',
      at: '2026-11-02T08:00:00Z',
      examined: true,
      backlog: { changes: 0, resources: 0, collections: [], complete: true },
      score: { examined: 600, flawed: 6, score: 0.99 },
      collections: [],
      sources: [],
      lines: [],
    },
  },
  QualitySample: {
    schema: object({
      collection: text,
      rule: text,
      place: text,
      detail: text,
      count: whole,
      resource: text,
      subject: text,
      self: orNull(text),
    }),
    example: {
      collection: 'domain/package/class',
      rule: 'missing-target',
      place: 'relation',
      detail: '',
      count: 1,
      resource: 'kSx0o1pY2c3fT6u8wQzA',
      subject: 'kSx0o1pY2c3fT6u8wQzA',
      self: null,
    },
  },
  QualityPoint: {
    schema: object({
      day: { type: 'string', format: 'date' },
      collection: text,
      rule: text,
      count: whole,
      examined: { type: ['integer', 'null'] },
    }),
    example: { day: '2026-11-02', collection: 'domain/package/class', rule: '', count: 6, examined: 600 },
  },
  Erasure: {
    schema: object({
      id: text,
      at: instant,
      reason: text,
      identifiers: { ...whole, description: 'How many identifiers are kept back, known by keyed hashes only.' },
      liftedAt: orNull(instant),
    }),
    example: {
      id: 'e-1f5b4c56',
      at: '2026-11-02T08:00:00Z',
      reason: 'Case 2026/117',
      identifiers: 4,
      liftedAt: null,
    },
  },
  NewErasure: {
    schema: body(
      {
        collection: text,
        field: text,
        value: text,
        about: { ...flag, description: 'Also everything that is or was about it, whoever else it may be about.' },
        reason,
      },
      ['collection', 'field', 'value', 'reason'],
    ),
    example: { collection: 'domain/package/class', field: 'systemid', value: '4711', reason: 'Case 2026/117' },
  },
  Finding: {
    schema: object({ at: text, message: text }),
    example: { at: '/fields', message: 'grant-1 opens the same' },
  },
  Problem: {
    schema: {
      type: 'object',
      required: ['type', 'title', 'status', 'detail', 'code', 'requestId'],
      properties: {
        type: text,
        title: text,
        status: { type: 'integer' },
        detail: text,
        instance: text,
        code: text,
        requestId: text,
        hint: text,
        errors: list({ type: 'object', properties: { at: text, message: text, code: text } }),
      },
    },
    example: {
      type: 'https://hub.example.test/problems/HUB-103',
      title: 'Bad parameter',
      status: 400,
      detail: '/to: must come after from',
      code: 'HUB-103',
      requestId: '0b0a6c1e-1f5b-4c56-8a2b-3f4e5d6c7b8a',
      errors: [{ at: '/to', message: 'must come after from' }],
    },
  },
};

const profileOf = (format: string): object => ({
  enum: [...exportProfiles.filter((one) => one.startsWith(format)), null],
});
const counted = object({
  persons: whole,
  pupils: whole,
  employees: whole,
  guardians: whole,
  schools: whole,
  groups: whole,
  memberships: whole,
});
const changes = object({ added: whole, updated: whole, removed: whole });
const exportMembers = {
  id: text,
  application: text,
  format: { enum: exportFormats },
  profile: { enum: exportProfiles },
  type: { enum: ['full', 'delta'] },
  schools: { type: ['array', 'null'], items: text, description: 'Opaque ids of the schools asked for; null for all.' },
  schoolYear: text,
  state: { enum: exportStates },
  trigger: { enum: ['request', 'stream', 'schedule'] },
  createdAt: instant,
  finishedAt: orNull(instant),
  expiresAt: instant,
  exported: { oneOf: [counted, { type: 'null' }] },
  fileName: text,
  sha256: orNull(text),
  bytes: orNull(whole),
};
const exportRun = {
  id: 'exp-5f0c4be21f5b4c56',
  application: application.id,
  format: 'pifu',
  profile: 'pifu-ims-1.3',
  type: 'full',
  schools: null,
  schoolYear: '2026/2027',
  state: 'held',
  trigger: 'schedule',
  createdAt: '2026-11-02T01:30:00Z',
  finishedAt: '2026-11-02T01:31:12Z',
  expiresAt: '2026-11-09T01:30:00Z',
  exported: {
    persons: 12_400,
    pupils: 7_000,
    employees: 900,
    guardians: 4_500,
    schools: 12,
    groups: 800,
    memberships: 31_000,
  },
  fileName: 'pifu-ims-1.3.xml',
  sha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  bytes: 18_400_000,
};
const exportSettings = {
  profiles: {
    ...object({ pifu: profileOf('pifu'), ims: profileOf('ims'), abc: profileOf('abc') }, exportFormats),
    description: 'The edition of each format; what is not set is the newest, or plain.',
  },
  source: { ...orNull(text), maxLength: 32, description: 'What files name as their source; null for the usual one.' },
  target: { ...orNull(text), maxLength: 32, description: 'What files name as their target; null for none.' },
  dropGuard: {
    type: 'number',
    minimum: 0,
    maximum: 1,
    description: 'The share of memberships that a file may take away without being confirmed.',
  },
};
const scheduleMembers = {
  application: text,
  format: { enum: exportFormats },
  profile: { enum: [...exportProfiles, null] },
  type: { enum: ['full', 'delta'] },
  schools: { type: ['array', 'null'], items: text, description: 'Opaque ids of schools; null for all.' },
  schoolYear: { ...orNull(text), description: 'Null for the one that runs on the day.' },
  at: { ...text, pattern: '^([01][0-9]|2[0-3]):[0-5][0-9]$', description: 'A time of day in Norway.' },
  days: list({ enum: weekdays }),
  target: { ...text, description: 'Name of a place in the file of the operator.' },
  fileName: { ...orNull(text), description: 'What the file is called there; null for the usual name of the format.' },
};
const schedule = {
  application: application.id,
  format: 'pifu',
  profile: null,
  type: 'full',
  schools: null,
  schoolYear: null,
  at: '02:30',
  days: ['mon', 'tue', 'wed', 'thu', 'fri'],
  target: 'lms',
  fileName: null,
};

const exported: Readonly<Record<string, NamedSchema>> = {
  ExportRun: { schema: object(exportMembers), example: exportRun },
  ExportRunReport: {
    schema: object({
      ...exportMembers,
      startedAt: orNull(instant),
      progress: object({ step: text, done: whole, total: orNull(whole) }),
      position: { ...orNull(text), description: 'What the application asks for changes since with.' },
      excluded: object({
        counts: list(object({ code: text, what: text, count: whole })),
        list: list(object({ code: text, what: text, id: text })),
      }),
      dropped: list(object({ code: text, field: text, value: text, count: whole })),
      changes: {
        oneOf: [object({ persons: changes, groups: changes, memberships: changes }), { type: 'null' }],
      },
      check: object({
        schema: { enum: ['valid', 'invalid', 'unchecked'] },
        rules: { enum: ['kept', 'broken', 'unchecked'] },
        findings: list(object({ rule: text, at: orNull(text), message: text })),
        count: whole,
      }),
      reason: { oneOf: [object({ code: text, detail: text }), { type: 'null' }] },
      confirmedBy: orNull(text),
      fetched: list(object({ by: text, at: instant, bytes: whole, whole: flag })),
      delivered: list(object({ target: text, at: instant, ok: flag, message: orNull(text) })),
    }),
    example: {
      ...exportRun,
      startedAt: '2026-11-02T01:30:01Z',
      progress: { step: 'done', done: 31_000, total: 31_000 },
      position: null,
      excluded: { counts: [{ code: 'no-name', what: 'person', count: 1 }], list: [] },
      dropped: [],
      changes: null,
      check: { schema: 'valid', rules: 'kept', findings: [], count: 0 },
      reason: { code: 'HUB-420', detail: 'It would take away 12 % of the memberships.' },
      confirmedBy: null,
      fetched: [],
      delivered: [],
    },
  },
  ExportSettings: {
    schema: object({ application: text, ...exportSettings }),
    example: {
      application: application.id,
      profiles: { pifu: 'pifu-ims-1.1' },
      source: null,
      target: 'lms',
      dropGuard: 0.05,
    },
  },
  ExportSettingsChange: {
    schema: body({ ...exportSettings, reason }),
    example: { profiles: { ims: 'ims-1.1-itslearning' }, dropGuard: 0.1, reason: 'itslearning reads it' },
  },
  ExportSchedule: {
    schema: object({
      id: text,
      ...scheduleMembers,
      next: instant,
      last: {
        oneOf: [object({ run: orNull(text), at: instant, ok: flag, message: orNull(text) }), { type: 'null' }],
        description: 'What has become of the latest run; null before the first.',
      },
      pending: { ...orNull(text), description: 'A run that is under way, held, or waits to be brought again.' },
    }),
    example: { id: 'sch-1', ...schedule, next: '2026-11-03T01:30:00Z', last: null, pending: null },
  },
  NewExportSchedule: {
    schema: body({ ...scheduleMembers, reason }, ['application', 'format', 'at', 'target']),
    example: { application: application.id, format: 'pifu', at: '02:30', target: 'lms' },
  },
  ExportScheduleChange: { schema: body({ ...scheduleMembers, reason }), example: { at: '03:15' } },
  ExportTarget: { schema: object({ name: text }), example: { name: 'lms' } },
};

const schemasOf: Record<string, NamedSchema> = {
  ...plain,
  ...exported,
  ...changeSchemas,
  ...documentSchemas,
  ...messageSchemas,
};
const listed = [
  'Organisation',
  'Application',
  'Grant',
  'Link',
  'Delegation',
  'AccessHeld',
  'Agreement',
  'AccessRequest',
  'Adapter',
  'Run',
  'Rejection',
  'Event',
  'Key',
  'Checkpoint',
  'QualitySample',
  'QualityPoint',
  'Erasure',
  'ExportRun',
  'ExportSchedule',
  'ExportTarget',
];
for (const item of [...listed, ...listedChanges, ...listedMessages, 'Document']) schemasOf[`${item}List`] = page(item);

/** Every schema by its name. */
export const schemas: Readonly<Record<string, NamedSchema>> = schemasOf;

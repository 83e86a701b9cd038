// The schemas of organisations and applications, with who asks and the credentials that applications get, each with an example, by name. Part of schemas.ts. Data only.
import { switchedApis } from '#catalogue/switched-apis.ts';
import { adminScopes } from '#hub/principal.ts';
import { environments, modes, policies } from './ports.ts';
import { text, whole, flag, instant, orNull, list, object, body, reason, type NamedSchema } from './schema-words.ts';

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
/** Used in examples of other schemas too. */
export const application = {
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

/** By name. */
export const organisationSchemas: Readonly<Record<string, NamedSchema>> = {
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
};

// The schemas of what was given and of requests for access, each with an example, by name. Part of schemas.ts. Data only.
import { requestStates } from '#catalogue/access/access-request.ts';
import { originKinds, reminderKinds } from '#catalogue/access/overview.ts';
import { accessAreas, fourEyesReasons } from '#catalogue/access/packages.ts';
import { terms, shownTerms, termsExample } from './delegation-schemas.ts';
import { actions, environments } from './ports.ts';
import {
  text,
  whole,
  flag,
  instant,
  orNull,
  list,
  ref,
  object,
  body,
  reason,
  type NamedSchema,
} from './schema-words.ts';

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

/** By name. */
export const accessSchemas: Readonly<Record<string, NamedSchema>> = {
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
};

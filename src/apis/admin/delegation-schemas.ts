// The schemas of agreements and delegations, each with an example, by name. Part of schemas.ts. Data only.
import { agreementStates } from '#catalogue/access/agreement.ts';
import { delegationStates } from '#catalogue/access/delegation.ts';
import { fourEyesReasons } from '#catalogue/access/packages.ts';
import { rows, grant } from './grant-schemas.ts';
import { application } from './organisation-schemas.ts';
import { environments } from './ports.ts';
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

const narrowed = list(object({ collection: text, fields: list(text), why: text }, ['why']));
const packageTerms = object({ package: text, narrowed });
/** The same as it is shown. */
export const shownTerms = object({
  packages: list(packageTerms),
  rows: { anyOf: [rows, { type: 'null' }] },
  clearance: { type: 'integer', minimum: 0, maximum: 3 },
  from: orNull(instant),
  to: orNull(instant),
});
/** What a body asks for or gives. */
export const terms = {
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
/** The same, as an example. */
export const termsExample = {
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

/** By name. */
export const delegationSchemas: Readonly<Record<string, NamedSchema>> = {
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
};

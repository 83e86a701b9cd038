// A small release with an artefact of each kind, as text that changes can be planted in. Used by the suites of the gate.
import { parse } from 'yaml';
import { describedModelType } from '#model/describe-model.ts';
import type { PolicyId } from '#catalogue/catalogue.ts';
import type { Status } from '#catalogue/contract.ts';
import { eventKindsType } from '#catalogue/gate/event-kinds.ts';
import type { ReleasedArtefact, ReleaseSet } from '#catalogue/gate/release-set.ts';

/** `school` is in production under Sikt's rules and `vendor` under Flyt's; `trial` is in beta, `lab` is experimental, `old` is not developed further. */
export const smallApis: ReadonlyMap<string, { readonly status: Status; readonly policy: PolicyId }> = new Map([
  ['school', { status: 'production', policy: 'sikt' }],
  ['vendor', { status: 'production', policy: 'flyt' }],
  ['trial', { status: 'beta', policy: 'sikt' }],
  ['lab', { status: 'experimental', policy: 'sikt' }],
  ['old', { status: 'not-further-developed', policy: 'sikt' }],
]);

/** OpenAPI as YAML; published as JSON. */
export const openApi = `
openapi: 3.1.0
info: { title: Small, version: 1.0.0 }
servers: [{ url: https://hub.example/school }]
security: [{ oauth: [read] }]
paths:
  /pupils:
    get:
      operationId: listPupils
      parameters:
        - { name: size, in: query, schema: { type: integer, minimum: 1, maximum: 1000, default: 100 } }
        - { name: status, in: query, schema: { type: string, enum: [active, ended] } }
        - { name: name, in: query, schema: { type: string, maxLength: 80 } }
        - { $ref: '#/components/parameters/Trace' }
      responses:
        '200':
          headers: { ETag: { schema: { type: string } } }
          links: { next: { operationId: listPupils } }
          content:
            application/json: { schema: { type: object, required: [items], properties: { items: { type: array, items: { $ref: '#/components/schemas/Pupil' } }, total: { type: integer } } } }
            text/csv: { schema: { type: string } }
        '404': { $ref: '#/components/responses/Problem' }
    post:
      operationId: addPupil
      requestBody:
        required: true
        content:
          application/json: { schema: { $ref: '#/components/schemas/NewPupil' } }
          application/xml: { schema: { $ref: '#/components/schemas/NewPupil' } }
      responses:
        '201': { content: { application/json: { schema: { $ref: '#/components/schemas/Pupil' } } } }
        '409': { $ref: '#/components/responses/Problem' }
  /pupils/{id}:
    parameters: [{ name: id, in: path, required: true, schema: { type: string, pattern: '^P' } }]
    get:
      operationId: onePupil
      responses: { '200': { content: { application/json: { schema: { $ref: '#/components/schemas/Pupil' } } } } }
    delete:
      operationId: dropPupil
      x-bindeledd-status: beta
      responses: { '204': { description: Gone. } }
components:
  securitySchemes: { oauth: { type: oauth2, flows: { clientCredentials: { tokenUrl: 'https://hub.example/token', scopes: { read: Read, write: Write } } } } }
  parameters: { Trace: { name: X-Trace, in: header, schema: { type: string } } }
  responses: { Problem: { content: { application/problem+json: { schema: { $ref: '#/components/schemas/Problem' } } } } }
  schemas:
    Problem: { type: object, required: [code], properties: { code: { type: string, enum: [HUB-1, HUB-2] } } }
    Pupil:
      type: object
      required: [id, name]
      properties:
        id: { type: string, pattern: '^P' }
        name: { type: string, maxLength: 80 }
        born: { type: string, format: date }
        level: { type: string, enum: [low, high] }
        friends: { type: array, items: { $ref: '#/components/schemas/Pupil' } }
        contact: { oneOf: [{ $ref: '#/components/schemas/Mail' }, { $ref: '#/components/schemas/Phone' }] }
        school: { anyOf: [{ $ref: '#/components/schemas/School' }, { type: 'null' }] }
        marks: { type: object, additionalProperties: { type: integer } }
        plan: { type: object, x-bindeledd-status: beta, properties: { goal: { type: string }, hint: { type: string, x-bindeledd-status: experimental } } }
        _links: { type: object, properties: { self: { type: object }, school: { type: object } } }
    School: { allOf: [{ $ref: '#/components/schemas/Named' }, { type: object, required: [number], properties: { number: { type: integer } } }] }
    Named: { type: object, required: [title], properties: { title: { type: string } } }
    Mail: { type: object, properties: { mail: { type: string } } }
    Phone: { type: object, properties: { phone: { type: string } } }
    NewPupil:
      type: object
      required: [name]
      additionalProperties: true
      properties:
        name: { type: string, maxLength: 80 }
        born: { type: [string, 'null'], format: date }
        level: { type: string, enum: [low, high], default: low }
        size: { type: number, minimum: 0 }
        nick: { type: string }
`;

export const model = `
classes:
  school/Pupil:
    kind: main
    superclass: school/Being
    writeable: true
    servedAt: [school/pupil]
    naturalKey: [number]
    number: 17
    attributes:
      number: { type: school/Identifier, optional: false, list: false, identifier: true, writeable: true, sensitivity: personal, contract: null, values: null }
      level: { type: string, optional: true, list: false, identifier: false, writeable: true, sensitivity: open, contract: null, values: [low, high] }
      tried: { type: string, optional: true, list: false, identifier: false, writeable: false, sensitivity: open, contract: experimental, values: null }
    relations:
      school: { target: school/School, multiplicity: '1', inverse: pupil, contract: null }
  school/School: { kind: main, superclass: null, writeable: false, servedAt: [], naturalKey: [], attributes: {}, relations: {} }
`;

export const events = `
kinds:
  pupil.changed: { members: { id: string, fields: 'string[]' }, key: id, order: feed }
  pupil.gone: { members: { id: string }, key: id, order: feed }
`;

export const schemas = `
/model/schema/school/Pupil:
  x-writeable: true
  type: object
  required: [number]
  properties: { number: { $ref: /model/schema/common/Identifier }, level: { type: string } }
/model/schema/school/School: { type: object, properties: { title: { type: string } } }
`;

export const sdl = `directive @contract(status: String!, since: String) on FIELD_DEFINITION
type Query { pupil(id: ID!, active: Boolean = true): Pupil }
type Pupil { id: ID! name: String! level: Level old: String tried: String @contract(status: "experimental") }
enum Level { LOW HIGH }
`;

export const contracts = `
- { coordinate: Pupil.tried, status: experimental, announced: null, earliestRemoval: null, replacement: null }
- { coordinate: Pupil.old, status: null, announced: 2026-11-22, earliestRemoval: 2028-03-31, replacement: Pupil.name }
`;

export const xsd = `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:school" elementFormDefault="qualified">
<xs:element name="pupil"><xs:complexType><xs:sequence><xs:element name="name" type="xs:string"/><xs:element name="level" type="xs:string" minOccurs="0"/></xs:sequence></xs:complexType></xs:element>
</xs:schema>
`;

const json = (yaml: string): string => JSON.stringify(parse(yaml));

/** The kinds of artefacts: the text that is edited, how it is published, and how it is called. */
export const smallArtefacts = {
  openapi: { text: openApi, name: 'openapi.json', type: 'application/json', published: json },
  model: { text: model, name: 'model.json', type: describedModelType, published: json },
  events: { text: events, name: 'events.json', type: eventKindsType, published: json },
  schemas: { text: schemas, name: 'schema/school.json', type: 'application/schema+json', published: json },
  sdl: { text: sdl, name: 'schema.graphql', type: 'application/graphql; charset=utf-8', published: String },
  contracts: { text: contracts, name: 'contracts.json', type: 'application/json', published: json },
  xsd: { text: xsd, name: 'school.xsd', type: 'application/xml', published: String },
} as const;

export type SmallArtefact = keyof typeof smallArtefacts;

/** One artefact of an API, its text edited. Throws where the edit finds nothing. */
export const edited = (api: string, kind: SmallArtefact, from = '', to = ''): ReleasedArtefact => {
  const { text, name, type, published } = smallArtefacts[kind];
  if (!text.includes(from)) throw new Error(`There is no ${from} in ${name}.`);
  return { name: `${api}/${name}`, api, type, text: published(text.replace(from, to)) };
};

/** A release that holds these. */
export const releaseOf = (artefacts: readonly ReleasedArtefact[], apis = smallApis): ReleaseSet => ({
  release: 0,
  day: '2026-11-22',
  apis,
  artefacts,
});

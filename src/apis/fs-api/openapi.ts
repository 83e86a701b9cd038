// The description of the whole API as OpenAPI 3.1, made of its operations and of the types of their mappings. What the catalogue holds the API to; swagger.ts makes
// the form of it that clients of the original read. Pure.
import type { CatalogueEntry } from '#apis/api.ts';
import { partMark } from '#catalogue/gate/marks.ts';
import { limits } from '#base/limits.ts';
import { described, infoOf, schemaRef, schemasOf, type Schema, type Schemas } from '#mappings/mapping-schema.ts';
import type { Text } from '#model/model.ts';
import { prefix } from './addresses.ts';
import { partsOf } from './mappings/keys.ts';
import type { FsApiOperation, OperationKind } from './operations.ts';
import { highestPage } from './query.ts';
import type { ServedResource } from './reading.ts';
import { bodySchemaOf } from './write-schema.ts';

export type Json = Readonly<Record<string, unknown>>;

export type DescribedApi = {
  readonly entry: CatalogueEntry;
  /** Address of the hub, without a trailing slash. */
  readonly server: string;
  readonly resources: readonly ServedResource[];
  readonly operations: readonly FsApiOperation[];
};

const reconstructedMark = 'x-reconstructed';

const text = (nb: string, en: string): Text => ({ nb, en });

/** The document as an object. */
export const openApiDocument = ({ entry, server, resources, operations }: DescribedApi): Json => ({
  openapi: '3.1.0',
  info: infoOf(entry),
  [partMark]: entry.status,
  servers: [{ url: `${server}${prefix}`, description: 'This hub.' }],
  tags: [
    ...resources.map(({ resource }) => ({ name: resource.name, ...described(resource.describe) })),
    { name: 'api', ...described(text('Om API-et selv.', 'About the API itself.')) },
  ],
  paths: { ...pathsOf(operations), ...ownPaths },
  components: {
    securitySchemes: {
      basic: {
        type: 'http',
        scheme: 'basic',
        ...described(text('Klient-id og hemmelighet.', 'Client id and secret.')),
      },
      bearer: { type: 'http', scheme: 'bearer', ...described(text('Et token fra huben.', 'A token of the hub.')) },
    },
    schemas: sorted({ ...shared, ...Object.assign({}, ...resources.map(typesOf)) }),
  },
});

const sorted = (schemas: Schemas): Schemas =>
  Object.fromEntries(Object.entries(schemas).toSorted(([one], [other]) => (one < other ? -1 : 1)));

const typesOf = (served: ServedResource): Schemas => {
  const { type, describe } = served.resource;
  const body = bodySchemaOf(served);
  return {
    ...schemasOf(
      served.readings.map(({ mapping }) => mapping),
      null,
    ),
    [collectionType(type)]: {
      type: 'object',
      ...described(describe),
      required: ['href', 'rel', 'page', 'limit', 'size', 'items'],
      properties: { ...collectionMembers, items: { type: 'array', items: schemaRef(type) } },
    },
    ...(body === null ? {} : { [bodyType(type)]: body }),
  };
};

const collectionType = (type: string): string => `${type}Samling`;
const bodyType = (type: string): string => `${type}Endring`;

const link: Schema = {
  type: 'object',
  ...described(text('En side i samlingen.', 'A page of the collection.')),
  required: ['href', 'rel'],
  properties: { href: { type: 'string', format: 'uri' }, rel: { type: 'array', items: { type: 'string' } } },
};

const collectionMembers: Schemas = {
  href: { type: 'string', format: 'uri', ...described(text('Adressen til siden.', 'Address of the page.')) },
  rel: { type: 'array', items: { type: 'string' }, ...described(text('self.', 'self.')) },
  page: { type: 'integer', ...described(text('Siden, fra 1.', 'The page, from 1.')) },
  limit: {
    type: 'integer',
    ...described(text('Høyeste antall på siden; 0 er alle.', 'Items on the page at most; 0 is all.')),
  },
  size: {
    type: 'integer',
    ...described(
      text(
        'Antallet i samlingen, ikke på siden. Står sist når alle er med.',
        'Number in the collection, not on the page. Comes last where all of them come.',
      ),
    ),
  },
  first: schemaRef('Lenke'),
  previous: schemaRef('Lenke'),
  next: schemaRef('Lenke'),
  last: schemaRef('Lenke'),
};

const shared: Schemas = {
  Lenke: link,
  Feil: {
    type: 'object',
    ...described(text('Det som er galt.', 'What is wrong.')),
    required: ['status', 'errors', 'created'],
    properties: {
      status: { type: 'integer' },
      errors: {
        type: 'array',
        items: {
          type: 'object',
          required: ['code', 'message', 'errorCorrection'],
          properties: {
            code: {
              type: 'string',
              ...described(
                text(
                  'Koden i huben; originalens er ikke kjent.',
                  'Code of the hub; those of the original are not known.',
                ),
              ),
            },
            message: { type: 'string' },
            errorCorrection: { type: 'string' },
          },
        },
      },
      created: { type: 'string', format: 'date-time' },
    },
  },
  IkkeInne: {
    type: 'object',
    ...described(text('Den som spør, er ikke kjent.', 'Whoever asks is not known.')),
    required: ['message', 'http_status_code'],
    properties: { message: { type: 'string' }, http_status_code: { type: 'integer' } },
  },
  Versjon: {
    type: 'object',
    ...described(text('Versjonen av API-et.', 'Version of the API.')),
    required: ['version'],
    properties: { version: { type: 'string' } },
  },
  Utfall: {
    type: 'object',
    ...described(text('Det som er blitt av en endring.', 'What has become of a change.')),
    required: ['href', 'state'],
    properties: {
      href: { type: 'string', format: 'uri' },
      state: { type: 'string', enum: ['waiting', 'written'] },
    },
  },
};

const parameter = (name: string, words: Text, schema: Schema): Json => ({
  name,
  in: 'query',
  required: false,
  ...described(words),
  schema,
});

const wanted: readonly Json[] = [
  parameter(
    'dbId',
    text('Tar med nøkkeldelene, også i referanser.', 'Brings the parts of the key, in references too.'),
    { type: 'boolean', default: false },
  ),
  parameter('refId', text('Tar med nøkkeldelene i referanser.', 'Brings the parts of the keys of references.'), {
    type: 'boolean',
  }),
  parameter(
    'fields',
    text(
      'Feltene som skal være med, med komma mellom; * er alle.',
      'Members that are to come, with commas between; * is all.',
    ),
    { type: 'string' },
  ),
];

const paging: readonly Json[] = [
  parameter('limit', text('Høyeste antall på siden; 0 er alle.', 'Items on the page at most; 0 is all.'), {
    type: 'integer',
    minimum: 0,
    maximum: limits.fsApiPageSize,
    default: limits.fsApiPageDefault,
  }),
  parameter('page', text('Siden, fra 1.', 'The page, from 1.'), {
    type: 'integer',
    minimum: 1,
    maximum: highestPage,
    default: 1,
  }),
];

const filtersOf = ({ readings }: ServedResource): readonly Json[] => {
  const names = new Map<string, Json>();
  for (const { table } of readings)
    for (const { of } of table.filters)
      for (const name of of)
        names.set(
          name,
          parameter(
            name,
            of.length > 1
              ? text(
                  `Bare de som har dette; gis sammen med ${of.join(' og ')}.`,
                  `Those alone that have this; given together: ${of.join(', ')}.`,
                )
              : text('Bare de som har dette.', 'Those alone that have this.'),
            { type: 'string' },
          ),
        );
  return [...names.values()];
};

const keyParameter = ({ resource }: ServedResource): Json => {
  const names = partsOf(resource.name).map(({ name }) => name);
  return {
    name: 'key',
    in: 'path',
    required: true,
    ...described(
      text(
        `Nøkkelen: ${names.join(', ')}; hver del prosentkodet, med komma mellom.`,
        `The key: ${names.join(', ')}; each part percent-encoded, with commas between.`,
      ),
    ),
    schema: { type: 'string' },
  };
};

const answer = (words: Text, schema: string | null, headers: Json = {}): Json => ({
  ...described(words),
  ...(Object.keys(headers).length === 0 ? {} : { headers }),
  ...(schema === null ? {} : { content: { 'application/json': { schema: schemaRef(schema) } } }),
});

const address: Json = { description: 'Where it is.', schema: { type: 'string', format: 'uri' } };

const waiting = answer(
  text(
    'Tatt imot; kildesystemet har ikke bestemt seg. Location er adressen til utfallet.',
    'Taken; the source system has not decided. Location is the address of the outcome.',
  ),
  'Utfall',
  { Location: address },
);

const answersOf = (kind: OperationKind, type: string): Json => {
  switch (kind) {
    case 'list':
      return { 200: answer(text('En side.', 'A page.'), collectionType(type)) };
    case 'one':
      return { 200: answer(text('Dokumentet.', 'The document.'), type) };
    case 'create':
      return {
        201: answer(text('Dokumentet, med adressen i Location.', 'The document, with its address in Location.'), type, {
          Location: address,
        }),
        202: waiting,
      };
    case 'patch':
      return { 200: answer(text('Dokumentet som det er nå.', 'The document as it is now.'), type), 202: waiting };
    case 'delete':
      return { 202: waiting, 204: answer(text('Borte.', 'Gone.'), null) };
  }
};

const problems: Json = {
  400: answer(text('Forespørselen kan ikke leses.', 'The request cannot be read.'), 'Feil'),
  401: answer(text('Den som spør, er ikke kjent.', 'Whoever asks is not known.'), 'IkkeInne'),
  403: answer(text('Den som spør, har ikke lov.', 'Whoever asks may not.'), 'Feil'),
  404: answer(text('Finnes ikke, eller kan ikke ses.', 'Is not there, or cannot be seen.'), 'Feil'),
  429: answer(text('For mange forespørsler.', 'Too many requests.'), 'Feil'),
  default: answer(text('Alt annet som går galt.', 'Whatever else goes wrong.'), 'Feil'),
};

const pathsOf = (operations: readonly FsApiOperation[]): Json => {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const { id, kind, method, path, served, summary, reconstructed } of operations) {
    const { name, type, describe } = served.resource;
    const parameters = [
      ...(kind === 'list' || kind === 'create' ? [] : [keyParameter(served)]),
      ...(kind === 'list' || kind === 'one' ? wanted : []),
      ...(kind === 'list' ? [...paging, ...filtersOf(served)] : []),
    ];
    const at = (paths[path] ??= {});
    at[method.toLowerCase()] = {
      operationId: id,
      tags: [name],
      summary: summary.en,
      'x-summary-nb': summary.nb,
      ...described(describe),
      ...(reconstructed ? { [reconstructedMark]: true } : {}),
      security: [{ basic: [] }, { bearer: [] }],
      parameters,
      ...(kind === 'create' || kind === 'patch'
        ? { requestBody: { required: true, content: { 'application/json': { schema: schemaRef(bodyType(type)) } } } }
        : {}),
      responses: { ...answersOf(kind, type), ...problems },
    };
  }
  return paths;
};

const own = (id: string, words: Text, more: Json): Json => ({
  get: {
    operationId: id,
    tags: ['api'],
    summary: words.en,
    'x-summary-nb': words.nb,
    ...described(words),
    ...more,
  },
});

const ownPaths: Json = {
  '/version': own('getVersion', text('Versjonen av API-et', 'Version of the API'), {
    [reconstructedMark]: true,
    security: [],
    parameters: [],
    responses: { 200: answer(text('Versjonen.', 'The version.'), 'Versjon'), default: problems['default'] },
  }),
  '/meldinger': own(
    'listenToMessages',
    text('Endringsmeldinger, mens de kommer', 'Messages of changes, as they come'),
    {
      [reconstructedMark]: true,
      security: [{ basic: [] }, { bearer: [] }],
      parameters: [
        {
          name: 'ressurs',
          in: 'query',
          ...described(text('Bare om disse, med komma mellom.', 'Of these alone, parted by commas.')),
          schema: { type: 'string' },
        },
        {
          name: 'fra',
          in: 'query',
          ...described(text('Med det som finnes fra før.', 'With what is there already.')),
          schema: { type: 'string', enum: ['begynnelsen'] },
        },
        {
          name: 'Last-Event-ID',
          in: 'header',
          ...described(text('Hva som er hørt sist.', 'What was heard last.')),
          schema: { type: 'string' },
        },
      ],
      responses: {
        200: {
          ...described(text('Hendelser (CloudEvents 1.0).', 'Events (CloudEvents 1.0).')),
          content: { 'text/event-stream': { schema: { type: 'string' } } },
        },
        ...problems,
      },
    },
  ),
  '/utfall/{id}': own('getOutcome', text('Utfallet av en endring', 'Outcome of a change'), {
    [reconstructedMark]: true,
    security: [{ basic: [] }, { bearer: [] }],
    parameters: [
      {
        name: 'id',
        in: 'path',
        required: true,
        ...described(text('Endringen, fra Location.', 'The change, of Location.')),
        schema: { type: 'string', format: 'uuid' },
      },
    ],
    responses: { 200: answer(text('Utfallet så langt.', 'The outcome so far.'), 'Utfall'), ...problems },
  }),
};

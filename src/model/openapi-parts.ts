// The parts that the OpenAPI documents of all components share: parameters, headers and answers. Used by openapi.ts
// only; follows facts 2.1-2.6 and the rules of the FINT API of this hub. Knows no class.
import { limits } from '#base/limits.ts';
import type { JsonObject } from './kinds.ts';
import type { Text } from './model.ts';

export const text = (nb: string, en: string): Text => ({ nb, en });

/** A description in both languages, as every object of the documents carries it. */
export const describe = (words: Text): JsonObject => ({ description: words.en, 'x-nb': words.nb });

export const ref = (kind: string, name: string): JsonObject => ({ $ref: `#/components/${kind}/${name}` });

const query = (name: string, words: Text, schema: JsonObject): JsonObject => ({
  name,
  in: 'query',
  required: false,
  ...describe(words),
  schema,
});

export const parameters: Readonly<Record<string, JsonObject>> = {
  size: query(
    'size',
    text('Antall ressurser per side; 0 gir alt på én gang.', 'Resources per page; 0 gives everything at once.'),
    { type: 'integer', minimum: 0, maximum: limits.fintPageSize, default: 0 },
  ),
  offset: query('offset', text('Hvor mange ressurser som hoppes over.', 'How many resources to skip.'), {
    type: 'integer',
    minimum: 0,
    default: 0,
  }),
  sinceTimeStamp: query(
    'sinceTimeStamp',
    text(
      'Bare ressurser endret på eller etter tidspunktet, i millisekunder siden 1970.',
      'Only resources changed at or after the instant, in milliseconds since 1970.',
    ),
    { type: 'integer', format: 'int64', minimum: 0 },
  ),
  filter: query(
    '$filter',
    text(
      "Filter over attributter og lenker, for eksempel: navn/etternavn eq 'Berg'.",
      "Filter over attributes and links, for example: navn/etternavn eq 'Berg'.",
    ),
    { type: 'string', maxLength: limits.filterBytes },
  ),
  after: query(
    'after',
    text(
      'Posisjonen fra forrige svar; uten den begynner strømmen forfra.',
      'The position of the previous answer; without it the feed starts from the beginning.',
    ),
    { type: 'string' },
  ),
  changesSize: query('size', text('Høyeste antall endringer i svaret.', 'Most changes in the answer.'), {
    type: 'integer',
    minimum: 1,
    maximum: limits.changesPageSize,
    default: limits.changesPageDefault,
  }),
  identifierValue: {
    name: 'value',
    in: 'path',
    required: true,
    ...describe(
      text(
        'Verdien av identifikatoren, prosentkodet. Store og små bokstaver betyr noe.',
        'The value of the identifier, percent-encoded. Case matters.',
      ),
    ),
    schema: { type: 'string', minLength: 1 },
  },
  ifNoneMatch: {
    name: 'If-None-Match',
    in: 'header',
    required: false,
    ...describe(
      text(
        'ETag fra et tidligere svar; er det fortsatt rett, svares 304.',
        'ETag of an earlier answer; 304 when it still holds.',
      ),
    ),
    schema: { type: 'string' },
  },
};

const header = (words: Text, schema: JsonObject): JsonObject => ({ ...describe(words), schema });

export const headers: Readonly<Record<string, JsonObject>> = {
  ETag: header(text('Sterk merkelapp for innholdet.', 'Strong tag of the content.'), { type: 'string' }),
  CacheControl: header(text('Hva mellomlagre kan gjøre.', 'What caches may do.'), {
    type: 'string',
    examples: ['private, no-cache'],
  }),
  CoreVersion: header(text('Generasjonen av klientgrensesnittet.', 'The generation of the client interface.'), {
    type: 'string',
    const: '2',
  }),
};

const answerHeaders = {
  ETag: ref('headers', 'ETag'),
  'Cache-Control': ref('headers', 'CacheControl'),
  'x-core-version': ref('headers', 'CoreVersion'),
};

/** A 200 answer with a JSON body. */
export const jsonAnswer = (words: Text, schema: JsonObject, example?: JsonObject): JsonObject => ({
  ...describe(words),
  headers: answerHeaders,
  content: { 'application/json': { schema, ...(example === undefined ? {} : { example }) } },
});

const problemAnswer = (words: Text, code: string, title: string, status: number): JsonObject => ({
  ...describe(words),
  content: {
    'application/problem+json': { schema: ref('schemas', 'Problem'), example: { title, status, code } },
  },
});

export const responses: Readonly<Record<string, JsonObject>> = {
  LastUpdated: jsonAnswer(
    text('Millisekunder siden 1970.', 'Milliseconds since 1970.'),
    ref('schemas', 'LastUpdated'),
    {
      lastUpdated: 1_755_500_000_000,
    },
  ),
  CacheSize: jsonAnswer(text('Antallet.', 'The count.'), ref('schemas', 'CacheSize'), { size: 1 }),
  NotModified: describe(text('Ikke endret siden ETag-en ble gitt.', 'Not changed since the ETag was given.')),
  BadRequest: problemAnswer(
    text('Forespørselen kan ikke forstås.', 'The request cannot be understood.'),
    'HUB-103',
    'Bad parameter',
    400,
  ),
  Unauthorised: problemAnswer(
    text('Gyldig token mangler.', 'No valid token.'),
    'HUB-300',
    'Missing or invalid access token',
    401,
  ),
  Forbidden: problemAnswer(
    text('Tokenet har ikke omfanget som trengs.', 'The token lacks the scope needed.'),
    'HUB-302',
    'Token lacks a needed scope',
    403,
  ),
  NotFound: problemAnswer(
    text('Finnes ikke, eller er ikke synlig for klienten.', 'Does not exist, or is not visible to the client.'),
    'HUB-204',
    'Not found',
    404,
  ),
  Gone: problemAnswer(
    text('Posisjonen gjelder ikke lenger.', 'The position no longer holds.'),
    'HUB-410',
    'Position not valid',
    410,
  ),
  TooMany: problemAnswer(text('For mange forespørsler.', 'Too many requests.'), 'HUB-107', 'Too many requests', 429),
  Failure: problemAnswer(
    text('Noe gikk galt hos tjenesten.', 'Something went wrong in the service.'),
    'HUB-500',
    'Internal error',
    500,
  ),
};

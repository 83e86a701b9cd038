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

const inPath = (name: string, words: Text): JsonObject => ({
  name,
  in: 'path',
  required: true,
  ...describe(words),
  schema: { type: 'string', minLength: 1 },
});

const inHeader = (name: string, words: Text): JsonObject => ({
  name,
  in: 'header',
  required: false,
  ...describe(words),
  schema: { type: 'string' },
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
  identifierValue: inPath(
    'value',
    text(
      'Verdien av identifikatoren, prosentkodet. Store og små bokstaver betyr noe.',
      'The value of the identifier, percent-encoded. Case matters.',
    ),
  ),
  organisation: inPath('organisation', text('En organisasjons-id.', 'An organisation id.')),
  resource: inPath('resource', text('En ressurstype.', 'A resource type.')),
  corrId: inPath(
    'corrId',
    text('Id-en fra adressen i svaret på skrivingen.', 'The id in the address that the write was answered with.'),
  ),
  validate: query('validate', text('Bare kontroller; ingenting lagres.', 'Check only; nothing is stored.'), {
    type: 'boolean',
    default: false,
  }),
  idempotencyKey: inHeader(
    'Idempotency-Key',
    text(
      'Samme nøkkel og samme forespørsel innen et døgn gir samme svar, og skriver ikke igjen.',
      'The same key with the same request within a day gets the same answer, and writes nothing again.',
    ),
  ),
  ifMatch: inHeader(
    'If-Match',
    text('ETag ressursen må ha nå; ellers svares 412.', 'ETag that the resource must have now; 412 otherwise.'),
  ),
  prefer: inHeader(
    'Prefer',
    text(
      '`respond-async` spør kilden selv, der adapteren svarer på slikt.',
      '`respond-async` asks the source itself, where its adapter answers such questions.',
    ),
  ),
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

const header = (words: Text, schema: JsonObject = { type: 'string' }): JsonObject => ({ ...describe(words), schema });

export const headers: Readonly<Record<string, JsonObject>> = {
  RequestId: header(
    text('Forespørselens id; oppgi den når du ber om hjelp.', 'The id of the request; quote it when you ask for help.'),
  ),
  ContentTypeOptions: header(text('Innholdstypen er som oppgitt.', 'The content type is what it says.'), {
    type: 'string',
    const: 'nosniff',
  }),
  CacheControl: header(text('Hva mellomlagre kan gjøre.', 'What caches may do.'), {
    type: 'string',
    enum: ['private, no-cache', 'no-store'],
  }),
  CoreVersion: header(text('Generasjonen av klientgrensesnittet.', 'The generation of the client interface.'), {
    type: 'string',
    const: '2',
  }),
  Vary: header(text('Hva svaret avhenger av.', 'What the answer depends on.')),
  ETag: header(
    text(
      'Sterk merkelapp for innholdet; også på svar som ikke skal mellomlagres.',
      'Strong tag of the content; also on answers that no cache may keep.',
    ),
  ),
  LastModified: header(text('Når ressursen sist ble endret.', 'When the resource last changed.')),
  Link: header(text('Neste side, når det finnes flere.', 'The next page, when there is more.')),
  HubDataAsOf: header(text('Når samlingen sist ble levert.', 'When the collection was last delivered.'), {
    type: 'string',
    format: 'date-time',
  }),
  HubSource: header(text('Adapterne som leverer samlingen.', 'The adapters that deliver the collection.')),
  HubStale: header(
    text('Sann når kilden er senere ute enn den har lovet.', 'True when the source is later than it promised.'),
    { type: 'string', enum: ['true', 'false'] },
  ),
  HubSyncHeld: header(
    text(
      'En full synkronisering venter på bekreftelse: kilden har nyere data.',
      'A full sync waits for confirmation: the source holds newer data.',
    ),
    { type: 'string', const: 'true' },
  ),
  Location: header(
    text('Adressen til statusen, eller til ressursen.', 'The address of the status, or of the resource.'),
  ),
  PreferenceApplied: header(text('Spørsmålet går til kilden.', 'The question goes to the source.'), {
    type: 'string',
    const: 'respond-async',
  }),
  Allow: header(text('Metodene som adressen tar.', 'The methods that the address takes.')),
  RetryAfter: header(text('Sekunder å vente.', 'Seconds to wait.'), { type: 'integer', minimum: 0 }),
  Authenticate: header(text('Hva som mangler ved tokenet.', 'What the token lacks.')),
};

const ofEvery: JsonObject = {
  'X-Request-Id': ref('headers', 'RequestId'),
  'X-Content-Type-Options': ref('headers', 'ContentTypeOptions'),
  'Cache-Control': ref('headers', 'CacheControl'),
};
const ofTheApi: JsonObject = { 'x-core-version': ref('headers', 'CoreVersion'), Vary: ref('headers', 'Vary') };
const ofFreshness: JsonObject = {
  'Hub-Data-As-Of': ref('headers', 'HubDataAsOf'),
  'Hub-Source': ref('headers', 'HubSource'),
  'Hub-Stale': ref('headers', 'HubStale'),
  'Hub-Sync-Held': ref('headers', 'HubSyncHeld'),
};
const tag: JsonObject = { ETag: ref('headers', 'ETag') };
const next: JsonObject = { Link: ref('headers', 'Link') };
const modified: JsonObject = { 'Last-Modified': ref('headers', 'LastModified') };

/** What an answer carries beside the headers of every answer, by what it is about. */
const headersOf = {
  component: {},
  state: { ...tag, ...ofFreshness },
  resource: { ...tag, ...modified, ...ofFreshness },
  page: { ...tag, ...next, ...ofFreshness },
  changes: { ...next, ...ofFreshness },
} as const satisfies Readonly<Record<string, JsonObject>>;

export type AnswerKind = keyof typeof headersOf;

/** A 200 answer with a JSON body, plain or as HAL for those that ask. */
export const jsonAnswer = (words: Text, kind: AnswerKind, schema: JsonObject, example?: JsonObject): JsonObject => {
  const content = { schema, ...(example === undefined ? {} : { example }) };
  return {
    ...describe(words),
    headers: { ...ofEvery, ...ofTheApi, ...headersOf[kind] },
    content: { 'application/json': content, 'application/hal+json': { schema } },
  };
};

const location: JsonObject = { Location: ref('headers', 'Location') };
const later: JsonObject = { 'Retry-After': ref('headers', 'RetryAfter') };

/** The answer of a status with a body; of a resource that was written with its address and version. */
export const statusAnswer = (words: Text, schema: JsonObject, kind: 'told' | 'written' = 'told'): JsonObject => ({
  ...describe(words),
  headers: { ...ofEvery, ...ofTheApi, ...(kind === 'written' ? { ...location, ...tag } : {}) },
  content: { 'application/json': { schema }, 'application/hal+json': { schema } },
});

/** What the source said; the same status may also be a problem of the hub's own. */
const saidAnswer = (words: Text): JsonObject => ({
  ...describe(words),
  headers: { ...ofEvery, ...ofTheApi },
  content: {
    'application/json': { schema: ref('schemas', 'EventBody') },
    'application/problem+json': { schema: ref('schemas', 'Problem') },
  },
});

const emptyAnswer = (words: Text, more: JsonObject): JsonObject => ({
  ...describe(words),
  headers: { ...ofEvery, ...ofTheApi, ...more },
});

const problemAnswer = (
  words: Text,
  code: string,
  title: string,
  status: number,
  more: JsonObject = {},
): JsonObject => ({
  ...describe(words),
  headers: { ...ofEvery, ...ofTheApi, ...more },
  content: {
    'application/problem+json': { schema: ref('schemas', 'Problem'), example: { title, status, code } },
  },
});

export const responses: Readonly<Record<string, JsonObject>> = {
  LastUpdated: jsonAnswer(
    text('Millisekunder siden 1970.', 'Milliseconds since 1970.'),
    'state',
    ref('schemas', 'LastUpdated'),
    {
      lastUpdated: 1_755_500_000_000,
    },
  ),
  CacheSize: jsonAnswer(text('Antallet.', 'The count.'), 'state', ref('schemas', 'CacheSize'), { size: 1 }),
  NotModified: {
    ...describe(text('Ikke endret siden ETag-en ble gitt.', 'Not changed since the ETag was given.')),
    headers: { ...ofEvery, ...ofTheApi, ...tag, ...modified, ...next, ...ofFreshness },
  },
  Taken: emptyAnswer(text('Tatt imot; spør etter utfallet på adressen.', 'Taken; ask the address for the outcome.'), {
    ...location,
    ...later,
  }),
  Live: emptyAnswer(
    text('Sendt til kilden; spør etter svaret på adressen.', 'Sent to the source; ask the address for the answer.'),
    { ...location, ...later, 'Preference-Applied': ref('headers', 'PreferenceApplied') },
  ),
  Waiting: emptyAnswer(text('Kilden har ikke svart ennå.', 'The source has not answered yet.'), {
    ...location,
    ...later,
  }),
  Removed: emptyAnswer(text('Slettet.', 'Removed.'), {}),
  Rejected: saidAnswer(text('Kilden avviste det.', 'The source rejected it.')),
  Failed: saidAnswer(
    text('Kilden klarte det ikke, eller svarte ikke i tide.', 'The source failed, or did not answer in time.'),
  ),
  Forgotten: problemAnswer(
    text('Ukjent, en annens, eller ikke lenger lagret.', 'Unknown, of another client, or no longer kept.'),
    'HUB-411',
    'Status no longer kept',
    410,
  ),
  IdentifierTaken: problemAnswer(
    text('En annen ressurs har identifikatoren.', 'Another resource has the identifier.'),
    'HUB-612',
    'Identifier belongs to another resource',
    409,
  ),
  Changed: problemAnswer(
    text('Ressursen er en annen enn den klienten kjenner.', 'The resource is another than the one the client knows.'),
    'HUB-412',
    'Resource has changed',
    412,
  ),
  TooLarge: problemAnswer(text('Kroppen er for stor.', 'The body is too large.'), 'HUB-102', 'Request too large', 413),
  WrongType: problemAnswer(
    text('Kroppen er ikke JSON.', 'The body is not JSON.'),
    'HUB-104',
    'Unsupported media type',
    415,
  ),
  KeyUsed: problemAnswer(
    text('Nøkkelen kom med en annen forespørsel.', 'The key came with another request.'),
    'HUB-413',
    'Idempotency key used before',
    422,
  ),
  Done: { ...describe(text('Gjort; ingen kropp.', 'Done; no body.')), headers: { ...ofEvery, ...ofTheApi } },
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
    { 'WWW-Authenticate': ref('headers', 'Authenticate') },
  ),
  Forbidden: problemAnswer(
    text('Tokenet har ikke omfanget som trengs.', 'The token lacks the scope needed.'),
    'HUB-302',
    'Token lacks a needed scope',
    403,
    { 'WWW-Authenticate': ref('headers', 'Authenticate') },
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
  NotAllowed: problemAnswer(
    text('Adressen tar ikke metoden.', 'The address does not take the method.'),
    'HUB-105',
    'Method not allowed',
    405,
    { Allow: ref('headers', 'Allow') },
  ),
  TooMany: problemAnswer(
    text('For mange forespørsler.', 'Too many requests.'),
    'HUB-107',
    'Too many requests',
    429,
    later,
  ),
  Unavailable: problemAnswer(
    text('Tjenesten kan ikke svare nå.', 'The service cannot answer now.'),
    'HUB-501',
    'Store is busy',
    503,
    later,
  ),
  Failure: problemAnswer(
    text('Noe gikk galt hos tjenesten.', 'Something went wrong in the service.'),
    'HUB-500',
    'Internal error',
    500,
  ),
};

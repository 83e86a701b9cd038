// The parts of the OpenAPI document that no operation brings: problems, headers, and words about tags and scopes. Used by openapi.ts. Data only.
import { errorTable, type ErrorCode } from '#base/errors.ts';
import type { Text } from '#model/model.ts';
import { described, schemaRef, type Schemas } from '#mappings/mapping-schema.ts';

type Json = Readonly<Record<string, unknown>>;

const text = (nb: string, en: string): Text => ({ nb, en });

export const problemSchemas: Schemas = {
  Problem: {
    type: 'object',
    ...described(text('Problembeskrivelse etter RFC 9457.', 'Problem details after RFC 9457.')),
    properties: {
      type: {
        type: 'string',
        format: 'uri-reference',
        ...described(text('Siden om koden.', 'The page about the code.')),
      },
      title: { type: 'string' },
      status: { type: 'integer', minimum: 400, maximum: 599 },
      detail: { type: 'string' },
      instance: { type: 'string', ...described(text('Forespørselen.', 'The request.')) },
      code: {
        type: 'string',
        pattern: '^HUB-[0-9]{3}$',
        ...described(text('Det programmer ser etter: står fast.', 'What programs look for: it does not change.')),
      },
      requestId: {
        type: 'string',
        ...described(text('Oppgis når man ber om hjelp.', 'To be quoted when asking for help.')),
      },
      hint: { type: 'string', ...described(text('Hva leseren kan gjøre.', 'What the reader can do.')) },
      errors: { type: 'array', items: schemaRef('ProblemItem') },
    },
    required: ['type', 'title', 'status', 'code', 'requestId'],
  },
  ProblemItem: {
    type: 'object',
    ...described(text('Ett funn: hvor, og hva.', 'One finding: where, and what.')),
    properties: {
      at: {
        type: 'string',
        ...described(text('Navn på en parameter, eller JSON-peker.', 'Name of a parameter, or JSON pointer.')),
      },
      message: { type: 'string' },
      code: { type: 'string' },
    },
    required: ['at', 'message'],
  },
};

const header = (words: Text): Json => ({ ...described(words), schema: { type: 'string' } });

export const commonHeaders: Readonly<Record<string, Json>> = {
  'X-Request-Id': header(text('Id-en til forespørselen.', 'The id of the request.')),
  RateLimit: header(text('Hva som er igjen av kvotene.', 'What is left of the quotas.')),
  'RateLimit-Policy': header(text('Kvotene.', 'The quotas.')),
  'Cache-Control': header(text('Hva mellomlagre har lov til.', 'What caches may do.')),
  'Retry-After': header(text('Sekunder å vente.', 'Seconds to wait.')),
  ETag: header(
    text(
      'Versjonen av svaret, til If-None-Match og If-Match.',
      'The version of the answer, for If-None-Match and If-Match.',
    ),
  ),
  Link: header(text('Med rel="next": adressen til neste side.', 'With rel="next": the address of the next page.')),
  'Content-Disposition': header(text('Hva filen heter.', 'What the file is called.')),
  'Content-Range': header(text('Hvilke byte av hvor mange.', 'Which bytes of how many.')),
  Location: header(
    text('Adressen til det som ble laget, eller til status.', 'The address of what was made, or of the status.'),
  ),
};

const failure = (words: Text, status: number, code: ErrorCode, detail: string): Json => ({
  ...described(words),
  headers: {
    'X-Request-Id': { $ref: '#/components/headers/X-Request-Id' },
    ...(status === 429 ? { 'Retry-After': { $ref: '#/components/headers/Retry-After' } } : {}),
  },
  content: {
    'application/problem+json': {
      schema: schemaRef('Problem'),
      example: {
        type: `https://hub.example/problems/${code}`,
        title: errorTable[code].en,
        status,
        detail,
        instance: 'urn:request:0b4c7a52-2f0e-4a6e-8c1c-5f4a1f1a2b10',
        code,
        requestId: '0b4c7a52-2f0e-4a6e-8c1c-5f4a1f1a2b10',
        hint: errorTable[code].hint,
      },
    },
  },
});

export const commonResponses: Readonly<Record<string, Json>> = {
  BadRequest: failure(
    text('Forespørselen er ikke til å forstå.', 'The request cannot be understood.'),
    400,
    'HUB-103',
    'Bad parameters: limit.',
  ),
  Unauthorized: failure(
    text('Det mangler et gyldig token.', 'A valid token is missing.'),
    401,
    'HUB-300',
    'A token is needed.',
  ),
  Forbidden: failure(
    text('Tokenet gir ikke adgang til dette.', 'The token does not open this.'),
    403,
    'HUB-302',
    'The token must carry one of the scopes vfs:pupils.read.',
  ),
  NotFound: failure(
    text(
      'Finnes ikke, eller kan ikke ses: ett og samme svar.',
      'Not there, or not to be seen: one and the same answer.',
    ),
    404,
    'HUB-204',
    'There is nothing at this address.',
  ),
  UnsupportedMediaType: failure(
    text('Innholdstypen tas ikke imot.', 'The content type is not taken.'),
    415,
    'HUB-104',
    'Content-Type must be application/json.',
  ),
  TooManyRequests: failure(
    text(
      'Kvoten er brukt opp, eller for mange forespørsler er i gang.',
      'The quota is used up, or too many requests are under way.',
    ),
    429,
    'HUB-107',
    'This application has too many requests under way.',
  ),
  Problem: failure(
    text('Enhver annen feil, i samme form.', 'Any other failure, in the same form.'),
    500,
    'HUB-500',
    'Something went wrong inside the hub.',
  ),
};

/** What the groups of operations are about, by their tag. */
export const tagWords: Readonly<Record<string, Text>> = {
  pupils: text('Elever: lister, oppslag, foresatte og grupper.', 'Pupils: lists, look-ups, guardians and groups.'),
  guardians: text(
    'Foresatte, så langt forholdet til barnet gir dem rett.',
    'Guardians, as far as the relation to the child gives them rights.',
  ),
  employees: text('Ansatte og stillingene deres.', 'Employees and their positions.'),
  access: text(
    'Tilgangsgruppene til ansatte, per skole eller for hele kommunen.',
    'The access groups of employees, per school or for the whole municipality.',
  ),
  groups: text(
    'Klasser, undervisningsgrupper, SFO-grupper og andre, med medlemmer.',
    'Classes, teaching groups, SFO groups and others, with their members.',
  ),
  memberships: text(
    'Hvem som er i hvilke grupper, som en liste for seg.',
    'Who is in which groups, as a list of its own.',
  ),
  timetables: text(
    'Timeplaner for skole, gruppe, elev og ansatt.',
    'Timetables of a school, a group, a pupil or an employee.',
  ),
  events: text('Hva som er endret, i rekkefølge.', 'What has changed, in order.'),
  metadata: text(
    'Kommunen: eier, skoler, skoleår, fag, tilgangsgrupper og kodeverk.',
    'The municipality: owner, schools, school years, subjects, access groups and code lists.',
  ),
  writes: text(
    'Hva som er blitt av endringer som et kildesystem svarer på.',
    'What has become of changes that a source system answers.',
  ),
  exports: text(
    'Filer for læringsplattformer og identitetssystemer: PIFU, IMS Enterprise og ABC Enterprise.',
    'Files for learning platforms and identity systems: PIFU, IMS Enterprise and ABC Enterprise.',
  ),
  usage: text('Hva applikasjonen har brukt av kvotene sine.', 'What the application has used of its quotas.'),
};

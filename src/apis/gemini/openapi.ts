// The OpenAPI 3.0.3 document of Gemini, made of the operations and of the schemas of their types. Called by gemini-api.ts; its text is a golden file. Pure.
import { stringify } from 'yaml';
import type { CatalogueEntry } from '#apis/api.ts';
import { partMark } from '#catalogue/gate/marks.ts';
import { described, schemaRef, schemasOf, type Schemas } from '#mappings/mapping-schema.ts';
import type { Text } from '#model/model.ts';
import { prefix } from './addresses.ts';
import { listedTypes as listed, shownTypes as shown } from './mappings/every-type.ts';
import type { GeminiType } from './mappings/gemini-type.ts';
import type { GeminiParts, Goal, Operation, Schema } from './operation.ts';
import { changeStates } from './outcomes.ts';
import { journalHeader, journalSchema } from './parameters.ts';

type Json = Readonly<Record<string, unknown>>;

// Types are described as those of one institution; descriptions hold no id.
const nobody = '0';

const text: Schema = { type: 'string' };

const ownSchemas: Schemas = {
  Problem: {
    type: 'object',
    ...described({ nb: 'Et problem.', en: 'A problem.' }),
    properties: {
      type: text,
      title: text,
      status: { type: 'integer' },
      detail: text,
      instance: text,
      invalidParameters: {
        type: 'array',
        ...described({
          nb: 'Det som er galt med forespørselen, bare ved 400.',
          en: 'What is wrong with the request, with 400 only.',
        }),
        items: schemaRef('UgyldigParameter'),
      },
    },
    required: ['type', 'title', 'status'],
  },
  UgyldigParameter: {
    type: 'object',
    ...described({ nb: 'En parameter som ikke tas.', en: 'A parameter that is not taken.' }),
    properties: { name: text, reason: text },
    required: ['name', 'reason'],
  },
  Endring: {
    type: 'object',
    ...described({ nb: 'En endring som kildesystemet avgjør.', en: 'A change that the source system decides.' }),
    properties: { endringId: text, status: { type: 'string', enum: changeStates }, melding: text },
    required: ['endringId', 'status'],
  },
};

const pageSchema = ({ schema, describe }: GeminiType): Schema => ({
  type: 'object',
  ...described({ nb: `En side: ${describe.nb}`, en: `A page: ${describe.en}` }),
  properties: {
    nextPage: {
      type: 'string',
      format: 'uri',
      ...described({ nb: 'Neste side; mangler på den siste.', en: 'The next page; absent on the last one.' }),
    },
    items: { type: 'array', items: schemaRef(schema) },
  },
  required: ['items'],
});

/** Schemas of OpenAPI 3.0 hold no lists of examples. */
const plain = (held: unknown): unknown => {
  if (Array.isArray(held)) return held.map(plain);
  if (typeof held !== 'object' || held === null) return held;
  return Object.fromEntries(
    Object.entries(held).flatMap(([name, inner]) =>
      name === 'examples' && Array.isArray(inner) ? [] : [[name, plain(inner)] as const],
    ),
  );
};

const schemas = ({ holdings }: GeminiParts): Json => {
  const types = Object.assign(
    {},
    ...shown.map((type) => schemasOf([holdings.of(nobody, type).mapping], null)),
  ) as Schemas;
  const pages = Object.fromEntries(listed.map((type) => [`${type.schema}Side`, pageSchema(type)]));
  const all = { ...types, ...pages, ...ownSchemas };
  return plain(Object.fromEntries(Object.entries(all).toSorted(([one], [other]) => (one < other ? -1 : 1)))) as Json;
};

const problemAnswer = (nb: string, en: string): Json => ({
  ...described({ nb, en }),
  content: { 'application/problem+json': { schema: schemaRef('Problem') } },
});

const responses: Json = {
  Ugyldig: problemAnswer('Forespørselen er ikke gyldig.', 'The request is not valid.'),
  IkkeInnlogget: {
    ...described({ nb: 'Ikke innlogget: en tekst, og ikke et problem.', en: 'Not signed in: a text, and no problem.' }),
    content: { 'application/json': { schema: text } },
  },
  IkkeTilgang: problemAnswer('Ikke tilgang.', 'Not allowed.'),
  FinnesIkke: problemAnswer(
    'Finnes ikke, eller vises ikke for brukeren.',
    'Is not there, or is not shown to the user.',
  ),
  Konflikt: problemAnswer('Kan ikke skrives slik det er nå.', 'Cannot be written as things are.'),
  FeilInnhold: problemAnswer('Innholdet er av feil type.', 'The content is of a wrong type.'),
  KanIkkeUtfores: problemAnswer('Velformet, og kan ikke utføres.', 'Well-formed, and cannot be done.'),
  Feil: problemAnswer('Noe gikk galt her.', 'Something went wrong here.'),
  KildenFeilet: problemAnswer('Kildesystemet klarte ikke å gjøre det.', 'The source system could not do it.'),
  KildenSvarerIkke: problemAnswer('Kildesystemet svarte ikke i tide.', 'The source system did not answer in time.'),
};

const tags: Readonly<Record<Operation['tag'], Text>> = {
  Person: { nb: 'Personer ved lærestedet.', en: 'Persons of the institution.' },
  'Godkjenning av utdanning': {
    nb: 'Det personer har fra andre steder, og planene det går inn i.',
    en: 'What persons have from elsewhere, and the plans into which it goes.',
  },
  'Felleskoder og registre': {
    nb: 'Koder og registre som resten viser til, fornyet hver dag.',
    en: 'Codes and registers to which the rest refers, renewed every day.',
  },
  Endringer: {
    nb: 'Endringer som et kildesystem ikke har avgjort ennå.',
    en: 'Changes that a source system has not decided yet.',
  },
};

const goals: Readonly<Record<Goal, string>> = { application: 'p95 ≤ 500 ms', integration: 'p95 ≤ 5 s' };

const ref = (name: string): Json => ({ $ref: `#/components/responses/${name}` });

const pathNames = (path: string): readonly string[] =>
  [...path.matchAll(/\{(\w+)\}/g)].flatMap(([, name]) => name ?? []);

const exampleName = (summary: string): string =>
  summary
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '') || 'eksempel';

const operationObject = (operation: Operation): Json => {
  const {
    id,
    tag,
    summary,
    describe,
    query = [],
    body,
    journal,
    goal,
    reconstructed,
    answers,
    examples,
    path,
  } = operation;
  const shownBodies = examples.flatMap(({ summary: name, body: value, status }) =>
    value === undefined || status >= 400 ? [] : [[exampleName(name), { summary: name, value }] as const],
  );
  const parameters: readonly Json[] = [
    ...pathNames(path).map((name) => ({
      name,
      in: 'path',
      required: true,
      ...described({ nb: 'Id-en, som API-et har gitt den.', en: 'The id, as the API has given it.' }),
      schema: text,
    })),
    ...query.map(({ name, required, describe: words, schema }) => ({
      name,
      in: 'query',
      required: required === true,
      ...described(words),
      schema,
    })),
    ...(journal === true
      ? [
          {
            name: journalHeader,
            in: 'header',
            required: true,
            ...described({
              nb: 'Nummeret til saken i arkivet, som 2026/1234-5. Det følger endringen i revisjonssporet.',
              en: 'The number of the case in the archive, such as 2026/1234-5. It goes with the change in the audit trail.',
            }),
            schema: journalSchema,
          },
        ]
      : []),
  ];
  return {
    operationId: id,
    tags: [tag],
    summary: summary.nb,
    'x-summary-en': summary.en,
    ...described(describe),
    'x-service-goal': goals[goal],
    ...(reconstructed === undefined
      ? {}
      : { 'x-reconstructed': true, 'x-reconstructed-nb': reconstructed.nb, 'x-reconstructed-en': reconstructed.en }),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === undefined
      ? {}
      : {
          requestBody: {
            required: true,
            content: {
              'application/json': {
                schema: body,
                ...(shownBodies.length === 0 ? {} : { examples: Object.fromEntries(shownBodies) }),
              },
            },
          },
        }),
    responses: {
      ...Object.fromEntries(
        Object.entries(answers).map(([status, { describe: words, schema }]) => [
          status,
          {
            ...described(words),
            ...(schema === null
              ? {}
              : {
                  content: {
                    [Number(status) < 400 ? 'application/json' : 'application/problem+json']: {
                      schema: schemaRef(schema),
                    },
                  },
                }),
          },
        ]),
      ),
      400: ref('Ugyldig'),
      401: ref('IkkeInnlogget'),
      403: ref('IkkeTilgang'),
      404: ref('FinnesIkke'),
      ...(operation.method === 'GET' ? {} : { 409: ref('Konflikt') }),
      ...(body === undefined ? {} : { 415: ref('FeilInnhold') }),
      ...(operation.method === 'GET' || answers[422] !== undefined ? {} : { 422: ref('KanIkkeUtfores') }),
      500: ref('Feil'),
      ...(operation.method === 'GET' ? {} : { 502: ref('KildenFeilet'), 504: ref('KildenSvarerIkke') }),
    },
  };
};

/** The document as an object. */
export const geminiDocument = (
  parts: GeminiParts,
  operations: readonly Operation[],
  { entry, server }: { readonly entry: CatalogueEntry; readonly server: string },
): Json => {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const operation of operations)
    (paths[operation.path] ??= {})[operation.method.toLowerCase()] = operationObject(operation);
  return {
    openapi: '3.0.3',
    info: {
      title: entry.name.nb,
      version: entry.version,
      ...described(entry.description),
      license: { name: 'EUPL-1.2', url: 'https://eupl.eu/1.2/en/' },
    },
    [partMark]: entry.status,
    servers: [{ url: `${server}${prefix}` }],
    tags: Object.entries(tags).map(([name, words]) => ({ name, ...described(words) })),
    security: [{ basic: [] }, { bearer: [] }],
    paths,
    components: {
      securitySchemes: {
        basic: {
          type: 'http',
          scheme: 'basic',
          ...described({
            nb: 'Klient-id og hemmelighet. Brukeren må ha tilgang ved nøyaktig ett lærested.',
            en: 'Client id and secret. The user has to have access at exactly one institution.',
          }),
        },
        bearer: { type: 'http', scheme: 'bearer', ...described({ nb: 'Et token.', en: 'A token.' }) },
      },
      responses,
      schemas: schemas(parts),
    },
  };
};

/** The document as YAML. */
export const geminiYaml = (document: Json): string =>
  stringify(document, { lineWidth: 0, aliasDuplicateObjects: false });

// The OpenAPI 3.1 document of the whole API, made from the operations and the schemas of their types. Called by vfs-api.ts; its text is a golden
// file. Pure: a server only if it is told one.
import { sensitivities } from '#model/check.ts';
import type { Sensitivity } from '#model/model.ts';
import type { ScopeBundles } from '#model/scope-bundles.ts';
import type { CatalogueEntry } from '#apis/api.ts';
import { partMark } from '#catalogue/gate/marks.ts';
import { described, infoOf, schemaRef, type Schema } from '#mappings/mapping-schema.ts';
import { commonHeaders, commonResponses, problemSchemas, tagWords } from './openapi-parts.ts';
import type { Answer, Example, Operation, OperationGroup } from './operation.ts';
import { sampleOf, withSamples } from './sample.ts';

export type OpenApiOptions = {
  readonly entry: CatalogueEntry;
  /** Address of the hub, without a trailing slash. */
  readonly server: string;
  /** Where the operations lie, `/vfs/v1`. */
  readonly prefix: string;
  /** What the scopes open, in words. */
  readonly bundles: ScopeBundles;
};

type Json = Readonly<Record<string, unknown>>;

/**
 * The document as an object. Schemas that an operation writes down in place get a name of their own (`ListPupilsAnswer`), so that generated
 * clients have names for everything.
 */
export const openApiDocument = (group: OperationGroup, { entry, server, prefix, bundles }: OpenApiOptions): Json => {
  const { operations } = group;
  const schemas: Record<string, Schema> = { ...group.schemas, ...problemSchemas };
  const named: Named = {
    schemas,
    add: (name, schema) => {
      schemas[name] = schema;
      return name;
    },
  };
  const paths = pathsOf(named, operations, prefix);
  const tags = [...new Set(operations.map(({ tag }) => tag))];
  return {
    openapi: '3.1.0',
    info: infoOf(entry),
    [partMark]: entry.status,
    'x-data-class': highest(Object.values(schemas).flatMap(classesWithin)),
    servers: [{ url: `${server}${prefix}`, description: 'This hub.' }],
    tags: tags.map((name) => ({ name, ...(tagWords[name] === undefined ? {} : described(tagWords[name])) })),
    paths,
    components: {
      securitySchemes: { oauth: security(operations, server, bundles), bearer },
      headers: used('headers', commonHeaders, paths, commonResponses),
      responses: used('responses', commonResponses, paths),
      schemas: Object.fromEntries(Object.entries(schemas).toSorted(([one], [other]) => (one < other ? -1 : 1))),
    },
  };
};

/** Those that something refers to. */
const used = (kind: string, parts: Json, ...by: readonly Json[]): Json => {
  const text = JSON.stringify(by);
  return Object.fromEntries(Object.entries(parts).filter(([name]) => text.includes(`"#/components/${kind}/${name}"`)));
};

type Named = {
  readonly schemas: Readonly<Record<string, Schema>>;
  readonly add: (name: string, schema: Schema) => string;
};

const bearer: Json = {
  type: 'http',
  scheme: 'bearer',
  bearerFormat: 'JWT',
  ...described({
    nb: 'Et token som alt er hentet. Samme omfang kreves.',
    en: 'A token that has been fetched already. The same scopes are needed.',
  }),
};

const security = (operations: readonly Operation[], server: string, { bundles, aliases }: ScopeBundles): Json => {
  const scopes = [...new Set(operations.flatMap(({ scopes: own, also = [] }) => [...own, ...also]))].toSorted();
  return {
    type: 'oauth2',
    ...described({
      nb: 'Applikasjonen legitimerer seg selv. `tenant_id` i forespørselen om token sier hvilken organisasjon tokenet gjelder; det gjelder bare den.',
      en: 'The application authenticates itself. `tenant_id` in the request for the token says which organisation the token is for; it is for that one only.',
    }),
    flows: {
      clientCredentials: {
        tokenUrl: `${server}/oauth/token`,
        scopes: Object.fromEntries(
          scopes.map((scope) => [scope, bundles.get(aliases.get(scope) ?? scope)?.description.en ?? scope]),
        ),
      },
    },
  };
};

const pathsOf = (named: Named, operations: readonly Operation[], prefix: string): Json => {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const operation of operations) {
    const at = (paths[operation.path] ??= {});
    at[operation.method.toLowerCase()] = {
      ...operationObject(named, operation, prefix),
      ...(operation.contract === undefined ? {} : { [partMark]: operation.contract }),
    };
  }
  return paths;
};

const capitalised = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);

const operationObject = (named: Named, operation: Operation, prefix: string): Json => {
  const { id, tag, summary, describe, body, parameters, headers = [], method } = operation;
  const listed = [
    ...parameters.map((one) => parameterObject(one, operation)),
    ...headers.map(({ name, required, describe: words }) => ({
      name,
      in: 'header',
      required: required === true,
      ...described(words),
      schema: { type: 'string' },
    })),
  ];
  const answers = Object.entries(operation.answers).map(([status, answer]) => [
    status,
    answerObject(named, `${capitalised(id)}Answer`, answer),
  ]);
  return {
    operationId: id,
    tags: [tag],
    summary: summary.en,
    'x-summary-nb': summary.nb,
    description: withExamples(describe.en, operation, prefix),
    'x-nb': describe.nb,
    'x-data-class': dataClassOf(named, operation),
    security: [...securityOf(operation), { bearer: [] }],
    ...(listed.length === 0 ? {} : { parameters: listed }),
    ...(body === null ? {} : { requestBody: bodyObject(named, operation, body) }),
    responses: { ...Object.fromEntries(answers), ...problemsOf(operation) },
    'x-codeSamples': operation.examples.map((example) => ({
      lang: 'Shell',
      label: example.summary,
      source: curlOf(method, example, prefix, body?.type),
    })),
  };
};

/** Each way to have what is needed. */
const securityOf = ({ scopes, also = [] }: Operation): readonly Json[] => {
  if (scopes.length === 0) return [{ oauth: [] }];
  return scopes.flatMap((scope) =>
    also.length === 0 ? [{ oauth: [scope] }] : also.map((other) => ({ oauth: [scope, other] })),
  );
};

const parameterObject = (one: Operation['parameters'][number], { examples }: Operation): Json => {
  const shown = examples
    .filter(({ status }) => status < 400)
    .map(({ query }) => (one.in === 'query' ? query?.[one.name] : undefined))
    .find((value) => value !== undefined && !value.includes('{'));
  const list = one.schema['type'] === 'array';
  return {
    name: one.name,
    in: one.in,
    required: one.required === true,
    ...described(one.describe),
    ...(list ? { style: 'form', explode: false } : {}),
    schema: one.schema,
    ...(shown === undefined ? {} : { example: list ? shown.split(',') : literal(one.schema, shown) }),
  };
};

const literal = ({ type }: Schema, text: string): unknown =>
  type === 'integer' || type === 'number' ? Number(text) : type === 'boolean' ? text === 'true' : text;

const bodyObject = (named: Named, { id, examples }: Operation, body: NonNullable<Operation['body']>): Json => {
  const name = refName(body.schema) ?? named.add(`${capitalised(id)}Body`, body.schema);
  const shown = examples.flatMap((example) =>
    example.body === undefined
      ? []
      : [[camel(example.summary), { summary: example.summary, value: withSamples(example.body) }]],
  );
  return {
    required: body.required !== false,
    content: {
      [body.type]: {
        schema: schemaRef(name),
        ...(shown.length === 0 ? {} : { examples: Object.fromEntries(shown) }),
      },
    },
  };
};

const refName = (schema: Schema): string | null => {
  const to = schema['$ref'];
  return typeof to === 'string' && Object.keys(schema).length === 1 ? (to.split('/').at(-1) ?? null) : null;
};

const camel = (words: string): string =>
  words
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+(\w|$)/g, (_, letter: string) => letter.toUpperCase())
    .slice(0, 60);

const jsonType = 'application/json';

const answerObject = (
  named: Named,
  name: string,
  { describe, schema, type = jsonType, headers = {}, besides = {} }: Answer,
): Json => ({
  ...described(describe),
  headers: {
    'X-Request-Id': { $ref: '#/components/headers/X-Request-Id' },
    RateLimit: { $ref: '#/components/headers/RateLimit' },
    'RateLimit-Policy': { $ref: '#/components/headers/RateLimit-Policy' },
    ...Object.fromEntries(
      Object.entries(headers).map(([header, description]) => [
        header,
        Object.hasOwn(commonHeaders, header)
          ? { $ref: `#/components/headers/${header}` }
          : { description, schema: { type: 'string' } },
      ]),
    ),
  },
  ...(schema === null ? {} : { content: { [type]: contentOf(named, name, schema), ...contentsOf(besides) } }),
});

const contentsOf = (besides: NonNullable<Answer['besides']>): Json =>
  Object.fromEntries(Object.entries(besides).map(([type, schema]) => [type, { schema }]));

const contentOf = (named: Named, name: string, schema: NonNullable<Answer['schema']>): Json => {
  if (typeof schema !== 'string' && schema['type'] === 'string') return { schema };
  const to = typeof schema === 'string' ? schema : (refName(schema) ?? named.add(name, schema));
  return { schema: schemaRef(to), example: sampleOf(schemaRef(to), named.schemas) };
};

/** What may go wrong: each status by its own name, and all of them in the one form. */
const problemsOf = (operation: Operation): Json => {
  const { path, body, method, answers } = operation;
  const statuses: readonly (readonly [string, string])[] = [
    ['400', 'BadRequest'],
    ['401', 'Unauthorized'],
    ['403', 'Forbidden'],
    ...(path.includes('{') || method === 'GET' ? ([['404', 'NotFound']] as const) : []),
    ...(body === null ? [] : ([['415', 'UnsupportedMediaType']] as const)),
    ['429', 'TooManyRequests'],
    ['default', 'Problem'],
  ];
  return Object.fromEntries(
    statuses
      .filter(([status]) => !Object.hasOwn(answers, status))
      .map(([status, name]) => [status, { $ref: `#/components/responses/${name}` }]),
  );
};

const queryOf = ({ query = {} }: Example): string => {
  const text = Object.entries(query)
    .map(([name, value]) => `${name}=${encodeURIComponent(value).replaceAll(/%7B|%7D|%2C/g, decodeURIComponent)}`)
    .join('&');
  return text === '' ? '' : `?${text}`;
};

const withExamples = (text: string, { method, examples }: Operation, prefix: string): string =>
  examples.length === 0
    ? text
    : `${text}\n\n${examples.map((one) => `- ${one.summary}: \`${method} ${prefix}${one.path}${queryOf(one)}\``).join('\n')}`;

const curlOf = (method: string, example: Example, prefix: string, type: string | undefined): string => {
  const lines = [
    `curl${method === 'GET' ? '' : ` -X ${method}`} "$HUB${prefix}${example.path}${queryOf(example)}"`,
    `-H "Authorization: Bearer $TOKEN"`,
    ...Object.entries(example.headers ?? {}).map(([name, value]) => `-H '${name}: ${value}'`),
    ...(example.body === undefined ? [] : [`-H 'Content-Type: ${type ?? jsonType}'`]),
    ...(example.body === undefined ? [] : [`-d '${JSON.stringify(example.body)}'`]),
  ];
  return lines.join(' \\\n  ');
};

const highest = (list: readonly Sensitivity[]): Sensitivity =>
  sensitivities[Math.max(0, ...list.map((one) => sensitivities.indexOf(one)))] ?? 'special';

/** Every class of data that a schema names, those of the schemas it refers to left out. */
const classesWithin = (schema: unknown): readonly Sensitivity[] => {
  if (typeof schema !== 'object' || schema === null) return [];
  const own = (schema as Json)['x-data-class'];
  const known = sensitivities.find((one) => one === own);
  return [...(known === undefined ? [] : [known]), ...Object.values(schema).flatMap(classesWithin)];
};

const dataClassOf = ({ schemas }: Named, { answers, body }: Operation): Sensitivity => {
  const seen = new Set<string>();
  const found: Sensitivity[] = [];
  const visit = (schema: unknown): void => {
    found.push(...classesWithin(schema));
    for (const [, name] of JSON.stringify(schema ?? null).matchAll(/"#\/components\/schemas\/(\w+)"/g))
      if (name !== undefined && !seen.has(name)) {
        seen.add(name);
        visit(schemas[name]);
      }
  };
  for (const { schema } of Object.values(answers)) visit(typeof schema === 'string' ? schemaRef(schema) : schema);
  visit(body?.schema);
  return highest(found);
};

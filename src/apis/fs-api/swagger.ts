// The description as Swagger 2.0, which clients of the original read: the OpenAPI document in the older form, with what that has no place for left out. Pure.
import { partMark } from '#catalogue/gate/marks.ts';
import type { Json } from './openapi.ts';

const isJson = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);
const jsonOf = (value: unknown): Json => (isJson(value) ? value : {});
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** Keywords of a schema that Swagger 2.0 has; extensions besides. */
const keywords: ReadonlySet<string> = new Set([
  '$ref',
  'type',
  'format',
  'description',
  'enum',
  'default',
  'minimum',
  'maximum',
  'minLength',
  'maxLength',
  'pattern',
  'required',
  'readOnly',
]);

const schemaOf = (schema: unknown): Json => {
  const made: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(jsonOf(schema))) {
    if (name === '$ref' && typeof value === 'string')
      made[name] = value.replace('#/components/schemas/', '#/definitions/');
    else if (name === 'items') made[name] = schemaOf(value);
    else if (name === 'properties') made[name] = mapped(jsonOf(value), schemaOf);
    else if (keywords.has(name) || name.startsWith('x-')) made[name] = value;
  }
  // A reference stands alone.
  return '$ref' in made ? { $ref: made['$ref'] } : made;
};

const mapped = (map: Json, make: (value: unknown) => unknown): Json =>
  Object.fromEntries(Object.entries(map).map(([name, value]) => [name, make(value)]));

const contentSchema = (holder: Json): unknown => jsonOf(jsonOf(holder['content'])['application/json'])['schema'];

const parameterOf = (parameter: unknown): Json => {
  const { schema, ...rest } = jsonOf(parameter);
  return { ...rest, ...schemaOf(schema) };
};

const withoutHeading = ({ description, ...rest }: Json): Json => ({
  description,
  ...schemaOf(rest['schema']),
});

const responseOf = (response: unknown): Json => {
  const { content, headers, ...rest } = jsonOf(response);
  return {
    ...rest,
    ...(content === undefined ? {} : { schema: schemaOf(contentSchema({ content })) }),
    ...(headers === undefined ? {} : { headers: mapped(jsonOf(headers), (one) => withoutHeading(jsonOf(one))) }),
  };
};

const operationOf = (operation: unknown): Json => {
  const { parameters, requestBody, responses, ...rest } = jsonOf(operation);
  const body = isJson(requestBody)
    ? [
        {
          name: 'body',
          in: 'body',
          required: true,
          description: 'What is written.',
          schema: schemaOf(contentSchema(requestBody)),
        },
      ]
    : [];
  return {
    ...rest,
    parameters: [...listOf(parameters).map(parameterOf), ...body],
    responses: mapped(jsonOf(responses), responseOf),
  };
};

/** Makes the Swagger document of an OpenAPI document of this API. */
export const swaggerDocument = (document: Json): Json => {
  const [server] = listOf(document['servers']).map(jsonOf);
  const url = new URL(String(server?.['url']));
  const { license, ...info } = jsonOf(document['info']);
  return {
    swagger: '2.0',
    info: { ...info, license: { name: jsonOf(license)['name'] } },
    host: url.host,
    basePath: url.pathname,
    schemes: [url.protocol.slice(0, -1)],
    consumes: ['application/json'],
    produces: ['application/json'],
    tags: document['tags'],
    // What it is offered as.
    [partMark]: document[partMark],
    securityDefinitions: {
      basic: { type: 'basic' },
      bearer: { type: 'apiKey', name: 'Authorization', in: 'header', description: 'Bearer and a token of the hub.' },
    },
    paths: mapped(jsonOf(document['paths']), (item) => mapped(jsonOf(item), operationOf)),
    definitions: mapped(jsonOf(jsonOf(document['components'])['schemas']), schemaOf),
  };
};

// The OpenAPI 3.1 document of a service over REST, made of its operations. Called by service-parts.ts; its text is a golden file. Pure.
import { partMark } from '#catalogue/gate/marks.ts';
import { described, infoOf, type Schema } from '#mappings/mapping-schema.ts';
import { elementOfAnswer, statusForm } from './answer-forms.ts';
import { withinOf } from './read-element.ts';
import type { ElementForm, Service, ServiceOperation, ValueForm } from './service.ts';

/** The document of a service for a hub at the address given (without a trailing slash). */
export const serviceOpenApi = (service: Service, server: string): Schema => {
  const { prefix, title, describe, status, version, reconstructed, namespace } = service;
  const paths: Record<string, Record<string, Schema>> = {};
  for (const operation of service.operations) {
    const { rest } = operation;
    if (rest === undefined) continue;
    (paths[rest.path] ??= {})[rest.method.toLowerCase()] = operationObject(operation, service);
  }
  return {
    openapi: '3.1.0',
    info: infoOf({ name: title, version, description: describe }),
    [partMark]: status,
    ...(reconstructed === null ? {} : { 'x-reconstructed': described(reconstructed) }),
    servers: [{ url: `${server}${prefix ?? ''}`, description: 'This hub.' }],
    paths,
    components: {
      securitySchemes: {
        basic: {
          type: 'http',
          scheme: 'basic',
          ...described({
            nb: 'Klient-id og hemmelighet for applikasjonen.',
            en: 'Client id and secret of the application.',
          }),
        },
        bearer: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          ...described({ nb: 'Et token fra `/oauth/token`.', en: 'A token from `/oauth/token`.' }),
        },
      },
      responses: {
        Problem: {
          ...described({ nb: 'Hva som gikk galt.', en: 'What went wrong.' }),
          content: bothTypes(elementSchema(statusForm, namespace)),
        },
      },
    },
  };
};

const bothTypes = (schema: Schema): Schema => ({ 'application/xml': { schema }, 'application/json': { schema } });

const operationObject = (operation: ServiceOperation, { namespace, reconstructed }: Service): Schema => {
  const { name, rest, summary, describe, parameters, body, answer, others = [], contract } = operation;
  const answered = elementSchema(elementOfAnswer(answer), namespace);
  return {
    operationId: name,
    summary: summary.en,
    'x-summary-nb': summary.nb,
    ...described(describe),
    ...(operation.reconstructed === true
      ? { 'x-reconstructed': true, ...(reconstructed === null ? {} : { 'x-reconstructed-text': reconstructed }) }
      : {}),
    ...(contract === undefined ? {} : { [partMark]: contract }),
    security: [{ basic: [] }, { bearer: [] }],
    ...(parameters.length === 0
      ? {}
      : {
          parameters: parameters.map((one) => ({
            name: one.name,
            in: rest?.path.includes(`{${one.name}}`) === true ? 'path' : 'query',
            required: one.required === true,
            ...described(one.describe),
            schema: valueSchema(one),
          })),
        }),
    ...(body === undefined
      ? {}
      : { requestBody: { required: true, content: bothTypes(elementSchema(body, namespace)) } }),
    responses: {
      200: {
        ...described(elementOfAnswer(answer).describe ?? summary),
        content: {
          ...bothTypes(answered),
          ...Object.fromEntries(
            others.map((one) => [one.type, { schema: { type: 'string', ...described(one.describe) } }]),
          ),
        },
      },
      ...(operation.writes === true
        ? {
            202: {
              ...described({
                nb: 'Tatt imot; systemet som eier opplysningen, har ikke svart ennå.',
                en: 'Taken; the system that owns the value has not answered yet.',
              }),
              content: bothTypes(elementSchema(statusForm, namespace)),
            },
          }
        : {}),
      ...Object.fromEntries(
        ['400', '401', '403', '404', '406', ...(body === undefined ? [] : ['415']), '429', 'default'].map((status) => [
          status,
          { $ref: '#/components/responses/Problem' },
        ]),
      ),
    },
  };
};

/** A value in JSON: numbers and flags may be sent as texts too, which is what they are in XML. */
const valueSchema = (form: ValueForm, orEmpty = false): Schema => ({
  ...types[form.type],
  ...(form.values === undefined ? {} : { enum: form.values }),
  ...(form.pattern === undefined ? {} : { pattern: `^(?:${form.pattern})${orEmpty ? '?' : ''}$` }),
  ...(form.minLength === undefined ? {} : { minLength: form.minLength }),
  ...(form.maxLength === undefined ? {} : { maxLength: form.maxLength }),
  ...(form.minimum === undefined ? {} : { minimum: form.minimum }),
  ...(form.maximum === undefined ? {} : { maximum: form.maximum }),
});

const types: Readonly<Record<ValueForm['type'], Schema>> = {
  string: { type: 'string' },
  integer: { type: 'integer' },
  decimal: { type: 'number' },
  boolean: { type: 'boolean' },
  day: { type: 'string', format: 'date' },
  instant: { type: 'string', format: 'date-time' },
  flag: { type: 'string', enum: ['J', 'N'] },
  base64: { type: 'string', contentEncoding: 'base64' },
};

/** An element as an object, with what tells it from XML. */
const elementSchema = (form: ElementForm, namespace: string | null): Schema => {
  const xml = namespace === null ? {} : { xml: { name: form.name, namespace } };
  const about = form.describe === undefined ? {} : described(form.describe);
  const mark = form.contract === undefined ? {} : { [partMark]: form.contract };
  if ('content' in form && form.attributes === undefined)
    return { ...valueSchema(form.content, form.emptyClears === true), ...about, ...mark, ...xml };
  const attributes = (form.attributes ?? []).map((one) => [
    `@${one.name}`,
    {
      ...valueSchema(one),
      ...(one.describe === undefined ? {} : described(one.describe)),
      xml: { name: one.name, attribute: true },
    },
  ]);
  const members = withinOf(form).map((one) => {
    const inner = elementSchema(one, null);
    return [one.name, one.most === undefined ? inner : { type: 'array', items: inner }];
  });
  const required = withinOf(form)
    .filter((one) => one.required === true)
    .map(({ name }) => name);
  const orEmpty = form.emptyClears === true;
  const object: Schema = {
    type: 'object',
    ...(orEmpty ? {} : about),
    ...(orEmpty ? {} : mark),
    properties: Object.fromEntries([
      ...attributes,
      ...('content' in form ? [['#', valueSchema(form.content)]] : members),
    ]) as Schema,
    ...(required.length === 0 ? {} : { required }),
    ...('choice' in form ? { oneOf: form.choice.map(({ name }) => ({ required: [name] })) } : {}),
    ...xml,
  };
  return orEmpty ? { ...about, ...mark, oneOf: [object, { type: 'string', maxLength: 0 }] } : object;
};

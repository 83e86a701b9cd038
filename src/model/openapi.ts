// The OpenAPI 3.1 document of a component of the FINT client API, derived from the model. Called by the metamodel API, by the FINT API's
// own description and by the docs. Pure; knows no class name and no server.
import { sensitivities } from './check.ts';
import { describedClass, exampleOf, flatName, usedClasses } from './json-schema.ts';
import type { JsonObject } from './kinds.ts';
import type { ClassKey, Collection, Component, Model, ModelClass, Sensitivity, Text } from './model.ts';
import { operation, operationId } from './openapi-operation.ts';
import type { Shared } from './openapi-operation.ts';
import { describe, headers, jsonAnswer, parameters, ref, responses, text } from './openapi-parts.ts';
import { sharedSchemas } from './openapi-schemas.ts';
import { createOperation, identifierWrites, liveAnswer, statusPath } from './openapi-writes.ts';

export type OpenApiOptions = {
  /** Where the API is served, without a trailing slash. */
  readonly server: string;
  readonly tokenUrl: string;
  /** Status of the API in the catalogue. */
  readonly status: string;
};

/** Placeholders for documents that are not tied to one installation. */
export const openApiDefaults: OpenApiOptions = {
  server: 'https://hub.example',
  tokenUrl: 'https://hub.example/oauth/token',
  status: 'production',
};

export const clientScope = 'fint-client';

/** The API that the documents describe, by its id in the catalogue. */
export const describedApi = 'fint';

/** Gives the OpenAPI document of a component: every route of facts 2.1 with schemas, examples and problems. */
export const openApiDocument = (
  model: Model,
  component: Component,
  options: OpenApiOptions = openApiDefaults,
): JsonObject => ({
  openapi: '3.1.0',
  jsonSchemaDialect: 'https://json-schema.org/draft/2020-12/schema',
  info: {
    title: `${component.package.part} ${component.package.name.join(' / ')}`,
    version: model.parts.get(component.package.part)?.version ?? model.version,
    ...describe(component.package.description),
    license: { name: 'EUPL-1.2', identifier: 'EUPL-1.2' },
  },
  'x-bindeledd-status': options.status,
  'x-data-class': highest(component.collections.flatMap(sensitivitiesOf)),
  servers: [{ url: options.server }],
  security: [{ oauth2: [clientScope] }],
  tags: component.collections.map((one) => ({ name: one.segment, ...describe(one.class.description) })),
  paths: {
    ...componentPaths(component),
    ...Object.assign({}, ...component.collections.map((one) => collectionPaths(model, one, options))),
  },
  components: {
    securitySchemes: {
      oauth2: {
        type: 'oauth2',
        ...describe(
          text(
            'Klienten legitimerer seg selv; tokenet gjelder én organisasjon.',
            'The client authenticates itself; the token is bound to one organisation.',
          ),
        ),
        flows: {
          clientCredentials: {
            tokenUrl: options.tokenUrl,
            scopes: { [clientScope]: 'Read and write as a client' },
          },
        },
      },
    },
    parameters,
    headers,
    responses,
    schemas: { ...sharedSchemas, ...classSchemas(model, component) },
  },
});

const classSchemas = (model: Model, component: Component): JsonObject => {
  const classes = new Map<ClassKey, ModelClass>();
  for (const collection of component.collections)
    for (const one of [collection.class, ...usedClasses(model, collection.class)]) classes.set(one.key, one);
  return Object.fromEntries(
    [...classes.values()]
      .sort((a, b) => (a.key < b.key ? -1 : 1))
      .map((one) => [flatName(one.key), describedClass(model, one, classRef, ref('schemas', 'Link'))]),
  );
};

const classRef = (key: ClassKey): string => `#/components/schemas/${flatName(key)}`;

const sensitivitiesOf = (collection: Collection): readonly Sensitivity[] =>
  collection.class.attributes.map((attribute) => attribute.sensitivity);

const highest = (list: readonly Sensitivity[]): Sensitivity =>
  sensitivities[Math.max(0, ...list.map((one) => sensitivities.indexOf(one)))] ?? 'special';

/** Addresses that FINT has and that it keeps empty. */
const emptyInFint = text('Alltid tom, som i FINT', 'Always empty, as in FINT');
const emptyList = text('En tom liste.', 'An empty list.');

const componentPaths = (component: Component): JsonObject => {
  const get = (
    action: string,
    summary: Text,
    words: Text,
    schema: JsonObject,
    names: readonly string[] = [],
  ): JsonObject => ({
    get: operation({
      id: operationId(component.path, action),
      summary,
      dataClass: 'open',
      parameters: names,
      answer: jsonAnswer(words, 'component', schema),
    }),
  });
  const rebuild = (action: string, names: readonly string[] = []): JsonObject => ({
    post: operation({
      id: operationId(component.path, action),
      summary: text('Gjør ingenting: her er det intet mellomlager', 'Does nothing: there is no cache here'),
      dataClass: 'open',
      parameters: names,
      answer: ref('responses', 'Done'),
    }),
  });
  const base = `/${component.path}`;
  return {
    [base]: get(
      'catalogue',
      text('Hva komponenten tilbyr', 'What the component offers'),
      text('Adressene til hver ressurstype.', 'The addresses of each resource type.'),
      ref('schemas', 'Catalogue'),
    ),
    [`${base}/admin/health`]: get(
      'health',
      text('Om data leveres som lovet', 'Whether data are delivered as promised'),
      text('Tilstanden.', 'The state.'),
      ref('schemas', 'Health'),
    ),
    [`${base}/admin/assets`]: get(
      'assets',
      text('Organisasjonen tokenet gjelder', 'The organisation of the token'),
      text('Organisasjons-id-er.', 'Organisation ids.'),
      ref('schemas', 'Assets'),
    ),
    [`${base}/admin/cache/status`]: get(
      'cache_status',
      text('Antall og siste endring for hver ressurstype', 'Count and latest change of each resource type'),
      text('Status per ressurstype.', 'Status per resource type.'),
      ref('schemas', 'CacheStatus'),
    ),
    [`${base}/admin/organisations`]: get('organisations', emptyInFint, emptyList, { type: 'array', maxItems: 0 }),
    [`${base}/admin/organisations/{organisation}`]: get(
      'organisation',
      emptyInFint,
      text('Et tomt svar.', 'An empty object.'),
      { type: 'object', maxProperties: 0 },
      ['organisation'],
    ),
    [`${base}/admin/caches`]: get('caches', emptyInFint, emptyList, { type: 'array', maxItems: 0 }),
    [`${base}/admin/cache/rebuild`]: rebuild('rebuild'),
    [`${base}/admin/cache/rebuild/{resource}`]: rebuild('rebuild_one', ['resource']),
  };
};

const collectionPaths = (model: Model, collection: Collection, { server }: OpenApiOptions): JsonObject => {
  const base = `/${collection.path}`;
  const name = collection.class.className;
  const dataClass = highest(sensitivitiesOf(collection));
  const item: JsonObject = { $ref: classRef(collection.class.key) };
  const example = exampleOf(model, collection.class, collection.path, server);
  const page = {
    allOf: [ref('schemas', 'Page')],
    properties: { _embedded: { properties: { _entries: { type: 'array', items: item } } } },
  };
  const shared = { tag: collection.segment, dataClass };
  const pageAnswer = jsonAnswer(text('En side.', 'A page.'), 'page', page);
  return {
    [base]: {
      get: operation({
        ...shared,
        id: operationId(collection.path, 'list'),
        summary: text(`Les ${name}`, `Read ${name}`),
        parameters: ['size', 'offset', 'sinceTimeStamp', 'filter', 'prefer'],
        answer: pageAnswer,
        others: liveAnswer,
        conditional: true,
      }),
      post: createOperation(collection, item, shared),
    },
    [`${base}/$query`]: {
      post: operation({
        ...shared,
        id: operationId(collection.path, 'query'),
        summary: text(`Søk i ${name}; filteret står i kroppen`, `Search ${name}; the filter is the body`),
        parameters: ['size', 'offset', 'sinceTimeStamp', 'prefer'],
        answer: pageAnswer,
        others: liveAnswer,
        more: { requestBody: { required: true, content: { 'text/plain': { schema: { type: 'string' } } } } },
      }),
    },
    ...identifierPaths(collection, item, example, shared),
    ...statusPath(collection, item, page, shared),
    ...statePaths(collection, item, shared),
  };
};

const identifierPaths = (collection: Collection, item: JsonObject, example: JsonObject, shared: Shared): JsonObject =>
  Object.fromEntries(
    collection.identifiers.map((field, position) => [
      `/${collection.path}/${field.segment}/{value}`,
      {
        get: operation({
          ...shared,
          id: operationId(collection.path, `by_${field.segment}`),
          summary: text(
            `Les én ${collection.class.className} ved ${field.attribute}`,
            `Read one ${collection.class.className} by ${field.attribute}`,
          ),
          parameters: ['identifierValue', 'prefer'],
          others: liveAnswer,
          answer: jsonAnswer(
            text('Ressursen.', 'The resource.'),
            'resource',
            item,
            position === 0 ? example : undefined,
          ),
          conditional: true,
        }),
        ...identifierWrites(collection, field, item, shared),
      },
    ]),
  );

const statePaths = (collection: Collection, item: JsonObject, shared: Shared): JsonObject => {
  const base = `/${collection.path}`;
  const name = collection.class.className;
  const change = { allOf: [ref('schemas', 'Change')], properties: { resource: item } };
  return {
    [`${base}/last-updated`]: {
      get: operation({
        ...shared,
        dataClass: 'open',
        id: operationId(collection.path, 'last_updated'),
        summary: text(`Når ${name} sist ble endret`, `When ${name} last changed`),
        answer: ref('responses', 'LastUpdated'),
        conditional: true,
      }),
    },
    [`${base}/cache/size`]: {
      get: operation({
        ...shared,
        dataClass: 'open',
        id: operationId(collection.path, 'cache_size'),
        summary: text(`Antall ${name}`, `How many ${name}`),
        answer: ref('responses', 'CacheSize'),
        conditional: true,
      }),
    },
    [`${base}/changes`]: {
      get: operation({
        ...shared,
        id: operationId(collection.path, 'changes'),
        summary: text(`Endringer i ${name}, slettinger også`, `Changes of ${name}, removals too`),
        parameters: ['after', 'changesSize'],
        answer: jsonAnswer(text('Endringene i rekkefølge.', 'The changes in order.'), 'changes', {
          type: 'object',
          properties: {
            _entries: { type: 'array', items: change },
            next: { type: 'string', ...describe(text('Posisjonen å gå videre fra.', 'The position to go on from.')) },
            more: { type: 'boolean', ...describe(text('Det finnes flere nå.', 'There are more now.')) },
            _links: ref('schemas', 'PageLinks'),
          },
          required: ['_entries', 'next', 'more', '_links'],
        }),
        gone: true,
      }),
    },
  };
};

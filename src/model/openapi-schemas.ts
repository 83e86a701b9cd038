// The schemas of envelopes, states and problems that the OpenAPI documents of all components share. Used by openapi.ts only; follows facts
// 2.1-2.6 and the answers of the FINT API of this hub. Knows no class.
import type { JsonObject } from './kinds.ts';
import { describe, ref, text } from './openapi-parts.ts';

type Schemas = Readonly<Record<string, JsonObject>>;

const whole = { type: 'integer', minimum: 0 } as const;

const moment = { type: ['integer', 'null'], format: 'int64' } as const;

const adapterHealth: JsonObject = {
  type: 'object',
  properties: {
    adapterId: { type: 'string' },
    connected: { type: 'boolean' },
    heartbeatAgeSeconds: { type: ['integer', 'null'] },
    promisedSeconds: { type: 'integer' },
  },
};

const collectionHealth: JsonObject = {
  type: 'object',
  properties: {
    collection: { type: 'string' },
    lastFullSync: moment,
    lastDelta: moment,
    state: { type: 'string' },
    size: whole,
    stale: { type: 'boolean' },
    held: { type: 'boolean' },
  },
};

const pageSchemas: Schemas = {
  Link: { type: 'object', properties: { href: { type: 'string', format: 'uri-reference' } }, required: ['href'] },
  PageLinks: {
    type: 'object',
    ...describe(
      text('Adressene til denne, neste og forrige side.', 'The addresses of this, the next and the previous page.'),
    ),
    properties: Object.fromEntries(
      ['self', 'next', 'prev'].map((name) => [name, { type: 'array', items: ref('schemas', 'Link') }]),
    ),
    required: ['self'],
  },
  Page: {
    type: 'object',
    properties: {
      _embedded: {
        type: 'object',
        properties: { _entries: { type: 'array', items: { type: 'object' } } },
        required: ['_entries'],
      },
      _links: ref('schemas', 'PageLinks'),
      total_items: { ...whole, ...describe(text('Antall treff i alt.', 'All that match.')) },
      size: { ...whole, ...describe(text('Antall ressurser i dette svaret.', 'Resources in this answer.')) },
      offset: { ...whole, ...describe(text('Forskyvningen det ble spurt om.', 'The offset asked for.')) },
    },
    required: ['_embedded', '_links', 'total_items', 'size', 'offset'],
    examples: [
      {
        _embedded: { _entries: [] },
        _links: { self: [{ href: 'https://hub.example/domain/package/resource?offset=0&size=100' }] },
        total_items: 0,
        size: 0,
        offset: 0,
      },
    ],
  },
  Catalogue: {
    type: 'object',
    ...describe(text('Adressene til hver ressurstype.', 'The addresses of each resource type.')),
    additionalProperties: {
      type: 'object',
      properties: {
        collectionUrl: { type: 'string', format: 'uri' },
        oneUrl: { type: 'array', items: { type: 'string' } },
        cacheSizeUrl: { type: 'string', format: 'uri' },
        lastUpdatedUrl: { type: 'string', format: 'uri' },
      },
    },
  },
};

const writeSchemas: Schemas = {
  EventBody: {
    type: 'object',
    ...describe(text('Hva kilden sa.', 'What the source said.')),
    properties: {
      message: { type: 'string' },
      statusCode: { type: 'string', enum: ['', 'REJECTED', 'ERROR', 'CONFLICT'] },
      responseStatus: { type: 'string', enum: ['ACCEPTED', 'REJECTED', 'ERROR', 'CONFLICT'] },
      problems: {
        type: 'array',
        items: {
          type: 'object',
          properties: { field: { type: 'string' }, message: { type: 'string' }, code: { type: 'string' } },
        },
      },
    },
    required: ['message', 'statusCode', 'responseStatus', 'problems'],
  },
};

const stateSchemas: Schemas = {
  LastUpdated: {
    type: 'object',
    properties: { lastUpdated: { type: 'integer', format: 'int64' } },
    required: ['lastUpdated'],
  },
  CacheSize: { type: 'object', properties: { size: whole }, required: ['size'] },
  Change: {
    type: 'object',
    properties: {
      position: { type: 'string' },
      kind: {
        type: 'string',
        enum: ['created', 'updated', 'removed', 'identifier-changed', 'access-gained', 'access-lost'],
        ...describe(
          text(
            'access-gained og access-lost: klienten ser ressursen, eller mer av den, først nå; eller mindre, og uten ressurs ikke lenger.',
            'access-gained and access-lost: the client sees the resource, or more of it, only now; or less of it, and without a resource no more.',
          ),
        ),
      },
      at: {
        type: 'integer',
        format: 'int64',
        ...describe(text('Millisekunder siden 1970.', 'Milliseconds since 1970.')),
      },
      id: {
        type: 'string',
        ...describe(
          text('Fast id for ressursen gjennom alle endringer.', 'Stable id of the resource through all changes.'),
        ),
      },
      before: {
        type: 'array',
        items: { type: 'string', format: 'uri-reference' },
        ...describe(
          text(
            'Adressene ressursen hadde før; fylt ut når den er borte eller har fått ny identifikator.',
            'The addresses that the resource had before; given when it is gone or re-identified.',
          ),
        ),
      },
    },
    required: ['position', 'kind', 'at', 'id', 'before'],
  },
  CacheStatus: {
    type: 'object',
    additionalProperties: {
      type: 'object',
      properties: { lastUpdated: { type: 'string', format: 'date-time' }, size: whole },
      required: ['lastUpdated', 'size'],
    },
  },
  Health: {
    type: 'object',
    ...describe(
      text('Tilstanden til adapteren og siste leveranser.', 'The state of the adapter and its latest deliveries.'),
    ),
    properties: {
      component: { type: 'string' },
      time: { type: 'string', format: 'date-time' },
      healthy: { type: 'boolean' },
      adapters: { type: 'array', items: adapterHealth },
      collections: { type: 'array', items: collectionHealth },
    },
    required: ['component', 'time', 'healthy', 'adapters', 'collections'],
  },
  Assets: { type: 'array', items: { type: 'string' }, examples: [['fjordheim.test']] },
  Problem: {
    type: 'object',
    ...describe(text('Problembeskrivelse etter RFC 9457.', 'Problem details after RFC 9457.')),
    properties: {
      type: { type: 'string', format: 'uri-reference' },
      title: { type: 'string' },
      status: { type: 'integer' },
      detail: { type: 'string' },
      instance: { type: 'string' },
      code: { type: 'string', pattern: '^HUB-[0-9]{3}$' },
      requestId: { type: 'string' },
      hint: { type: 'string' },
      errors: {
        type: 'array',
        items: {
          type: 'object',
          properties: { at: { type: 'string' }, message: { type: 'string' }, code: { type: 'string' } },
        },
      },
    },
    required: ['type', 'title', 'status', 'code', 'requestId'],
  },
};

/** The schemas of the components section that every document holds. */
export const sharedSchemas: Schemas = { ...pageSchemas, ...stateSchemas, ...writeSchemas };

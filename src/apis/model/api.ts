// The metamodel API: the information model as JSON for machines, open to all, because a description of fields is no personal data.
// Mounted by app/compose.ts. Knows the model only; asks no hub.
import { problem } from '#base/errors.ts';
import type { Api, ApiAnswer, ApiRequest, Artefact } from '#apis/api.ts';
import type { Model } from '#model/model.ts';
import { publishedClasses, publishedSchema, schemaId } from '#model/json-schema.ts';
import { openApiDefaults, openApiDocument } from '#model/openapi.ts';
import type { OpenApiOptions } from '#model/openapi.ts';
import { modelAddresses } from './addresses.ts';
import type { Addresses } from './addresses.ts';

/** Builds the API. `options` name the server and token address that the OpenAPI documents give. */
export const modelApi = (model: Model, options: OpenApiOptions = openApiDefaults): Api => {
  const addresses = modelAddresses(model, options);
  return {
    entry: {
      id: 'model',
      name: { nb: 'Metamodellen', en: 'The metamodel' },
      description: {
        nb: 'Informasjonsmodellen for maskiner: klasser, felter, relasjoner, JSON Schema og OpenAPI.',
        en: 'The information model for machines: classes, fields, relations, JSON Schema and OpenAPI.',
      },
      status: 'beta',
      version: model.version,
    },
    routes: [
      {
        methods: ['GET'],
        path: '/model/*',
        access: 'open',
        scopes: [],
        body: 'none',
        bodyLimit: 0,
        handle: (request) => answer(addresses, request),
      },
    ],
    describe: () => artefacts(model),
  };
};

const answer = (addresses: Addresses, request: ApiRequest): ApiAnswer => {
  const found = addresses.find(request.rest);
  if (found === null)
    return { kind: 'problem', problem: problem('HUB-204', 'The model has nothing at this address.'), status: 404 };
  const headers = { etag: found.etag, 'cache-control': 'public, no-cache' };
  if (holds(request.header('if-none-match'), found.etag)) return { kind: 'empty', status: 304, headers };
  return { kind: 'bytes', status: 200, headers, bytes: found.text, type: found.type };
};

/** True when an If-None-Match header names the tag; weak tags compare equal, as the method is GET. */
const holds = (header: string | null, etag: string): boolean =>
  header !== null && header.split(',').some((one) => one.trim() === '*' || one.trim().replace(/^W\//, '') === etag);

const artefacts = (model: Model): readonly Artefact[] => [
  ...[...model.components.values()].map((component) => ({
    name: `model/openapi/${fileName(component.path)}.json`,
    type: 'application/json',
    text: pretty(openApiDocument(model, component)),
  })),
  ...[...model.packages.values()].map((one) => ({
    name: `model/schema/${fileName(one.path)}.json`,
    type: 'application/schema+json',
    text: pretty(
      Object.fromEntries(
        publishedClasses(model)
          .filter((of) => of.package === one.path)
          .map((of) => [schemaId(of), publishedSchema(model, of)]),
      ),
    ),
  })),
];

const fileName = (path: string): string => path.replaceAll('/', '-');
const pretty = (value: unknown): string => `${JSON.stringify(value, null, 1)}\n`;

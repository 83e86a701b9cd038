// The metamodel API: the information model as JSON for machines, open to all, because a description of fields is no personal data.
// Mounted by app/faces.ts. Knows the model only; asks no hub.
import { problem } from '#base/errors.ts';
import { openGet, type Api, type ApiAnswer, type ApiRequest, type Artefact } from '#apis/api.ts';
import { textAnswer } from '#apis/page-files.ts';
import type { Model } from '#model/model.ts';
import { publishedClasses, publishedSchema, schemaId } from '#model/json-schema.ts';
import { describedModelType, describedText, describeModel } from '#model/describe-model.ts';
import { describedApi, openApiDefaults, openApiDocument } from '#model/openapi.ts';
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
      version: '1.0.0',
    },
    routes: [
      {
        ...openGet,
        path: '/model/*',
        handle: (request) => answer(addresses, request),
      },
    ],
    describe: () => artefacts(model),
    describesToo: [describedApi],
  };
};

const answer = (addresses: Addresses, request: ApiRequest): ApiAnswer => {
  const found = addresses.find(request.rest);
  if (found === null)
    return { kind: 'problem', problem: problem('HUB-204', 'The model has nothing at this address.'), status: 404 };
  return textAnswer(request, found);
};

const artefacts = (model: Model): readonly Artefact[] => [
  { name: 'model/model.json', type: describedModelType, text: describedText(describeModel(model)) },
  ...[...model.components.values()].map((component) => ({
    name: `model/openapi/${fileName(component.path)}.json`,
    type: 'application/json',
    text: pretty(openApiDocument(model, component)),
    of: describedApi,
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

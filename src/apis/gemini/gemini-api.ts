// Gemini as one entry of the catalogue: persons, recognition of education taken elsewhere, and registers of study administration, on the contract of the
// original. Called by app/faces.ts.
import { openGet, type Api, type CatalogueEntry, type Route } from '#apis/api.ts';
import type { Model } from '#model/model.ts';
import { tagOf, textAnswer, type TaggedText } from '#apis/page-files.ts';
import { apiId, jsonPath, yamlPaths } from './addresses.ts';
import { createHoldings } from './holdings.ts';
import { createIds } from './ids.ts';
import { at } from './mappings/at.ts';
import { everyType } from './mappings/every-type.ts';
import { geminiDocument, geminiYaml } from './openapi.ts';
import type { GeminiDeps, GeminiParts } from './operation.ts';
import { allOperations } from './operations.ts';
import { problemWriter } from './problems.ts';
import { geminiRoutes } from './routes.ts';

const entry: CatalogueEntry = {
  id: apiId,
  name: { nb: 'Gemini', en: 'Gemini' },
  description: {
    nb: 'Personer, godkjenning av utdanning tatt andre steder, utvekslingsopphold og felleskoder og registre i studieadministrasjonen, som REST.',
    en: 'Persons, recognition of education taken elsewhere, exchange stays, and codes and registers of study administration, as REST.',
  },
  status: 'production',
  version: '1.0.0',
};

type Form = { readonly type: string; readonly write: (document: Readonly<Record<string, unknown>>) => string };
const yaml: Form = { type: 'application/yaml', write: geminiYaml };
const json: Form = { type: 'application/json', write: (document) => `${JSON.stringify(document, null, 1)}\n` };

/** Whether a model holds what Gemini tells: one without study administration has no Gemini. */
export const bearsGemini = (model: Model): boolean => Object.values(at).every((path) => model.collections.has(path));

/** Builds the API. Throws at start when a type does not fit the model or operations contradict each other. */
export const geminiApi = (deps: GeminiDeps): Api => {
  const ids = createIds(deps.model, deps.keys);
  const parts: GeminiParts = { ...deps, ids, holdings: createHoldings({ ...deps, ids }) };
  const operations = allOperations(parts);
  for (const type of everyType) parts.holdings.of('0', type);
  const document = (server: string) => geminiDocument(parts, operations, { entry, server });
  const served = (path: string, form: Form): Route =>
    documentRoute(path, form.type, (server) => form.write(document(server)), deps.baseUrl);
  return {
    entry,
    routes: [
      ...geminiRoutes(parts, operations),
      ...yamlPaths.map((path) => served(path, yaml)),
      served(jsonPath, json),
    ],
    describe: () => [
      { name: `${apiId}/openapi.json`, type: json.type, text: json.write(document('https://hub.example')) },
    ],
  };
};

/** Open to all, made once for the address that the hub has. */
const documentRoute = (
  path: string,
  type: string,
  describe: (server: string) => string,
  baseUrl: () => string,
): Route => {
  let made: { readonly server: string; readonly document: TaggedText } | null = null;
  return {
    ...openGet,
    path,
    problems: problemWriter(baseUrl),
    handle: (request) => {
      const server = baseUrl();
      if (made?.server !== server) {
        const text = describe(server);
        made = { server, document: { text, type, etag: tagOf(Buffer.from(text)) } };
      }
      return textAnswer(request, made.document);
    },
  };
};

// The Flyt Skole External API as one entry of the catalogue. Called by app/faces.ts. Names, scopes and the list of what can be done follow what
// the vendor says in public; addresses and forms are ours, since theirs are not.
import { openGet, type Api, type CatalogueEntry, type Route } from '#apis/api.ts';
import { tagOf, textAnswer, type TaggedText } from '#apis/page-files.ts';
import type { ScopeBundles } from '#model/scope-bundles.ts';
import { prefix } from './addresses.ts';
import { eventKindsText, eventKindsType } from '#catalogue/gate/event-kinds.ts';
import { openApiDocument } from './openapi.ts';
import type { OperationGroup, VfsDeps } from './operation.ts';
import { allOperations } from './operations.ts';
import { eventKinds } from './reads/events.ts';
import { referenceRoutes } from './reference.ts';
import { apiId, vfsRoutes } from './routes.ts';

const entry: CatalogueEntry = {
  id: apiId,
  name: { nb: 'Flyt Skole eksternt API', en: 'Flyt Skole External API' },
  description: {
    nb: 'Elever, foresatte, ansatte, grupper, timeplaner, tilganger og endringer i grunnskolen. Dekker det Visma sier at Flyt Skole External API kan. Adressene og formene til originalen er ikke offentlige: disse er våre egne, og klienter for originalen kan ikke brukes uendret.',
    en: 'Pupils, guardians, employees, groups, timetables, access and changes in primary school. Covers what Visma says that the Flyt Skole External API can do. The addresses and forms of the original are not public: these are our own, and clients of the original cannot be used unchanged.',
  },
  status: 'production',
  version: '1.0.0',
};

/** Where the description is served. */
const documentPath = `${prefix}/openapi.json`;

/** The description as text, for a hub at the address given (without a trailing slash). */
export const describeVfs = (group: OperationGroup, bundles: ScopeBundles, server: string): string =>
  `${JSON.stringify(openApiDocument(group, { entry, server, prefix, bundles }), null, 1)}\n`;

/** Builds the API. Throws at start when a mapping does not fit the model or operations contradict each other. */
export const flytSkoleApi = (deps: VfsDeps): Api => {
  const group = allOperations(deps);
  const describe = (server: string): string => describeVfs(group, deps.bundles, server);
  return {
    entry,
    routes: [
      ...vfsRoutes(group.operations, group.schemas),
      documentRoute(describe, deps.baseUrl),
      ...referenceRoutes(entry, documentPath),
    ],
    describe: () => [
      { name: `${apiId}/openapi.json`, type: 'application/json', text: describe('https://hub.example') },
      { name: `${apiId}/events.json`, type: eventKindsType, text: eventKindsText(eventKinds) },
    ],
  };
};

/** Open to all, made once for the address that the hub has. */
const documentRoute = (describe: (server: string) => string, baseUrl: () => string): Route => {
  let made: { readonly server: string; readonly document: TaggedText } | null = null;
  return {
    ...openGet,
    path: documentPath,
    closedToNationalIds: true,
    handle: (request) => {
      const server = baseUrl();
      if (made?.server !== server) {
        const text = describe(server);
        made = { server, document: { text, type: 'application/json', etag: tagOf(Buffer.from(text)) } };
      }
      return textAnswer(request, made.document);
    },
  };
};

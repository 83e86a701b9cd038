// The APIs of a hub, put together: each is a face of the same data. Called by compose.ts; to add an API, add it here. Those of study administration are there
// only when the model has what they tell of.
import { accessKeysApi } from '#apis/access-keys/access-keys-api.ts';
import { adminApi } from '#apis/admin/admin-api.ts';
import type { AdminPorts } from '#apis/admin/ports.ts';
import type { Api } from '#apis/api.ts';
import { auditKeysApi } from '#apis/audit-keys/api.ts';
import { explainApi } from '#apis/explain/explain-api.ts';
import { fintApi } from '#apis/fint/fint-api.ts';
import { fintGraphqlApi } from '#apis/fint-graphql/fint-graphql-api.ts';
import { flytSkoleApi } from '#apis/flyt-skole/vfs-api.ts';
import { fsApi } from '#apis/fs-api/fs-api.ts';
import { bearsFsApi } from '#apis/fs-api/operations.ts';
import { eventParts } from '#apis/fs-graphql/events/event-parts.ts';
import { fsGraphqlApi, type FsGraphqlDeps } from '#apis/fs-graphql/fs-graphql-api.ts';
import { mutationParts } from '#apis/fs-graphql/mutations/mutation-parts.ts';
import { createOwners, type OwnerPort, type Owners } from '#apis/fs-graphql/owner.ts';
import { bearsBas, fswsBasApi, fswsBasSoapApi } from '#apis/fsws-bas/fsws-bas-api.ts';
import { bearsBris, fswsBrisApi } from '#apis/fsws-bris/fsws-bris-api.ts';
import { bearsCrud, fswsCrudApi } from '#apis/fsws-crud/fsws-crud-api.ts';
import { bearsStudinfo, fswsStudinfo2Api } from '#apis/fsws-studinfo2/fsws-studinfo2-api.ts';
import { bearsStudrapp, fswsStudrappApi } from '#apis/fsws-studrapp/fsws-studrapp-api.ts';
import { bearsGemini, geminiApi } from '#apis/gemini/gemini-api.ts';
import { modelApi } from '#apis/model/api.ts';
import { providerApi } from '#apis/provider/provider-api.ts';
import { tokenPaths } from '#auth/metadata.ts';
import type { Clock } from '#base/clock.ts';
import type { Observe } from '#base/events.ts';
import type { Random } from '#base/random.ts';
import { releaseInForce } from '#catalogue/calendar.ts';
import type { ContractNotes } from '#catalogue/contract-notes.ts';
import type { Settings } from '#config/settings.ts';
import type { Exports } from '#exports/export.ts';
import type { AuditTrail } from '#hub/audit-trail.ts';
import { createWholeSight } from '#hub/documents/whole-sight.ts';
import { explainApi as explainName, type Explainer } from '#hub/explain.ts';
import type { Quotas } from '#hub/quotas.ts';
import type { Signals } from '#hub/signals.ts';
import type { AdapterEvents } from '#ingest/events.ts';
import type { Ingest } from '#ingest/run.ts';
import type { Streams } from '#messages/stream.ts';
import { noExamples } from '#model/graphql-examples.ts';
import type { GraphqlRoots } from '#model/graphql-roots.ts';
import type { Store } from '#store/store.ts';
import { createAccessFor } from './access-for.ts';
import type { Definitions } from './definitions.ts';
import type { Denials } from './denials.ts';
import { createFigureShelf } from './figure-shelf.ts';
import { createFintHealth } from './fint-health.ts';
import { createKeyLinks } from './key-links.ts';
import type { Waist } from './waist.ts';

export type FacesDeps = {
  readonly settings: Pick<Settings, 'environment' | 'graphqlFlagsImply'>;
  readonly definitions: Definitions;
  readonly waist: Waist;
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly observe: Observe;
  readonly signals: Signals;
  readonly baseUrl: () => string;
  readonly quotas: Quotas;
  readonly exports: Exports;
  readonly streams: Streams;
  readonly contracts: ContractNotes;
  readonly denials: Denials;
  readonly ingest: Ingest;
  readonly events: AdapterEvents;
  readonly audit: AuditTrail;
  readonly explainer: Explainer;
  readonly deliverNotices: () => Promise<void>;
  readonly adminPorts: AdminPorts;
};

/** Every API but the catalogue, which tells of these. Throws when the model gives no schema, or an API cannot be told by it. */
export const createFaces = (deps: FacesDeps): readonly Api[] => {
  const { settings, definitions, waist, store, clock, quotas, signals, baseUrl, ingest, events } = deps;
  const { model, bundles } = definitions;
  const { authorizer, freshness, hub, documents, entityEvents, sealing } = waist;
  return [
    fintApi({ model, hub, clock, baseUrl, admin: createFintHealth({ store, clock, authorizer, freshness }) }),
    fintGraphqlApi({ model, graph: waist.graph, ...graphqlOf('fint-graphql', '/graphql/graphql', deps) }),
    flytSkoleApi({
      model,
      hub,
      documents,
      events: entityEvents,
      sealing,
      signals,
      clock,
      baseUrl,
      quotas,
      environment: settings.environment,
      bundles,
      exports: deps.exports,
    }),
    ...studyFaces(deps),
    providerApi({ model, ingest, events }),
    modelApi(model),
    auditKeysApi(deps.audit.keys),
    explanations(deps),
    accessKeysApi(
      createKeyLinks({
        platform: store.platform,
        clock,
        random: deps.random,
        deliver: deps.deliverNotices,
        tokenEndpoint: () => `${baseUrl()}${tokenPaths.token}`,
      }),
    ),
    adminApi(deps.adminPorts),
  ];
};

/** What the APIs that speak GraphQL are given alike. */
const graphqlOf = (
  api: 'fint-graphql' | 'fs-graphql',
  route: string,
  { definitions, clock, observe, contracts, denials }: FacesDeps,
): Pick<FsGraphqlDeps, 'clock' | 'catalogueVersion' | 'examples' | 'observe' | 'refused' | 'ending'> => ({
  clock,
  catalogueVersion: releaseInForce(definitions.catalogue.releases, clock.now())?.version ?? null,
  examples: definitions.graphql.examples.get(api) ?? noExamples,
  // What nobody has foreseen is for those who run the hub; the client is told the reference alone.
  observe: (error, id) =>
    observe({
      kind: 'failure',
      id,
      route,
      code: 'HUB-500',
      internal: error instanceof Error ? (error.stack ?? error.message) : 'unknown',
    }),
  refused: ({ context, code, missing }) => {
    const { principal, requestId } = context;
    return denials.document({ principal, requestId, route: context.api, method: 'POST', code }, missing);
  },
  ending: (uses) => contracts.endingOf(api, uses),
});

/** Those of study administration that the model has something for. */
const studyFaces = (deps: FacesDeps): readonly Api[] => {
  const { settings, definitions, waist, store, clock, random, baseUrl, contracts } = deps;
  const { model, graphql } = definitions;
  const { hub, graph, sealing, walk, tables } = waist;
  const { platform } = store;
  const owners = createOwners(institutionsOf(store), clock);
  const services = {
    model,
    hub,
    walk,
    clock,
    baseUrl,
    institutionNumber: owners.numberOf,
    endingOf: contracts.endingOf,
  };
  return [
    ...(graphql.roots === null ? [] : [studyGraphql(graphql.roots, owners, deps)]),
    ...(bearsFsApi(model) ? [fsApi({ model, tables, clock, baseUrl, streams: deps.streams })] : []),
    ...(bearsCrud(model) ? [fswsCrudApi({ model, tables, clock, random, environment: settings.environment })] : []),
    ...(graphql.roots === null || !bearsGemini(model)
      ? []
      : [
          geminiApi({
            model,
            hub,
            tables,
            graph,
            sealing,
            clock,
            random,
            baseUrl,
            keys: graphql.roots.ids,
            institutionNumber: owners.numberOf,
          }),
        ]),
    ...(bearsBas(model)
      ? [
          fswsBasApi({ ...services, tables }),
          fswsBasSoapApi({
            ...services,
            tables,
            switchedOn: async (id, api) =>
              (await platform.organisation(id))?.settings.retiringApis?.includes(api) === true,
          }),
        ]
      : []),
    ...(bearsStudrapp(model) ? [fswsStudrappApi({ ...services, tables })] : []),
    ...(bearsStudinfo(model) ? [fswsStudinfo2Api({ ...services, graph })] : []),
    ...(bearsBris(model)
      ? [
          fswsBrisApi({
            ...services,
            sight: createWholeSight(waist.accesses),
            shelf: createFigureShelf(platform, clock),
          }),
        ]
      : []),
  ];
};

const institutionsOf = ({ platform }: Pick<Store, 'platform'>): OwnerPort => ({
  institutionNumber: async (id) => (await platform.organisation(id))?.settings.institutionNumber ?? null,
});

const studyGraphql = (roots: GraphqlRoots, owners: Owners, deps: FacesDeps): Api => {
  const { settings, definitions, waist, store, clock, random } = deps;
  const { model, graphql } = definitions;
  const { mutations, events } = graphql;
  const { graph, hub, entityEvents, sealing } = waist;
  return fsGraphqlApi({
    model,
    roots,
    graph,
    flagsImply: settings.graphqlFlagsImply,
    ...institutionsOf(store),
    parts: [
      ...(mutations === null ? [] : [mutationParts({ model, mutations, roots, owners, graph, hub, clock, random })]),
      ...(events === null ? [] : [eventParts({ model, data: events, roots, owners, events: entityEvents, sealing })]),
    ],
    ...graphqlOf('fs-graphql', '/graphql', deps),
  });
};

/** The API that explains to applications what they asked, and what they have to be given for what they would ask. */
const explanations = ({ definitions, explainer, store, clock, random }: FacesDeps): Api => {
  const { model, bundles, packages, graphql } = definitions;
  return explainApi({
    accessFor: createAccessFor({ model, bundles, packages, roots: graphql.roots }),
    explain: ({ tenant, client }, request) =>
      explainer.explain(tenant, request, { kind: 'application', application: client }),
    record: async ({ principal, requestId, explained }) =>
      (await store.tenant(principal.tenant)).appendAudit({
        id: random.uuid(),
        at: clock.now(),
        request: requestId,
        issuer: principal.issuer,
        client: principal.client,
        token: principal.token,
        api: explainName,
        operation: 'explain',
        collection: '',
        decision: 'allow',
        rule: 'own-requests',
        count: explained === null ? 0 : 1,
        subjects: [],
        seen: null,
        details: explained ?? '',
      }),
  });
};

// FINT's GraphQL as one entry of the catalogue, at the address that its clients know (facts 7). Called by app/compose.ts. Generated from the model: it
// holds no class name.
import { problem } from '#base/errors.ts';
import { limits } from '#base/limits.ts';
import type { Clock } from '#base/clock.ts';
import { flagsOf } from '#graphql/build-schema.ts';
import { createGraphql, type Graphql, type GraphqlParts } from '#graphql/answer-request.ts';
import { contractIndex } from '#graphql/contract-index.ts';
import type { Face } from '#graphql/face.ts';
import { printSdl } from '#graphql/print-sdl.ts';
import type { Api } from '#apis/api.ts';
import { descriptionRoutes, linksTo, type Description } from '#apis/descriptions.ts';
import { consoleRoutes } from '#apis/graphql-console/console-routes.ts';
import type { Graph } from '#hub/graph/graph.ts';
import type { Principal } from '#hub/principal.ts';
import { noExamples, type GraphqlExamples } from '#model/graphql-examples.ts';
import type { Model, Text } from '#model/model.ts';
import { answerGraphql, classificationOf } from './answer.ts';
import { apiId } from './api-id.ts';
import { fintFace } from './face.ts';

export type FintGraphqlDeps = {
  readonly model: Model;
  readonly graph: Graph;
  readonly clock: Pick<Clock, 'now'>;
  readonly observe: GraphqlParts['observe'];
  /** What the page for browsers offers to try; absent = nothing. */
  readonly examples?: GraphqlExamples;
};

const address = '/graphql/graphql';

const title: Text = { nb: 'FINT GraphQL', en: 'FINT GraphQL' };

const about: Text = {
  nb: 'Alle klassene i informasjonsmodellen som GraphQL: én ressurs med alt den henger sammen med, eller lister med filter og sider.',
  en: 'Every class of the information model as GraphQL: a resource with all that it hangs together with, or lists with filters and pages.',
};

/** The scope of FINT's client tokens (facts 6): the same as for REST. */
const clientScope = 'fint-client';

const ownScopes: ReadonlySet<string> = new Set([clientScope]);

/** As in REST: grants that stand for another scope show whole resources here, which the API they are meant for shows only in part. */
const callerHere = (principal: Principal): Principal =>
  principal.scopes.size === 1 ? principal : { ...principal, scopes: ownScopes };

/** Makes the API over a model. Throws when the model gives no schema. */
export const fintGraphqlApi = ({ model, graph, clock, observe, examples = noExamples }: FintGraphqlDeps): Api => {
  const face = fintFace(model);
  const graphql = createGraphql({ face, model, graph, observe, classify: classificationOf });
  const descriptions = descriptionsOf(graphql, face);
  return {
    entry: {
      id: apiId,
      name: title,
      description: about,
      status: 'beta',
      version: '1.0.0',
    },
    routes: [
      {
        methods: ['POST'],
        path: address,
        access: 'client',
        scopes: [clientScope],
        body: 'text',
        bodyLimit: limits.bodyBytes,
        deadlineMs: limits.graphqlRequestMs,
        handle: (request) => {
          const { principal } = request;
          if (principal === null)
            return {
              kind: 'problem',
              problem: problem('HUB-300', 'This address needs an access token.'),
              unrecorded: true,
            };
          return answerGraphql(graphql, clock.now, request, callerHere(principal));
        },
      },
      ...consoleRoutes({
        name: title,
        about,
        path: address,
        flags: [...flagsOf(face)].toSorted(),
        examples,
        links: linksTo(descriptions),
        guides: ['how-to/fint-graphql.md', 'how-to/read-data.md', 'reference/errors.md', 'reference/limits.md'],
        sdl: (flags) => printSdl(graphql.schemas(flags).open),
        otherwise: problem('HUB-105', 'This address takes POST.'),
      }),
      ...descriptionRoutes(descriptions),
    ],
    describe: () => descriptions.map(({ artefact }) => artefact()),
  };
};

/** The schema as it is, and with what is tried out; and what that is. */
const descriptionsOf = ({ schemas }: Graphql, face: Face): readonly Description[] => [
  ...[
    { path: `/specs/${apiId}.graphql`, name: 'schema', flags: [] },
    { path: `/specs/${apiId}-experimental.graphql`, name: 'experimental', flags: ['experimental'] },
  ].map(({ path, name, flags }): Description => ({
    path,
    artefact: () => ({
      name: `${apiId}/${name}.graphql`,
      type: 'application/graphql; charset=utf-8',
      text: printSdl(schemas(new Set(flags)).open),
    }),
  })),
  {
    path: `/catalogue/apis/${apiId}/contracts.json`,
    artefact: () => ({
      name: `${apiId}/contracts.json`,
      type: 'application/json',
      text: `${JSON.stringify(contractIndex(face), null, 1)}\n`,
    }),
  },
];

// FINT's GraphQL as one entry of the catalogue, at the address that its clients know (facts 7). Called by app/faces.ts. Generated from the model: it
// holds no class name.
import { problem } from '#base/errors.ts';
import type { Clock } from '#base/clock.ts';
import { flagsOf } from '#graphql/build-schema.ts';
import { createGraphql, type Graphql, type GraphqlParts } from '#graphql/answer-request.ts';
import { documentFaults } from '#graphql/document-faults.ts';
import type { Face } from '#graphql/face.ts';
import { printSdl } from '#graphql/print-sdl.ts';
import type { Api, ApiStatus } from '#apis/api.ts';
import { descriptionRoutes, linksTo, type Description } from '#apis/descriptions.ts';
import { callerHere } from '#apis/client-scope.ts';
import { consoleRoutes } from '#apis/graphql-console/console-routes.ts';
import { contractsDescription, operationsRoute, schemaDescription } from '#apis/graphql-http.ts';
import type { Graph } from '#hub/graph/graph.ts';
import { noExamples, type GraphqlExamples } from '#model/graphql-examples.ts';
import type { Model, Text } from '#model/model.ts';
import { answerGraphql, classificationOf } from './answer.ts';
import { apiId } from './api-id.ts';
import { contractText, type Offered } from './contract-text.ts';
import { fintFace } from './face.ts';

export type FintGraphqlDeps = {
  readonly model: Model;
  readonly graph: Graph;
  readonly clock: Pick<Clock, 'now'>;
  readonly observe: GraphqlParts['observe'];
  /** The main version of the catalogue that is in force; null or absent = before the first. */
  readonly catalogueVersion?: number | null;
  /** What the page for browsers offers to try; absent = nothing. */
  readonly examples?: GraphqlExamples;
  /** What of used parts will go. Absent = nothing is said of it. */
  readonly ending?: GraphqlParts['ending'];
  /** Told of documents that are not run. Absent = nobody is. */
  readonly refused?: GraphqlParts['refused'];
};

const address = '/graphql/graphql';

const status: ApiStatus = 'beta';

const title: Text = { nb: 'FINT GraphQL', en: 'FINT GraphQL' };

const about: Text = {
  nb: 'Alle klassene i informasjonsmodellen som GraphQL: én ressurs med alt den henger sammen med, eller lister med filter og sider.',
  en: 'Every class of the information model as GraphQL: a resource with all that it hangs together with, or lists with filters and pages.',
};

/** Makes the API over a model. Throws when the model gives no schema. */
export const fintGraphqlApi = ({
  model,
  graph,
  clock,
  observe,
  examples = noExamples,
  ending,
  refused,
  catalogueVersion = null,
}: FintGraphqlDeps): Api => {
  const face = fintFace(model);
  const graphql = createGraphql({
    face,
    model,
    graph,
    observe,
    classify: classificationOf,
    ...(ending === undefined ? {} : { ending }),
    ...(refused === undefined ? {} : { refused }),
  });
  const descriptions = descriptionsOf(graphql, face, { status, catalogueVersion });
  return {
    entry: {
      id: apiId,
      name: title,
      description: about,
      status,
      version: '1.0.0',
    },
    routes: [
      operationsRoute(address, (request) => {
        const { principal } = request;
        if (principal === null)
          return {
            kind: 'problem',
            problem: problem('HUB-300', 'This address needs an access token.'),
            unrecorded: true,
          };
        return answerGraphql(graphql, clock.now, request, callerHere(principal));
      }),
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
    documentFaults: (text, flags) => documentFaults(text, graphql.schemas(new Set(flags))),
    describe: () => descriptions.map(({ artefact }) => artefact()),
  };
};

/** The schema as it is, and with what is tried out; and what that is. */
const descriptionsOf = (graphql: Graphql, face: Face, offered: Offered): readonly Description[] => [
  schemaDescription(graphql, { path: `/specs/${apiId}.graphql`, name: `${apiId}/schema.graphql`, flags: [] }),
  schemaDescription(graphql, {
    path: `/specs/${apiId}-experimental.graphql`,
    name: `${apiId}/experimental.graphql`,
    flags: ['experimental'],
  }),
  contractsDescription(apiId, () => contractText(face, offered)),
];

// FS GraphQL as one entry of the catalogue: the address that takes operations, and its descriptions. Called by app/faces.ts. Generated from the model
// and the data beside it: it holds no class name. Conventions follow facts 2.
import type { Clock } from '#base/clock.ts';
import { problem } from '#base/errors.ts';
import type { Api, Artefact } from '#apis/api.ts';
import { eventKindsText, eventKindsType } from '#catalogue/gate/event-kinds.ts';
import { createGraphql, type Graphql, type GraphqlParts } from '#graphql/answer-request.ts';
import { flagsOf as flagsOfFace } from '#graphql/build-schema.ts';
import { documentFaults } from '#graphql/document-faults.ts';
import type { Face } from '#graphql/face.ts';
import { readFlags } from '#graphql/marks.ts';
import { printSdl } from '#graphql/print-sdl.ts';
import type { Graph } from '#hub/graph/graph.ts';
import { noExamples, type GraphqlExamples } from '#model/graphql-examples.ts';
import type { GraphqlRoots } from '#model/graphql-roots.ts';
import type { Model, Text } from '#model/model.ts';
import { answerPost, apiId } from './answer.ts';
import { announcedChanges } from './announced.ts';
import { contractText } from './contract-text.ts';
import { descriptionRoutes, linksTo, type Description } from '#apis/descriptions.ts';
import { consoleRoutes } from '#apis/graphql-console/console-routes.ts';
import { contractsDescription, operationsRoute, schemaDescription } from '#apis/graphql-http.ts';
import { fsFace, type FaceParts } from './face/fs-face.ts';
import { createOwners, type OwnerPort } from './owner.ts';

export type FsGraphqlDeps = OwnerPort & {
  readonly model: Model;
  readonly roots: GraphqlRoots;
  readonly graph: Graph;
  readonly clock: Clock;
  /** What mutations and events add to the face; absent = nothing. */
  readonly parts?: readonly FaceParts[];
  /** `experimental` opens `beta` too. The original lists both (facts 2.1). */
  readonly flagsImply: boolean;
  /** What the page for browsers offers to try; absent = nothing. */
  readonly examples?: GraphqlExamples;
  /** The main version of the catalogue that is in force; null or absent = before the first. */
  readonly catalogueVersion?: number | null;
  /** Tells those who run the hub what nobody has foreseen. */
  readonly observe: (error: unknown, reference: string) => void;
  /** What of used parts will go. Absent = nothing is said of it. */
  readonly ending?: GraphqlParts['ending'];
  /** Told of documents that are not run. Absent = nobody is. */
  readonly refused?: GraphqlParts['refused'];
};

const fsGraphqlPath = '/graphql';

const title: Text = { nb: 'FS GraphQL', en: 'FS GraphQL' };

const about: Text = {
  nb: 'Studieadministrasjonen i høyere utdanning som GraphQL, med konvensjonene til FS GraphQL.',
  en: 'Study administration in higher education as GraphQL, with the conventions of FS GraphQL.',
};

/** Builds the API. Throws with all that is wrong when the data do not make a face. */
export const fsGraphqlApi = (deps: FsGraphqlDeps): Api => {
  const owners = createOwners(deps, deps.clock);
  const face = fsFace(apiId, { model: deps.model, roots: deps.roots, owners, graph: deps.graph }, deps.parts ?? []);
  const graphql = createGraphql({
    face,
    model: deps.model,
    graph: deps.graph,
    observe: deps.observe,
    ...(deps.ending === undefined ? {} : { ending: deps.ending }),
    ...(deps.refused === undefined ? {} : { refused: deps.refused }),
  });
  const answering = { graphql, owners, clock: deps.clock, flags: flagsOfFace(face), flagsImply: deps.flagsImply };
  const descriptions = descriptionsOf(graphql, face, deps);
  return {
    entry: {
      id: apiId,
      name: title,
      description: about,
      status: 'production',
      version: '1.0.0',
    },
    announced: announcedChanges(face, deps.roots),
    // Clients write the address with a slash at its end, and without.
    routes: [
      ...[fsGraphqlPath, `${fsGraphqlPath}/`].map((path) =>
        operationsRoute(path, (request) => answerPost(answering, request)),
      ),
      ...consoleRoutes({
        name: title,
        about,
        path: fsGraphqlPath,
        alsoAt: [`${fsGraphqlPath}/`],
        flags: [...answering.flags].toSorted(),
        examples: deps.examples ?? noExamples,
        links: linksTo(descriptions),
        guides: [
          'how-to/fs-graphql.md',
          'how-to/fs-graphql-mutations.md',
          'how-to/fs-graphql-events.md',
          'reference/errors.md',
          'reference/limits.md',
        ],
        sdl: (flags) => printSdl(graphql.schemas(readFlags([...flags].join(), deps.flagsImply)).open),
        otherwise: problem('HUB-105', 'Send operations to this address by POST.'),
      }),
      ...descriptionRoutes(descriptions),
    ],
    documentFaults: (text, flags) => documentFaults(text, graphql.schemas(readFlags(flags.join(), deps.flagsImply))),
    describe: () => [...descriptions.map(({ artefact }) => artefact()), ...eventArtefacts(deps.parts ?? [])],
  };
};

/** What is told of events, where something is. */
const eventArtefacts = (parts: readonly FaceParts[]): readonly Artefact[] => {
  const kinds = Object.assign({}, ...parts.map(({ events }) => events?.kinds ?? {}));
  return Object.keys(kinds).length === 0
    ? []
    : [{ name: `${apiId}/events.json`, type: eventKindsType, text: eventKindsText({ kinds }) }];
};

/** The schema under each level (a level has what is firmer too), and the contracts. */
const descriptionsOf = (
  graphql: Graphql,
  face: Face,
  { roots, catalogueVersion = null }: Pick<FsGraphqlDeps, 'roots' | 'catalogueVersion'>,
): readonly Description[] => {
  const levels = [
    ['production', []],
    ['beta', ['beta']],
    ['experimental', ['beta', 'experimental']],
  ] as const;
  return [
    ...levels.map(([level, flags]) =>
      schemaDescription(graphql, {
        path: `/specs/${apiId}-${level}.graphql`,
        name: `${apiId}/${level}.graphql`,
        flags,
      }),
    ),
    contractsDescription(apiId, () => contractText(face, roots, catalogueVersion)),
  ];
};

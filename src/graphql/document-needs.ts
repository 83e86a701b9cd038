// What a document reads, found out without reading anything: it is run against a hub that notes what it is asked for and has nothing. For whoever explains
// what has to be granted for it. Knows no grant.
import { getNamedType, isEnumType, isInputObjectType, isListType, isNonNullType, typeFromAST } from 'graphql';
import type { GraphQLInputType, GraphQLSchema, OperationDefinitionNode } from 'graphql';
import { problem } from '#base/errors.ts';
import { failed, ok, type Result } from '#base/result.ts';
import type { Graph, GraphRoot } from '#hub/graph/graph.ts';
import type { QueryContext } from '#hub/query.ts';
import type { Model } from '#model/model.ts';
import { createGraphql } from './answer-request.ts';
import { flagsOf } from './build-schema.ts';
import { createDocumentCompiler } from './compile-document.ts';
import type { Face, FaceRequest } from './face.ts';
import { subsetsOf } from './marks.ts';

export type AskedDocument = {
  readonly text: string;
  readonly operationName: string | null;
  /** Those that are not given and have to be are made up. */
  readonly variables: Readonly<Record<string, unknown>>;
};

export type ReadDocument = {
  /** The fewest flags with which it can be run, sorted. */
  readonly flags: readonly string[];
  readonly roots: readonly GraphRoot[];
  /** What went wrong all the same, by message: fields that read nothing with these variables. */
  readonly errors: readonly string[];
};

/** Looks at documents of a face, which is made over the graph that it is given. */
export type DocumentReading = (asked: AskedDocument, request: FaceRequest) => Promise<Result<ReadDocument>>;

/** A graph that notes what each request asks for, and has nothing. */
const createNotingGraph = (): { readonly graph: Graph; readonly asked: WeakMap<QueryContext, GraphRoot[]> } => {
  const asked = new WeakMap<QueryContext, GraphRoot[]>();
  const page = { nodes: [], more: false, total: 0, place: () => '' };
  const graph: Graph = {
    read: async (roots, context) => {
      asked.get(context)?.push(...roots);
      return roots.map((root) => {
        switch (root.kind) {
          case 'list':
            return { kind: 'page', page };
          case 'rows':
            return { kind: 'rows', uids: [], total: 0, more: false };
          case 'named':
            return { kind: 'nodes', nodes: root.values.map(() => null) };
          case 'uids':
            return { kind: 'nodes', nodes: root.uids.map(() => null) };
        }
      });
    },
  };
  return { graph, asked };
};

/**
 * Makes it for a face. Fails with HUB-131 for a document that cannot be run with any flags, with the first thing that is wrong with it, and HUB-103 for one
 * that changes something.
 */
export const createDocumentReading = (makeFace: (graph: Graph) => Face, model: Model): DocumentReading => {
  const noting = createNotingGraph();
  const face = makeFace(noting.graph);
  const all = [...flagsOf(face)].toSorted();
  const subsets = subsetsOf(all);
  const { schemas, answer: run } = createGraphql({ face, model, graph: noting.graph, observe: () => {} });
  const compile = createDocumentCompiler(model);
  return async (asked, request) => {
    const { text, operationName, variables } = asked;
    const compiledBy = (flags: readonly string[]) =>
      compile(text, schemas(new Set(flags)), operationName, 'access-for');
    const flags = subsets.find((some) => compiledBy(some).kind === 'operation');
    if (flags === undefined) {
      const tried = compiledBy(all);
      const [first] = tried.kind === 'errors' ? tried.errors : [];
      return failed(problem('HUB-131', first?.message ?? 'The document cannot be run.'));
    }
    const compiled = compiledBy(flags);
    if (compiled.kind === 'errors') return failed(problem('HUB-131', 'The document cannot be run.'));
    if (compiled.operation.operation !== 'query')
      return failed(problem('HUB-103', 'Only what reads can be looked at: this operation changes something.'));
    const context = { ...request.context };
    const roots: GraphRoot[] = [];
    noting.asked.set(context, roots);
    const body = JSON.stringify({
      query: text,
      ...(operationName === null ? {} : { operationName }),
      variables: { ...madeUp(compiled.operation, compiled.schema.schema), ...variables },
    });
    const answer = await run(body, new Set(flags), { ...request, context });
    const { errors = [] }: { readonly errors?: readonly { readonly message: string }[] } = JSON.parse(answer.text);
    if (!answer.isRun) return failed(problem('HUB-133', errors[0]?.message ?? 'The document cannot be run.'));
    return ok({ flags, roots, errors: [...new Set(errors.map(({ message }) => message))] });
  };
};

/** Values for the variables that have to be given. */
const madeUp = (
  { variableDefinitions = [] }: OperationDefinitionNode,
  schema: GraphQLSchema,
): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    variableDefinitions.flatMap(({ variable, type, defaultValue }) => {
      const of = typeFromAST(schema, type) as GraphQLInputType | undefined;
      return of === undefined || defaultValue !== undefined || !isNonNullType(of)
        ? []
        : [[variable.name.value, sampleOf(of)]];
    }),
  );

const sampleOf = (type: GraphQLInputType): unknown => {
  if (isNonNullType(type)) return sampleOf(type.ofType);
  if (isListType(type)) return [sampleOf(type.ofType)];
  const named = getNamedType(type);
  if (isEnumType(named)) return named.getValues()[0]?.name ?? null;
  if (isInputObjectType(named)) {
    const fields = Object.values(named.getFields());
    const needed = fields.filter((field) => isNonNullType(field.type) && field.defaultValue === undefined);
    const given = named.isOneOf ? fields.slice(0, 1) : needed;
    return Object.fromEntries(given.map((field) => [field.name, sampleOf(field.type)]));
  }
  switch (named.name) {
    case 'Int':
    case 'Float':
      return 1;
    case 'Boolean':
      return true;
    default:
      return '1';
  }
};

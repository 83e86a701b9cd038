// The body of a request → its answer, as every API that speaks GraphQL gives it. Called by the routes of those APIs, which see to media types and
// headers; knows no HTTP beyond the status.
import { getVariableValues } from 'graphql';
import { HubError, problem, type ErrorCode } from '#base/errors.ts';
import { limits } from '#base/limits.ts';
import type { Graph } from '#hub/graph/graph.ts';
import type { QueryContext } from '#hub/query.ts';
import type { Model } from '#model/model.ts';
import { endingOf, type Ending } from './advised-against.ts';
import { errorOf, libraryError, type AnswerError } from './answer-error.ts';
import { createSchemas, flagsOf, type Schemas } from './build-schema.ts';
import { createDocumentCompiler, type CompiledOperation } from './compile-document.ts';
import type { OperationPlan } from './compile-plan.ts';
import { documentOf, isDeeper, type StoredDocuments } from './document-text.ts';
import { keepErrorsName } from './face-directives.ts';
import type { Face, FaceRequest } from './face.ts';
import { subsetsOf, type Flags } from './marks.ts';
import { readRequest } from './read-request.ts';
import { createDocumentMemory } from './document-memory.ts';
import { costOf, createRun, runOperation, unexpected, type RunParts } from './run-operation.ts';

export type GraphqlAnswer = {
  /**
   * 200 where the operation was run, whatever became of its fields; else that of the error. Clients that take `application/json` alone expect 200
   * for the latter too.
   */
  readonly status: 200 | 400 | 500;
  /** Whether there is a member `data`. */
  readonly isRun: boolean;
  /** Why it was not run; null = it was. */
  readonly code: ErrorCode | null;
  /** JSON. */
  readonly text: string;
  /** Whether no grant opens anything that was asked: every field at the top has the error `Face.missing`. */
  readonly isUnopened: boolean;
  /** The parts of the schema that were used, by their coordinates: the same list for requests that use the same. None where nothing was run. */
  readonly uses: readonly string[];
};

export type GraphqlParts = {
  readonly face: Face;
  readonly model: Model;
  readonly graph: Graph;
  /** Absent = those that the same client has sent with their hash, while this process lives. */
  readonly documents?: StoredDocuments;
  /** Tells those who run the hub what nobody has foreseen; the reference is that of the answer. */
  readonly observe: (error: unknown, reference: string) => void;
  /** What errors of a code are told as besides, in `extensions.classification`. Absent = nothing. */
  readonly classify?: (code: ErrorCode) => string;
  /**
   * What of the parts that a request has used will go: told in `extensions.deprecations`, beside what the face advises against. Asked for every operation that is
   * run. Absent = nothing.
   */
  readonly ending?: Ending;
  /** Told of every document that is not run for what it says, before that is answered: a failure is the answer then. Absent = nobody is. */
  readonly refused?: (refusal: DocumentRefusal) => Promise<void>;
};

/** `missing`: the flags with which the document could have been run; null = with none. */
export type DocumentRefusal = {
  readonly context: QueryContext;
  readonly code: ErrorCode;
  readonly missing: readonly string[] | null;
};

type Running = GraphqlParts & RunParts & { readonly ending: Ending };

export type Graphql = {
  readonly schemas: Schemas;
  /** Never rejects. `changes` false: an operation that changes something is refused, as for a GET. */
  readonly answer: (
    body: string,
    flags: Flags,
    request: FaceRequest,
    more?: { readonly changes: boolean },
  ) => Promise<GraphqlAnswer>;
};

/** Makes what answers the requests of an API. Throws with all that is wrong with its face. */
export const createGraphql = (given: GraphqlParts): Graphql => {
  const parts: Running = {
    ...given,
    introspected: createDocumentMemory(limits.graphqlIntrospectionBytes),
    ending: endingOf(given.face, given.ending),
  };
  const schemas = createSchemas(parts.face);
  const compile = createDocumentCompiler(parts.model);
  const sentBy = createSentDocuments();
  const further = [...flagsOf(parts.face)].toSorted();
  const notRun = (errors: readonly AnswerError[]): GraphqlAnswer => refusal(classified(errors, parts));
  return {
    schemas,
    answer: async (body, flags, request, { changes } = { changes: true }) => {
      try {
        const read = readRequest(body);
        if (!read.ok) return notRun([errorOf(read.problem)]);
        const { variables, operationName } = read.value;
        if (isDeeper(variables, limits.jsonDepth))
          return notRun([errorOf(problem('HUB-133', `Variables may be nested ${limits.jsonDepth} deep.`))]);
        const text = await documentOf(read.value, parts.documents ?? sentBy(request));
        if (!text.ok) return notRun([errorOf(text.problem)]);
        const compiled = compile(text.value, schemas(flags), operationName, askerOf(request));
        if (compiled.kind === 'errors') {
          const code = compiled.errors[0]?.extensions.code ?? 'HUB-100';
          const isRunBy = (some: Flags): boolean =>
            compile(text.value, schemas(some), operationName, askerOf(request)).kind === 'operation';
          const more = further.filter((flag) => !flags.has(flag));
          // What cannot be read, or is too much, is so whatever flags come with it.
          const missing =
            code === 'HUB-131'
              ? (subsetsOf(more).find((some) => some.length > 0 && isRunBy(new Set([...flags, ...some]))) ?? null)
              : null;
          await parts.refused?.({ context: request.context, code, missing });
          return notRun(compiled.errors);
        }
        if (!changes && compiled.operation.operation !== 'query')
          return notRun([errorOf(problem('HUB-105', 'An operation that changes something has to be sent by POST.'))]);
        return await answerOperation(compiled, variables, request, parts, notRun);
      } catch (error) {
        return notRun([unexpected(error, request, parts.observe)]);
      }
    },
  };
};

const askerOf = ({ context: { principal } }: FaceRequest): string =>
  JSON.stringify([principal.tenant, principal.client]);

// What documents take up that are as long as most; longer ones stand for several.
const usualBytes = 16_384;

/**
 * Documents that are known since a client sent them with their hash: to this client alone, since their text may hold whom it has asked for, and whoever
 * guesses it could find that out.
 */
const createSentDocuments = (): ((request: FaceRequest) => StoredDocuments) => {
  const sent = createDocumentMemory<string>(limits.graphqlPersisted * usualBytes);
  return (request) => {
    const keyOf = (id: string): string => `${askerOf(request)} ${id}`;
    return {
      find: (id) => sent.get(keyOf(id)) ?? null,
      keep: (id, text) => sent.set(keyOf(id), text, Math.max(usualBytes, 2 * text.length)),
    };
  };
};

const classified = (
  errors: readonly AnswerError[],
  { classify }: Pick<GraphqlParts, 'classify'>,
): readonly AnswerError[] =>
  classify === undefined
    ? errors
    : errors.map((error) => ({
        ...error,
        extensions: { ...error.extensions, classification: classify(error.extensions.code) },
      }));

const none: readonly never[] = Object.freeze([]);

const refusal = (errors: readonly AnswerError[]): GraphqlAnswer => {
  const code = errors[0]?.extensions.code ?? 'HUB-100';
  return {
    status: code === 'HUB-500' ? 500 : 400,
    isRun: false,
    code,
    isUnopened: false,
    uses: none,
    text: JSON.stringify({ errors }),
  };
};

const answerOperation = async (
  compiled: CompiledOperation,
  raw: Readonly<Record<string, unknown>>,
  request: FaceRequest,
  parts: Running,
  notRun: typeof refusal,
): Promise<GraphqlAnswer> => {
  const { variableValues, errors: wrong } = getVariableValues(
    compiled.schema.schema,
    compiled.operation.variableDefinitions ?? [],
    raw,
    { maxErrors: limits.graphqlErrors },
  );
  if (variableValues === undefined) return notRun((wrong ?? []).map((error) => libraryError('HUB-133', error)));
  const conditions = new Map<string, boolean>();
  for (const name of compiled.conditions) {
    const value = variableValues.coerced[name];
    if (value === null)
      return notRun([
        errorOf(problem('HUB-133', `Variable "$${name}" decides what is asked for and must not be null.`)),
      ]);
    conditions.set(name, value === true);
  }
  const plan = compiled.plan(conditions);
  // The schema of a face that does not take it refuses a document that has it.
  const keepsErrors = (compiled.operation.directives ?? []).some(({ name }) => name.value === keepErrorsName);
  const running = createRun(request, variableValues, parts.observe, keepsErrors);
  let cost: number;
  try {
    cost = costOf(plan, running.run);
  } catch (error) {
    if (!(error instanceof HubError)) throw error;
    return notRun([errorOf(error.problem)]);
  }
  if (cost > limits.graphqlCost) return notRun([tooCostly(cost)]);
  const { data, errors, defaults } = await runOperation(compiled, plan, running, raw, parts);
  const uses = compiled.uses(raw);
  const deprecations = parts.ending(uses);
  const extensions = {
    cost,
    ...(Object.keys(defaults).length === 0 ? {} : { defaults }),
    ...(deprecations.length === 0 ? {} : { deprecations }),
  };
  const told = errors.length === 0 ? '' : `"errors":${JSON.stringify(classified(errors, parts))},`;
  return {
    status: 200,
    isRun: true,
    code: null,
    isUnopened: isUnopened(plan, errors, parts.face),
    uses,
    text: `{${told}"data":${data},"extensions":${JSON.stringify(extensions)}}`,
  };
};

const isUnopened = (
  { roots }: OperationPlan,
  errors: readonly AnswerError[],
  { missing }: Pick<Face, 'missing'>,
): boolean => {
  const asked = roots.filter(({ kind }) => kind === 'ask').length;
  if (missing === undefined || asked === 0 || errors.length < asked) return false;
  return (
    errors.filter(({ path, extensions }) => path?.length === 1 && extensions.code === missing.code).length === asked
  );
};

const tooCostly = (cost: number): AnswerError =>
  errorOf(
    problem('HUB-132', `The operation asks for up to ${cost} resources; at most ${limits.graphqlCost} are taken.`),
    { cost, limit: limits.graphqlCost },
  );

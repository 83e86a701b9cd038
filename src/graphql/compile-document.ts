// The text of a document and what the flags open → an operation that can be run: read, counted, validated and compiled once, and kept. Called by
// answer-request.ts. What is wrong with a document is kept as well.
import { Kind, specifiedRules, validate } from 'graphql';
import type { DocumentNode, FragmentDefinitionNode, GraphQLError, OperationDefinitionNode } from 'graphql';
import { problem } from '#base/errors.ts';
import { limits } from '#base/limits.ts';
import type { Model } from '#model/model.ts';
import { errorOf, libraryError, type AnswerError } from './answer-error.ts';
import type { FaceSchema } from './build-schema.ts';
import { conditionsOf } from './collect-fields.ts';
import { compilePlan, type OperationPlan } from './compile-plan.ts';
import { createDocumentMemory, type DocumentMemory } from './document-memory.ts';
import { measureDocument } from './measure-document.ts';
import { parseDocument } from './parse-document.ts';
import { usedParts, type UsedParts } from './used-parts.ts';

export type CompiledOperation = {
  readonly kind: 'operation';
  readonly operation: OperationDefinitionNode;
  readonly document: DocumentNode;
  readonly fragments: readonly FragmentDefinitionNode[];
  readonly schema: FaceSchema;
  /** Whose it is alone; '' = everybody's. */
  readonly asker: string;
  /** The variables that its conditions ask for. */
  readonly conditions: readonly string[];
  readonly plan: (conditions: ReadonlyMap<string, boolean>) => OperationPlan;
  /** What it uses of the schema. */
  readonly uses: UsedParts;
};

type Faulty = { readonly kind: 'errors'; readonly errors: readonly AnswerError[] };

/** Gives the operation of a document, by its name; null = its only one. `asker` names the client. */
export type CompileDocument = (
  text: string,
  schema: FaceSchema,
  operationName: string | null,
  asker: string,
) => CompiledOperation | Faulty;

type Kept = Faulty | { readonly kind: 'operations'; readonly of: (name: string | null) => CompiledOperation | Faulty };

// A document takes up to so much memory for each of its characters; what is compiled of it, for each field that an operation unfolds to: operations may
// share fragments, so that a short document unfolds to far more than it is long.
const bytesPerCharacter = 200;
const bytesPerField = 2_048;
const bytesAnyway = 4_096;

// Texts, comments and long numbers, those in names too: with them a document may say whom somebody asks for.
const mayName = /["#]|\d{5}/;

/**
 * Makes a compiler over a model. It keeps documents, and apart from them what it has compiled, as long as each together takes no more than `most` bytes
 * (`limits.graphqlPlanBytes`; other for tests). A document that may name somebody is kept for who has sent it alone: how soon the answer comes would tell
 * whoever guesses it that others have asked for the same.
 */
export const createDocumentCompiler = (model: Model, most: number = limits.graphqlPlanBytes): CompileDocument => {
  const memory = createDocumentMemory<Kept>(most);
  const plans = createDocumentMemory<OperationPlan>(most);
  let documents = 0;
  return (text, schema, operationName, client) => {
    const asker = mayName.test(text) ? client : '';
    const key = `${schema.open.face.api} ${schema.key}\n${asker}\n${text}`;
    const before = memory.get(key);
    const kept = before ?? readDocument(text, { schema, model, plans, asker, number: (documents += 1) });
    if (before === undefined) memory.set(key, kept, bytesAnyway + text.length * bytesPerCharacter);
    return kept.kind === 'errors' ? kept : kept.of(operationName);
  };
};

type Reading = {
  readonly schema: FaceSchema;
  readonly model: Model;
  readonly plans: DocumentMemory<OperationPlan>;
  readonly asker: string;
  /** Of the document, apart from all others. */
  readonly number: number;
};

const tooEntangled = errorOf(
  problem(
    'HUB-132',
    'The document takes too long to check: ask for the same field in fewer places, and spread fewer fragments in one.',
  ),
);

// The library gives up where names have to be compared with too many others.
const validationError = (error: GraphQLError): AnswerError =>
  error.message === 'Validation aborted.' ? tooEntangled : libraryError('HUB-131', error);

const readDocument = (text: string, reading: Reading): Kept => {
  const { schema, asker } = reading;
  const parsed = parseDocument(text);
  if (parsed.kind === 'errors') return parsed;
  const { document } = parsed;
  const measured = measureDocument(document);
  if (measured.kind === 'errors') return measured;
  const found = validate(schema.schema, document, specifiedRules, { maxErrors: limits.graphqlErrors });
  if (found.length > 0) return { kind: 'errors', errors: found.map(validationError) };
  const fragments = document.definitions.filter((one) => one.kind === Kind.FRAGMENT_DEFINITION);
  const operations = document.definitions.filter((one) => one.kind === Kind.OPERATION_DEFINITION);
  const compiled = new Map<OperationDefinitionNode, CompiledOperation>();
  return {
    kind: 'operations',
    of: (name) => {
      const operation = name === null ? operations[0] : operations.find((one) => one.name?.value === name);
      if (operation === undefined || (name === null && operations.length > 1)) return noOperation(name);
      const before = compiled.get(operation);
      if (before !== undefined) return before;
      const bytes = bytesAnyway + (measured.fields.get(operation) ?? 0) * bytesPerField;
      const number = `${reading.number} ${compiled.size}`;
      const made = compiledOperation({ operation, document, fragments, schema, asker }, { ...reading, number, bytes });
      compiled.set(operation, made);
      return made;
    },
  };
};

const noOperation = (name: string | null): Faulty => ({
  kind: 'errors',
  errors: [
    errorOf(
      problem(
        'HUB-135',
        name === null
          ? 'The document has more than one operation, or none; operationName says which.'
          : 'The document has no operation of the name in operationName.',
      ),
    ),
  ],
});

const compiledOperation = (
  parts: Pick<CompiledOperation, 'operation' | 'document' | 'fragments' | 'schema' | 'asker'>,
  {
    model,
    plans,
    number,
    bytes,
  }: Pick<Reading, 'model' | 'plans'> & { readonly number: string; readonly bytes: number },
): CompiledOperation => {
  const fragments = new Map(parts.fragments.map((fragment) => [fragment.name.value, fragment]));
  const conditions = conditionsOf(parts.operation.selectionSet, fragments);
  const { open, schema } = parts.schema;
  let uses: UsedParts | null = null;
  return {
    kind: 'operation',
    ...parts,
    conditions,
    uses: (variables) => (uses ??= usedParts(parts.operation, fragments, schema))(variables),
    plan: (given) => {
      const key = `${number} ${conditions.map((name) => (given.get(name) === true ? '1' : '0')).join('')}`;
      const before = plans.get(key);
      if (before !== undefined) return before;
      const plan = compilePlan(parts.operation, { open, schema, model, fragments, conditions: given });
      plans.set(key, plan, bytes);
      return plan;
    },
  };
};

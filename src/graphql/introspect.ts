// What a request asks of the schema itself, beside its data: answered by the library, as JSON text by name in the answer. Called by run-operation.ts.
import { experimentalExecuteIncrementally, Kind, visit } from 'graphql';
import type { DocumentNode, FieldNode } from 'graphql';
import type { CompiledOperation } from './compile-document.ts';
import type { OperationPlan } from './compile-plan.ts';
import type { DocumentMemory } from './document-memory.ts';

export type Introspected = ReadonlyMap<string, string>;

const none: Introspected = new Map();

/**
 * The answers of the introspection fields of an operation, remembered where variables decide no more of them than what is left out. Throws when the library
 * does not answer at once, as it always does.
 */
export const introspect = (
  compiled: CompiledOperation,
  { roots }: OperationPlan,
  variables: Readonly<Record<string, unknown>>,
  memory: DocumentMemory<Introspected>,
): Introspected => {
  const fields = roots.flatMap((root): readonly FieldNode[] => (root.kind === 'introspection' ? root.nodes : []));
  if (fields.length === 0) return none;
  const { operation, document, schema, asker } = compiled;
  const text = document.loc?.source.body;
  const given = Object.entries(variables);
  if (text === undefined || given.some(([, value]) => value !== null && typeof value !== 'boolean'))
    return answer(compiled, fields, variables);
  // What is left out is another than null.
  const declared = (operation.variableDefinitions ?? []).map(({ variable: { name } }) =>
    Object.hasOwn(variables, name.value) ? variables[name.value] : '',
  );
  const key = `${schema.key}\n${asker}\n${JSON.stringify(declared)}\n${operation.name?.value ?? ''}\n${text}`;
  const before = memory.get(key);
  if (before !== undefined) return before;
  const made = answer(compiled, fields, variables);
  memory.set(key, made, 2 * [...made.values()].reduce((sum, { length }) => sum + length, text.length));
  return made;
};

const withoutDefer = (document: DocumentNode): DocumentNode =>
  visit(document, { Directive: ({ name }) => (name.value === 'defer' ? null : undefined) });

const answer = (
  { operation, fragments, schema }: CompiledOperation,
  fields: readonly FieldNode[],
  variables: Readonly<Record<string, unknown>>,
): Introspected => {
  const document: DocumentNode = {
    kind: Kind.DOCUMENT,
    definitions: [{ ...operation, selectionSet: { kind: Kind.SELECTION_SET, selections: fields } }, ...fragments],
  };
  // The other way to execute refuses every schema that knows how to defer.
  const result = experimentalExecuteIncrementally({
    schema: schema.schema,
    document: schema.open.face.answering === true ? withoutDefer(document) : document,
    variableValues: variables,
  });
  if ('then' in result || 'initialResult' in result || result.data === undefined || result.data === null)
    throw new Error('The schema did not answer.');
  return new Map(Object.entries(result.data).map(([key, value]) => [key, JSON.stringify(value)]));
};

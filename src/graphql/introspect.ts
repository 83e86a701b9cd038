// What a request asks of the schema itself, beside its data: answered by the library, as JSON text by name in the answer. Called by run-operation.ts.
import { execute, Kind } from 'graphql';
import type { FieldNode } from 'graphql';
import type { CompiledOperation } from './compile-document.ts';
import type { OperationPlan } from './compile-plan.ts';

/** The answers of the introspection fields of an operation. Throws when the library does not answer at once, as it always does. */
export const introspect = (
  { operation, fragments, schema }: CompiledOperation,
  { roots }: OperationPlan,
  variables: Readonly<Record<string, unknown>>,
): ReadonlyMap<string, string> => {
  const fields = roots.flatMap((root): readonly FieldNode[] => (root.kind === 'introspection' ? root.nodes : []));
  if (fields.length === 0) return new Map();
  const result = execute({
    schema: schema.schema,
    document: {
      kind: Kind.DOCUMENT,
      definitions: [{ ...operation, selectionSet: { kind: Kind.SELECTION_SET, selections: fields } }, ...fragments],
    },
    variableValues: variables,
  });
  if ('then' in result || result.data === undefined || result.data === null)
    throw new Error('The schema did not answer.');
  return new Map(Object.entries(result.data).map(([key, value]) => [key, JSON.stringify(value)]));
};

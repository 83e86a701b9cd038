// What the comparison of operations is told and carries with it. Shared by the parts of openapi-differences.ts.
import type { Status } from '../contract.ts';
import { isMap, pointedAt, textOf, type JsonMap } from './json-tree.ts';
import type { SchemaWalk } from './schema-differences.ts';

/** The two documents, where findings go, which schemas have been compared, and what was promised of the API. */
export type OperationWalk = SchemaWalk & { readonly status: Status | undefined };

/** The same operation before and now. */
export type OperationPair = { readonly coordinate: string; readonly before: JsonMap; readonly after: JsonMap };

/** What an object or a reference to one stands for; null where there is nothing. */
export const dereferenced = (value: unknown, document: JsonMap): JsonMap | null => {
  if (!isMap(value)) return null;
  const reference = textOf(value['$ref']);
  return reference === null ? value : pointedAt(document, reference);
};

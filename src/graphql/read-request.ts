// The body of a request, read: what to run, as clients of GraphQL send it. Called by answer-request.ts. Knows no headers.
import { problem } from '#base/errors.ts';
import { failed, ok, type Result } from '#base/result.ts';
import { isCleanText } from '#base/text.ts';

export type OperationRequest = {
  /** The document; null where only its hash or its id is sent. */
  readonly query: string | null;
  /** Of a document that is stored. */
  readonly documentId: string | null;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly operationName: string | null;
  readonly extensions: Readonly<Record<string, unknown>>;
};

/** Reads the JSON of a body. Fails with HUB-101 when it is none, and with HUB-100 when a member is not what it has to be; members that are null count as left out. */
export const readRequest = (text: string): Result<OperationRequest> => {
  const parsed = parse(text);
  if (parsed === undefined) return failed(problem('HUB-101', 'The body is no JSON.'));
  if (Array.isArray(parsed)) return wrong('The body is a list; send one operation at a time.');
  if (!isObject(parsed)) return wrong('The body is no object with a query.');
  const { query = null, documentId = null, variables = null, operationName = null, extensions = null } = parsed;
  if (query !== null && (typeof query !== 'string' || !isCleanText(query))) return wrong('query is no text.');
  if (documentId !== null && (typeof documentId !== 'string' || documentId.length > 512))
    return wrong('documentId is no id.');
  if (variables !== null && !isObject(variables)) return wrong('variables is no object.');
  if (operationName !== null && typeof operationName !== 'string') return wrong('operationName is no text.');
  if (extensions !== null && !isObject(extensions)) return wrong('extensions is no object.');
  if (query === null && documentId === null && extensions === null) return wrong('There is no query.');
  if (query !== null && documentId !== null) return wrong('There is a query and a documentId; send one of them.');
  // A client that has none to choose may send an empty name.
  return ok({
    query,
    documentId,
    variables: variables ?? {},
    operationName: operationName === '' ? null : operationName,
    extensions: extensions ?? {},
  });
};

const wrong = (detail: string): Result<never> => failed(problem('HUB-100', detail));

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

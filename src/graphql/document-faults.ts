// What is wrong with a document that nobody runs: as it would be said to who sends it. Called by the APIs, for documents that are registered to be tried later.
import { specifiedRules, validate } from 'graphql';
import { limits } from '#base/limits.ts';
import type { FaceSchema } from './build-schema.ts';
import { measureDocument } from './measure-document.ts';
import { parseDocument } from './parse-document.ts';

/** The messages of all that is wrong; none = each of its operations can be run. */
export const documentFaults = (text: string, { schema }: FaceSchema): readonly string[] => {
  const parsed = parseDocument(text);
  if (parsed.kind === 'errors') return parsed.errors.map(({ message }) => message);
  const measured = measureDocument(parsed.document);
  if (measured.kind === 'errors') return measured.errors.map(({ message }) => message);
  if (measured.fields.size === 0) return ['The document has no operation.'];
  return validate(schema, parsed.document, specifiedRules, { maxErrors: limits.graphqlErrors }).map(
    ({ message }) => message,
  );
};

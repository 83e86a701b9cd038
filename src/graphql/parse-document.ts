// The text of a document, read: bounded before the parser sees it, since the parser calls itself for every bracket. Called by compile-document.ts.
import { GraphQLError, parse, type DocumentNode } from 'graphql';
import { problem } from '#base/errors.ts';
import { limits } from '#base/limits.ts';
import { errorOf, libraryError, type AnswerError } from './answer-error.ts';

export type Parsed =
  | { readonly kind: 'document'; readonly document: DocumentNode }
  | { readonly kind: 'errors'; readonly errors: readonly AnswerError[] };

/** Reads a document: HUB-132 where it is longer or deeper than may be, HUB-130 where it is none. */
export const parseDocument = (text: string): Parsed => {
  if (text.length > limits.graphqlLength) return tooMuch('characters', text.length, limits.graphqlLength);
  if (bracketsOf(text) > limits.graphqlBrackets)
    return tooMuch('nested brackets', bracketsOf(text), limits.graphqlBrackets);
  try {
    return { kind: 'document', document: parse(text, { maxLexicalTokens: limits.graphqlTokens }) };
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    if (error.message.includes('contains more than')) return tooMuch('tokens', null, limits.graphqlTokens);
    return { kind: 'errors', errors: [libraryError('HUB-130', error)] };
  }
};

/** A document that has more of something than it may; null = more than were counted. */
export const tooMuch = (what: string, count: number | null, limit: number): Extract<Parsed, { kind: 'errors' }> => ({
  kind: 'errors',
  errors: [
    errorOf(
      problem(
        'HUB-132',
        count === null
          ? `The document has more than ${limit} ${what}.`
          : `The document has ${count} ${what}; at most ${limit} are taken.`,
      ),
      { limit, ...(count === null ? {} : { counted: count }) },
    ),
  ],
});

// Texts and comments are passed over; what the parser refuses besides does not matter here.
const bracketsAndTexts = /"""(?:\\"""|[^])*?(?:"""|$)|"(?:\\.|[^"\\\r\n])*"?|#[^\r\n]*|[{}[\]()]/g;

const bracketsOf = (text: string): number => {
  let [depth, deepest] = [0, 0];
  for (const [found] of text.matchAll(bracketsAndTexts)) {
    if (found === '{' || found === '[' || found === '(') deepest = Math.max(deepest, (depth += 1));
    if (found === '}' || found === ']' || found === ')') depth -= 1;
  }
  return deepest;
};

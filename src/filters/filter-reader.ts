// The reader that the parts of the filter parser share: where it stands, the bounds it keeps, the first problem it met. Used by parse-filter.ts,
// filter-names.ts and filter-links.ts. Knows no grammar.
import { problem } from '#base/errors.ts';
import type { ErrorCode, Problem } from '#base/errors.ts';
import { limits } from '#base/limits.ts';
import type { FilterExpr } from '#model/filter.ts';
import type { Collection, Model } from '#model/model.ts';
import type { Token } from './filter-tokens.ts';

export type Reader = {
  readonly tokens: readonly Token[];
  readonly collection: Collection;
  readonly model: Model;
  readonly parameter: string;
  next: number;
  depth: number;
  terms: number;
  problem: Problem | null;
};

const endToken: Token = { kind: 'end', text: '', at: 1 };

export const peek = (reader: Reader, ahead = 0): Token =>
  reader.tokens[reader.next + ahead] ?? reader.tokens.at(-1) ?? endToken;

export const take = (reader: Reader): Token => {
  const token = peek(reader);
  reader.next += 1;
  return token;
};

export const isSign = (token: Token, sign: string): boolean => token.kind === 'sign' && token.text === sign;
export const isKeyword = (token: Token, name: string): boolean =>
  token.kind === 'word' && token.text.toLowerCase() === name;

export const takeSign = (reader: Reader, sign: string): boolean => {
  if (!isSign(peek(reader), sign)) return expected(reader, `"${sign}"`) !== null;
  reader.next += 1;
  return true;
};

/** Keeps the first problem; always gives null, so that callers can return it. */
export const fail = (reader: Reader, code: ErrorCode, at: number, message: string, detail = message): null => {
  reader.problem ??= problem(code, `${detail.charAt(0).toUpperCase()}${detail.slice(1)}.`, {
    errors: [{ at: reader.parameter, message: `position ${at}: ${message}`, code }],
  });
  return null;
};

export const expected = (reader: Reader, what: string): null => {
  const token = peek(reader);
  if (token.kind === 'bad') return fail(reader, 'HUB-120', token.at, token.text);
  return fail(reader, 'HUB-120', token.at, `expected ${what}`);
};

export const deeper = (reader: Reader, read: () => FilterExpr | null): FilterExpr | null => {
  if (reader.depth >= limits.filterDepth)
    return fail(
      reader,
      'HUB-121',
      peek(reader).at,
      `not, parentheses and lambdas go deeper than ${limits.filterDepth} levels`,
    );
  reader.depth += 1;
  const result = read();
  reader.depth -= 1;
  return result;
};

export const countTerm = (reader: Reader, at: number): boolean => {
  reader.terms += 1;
  if (reader.terms <= limits.filterTerms) return true;
  return fail(reader, 'HUB-121', at, `there are more than ${limits.filterTerms} comparisons`) !== null;
};

/** `( a , b )`, at least one and at most as many as the limit says. */
export const readList = <T>(reader: Reader, read: () => T | null): readonly T[] | null => {
  const at = peek(reader).at;
  if (!takeSign(reader, '(')) return null;
  const values: T[] = [];
  do {
    const value = read();
    if (value === null) return null;
    values.push(value);
    if (values.length > limits.filterInValues)
      return fail(reader, 'HUB-121', at, `the list holds more than ${limits.filterInValues} values`);
  } while (isSign(peek(reader), ',') && take(reader) !== null);
  return takeSign(reader, ')') ? values : null;
};

export const readVariable = (reader: Reader): string | null => {
  const token = peek(reader);
  if (token.kind !== 'word') return expected(reader, 'a name for the element');
  reader.next += 1;
  return takeSign(reader, ':') ? token.text : null;
};

export const flat = (term: FilterExpr, kind: 'and' | 'or'): FilterExpr[] =>
  (term.kind === 'and' || term.kind === 'or') && term.kind === kind ? [...term.terms] : [term];

// Reads the `$filter` of FINT (facts 2.7, with precedence, parentheses, numbers, `in`, nested lambdas and link targets) into the typed
// filter, checked against the model. Called by the APIs that take it. Knows no store; what a caller may see is the hub's matter.
import { problem } from '#base/errors.ts';
import { limits } from '#base/limits.ts';
import { failed, ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import { isCleanText, normalise } from '#base/text.ts';
import type { ComparisonOperator, FilterExpr, FilterPath, FilterValue } from '#model/filter.ts';
import type { Collection, Model, PrimitiveKind } from '#model/model.ts';
import { readLinkComparison, readLinkLambda } from './filter-links.ts';
import { lambdaAhead, readNames, readPlace, wrongVariable } from './filter-names.ts';
import type { Place, Scope } from './filter-names.ts';
import {
  countTerm,
  deeper,
  expected,
  fail,
  flat,
  isKeyword,
  isSign,
  peek,
  readList,
  readVariable,
  take,
  takeSign,
} from './filter-reader.ts';
import type { Reader } from './filter-reader.ts';
import { tokenise } from './filter-tokens.ts';
import { valueRows } from './filter-values.ts';

const operatorNames: ReadonlySet<string> = new Set([
  'eq',
  'ne',
  'gt',
  'ge',
  'lt',
  'le',
  'contains',
  'startswith',
  'endswith',
]);
const isOperator = (name: string): name is ComparisonOperator => operatorNames.has(name);

/**
 * Takes the text of a filter and the collection it is for. Fails with HUB-120 (syntax, kind of literal), HUB-205 (unknown property,
 * the nearest one named) or HUB-121 (bounds); the errors list gives the position under the name `parameter`.
 */
export const parseFilter = (
  text: string,
  collection: Collection,
  model: Model,
  parameter = '$filter',
): Result<FilterExpr> => {
  const bytes = Buffer.byteLength(text);
  if (bytes > limits.filterBytes)
    return failed(
      problem('HUB-121', `The filter is longer than ${limits.filterBytes} bytes.`, {
        errors: [{ at: parameter, message: `${bytes} bytes` }],
      }),
    );
  if (!isCleanText(text))
    return failed(
      problem('HUB-120', 'The filter is not well-formed text.', {
        errors: [{ at: parameter, message: 'Send UTF-8 without NUL.' }],
      }),
    );
  const reader: Reader = {
    tokens: tokenise(normalise(text)),
    collection,
    model,
    parameter,
    next: 0,
    depth: 0,
    terms: 0,
    problem: null,
  };
  const scope: Scope = { class: collection.class, primitive: 'string', variables: [] };
  const filter = readOr(reader, scope);
  if (filter !== null && peek(reader).kind === 'end') return ok(filter);
  if (reader.problem === null) expected(reader, 'and, or, or the end of the filter');
  return failed(reader.problem ?? problem('HUB-120', 'The filter cannot be read.'));
};

const readOr = (reader: Reader, scope: Scope): FilterExpr | null => readChain(reader, scope, 'or', readAnd);
const readAnd = (reader: Reader, scope: Scope): FilterExpr | null => readChain(reader, scope, 'and', readUnary);

type Read = (reader: Reader, scope: Scope) => FilterExpr | null;

const readChain = (reader: Reader, scope: Scope, kind: 'and' | 'or', read: Read): FilterExpr | null => {
  const first = read(reader, scope);
  if (first === null || !isKeyword(peek(reader), kind)) return first;
  const terms = flat(first, kind);
  while (isKeyword(peek(reader), kind)) {
    reader.next += 1;
    const term = read(reader, scope);
    if (term === null) return null;
    terms.push(...flat(term, kind));
  }
  return { kind, terms };
};

const readUnary: Read = (reader, scope) => {
  if (!isKeyword(peek(reader), 'not')) return readPrimary(reader, scope);
  reader.next += 1;
  return deeper(reader, () => {
    const term = readUnary(reader, scope);
    return term === null ? null : { kind: 'not', term };
  });
};

const readPrimary: Read = (reader, scope) => {
  const token = peek(reader);
  if (isSign(token, '(')) {
    reader.next += 1;
    return deeper(reader, () => {
      const inner = readOr(reader, scope);
      return inner !== null && takeSign(reader, ')') ? inner : null;
    });
  }
  if (token.kind !== 'word') return expected(reader, 'a property, "not" or "("');
  const name = token.text.toLowerCase();
  if (isOperator(name) && isSign(peek(reader, 1), '(')) return readFunction(reader, scope, name);
  return readClause(reader, scope);
};

/** The function form of OData: `contains(path,'text')`. */
const readFunction = (reader: Reader, scope: Scope, operator: ComparisonOperator): FilterExpr | null => {
  reader.next += 2;
  const at = peek(reader).at;
  const place = readPlace(reader, scope);
  if (place === null || !takeSign(reader, ',')) return null;
  const path = pathOf(reader, place, at);
  const term = path === null ? null : readComparison(reader, path, operator, at);
  return term !== null && takeSign(reader, ')') ? term : null;
};

/** A property with what is asked of it: comparison, `in`, or a lambda over a list. */
const readClause: Read = (reader, scope) => {
  const start = peek(reader).at;
  // FINT also puts `not` after the lambda's variable: any(x:x/not name eq 'value').
  if (
    scope.variables.length > 0 &&
    isSign(peek(reader, 1), '/') &&
    isKeyword(peek(reader, 2), 'not') &&
    peek(reader, 3).kind === 'word'
  ) {
    const name = take(reader).text;
    reader.next += 2;
    if (name !== scope.variables.at(-1)) return wrongVariable(reader, scope, start);
    const term = readAsked(reader, readNames(reader, scope), start, scope);
    return term === null ? null : { kind: 'not', term };
  }
  return readAsked(reader, readPlace(reader, scope), start, scope);
};

const readAsked = (reader: Reader, place: Place | null, start: number, scope: Scope): FilterExpr | null => {
  if (place === null) return null;
  const quantifier = lambdaAhead(reader);
  if (quantifier !== null) {
    reader.next += 2;
    if (place.kind === 'list') return readLambda(reader, quantifier, place, scope);
    if (place.kind === 'links') return readLinkLambda(reader, quantifier, place.rule);
    return fail(
      reader,
      'HUB-120',
      start,
      `"${place.path.names.join('/')}" is not a list: compare it without ${quantifier}`,
    );
  }
  const token = peek(reader);
  const name = token.kind === 'word' ? token.text.toLowerCase() : '';
  if (!isOperator(name) && name !== 'in')
    return expected(reader, 'eq, ne, gt, ge, lt, le, contains, startswith, endswith or in');
  if (place.kind === 'links') return readLinkComparison(reader, name, place.rule, start);
  const path = pathOf(reader, place, start);
  if (path === null) return null;
  reader.next += 1;
  return name === 'in' ? readIn(reader, path) : readComparison(reader, path, name, token.at);
};

const pathOf = (reader: Reader, place: Place, at: number): FilterPath | null => {
  if (place.kind === 'value') return place.path;
  if (place.kind === 'links') return fail(reader, 'HUB-120', at, 'a relation takes eq, in or any');
  const name = place.names.join('/');
  return fail(reader, 'HUB-120', at, `"${name}" is a list: ask with ${name}/any(x:x…)`);
};

const readComparison = (
  reader: Reader,
  path: FilterPath,
  operator: ComparisonOperator,
  at: number,
): FilterExpr | null => {
  const { operators } = valueRows[path.kind];
  if (!operators.includes(operator))
    return fail(
      reader,
      'HUB-120',
      at,
      `${operator} does not fit an attribute of kind ${path.kind}; it takes ${operators.join(', ')} or in`,
    );
  const value = readValue(reader, path.kind);
  return value !== null && countTerm(reader, at) ? { kind: 'compare', path, operator, value } : null;
};

const readIn = (reader: Reader, path: FilterPath): FilterExpr | null => {
  const at = peek(reader).at;
  const values = readList(reader, () => readValue(reader, path.kind));
  return values !== null && countTerm(reader, at) ? { kind: 'in', path, values } : null;
};

const readValue = (reader: Reader, kind: PrimitiveKind): FilterValue | null => {
  const token = peek(reader);
  const row = valueRows[kind];
  if (isKeyword(token, 'null'))
    return fail(
      reader,
      'HUB-120',
      token.at,
      'null cannot be compared: a missing value makes every comparison false, so negate one that every value satisfies',
    );
  if (token.kind !== 'text' && token.kind !== 'literal' && token.kind !== 'word') return expected(reader, row.expects);
  const value = row.read(token);
  if (value === null)
    return fail(reader, 'HUB-120', token.at, `expected ${row.expects} (the attribute is of kind ${kind})`);
  reader.next += 1;
  return value;
};

const readLambda = (
  reader: Reader,
  kind: 'any' | 'all',
  place: Place & { kind: 'list' },
  scope: Scope,
): FilterExpr | null =>
  deeper(reader, () => {
    const variable = readVariable(reader);
    if (variable === null) return null;
    const inner: Scope = { class: place.class, primitive: place.primitive, variables: [...scope.variables, variable] };
    const term = readOr(reader, inner);
    return term !== null && takeSign(reader, ')') ? { kind, list: place.names, term } : null;
  });

// Reads the `$filter` of FINT (facts 2.7, with precedence, parentheses, numbers, `in`, nested lambdas and link targets) into the typed
// filter, checked against the model. Called by requests.ts and by tests. Knows no store; what a caller may see is the hub's matter.
import { problem } from '#base/errors.ts';
import type { ErrorCode, Problem } from '#base/errors.ts';
import { limits } from '#base/limits.ts';
import { failed, ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import { isCleanText, nearest, normalise, transliterate } from '#base/text.ts';
import type { ComparisonOperator, FilterExpr, FilterPath, FilterValue } from '#model/filter.ts';
import type { Collection, LinkRule, Model, ModelClass, PrimitiveKind } from '#model/model.ts';
import { tokenise } from './filter-tokens.ts';
import type { Token } from './filter-tokens.ts';
import { readLink, valueRows } from './filter-values.ts';

/** What names refer to at a place in the filter. */
type Scope = {
  /** The class whose attributes are named; null when the element is itself a value. */
  readonly class: ModelClass | null;
  readonly primitive: PrimitiveKind;
  /** Names of the lambdas around the place, innermost last. */
  readonly variables: readonly string[];
};

/** What a path of names leads to. */
type Place =
  | { readonly kind: 'value'; readonly path: FilterPath }
  | {
      readonly kind: 'list';
      readonly names: readonly string[];
      readonly class: ModelClass | null;
      readonly primitive: PrimitiveKind;
    }
  | { readonly kind: 'links'; readonly rule: LinkRule };

type Reader = {
  readonly tokens: readonly Token[];
  readonly collection: Collection;
  readonly model: Model;
  readonly parameter: string;
  next: number;
  depth: number;
  terms: number;
  problem: Problem | null;
};

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

// --- Tokens -------------------------------------------------------------------------------------------------------------------

const endToken: Token = { kind: 'end', text: '', at: 1 };

const peek = (reader: Reader, ahead = 0): Token =>
  reader.tokens[reader.next + ahead] ?? reader.tokens.at(-1) ?? endToken;

const take = (reader: Reader): Token => {
  const token = peek(reader);
  reader.next += 1;
  return token;
};

const isSign = (token: Token, sign: string): boolean => token.kind === 'sign' && token.text === sign;
const isKeyword = (token: Token, name: string): boolean => token.kind === 'word' && token.text.toLowerCase() === name;

const takeSign = (reader: Reader, sign: string): boolean => {
  if (!isSign(peek(reader), sign)) return expected(reader, `"${sign}"`) !== null;
  reader.next += 1;
  return true;
};

/** Keeps the first problem; always gives null, so that callers can return it. */
const fail = (reader: Reader, code: ErrorCode, at: number, message: string, detail = message): null => {
  reader.problem ??= problem(code, `${detail.charAt(0).toUpperCase()}${detail.slice(1)}.`, {
    errors: [{ at: reader.parameter, message: `position ${at}: ${message}`, code }],
  });
  return null;
};

const expected = (reader: Reader, what: string): null => {
  const token = peek(reader);
  if (token.kind === 'bad') return fail(reader, 'HUB-120', token.at, token.text);
  return fail(reader, 'HUB-120', token.at, `expected ${what}`);
};

// --- Expressions, loosest first -----------------------------------------------------------------------------------------------

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

const flat = (term: FilterExpr, kind: 'and' | 'or'): FilterExpr[] =>
  (term.kind === 'and' || term.kind === 'or') && term.kind === kind ? [...term.terms] : [term];

const readUnary: Read = (reader, scope) => {
  if (!isKeyword(peek(reader), 'not')) return readPrimary(reader, scope);
  reader.next += 1;
  return deeper(reader, () => {
    const term = readUnary(reader, scope);
    return term === null ? null : { kind: 'not', term };
  });
};

const deeper = (reader: Reader, read: () => FilterExpr | null): FilterExpr | null => {
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

// --- Comparisons --------------------------------------------------------------------------------------------------------------

const countTerm = (reader: Reader, at: number): boolean => {
  reader.terms += 1;
  if (reader.terms <= limits.filterTerms) return true;
  return fail(reader, 'HUB-121', at, `there are more than ${limits.filterTerms} comparisons`) !== null;
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

/** `( a , b )`, at least one and at most as many as the limit says. */
const readList = <T>(reader: Reader, read: () => T | null): readonly T[] | null => {
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

// --- Names --------------------------------------------------------------------------------------------------------------------

const lambdaAhead = (reader: Reader): 'any' | 'all' | null => {
  const token = peek(reader);
  if (token.kind !== 'word' || !isSign(peek(reader, 1), '(')) return null;
  const name = token.text.toLowerCase();
  return name === 'any' || name === 'all' ? name : null;
};

/** A property from its first word; inside a lambda it begins with the lambda's variable. Stops before an operator or after `list/`. */
const readPlace = (reader: Reader, scope: Scope): Place | null => {
  const first = peek(reader);
  if (first.kind !== 'word') return expected(reader, 'a property');
  const variable = scope.variables.at(-1);
  if (variable === undefined) return readNames(reader, scope);
  if (first.text !== variable) return wrongVariable(reader, scope, first.at);
  reader.next += 1;
  if (isSign(peek(reader), '/')) {
    reader.next += 1;
    return readNames(reader, scope);
  }
  if (scope.class === null) return { kind: 'value', path: { names: [], kind: scope.primitive } };
  return fail(
    reader,
    'HUB-120',
    first.at,
    `the element has parts: go on with ${variable}/ and a property of ${scope.class.className}`,
  );
};

const wrongVariable = (reader: Reader, scope: Scope, at: number): null =>
  fail(reader, 'HUB-120', at, `inside this lambda every property begins with ${scope.variables.at(-1) ?? ''}/`);

/** Follows names separated by `/` from the scope's class. */
const readNames = (reader: Reader, scope: Scope): Place | null => {
  const names: string[] = [];
  let place: ModelClass | null = scope.class;
  for (;;) {
    const token = peek(reader);
    if (token.kind !== 'word') return expected(reader, 'a property');
    if (place === null) return fail(reader, 'HUB-120', token.at, 'this value has no parts');
    if (token.text === '_links') return readLinkName(reader, scope, names);
    reader.next += 1;
    const attribute = attributeOf(place, token.text);
    if (attribute === undefined)
      return names.length === 0 ? readRelation(reader, scope, token) : unknown(reader, place, token);
    names.push(attribute.jsonName);
    const { type } = attribute;
    const inner: ModelClass | null = type.kind === 'class' ? (reader.model.classes.get(type.class) ?? null) : null;
    const primitive = type.kind === 'primitive' ? type.primitive : 'string';
    const goesOn = isSign(peek(reader), '/');
    if (goesOn) reader.next += 1;
    if (attribute.list) {
      if (goesOn && lambdaAhead(reader) === null)
        return fail(
          reader,
          'HUB-120',
          token.at,
          `"${names.join('/')}" is a list: ask with ${names.join('/')}/any(x:x…)`,
        );
      return { kind: 'list', names, class: inner, primitive };
    }
    if (goesOn && lambdaAhead(reader) === null) {
      place = inner;
      continue;
    }
    if (inner !== null)
      return fail(
        reader,
        'HUB-120',
        token.at,
        `"${names.join('/')}" has parts: go on with / and a property of ${inner.className}`,
      );
    return { kind: 'value', path: { names, kind: primitive } };
  }
};

/** By the name in JSON, or as modelled with Norwegian letters. */
const attributeOf = (of: ModelClass, name: string) =>
  of.attributeByName.get(name) ?? of.attributeByName.get(transliterate(name));

const unknown = (
  reader: Reader,
  of: ModelClass,
  token: Token,
  known: Iterable<string> = of.attributeByName.keys(),
): null => {
  const near = nearest(transliterate(token.text.slice(0, 64)), known);
  const hint = near === null ? '' : `; the nearest is "${near}"`;
  return fail(reader, 'HUB-205', token.at, `${of.className} has no property of this name${hint}`);
};

// --- Lambdas ------------------------------------------------------------------------------------------------------------------

const readVariable = (reader: Reader): string | null => {
  const token = peek(reader);
  if (token.kind !== 'word') return expected(reader, 'a name for the element');
  reader.next += 1;
  return takeSign(reader, ':') ? token.text : null;
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

// --- Links --------------------------------------------------------------------------------------------------------------------

const readRelation = (reader: Reader, scope: Scope, token: Token): Place | null => {
  const of = scope.class;
  if (of === null) return fail(reader, 'HUB-120', token.at, 'this value has no parts');
  const rule = scope.variables.length > 0 ? undefined : ruleOf(reader, token.text);
  if (rule === undefined) {
    const relations = scope.variables.length > 0 ? [] : reader.collection.links.keys();
    return unknown(reader, of, token, [...of.attributeByName.keys(), ...relations]);
  }
  return afterRelation(reader, rule, token);
};

const ruleOf = (reader: Reader, name: string): LinkRule | undefined =>
  reader.collection.links.get(name) ?? reader.collection.links.get(transliterate(name));

const readLinkName = (reader: Reader, scope: Scope, names: readonly string[]): Place | null => {
  const at = take(reader).at;
  if (names.length > 0 || scope.variables.length > 0)
    return fail(reader, 'HUB-120', at, 'only the links of the resource itself can be asked for');
  if (!takeSign(reader, '/')) return null;
  const token = take(reader);
  const rule = token.kind === 'word' ? ruleOf(reader, token.text) : undefined;
  return rule === undefined
    ? unknown(reader, reader.collection.class, token, reader.collection.links.keys())
    : afterRelation(reader, rule, token);
};

const afterRelation = (reader: Reader, rule: LinkRule, token: Token): Place | null => {
  if (isSign(peek(reader), '/')) {
    reader.next += 1;
    if (lambdaAhead(reader) === null)
      return fail(
        reader,
        'HUB-120',
        token.at,
        `a filter does not follow links: ask for the target with ${rule.relation.jsonName}/any(x:x/href eq '…')`,
      );
  }
  return { kind: 'links', rule };
};

/** `relation eq 'field/value'` and `relation in ('field/value', …)`. */
const readLinkComparison = (reader: Reader, operator: string, rule: LinkRule, at: number): FilterExpr | null => {
  if (operator !== 'eq' && operator !== 'in')
    return fail(reader, 'HUB-120', at, 'a relation takes eq or in; negate it with not');
  reader.next += 1;
  return readLinkValues(reader, operator, rule);
};

const readLinkValues = (reader: Reader, operator: string, rule: LinkRule): FilterExpr | null => {
  if (operator === 'eq') return readLinked(reader, rule);
  const terms = readList(reader, () => readLinked(reader, rule));
  const [only] = terms ?? [];
  if (terms === null || only === undefined) return null;
  return terms.length === 1 ? only : { kind: 'or', terms };
};

const readLinked = (reader: Reader, rule: LinkRule): FilterExpr | null => {
  const token = peek(reader);
  if (token.kind !== 'text') return expected(reader, 'a link in quotes');
  const target = rule.target === null ? undefined : reader.model.collections.get(rule.target);
  if (target === undefined)
    return fail(
      reader,
      'HUB-120',
      token.at,
      `links by ${rule.relation.jsonName} lead outside the model: only ${rule.relation.jsonName}/any() can be asked`,
    );
  const found = readLink(token.text, target);
  if (found === null) {
    const fields = target.identifiers.map((field) => field.segment).join(', ');
    return fail(
      reader,
      'HUB-120',
      token.at,
      `expected a link to ${target.path}: identifier name (${fields}), "/" and value`,
    );
  }
  reader.next += 1;
  return countTerm(reader, token.at)
    ? { kind: 'linked', relation: rule.relation.jsonName, target: target.path, ...found }
    : null;
};

/** `any()`: has a link; `any(x:x/href eq '…' or x/href in (…))`: has a link to one of these. */
const readLinkLambda = (reader: Reader, kind: 'any' | 'all', rule: LinkRule): FilterExpr | null =>
  deeper(reader, () => {
    const at = peek(reader).at;
    if (kind === 'all') return fail(reader, 'HUB-120', at, 'links take any, not all');
    if (isSign(peek(reader), ')')) {
      reader.next += 1;
      return countTerm(reader, at) ? { kind: 'has-link', relation: rule.relation.jsonName } : null;
    }
    const variable = readVariable(reader);
    if (variable === null) return null;
    const terms: FilterExpr[] = [];
    do {
      const term = readHref(reader, variable, rule);
      if (term === null) return null;
      terms.push(...flat(term, 'or'));
    } while (isKeyword(peek(reader), 'or') && take(reader) !== null);
    if (!takeSign(reader, ')')) return null;
    const [only] = terms;
    return terms.length === 1 && only !== undefined ? only : { kind: 'or', terms };
  });

const readHref = (reader: Reader, variable: string, rule: LinkRule): FilterExpr | null => {
  const [name, slash, href, operator] = [take(reader), take(reader), take(reader), take(reader)];
  const found = operator.text.toLowerCase();
  if (name.text !== variable || !isSign(slash, '/') || href.text !== 'href' || (found !== 'eq' && found !== 'in'))
    return fail(
      reader,
      'HUB-120',
      name.at,
      `inside any over links, write ${variable}/href eq '…'; join several with or`,
    );
  return readLinkValues(reader, found, rule);
};

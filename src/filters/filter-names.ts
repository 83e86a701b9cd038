// Follows the names of a filter through the model: attributes, lists, relations. Called by parse-filter.ts. Knows no operators and no values.
import { nearest, transliterate } from '#base/text.ts';
import type { FilterPath } from '#model/filter.ts';
import type { LinkRule, ModelClass, PrimitiveKind } from '#model/model.ts';
import { expected, fail, isSign, peek, take, takeSign } from './filter-reader.ts';
import type { Reader } from './filter-reader.ts';
import type { Token } from './filter-tokens.ts';

/** What names refer to at a place in the filter. */
export type Scope = {
  /** The class whose attributes are named; null when the element is itself a value. */
  readonly class: ModelClass | null;
  readonly primitive: PrimitiveKind;
  /** Names of the lambdas around the place, innermost last. */
  readonly variables: readonly string[];
};

/** What a path of names leads to. */
export type Place =
  | { readonly kind: 'value'; readonly path: FilterPath }
  | {
      readonly kind: 'list';
      readonly names: readonly string[];
      readonly class: ModelClass | null;
      readonly primitive: PrimitiveKind;
    }
  | { readonly kind: 'links'; readonly rule: LinkRule };

export const lambdaAhead = (reader: Reader): 'any' | 'all' | null => {
  const token = peek(reader);
  if (token.kind !== 'word' || !isSign(peek(reader, 1), '(')) return null;
  const name = token.text.toLowerCase();
  return name === 'any' || name === 'all' ? name : null;
};

/** A property from its first word; inside a lambda it begins with the lambda's variable. Stops before an operator or after `list/`. */
export const readPlace = (reader: Reader, scope: Scope): Place | null => {
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

export const wrongVariable = (reader: Reader, scope: Scope, at: number): null =>
  fail(reader, 'HUB-120', at, `inside this lambda every property begins with ${scope.variables.at(-1) ?? ''}/`);

/** Follows names separated by `/` from the scope's class. */
export const readNames = (reader: Reader, scope: Scope): Place | null => readName(reader, scope, scope.class, []);

const readName = (reader: Reader, scope: Scope, of: ModelClass | null, above: readonly string[]): Place | null => {
  const token = peek(reader);
  if (token.kind !== 'word') return expected(reader, 'a property');
  if (of === null) return fail(reader, 'HUB-120', token.at, 'this value has no parts');
  if (token.text === '_links') return readLinkName(reader, scope, above);
  reader.next += 1;
  const attribute = attributeOf(of, token.text);
  if (attribute === undefined)
    return above.length === 0 ? readRelation(reader, scope, token) : unknown(reader, of, token);
  const names = [...above, attribute.jsonName];
  const name = names.join('/');
  const { type } = attribute;
  const inner = type.kind === 'class' ? (reader.model.classes.get(type.class) ?? null) : null;
  const primitive = type.kind === 'primitive' ? type.primitive : 'string';
  const more = hasMoreNames(reader);
  if (attribute.list && more)
    return fail(reader, 'HUB-120', token.at, `"${name}" is a list: ask with ${name}/any(x:x…)`);
  if (attribute.list) return { kind: 'list', names, class: inner, primitive };
  if (more) return readName(reader, scope, inner, names);
  if (inner === null) return { kind: 'value', path: { names, kind: primitive } };
  return fail(reader, 'HUB-120', token.at, `"${name}" has parts: go on with / and a property of ${inner.className}`);
};

/** Takes the slash after a name; true when another name follows and not a lambda. */
const hasMoreNames = (reader: Reader): boolean => {
  if (!isSign(peek(reader), '/')) return false;
  reader.next += 1;
  return lambdaAhead(reader) === null;
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
  if (!hasMoreNames(reader)) return { kind: 'links', rule };
  const name = rule.relation.jsonName;
  return fail(
    reader,
    'HUB-120',
    token.at,
    `a filter does not follow links: ask for the target with ${name}/any(x:x/href eq '…')`,
  );
};

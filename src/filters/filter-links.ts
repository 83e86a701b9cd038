// What a filter may ask about links: that there is one, or that there is one to a certain resource. Called by parse-filter.ts.
import type { FilterExpr } from '#model/filter.ts';
import type { LinkRule } from '#model/model.ts';
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
import { readLink } from './filter-values.ts';

/** `relation eq 'field/value'` and `relation in ('field/value', …)`. */
export const readLinkComparison = (reader: Reader, operator: string, rule: LinkRule, at: number): FilterExpr | null => {
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
export const readLinkLambda = (reader: Reader, kind: 'any' | 'all', rule: LinkRule): FilterExpr | null =>
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

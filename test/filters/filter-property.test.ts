// Any filter that the model allows is read back as it was from its printed form; any text is answered without throwing.
import assert from 'node:assert/strict';
import test from 'node:test';
import * as fc from 'fast-check';
import { parseFilter } from '#filters/parse-filter.ts';
import { printFilter } from '../print-filter.ts';
import type { ComparisonOperator, FilterExpr, FilterValue } from '#model/filter.ts';
import type { Collection, ModelClass, PrimitiveKind } from '#model/model.ts';
import { collectionAt, model } from '../apis/fint/model-under-test.ts';

const textOperators: readonly ComparisonOperator[] = [
  'eq',
  'ne',
  'gt',
  'ge',
  'lt',
  'le',
  'contains',
  'startswith',
  'endswith',
];
const orderOperators = textOperators.slice(0, 6);

const cleanText = fc
  .string({ unit: 'grapheme', maxLength: 12 })
  .map((text) => text.replaceAll('\0', '').normalize('NFC'));

const valueOf = (kind: PrimitiveKind): fc.Arbitrary<FilterValue> => {
  switch (kind) {
    case 'string':
      return cleanText.map((value) => ({ kind: 'text', value }));
    case 'boolean':
      return fc.boolean().map((value) => ({ kind: 'boolean', value }));
    case 'date':
    case 'dateTime':
      return fc
        .integer({ min: -2_000_000_000, max: 4_000_000_000 })
        .map((seconds) => ({ kind: 'instant', value: seconds * 1000 }));
    case 'int':
    case 'long':
      return fc.maxSafeInteger().map((value) => ({ kind: 'number', value: value === 0 ? 0 : value }));
    default:
      return fc
        .double({ noNaN: true, min: -1e15, max: 1e15 })
        .map((value) => ({ kind: 'number', value: value === 0 ? 0 : value }));
  }
};

const operatorsOf = (kind: PrimitiveKind): readonly ComparisonOperator[] => {
  if (kind === 'string') return textOperators;
  return kind === 'boolean' ? ['eq', 'ne'] : orderOperators;
};

const leaf = (names: readonly string[], kind: PrimitiveKind): fc.Arbitrary<FilterExpr> =>
  fc.oneof(
    fc
      .record({ operator: fc.constantFrom(...operatorsOf(kind)), value: valueOf(kind) })
      .map(({ operator, value }): FilterExpr => ({ kind: 'compare', path: { names, kind }, operator, value })),
    fc
      .array(valueOf(kind), { minLength: 1, maxLength: 4 })
      .map((values): FilterExpr => ({ kind: 'in', path: { names, kind }, values })),
  );

/** Comparisons and lambdas over everything below a class, as deep as the model goes. */
const leavesOf = (of: ModelClass, names: readonly string[]): readonly fc.Arbitrary<FilterExpr>[] =>
  of.attributes.flatMap((attribute) => {
    const path = [...names, attribute.jsonName];
    const { type } = attribute;
    if (type.kind === 'primitive')
      return [attribute.list ? lambda(path, leaf([], type.primitive)) : leaf(path, type.primitive)];
    const inner = model.classes.get(type.class);
    if (inner === undefined) return [];
    const below = leavesOf(inner, attribute.list ? [] : path);
    if (below.length === 0) return [];
    return attribute.list ? [lambda(path, fc.oneof(...below))] : below;
  });

const lambda = (list: readonly string[], term: fc.Arbitrary<FilterExpr>): fc.Arbitrary<FilterExpr> =>
  fc.tuple(fc.constantFrom('any', 'all'), term).map(([kind, inner]): FilterExpr => ({ kind, list, term: inner }));

const linksOf = (collection: Collection): readonly fc.Arbitrary<FilterExpr>[] =>
  [...collection.links.values()].flatMap((rule) => {
    const relation = rule.relation.jsonName;
    const has = fc.constant<FilterExpr>({ kind: 'has-link', relation });
    const target = rule.target === null ? undefined : model.collections.get(rule.target);
    if (target === undefined) return [has];
    const linked = fc
      .record({ field: fc.constantFrom(...target.identifiers), value: cleanText.filter((text) => text !== '') })
      .map(({ field, value }): FilterExpr => ({
        kind: 'linked',
        relation,
        target: target.path,
        field: field.segment,
        value,
      }));
    return [has, linked];
  });

/** Parsing flattens chains of the same kind, so only such ones are made. */
const combined = (leaves: fc.Arbitrary<FilterExpr>): fc.Arbitrary<FilterExpr> =>
  fc.letrec<{ expr: FilterExpr }>((tie) => ({
    expr: fc.oneof(
      { maxDepth: 3, depthSize: 'small' },
      leaves,
      tie('expr').map((term): FilterExpr => ({ kind: 'not', term })),
      fc
        .tuple(fc.constantFrom('and', 'or'), fc.array(tie('expr'), { minLength: 2, maxLength: 3 }))
        .map(([kind, terms]): FilterExpr => ({
          kind,
          terms: terms.flatMap((term) => (term.kind === kind ? term.terms : [term])),
        })),
    ),
  })).expr;

const paths = [
  'utdanning/elev/elev',
  'utdanning/elev/person',
  'utdanning/elev/elevforhold',
  'arkiv/noark/sak',
  'okonomi/faktura/fakturagrunnlag',
  'administrasjon/personal/fastlonn',
];

void test('a printed filter is read back as it was', () => {
  for (const path of paths) {
    const collection = collectionAt(path);
    const filters = combined(fc.oneof(...leavesOf(collection.class, []), ...linksOf(collection)));
    fc.assert(
      fc.property(filters, (filter) => {
        const result = parseFilter(printFilter(filter), collection, model);
        // Bounds are tested elsewhere.
        if (!result.ok && result.problem.code === 'HUB-121') return;
        assert.ok(result.ok, `${printFilter(filter)} ${result.ok ? '' : JSON.stringify(result.problem)}`);
        assert.deepEqual(result.value, filter);
      }),
      { numRuns: 150 },
    );
  }
});

void test('any text is read or refused with a code, never thrown at', () => {
  const collection = collectionAt('utdanning/elev/elev');
  const pieces = fc.constantFrom(
    "'",
    "''",
    '(',
    ')',
    ',',
    '/',
    ':',
    ' ',
    'not ',
    ' and ',
    ' or ',
    ' eq ',
    ' in ',
    'any(',
    'x:x',
    'systemId',
    '_links',
    'elevforhold',
    '/href',
    '5',
    '-',
    '🎓',
    '\\',
    '%',
  );
  const texts = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(pieces, { maxLength: 30 }).map((list) => list.join('')),
  );
  fc.assert(
    fc.property(texts, (text) => {
      const result = parseFilter(text, collection, model);
      if (!result.ok) assert.match(result.problem.code, /^HUB-(120|121|205)$/);
    }),
    { numRuns: 1_000 },
  );
});

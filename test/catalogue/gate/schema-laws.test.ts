// Laws of comparing schemas, with a validator as the judge: where nothing is found to break, what could be sent before can be sent now, and what can be received
// now could be received before.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import * as fc from 'fast-check';
import type { ChangeKind } from '#catalogue/contract.ts';
import { compareSchemas, type Direction } from '#catalogue/gate/schema-differences.ts';
import { cases } from '../../cases.ts';

type Json = Readonly<Record<string, unknown>>;

const pick = <T>(...values: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...values);

/** Some rules of a kind, each there or not. */
const rules = (of: Readonly<Record<string, fc.Arbitrary<unknown>>>): fc.Arbitrary<Json> =>
  fc.record(of, { requiredKeys: [] });

const text: fc.Arbitrary<Json> = rules({
  minLength: pick(0, 1, 2),
  maxLength: pick(1, 3),
  pattern: pick('^a', 'b$'),
  enum: pick(['a'], ['a', 'ab'], ['a', 'b', 'ab']),
}).map((own) => ({ type: 'string', ...own }));
const number: fc.Arbitrary<Json> = fc
  .tuple(pick('integer', 'number'), rules({ minimum: pick(0, 1), maximum: pick(1, 5), multipleOf: pick(1, 2) }))
  .map(([type, own]) => ({ type, ...own }));
const simple: fc.Arbitrary<Json> = fc.oneof(
  text,
  number,
  pick<Json>(
    {},
    { type: 'boolean' },
    { type: ['string', 'null'] },
    { type: ['integer', 'string'] },
    { const: 'a' },
    { enum: ['a', null] },
    { type: 'null' },
  ),
);

/** Of one depth less each time; `closed`: answers may hold more than they promise, so that only what is sent can be bound to it. */
const schema = (closed: boolean, depth = 2): fc.Arbitrary<Json> => {
  if (depth === 0) return simple;
  const inner = schema(closed, depth - 1);
  const object = fc
    .record(
      {
        properties: fc.record({ a: inner, b: inner }, { requiredKeys: [] }),
        required: fc.subarray(['a', 'b']),
        ...(closed ? { additionalProperties: fc.oneof(fc.boolean(), simple) } : {}),
      },
      { requiredKeys: ['properties'] },
    )
    .map((own) => ({ type: 'object', ...own }));
  const array = rules({ items: inner, minItems: pick(0, 1), maxItems: pick(1, 2), uniqueItems: fc.boolean() }).map(
    (own) => ({ type: 'array', ...own }),
  );
  const choice = fc.array(inner, { minLength: 1, maxLength: 3 }).map((anyOf) => ({ anyOf }));
  const all = fc.tuple(object, object).map((allOf) => ({ allOf }));
  return fc.oneof(simple, object, array, choice, all);
};

const values: readonly unknown[] = [
  null, true, 0, 1, 2, 3, 1.5, 6, '', 'a', 'b', 'ab', 'aaaa',
  [], [1], [1, 1], ['a'], ['a', 'b', 'ab'], [null], [{}],
  {}, { a: 'a' }, { b: 'a' }, { a: 1 }, { a: null }, { a: 1.5, b: 'ab' }, { a: 'a', b: 'b' }, { a: 1, b: 1 }, { c: 'a' }, { c: 3 }, { a: 'a', c: null },
  { a: {} }, { a: { a: 'a' } }, { a: ['a'] }, { b: { b: 1 } }, { a: [], b: true },
]; // prettier-ignore

const ajv = new Ajv2020({ strict: false, logger: false });

const kindsOf = (direction: Direction, before: Json, after: Json): ReadonlySet<ChangeKind> => {
  const kinds = new Set<ChangeKind>();
  compareSchemas({ before: {}, after: {}, seen: new Set(), report: (kind) => void kinds.add(kind) }, direction, 'X', {
    before,
    after,
  });
  return kinds;
};

/** Two schemas, the second often the first with something else inside. */
const pairs = (closed: boolean): fc.Arbitrary<readonly [Json, Json]> => {
  const one = schema(closed);
  const changed = fc
    .tuple(one, simple, simple)
    .map(([of, old, now]) => [withMember(of, old), withMember(of, now)] as const);
  return fc.oneof(fc.tuple(one, one), changed);
};

const withMember = (of: Json, member: Json): Json => ({ type: 'object', properties: { a: member, b: of } });

/** Nobody is taken to send what has no name: a new member that may be sent is no surprise to anybody. */
const named = (of: Json): Json => Object.fromEntries(Object.entries(of).map(([name, value]) => [name, nested(value)]));

const nested = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(nested);
  if (typeof value !== 'object' || value === null) return value;
  const of = named({ ...value });
  return of['type'] === 'object' && typeof of['additionalProperties'] !== 'object' && !('allOf' in of)
    ? { ...of, additionalProperties: false }
    : of;
};

const held = (direction: Direction, before: Json, after: Json): void => {
  const kinds = kindsOf(direction, before, after);
  if (kinds.has('breaking') || (direction === 'response' && kinds.has('dangerous'))) return;
  const sends = direction === 'request';
  const [from, to] = sends
    ? [ajv.compile({ allOf: [before, nested(before)] }), ajv.compile(after)]
    : [ajv.compile(after), ajv.compile(before)];
  for (const value of values) if (from(value)) assert.ok(to(value), JSON.stringify({ value, before, after }));
};

for (const direction of ['request', 'response'] as const)
  test(`where no ${direction} breaks, no value does`, () => {
    fc.assert(
      fc.property(pairs(direction === 'request'), ([before, after]) => held(direction, before, after)),
      { numRuns: cases(1_500) },
    );
  });

test('a schema does not differ from itself, in whatever order its members stand', () => {
  fc.assert(
    fc.property(schema(true), (one) => {
      for (const direction of ['request', 'response'] as const)
        assert.deepEqual([...kindsOf(direction, one, reordered(one))], []);
    }),
    { numRuns: cases(300) },
  );
});

const reordered = (of: Json): Json =>
  Object.fromEntries(
    Object.entries(of)
      .toReversed()
      .map(([name, value]) => [
        name,
        name === 'properties' ? Object.fromEntries(Object.entries(value as Json).toReversed()) : value,
      ]),
  );

const at = (name: string): Json => ({ $ref: `#/components/schemas/${name}` });

const documentOf = (member: Json): Json => ({
  components: {
    schemas: {
      Chain: at('Chain'),
      Either: { anyOf: [at('Either'), at('Either'), at('Tree')] },
      Both: { allOf: [at('Both'), at('Both'), at('Tree')] },
      Maybe: { oneOf: [at('Maybe'), { type: 'null' }] },
      Tree: {
        type: 'object',
        properties: { below: { type: 'array', items: at('Tree') }, either: at('Either'), member },
      },
    },
  },
});

test('schemas that lead to themselves come to an end, and what has changed in them is found', () => {
  const [before, after] = [documentOf({ type: 'integer' }), documentOf({ type: 'string' })];
  for (const direction of ['request', 'response'] as const) {
    const found: string[] = [];
    const walk = {
      before,
      after,
      seen: new Set<string>(),
      report: (_: ChangeKind, rule: string, part: string) => void found.push(`${part} ${rule}`),
    };
    for (const name of ['Chain', 'Either', 'Both', 'Maybe', 'Tree'])
      compareSchemas(walk, direction, name, { before: at(name), after: at(name) });
    assert.ok(found.includes('Tree.member type-changed'), found.join());
  }
});

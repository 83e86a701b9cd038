// A schema as the gate compares it: references followed, parts that all hold put together, null and constants told like types and choices. Used by
// schema-differences.ts alone. Knows JSON Schema 2020-12 as OpenAPI 3.1 uses it, and `nullable` of OpenAPI 3.0.
import { canonical, isMap, listOf, mapOf, pointedAt, textOf, textsOf, type JsonMap } from './json-tree.ts';

export type SchemaView = {
  /** What the reference that led here is called; null for a schema that stands where it is used. */
  readonly name: string | null;
  /** The reference leads out of the document: what is meant is known by its name alone. */
  readonly elsewhere: boolean;
  /** Null where every type is possible. `number` stands for whole numbers too. */
  readonly types: ReadonlySet<string> | null;
  /** The texts of the values that are possible, made by `canonical`; null where there is no list of them. */
  readonly values: ReadonlySet<string> | null;
  readonly properties: ReadonlyMap<string, unknown>;
  readonly required: ReadonlySet<string>;
  /** What members may be beside those that are named: anything, nothing, or what a schema says. */
  readonly others: 'any' | 'none' | JsonMap;
  readonly items: JsonMap | null;
  /** Of which one holds, null apart; empty where there is no choice. */
  readonly variants: readonly JsonMap[];
  readonly keywords: JsonMap;
};

// Deeper than any description goes: a chain of references that leads to itself ends here.
const longestChain = 32;
// Choices within choices, and parts within parts; each may be several.
const deepest = 6;

export type Followed = { readonly reference: string | null; readonly elsewhere: boolean; readonly schema: JsonMap };

/** Follows references and puts together what stands beside them, to where there is no reference any more or where it leads out of the document. */
export const followed = (schema: unknown, document: JsonMap): Followed => {
  let [first, now]: [string | null, JsonMap] = [null, mapOf(schema)];
  for (let step = 0; step < longestChain; step += 1) {
    const reference = textOf(now['$ref']);
    if (reference === null) break;
    first ??= reference;
    const found = pointedAt(document, reference);
    const { $ref: _, ...beside } = now;
    if (found === null) return { reference: first, elsewhere: true, schema: beside };
    now = { ...found, ...beside };
  }
  return { reference: first, elsewhere: false, schema: now };
};

/** What a reference is called where nobody says otherwise: its last part. */
export const lastPart = (reference: string): string => reference.slice(reference.lastIndexOf('/') + 1);

/** Makes the view of a schema. */
export const viewOf = (schema: unknown, document: JsonMap, nameOf = lastPart): SchemaView => {
  const { reference, elsewhere, schema: plain } = followed(schema, document);
  const whole = withoutSingleChoice(together(plain, document), document);
  const choices = [...listOf(whole['oneOf']), ...listOf(whole['anyOf'])].filter(isMap);
  const variants = choices.filter((one) => !isNull(one));
  const types = typesOf(whole, document);
  const others = whole['additionalProperties'];
  return {
    name: reference === null ? null : nameOf(reference),
    elsewhere,
    types,
    values: valuesOf(whole),
    // What must be there is a member, also where nothing else is said of it.
    properties: new Map([
      ...textsOf(whole['required']).map((name): [string, unknown] => [name, isMap(others) ? others : {}]),
      ...Object.entries(mapOf(whole['properties'])),
    ]),
    required: new Set(textsOf(whole['required'])),
    others: others === false ? 'none' : isMap(others) && Object.keys(others).length > 0 ? others : 'any',
    items: isMap(whole['items']) ? whole['items'] : null,
    variants,
    keywords: whole,
  };
};

const isNull = (schema: JsonMap): boolean => schema['type'] === 'null' || schema['const'] === null;

/** A named schema, and whether null may stand in its place; null where the schema says more than that. */
export type NamedOrNull = { readonly schema: JsonMap; readonly nullable: boolean };

export const namedOrNull = (schema: unknown): NamedOrNull | null => {
  const of = mapOf(schema);
  if (typeof of['$ref'] === 'string') return { schema: of, nullable: false };
  const choices = listOf(of['oneOf'] ?? of['anyOf']).filter(isMap);
  const [only, ...more] = choices.filter((one) => !isNull(one));
  return only === undefined || more.length > 0 || typeof only['$ref'] !== 'string'
    ? null
    : { schema: only, nullable: choices.length > 1 };
};

/** A schema or null is the schema, nullable. */
const withoutSingleChoice = (schema: JsonMap, document: JsonMap): JsonMap => {
  for (const word of ['oneOf', 'anyOf']) {
    const choices = listOf(schema[word]).filter(isMap);
    const [only, ...more] = choices.filter((one) => !isNull(one));
    if (only === undefined || more.length > 0) continue;
    const { [word]: _, ...beside } = schema;
    const inner = together(followed(only, document).schema, document);
    return { ...inner, ...beside, ...(choices.length > 1 ? { nullable: true } : {}) };
  }
  return schema;
};

/** What `allOf` says put together with what stands beside it. */
const together = (schema: JsonMap, document: JsonMap, depth = 0): JsonMap => {
  const parts = listOf(schema['allOf']);
  if (parts.length === 0 || depth > deepest) return schema;
  const { allOf: _, ...beside } = schema;
  return [...parts.map((one) => together(followed(one, document).schema, document, depth + 1)), beside].reduce<JsonMap>(
    (a, b) => ({
      ...a,
      ...b,
      ...both('properties', mapOf(a['properties']), mapOf(b['properties'])),
      ...both('required', textsOf(a['required']), textsOf(b['required'])),
    }),
    {},
  );
};

const both = (word: string, a: JsonMap | readonly string[], b: JsonMap | readonly string[]): JsonMap => {
  if (Array.isArray(a) && Array.isArray(b)) return a.length + b.length === 0 ? {} : { [word]: [...a, ...b] };
  const [one, other] = [mapOf(a), mapOf(b)];
  if (Object.keys(one).length + Object.keys(other).length === 0) return {};
  const merged = Object.keys({ ...one, ...other }).map((name) => [
    name,
    name in one && name in other ? { allOf: [one[name], other[name]] } : (one[name] ?? other[name]),
  ]);
  return { [word]: Object.fromEntries(merged) };
};

/** Null where every type is possible. */
const typesOf = (schema: JsonMap, document: JsonMap, depth = 0): ReadonlySet<string> | null => {
  const own = ownTypes(schema) ?? typesOfChoices(schema, document, depth);
  return own !== null && schema['nullable'] === true ? new Set([...own, 'null']) : own;
};

const ownTypes = (schema: JsonMap): ReadonlySet<string> | null => {
  const { type } = schema;
  if (typeof type === 'string') return new Set([type]);
  if (Array.isArray(type)) return new Set(textsOf(type));
  const values = rawValues(schema);
  if (values !== null) return new Set(values.map(typeOfValue));
  if (isMap(schema['properties'])) return new Set(['object']);
  return isMap(schema['items']) ? new Set(['array']) : null;
};

const typesOfChoices = (schema: JsonMap, document: JsonMap, depth: number): ReadonlySet<string> | null => {
  const choices = [...listOf(schema['oneOf']), ...listOf(schema['anyOf'])];
  if (choices.length === 0 || depth > deepest) return null;
  const types = new Set<string>();
  for (const one of choices) {
    const of = typesOf(together(followed(one, document).schema, document), document, depth + 1);
    if (of === null) return null;
    for (const type of of) types.add(type);
  }
  return types;
};

const typeOfValue = (value: unknown): string => {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return typeof value === 'number' && Number.isInteger(value) ? 'integer' : typeof value;
};

const rawValues = (schema: JsonMap): readonly unknown[] | null => {
  if (Array.isArray(schema['enum'])) return schema['enum'];
  return 'const' in schema ? [schema['const']] : null;
};

const valuesOf = (schema: JsonMap): ReadonlySet<string> | null => {
  const values = rawValues(schema);
  // That a value may be missing is told by the types.
  return values === null ? null : new Set(values.filter((one) => one !== null).map(canonical));
};

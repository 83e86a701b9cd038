// Holds a mapping against the model, once at start: every path becomes steps, a place and an attribute. What is fetched, rendered, described and
// told of as changed is made from the result and from nothing else. Called by the files that make operations; knows no request.
import { HubError, problem } from '#base/errors.ts';
import { compileShape } from '#hub/documents/shape.ts';
import type { Shape, ShapeSource, ShapeSteps } from '#hub/documents/document.ts';
import { kinds } from '#model/kinds.ts';
import type { Attribute, AttributeType, Collection, Model, ModelClass, Sensitivity } from '#model/model.ts';
import type { Converter, Field, Fields, Mapping, MappingPath, RowTest } from './mapping.ts';
import { civilDate } from './converters.ts';

/** What the end of a path stands for. */
export type Tail =
  | { readonly kind: 'id' }
  | { readonly kind: 'uid' }
  | { readonly kind: 'level' }
  | { readonly kind: 'self' }
  /** Names from the resource down into its value, and what stands there. */
  | { readonly kind: 'attribute'; readonly names: readonly [string, ...string[]]; readonly attribute: Attribute }
  /** The resources themselves: of fields that are objects. */
  | { readonly kind: 'resource' };

/** Attributes and relations of a place that something depends on. */
export type Looks = { readonly at: string; readonly names: readonly string[] };

/** A field whose path the model bears out. */
export type ReadField = {
  readonly name: string;
  readonly field: Field;
  /** Relations from the resource at hand, in order. */
  readonly steps: readonly string[];
  /** What the resource at hand has to pass to be looked at; null = nothing. */
  readonly self: RowTest | null;
  /** Index-aligned with the steps: what a resource there has to pass to be followed. */
  readonly tests: readonly (RowTest | null)[];
  /** Place of the end of the path in the shape, `ShapePart.at`. */
  readonly at: string;
  readonly tail: Tail;
  readonly convert: Converter;
  /** How sensitive the attribute is; of an id or an object: open. */
  readonly sensitivity: Sensitivity;
  readonly looks: readonly Looks[];
  /** Of objects; else empty. */
  readonly fields: readonly ReadField[];
};

export type MappingReading = {
  readonly mapping: Mapping;
  readonly source: ShapeSource;
  readonly shape: Shape;
  readonly fields: readonly ReadField[];
  /** The names that `fields` takes: those at the top. `id` is among them. */
  readonly fieldNames: readonly string[];
  /** The names that `include` takes. */
  readonly includeNames: readonly string[];
};

/**
 * Reads a mapping. `behind` are paths of relations that are fetched besides, for facts. Throws a HubError that names the mapping, the field and
 * what the model lacks.
 */
export const readMapping = (mapping: Mapping, model: Model, behind: readonly MappingPath[] = []): MappingReading =>
  reading(mapping, model, behind, false);

/**
 * The same for those who walk through everything: the shape wants no value that no field looks at, and of what only the id or the number is looked at
 * no resource is read.
 */
export const readLeanMapping = (mapping: Mapping, model: Model): MappingReading => reading(mapping, model, [], true);

const reading = (mapping: Mapping, model: Model, behind: readonly MappingPath[], lean: boolean): MappingReading => {
  const refuse: Refuse = (message) => {
    throw new HubError(problem('HUB-200', `The mapping ${mapping.name}: ${message}`));
  };
  const root = model.collections.get(mapping.collection);
  if (root === undefined) return refuse(`the model has no collection ${mapping.collection}.`);
  const reader: Reader = { model, refuse };
  const fields = readFields(reader, root, '', mapping.fields, '');
  for (const path of behind) {
    const { rest } = follow(reader, root, path.split('.'), path);
    if (rest.length > 0) refuse(`${path} does not lead through relations to its end.`);
  }
  const places = [...fields.flatMap(placesOf), ...behind];
  const steps = stepsTo(places);
  const whole: ShapeSource = { name: mapping.name, collection: mapping.collection, steps };
  const source = lean ? leanSource(model, root, whole, fields) : whole;
  const shape = compileShape(source, model);
  if (!shape.ok) return refuse(shape.problem.detail);
  const includes = new Set<string>();
  gatherIncludes(fields, includes);
  return {
    mapping,
    source,
    shape: shape.value,
    fields,
    fieldNames: [...new Set(['id', ...fields.map(({ name }) => name)])],
    includeNames: [...includes].toSorted(),
  };
};

type Refuse = (message: string) => never;
type Reader = { readonly model: Model; readonly refuse: Refuse };

/** Every place that a field looks at, those within it left out. */
export const placesOfField = ({ at, looks }: ReadField): readonly string[] => [at, ...looks.map((one) => one.at)];

const placesOf = (field: ReadField): readonly string[] => [...placesOfField(field), ...field.fields.flatMap(placesOf)];

const gatherIncludes = (fields: readonly ReadField[], into: Set<string>): void => {
  for (const { field, fields: inner } of fields) {
    if (field.include !== undefined) into.add(field.include);
    gatherIncludes(inner, into);
  }
};

type MutableSteps = { [name: string]: { readonly relation: string; readonly steps: MutableSteps } };

const stepsTo = (places: readonly string[]): ShapeSteps => {
  const root: MutableSteps = {};
  for (const place of places) {
    let here = root;
    for (const relation of place === '' ? [] : place.split('.')) {
      const step = here[relation] ?? { relation, steps: {} };
      here[relation] = step;
      here = step.steps;
    }
  }
  return root;
};

/** The source with what is looked at and no more. */
const leanSource = (
  model: Model,
  root: Collection,
  { steps, ...rest }: ShapeSource,
  fields: readonly ReadField[],
): ShapeSource => {
  const looked = new Map<string, Set<string>>();
  const gather = (field: ReadField): void => {
    for (const { at, names } of field.looks) {
      const known = looked.get(at) ?? new Set();
      looked.set(at, known);
      for (const name of names) known.add(name);
    }
    for (const inner of field.fields) gather(inner);
  };
  for (const field of fields) gather(field);
  const attributesAt = (at: string, of: Collection): readonly string[] =>
    [...(looked.get(at) ?? [])].filter((name) => of.class.attributeByName.has(name));
  const lean = (at: string, of: Collection, below: ShapeSteps): ShapeSteps =>
    Object.fromEntries(
      Object.entries(below).map(([step, { relation, steps: behind }]) => {
        const here = at === '' ? step : `${at}.${step}`;
        const target = model.collections.get(of.links.get(relation)?.target ?? '') ?? of;
        const attributes = attributesAt(here, target);
        const bare = attributes.length === 0 && Object.keys(behind).length === 0;
        const kept = lean(here, target, behind);
        return [step, bare ? { relation, steps: kept, bare: true } : { relation, steps: kept, attributes }];
      }),
    );
  return { ...rest, steps: lean('', root, steps), attributes: attributesAt('', root) };
};

const readFields = (
  reader: Reader,
  collection: Collection,
  at: string,
  fields: Fields,
  outer: string,
): readonly ReadField[] =>
  Object.entries(fields).map(([name, field]) => readField(reader, collection, at, name, field, `${outer}${name}`));

const readField = (
  reader: Reader,
  collection: Collection,
  at: string,
  name: string,
  field: Field,
  called: string,
): ReadField => {
  const { refuse } = reader;
  const path = field.from === '@self' && 'fields' in field ? [] : field.from.split('.');
  const { steps, passed, rest } = follow(reader, collection, path, called);
  const end = passed.at(-1) ?? collection;
  const here = [...(at === '' ? [] : [at]), ...steps].join('.');
  const tail = tailOf(reader, end, rest, field, called);
  const way = steps.map((_, index) => steps.slice(0, index + 1).join('.'));
  for (const one of Object.keys(field.on ?? {}))
    if (one !== '@self' && !way.includes(one))
      refuse(`${called}: 'on' names ${one}, which ${field.from} does not pass.`);
  if (field.kind === 'objects' && steps.length === 0) refuse(`${called}: a list of objects comes from a relation.`);
  const convert = converterOf(reader, field, tail, called);
  const absolute = (relative: string): string => [at, relative].filter((part) => part !== '').join('.');
  const self = field.on?.['@self'] ?? null;
  const tests = way.map((one) => field.on?.[one] ?? null);
  const ofTest = (of: Collection, place: string, test: RowTest | null | undefined): readonly Looks[] =>
    (test?.looksAt ?? []).flatMap((one) => looksOfPath(reader, of, place, one, called));
  const looks: readonly Looks[] = [
    ...steps.map((step, index) => ({ at: absolute(way[index - 1] ?? ''), names: [step] })),
    ...ofTest(collection, at, self),
    ...tests.flatMap((test, index) => ofTest(passed[index] ?? end, absolute(way[index] ?? ''), test)),
    ...ofTest(end, here, field.test),
    ...ofTest(end, here, field.prefer),
    ...(tail.kind === 'attribute' ? [{ at: here, names: [tail.names[0]] }] : []),
    ...(tail.kind === 'self'
      ? (convert.looksAt ?? []).flatMap((one) => looksOfPath(reader, end, here, one, called))
      : []),
  ];
  return {
    name,
    field,
    steps,
    self,
    tests,
    at: here,
    tail,
    convert,
    sensitivity: tail.kind === 'attribute' ? tail.attribute.sensitivity : 'open',
    looks,
    fields: 'fields' in field ? readFields(reader, end, here, field.fields, `${called}.`) : [],
  };
};

/** A path to an attribute, from a resource at a place: every relation on the way and the attribute. */
const looksOfPath = (
  reader: Reader,
  of: Collection,
  at: string,
  path: MappingPath,
  called: string,
): readonly Looks[] => {
  const { steps, passed, rest } = follow(reader, of, path.split('.'), called);
  const [attribute] = rest;
  const places = [
    at,
    ...steps.map((_, index) => [at, ...steps.slice(0, index + 1)].filter((one) => one !== '').join('.')),
  ];
  if (attribute !== undefined) attributeAt(reader, (passed.at(-1) ?? of).class, rest, called);
  return [
    ...steps.map((name, index) => ({ at: places[index] ?? '', names: [name] })),
    { at: places.at(-1) ?? '', names: attribute === undefined ? [] : [attribute] },
  ];
};

type Followed = {
  readonly steps: readonly string[];
  /** Collections that the steps lead to. */
  readonly passed: readonly Collection[];
  readonly rest: readonly string[];
};

/** Goes as far as names are relations. */
const follow = ({ model, refuse }: Reader, from: Collection, path: readonly string[], called: string): Followed => {
  const passed: Collection[] = [];
  let here = from;
  for (const [index, name] of path.entries()) {
    if (name.startsWith('@') || here.class.attributeByName.has(name))
      return { steps: path.slice(0, index), passed, rest: path.slice(index) };
    const rule = here.links.get(name);
    if (rule === undefined) return refuse(`${called}: ${here.path} has no attribute or relation ${name}.`);
    const target = rule.target === null ? undefined : model.collections.get(rule.target);
    if (target === undefined) return refuse(`${called}: ${name} of ${here.path} leads out of the model.`);
    passed.push(target);
    here = target;
  }
  return { steps: path, passed, rest: [] };
};

const tailOf = (reader: Reader, end: Collection, rest: readonly string[], field: Field, called: string): Tail => {
  const { refuse } = reader;
  const [first, ...more] = rest;
  if ('fields' in field)
    return first === undefined || (first === '@self' && more.length === 0)
      ? { kind: 'resource' }
      : refuse(`${called}: an object comes from relations only.`);
  if (first === undefined) return refuse(`${called}: the path ends at a resource; name an attribute, @id or @self.`);
  if (first.startsWith('@')) {
    const kind = more.length > 0 ? undefined : ends[first];
    if (kind === undefined)
      return refuse(
        `${called}: ${rest.join('.')} is not known; ${Object.keys(ends).join(', ')} are, as the last step.`,
      );
    return { kind };
  }
  return { kind: 'attribute', names: [first, ...more], attribute: attributeAt(reader, end.class, rest, called) };
};

const ends: Readonly<Record<string, 'id' | 'uid' | 'level' | 'self'>> = {
  '@id': 'id',
  '@uid': 'uid',
  '@level': 'level',
  '@self': 'self',
};

const attributeAt = (
  { model, refuse }: Reader,
  of: ModelClass,
  names: readonly string[],
  called: string,
): Attribute => {
  let here: ModelClass | undefined = of;
  let found: Attribute | undefined;
  for (const name of names) {
    found = here?.attributeByName.get(name);
    if (found === undefined) return refuse(`${called}: ${here?.className ?? 'a value'} has no attribute ${name}.`);
    here = classOf(model, found.type);
  }
  return found ?? refuse(`${called}: no attribute is named.`);
};

const classOf = (model: Model, type: AttributeType): ModelClass | undefined =>
  type.kind === 'class' ? model.classes.get(type.class) : undefined;

const plain: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  string: { type: 'string' },
  boolean: { type: 'boolean' },
  int: { type: 'integer' },
  long: { type: 'integer', format: 'int64' },
  float: { type: 'number' },
  double: { type: 'number' },
  decimal: kinds.decimal.published,
  time: kinds.time.published,
  duration: kinds.duration.published,
  dateTime: { type: 'string', format: 'date-time' },
};

/** Hands the value on; `schema` describes it. */
const asIs = (name: string, schema: Converter['schema']): Converter => ({
  name,
  schema,
  apply: (value) => value ?? undefined,
});

const opaque = asIs('id', { type: 'string', minLength: 1, maxLength: 64, 'x-opaque': true });

const number = asIs('number', { type: 'integer' });

const converterOf = ({ refuse }: Reader, field: Field, tail: Tail, called: string): Converter => {
  if (tail.kind === 'resource') return opaque;
  if (!('fields' in field) && field.convert !== undefined) {
    if (tail.kind === 'self' && field.convert.looksAt === undefined)
      return refuse(`${called}: a converter of @self says what it looks at.`);
    return field.convert;
  }
  if (tail.kind === 'id') return opaque;
  if (tail.kind === 'uid' || tail.kind === 'level') return number;
  if (tail.kind === 'self') return refuse(`${called}: @self needs a converter.`);
  const { type } = tail.attribute;
  if (type.kind === 'class')
    return refuse(`${called}: ${type.class} is no plain value; name an attribute of it, or a converter.`);
  if (type.primitive === 'date') return civilDate;
  return asIs(type.primitive, plain[type.primitive] ?? {});
};

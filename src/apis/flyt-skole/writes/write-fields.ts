// Which fields of a type may be written, as data: the member of the model that each becomes. Lists stand beside the operations; they are held against
// the model and the mapping of the type when the hub starts, so that a renamed attribute stops the start and not a request.
import { HubError, problem } from '#base/errors.ts';
import type { Attribute, Collection, Model, ModelClass } from '#model/model.ts';
import { described, type Schema } from '#mappings/mapping-schema.ts';
import type { MappingReading } from '#mappings/read-mapping.ts';
import type { ToModel } from '#mappings/to-model.ts';

/** When a field is taken: in the body that makes something, in one that changes it, or in both. */
type When = 'create' | 'change' | 'both';

/**
 * `to` is a path from the resource of the type: relations to the resource that holds the value, then attributes (`person.navn.fornavn`); of a
 * field that names another resource it ends in the relation (`skole`), and `by` says how that is named.
 */
export type WriteField = {
  readonly to: string;
  readonly when: When;
  readonly required?: true;
} & ({ readonly convert: ToModel } | { readonly by: 'id' | 'code' });

export type WriteFields = { readonly [name: string]: WriteField };

/** A field that the model and the mapping bear out. */
export type ReadWriteField = {
  readonly name: string;
  readonly field: WriteField;
  /** Relations to the resource that holds it, joined by dots; '' for the resource of the type. */
  readonly place: string;
  readonly holder: Collection;
  /** Attribute names from the holder inwards; empty for a relation. */
  readonly attributes: readonly string[];
  /** Of a relation: what it leads to. */
  readonly relation: { readonly name: string; readonly target: Collection } | null;
  readonly schema: Schema;
};

/** Reads a list. Throws a HubError that names the field and what does not fit. */
export const readWriteFields = (
  fields: WriteFields,
  reading: MappingReading,
  model: Model,
): readonly ReadWriteField[] =>
  Object.entries(fields).map(([name, field]) => {
    const refuse = (message: string): never => {
      throw new HubError(problem('HUB-200', `Writing ${reading.mapping.name}.${name}: ${message}`));
    };
    const shown = reading.fields.find((one) => one.name === name);
    if (shown === undefined) return refuse('the type has no such field.');
    const root = model.collections.get(reading.mapping.collection);
    if (root === undefined) return refuse('the model has no such collection.');
    const path = field.to.split('.');
    const { steps, holder } = walk(model, root, 'by' in field ? path.slice(0, -1) : path);
    const rest = path.slice(steps.length);
    const attributes = 'by' in field ? [] : rest;
    const last = path.at(-1) ?? '';
    if ('by' in field && rest.length !== 1)
      return refuse(`${holder.path} has no relation ${rest[0] ?? ''} within the model.`);
    const target = 'by' in field ? targetOf(model, holder, last) : null;
    if ('by' in field && target === null) return refuse(`${holder.path} has no relation ${last} within the model.`);
    if ('convert' in field && !isAttribute(model, holder, attributes))
      return refuse(`${holder.path} has no attribute ${attributes.join('.')}.`);
    const schema = 'by' in field ? linkSchemas[field.by] : (field.convert.schema ?? shown.convert.schema);
    return {
      name,
      field,
      place: steps.join('.'),
      holder,
      attributes,
      relation: target === null ? null : { name: last, target },
      schema: { ...described(shown.field.describe), ...schema },
    };
  });

const linkSchemas: Readonly<Record<'id' | 'code', Schema>> = {
  id: { type: 'string', minLength: 1, maxLength: 64 },
  code: { type: 'string', minLength: 1, maxLength: 100 },
};

const targetOf = (model: Model, from: Collection, relation: string): Collection | null => {
  const target = from.links.get(relation)?.target ?? null;
  return target === null ? null : (model.collections.get(target) ?? null);
};

/** Goes along the path as long as its names are relations. */
const walk = (
  model: Model,
  root: Collection,
  path: readonly string[],
): { readonly steps: readonly string[]; readonly holder: Collection } => {
  const steps: string[] = [];
  let holder = root;
  for (const name of path) {
    const target = holder.class.attributeByName.has(name) ? null : targetOf(model, holder, name);
    if (target === null) break;
    steps.push(name);
    holder = target;
  }
  return { steps, holder };
};

const isAttribute = (model: Model, holder: Collection, names: readonly string[]): boolean => {
  let here: ModelClass | undefined = holder.class;
  for (const name of names) {
    const attribute: Attribute | undefined = here?.attributeByName.get(name);
    // Names in JSON alone: what a body becomes is JSON.
    if (attribute === undefined || attribute.jsonName !== name) return false;
    here = attribute.type.kind === 'class' ? model.classes.get(attribute.type.class) : undefined;
  }
  return names.length > 0;
};

/** The schema of a body: the fields taken then, and no others. In a change every field may be null, which takes the value away. */
export const writeSchema = (
  fields: readonly ReadWriteField[],
  when: 'create' | 'change',
  more: Readonly<Record<string, Schema>> = {},
): Schema => {
  const taken = fields.filter(({ field }) => field.when === 'both' || field.when === when);
  const required = when === 'create' ? taken.flatMap(({ name, field }) => (field.required === true ? [name] : [])) : [];
  return {
    type: 'object',
    properties: {
      ...Object.fromEntries(taken.map(({ name, schema }) => [name, when === 'change' ? orNull(schema) : schema])),
      ...more,
    },
    ...(required.length === 0 ? {} : { required }),
    additionalProperties: false,
  };
};

const orNull = (schema: Schema): Schema => {
  const { type, enum: values } = schema;
  return {
    ...schema,
    ...(typeof type === 'string' ? { type: [type, 'null'] } : {}),
    ...(Array.isArray(values) ? { enum: [...(values as readonly unknown[]), null] } : {}),
  };
};

/** The fields of the type that such a body cannot hold. */
export const notTaken = (
  reading: MappingReading,
  fields: readonly ReadWriteField[],
  when: 'create' | 'change',
): readonly string[] => {
  const taken = new Set(
    fields.filter(({ field }) => field.when === 'both' || field.when === when).map(({ name }) => name),
  );
  return ['id', ...reading.fields.map(({ name }) => name)].filter((name) => !taken.has(name));
};

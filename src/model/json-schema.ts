// JSON Schema (2020-12) of classes, derived from the model: published ones for readers, and lenient ones by which deliveries are
// validated (ingest). Called by the metamodel API, by OpenAPI and by ingest. Pure.
import { kinds } from './kinds.ts';
import type { JsonObject, JsonValue } from './kinds.ts';
import type { Attribute, ClassKey, Model, ModelClass, Relation, Text } from './model.ts';

const dialect = 'https://json-schema.org/draft/2020-12/schema';

const linkItems = {
  type: 'object',
  properties: { href: { type: 'string', format: 'uri-reference' } },
  required: ['href'],
} as const;

/** The address of the published schema of a class: `/model/schema/utdanning/elev/Elev`. */
export const schemaId = (of: ModelClass): string => `/model/schema/${of.package}/${of.className}`;

/** The classes that have a published schema: all but the abstract ones, whose members stand in their subclasses. */
export const publishedClasses = (model: Model): readonly ModelClass[] =>
  [...model.classes.values()].filter((one) => one.kind !== 'abstract');

/** The published schema of a class, with `$id`; classes used as values and link lists are referred to by their own addresses. */
export const publishedSchema = (model: Model, of: ModelClass): JsonObject => ({
  $schema: dialect,
  $id: schemaId(of),
  ...describedClass(model, of, (key) => schemaAddress(model, key)),
});

const schemaAddress = (model: Model, key: ClassKey): string => {
  const of = model.classes.get(key);
  return of === undefined ? '' : schemaId(of);
};

/** The name of a class in a flat list of schemas: `utdanning.elev.Elev`. */
export const flatName = (key: ClassKey): string => key.replaceAll('/', '.').replace(':', '.');

/** Members without `$schema` and `$id`, for places that hold many schemas (OpenAPI); `refTo` gives the address of a class, `link` the schema of one link. */
export const describedClass = (
  model: Model,
  of: ModelClass,
  refTo: (key: ClassKey) => string,
  link: JsonObject = linkItems,
): JsonObject => {
  const head = {
    title: of.className,
    ...described(of.description),
    'x-kind': of.kind,
    ...(of.register ? { 'x-register': true } : {}),
    ...(of.naturalKey.length === 0 ? {} : { 'x-natural-key': of.naturalKey }),
    ...(of.deprecated ? { deprecated: true } : {}),
  };
  if (of.kind === 'reference') return { ...head, type: 'string', format: 'uri-reference' };
  const required = of.attributes.filter((attribute) => !attribute.optional).map((attribute) => attribute.jsonName);
  const links = of.relations.length > 0 || of.kind === 'main' ? { _links: linksSchema(model, of, link) } : {};
  return {
    ...head,
    ...(of.kind === 'main' ? { 'x-writeable': of.writeable } : {}),
    type: 'object',
    properties: {
      ...Object.fromEntries(of.attributes.map((attribute) => [attribute.jsonName, attributeSchema(attribute, refTo)])),
      ...links,
    },
    ...(required.length > 0 ? { required } : {}),
  };
};

const described = (text: Text): JsonObject => ({ description: text.en, 'x-nb': text.nb });

const attributeSchema = (attribute: Attribute, refTo: (key: ClassKey) => string): JsonObject => {
  const value: JsonObject =
    attribute.type.kind === 'primitive'
      ? { ...kinds[attribute.type.primitive].published, ...closedSet(attribute) }
      : { $ref: refTo(attribute.type.class) };
  return {
    ...(attribute.description === null ? {} : described(attribute.description)),
    ...(attribute.list ? { type: 'array', items: value } : value),
    'x-sensitivity': attribute.sensitivity,
    ...marked(attribute),
    ...(attribute.identifier ? { 'x-identifier': true } : {}),
    ...(attribute.writeable ? { 'x-writeable': true } : {}),
    ...(attribute.deprecated ? { deprecated: true, 'x-deprecated': true } : {}),
    ...(attribute.extension === null ? {} : { 'x-extension': attribute.extension }),
  };
};

const closedSet = ({ values }: Attribute): JsonObject => (values === null ? {} : { enum: values });

/** The word by which documents carry the status of a part; the catalogue's gate knows it by the same. */
const partMark = 'x-bindeledd-status';

const marked = ({ contract }: Attribute | Relation): JsonObject => (contract === null ? {} : { [partMark]: contract });

/** Links are arrays whatever the multiplicity (facts 1.5), and absent without a target, so none is required here. */
const linksSchema = (model: Model, of: ModelClass, link: JsonObject): JsonObject => ({
  type: 'object',
  properties: {
    ...(of.kind === 'main'
      ? {
          self: {
            description: 'One link per identifier.',
            'x-nb': 'Én lenke per identifikator.',
            type: 'array',
            items: link,
          },
        }
      : {}),
    ...Object.fromEntries(of.relations.map((relation) => [relation.jsonName, relationSchema(model, relation, link)])),
  },
});

const relationSchema = (model: Model, relation: Relation, link: JsonObject): JsonObject => ({
  ...described(relation.description),
  type: 'array',
  items: link,
  'x-target': targetName(model, relation),
  'x-multiplicity': relation.multiplicity,
  ...marked(relation),
  ...(relation.inverse === null ? {} : { 'x-inverse': relation.inverse }),
  ...(relation.deprecated ? { deprecated: true, 'x-deprecated': true } : {}),
  ...(relation.extension === null ? {} : { 'x-extension': relation.extension }),
});

const targetName = (model: Model, relation: Relation): string => {
  const target = model.classes.get(relation.target);
  return target === undefined ? relation.target : schemaId(target);
};

/**
 * The lenient schema by which deliveries of a class are judged: one self-contained document in which nothing is required, unknown
 * members pass, null stands for absent, and only values that cannot be held are wrong. `_links` is only held to be an object: link
 * forms are judged where links are read. Its formats are `ingestFormats` of kinds.ts.
 */
export const ingestSchema = (model: Model, of: ModelClass): JsonObject => {
  const used = usedClasses(model, of);
  return {
    $schema: dialect,
    $id: `/model/ingest/${of.package}/${of.className}`,
    ...lenientClass(of),
    ...(used.length > 0
      ? {
          $defs: Object.fromEntries(
            used.map((one) => [flatName(one.key), { ...lenientClass(one), type: ['object', 'null'] }]),
          ),
        }
      : {}),
  };
};

const lenientClass = (of: ModelClass): JsonObject => ({
  type: 'object',
  properties: {
    ...Object.fromEntries(of.attributes.map((attribute) => [attribute.jsonName, lenientAttribute(attribute)])),
    _links: { type: ['object', 'null'] },
  },
});

const lenientAttribute = (attribute: Attribute): JsonObject => {
  const held: JsonObject =
    attribute.type.kind === 'primitive'
      ? { ...kinds[attribute.type.primitive].ingest, ...closedSet(attribute) }
      : { ...(attribute.list ? { type: 'object' } : {}), $ref: `#/$defs/${flatName(attribute.type.class)}` };
  if (attribute.list) return { type: ['array', 'null'], items: held };
  if (typeof held['type'] !== 'string') return held;
  const { values } = attribute;
  return { ...held, type: [held['type'], 'null'], ...(values === null ? {} : { enum: [...values, null] }) };
};

/** The classes that values of a class hold, at any depth, by key. */
export const usedClasses = (model: Model, of: ModelClass): readonly ModelClass[] => {
  const found = new Map<ClassKey, ModelClass>();
  const queue: ModelClass[] = [of];
  for (let one = queue.pop(); one !== undefined; one = queue.pop())
    for (const attribute of one.attributes) {
      const type = attribute.type.kind === 'class' ? model.classes.get(attribute.type.class) : undefined;
      if (type !== undefined && !found.has(type.key)) {
        found.set(type.key, type);
        queue.push(type);
      }
    }
  return [...found.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
};

/** A resource of the class as an example: every identifier and mandatory attribute with a value of its kind, links as they are rendered below `base`. */
export const exampleOf = (model: Model, of: ModelClass, path: string, base: string): JsonObject => {
  const collection = model.collections.get(path);
  const links: [string, JsonValue][] = [];
  if (collection !== undefined) {
    links.push([
      'self',
      collection.identifiers.map((field) => ({ href: `${base}/${path}/${field.segment}/${exampleIdentifier}` })),
    ]);
    for (const rule of collection.links.values()) {
      const target = rule.target === null ? undefined : model.collections.get(rule.target);
      const field = target?.identifiers[0];
      if (rule.relation.min === 1 && target !== undefined && field !== undefined)
        links.push([
          rule.relation.jsonName,
          [{ href: `${base}/${target.path}/${field.segment}/${exampleIdentifier}` }],
        ]);
    }
  }
  return {
    ...exampleValues(model, of),
    ...(links.length > 0 ? { _links: Object.fromEntries(links) } : {}),
  };
};

const exampleIdentifier = 'A-1';

const exampleValues = (model: Model, of: ModelClass): JsonObject =>
  Object.fromEntries(
    of.attributes
      .filter((attribute) => !attribute.optional || attribute.identifier)
      .map((attribute): [string, JsonValue] => {
        const value = exampleValue(model, attribute);
        return [attribute.jsonName, attribute.list ? [value] : value];
      }),
  );

/** A value of the kind of an attribute, invented; of a list, one of its items. */
export const exampleValue = (model: Model, attribute: Attribute): JsonValue => {
  if (attribute.type.kind === 'primitive') return attribute.values?.[0] ?? kinds[attribute.type.primitive].example;
  if (attribute.identifier) return { [model.identifierValue]: exampleIdentifier };
  const type = model.classes.get(attribute.type.class);
  return type === undefined ? {} : exampleValues(model, type);
};

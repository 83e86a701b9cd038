// The types of the model's classes: objects of resources and of values, interfaces of abstract classes, enumerations of closed sets. Made once, by
// face.ts; knows no class by name.
import type { FaceField, FaceType, TypeRef } from '#graphql/face.ts';
import type { GraphqlRoots } from '#model/graphql-roots.ts';
import type { Attribute, Collection, CollectionPath, Model, ModelClass, Relation, Text } from '#model/model.ts';
import { firm, marksOfMember, reasonOf } from './marks.ts';
import { typeOfKind } from './scalars.ts';

export type Connections = Map<string, { readonly node: string; readonly marks: FaceField['marks'] }>;

export type ClassTypes = {
  readonly types: readonly FaceType[];
  /** Those that fields of these types lead to. */
  readonly connections: Connections;
  readonly typeOf: (collection: CollectionPath) => string;
  /** The type of an attribute's values, without lists and exclamation marks. */
  readonly valueType: (attribute: Attribute) => string;
};

export const nodeInterface = 'Node';
const pascal = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);
/** Closed sets whose values are written otherwise stay texts. */
const enumValue = /^[A-Z][A-Z0-9_]*$/;

const idText: Text = {
  nb: 'Id-en til objektet. Den er ugjennomsiktig: bruk den som den er.',
  en: 'The id of the object. It is opaque: use it as it is.',
};

/** Types of all classes of the roots, and of the values that they hold. */
export const classTypes = (model: Model, roots: GraphqlRoots): ClassTypes => {
  const connections: Connections = new Map();
  const collections = Map.groupBy(model.collections.values(), (one) => one.class.key);
  const isIdentifier = (key: string): boolean =>
    model.classes.get(key)?.attributeByName.has(model.identifierValue) === true;
  const classes = roots.classes.filter(
    (one) => !isIdentifier(one.key) && (one.kind !== 'main' || collections.has(one.key)),
  );
  const enums = enumsOf(classes, roots);
  const { names } = roots;

  const valueType = (attribute: Attribute): string => {
    const { type } = attribute;
    if (type.kind === 'primitive') return enums.nameOf(attribute) ?? typeOfKind[type.primitive];
    const of = model.classes.get(type.class);
    if (of === undefined || isIdentifier(of.key)) return 'String';
    return roots.locals.has(of.key) ? `${holderOf(attribute)}${of.className}` : of.className;
  };

  const holderOf = ({ from }: Attribute): string => model.classes.get(from)?.className ?? '';

  /** Collections that a relation leads to from any resource of the class. */
  const targetsOf = (relation: Relation): readonly CollectionPath[] => {
    const target = model.classes.get(relation.target);
    return target === undefined ? [] : under(target).map(({ path }) => path);
  };
  const under = (of: ModelClass): readonly Collection[] =>
    [...model.collections.values()].filter((one) => {
      for (let at: ModelClass | undefined = one.class; at !== undefined;) {
        if (at.key === of.key) return true;
        at = at.superclass === null ? undefined : model.classes.get(at.superclass);
      }
      return false;
    });

  const attributeField = (of: ModelClass, attribute: Attribute, name: string): FaceField => {
    const { jsonName, list } = attribute;
    const inner = attribute.type.kind === 'class' && isIdentifier(attribute.type.class);
    const ref = valueType(attribute);
    return {
      name,
      type: list ? `[${ref}!]` : isKey(of, attribute) ? `${ref}!` : ref,
      args: [],
      describe: attribute.description ?? { nb: `${attribute.name}.`, en: `${attribute.name}.` },
      marks: marksOfMember(attribute, model, roots),
      source: { kind: 'value', path: inner && !list ? [jsonName, model.identifierValue] : [jsonName] },
    };
  };

  const relationField = (of: ModelClass, relation: Relation, called: string): readonly FaceField[] => {
    const target = model.classes.get(relation.target);
    const to = targetsOf(relation);
    // What other folders of the model add may lead out of the packages that become types.
    if (target === undefined || !roots.classes.includes(target) || to.length === 0) return [];
    const marks = marksOfMember(relation, model, roots);
    const common = { name: called, args: [], describe: relation.description, marks };
    const leads = { relation: relation.jsonName, collections: to };
    if (relation.max === 1)
      return [{ ...common, type: target.className, source: { kind: 'link', ...leads, many: false } }];
    // What hangs on a value cannot be had a page at a time.
    if (of.kind === 'complex')
      return [{ ...common, type: `[${target.className}!]`, source: { kind: 'link', ...leads, many: true } }];
    const holder = model.classes.get(relation.from) ?? of;
    const name = `${holder.className}${pascal(called)}Connection`;
    connections.set(name, { node: target.className, marks: { ...marks, deprecated: null } });
    const defaultFirst = roots.nestedFirst(holder, relation.jsonName);
    return [
      {
        ...common,
        type: name,
        args: pageArgs(defaultFirst),
        source: { kind: 'connection', ...leads, defaultFirst, ask: null },
      },
    ];
  };

  const memberFields = (of: ModelClass, member: string, name: string): readonly FaceField[] => {
    const attribute = of.attributeByName.get(member);
    const relation = of.relationByName.get(member);
    return [
      ...(attribute === undefined ? [] : [attributeField(of, attribute, name)]),
      ...(relation === undefined ? [] : relationField(of, relation, name)),
    ];
  };

  const fieldsOf = (of: ModelClass): readonly FaceField[] => [
    ...[...of.attributes, ...of.relations].flatMap(({ jsonName }) =>
      memberFields(of, jsonName, names.nameOf(of.key, jsonName)),
    ),
    // What is older shows what its successor shows.
    ...names.olderOf(of.key).flatMap(({ name, of: member, deprecated }) =>
      memberFields(of, member, name).map((field): FaceField => ({
        ...field,
        marks: { ...field.marks, deprecated: reasonOf(deprecated) },
      })),
    ),
  ];

  const typeFor = (of: ModelClass, name: string): FaceType => {
    const common = { name, describe: of.description, marks: firm };
    const fields = fieldsOf(of).toSorted((a, b) => (a.name < b.name ? -1 : 1));
    if (of.kind === 'complex') return { kind: 'object', ...common, interfaces: [], of: 'value', fields };
    const id: FaceField = { name: 'id', type: 'ID!', args: [], describe: idText, marks: firm, source: { kind: 'id' } };
    const whole = [id, ...fields];
    if (of.kind === 'abstract') return { kind: 'interface', ...common, fields: whole };
    const abstract = superclassesOf(model, of).filter((one) => roots.classes.includes(one));
    return {
      kind: 'object',
      ...common,
      interfaces: [nodeInterface, ...abstract.map(({ className }) => className)],
      of: 'node',
      collections: (collections.get(of.key) ?? []).map(({ path }) => path),
      fields: whole,
    };
  };

  /** One for each class that holds values of the kind, by its name. */
  const localTypes = new Map(
    classes.flatMap(({ ownAttributes }) =>
      ownAttributes.flatMap((attribute): readonly (readonly [string, ModelClass])[] => {
        const of = attribute.type.kind === 'class' ? model.classes.get(attribute.type.class) : undefined;
        return of !== undefined && roots.locals.has(of.key) ? [[valueType(attribute), of]] : [];
      }),
    ),
  );
  const types = [
    ...classes
      .filter(({ key, kind }) => kind !== 'reference' && !roots.locals.has(key))
      .map((of) => typeFor(of, of.className)),
    ...[...localTypes].map(([name, of]) => typeFor(of, name)),
  ];
  const node: FaceType = {
    kind: 'interface',
    name: nodeInterface,
    describe: { nb: 'Alt som har en id.', en: 'Everything that has an id.' },
    marks: firm,
    fields: [{ name: 'id', type: 'ID!', args: [], describe: idText, marks: firm }],
    apart: true,
  };
  return {
    types: [node, ...types, ...enums.types],
    connections,
    typeOf: (path) => model.collections.get(path)?.class.className ?? '',
    valueType,
  };
};

export const pageArgs = (first: number): FaceField['args'] => [
  {
    name: 'first',
    type: 'Int',
    default: first,
    describe: { nb: 'Hvor mange, inntil 1000.', en: 'How many, up to 1000.' },
    marks: firm,
  },
  {
    name: 'after',
    type: 'String',
    describe: { nb: 'Merket (`cursor`) til det siste som er lest.', en: 'The cursor of the last that has been read.' },
    marks: firm,
  },
];

/** A key of the resource that is always there and that every grant shows. */
const isKey = (of: ModelClass, { jsonName, identifier, optional, sensitivity }: Attribute): boolean =>
  of.kind === 'main' && !optional && sensitivity === 'open' && (identifier || of.naturalKey.includes(jsonName));

const superclassesOf = (model: Model, of: ModelClass): readonly ModelClass[] => {
  const found: ModelClass[] = [];
  for (let key = of.superclass; key !== null;) {
    const at = model.classes.get(key);
    if (at === undefined) break;
    found.push(at);
    key = at.superclass;
  }
  return found;
};

type Enums = { readonly types: readonly FaceType[]; readonly nameOf: (attribute: Attribute) => string | null };

/** One enumeration for each closed set: named after its attribute, with the class before it where another set has the same name. */
const enumsOf = (classes: readonly ModelClass[], roots: GraphqlRoots): Enums => {
  const taken = new Set(roots.classes.map(({ className }) => className));
  const named = new Map<string, { readonly key: string; readonly values: readonly string[] }>();
  const nameOf = (attribute: Attribute): string | null => {
    const { values } = attribute;
    if (values === null || values.some((value) => !enumValue.test(value))) return null;
    const key = values.toSorted().join(' ');
    const plain = roots.enums.get(attribute.jsonName) ?? pascal(attribute.jsonName);
    const holder = attribute.from.slice(attribute.from.indexOf(':') + 1);
    for (const name of [plain, holder + plain, `${holder}${plain}Verdi`]) {
      if (taken.has(name)) continue;
      const held = named.get(name);
      if (held === undefined) named.set(name, { key, values });
      if (held === undefined || held.key === key) return name;
    }
    return null;
  };
  // Names are given in the order of the model, whoever asks first.
  for (const of of classes) for (const attribute of of.ownAttributes) nameOf(attribute);
  const types = [...named].map(([name, { values }]): FaceType => ({
    kind: 'enum',
    name,
    describe: { nb: `Verdiene av ${name}.`, en: `The values of ${name}.` },
    marks: firm,
    values: values.map((value) => ({ name: value, describe: { nb: value, en: value }, marks: firm })),
  }));
  return { types, nameOf };
};

export const refOf = (name: string, list: boolean): TypeRef => (list ? `[${name}!]` : name);

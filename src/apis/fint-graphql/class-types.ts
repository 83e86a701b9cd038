// The types of a model: main classes as resources, complex classes as values, their attributes and relations as fields. Called by face.ts. Holds no
// class name; every rule of what a field is stands here.
import type { FaceField, FaceInput, FaceType, Marks } from '#graphql/face.ts';
import { limits } from '#base/limits.ts';
import type {
  Attribute,
  AttributeType,
  ClassKey,
  Collection,
  CollectionPath,
  LinkRule,
  Model,
  ModelClass,
  Relation,
  Text,
} from '#model/model.ts';
import { graphqlField } from '#model/naming.ts';
import type { ClassNames } from './names.ts';
import { plain, scalarOf } from './scalars.ts';

/** Where the relations of a class lead, over all places that it is served or stands at, by jsonName. */
type Leads = ReadonlyMap<string, readonly CollectionPath[]>;

type Deps = { readonly model: Model; readonly names: ClassNames };

/** A connection beside a list: what its name ends in, wherever it stands. */
export const connectionOf = (name: string): string => `${name}Connection`;

/** There for those alone who ask for what is tried out. */
const triedOut: Marks = { contract: 'experimental', deprecated: null };

/** Types of main classes, one each. */
export const nodeTypes = (deps: Deps, collectionsOf: CollectionsOf): readonly FaceType[] =>
  [...deps.model.classes.values()].flatMap((of): readonly FaceType[] => {
    const collections = collectionsOf(of);
    if (collections.length === 0) return [];
    return [
      {
        kind: 'object',
        name: deps.names.typeOf(of),
        describe: of.description,
        marks: plain,
        interfaces: [],
        of: 'node',
        collections: collections.map(({ path }) => path),
        fields: [
          ...attributeFields(deps, of),
          ...relationFields(deps, of, leadsOf(collections.flatMap(({ links }) => [...links.values()])), 'node'),
        ],
      },
    ];
  });

/** The collections that a class is served as, by path: the order in which they are asked. */
export type CollectionsOf = (of: ModelClass) => readonly Collection[];

/** Types of classes that stand as values within others; of main classes that do too (facts 1.2), a type of its own. */
export const valueTypes = (deps: Deps): readonly FaceType[] => {
  const nested = nestedLeads(deps.model);
  const used = new Set(
    [...deps.model.classes.values()]
      .filter(({ kind }) => kind === 'main' || kind === 'complex')
      .flatMap(({ attributes }) => attributes)
      .flatMap(({ type }) => (type.kind === 'class' ? [type.class] : [])),
  );
  return [...deps.model.classes.values()]
    .filter(({ key }) => used.has(key))
    .map((of) => ({
      kind: 'object',
      name: valueTypeOf(deps, of),
      describe: of.description,
      marks: plain,
      interfaces: [],
      of: 'value',
      fields: [...attributeFields(deps, of), ...relationFields(deps, of, leadsOf(nested.get(of.key) ?? []), 'value')],
    }));
};

const valueTypeOf = ({ names }: Deps, of: ModelClass): string =>
  of.kind === 'main' ? `${names.typeOf(of)}Verdi` : names.typeOf(of);

const leadsOf = (rules: readonly LinkRule[]): Leads =>
  new Map(
    [...Map.groupBy(rules, ({ relation }) => relation.jsonName)].map(([name, alike]) => [
      name,
      [...new Set(alike.map(({ target }) => target).filter((path) => path !== null))].toSorted(),
    ]),
  );

/** The rules of relations within values, by the class that the value is of. */
const nestedLeads = (model: Model): ReadonlyMap<ClassKey, readonly LinkRule[]> => {
  const found = new Map<ClassKey, LinkRule[]>();
  for (const { class: of, nestedLinks } of model.collections.values())
    for (const rule of nestedLinks.values()) {
      const key = classAt(model, of, rule.at);
      if (key !== null) found.set(key, [...(found.get(key) ?? []), rule]);
    }
  return found;
};

const classAt = (model: Model, of: ModelClass, at: readonly string[]): ClassKey | null => {
  let key = of.key;
  for (const name of at) {
    const type = model.classes.get(key)?.attributeByName.get(name)?.type;
    if (type?.kind !== 'class') return null;
    key = type.class;
  }
  return key;
};

// --- Fields -------------------------------------------------------------------------------------------------------------------

/** Every field may be null: grants, protection and sources decide what is there, and one that is missing must not take the rest of the answer along. */
const attributeFields = (deps: Deps, of: ModelClass): readonly FaceField[] =>
  of.attributes.map((attribute) => ({
    name: graphqlField(attribute.name),
    type: listed(attributeType(deps, attribute.type), attribute.list),
    args: [],
    describe: attribute.description ?? describedBy(deps, attribute),
    marks: { contract: null, deprecated: deprecation(attribute) },
    source: { kind: 'value', path: [attribute.jsonName] },
  }));

const attributeType = (deps: Deps, type: AttributeType): string => {
  if (type.kind === 'primitive') return scalarOf[type.primitive];
  const of = deps.model.classes.get(type.class);
  if (of === undefined) throw new Error(`no class ${type.class}`);
  return valueTypeOf(deps, of);
};

const describedBy = ({ model }: Deps, { type, name }: Attribute): Text =>
  (type.kind === 'class' ? model.classes.get(type.class)?.description : undefined) ?? { nb: name, en: name };

const listed = (type: string, many: boolean): string => (many ? `[${type}]` : type);

const deprecation = ({ deprecated }: Pick<Attribute | Relation, 'deprecated'>): string | null =>
  deprecated ? 'Informasjonsmodellen fraråder bruk av dette. The information model advises against using this.' : null;

const relationFields = (deps: Deps, of: ModelClass, leads: Leads, parent: 'node' | 'value'): readonly FaceField[] =>
  of.relations.flatMap((relation): readonly FaceField[] => {
    const name = graphqlField(relation.name);
    const many = relation.max === null;
    const about = {
      args: [],
      describe: relation.description,
      marks: { contract: null, deprecated: deprecation(relation) },
    };
    const to = leads.get(relation.jsonName) ?? [];
    const target = deps.model.classes.get(relation.target);
    if (to.length === 0 || target === undefined)
      return [
        {
          ...about,
          name,
          type: listed('String', many),
          source: { kind: 'address', relation: relation.jsonName, many },
        },
      ];
    const type = deps.names.typeOf(target);
    const one: FaceField = {
      ...about,
      name,
      type: listed(type, many),
      source: { kind: 'link', relation: relation.jsonName, many, collections: to },
    };
    if (!many || parent === 'value') return [one];
    return [
      one,
      {
        name: connectionOf(name),
        type: connectionOf(type),
        args: pageArgs,
        describe: {
          nb: `Det samme som \`${name}\`, en side om gangen og med antall.`,
          en: `The same as \`${name}\`, a page at a time and with a count.`,
        },
        marks: { ...triedOut, deprecated: about.marks.deprecated },
        source: {
          kind: 'connection',
          relation: relation.jsonName,
          collections: to,
          defaultFirst: usualFirst,
          ask: null,
        },
      },
    ];
  });

/** The length of a page whose length is not said. */
export const usualFirst = 100;

/** How much of a list, and from where on. */
export const pageArgs: readonly FaceInput[] = [
  {
    name: 'first',
    type: 'Int',
    default: usualFirst,
    describe: {
      nb: `Hvor mange, fra 0 til ${limits.graphqlFirst}.`,
      en: `How many, from 0 to ${limits.graphqlFirst}.`,
    },
    marks: plain,
  },
  {
    name: 'after',
    type: 'String',
    describe: {
      nb: 'Merket (`cursor`, `endCursor`) til det som listen skal fortsette etter.',
      en: 'The cursor (`cursor`, `endCursor`) of what the list is to go on after.',
    },
    marks: plain,
  },
];

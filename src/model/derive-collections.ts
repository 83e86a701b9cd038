// What is served where: components, the collections under them (common classes included, facts 1.6), and where every relation of
// every collection leads. Called by derive only. Pure.
import type {
  ClassKey,
  Collection,
  CollectionPath,
  Component,
  IdentifierField,
  LinkRule,
  ModelClass,
  ModelPackage,
  Relation,
} from './model.ts';
import { domainOf, segment } from './naming.ts';
import type { Sources } from './source.ts';

type Classes = ReadonlyMap<ClassKey, ModelClass>;
/** What each component serves, and where each takes common classes from: its own copies or those of another component. */
type Served = {
  readonly by: ReadonlyMap<string, readonly ModelClass[]>;
  readonly commonFrom: ReadonlyMap<string, string>;
};

/** Gives the components and, flat, all collections, in the order of their paths. */
export const deriveComponents = (
  sources: Sources,
  packages: ReadonlyMap<string, ModelPackage>,
  classes: Classes,
): {
  readonly components: ReadonlyMap<string, Component>;
  readonly collections: ReadonlyMap<CollectionPath, Collection>;
} => {
  const own = [...packages.values()].filter((one) => one.component);
  const served: Served = {
    by: new Map(own.map((one) => [one.path, servedBy(one, classes)])),
    commonFrom: new Map(own.map(({ path, commonFrom }) => [path, commonFrom ?? path])),
  };
  const indexed = indexesByClass(sources);
  const components = new Map<string, Component>();
  const collections = new Map<CollectionPath, Collection>();
  for (const [path, list] of served.by) {
    const owner = packages.get(path);
    if (owner === undefined) continue;
    const mine = list.map((one) => deriveCollection(path, one, classes, served, indexed, sources.identifier.value));
    for (const collection of mine) collections.set(collection.path, collection);
    components.set(path, { path, package: owner, collections: mine });
  }
  return { components, collections };
};

const byName = (a: ModelClass, b: ModelClass): number => (a.className < b.className ? -1 : 1);

/** Own main classes, then, unless they come from elsewhere, the common ones that relations reach, through common classes too; each part by class name. */
const servedBy = (one: ModelPackage, classes: Classes): readonly ModelClass[] => {
  const present = one.classes.map((key) => classes.get(key)).filter((each) => each !== undefined);
  const own = present.filter((each) => each.kind === 'main' && !each.common);
  if (one.commonFrom !== null) return own.sort(byName);
  const common = new Set<ModelClass>();
  const open = [...own];
  for (let each = open.pop(); each !== undefined; each = open.pop())
    for (const relation of each.relations) {
      const target = classes.get(relation.target);
      if (target?.common === true && !common.has(target)) {
        common.add(target);
        open.push(target);
      }
    }
  return [...own.sort(byName), ...[...common].sort(byName)];
};

const deriveCollection = (
  component: string,
  of: ModelClass,
  classes: Classes,
  served: Served,
  indexed: ReadonlyMap<ClassKey, readonly string[]>,
  identifierValue: string,
): Collection => {
  const identifiers = of.attributes
    .filter((attribute) => attribute.identifier)
    .map((attribute): IdentifierField => ({ attribute: attribute.jsonName, segment: segment(attribute.jsonName) }));
  const own = `${component}/${of.segment}`;
  return {
    path: own,
    component,
    segment: of.segment,
    class: of,
    identifiers,
    identifierBySegment: new Map(identifiers.map((field) => [field.segment, field])),
    links: new Map(
      of.relations.map((relation) => [relation.jsonName, linkRule(relation, of, component, classes, served)]),
    ),
    nestedLinks: new Map(nestedRules(of, [], component, classes, served)),
    indexed: [
      ...new Set([
        ...identifiers.map((field) => `${field.attribute}/${identifierValue}`),
        ...lineage(of, classes).flatMap((key) => indexed.get(key) ?? []),
      ]),
    ],
  };
};

const lineage = (of: ModelClass, classes: Classes): readonly ClassKey[] => {
  const line: ClassKey[] = [];
  for (let one: ModelClass | undefined = of; one !== undefined;) {
    line.push(one.key);
    one = one.superclass === null ? undefined : classes.get(one.superclass);
  }
  return line;
};

const indexesByClass = (sources: Sources): ReadonlyMap<ClassKey, readonly string[]> =>
  new Map(
    [...Map.groupBy(sources.indexes, (index) => index.class)].map(([key, indexes]) => [
      key,
      indexes.flatMap(({ attributes }) => attributes),
    ]),
  );

const linkRule = (
  relation: Relation,
  of: ModelClass,
  component: string,
  classes: Classes,
  served: Served,
): LinkRule => {
  const target = classes.get(relation.target);
  const path = targetPath(target, component, served);
  const back = relation.inverse === null ? undefined : target?.relationByName.get(relation.inverse);
  const comesBack =
    back !== undefined &&
    path !== null &&
    targetPath(classes.get(back.target), componentOf(path), served) === `${component}/${of.segment}`;
  return {
    relation,
    at: [],
    target: path,
    // A copy of a common class in another component has a way to the target, but the target's way back leads to the copy beside it:
    // there is no place for an inverse link.
    inverse: comesBack ? relation.inverse : null,
    fintBackLink: comesBack && isFintBackLink(relation, back, of, target),
  };
};

/** The rule of facts 5.5: the inverse is to-many, the near end owns a many-to-many, and both lie in one domain. */
const isFintBackLink = (relation: Relation, back: Relation, of: ModelClass, target: ModelClass | undefined): boolean =>
  back.max === null &&
  (relation.max === 1 || relation.source) &&
  target !== undefined &&
  (target.common || domainOf(target.package) === domainOf(of.package));

/** Rules of the relations that hang on complex values (and on main classes used as values) within the resource, at any depth. */
const nestedRules = (
  of: ModelClass,
  at: readonly string[],
  component: string,
  classes: Classes,
  served: Served,
): readonly (readonly [string, LinkRule])[] =>
  of.attributes.flatMap((attribute) => {
    const type = attribute.type.kind === 'class' ? classes.get(attribute.type.class) : undefined;
    if (type === undefined) return [];
    const here = [...at, attribute.jsonName];
    const own = type.relations.map((relation): readonly [string, LinkRule] => [
      [...here, relation.jsonName].join('.'),
      {
        relation,
        at: here,
        target: targetPath(classes.get(relation.target), component, served),
        inverse: null,
        fintBackLink: false,
      },
    ]);
    return [...own, ...nestedRules(type, here, component, classes, served)];
  });

const componentOf = (path: CollectionPath): string => path.slice(0, path.lastIndexOf('/'));

/**
 * Where links to a class lead from a component: the class's own path; for a common class the nearest copy, that is in the same
 * component or the one that it takes them from, else in the first of the same domain, else in the first of all; null for a reference.
 */
const targetPath = (target: ModelClass | undefined, from: string, served: Served): CollectionPath | null => {
  if (target === undefined || target.kind !== 'main') return null;
  if (!target.common) return `${target.package}/${target.segment}`;
  const component = served.commonFrom.get(from) ?? from;
  const serves = (path: string): boolean => served.by.get(path)?.includes(target) ?? false;
  const places = [...served.by.keys()].filter(serves).sort();
  const nearest = serves(component)
    ? component
    : (places.find((path) => domainOf(path) === domainOf(component)) ?? places[0]);
  return nearest === undefined ? null : `${nearest}/${target.segment}`;
};

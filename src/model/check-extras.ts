// The rules for indexes and row scopes, checked against the derived model. Called by load after derive. Pure.
import { didYouMean } from '#base/text.ts';
import { covers } from './derive-scopes.ts';
import { below } from './findings.ts';
import type { At, Complain } from './findings.ts';
import type { Collection, LinkRule, Model, ModelClass } from './model.ts';
import type { SourceIndex, SourcePackage, SourceScope, Sources } from './source.ts';

/** Checks that every index names an attribute and every scope path leads to its target; complaints go to `complain`. */
export const checkExtras = (sources: Sources, model: Model, complain: Complain): void => {
  const indexed = new Set<string>();
  for (const index of sources.indexes) checkIndex(model, index, indexed, complain);
  for (const scope of sources.scopes) checkScope(model, scope, complain);
  for (const source of sources.packages) checkCommon(model, source, complain);
};

const checkIndex = (model: Model, index: SourceIndex, indexed: Set<string>, complain: Complain): void => {
  const of = model.classes.get(index.class);
  if (of === undefined) return complain(index.at, 'index-path', `class ${index.class} does not exist`);
  for (const [position, path] of index.attributes.entries()) {
    const at = below(index.at, position);
    const end = followAttributes(model, of, path.split('/'));
    if (end !== null) complain(at, 'index-path', `'${path}' of ${index.class}: ${end}`);
    const name = `${index.class} ${path}`;
    if (indexed.has(name)) complain(at, 'index-path', `'${path}' is named twice`);
    indexed.add(name);
  }
};

/** Follows an attribute path; gives what is wrong with it, or null when it ends at a primitive value. */
const followAttributes = (model: Model, start: ModelClass, steps: readonly string[]): string | null => {
  let of: ModelClass | undefined = start;
  for (const step of steps) {
    if (of === undefined) return `'${step}' stands below a plain value`;
    const attribute = of.attributeByName.get(step);
    if (attribute === undefined)
      return `${of.className} has no attribute '${step}'${didYouMean(step, of.attributeByName.keys())}`;
    of = attribute.type.kind === 'class' ? model.classes.get(attribute.type.class) : undefined;
  }
  return of === undefined ? null : `it ends at a ${of.className}, not at a plain value`;
};

const checkScope = (model: Model, scope: SourceScope, complain: Complain): void => {
  for (const language of ['nb', 'en'] as const)
    if (scope[language].trim() === '')
      complain(below(scope.at, language), 'text', `scope ${scope.name} has no text in '${language}'`);
  if (!model.collections.has(scope.target))
    complain(below(scope.at, 'target'), 'scope-path', unknownCollection(model, scope.target));
  const known = new Set<string>();
  for (const { at, collection: path, routes } of scope.paths) {
    const collection = model.collections.get(path);
    if (collection === undefined) complain(at, 'scope-path', unknownCollection(model, path));
    else if (path === scope.target) complain(at, 'scope-path', 'the target needs no path: it is the scope');
    else if (routes.length === 0) complain(at, 'scope-path', `${path} has no path`);
    else
      for (const [position, route] of routes.entries()) {
        checkRoute(model, scope, collection, route, below(at, position), complain);
        if (known.has(`${path} ${route}`))
          complain(below(at, position), 'scope-path', `'${route}' is named twice for ${path}`);
        known.add(`${path} ${route}`);
      }
    if (scope.unaffected.some(({ pattern }) => covers(pattern, path)))
      complain(at, 'scope-path', `${path} is also named unaffected`);
  }
  for (const [position, { at, pattern }] of scope.unaffected.entries()) {
    checkUnaffected(model, scope, pattern, at, complain);
    if (scope.unaffected.findIndex((one) => one.pattern === pattern) !== position)
      complain(at, 'scope-path', `'${pattern}' is named twice`);
  }
};

const unknownCollection = (model: Model, path: string): string =>
  `no collection is served at ${path}${didYouMean(path, model.collections.keys())}`;

const checkRoute = (
  model: Model,
  scope: SourceScope,
  start: Collection,
  route: string,
  at: At,
  complain: Complain,
): void => {
  let here: Collection | undefined = start;
  for (const step of route.split('.')) {
    const rule: LinkRule | undefined = here.links.get(step);
    if (rule === undefined) {
      complain(at, 'scope-path', `${here.path} has no relation '${step}'${didYouMean(step, here.links.keys())}`);
      return;
    }
    here = rule.target === null ? undefined : model.collections.get(rule.target);
    if (here === undefined) {
      complain(at, 'scope-path', `'${step}' leads out of the model`);
      return;
    }
  }
  if (here.path !== scope.target) complain(at, 'scope-path', `'${route}' ends at ${here.path}, not at ${scope.target}`);
};

const checkUnaffected = (model: Model, scope: SourceScope, pattern: string, at: At, complain: Complain): void => {
  const covered = [...model.collections.values()].filter((collection) => covers(pattern, collection.path));
  if (covered.length === 0) complain(at, 'scope-path', `'${pattern}' covers no collection`);
  for (const collection of covered) {
    if (collection.path === scope.target) complain(at, 'scope-path', `'${pattern}' covers the target of the scope`);
    const telling = personalAttribute(collection.class);
    if (telling !== null)
      complain(
        at,
        'scope-person',
        `${collection.path} says something about persons (${telling}) and cannot be unaffected`,
      );
  }
};

/** The first attribute of a class that is not open, or null: classes with one bear data about persons. */
const personalAttribute = (of: ModelClass): string | null =>
  of.attributes.find((attribute) => attribute.sensitivity !== 'open')?.jsonName ?? null;

/** Common classes to which the relations of a package lead are all there where it takes them from. */
const checkCommon = (model: Model, { at, path, commonFrom }: SourcePackage, complain: Complain): void => {
  if (commonFrom === null) return;
  const missing = new Set<string>();
  for (const collection of model.components.get(path)?.collections ?? [])
    for (const { relation, target } of [...collection.links.values(), ...collection.nestedLinks.values()])
      if (model.classes.get(relation.target)?.common === true && target?.startsWith(`${commonFrom}/`) !== true)
        missing.add(relation.target);
  for (const key of missing)
    complain(below(at, 'common-from'), 'common-from', `${commonFrom} serves no ${key}, which ${path} links to`);
};

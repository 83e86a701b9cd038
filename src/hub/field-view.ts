// Which fields of a collection a set of grants shows. Called by authorize.ts; pure: from grants and the model to a view.
import { hash } from 'node:crypto';
import type { Attribute, Collection, CollectionPath, LinkRule, Model } from '#model/model.ts';
import { sensitivitiesOf } from '#model/sensitivities.ts';
import type { FieldView } from '#store/plan.ts';
import type { Grant } from '#store/store.ts';

/** Says whether a grant shows an attribute of a collection. */
export const showsAttribute = (model: Model, grant: Grant, attribute: Attribute): boolean => {
  if (grant.fields !== null && !grant.fields.includes(attribute.jsonName)) return false;
  if (grant.withhold.length === 0) return true;
  for (const sensitivity of sensitivitiesOf(model, attribute)) if (grant.withhold.includes(sensitivity)) return false;
  return true;
};

/**
 * Says whether a grant lets its holder know that resources of a collection exist. Where every identifier is of the sensitivity `special`,
 * being there tells all; a grant that withholds such data then shows no row, no count and no link.
 */
export const showsExistence = (model: Model, grant: Grant, collection: Collection): boolean => {
  if (!grant.withhold.includes('special')) return true;
  return collection.identifiers.some(({ attribute }) => {
    const field = collection.class.attributeByName.get(attribute);
    return field === undefined || !sensitivitiesOf(model, field).has('special');
  });
};

/**
 * The view of a collection through some grants, which all cover it. `targets` gives, for each collection that the caller may see at all,
 * the identifier segments that may show in an href.
 */
export const fieldView = (
  model: Model,
  collection: Collection,
  grants: readonly Grant[],
  targets: ReadonlyMap<CollectionPath, ReadonlySet<string>>,
  /** Collections of which the caller does not see all rows alike: links to them must be looked at one by one. */
  limited: ReadonlySet<CollectionPath>,
): FieldView => {
  const attributes = new Set<string>();
  for (const attribute of collection.class.attributes) {
    if (grants.some((grant) => showsAttribute(model, grant, attribute))) attributes.add(attribute.jsonName);
  }
  const relations = new Set<string>();
  const linked = new Set<string>();
  for (const rule of collection.links.values()) {
    const name = rule.relation.jsonName;
    if (!grants.some((grant) => grant.fields === null || grant.fields.includes(name))) continue;
    linked.add(name);
    if (rule.target === null || targets.has(rule.target)) relations.add(name);
  }
  const rules = [...collection.links.values(), ...collection.nestedLinks.values()];
  const visible = new Map<CollectionPath, ReadonlySet<string>>();
  for (const rule of rules) {
    const segments = rule.target === null ? undefined : targets.get(rule.target);
    if (rule.target !== null && segments !== undefined) visible.set(rule.target, segments);
  }
  const full =
    attributes.size === collection.class.attributes.length &&
    grants.some((grant) => grant.fields === null) &&
    rules.every((rule) => isWhole(model, rule, targets, limited));
  return {
    id: full ? 'full' : viewId(collection.path, attributes, relations, linked, visible),
    full,
    attributes,
    relations,
    linked,
    targets: visible,
  };
};

const isWhole = (
  model: Model,
  rule: LinkRule,
  targets: ReadonlyMap<CollectionPath, ReadonlySet<string>>,
  limited: ReadonlySet<CollectionPath>,
): boolean => {
  if (rule.target === null) return true;
  const segments = targets.get(rule.target);
  if (segments === undefined || limited.has(rule.target)) return false;
  return (model.collections.get(rule.target)?.identifiers ?? []).every(({ segment }) => segments.has(segment));
};

const viewId = (
  path: CollectionPath,
  attributes: ReadonlySet<string>,
  relations: ReadonlySet<string>,
  linked: ReadonlySet<string>,
  targets: ReadonlyMap<CollectionPath, ReadonlySet<string>>,
): string => {
  const shape = [
    path,
    [...attributes].sort(),
    [...relations].sort(),
    [...linked].sort(),
    [...targets].map(([target, segments]) => [target, [...segments].sort()]).sort(),
  ];
  return hash('sha256', JSON.stringify(shape), 'base64url').slice(0, 22);
};

/** True when the view can show a national id or something that tells where a person lives: such answers may not be kept by caches. */
export const isSensitive = (model: Model, collection: Collection, view: FieldView): boolean => {
  const guarded = (attribute: Attribute): boolean => {
    const found = sensitivitiesOf(model, attribute);
    return found.has('national-id') || found.has('protected');
  };
  if (collection.class.attributes.some((attribute) => view.attributes.has(attribute.jsonName) && guarded(attribute)))
    return true;
  for (const [path, segments] of view.targets) {
    const target = model.collections.get(path);
    if (target === undefined) continue;
    for (const { attribute, segment } of target.identifiers) {
      if (segments.has(segment) && target.class.attributeByName.get(attribute)?.sensitivity === 'national-id')
        return true;
    }
  }
  return false;
};

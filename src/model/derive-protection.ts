// Who is protected and what is about whom, per collection. Called by derive only. Pure; check-protection says what is wrong.
import type {
  Collection,
  CollectionPath,
  LinkRule,
  Marking,
  ModelClass,
  ProtectionLevel,
  ProtectionRules,
} from './model.ts';
import { ruleOf } from './link-rule.ts';
import type { SourceProtection } from './source.ts';

export const isProtectionLevel = (value: unknown): value is ProtectionLevel =>
  value === 0 || value === 1 || value === 2 || value === 3;

/** Gives the rules per collection; what the check complains about is left out. */
export const deriveProtection = (
  source: SourceProtection,
  collections: ReadonlyMap<CollectionPath, Collection>,
): ProtectionRules => {
  const markings = new Map<CollectionPath, Marking>();
  const about = new Map<CollectionPath, readonly { readonly relation: string; readonly required: boolean }[]>();
  const somebody = new Set<CollectionPath>();
  for (const collection of collections.values()) {
    const marking = source.markings.find((one) => one.class === collection.class.key);
    if (marking !== undefined)
      markings.set(collection.path, {
        attribute: marking.attribute,
        levels: new Map(
          [...marking.levels].flatMap(([code, level]): [string, ProtectionLevel][] =>
            isProtectionLevel(level) ? [[code, level]] : [],
          ),
        ),
      });
    const own = source.about.find((one) => one.class === collection.class.key);
    const relations = (own?.relations ?? []).flatMap((relation) => {
      const rule = ruleOf(collection, relation);
      return rule === undefined || rule.target === null ? [] : [{ relation, required: isRequired(collection, rule) }];
    });
    if (relations.length > 0) about.set(collection.path, relations);
    if (relations.length > 0 && own?.somebody === true) somebody.add(collection.path);
  }
  return { markings, about, somebody };
};

/** The model demands the relation; of one inside a value, when it demands the value as well. */
const isRequired = (collection: Collection, rule: LinkRule): boolean => {
  const [outer, ...deeper] = rule.at;
  if (rule.relation.min === 0) return false;
  if (outer === undefined) return true;
  // Deeper values are met one by one; only the first step can be told from the collection alone, so deeper ones count as optional.
  return deeper.length === 0 && isMandatory(collection.class, outer);
};

const isMandatory = (of: ModelClass, attribute: string): boolean =>
  of.attributeByName.get(attribute)?.optional === false;

// Where the rules of links are found. Used wherever a relation comes as its name.
import type { Collection, LinkRule } from './model.ts';

/** The rule of a relation by its name: one of the resource itself, or one on a value inside it (`mottaker.person`). */
export const ruleOf = (collection: Collection, relation: string): LinkRule | undefined =>
  collection.links.get(relation) ?? collection.nestedLinks.get(relation);

// What the model says of protection, ready for one link at a time: which resources are about whom, which can be marked, and in which order
// levels follow from each other. Used by both halves of every dialect; pure.
import { ruleOf } from '#model/link-rule.ts';
import type { Model } from '#model/model.ts';

export type AboutRule = { readonly relation: string; readonly required: boolean };

export type SubjectRules = {
  /** The relations of a collection that lead to those whom its resources are about. */
  readonly about: (path: string) => readonly AboutRule[];
  /** True when whatever is of the collection is about somebody: what none of these relations leads from is about somebody unknown. */
  readonly isAboutSomebody: (path: string) => boolean;
  /** True when a resource of the collection is about what this relation of it leads to. */
  readonly isAbout: (path: string, relation: string) => boolean;
  /** True when a delivered link tells that its target is about its source: it is the other end of an `about` relation. */
  readonly pointsBack: (source: string, relation: string, target: string) => boolean;
  /** The `about` relation of the target that a delivered link is the other end of; null when it is none. */
  readonly inverseOf: (source: string, relation: string) => string | null;
  readonly canBeMarked: (path: string) => boolean;
  /** True when resources of the collection are persons or about somebody: what is not known of it counts as protected. */
  readonly isPersonal: (path: string) => boolean;
  readonly personal: ReadonlySet<string>;
  /** Levels of a collection depend on collections of lower ranks only; from 0 up. */
  readonly rank: (path: string) => number;
  readonly ranks: number;
};

/** Works the rules out once per model. */
export const subjectRules = (model: Model): SubjectRules => {
  const { markings, about, somebody } = model.protection;
  const named = new Map([...about].map(([path, rules]) => [path, new Set(rules.map(({ relation }) => relation))]));
  const targetOf = (path: string, relation: string): string | null => {
    const collection = model.collections.get(path);
    return (collection === undefined ? undefined : ruleOf(collection, relation))?.target ?? null;
  };
  const personal = new Set([...markings.keys(), ...about.keys()]);
  for (const [path, rules] of about)
    for (const { relation } of rules) {
      const target = targetOf(path, relation);
      if (target !== null) personal.add(target);
    }

  const ranks = new Map<string, number>();
  // A ring of collections would have no order: the one met again counts as first, and the writer bounds how often it looks.
  const rankOf = (path: string, above: ReadonlySet<string>): number => {
    const known = ranks.get(path);
    if (known !== undefined) return known;
    if (above.has(path)) return 0;
    const within = new Set([...above, path]);
    const below = (about.get(path) ?? []).flatMap(({ relation }) => targetOf(path, relation) ?? []);
    const rank = below.length === 0 ? 0 : 1 + Math.max(...below.map((each) => rankOf(each, within)));
    ranks.set(path, rank);
    return rank;
  };
  for (const path of personal) rankOf(path, new Set());

  const isAbout = (path: string, relation: string): boolean => named.get(path)?.has(relation) ?? false;
  const inverseOf = (source: string, relation: string): string | null =>
    model.collections.get(source)?.links.get(relation)?.inverse ?? null;
  return {
    about: (path) => about.get(path) ?? [],
    isAboutSomebody: (path) => somebody.has(path),
    isAbout,
    inverseOf,
    pointsBack: (source, relation, target) => {
      if (!named.has(target)) return false;
      const inverse = inverseOf(source, relation);
      return inverse !== null && isAbout(target, inverse);
    },
    canBeMarked: (path) => markings.has(path),
    isPersonal: (path) => personal.has(path),
    personal,
    rank: (path) => ranks.get(path) ?? 0,
    ranks: 1 + Math.max(0, ...ranks.values()),
  };
};

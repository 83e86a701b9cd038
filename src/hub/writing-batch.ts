// What the parts of one request know of each other: those made first are there for those that come after, and belong to the rows of a grant when
// the others tie them to it. Called by writing-apply.ts and writing-many.ts; pure.
import type { CollectionPath, Model, ProtectionLevel } from '#model/model.ts';
import type { IdentifierValue, PreparedResource } from '#store/store.ts';
import type { Reference } from './query.ts';
import type { Work } from './writing-work.ts';

/** What a part has made of a resource. */
export type Made = {
  readonly work: Work;
  readonly prepared: PreparedResource;
  /** The highest protection among those whom it is about. */
  readonly level: ProtectionLevel;
  /** False when its own links do not tie it to rows that the caller was given. */
  readonly within: boolean;
};

/** The parts of one request so far, in their order. `mayHide`: as the request says. */
export type Batch = { readonly made: Made[]; readonly mayHide: boolean };

/** Protection of what an earlier part has created, by any identifier; null for everything else. */
export const bornIn =
  (model: Model, batch: Batch | null) =>
  (reference: Reference): ProtectionLevel | null => {
    const found = batch?.made.find(
      ({ work, prepared }) =>
        work.query.target === null && work.collection.path === reference.collection && has(prepared, reference),
    );
    if (found === undefined) return null;
    const { prepared, level, work } = found;
    const own = model.protection.markings.has(work.collection.path) ? (prepared.marking ?? 3) : 0;
    return own > level ? own : level;
  };

const has = ({ identifiers }: PreparedResource, { field, value }: IdentifierValue): boolean =>
  identifiers.some((one) => one.field === field && one.value === value);

/** The first part whose resource would belong to no row that the caller was given, its ties to other parts included; -1 when there is none. */
export const outsideOf = (model: Model, { made }: Batch): number => {
  const within = new Set(made.filter((one) => one.within));
  for (let before = -1; before !== within.size;) {
    before = within.size;
    for (const one of made) if (!within.has(one) && isTied(model, one, within)) within.add(one);
  }
  return made.findIndex((one) => !within.has(one));
};

/** True when a way of a grant's scope leads from the resource to one that is within, whichever of the two brings the link. */
const isTied = (model: Model, one: Made, within: ReadonlySet<Made>): boolean => {
  const { collection, grants } = one.work;
  return grants.some(({ rows }) => {
    const chains = rows === null ? [] : (model.scopes.get(rows.scope)?.paths.get(collection.path) ?? []);
    return [...new Set(chains.map((chain) => chain.split('.')[0] ?? ''))].some((relation) => {
      const rule = collection.links.get(relation);
      if (rule === undefined || rule.target === null) return false;
      const { target, inverse } = rule;
      return [...within].some(
        (other) =>
          other.work.collection.path === target &&
          (leads(one, relation, target, other) || (inverse !== null && leads(other, inverse, collection.path, one))),
      );
    });
  });
};

const leads = (from: Made, relation: string, path: CollectionPath, to: Made): boolean =>
  from.prepared.links.some(
    (link) =>
      link.relation === relation &&
      link.targets.some(
        (target) => target.kind === 'resource' && target.collection === path && has(to.prepared, target),
      ),
  );

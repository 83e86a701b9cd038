// What choices leave of large collections, remembered between requests: most clients read through the same rows page by page, and what is left out by
// default is the same for each page. By the plans of all collections that are looked at, the protection of their rows and the positions of their last
// changes, so that nothing is shared between callers who see differently, and nothing stands longer than what it was made of. Used by request.ts.
import { createMemory } from '#base/memory.ts';
import { conditionsIn } from '#model/filter.ts';
import { ruleOf } from '#model/link-rule.ts';
import type { Collection, CollectionPath, Model } from '#model/model.ts';
import type { AuthorizedPlan } from '#store/plan.ts';
import type { TenantReads } from '#store/store.ts';
import type { Narrow } from '../documents/document.ts';
import { historyOf } from '../history.ts';

export type AskedChoice = {
  readonly model: Model;
  readonly reads: TenantReads;
  /** Null for what the caller sees nothing of. */
  readonly planOf: (path: CollectionPath) => Promise<AuthorizedPlan | null>;
  readonly plan: AuthorizedPlan;
  readonly narrow: Narrow;
};

/** Gives what is remembered, or what `find` finds: ascending uids, not to be changed; null when that takes too long. */
export type ChoiceMemory = (
  asked: AskedChoice,
  find: () => Promise<Float64Array | null>,
) => Promise<Float64Array | null>;

// What is small is found quickly, or asked for once; what is longer takes too much room. Sets that are remembered, at most twice as many.
const fewestRows = 500;
const mostRows = 100_000;
const rememberedSets = 16;

/** Makes the memory. `fewest`: rows that are worth remembering; another number for tests. */
export const createChoiceMemory = (fewest = fewestRows): ChoiceMemory => {
  const sets = createMemory<Float64Array>(rememberedSets);
  const numbers = new WeakMap<object, number>();
  let numbered = 0;

  /** The same for the same object, and never for another. */
  const numberOf = (one: object): number => {
    let number = numbers.get(one);
    if (number === undefined) numbers.set(one, (number = numbered += 1));
    return number;
  };

  /** Read before anything is looked for: what is found then is of this state or a later one. */
  const stateOf = async (reads: TenantReads, plan: AuthorizedPlan | null): Promise<string> => {
    if (plan === null) return '-';
    const [{ position, count }, guarded] = await Promise.all([reads.stats(plan), reads.guarded(plan.collection.path)]);
    return [numberOf(plan), position, count, numberOf(guarded)].join(':');
  };

  return async ({ model, reads, planOf, plan, narrow }, find) => {
    const behind = [...collectionsBehind(model, plan.collection, narrow)];
    const states = await Promise.all([
      stateOf(reads, plan),
      ...behind.map(async (path) => stateOf(reads, await planOf(path))),
    ]);
    const key = `${historyOf(reads)} ${states.join(' ')} ${JSON.stringify(narrow)}`;
    const known = sets.get(key);
    if (known !== undefined) return known;
    const found = await find();
    if (found !== null && found.length >= fewest && found.length <= mostRows) sets.set(key, found);
    return found;
  };
};

/** The collections that relations lead to in a choice, links in filters among them. */
const collectionsBehind = (model: Model, collection: Collection, narrow: Narrow): ReadonlySet<CollectionPath> => {
  const found = new Set<CollectionPath>();
  const lead = (at: Collection, relation: string): Collection | null => {
    const target = ruleOf(at, relation)?.target ?? null;
    if (target !== null) found.add(target);
    return target === null ? null : (model.collections.get(target) ?? null);
  };
  const visit = (at: Collection, one: Narrow): void => {
    switch (one.kind) {
      case 'all':
      case 'any':
        return one.of.forEach((each) => visit(at, each));
      case 'not':
        return visit(at, one.of);
      case 'where':
        for (const condition of conditionsIn(one.filter)) if ('relation' in condition) lead(at, condition.relation);
        return undefined;
      case 'through': {
        const target = lead(at, one.relation);
        return target === null ? undefined : visit(target, one.to);
      }
      case 'led-to': {
        found.add(one.by);
        const by = model.collections.get(one.by);
        return by === undefined ? undefined : visit(by, one.of);
      }
      case 'rows':
        return undefined;
    }
  };
  visit(collection, narrow);
  return found;
};

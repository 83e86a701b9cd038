// Which rows match a filter that asks for links of which the caller sees only some: the store knows all links, so those terms are judged by
// the resource as the caller gets it. Called by hub/run.ts; a slow way, bounded by the deadline of filters.
import { yieldToLoop } from '#base/clock.ts';
import type { Clock } from '#base/clock.ts';
import { inBoth, without } from '#base/uid-sets.ts';
import type { FilterExpr } from '#model/filter.ts';
import type { AuthorizedPlan } from '#store/plan.ts';
import type { TenantStore } from '#store/store.ts';
import { asksForLinks } from './filter-access.ts';
import { rowsOfAny } from './rows-together.ts';

export type SeenRowsDeps = {
  readonly plan: AuthorizedPlan;
  readonly tenant: TenantStore;
  readonly clock: Clock;
  /** Monotonic milliseconds after which the work stops. */
  readonly deadline: number;
  /** The resources as the caller gets them, in the order of the uids; null for what is gone or hidden. */
  readonly load: (
    uids: readonly number[],
  ) => Promise<readonly { readonly uid: number; readonly body: Buffer | null }[]>;
};

const loadRows = 200;

/** Uids of `universe` that match, ascending; null when the deadline has passed. */
export const seenRows = async (
  filter: FilterExpr,
  universe: Float64Array,
  deps: SeenRowsDeps,
): Promise<Float64Array | null> => {
  const { plan, tenant, deadline } = deps;
  if (!asksForLinks(filter)) {
    const found = await tenant.reads.select(plan, { filter, since: null }, deadline);
    return found === null ? null : inBoth(universe, found);
  }
  switch (filter.kind) {
    case 'and': {
      let left: Float64Array | null = universe;
      for (const term of filter.terms) left = left === null ? null : await seenRows(term, left, deps);
      return left;
    }
    case 'or':
      return rowsOfAny(filter.terms, (term) => seenRows(term, universe, deps));
    case 'not': {
      const found = await seenRows(filter.term, universe, deps);
      return found === null ? null : without(universe, found);
    }
    case 'has-link':
      return withLinks(filter.relation, universe, deps);
    default:
      return null;
  }
};

const withLinks = async (
  relation: string,
  universe: Float64Array,
  deps: SeenRowsDeps,
): Promise<Float64Array | null> => {
  const found: number[] = [];
  for (let from = 0; from < universe.length; from += loadRows) {
    if (deps.clock.monotonic() > deps.deadline) return null;
    for (const { uid, body } of await deps.load([...universe.subarray(from, from + loadRows)])) {
      if (body !== null && hasLink(body, relation)) found.push(uid);
    }
    await yieldToLoop();
  }
  return Float64Array.from(found);
};

const hasLink = (body: Buffer, relation: string): boolean => {
  const value: unknown = JSON.parse(body.toString());
  if (typeof value !== 'object' || value === null || !('_links' in value)) return false;
  const links: unknown = Reflect.get(value, '_links');
  return typeof links === 'object' && links !== null && Object.hasOwn(links, relation);
};

// Rows whose values lead to some others: of what hangs on values the store keeps no links, but of whom it is about. They are looked for by the addresses
// that stand there. Used by choice.ts; applies no view to the rows themselves.
import { unionOf } from '#base/uid-sets.ts';
import type { FilterExpr } from '#model/filter.ts';
import { hrefOf } from '#model/href.ts';
import type { LinkRule, Model, ModelClass } from '#model/model.ts';
import type { AuthorizedPlan } from '#store/plan.ts';
import type { TenantReads } from '#store/store.ts';
import { showsIdentifier } from '../prune.ts';
import { levelAt } from './row.ts';
import { sightOf } from './sight.ts';

export type ValueChoiceDeps = {
  readonly model: Model;
  readonly reads: Pick<TenantReads, 'select' | 'heads'>;
  readonly baseUrl: string;
  /** Monotonic ms. */
  readonly deadline: number;
};

// Addresses that are looked for in one statement.
const addressesAtOnce = 200;

/** Rows of `plan` in whose values an address by the rule leads to one of `found`, by an identifier that the caller sees there. Null when it takes too long. */
export const leadingTo = async (
  deps: ValueChoiceDeps,
  plan: AuthorizedPlan,
  rule: LinkRule,
  target: AuthorizedPlan,
  found: Float64Array,
): Promise<Float64Array | null> => {
  const hrefs = await addressesOf(deps, target, found);
  const sets: Float64Array[] = [];
  for (let from = 0; from < hrefs.length; from += addressesAtOnce) {
    const filter = holding(plan.collection.class, rule, hrefs.slice(from, from + addressesAtOnce), deps.model);
    const rows = await deps.reads.select(plan, { filter, since: null }, deps.deadline);
    if (rows === null) return null;
    sets.push(rows);
  }
  return unionOf(sets);
};

/** All addresses of rows that the caller may know them by. */
const addressesOf = async (
  { model, reads, baseUrl }: ValueChoiceDeps,
  target: AuthorizedPlan,
  found: Float64Array,
): Promise<readonly string[]> => {
  const { collection } = target;
  const { viewOf } = sightOf(target);
  const heads = await reads.heads(target, [...found], 'values');
  const hrefs: string[] = [];
  for (const [index, uid] of heads.uids.entries()) {
    const view = viewOf(uid, levelAt(heads.protection, index));
    // An object, as the store says.
    const values = heads.value(index) as Readonly<Record<string, Readonly<Record<string, unknown>> | undefined>>;
    for (const { attribute, segment } of collection.identifiers) {
      const value = values[attribute]?.[model.identifierValue];
      if (view !== null && typeof value === 'string' && showsIdentifier(collection, view, segment))
        hrefs.push(hrefOf(baseUrl, collection.path, segment, value));
    }
  }
  return hrefs;
};

/** One of the addresses stands by the relation in the values at the path of the rule, of which some may be lists. */
const holding = (of: ModelClass, rule: LinkRule, hrefs: readonly string[], model: Model): FilterExpr => {
  const within = (holder: ModelClass | undefined, names: readonly string[], path: readonly string[]): FilterExpr => {
    const [name, ...rest] = path;
    if (name === undefined)
      return { kind: 'any', list: [...names, '_links', rule.relation.jsonName], term: isOneOf(hrefs) };
    const attribute = holder?.attributeByName.get(name);
    const inner = attribute?.type.kind === 'class' ? model.classes.get(attribute.type.class) : undefined;
    return attribute?.list === true
      ? { kind: 'any', list: [...names, name], term: within(inner, [], rest) }
      : within(inner, [...names, name], rest);
  };
  return within(of, [], rule.at);
};

const isOneOf = (hrefs: readonly string[]): FilterExpr => ({
  kind: 'or',
  // Texts are equal without regard to case, and hold others with regard to it: both together are the same text.
  terms: hrefs.map((value): FilterExpr => ({
    kind: 'and',
    terms: (['eq', 'contains'] as const).map((operator) => ({
      kind: 'compare',
      path: { names: ['href'], kind: 'string' },
      operator,
      value: { kind: 'text', value },
    })),
  })),
});

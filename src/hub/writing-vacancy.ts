// Values that must be nobody's when a request is written, of attributes that are no identifiers: the store keeps nobody else from having them. Looked for
// within the transaction, behind the lock of the organisation, so that of two processes the second sees what the first has written. Called by
// writing-many.ts. What the caller does not see decides nothing, as everywhere.
import type { Clock } from '#base/clock.ts';
import { limits } from '#base/limits.ts';
import { inBoth } from '#base/uid-sets.ts';
import type { FilterExpr } from '#model/filter.ts';
import type { AuthorizedPlan } from '#store/plan.ts';
import type { TenantStore } from '#store/store.ts';
import type { Authorizer } from './authorize.ts';
import type { Principal } from './principal.ts';
import { hiddenRows } from './protection.ts';
import type { Vacancy } from './query.ts';
import { rowSet, rowsOfPlan } from './row-scope.ts';

/** A vacancy, and what the caller sees of its collection. */
export type Vacant = { readonly vacancy: Vacancy; readonly plan: AuthorizedPlan };

/** What the caller sees of each; the index of the first that it cannot know, because what it sees does not all show the attribute. */
export const vacantFor = async (
  { decide }: Pick<Authorizer, 'decide'>,
  principal: Principal,
  vacancies: readonly Vacancy[],
): Promise<{ readonly vacant: readonly Vacant[] } | { readonly unseen: number }> => {
  const vacant: Vacant[] = [];
  for (const [index, vacancy] of vacancies.entries()) {
    const decision = await decide(principal, vacancy.collection, 'read');
    const [name = ''] = vacancy.path;
    if (!decision.allowed || decision.plan.portions.some(({ view }) => !view.full && !view.attributes.has(name)))
      return { unseen: index };
    vacant.push({ vacancy, plan: decision.plan });
  }
  return { vacant };
};

/** Whether nobody has the values who may not; null when it takes too long to find out. */
export const areVacant = async (
  clock: Pick<Clock, 'monotonic'>,
  { reads }: Pick<TenantStore, 'reads'>,
  vacant: readonly Vacant[],
): Promise<boolean | null> => {
  const deadline = clock.monotonic() + limits.filterMs;
  for (const { vacancy, plan } of vacant) {
    const found = await reads.select(plan, { filter: anyOf(vacancy), since: null }, deadline);
    if (found === null) return null;
    const rows = rowsOfPlan(plan);
    const hidden = rowSet(hiddenRows(plan, await reads.guarded(plan.collection.path)));
    const others = (rows === null ? found : inBoth(found, rows)).filter(
      (uid) => !hidden.has(uid) && !vacancy.unless.includes(uid),
    );
    if (others.length > 0 && (await someHave(reads, plan, vacancy, [...others]))) return false;
  }
  return true;
};

const anyOf = ({ path, values }: Vacancy): FilterExpr => ({
  kind: 'in',
  path: { names: path, kind: 'string' },
  values: values.map((value) => ({ kind: 'text', value })),
});

/** Filters compare without regard to case, rules as it is written. */
const someHave = async (
  reads: TenantStore['reads'],
  plan: AuthorizedPlan,
  { path, values }: Vacancy,
  uids: readonly number[],
): Promise<boolean> => {
  const wanted = new Set(values);
  const heads = await reads.heads(plan, uids, 'values');
  for (let index = 0; index < heads.uids.length; index += 1) {
    let value: unknown = heads.value(index);
    for (const name of path)
      value = typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : null;
    if (typeof value === 'string' && wanted.has(value)) return true;
  }
  return false;
};

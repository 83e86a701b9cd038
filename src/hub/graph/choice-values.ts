// Rows whose values lead to some others: of what hangs on values the store keeps no links, but of whom it is about. The values are gone through once for a
// choice, and the addresses in them held against the rows that were found, as `nested.ts` does for what is shown. Used by choice.ts; applies no view to
// the rows themselves.
import { yieldToLoop, type Clock } from '#base/clock.ts';
import { sortedUids } from '#base/uid-sets.ts';
import type { Collection, LinkRule } from '#model/model.ts';
import type { AuthorizedPlan } from '#store/plan.ts';
import type { TenantReads } from '#store/store.ts';
import { partsOfHref, showsIdentifier } from '../prune.ts';
import { rowSet } from '../row-scope.ts';
import { hrefsIn, levelAt } from './row.ts';
import { sightOf } from './sight.ts';

/** The same object for the whole of a choice: what was gone through is kept by it. */
export type ValueChoiceDeps = {
  readonly reads: Pick<TenantReads, 'uids' | 'heads' | 'resolve'>;
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly baseUrl: string;
  /** Monotonic ms. */
  readonly deadline: number;
};

/** Rows of `plan` in whose values an address by the rule leads to one of `found`, by an identifier that the caller sees there. Null when it takes too long. */
export const leadingTo = async (
  deps: ValueChoiceDeps,
  plan: AuthorizedPlan,
  rule: LinkRule,
  target: AuthorizedPlan,
  found: Float64Array,
): Promise<Float64Array | null> => {
  const holders = (await holdersIn(deps, plan))?.get(keyOf(rule));
  if (holders === undefined) return null;
  const hrefs = [...holders.keys()];
  const parts = hrefs.map((href) => partsOfHref(deps.baseUrl, href, target.collection.path));
  const resolved = await deps.reads.resolve(parts.filter((one) => one !== null));
  const shows = await showing(deps, target, found);
  const rows: number[] = [];
  let next = 0;
  for (const [index, href] of hrefs.entries()) {
    const part = parts[index] ?? null;
    if (part === null) continue;
    const uid = resolved[next]?.uid ?? null;
    next += 1;
    if (uid !== null && shows(uid, part.field)) rows.push(...(holders.get(href) ?? []));
  }
  return sortedUids(rows);
};

type Holders = ReadonlyMap<string, readonly number[]>;

const keyOf = ({ at, relation }: LinkRule): string => [...at, relation.jsonName].join('.');

const read = new WeakMap<ValueChoiceDeps, Map<string, Promise<ReadonlyMap<string, Holders> | null>>>();

/** Rows by the addresses in their values, by the key of the rule; read once for a choice. */
const holdersIn = (deps: ValueChoiceDeps, plan: AuthorizedPlan): Promise<ReadonlyMap<string, Holders> | null> => {
  const known = read.get(deps) ?? new Map<string, Promise<ReadonlyMap<string, Holders> | null>>();
  read.set(deps, known);
  const { path } = plan.collection;
  const before = known.get(path);
  if (before !== undefined) return before;
  const made = readHolders(deps, plan);
  known.set(path, made);
  return made;
};

// Rows that are gone through before other work runs.
const rowsPerTurn = 500;

const readHolders = async (
  { reads, clock, deadline }: ValueChoiceDeps,
  plan: AuthorizedPlan,
): Promise<ReadonlyMap<string, Holders> | null> => {
  const rules = rulesOf(plan.collection);
  const holders = new Map(rules.map((rule) => [keyOf(rule), new Map<string, number[]>()]));
  const all = await reads.uids(plan);
  for (let from = 0; from < all.length; from += rowsPerTurn) {
    if (clock.monotonic() > deadline) return null;
    if (from > 0) await yieldToLoop();
    const heads = await reads.heads(plan, [...all.subarray(from, from + rowsPerTurn)], 'values');
    for (const [index, uid] of heads.uids.entries()) {
      const values = heads.value(index);
      for (const rule of rules) {
        const into = holders.get(keyOf(rule));
        for (const href of new Set(hrefsIn(values, rule.at, rule.relation.jsonName))) {
          const some = into?.get(href);
          if (some === undefined) into?.set(href, [uid]);
          else some.push(uid);
        }
      }
    }
  }
  return holders;
};

const rulesOf = ({ nestedLinks }: Collection): readonly LinkRule[] =>
  [...nestedLinks.values()].filter(({ target }) => target !== null);

/** Whether a row is among those found, and shows an identifier. */
const showing = async (
  { reads }: ValueChoiceDeps,
  target: AuthorizedPlan,
  found: Float64Array,
): Promise<(uid: number, field: string) => boolean> => {
  const { viewOf } = sightOf(target);
  const { has } = rowSet(found);
  const heads = await reads.heads(target, [...found], 'levels');
  const views = new Map([...heads.uids].map((uid, index) => [uid, viewOf(uid, levelAt(heads.protection, index))]));
  return (uid, field) => {
    const view = has(uid) ? (views.get(uid) ?? null) : null;
    return view !== null && showsIdentifier(target.collection, view, field);
  };
};

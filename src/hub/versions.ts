// What the version of an answer is made of, beside the data: the caller's access; and, when rows or links are limited, only the rows that the
// caller sees, so that an ETag cannot tell that something hidden has changed. Called by hub/run.ts and rendering.ts; knows no policy.
import { hash } from 'node:crypto';
import { yieldToLoop } from '#base/clock.ts';
import type { AuthorizedPlan, RowSet } from '#store/plan.ts';
import type { Eventually, StoredResource } from '#store/store.ts';

type Load = (uids: readonly number[]) => Eventually<readonly StoredResource[]>;

/** Changes when one of the rows does, or leaves, or joins; `changedAt` = epoch ms of the last change of those that are there, 0 = none. */
export type SeenVersion = { readonly version: string; readonly changedAt: number };

export type Versions = {
  /** True when rows of the collection, or of those it links to, are not seen alike: then its own count of changes tells too much. */
  readonly isUneven: (plan: AuthorizedPlan) => boolean;
  /** What the plan shows at all: views, clearances, and which rows of the collection and of those it links to. */
  readonly ofAccess: (plan: AuthorizedPlan) => string;
  readonly ofUids: (uids: Float64Array) => string;
  /** The state of some rows. */
  readonly ofRows: (uids: Float64Array, load: Load) => Promise<string>;
  /** The state of all rows of a plan, worked out once for it. */
  readonly ofPlan: (plan: AuthorizedPlan, uids: Float64Array, load: Load) => Promise<SeenVersion>;
};

const loadRows = 200;

/** Makes the look-ups with their memory, which lasts as long as the plans do. */
export const createVersions = (): Versions => {
  const sets = new WeakMap<RowSet, string>();
  const plans = new WeakMap<AuthorizedPlan, string>();
  const states = new WeakMap<AuthorizedPlan, SeenVersion>();

  const ofSet = (rows: 'all' | RowSet): string => {
    if (rows === 'all') return 'all';
    const known = sets.get(rows);
    if (known !== undefined) return known;
    const made = ofUids(rows.uids);
    sets.set(rows, made);
    return made;
  };

  const state = async (uids: Float64Array, load: Load): Promise<SeenVersion> => {
    const marks: number[] = [];
    let changedAt = 0;
    for (let from = 0; from < uids.length; from += loadRows) {
      for (const stored of await load([...uids.subarray(from, from + loadRows)])) {
        marks.push(stored.uid, stored.position);
        changedAt = Math.max(changedAt, stored.changedAt);
      }
      await yieldToLoop();
    }
    return { version: ofUids(Float64Array.from(marks)), changedAt };
  };

  return {
    isUneven,
    ofUids,
    ofAccess: (plan) => {
      const known = plans.get(plan);
      if (known !== undefined) return known;
      const own = plan.portions.map(({ rows, view, clearance }) => [ofSet(rows), view.id, clearance]);
      const others = [...plan.visibleTargets].map(([path, portions]) => [
        path,
        portions.map(({ rows, segments, clearance }) => [ofSet(rows), [...segments], clearance]),
      ]);
      const made = hash('sha1', JSON.stringify([own, others, [...plan.targetClearance]]), 'base64url');
      plans.set(plan, made);
      return made;
    },
    ofRows: async (uids, load) => (await state(uids, load)).version,
    ofPlan: async (plan, uids, load) => {
      const known = states.get(plan);
      if (known !== undefined) return known;
      const made = await state(uids, load);
      states.set(plan, made);
      return made;
    },
  };
};

const ofUids = (uids: Float64Array): string =>
  uids.length === 0 ? 'none' : hash('sha1', Buffer.from(uids.buffer, uids.byteOffset, uids.byteLength), 'base64url');

const isUneven = (plan: AuthorizedPlan): boolean =>
  plan.visibleTargets.size > 0 || plan.portions.some(({ rows }) => rows !== 'all');

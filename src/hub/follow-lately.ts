// What has happened in a collection since a follower was last told: which resources went, under which identifiers they were known, and when
// something of them could last be noticed. Used to tell a difference of access; gathered once for each and added to as the feed grows.
import { yieldToLoop } from '#base/clock.ts';
import type { AuthorizedPlan } from '#store/plan.ts';
import type { IdentifierValue, StoredChange, TenantReads } from '#store/store.ts';

export type Lately = {
  /** Identifiers as they were at the position; null when they have not changed since. */
  identifiers: readonly IdentifierValue[] | null;
  gone: StoredChange | null;
  /** Its changes but for the removal, oldest first: position, level, epoch ms. */
  readonly noticed: { readonly position: number; readonly level: number; readonly at: number }[];
};

export type LatelyFeed = {
  readonly of: (uid: number) => Lately | null;
  /** All that went. */
  readonly gone: () => Float64Array;
  /** Reads what has been added to the feed. */
  readonly catchUp: (reads: Pick<TenantReads, 'changes'>, plan: AuthorizedPlan) => Promise<void>;
};

const rowsPerTurn = 1_000;

/** The feed of the plan's collection after a position; empty until it is caught up. */
export const createLatelyFeed = (after: number): LatelyFeed => {
  const known = new Map<number, Lately>();
  let upTo = after;

  const add = (row: StoredChange): void => {
    const one = known.get(row.uid) ?? { identifiers: null, gone: null, noticed: [] };
    if (row.kind === 'removed' || row.kind === 'identifier-changed') one.identifiers ??= row.before;
    if (row.kind === 'removed') one.gone = row;
    // Of many changes the last of each level says all.
    else {
      const same = one.noticed.findIndex(({ level }) => level === row.level);
      if (same >= 0) one.noticed.splice(same, 1);
      one.noticed.push({ position: row.position, level: row.level, at: row.at });
    }
    known.set(row.uid, one);
  };

  return {
    of: (uid) => known.get(uid) ?? null,
    gone: () => Float64Array.from([...known].filter(([, { gone }]) => gone !== null).map(([uid]) => uid)).sort(),
    catchUp: async (reads, plan) => {
      for (;;) {
        const rows = await reads.changes(plan, upTo, rowsPerTurn);
        for (const row of rows) add(row);
        upTo = rows.at(-1)?.position ?? upTo;
        if (rows.length < rowsPerTurn) return;
        await yieldToLoop();
      }
    },
  };
};

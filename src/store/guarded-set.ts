// The rows of a collection that not everybody sees as they are, as sorted columns: looked up, and brought up to date by rows that have changed.
// Used by the reading halves of the engines; pure.
import { hasUid } from '#base/uid-sets.ts';
import type { ProtectionLevel } from '#model/model.ts';
import type { Guarded } from './store.ts';
import { linkedIn, ownIn } from './writing/protection-bits.ts';

/** A row as it is now: `bits` is its column (writing/protection-bits.ts); 0 for one that is gone. */
export type GuardedRow = { readonly uid: number; readonly bits: number };

export const noGuarded: Guarded = { uids: new Float64Array(), own: new Uint8Array(), linked: new Uint8Array() };

/** True when both name the same rows, guarded alike. */
export const sameGuarded = (a: Guarded, b: Guarded): boolean =>
  a.uids.length === b.uids.length &&
  a.uids.every((uid, at) => uid === b.uids[at] && a.own[at] === b.own[at] && a.linked[at] === b.linked[at]);

/** The set with some rows as they are now (ascending). The same object when nothing differs. */
export const mergedGuarded = (guarded: Guarded, rows: readonly GuardedRow[]): Guarded => {
  const uids: number[] = [];
  const own: number[] = [];
  const linked: number[] = [];
  let differs = false;
  let at = 0;
  const keep = (until: number): void => {
    while (at < guarded.uids.length && (guarded.uids[at] ?? 0) < until) {
      uids.push(guarded.uids[at] ?? 0);
      own.push(guarded.own[at] ?? 0);
      linked.push(guarded.linked[at] ?? 0);
      at += 1;
    }
  };
  // Most changes are of rows that are not guarded and were not.
  const relevant = rows
    .map(({ uid, bits }) => ({ uid, own: ownIn(bits), linked: linkedIn(bits) }))
    .filter((row) => row.own > 0 || row.linked > 0 || hasUid(guarded.uids, row.uid));
  if (relevant.length === 0) return guarded;
  for (const row of relevant) {
    keep(row.uid);
    const was = guarded.uids[at] === row.uid ? [guarded.own[at] ?? 0, guarded.linked[at] ?? 0] : [0, 0];
    if (guarded.uids[at] === row.uid) at += 1;
    differs ||= was[0] !== row.own || was[1] !== row.linked;
    if (row.own === 0 && row.linked === 0) continue;
    uids.push(row.uid);
    own.push(row.own);
    linked.push(row.linked);
  }
  if (!differs) return guarded;
  keep(Number.POSITIVE_INFINITY);
  return { uids: Float64Array.from(uids), own: Uint8Array.from(own), linked: Uint8Array.from(linked) };
};

/** How many of the rows a clearance does not see; counted once for each set. */
export const hiddenIn = (guarded: Guarded, clearance: ProtectionLevel): number => {
  let found = counts.get(guarded);
  if (found === undefined) {
    const above = [0, 0, 0, 0];
    for (const own of guarded.own) for (let level = 0; level < own; level += 1) above[level] = (above[level] ?? 0) + 1;
    counts.set(guarded, (found = above));
  }
  return found[clearance] ?? 0;
};

const counts = new WeakMap<Guarded, readonly number[]>();

// What it takes to look ahead without waiting where nothing has to be waited for: an embedded engine has every row at hand, and a promise for
// each of a hundred thousand entries would cost more than the entry. Used within this folder.
import type { Eventually } from '../store.ts';
import type { Ahead, Needs } from './rows.ts';

/** Asks for rows; null when they are at hand. The needs are worked out only where they matter. */
export type Look = (needs: () => Needs) => Promise<void> | null;

export const lookingAhead =
  (rows: Ahead): Look =>
  (needs) =>
    rows.looksAhead ? rows.ready(needs()) : null;

/** Goes on at once, or when the rows have come. */
export const afterwards = <T>(ahead: Promise<void> | null, work: () => Eventually<T>): Eventually<T> =>
  ahead === null ? work() : ahead.then(work);

/** As many as engines make ready together. */
export const sliceSize = 5_000;

/** The members in their order, a slice at a time. What is added meanwhile comes along. */
export const slicesOf = function* <T>(members: Iterable<T>, size: number): Iterable<readonly T[]> {
  let slice: T[] = [];
  for (const member of members) {
    slice.push(member);
    if (slice.length < size) continue;
    yield slice;
    slice = [];
  }
  if (slice.length > 0) yield slice;
};

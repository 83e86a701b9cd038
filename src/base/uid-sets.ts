// Sets of uids as ascending arrays that hold each once: how they are made, looked up and put together. A collection may have millions and a page thousands,
// so nothing here calls a comparison, and what is as it should be already is not copied. Used wherever rows are; knows nothing of what the numbers mean.
import { yieldToLoop } from './clock.ts';

const none = new Float64Array();

/** A set of what comes in any order and more than once. */
export const sortedUids = (uids: Iterable<number>): Float64Array => onceEach(Float64Array.from(uids));

/** Every uid of some lists once, ascending, whatever their order; the same array where only one holds any and is a set already. */
export const unionOf = (lists: readonly Float64Array[]): Float64Array => {
  const some = lists.filter(({ length }) => length > 0);
  const [first, second] = some;
  if (first === undefined) return none;
  if (second === undefined) return isSet(first) ? first : onceEach(first.slice());
  if (some.length === 2 && isSet(first) && isSet(second)) return merged(first, second);
  // Sets of different collections lie apart: in the right order they need only stand behind each other.
  return onceEach(joinedUids(some.toSorted((a, b) => (a[0] ?? 0) - (b[0] ?? 0))));
};

/** The same of sets that may be very many and long, with pauses. */
export const unionInTurns = async (sets: readonly Float64Array[]): Promise<Float64Array> => {
  let left = sets;
  // Two and two, so that each uid is moved as seldom as can be.
  while (left.length > 1) {
    const unions: Float64Array[] = [];
    for (let at = 0; at < left.length; at += 2) {
      unions.push(unionOf(left.slice(at, at + 2)));
      await yieldToLoop();
    }
    left = unions;
  }
  return left[0] ?? none;
};

/** What is in both of two sets. */
export const inBoth = (a: Float64Array, b: Float64Array): Float64Array => {
  const [few, many] = a.length < b.length ? [a, b] : [b, a];
  const find = finderIn(many);
  const both = new Float64Array(few.length);
  let count = 0;
  for (const uid of few) {
    if (find(uid) === -1) continue;
    both[count] = uid;
    count += 1;
  }
  return cut(both, count);
};

/** What is in the first of two sets alone; the same array where the second is empty. */
export const without = (uids: Float64Array, some: Float64Array): Float64Array => {
  if (some.length === 0) return uids;
  const left = new Float64Array(uids.length);
  let [at, count] = [0, 0];
  for (const uid of uids) {
    while ((some[at] ?? Number.POSITIVE_INFINITY) < uid) at += 1;
    if (some[at] === uid) continue;
    left[count] = uid;
    count += 1;
  }
  return cut(left, count);
};

/** Lists behind each other. */
export const joinedUids = (lists: readonly Float64Array[]): Float64Array => {
  let length = 0;
  for (const list of lists) length += list.length;
  const all = new Float64Array(length);
  let at = 0;
  for (const list of lists) {
    all.set(list, at);
    at += list.length;
  }
  return all;
};

/** Whether a set holds a uid. Looked up by halving, so that it takes no more memory than the set. */
export const hasUid = (uids: Float64Array, uid: number): boolean => placeIn(uids, uid) !== -1;

/** Place of the first that is not below a uid, at `from` or behind it. */
export const lowerBound = (uids: Float64Array, uid: number, from = 0): number => {
  let [low, high] = [from, uids.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((uids[middle] ?? 0) < uid) low = middle + 1;
    else high = middle;
  }
  return low;
};

/** Place of the first number above another; ascending. */
export const firstAbove = (numbers: ArrayLike<number>, limit: number): number => {
  let [low, high] = [0, numbers.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((numbers[middle] ?? 0) <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
};

/** Looks up where uids stand in a set, -1 for what it does not hold. Quickest for those that are asked for in their order, as most are. */
export const finderIn = (uids: Float64Array): ((uid: number) => number) => {
  let at = 0;
  return (uid) => {
    if (uids[at] === uid) return at;
    if (uids[at + 1] === uid) return (at += 1);
    const found = placeIn(uids, uid);
    if (found !== -1) at = found;
    return found;
  };
};

// Not by lowerBound: most uids that are asked for are there, and found before the last halving.
const placeIn = (uids: Float64Array, uid: number): number => {
  let [low, high] = [0, uids.length - 1];
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const found = uids[middle] ?? 0;
    if (found === uid) return middle;
    if (found < uid) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
};

/** Holds no memory beyond its own: what is kept of a large array may be little, and for long. */
const cut = (uids: Float64Array, length: number): Float64Array =>
  length === uids.length ? uids : uids.slice(0, length);

const isSet = (uids: Float64Array): boolean => {
  for (let index = 1; index < uids.length; index += 1) if ((uids[index] ?? 0) <= (uids[index - 1] ?? 0)) return false;
  return true;
};

const isAscending = (uids: Float64Array): boolean => {
  for (let index = 1; index < uids.length; index += 1) if ((uids[index] ?? 0) < (uids[index - 1] ?? 0)) return false;
  return true;
};

const merged = (a: Float64Array, b: Float64Array): Float64Array => {
  const all = new Float64Array(a.length + b.length);
  let [atA, atB, count] = [0, 0, 0];
  while (atA < a.length || atB < b.length) {
    const fromA = a[atA] ?? Number.POSITIVE_INFINITY;
    const fromB = b[atB] ?? Number.POSITIVE_INFINITY;
    all[count] = Math.min(fromA, fromB);
    count += 1;
    if (fromA <= fromB) atA += 1;
    if (fromB <= fromA) atB += 1;
  }
  return cut(all, count);
};

/** Works in the array that it takes. */
const onceEach = (all: Float64Array): Float64Array => {
  if (!isAscending(all)) all.sort();
  let kept = 0;
  for (let index = 0; index < all.length; index += 1) {
    const uid = all[index] ?? 0;
    if (kept > 0 && all[kept - 1] === uid) continue;
    all[kept] = uid;
    kept += 1;
  }
  return cut(all, kept);
};

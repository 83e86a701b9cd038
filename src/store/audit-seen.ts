// Whether an answer showed a resource, by what its audit record says of it. Used by every dialect's search; knows nothing of whose they are.
import { unpackUids } from '#base/packed-uids.ts';
import type { AuditSeen, AuditSubjects } from './store.ts';

/** True when the answer showed any of the resources (`AuditSeen`). */
export const showsAny = (seen: AuditSeen, { uids, lives }: AuditSubjects): boolean => {
  if (seen.kind === 'uids') return sharesAny(unpack(seen.uids), uids);
  let without: Float64Array | null = null;
  for (let index = placeOf(uids, seen.from); index < uids.length; index += 1) {
    const uid = uids[index] ?? 0;
    if (uid > seen.to) return false;
    const life = lives[index];
    const there = life !== undefined && life.born <= seen.position && (life.gone === null || life.gone > seen.position);
    if (!there) continue;
    without ??= unpack(seen.without);
    if (without[placeOf(without, uid)] !== uid) return true;
  }
  return false;
};

const unpack = (text: string): Float64Array => unpackUids(Buffer.from(text, 'base64url'));

/** Both ascending. */
const sharesAny = (left: Float64Array, right: Float64Array): boolean => {
  for (let [a, b] = [0, 0]; a < left.length && b < right.length;) {
    const [one = 0, other = 0] = [left[a], right[b]];
    if (one === other) return true;
    if (one < other) a += 1;
    else b += 1;
  }
  return false;
};

/** Index of the first element that is not below the value. */
const placeOf = (sorted: Float64Array, value: number): number => {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
};

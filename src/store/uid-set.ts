// Sets of uids as sorted arrays and as compact bytes. Uids of one delivery are mostly consecutive, so gaps take one byte each.
// Used for what sync pages have seen and for what filters find, on every engine; pure.

/** Sorts and removes duplicates. */
export const sortedUids = (uids: Iterable<number>): Float64Array => {
  const sorted = Float64Array.from(uids);
  // Most come in order already, and there may be millions.
  if (!isAscending(sorted)) sorted.sort();
  let kept = 0;
  for (let index = 0; index < sorted.length; index += 1) {
    const uid = sorted[index] ?? 0;
    if (index === 0 || uid !== sorted[kept - 1]) {
      sorted[kept] = uid;
      kept += 1;
    }
  }
  return sorted.slice(0, kept);
};

const isAscending = (uids: Float64Array): boolean => {
  for (let index = 1; index < uids.length; index += 1) if ((uids[index] ?? 0) < (uids[index - 1] ?? 0)) return false;
  return true;
};

/** Two sorted sets as one. */
export const unionOf = (a: Float64Array, b: Float64Array): Float64Array => {
  const union = new Float64Array(a.length + b.length);
  let [atA, atB, count] = [0, 0, 0];
  while (atA < a.length || atB < b.length) {
    const fromA = a[atA] ?? Number.POSITIVE_INFINITY;
    const fromB = b[atB] ?? Number.POSITIVE_INFINITY;
    union[count] = Math.min(fromA, fromB);
    count += 1;
    if (fromA <= fromB) atA += 1;
    if (fromB <= fromA) atB += 1;
  }
  return union.subarray(0, count);
};

/** What is in both of two sorted sets; cheap when the first is small. */
export const inBothUids = (few: Float64Array, many: Float64Array): Float64Array =>
  few.filter((uid) => hasUid(many, uid));

/** LEB128 gaps between sorted uids. */
export const encodeUids = (uids: Float64Array): Buffer => {
  const bytes = Buffer.alloc(uids.length * 8 + 8);
  let at = 0;
  let previous = 0;
  for (const uid of uids) {
    let gap = uid - previous;
    while (gap >= 0x80) {
      bytes[at] = (gap % 0x80) | 0x80;
      at += 1;
      gap = Math.floor(gap / 0x80);
    }
    bytes[at] = gap;
    at += 1;
    previous = uid;
  }
  return bytes.subarray(0, at);
};

/** The inverse of encodeUids. */
export const decodeUids = (bytes: Uint8Array): Float64Array => {
  // A gap ends with each byte below 0x80, so there are at most as many uids as bytes.
  const uids = new Float64Array(bytes.length);
  let count = 0;
  let previous = 0;
  let gap = 0;
  let factor = 1;
  for (const byte of bytes) {
    gap += (byte & 0x7f) * factor;
    factor *= 0x80;
    if (byte < 0x80) {
      previous += gap;
      uids[count] = previous;
      count += 1;
      gap = 0;
      factor = 1;
    }
  }
  return uids.slice(0, count);
};

/** Binary search in sorted uids. */
export const hasUid = (uids: Float64Array, uid: number): boolean => {
  let low = 0;
  let high = uids.length - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const found = uids[middle] ?? 0;
    if (found === uid) return true;
    if (found < uid) low = middle + 1;
    else high = middle - 1;
  }
  return false;
};

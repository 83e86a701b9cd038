// A set of uids as bytes: ascending, each as the distance from the one before, in 7-bit groups. A page of thousands takes a byte or two per
// row. Used wherever the hub keeps which resources somebody saw; knows nothing of what the numbers mean.

/** Packs ascending, distinct, non-negative safe integers. */
export const packUids = (uids: ArrayLike<number>): Buffer => {
  const bytes: number[] = [];
  let before = 0;
  for (let index = 0; index < uids.length; index += 1) {
    const uid = uids[index] ?? before;
    // A uid has up to 53 bits: more than bitwise operators take.
    let distance = uid - before;
    before = uid;
    while (distance >= 128) {
      bytes.push((distance % 128) + 128);
      distance = Math.floor(distance / 128);
    }
    bytes.push(distance);
  }
  return Buffer.from(bytes);
};

/** The inverse of packUids. Bytes that are cut off in the middle of a number give the numbers before it. */
export const unpackUids = (bytes: Uint8Array): Float64Array => {
  const uids: number[] = [];
  let before = 0;
  let distance = 0;
  let factor = 1;
  for (const byte of bytes) {
    distance += (byte % 128) * factor;
    if (byte >= 128) {
      factor *= 128;
      continue;
    }
    before += distance;
    uids.push(before);
    distance = 0;
    factor = 1;
  }
  return Float64Array.from(uids);
};

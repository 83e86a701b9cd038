// A set of uids as bytes: ascending, each as the distance from the one before, in 7-bit groups (LEB128). A page of thousands takes a byte or two per
// row. Used wherever it is kept which resources somebody saw or a run delivered; knows nothing of what the numbers mean.

/** Packs ascending, distinct, non-negative safe integers. */
export const packUids = (uids: ArrayLike<number>): Buffer => {
  // A uid has up to 53 bits: eight groups, and more than bitwise operators take.
  const bytes = Buffer.alloc(uids.length * 8);
  let at = 0;
  let before = 0;
  for (let index = 0; index < uids.length; index += 1) {
    const uid = uids[index] ?? before;
    let distance = uid - before;
    before = uid;
    while (distance >= 128) {
      bytes[at] = (distance % 128) + 128;
      at += 1;
      distance = Math.floor(distance / 128);
    }
    bytes[at] = distance;
    at += 1;
  }
  return bytes.subarray(0, at);
};

/** The inverse of packUids. Bytes that are cut off in the middle of a number give the numbers before it. */
export const unpackUids = (bytes: Uint8Array): Float64Array => {
  // There is a byte below 128 for each uid.
  const uids = new Float64Array(bytes.length);
  let [count, before, distance, factor] = [0, 0, 0, 1];
  for (const byte of bytes) {
    distance += (byte & 0x7f) * factor;
    factor *= 0x80;
    if (byte >= 0x80) continue;
    before += distance;
    uids[count] = before;
    count += 1;
    distance = 0;
    factor = 1;
  }
  return uids.slice(0, count);
};

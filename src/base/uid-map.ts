// Small whole numbers by large ones, such as places by uids of resources: for hundreds of thousands, kept outside of what the garbage collector looks
// through. Used by whoever remembers something of each resource of a large collection; knows nothing of resources.

export type UidMap = {
  readonly get: (uid: number) => number | undefined;
  readonly has: (uid: number) => boolean;
  readonly set: (uid: number, value: number) => void;
  readonly size: () => number;
};

const least = 1_024;

/**
 * 32 bits of a uid, all of which depend on all of it. Uids of a collection follow each other: left as they are, those of several would stand in long rows
 * one behind the other, and each look would go along them.
 */
const scattered = (uid: number): number => {
  const high = Math.floor(uid / 2 ** 32);
  let bits = uid ^ Math.imul(high, 0x9e3779b1);
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return bits ^ (bits >>> 16);
};

/** Makes an empty one. Keys are safe integers above 0, values whole numbers of 32 bits with a sign. */
export const createUidMap = (): UidMap => {
  let keys = new Float64Array(least);
  let values = new Int32Array(least);
  let count = 0;

  /** Where the key is, or would be. There is always room. */
  const placeOf = (uid: number): number => {
    const mask = keys.length - 1;
    let at = scattered(uid) & mask;
    for (let key = keys[at] ?? 0; key !== 0 && key !== uid; key = keys[at] ?? 0) at = (at + 1) & mask;
    return at;
  };

  const grow = (): void => {
    const [oldKeys, oldValues] = [keys, values];
    keys = new Float64Array(2 * oldKeys.length);
    values = new Int32Array(2 * oldKeys.length);
    for (let at = 0; at < oldKeys.length; at += 1) {
      const key = oldKeys[at] ?? 0;
      if (key === 0) continue;
      const place = placeOf(key);
      keys[place] = key;
      values[place] = oldValues[at] ?? 0;
    }
  };

  return {
    get: (uid) => {
      const at = placeOf(uid);
      return uid > 0 && keys[at] === uid ? values[at] : undefined;
    },
    has: (uid) => uid > 0 && keys[placeOf(uid)] === uid,
    set: (uid, value) => {
      if (!(Number.isSafeInteger(uid) && uid > 0)) throw new RangeError('not a uid');
      const at = placeOf(uid);
      if (keys[at] !== uid) {
        keys[at] = uid;
        count += 1;
      }
      values[at] = value;
      if (2 * count > keys.length) grow();
    },
    size: () => count,
  };
};

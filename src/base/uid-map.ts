// Small whole numbers by large ones, such as places by uids of resources: for hundreds of thousands, kept outside of what the garbage collector looks
// through. Used by whoever remembers something of each resource of a large collection; knows nothing of resources.

export type UidMap = {
  readonly get: (uid: number) => number | undefined;
  readonly has: (uid: number) => boolean;
  readonly set: (uid: number, value: number) => void;
  readonly size: () => number;
};

const least = 1_024;

/** Makes an empty one. Keys are safe integers above 0, values whole numbers of 32 bits with a sign. */
export const createUidMap = (): UidMap => {
  let keys = new Float64Array(least);
  let values = new Int32Array(least);
  let count = 0;

  /** Where the key is, or would be. There is always room. */
  const placeOf = (uid: number): number => {
    const mask = keys.length - 1;
    // Those of a collection follow each other, and lie side by side.
    const high = Math.floor(uid / 2 ** 32);
    let at = (uid + Math.imul(high, 0x9e3779b1)) & mask;
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

// A table from texts to a few bits and a number, in typed arrays: what an import must know of every person and every membership of a file at once, in
// some twenty bytes each. Texts are told apart by 64 bits of a keyed hash; the key is random, so that no file can be made to collide.
// Called by the import. Knows no format and no model.

export type KeyTable = {
  /** The place of a key, made when there is none. */
  readonly place: (key: string) => number;
  /** The place of a key; -1 without. */
  readonly find: (key: string) => number;
  /** Notes a key; false when it was there. */
  readonly add: (key: string) => boolean;
  readonly flags: (place: number) => number;
  readonly mark: (place: number, flags: number) => void;
  /** 0 until it is set. */
  readonly number: (place: number) => number;
  readonly setNumber: (place: number, value: number) => void;
  readonly size: () => number;
};

const firstSlots = 1_024;
const fullShare = 0.6;

/** `seed`: eight random bytes. `numbers`: whether it keeps a number for each key. Places hold until the next key is made. */
export const createKeyTable = (seed: Buffer, numbers = false): KeyTable => {
  const [seedA, seedB] = [seed.readInt32LE(0), seed.readInt32LE(4)];
  let slots = firstSlots;
  let high = new Int32Array(slots);
  let low = new Int32Array(slots);
  let bits = new Uint8Array(slots);
  let values = new Float64Array(numbers ? slots : 0);
  let count = 0;
  let [hashA, hashB] = [0, 0];

  const hash = (key: string): void => {
    let a = seedA;
    let b = seedB;
    for (let at = 0; at < key.length; at += 1) {
      const unit = key.charCodeAt(at);
      a = Math.imul(a ^ unit, 0x9e3779b1);
      a ^= a >>> 15;
      b = Math.imul(b ^ unit, 0x85ebca6b) + a;
      b ^= b >>> 13;
    }
    a = Math.imul(a ^ (a >>> 16), 0xc2b2ae35);
    b = Math.imul(b ^ (b >>> 16), 0x27d4eb2f);
    hashA = a ^ (b >>> 15);
    // Zero and zero is an empty slot.
    hashB = (b ^ (a >>> 13)) | 1;
  };

  const slotOf = (a: number, b: number): number => {
    const mask = slots - 1;
    let at = (a ^ (b >>> 7)) & mask;
    while ((high[at] !== 0 || low[at] !== 0) && (high[at] !== a || low[at] !== b)) at = (at + 1) & mask;
    return at;
  };

  const grow = (): void => {
    const old = { slots, high, low, bits, values };
    slots *= 2;
    high = new Int32Array(slots);
    low = new Int32Array(slots);
    bits = new Uint8Array(slots);
    values = new Float64Array(numbers ? slots : 0);
    for (let from = 0; from < old.slots; from += 1) {
      const [a, b] = [old.high[from] ?? 0, old.low[from] ?? 0];
      if (a === 0 && b === 0) continue;
      const at = slotOf(a, b);
      high[at] = a;
      low[at] = b;
      bits[at] = old.bits[from] ?? 0;
      if (numbers) values[at] = old.values[from] ?? 0;
    }
  };

  const find = (key: string): number => {
    hash(key);
    const at = slotOf(hashA, hashB);
    return low[at] === 0 ? -1 : at;
  };

  const place = (key: string): number => {
    if (count >= slots * fullShare) grow();
    hash(key);
    const at = slotOf(hashA, hashB);
    if (low[at] === 0) {
      high[at] = hashA;
      low[at] = hashB;
      count += 1;
    }
    return at;
  };

  return {
    place,
    find,
    add: (key) => {
      const before = count;
      place(key);
      return count > before;
    },
    flags: (at) => bits[at] ?? 0,
    mark: (at, flags) => {
      bits[at] = (bits[at] ?? 0) | flags;
    },
    number: (at) => values[at] ?? 0,
    setNumber: (at, value) => {
      values[at] = value;
    },
    size: () => count,
  };
};

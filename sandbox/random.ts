// Counter-based randomness of the sandbox: the same (seed, field, index) always gives the same number, in any order.
// Called by everything that invents data here. It must not know what is invented, and holds no state.

/** Turns a field's name, such as `elev.fornavn`, into the 32-bit salt that keeps its numbers apart from other fields' (FNV-1a). */
export const salt = (name: string): number => {
  let hash = 0x811c9dc5;
  for (let position = 0; position < name.length; position += 1) {
    hash = Math.imul(hash ^ name.charCodeAt(position), 0x01000193);
  }
  return hash >>> 0;
};

const mixed = (value: number): number => {
  let hash = value;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
};

/** Gives an unsigned 32-bit number for one field of one object. Never fails. */
export const draw = (seed: number, field: number, index: number): number =>
  mixed(mixed(mixed(seed ^ 0x9e3779b9) ^ field) ^ Math.imul(index + 1, 0x9e3779b1));

/** Gives a whole number from 0 up to, not including, `size`. */
export const drawBelow = (seed: number, field: number, index: number, size: number): number =>
  draw(seed, field, index) % size;

/** Says yes in `percent` of a hundred objects. */
export const drawPercent = (seed: number, field: number, index: number, percent: number): boolean =>
  draw(seed, field, index) % 100 < percent;

/** Picks one member of a list that has at least one; an empty list is a mistake in the sandbox and throws. */
export const drawFrom = <T>(seed: number, field: number, index: number, list: readonly T[]): T =>
  at(list, draw(seed, field, index) % list.length);

/** Reads a list at a place that is known to exist; a wrong place is a mistake in the sandbox and throws. */
export const at = <T>(list: readonly T[], index: number): T => {
  const found = list[index];
  if (found === undefined) throw new RangeError(`the sandbox has nothing at place ${index} of ${list.length}`);
  return found;
};

// Chance that can be thrown again: the same seed gives the same throws. Used by everything random in this folder.

export type Dice = {
  /** A whole number from 0 to below `end`. */
  readonly below: (end: number) => number;
  /** True in this share of throws. */
  readonly chance: (share: number) => boolean;
  readonly pick: <T>(from: readonly [T, ...T[]]) => T;
  /** Some of a list, each at most once, in any order. */
  readonly some: <T>(from: readonly T[], count: number) => readonly T[];
};

/** Makes dice from a text. */
export const diceOf = (seed: string): Dice => {
  let state = 2_166_136_261;
  for (const character of seed) state = Math.imul(state ^ (character.codePointAt(0) ?? 0), 16_777_619);
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const below = (end: number): number => Math.floor(next() * end);
  return {
    below,
    chance: (share) => next() < share,
    pick: (from) => from[below(from.length)] ?? from[0],
    some: <T>(from: readonly T[], count: number) => {
      const left = [...from];
      const taken: T[] = [];
      while (taken.length < count && left.length > 0) taken.push(...left.splice(below(left.length), 1));
      return taken;
    },
  };
};

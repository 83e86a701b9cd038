// A small generator with a seed, so that a failing run can be repeated. Used by the parts that hurt at random.

/** Gives numbers from 0 to below 1. */
export const randomFrom = (seed: number): (() => number) => {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
};

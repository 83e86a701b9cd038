// Rows that several choices leave, put together. Called by what works choices out: which rows each of them leaves is theirs to say, by rules of sight of
// their own.
import { inBoth, unionOf } from '#base/uid-sets.ts';

/** Rows that a choice leaves, ascending; null when that takes too long. */
type RowsOf<Choice> = (choice: Choice) => Promise<Float64Array | null>;

/** Rows that any of some choices leaves; null as soon as one takes too long. */
export const rowsOfAny = async <Choice>(
  choices: readonly Choice[],
  rowsOf: RowsOf<Choice>,
): Promise<Float64Array | null> => {
  const sets: Float64Array[] = [];
  for (const choice of choices) {
    const found = await rowsOf(choice);
    if (found === null) return null;
    sets.push(found);
  }
  return unionOf(sets);
};

/** Rows that all of some choices leave, `every` where there is none; null as soon as one takes too long. No further one is asked when none is left. */
export const rowsOfAll = async <Choice>(
  choices: readonly Choice[],
  rowsOf: RowsOf<Choice>,
  every: () => Float64Array | Promise<Float64Array>,
): Promise<Float64Array | null> => {
  let left: Float64Array | null = null;
  for (const choice of choices) {
    const found = await rowsOf(choice);
    if (found === null) return null;
    left = left === null ? found : inBoth(left, found);
    if (left.length === 0) return left;
  }
  return left ?? every();
};

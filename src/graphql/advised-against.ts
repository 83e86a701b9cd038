// What answers say of used parts that will go: what was announced, and beside it what a face itself advises against. Called by answer-request.ts.
import { contractIndex } from './contract-index.ts';
import type { Face } from './face.ts';

/** What an answer says of a part that was used and will go. */
export type EndingPart = {
  readonly coordinate: string;
  /** The day on which it was announced, `2026-11-22`; null = it is advised against, and nobody has said that it goes. */
  readonly announced: string | null;
  /** The day on which it may be gone. */
  readonly earliestRemoval: string | null;
  /** What takes its place. */
  readonly replacement: string | null;
  readonly message: string;
};

/** Says of the parts that a request has used which will go. */
export type Ending = (uses: readonly string[]) => readonly EndingPart[];

const nothing: readonly EndingPart[] = Object.freeze([]);

/** Adds to what was announced (absent = nothing) what a face advises against; of a part the announcement counts. Found once for each list. */
export const endingOf = (face: Face, announced: Ending = () => nothing): Ending => {
  let marked: ReadonlyMap<string, EndingPart> | null = null;
  const against = new WeakMap<readonly string[], readonly EndingPart[]>();
  const advisedAgainst: Ending = (uses) => {
    const before = against.get(uses);
    if (before !== undefined) return before;
    marked ??= marksOf(face);
    const found = uses.flatMap((coordinate) => marked?.get(coordinate) ?? []);
    const list = found.length === 0 ? nothing : found;
    against.set(uses, list);
    return list;
  };
  return (uses) => {
    const [going, marks] = [announced(uses), advisedAgainst(uses)];
    if (marks.length === 0) return going;
    const told = new Set(going.map(({ coordinate }) => coordinate));
    return [...going, ...marks.filter(({ coordinate }) => !told.has(coordinate))];
  };
};

const marksOf = (face: Face): ReadonlyMap<string, EndingPart> =>
  new Map(
    contractIndex(face).flatMap(({ coordinate, deprecated }) =>
      deprecated === null
        ? []
        : [
            [
              coordinate,
              { coordinate, announced: null, earliestRemoval: null, replacement: null, message: deprecated },
            ],
          ],
    ),
  );

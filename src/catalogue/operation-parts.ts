// Which schemas an operation of a REST API leans on, however deep: a change of one of them touches it. Made of the parts that a description tells of
// (openapi-structure.ts), when it is first asked for. Pure.
import type { Coordinate } from './contract.ts';

export type LeaningPart = { readonly coordinate: Coordinate; readonly leansOn: readonly Coordinate[] };

/** The name of the schema that a part stands in; an operation stands for itself with all that is in it. */
const wholeOf = (coordinate: Coordinate): Coordinate => {
  const operation = /^[A-Z]+ [^ ?]+/.exec(coordinate)?.[0];
  return operation ?? coordinate.split('.')[0] ?? coordinate;
};

/** Gives a look-up over the parts of an API. `parts` null = nothing is known: no operation leans on anything. */
export const operationParts = (
  parts: () => readonly LeaningPart[] | null,
): ((operation: Coordinate) => ReadonlySet<Coordinate>) => {
  let near: Map<Coordinate, Set<Coordinate>> | null = null;
  const read = (): Map<Coordinate, Set<Coordinate>> => {
    const found = new Map<Coordinate, Set<Coordinate>>();
    for (const { coordinate, leansOn } of parts() ?? []) {
      const whole = wholeOf(coordinate);
      const before = found.get(whole) ?? new Set();
      found.set(whole, before);
      for (const one of leansOn) before.add(wholeOf(one));
    }
    return found;
  };
  return (operation) => {
    near ??= read();
    // A set gives what is added while it is walked.
    const reached = new Set(near.get(operation));
    for (const schema of reached) for (const next of near.get(schema) ?? []) reached.add(next);
    return reached;
  };
};

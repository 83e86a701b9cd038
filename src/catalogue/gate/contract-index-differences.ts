// The differences between two lists of contracts of the parts of an API: which parts are promised less than they were, and which more. A part that is gone
// is told of by the schema.
import type { Differ, GateFinding } from './finding.ts';
import { markChange } from './marks.ts';
import { listedParts } from './promised-parts.ts';

/** Compares two artefacts `contracts.json`. */
export const contractIndexDifferences: Differ = (before, after, { api, artefact, status }) => {
  const found: GateFinding[] = [];
  const now = listedParts(after);
  for (const [coordinate, was] of listedParts(before)) {
    const is = now.get(coordinate);
    const change = is === undefined ? null : markChange(was.status, is.status, status);
    if (change !== null) found.push({ api, coordinate, ...change, artefact });
  }
  return found;
};

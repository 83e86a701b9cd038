// The differences between two lists of contracts of the parts of an API: which parts are promised less than they were, and which more. A part that is gone
// is told of by the schema.
import type { Differ, GateFinding } from './finding.ts';
import { firmness } from './marks.ts';
import { listedParts } from './promised-parts.ts';

/** Compares two artefacts `contracts.json`. */
export const contractIndexDifferences: Differ = (before, after, { api, artefact }) => {
  const found: GateFinding[] = [];
  const now = listedParts(after);
  for (const [coordinate, was] of listedParts(before)) {
    const is = now.get(coordinate);
    if (is === undefined || firmness(was.status) === firmness(is.status)) continue;
    const lower = firmness(is.status) < firmness(was.status);
    found.push({
      api,
      coordinate,
      kind: lower ? 'breaking' : 'compatible',
      rule: lower ? 'mark-lowered' : 'mark-raised',
      text: `The contract is ${is.status} now and was ${was.status}.`,
      artefact,
    });
  }
  return found;
};

// Plants each bug in turn and expects the checker to find it: a checker that finds nothing proves nothing. Called by run.ts.
import path from 'node:path';
import { bugs } from './bugs.ts';
import { runKills } from './kills.ts';

export type PlantedReport = {
  readonly missed: readonly string[];
  readonly found: readonly { readonly name: string; readonly by: string }[];
};

/** Tries each bug with up to three seeds. */
export const runPlanted = async (folder: string, only: string | null): Promise<PlantedReport> => {
  const missed: string[] = [];
  const found: { readonly name: string; readonly by: string }[] = [];
  for (const bug of bugs) {
    if (only !== null && bug.name !== only) continue;
    let by: string | null = null;
    for (let seed = 1; seed <= 3 && by === null; seed += 1) {
      const where = path.join(folder, `${bug.name}-${seed}`);
      const { broken } = await runKills({
        folder: where,
        kills: bug.kills,
        seed,
        longestMs: bug.longestMs,
        plant: bug.name,
      });
      by = broken[0] ?? null;
    }
    if (by === null) missed.push(bug.name);
    else found.push({ name: bug.name, by });
    process.stdout.write(`  ${bug.name}: ${by === null ? 'NOT FOUND' : `found: ${by}`}\n`);
  }
  return { missed, found };
};

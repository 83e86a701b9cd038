// Plants each bug in turn and expects the checker to find it: a checker that finds nothing proves nothing. Called by run.ts.
import path from 'node:path';
import { bugs, postgresBugs, type Bug } from './bugs.ts';
import type { HurtServer } from './databases.ts';
import { runKills } from './kills.ts';
import { runPostgresKills } from './postgres-kills.ts';
import { runStatements } from './postgres-statements.ts';

export type PlantedReport = {
  readonly missed: readonly string[];
  readonly found: readonly { readonly name: string; readonly by: string }[];
};

type Try = (bug: Bug, folder: string, seed: number) => Promise<readonly string[]>;

/** Tries each bug with up to three seeds. */
const findEach = async (
  all: readonly Bug[],
  folder: string,
  only: string | null,
  once: Try,
): Promise<PlantedReport> => {
  const missed: string[] = [];
  const found: { readonly name: string; readonly by: string }[] = [];
  for (const bug of all) {
    if (only !== null && bug.name !== only) continue;
    let by: string | null = null;
    for (let seed = 1; seed <= 3 && by === null; seed += 1)
      by = (await once(bug, path.join(folder, `${bug.name}-${seed}`), seed))[0] ?? null;
    if (by === null) missed.push(bug.name);
    else found.push({ name: bug.name, by });
    process.stdout.write(`  ${bug.name}: ${by === null ? 'NOT FOUND' : `found: ${by}`}\n`);
  }
  return { missed, found };
};

/** Bugs in a hub on files. */
export const runPlanted = (folder: string, only: string | null): Promise<PlantedReport> =>
  findEach(bugs, folder, only, async ({ name, kills, longestMs }, where, seed) => {
    const { broken } = await runKills({ folder: where, kills, seed, longestMs, plant: name });
    return broken;
  });

/** Bugs in hubs over a database. */
export const runPostgresPlanted = (server: HurtServer, folder: string, only: string | null): Promise<PlantedReport> =>
  findEach(postgresBugs, folder, only, async ({ name, step, kills, serverKills = 0, longestMs }, where, seed) => {
    if (step !== undefined) return (await runStatements({ server, folder: where, only: step, plant: name })).broken;
    const traffic = { kills, serverKills, seed, longestMs };
    return (await runPostgresKills({ server, folder: where, ...traffic, plant: name })).broken;
  });

// What `npm run test:explore` runs: every suite that holds a law against random cases, on both engines, again and again with a seed that nobody has
// tried. `npm test` always tries the same cases, so that a commit is judged alike wherever it is tested; here is where new ones are found. Takes the
// number of rounds, 1 unless told, and parts of names of files. A round that fails says its seed and goes on; the run fails at the end.
import { spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';

const root = path.join(import.meta.dirname, '..');
const [rounds = '1', ...parts] = process.argv.slice(2);

const lawsIn = (file: string): boolean => {
  const at = path.join(root, file);
  return existsSync(at) && readFileSync(at, 'utf8').includes("from 'fast-check'");
};
/** What a twin repeats on PostgreSQL. */
const original = (file: string): string => file.replace(/^test.postgres/, 'test');

const files = globSync('test/**/*.test.ts', { cwd: root })
  .filter((file) => lawsIn(file) || lawsIn(original(file)))
  .filter((file) => parts.length === 0 || parts.some((part) => file.includes(part)));

const failed: string[] = [];
for (let round = 1; round <= Number(rounds); round += 1) {
  const seed = String(randomInt(2 ** 31));
  const { status } = spawnSync(process.execPath, [path.join(root, 'test', 'run.ts'), ...files], {
    cwd: root,
    env: { ...process.env, TEST_SEED: seed },
    stdio: 'inherit',
  });
  if (status !== 0) failed.push(seed);
  console.log(`round ${round} of ${rounds}: seed ${seed}, ${status === 0 ? 'every law held' : 'FAILED'}`);
}
console.log(failed.length === 0 ? `${files.length} suites held` : `failed with TEST_SEED=${failed.join(', ')}`);
process.exitCode = failed.length === 0 && files.length > 0 ? 0 : 1;

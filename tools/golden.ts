// Writes the golden files anew: runs all tests with GOLDEN_UPDATE=1 and then names the files that no test asked for. Called by
// `npm run golden`; arguments are test files or patterns (then files of other tests are not called orphans). `--remove` deletes orphans.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const root = path.join(import.meta.dirname, '..');
const folder = path.join(root, 'test', 'golden');

const run = (arguments_: readonly string[]): number => {
  const remove = arguments_.includes('--remove');
  const patterns = arguments_.filter((one) => !one.startsWith('--'));
  const temporary = mkdtempSync(path.join(tmpdir(), 'golden-'));
  const seenFile = path.join(temporary, 'seen');
  try {
    const tests = patterns.length > 0 ? patterns : ['test/**/*.test.ts'];
    const result = spawnSync(process.execPath, ['--test', ...tests], {
      cwd: root,
      stdio: 'inherit',
      env: { ...process.env, GOLDEN_UPDATE: '1', GOLDEN_SEEN: seenFile },
    });
    if (result.status !== 0) return result.status ?? 1;
    const seen = new Set(existsSync(seenFile) ? readFileSync(seenFile, 'utf8').split('\n') : []);
    if (patterns.length > 0) return 0;
    return orphans(seen).map((name) => report(name, remove)).length > 0 && !remove ? 1 : 0;
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
};

const orphans = (seen: ReadonlySet<string>): readonly string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'))
    .filter((name) => !seen.has(name))
    .sort();

const report = (name: string, remove: boolean): string => {
  if (remove) rmSync(path.join(folder, name));
  console.error(remove ? `removed test/golden/${name}` : `no test asks for test/golden/${name}`);
  return name;
};

process.exitCode = run(process.argv.slice(2));

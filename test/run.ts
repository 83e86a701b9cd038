// What `npm test` runs: every test file in a process of its own, several side by side, those that take long first. `npm test -- <files>` runs
// only those; `npm run test:postgres` every suite that opens a store, on PostgreSQL, with all its cases; `npm run test:long` those that `npm test`
// leaves out for their length. Many files wait more than they work, so more run at a time than there are processors. Knows nothing of what is tested.
//
// Properties are tried with the cases of one seed, here and wherever else this commit is tested; `TEST_SEED` names another, and
// `npm run test:explore` looks for cases that nobody has tried.
import { globSync, mkdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { pathToFileURL } from 'node:url';

const root = path.join(import.meta.dirname, '..');

/** What would hold up the end if it began late. Another order costs time and nothing else. */
const first: readonly string[] = [
  'postgres/e2e/protected',
  'catalogue/versioning',
  'app/cli/catalogue-check',
  'feed/feed',
  'e2e/protected',
  'e2e/quality',
  'e2e/process',
  'e2e/leaks',
  'docs/served',
  'docs/examples',
  'e2e/hostile-events',
  'e2e/audit',
  'hub/leaks',
  'postgres/quality/report',
  'postgres/hub/writing-property',
  'quality/recount',
  'store/sqlite/backup',
].map((name) => path.join('test', `${name}.test.ts`));

/**
 * What `npm run test:long` runs instead: faults on the way to a database one by one, and long suites once more on the second engine, where `npm run
 * test:postgres` runs them too.
 */
const long: readonly string[] = [
  'processes/failed-start',
  'processes/workers',
  'postgres/apis/flyt-skole/exports/over-hub',
  'postgres/e2e/admin-cli',
  'postgres/e2e/audit',
  'postgres/e2e/documents',
  'postgres/e2e/leaks',
  'postgres/e2e/process',
  'postgres/e2e/quality',
].map((name) => path.join('test', `${name}.test.ts`));

const orderOf = (file: string): number => (first.includes(file) ? first.indexOf(file) : first.length);

// Hundreds of processes load the same source: compiled once, it is kept by its content.
const compiled = path.join(root, 'node_modules', '.cache', 'compiled-tests');
mkdirSync(compiled, { recursive: true });
process.env['NODE_COMPILE_CACHE'] ??= compiled;

/** The suites that have a twin on PostgreSQL, which tries fewer cases than they do, and the conformance suite. */
const onPostgres = (): readonly string[] => [
  ...globSync('test/postgres/*/**/*.test.ts', { cwd: root }).map((twin) => twin.replace(/^test.postgres/, 'test')),
  ...globSync('test/store/conformance/*.test.ts', { cwd: root }),
];

const [only, ...rest] = process.argv.slice(2);
if (only === '--postgres') process.env['TEST_DIALECT'] = 'postgres';
const named =
  only === '--postgres'
    ? [...(rest.length > 0 ? rest : onPostgres())]
    : only === '--long'
      ? [...long]
      : process.argv.slice(2);
const usual = (): readonly string[] =>
  globSync('test/**/*.test.ts', { cwd: root })
    .filter((file) => !long.includes(file))
    .toSorted();
const found = named.length > 0 ? named : usual();
const files = found.toSorted((one, other) => orderOf(one) - orderOf(other)).map((file) => path.resolve(root, file));

process.env['TEST_SEED'] ??= '20260822';
const before = ['untracked-promises.ts', 'seeded.ts', 'parsed-before.ts'].map(
  (name) => pathToFileURL(path.join(root, 'test', name)).href,
);

// Programs that tests start load the model too (done-before.ts).
process.env['TEST_PROGRAM_OPTIONS'] = `--import=${before.at(-1)}`;

/** A test that takes longer hangs. */
const hangsMs = 900_000;

// Whatever ends this before the last word is a failure.
process.exitCode = 1;
run({
  files,
  cwd: root,
  execArgv: before.flatMap((script) => ['--import', script]),
  concurrency: Math.max(4, availableParallelism()),
  timeout: hangsMs,
})
  .on('test:summary', ({ file, success }) => {
    if (file === undefined) process.exitCode = success && files.length > 0 ? 0 : 1;
  })
  .compose(spec)
  .pipe(process.stdout);

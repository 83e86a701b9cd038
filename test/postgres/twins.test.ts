// Every suite that opens a store or starts a hub runs on both engines: it has a twin in the folder beside this file, or a reason here. Reads what
// test files import; runs nothing of them.
import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

const tests = path.join(import.meta.dirname, '..');

/** Suites that stay on files, by the reason. */
const reasons: Readonly<Record<string, string>> = {
  'apis/fs-graphql/events/tell-events.test.ts': 'the hub below it is made up; no store is opened',
  'apis/gemini/examples.test.ts': 'what it asks, apis/gemini/gemini.test.ts asks on both engines',
  'catalogue/versioning.test.ts': 'hubs are started anew for minutes; each part that it leads through has a twin',
  'docs/examples.test.ts': 'the pages tell of a data directory',
  'docs/fint-graphql-served.test.ts':
    'holds two APIs to each other; apis/fint-graphql/sight-property.test.ts does on both engines',
  'docs/served-admin.test.ts': 'holds what is served to its description; no store is asked for more than a page',
  'docs/served-provider.test.ts': 'holds what is served to its description; no store is asked for more than a page',
  'docs/served.test.ts': 'holds what is served to its description; no store is asked for more than a page',
  'messages/rabbitmq.test.ts': 'what it tries is the broker; what is kept between is tried by messages/telling.test.ts',
  'e2e/gemini.test.ts': 'forms over HTTP; what it asks of a store, apis/gemini/gemini.test.ts asks on both engines',
  'e2e/restored.test.ts': 'a copy of a directory is put back; of a database: test/deploy/after-restore.test.ts',
};

const importsOf = (file: string): readonly string[] =>
  [...readFileSync(file, 'utf8').matchAll(/^(?:import|export) (?!type )[^;]*?from '(\.[^']+)';/gm)].map(
    ([, name = '']) => path.resolve(path.dirname(file), name),
  );

const dialects = path.join(tests, 'store/conformance/dialects.ts');

/** Works on the engine that `TEST_DIALECT` names, itself or by what it imports. */
const isNamed = (file: string, seen = new Set([dialects])): boolean => {
  if (seen.has(file) || !existsSync(file)) return false;
  seen.add(file);
  return readFileSync(file, 'utf8').includes('testDialect') || importsOf(file).some((one) => isNamed(one, seen));
};

const suites = globSync('**/*.test.ts', { cwd: tests }).filter(
  (file) => !file.startsWith('postgres/') && !file.startsWith('store/'),
);

/** It registers itself for every engine. */
const onEvery = (file: string): boolean => readFileSync(path.join(tests, file), 'utf8').includes('onEveryDialect(');

const twinOf = (file: string): string =>
  `// ${file} on PostgreSQL.
import '${path.posix.relative(path.posix.dirname(`postgres/${file}`), 'postgres/on-postgres.ts').replace(/^(?!\.)/, './')}';
import '${path.posix.relative(path.posix.dirname(`postgres/${file}`), file)}';
`;

test('every suite that opens a store runs on PostgreSQL too', () => {
  const wanted = suites.filter(
    (file) => isNamed(path.join(tests, file)) && !onEvery(file) && reasons[file] === undefined,
  );
  assert.ok(wanted.length > 40, `only ${wanted.length}`);
  for (const file of wanted) {
    const twin = path.join(tests, 'postgres', file);
    assert.ok(existsSync(twin), `${file} has no twin: write test/postgres/${file}:\n${twinOf(file)}`);
    assert.equal(readFileSync(twin, 'utf8'), twinOf(file));
  }
  const twins = globSync('*/**/*.test.ts', { cwd: path.join(tests, 'postgres') });
  assert.deepEqual(
    twins.filter((file) => !wanted.includes(file)),
    [],
    'twins of nothing',
  );
  for (const file of Object.keys(reasons)) assert.ok(suites.includes(file), `${file} is gone`);
});

test('suites above the store open it by no engine’s name', () => {
  for (const file of globSync('{hub,ingest,apis,auth,quality,e2e,sandbox}/**/*.ts', { cwd: tests })) {
    const found = /from '#store\/(sqlite|postgres)\/|from 'node:sqlite'/.exec(
      readFileSync(path.join(tests, file), 'utf8'),
    );
    if (found !== null) assert.ok(byName.has(file), `${file} has ${found[0]}`);
  }
});

/** What they look at is a file, or they open the platform of both engines themselves. */
const byName: ReadonlySet<string> = new Set(['e2e/audit.test.ts', 'e2e/process.test.ts', 'hub/quotas.test.ts']);

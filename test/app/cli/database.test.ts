// The command line over a database: migrate, doctor, start, the commands that work beside hubs, and those that say what to use instead.
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { emptyDatabase, run as runSql, testDatabase, testHubRole, type TestDatabase } from '../../postgres/database.ts';

const script = path.join(import.meta.dirname, '../../../bin/bindeledd.mjs');
const folder = mkdtempSync(path.join(tmpdir(), 'bindeledd-database-'));
const made: TestDatabase[] = [];
after(async () => {
  rmSync(folder, { recursive: true, force: true });
  for (const one of made) await one.drop();
});

const keep = async (making: Promise<TestDatabase>): Promise<TestDatabase> => {
  const one = await making;
  made.push(one);
  return one;
};

const start = (
  words: readonly string[],
  environment: Readonly<Record<string, string>>,
  before: readonly string[] = [],
): ChildProcess =>
  spawn(process.execPath, [...before, script, ...words], {
    cwd: folder,
    env: { PATH: process.env['PATH'], LANG: 'C', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });

type Run = { readonly exit: number | null; readonly out: string; readonly err: string };
const run = (words: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<Run> =>
  new Promise((resolve) => {
    const child = start(words, environment);
    let [out, err] = ['', ''];
    child.stdout?.on('data', (data: Buffer) => (out += data.toString()));
    child.stderr?.on('data', (data: Buffer) => (err += data.toString()));
    child.on('close', (exit) => resolve({ exit, out, err }));
  });

/** Nothing of a password in anything that was printed. */
const silent = (runs: readonly Run[], ...secrets: readonly string[]): void => {
  for (const { out, err } of runs)
    for (const secret of secrets) assert.equal((out + err).includes(secret), false, out + err);
};

type Hub = { readonly url: string; readonly said: () => string; readonly stop: () => Promise<void> };
const startHub = async (environment: Readonly<Record<string, string>>): Promise<Hub> => {
  const child = start(['start', '--port', '0', '--json', '--environment', 'sandbox'], environment);
  let said = '';
  child.stderr?.on('data', (data: Buffer) => (said += data.toString()));
  const [first] = (await Promise.race([
    once(child.stdout ?? child, 'data'),
    once(child, 'close').then(() => assert.fail(said)),
  ])) as [Buffer];
  const { url } = JSON.parse(first.toString()) as { readonly url: string };
  return {
    url,
    said: () => said,
    stop: async () => {
      child.kill('SIGTERM');
      await once(child, 'close');
    },
  };
};

const hub = (one: TestDatabase): Readonly<Record<string, string>> => ({ BINDELEDD_DATABASE_URL: one.url });

test('migrate: shows what it would run, makes the tables once, and says what stands in the way', async () => {
  const database = await keep(emptyDatabase());
  const owner = { BINDELEDD_OWNER_DATABASE_URL: database.ownerUrl };
  const dry = await run(['migrate', '--dry-run', '--role', testHubRole], owner);
  assert.deepEqual([dry.exit, dry.err], [0, '']);
  assert.match(dry.out, /^BEGIN;\n[^]*CREATE TABLE [^]*FORCE ROW LEVEL SECURITY[^]*COMMIT;\n$/);
  const before = await run(['start', '--port', '0'], hub(database));
  assert.equal(before.exit, 9);
  assert.match(before.err, /^HUB-514 The database is empty; run `bindeledd migrate`/);
  const first = await run(['migrate', '--role', testHubRole, '--json'], owner);
  assert.deepEqual(JSON.parse(first.out), { from: 0, to: 1, role: testHubRole, dryRun: false });
  writeFileSync(path.join(folder, 'owner'), `${database.ownerUrl}\n`);
  const again = await run(['migrate', '--role', testHubRole], {
    BINDELEDD_OWNER_DATABASE_URL_FILE: path.join(folder, 'owner'),
  });
  assert.deepEqual([again.exit, again.out], [0, 'The database has version 1 already.\n']);

  const foreign = await keep(emptyDatabase());
  await runSql(foreign.ownerUrl, 'CREATE TABLE theirs (id integer)');
  const runs = await Promise.all([
    run(['migrate']),
    run(['migrate', '--database', 'mysql://x:planted@y/z']),
    run(['migrate', '--database', 'postgres://owner:planted@127.0.0.1:1/x']),
    run(['migrate', '--database', foreign.ownerUrl]),
    run(['migrate', '--database', database.url, '--role', testHubRole]),
    run(['migrate', '--database', database.ownerUrl, '--role', 'x'.repeat(80)]),
  ]);
  assert.deepEqual(
    runs.map(({ exit }) => exit),
    [2, 2, 75, 1, 4, 2],
    runs.map(({ err }) => err).join('\n'),
  );
  assert.match(runs[0]?.err ?? '', /^Which database\?/);
  assert.match(runs[2]?.err ?? '', /^HUB-503/);
  assert.match(runs[3]?.err ?? '', /^HUB-513/);
  silent([dry, first, again, ...runs], 'planted', 'only-for-tests');
});

test('doctor: server, version, role and places of a database, with a way to mend each', async () => {
  const [whole, empty] = await Promise.all([keep(testDatabase()), keep(emptyDatabase())]);
  const at = ['doctor', '--port', '0', '--json'];
  const [well, unmade, owner, away] = await Promise.all([
    run(at, hub(whole)),
    run(at, hub(empty)),
    run(at, { BINDELEDD_DATABASE_URL: whole.ownerUrl }),
    run(at, { BINDELEDD_DATABASE_URL: 'postgres://hub:planted@127.0.0.1:1/x' }),
  ]);
  type Findings = readonly { readonly check: string; readonly state: string; readonly message: string }[];
  const found = ({ out }: Run): Findings => (JSON.parse(out) as { findings: Findings }).findings.slice(4);
  assert.deepEqual(
    found(well).map(({ check, state }) => `${check} ${state}`),
    ['database ok', 'clocks ok', 'connections ok'],
    well.out,
  );
  for (const [one, code] of [
    [unmade, 'HUB-514'],
    [owner, 'HUB-515'],
    [away, 'HUB-503'],
  ] as const) {
    assert.equal(one.exit, 7);
    assert.deepEqual(
      found(one).map(({ state, message }) => [state, message.slice(0, 7)]),
      [['wrong', code]],
    );
  }
  silent([well, unmade, owner, away], 'planted', 'only-for-tests');
});

test('what works on files says what to use for a database; --data names files all the same', async () => {
  const database = await keep(testDatabase());
  const [backup, restore, drill, common, files] = await Promise.all([
    run(['backup', '--to', 'copy'], hub(database)),
    run(['restore', '--from', 'copy'], hub(database)),
    run(['drill'], hub(database)),
    run(['backup', '--to', 'copy'], { DATABASE_URL: database.url }),
    run(['backup', '--to', 'copy', '--data', 'nowhere'], { DATABASE_URL: database.url }),
  ]);
  for (const one of [backup, restore, drill, common]) {
    assert.equal(one.exit, 2);
    assert.match(one.err, /The data are in a database[^]*pgBackRest[^]*docs\/how-to\/operate\.md/);
  }
  assert.match(files.err, /^HUB-204 There is no data directory/);
  const both = await run(['org', 'list', '--data', 'here', '--database-url', 'postgres://x/y']);
  assert.deepEqual([both.exit, /two places/.test(both.err)], [2, true]);
  const several = await run(['start', '--data', 'here', '--workers', '2'], hub(database));
  assert.match(several.err, /workers: must be 1/);
});

test('commands work beside a hub on the same database; what changes data is left to the hub', async () => {
  const database = await keep(testDatabase());
  const at = hub(database);
  const ask = async (...words: readonly string[]): Promise<Run> => {
    const answer = await run(words, at);
    silent([answer], 'only-for-tests');
    return answer;
  };
  assert.equal((await ask('org', 'add', 'fjordheim.test', '--name', 'Fjordheim')).exit, 0);
  const none = await ask('audit', 'search', '--organisation', 'fjordheim.test');
  assert.deepEqual([none.exit, /HUB-204 There are no data/.test(none.err)], [5, true]);

  const running = await startHub(at);
  const { url } = running;
  try {
    assert.equal((await fetch(`${url}/health/ready`)).status, 200);
    const [organisations, keys, auditKeys, quality, sealed, erasure, events] = await Promise.all([
      ask('org', 'list', '--json'),
      ask('key', 'list', '--json'),
      ask('audit', 'keys', '--json'),
      ask('quality', '--organisation', 'fjordheim.test'),
      ask('audit', 'verify', '--organisation', 'fjordheim.test'),
      ask('erasure', 'list', '--org', 'fjordheim.test'),
      ask('events', 'list', '--org', 'fjordheim.test', '--json'),
    ]);
    assert.deepEqual(
      [organisations, keys, auditKeys, quality, sealed, erasure, events].map(({ exit }) => exit),
      [0, 0, 0, 0, 0, 2, 0],
      [organisations, keys, auditKeys, quality, sealed, erasure, events].map(({ err }) => err).join('\n'),
    );
    assert.deepEqual(
      (JSON.parse(organisations.out) as readonly { readonly id: string }[]).map(({ id }) => id),
      ['fjordheim.test'],
    );
    assert.equal((JSON.parse(auditKeys.out) as { readonly keys: readonly unknown[] }).keys.length, 1);
    assert.match(erasure.err, /Ask a running hub, with --url/);
    const search = await ask('audit', 'search', '--organisation', 'fjordheim.test', '--json');
    assert.equal(search.exit, 0, search.err);
  } finally {
    await running.stop();
  }
  assert.doesNotMatch(running.said(), /only-for-tests/);
});

test('hubs that start at once share a database: what waits comes into the audit once', async () => {
  const database = await keep(testDatabase());
  const at = hub(database);
  assert.equal((await run(['org', 'add', 'fjordheim.test', '--name', 'Fjordheim'], at)).exit, 0);
  for (const share of ['1%', '2%', '3%'])
    assert.equal((await run(['org', 'set', 'fjordheim.test', '--removal-guard', share], at)).exit, 0);
  const hubs = await Promise.all([startHub(at), startHub(at), startHub(at)]);
  try {
    const search = await run(['audit', 'search', '--organisation', 'fjordheim.test', '--json'], at);
    const { entries: records } = JSON.parse(search.out) as { readonly entries: readonly { readonly record: object }[] };
    const operations = records.map(({ record }) => (record as { readonly operation: string }).operation);
    assert.equal(operations.toSorted().join(), 'org add,org set,org set,org set');
    const verified = await run(['audit', 'verify', '--organisation', 'fjordheim.test'], at);
    assert.equal(verified.exit, 0, verified.out);
  } finally {
    await Promise.all(hubs.map((one) => one.stop()));
  }
});

test('a hub on files loads nothing of the database', async () => {
  const database = await keep(testDatabase());
  const watch = `import { createRequire } from 'node:module';
    const { cache } = createRequire('${import.meta.url}');
    process.on('exit', () => console.error('LOADED ' + Object.keys(cache).some((name) => /node_modules.pg/.test(name))));`;
  const loaded = async (...place: readonly string[]): Promise<string> => {
    const child = start(['start', '--port', '0', '--environment', 'sandbox', '--json', ...place], hub(database), [
      '--import',
      `data:text/javascript,${encodeURIComponent(watch)}`,
    ]);
    let said = '';
    child.stderr?.on('data', (data: Buffer) => (said += data.toString()));
    await Promise.race([once(child.stdout ?? child, 'data'), once(child, 'close')]);
    child.kill('SIGTERM');
    await once(child, 'close');
    return /LOADED (\w+)/.exec(said)?.[1] ?? said;
  };
  assert.deepEqual(await Promise.all([loaded('--data', 'files'), loaded()]), ['false', 'true']);
});

// The command line over a database: migrate, doctor, start, the commands that work beside hubs, and those that say what to use instead.
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, test } from 'node:test';
import { systemClock } from '#base/clock.ts';
import { deliver } from '#sandbox/adapter.ts';
import { county } from '#sandbox/county.ts';
import { municipality } from '#sandbox/municipality.ts';
import { university } from '#sandbox/university.ts';
import { steps } from '#store/postgres/schema/steps.ts';
import { settingsFor, startHub as startHubInside, type HubUnderTest } from '../../e2e/hub-under-test.ts';
import {
  emptyDatabase,
  rows,
  run as runSql,
  testDatabase,
  testHubRole,
  type TestDatabase,
} from '../../postgres/database.ts';
import { doneBefore } from '../../done-before.ts';

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
    env: { PATH: process.env['PATH'], LANG: 'C', ...doneBefore, ...environment },
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
  assert.deepEqual(JSON.parse(first.out), { from: 0, to: steps.length, role: testHubRole, dryRun: false });
  writeFileSync(path.join(folder, 'owner'), `${database.ownerUrl}\n`);
  const again = await run(['migrate', '--role', testHubRole], {
    BINDELEDD_OWNER_DATABASE_URL_FILE: path.join(folder, 'owner'),
  });
  assert.deepEqual([again.exit, again.out], [0, `The database has version ${steps.length} already.\n`]);

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
    // The server of the tests need not outlive its machine, and says so.
    found(well).map(({ check, state }) => (check === 'durability' ? check : `${check} ${state}`)),
    ['database ok', 'session ok', 'durability', 'server log ok', 'clocks ok', 'connections ok'],
    well.out,
  );
  await runSql(
    whole.adminUrl,
    ...['synchronous_commit = local', 'log_min_duration_statement = 1000', 'log_error_verbosity = verbose'].map(
      (setting) => `ALTER DATABASE ${whole.name} SET ${setting}`,
    ),
  );
  const loose = await run(at, hub(whole));
  // Of the server, which tests do not change.
  const off =
    (await rows(whole.adminUrl, 'SHOW fsync'))[0]?.['fsync'] === 'off' ? 'fsync = off, full_page_writes = off, ' : '';
  assert.equal(loose.exit, 0);
  assert.deepEqual(
    found(loose).flatMap(({ check, state, message }) => (state === 'note' ? [`${check}: ${message}`] : [])),
    [
      `durability: ${off}synchronous_commit = local`,
      'server log: log_error_verbosity = verbose, log_parameter_max_length = -1: personal data come into the log of the server',
    ],
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

/** Pupils and groups of a county, a whole municipality, studies of a university, and an organisation without data. */
const fill = async (data: string): Promise<HubUnderTest> => {
  const of = { seed: 42, size: 'small', asOf: '2026-11-01' } as const;
  const worlds = [
    { ...county(of), parts: /^(?:felles|utdanning.(?:elev|kodeverk|utdanningsprogram))/ },
    { ...municipality(of), parts: /./ },
    { ...university(of), parts: /^fs.(?:felles|organisasjon|person|studietilbud|termin)/ },
  ];
  const filled = await startHubInside({
    place: { settings: (flags) => settingsFor(data, flags) },
    organisations: [...worlds.map(({ organisation: { id } }) => ({ id })), { id: 'vestmark.test' }],
    applications: worlds.flatMap(({ organisation: { id } }) => [
      { id: `reader-${id}`, kind: 'client', organisation: id } as const,
      { id: `adapter-${id}`, kind: 'adapter', organisation: id } as const,
    ]),
  });
  for (const { organisation, collections, parts } of worlds) {
    const client = filled.credentials.get(`adapter-${organisation.id}`);
    const summary = await deliver({
      baseUrl: filled.url,
      tokenEndpoint: `${filled.url}/oauth/token`,
      clientId: client?.id ?? '',
      clientSecret: client?.secret ?? '',
      scope: 'fint-adapter',
      orgId: organisation.id,
      adapterId: `https://sandbox.test/${organisation.id}`,
      collections: collections.filter(({ collection }) => parts.test(collection)),
      pageSize: 1_000,
      concurrency: 2,
      gzip: false,
      fetch,
      now: systemClock.now,
      sleep: systemClock.sleep,
    });
    for (const one of summary) assert.equal(one.state, 'completed', one.collection);
    const read = await (await filled.as(`reader-${organisation.id}`)).send('GET', '/model');
    assert.equal(read.status, 200);
  }
  return filled;
};

test('copy: from a directory into a database and back, with what was there proved; wrong uses change nothing', async () => {
  const database = await keep(testDatabase());
  const [here, back] = [path.join(folder, 'copied'), path.join(folder, 'copied-back')];
  const owner = { BINDELEDD_OWNER_DATABASE_URL: database.ownerUrl };
  const filled = await fill(here);
  const busy = await run(['copy', '--from', `sqlite:${here}`, '--to', 'postgres:'], owner);
  await filled.close();
  assert.deepEqual([busy.exit, busy.err.startsWith('HUB-510')], [9, true], busy.err);

  type Report = {
    readonly kept: boolean;
    readonly resources: number;
    readonly findings: readonly string[];
    readonly organisations: readonly {
      readonly audit: { readonly records: number; readonly verdict: string };
      readonly collections: readonly object[];
    }[];
  };
  const there = await run(['copy', '--from', `sqlite:${here}`, '--to', 'postgres:', '--json'], owner);
  assert.equal(there.exit, 0, there.err);
  const report = JSON.parse(there.out) as Report;
  assert.deepEqual([report.kept, report.findings], [true, []]);
  assert.ok(report.resources > 1_000, `${report.resources} resources`);
  assert.ok(report.organisations.length > 0);
  for (const { audit } of report.organisations) assert.equal(audit.verdict, 'ok');
  assert.match(there.err, /^Rows: [\d ]+ \(\d+\)/m);

  const home = await run(['copy', '--from', database.ownerUrl, '--to', `sqlite:${back}`]);
  assert.equal(home.exit, 0, home.err);
  assert.match(home.out, /^fjordheim\.test +utdanning\/elev\/elev +600 +[0-9a-f]{64}$/m);
  assert.match(home.out, /^fjordheim\.test +\d+ +\d+ +0 +\d+ +\d+ +proved$/m);
  const again = await run([
    'copy',
    '--from',
    `sqlite:${back}`,
    '--to',
    (await keep(testDatabase())).ownerUrl,
    '--json',
  ]);
  const contents = (one: Report): unknown => one.organisations.map(({ collections }) => collections);
  assert.deepEqual(contents(JSON.parse(again.out) as Report), contents(report));

  // An audit that somebody has changed cannot be proved, there or here: that is said, and does not keep it where it is.
  const audit = new DatabaseSync(path.join(back, 'tenants', 'fjordheim.test', 'audit.db'));
  audit.exec(`UPDATE audit_commit SET records = replace(records, 'allow', 'never') WHERE first = 1`);
  audit.close();
  const altered = await run([
    'copy',
    '--from',
    `sqlite:${back}`,
    '--to',
    (await keep(testDatabase())).ownerUrl,
    '--json',
  ]);
  const { kept, findings, organisations } = JSON.parse(altered.out) as Report;
  assert.deepEqual(
    [altered.exit, kept, findings, organisations.map((one) => one.audit.verdict)],
    [7, true, [], ['as in the source', 'ok', 'ok', 'ok']],
  );

  const runs = await Promise.all([
    run(['copy', '--from', here, '--to', 'postgres:'], owner),
    run(['copy', '--from', `sqlite:${here}`, '--to', `sqlite:${back}`]),
    run(['copy', '--from', `sqlite:${here}`, '--to', 'postgres:']),
    run(['copy', '--from', `sqlite:${here}`, '--to', 'postgres:'], owner),
    run(['copy', '--from', database.ownerUrl, '--to', `sqlite:${here}`]),
    run(['copy', '--from', `sqlite:${path.join(folder, 'nowhere')}`, '--to', 'postgres:'], owner),
  ]);
  assert.deepEqual(
    runs.map(({ exit }) => exit),
    [2, 2, 2, 9, 9, 5],
    runs.map(({ err }) => err).join('\n'),
  );
  silent([busy, there, home, again, altered, ...runs], 'only-for-tests');
});

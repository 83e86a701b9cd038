// The command line from outside: exit codes, what goes to stdout and what to stderr, help, settings, doctor and get.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { exitCodes, exitMeanings, exitOfCode, exitOfStatus } from '#app/cli/exit-codes.ts';
import { errorTable, type ErrorCode } from '#base/errors.ts';
import { route, toyServer } from '../../http/toy.ts';
import { doneBefore } from '../../done-before.ts';

const script = path.join(import.meta.dirname, '../../../bin/bindeledd.mjs');
const folder = mkdtempSync(path.join(tmpdir(), 'bindeledd-cli-'));
after(() => rmSync(folder, { recursive: true, force: true }));

type Run = { readonly exit: number | null; readonly out: string; readonly err: string };
const run = (words: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<Run> =>
  new Promise((resolve) => {
    const child = spawn(process.execPath, [script, ...words], {
      cwd: folder,
      env: { PATH: process.env['PATH'], LANG: 'C', ...doneBefore, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [out, err] = ['', ''];
    child.stdout.on('data', (data: Buffer) => (out += data.toString()));
    child.stderr.on('data', (data: Buffer) => (err += data.toString()));
    child.on('close', (exit) => resolve({ exit, out, err }));
  });

test('help: examples first, every command, exit codes; to stdout, in both languages', async () => {
  const [english, norwegian, chosen] = await Promise.all([
    run(['--help']),
    run(['--help'], { LANG: 'nb_NO.UTF-8' }),
    run(['get', '--help', '--lang', 'nb']),
  ]);
  assert.equal(english.exit, 0);
  assert.match(english.out, /^Examples:\n {2}bindeledd demo\n/);
  for (const command of [
    'demo',
    'start',
    'doctor',
    'config',
    'model',
    'org',
    'app',
    'grant',
    'key',
    'token',
    'get',
    'sync',
  ])
    assert.match(english.out, new RegExp(`^ {2}${command} `, 'm'));
  assert.match(english.out, /Exit codes:\n {4}0 {2}all right\n[^]* 130 {2}interrupted/);
  assert.equal(english.err, '');
  assert.match(norwegian.out, /^Eksempler:[^]*Avslutningskoder:/);
  assert.match(chosen.out, /^Eksempler:\n {2}bindeledd get /);
});

test('wrong use: exit 2, said on stderr, with a suggestion', async () => {
  const [nothing, typo, flag, missing, version] = await Promise.all([
    run([]),
    run(['strat']),
    run(['config', '--prot', '1']),
    run(['get']),
    run(['--version']),
  ]);
  assert.deepEqual([nothing.exit, typo.exit, flag.exit, missing.exit, version.exit], [2, 2, 2, 2, 0]);
  assert.match(typo.err, /unknown command 'strat'\n\(Did you mean start\?\)/);
  assert.match(flag.err, /Did you mean --port/);
  assert.equal(typo.out, '');
  assert.match(version.out, /^\d+\.\d+\.\d+\n$/);
});

test('config: what is in force and where from; secrets masked; wrong settings exit 2', async () => {
  writeFileSync(path.join(folder, 'own.yaml'), 'port: 9001\n');
  writeFileSync(path.join(folder, 'secret'), 'planted-secret\n');
  const environment = { BINDELEDD_CLIENT_SECRET_FILE: path.join(folder, 'secret'), BINDELEDD_HOST: 'localhost' };
  const [table, json, wrong, unknown, lost, reference] = await Promise.all([
    run(['config', '--config', 'own.yaml', '--drain-seconds', '3'], environment),
    run(['--json', 'config', '--config', 'own.yaml'], environment),
    run(['config', '--port', 'x', '--json']),
    run(['config'], { BINDELEDD_PROT: '1' }),
    run(['config', '--config', 'nowhere.yaml']),
    run(['config', '--reference']),
  ]);
  assert.equal(table.exit, 0);
  assert.match(table.out, /^port +9001 +file own\.yaml$/m);
  assert.match(table.out, /^host +localhost +environment BINDELEDD_HOST$/m);
  assert.match(table.out, /^drain_seconds +3 +flag$/m);
  assert.match(table.out, /^client_secret +\*{8} +environment BINDELEDD_CLIENT_SECRET_FILE$/m);
  const parsed = JSON.parse(json.out) as { settings: readonly { name: string; value: unknown }[] };
  assert.equal(parsed.settings.find((one) => one.name === 'port')?.value, 9001);
  assert.doesNotMatch(table.out + json.out, /planted/);
  assert.equal(wrong.exit, 2);
  assert.equal((JSON.parse(wrong.err) as { error: { code: string } }).error.code, 'HUB-700');
  assert.deepEqual([unknown.exit, lost.exit], [2, 2]);
  assert.match(unknown.err, /^HUB-701 BINDELEDD_PROT: is no setting; did you mean BINDELEDD_PORT/);
  assert.match(reference.out, /^# Settings\n/);
});

test('doctor: 0 when nothing is wrong, 7 with one fix per finding otherwise', async () => {
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
  const port = String((taken.address() as AddressInfo).port);
  writeFileSync(path.join(folder, 'file'), '');
  const [well, ill] = await Promise.all([
    run(['doctor', '--port', '0', '--data', 'new']),
    run(['doctor', '--port', port, '--data', 'file', '--model', 'no-model', '--json']),
  ]);
  taken.close();
  assert.equal(well.exit, 0, well.out);
  assert.match(well.out, /^ok {2}data .*will be made/m);
  assert.equal(well.err, 'Nothing is wrong.\n');
  assert.equal(ill.exit, 7);
  const { findings } = JSON.parse(ill.out) as {
    findings: readonly { check: string; state: string; fix: string | null }[];
  };
  const wrong = findings.filter((finding) => finding.state === 'wrong');
  assert.deepEqual(wrong.map((finding) => finding.check).toSorted(), ['data', 'model', 'port']);
  assert.equal(
    wrong.every((finding) => finding.fix !== null),
    true,
  );
});

test('model: list, show and check need no hub', async () => {
  const [fint, ours] = ['../../../model/fint', '../../../model/grunnskole'].map((one) =>
    path.join(import.meta.dirname, one),
  );
  const [list, show, near, check, nowhere, named, half] = await Promise.all([
    run(['model', 'list', 'utdanning/elev', '--json']),
    run(['model', 'show', 'Elev']),
    run(['model', 'show', 'Elevv']),
    run(['model', 'check']),
    run(['model', 'check', '--model', 'nowhere']),
    run(['model', 'list', '--model', `${fint}`, '--json']),
    run(['model', 'check', '--model', `${ours}`]),
  ]);
  assert.deepEqual([list.exit, show.exit, near.exit, check.exit, nowhere.exit], [0, 0, 5, 0, 7]);
  // Whoever names directories gets exactly those.
  assert.equal((JSON.parse(named.out) as readonly unknown[]).length, 32);
  assert.equal(half.exit, 7);
  assert.match(half.out, /model\.yaml:\d+ builds-on: model FINT is not among the folders/);
  assert.equal((JSON.parse(list.out) as readonly { path: string }[])[0]?.path, 'utdanning/elev');
  assert.match(near.err, /Did you mean Elev\?/);
});

test('get: the answer, all pages as NDJSON, and the exit code of what went wrong', async () => {
  const server = toyServer([
    route('/list', ({ query }) => {
      const offset = Number(query.get('offset') ?? 0);
      const size = Number(query.get('size'));
      const entries = [0, 1, 2, 3, 4].slice(offset, offset + size).map((id) => ({ id }));
      const next =
        offset + size < 5
          ? { next: [{ href: `https://elsewhere.test/list?offset=${offset + size}&size=${size}` }] }
          : {};
      return { kind: 'json', status: 200, value: { _embedded: { _entries: entries }, _links: next, total_items: 5 } };
    }),
    route('/feed', () => ({
      kind: 'json',
      status: 200,
      value: { _entries: [1], next: 'p', more: false, _links: { next: [{ href: '/feed' }] } },
    })),
    route('/closed', () => ({ kind: 'json', status: 200, value: 'in' }), { access: 'client' }),
  ]);
  const url = await server.listen();
  writeFileSync(path.join(folder, 'token'), 'client\n');
  const get = (...words: readonly string[]): Promise<Run> => run(['get', ...words, '--url', url]);
  const [plain, all, feed, denied, inside, missing, byVariable] = await Promise.all([
    get('/list?size=1'),
    get('/list', '--all', '--page-size', '2'),
    get('/feed', '--all', '-q'),
    get('/closed'),
    get('/closed', '--token-file', 'token'),
    get('/nowhere', '--json'),
    run(['get', '/closed'], { BINDELEDD_URL: url, BINDELEDD_TOKEN: 'client' }),
  ]);
  await server.close();
  assert.equal((JSON.parse(plain.out) as { total_items: number }).total_items, 5);
  assert.equal(all.out, '{"id":0}\n{"id":1}\n{"id":2}\n{"id":3}\n{"id":4}\n');
  assert.match(all.err, /^get: 5 \(1\)/);
  assert.deepEqual([feed.out, feed.err], ['1\n', '']);
  assert.equal(denied.exit, 3);
  assert.match(
    denied.err,
    /^HUB-300 401 Missing or invalid access token: There is no access token\.\n.*\nrequest [0-9a-f-]{36}\n$/,
  );
  assert.deepEqual([inside.exit, inside.out], [0, '"in"\n']);
  assert.deepEqual([missing.exit, missing.out], [5, '']);
  assert.equal((JSON.parse(missing.err) as { error: { code: string } }).error.code, 'HUB-204');
  assert.equal(byVariable.out, '"in"\n');
  assert.equal((await get('/list')).exit, 8);
});

test('org, app and grant: what is added is listed, and what is wrong has its exit code', async () => {
  const data = ['--data', 'platform'];
  const add = await run(['org', 'add', 'fjordheim.test', '--name', 'Fjordheim', '--removal-guard', '10%', ...data]);
  assert.equal(add.exit, 0, add.err);
  const app = await run([
    'app',
    'add',
    '--name',
    'T',
    '--kind',
    'client',
    '--owner',
    'fjordheim.test',
    '--json',
    ...data,
  ]);
  const { id, secret, environment } = JSON.parse(app.out) as { id: string; secret: string; environment: string };
  assert.deepEqual([app.exit, environment, secret.length > 20], [0, 'production', true]);
  const give = ['grant', 'give', '--app', id, '--org', 'fjordheim.test', ...data];
  const grant = await run([
    ...give,
    '--collection',
    'utdanning/*',
    '--action',
    'read',
    'list',
    '--withhold',
    'special',
  ]);
  assert.equal(grant.exit, 0, grant.err);
  const [orgs, apps, grants, again, unknown, bad, missing] = await Promise.all([
    run(['org', 'show', 'fjordheim.test', ...data]),
    run(['app', 'list', '--json', ...data]),
    run(['grant', 'list', '--json', ...data]),
    run(['org', 'add', 'fjordheim.test', '--name', 'F', ...data]),
    run(['app', 'show', 'nobody', ...data]),
    run([...give, '--collection', 'utdaning/*', '--action', 'read']),
    run(['app', 'add', '--kind', 'client', ...data]),
  ]);
  assert.match(orgs.out, /^removal-guard +10%$/m);
  assert.doesNotMatch(apps.out, new RegExp(secret));
  const [given] = JSON.parse(grants.out) as readonly { actions: readonly string[]; withhold: readonly string[] }[];
  assert.deepEqual([given?.actions, given?.withhold], [['read', 'list'], ['special']]);
  assert.deepEqual([again.exit, unknown.exit, bad.exit, missing.exit], [9, 5, 2, 2]);
});

test('every exit code is documented, and every error code has one', () => {
  assert.deepEqual(Object.keys(exitMeanings), Object.keys(exitCodes));
  const known = new Set<number>(Object.values(exitCodes));
  for (const code of Object.keys(errorTable) as ErrorCode[])
    assert.ok(known.has(exitOfCode(code)) && exitOfCode(code) !== 0, code);
  assert.deepEqual(
    [400, 401, 403, 404, 409, 412, 429, 503, 500, 502].map(exitOfStatus),
    [2, 3, 4, 5, 9, 9, 75, 75, 8, 8],
  );
});

// The hub as a process: start, readiness, graceful stop, refusals at the start, and the hand-over from a runtime that is too old.
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { doneBefore } from '../../done-before.ts';

const script = path.join(import.meta.dirname, '../../../bin/bindeledd.mjs');
const folder = mkdtempSync(path.join(tmpdir(), 'bindeledd-start-'));
after(() => rmSync(folder, { recursive: true, force: true }));

type Process = {
  readonly child: ChildProcess;
  readonly text: { out: string; err: string };
  readonly closed: Promise<unknown[]>;
};
const run = (
  words: readonly string[],
  nodeFlags: readonly string[] = [],
  more: Readonly<Record<string, string>> = {},
): Process => {
  const child = spawn(process.execPath, [...nodeFlags, script, ...words], {
    cwd: folder,
    env: { PATH: process.env['PATH'], LANG: 'C', ...doneBefore, ...more },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const text = { out: '', err: '' };
  child.stdout.on('data', (data: Buffer) => (text.out += data.toString()));
  child.stderr.on('data', (data: Buffer) => (text.err += data.toString()));
  return { child, text, closed: once(child, 'close') };
};
const ready = async ({ child, text }: Process): Promise<string> => {
  while (!text.out.includes('\n')) {
    if (child.exitCode !== null) assert.fail(text.err);
    if (child.stdout !== null) await Promise.race([once(child.stdout, 'data'), once(child, 'close')]);
  }
  return (JSON.parse(text.out) as { url: string }).url;
};

// A preloaded line that makes the runtime look older than it is.
const old = [
  '--import',
  "data:text/javascript,Object.defineProperty(process,'versions',{value:{...process.versions,node:'20.20.2'}})",
];

test('start: ready, a second hub on the same data is refused, SIGTERM ends it with 0', async () => {
  const hub = run(['start', '--json', '--port', '0', '--data', 'one']);
  const url = await ready(hub);
  assert.equal((await fetch(`${url}/health/ready`)).status, 200);
  const [second, taken] = [
    run(['start', '--port', '0', '--data', 'one']),
    run(['start', '--port', new URL(url).port, '--data', 'two']),
  ];
  assert.equal((await second.closed)[0], 9);
  assert.match(second.text.err, /HUB-510/);
  assert.equal((await taken.closed)[0], 2);
  assert.match(taken.text.err, /HUB-700 Port \d+ on 127\.0\.0\.1 is in use/);
  hub.child.kill('SIGTERM');
  assert.equal((await hub.closed)[0], 0, hub.text.err);
  assert.match(hub.text.out, /^\{"url":"http:\/\/127\.0\.0\.1:\d+"\}\n$/);
});

test('a runtime that is too old hands over to the one beside it: exit codes and signals pass through', async () => {
  const wrong = run(['config', '--port', 'x'], old);
  assert.equal((await wrong.closed)[0], 2);
  assert.match(wrong.text.err, /HUB-700/);
  const hub = run(['start', '--json', '--port', '0', '--data', 'three'], old);
  await ready(hub);
  hub.child.kill('SIGTERM');
  assert.equal((await hub.closed)[0], 0, hub.text.err);
});

test('SIGHUP stops a hub that is alone, and what is under way runs to its end: nobody could take its place', async () => {
  const hub = run(['start', '--json', '--port', '0', '--data', 'four']);
  const url = await ready(hub);
  assert.equal((await fetch(`${url}/health/live`)).status, 200);
  hub.child.kill('SIGHUP');
  assert.equal((await hub.closed)[0], 0, hub.text.err);
  assert.match(hub.text.err, /"kind":"stopped"/);
});

test('bad settings and a demo in production do not start', async () => {
  const words = [
    ['start', '--host', '0.0.0.0'],
    ['demo', '--environment', 'production'],
    ['demo', '--size', 'huge'],
    ['demo', '--seed', 'x'],
    ['start', '--model', 'nowhere'],
  ];
  const runs = words.map((one) => run([...one, '--port', '0', '--data', 'none']));
  const exits = await Promise.all(runs.map(async ({ closed }) => (await closed)[0]));
  assert.deepEqual(exits, [2, 2, 2, 2, 7]);
});

test('a demo that cannot start leaves no temporary data', async () => {
  const temporary = path.join(folder, 'temporary');
  mkdirSync(temporary);
  const failed = run(['demo', '--port', '0', '--model', 'nowhere'], [], { TMPDIR: temporary });
  assert.equal((await failed.closed)[0], 7, failed.text.err);
  assert.deepEqual(
    readdirSync(temporary).filter((name) => name.startsWith('bindeledd-demo-')),
    [],
  );
});

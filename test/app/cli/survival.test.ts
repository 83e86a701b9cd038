// `bindeledd backup`, `restore` and `drill` from outside: what they say, in which form, and with which exit code.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { systemClock } from '#base/clock.ts';
import { ignoreEvents } from '#base/events.ts';
import { openSqliteStore } from '#store/sqlite/sqlite-store.ts';
import type { Store } from '#store/store.ts';
import { base, deliver, elev, entry, model } from '../../store/conformance/world.ts';
import { doneBefore } from '../../done-before.ts';

const script = path.join(import.meta.dirname, '../../../bin/bindeledd.mjs');
const folder = mkdtempSync(path.join(tmpdir(), 'survival-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const [data, copy] = [path.join(folder, 'data'), path.join(folder, 'copy')];

type Run = { readonly exit: number | null; readonly out: string; readonly err: string };
const run = (...words: readonly string[]): Promise<Run> =>
  new Promise((resolve) => {
    const child = spawn(process.execPath, [script, ...words], {
      cwd: folder,
      env: { PATH: process.env['PATH'], LANG: 'C', ...doneBefore, BINDELEDD_DATA: data },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [out, err] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
    child.on('close', (exit) => resolve({ exit, out, err }));
  });

const open = (): Promise<Store> =>
  openSqliteStore({ folder: data, model, clock: systemClock, observe: ignoreEvents, baseUrl: () => base });

let running: Store;
before(async () => {
  running = await open();
  const pupils = [...Array(40).keys()].map((each) => entry(elev, { systemid: `E${each}` }));
  await deliver(await running.tenant('a.test'), ...pupils);
});

test('backup beside a hub: a table, or JSON; never into a folder that holds something', async () => {
  const first = await run('backup', '--to', copy);
  assert.deepEqual([first.exit, first.out], [0, 'ORGANISATION  RESOURCES  POSITION\na.test        40         40\n']);
  assert.match(first.err, /Pages copied: .*\n3 files, [\d.]+ MB, in .*\. The copy is as confidential as the data\.\n$/);
  const second = await run('backup', '--to', copy);
  assert.equal(second.exit, 9);
  assert.match(second.err, /^HUB-409 The folder .* is not empty\./);
  const third = await run('backup', '--to', path.join(folder, 'json'), '--json', '-q');
  const said: { readonly bytes: number; readonly files: readonly unknown[] } = JSON.parse(third.out);
  assert.deepEqual([third.exit, third.err, said.files.length], [0, '', 3]);
  assert.ok(said.bytes > 0);
  assert.deepEqual([(await run('backup')).exit, (await run('backup', '--to', 'x', '--data', 'none')).exit], [2, 5]);
});

test('drill beside a hub: what came back and how long it took, in both languages; nothing is left behind', async () => {
  const within = mkdtempSync(path.join(folder, 'in-'));
  const [english, norwegian, json] = await Promise.all([
    run('drill', '--in', within),
    run('drill', '--lang', 'nb'),
    run('drill', '--json', '-q'),
  ]);
  assert.equal(english.exit, 0);
  assert.match(english.out, /a\.test +40 +1 +40 +0\n\nbackup +[\d.]+ s\nrestore +[\d.]+ s\ncheck +[\d.]+ s\nopening/);
  assert.match(english.err, /Everything came back as it was\.\n$/);
  assert.match(norwegian.out, /^ORGANISASJON[^]*tilbakelegging/);
  const report: { readonly ok: boolean; readonly steps: readonly unknown[] } = JSON.parse(json.out);
  assert.deepEqual([report.ok, report.steps.length, json.err], [true, 4, '']);
  assert.deepEqual(readdirSync(within), []);
});

test('restore: not under a hub, not over data, not from a copy that is not whole; else what was kept', async () => {
  const target = path.join(folder, 'elsewhere');
  assert.equal((await run('restore', '--from', copy, '--move-aside')).exit, 9);
  await running.close();
  const over = await run('restore', '--from', copy);
  assert.equal(over.exit, 9);
  assert.match(over.err, /^HUB-409 .* nothing was changed\.\nChoose an empty directory, .* --move-aside\.\n$/);
  assert.equal((await run('restore', '--from', path.join(folder, 'none'))).exit, 5);

  const moved = await run('restore', '--from', copy, '--move-aside');
  assert.equal(moved.exit, 0);
  assert.match(moved.out, /a\.test +40 +from the copy +kept\n/);
  assert.match(moved.err, /What was there is now in .*\.before-\d{8}T\d{6}Z\.\n/);
  const fresh = await run('restore', '--from', copy, '--data', target, '--json', '-q');
  const said: { readonly movedTo: unknown; readonly organisations: readonly unknown[] } = JSON.parse(fresh.out);
  assert.deepEqual([fresh.exit, said.movedTo, said.organisations.length], [0, null, 1]);
  running = await open();
  assert.equal(await (await running.tenant('a.test')).reads.lastPosition(), 40);
  await running.close();

  writeFileSync(path.join(copy, 'platform.db'), 'x');
  const altered = await run('restore', '--from', copy, '--data', path.join(folder, 'third'));
  assert.equal(altered.exit, 1);
  assert.match(altered.err, /^HUB-512 The backup is not whole: platform\.db /);
  assert.ok(!existsSync(path.join(folder, 'third', 'platform.db')));
});

// `bindeledd export pifu|ims|abc` from outside, over runs in memory: what lands in the file, what a broken connection does, and how it ends.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import type { ExportPort, ExportReport } from '#apis/flyt-skole/exports/ports.ts';
import { exitCodes } from '#app/cli/exit-codes.ts';
import { problem } from '#base/errors.ts';
import type { ToyServer } from '../../http/toy.ts';
import { exportServer } from '../../apis/flyt-skole/exports/export-server.ts';
import { fakeExports, type FakeExports } from '../../apis/flyt-skole/exports/fake-exports.ts';
import { doneBefore } from '../../done-before.ts';

const script = path.join(import.meta.dirname, '../../../bin/bindeledd.mjs');
const folder = mkdtempSync(path.join(tmpdir(), 'bindeledd-export-'));
const file = Buffer.from(`<enterprise>${randomBytes(400_000).toString('base64')}</enterprise>`);
const sha256 = createHash('sha256').update(file).digest('hex');

let fake: FakeExports;
let server: ToyServer;
let url: string;
/** How the run that is asked for next ends, and how often its file breaks on the way. */
let ending: Partial<ExportReport> = {};
let breaks = 0;
let fetches = 0;

before(async () => {
  fake = fakeExports();
  // A run is under way once, and then over.
  const looks = new Map<string, number>();
  const exports: ExportPort = {
    ...fake,
    report: async (id, caller) => {
      const seen = (looks.get(id) ?? 0) + 1;
      looks.set(id, seen);
      const found = await fake.report(id, caller);
      if (!found.ok) return found;
      const more: Partial<ExportReport> =
        seen === 1
          ? { state: 'running', progress: { step: 'persons', done: 5, total: 10 } }
          : { state: 'ready', sha256, bytes: file.length, ...ending };
      const report = { ...found.value, ...more };
      fake.put(report, file);
      return { ok: true, value: report };
    },
    content: async (id, caller) => {
      const found = await fake.content(id, caller);
      if (!found.ok) return found;
      fetches += 1;
      const { plain, gzip } = found.value;
      return {
        ok: true,
        value: { ...found.value, plain: (from, to) => cut(plain(from, to)), gzip: () => cut(gzip()) },
      };
    },
  };
  server = exportServer(exports);
  url = await server.listen();
  writeFileSync(path.join(folder, 'token'), 'toy-client vfs:lmsexport');
});
after(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Whether a file stops on the way until somebody has gone. */
const stall = { on: false };

const cut = (chunks: AsyncIterable<Buffer>): AsyncIterable<Buffer> =>
  breaks > 0 ? broken(chunks) : stall.on ? stalled(chunks) : chunks;

const stalled = async function* (chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) {
    yield chunk;
    while (stall.on) await new Promise((resolve) => setTimeout(resolve, 20));
  }
};

const broken = async function* (chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let left = 150_000;
  for await (const chunk of chunks) {
    yield chunk;
    left -= chunk.length;
    if (left < 0) {
      breaks -= 1;
      throw new Error('the cable');
    }
  }
};

type Run = { readonly exit: number | null; readonly out: Buffer; readonly err: string };
const run = (...words: readonly string[]): Promise<Run> =>
  new Promise((resolve) => {
    const child = spawn(process.execPath, [script, 'export', ...words, '--url', url, '--token-file', 'token'], {
      cwd: folder,
      env: { PATH: process.env['PATH'], LANG: 'C', ...doneBefore },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const out: Buffer[] = [];
    let err = '';
    child.stdout.on('data', (data: Buffer) => out.push(data));
    child.stderr.on('data', (data: Buffer) => (err += data.toString()));
    child.on('close', (exit) => resolve({ exit, out: Buffer.concat(out), err }));
  });

const at = (name: string): string => path.join(folder, name);
const rests = (): readonly string[] => readdirSync(folder).filter((name) => name.endsWith('.part'));

test('the file is whole, under its name, and readable by its owner alone', async () => {
  writeFileSync(at('pifu.xml'), 'of yesterday', { mode: 0o644 });
  const { exit, out, err } = await run(
    'pifu',
    '--out',
    'pifu.xml',
    '--profile',
    'pifu-ims-1.1',
    '--school',
    'school-1',
    '--report',
    'text',
  );
  assert.equal(exit, 0, err);
  assert.deepEqual(readFileSync(at('pifu.xml')), file);
  assert.equal(statSync(at('pifu.xml')).mode & 0o777, 0o600);
  assert.match(out.toString(), /^Export\n[^]*533 361 bytes/);
  assert.match(err, new RegExp(`sha256 ${sha256}, position`));
  const [order] = fake.asked.slice(-1);
  assert.deepEqual([order?.asked.profile, order?.asked.schools], ['pifu-ims-1.1', ['school-1']]);
  assert.ok(order?.once !== null, 'asking twice makes one run');
  assert.deepEqual(rests(), []);
});

test('standard output gets the file and nothing else, compressed when asked for', async () => {
  const plain = await run('abc', '--report', 'json', '-q');
  assert.deepEqual(plain.out, file);
  assert.equal((JSON.parse(plain.err) as ExportReport).sha256, sha256);
  const zipped = await run('abc', '--gzip', '--out', '-');
  assert.deepEqual(gunzipSync(zipped.out), file);
});

test('a connection that breaks is gone on with', async () => {
  breaks = 2;
  fetches = 0;
  const { exit, err } = await run('ims', '--out', 'ims.xml');
  assert.equal(exit, 0, err);
  assert.deepEqual(readFileSync(at('ims.xml')), file);
  assert.equal(fetches, 3);
  assert.equal(breaks, 0);
});

test('a run that is held or has failed has an exit code of its own, and leaves what was there', async () => {
  writeFileSync(at('kept.xml'), 'of yesterday');
  ending = { state: 'held', reason: problem('HUB-420', 'It would take away 30 % of the memberships.') };
  const held = await run('pifu', '--out', 'kept.xml', '--report', 'json');
  assert.equal(held.exit, exitCodes.held);
  assert.match(held.err, /HUB-420 .*30 %[^]*bindeledd export confirm run-/);
  assert.equal((JSON.parse(held.out.toString()) as ExportReport).state, 'held');
  ending = { state: 'failed', reason: problem('HUB-421', 'The schema does not take it.') };
  assert.equal((await run('pifu', '--out', 'kept.xml')).exit, exitCodes.quality);
  ending = { state: 'cancelled' };
  assert.equal((await run('pifu', '--out', 'kept.xml')).exit, exitCodes.conflict);
  // Something else than the report says.
  ending = { sha256: 'b'.repeat(64) };
  assert.equal((await run('pifu', '--out', 'kept.xml')).exit, exitCodes.remote);
  ending = {};
  assert.equal(readFileSync(at('kept.xml'), 'utf8'), 'of yesterday');
  assert.deepEqual(rests(), []);
});

test('a disk that takes a part of the file is a failure, and leaves what was there', async () => {
  writeFileSync(at('full.xml'), 'of yesterday');
  // The last piece is the one of which a part is taken: no other comes after it that fails.
  const child = spawn(
    '/bin/bash',
    ['-c', `ulimit -f ${Math.floor(file.length / 1_024)}; exec "$@"`, '-', process.execPath, script].concat([
      'export',
      'pifu',
      '--out',
      'full.xml',
      '--url',
      url,
      '--token-file',
      'token',
    ]),
    { cwd: folder, env: { PATH: process.env['PATH'], LANG: 'C', ...doneBefore }, stdio: 'ignore' },
  );
  const exit = await new Promise<number | null>((resolve) => void child.on('close', resolve));
  assert.equal(exit, exitCodes.usage);
  assert.equal(readFileSync(at('full.xml'), 'utf8'), 'of yesterday');
  assert.deepEqual(rests(), []);
});

test('whoever closes the terminal leaves nothing half done', async () => {
  stall.on = true;
  const child = spawn(
    process.execPath,
    [script, 'export', 'pifu', '--out', 'closed.xml', '--url', url, '--token-file', 'token'],
    { cwd: folder, env: { PATH: process.env['PATH'], LANG: 'C', ...doneBefore }, stdio: 'ignore' },
  );
  const ended = new Promise<number | null>((resolve) => void child.on('close', resolve));
  while (rests().length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
  child.kill('SIGHUP');
  assert.equal(await ended, exitCodes.interrupted);
  stall.on = false;
  assert.deepEqual(rests(), []);
  assert.equal(existsSync(at('closed.xml')), false);
});

test('what is asked for wrongly is said before anything is made', async () => {
  const bad = await run('pifu', '--profile', 'ims-1.1', '--out', 'none.xml');
  assert.equal(bad.exit, exitCodes.usage);
  assert.match(bad.err, /HUB-103/);
  const gone = await run('pifu', '--type', 'delta', '--since', 'expired', '--out', 'none.xml');
  assert.equal(gone.exit, exitCodes.conflict);
  assert.equal((await run('pifu', '--report', 'pdf')).exit, exitCodes.usage);
  const nowhere = await run('pifu', '--out', 'no/such/folder.xml');
  assert.equal(nowhere.exit, exitCodes.usage);
  assert.match(nowhere.err, /ENOENT/);
  assert.equal(existsSync(at('none.xml')), false);
});

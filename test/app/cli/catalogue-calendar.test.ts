// `bindeledd catalogue calendar` from outside: the table, the same for programs, the calendar file, and moments that are none.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import path from 'node:path';
import test from 'node:test';
import { doneBefore } from '../../done-before.ts';

const script = path.join(import.meta.dirname, '../../../bin/bindeledd.mjs');

type Run = { readonly exit: number | null; readonly out: string; readonly err: string };
const run = (...words: readonly string[]): Promise<Run> =>
  new Promise((resolve) => {
    const child = spawn(process.execPath, [script, 'catalogue', 'calendar', ...words], {
      env: { PATH: process.env['PATH'], LANG: 'C', ...doneBefore },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [out, err] = ['', ''];
    child.stdout.on('data', (data: Buffer) => (out += data.toString()));
    child.stderr.on('data', (data: Buffer) => (err += data.toString()));
    child.on('close', (exit) => resolve({ exit, out, err }));
  });

test('the table says which main versions come, and when what is announced on a day may change under each contract', async () => {
  const [english, norwegian] = await Promise.all([
    run('--announced', '2027-03-30'),
    run('--announced', '2027-03-31', '--lang', 'nb'),
  ]);
  assert.deepEqual([english.exit, english.err], [0, '']);
  assert.match(english.out, /^1 +2027-03-31 +2026-11-22\b/m);
  assert.match(english.out, /announced on 2027-03-30 23:59:59 may change/);
  assert.match(english.out, /^production +breaking +2028-03-31 +2027-10-01$/m);
  assert.match(english.out, /^beta +breaking +2027-04-13 23:59:59 +2027-04-13 23:59:59$/m);
  assert.match(english.out, /^experimental +breaking +2027-03-30 23:59:59 /m);
  assert.doesNotMatch(english.out, /^3 /m);
  // One day later the main version has come, and there is another year to wait.
  assert.match(norwegian.out, /^production +breaking +2029-03-31 +2027-10-01$/m);
  assert.match(norwegian.out, /^3 +2029-03-31 +2028-03-31 +tidligst; dagen er ikke satt$/m);
});

test('programs get the same as JSON, and calendars as iCalendar', async () => {
  const [json, ics] = await Promise.all([run('--announced', '2027-03-30T23:59:59.5+02:00', '--json'), run('--ics')]);
  assert.equal(json.exit, 2);
  assert.match(json.err, /is no day and no moment/);
  const right = await run('--announced', '2027-03-30T23:59:59+02:00', '--json');
  const { releases, announced, earliest } = JSON.parse(right.out) as {
    readonly releases: readonly { readonly version: number; readonly at: string }[];
    readonly announced: string;
    readonly earliest: readonly { readonly policy: string; readonly contract: string; readonly at: string }[];
  };
  assert.equal(announced, '2027-03-30T21:59:59Z');
  assert.equal(releases.find(({ version }) => version === 1)?.at, '2027-03-30T22:00:00Z');
  assert.deepEqual(
    earliest.filter(({ contract }) => contract === 'beta').map(({ policy, at }) => `${policy} ${at}`),
    ['sikt 2027-04-13T21:59:59Z', 'flyt 2027-04-13T21:59:59Z'],
  );
  assert.equal(ics.exit, 0);
  assert.match(ics.out, /^BEGIN:VCALENDAR\r\n[^]*UID:release-1@catalogue\.bindeledd\r\n[^]*END:VCALENDAR\r\n$/);
});

test('a day that is none is wrong use, and the hint says how to write one', async () => {
  const runs = await Promise.all(
    ['2027-02-30', '30.03.2027', '2027-03-30T25:00Z', '9999-12-31'].map((day) => run('--announced', day)),
  );
  for (const { exit, err, out } of runs) {
    assert.deepEqual([exit, out], [2, '']);
    assert.match(err, /is no day and no moment\.\nWrite 2027-03-30/);
  }
});

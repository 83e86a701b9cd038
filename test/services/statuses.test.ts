// The one table of statuses of the services of XML: a code is one thing in all of them, the guides say what it is, and every problem has one.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { errorTable, problem, type ErrorCode } from '#base/errors.ts';
import { statusOf } from '#http/problem.ts';
import { placesOf, saidOf, statusOfProblem, statusTable, toldAs, type StatusName } from '#services/statuses.ts';
import { handledOfWrite, statusOfWritten } from '#services/written-status.ts';
import type { TableWritten } from '#tables/table.ts';
import { golden } from '../golden.ts';

const rows = Object.entries(statusTable) as readonly (readonly [StatusName, (typeof statusTable)[StatusName]])[];

test('the table is as it was, and no code stands for two things', () => {
  const lines = rows.map(([, { code, http, of, words }]) => [code, http, of, words.nb, words.en].join('\t'));
  golden('services/statuses.tsv', `kode\thttp\tof\tnb\ten\n${lines.join('\n')}\n`);
  const codes = rows.map(([, { code }]) => code);
  assert.equal(new Set(codes).size, codes.length);
  assert.deepEqual([statusTable.ok.code, statusTable.waiting.code, statusTable.rejected.code], [0, 10, 11]);
});

/** What only services say that write, and what only one says. */
const ofWrites: ReadonlySet<StatusName> = new Set([
  'waiting', 'rejected', 'failed', 'expired', 'several', 'taken', 'absent', 'conflict', 'unwritten', 'value', 'readOnly', 'missing', 'fixed', 'media',
]); // prettier-ignore

for (const [guide, says] of [
  ['fsws-bas', (name: StatusName) => name !== 'noStay'],
  ['fsws-studrapp', () => true],
  [
    'fsws-studinfo2',
    (name: StatusName) => !['ok', 'noStay'].includes(name) && (!ofWrites.has(name) || name === 'media'),
  ],
  ['fsws-bris', (name: StatusName) => !['ok', 'noStay', 'many'].includes(name) && !ofWrites.has(name)],
] as const)
  test(`the guide of ${guide} has the statuses that it says, as they are`, () => {
    const text = readFileSync(new URL(`../../docs/how-to/${guide}.md`, import.meta.url), 'utf8');
    const expected: readonly string[] = rows
      .filter(([name, { of }]) => of !== 'tables' && says(name))
      .map(([, { code, http, words }]) => `| ${code} | ${http} | ${words.en} |`);
    assert.ok(expected.length > 12);
    assert.deepEqual(text.match(/^\| \d+ \| \d{3} \| [^|]+ \|/gm), expected);
  });

test('a problem has a status, of the same class of HTTP', () => {
  for (const code of Object.keys(errorTable) as readonly ErrorCode[]) {
    const http = statusOf[code];
    const name = statusOfProblem(problem(code, 'x'), http);
    const told = statusTable[name];
    assert.notEqual(told.of, 'tables', code);
    if (name !== 'other') assert.equal(Math.floor(told.http / 100), http === 400 && name === 'slow' ? 5 : Math.floor(http / 100), `${code} ${name}`); // prettier-ignore
    // Over SOAP the status of HTTP says nothing.
    assert.equal(statusOfProblem(problem(code, 'x'), 500), name, code);
  }
  assert.equal(statusOfProblem(problem('HUB-104', 'x'), 406), 'accept');
  assert.equal(statusOfProblem(problem('HUB-106', 'x'), 503), 'slow');
  assert.equal(statusOfProblem(problem('HUB-106', 'x'), 408), 'late');
});

test('a problem has the same status in the service of tables, where that says it', () => {
  for (const code of Object.keys(errorTable) as readonly ErrorCode[])
    for (const http of [statusOf[code], 503]) {
      const name = statusOfProblem(problem(code, 'x'), http);
      const told = statusOfProblem(problem(code, 'x'), http, 'tables');
      assert.notEqual(statusTable[told].of, 'operations', code);
      if (name !== 'none' && statusTable[name].of === 'all') assert.equal(told, name, `${code} ${http}`);
      else assert.equal(told, name === 'none' ? 'address' : 'other', `${code} ${http}`);
    }
});

test('what was said of a problem counts, and what is wrong with it stays beside', () => {
  const places = [{ at: '/epost', message: 'is wrong' }];
  const told = toldAs(problem('HUB-409', 'x', { errors: places }), 'several');
  assert.equal(statusOfProblem(told, 409), 'several');
  assert.deepEqual(placesOf(told), places);
  assert.deepEqual(placesOf({ errors: places }), places);
  assert.equal(saidOf({ errors: [{ at: 'Status/nothing', message: '' }] }), null);
  assert.equal(saidOf({}), null);
});

test('what became of a write is told with the same code in every service', () => {
  const written: readonly TableWritten[] = [
    { kind: 'written', parts: [] },
    { kind: 'would-write' },
    { kind: 'waiting', id: 'r1', retryAfter: 3 },
    { kind: 'rejected', state: 'conflict', message: 'No.' },
    { kind: 'rejected', state: 'rejected', message: '' },
    { kind: 'rejected', state: 'failed', message: '' },
    { kind: 'rejected', state: 'expired', message: '' },
    { kind: 'refused', problem: problem('HUB-612', 'x') },
    { kind: 'refused', problem: problem('HUB-415', 'x', { errors: [{ at: '/a', message: 'has to be given' }] }) },
    { kind: 'refused', problem: problem('HUB-415', 'x', { errors: [{ at: '/a', message: 'is odd' }] }) },
    { kind: 'refused', problem: problem('HUB-412', 'x') },
    { kind: 'refused', problem: problem('HUB-400', 'x') },
    { kind: 'refused', problem: problem('HUB-107', 'x') },
    { kind: 'refused', problem: problem('HUB-121', 'x') },
  ];
  const names = written.map((one) => {
    const handled = handledOfWrite(one);
    if (handled.kind === 'done') return handled.status;
    assert.ok(handled.kind === 'problem');
    return statusOfProblem(handled.problem, 500);
  });
  assert.deepEqual(
    names,
    written.map((one) => statusOfWritten(one).name),
  );
  assert.deepEqual(names, [
    'ok', 'ok', 'waiting', 'conflict', 'rejected', 'failed', 'expired', 'taken', 'missing', 'value', 'conflict', 'denied', 'quota', 'slow',
  ]); // prettier-ignore
  for (const one of written) {
    if (one.kind !== 'rejected') continue;
    assert.equal(statusOfWritten(one).about?.nb, one.message === '' ? undefined : one.message);
    const handled = handledOfWrite(one);
    assert.ok(handled.kind === 'problem' && handled.problem.detail !== '');
  }
  // What may not be written and what is not there are one answer.
  const missing = handledOfWrite({ kind: 'missing' });
  assert.ok(missing.kind === 'problem' && missing.problem.code === 'HUB-204');
});

test('what an application may not write is told as that: columns by their names, and what nobody may write', () => {
  const unseen = { message: 'may not be written by this application', code: 'HUB-614' } as const;
  const columns = problem('HUB-415', 'x', {
    errors: [
      { at: '/Navn', ...unseen },
      { at: '/Kode', message: 'is odd', code: 'HUB-611' },
      { at: '/Farge', ...unseen },
    ],
  });
  const told = statusOfWritten({ kind: 'refused', problem: columns });
  assert.deepEqual([told.name, told.about?.en], ['denied', 'Navn, Farge']);
  const handled = handledOfWrite({ kind: 'refused', problem: columns });
  assert.ok(handled.kind === 'problem');
  assert.deepEqual([statusOfProblem(handled.problem, 500), placesOf(handled.problem)], ['denied', columns.errors]);
  const closed = problem('HUB-105', 'x');
  assert.equal(statusOfWritten({ kind: 'refused', problem: closed }).name, 'unwritten');
  const over = handledOfWrite({ kind: 'refused', problem: closed });
  assert.equal(over.kind === 'problem' && statusOfProblem(over.problem, 500), 'unwritten');
  const gone = handledOfWrite({ kind: 'refused', problem: problem('HUB-204', 'x') });
  assert.equal(gone.kind === 'problem' && statusOfProblem(gone.problem, 500), 'none');
});

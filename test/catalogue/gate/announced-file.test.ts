// Coordinates that stand in others, and announcements as a hub gives them away.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readAnnouncements } from '#catalogue/gate/announced-file.ts';
import { aroundPart, covers } from '#catalogue/gate/coordinates.ts';

test('what a part stands in, from the inside outwards', () => {
  const rows: readonly (readonly string[])[] = [
    ['*'],
    ['Type', '*'],
    ['Type.field', 'Type', '*'],
    ['Type.field(argument:)', 'Type.field', 'Type', '*'],
    ['GET /a.b/{id}', '*'],
    ['GET /a?size', 'GET /a', '*'],
    ['GET /a >', 'GET /a', '*'],
    ['GET /a > b.c', 'GET /a > b', 'GET /a >', 'GET /a', '*'],
    ['GET /a.b < 200 b.c', 'GET /a.b < 200 b', 'GET /a.b < 200', 'GET /a.b', '*'],
    ['pupil.gone', 'pupil', '*'],
    ['school/Pupil.name', 'school/Pupil', 'school', '*'],
    ['pupil/name/@language', 'pupil/name', 'pupil', '*'],
  ];
  for (const row of rows) assert.deepEqual(aroundPart(row[0] ?? ''), row);
  assert.deepEqual(
    [covers('GET /a', 'GET /a?size'), covers('GET /a', 'GET /ab'), covers('Type', 'Types.field'), covers('*', 'Type')],
    [true, false, false, true],
  );
});

const change = {
  id: 'born-goes',
  api: 'school',
  coordinates: ['Pupil.born'],
  kind: 'breaking',
  text: { nb: 'Født blir borte.', en: 'Born goes.' },
  announcedAt: '2026-11-20T09:00:00+01:00',
  planned: { at: 1_900_000_000_000 },
};
const read = (value: unknown): string => {
  const found = readAnnouncements(typeof value === 'string' ? value : JSON.stringify(value));
  return found.ok ? found.value.map(({ id, announcedAt }) => `${id} ${announcedAt}`).join() : found.problem.detail;
};

test('announcements are a list of changes, or of entries with one each', () => {
  const taken = `born-goes ${Date.parse(change.announcedAt)}`;
  assert.equal(read([change]), taken);
  assert.equal(read({ items: [change] }), taken);
  assert.equal(read({ items: [{ change, lawfulAt: 0, withdrawn: null, reminded: [] }] }), taken);
  assert.equal(read([{ ...change, announcedAt: null, planned: { release: 2 } }]), 'born-goes null');
  assert.equal(
    read([
      { change, withdrawn: { at: 1, reason: 'It stays.' } },
      { ...change, state: 'withdrawn' },
    ]),
    '',
  );
});

test('the lists that a hub gives to everybody and to administrators are read alike', () => {
  const gone = { nb: 'Ingen brukte det.', en: 'Nobody used it.' };
  const given = { ...change, planned: { at: '2027-05-23' }, withoutReplacement: gone, doneAt: '2027-05-24T00:00:00Z' };
  const { announcedAt, doneAt, ...others } = given;
  const shown = { ...others, announced: announcedAt, done: doneAt, planned: { day: '2027-05-23' } };
  const [admin, everybody] = [{ items: [given] }, { version: 0, changes: [shown] }].map((value) =>
    readAnnouncements(JSON.stringify(value)),
  );
  assert.ok(admin?.ok && everybody?.ok);
  assert.deepEqual(admin.value, everybody.value);
  const [one] = admin.value;
  assert.deepEqual([one?.planned, one?.withoutReplacement], [{ at: Date.parse('2027-05-22T22:00:00Z') }, gone]);
});

test('what is no announcement is refused, and the refusal says which', () => {
  assert.equal(read('{'), 'The file of announcements is not JSON.');
  assert.equal(read({}), 'The file of announcements holds neither a list nor `items` or `changes`.');
  for (const wrong of [{}, { ...change, kind: 'grave' }, { ...change, coordinates: [] }, { ...change, planned: {} }])
    assert.equal(read([change, wrong]), 'Item 2 of the file of announcements is no change.');
});

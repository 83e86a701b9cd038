// Calendars as RFC 5545 wants them: escaping, folding by bytes without cutting a letter, times in UTC.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { writeCalendar, type CalendarEntry } from '#apis/flyt-skole/reads/calendar.ts';
import { schoolYearOn } from '#apis/flyt-skole/reads/metadata.ts';
import { weeksOf } from '#apis/flyt-skole/reads/timetables.ts';
import { civilDateOf, inNorway } from '#mappings/converters.ts';

const lesson: CalendarEntry = {
  id: 'abc@bindeledd',
  start: Date.parse('2026-08-24T06:30:00Z'),
  end: Date.parse('2026-08-24T07:30:00Z'),
  title: 'Norsk',
  location: 'Rom 101',
  description: null,
  cancelled: false,
};

const linesOf = (entry: Partial<CalendarEntry>): readonly string[] =>
  writeCalendar('Timeplan', [{ ...lesson, ...entry }], Date.parse('2026-08-20T10:00:00Z'))
    .replaceAll('\r\n ', '')
    .split('\r\n');

describe('a calendar', () => {
  it('holds its lessons in UTC, with what has become of them', () => {
    const lines = linesOf({});
    assert.equal(lines[0], 'BEGIN:VCALENDAR');
    assert.deepEqual(lines.slice(lines.indexOf('BEGIN:VEVENT')), [
      'BEGIN:VEVENT',
      'UID:abc@bindeledd',
      'DTSTAMP:20260820T100000Z',
      'DTSTART:20260824T063000Z',
      'DTEND:20260824T073000Z',
      'SUMMARY:Norsk',
      'LOCATION:Rom 101',
      'STATUS:CONFIRMED',
      'END:VEVENT',
      'END:VCALENDAR',
      '',
    ]);
    assert.ok(linesOf({ cancelled: true }).includes('STATUS:CANCELLED'));
  });

  it('escapes what would end a text or a line', () => {
    const lines = linesOf({ title: 'a,b;c\\d\ne\r\nf\u0007', description: 'BEGIN:VEVENT\nEND:VCALENDAR' });
    assert.ok(lines.includes('SUMMARY:a\\,b\\;c\\\\d\\ne\\nf '));
    assert.ok(lines.includes('DESCRIPTION:BEGIN:VEVENT\\nEND:VCALENDAR'));
  });

  it('folds long lines at 75 bytes and cuts no letter in two', () => {
    const title = 'blåbærøl 🎺 '.repeat(30);
    const text = writeCalendar('Timeplan', [{ ...lesson, title }], 0);
    for (const line of text.split('\r\n')) {
      assert.ok(Buffer.byteLength(line) <= 75, line);
      assert.equal(line.isWellFormed(), true);
    }
    assert.ok(text.replaceAll('\r\n ', '').includes(`SUMMARY:${title}`));
  });
});

describe('civil time', () => {
  it('is that of Norway, in summer and in winter', () => {
    assert.equal(inNorway(Date.parse('2026-08-24T06:30:00Z')), '2026-08-24T08:30:00+02:00');
    assert.equal(inNorway(Date.parse('2026-11-02T07:30:00Z')), '2026-11-02T08:30:00+01:00');
    assert.equal(inNorway(Date.parse('2026-10-25T00:59:59Z')), '2026-10-25T02:59:59+02:00');
    assert.equal(inNorway(Date.parse('2026-10-25T01:00:00Z')), '2026-10-25T02:00:00+01:00');
  });

  it('has the date that a source meant: its noon, or the midnight with which the day begins', () => {
    assert.equal(civilDateOf('2026-08-01T12:00:00Z'), '2026-08-01');
    assert.equal(civilDateOf('2026-07-31T22:00:00Z'), '2026-08-01');
    assert.equal(civilDateOf('2026-12-31T23:00:00Z'), '2027-01-01');
    assert.equal(civilDateOf('2026-08-01'), '2026-08-01');
    assert.equal(civilDateOf('soon'), undefined);
  });

  it('turns the school year on the first of August', () => {
    assert.equal(schoolYearOn('2026-07-31'), '2025/2026');
    assert.equal(schoolYearOn('2026-08-01'), '2026/2027');
    assert.equal(schoolYearOn('2027-01-01'), '2026/2027');
  });

  it('names weeks after ISO 8601, across the turn of a year', () => {
    assert.deepEqual(weeksOf('2026-12-28', '2027-01-04'), ['2026-W53', '2027-W01']);
    assert.deepEqual(weeksOf('2027-12-31', '2028-01-03'), ['2027-W52', '2028-W01']);
  });
});

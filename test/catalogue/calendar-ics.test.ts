// The catalogue's dates as iCalendar: read back by the rules of RFC 5545, the same for the same data, and in three languages.
import assert from 'node:assert/strict';
import test from 'node:test';
import * as fc from 'fast-check';
import { startOfDay, type CalendarRelease } from '#catalogue/calendar.ts';
import { writeCatalogueCalendar, type CalendarInput } from '#catalogue/calendar-ics.ts';
import type { Change } from '#catalogue/contract.ts';
import { policies } from '#catalogue/policies.ts';

const releases: readonly CalendarRelease[] = [
  { version: 0, at: startOfDay('2026-11-22'), dated: true },
  { version: 1, at: startOfDay('2027-03-31'), dated: true },
  { version: 2, at: startOfDay('2028-03-31'), dated: false },
];

const change: Change = {
  id: 'course-name',
  api: 'courses',
  coordinates: ['Course.name'],
  kind: 'breaking',
  text: { nb: 'Navnet går ut', en: 'The name goes' },
  migration: { nb: 'Bruk title', en: 'Use title' },
  replacement: 'Course.title',
  withoutReplacement: null,
  announcedAt: startOfDay('2026-12-01'),
  planned: { release: 2 },
  emergency: null,
  doneAt: null,
};

const input = (changes: readonly Partial<Change>[], more: Partial<CalendarInput> = {}): CalendarInput => ({
  name: { nb: 'Katalogen', en: 'The catalogue' },
  releases,
  changes: changes.map((one) => ({ ...change, ...one })),
  rules: {
    releases: releases.slice(0, 2),
    policyOf: () => policies.sikt,
    statusOf: (_, coordinate) => (coordinate === 'Course.beta' ? 'beta' : 'production'),
  },
  language: 'en',
  ...more,
});

type Component = { readonly [name: string]: string };

const unescaped = (text: string): string =>
  text.replaceAll(/\\([\\;,nN])/g, (_, sign: string) => (sign.toLowerCase() === 'n' ? '\n' : sign));

/** Reads a calendar and fails on whatever the form does not allow; gives its own properties and those of its entries. */
const read = (text: string): { readonly calendar: Component; readonly entries: readonly Component[] } => {
  assert.ok(text.endsWith('\r\n'));
  for (const line of text.slice(0, -2).split('\r\n')) {
    assert.ok(Buffer.byteLength(line) <= 75, line);
    assert.doesNotMatch(line, /\p{Cc}/u);
  }
  const lines = text.replaceAll('\r\n ', '').slice(0, -2).split('\r\n');
  assert.equal(lines.shift(), 'BEGIN:VCALENDAR');
  assert.equal(lines.pop(), 'END:VCALENDAR');
  const calendar: Record<string, string> = {};
  const entries: Record<string, string>[] = [];
  let open: Record<string, string> | null = null;
  for (const line of lines) {
    const [, name, value] = /^([A-Z-]+(?:;[A-Z-]+=[A-Z-]+)*):(.*)$/u.exec(line) ?? assert.fail(line);
    assert.ok(name !== undefined && value !== undefined);
    if (name === 'BEGIN') {
      assert.deepEqual([open, value], [null, 'VEVENT']);
      entries.push((open = {}));
    } else if (name === 'END') {
      assert.ok(open !== null && value === 'VEVENT');
      assert.ok(open['UID'] !== undefined && /^\d{8}T\d{6}Z$/.test(open['DTSTAMP'] ?? ''), line);
      open = null;
    } else {
      const target: Record<string, string> = open ?? calendar;
      assert.ok(!Object.hasOwn(target, name), `${name} stands twice`);
      target[name] = unescaped(value);
    }
  }
  assert.equal(open, null);
  assert.equal(new Set(entries.map((one) => one['UID'])).size, entries.length);
  return { calendar, entries };
};

const entriesOf = (...changes: readonly Partial<Change>[]): readonly string[] =>
  read(writeCatalogueCalendar(input(changes)))
    .entries.filter((one) => one['CATEGORIES'] !== undefined)
    .map((one) => `${one['DTSTART;VALUE=DATE'] ?? one['DTSTART']} ${one['SUMMARY']}`);

test('main versions stand on their days, tentative until somebody has set them, with the last day on which to announce', () => {
  const { calendar, entries } = read(writeCatalogueCalendar(input([])));
  assert.equal(calendar['VERSION'], '2.0');
  assert.equal(calendar['NAME'], 'The catalogue');
  assert.deepEqual(
    entries.map((one) => [one['UID'], one['DTSTART;VALUE=DATE'], one['SUMMARY'], one['STATUS']]),
    [
      ['release-0@catalogue.bindeledd', '20261122', 'API catalogue: preview', 'CONFIRMED'],
      ['release-1@catalogue.bindeledd', '20270331', 'API catalogue: main version 1', 'CONFIRMED'],
      ['release-2@catalogue.bindeledd', '20280331', 'API catalogue: main version 2', 'TENTATIVE'],
      [
        'announce-for-release-2@catalogue.bindeledd',
        '20270330',
        'Last day to announce what changes with main version 2',
        'CONFIRMED',
      ],
    ],
  );
});

test('what is announced stands on the first day on which it may change, or to the second where hours are counted', () => {
  assert.deepEqual(entriesOf({}), ['20280331 Changes at the earliest: courses Course.name']);
  assert.deepEqual(entriesOf({ announcedAt: null }), []);
  const told = { coordinates: ['Course.beta', 'Course.size'], announcedAt: Date.parse('2026-12-01T12:00:05Z') };
  assert.deepEqual(entriesOf({ ...told, kind: 'dangerous', planned: { at: 0 } }), [
    '20261215T120005Z Changes at the earliest: courses Course.beta …',
  ]);
  // It is planned for later than it would be lawful.
  assert.deepEqual(entriesOf({ planned: { release: 3 } }), [
    '20290331 Changes at the earliest: courses Course.name',
    '20280331 Notice ends: courses Course.name',
  ]);
  assert.deepEqual(entriesOf({ coordinates: ['*'], doneAt: startOfDay('2028-04-02') }), ['20280402 Changed: courses']);
});

test('an entry says what changes, what to do and what takes its place, in the language that was asked for', () => {
  const [entry] = read(writeCatalogueCalendar(input([{}], { releases: [] }))).entries;
  assert.equal(entry?.['DESCRIPTION'], 'The name goes\n\nUse title\n\n→ Course.title');
  assert.equal(entry?.['DTSTAMP'], '20261130T230000Z');
  assert.equal(entry?.['UID'], 'change-course-name-effect@catalogue.bindeledd');
  const norwegian = writeCatalogueCalendar(input([{}], { language: 'nn' }));
  assert.match(norwegian, /SUMMARY:API-katalogen: hovudversjon 1\r\n/);
  // There is no nynorsk, so bokmål it is.
  assert.match(norwegian, /DESCRIPTION:Navnet går ut\\n/);
  assert.match(writeCatalogueCalendar(input([{}], { language: 'nb' })), /SUMMARY:Siste dag å varsle det som endres/);
});

/** A text as a calendar can hold it. */
const known = (text: string): string => text.replaceAll(/\r\n?/g, '\n').replaceAll(/(?!\n)\p{Cc}/gu, ' ');

test('whatever stands in texts, the calendar holds it and nothing else comes of it', () => {
  const texts = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 200 }),
    fc.constantFrom('a\r\nEND:VEVENT\r\nBEGIN:VEVENT', 'blåbærøl 🎺 '.repeat(30), '\\n;,:"', 'x'.repeat(75)),
  );
  fc.assert(
    fc.property(texts, texts, (text, name) => {
      const written = writeCatalogueCalendar(
        input([{ text: { nb: text, en: text }, coordinates: [name], replacement: null, migration: null }]),
      );
      const { entries } = read(written);
      assert.equal(entries.length, 5);
      assert.equal(entries.at(-1)?.['DESCRIPTION'], known(text));
      assert.equal(
        entries.at(-1)?.['SUMMARY'],
        `Changes at the earliest: courses${name === '*' ? '' : ` ${known(name)}`}`,
      );
      assert.equal(
        written,
        writeCatalogueCalendar(
          input([{ text: { nb: text, en: text }, coordinates: [name], replacement: null, migration: null }]),
        ),
      );
    }),
  );
});

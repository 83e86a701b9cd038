// Writes lessons as a calendar (iCalendar, RFC 5545). Times are instants in UTC, so that no time zone has to come along. Called by timetables.ts; pure.

/** One entry. Times are epoch ms. */
export type CalendarEntry = {
  /** The same whenever the lesson is told. */
  readonly id: string;
  readonly start: number;
  readonly end: number;
  readonly title: string;
  readonly location: string | null;
  readonly description: string | null;
  readonly cancelled: boolean;
};

/** Backslash, semicolon, comma and line breaks (3.3.11); other control characters have no place in a text. */
const escaped = (text: string): string =>
  text
    .replaceAll(/\r\n?/g, '\n')
    .replaceAll(/(?!\n)\p{Cc}/gu, ' ')
    .replaceAll(/[\\;,]/g, (sign) => `\\${sign}`)
    .replaceAll('\n', '\\n');

const lineBytes = 75;

/** No line is longer than 75 bytes; the rest goes on after a space, and no letter is cut in two (3.1). */
const folded = (line: string): string => {
  if (Buffer.byteLength(line) <= lineBytes) return line;
  let out = '';
  let room = lineBytes;
  for (const letter of line) {
    const bytes = Buffer.byteLength(letter);
    if (bytes > room) {
      out += '\r\n ';
      room = lineBytes - 1;
    }
    out += letter;
    room -= bytes;
  }
  return out;
};

const utc = (ms: number): string => new Date(ms).toISOString().replaceAll(/[-:]|\.\d{3}/g, '');

const entryLines = (entry: CalendarEntry, stamp: string): readonly string[] => [
  'BEGIN:VEVENT',
  `UID:${escaped(entry.id)}`,
  `DTSTAMP:${stamp}`,
  `DTSTART:${utc(entry.start)}`,
  `DTEND:${utc(entry.end)}`,
  `SUMMARY:${escaped(entry.title)}`,
  ...(entry.location === null ? [] : [`LOCATION:${escaped(entry.location)}`]),
  ...(entry.description === null ? [] : [`DESCRIPTION:${escaped(entry.description)}`]),
  `STATUS:${entry.cancelled ? 'CANCELLED' : 'CONFIRMED'}`,
  'END:VEVENT',
];

/** The calendar as text. `stamp` (epoch ms) says when it was made; the same lessons at the same stamp give the same text. */
export const writeCalendar = (name: string, entries: readonly CalendarEntry[], stamp: number): string =>
  [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//Bindeledd//Timetable//NO',
    'CALSCALE:GREGORIAN',
    'METHOD:PUBLISH',
    `X-WR-CALNAME:${escaped(name)}`,
    'X-WR-TIMEZONE:Europe/Oslo',
    ...entries.flatMap((entry) => entryLines(entry, utc(stamp))),
    'END:VCALENDAR',
  ]
    .map((line) => `${folded(line)}\r\n`)
    .join('');

// Writes lessons as a calendar (iCalendar, RFC 5545). Times are instants in UTC, so that no time zone has to come along. Called by timetables.ts; pure.
import { calendarLines, calendarMoment, calendarText } from '#base/icalendar.ts';

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

const entryLines = (entry: CalendarEntry, stamp: string): readonly string[] => [
  'BEGIN:VEVENT',
  `UID:${calendarText(entry.id)}`,
  `DTSTAMP:${stamp}`,
  `DTSTART:${calendarMoment(entry.start)}`,
  `DTEND:${calendarMoment(entry.end)}`,
  `SUMMARY:${calendarText(entry.title)}`,
  ...(entry.location === null ? [] : [`LOCATION:${calendarText(entry.location)}`]),
  ...(entry.description === null ? [] : [`DESCRIPTION:${calendarText(entry.description)}`]),
  `STATUS:${entry.cancelled ? 'CANCELLED' : 'CONFIRMED'}`,
  'END:VEVENT',
];

/** The calendar as text. `stamp` (epoch ms) says when it was made; the same lessons at the same stamp give the same text. */
export const writeCalendar = (name: string, entries: readonly CalendarEntry[], stamp: number): string =>
  calendarLines([
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//Bindeledd//Timetable//NO',
    'CALSCALE:GREGORIAN',
    'METHOD:PUBLISH',
    `X-WR-CALNAME:${calendarText(name)}`,
    'X-WR-TIMEZONE:Europe/Oslo',
    ...entries.flatMap((entry) => entryLines(entry, calendarMoment(stamp))),
    'END:VCALENDAR',
  ]);

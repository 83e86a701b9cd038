// The dates of the catalogue as a calendar that people subscribe to (iCalendar, RFC 5545): main versions, until when one announces for them, and when what is announced
// may take effect. Called by the command line and by whatever serves it; pure, and the same for the same data.
import { civilDay } from '#base/clock.ts';
import { calendarLines, calendarMoment, calendarText } from '#base/icalendar.ts';
import { announceBefore, type CalendarRelease } from './calendar.ts';
import { dueAt, lawfulFrom, type ChangeRules } from './change-log.ts';
import type { Change, Words } from './contract.ts';

export type CalendarInput = {
  readonly name: Words;
  /** In order; those that have no date yet stand as tentative. */
  readonly releases: readonly CalendarRelease[];
  /** Drafts among them are left out. */
  readonly changes: readonly Change[];
  readonly rules: ChangeRules;
  readonly language: 'nb' | 'nn' | 'en';
};

type Entry = {
  /** The same whenever the same thing is told, whatever its day. */
  readonly id: string;
  /** When that was said which the entry tells. */
  readonly stamp: number;
  readonly at: number;
  readonly title: Words;
  readonly text: string | null;
  readonly api: string | null;
  readonly tentative: boolean;
};

/** Writes the calendar. */
export const writeCatalogueCalendar = (input: CalendarInput): string => {
  const say = (words: Words): string => inLanguage(words, input.language);
  const entries = [
    ...input.releases.flatMap((release) => releaseEntries(release, input)),
    ...input.changes.flatMap((change) => changeEntries(change, input)),
  ];
  return calendarLines([
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//Bindeledd//API catalogue//NO',
    'CALSCALE:GREGORIAN',
    'METHOD:PUBLISH',
    `NAME:${calendarText(say(input.name))}`,
    `X-WR-CALNAME:${calendarText(say(input.name))}`,
    'X-WR-TIMEZONE:Europe/Oslo',
    'REFRESH-INTERVAL;VALUE=DURATION:P1D',
    ...entries.flatMap((entry) => entryLines(entry, say)),
    'END:VCALENDAR',
  ]);
};

/** A text in a language; bokmål where there is no nynorsk. */
const inLanguage = ({ nb, nn = nb, en }: Words, language: CalendarInput['language']): string =>
  ({ nb, nn, en })[language];

const releaseEntries = ({ version, at, dated }: CalendarRelease, { rules }: CalendarInput): readonly Entry[] => {
  const began = rules.releases[0]?.at ?? 0;
  // Nothing tells when a day was set; the calendar as a whole began with its first version.
  const common = { stamp: began, text: null, api: null, tentative: !dated };
  const before = announceBefore(rules.releases, version);
  return [
    {
      ...common,
      id: `release-${version}`,
      at,
      title:
        version === 0
          ? { nb: 'API-katalogen: forhåndsvisning', nn: 'API-katalogen: førehandsvising', en: 'API catalogue: preview' }
          : {
              nb: `API-katalogen: hovedversjon ${version}`,
              nn: `API-katalogen: hovudversjon ${version}`,
              en: `API catalogue: main version ${version}`,
            },
    },
    // Before the first there was nothing that could change.
    ...(before === null || before <= began
      ? []
      : [
          {
            ...common,
            id: `announce-for-release-${version}`,
            at: civilDay(before - 1).from,
            tentative: rules.releases.every((one) => one.version !== version - 1),
            title: {
              nb: `Siste dag å varsle det som endres med hovedversjon ${version}`,
              nn: `Siste dag å varsle det som blir endra med hovudversjon ${version}`,
              en: `Last day to announce what changes with main version ${version}`,
            },
          },
        ]),
  ];
};

const changeEntries = (change: Change, { rules, language }: CalendarInput): readonly Entry[] => {
  const due = dueAt(change, rules);
  if (change.announcedAt === null || due === null) return [];
  const names = change.coordinates.map((coordinate) =>
    coordinate === '*' ? change.api : `${change.api} ${coordinate}`,
  );
  const [what = change.api] = names;
  const name = names.length > 1 ? `${what} …` : what;
  const text = [
    inLanguage(change.text, language),
    ...(change.migration === null ? [] : [inLanguage(change.migration, language)]),
    ...(change.replacement === null ? [] : [`→ ${change.replacement}`]),
    ...(names.length > 1 ? [names.join('\n')] : []),
  ].join('\n\n');
  const entry = (id: string, at: number, title: Words): Entry => ({
    id: `change-${change.id}-${id}`,
    stamp: change.doneAt ?? change.announcedAt ?? 0,
    at,
    title,
    text,
    api: change.api,
    tentative: false,
  });
  if (change.doneAt !== null)
    return [entry('effect', change.doneAt, { nb: `Endret: ${name}`, nn: `Endra: ${name}`, en: `Changed: ${name}` })];
  const lawful = lawfulFrom(change, rules);
  return [
    entry('effect', due, {
      nb: `Endres tidligst: ${name}`,
      nn: `Blir endra tidlegast: ${name}`,
      en: `Changes at the earliest: ${name}`,
    }),
    ...(lawful === null || lawful === due || lawful === change.announcedAt
      ? []
      : [
          entry('notice', lawful, {
            nb: `Varselet er ute: ${name}`,
            nn: `Varselet er ute: ${name}`,
            en: `Notice ends: ${name}`,
          }),
        ]),
  ];
};

const entryLines = (entry: Entry, say: (words: Words) => string): readonly string[] => {
  const { date, from } = civilDay(entry.at);
  return [
    'BEGIN:VEVENT',
    `UID:${calendarText(entry.id)}@catalogue.bindeledd`,
    `DTSTAMP:${calendarMoment(entry.stamp)}`,
    // What comes at midnight has that day for its own.
    from === entry.at ? `DTSTART;VALUE=DATE:${date.replaceAll('-', '')}` : `DTSTART:${calendarMoment(entry.at)}`,
    `SUMMARY:${calendarText(say(entry.title))}`,
    ...(entry.text === null ? [] : [`DESCRIPTION:${calendarText(entry.text)}`]),
    ...(entry.api === null ? [] : [`CATEGORIES:${calendarText(entry.api)}`]),
    `STATUS:${entry.tentative ? 'TENTATIVE' : 'CONFIRMED'}`,
    'TRANSP:TRANSPARENT',
    'END:VEVENT',
  ];
};

// Times of day in Norway, for what happens every day at a time that people have set. Used by schedules.ts; pure.
import { civilDay, dayMs } from '#base/clock.ts';

export const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Weekday = (typeof weekdays)[number];

/** `HH:MM`, 00:00 to 23:59. */
export const isTimeOfDay = (text: string): boolean => /^(?:[01]\d|2[0-3]):[0-5]\d$/.test(text);

const norway = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Oslo', hour: '2-digit', minute: '2-digit' });

/**
 * The first moment (epoch ms) after `after` at which clocks in Norway show the time on one of the days. A time that is left out in spring is the first
 * moment after it, one that comes twice in autumn is the first of the two.
 */
export const nextTime = (after: number, time: string, days: ReadonlySet<Weekday>): number => {
  const minutes = Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
  for (let at = after; ; at = civilDay(at).to) {
    const { date, from, to } = civilDay(at);
    if (!days.has(weekdayOf(date))) continue;
    const moment = momentOf(from, to, minutes);
    if (moment > after) return moment;
  }
};

const weekdayOf = (date: string): Weekday => {
  // The first of January 1970 was a Thursday.
  const day = (Math.floor(Date.parse(date) / dayMs) + 3) % 7;
  return weekdays[day] ?? 'mon';
};

const momentOf = (from: number, to: number, minutes: number): number => {
  const change = to - from - dayMs;
  const asIfUnchanged = from + minutes * 60_000;
  // On the two days on which clocks are changed, what they show tells whether it was before the time or after.
  return change === 0 || shown(asIfUnchanged) === minutes ? asIfUnchanged : laterThan(asIfUnchanged + change, minutes);
};

/** In the hour that is left out, clocks never show the time: the first moment that is later. */
const laterThan = (moment: number, minutes: number): number => {
  for (let at = moment; ; at += 60_000) if (shown(at) >= minutes) return at;
};

const shown = (at: number): number => {
  const [hour = '0', minute = '0'] = norway.format(at).split(':');
  return Number(hour) * 60 + Number(minute);
};

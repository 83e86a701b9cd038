// What the properties of the catalogue's rules are tried with: moments near and far from the edges of the calendar, and calendars that keep the rules.
import * as fc from 'fast-check';
import { firstReleaseMoment, startOfDay } from '#catalogue/calendar.ts';
import type { Release } from '#catalogue/contract.ts';

const seconds = (from: string, to: string): fc.Arbitrary<number> =>
  fc.integer({ min: Date.parse(from) / 1_000, max: Date.parse(to) / 1_000 }).map((at) => at * 1_000);

/** A moment of this century, to the second; many of them at, just before or just after a day on which a release may come. */
export const moments: fc.Arbitrary<number> = fc.oneof(
  seconds('2000-01-01', '2099-12-31'),
  fc
    .record({ year: fc.integer({ min: 2000, max: 2099 }), off: fc.integer({ min: -3, max: 3 }) })
    .map(({ year, off }) => firstReleaseMoment(year) + off * 1_000),
  fc
    .record({ year: fc.integer({ min: 2000, max: 2099 }), off: fc.integer({ min: -100, max: 100 }) })
    .map(({ year, off }) => firstReleaseMoment(year) + off * 3_600_000),
);

/** Releases in order, one a year on some day of spring, from some year on; with or without a preview before them. */
export const calendars: fc.Arbitrary<readonly Release[]> = fc
  .record({
    from: fc.integer({ min: 2000, max: 2090 }),
    days: fc.array(fc.integer({ min: 0, max: 91 }), { minLength: 1, maxLength: 8 }),
    first: fc.integer({ min: 1, max: 9 }),
    preview: fc.boolean(),
  })
  .map(({ from, days, first, preview }) => {
    const number = preview ? 1 : first;
    const releases = days.map((day, index) => ({
      version: number + index,
      at: startOfDay(new Date(Date.UTC(from + index, 2, 31 + day)).toISOString().slice(0, 10)),
    }));
    return preview ? [{ version: 0, at: startOfDay(`${from - 1}-11-22`) }, ...releases] : releases;
  });

// Days as whole numbers, for tables of many: 2026-08-01 as 20260801, 0 for an open end. Pure.
import type { RosterDate } from '#formats/roster.ts';

export const numberOfDay = (date: RosterDate | undefined): number =>
  date === undefined
    ? 0
    : Number(date.slice(0, 4)) * 10_000 + Number(date.slice(5, 7)) * 100 + Number(date.slice(8, 10));

/** Gives the days back, each as the same text. Made by whoever has a table, for as long as it is there. */
export const createDays = (): ((number: number) => RosterDate | undefined) => {
  const dates = new Map<number, RosterDate>();
  return (number) => {
    if (number === 0) return undefined;
    let date = dates.get(number);
    if (date === undefined) {
      const digits = String(number).padStart(8, '0');
      date = `${digits.slice(0, 4)}-${digits.slice(4, 6)}-${digits.slice(6)}`;
      dates.set(number, date);
    }
    return date;
  };
};

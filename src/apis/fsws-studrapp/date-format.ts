// Dates as senders write them, by the format that they name beside them: letters of Java's SimpleDateFormat for years, months and days, and what stands
// between. Called by what takes reports; pure.

const longest = 32;

/** What is taken when no format is named. */
export const plainFormat = 'yyyy-MM-dd';

/** The civil date `2026-08-15`; undefined for a format of other letters, for a text that does not follow it, and for a day that there is not. */
export const dateIn = (format: string, text: string): string | undefined => {
  if (format.length > longest || text.length > longest) return undefined;
  const read = patternOf(format);
  const found = read?.exec(text.trim())?.groups;
  if (found === undefined) return undefined;
  const { year = '', month = '', day = '' } = found;
  const date = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  const ms = Date.parse(`${date}T00:00:00Z`);
  return Number.isNaN(ms) || new Date(ms).toISOString().slice(0, 10) !== date ? undefined : date;
};

// A year has four digits always: with two nobody knows the century.
const letters: Readonly<Record<string, string>> = {
  yyyy: '(?<year>(?:19|20|21)\\d{2})',
  y: '(?<year>(?:19|20|21)\\d{2})',
  MM: '(?<month>\\d{2})',
  M: '(?<month>\\d{1,2})',
  dd: '(?<day>\\d{2})',
  d: '(?<day>\\d{1,2})',
};

/** Each of the three once, in any order. */
const patternOf = (format: string): RegExp | undefined => {
  const parts = format.trim().match(/([A-Za-z])\1*|[^A-Za-z]+/g) ?? [];
  const named = parts.filter((part) => /^[A-Za-z]/.test(part));
  const kinds = named.map((part) => part.charAt(0));
  if (kinds.length !== 3 || new Set(kinds).size !== 3 || named.some((part) => letters[part] === undefined))
    return undefined;
  const source = parts.map((part) => letters[part] ?? RegExp.escape(part)).join('');
  return new RegExp(`^${source}$`);
};

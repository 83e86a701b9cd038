// What every calendar of the hub is written with (iCalendar, RFC 5545): texts, moments and lines as that form wants them. Used by what writes timetables and the dates of
// the catalogue; knows no entry.

/** A text within a line: backslash, semicolon, comma and line breaks (3.3.11); other control characters have no place in a text. */
export const calendarText = (text: string): string =>
  text
    .replaceAll(/\r\n?/g, '\n')
    .replaceAll(/(?!\n)\p{Cc}/gu, ' ')
    .replaceAll(/[\\;,]/g, (sign) => `\\${sign}`)
    .replaceAll('\n', '\\n');

/** A moment (epoch ms) in UTC, so that no time zone has to come along. */
export const calendarMoment = (ms: number): string => new Date(ms).toISOString().replaceAll(/[-:]|\.\d{3}/g, '');

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

/** The calendar that lines make: folded, each with its end. */
export const calendarLines = (lines: readonly string[]): string => lines.map((line) => `${folded(line)}\r\n`).join('');

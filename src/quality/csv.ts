// Rows as text for spreadsheets and for programs: CSV by RFC 4180 and JSON lines. Called by the reports. Cells that a spreadsheet would run as a
// formula are made plain (trust facts C32).

export type Cell = string | number | boolean | null;

// What Excel, LibreOffice and Google Sheets take for the beginning of a formula, also after blanks that they leave out.
const formula = /^[\s]*[=+\-@\t\r]/;

const cell = (value: Cell): string => {
  if (value === null) return '';
  if (typeof value !== 'string') return String(value);
  const plain = formula.test(value) ? `'${value}` : value;
  return /[",\r\n;]/.test(plain) || plain !== value ? `"${plain.replaceAll('"', '""')}"` : plain;
};

/** Takes column names and rows, gives CSV with a head line; lines end with CR LF. Texts that look like a formula get an apostrophe in front. */
export const toCsv = (columns: readonly string[], rows: Iterable<Readonly<Record<string, Cell>>>): string => {
  let text = `${columns.map(cell).join(',')}\r\n`;
  for (const row of rows) text += `${columns.map((column) => cell(row[column] ?? null)).join(',')}\r\n`;
  return text;
};

/** One JSON object a line. */
export const toNdjson = (rows: Iterable<object>): string => {
  let text = '';
  for (const row of rows) text += `${JSON.stringify(row)}\n`;
  return text;
};

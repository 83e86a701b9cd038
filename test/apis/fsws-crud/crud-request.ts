// Requests of FSWS-CRUD as texts, and what stands in answers. Used by its tests, in process and over HTTP.

export type Columns = Readonly<Record<string, string | number>>;

export const namespace = 'http://fsws.usit.no/schemas/crud';

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

export const requestOf = (root: string, table: string, columns: Columns): string =>
  `<${root} xmlns="${namespace}"><${table}>${Object.entries(columns)
    .map(([name, value]) => `<${name}>${escaped(String(value))}</${name}>`)
    .join('')}</${table}></${root}>`;

export const roots = {
  select: 'doSelectRequest',
  selectMany: 'doSelectManyRequest',
  upsert: 'doUpsertRequest',
} as const;

/** Texts of a column, in the order of the rows. */
export const valuesOf = (text: string, column: string): readonly string[] =>
  [...text.matchAll(new RegExp(`<${column}>([^<]*)</${column}>`, 'g'))].map(([, value = '']) => value);

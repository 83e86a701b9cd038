// What the commands of administration share: what they give back, and how lists and tables are read and written. The command line wires them to
// flags and prints; they neither print nor read the environment.
import { problem, type ProblemItem } from '#base/errors.ts';
import { failed, type Failed } from '#base/result.ts';

/** A result for people and for programs. Both hold the same; the text ends without a line break. */
export type CommandOutput<Json = unknown> = { readonly text: string; readonly json: Json };

/** A failure that lists every parameter at fault. */
export const badParameters = (errors: readonly ProblemItem[]): Failed =>
  failed(problem('HUB-103', errors.map((error) => `${error.at}: ${error.message}`).join('; '), { errors }));

/** Splits values that were given as a list, with commas, or both. */
export const splitList = (values: readonly string[]): readonly string[] =>
  [...new Set(values.flatMap((value) => value.split(',')).map((value) => value.trim()))].filter(
    (value) => value !== '',
  );

/** Aligned columns under headings, or the sentence given when there are no rows. */
export const renderTable = (
  headings: readonly string[],
  rows: readonly (readonly string[])[],
  none: string,
): string => {
  if (rows.length === 0) return none;
  const widths = headings.map((heading, column) =>
    Math.max(heading.length, ...rows.map((row) => (row[column] ?? '').length)),
  );
  return [headings, ...rows]
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
};

/** Names and values below each other. */
export const renderFields = (fields: readonly (readonly [string, string])[]): string => {
  const width = Math.max(...fields.map(([name]) => name.length));
  return fields.map(([name, value]) => `${name.padEnd(width)}  ${value}`.trimEnd()).join('\n');
};

/** One value of an answer as a cell. */
export const cell = (value: unknown): string =>
  value === undefined || value === null ? '-' : typeof value === 'object' ? JSON.stringify(value) : String(value);

// What the commands of the platform share: what they are given, what they give back, and how a decision is recorded. The command line wires
// them to flags and prints; they neither print nor read the environment.
import type { Clock } from '#base/clock.ts';
import { problem, type ProblemItem } from '#base/errors.ts';
import type { Random } from '#base/random.ts';
import { failed, type Failed } from '#base/result.ts';
import type { PlatformStore } from '#store/store.ts';

export type CommandDeps = {
  readonly platform: PlatformStore;
  readonly clock: Clock;
  readonly random: Random;
  /** Who decides, for the audit: `cli:<user of the machine>`. */
  readonly actor: string;
};

/** A result for people and for programs. Both hold the same; the text ends without a line break. */
export type CommandOutput<Json = unknown> = { readonly text: string; readonly json: Json };

/** Records a decision and then carries it out: in this order, so that nothing changes unrecorded. */
export const decide = async (
  deps: CommandDeps,
  operation: string,
  subject: string,
  work: () => unknown,
): Promise<void> => {
  await deps.platform.appendPlatformAudit({ at: deps.clock.now(), actor: deps.actor, operation, subject });
  await work();
};

/** A failure that lists every parameter at fault. */
export const badParameters = (errors: readonly ProblemItem[]): Failed =>
  failed(problem('HUB-103', errors.map((error) => `${error.at}: ${error.message}`).join('; '), { errors }));

/** A failure for something named that does not exist. */
export const notFound = (what: string, id: string): Failed => failed(problem('HUB-204', `There is no ${what} ${id}.`));

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

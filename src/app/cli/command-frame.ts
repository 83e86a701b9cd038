// What every command is built from: its words in both languages, examples before everything else, the settings it takes as flags, and the
// terminal it speaks through. Used by program.ts and platform-commands.ts.
import { Command, Option } from 'commander';
import { loadSettings } from '#config/load-settings.ts';
import { settingRows, variableOf, type ResolvedSettings, type SettingKey } from '#config/settings.ts';
import {
  failureOf,
  processTerminal,
  type Language,
  type Terminal,
  type TerminalOptions,
  type Words,
} from './terminal.ts';
import type { ExitCode } from './exit-codes.ts';

export type Frame = {
  readonly language: Language;
  /** Called with the exit code of the command that ran. */
  readonly finish: (exit: ExitCode) => void;
};

/** The values of a command's flags, those of the whole program included. */
export type Flags = TerminalOptions & Readonly<Record<string, unknown>>;

export type Work = (terminal: Terminal, flags: Flags, words: readonly string[]) => Promise<ExitCode> | ExitCode;

const heading: Words = { nb: 'Eksempler', en: 'Examples' };

/** Gives the one of two texts that the language asks for. */
export const speaker =
  ({ language }: Frame): ((nb: string, en: string) => string) =>
  (nb, en) =>
    language === 'nb' ? nb : en;

/** Adds a command under `parent`: name with arguments, what it does, examples, and the work. */
export const addCommand = (
  parent: Command,
  frame: Frame,
  name: string,
  words: Words,
  examples: readonly string[],
  work: Work | null,
): Command => {
  const command = parent.command(name).description(words[frame.language]);
  if (examples.length > 0)
    command.addHelpText('before', `${heading[frame.language]}:\n${examples.map((line) => `  ${line}`).join('\n')}\n`);
  if (work === null) return command;
  return command.action(async (...given: unknown[]) => {
    const flags = command.optsWithGlobals<Flags>();
    const positional = given
      .slice(0, -2)
      .flat()
      .filter((one): one is string => typeof one === 'string');
    frame.finish(await work(processTerminal(flags), flags, positional));
  });
};

/** Gives a command the flags of these settings. */
export const takesSettings = (command: Command, frame: Frame, keys: readonly SettingKey[]): Command => {
  for (const key of keys) {
    const row = settingRows.get(key);
    if (row?.flag === null || row === undefined) continue;
    command.addOption(
      new Option(row.flag, `${row[frame.language]} [${variableOf(key)}: ${row.defaultText ?? String(row.default)}]`),
    );
  }
  return command;
};

/** The settings of a side of the table. */
export const settingsOf = (side: 'hub' | 'client'): readonly SettingKey[] =>
  [...settingRows].filter(([, row]) => row.side === side).map(([key]) => key);

/** One flag as text; undefined when it was not given. */
export const flagText = (flags: Flags, name: string): string | undefined => {
  const value = flags[name];
  return typeof value === 'string' ? value : undefined;
};

/** The settings in force for a command. Throws CommandFailure for a wrong one. */
export const resolveFlags = (flags: Flags, keys: readonly SettingKey[]): ResolvedSettings => {
  const given = Object.fromEntries(
    keys.map((key) => [key, flagText(flags, key)]).filter(([, value]) => value !== undefined),
  ) as Partial<Record<SettingKey, string>>;
  const resolved = loadSettings(given, flagText(flags, 'config') ?? null);
  if (!resolved.ok) throw failureOf(resolved.problem);
  return resolved.value;
};

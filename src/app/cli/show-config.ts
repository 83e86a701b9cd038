// `bindeledd config`: the settings in force, where each came from, secrets masked.
import { settingsReference, showSettings, type ResolvedSettings } from '#config/settings.ts';
import { exitCodes, type ExitCode } from './exit-codes.ts';
import { columns, type Terminal } from './terminal.ts';

/** Prints the settings, as a table or as JSON; with `reference` the reference page instead. */
export const runConfig = (terminal: Terminal, resolved: ResolvedSettings, reference: boolean): ExitCode => {
  if (reference) {
    terminal.out(settingsReference());
    return exitCodes.ok;
  }
  const shown = showSettings(resolved);
  if (terminal.json) terminal.out(JSON.stringify({ settings: shown }, null, 2));
  else
    for (const line of columns(
      shown.map(({ name, value, origin }) => [name, value === null ? '-' : String(value), origin]),
    ))
      terminal.out(line);
  return exitCodes.ok;
};

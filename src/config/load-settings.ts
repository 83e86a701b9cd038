// Gathers what settings are made from: the environment, the settings file and secret files. The only file beside app/ that reads the
// environment. Called by the command line.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { problem } from '#base/errors.ts';
import { failed, type Result } from '#base/result.ts';
import { resolveSettings, type ResolvedSettings, type SettingSources } from './settings.ts';

const defaultFile = 'bindeledd.yaml';

const readText = (file: string): string | null => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
};

/**
 * The settings in force for this process. `configFile` is what `--config` says, null without. Fails with HUB-700 or HUB-701, also when a
 * settings file was named and cannot be read; `bindeledd.yaml` in the working directory may be missing.
 */
export const loadSettings = (flags: SettingSources['flags'], configFile: string | null): Result<ResolvedSettings> => {
  const environment = process.env;
  const variable = environment['BINDELEDD_CONFIG'];
  const named = configFile ?? (variable === undefined || variable === '' ? null : variable);
  const text = readText(named ?? defaultFile);
  if (named !== null && text === null)
    return failed(problem('HUB-700', `The settings file ${path.basename(named)} cannot be read.`));
  return resolveSettings({
    flags,
    environment,
    file: text === null ? null : { name: path.basename(named ?? defaultFile), text },
    readSecret: readText,
  });
};

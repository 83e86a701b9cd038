// The key that ids of files are made unreadable with where they hold national ids. It must stay as it is: with another one the same persons have other
// ids. Used by import-pifu.ts. Never told, and never made of anything that is known elsewhere.
import { linkSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import type { Random } from '#base/random.ts';
import { exitOfCode } from './exit-codes.ts';
import { CommandFailure } from './terminal.ts';

const keyBytes = 32;
const keyForm = /^[0-9a-f]{64}$/;

const refused = (detail: string, hint: string): CommandFailure =>
  new CommandFailure(exitOfCode('HUB-640'), detail, { code: 'HUB-640', hint });

/** Where the key of this user lies when none is named: by one rule for all imports, so that it is the same whatever other flags they have. */
export const ownKeyFile = (): string => {
  const { XDG_CONFIG_HOME: given = '' } = process.env;
  const home = path.isAbsolute(given) ? given : path.join(homedir(), '.config');
  return path.join(home, 'bindeledd', 'import.key');
};

/**
 * The key in a file, 32 bytes; made there, for this user alone, when there is none. In a dry run one that lasts as long as the run does. Fails with
 * CommandFailure (HUB-640) when the file cannot be read or made, holds no key, or can be read by others.
 */
export const importKey = (file: string, dryRun: boolean, random: Random): Buffer => {
  const known = keyIn(file);
  if (known !== null) return known;
  if (dryRun) return random.bytes(keyBytes);
  make(file, random);
  const made = keyIn(file);
  if (made === null) throw refused(`The file of the key ${file} is gone again.`, 'Name another one with --key.');
  return made;
};

const keyIn = (file: string): Buffer | null => {
  let text: string;
  let mode: number;
  try {
    ({ mode } = statSync(file));
    text = readFileSync(file, 'utf8').trim();
  } catch (error) {
    const { code = 'failure' } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return null;
    throw refused(`The file of the key ${file} cannot be read (${code}).`, 'Check the path and who may read it.');
  }
  if (!keyForm.test(text))
    throw refused(
      `The file ${file} holds no key.`,
      'A key is 64 hexadecimal digits. Name a file that is not there yet.',
    );
  if (process.platform !== 'win32' && (mode & 0o077) !== 0)
    throw refused(`The file of the key ${file} can be read by others.`, `chmod 600 ${file}`);
  return Buffer.from(text, 'hex');
};

/** Whole or not at all: two imports that begin at once have one key. */
const make = (file: string, random: Random): void => {
  const beside = `${file}.${random.bytes(6).toString('hex')}`;
  try {
    mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
    writeFileSync(beside, `${random.bytes(keyBytes).toString('hex')}\n`, { mode: 0o600, flag: 'wx', flush: true });
    try {
      linkSync(beside, file);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  } catch (error) {
    const { code = 'failure' } = error as NodeJS.ErrnoException;
    throw refused(`The file of the key ${file} cannot be made (${code}).`, 'Name another one with --key.');
  } finally {
    rmSync(beside, { force: true });
  }
};

// `bindeledd backup`: a copy of the data directory, beside a running hub. Prints what it holds and where it is.
import { systemClock } from '#base/clock.ts';
import { backUp } from '#store/sqlite/backup.ts';
import { exitCodes, type ExitCode } from './exit-codes.ts';
import { createProgress } from './progress.ts';
import { columns, type Terminal } from './terminal.ts';

/** Bytes for people. */
export const megabytes = (bytes: number): string => `${(bytes / 1_000_000).toFixed(1)} MB`;

/** Copies the data directory `from` to `to`. Throws HubError when either cannot be used. */
export const runBackup = async (terminal: Terminal, from: string, to: string): Promise<ExitCode> => {
  const nb = terminal.language === 'nb';
  const progress = createProgress(terminal, systemClock, nb ? 'Sider kopiert' : 'Pages copied', toStderr);
  const manifest = await backUp({ from, to, clock: systemClock, told: progress.update, contents: false });
  progress.finish();
  const bytes = manifest.files.reduce((sum, file) => sum + file.bytes, 0);
  if (terminal.json) {
    terminal.out(JSON.stringify({ folder: to, bytes, ...manifest }, null, 2));
    return exitCodes.ok;
  }
  const rows = manifest.organisations.map(({ id, position, collections }) => [
    id,
    String(collections.reduce((sum, { count }) => sum + count, 0)),
    String(position),
  ]);
  const headings = nb ? ['ORGANISASJON', 'RESSURSER', 'POSISJON'] : ['ORGANISATION', 'RESOURCES', 'POSITION'];
  for (const line of columns([headings, ...rows])) terminal.out(line);
  terminal.say(
    nb
      ? `${manifest.files.length} filer, ${megabytes(bytes)}, i ${to}. Kopien er like fortrolig som dataene.`
      : `${manifest.files.length} files, ${megabytes(bytes)}, in ${to}. The copy is as confidential as the data.`,
  );
  return exitCodes.ok;
};

/** Raw text to stderr, for progress. */
export const toStderr = (text: string): void => void process.stderr.write(text);

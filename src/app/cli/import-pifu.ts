// `bindeledd import pifu`: reads a PIFU-IMS file whole, tells what is in it, and delivers it to a hub with the credentials of an adapter. Nothing is
// delivered of a file that cannot be read to its end. Called by the command line.
import { createReadStream, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { systemClock, type Clock } from '#base/clock.ts';
import { systemRandom } from '#base/random.ts';
import type { Settings } from '#config/settings.ts';
import { readPifu } from '#formats/pifu/read-pifu.ts';
import { createImport, type ImportedFile } from '#ingest/pifu/import-pifu.ts';
import { inOrder } from '#ingest/pifu/mappings/order.ts';
import type { KnownGroup } from '#ingest/pifu/ports.ts';
import { exitCodes, type ExitCode } from './exit-codes.ts';
import { createHubClient, type CallOptions } from './hub-client.ts';
import { deliverSpooled, type RunSummary } from './import-delivery.ts';
import { importKey, ownKeyFile } from './import-key.ts';
import { collectFindings, importReport, type Findings } from './import-report.ts';
import { openImportDirectory, type ImportDirectory, type SpooledEntries } from './import-spool.ts';
import { createProgress, type Progress } from './progress.ts';
import { CommandFailure, type Terminal } from './terminal.ts';

export type ImportFlags = CallOptions & {
  /** `-` = standard input. */
  readonly file: string;
  readonly dryRun: boolean;
  /** Nothing is delivered when anything of the file is kept back. */
  readonly strict: boolean;
  /** A full file is delivered without removing anything. */
  readonly delta: boolean;
  /** Stands in ids instead of the sources that the file names. */
  readonly source: string | null;
  /** A full file removes what it does not hold also when anything of it was kept back. */
  readonly fullAnyway: boolean;
  /** File of the key that ids which hold national ids are made unreadable with; null = the user's own. */
  readonly key: string | null;
  /** Collections that another source owns, or beginnings of their paths: nothing is delivered of them. */
  readonly without: readonly string[];
  /** File in which the groups are kept for deltas; null = none. */
  readonly remember: string | null;
};

const adapterId = 'https://bindeledd.example/import/pifu';

// What was put aside goes when the process ends, however it does.
const interrupted = (): void => process.exit(exitCodes.interrupted);

/** Runs the command; gives its exit code, throws CommandFailure. */
export const runImportPifu = async (
  terminal: Terminal,
  settings: Settings,
  flags: ImportFlags,
  input: AsyncIterable<Uint8Array>,
): Promise<ExitCode> => {
  const directory = openImportDirectory();
  process.once('SIGINT', interrupted);
  process.once('SIGTERM', interrupted);
  process.once('SIGHUP', interrupted);
  try {
    return await importFile(terminal, settings, flags, input, directory);
  } finally {
    process.off('SIGINT', interrupted);
    process.off('SIGTERM', interrupted);
    process.off('SIGHUP', interrupted);
    directory.close();
  }
};

const importFile = async (
  terminal: Terminal,
  settings: Settings,
  flags: ImportFlags,
  input: AsyncIterable<Uint8Array>,
  directory: ImportDirectory,
): Promise<ExitCode> => {
  const findings = collectFindings();
  const spooled = directory.entries();
  const file = await readFile(terminal, flags, input, directory, spooled, findings, systemClock);
  const counts = spooled.collections();
  const isOthers = (collection: string): boolean =>
    flags.without.some((path) => collection === path || collection.startsWith(`${path.replace(/\/$/, '')}/`));
  const order = inOrder([...counts.keys()]).filter((collection) => !isOthers(collection));
  const collections = order.map((collection) => ({
    collection,
    ...(counts.get(collection) ?? { entries: 0, removals: 0 }),
  }));
  const isFull = file.head.type === 'full' && !flags.delta;
  // Who is kept back is not gone: a full sync would remove him.
  const removalsWait = isFull && findings.maybeThere() > 0 && !flags.fullAnyway;
  const mode = isFull && !removalsWait ? 'full' : 'delta';
  const refused = flags.strict && findings.keptBack() > 0;
  const runs =
    flags.dryRun || refused ? null : await deliver(terminal, settings, flags, spooled, order, mode === 'full');
  if (runs !== null && flags.remember !== null) keepGroups(flags.remember, file.groups);
  const report = importReport(
    { file, findings, collections, mode, removalsWait, runs, dryRun: flags.dryRun },
    terminal.language,
  );
  terminal.out(terminal.json ? JSON.stringify(report.json, null, 2) : report.text);
  if (refused) return exitCodes.quality;
  const exit = exitOf(runs ?? []);
  return exit === exitCodes.ok && removalsWait && runs !== null ? exitCodes.quality : exit;
};

const exitOf = (runs: readonly RunSummary[]): ExitCode =>
  runs.some(({ state }) => state !== 'completed')
    ? exitCodes.conflict
    : runs.some(({ rejected }) => rejected > 0)
      ? exitCodes.quality
      : exitCodes.ok;

const readFile = async (
  terminal: Terminal,
  flags: ImportFlags,
  input: AsyncIterable<Uint8Array>,
  directory: ImportDirectory,
  { sink }: SpooledEntries,
  findings: Findings,
  clock: Clock,
): Promise<ImportedFile> => {
  const bytes = flags.file === '-' ? null : sizeOf(flags.file);
  const progress = createProgress(terminal, clock, 'read', (line) => process.stderr.write(line));
  const work = createImport({
    random: systemRandom,
    source: flags.source,
    secret: () => importKey(flags.key ?? ownKeyFile(), flags.dryRun, systemRandom),
    known: flags.remember === null ? [] : knownGroups(flags.remember),
    today: new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Oslo' }).format(clock.now()),
    sink,
    persons: directory.spool(),
    enrolments: directory.spool(),
    tell: findings.tell,
  });
  for await (const records of readPifu(counted(input, bytes, progress), findings.tell))
    for (const record of records) work.take(record);
  progress.finish();
  return work.finish();
};

async function* counted(
  input: AsyncIterable<Uint8Array>,
  total: number | null,
  progress: Progress,
): AsyncGenerator<Uint8Array, void> {
  let done = 0;
  for await (const chunk of input) {
    yield chunk;
    done += chunk.length;
    progress.update('bytes', done, total);
  }
}

const sizeOf = (file: string): number => {
  try {
    return statSync(file).size;
  } catch {
    throw new CommandFailure(exitCodes.usage, `The file ${file} cannot be read.`);
  }
};

/** The bytes of a file, or of standard input. */
export const inputOf = (file: string): AsyncIterable<Uint8Array> =>
  file === '-' ? process.stdin : createReadStream(file, { highWaterMark: 65_536 });

const deliver = async (
  terminal: Terminal,
  settings: Settings,
  flags: ImportFlags,
  spooled: SpooledEntries,
  order: readonly string[],
  full: boolean,
): Promise<readonly RunSummary[]> => {
  const progress = createProgress(terminal, systemClock, 'import', (line) => process.stderr.write(line));
  const runs = await deliverSpooled(
    {
      client: createHubClient(settings, flags, terminal.language),
      random: systemRandom,
      sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
      adapterId,
      full,
      progress: progress.update,
    },
    spooled,
    order,
  );
  progress.finish();
  return runs;
};

/** Groups that were remembered; none when there is no such file yet. */
const knownGroups = (file: string): readonly KnownGroup[] => {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return [];
  }
  try {
    return text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as KnownGroup);
  } catch {
    throw new CommandFailure(exitCodes.usage, `The file ${file} holds no groups that were remembered.`);
  }
};

const keepGroups = (file: string, groups: readonly KnownGroup[]): void => {
  const beside = `${file}.new`;
  writeFileSync(beside, groups.map((group) => `${JSON.stringify(group)}\n`).join(''), { mode: 0o600 });
  renameSync(beside, file);
};

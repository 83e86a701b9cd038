// `bindeledd export pifu|ims|abc`: asks a hub for a file, follows how it is made, and fetches it, going on where a broken connection left off. What is
// fetched stands under its name only once it is whole and has the hash that the report says.
import { createHash, type Hash } from 'node:crypto';
import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { ExportReport } from '#apis/flyt-skole/exports/ports.ts';
import { reportText } from '#apis/flyt-skole/exports/report-text.ts';
import { systemClock } from '#base/clock.ts';
import { systemRandom } from '#base/random.ts';
import { errorTable } from '#base/errors.ts';
import { exitCodes, exitOfCode, type ExitCode } from './exit-codes.ts';
import type { HubClient } from './hub-client.ts';
import { createProgress, type Progress } from './progress.ts';
import { CommandFailure, type Terminal } from './terminal.ts';

export type ExportFileArgs = {
  readonly format: string;
  readonly profile: string | undefined;
  readonly type: string | undefined;
  readonly since: string | undefined;
  readonly schools: readonly string[] | undefined;
  readonly schoolYear: string | undefined;
  /** A file, or `-` for standard output. */
  readonly out: string;
  readonly gzip: boolean;
  readonly report: 'text' | 'json' | null;
};

const pollMs = [200, 300, 500, 1_000] as const;
const retryMs = [500, 1_000, 2_000, 5_000, 10_000] as const;
const address = '/vfs/v1/lms-exports';

const reportFrom = async (answer: Response): Promise<ExportReport> => {
  const value: unknown = await answer.json().catch(() => null);
  if (typeof value !== 'object' || value === null || !('id' in value))
    throw new CommandFailure(exitCodes.remote, 'The answer is not that of an export.');
  return value as ExportReport;
};

const isOver = ({ state }: ExportReport): boolean => state !== 'queued' && state !== 'running';

/** Asks until the run is over. */
const follow = async (client: HubClient, first: ExportReport, progress: Progress): Promise<ExportReport> => {
  let report = first;
  for (let turn = 0; !isOver(report); turn += 1) {
    const { step, done, total } = report.progress;
    if (step !== 'waiting') progress.update(step, done, total);
    await systemClock.sleep(pollMs[Math.min(turn, pollMs.length - 1)] ?? 1_000);
    report = await reportFrom(await client.send('GET', `${address}/${report.id}`));
  }
  const { exported } = report;
  for (const step of ['persons', 'groups', 'memberships'] as const)
    if (exported !== null) progress.update(step, exported[step], exported[step]);
  return report;
};

/** Nothing but a run that is ready can be fetched. */
const refusalOf = ({ id, state, reason }: ExportReport): CommandFailure => {
  if (state === 'held')
    return new CommandFailure(exitCodes.held, `The export waits to be confirmed: ${reason?.detail ?? ''}`.trim(), {
      code: 'HUB-420',
      hint: `Look at its report, then: bindeledd export confirm ${id}, or reject.`,
    });
  if (reason === null) return new CommandFailure(exitCodes.conflict, `The export is ${state}.`);
  const row = errorTable[reason.code];
  return new CommandFailure(exitOfCode(reason.code), reason.detail, {
    code: reason.code,
    ...(row === undefined ? {} : { hint: row.hint }),
  });
};

// What a connection says that broke on the way: worth another try. Answers of the hub are not.
const isBroken = (error: unknown): boolean =>
  error instanceof CommandFailure ? error.exit === exitCodes.remote || error.exit === exitCodes.temporary : true;

/** The bytes of the file, however often the connection breaks. Fails when it gets no further. */
const download = async function* (
  client: HubClient,
  { id, sha256, bytes }: ExportReport,
  told: (done: number) => void,
): AsyncGenerator<Buffer> {
  const whole = bytes ?? 0;
  let done = 0;
  for (let failures = 0; done < whole;) {
    const before = done;
    try {
      // A part can be had of the file as it is only; the whole of it comes compressed.
      const headers: Record<string, string> =
        done === 0
          ? { accept: 'application/xml' }
          : {
              accept: 'application/xml',
              'accept-encoding': 'identity',
              range: `bytes=${done}-`,
              'if-range': `"${sha256 ?? ''}"`,
            };
      const answer = await client.send('GET', `${address}/${id}/content`, undefined, { headers });
      if (done > 0 && answer.status !== 206)
        throw new CommandFailure(exitCodes.conflict, 'The file has become another one on the way.');
      for await (const chunk of answer.body ?? []) {
        done += chunk.length;
        told(done);
        yield Buffer.from(chunk);
      }
      if (done < whole) throw new Error('The answer ended too early.');
    } catch (error) {
      failures = done > before ? 1 : failures + 1;
      if (!isBroken(error)) throw error;
      if (failures > retryMs.length)
        throw error instanceof CommandFailure
          ? error
          : new CommandFailure(exitCodes.remote, 'The connection breaks again and again.');
      await systemClock.sleep(retryMs[failures - 1] ?? 0);
    }
  }
};

const hashing = async function* (chunks: AsyncIterable<Buffer>, hash: Hash): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) {
    hash.update(chunk);
    yield chunk;
  }
};

/** Standard output, which others close. */
const standardOutput = (): Writable =>
  new Writable({
    write: (chunk: Buffer, _encoding, done) => void process.stdout.write(chunk, done),
  });

type Fetched = (sink: Writable) => Promise<void>;

/** Writes beside the file and puts it in its place when it is whole; what was there before stays until then. */
const intoFile = async (file: string, fetched: Fetched): Promise<void> => {
  const mark = systemRandom.bytes(6).toString('hex');
  const beside = path.join(path.dirname(file), `.${path.basename(file)}.${mark}.part`);
  let handle: FileHandle;
  try {
    handle = await open(beside, 'wx', 0o600);
  } catch (error) {
    const { code = 'failure' } = error as NodeJS.ErrnoException;
    throw new CommandFailure(exitCodes.usage, `${file} cannot be written (${code}).`);
  }
  const leave = (): void => {
    void rm(beside, { force: true }).finally(() => process.exit(exitCodes.interrupted));
  };
  process.once('SIGINT', leave).once('SIGTERM', leave).once('SIGHUP', leave);
  try {
    await fetched(
      new Writable({
        write: (chunk: Buffer, _encoding, done) => {
          // All of it, or a failure: a disk that is nearly full takes a part.
          handle.writeFile(chunk).then(() => done(), done);
        },
      }),
    );
    await handle.sync();
    await handle.close();
    await rename(beside, file);
  } catch (error) {
    await handle.close().catch(() => {});
    await rm(beside, { force: true });
    throw error;
  } finally {
    process.off('SIGINT', leave).off('SIGTERM', leave).off('SIGHUP', leave);
  }
};

const written = (handle: NodeJS.ErrnoException): CommandFailure | null =>
  typeof handle.code === 'string' && /^E[A-Z]+$/.test(handle.code) && handle.syscall !== undefined
    ? new CommandFailure(exitCodes.usage, `The file cannot be written (${handle.code}).`)
    : null;

const tellReport = (terminal: Terminal, report: ExportReport, { report: form, out }: ExportFileArgs): void => {
  if (form === null && !terminal.json) return;
  const text = form === 'text' ? reportText(report, terminal.language).trimEnd() : JSON.stringify(report, null, 2);
  // Standard output is the file's when the file goes there.
  if (out === '-') terminal.fail(text);
  else terminal.out(text);
};

const stderr = (text: string): void => void process.stderr.write(text);

/** Runs the command; gives its exit code, throws CommandFailure. */
export const runExportFile = async (terminal: Terminal, client: HubClient, args: ExportFileArgs): Promise<ExitCode> => {
  if (args.out === '-' && process.stdout.isTTY)
    throw new CommandFailure(exitCodes.usage, 'A terminal is no place for the file.', {
      hint: 'Name a file with --out, or pipe the output on.',
    });
  const { format, profile, type, since, schools: schoolIds, schoolYear } = args;
  const order = { format, profile, type, since, schoolIds, schoolYear };
  const headers = { 'idempotency-key': systemRandom.uuid() };
  const taken = await reportFrom(await client.send('POST', address, order, { headers }));
  const making = createProgress(terminal, systemClock, 'export', stderr);
  const report = await follow(client, taken, making);
  making.finish();
  if (report.state !== 'ready') {
    tellReport(terminal, report, args);
    throw refusalOf(report);
  }
  const fetching = createProgress(terminal, systemClock, 'fetch', stderr);
  const hash = createHash('sha256');
  const fetched: Fetched = async (sink) => {
    const bytes = hashing(
      download(client, report, (done) => fetching.update('bytes', done, report.bytes)),
      hash,
    );
    try {
      await (args.gzip ? pipeline(bytes, createGzip(), sink) : pipeline(bytes, sink));
    } catch (error) {
      throw written(error as NodeJS.ErrnoException) ?? error;
    }
    if (hash.digest('hex') !== report.sha256)
      throw new CommandFailure(exitCodes.remote, 'The file is not the one that the report tells of.');
  };
  await (args.out === '-' ? fetched(standardOutput()) : intoFile(args.out, fetched));
  fetching.finish();
  terminal.say(
    terminal.language === 'nb'
      ? `${report.id}: ${report.fileName}, sha256 ${report.sha256 ?? ''}, posisjon ${report.position ?? '-'}`
      : `${report.id}: ${report.fileName}, sha256 ${report.sha256 ?? ''}, position ${report.position ?? '-'}`,
  );
  // Once more, for it says now who has fetched the file.
  tellReport(terminal, await reportFrom(await client.send('GET', `${address}/${report.id}`)), args);
  return exitCodes.ok;
};

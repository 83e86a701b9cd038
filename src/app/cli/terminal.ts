// How commands speak: data to stdout, messages to stderr, in the reader's language, with colours where someone can see them. Made once in
// main.ts and handed to every command.
import { writeSync } from 'node:fs';
import { exitCodes, exitOfCode, type ExitCode } from './exit-codes.ts';
import { errorTable, type Problem } from '#base/errors.ts';

export type Language = 'nb' | 'en';
export type Words = { readonly nb: string; readonly en: string };

export type Terminal = {
  readonly json: boolean;
  readonly quiet: boolean;
  readonly verbose: boolean;
  readonly language: Language;
  /** Stderr is a terminal that somebody looks at. */
  readonly live: boolean;
  /** Columns of that terminal. */
  readonly width: number;
  /** A line of data, to stdout. */
  readonly out: (line: string) => void;
  /** A message, to stderr; silent with -q. */
  readonly say: (line: string) => void;
  /** A failure, to stderr; also with -q. */
  readonly fail: (line: string) => void;
  readonly dim: (text: string) => string;
  readonly red: (text: string) => string;
  readonly green: (text: string) => string;
  readonly yellow: (text: string) => string;
  readonly bold: (text: string) => string;
};

/** What a command throws when it cannot go on: said in three lines and turned into an exit code by main.ts. */
export class CommandFailure extends Error {
  override readonly name = 'CommandFailure';
  readonly exit: ExitCode;
  readonly hint: string | null;
  readonly code: string | null;
  readonly requestId: string | null;
  constructor(
    exit: ExitCode,
    message: string,
    more: { readonly hint?: string; readonly code?: string; readonly requestId?: string } = {},
  ) {
    super(message);
    this.exit = exit;
    this.hint = more.hint ?? null;
    this.code = more.code ?? null;
    this.requestId = more.requestId ?? null;
  }
}

/** The failure that a problem of the hub is for the command line. */
export const failureOf = (value: Problem): CommandFailure =>
  new CommandFailure(exitOfCode(value.code), value.detail, { hint: errorTable[value.code].hint, code: value.code });

/** The language by `--lang`, else by LC_ALL, LC_MESSAGES and LANG; English when none says Norwegian. */
export const languageFrom = (
  chosen: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): Language => {
  if (chosen === 'nb' || chosen === 'en') return chosen;
  const locale = environment['LC_ALL'] ?? environment['LC_MESSAGES'] ?? environment['LANG'] ?? '';
  return /^(?:nb|nn|no)\b|^(?:nb|nn|no)_/i.test(locale) ? 'nb' : 'en';
};

export type TerminalOptions = {
  readonly json?: boolean;
  readonly color?: boolean;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
  readonly lang?: string;
};

const toStderr = (line: string): void => write(2, `${line}\n`);

/** The terminal of this process. */
export const processTerminal = (options: TerminalOptions): Terminal => {
  const { env } = process;
  const live = process.stderr.isTTY === true && env['TERM'] !== 'dumb';
  const colour = options.color !== false && live && (env['NO_COLOR'] ?? '') === '';
  const paint = (code: number) => (text: string) => (colour ? `\u001B[${code}m${text}\u001B[0m` : text);
  return {
    json: options.json === true,
    quiet: options.quiet === true,
    verbose: options.verbose === true,
    language: languageFrom(options.lang, env),
    live,
    width: process.stderr.columns ?? 80,
    out: (line) => write(1, `${line}\n`),
    say: options.quiet === true ? () => {} : toStderr,
    fail: toStderr,
    dim: paint(2),
    red: paint(31),
    green: paint(32),
    yellow: paint(33),
    bold: paint(1),
  };
};

// Written at once, so that nothing is lost when the process ends right after. A reader that has gone away (`| head`) is no failure; one
// that is slow is waited for.
const write = (descriptor: 1 | 2, text: string): void => {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length;) {
    try {
      at += writeSync(descriptor, bytes, at);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (code === 'EPIPE') process.exit(exitCodes.ok);
      if (code !== 'EAGAIN') throw error;
      Atomics.wait(pause, 0, 0, 5);
    }
  }
};

const pause = new Int32Array(new SharedArrayBuffer(4));

/** Rows as aligned columns, two spaces apart; numbers should come as text. */
export const columns = (rows: readonly (readonly string[])[]): readonly string[] => {
  const widths: number[] = [];
  for (const row of rows) row.forEach((cell, index) => (widths[index] = Math.max(widths[index] ?? 0, cell.length)));
  return rows.map((row) =>
    row.map((cell, index) => (index === row.length - 1 ? cell : cell.padEnd(widths[index] ?? 0))).join('  '),
  );
};

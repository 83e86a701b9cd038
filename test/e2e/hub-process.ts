// The hub and its command line as processes of their own, for what only a process can show: signals, exit codes, what is printed. Used by
// the end-to-end tests.
import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { whenLeaving } from '../leaving.ts';
import { doneBefore } from '../done-before.ts';

export const root = join(import.meta.dirname, '../..');
const program = join(root, 'bin/bindeledd.mjs');

export type Ended = { readonly code: number | null; readonly stdout: string; readonly stderr: string };

const environment = (more: Readonly<Record<string, string>>): NodeJS.ProcessEnv => {
  const kept = Object.entries(process.env).filter(
    ([name]) =>
      // Where the tests' databases are is nothing to a hub.
      name !== 'DATABASE_URL' && !name.startsWith('BINDELEDD_') && !name.startsWith('NODE_'),
  );
  return { ...Object.fromEntries(kept), ...doneBefore, LANG: 'en_US.UTF-8', LC_ALL: 'en_US.UTF-8', ...more };
};

/** Runs one command to its end, at most `ms`. */
export const runCommand = (
  words: readonly string[],
  options: {
    readonly env?: Readonly<Record<string, string>>;
    readonly input?: string;
    readonly ms?: number;
    readonly shell?: string;
  } = {},
): Promise<Ended> =>
  new Promise((resolve, reject) => {
    const [file, args] =
      options.shell === undefined ? [process.execPath, [program, ...words]] : ['sh', ['-c', options.shell]];
    const child = spawn(file, args, { cwd: root, env: environment(options.env ?? {}), stdio: 'pipe' });
    const timer = setTimeout(() => child.kill('SIGKILL'), options.ms ?? 90_000);
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.on('error', reject);
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({ code, stdout, stderr });
    });
    child.stdin.end(options.input ?? '');
  });

export type HubProcess = {
  readonly child: ChildProcess;
  /** The line that it printed when it was ready, parsed. */
  readonly ready: unknown;
  readonly stdout: () => string;
  readonly stderr: () => string;
  readonly ended: Promise<number | null>;
  /** Sends SIGTERM and waits for the end; gives the exit code. */
  readonly stop: () => Promise<number | null>;
};

/**
 * Starts `start --json` or `demo --json` and waits for its line, at most half a minute. `watch` is a script that runs in the process before it;
 * after `lifetimeMs` it is ended, whatever goes wrong in the test.
 */
export const startProcess = async (
  words: readonly string[],
  {
    env = {},
    watch,
    lifetimeMs = 150_000,
  }: {
    readonly env?: Readonly<Record<string, string>>;
    readonly watch?: string;
    readonly lifetimeMs?: number;
  } = {},
): Promise<HubProcess> => {
  const first = watch === undefined ? [] : ['--import', `data:text/javascript,${encodeURIComponent(watch)}`];
  const child = spawn(process.execPath, [...first, program, ...words, '--json'], {
    cwd: root,
    env: environment(env),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [stdout, stderr] = ['', ''];
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  const line = new Promise<string>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`the hub was not ready in time: ${stderr.slice(-2_000)}`)), 90_000);
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      const end = stdout.indexOf('\n');
      if (end === -1) return;
      clearTimeout(timer);
      resolve(stdout.slice(0, end));
    });
    child.on('close', (code) => {
      clearTimeout(timer);
      reject(new Error(`the hub ended with ${code}: ${stderr.slice(-2_000)}`));
    });
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  setTimeout(() => child.kill('SIGKILL'), lifetimeMs).unref();
  void ended.then(whenLeaving(() => child.kill('SIGKILL')));
  const stop = (): Promise<number | null> => {
    if (child.exitCode === null) child.kill('SIGTERM');
    return ended;
  };
  try {
    const ready: unknown = JSON.parse(await line);
    return { child, ready, stdout: () => stdout, stderr: () => stderr, ended, stop };
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  }
};

// Kills a PostgreSQL server as the death of its machine does: with SIGKILL, and with every process that it has started, which would otherwise end
// what they are at. Used by the fault suites and the drill of failover; Linux only.
import { readFileSync, readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** State and parent of a process; null when it is gone. */
const statusOf = (pid: number): { readonly state: string; readonly parent: number } | null => {
  try {
    const [, state = '', parent = ''] = /^\d+ \(.*\) (\S) (\d+)/s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
    return { state, parent: Number(parent) };
  } catch {
    return null;
  }
};

/** One that has ended and waits for its parent to notice is gone. */
export const isThere = (pid: number): boolean => (statusOf(pid)?.state ?? 'Z') !== 'Z';

const killed = (pid: number): void => {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // Gone already.
  }
};

/** Resolves when the server with this main process, and whatever it started, is gone. */
export const killServer = async (main: number): Promise<void> => {
  if (main <= 0) return;
  const all = killAtOnce(main);
  while (all.some(isThere)) await sleep(10);
};

/** The same without waiting; gives which those are. */
export const killAtOnce = (main: number): readonly number[] => {
  const started = readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 0 && statusOf(pid)?.parent === main);
  const all = [main, ...started];
  for (const pid of all) killed(pid);
  return all;
};

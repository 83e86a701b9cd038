// Lets a thread go behind those of its process that answer requests, where the system can: on Linux each thread has a priority of its own. Called by the
// threads that make exports, once, as they start.
import { spawn } from 'node:child_process';
import { readlinkSync } from 'node:fs';
import { setPriority } from 'node:os';

// Where there is nothing better it gets a quarter of a core that one other wants as well, and all that nobody wants.
const niceness = 5;

/**
 * Asks for what is left over: a thread that the system counts as idle makes way at once for any other that has something to do, where one of a lower
 * priority keeps its core for some milliseconds. Does nothing where it cannot be done: elsewhere threads share fairly.
 */
export const stepBehind = (): void => {
  if (process.platform !== 'linux') return;
  try {
    // `<process>/task/<thread>`: https://man7.org/linux/man-pages/man5/proc_thread-self.5.html
    const thread = Number(readlinkSync('/proc/thread-self').split('/').at(-1));
    if (!Number.isSafeInteger(thread) || thread <= 0 || thread === process.pid) return;
    setPriority(thread, niceness);
    // SCHED_IDLE, which no call of Node's gives: https://man7.org/linux/man-pages/man7/sched.7.html
    const asked = spawn('chrt', ['-i', '-p', '0', String(thread)], { stdio: 'ignore' });
    // It is part of nearly every system, and not of all.
    asked.on('error', () => {});
    asked.unref();
  } catch {
    // No /proc, or it may not be changed.
  }
};

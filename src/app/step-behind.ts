// Lets a thread go behind those of its process that answer requests, where the system can: on Linux each thread has a priority of its own. Called by the
// threads that make exports, once, as they start.
import { readlinkSync } from 'node:fs';
import { setPriority } from 'node:os';

// It gets a quarter of a core that one other wants as well, and all that nobody wants.
const niceness = 5;

/** Does nothing where it cannot be done: elsewhere threads share fairly. */
export const stepBehind = (): void => {
  if (process.platform !== 'linux') return;
  try {
    // `<process>/task/<thread>`: https://man7.org/linux/man-pages/man5/proc_thread-self.5.html
    const thread = Number(readlinkSync('/proc/thread-self').split('/').at(-1));
    if (Number.isSafeInteger(thread) && thread > 0 && thread !== process.pid) setPriority(thread, niceness);
  } catch {
    // No /proc, or it may not be changed.
  }
};

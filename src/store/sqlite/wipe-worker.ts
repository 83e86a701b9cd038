// The thread that overwrites unused parts of a file's pages, so that a large file never holds up requests. Started by erasing.ts, once for each
// erasure; knows nothing else of the hub.
import { parentPort, workerData } from 'node:worker_threads';
import { wipePages } from './page-wiper.ts';

/** What the thread is given. */
export type WipeJob = { readonly path: string; readonly roots: readonly number[] };

/** What it says: null when all is done. */
export type WipeReply = { readonly error: string | null };

const job: WipeJob = workerData;
let error: string | null = null;
try {
  wipePages(job.path, job.roots);
} catch (cause) {
  error = cause instanceof Error ? cause.message : 'unknown';
}
const reply: WipeReply = { error };
parentPort?.postMessage(reply, []);

// The thread in which parts of exports are checked and compressed, while the next are read and written in another. Started by part-thread.ts. Knows
// formats, and neither the hub nor a store.
import { parentPort } from 'node:worker_threads';
import { createPartSealer, type PartSealer, type PartText, type SealedPart } from '#exports/run/part-sealer.ts';
import { schemaCheckOf } from '#formats/roster-format.ts';
import type { RosterProfile } from '#formats/roster.ts';
import { stepBehind } from './step-behind.ts';

/** `file` numbers the files of a thread, `number` what is asked for. */
export type ToPartThread =
  | { readonly kind: 'open'; readonly file: number; readonly profile: RosterProfile }
  | { readonly kind: 'seal'; readonly file: number; readonly number: number; readonly part: PartText }
  | { readonly kind: 'hash'; readonly file: number; readonly number: number }
  | { readonly kind: 'close'; readonly file: number }
  | { readonly kind: 'leave' };

export type FromPartThread =
  | { readonly number: number; readonly sealed: SealedPart }
  | { readonly number: number; readonly sha256: string };

stepBehind();

const files = new Map<number, PartSealer>();

const fileOf = (file: number): PartSealer => {
  const found = files.get(file);
  if (found === undefined) throw new Error('no such file is open');
  return found;
};

const say = (message: FromPartThread): void => parentPort?.postMessage(message, []);

// Whatever breaks here ends the thread, and with it the one that waits for it.
const hear = async (message: ToPartThread): Promise<void> => {
  switch (message.kind) {
    case 'open':
      return void files.set(message.file, createPartSealer(schemaCheckOf(message.profile)));
    case 'seal':
      return say({ number: message.number, sealed: await fileOf(message.file).seal(message.part) });
    case 'hash':
      return say({ number: message.number, sha256: await fileOf(message.file).sha256() });
    case 'close':
      fileOf(message.file).close();
      return void files.delete(message.file);
    case 'leave':
      return parentPort?.close();
  }
};

parentPort?.on('message', (message: ToPartThread) => void hear(message));

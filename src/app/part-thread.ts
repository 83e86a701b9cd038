// The thread in which parts are checked and compressed, as the one that makes exports sees it: started with it, and ended with it. Used by
// export-worker.ts; what runs in it is part-worker.ts.
import { Worker } from 'node:worker_threads';
import type { PartSealer, SealedPart } from '#exports/run/part-sealer.ts';
import type { RosterProfile } from '#formats/roster.ts';
import type { FromPartThread, ToPartThread } from './part-worker.ts';

export type PartThread = {
  readonly sealerOf: (profile: RosterProfile) => PartSealer;
  /** The thread ends; nothing may be under way. */
  readonly leave: () => void;
};

// It holds a few parts at a time, and a schema.
const [oldMegabytes, youngMegabytes] = [64, 8];

/** Starts the thread. When it ends by itself the one that has started it does too, by an error that nobody catches: its run begins again. */
export const startPartThread = (): PartThread => {
  const worker = new Worker(new URL('./part-worker.ts', import.meta.url), {
    resourceLimits: {
      maxOldGenerationSizeMb: oldMegabytes,
      maxYoungGenerationSizeMb: youngMegabytes,
    },
  });
  const tell = (message: ToPartThread, given: readonly ArrayBuffer[] = []): void => worker.postMessage(message, given);
  const sealing = new Map<number, (sealed: SealedPart) => void>();
  const hashing = new Map<number, (sha256: string) => void>();
  let [files, numbers, left] = [0, 0, false];

  worker.on('message', (message: FromPartThread) => {
    const { number } = message;
    if ('sealed' in message) sealing.get(number)?.(withBuffer(message.sealed));
    else hashing.get(number)?.(message.sha256);
    sealing.delete(number);
    hashing.delete(number);
  });
  worker.on('exit', () => {
    if (!left) throw new Error('The thread that checks parts has ended.');
  });

  return {
    sealerOf: (profile) => {
      files += 1;
      const file = files;
      tell({ kind: 'open', file, profile });
      return {
        seal: (part) =>
          new Promise((resolve) => {
            numbers += 1;
            sealing.set(numbers, resolve);
            tell({ kind: 'seal', file, number: numbers, part }, [part.text.buffer]);
          }),
        sha256: () =>
          new Promise((resolve) => {
            numbers += 1;
            hashing.set(numbers, resolve);
            tell({ kind: 'hash', file, number: numbers });
          }),
        close: () => tell({ kind: 'close', file }),
      };
    },
    leave: () => {
      left = true;
      tell({ kind: 'leave' });
    },
  };
};

/** Between threads a buffer becomes a plain list of bytes, of which not every store knows. */
const withBuffer = (sealed: SealedPart): SealedPart => {
  if (sealed.kind === 'invalid') return sealed;
  const { buffer, byteOffset, byteLength } = sealed.segment.deflated;
  return { ...sealed, segment: { ...sealed.segment, deflated: Buffer.from(buffer, byteOffset, byteLength) } };
};

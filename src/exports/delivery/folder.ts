// Brings files to a folder of the machine. Made by targets.ts.
import { open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Random } from '#base/random.ts';
import type { DeliveryTarget } from '../export.ts';
import { wholeOf } from './whole-content.ts';

/** Writes beside the file, and puts it in its place when all of it is on the disk. Readable by the hub's own user and group only. Rejects with the error of the system. */
export const deliverToFolder =
  (folder: string, random: Pick<Random, 'uuid'>): DeliveryTarget['deliver'] =>
  async (content, fileName, signal) => {
    const unfinished = path.join(folder, `.${fileName}.${random.uuid()}`);
    try {
      const file = await open(unfinished, 'wx', 0o640);
      try {
        for await (const bytes of wholeOf(content)) {
          signal.throwIfAborted();
          await file.writeFile(bytes);
        }
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(unfinished, path.join(folder, fileName));
    } catch (error) {
      await rm(unfinished, { force: true });
      throw error;
    }
    return { ok: true, value: null };
  };

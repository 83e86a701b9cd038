// The real FINT model, loaded once for the tests of this folder.
import path from 'node:path';
import { loadModel } from '#model/load.ts';
import type { Collection } from '#model/model.ts';

const loaded = loadModel(path.join(import.meta.dirname, '../../../model/fint'));
if (!loaded.ok) throw new Error(loaded.problem.detail);

export const model = loaded.value;

export const collectionAt = (at: string): Collection => {
  const found = model.collections.get(at);
  if (found === undefined) throw new Error(`no collection ${at}`);
  return found;
};

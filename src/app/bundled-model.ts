// The folders of the model that comes with the hub. Read by the composition, the commands and the tools; knows nothing of what they hold.
import { join } from 'node:path';

/** In no order that matters: each says itself what it builds on. */
export const bundledModel: readonly string[] = [
  join(import.meta.dirname, '../../model/fint'),
  join(import.meta.dirname, '../../model/grunnskole'),
  join(import.meta.dirname, '../../model/fs'),
  join(import.meta.dirname, '../../model/hoyereutdanning'),
];

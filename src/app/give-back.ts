// Gives memory back that starting has taken and nothing holds any more: reading the model leaves twice as much behind as the hub then has, and a heap that
// once was large stays so until much is thrown away, which in a hub that waits for requests is long. Called once, before the hub is ready.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Takes some tens of milliseconds, in which nothing else runs. */
export const giveBack = (): void => {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  setFlagsFromString('--no-expose-gc');
  // The one kind that gives all back: https://github.com/v8/v8/blob/main/src/extensions/gc-extension.cc
  if (typeof collect === 'function') collect({ type: 'major', execution: 'sync', flavor: 'last-resort' });
};

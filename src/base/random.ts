// Randomness, injected. The only file of the product that asks the system for random bytes.
import { randomBytes, randomUUID } from 'node:crypto';

export type Random = {
  readonly bytes: (count: number) => Buffer;
  /** A lower-case UUID, version 4. */
  readonly uuid: () => string;
};

export const systemRandom: Random = {
  bytes: (count) => randomBytes(count),
  uuid: () => randomUUID(),
};

// The registers of Gemini, in the order in which they are described. Data alone.
import { codes } from './codes.ts';
import { offers } from './offers.ts';
import { places } from './places.ts';
import type { Register } from './gemini-type.ts';

export const registers: readonly Register[] = [...codes, ...places, ...offers].toSorted((one, other) =>
  one.path < other.path ? -1 : one.path > other.path ? 1 : 0,
);

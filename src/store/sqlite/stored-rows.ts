// A row of the table of resources as the contract gives it. Used by the reading and the writing half of a tenant.
import type { StoredResource } from '../store.ts';
import { bytesOf, numberOf } from './driver.ts';
import { linkedIn, ownIn } from './protection-bits.ts';

/** The columns that it takes, of `resource r` and `change c`; the body as a blob. */
export const storedResource = (row: Record<string, unknown>): StoredResource => ({
  uid: numberOf(row, 'uid'),
  position: numberOf(row, 'position'),
  changedAt: numberOf(row, 'at'),
  born: numberOf(row, 'born'),
  protection: ownIn(numberOf(row, 'protection')),
  linked: linkedIn(numberOf(row, 'protection')),
  body: bytesOf(row, 'body'),
});

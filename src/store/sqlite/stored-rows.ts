// A row of the table of resources as the contract gives it, and which of its changes a clearance could notice. Used by the reading and the
// writing half of a tenant.
import type { StoredResource } from '../store.ts';
import { bytesOf, numberOf, textOf } from './driver.ts';
import { linkedIn, ownIn } from './protection-bits.ts';

/**
 * The columns that it takes, of `resource r` and `change c`; the body as a blob. Position and time are those of the last change that the
 * clearance could notice: what happens to that which it does not see moves neither.
 */
export const storedResource = (row: Record<string, unknown>, clearance: number): StoredResource => {
  const [position, changedAt] = noticedIn(row, clearance);
  return {
    uid: numberOf(row, 'uid'),
    position,
    changedAt,
    born: numberOf(row, 'born'),
    protection: ownIn(numberOf(row, 'protection')),
    linked: linkedIn(numberOf(row, 'protection')),
    body: bytesOf(row, 'body'),
  };
};

/** Position and time of the last change up to that in `row` (position, at, level, noticed) that a clearance could notice. */
export const noticedIn = (row: Record<string, unknown>, clearance: number): readonly [position: number, at: number] => {
  const [position, at] = [numberOf(row, 'position'), numberOf(row, 'at')];
  if (numberOf(row, 'level') <= clearance) return [position, at];
  const text = textOf(row, 'noticed');
  // Nothing before it could be noticed: it is not there for such a clearance.
  if (text === '') return [position, at];
  // Written by change-writer.ts.
  const noticed: readonly (readonly [number, number])[] = JSON.parse(text);
  return noticed[clearance] ?? [position, at];
};

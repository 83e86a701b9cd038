// A row of the table of resources as the contract gives it. Used by the reading half of a tenant.
import type { StoredResource } from '../store.ts';
import { storedResource as storedFrom } from '../writing/stored-resource.ts';
import { bytesOf, numberOf, textOf } from './driver.ts';

/** The columns that it takes, of `resource r` and `change c`; the body as a blob. */
export const storedResource = (row: Record<string, unknown>, clearance: number): StoredResource =>
  storedFrom(
    {
      uid: numberOf(row, 'uid'),
      born: numberOf(row, 'born'),
      protection: numberOf(row, 'protection'),
      body: bytesOf(row, 'body'),
    },
    {
      position: numberOf(row, 'position'),
      at: numberOf(row, 'at'),
      level: numberOf(row, 'level'),
      noticed: textOf(row, 'noticed'),
    },
    clearance,
  );

// What was delivered of a resource, told apart from what other resources have brought to it: for writers that change a part and must keep the
// rest. A part of every write transaction; called by tenant-write.ts.
import type { DatabaseSync } from 'node:sqlite';
import type { IdentifierValue, TenantWrite } from '../store.ts';
import { numberOf, statement, textOf } from './driver.ts';
import { parseLinks } from './links.ts';

/** Prepares the statement of one connection; `valuesOf` gives the identifiers of identifier rows, index-aligned. */
export const createDelivered = (
  db: DatabaseSync,
  valuesOf: (keys: readonly number[]) => readonly IdentifierValue[],
): TenantWrite['delivered'] => {
  const read = statement(db, 'SELECT keys, split, own, body FROM resource WHERE uid = ?');
  return (uid) => {
    const row = read.get(uid);
    if (row === undefined) return null;
    const keys: readonly number[] = JSON.parse(textOf(row, 'keys'));
    // The first key is the primary identifier.
    const [primary] = valuesOf(keys.slice(0, 1));
    if (primary === undefined) return null;
    const own = row['own'];
    const links = parseLinks(typeof own === 'string' ? own : textOf(row, 'body').slice(numberOf(row, 'split'), -1));
    links.delete('self');
    return { primary, links };
  };
};

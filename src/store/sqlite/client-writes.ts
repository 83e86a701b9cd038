// What S2 writes: events, follow states, erasure. A part of every write transaction; called by tenant-write.ts.
import type { DatabaseSync } from 'node:sqlite';
import type { TenantWrite } from '../store.ts';
import type { Names } from './names.ts';

export type ClientWrites = Pick<
  TenantWrite,
  'event' | 'eventByKey' | 'putEvent' | 'forgetEvents' | 'putFollow' | 'erase'
>;

/** What the parts of a transaction lend each other. */
export type WriteParts = {
  readonly db: DatabaseSync;
  readonly names: Names;
  /** Removes a resource within the transaction. */
  readonly remove: (path: string, uid: number, order: number) => void;
};

/** Prepares the statements of one connection; gives what begins the bookkeeping of one transaction. */
export const createClientWrites = (
  _deps: Pick<WriteParts, 'db' | 'names'>,
): ((parts: Pick<WriteParts, 'remove'>) => ClientWrites) => {
  const missing = (): never => {
    throw new Error('not built');
  };
  return () => ({
    event: missing,
    eventByKey: missing,
    putEvent: missing,
    forgetEvents: missing,
    putFollow: missing,
    erase: missing,
  });
};

// What a write transaction holds beside resources and runs: events of clients, follow states, erasures. Called by tenant-write.ts.
import type { DatabaseSync } from 'node:sqlite';
import type { Clock } from '#base/clock.ts';
import type { TenantWrite } from '../store.ts';
import { createEventWriter } from './event-rows.ts';
import { createFollowWriter } from './follow-rows.ts';
import type { Names } from './names.ts';

export type ClientWrites = Pick<
  TenantWrite,
  'event' | 'eventByKey' | 'putEvent' | 'forgetEvents' | 'putFollow' | 'forgetFollows' | 'erase'
>;

/** What the parts of a transaction lend each other. */
export type WriteParts = {
  readonly db: DatabaseSync;
  readonly names: Names;
  readonly clock: Pick<Clock, 'now'>;
  /** Removes a resource within the transaction. */
  readonly remove: (path: string, uid: number, order: number) => void;
};

/** Prepares the statements of one connection; gives what begins the bookkeeping of one transaction. */
export const createClientWrites = ({
  db,
  clock,
}: Pick<WriteParts, 'db' | 'names' | 'clock'>): ((parts: Pick<WriteParts, 'remove'>) => ClientWrites) => {
  const { scrub: _scrub, ...events } = createEventWriter(db, clock);
  const follow = createFollowWriter(db, clock);
  return () => ({
    ...events,
    ...follow,
    erase: () => {
      throw new Error('not built');
    },
  });
};

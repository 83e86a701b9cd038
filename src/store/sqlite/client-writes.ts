// What a write transaction holds beside resources and runs: events of clients, follow states, erasures. Called by tenant-write.ts.
import type { DatabaseSync } from 'node:sqlite';
import type { Clock } from '#base/clock.ts';
import type { Model } from '#model/model.ts';
import type { TenantWrite } from '../store.ts';
import { createEraser } from './erase.ts';
import type { ErasingParts } from './erase.ts';
import type { Erasing } from './erasing.ts';
import { createEventWriter } from './event-rows.ts';
import { createFollowWriter } from './follow-rows.ts';
import type { Names } from './names.ts';

export type ClientWrites = Pick<
  TenantWrite,
  'event' | 'eventByKey' | 'hasWaitingChange' | 'putEvent' | 'forgetEvents' | 'putFollow' | 'forgetFollows' | 'erase'
> & {
  /** Erases what the ledger holds and the data does not follow yet: after older data have been put back. */
  readonly followLedger: (breathe: () => Promise<void>) => Promise<void>;
};

export type ClientWritesDeps = {
  readonly db: DatabaseSync;
  readonly names: Names;
  readonly model: Model;
  readonly clock: Pick<Clock, 'now'>;
  readonly base: () => string;
  readonly erasing: Pick<Erasing, 'enter' | 'unfollowed' | 'followed' | 'hashOf'>;
};

/** Prepares the statements of one connection; gives what begins the bookkeeping of one transaction. */
export const createClientWrites = (deps: ClientWritesDeps): ((parts: ErasingParts) => ClientWrites) => {
  const { scrub, ...events } = createEventWriter(deps.db, deps.clock);
  const follow = createFollowWriter(deps.db, deps.clock);
  const eraser = createEraser({ ...deps, scrubEvents: scrub });
  const { erasing } = deps;
  return (parts) => ({
    ...events,
    ...follow,
    erase: (uids, reason) => {
      const what = eraser.find(uids);
      if (what.refs.length === 0) return null;
      const id = erasing.enter(reason, what.refs);
      eraser.erase(what, parts);
      return id;
    },
    followLedger: async (breathe) => {
      const unfollowed = erasing.unfollowed();
      if (unfollowed.length === 0) return;
      const hashes = new Set(unfollowed.flatMap((entry) => [...entry.hashes]));
      const found = await eraser.search((ref) => hashes.has(erasing.hashOf(ref)), breathe);
      eraser.erase(eraser.find(found.uids, found.rows), parts);
      for (const { id } of unfollowed) erasing.followed(id);
    },
  });
};

// The writing half of an organisation's file: the writing logic over this connection's rows, and what a work does beside them. One transaction at
// a time, which the caller begins and commits. Called by tenant.ts; knows no HTTP and no policy.
import type { DatabaseSync } from 'node:sqlite';
import type { Clock } from '#base/clock.ts';
import type { Model } from '#model/model.ts';
import { rebase } from '../writing/rebase.ts';
import type { Rows } from '../writing/rows.ts';
import { createWriting } from '../writing/writing.ts';
import type { Beside, Work } from '../writing/writing.ts';
import { statement } from './driver.ts';
import type { Erasing } from './erasing.ts';
import { createEventWriter } from './event-rows.ts';
import { createFollowWriter } from './follow-rows.ts';
import type { Names } from './names.ts';
import { createRows } from './rows.ts';
import { createRunWriter } from './run-write.ts';

export type WriterDeps = {
  readonly db: DatabaseSync;
  readonly names: Names;
  readonly model: Model;
  readonly clock: Clock;
  readonly base: () => string;
  /** Inverse links beyond FINT's own rules. */
  readonly extraBackLinks: () => boolean;
  readonly erasing: Erasing;
  /** What each work sees of the rows. Absent = the rows themselves. */
  readonly through?: (rows: Rows) => Rows;
};

export type TenantWriter = {
  /** Starts the bookkeeping of one work; the caller has begun the transaction and commits it. */
  readonly begin: () => Work;
  /** Makes the address that stored links begin with another one; gives how many resources there are. Within a transaction. */
  readonly rebase: (from: string, to: string) => Promise<number>;
};

/** Prepares the statements of one connection. */
export const createWriter = (deps: WriterDeps): TenantWriter => {
  const { db, names, erasing } = deps;
  const insertAudit = statement(db, 'INSERT INTO audit_outbox (record) VALUES (?)');
  const { scrub, ...events } = createEventWriter(db, deps.clock);
  const beside: Beside = {
    writes: {
      ...createRunWriter(db),
      ...events,
      ...createFollowWriter(db, deps.clock),
      audit: (record) => void insertAudit.run(JSON.stringify(record)),
    },
    scrubEvents: scrub,
    erasures: erasing,
  };
  const own = createRows(db, names);
  const rows = (): Rows => deps.through?.(own) ?? own;
  const writing = createWriting({ ...deps, keepsBack: erasing.keepsBack });
  return {
    begin: () => writing.begin(rows(), beside),
    rebase: (from, to) => rebase(rows(), from, to),
  };
};

// The audit of an organisation in a data directory that a hub may be using: for commands. Takes no lock, keeps nothing open between calls
// but a reading connection; a checkpoint is made through the file's own transactions.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '#base/clock.ts';
import { HubError, problem } from '#base/errors.ts';
import type { Model } from '#model/model.ts';
import type { AuditKey, Eventually, TenantReads, TenantTrail } from '../store.ts';
import { openAuditFile } from './audit-file.ts';
import type { AuditFile } from './audit-file.ts';
import { createTrail } from './audit-trail.ts';
import { guarded, numberOf, openDatabase, statement } from './driver.ts';
import { createNames } from './names.ts';
import { tenantMigrations } from './schema.ts';
import { createReads } from './tenant-reads.ts';

export type AuditBeside = {
  readonly reads: TenantReads;
  readonly trail: TenantTrail;
  readonly close: () => void;
};

/** Where an organisation's audit is kept, by its folder. */
export const auditPathIn = (folder: string): string => join(folder, 'audit.db');

/** Opens it. Throws a HubError: HUB-204 when the organisation has no data, HUB-511 to 513 as the driver does, HUB-100 for data of an older version. */
export const openAuditBeside = (options: {
  /** Folder of the organisation. */
  readonly folder: string;
  readonly organisation: string;
  readonly model: Model;
  readonly clock: Clock;
  readonly key: () => Eventually<AuditKey>;
}): AuditBeside => {
  const { folder, organisation, model, clock, key } = options;
  const path = auditPathIn(folder);
  const dataPath = join(folder, 'data.db');
  if (!existsSync(path) || !existsSync(dataPath))
    throw new HubError(problem('HUB-204', `There are no data of ${organisation} here.`));
  const db = openDatabase({ path: dataPath, readOnly: true, migrations: tenantMigrations, cacheMb: 8 });
  if (numberOf(statement(db, 'PRAGMA user_version').get(), 'user_version') < tenantMigrations.length) {
    db.close();
    throw new HubError(problem('HUB-100', 'The data are of an older version: start the hub once, then ask again.'));
  }
  const writing = <T>(work: (file: AuditFile) => T): Promise<T> =>
    Promise.resolve().then(() =>
      guarded(() => {
        const file = openAuditFile(path, organisation);
        try {
          return work(file);
        } finally {
          file.close();
        }
      }),
    );
  return {
    reads: createReads({ db, names: createNames(db), model, clock, commits: () => 0 }),
    trail: createTrail({
      path,
      organisation,
      clock,
      // A hub moves what is recorded with a write at once, and at its start what it left.
      settle: () => Promise.resolve(),
      key,
      seal: (signer) => writing((file) => file.seal(signer)),
      trim: (before, signer) => writing((file) => file.trim(before, signer)),
    }),
    close: () => db.close(),
  };
};

// Runs, contracts and events of an organisation in a data directory that a hub may be using: for commands. Reads only, and takes no lock.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { HubError, problem } from '#base/errors.ts';
import type { TenantEvents, TenantRuns } from '../store.ts';
import { numberOf, openDatabase, statement } from './driver.ts';
import { createEventReads } from './event-rows.ts';
import { createRunReads } from './run-reads.ts';
import { tenantMigrations } from './schema.ts';

export type DeliveriesBeside = {
  readonly runs: TenantRuns;
  readonly events: TenantEvents;
  readonly close: () => void;
};

/** Opens them by the folder of the organisation. Throws a HubError: HUB-204 when it has no data, HUB-511 to 513 as the driver does, HUB-100 for data of an older version. */
export const openDeliveriesBeside = (folder: string, organisation: string): DeliveriesBeside => {
  const path = join(folder, 'data.db');
  if (!existsSync(path)) throw new HubError(problem('HUB-204', `There are no data of ${organisation} here.`));
  const db = openDatabase({ path, readOnly: true, migrations: tenantMigrations, cacheMb: 8 });
  if (numberOf(statement(db, 'PRAGMA user_version').get(), 'user_version') < tenantMigrations.length) {
    db.close();
    throw new HubError(problem('HUB-100', 'The data are of an older version: start the hub once, then ask again.'));
  }
  return { runs: createRunReads(db), events: createEventReads(db), close: () => db.close() };
};

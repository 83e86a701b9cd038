// Opens the database of a hub: connects, and refuses what the hub must not work on. Called by whoever composes the store.
import type { Database } from './database.ts';
import { openDriver } from './driver.ts';
import type { DriverOptions } from './driver.ts';
import { checkDatabase } from './roles.ts';

export type Opened = { readonly database: Database; readonly version: number };

/** Connects and checks version, product and role, and again whenever the server may be another. Throws a HubError and leaves nothing open: those of openDriver, and HUB-502, 511, 513, 514, 515. */
export const openDatabase = async (options: DriverOptions): Promise<Opened> => {
  const database = await openDriver({ ...options, check: (found) => checkDatabase(found) });
  try {
    return { database, version: await checkDatabase(database) };
  } catch (error) {
    await database.close();
    throw error;
  }
};

// Quality's half of an organisation's folder: quality.db, and a reading connection to data.db. A file of its own, so that keeping findings
// never makes a delivery wait. Built by app/compose.ts; read by the command line beside a running hub.
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { HubError } from '#base/errors.ts';
import type { QualityStore } from '../quality.ts';
import { openDatabase } from './driver.ts';
import { qualityMigrations } from './quality-schema.ts';
import { createQualityResults } from './quality-results.ts';
import { createQualitySource } from './quality-source.ts';
import { tenantMigrations } from './schema.ts';
import { tenantFolder } from './sqlite-store.ts';

/**
 * Opens quality.db of an organisation whose data.db is there already; makes it when it is missing (`readOnly`: gives null instead, also when
 * there is no data.db). Throws a HubError when a file cannot be used.
 */
export const openQualityStore = (folder: string, id: string, readOnly = false): QualityStore | null => {
  const place = tenantFolder(folder, id);
  const [dataPath, path] = [join(place, 'data.db'), join(place, 'quality.db')];
  if (!existsSync(dataPath) || (readOnly && !existsSync(path))) return null;
  const opened: DatabaseSync[] = [];
  try {
    const data = openDatabase({ path: dataPath, readOnly: true, migrations: tenantMigrations, cacheMb: 16 });
    opened.push(data);
    const db = openResults(path, readOnly);
    opened.push(db);
    // What a crash takes away is found again.
    if (!readOnly) db.exec('PRAGMA synchronous = NORMAL');
    return {
      source: createQualitySource(data),
      results: createQualityResults(db),
      // A data directory has one hub.
      alone: (work) => work(),
      far: false,
      close: () => {
        data.close();
        db.close();
      },
    };
  } catch (error) {
    for (const one of opened) one.close();
    throw error;
  }
};

/** A file that is damaged, or of another version, is made anew: all that it holds can be found again, save the trend. */
const openResults = (path: string, readOnly: boolean): DatabaseSync => {
  const open = (): DatabaseSync => openDatabase({ path, readOnly, migrations: qualityMigrations, cacheMb: 16 });
  try {
    return open();
  } catch (error) {
    const code = error instanceof HubError ? error.problem.code : null;
    if (readOnly || (code !== 'HUB-511' && code !== 'HUB-512')) throw error;
    for (const suffix of ['', '-wal', '-shm']) rmSync(`${path}${suffix}`, { force: true });
    return open();
  }
};

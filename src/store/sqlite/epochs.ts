// The history of the feed: which stretch of positions was given under which name. After a restore the same positions are given anew, to other
// changes; the new name tells a follower that what he holds beyond the restored end no longer counts. Called by tenant.ts and restore.ts.
import type { DatabaseSync } from 'node:sqlite';
import { numberOf, statement, textOf } from './driver.ts';

export type Epoch = { readonly name: string; readonly until: number | null };

/** The epochs of a file, oldest first; the last one is the present. Empty while the file has never been opened by a hub that keeps them. */
export const readEpochs = (db: DatabaseSync): readonly Epoch[] => {
  const text = textOf(statement(db, "SELECT value FROM meta WHERE name = 'epochs'").get(), 'value');
  if (text === '') return [];
  // Written by beginEpoch alone; the file's version guards its shape.
  const epochs: readonly Epoch[] = JSON.parse(text);
  return epochs;
};

/** Ends the present epoch at the newest position and begins the next one. Within a transaction. */
export const beginEpoch = (db: DatabaseSync, name: string): void => {
  const head = numberOf(statement(db, 'SELECT coalesce(max(position), 0) AS n FROM change').get(), 'n');
  const before = readEpochs(db).map((epoch) => ({ ...epoch, until: epoch.until ?? head }));
  statement(db, "INSERT INTO meta (name, value) VALUES ('epochs', ?1) ON CONFLICT DO UPDATE SET value = ?1").run(
    JSON.stringify([...before, { name, until: null }]),
  );
};

// The history of the feed: which stretch of positions was given under which name. After a restore the same positions are given anew, to other
// changes; the new name tells a follower that what he holds beyond the restored end no longer counts. Called by reads.ts, and by whoever begins
// one within a write transaction.
import { textOf } from './cells.ts';
import type { Connection, Row, Sql } from './database.ts';

export type Epoch = { readonly name: string; readonly until: number | null };

export const epochsSql: Sql = {
  name: 'read_epochs',
  text: "SELECT value FROM meta WHERE tenant = $1 AND name = 'epochs'",
};
const writeEpochs: Sql = {
  name: 'write_epochs',
  text: `INSERT INTO meta (tenant, name, value) VALUES ($1, 'epochs', $2)
    ON CONFLICT (tenant, name) DO UPDATE SET value = excluded.value`,
};

/** Of the row that `epochsSql` gives: oldest first, the last one is the present. Empty where none has begun. */
export const epochsIn = (row: Row | undefined): readonly Epoch[] => {
  const text = textOf(row, 'value');
  if (text === '') return [];
  // Written by beginEpoch alone; the version of the tables guards its shape.
  const epochs: readonly Epoch[] = JSON.parse(text);
  return epochs;
};

/** Ends the present epoch at a position, the newest one, and begins the next. Within a transaction that holds the organisation's lock. */
export const beginEpoch = async (
  connection: Connection,
  tenant: number,
  name: string,
  position: number,
): Promise<void> => {
  const [row] = await connection.query(epochsSql, [tenant]);
  const before = epochsIn(row).map((epoch) => ({ ...epoch, until: epoch.until ?? position }));
  await connection.query(writeEpochs, [tenant, JSON.stringify([...before, { name, until: null }])]);
};

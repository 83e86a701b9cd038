// The floor on SQLite: prepared statements of node:sqlite in the tables and under the durability of the store, and nothing else. Called by
// scenarios/engines.ts.
import { join } from 'node:path';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { tenantMigrations } from '#store/sqlite/schema.ts';
import { endUid, firstUid } from '#store/writing/uids.ts';
import { partsOf, type DeliveryFloor, type ReadFloor, type WriteFloor } from './floor.ts';

/** The file of an organisation's data in a data directory. */
export const fileOf = (folder: string, organisation: string): string =>
  join(folder, 'tenants', organisation, 'data.db');

const open = (file: string): DatabaseSync => {
  const db = new DatabaseSync(file, { timeout: 5_000 });
  db.exec(
    'PRAGMA cache_size = -65536; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY',
  );
  return db;
};

const idIn = (db: DatabaseSync, text: string, value: string): number => Number(db.prepare(text).get(value)?.['id']);

/** Reads in the file of a store. */
export const readFloor = (file: string, path: string, field: string): ReadFloor => {
  const db = open(file);
  const collection = idIn(db, 'SELECT id FROM collection WHERE path = ?', path);
  const word = (text: string): number => idIn(db, 'SELECT id FROM name WHERE name = ?', text);
  const [fieldId, from, to] = [word(field), firstUid(collection), endUid(collection)];
  const one = db.prepare(
    `SELECT CAST(r.body AS BLOB) AS body FROM identifier i JOIN resource r ON r.uid = i.uid
      WHERE i.collection = ? AND i.field = ? AND i.value = ?`,
  );
  const page = db.prepare(
    'SELECT CAST(body AS BLOB) AS body FROM resource WHERE uid >= ? AND uid < ? ORDER BY uid LIMIT ?',
  );
  const changes = db.prepare(
    'SELECT position, uid, kind, at FROM change WHERE collection = ? AND position > ? ORDER BY position LIMIT 100',
  );
  const indexed = db.prepare('SELECT uid FROM attribute_index WHERE collection = ? AND path = ? AND folded = ?');
  const unindexed = db.prepare('SELECT uid FROM resource WHERE uid >= ? AND uid < ? AND json_extract(body, ?) = ?');
  return {
    one: (value) => (one.get(collection, fieldId, value) === undefined ? 0 : 1),
    page: (size) => page.all(from, to, size).length,
    changesAfter: (position) => changes.all(collection, position).length,
    indexed: (named, folded) => indexed.all(collection, word(named), folded).length,
    unindexed: (names, text) => unindexed.all(from, to, `$.${names.join('.')}`, text).length,
    close: () => db.close(),
  };
};

/** Writes rows into a file of its own, one transaction each: SQLite has one writer, whoever they come from. */
export const writeFloor = (file: string): WriteFloor => {
  const db = open(file);
  db.exec('CREATE TABLE bench_write (id INTEGER PRIMARY KEY, body BLOB NOT NULL)');
  const write = db.prepare('INSERT INTO bench_write (body) VALUES (?)');
  const body = Buffer.alloc(400, 'x');
  return { write: () => write.run(body), close: () => db.close() };
};

const tables: readonly { readonly name: string; readonly order: string }[] = [
  { name: 'resource', order: 'uid' },
  { name: 'identifier', order: 'id' },
  { name: 'link', order: 'source, target, relation' },
  { name: 'change', order: 'position' },
  { name: 'segment', order: 'collection, number' },
];

/** Takes the rows that a store has left in the file `from`, to write them into the file `into`, in as many pages. */
export const deliveryFloor = (
  files: { readonly from: string; readonly into: string },
  path: string,
  pages: number,
): DeliveryFloor => {
  const source = open(files.from);
  const db = open(files.into);
  for (const migrate of tenantMigrations) migrate(db);
  const cut = tables.map(({ name, order }) => {
    const columns = source
      .prepare(`SELECT name FROM pragma_table_info('${name}')`)
      .all()
      .map((row) => String(row['name']));
    const all = source.prepare(`SELECT ${columns.join(', ')} FROM ${name} ORDER BY ${order}`).all();
    const insert = db.prepare(
      `INSERT INTO ${name} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')}) ON CONFLICT DO NOTHING`,
    );
    const cells = all.map((row) => columns.map((column): SQLInputValue => row[column] ?? null));
    return { insert, parts: partsOf(cells, pages) };
  });
  const collection = idIn(source, 'SELECT id FROM collection WHERE path = ?', path);
  const entries = source
    .prepare(
      `SELECT i.field, i.value, r.hash FROM resource r JOIN json_each(r.keys) k JOIN identifier i ON i.id = k.value
        WHERE r.uid >= ? AND r.uid < ? ORDER BY r.uid`,
    )
    .all(firstUid(collection), endUid(collection));
  source.close();
  const stored = db.prepare(
    `SELECT r.hash FROM identifier i JOIN resource r ON r.uid = i.uid WHERE i.collection = ? AND i.field = ? AND i.value = ?`,
  );
  const inTransaction = (work: () => void): void => {
    db.exec('BEGIN IMMEDIATE');
    work();
    db.exec('COMMIT');
  };
  return {
    fresh: async () => {
      for (let page = 0; page < pages; page += 1)
        inTransaction(() => {
          for (const { insert, parts } of cut) for (const cells of parts[page] ?? []) insert.run(...cells);
        });
    },
    unchanged: async () => {
      for (const part of partsOf(entries, pages))
        inTransaction(() => {
          for (const { field, value, hash } of part) {
            const found = stored.get(collection, field ?? null, value ?? null)?.['hash'];
            const same = found instanceof Uint8Array && hash instanceof Uint8Array && Buffer.compare(found, hash) === 0;
            if (!same) throw new Error('the floor has not written what the store had');
          }
        });
    },
    close: () => db.close(),
  };
};

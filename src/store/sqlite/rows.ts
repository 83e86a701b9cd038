// The rows of an organisation's file as the writing half sees them: prepared statements of the write connection. Everything is at hand, so that
// nothing is asked for ahead. Called by tenant-write.ts; knows no rule of links or protection.
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { sliceSize } from '../writing/looking-ahead.ts';
import type {
  BesideRows,
  FeedRows,
  IdentifierRow,
  IdentifierRows,
  LinkFromRow,
  LinkRows,
  LinkToRow,
  ResourceRows,
  Rows,
  Walks,
  WordRows,
} from '../writing/rows.ts';
import { statement } from './driver.ts';
import type { Names } from './names.ts';

/** Values in the order of the columns: cheaper than by their names, and a page looks at a hundred thousand rows. */
type Row = Record<number, unknown>;

const linkToColumns =
  'l.relation, l.source, i.field, i.value, i.protection FROM link l JOIN identifier i ON i.id = l.source_identifier';
const linkFromColumns =
  'l.target, l.relation, l.source_identifier, i.collection, i.uid, i.last_uid, i.protection FROM link l JOIN identifier i ON i.id = l.target';
const identifierColumns = 'id, collection, field, value, uid, last_uid, protection, removed_by FROM identifier';

/** Prepares a statement that gives rows as lists. */
const lists = (db: DatabaseSync, text: string): StatementSync => {
  const prepared = db.prepare(text);
  prepared.setReturnArrays(true);
  return prepared;
};

/** Prepares the statements of one connection. */
export const createRows = (db: DatabaseSync, names: Names): Rows => {
  const parts = {
    ...wordRows(names),
    ...walks(db),
    ...resourceRows(db),
    ...identifierRows(db),
    ...linkRows(db),
    ...feedRows(db),
    ...besideRows(db),
  };
  return { looksAhead: false, atOnce: sliceSize, ready: () => null, makeRoom: () => null, flush: () => {}, ...parts };
};

const wordRows = (names: Names): WordRows => ({
  find: (kind, text) => (kind === 'word' ? names.find(text) : names.collection(text)),
  add: (kind, text) => (kind === 'word' ? names.intern(text) : names.internCollection(text)),
  text: (kind, id) => (kind === 'word' ? names.word(id) : names.path(id)),
});

const walks = (db: DatabaseSync): Omit<Walks, 'flush'> => {
  const resources = lists(db, 'SELECT uid FROM resource WHERE uid > ? AND uid < ? ORDER BY uid LIMIT ?');
  const neverCame = lists(
    db,
    'SELECT id FROM identifier WHERE collection = ? AND id > ? AND uid IS NULL AND last_uid IS NULL ORDER BY id LIMIT ?',
  );
  const identifiers = lists(db, `SELECT ${identifierColumns} WHERE id > ? ORDER BY id LIMIT ?`);
  return {
    resourcesAfter: (after, below, limit) => resources.all(after, below, limit).map(first),
    neverCameAfter: (collection, after, limit) => neverCame.all(collection, after, limit).map(first),
    identifiersAfter: (after, limit) => identifiers.all(after, limit).map(identifierIn),
  };
};

const resourceRows = (db: DatabaseSync): ResourceRows => {
  const sql = (text: string) => lists(db, text);
  const read = sql('SELECT position, keys, born, protection, split, own, body FROM resource WHERE uid = ?');
  const readOutline = sql('SELECT protection, keys FROM resource WHERE uid = ?');
  const readHash = sql('SELECT hash FROM resource WHERE uid = ?');
  const readPosition = sql('SELECT position FROM resource WHERE uid = ?');
  const readBits = sql('SELECT protection FROM resource WHERE uid = ?');
  const insert = sql(
    'INSERT INTO resource (uid, position, born, hash, source, keys, split, own, body) VALUES (?1, ?2, ?2, ?3, ?4, ?5, ?6, ?7, ?8)',
  );
  const update = sql(
    'UPDATE resource SET position = ?, hash = ?, source = ?, keys = ?, split = ?, own = ?, body = ? WHERE uid = ?',
  );
  const updateDelivered = sql('UPDATE resource SET hash = ?, source = ?, keys = ?, own = ? WHERE uid = ?');
  const updateBody = sql('UPDATE resource SET position = ?, own = ?, body = ? WHERE uid = ?');
  const rewrite = sql(`UPDATE resource SET hash = x'', split = ?, own = ?, body = ? WHERE uid = ?`);
  const move = sql('UPDATE resource SET split = ?, own = ?, body = ? WHERE uid = ?');
  const place = sql('UPDATE resource SET position = ? WHERE uid = ?');
  const writeBits = sql('UPDATE resource SET position = ?, protection = ? WHERE uid = ?');
  const writeMarks = sql('UPDATE resource SET protection = ? WHERE uid = ?');
  const remove = sql('DELETE FROM resource WHERE uid = ?');
  return {
    resource: (uid) => {
      const row = read.get(uid);
      if (row === undefined) return null;
      return {
        uid,
        position: numberAt(row, 0),
        keys: keysIn(row, 1),
        born: numberAt(row, 2),
        protection: numberAt(row, 3),
        split: numberAt(row, 4),
        own: textOrNullAt(row, 5),
        body: textAt(row, 6),
      };
    },
    outline: (uid) => {
      const row = readOutline.get(uid);
      return row === undefined ? null : { keys: keysIn(row, 1), protection: numberAt(row, 0) };
    },
    hash: (uid) => bytesAt(readHash.get(uid), 0),
    position: (uid) => first(readPosition.get(uid)),
    bits: (uid) => first(readBits.get(uid)),
    beginResource: () => {},
    insertResource: ({ uid, position, hash, source, keys, split, own, body }) =>
      void insert.run(uid, position, hash, source, JSON.stringify(keys), split, own, body),
    updateResource: ({ uid, position, hash, source, keys, split, own, body }) =>
      void update.run(position, hash, source, JSON.stringify(keys), split, own, body, uid),
    updateDelivered: ({ uid, hash, source, keys, own }) =>
      void updateDelivered.run(hash, source, JSON.stringify(keys), own, uid),
    updateBody: ({ uid, position, own, body }) => void updateBody.run(position, own, body, uid),
    rewriteBody: ({ uid, split, own, body }) => void rewrite.run(split, own, body, uid),
    moveBody: ({ uid, split, own, body }) => void move.run(split, own, body, uid),
    placeResource: (uid, position) => void place.run(position, uid),
    writeBits: (uid, position, bits) => void writeBits.run(position, bits, uid),
    writeMarks: (uid, bits) => void writeMarks.run(bits, uid),
    deleteResource: (uid) => void remove.run(uid),
  };
};

const identifierRows = (db: DatabaseSync): IdentifierRows => {
  const sql = (text: string) => lists(db, text);
  const byId = sql(`SELECT ${identifierColumns} WHERE id = ?`);
  const byValue = sql(`SELECT ${identifierColumns} WHERE collection = ? AND field = ? AND value = ?`);
  const holder = sql(
    'SELECT i.id, i.uid, r.hash FROM identifier i LEFT JOIN resource r ON r.uid = i.uid WHERE i.collection = ? AND i.field = ? AND i.value = ?',
  );
  const formerOf = sql('SELECT id FROM identifier WHERE last_uid = ? AND uid IS NULL');
  const last = sql('SELECT coalesce(max(id), 0) AS id FROM identifier');
  const insert = sql('INSERT INTO identifier (collection, field, value, uid) VALUES (?, ?, ?, ?)');
  const give = sql('UPDATE identifier SET uid = ?, removed_by = NULL WHERE id = ?');
  const take = sql('UPDATE identifier SET last_uid = uid, uid = NULL, removed_by = ? WHERE id = ?');
  const writeLevel = sql('UPDATE identifier SET protection = ? WHERE id = ?');
  const remove = sql('DELETE FROM identifier WHERE id = ?');
  return {
    identifier: (id) => {
      const row = byId.get(id);
      return row === undefined ? null : identifierIn(row);
    },
    named: (collection, field, value) => {
      const row = byValue.get(collection, field, value);
      return row === undefined ? null : identifierIn(row);
    },
    holder: (collection, field, value) => {
      const row = holder.get(collection, field, value);
      if (row === undefined) return null;
      const uid = numberOrNullAt(row, 1);
      return { id: first(row), uid, hash: uid === null ? null : bytesAt(row, 2) };
    },
    formerOf: (uid) => formerOf.all(uid).map(first),
    lastIdentifier: () => first(last.get()),
    insertIdentifier: (collection, field, value, uid) =>
      Number(insert.run(collection, field, value, uid).lastInsertRowid),
    giveIdentifier: (id, uid) => void give.run(uid, id),
    takeIdentifier: (id, order) => void take.run(order, id),
    writeIdentifierLevel: (id, level) => void writeLevel.run(level, id),
    deleteIdentifier: (id) => void remove.run(id),
  };
};

const linkRows = (db: DatabaseSync): LinkRows => {
  const sql = (text: string) => lists(db, text);
  const linksTo = sql(`SELECT ${linkToColumns} WHERE l.target = ? ORDER BY l.relation, l.source`);
  const guardedTo = sql(`SELECT ${linkToColumns} WHERE l.target = ? AND i.protection > 0`);
  const sourcesOf = sql('SELECT DISTINCT source FROM link WHERE target = ?');
  const linksFrom = sql(`SELECT ${linkFromColumns} WHERE l.source = ?`);
  const guardedFrom = sql(
    `SELECT ${linkFromColumns} WHERE l.source = ? AND (i.protection > 0 OR (i.uid IS NULL AND i.last_uid IS NULL))`,
  );
  const linkedUids = sql(
    'SELECT i.uid FROM link l JOIN identifier i ON i.id = l.target WHERE l.source = ? AND l.relation = ? AND i.uid IS NOT NULL',
  );
  const hasLink = sql('SELECT EXISTS (SELECT 1 FROM link WHERE source = ? AND relation = ?) AS n');
  const insert = sql('INSERT OR IGNORE INTO link (target, relation, source, source_identifier) VALUES (?, ?, ?, ?)');
  const remove = sql('DELETE FROM link WHERE target = ? AND relation = ? AND source = ?');
  const removeFrom = sql('DELETE FROM link WHERE source = ?');
  const removeTo = sql('DELETE FROM link WHERE target = ?');
  return {
    linksTo: (target) => linksTo.all(target).map(linkToIn),
    guardedLinksTo: (target) => guardedTo.all(target).map(linkToIn),
    sourcesOf: (target) => sourcesOf.all(target).map(first),
    linksFrom: (source) => linksFrom.all(source).map(linkFromIn),
    guardedLinksFrom: (source) => guardedFrom.all(source).map(linkFromIn),
    linkedUids: (source, relation) => linkedUids.all(source, relation).map(first),
    hasLink: (source, relation) => first(hasLink.get(source, relation)) === 1,
    insertLink: (target, relation, source, sourceIdentifier) =>
      void insert.run(target, relation, source, sourceIdentifier),
    deleteLink: (target, relation, source) => void remove.run(target, relation, source),
    deleteLinksFrom: (source) => void removeFrom.run(source),
    deleteLinksTo: (target) => void removeTo.run(target),
  };
};

const feedRows = (db: DatabaseSync): FeedRows => {
  const sql = (text: string) => lists(db, text);
  const newest = sql('SELECT position, at FROM change ORDER BY position DESC LIMIT 1');
  const change = sql('SELECT position, at, level, noticed FROM change WHERE position = ?');
  const insert = sql(
    'INSERT INTO change (position, collection, uid, kind, at, before, level, noticed, fields) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
  );
  const forgetBefore = sql(`UPDATE change SET before = '[]' WHERE uid = ? AND before IS NOT NULL`);
  const readCounter = sql('SELECT next, count, position FROM collection WHERE id = ?');
  const writeCounter = sql(
    'UPDATE collection SET next = ?, count = ?, position = ?, changed_at = max(changed_at, ?) WHERE id = ?',
  );
  const addToSegment = sql(
    'INSERT INTO segment (collection, number, count, position) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO UPDATE SET count = count + ?3, position = ?4',
  );
  const marked = sql('SELECT id FROM collection WHERE marked = 1');
  const setMarked = sql('UPDATE collection SET marked = 1 WHERE id = ?');
  return {
    newest: () => {
      const row = newest.get();
      return { position: numberAt(row, 0), at: numberAt(row, 1) };
    },
    change: (position) => {
      const row = change.get(position);
      if (row === undefined) return null;
      return {
        position,
        at: numberAt(row, 1),
        level: numberAt(row, 2),
        noticed: textOrNullAt(row, 3),
      };
    },
    insertChange: ({ position, collection, uid, kind, at, before, level, noticed, fields }) =>
      void insert.run(position, collection, uid, kind, at, before, level, noticed, fields),
    forgetBefore: (uid) => void forgetBefore.run(uid),
    counter: (collection) => {
      const row = readCounter.get(collection);
      return { next: numberAt(row, 0), count: numberAt(row, 1), position: numberAt(row, 2) };
    },
    writeCounter: (collection, { next, count, position }, at) =>
      void writeCounter.run(next, count, position, at, collection),
    addToSegment: (collection, number, delta, position) => void addToSegment.run(collection, number, delta, position),
    marked: () => marked.all().map(first),
    setMarked: (collection) => void setMarked.run(collection),
  };
};

const besideRows = (db: DatabaseSync): BesideRows => {
  const insertIndexed = statement(
    db,
    'INSERT OR IGNORE INTO attribute_index (collection, path, folded, uid) VALUES (?, ?, ?, ?)',
  );
  const deleteIndexed = statement(
    db,
    'DELETE FROM attribute_index WHERE collection = ? AND path = ? AND folded = ? AND uid = ?',
  );
  const insertPastSubject = statement(db, 'INSERT OR IGNORE INTO past_subject (about, uid) VALUES (?, ?)');
  const insertPastLife = statement(db, 'INSERT OR REPLACE INTO past_life (uid, born, gone) VALUES (?, ?, ?)');
  return {
    insertIndexed: (collection, path, folded, uid) => void insertIndexed.run(collection, path, folded, uid),
    deleteIndexed: (collection, path, folded, uid) => void deleteIndexed.run(collection, path, folded, uid),
    clearIndex: () => db.exec('DELETE FROM attribute_index'),
    insertPastSubject: (about, uid) => void insertPastSubject.run(about, uid),
    insertPastLife: (uid, born, gone) => void insertPastLife.run(uid, born, gone),
  };
};

const numberAt = (row: Row | undefined, column: number): number => {
  const value = row?.[column];
  return typeof value === 'number' ? value : 0;
};

const first = (row: Row | undefined): number => numberAt(row, 0);

const numberOrNullAt = (row: Row, column: number): number | null => {
  const value = row[column];
  return typeof value === 'number' ? value : null;
};

const textAt = (row: Row, column: number): string => {
  const value = row[column];
  return typeof value === 'string' ? value : '';
};

const textOrNullAt = (row: Row, column: number): string | null => {
  const value = row[column];
  return typeof value === 'string' ? value : null;
};

/** A Buffer over the same memory; empty when missing. */
const bytesAt = (row: Row | undefined, column: number): Buffer => {
  const value = row?.[column];
  return value instanceof Uint8Array ? Buffer.from(value.buffer, value.byteOffset, value.byteLength) : Buffer.alloc(0);
};

// Written by this program from a list of numbers.
const keysIn = (row: Row, column: number): readonly number[] => {
  const keys: readonly number[] = JSON.parse(textAt(row, column));
  return keys;
};

const identifierIn = (row: Row): IdentifierRow => ({
  id: numberAt(row, 0),
  collection: numberAt(row, 1),
  field: numberAt(row, 2),
  value: textAt(row, 3),
  uid: numberOrNullAt(row, 4),
  lastUid: numberOrNullAt(row, 5),
  protection: numberAt(row, 6),
  removedBy: numberOrNullAt(row, 7),
});

const linkToIn = (row: Row): LinkToRow => ({
  relation: numberAt(row, 0),
  source: numberAt(row, 1),
  field: numberAt(row, 2),
  value: textAt(row, 3),
  protection: numberAt(row, 4),
});

const linkFromIn = (row: Row): LinkFromRow => ({
  target: numberAt(row, 0),
  relation: numberAt(row, 1),
  sourceIdentifier: numberAt(row, 2),
  collection: numberAt(row, 3),
  uid: numberOrNullAt(row, 4),
  lastUid: numberOrNullAt(row, 5),
  protection: numberAt(row, 6),
});

// The rows of an organisation's file as the writing half sees them: prepared statements of the write connection. Everything is at hand, so that
// nothing is asked for ahead. Called by tenant-write.ts; knows no rule of links or protection.
import type { DatabaseSync } from 'node:sqlite';
import type { IdentifierRow, LinkFromRow, LinkToRow, Rows } from '../writing/rows.ts';
import { bytesOf, numberOf, statement, textOf } from './driver.ts';
import type { Names } from './names.ts';

type Row = Record<string, unknown>;

const linkToColumns =
  'l.relation, l.source, i.field, i.value, i.protection FROM link l JOIN identifier i ON i.id = l.source_identifier';
const linkFromColumns =
  'l.target, l.relation, l.source_identifier, i.collection, i.uid, i.last_uid, i.protection FROM link l JOIN identifier i ON i.id = l.target';
const identifierColumns = 'id, collection, field, value, uid, last_uid, protection, removed_by FROM identifier';

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
  return { looksAhead: false, ready: () => null, flush: () => {}, ...parts };
};

const wordRows = (names: Names): Pick<Rows, 'find' | 'add' | 'text'> => ({
  find: (kind, text) => (kind === 'word' ? names.find(text) : names.collection(text)),
  add: (kind, text) => (kind === 'word' ? names.intern(text) : names.internCollection(text)),
  text: (kind, id) => (kind === 'word' ? names.word(id) : names.path(id)),
});

const walks = (db: DatabaseSync): Pick<Rows, 'resourcesAfter' | 'neverCameAfter' | 'identifiersAfter'> => {
  const resources = statement(db, 'SELECT uid FROM resource WHERE uid > ? AND uid < ? ORDER BY uid LIMIT ?');
  const neverCame = statement(
    db,
    'SELECT id FROM identifier WHERE collection = ? AND id > ? AND uid IS NULL AND last_uid IS NULL ORDER BY id LIMIT ?',
  );
  const identifiers = statement(db, `SELECT ${identifierColumns} WHERE id > ? ORDER BY id LIMIT ?`);
  return {
    resourcesAfter: (after, below, limit) => resources.all(after, below, limit).map((row) => numberOf(row, 'uid')),
    neverCameAfter: (collection, after, limit) =>
      neverCame.all(collection, after, limit).map((row) => numberOf(row, 'id')),
    identifiersAfter: (after, limit) => identifiers.all(after, limit).map(identifierIn),
  };
};

const resourceRows = (
  db: DatabaseSync,
): Pick<
  Rows,
  | 'resource'
  | 'outline'
  | 'hash'
  | 'position'
  | 'bits'
  | 'beginResource'
  | 'insertResource'
  | 'updateResource'
  | 'updateDelivered'
  | 'updateBody'
  | 'rewriteBody'
  | 'moveBody'
  | 'placeResource'
  | 'writeBits'
  | 'writeMarks'
  | 'deleteResource'
> => {
  const sql = (text: string) => statement(db, text);
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
        position: numberOf(row, 'position'),
        born: numberOf(row, 'born'),
        protection: numberOf(row, 'protection'),
        keys: keysIn(row),
        split: numberOf(row, 'split'),
        own: typeof row['own'] === 'string' ? row['own'] : null,
        body: textOf(row, 'body'),
      };
    },
    outline: (uid) => {
      const row = readOutline.get(uid);
      return row === undefined ? null : { keys: keysIn(row), protection: numberOf(row, 'protection') };
    },
    hash: (uid) => bytesOf(readHash.get(uid), 'hash'),
    position: (uid) => numberOf(readPosition.get(uid), 'position'),
    bits: (uid) => numberOf(readBits.get(uid), 'protection'),
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

const identifierRows = (
  db: DatabaseSync,
): Pick<
  Rows,
  | 'identifier'
  | 'named'
  | 'holder'
  | 'formerOf'
  | 'lastIdentifier'
  | 'insertIdentifier'
  | 'giveIdentifier'
  | 'takeIdentifier'
  | 'writeIdentifierLevel'
  | 'deleteIdentifier'
> => {
  const sql = (text: string) => statement(db, text);
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
      const uid = numberOrNull(row, 'uid');
      return { id: numberOf(row, 'id'), uid, hash: uid === null ? null : bytesOf(row, 'hash') };
    },
    formerOf: (uid) => formerOf.all(uid).map((row) => numberOf(row, 'id')),
    lastIdentifier: () => numberOf(last.get(), 'id'),
    insertIdentifier: (collection, field, value, uid) =>
      Number(insert.run(collection, field, value, uid).lastInsertRowid),
    giveIdentifier: (id, uid) => void give.run(uid, id),
    takeIdentifier: (id, order) => void take.run(order, id),
    writeIdentifierLevel: (id, level) => void writeLevel.run(level, id),
    deleteIdentifier: (id) => void remove.run(id),
  };
};

const linkRows = (
  db: DatabaseSync,
): Pick<
  Rows,
  | 'linksTo'
  | 'guardedLinksTo'
  | 'sourcesOf'
  | 'linksFrom'
  | 'guardedLinksFrom'
  | 'linkedUids'
  | 'hasLink'
  | 'insertLink'
  | 'deleteLink'
  | 'deleteLinksFrom'
  | 'deleteLinksTo'
> => {
  const sql = (text: string) => statement(db, text);
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
    sourcesOf: (target) => sourcesOf.all(target).map((row) => numberOf(row, 'source')),
    linksFrom: (source) => linksFrom.all(source).map(linkFromIn),
    guardedLinksFrom: (source) => guardedFrom.all(source).map(linkFromIn),
    linkedUids: (source, relation) => linkedUids.all(source, relation).map((row) => numberOf(row, 'uid')),
    hasLink: (source, relation) => numberOf(hasLink.get(source, relation), 'n') === 1,
    insertLink: (target, relation, source, sourceIdentifier) =>
      void insert.run(target, relation, source, sourceIdentifier),
    deleteLink: (target, relation, source) => void remove.run(target, relation, source),
    deleteLinksFrom: (source) => void removeFrom.run(source),
    deleteLinksTo: (target) => void removeTo.run(target),
  };
};

const feedRows = (
  db: DatabaseSync,
): Pick<
  Rows,
  | 'newest'
  | 'change'
  | 'insertChange'
  | 'forgetBefore'
  | 'counter'
  | 'writeCounter'
  | 'addToSegment'
  | 'marked'
  | 'setMarked'
> => {
  const sql = (text: string) => statement(db, text);
  const newest = sql('SELECT position, at FROM change ORDER BY position DESC LIMIT 1');
  const change = sql('SELECT position, at, level, noticed FROM change WHERE position = ?');
  const insert = sql(
    'INSERT INTO change (position, collection, uid, kind, at, before, level, noticed) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
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
      return { position: numberOf(row, 'position'), at: numberOf(row, 'at') };
    },
    change: (position) => {
      const row = change.get(position);
      if (row === undefined) return null;
      return {
        position,
        at: numberOf(row, 'at'),
        level: numberOf(row, 'level'),
        noticed: typeof row['noticed'] === 'string' ? row['noticed'] : null,
      };
    },
    insertChange: ({ position, collection, uid, kind, at, before, level, noticed }) =>
      void insert.run(position, collection, uid, kind, at, before, level, noticed),
    forgetBefore: (uid) => void forgetBefore.run(uid),
    counter: (collection) => {
      const row = readCounter.get(collection);
      return { next: numberOf(row, 'next'), count: numberOf(row, 'count'), position: numberOf(row, 'position') };
    },
    writeCounter: (collection, { next, count, position }, at) =>
      void writeCounter.run(next, count, position, at, collection),
    addToSegment: (collection, number, delta, position) => void addToSegment.run(collection, number, delta, position),
    marked: () => marked.all().map((row) => numberOf(row, 'id')),
    setMarked: (collection) => void setMarked.run(collection),
  };
};

const besideRows = (
  db: DatabaseSync,
): Pick<Rows, 'insertIndexed' | 'deleteIndexed' | 'clearIndex' | 'insertPastSubject' | 'insertPastLife'> => {
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

const numberOrNull = (row: Row, column: string): number | null => {
  const value = row[column];
  return typeof value === 'number' ? value : null;
};

// Written by this program from a list of numbers.
const keysIn = (row: Row): readonly number[] => {
  const keys: readonly number[] = JSON.parse(textOf(row, 'keys'));
  return keys;
};

const identifierIn = (row: Row): IdentifierRow => ({
  id: numberOf(row, 'id'),
  collection: numberOf(row, 'collection'),
  field: numberOf(row, 'field'),
  value: textOf(row, 'value'),
  uid: numberOrNull(row, 'uid'),
  lastUid: numberOrNull(row, 'last_uid'),
  protection: numberOf(row, 'protection'),
  removedBy: numberOrNull(row, 'removed_by'),
});

const linkToIn = (row: Row): LinkToRow => ({
  relation: numberOf(row, 'relation'),
  source: numberOf(row, 'source'),
  field: numberOf(row, 'field'),
  value: textOf(row, 'value'),
  protection: numberOf(row, 'protection'),
});

const linkFromIn = (row: Row): LinkFromRow => ({
  target: numberOf(row, 'target'),
  relation: numberOf(row, 'relation'),
  sourceIdentifier: numberOf(row, 'source_identifier'),
  collection: numberOf(row, 'collection'),
  uid: numberOrNull(row, 'uid'),
  lastUid: numberOrNull(row, 'last_uid'),
  protection: numberOf(row, 'protection'),
});

// Reading everything of an organisation's data.db for quality: the whole change feed, whole resources, and who links to whom. Called by
// quality.ts of this folder; reads only, over a connection of its own, and so never waits for the writer.
import type { DatabaseSync } from 'node:sqlite';
import type { NamedLink, QualitySource, WholeResource } from '../quality.ts';
import { identifiersIn, kindOf } from '../read-changes.ts';
import type { IdentifierValue } from '../store.ts';
import { guard, numberOf, statement, textOf } from './driver.ts';
import { createNames } from './names.ts';
import { collectionOf, endUid, firstUid } from '../writing/uids.ts';

/** Prepares the statements of one read-only connection. */
export const createQualitySource = (db: DatabaseSync): QualitySource => {
  const names = createNames(db);
  const sql = (text: string) => statement(db, text);
  const readMeta = sql('SELECT value FROM meta WHERE name = ?');
  const lastChange = sql('SELECT coalesce(max(position), 0) AS position FROM change');
  const readCollections = sql('SELECT path, count FROM collection ORDER BY id');
  const readChanges = sql(
    'SELECT position, collection, uid, kind, before FROM change WHERE position > ? ORDER BY position LIMIT ?',
  );
  const readUids = sql('SELECT uid FROM resource WHERE uid > ? AND uid < ? ORDER BY uid LIMIT ?');
  const readResource = sql('SELECT position, source, protection, keys, split, own, body FROM resource WHERE uid = ?');
  const readIdentifier = sql('SELECT field, value FROM identifier WHERE id = ?');
  const readLinks = sql(
    'SELECT l.relation, i.collection, i.field, i.value, i.uid FROM link l JOIN identifier i ON i.id = l.target WHERE l.source = ?',
  );
  const findIdentifier = sql('SELECT id, uid FROM identifier WHERE collection = ? AND field = ? AND value = ?');
  const linkedTo = sql(
    `SELECT l.relation, l.source, r.position FROM link l JOIN resource r ON r.uid = l.source
     WHERE l.target = ?1 AND (l.relation, l.source) > (?2, ?3) ORDER BY l.relation, l.source LIMIT ?4`,
  );
  const delivered = sql(
    'SELECT 1 AS n FROM link l JOIN identifier i ON i.id = l.target WHERE l.source = ? AND l.relation = ? AND i.uid = ? LIMIT 1',
  );
  const lastSync = sql(
    "SELECT touched_at FROM sync_run WHERE collection = ? AND state = 'completed' ORDER BY run_order DESC LIMIT 1",
  );

  const identifierRow = (path: string, { field, value }: IdentifierValue): Record<string, unknown> | undefined => {
    const [collection, fieldId] = [names.collection(path), names.find(field)];
    return collection === null || fieldId === null ? undefined : findIdentifier.get(collection, fieldId, value);
  };

  const linkOf = (row: Record<string, unknown>): NamedLink => ({
    relation: names.word(numberOf(row, 'relation')),
    collection: names.path(numberOf(row, 'collection')),
    field: names.word(numberOf(row, 'field')),
    value: textOf(row, 'value'),
    uid: typeof row['uid'] === 'number' ? row['uid'] : null,
  });

  const read = (uid: number): WholeResource | null => {
    const row = readResource.get(uid);
    if (row === undefined) return null;
    const body = textOf(row, 'body');
    const split = numberOf(row, 'split');
    const shownLinks = body.slice(split, -1);
    return {
      uid,
      position: numberOf(row, 'position'),
      collection: names.path(collectionOf(uid)),
      source: textOf(row, 'source'),
      guarded: numberOf(row, 'protection') > 0,
      identifiers: numbersIn(textOf(row, 'keys')).map((key) => {
        const found = readIdentifier.get(key);
        return { field: names.word(numberOf(found, 'field')), value: textOf(found, 'value') };
      }),
      attributes: body.slice(1, split - ',"_links":'.length),
      ownLinks: typeof row['own'] === 'string' ? row['own'] : shownLinks,
      shownLinks,
      links: readLinks.all(uid).map(linkOf),
    };
  };

  return {
    head: guard(() => ({
      position: numberOf(lastChange.get(), 'position'),
      epoch: textOf(readMeta.get('epochs'), 'value'),
      extraBackLinks: textOf(readMeta.get('back_links'), 'value') !== 'fint',
    })),
    collections: guard(() =>
      readCollections.all().map((row) => ({ path: textOf(row, 'path'), count: numberOf(row, 'count') })),
    ),
    changes: guard((after, limit) =>
      readChanges.all(after, limit).map((row) => ({
        position: numberOf(row, 'position'),
        uid: numberOf(row, 'uid'),
        collection: names.path(numberOf(row, 'collection')),
        kind: kindOf(numberOf(row, 'kind')),
        before: identifiersIn(textOf(row, 'before')),
      })),
    ),
    uids: guard((path, after, limit) => {
      const id = names.collection(path);
      if (id === null) return [];
      return readUids.all(Math.max(after, firstUid(id) - 1), endUid(id), limit).map((row) => numberOf(row, 'uid'));
    }),
    read: guard(read),
    readAll: guard((uids) => uids.map(read)),
    keyOf: guard((path, identifier) => {
      const row = identifierRow(path, identifier);
      return row === undefined ? null : numberOf(row, 'id');
    }),
    linkedTo: guard((key, after, limit) => {
      const rows = linkedTo.all(key, after?.[0] ?? -1, after?.[1] ?? -1, limit);
      const last = rows.length < limit ? undefined : rows.at(-1);
      return {
        sources: rows.map((row) => ({
          uid: numberOf(row, 'source'),
          collection: names.path(collectionOf(numberOf(row, 'source'))),
          relation: names.word(numberOf(row, 'relation')),
          position: numberOf(row, 'position'),
        })),
        next: last === undefined ? null : ([numberOf(last, 'relation'), numberOf(last, 'source')] as const),
      };
    }),
    resolve: guard((refs) =>
      refs.map((ref) => {
        const uid = identifierRow(ref.collection, ref)?.['uid'];
        return typeof uid === 'number' ? uid : null;
      }),
    ),
    delivers: guard((uid, relation, target) => {
      const id = names.find(relation);
      return id !== null && delivered.get(uid, id, target) !== undefined;
    }),
    syncedAt: guard((collection) => {
      const row = lastSync.get(collection);
      return row === undefined ? null : numberOf(row, 'touched_at');
    }),
  };
};

const numbersIn = (text: string): readonly number[] => {
  const value: unknown = JSON.parse(text === '' ? '[]' : text);
  return Array.isArray(value) ? value.filter((each) => typeof each === 'number') : [];
};

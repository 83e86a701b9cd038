// Who was whose subject: kept when a resource is removed, gives up an identifier or is about somebody else from now on, so that it can be
// found what was about a person. Used by tenant-write.ts; the reading half walks what is kept here.
import type { DatabaseSync } from 'node:sqlite';
import { numberOf, statement } from './driver.ts';
import type { Names } from './names.ts';
import { collectionOf } from './schema.ts';
import type { SubjectRules } from './subject-rules.ts';

/** A link row with the identifier row at its end. */
export type LinkEnd = {
  readonly relation: number;
  readonly collection: number;
  readonly uid: number | null;
  readonly last: number | null;
};

export type PastSubjects = {
  /** The link of a resource is no more, or never will be more than a link to what is gone. */
  readonly dropped: (source: number, end: LinkEnd) => void;
  /** What links to these identifiers of the resource no longer leads to it. */
  readonly released: (uid: number, keys: readonly number[]) => void;
  /** A resource came back under an identifier of one that was removed. */
  readonly cameBack: (uid: number, former: number) => void;
  /** All of the above for a resource that is about to go; its links and identifiers still stand. */
  readonly removed: (uid: number, keys: readonly number[], born: number, gone: number) => void;
};

/** Prepares the statements of one connection. */
export const createPastSubjects = (db: DatabaseSync, names: Names, rules: SubjectRules): PastSubjects => {
  const insert = statement(db, 'INSERT OR IGNORE INTO past_subject (about, uid) VALUES (?, ?)');
  const insertLife = statement(db, 'INSERT OR REPLACE INTO past_life (uid, born, gone) VALUES (?, ?, ?)');
  const linksTo = statement(db, 'SELECT relation, source FROM link WHERE target = ?');
  const linksFrom = statement(
    db,
    'SELECT l.relation, i.collection, i.uid, i.last_uid FROM link l JOIN identifier i ON i.id = l.target WHERE l.source = ?',
  );

  const dropped: PastSubjects['dropped'] = (source, { relation, collection, uid, last }) => {
    const other = uid ?? last;
    if (other === null) return;
    const path = names.path(collectionOf(source));
    const word = names.word(relation);
    if (rules.isAbout(path, word)) insert.run(other, source);
    if (rules.pointsBack(path, word, names.path(collection))) insert.run(source, other);
  };

  const released: PastSubjects['released'] = (uid, keys) => {
    const path = names.path(collectionOf(uid));
    if (!rules.isPersonal(path)) return;
    for (const key of keys) {
      for (const row of linksTo.all(key)) {
        const source = numberOf(row, 'source');
        const from = names.path(collectionOf(source));
        const word = names.word(numberOf(row, 'relation'));
        if (rules.isAbout(from, word)) insert.run(uid, source);
        if (rules.pointsBack(from, word, path)) insert.run(source, uid);
      }
    }
  };

  return {
    dropped,
    released,
    cameBack: (uid, former) => void insert.run(uid, former),
    removed: (uid, keys, born, gone) => {
      insertLife.run(uid, born, gone);
      if (!rules.isPersonal(names.path(collectionOf(uid)))) return;
      for (const row of linksFrom.all(uid)) dropped(uid, linkEnd(row));
      released(uid, keys);
    },
  };
};

/** Of a row with the columns relation, collection, uid and last_uid. */
export const linkEnd = (row: Record<string, unknown>): LinkEnd => ({
  relation: numberOf(row, 'relation'),
  collection: numberOf(row, 'collection'),
  uid: uidIn(row, 'uid'),
  last: uidIn(row, 'last_uid'),
});

const uidIn = (row: Record<string, unknown>, column: string): number | null => {
  const value = row[column];
  return typeof value === 'number' ? value : null;
};

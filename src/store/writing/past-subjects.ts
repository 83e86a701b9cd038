// Who was whose subject: kept when a resource is removed, gives up an identifier or is about somebody else from now on, so that it can be
// found what was about a person. Used by resource-writer.ts; the reading half walks what is kept here.
import type { Names } from './names.ts';
import type { BesideRows, LinkFromRow, LinkRows } from './rows.ts';
import type { SubjectRules } from './subject-rules.ts';
import { collectionOf } from './uids.ts';

/** A link with the identifier at its end. */
export type LinkEnd = Pick<LinkFromRow, 'relation' | 'collection' | 'uid' | 'lastUid'>;

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

/** What one work keeps. */
export const createPastSubjects = (rows: LinkRows & BesideRows, names: Names, rules: SubjectRules): PastSubjects => {
  const dropped: PastSubjects['dropped'] = (source, { relation, collection, uid, lastUid }) => {
    const other = uid ?? lastUid;
    if (other === null) return;
    const path = names.path(collectionOf(source));
    const word = names.word(relation);
    if (rules.isAbout(path, word)) rows.insertPastSubject(other, source);
    if (rules.pointsBack(path, word, names.path(collection))) rows.insertPastSubject(source, other);
  };

  const released: PastSubjects['released'] = (uid, keys) => {
    const path = names.path(collectionOf(uid));
    if (!rules.isPersonal(path)) return;
    for (const key of keys) {
      for (const { relation, source } of rows.linksTo(key)) {
        const from = names.path(collectionOf(source));
        const word = names.word(relation);
        if (rules.isAbout(from, word)) rows.insertPastSubject(uid, source);
        if (rules.pointsBack(from, word, path)) rows.insertPastSubject(source, uid);
      }
    }
  };

  return {
    dropped,
    released,
    cameBack: (uid, former) => rows.insertPastSubject(uid, former),
    removed: (uid, keys, born, gone) => {
      rows.insertPastLife(uid, born, gone);
      if (!rules.isPersonal(names.path(collectionOf(uid)))) return;
      for (const link of rows.linksFrom(uid)) dropped(uid, link);
      released(uid, keys);
    },
  };
};

// What is kept of resources beside their bodies, for deciding what may show and for finding who has seen whom: what answers to an identifier,
// what is or was about a resource, and from when to when it was there. Used by tenant-reads.ts.
import type { DatabaseSync } from 'node:sqlite';
import { yieldToLoop } from '#base/clock.ts';
import { sortedUids } from '#base/uid-sets.ts';
import type { Resolved, TenantReads } from '../store.ts';
import { guard, guarded, numberOf, statement, textOf } from './driver.ts';
import type { Names } from './names.ts';
import { ownIn } from '../writing/protection-bits.ts';
import { collectionOf } from '../writing/uids.ts';
import type { SubjectRules } from '../writing/subject-rules.ts';

export type SubjectReadsDeps = {
  readonly db: DatabaseSync;
  readonly names: Names;
  readonly rules: SubjectRules;
  /** Grows with every commit to the file. */
  readonly commits: () => number;
};

// Resources looked at before other work runs.
const subjectsPerTurn = 64;

/** Prepares the statements of one connection. */
export const createSubjectReads = ({
  db,
  names,
  rules,
  commits,
}: SubjectReadsDeps): Pick<TenantReads, 'resolve' | 'aboutOf' | 'lastUid' | 'lives'> => {
  const sql = (text: string) => statement(db, text);
  const find = sql('SELECT uid, last_uid, protection FROM identifier WHERE collection = ? AND field = ? AND value = ?');
  const readMarked = sql('SELECT EXISTS (SELECT 1 FROM collection WHERE marked = 1) AS n');
  const readKeys = sql('SELECT keys FROM resource WHERE uid = ?');
  const linksTo = sql('SELECT relation, source FROM link WHERE target = ?');
  const linksFrom = sql(
    'SELECT l.relation, i.uid FROM link l JOIN identifier i ON i.id = l.target WHERE l.source = ? AND i.uid IS NOT NULL',
  );
  const pastOf = sql('SELECT uid FROM past_subject WHERE about = ?');
  const readBorn = sql('SELECT born FROM resource WHERE uid = ?');
  const readPast = sql('SELECT born, gone FROM past_life WHERE uid = ?');

  let marked = { at: -1, is: false };
  const isMarked = (): boolean => {
    const now = commits();
    if (marked.at !== now) marked = { at: now, is: numberOf(readMarked.get(), 'n') === 1 };
    return marked.is;
  };

  /** Of somebody who never came nothing is known: where there are markings, that counts as strictly protected. */
  const unknownIn = (path: string): Resolved => (rules.isPersonal(path) && isMarked() ? unknown : nobody);

  const aboutThis = (uid: number): number[] => {
    const found = pastOf.all(uid).map((row) => numberOf(row, 'uid'));
    const path = names.path(collectionOf(uid));
    for (const key of keysOf(textOf(readKeys.get(uid), 'keys'))) {
      for (const row of linksTo.all(key)) {
        const source = numberOf(row, 'source');
        if (rules.isAbout(names.path(collectionOf(source)), names.word(numberOf(row, 'relation')))) found.push(source);
      }
    }
    for (const row of linksFrom.all(uid)) {
      const target = numberOf(row, 'uid');
      if (rules.pointsBack(path, names.word(numberOf(row, 'relation')), names.path(collectionOf(target))))
        found.push(target);
    }
    return found;
  };

  return {
    resolve: guard((refs) =>
      refs.map(({ collection, field, value }): Resolved => {
        const [id, fieldId] = [names.collection(collection), names.find(field)];
        const row = id === null || fieldId === null ? undefined : find.get(id, fieldId, value);
        if (row === undefined || (row['uid'] === null && row['last_uid'] === null)) return unknownIn(collection);
        return { uid: uidIn(row, 'uid'), protection: ownIn(numberOf(row, 'protection')) };
      }),
    ),
    aboutOf: async (uid) => {
      const found = new Set([uid]);
      let looked = 0;
      for (const each of found) {
        for (const other of guarded(() => aboutThis(each))) found.add(other);
        looked += 1;
        if (looked % subjectsPerTurn === 0) await yieldToLoop();
      }
      return sortedUids(found);
    },
    lastUid: guard((collection, { field, value }) => {
      const [id, fieldId] = [names.collection(collection), names.find(field)];
      const row = id === null || fieldId === null ? undefined : find.get(id, fieldId, value);
      return row === undefined ? null : (uidIn(row, 'uid') ?? uidIn(row, 'last_uid'));
    }),
    lives: guard((uids) =>
      uids.map((uid) => {
        const here = readBorn.get(uid);
        if (here !== undefined) return { born: numberOf(here, 'born'), gone: null };
        const past = readPast.get(uid);
        // What nothing is known of was gone before anything was noted.
        return { born: numberOf(past, 'born'), gone: numberOf(past, 'gone') };
      }),
    ),
  };
};

const unknown: Resolved = { uid: null, protection: 3 };
const nobody: Resolved = { uid: null, protection: 0 };

const uidIn = (row: Record<string, unknown>, column: string): number | null => {
  const value = row[column];
  return typeof value === 'number' ? value : null;
};

const keysOf = (text: string): readonly number[] => {
  if (text === '') return [];
  const keys: readonly number[] = JSON.parse(text);
  return keys;
};

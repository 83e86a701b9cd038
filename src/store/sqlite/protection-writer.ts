// Protection within one transaction: how protected each resource is, by its marking and by those whom it is about, how protected what its links
// lead to is, and from which clearance on a change can be noticed. Levels are found when the transaction settles. Called by tenant-write.ts; an
// organisation in which nothing was ever marked pays a look at a flag.
import type { DatabaseSync } from 'node:sqlite';
import type { ProtectionLevel } from '#model/model.ts';
import type { Changes, Touched } from './change-writer.ts';
import { created, removed, updated } from './change-writer.ts';
import { numberOf, statement, textOf } from './driver.ts';
import type { IdentifierRow } from './identifier-rows.ts';
import type { Names } from './names.ts';
import { noticedFrom } from './noticed.ts';
import type { LinkLevels } from './noticed.ts';
import { keptIn, linkedIn, markIn, ownIn, packed, stricter } from './protection-bits.ts';
import { collectionOf, endUid, firstUid } from './schema.ts';
import type { SubjectRules } from './subject-rules.ts';

export type Breathe = (work: number) => Promise<void>;

export type ProtectionParts = {
  readonly changes: Changes;
  /** True when the other end shows a delivered link of the collection, too. */
  readonly showsBack: (path: string, relation: string) => boolean;
  readonly base: string;
};

export type Protecting = {
  /** Anything of the organisation is marked: levels may be above 0. */
  readonly isActive: () => boolean;
  /** Whether entries of the collection carry a marking: one has, before or within the transaction. */
  readonly isMarked: (collection: number) => boolean;
  /** What the marking of an entry says, in the light of the others of its collection. From the first readable one on, none is the strictest. */
  readonly markOf: (collection: number, path: string, marking: ProtectionLevel | null) => ProtectionLevel;
  /** An entry of the collection has come with or without content that is new. True when its marking says something else than before. */
  readonly remarked: (collection: number, path: string, uid: number, mark: ProtectionLevel) => boolean;
  /** `alone` = nothing can lead to it yet. */
  readonly created: (collection: number, path: string, uid: number, mark: ProtectionLevel, alone: boolean) => void;
  /** `tail` = the links as they stood; null when more than links changes. */
  readonly updated: (collection: number, path: string, uid: number, mark: ProtectionLevel, tail: string | null) => void;
  /**
   * The links that a resource shows are about to change, from these. `bits` = the column as it is, `highest` = the highest level among links that
   * others have brought and now show.
   */
  readonly relinking: (uid: number, tail: string, bits: number, highest: number) => void;
  /** An identifier that was named before, or had by another, has been taken. */
  readonly claimed: (collection: number, row: Pick<IdentifierRow, 'id' | 'last' | 'protection'>) => void;
  /** A resource has given up identifiers; it is going to be `updated`. */
  readonly gaveUp: (uid: number) => void;
  /** A delivered link has come or gone; `target` is the resource that it leads to. */
  readonly linked: (source: number, path: string, relation: string, target: number, gone: boolean) => void;
  /** The resource is about to be removed; its links still stand. */
  readonly removing: (uid: number, path: string) => void;
  /** An identifier is about to be deleted for good. */
  readonly dropping: (id: number) => void;
  /** Looks at the levels of a resource again, whether anything of it has changed or not. */
  readonly doubt: (uid: number) => void;
  /** Finds the own levels, before links are rendered. */
  readonly settleOwn: (breathe: Breathe) => Promise<void>;
  /** Finds the levels of links and what can be noticed from where, once they are; gives the level of a change. */
  readonly settleLinked: (breathe: Breathe) => Promise<(uid: number, entry: Touched) => ProtectionLevel>;
  /** All changes have been written. */
  readonly settled: () => void;
};

/** After this many looks at a resource in one transaction its level only rises: rings of resources about each other come to rest. */
const looks = 16;

/** Prepares the statements of one connection; gives what begins the bookkeeping of one transaction. */
export const createProtectionWriter = (
  db: DatabaseSync,
  names: Names,
  rules: SubjectRules,
): ((parts: ProtectionParts) => Protecting) => {
  const sql = (text: string) => statement(db, text);
  const readMarked = sql('SELECT id FROM collection WHERE marked = 1');
  const setMarked = sql('UPDATE collection SET marked = 1 WHERE id = ?');
  const lastIdentifier = sql('SELECT coalesce(max(id), 0) AS id FROM identifier');
  const readBits = sql('SELECT protection FROM resource WHERE uid = ?');
  const readRow = sql('SELECT protection, keys FROM resource WHERE uid = ?');
  const readTail = sql('SELECT split, body FROM resource WHERE uid = ?');
  const writeBits = sql('UPDATE resource SET position = ?, protection = ? WHERE uid = ?');
  const writeMarks = sql('UPDATE resource SET protection = ? WHERE uid = ?');
  const linksFrom = sql(
    'SELECT l.relation, l.source_identifier, i.collection, i.uid, i.last_uid, i.protection FROM link l JOIN identifier i ON i.id = l.target WHERE l.source = ?',
  );
  const guardedFrom = sql(
    `SELECT i.collection, i.uid, i.last_uid, i.protection FROM link l JOIN identifier i ON i.id = l.target
     WHERE l.source = ? AND (i.protection > 0 OR (i.uid IS NULL AND i.last_uid IS NULL))`,
  );
  const linksTo = sql(
    'SELECT l.relation, l.source, i.protection FROM link l JOIN identifier i ON i.id = l.source_identifier WHERE l.target = ?',
  );
  const guardedTo = sql(
    'SELECT l.relation, l.source, i.protection FROM link l JOIN identifier i ON i.id = l.source_identifier WHERE l.target = ? AND i.protection > 0',
  );
  const readIdentifier = sql('SELECT collection, field, value, uid, last_uid, protection FROM identifier WHERE id = ?');
  const findIdentifier = sql(
    'SELECT id, uid, last_uid, protection FROM identifier WHERE collection = ? AND field = ? AND value = ?',
  );
  const formerOf = sql('SELECT id FROM identifier WHERE last_uid = ? AND uid IS NULL');
  const writeIdentifier = sql('UPDATE identifier SET protection = ? WHERE id = ?');
  const neverCame = sql(
    'SELECT id FROM identifier WHERE collection = ? AND id > ? AND uid IS NULL AND last_uid IS NULL ORDER BY id LIMIT 500',
  );
  const sourcesOf = sql('SELECT DISTINCT source FROM link WHERE target = ?');
  const slice = sql('SELECT uid FROM resource WHERE uid > ? AND uid < ? ORDER BY uid LIMIT 500');
  const hasLink = sql('SELECT EXISTS (SELECT 1 FROM link WHERE source = ? AND relation = ?) AS n');

  const pathOf = (uid: number): string => names.path(collectionOf(uid));

  /** What is not known of somebody counts as strictly as can be. */
  const levelOfUnknown = (collection: number): ProtectionLevel => (rules.isPersonal(names.path(collection)) ? 3 : 0);

  const levelIn = (row: Record<string, unknown>, collection = numberOf(row, 'collection')): ProtectionLevel =>
    row['uid'] === null && row['last_uid'] === null ? levelOfUnknown(collection) : ownIn(numberOf(row, 'protection'));

  return ({ changes, showsBack, base }) => {
    /** Ids of marked collections; null until asked for. */
    let flags: Set<number> | null = null;
    let before = false;
    let firstNew = 0;
    /** The first marking of the organisation is in this transaction, and what is stored has not been looked at since. */
    let awakened = false;

    const marks = new Map<number, ProtectionLevel>();
    /** What came without a marking, and its collection: should one of the same come with one, it counts for all of the transaction. */
    const unmarked = new Map<number, number>();
    const suspects: Set<number>[] = Array.from({ length: rules.ranks }, () => new Set());
    const raises = new Map<number, ProtectionLevel>();
    const looked = new Map<number, number>();
    const tails = new Map<number, string>();
    const attributes = new Set<number>();
    const doubtful = new Set<number>();
    const born = new Set<number>();
    const gaveUp = new Set<number>();
    /** Of those that came within the transaction: what nothing leads to. */
    const alone = new Set<number>();
    /** Resources with new links that were and are guarded by nothing. */
    const open = new Set<number>();
    /** Column values as they were before the transaction. */
    const bitsBefore = new Map<number, number>();
    /** What identifiers told before the transaction, where it may differ. */
    const identifierBefore = new Map<number, ProtectionLevel>();
    const droppedBefore = new Map<string, ProtectionLevel>();
    const hrefs = new Map<string, LinkLevels>();
    /** Resources that show a link to something whose level differs; by links on values inside them, the clearances (as bits) that see it. */
    const noticed = new Set<number>();
    const noticedInside = new Map<number, number>();

    const marked = (): Set<number> => {
      if (flags === null) {
        flags = new Set(readMarked.all().map((row) => numberOf(row, 'id')));
        before = flags.size > 0;
        if (rules.personal.size > 0) firstNew = numberOf(lastIdentifier.get(), 'id') + 1;
      }
      return flags;
    };
    const active = (): boolean => marked().size > 0;

    /** The own level of a resource as far as it is known before the levels are found. */
    const ownNow = (uid: number): ProtectionLevel =>
      stricter(ownIn(numberOf(readBits.get(uid), 'protection')), marks.get(uid) ?? 0);

    let lowest = 0;

    const suspect = (uid: number): void => {
      const path = pathOf(uid);
      if (!rules.isPersonal(path)) return;
      const rank = rules.rank(path);
      suspects[rank]?.add(uid);
      if (rank < lowest) lowest = rank;
    };

    const mark = (collection: number): void => {
      if (marked().has(collection)) return;
      setMarked.run(collection);
      if (!active()) awakened = true;
      marked().add(collection);
    };

    const rememberMark = (path: string, uid: number, level: ProtectionLevel): void => {
      if (rules.canBeMarked(path)) marks.set(uid, level);
    };

    const noteUnmarked = (collection: number, path: string, uid: number): void => {
      if (!rules.canBeMarked(path)) return;
      if (marked().has(collection)) unmarked.delete(uid);
      else unmarked.set(uid, collection);
    };

    const put = (collection: number, path: string, uid: number, level: ProtectionLevel): void => {
      noteUnmarked(collection, path, uid);
      if (!active()) return;
      rememberMark(path, uid, level);
      suspect(uid);
      doubtful.add(uid);
    };

    /** What `about` relations of a resource lead to: the strictest, and whether any of it is there now. */
    const subjectsOf = (uid: number, path: string, keys: readonly number[]) => {
      const found = new Map<string, ProtectionLevel>();
      let present = false;
      const add = (relation: string, level: ProtectionLevel, isThere: boolean): void => {
        found.set(relation, stricter(found.get(relation) ?? 0, level));
        present ||= isThere;
      };
      for (const row of linksFrom.all(uid)) {
        const relation = names.word(numberOf(row, 'relation'));
        if (rules.isAbout(path, relation)) add(relation, levelIn(row), row['uid'] !== null);
      }
      for (const key of keys) {
        for (const row of linksTo.all(key)) {
          const from = pathOf(numberOf(row, 'source'));
          const relation = names.word(numberOf(row, 'relation'));
          if (!rules.pointsBack(from, relation, path)) continue;
          const inverse = rules.inverseOf(from, relation);
          if (inverse !== null) add(inverse, ownIn(numberOf(row, 'protection')), true);
        }
      }
      return { found, present };
    };

    /** What leads to an identifier is as protected as that tells, and its links may be. */
    const doubtSources = (identifier: number): void => {
      for (const link of sourcesOf.all(identifier)) {
        suspect(numberOf(link, 'source'));
        doubtful.add(numberOf(link, 'source'));
      }
    };

    /** Has an identifier tell the level of the resource that has, or last had, it. */
    const tell = (id: number, level: ProtectionLevel): void => {
      const row = readIdentifier.get(id);
      if (row === undefined || ownIn(numberOf(row, 'protection')) === level) return;
      if (id < firstNew && !identifierBefore.has(id)) identifierBefore.set(id, levelIn(row));
      writeIdentifier.run(level, id);
      doubtSources(id);
    };

    /** Identifiers that the resource gave up tell its level as well: links may still lead to them. */
    const tellFormer = (uid: number, level: ProtectionLevel): void => {
      for (const row of formerOf.all(uid)) tell(numberOf(row, 'id'), level);
    };

    /** Most that comes is about somebody known and unprotected, and links to nothing protected: seen at a glance. */
    const isPlain = (uid: number): boolean => {
      if (!alone.has(uid) || bitsBefore.has(uid) || raises.has(uid) || (marks.get(uid) ?? 0) > 0) return false;
      const links = linksFrom.all(uid);
      if (links.some((row) => levelIn(row) > 0)) return false;
      return rules.about(pathOf(uid)).every(({ relation, required }) => {
        const id = required ? names.find(relation) : null;
        return !required || links.some((row) => numberOf(row, 'relation') === id);
      });
    };

    const look = (uid: number): void => {
      if (isPlain(uid)) {
        doubtful.delete(uid);
        return;
      }
      const row = readRow.get(uid);
      if (row === undefined) return;
      const path = pathOf(uid);
      const keys: readonly number[] = JSON.parse(textOf(row, 'keys'));
      const bits = numberOf(row, 'protection');
      const ownMark = marks.get(uid) ?? markIn(bits);
      let own = ownMark;
      let kept = stricter(keptIn(bits), raises.get(uid) ?? 0);
      const about = rules.about(path);
      if (about.length > 0) {
        const { found, present } = subjectsOf(uid, path, keys);
        if (present) kept = 0;
        own = stricter(own, kept);
        for (const { relation, required } of about) own = stricter(own, found.get(relation) ?? (required ? 3 : 0));
      } else kept = 0;
      const times = (looked.get(uid) ?? 0) + 1;
      looked.set(uid, times);
      if (times > looks) own = stricter(own, ownIn(bits));
      for (const key of keys) tell(key, own);
      if (gaveUp.delete(uid)) tellFormer(uid, own);
      const now = packed(own, linkedIn(bits), ownMark, kept);
      if (now === bits) return;
      if (!bitsBefore.has(uid)) bitsBefore.set(uid, bits);
      if (own === ownIn(bits)) {
        // What only the writer goes by: nobody sees a difference.
        writeMarks.run(now, uid);
        return;
      }
      writeBits.run(changes.touch(uid, updated, 0).position, now, uid);
      tellFormer(uid, own);
      for (const link of linksFrom.all(uid)) {
        if (link['uid'] === null) continue;
        const target = numberOf(link, 'uid');
        if (rules.pointsBack(path, names.word(numberOf(link, 'relation')), pathOf(target))) suspect(target);
      }
    };

    /** The organisation's first marking: from now on what has never come, and what is about nobody that is named, counts as strictly protected. */
    const awake = async (breathe: Breathe): Promise<void> => {
      for (const path of rules.personal) {
        const collection = names.collection(path);
        if (collection === null) continue;
        for (let after = 0; ;) {
          const rows = neverCame.all(collection, after);
          for (const row of rows) {
            after = numberOf(row, 'id');
            if (after < firstNew) identifierBefore.set(after, 0);
            doubtSources(after);
          }
          await breathe(rows.length);
          if (rows.length < 500) break;
        }
        const required = rules.about(path).filter((each) => each.required);
        if (required.length === 0) continue;
        for (let after = firstUid(collection) - 1; ;) {
          const rows = slice.all(after, endUid(collection));
          for (const row of rows) {
            after = numberOf(row, 'uid');
            for (const { relation } of required) {
              const id = names.find(relation);
              if (id === null || numberOf(hasLink.get(after, id), 'n') === 0) suspect(after);
            }
          }
          await breathe(rows.length);
          if (rows.length < 500) break;
        }
      }
    };

    const noteInside = (uid: number, was: ProtectionLevel, now: ProtectionLevel): void =>
      // Clearances from the lower level up to below the higher one see it come or go.
      void noticedInside.set(
        uid,
        (noticedInside.get(uid) ?? 0) | ((1 << Math.max(was, now)) - (1 << Math.min(was, now))),
      );

    /** What shows links to whatever has another level now. */
    const noteNeighbours = async (breathe: Breathe): Promise<void> => {
      for (const [id, was] of identifierBefore) {
        const row = readIdentifier.get(id);
        if (row === undefined) continue;
        const now = levelIn(row);
        await breathe(1);
        if (now === was) continue;
        for (const link of linksTo.all(id)) {
          const relation = names.word(numberOf(link, 'relation'));
          if (isInside(relation)) noteInside(numberOf(link, 'source'), was, now);
          else noticed.add(numberOf(link, 'source'));
        }
        if (row['uid'] === null) continue;
        // Where the resource is shown in return, it is by this identifier.
        const path = names.path(numberOf(row, 'collection'));
        for (const link of linksFrom.all(numberOf(row, 'uid'))) {
          if (numberOf(link, 'source_identifier') !== id || link['uid'] === null) continue;
          if (showsBack(path, names.word(numberOf(link, 'relation')))) noticed.add(numberOf(link, 'uid'));
        }
      }
    };

    const linkedOf = (uid: number, keys: readonly number[]): ProtectionLevel => {
      let linked: ProtectionLevel = 0;
      for (const row of guardedFrom.all(uid)) linked = stricter(linked, levelIn(row));
      for (const key of keys) {
        if (linked === 3) break;
        for (const row of guardedTo.all(key)) {
          const level = ownIn(numberOf(row, 'protection'));
          if (level > linked && showsBack(pathOf(numberOf(row, 'source')), names.word(numberOf(row, 'relation'))))
            linked = level;
        }
      }
      return linked;
    };

    const lookAtLinks = (uid: number): void => {
      const row = readRow.get(uid);
      if (row === undefined) return;
      const bits = numberOf(row, 'protection');
      const keys: readonly number[] = JSON.parse(textOf(row, 'keys'));
      const now = packed(ownIn(bits), linkedOf(uid, keys), markIn(bits), keptIn(bits));
      if (now === bits && !noticed.has(uid) && !noticedInside.has(uid)) return;
      if (!bitsBefore.has(uid)) bitsBefore.set(uid, bits);
      writeBits.run(changes.touch(uid, updated, 0).position, now, uid);
    };

    const findLevels = (href: string): LinkLevels => {
      if (!href.startsWith(`${base}/`)) return unguarded;
      const parts = href.slice(base.length + 1).split('/');
      const [value, field] = [decoded(parts.pop() ?? ''), parts.pop() ?? ''];
      const [collection, fieldId] = [names.collection(parts.join('/')), names.find(field)];
      if (collection === null || fieldId === null) return unguarded;
      const row = findIdentifier.get(collection, fieldId, value);
      if (row === undefined) {
        const was = droppedBefore.get(`${collection} ${fieldId} ${value}`);
        return was === undefined ? unguarded : { before: was, after: was };
      }
      const after = levelIn(row, collection);
      const unknownBefore = !before && row['uid'] === null && row['last_uid'] === null;
      return { before: identifierBefore.get(numberOf(row, 'id')) ?? (unknownBefore ? 0 : after), after };
    };

    /** Levels of what an href leads to, before and after; of what leads outside the model none. */
    const levelsOf = (href: string): LinkLevels => {
      let levels = hrefs.get(href);
      if (levels === undefined) hrefs.set(href, (levels = findLevels(href)));
      return levels;
    };

    return {
      isActive: active,
      isMarked: (collection) => marked().has(collection),
      markOf: (collection, path, marking) => {
        if (marking !== null) {
          mark(collection);
          return marking;
        }
        return rules.canBeMarked(path) && marked().has(collection) ? 3 : 0;
      },
      remarked: (collection, path, uid, level) => {
        noteUnmarked(collection, path, uid);
        if (!rules.canBeMarked(path) || !active()) return false;
        if ((marks.get(uid) ?? markIn(numberOf(readBits.get(uid), 'protection'))) === level) return false;
        rememberMark(path, uid, level);
        suspect(uid);
        return true;
      },
      created: (collection, path, uid, level, isAlone) => {
        if (active()) {
          born.add(uid);
          if (isAlone) alone.add(uid);
        }
        put(collection, path, uid, level);
      },
      updated: (collection, path, uid, level, tail) => {
        put(collection, path, uid, level);
        alone.delete(uid);
        if (!active() || born.has(uid)) return;
        if (tail === null) attributes.add(uid);
        else if (!tails.has(uid)) tails.set(uid, tail);
      },
      relinking: (uid, tail, bits, highest) => {
        if (!active()) return;
        // What it delivered itself has not changed by that.
        if (linkedIn(bits) > 0 || highest > 0) doubtful.add(uid);
        else if (bits === 0) open.add(uid);
        if (!tails.has(uid) && !born.has(uid)) tails.set(uid, tail);
      },
      claimed: (collection, { id, last, protection }) => {
        if (!active() || identifierBefore.has(id)) return;
        const was = last !== null ? protection : before ? levelOfUnknown(collection) : 0;
        if (id < firstNew) identifierBefore.set(id, was);
        if (was > 0 || !before) doubtSources(id);
      },
      gaveUp: (uid) => {
        if (active()) gaveUp.add(uid);
      },
      linked: (source, path, relation, target, gone) => {
        if (!active()) return;
        alone.delete(target);
        if (!rules.pointsBack(path, relation, pathOf(target))) return;
        suspect(target);
        if (gone) raises.set(target, stricter(raises.get(target) ?? 0, ownNow(source)));
      },
      removing: (uid, path) => {
        if (!active()) return;
        const bits = numberOf(readBits.get(uid), 'protection');
        if (!bitsBefore.has(uid)) bitsBefore.set(uid, bits);
        // What its marking said within the transaction counts for what it leaves behind; of what only came with it little is known.
        const own = born.has(uid) && rules.isPersonal(path) ? 3 : ownNow(uid);
        const row = readRow.get(uid);
        const keys: readonly number[] = JSON.parse(textOf(row, 'keys'));
        for (const key of keys) tell(key, own);
        tellFormer(uid, own);
        for (const link of linksFrom.all(uid)) {
          if (link['uid'] === null) continue;
          const target = numberOf(link, 'uid');
          if (!rules.pointsBack(path, names.word(numberOf(link, 'relation')), pathOf(target))) continue;
          suspect(target);
          raises.set(target, stricter(raises.get(target) ?? 0, own));
        }
        marks.delete(uid);
        unmarked.delete(uid);
      },
      dropping: (id) => {
        if (!active()) return;
        const row = readIdentifier.get(id);
        if (row === undefined) return;
        const key = `${numberOf(row, 'collection')} ${numberOf(row, 'field')} ${textOf(row, 'value')}`;
        droppedBefore.set(key, identifierBefore.get(id) ?? levelIn(row));
      },
      doubt: (uid) => {
        if (!active()) return;
        suspect(uid);
        doubtful.add(uid);
      },
      settleOwn: async (breathe) => {
        if (!active()) return;
        for (const [uid, collection] of unmarked) {
          await breathe(1);
          if (!marked().has(collection)) continue;
          marks.set(uid, 3);
          suspect(uid);
        }
        if (awakened) await awake(breathe);
        awakened = false;
        // Lowest ranks first, so that most are looked at once; what is found later brings back a lower rank only in a ring.
        for (lowest = 0; lowest < suspects.length;) {
          const [uid] = suspects[lowest] ?? [];
          if (uid === undefined) {
            lowest += 1;
            continue;
          }
          suspects[lowest]?.delete(uid);
          look(uid);
          await breathe(2);
        }
      },
      settleLinked: async (breathe) => {
        if (!active()) return () => 0;
        await noteNeighbours(breathe);
        for (const uid of noticed) doubtful.add(uid);
        for (const uid of noticedInside.keys()) doubtful.add(uid);
        for (const uid of doubtful) {
          lookAtLinks(uid);
          await breathe(2);
        }
        return (uid, entry) => {
          if (entry.kind === removed) return born.has(uid) ? 3 : ownIn(bitsBefore.get(uid) ?? 0);
          if (born.has(uid) && !bitsBefore.has(uid)) return 0;
          if (open.has(uid) && !bitsBefore.has(uid) && !noticed.has(uid)) return 0;
          const bits = numberOf(readBits.get(uid), 'protection');
          const now = ownIn(bits);
          if (entry.kind === created) return now;
          const was = ownIn(bitsBefore.get(uid) ?? bits);
          if (was !== now) return now < was ? now : was;
          if (attributes.has(uid)) return now;
          const inner = noticedInside.get(uid);
          const tail = tails.get(uid);
          // Nothing guarded before, nothing now: everybody sees the same.
          if (bits === 0 && tail !== undefined && (bitsBefore.get(uid) ?? 0) === 0 && !noticed.has(uid)) return 0;
          if (tail === undefined && inner === undefined && !noticed.has(uid)) return now;
          const row = readTail.get(uid);
          const current = textOf(row, 'body').slice(numberOf(row, 'split'), -1);
          const shown = noticedFrom(tail ?? current, current, levelsOf, now);
          const within = lowestIn(inner ?? 0, now);
          return shown < within ? shown : within;
        };
      },
      settled: () => {
        for (const each of [marks, unmarked, raises, looked, tails, attributes, doubtful, born, gaveUp, alone, open])
          each.clear();
        for (const each of [bitsBefore, identifierBefore, droppedBefore, hrefs, noticed, noticedInside]) each.clear();
      },
    };
  };
};

/** The lowest clearance among bits that is not below a floor; 3 when there is none. */
const lowestIn = (clearances: number, floor: ProtectionLevel): ProtectionLevel =>
  ([0, 1, 2] as const).find((level) => level >= floor && (clearances >> level) % 2 === 1) ?? 3;

/** A relation on a value inside a resource is named by the path to it. */
const isInside = (relation: string): boolean => relation.includes('.');

const unguarded: LinkLevels = { before: 0, after: 0 };

const decoded = (segment: string): string => {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
};

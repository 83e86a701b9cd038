// Protection within one transaction: how protected each resource is, by its marking and by those whom it is about, how protected what its links
// lead to is, and from which clearance on a change can be noticed. Levels are found when the transaction settles. Called by resource-writer.ts and writing.ts; an
// organisation in which nothing was ever marked pays a look at a flag.
import type { ProtectionLevel } from '#model/model.ts';
import type { Breathe, Changes, Noticing, Touched } from './change-writer.ts';
import { everyClearance, wordsAmong } from './changed-names.ts';
import type { NoticedName } from './changed-names.ts';
import { created, removed, updated } from './change-writer.ts';
import type { KnownIdentifier } from './identifiers.ts';
import { parseLinks } from './links.ts';
import { slicesOf } from './looking-ahead.ts';
import type { Look } from './looking-ahead.ts';
import type { Names } from './names.ts';
import { clearancesNoticing, noticedFrom } from './noticed.ts';
import type { LinkLevels } from './noticed.ts';
import { keptIn, linkedIn, markIn, ownIn, packed, stricter } from './protection-bits.ts';
import type { IdentifierRow, NamedIdentifier, Rows } from './rows.ts';
import type { SubjectRules } from './subject-rules.ts';
import { collectionOf, endUid, firstUid } from './uids.ts';

export type ProtectionParts = {
  readonly rows: Rows;
  readonly look: Look;
  readonly names: Names;
  readonly rules: SubjectRules;
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
  /** Relations of a resource of which more than links changes have changed, from these links. */
  readonly related: (uid: number, tail: string) => void;
  /** An identifier that was named before, or had by another, has been taken. */
  readonly claimed: (collection: number, row: Pick<KnownIdentifier, 'id' | 'last' | 'protection'>) => void;
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
  /** Finds the levels of links and what can be noticed from where, once they are; null where everybody notices everything. */
  readonly settleLinked: (breathe: Breathe) => Promise<Noticing | null>;
  /** All changes have been written. */
  readonly settled: () => void;
};

/** Texts of links before and after, and the least that can come of comparing them: its own level, and what links on values inside tell. */
type Comparison = {
  readonly before: string;
  readonly after: string;
  readonly own: ProtectionLevel;
  readonly inside: ProtectionLevel;
};

const walkedAtOnce = 500;

// Texts of addresses, some dozens of megabytes: most are met again soon or never.
const hrefsAtMost = 100_000;

/** After this many looks at a resource in one transaction its level only rises: rings of resources about each other come to rest. */
const looks = 16;

/** The bookkeeping of one work. */
export const createProtection = ({
  rows,
  look: ahead,
  names,
  rules,
  changes,
  showsBack,
  base,
}: ProtectionParts): Protecting => {
  const pathOf = (uid: number): string => names.path(collectionOf(uid));

  /** What is not known of somebody counts as strictly as can be. */
  const levelOfUnknown = (collection: number): ProtectionLevel => (rules.isPersonal(names.path(collection)) ? 3 : 0);

  const levelIn = ({
    uid,
    lastUid,
    collection,
    protection,
  }: Pick<IdentifierRow, 'uid' | 'lastUid' | 'collection' | 'protection'>): ProtectionLevel =>
    uid === null && lastUid === null ? levelOfUnknown(collection) : ownIn(protection);

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
  /** Of those: the links as they stood, where they have changed too. */
  const tailsBeside = new Map<number, string>();
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
  /** Of those: the attributes (numbers of words) in which they stand, each with the clearances that see it. */
  const attributesInside = new Map<number, Map<number, number>>();

  const marked = (): Set<number> => {
    if (flags === null) {
      flags = new Set(rows.marked());
      before = flags.size > 0;
      if (rules.personal.size > 0) firstNew = rows.lastIdentifier() + 1;
    }
    return flags;
  };
  const active = (): boolean => marked().size > 0;

  /** The own level of a resource as far as it is known before the levels are found. */
  const ownNow = (uid: number): ProtectionLevel => stricter(ownIn(rows.bits(uid)), marks.get(uid) ?? 0);

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
    rows.setMarked(collection);
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
    for (const link of rows.linksFrom(uid)) {
      const relation = names.word(link.relation);
      if (rules.isAbout(path, relation)) add(relation, levelIn(link), link.uid !== null);
    }
    for (const key of keys) {
      for (const link of rows.linksTo(key)) {
        const from = pathOf(link.source);
        const relation = names.word(link.relation);
        if (!rules.pointsBack(from, relation, path)) continue;
        const inverse = rules.inverseOf(from, relation);
        if (inverse !== null) add(inverse, ownIn(link.protection), true);
      }
    }
    return { found, present };
  };

  /** What leads to an identifier is as protected as that tells, and its links may be. */
  const doubtSources = (identifier: number): void => {
    for (const source of rows.sourcesOf(identifier)) {
      suspect(source);
      doubtful.add(source);
    }
  };

  /** Has an identifier tell the level of the resource that has, or last had, it. */
  const tell = (id: number, level: ProtectionLevel): void => {
    const row = rows.identifier(id);
    if (row === null || ownIn(row.protection) === level) return;
    if (id < firstNew && !identifierBefore.has(id)) identifierBefore.set(id, levelIn(row));
    rows.writeIdentifierLevel(id, level);
    doubtSources(id);
  };

  /** Identifiers that the resource gave up tell its level as well: links may still lead to them. */
  const tellFormer = (uid: number, level: ProtectionLevel): void => {
    for (const id of rows.formerOf(uid)) tell(id, level);
  };

  /** Most that comes is about somebody known and unprotected, and links to nothing protected: seen at a glance. */
  const isPlain = (uid: number): boolean => {
    if (!alone.has(uid) || bitsBefore.has(uid) || raises.has(uid) || (marks.get(uid) ?? 0) > 0) return false;
    const links = rows.linksFrom(uid);
    if (links.some((link) => levelIn(link) > 0)) return false;
    const path = pathOf(uid);
    const leads = (relation: string): boolean => {
      const id = names.find(relation);
      return id !== null && links.some((link) => link.relation === id);
    };
    const about = rules.about(path);
    if (rules.isAboutSomebody(path) && !about.some(({ relation }) => leads(relation))) return false;
    return about.every(({ relation, required }) => !required || leads(relation));
  };

  const look = (uid: number): void => {
    if (isPlain(uid)) {
      doubtful.delete(uid);
      return;
    }
    const row = rows.outline(uid);
    if (row === null) return;
    const path = pathOf(uid);
    const { keys, protection: bits } = row;
    const ownMark = marks.get(uid) ?? markIn(bits);
    let own = ownMark;
    let kept = stricter(keptIn(bits), raises.get(uid) ?? 0);
    const about = rules.about(path);
    if (about.length > 0) {
      const { found, present } = subjectsOf(uid, path, keys);
      if (present) kept = 0;
      own = stricter(own, kept);
      for (const { relation, required } of about) own = stricter(own, found.get(relation) ?? (required ? 3 : 0));
      if (found.size === 0 && rules.isAboutSomebody(path)) own = 3;
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
      rows.writeMarks(uid, now);
      return;
    }
    rows.writeBits(uid, changes.touch(uid, updated, 0).position, now);
    tellFormer(uid, own);
    for (const { relation, uid: target } of rows.linksFrom(uid)) {
      if (target === null) continue;
      if (rules.pointsBack(path, names.word(relation), pathOf(target))) suspect(target);
    }
  };

  /** The organisation's first marking: from now on what has never come, and what is about nobody that is named, counts as strictly protected. */
  const awake = async (breathe: Breathe): Promise<void> => {
    // What came before it in this transaction was not looked at, and may show links to what now counts.
    for (const uid of changes.touched()) doubtful.add(uid);
    for (const path of rules.personal) {
      const collection = names.collection(path);
      if (collection === null) continue;
      for (let after = 0; ;) {
        const ids = await rows.neverCameAfter(collection, after, walkedAtOnce);
        await ahead(() => ({ identifiers: ids }));
        for (const id of ids) {
          after = id;
          if (id < firstNew) identifierBefore.set(id, 0);
          doubtSources(id);
        }
        await rows.flush();
        await breathe(ids.length);
        if (ids.length < walkedAtOnce) break;
      }
      const about = rules.about(path);
      const required = about.filter((each) => each.required);
      const anybody = rules.isAboutSomebody(path);
      if (required.length === 0 && !anybody) continue;
      const leads = (uid: number, relation: string): boolean => {
        const id = names.find(relation);
        return id !== null && rows.hasLink(uid, id);
      };
      for (let after = firstUid(collection) - 1; ;) {
        const uids = await rows.resourcesAfter(after, endUid(collection), walkedAtOnce);
        await ahead(() => ({ around: uids }));
        for (const uid of uids) {
          after = uid;
          if (
            required.some(({ relation }) => !leads(uid, relation)) ||
            (anybody && !about.some(({ relation }) => leads(uid, relation)))
          )
            suspect(uid);
        }
        await rows.flush();
        await breathe(uids.length);
        if (uids.length < walkedAtOnce) break;
      }
    }
  };

  const noteInside = (uid: number, relation: string, was: ProtectionLevel, now: ProtectionLevel): void => {
    // Clearances from the lower level up to below the higher one see it come or go.
    const clearances = (1 << Math.max(was, now)) - (1 << Math.min(was, now));
    noticedInside.set(uid, (noticedInside.get(uid) ?? 0) | clearances);
    const word = names.intern(relation.slice(0, relation.indexOf('.')));
    const inside = attributesInside.get(uid) ?? new Map<number, number>();
    attributesInside.set(uid, inside.set(word, (inside.get(word) ?? 0) | clearances));
  };

  /** What shows links to whatever has another level now. */
  const noteNeighbours = async (breathe: Breathe): Promise<void> => {
    for (const slice of slicesOf(identifierBefore, rows.atOnce)) {
      await rows.makeRoom();
      await ahead(() => ({ identifiers: slice.map(([id]) => id) }));
      await ahead(() => ({ around: holdersOfOthers(slice) }));
      for (const [id, was] of slice) {
        const row = rows.identifier(id);
        if (row === null) continue;
        const now = levelIn(row);
        await breathe(1);
        if (now === was) continue;
        for (const link of rows.linksTo(id)) {
          const relation = names.word(link.relation);
          if (isInside(relation)) noteInside(link.source, relation, was, now);
          else noticed.add(link.source);
        }
        if (row.uid === null) continue;
        // Where the resource is shown in return, it is by this identifier.
        const path = names.path(row.collection);
        for (const link of rows.linksFrom(row.uid)) {
          if (link.sourceIdentifier !== id || link.uid === null) continue;
          if (showsBack(path, names.word(link.relation))) noticed.add(link.uid);
        }
      }
    }
  };

  /** Who has those identifiers of which the level differs. */
  const holdersOfOthers = function* (slice: readonly (readonly [number, ProtectionLevel])[]): Iterable<number> {
    for (const [id, was] of slice) {
      const row = rows.identifier(id);
      if (row !== null && row.uid !== null && levelIn(row) !== was) yield row.uid;
    }
  };

  const linkedOf = (uid: number, keys: readonly number[]): ProtectionLevel => {
    let linked: ProtectionLevel = 0;
    for (const link of rows.guardedLinksFrom(uid)) linked = stricter(linked, levelIn(link));
    for (const key of keys) {
      if (linked === 3) break;
      for (const { relation, source, protection } of rows.guardedLinksTo(key)) {
        const level = ownIn(protection);
        if (level > linked && showsBack(pathOf(source), names.word(relation))) linked = level;
      }
    }
    return linked;
  };

  const lookAtLinks = (uid: number): void => {
    const row = rows.outline(uid);
    if (row === null) return;
    const { keys, protection: bits } = row;
    const now = packed(ownIn(bits), linkedOf(uid, keys), markIn(bits), keptIn(bits));
    if (now === bits && !noticed.has(uid) && !noticedInside.has(uid)) return;
    if (!bitsBefore.has(uid)) bitsBefore.set(uid, bits);
    rows.writeBits(uid, changes.touch(uid, updated, 0).position, now);
  };

  /** What an address of the hub names; null when there can be no row of it. */
  const namedBy = (href: string): NamedIdentifier | null => {
    if (!href.startsWith(`${base}/`)) return null;
    const parts = href.slice(base.length + 1).split('/');
    const [value, word] = [decoded(parts.pop() ?? ''), parts.pop() ?? ''];
    const [collection, field] = [names.collection(parts.join('/')), names.find(word)];
    return collection === null || field === null ? null : { collection, field, value };
  };

  const findLevels = (href: string): LinkLevels => {
    const named = namedBy(href);
    if (named === null) return unguarded;
    const { collection, field, value } = named;
    const row = rows.named(collection, field, value);
    if (row === null) {
      const was = droppedBefore.get(`${collection} ${field} ${value}`);
      return was === undefined ? unguarded : { before: was, after: was };
    }
    const after = levelIn(row);
    const unknownBefore = !before && row.uid === null && row.lastUid === null;
    return { before: identifierBefore.get(row.id) ?? (unknownBefore ? 0 : after), after };
  };

  /** Levels of what an href leads to, before and after; of what leads outside the model none. */
  const levelsOf = (href: string): LinkLevels => {
    let levels = hrefs.get(href);
    if (levels === undefined) hrefs.set(href, (levels = findLevels(href)));
    return levels;
  };

  /** The level of a change where it can be told by little; otherwise the links before and after, which have to be compared. */
  const glance = (uid: number, entry: Touched): ProtectionLevel | Comparison => {
    if (entry.kind === removed) return born.has(uid) ? 3 : ownIn(bitsBefore.get(uid) ?? 0);
    if (born.has(uid) && !bitsBefore.has(uid)) return 0;
    if (open.has(uid) && !bitsBefore.has(uid) && !noticed.has(uid)) return 0;
    const bits = rows.bits(uid);
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
    const row = rows.resource(uid);
    const after = row === null ? '' : row.body.slice(row.split, -1);
    return { before: tail ?? after, after, own: now, inside: lowestIn(inner ?? 0, now) };
  };

  /** Links before and after, where relations look different, and not to everybody; null when those that have changed look so to all. */
  const relationsOf = (uid: number, entry: Touched): Pick<Comparison, 'before' | 'after'> | null => {
    if (entry.kind === created || entry.kind === removed) return null;
    if (!noticed.has(uid)) {
      if (wordsAmong(entry.names, true).length === 0) return null;
      const bits = rows.bits(uid);
      if (linkedIn(bits) === 0 && linkedIn(bitsBefore.get(uid) ?? bits) === 0) return null;
    }
    const row = rows.resource(uid);
    const after = row === null ? '' : row.body.slice(row.split, -1);
    return { before: tailsBeside.get(uid) ?? tails.get(uid) ?? after, after };
  };

  /** Relations that lead elsewhere, and those that lead to what shows to others than before. */
  const relationsNoticed = (uid: number, entry: Touched): readonly NoticedName[] => {
    const changed = wordsAmong(entry.names, true);
    const found = relationsOf(uid, entry);
    if (found === null) return changed.map((word) => [word, everyClearance]);
    const [was, is] = [parseLinks(found.before), parseLinks(found.after)];
    const all = changed.map((word): NoticedName => {
      // Until the first marking of all, which came with this work, links were not remembered: everybody saw them.
      if (!before) return [word, everyClearance];
      const relation = names.word(word);
      return [word, clearancesNoticing(was.get(relation) ?? [], is.get(relation) ?? [], levelsOf)];
    });
    if (!noticed.has(uid)) return all;
    for (const [relation, links] of is) {
      const clearances = relation === 'self' ? 0 : clearancesNoticing(links, links, levelsOf);
      if (clearances === 0) continue;
      const word = names.intern(relation);
      if (!changed.includes(word)) all.push([word, clearances]);
    }
    return all;
  };

  /** What some links lead to, as far as it has not been looked at. */
  const namedIn = function* (links: Iterable<readonly string[]>): Iterable<NamedIdentifier> {
    for (const some of links)
      for (const href of some) {
        const named = hrefs.has(href) ? null : namedBy(href);
        if (named !== null) yield named;
      }
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
      if ((marks.get(uid) ?? markIn(rows.bits(uid))) === level) return false;
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
    related: (uid, tail) => {
      if (active() && !born.has(uid) && !tails.has(uid) && !tailsBeside.has(uid)) tailsBeside.set(uid, tail);
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
      if (!bitsBefore.has(uid)) bitsBefore.set(uid, rows.bits(uid));
      // What its marking said within the transaction counts for what it leaves behind; of what only came with it little is known.
      const own = born.has(uid) && rules.isPersonal(path) ? 3 : ownNow(uid);
      for (const key of rows.outline(uid)?.keys ?? []) tell(key, own);
      tellFormer(uid, own);
      for (const { relation, uid: target } of rows.linksFrom(uid)) {
        if (target === null) continue;
        if (!rules.pointsBack(path, names.word(relation), pathOf(target))) continue;
        suspect(target);
        raises.set(target, stricter(raises.get(target) ?? 0, own));
      }
      marks.delete(uid);
      unmarked.delete(uid);
    },
    dropping: (id) => {
      if (!active()) return;
      const row = rows.identifier(id);
      if (row === null) return;
      const key = `${row.collection} ${row.field} ${row.value}`;
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
      let prepared: ReadonlySet<number> = new Set();
      // Lowest ranks first, so that most are looked at once; what is found later brings back a lower rank only in a ring.
      for (lowest = 0; lowest < suspects.length;) {
        const [uid] = suspects[lowest] ?? [];
        if (uid === undefined) {
          lowest += 1;
          continue;
        }
        if (rows.looksAhead && !prepared.has(uid)) {
          prepared = new Set(suspects[lowest]?.values().take(rows.atOnce));
          await rows.makeRoom();
          await rows.ready({ around: prepared });
        }
        suspects[lowest]?.delete(uid);
        look(uid);
        await breathe(2);
      }
    },
    settleLinked: async (breathe) => {
      if (!active()) return null;
      await noteNeighbours(breathe);
      for (const uid of noticed) doubtful.add(uid);
      for (const uid of noticedInside.keys()) doubtful.add(uid);
      for (const slice of slicesOf(doubtful, rows.atOnce)) {
        await rows.makeRoom();
        await ahead(() => ({ around: slice }));
        for (const uid of slice) {
          lookAtLinks(uid);
          await breathe(2);
        }
      }
      return {
        begins: () => {
          if (hrefs.size > hrefsAtMost) hrefs.clear();
        },
        looksAt: function* (uid, entry) {
          const [compared, related] = [glance(uid, entry), relationsOf(uid, entry)];
          const texts = typeof compared === 'number' ? [] : [compared.before, compared.after];
          if (related !== null) texts.push(related.before, related.after);
          for (const text of new Set(texts)) {
            const links = parseLinks(text);
            links.delete('self');
            yield* namedIn(links.values());
          }
        },
        levelOf: (uid, entry) => {
          const found = glance(uid, entry);
          if (typeof found === 'number') return found;
          const shown = noticedFrom(found.before, found.after, levelsOf, found.own);
          return shown < found.inside ? shown : found.inside;
        },
        namesOf: (uid, entry) => [
          ...wordsAmong(entry.names, false).map((word): NoticedName => [word, everyClearance]),
          ...(attributesInside.get(uid) ?? []),
          ...relationsNoticed(uid, entry),
        ],
      };
    },
    settled: () => {
      for (const each of [marks, unmarked, raises, looked, tails, attributes, doubtful, born, gaveUp, alone, open])
        each.clear();
      for (const each of [bitsBefore, identifierBefore, droppedBefore, hrefs, noticed, noticedInside]) each.clear();
      for (const each of [tailsBeside, attributesInside]) each.clear();
    },
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

// The change feed and the counts of one transaction: which place each touched resource gets, and what that does to its segment and its
// collection. Written out once, at the end. Used by resource-writer.ts, protection-writer.ts and writing.ts.
import type { Clock } from '#base/clock.ts';
import type { ProtectionLevel } from '#model/model.ts';
import { namesKept, noteName, noticedByAll } from './changed-names.ts';
import type { ChangedNames, NoticedName } from './changed-names.ts';
import { slicesOf } from './looking-ahead.ts';
import type { Look } from './looking-ahead.ts';
import type { Ahead, FeedRows, NamedIdentifier, ResourceRows } from './rows.ts';
import { noticedIn } from './stored-resource.ts';
import { collectionOf, firstUid, segmentOf } from './uids.ts';

export const changeKinds = ['', 'created', 'updated', 'removed', 'identifier-changed'] as const;
export const [created, updated, removed, identifierChanged] = [1, 2, 3, 4] as const;
type Kind = typeof created | typeof updated | typeof removed | typeof identifierChanged;

/** Told how much work was done: lets others run now and then. */
export type Breathe = (work: number) => Promise<void>;

/**
 * `before` = the identifiers that followers know the resource by, as JSON text. `last` = position of its change before this one; 0 = none. `names` =
 * what has changed of one that was there before.
 */
export type Touched = {
  readonly position: number;
  readonly collection: number;
  readonly last: number;
  kind: Kind;
  before: string | null;
  names: ChangedNames | null;
};
type Touches = readonly [uid: number, entry: Touched];
type Counter = { next: number; count: number; position: number };
/** From which clearance on changes can be noticed. */
export type Noticing = {
  /** Some changes are about to be looked at: what is kept of those before them may go. */
  readonly begins: () => void;
  /** The identifiers that have to be at hand before the level of a change is asked for; its resource is by then. */
  readonly looksAt: (uid: number, entry: Touched) => Iterable<NamedIdentifier>;
  readonly levelOf: (uid: number, entry: Touched) => ProtectionLevel;
  /** What is to be named of a change of what was there before. What it takes is at hand as for its level. */
  readonly namesOf: (uid: number, entry: Touched) => readonly NoticedName[];
};
type SegmentDelta = { readonly collection: number; readonly number: number; delta: number; position: number };

export type Changes = {
  /** The uid of a resource to come. */
  readonly nextUid: (collection: number) => number;
  /**
   * Gives the resource its place in the feed: one change per resource and transaction. `delta` = what it does to the count, `last` = position of its
   * change before, where that has been read.
   */
  readonly touch: (uid: number, kind: Kind, delta: number, last?: number) => Touched;
  /** Has the feed name what differs: attributes, or relations, by number of the word. Of what came or went with the work it names nothing. */
  readonly name: (entry: Touched, words: Iterable<number>, isRelation: boolean) => void;
  /** What has been given a place so far. */
  readonly touched: () => Iterable<number>;
  /** Writes everything out. `breathe` is told how much work was done; `noticing` null = everybody notices everything. */
  readonly write: (breathe: Breathe, noticing: Noticing | null) => Promise<void>;
};

/** The bookkeeping of one work. `isGuarded` = something of the organisation may be protected. */
export const createChanges = (
  rows: FeedRows & Pick<ResourceRows, 'position'> & Pick<Ahead, 'atOnce' | 'makeRoom'>,
  look: Look,
  clock: Pick<Clock, 'now'>,
  isGuarded: () => boolean,
): Changes => {
  /** For each clearance below a level the last change before that it could notice, as JSON text. */
  const noticedBefore = (last: number, level: ProtectionLevel): string | null => {
    if (level === 0 || last === 0) return null;
    const row = rows.change(last);
    if (row === null) return null;
    return JSON.stringify([0, 1, 2].slice(0, level).map((clearance) => noticedIn(row, clearance)));
  };

  const touched = new Map<number, Touched>();
  const counters = new Map<number, Counter>();
  const segments = new Map<string, SegmentDelta>();
  const newest = rows.newest();
  let position = newest.position;
  const lastAt = newest.at;

  /** The levels of some changes, index-aligned; and what came before those that not everybody notices is at hand. */
  const levelsOf = async (
    slice: readonly Touches[],
    noticing: Noticing,
    breathe: Breathe,
  ): Promise<readonly ProtectionLevel[]> => {
    await look(() => ({ resources: slice.flatMap(([uid, { kind }]) => (kind === removed ? [] : [uid])) }));
    await look(() => ({ named: slice.values().flatMap(([uid, entry]) => noticing.looksAt(uid, entry)) }));
    const levels: ProtectionLevel[] = [];
    for (const [uid, entry] of slice) {
      levels.push(noticing.levelOf(uid, entry));
      await breathe(1);
    }
    await look(() => ({
      changes: slice.flatMap(([, { last }], index) => (last === 0 || levels[index] === 0 ? [] : [last])),
    }));
    return levels;
  };

  const counterOf = (collection: number): Counter => {
    const known = counters.get(collection);
    if (known !== undefined) return known;
    const counter = { ...rows.counter(collection) };
    counters.set(collection, counter);
    return counter;
  };

  return {
    nextUid: (collection) => {
      const counter = counterOf(collection);
      counter.next += 1;
      return firstUid(collection) + counter.next - 1;
    },
    touch: (uid, kind, delta, last) => {
      const collection = collectionOf(uid);
      let entry = touched.get(uid);
      if (entry === undefined) {
        position += 1;
        // Read before it is written over; where nothing is protected everybody notices everything.
        const known = kind === created || last !== undefined || !isGuarded() ? 0 : rows.position(uid);
        entry = {
          position,
          collection,
          last: last ?? known,
          kind,
          before: null,
          names: null,
        };
        touched.set(uid, entry);
      } else if (kind === removed || (kind === identifierChanged && entry.kind === updated)) entry.kind = kind;
      const number = segmentOf(uid);
      const key = `${collection}/${number}`;
      const segment = segments.get(key);
      if (segment === undefined) segments.set(key, { collection, number, delta, position: entry.position });
      else {
        segment.delta += delta;
        segment.position = Math.max(segment.position, entry.position);
      }
      const counter = counterOf(collection);
      counter.count += delta;
      counter.position = Math.max(counter.position, entry.position);
      return entry;
    },
    name: (entry, words, isRelation) => {
      for (const word of words) noteName((entry.names ??= []), word, isRelation);
    },
    touched: () => touched.keys(),
    write: async (breathe, noticing) => {
      // Taken last: nothing that commits later may carry an earlier time than what a reader has seen.
      const at = Math.max(clock.now(), lastAt);
      for (const slice of slicesOf(touched, rows.atOnce)) {
        await rows.makeRoom();
        noticing?.begins();
        const levels = noticing === null ? null : await levelsOf(slice, noticing, breathe);
        for (const [index, [uid, entry]] of slice.entries()) {
          const level = levels?.[index] ?? 0;
          rows.insertChange({
            position: entry.position,
            collection: entry.collection,
            uid,
            kind: entry.kind,
            at,
            before: entry.before,
            level,
            noticed: noticedBefore(entry.last, level),
            fields: isOfBefore(entry) ? namesKept(noticing?.namesOf(uid, entry) ?? noticedByAll(entry.names)) : null,
          });
          await breathe(1);
        }
      }
      for (const segment of segments.values())
        rows.addToSegment(segment.collection, segment.number, segment.delta, segment.position);
      for (const [id, counter] of counters) rows.writeCounter(id, counter, counter.position === 0 ? 0 : at);
      touched.clear();
      segments.clear();
      counters.clear();
    },
  };
};

/** It was there before the work, and is there after it. */
const isOfBefore = ({ kind }: Touched): boolean => kind === updated || kind === identifierChanged;

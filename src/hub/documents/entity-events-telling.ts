// What is told of a stretch of the feed: which entities have come, changed, gone or been merged, by what the follower held at its beginning and what
// it sees now. Called by entity-events.ts.
import { createMemory } from '#base/memory.ts';
import type { RowSet } from '#store/plan.ts';
import type { IdentifierValue, TenantReads } from '#store/store.ts';
import { rowSet } from '../row-scope.ts';
import type { HeldDocument } from './document-cache.ts';
import type { EntityEvent } from './document.ts';
import { compareMarks } from './entity-events-cursor.ts';
import type { EventMark } from './entity-events-cursor.ts';
import { nothingOwn, rootsOf } from './entity-events-roots.ts';
import type { FeedRow, NoticedRoot, Stretch } from './entity-events-roots.ts';
import {
  chosenOtherwise,
  followPlace,
  isCounted,
  readPlace,
  seenOtherwise,
  sees,
  withChoices,
} from './entity-events-sight.ts';
import type { NamedSight, Sight } from './entity-events-sight.ts';
import { isChosen, isTaken } from './entity-events-watch.ts';
import type { Poll, Watch, Watched, Watching } from './entity-events-watch.ts';
import type { DocumentReader } from './reader.ts';

/** Where a stretch begins. */
export type Start = {
  readonly after: number;
  readonly was: Sight;
  /** As in the cursor. */
  readonly top: number;
  readonly day: string;
  readonly part: {
    readonly to: number;
    readonly is: Sight;
    readonly top: number;
    readonly mark: EventMark;
    readonly day: string;
  } | null;
};

/** A root that may have to be told of. */
export type Candidate = {
  readonly watched: Watched;
  readonly root: NoticedRoot;
  /**
   * The position of a root's own coming or going is fixed, and so is that of what has come into sight or gone out of it: it stands at the end of the
   * stretch. Where else it stands follows from links, which may be others when the rest of the stretch is asked for.
   */
  readonly mark: EventMark;
  readonly isFixed: boolean;
  /** One who has been told all of the stretch is taken for holding it. */
  readonly stays: boolean;
  /** It has not gone when the stretch was looked at. */
  readonly isThere: boolean;
  readonly at: number;
  /** The follower held it at the beginning. */
  readonly held: boolean;
};

export type Told = Candidate & {
  readonly change: EntityEvent<unknown>['change'];
  readonly document: HeldDocument | null;
};

/** A candidate with its document, where the follower sees it now and has chosen it. */
type Judged = Candidate & { readonly document: HeldDocument | null };

type Decided = {
  readonly told: readonly Told[];
  readonly candidates: readonly Candidate[];
  /** At the end of the stretch; empty where there is none, or it is known. */
  readonly choices: ReadonlyMap<string, RowSet>;
};

/** A stretch of the feed with what there is to tell of it. */
export type Telling = {
  readonly start: Start;
  /** Position of its end, and the sight that one has who has been told all of it. */
  readonly ends: number;
  readonly is: Sight | NamedSight;
  readonly top: number;
  readonly day: string;
  /** More than the answer holds, or all that there is. */
  readonly told: readonly Told[];
  readonly candidates: readonly Candidate[];
};

export type TellingDeps = {
  readonly reader: DocumentReader;
  readonly fallenDue: Watching['fallenDue'];
  /** Changes that are looked at together. */
  readonly windowRows: number;
};

export type Tellings = {
  /** Looks at one stretch; gives null when what has fallen due cannot be found in time. */
  readonly next: (poll: Poll, watch: Watch, start: Start, now: number) => Promise<Telling | null>;
  /** What has taken the identifiers of roots that are gone, where the follower sees it and has chosen it. */
  readonly merged: (poll: Poll, watch: Watch, page: readonly Told[]) => Promise<ReadonlyMap<Told, number>>;
  /** Facts of a resource that is seen and followed now, as one of some roots; null of any other. */
  readonly factsNow: (poll: Poll, watch: Watch, roots: readonly Watched[], uid: number) => Promise<unknown>;
  /** The rest of the stretch is going to be asked for. */
  readonly remember: (poll: Poll, telling: Telling) => void;
};

// Roots that are looked at together.
const rootsAtOnce = 250;
// Stretches that are being told: one may be about every entity there is.
const rememberedStretches = 8;

/** Makes the look-up, with a memory of the stretches under way: they can be worked out again. */
export const createTellings = ({ reader, fallenDue, windowRows }: TellingDeps): Tellings => {
  const underWay = createMemory<readonly Candidate[]>(rememberedStretches);

  const next: Tellings['next'] = async (poll, watch, start, now) => {
    const { part } = start;
    const known = part === null ? undefined : underWay.get(keyOf(poll, start, part.to, part.is));
    const kept = known === undefined ? null : bound(known, watch);
    const stretch = kept === null ? await stretchFrom(poll, watch, start, windowRows, now) : null;
    // What fell due in a stretch that is being told stands in the choice at its end.
    const due = stretch === null || part !== null ? noDue : await dueBy(poll, watch, start);
    if (due === null) return null;
    const candidates = kept ?? (stretch === null ? [] : await candidatesIn(poll, watch, start, { stretch, due }));
    const ends = part?.to ?? stretch?.end.position ?? start.after;
    const decided = await decide(poll, watch, start, candidates, ends);
    const is = part?.is ?? (decided.choices.size > 0 ? withChoices(watch.sight, decided.choices) : watch.sight);
    return { start, ends, is, top: part?.top ?? watch.top, day: part?.day ?? poll.today, ...decided };
  };

  const dueBy = async (poll: Poll, { roots }: Watch, { day }: Start): Promise<Due | null> => {
    const found = new Map<string, Float64Array>();
    for (const watched of roots) {
      if (watched.stream.dated === undefined) continue;
      const uids = await fallenDue(poll, watched, day);
      if (uids === null) return null;
      found.set(watched.key, uids);
    }
    return found;
  };

  /** What is told of some candidates: all that there is to tell, or enough for the answer; and the choices at the end of the stretch. */
  const decide = async (
    poll: Poll,
    { sight }: Watch,
    { was, part }: Start,
    candidates: readonly Candidate[],
    ends: number,
  ): Promise<Decided> => {
    const { query } = poll;
    const told: Told[] = [];
    const judged = new Map<Candidate, Judged>();
    const decideOn = async (some: readonly Candidate[]): Promise<readonly Judged[]> => {
      const documents = await documentsOf(poll, some, sight);
      return some.map((one) => {
        const document = documents.get(one.watched)?.get(one.root.uid) ?? null;
        const taken = document !== null && isTaken(poll, one.watched, document.facts);
        return { ...one, document: taken ? document : null };
      });
    };
    const add = (one: Judged): void => {
      const { root, held, document } = one;
      if (!held && document === null) return;
      const change = document === null ? 'deleted' : !held || root.created !== null ? 'created' : 'updated';
      // Who is about to be taken for not holding it must hear of it.
      if (change !== 'updated' || root.changed || !one.stays) told.push({ ...one, change });
    };
    // What a choice holds at the end of the stretch has to be known of every root in it; what has come into it or gone stands there.
    const moved = new Map<string, Map<number, boolean>>();
    const chosen = part === null ? candidates.filter(({ watched }) => isChosen(poll, watched)) : [];
    for (let from = 0; from < chosen.length; from += rootsAtOnce) {
      for (const one of await decideOn(chosen.slice(from, from + rootsAtOnce))) {
        const { watched, root, held, document, isFixed, mark } = one;
        const now = document !== null;
        const known = moved.get(watched.key) ?? new Map<number, boolean>();
        moved.set(watched.key, known.set(root.uid, now));
        const placed = {
          ...one,
          stays: now,
          mark: held === now || isFixed ? mark : ([ends, mark[1], mark[2]] as const),
        };
        judged.set(placed, placed);
      }
    }
    const all =
      chosen.length === 0
        ? candidates
        : [...candidates.filter(({ watched }) => !isChosen(poll, watched)), ...judged.values()].sort((a, b) =>
            compareMarks(a.mark, b.mark),
          );
    const open = all.filter(
      (one) =>
        (part === null || compareMarks(one.mark, part.mark) > 0) &&
        // What is seen as it was takes no look.
        (isChosen(poll, one.watched) ||
          one.root.changed ||
          !one.held ||
          !one.stays ||
          !one.isThere ||
          !isSeen(sight, one)),
    );
    for (let from = 0; from < open.length && told.length <= query.size; from += rootsAtOnce) {
      const some = open.slice(from, from + rootsAtOnce);
      const others = await decideOn(some.filter((one) => !judged.has(one)));
      let read = 0;
      for (const one of some) {
        const known = judged.get(one) ?? others[read++];
        if (known !== undefined) add(known);
      }
    }
    if (part !== null) return { told, candidates: all, choices: noChoices };
    const choices = new Map([...was.choices].map(([key, rows]) => [key, withMoved(rows, moved.get(key))] as const));
    return { told, candidates: all, choices };
  };

  /** Documents of roots as the follower sees them now, by what is watched and uid. */
  const documentsOf = async (
    { tenant }: Poll,
    some: readonly { readonly watched: Watched; readonly root: { readonly uid: number } }[],
    sight: Sight,
  ): Promise<ReadonlyMap<Watched, ReadonlyMap<number, HeldDocument>>> => {
    const found = new Map<Watched, Map<number, HeldDocument>>();
    for (const watched of new Set(some.map((one) => one.watched))) {
      const { access, projection } = watched;
      const uids = some
        .filter((one) => one.watched === watched)
        .map(({ root }) => root.uid)
        .filter((uid) => isSeen(sight, { watched, root: { uid } }));
      if (uids.length === 0) continue;
      const begun = reader.begin(tenant, access);
      const documents = reader.find(begun instanceof Promise ? await begun : begun, access, projection, uids);
      found.set(
        watched,
        new Map((documents instanceof Promise ? await documents : documents).map((one) => [one.uid, one])),
      );
    }
    return found;
  };

  const merged: Tellings['merged'] = async (poll, { sight }, page) => {
    const { reads } = poll;
    const asked = page.flatMap((one) =>
      one.change !== 'deleted' || one.root.removed === null
        ? []
        : one.root.removed.before.map(({ field, value }: IdentifierValue) => ({
            one,
            ref: { collection: one.watched.path, field, value },
          })),
    );
    const found = new Map<Told, number>();
    if (asked.length === 0) return found;
    const resolved = await reads.resolve(asked.map(({ ref }) => ref));
    const now = asked.flatMap(({ one }, index) => {
      const uid = resolved[index]?.uid ?? null;
      return uid === null || uid === one.root.uid ? [] : [{ one, watched: one.watched, root: { uid } }];
    });
    const documents = await documentsOf(poll, now, sight);
    for (const { one, watched, root } of now) {
      const document = documents.get(watched)?.get(root.uid);
      if (document === undefined || !isTaken(poll, watched, document.facts)) continue;
      if (!found.has(one)) found.set(one, root.uid);
    }
    return found;
  };

  const factsNow: Tellings['factsNow'] = async (poll, { sight }, roots, uid) => {
    const some = roots.map((watched) => ({ watched, root: { uid } }));
    const documents = await documentsOf(poll, some, sight);
    for (const watched of roots) {
      const facts = documents.get(watched)?.get(uid)?.facts;
      if (facts !== undefined && isTaken(poll, watched, facts)) return facts;
    }
    return null;
  };

  return {
    next,
    merged,
    factsNow,
    remember: (poll, { start, ends, is, candidates }) => underWay.set(keyOf(poll, start, ends, is), candidates),
  };
};

const noChoices: ReadonlyMap<string, RowSet> = new Map();

/** Roots that may have fallen due, by what is watched. */
type Due = ReadonlyMap<string, Float64Array>;
const noDue: Due = new Map();

const keyOf = ({ history, context, purpose }: Poll, { after, was }: Start, to: number, is: Sight): string =>
  `${history} ${context.principal.client} ${purpose} ${after} ${was.id} ${to} ${is.id}`;

/** Candidates of an earlier request, under the decisions of this one; null when one of them is of nothing that is followed now. */
const bound = (candidates: readonly Candidate[], { roots }: Watch): readonly Candidate[] | null => {
  const now = new Map(roots.map((watched) => [watched.key, watched]));
  const found = candidates.flatMap((one) => {
    const watched = now.get(one.watched.key);
    return watched === undefined ? [] : [{ ...one, watched }];
  });
  return found.length === candidates.length ? found : null;
};

/** The next stretch of the feed, or the one that is being told. */
const stretchFrom = async (
  { reads, position }: Poll,
  { plans, sight }: Watch,
  { after, was, top, part }: Start,
  size: number,
  now: number,
): Promise<Stretch> => {
  const limit = part?.to ?? position;
  const rows: FeedRow[] = [];
  let end = after;
  for (;;) {
    const read = end >= limit ? [] : await reads.changesOf(plans, end, size);
    rows.push(...read.filter((row) => row.position <= limit));
    const last = read.at(-1);
    end = read.length < size || last === undefined ? limit : Math.min(last.position, limit);
    // A stretch that is being told is read to its end, however long stretches may be by now.
    if (part === null || end >= limit) break;
  }
  const byCollection = Map.groupBy(rows, ({ collection }) => collection);
  return {
    rows: byCollection,
    was,
    is: part?.is ?? sight,
    top,
    end: { position: end, at: rows.at(-1)?.at ?? now },
  };
};

/** What may have to be told, in the order of telling. */
const candidatesIn = async (
  poll: Poll,
  { roots }: Watch,
  { after, was, part }: Start,
  { stretch, due }: { readonly stretch: Stretch; readonly due: Due },
): Promise<readonly Candidate[]> => {
  const { reads } = poll;
  const found: { readonly watched: Watched; readonly root: NoticedRoot; readonly isMoved: boolean }[] = [];
  for (const watched of roots) {
    const noticed = new Map(await rootsOf(watched, { ...stretch, isChosen: isChosen(poll, watched) }, reads));
    const moved = [
      ...seenOtherwise(was, stretch.is, followPlace(watched.path)),
      ...seenOtherwise(was, stretch.is, readPlace(watched.path)),
      ...exceptedIn(was, watched.key),
      // Known where a part of the stretch has been told.
      ...(part === null ? (due.get(watched.key) ?? []) : chosenOtherwise(was, part.is, watched.key)),
    ];
    for (const uid of moved)
      if (!noticed.has(uid))
        noticed.set(uid, { ...stretch.end, uid, fields: new Set(), changed: false, ...nothingOwn });
    const isMoved = new Set(moved);
    for (const root of noticed.values()) found.push({ watched, root, isMoved: isMoved.has(root.uid) });
  }
  if (found.length === 0) return [];
  const lives = await reads.lives(found.map(({ root }) => root.uid));
  const levels = await Promise.all(
    found.map(({ watched, root }, index) => levelBefore(reads, watched, root, lives[index]?.gone ?? null, stretch.top)),
  );
  const { end } = stretch;
  const candidates = found.flatMap(({ watched, root, isMoved }, index): readonly Candidate[] => {
    const { uid, created, removed } = root;
    const { born, gone } = lives[index] ?? { born: 0, gone: null };
    const isThereAt = (at: number): boolean => born <= at && (gone === null || gone > at);
    const own = [gone, born].find((position) => position !== null && position > after && position <= end.position);
    // Of what has come behind the end its coming tells, and nothing before.
    if (born > end.position) return [];
    const position = own ?? (isMoved ? end.position : root.position);
    const candidate = {
      watched,
      root,
      mark: [position, watched.order, uid] as const,
      isFixed: own !== undefined || isMoved,
      at: (removed ?? created ?? root).at,
      isThere: gone === null,
      held: holds(watched, was, uid, { wasThere: isThereAt(after), level: levels[index] ?? 0 }),
      stays: holds(watched, stretch.is, uid, { wasThere: isThereAt(end.position), level: 0 }),
    };
    return [candidate];
  });
  return candidates.sort((a, b) => compareMarks(a.mark, b.mark));
};

/** True when a root, if it is there, may be seen and followed. */
const isSeen = (
  sight: Sight,
  { watched: { path }, root: { uid } }: { readonly watched: Watched; readonly root: { readonly uid: number } },
): boolean => sees(sight, followPlace(path), uid) && sees(sight, readPlace(path), uid);

/**
 * How highly protected a root is known to have been that had gone by the time when the sight at the beginning was known, and which that sight therefore
 * says nothing of; 0 of any other.
 */
const levelBefore = async (
  reads: Pick<TenantReads, 'changes'>,
  { access }: Watched,
  { uid, removed, level }: NoticedRoot,
  gone: number | null,
  top: number,
): Promise<number> => {
  if (gone === null || gone > top) return 0;
  const [went] = removed === null ? await reads.changes(access.root, gone - 1, 1) : [removed];
  return Math.min(level, went?.uid === uid ? went.level : 3);
};

/** Roots of which the holder of a cursor was told otherwise than its sight says. */
const exceptedIn = ({ exceptions }: Sight, key: string): readonly number[] => {
  const except = exceptions.get(key);
  return except === undefined ? [] : [...except.held.uids, ...except.gone.uids];
};

/** Whether one who was told all that there was to tell when a sight was known holds a root. Rows that are counted one by one say it themselves, and so does a choice. */
const holds = (
  { key, path }: Watched,
  sight: Sight,
  uid: number,
  { wasThere, level }: { readonly wasThere: boolean; readonly level: number },
): boolean => {
  const except = sight.exceptions.get(key);
  if (except !== undefined && (except.held.has(uid) || except.gone.has(uid))) return except.held.has(uid);
  const chosen = sight.choices.get(key);
  if (chosen !== undefined) return chosen.has(uid);
  const [follow, read] = [followPlace(path), readPlace(path)];
  if (!sees(sight, follow, uid, level) || !sees(sight, read, uid, level)) return false;
  return wasThere || isCounted(sight, follow, uid) || isCounted(sight, read, uid);
};

/** The set with what has come and without what has gone; the same one when neither is new to it. */
const withMoved = (rows: RowSet, moved: ReadonlyMap<number, boolean> | undefined): RowSet => {
  if (moved === undefined) return rows;
  const left = rows.uids.filter((uid) => moved.get(uid) !== false);
  const come = [...moved].flatMap(([uid, now]) => (now && !rows.has(uid) ? [uid] : []));
  if (come.length === 0 && left.length === rows.uids.length) return rows;
  return rowSet(Float64Array.from([...left, ...come]).sort());
};

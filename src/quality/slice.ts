// One slice of the work on one organisation: what to look at next, in which order, and what to remember. Called again and again by
// create-quality.ts until nothing is left. Every slice is kept whole or not at all, so that the work goes on where it was after any stop.
//
// Why the result equals a full count: a finding of a resource follows from the resource itself and from who has the identifiers that it names.
// Both are looked at as they are now. Whatever changes the one is in the feed; whatever changes the other is in the feed too, as a target that
// came, went or changed its identifiers, and the feed leads from there to everything that names it.
import type { CollectionPath } from '#model/model.ts';
import type {
  ChangedResource,
  Examined,
  QualityResults,
  QualitySource,
  QualityStep,
  QualityStore,
  Spread,
  WholeResource,
} from '#store/quality.ts';
import type { IdentifierValue } from '#store/store.ts';
import type { Examiner } from './examine.ts';
import { nestedKey } from './examine.ts';

export type SliceDeps = {
  readonly store: QualityStore;
  readonly examiner: Examiner;
  /** Names the model and the rules: when it changes everything is looked at anew. */
  readonly mark: string;
  /** Called between resources: lets other work run when it is time. */
  readonly pause: () => Promise<void> | void;
};

export type Slice = {
  /** Resources that were looked at. */
  readonly examined: number;
  /** False: nothing was left to do. */
  readonly worked: boolean;
  /** The end of the change feed as it was seen. */
  readonly head: number;
};

type Draft = {
  /** To be looked at; with the resource where it has been read already. */
  readonly look: Map<number, WholeResource | null | undefined>;
  readonly enqueue: number[];
  readonly addSpreads: Spread[];
  readonly addSweeps: Set<CollectionPath>;
  rest: Partial<QualityStep>;
};

// Of each change so many that it concerns are found at once; the others later.
const followedAtOnce = 32;
// Few enough that nobody waits for them, and enough that a database far away is seldom asked.
const readTogether = 32;

/** Does about `size` resources' worth of work. Rejects with what the store throws; nothing of the slice is kept then. */
export const runSlice = async ({ store, examiner, mark, pause }: SliceDeps, size: number): Promise<Slice> => {
  const { source, results } = store;
  const head = await source.head();
  const fullMark = `${mark} ${head.extraBackLinks ? 'all' : 'fint'}`;
  const state = await results.state();
  // Another model, other rules, or a copy of the data that was put back: what was found may not hold.
  if (state === null || state.mark !== fullMark || state.epoch !== head.epoch || state.position > head.position) {
    const collections = (await source.collections()).map(({ path }) => path);
    await results.begin({ position: head.position, epoch: head.epoch, mark: fullMark }, collections);
    return { examined: 0, worked: true, head: head.position };
  }
  const work = await results.work(size);
  const draft: Draft = { look: new Map(), enqueue: [], addSpreads: [], addSweeps: new Set(), rest: {} };
  if (work.pending.length > 0) {
    for (const uid of work.pending) draft.look.set(uid, undefined);
    draft.rest = { dequeue: work.pending };
  } else if (work.spread !== null) {
    const { uids, after } = await follow({ source, results, examiner }, work.spread, size);
    draft.enqueue.push(...uids);
    draft.rest = { spread: { id: work.spread.id, after } };
  } else if (state.position < head.position) {
    await readFeed({ source, results, examiner, pause }, state.position, head.extraBackLinks, size, draft);
  } else if (work.sweep !== null) {
    const { collection, after } = work.sweep;
    const uids = await source.uids(collection, after, size);
    for (const uid of uids) draft.look.set(uid, undefined);
    draft.rest = { sweep: { collection, after: uids.length < size ? null : (uids.at(-1) ?? null) } };
  } else return { examined: 0, worked: false, head: head.position };

  const examined: Examined[] = [];
  const gone: number[] = [];
  for (const some of inParts([...draft.look.keys()], readTogether)) {
    await pause();
    await readInto(draft.look, source, some);
    for (const uid of some) {
      await pause();
      const resource = draft.look.get(uid) ?? null;
      if (resource === null) gone.push(uid);
      // What has changed again since is looked at when the feed has come there.
      else if (
        draft.rest.position === undefined ||
        draft.rest.position === null ||
        resource.position <= draft.rest.position
      )
        examined.push(await examiner.examine(resource, source, head.extraBackLinks));
    }
  }
  await results.apply({
    examined,
    gone,
    position: null,
    enqueue: draft.enqueue,
    dequeue: [],
    addSpreads: draft.addSpreads,
    addSweeps: [...draft.addSweeps],
    ...draft.rest,
  });
  return { examined: examined.length + gone.length, worked: true, head: head.position };
};

/** Reads those of a draft that have not been read. */
const readInto = async (look: Draft['look'], source: QualitySource, uids: readonly number[]): Promise<void> => {
  const unread = uids.filter((uid) => look.get(uid) === undefined);
  if (unread.length === 0) return;
  const read = await source.readAll(unread);
  unread.forEach((uid, index) => look.set(uid, read[index] ?? null));
};

const inParts = <T>(all: readonly T[], size: number): readonly (readonly T[])[] =>
  Array.from({ length: Math.ceil(all.length / size) }, (_, part) => all.slice(part * size, (part + 1) * size));

type FeedDeps = {
  readonly source: QualitySource;
  readonly results: QualityResults;
  readonly examiner: Examiner;
  readonly pause: SliceDeps['pause'];
};

const readFeed = async (
  deps: FeedDeps,
  after: number,
  extraBackLinks: boolean,
  size: number,
  draft: Draft,
): Promise<void> => {
  const changes = await deps.source.changes(after, size);
  for (const some of inParts(changes, readTogether)) {
    await deps.pause();
    const concerning = some.filter(({ kind }) => asksWhatItIs(kind, extraBackLinks)).map(({ uid }) => uid);
    for (const { uid } of some) draft.look.set(uid, undefined);
    await readInto(draft.look, deps.source, [...new Set(concerning)]);
    await followChanges(deps, some, extraBackLinks, draft);
  }
  draft.rest = { position: changes.at(-1)?.position ?? after };
};

const followChanges = async (
  deps: FeedDeps,
  changes: readonly ChangedResource[],
  extraBackLinks: boolean,
  draft: Draft,
): Promise<void> => {
  for (const change of changes) {
    await deps.pause();
    // Erased for good: nobody can say any more what it was called.
    if (change.kind === 'removed' && change.before.length === 0)
      for (const path of deps.examiner.leadingTo(change.collection)) draft.addSweeps.add(path);
    for (const named of namesOf(change, extraBackLinks, draft)) await spreadFrom(deps, change, named, draft);
  }
};

type Named = { readonly identifier: IdentifierValue; readonly only: Spread['only'] };

/**
 * The identifiers by which a change concerns others. Of what came only those who missed something; of what went, all. Where the hub adds no
 * inverse links, some links are answered by what the target delivers, so that any change of it concerns those who ask.
 */
const namesOf = ({ kind, uid, before }: ChangedResource, extraBackLinks: boolean, draft: Draft): readonly Named[] => {
  const gone = before.map((identifier): Named => ({ identifier, only: 'all' }));
  if (!asksWhatItIs(kind, extraBackLinks)) return gone;
  const present = draft.look.get(uid)?.identifiers ?? [];
  return [...gone, ...present.map((identifier): Named => ({ identifier, only: extraBackLinks ? 'flawed' : 'asking' }))];
};

/** Whether what a resource is called now says whom its change concerns. */
const asksWhatItIs = (kind: ChangedResource['kind'], extraBackLinks: boolean): boolean =>
  kind !== 'removed' && (kind !== 'updated' || !extraBackLinks);

const spreadFrom = async (
  deps: FeedDeps,
  { collection, position }: ChangedResource,
  { identifier, only }: Named,
  draft: Draft,
): Promise<void> => {
  const { source, examiner } = deps;
  const key = await source.keyOf(collection, identifier);
  const spreads: Spread[] = [];
  if (key !== null) spreads.push({ kind: 'link', key, only, position, after: null });
  if (examiner.nestedTargets.has(collection))
    spreads.push({ kind: 'nested', key: nestedKey({ collection, ...identifier }), only, position, after: null });
  for (const spread of spreads) {
    const { uids, after } = await follow(deps, spread, followedAtOnce);
    draft.enqueue.push(...uids.filter((uid) => !draft.look.has(uid)));
    if (after !== null) draft.addSpreads.push({ ...spread, after });
  }
};

/** The next of those that a spread reaches and that must be looked at, and where to go on; null when it is at its end. */
const follow = async (
  { source, results, examiner }: Omit<FeedDeps, 'pause'>,
  spread: Spread,
  size: number,
): Promise<{ readonly uids: readonly number[]; readonly after: Spread['after'] }> => {
  if (spread.kind === 'nested') {
    const uids = await results.nestedTo(spread.key, spread.after?.[1] ?? -1, size);
    return {
      uids: spread.only === 'all' ? uids : await results.flawed(uids),
      after: uids.length < size ? null : [0, uids.at(-1) ?? 0],
    };
  }
  const { sources, next } = await source.linkedTo(spread.key, spread.after, size);
  // What changed after it is still to come in the feed.
  const [wanted, others]: [number[], number[]] = [[], []];
  for (const { uid, position, collection, relation } of sources) {
    if (position > spread.position) continue;
    const surely = spread.only === 'all' || (spread.only === 'asking' && examiner.asksBack(collection, relation));
    (surely ? wanted : others).push(uid);
  }
  return { uids: others.length === 0 ? wanted : [...wanted, ...(await results.flawed(others))], after: next };
};

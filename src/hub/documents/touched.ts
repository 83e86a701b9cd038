// Which resources of an organisation have been touched since when: the change feed, read as far as it goes before anything that is remembered is
// used, with the resources that link to what has changed, since what they lead to may have come, moved or been hidden. Used by the memory of
// documents; one for each history of an organisation's data.
import { firstAbove } from '#base/uid-sets.ts';
import type { CollectionPath, Model } from '#model/model.ts';
import type { AuthorizedPlan } from '#store/plan.ts';
import type { Eventually, StoredChange, TenantReads } from '#store/store.ts';
import { isGuardable } from '../protection.ts';
import type { DocumentAccess, Place } from './access.ts';

export type Touched = {
  /**
   * Takes in everything up to the newest change that is committed when this is called. From then on changes of the collections of the access are
   * looked for, and what its steps reach.
   */
  readonly catchUp: (access: Pick<DocumentAccess, 'plans' | 'places'>) => Eventually<void>;
  /** Up to which position the feed has been taken in: what is read now is of that state or a later one. */
  readonly upTo: () => number;
  /** True when none of the resources (ascending) has been touched since a position that `upTo` gave. */
  readonly stands: (uids: Float64Array, since: number) => boolean;
  /** Another text when anything in these collections has changed; null when one of them is not looked for. */
  readonly versionOf: (collections: readonly CollectionPath[]) => string | null;
  /** The same for which resources a collection has. */
  readonly membersOf: (collection: CollectionPath) => string | null;
};

type Reverse = {
  readonly relation: string;
  readonly collection: CollectionPath;
  readonly inverse: string | null;
};

// Further behind than this it is quicker to read what is asked for anew.
const changesAtMost = 2_000;
// Touched resources that are remembered.
const rememberedTouches = 40_000;
// With fewer changes than this, each is looked for in what is asked about, and not the other way.
const fewChanges = 16;

type Reads = Pick<TenantReads, 'changesOf' | 'lastPosition' | 'linkedFrom'>;

/** Begins at the state of the first look. */
export const createTouched = (model: Model, reads: Reads): Touched => {
  const plans = new Map<CollectionPath, AuthorizedPlan>();
  const reverse = new Map<CollectionPath, Map<string, Reverse>>();
  const known = new WeakSet<Place | DocumentAccess['plans']>();
  /** Touched resources in the order of the positions by which they were known to be. */
  let uids: number[] = [];
  let positions: number[] = [];
  const last = new Map<number, number>();
  const changed = new Map<CollectionPath, number>();
  const members = new Map<CollectionPath, number>();
  /** Before it nothing is known. */
  let floor = -1;
  let upTo = -1;
  let work: Promise<void> = Promise.resolve();

  const register = ({ plans: some, places }: Pick<DocumentAccess, 'plans' | 'places'>): void => {
    // Whose plan it is does not matter, since nothing that is read with it is shown; the highest clearance is told the most.
    if (!known.has(some))
      for (const [path, plan] of some) if (plan.clearance > (plans.get(path)?.clearance ?? -1)) plans.set(path, plan);
    known.add(some);
    if (!known.has(places.root)) addSteps(places.root);
  };

  const addSteps = (place: Place): void => {
    known.add(place);
    for (const [, below] of place.below) {
      const { collection, rule } = below.part;
      if (rule !== null) {
        const step = {
          relation: rule.relation.jsonName,
          collection: place.part.collection.path,
          inverse: rule.inverse,
        };
        const into = reverse.get(collection.path) ?? new Map<string, Reverse>();
        into.set(JSON.stringify(step), step);
        reverse.set(collection.path, into);
      }
      addSteps(below);
    }
  };

  const forget = (position: number): void => {
    uids = [];
    positions = [];
    last.clear();
    changed.clear();
    members.clear();
    floor = position;
    upTo = position;
  };

  const advance = async (position: number): Promise<void> => {
    if (upTo >= position) return;
    const changes = await reads.changesOf([...plans.values()], upTo, changesAtMost + 1);
    if (changes.length > changesAtMost) return forget(position);
    const found = new Set(changes.map(({ uid }) => uid));
    for (const [path, targets] of relinked(model, plans, changes)) {
      for (const { relation, collection, inverse } of reverse.get(path)?.values() ?? []) {
        for (const uid of await reads.linkedFrom(relation, collection, inverse, targets)) found.add(uid);
      }
    }
    const now = Math.max(position, changes.at(-1)?.position ?? 0);
    if (found.size > rememberedTouches / 2) return forget(now);
    for (const uid of found) {
      uids.push(uid);
      positions.push(now);
      last.set(uid, now);
    }
    for (const { collection, kind } of changes) {
      changed.set(collection, now);
      if (kind === 'created' || kind === 'removed') members.set(collection, now);
    }
    upTo = now;
    if (uids.length > rememberedTouches) shorten();
  };

  const shorten = (): void => {
    floor = positions[positions.length - Math.floor(rememberedTouches / 2)] ?? upTo;
    const kept = firstAbove(positions, floor);
    uids = uids.slice(kept);
    positions = positions.slice(kept);
    for (const [uid, position] of last) if (position <= floor) last.delete(uid);
  };

  const reach = (position: number): Eventually<void> => {
    if (upTo === -1) return forget(position);
    if (upTo >= position) return undefined;
    // One after the other, also when one fails: whoever waits for it fails, the next begins anew.
    const next = work.then(() => advance(position));
    work = next.catch(() => {});
    return next;
  };

  const since = (some: ReadonlyMap<CollectionPath, number>, path: CollectionPath): number | null =>
    plans.has(path) ? Math.max(floor, some.get(path) ?? floor) : null;

  return {
    catchUp: (access) => {
      register(access);
      const position = reads.lastPosition();
      return position instanceof Promise ? position.then(reach) : reach(position);
    },
    upTo: () => upTo,
    stands: (some, position) => {
      if (position >= upTo) return true;
      if (position < floor) return false;
      const from = firstAbove(positions, position);
      if (uids.length - from > fewChanges) return some.every((uid) => (last.get(uid) ?? -1) <= position);
      for (let index = from; index < uids.length; index += 1) if (holds(some, uids[index] ?? -1)) return false;
      return true;
    },
    versionOf: (paths) => {
      const all = paths.map((path) => since(changed, path));
      return all.includes(null) ? null : all.join(' ');
    },
    membersOf: (path) => since(members, path)?.toString() ?? null,
  };
};

/** Resources of each collection to which links may lead now that did not before, or the other way; ascending. */
const relinked = (
  model: Model,
  plans: ReadonlyMap<CollectionPath, AuthorizedPlan>,
  changes: readonly (StoredChange & { readonly collection: CollectionPath })[],
): ReadonlyMap<CollectionPath, Float64Array> => {
  const found = new Map<CollectionPath, Set<number>>();
  for (const { collection, uid, kind, fields } of changes) {
    // What links to what has gone was made of it.
    if (kind === 'removed') continue;
    const { links } = model.collections.get(collection) ?? { links: new Map<string, never>() };
    const asBefore =
      kind === 'updated' &&
      fields.length > 0 &&
      !fields.some((name) => links.has(name)) &&
      // Names are told as far as the clearance goes.
      plans.get(collection)?.clearance === 3 &&
      !isGuardable(model, collection);
    if (asBefore) continue;
    const some = found.get(collection);
    if (some === undefined) found.set(collection, new Set([uid]));
    else some.add(uid);
  }
  return new Map([...found].map(([path, some]) => [path, Float64Array.from(some).sort()]));
};

const holds = (ascending: Float64Array, uid: number): boolean => {
  const at = firstAbove(ascending, uid) - 1;
  return at >= 0 && ascending[at] === uid;
};

// A source system in miniature: any collections that can be walked, and on top of them what has been written since. The event adapter writes
// here when it accepts something, so that it is in the next delivery as well. Everything unwritten stays where it was, unread and uncopied.

import type { DeliverableCollection, DeliverableEntry, SourceChanges } from './adapter.ts';

export type SourceEntry = DeliverableEntry;

export type Source = {
  /** The collections as they are now; walking one starts a fresh pass. */
  readonly collections: readonly DeliverableCollection[];
  /** The entry with an identifier, by its name in any case (`systemid`) or, where that is null, by any of its identifiers. Walks until it is found. */
  readonly find: (collection: string, field: string | null, value: string) => SourceEntry | undefined;
  /** The first `most` entries that a test accepts. */
  readonly filter: (
    collection: string,
    accepts: (entry: SourceEntry) => boolean,
    most: number,
  ) => readonly SourceEntry[];
  /** Keeps an entry under its identifier, in the place of the one that was there. */
  readonly put: (collection: string, entry: SourceEntry) => void;
  readonly remove: (collection: string, identifier: string) => void;
  /** What has been written since the last call, for a delta. */
  readonly takeChanges: () => readonly SourceChanges[];
};

type Written = Map<string, SourceEntry | null>;

/** Gives the identifiers of a resource: the attributes that hold an `identifikatorverdi`, by name. */
export const identifiersOf = (
  resource: Readonly<Record<string, unknown>>,
): readonly (readonly [field: string, value: string])[] =>
  Object.entries(resource).flatMap(([field, value]) =>
    typeof value === 'object' &&
    value !== null &&
    'identifikatorverdi' in value &&
    typeof value.identifikatorverdi === 'string'
      ? [[field, value.identifikatorverdi] as const]
      : [],
  );

/** Makes a source over collections that do not change by themselves. */
export const createSource = (base: readonly DeliverableCollection[]): Source => {
  const written = new Map<string, Written>();
  let unsent = new Map<string, Set<string>>();
  const writtenIn = (collection: string): Written => {
    const known = written.get(collection) ?? new Map<string, SourceEntry | null>();
    written.set(collection, known);
    return known;
  };

  const present = (one: DeliverableCollection): DeliverableCollection => ({
    collection: one.collection,
    get total() {
      if (writtenIn(one.collection).size === 0) return one.total;
      let total = 0;
      for (const _ of this.entries()) total += 1;
      return total;
    },
    *entries() {
      const changes = writtenIn(one.collection);
      const told = new Set<string>();
      for (const entry of one.entries()) {
        const change = changes.get(entry.identifier);
        if (change === undefined) yield entry;
        else {
          told.add(entry.identifier);
          if (change !== null) yield change;
        }
      }
      for (const [identifier, entry] of changes) if (entry !== null && !told.has(identifier)) yield entry;
    },
  });
  const collections = base.map(present);
  const entriesOf = (collection: string): Iterable<SourceEntry> =>
    collections.find((one) => one.collection === collection)?.entries() ?? [];

  const note = (collection: string, identifier: string, entry: SourceEntry | null): void => {
    writtenIn(collection).set(identifier, entry);
    const waiting = unsent.get(collection) ?? new Set();
    unsent.set(collection, waiting.add(identifier));
  };

  return {
    collections,
    find: (collection, field, value) => {
      const wanted = field?.toLowerCase() ?? null;
      for (const entry of entriesOf(collection))
        for (const [name, own] of identifiersOf(entry.resource))
          if (own === value && (wanted === null || name.toLowerCase() === wanted)) return entry;
      return undefined;
    },
    filter: (collection, accepts, most) => {
      const found: SourceEntry[] = [];
      for (const entry of entriesOf(collection)) {
        if (found.length === most) break;
        if (accepts(entry)) found.push(entry);
      }
      return found;
    },
    put: (collection, entry) => note(collection, entry.identifier, entry),
    remove: (collection, identifier) => note(collection, identifier, null),
    takeChanges: () => {
      const taken = unsent;
      unsent = new Map();
      return [...taken].map(([collection, identifiers]) => {
        const now = [...identifiers].map((identifier) => [identifier, writtenIn(collection).get(identifier)] as const);
        return {
          collection,
          changed: now.flatMap(([, entry]) => (entry === undefined || entry === null ? [] : [entry])),
          removed: now.flatMap(([identifier, entry]) => (entry === null ? [identifier] : [])),
        };
      });
    },
  };
};

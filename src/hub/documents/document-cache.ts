// Documents as they were made, in memory: bytes, facts and which resources they are of. Shared by all who see alike, for one history of an
// organisation's data; right for as long as nothing that they are of has been touched. Bounded by size. Used by reader.ts; knows no store.
import { createMemory } from '#base/memory.ts';
import type { FoundDocument } from './document.ts';

/** A remembered document. Facts are what its projection made them. */
export type HeldDocument = FoundDocument<unknown> & {
  /** All resources in it, ascending. */
  readonly uids: Float64Array;
  /** Another one for every document made. */
  readonly serial: number;
  /** Up to which position of the feed it is known to be right. */
  checkedAt: number;
};

type Entry = { readonly document: HeldDocument; readonly size: number; used: boolean };

/** Documents of one projection as some callers see them. */
export type Shelf = {
  readonly get: (uid: number) => HeldDocument | undefined;
  readonly put: (document: HeldDocument) => void;
  readonly drop: (uid: number) => void;
};

export type DocumentCache = {
  /** The shelf of that name, made when there is none. */
  readonly shelf: (owner: string, name: string) => Shelf;
  /** Drops all shelves of an owner. */
  readonly clear: (owner: string) => void;
  /** Bytes held, as estimated. */
  readonly bytes: () => number;
};

// What a document takes beside its bytes, uids and facts.
const entryBytes = 500;
// Documents of which it is remembered that they were made once.
const rememberedOnce = 50_000;
// Shelves without a document in them that may stay.
const emptyShelves = 1_000;

/**
 * Makes a cache that holds at most `maxBytes`. A document is kept when it is made for the second time (`from`): one who walks through everything once
 * pushes nothing out.
 */
export const createDocumentCache = (maxBytes: number, from: 'first' | 'second' = 'second'): DocumentCache => {
  const owners = new Map<string, Map<string, Shelf & { readonly entries: Map<number, Entry>; close: () => void }>>();
  const madeOnce = createMemory<true>(rememberedOnce);
  let held = 0;
  let shelves = 0;
  let shelvesMade = 0;

  const remove = (entries: Map<number, Entry>, uid: number): void => {
    const entry = entries.get(uid);
    if (entry === undefined) return;
    entries.delete(uid);
    held -= entry.size;
  };

  /** Makes room: in the order in which they were made, and what has been asked for since the last time only when the others do not do. */
  const sweep = (): void => {
    const enough = maxBytes - maxBytes / 64;
    for (const isLast of [false, true]) {
      for (const named of owners.values()) {
        for (const { entries } of named.values()) {
          for (const [uid, entry] of entries) {
            if (held <= enough) return;
            if (isLast || !entry.used) remove(entries, uid);
            entry.used = false;
          }
        }
      }
    }
  };

  /** Nobody comes back to most of those that were for one state of somebody's rows. */
  const tidy = (): void => {
    if (shelves <= emptyShelves) return;
    shelves = 0;
    for (const named of owners.values()) {
      for (const [name, shelf] of named) {
        if (shelf.entries.size > 0) continue;
        shelf.close();
        named.delete(name);
      }
      shelves += named.size;
    }
  };

  const createShelf = () => {
    const entries = new Map<number, Entry>();
    // Whoever is making documents for a shelf that is no more keeps them to itself.
    let open = true;
    shelvesMade += 1;
    const name = shelvesMade;
    return {
      entries,
      close: () => void (open = false),
      get: (uid: number) => {
        const entry = entries.get(uid);
        if (entry === undefined) return undefined;
        entry.used = true;
        return entry.document;
      },
      put: (document: HeldDocument) => {
        const { uid, bytes, uids, facts } = document;
        remove(entries, uid);
        const key = `${name} ${uid}`;
        if (from === 'second' && madeOnce.get(key) === undefined) return madeOnce.set(key, true);
        const size = entryBytes + bytes.length + uids.byteLength + roughBytes(facts);
        if (!open || size > maxBytes / 4) return;
        entries.set(uid, { document, size, used: false });
        held += size;
        if (held > maxBytes) sweep();
      },
      drop: (uid: number) => remove(entries, uid),
    };
  };

  return {
    shelf: (owner, name) => {
      const named = owners.get(owner) ?? new Map<string, ReturnType<typeof createShelf>>();
      const known = named.get(name);
      if (known !== undefined) return known;
      tidy();
      const made = createShelf();
      shelves += 1;
      owners.set(owner, named.set(name, made));
      return made;
    },
    clear: (owner) => {
      for (const { entries, close } of owners.get(owner)?.values() ?? []) {
        close();
        for (const uid of entries.keys()) remove(entries, uid);
      }
      owners.delete(owner);
    },
    bytes: () => held,
  };
};

/** About what a value takes; facts are small and plain. */
const roughBytes = (value: unknown): number => {
  if (typeof value === 'string') return 24 + value.length;
  if (typeof value !== 'object' || value === null) return 8;
  let sum = 40;
  if (value instanceof Map) for (const [key, each] of value) sum += 24 + roughBytes(key) + roughBytes(each);
  else if (value instanceof Set || Array.isArray(value)) for (const each of value) sum += 8 + roughBytes(each);
  else for (const each of Object.values(value)) sum += 8 + roughBytes(each);
  return sum;
};

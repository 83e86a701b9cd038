// The rows of one organisation for the writing half, over PostgreSQL: a working set in memory, filled before it is asked and written out when
// the work ends. Begun by write-queue.ts for each work within a transaction; implements store/writing/rows.ts.
import { sliceSize } from '../writing/looking-ahead.ts';
import type { Counter, Rows } from '../writing/rows.ts';
import type { Connection } from './database.ts';
import { writeOut } from './flushing.ts';
import type { Additions } from './flushing.ts';
import { indexedText } from './kept-text.ts';
import { createLoading } from './loading.ts';
import { identifierRows, linkRows, resourceRows } from './set-rows.ts';
import type { CollectionRow, MutableCounts, TenantState } from './tenant-state.ts';
import { createWorkingSet, forgetSeen } from './working-set.ts';
import type { WorkingSet } from './working-set.ts';

export type WorkRows = Rows & {
  /** Writes out what has been changed; what was made ready stays so. `sent` is called when the last statement is on its way. */
  readonly write: (sent?: () => void) => Promise<void>;
  /** Brings what the work has added into what the process keeps: once it is written. */
  readonly keep: () => void;
  /** Takes back what the work has added to what the process keeps: after it was rolled back. */
  readonly drop: () => void;
};

export type RowsDeps = {
  readonly connection: Connection;
  readonly tenant: number;
  readonly state: TenantState;
  /** Those of the work, as the transaction left them so far. */
  readonly counts: Pick<MutableCounts, 'position' | 'at' | 'identifiers' | 'words' | 'collections'>;
};

/** For one work. */
export const createRows = (deps: RowsDeps): WorkRows => {
  const { connection, tenant, state, counts } = deps;
  const set = createWorkingSet();
  const first = counts.position + 1;
  const before = { words: state.words.count(), paths: state.paths.count() };
  const collections = new Map<number, CollectionRow>();
  const additions: Additions = { words: new Map(), collections: new Map(), count: state.paths.count };

  const collection = (id: number): CollectionRow => collections.get(id) ?? state.collections.get(id) ?? emptyOf(id);
  const putCollection = (row: CollectionRow): void => {
    collections.set(row.id, row);
    additions.collections.set(row.id, { ...row, path: state.paths.text(row.id) });
  };
  const write = (sent?: () => void): Promise<void> => writeOut(set, additions, connection, tenant, sent);
  const flush = async (): Promise<void> => {
    await write();
    forgetSeen(set);
  };
  const loading = createLoading(set, connection, tenant);

  return {
    looksAhead: true,
    atOnce: sliceSize,
    ready: loading.ready,
    makeRoom: () => (set.resources.size + set.identifiers.size < heldAtMost ? null : flush()),
    // A walk sees what the work has written.
    resourcesAfter: async (after, below, limit) => {
      await write();
      return loading.resourcesAfter(after, below, limit);
    },
    neverCameAfter: async (id, after, limit) => {
      await write();
      return loading.neverCameAfter(id, after, limit);
    },
    identifiersAfter: async (after, limit) => {
      await write();
      return loading.identifiersAfter(after, limit);
    },
    flush,
    find: (kind, text) => (kind === 'word' ? state.words : state.paths).find(text),
    add: (kind, text) => {
      if (kind === 'word') {
        const id = state.words.add(text);
        additions.words.set(id, text);
        counts.words = id;
        return id;
      }
      const id = state.paths.add(text);
      counts.collections = id;
      putCollection(emptyOf(id));
      return id;
    },
    text: (kind, id) => (kind === 'word' ? state.words : state.paths).text(id),
    ...resourceRows(set),
    ...identifierRows(set, counts),
    ...linkRows(set),
    newest: () => ({ position: counts.position, at: counts.at }),
    change: (position) => {
      const change = set.changes.get(position);
      // What the work has given a place to is not in the feed before it is put there.
      if (change === undefined && position < first) throw new Error(`change ${position} was not made ready`);
      return change ?? null;
    },
    insertChange: (row) => {
      set.newChanges.push(row);
      set.changes.set(row.position, row);
      counts.position = Math.max(counts.position, row.position);
      counts.at = Math.max(counts.at, row.at);
    },
    forgetBefore: (uid) => {
      set.forgotten.add(uid);
      for (const [at, row] of set.newChanges.entries())
        if (row.uid === uid && row.before !== null) set.newChanges[at] = { ...row, before: '[]' };
    },
    counter: (id): Counter => collection(id),
    writeCounter: (id, { next, count, position }, at) => {
      const known = collection(id);
      putCollection({ ...known, next, count, position, changedAt: Math.max(known.changedAt, at) });
    },
    addToSegment: (id, number, delta, position) => {
      const key = `${id} ${number}`;
      const segment = set.segments.get(key);
      if (segment === undefined) set.segments.set(key, { collection: id, number, delta, position });
      else {
        segment.delta += delta;
        segment.position = position;
      }
    },
    marked: () => {
      const marked = new Set<number>();
      for (const { id, marked: isMarked } of state.collections.values()) if (isMarked) marked.add(id);
      for (const { id, marked: isMarked } of collections.values()) if (isMarked) marked.add(id);
      return [...marked];
    },
    setMarked: (id) => putCollection({ ...collection(id), marked: true }),
    insertIndexed: (id, path, folded, uid) => index(set, id, path, folded, uid, true),
    deleteIndexed: (id, path, folded, uid) => index(set, id, path, folded, uid, false),
    clearIndex: () => {
      set.isIndexCleared = true;
      set.indexed.clear();
    },
    insertPastSubject: (about, uid) => void set.pastSubjects.set(`${about} ${uid}`, { about, uid }),
    insertPastLife: (uid, born, gone) => void set.pastLives.set(uid, { uid, born, gone }),
    write,
    keep: () => {
      for (const [id, row] of collections) state.collections.set(id, row);
    },
    drop: () => {
      state.words.cut(before.words);
      state.paths.cut(before.paths);
    },
  };
};

/** Rows of resources and identifiers: some hundred megabytes. */
const heldAtMost = 100_000;

const emptyOf = (id: number): CollectionRow => ({ id, next: 0, count: 0, position: 0, changedAt: 0, marked: false });

const index = (
  set: WorkingSet,
  collection: number,
  path: number,
  folded: string,
  uid: number,
  isThere: boolean,
): void => {
  const kept = indexedText(folded);
  const entries = set.indexed.get(uid);
  const entry = { collection, path, folded: kept, uid, isThere };
  if (entries === undefined) {
    set.indexed.set(uid, [entry]);
    return;
  }
  const known = entries.find((each) => each.path === path && each.folded === kept);
  if (known === undefined) entries.push(entry);
  else known.isThere = isThere;
};

// The rows of one organisation for the writing half, over PostgreSQL: a working set in memory, filled before it is asked and written out when
// the work ends. Begun by write-queue.ts for each work within a transaction; implements store/writing/rows.ts.
import type { Counter, ResourceRow, Rows } from '../writing/rows.ts';
import type { Connection } from './database.ts';
import { writeOut } from './flushing.ts';
import type { Additions } from './flushing.ts';
import { indexedText } from './kept-text.ts';
import { createLoading } from './loading.ts';
import type { CollectionRow, MutableCounts, TenantState } from './tenant-state.ts';
import {
  addLink,
  createWorkingSet,
  eachTo,
  forgetSeen,
  identifierOf,
  linksFromOf,
  namedOf,
  removeLink,
  resourceOf,
  setNamed,
  sortedFrom,
  sortedTo,
  takeLinksFrom,
  takeLinksTo,
  textOfBody,
} from './working-set.ts';
import type { Identifier, Link, Resource, WorkingSet } from './working-set.ts';

export type WorkRows = Rows & {
  /** Writes out what has been changed; what was made ready stays so. */
  readonly write: () => Promise<void>;
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
  const write = (): Promise<void> => writeOut(set, additions, connection, tenant);
  const loading = createLoading(set, connection, tenant);

  return {
    looksAhead: true,
    ready: loading.ready,
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
    flush: async () => {
      await write();
      forgetSeen(set);
    },
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

const emptyOf = (id: number): CollectionRow => ({ id, next: 0, count: 0, position: 0, changedAt: 0, marked: false });

const nothing = Buffer.alloc(0);
const nothingStored: readonly Link[] = [];

/** The resource to be changed. Throws when there is none, or it was not made ready. */
const toChange = (set: WorkingSet, uid: number): Resource => {
  const resource = resourceOf(set, uid);
  if (resource === null) throw new Error(`resource ${uid} is not there`);
  set.dirtyResources.add(resource);
  return resource;
};

const setBody = (resource: Resource, body: string): void => {
  resource.text = body;
  resource.bytes = null;
};

const resourceRows = (set: WorkingSet): Pick<Rows, ResourceMethods> => {
  return {
    resource: (uid): ResourceRow | null => {
      const resource = resourceOf(set, uid);
      if (resource === null) return null;
      const { position, born, protection, keys, split, own } = resource;
      return { uid, position, born, protection, keys, split, own, body: textOfBody(resource) };
    },
    outline: (uid) => resourceOf(set, uid),
    hash: (uid) => {
      const resource = set.resources.get(uid);
      if (resource !== undefined) return resource?.hash ?? nothing;
      return set.outlines.get(uid)?.hash ?? resourceOf(set, uid)?.hash ?? nothing;
    },
    position: (uid) => resourceOf(set, uid)?.position ?? 0,
    bits: (uid) => {
      const resource = set.resources.get(uid);
      if (resource !== undefined) return resource?.protection ?? 0;
      return set.outlines.get(uid)?.protection ?? resourceOf(set, uid)?.protection ?? 0;
    },
    beginResource: (uid) => {
      set.resources.set(uid, null);
      takeLinksFrom(set, uid, []);
      set.formers.set(uid, []);
      set.around.add(uid);
    },
    insertResource: ({ uid, position, keys, split, own, body, hash, source }) => {
      const resource: Resource = {
        uid,
        born: position,
        position,
        protection: 0,
        keys,
        split,
        own,
        hash,
        source,
        text: body,
        bytes: null,
        isNew: true,
      };
      set.resources.set(uid, resource);
      set.dirtyResources.add(resource);
    },
    updateResource: ({ uid, position, keys, split, own, body, hash, source }) => {
      const resource = toChange(set, uid);
      Object.assign(resource, { position, keys, split, own, hash, source });
      setBody(resource, body);
    },
    updateDelivered: ({ uid, keys, own, hash, source }) =>
      void Object.assign(toChange(set, uid), { keys, own, hash, source }),
    updateBody: ({ uid, position, own, body }) => {
      const resource = toChange(set, uid);
      Object.assign(resource, { position, own });
      setBody(resource, body);
    },
    rewriteBody: ({ uid, split, own, body }) => {
      const resource = toChange(set, uid);
      Object.assign(resource, { split, own, hash: nothing });
      setBody(resource, body);
    },
    moveBody: ({ uid, split, own, body }) => {
      const resource = toChange(set, uid);
      Object.assign(resource, { split, own });
      setBody(resource, body);
    },
    placeResource: (uid, position) => void Object.assign(toChange(set, uid), { position }),
    writeBits: (uid, position, protection) => void Object.assign(toChange(set, uid), { position, protection }),
    writeMarks: (uid, protection) => void Object.assign(toChange(set, uid), { protection }),
    deleteResource: (uid) => {
      const resource = resourceOf(set, uid);
      if (resource === null) return;
      set.dirtyResources.delete(resource);
      if (!resource.isNew) set.deletedResources.add(uid);
      set.resources.set(uid, null);
    },
  };
};

type ResourceMethods =
  | 'resource'
  | 'outline'
  | 'hash'
  | 'position'
  | 'bits'
  | 'beginResource'
  | 'insertResource'
  | 'updateResource'
  | 'updateDelivered'
  | 'updateBody'
  | 'rewriteBody'
  | 'moveBody'
  | 'placeResource'
  | 'writeBits'
  | 'writeMarks'
  | 'deleteResource';

type IdentifierMethods =
  | 'identifier'
  | 'named'
  | 'holder'
  | 'formerOf'
  | 'lastIdentifier'
  | 'insertIdentifier'
  | 'giveIdentifier'
  | 'takeIdentifier'
  | 'writeIdentifierLevel'
  | 'deleteIdentifier';

const identifierRows = (set: WorkingSet, counts: { identifiers: number }): Pick<Rows, IdentifierMethods> => {
  /** The identifier to be changed. Throws when there is none, or it was not made ready. */
  const toWrite = (id: number): Identifier => {
    const identifier = identifierOf(set, id);
    if (identifier === null) throw new Error(`identifier ${id} is not there`);
    set.dirtyIdentifiers.add(identifier);
    return identifier;
  };
  return {
    identifier: (id) => identifierOf(set, id),
    named: (collection, field, value) => namedOf(set, { collection, field, value }),
    holder: (collection, field, value) => {
      const identifier = namedOf(set, { collection, field, value });
      if (identifier === null) return null;
      const { id, uid } = identifier;
      if (uid === null) return { id, uid, hash: null };
      const resource = set.resources.get(uid);
      const known = resource === undefined ? set.outlines.get(uid) : resource;
      return { id, uid, hash: known?.hash ?? nothing };
    },
    formerOf: (uid) => {
      const stored = set.formers.get(uid);
      if (stored === undefined) throw new Error(`what resource ${uid} gave up was not made ready`);
      return [...new Set([...stored, ...(set.taken.get(uid) ?? [])])]
        .filter((id) => {
          const identifier = identifierOf(set, id);
          return identifier !== null && identifier.uid === null && identifier.lastUid === uid;
        })
        .sort((a, b) => a - b);
    },
    lastIdentifier: () => counts.identifiers,
    insertIdentifier: (collection, field, value, uid) => {
      const id = (counts.identifiers += 1);
      const identifier: Identifier = {
        id,
        collection,
        field,
        value,
        uid,
        lastUid: null,
        protection: 0,
        removedBy: null,
        isNew: true,
      };
      set.identifiers.set(id, identifier);
      setNamed(set, identifier, identifier);
      takeLinksTo(set, id, nothingStored);
      set.dirtyIdentifiers.add(identifier);
      return id;
    },
    giveIdentifier: (id, uid) => void Object.assign(toWrite(id), { uid, removedBy: null }),
    takeIdentifier: (id, order) => {
      const identifier = toWrite(id);
      const { uid } = identifier;
      identifier.lastUid = uid;
      identifier.uid = null;
      identifier.removedBy = order;
      if (uid === null) return;
      const taken = set.taken.get(uid);
      if (taken === undefined) set.taken.set(uid, new Set([id]));
      else taken.add(id);
    },
    writeIdentifierLevel: (id, level) => {
      toWrite(id).protection = level;
    },
    deleteIdentifier: (id) => {
      const identifier = identifierOf(set, id);
      if (identifier === null) return;
      set.dirtyIdentifiers.delete(identifier);
      if (!identifier.isNew) set.deletedIdentifiers.add(id);
      set.identifiers.set(id, null);
      setNamed(set, identifier, null);
    },
  };
};

type LinkMethods =
  | 'linksTo'
  | 'guardedLinksTo'
  | 'sourcesOf'
  | 'linksFrom'
  | 'guardedLinksFrom'
  | 'linkedUids'
  | 'hasLink'
  | 'insertLink'
  | 'deleteLink'
  | 'deleteLinksFrom'
  | 'deleteLinksTo';

const linkRows = (set: WorkingSet): Pick<Rows, LinkMethods> => {
  const asTo = ({ relation, source, sourceIdentifier }: Link) => {
    const identifier = identifierOf(set, sourceIdentifier);
    return {
      relation,
      source,
      field: identifier?.field ?? 0,
      value: identifier?.value ?? '',
      protection: identifier?.protection ?? 0,
    };
  };
  const isFromGuarded = ({ sourceIdentifier }: Link): boolean =>
    (identifierOf(set, sourceIdentifier)?.protection ?? 0) > 0;
  const asFrom = ({ target, relation, sourceIdentifier }: Link) => {
    const end = identifierOf(set, target);
    return {
      target,
      relation,
      sourceIdentifier,
      collection: end?.collection ?? 0,
      uid: end?.uid ?? null,
      lastUid: end?.lastUid ?? null,
      protection: end?.protection ?? 0,
    };
  };
  const isGuarded = ({ target }: Link): boolean => {
    const end = identifierOf(set, target);
    return end !== null && (end.protection > 0 || (end.uid === null && end.lastUid === null));
  };
  return {
    linksTo: (target) => sortedTo(set, target).map(asTo),
    guardedLinksTo: (target) => {
      const guarded: ReturnType<typeof asTo>[] = [];
      for (const link of eachTo(set, target)) if (isFromGuarded(link)) guarded.push(asTo(link));
      return guarded;
    },
    sourcesOf: (target) => {
      const sources = new Set<number>();
      for (const { source } of eachTo(set, target)) sources.add(source);
      return [...sources];
    },
    linksFrom: (source) => sortedFrom(set, source).map(asFrom),
    guardedLinksFrom: (source) => sortedFrom(set, source).filter(isGuarded).map(asFrom),
    linkedUids: (source, relation) =>
      sortedFrom(set, source).flatMap((link) =>
        link.relation === relation ? (identifierOf(set, link.target)?.uid ?? []) : [],
      ),
    hasLink: (source, relation) => linksFromOf(set, source).links.some((link) => link.relation === relation),
    insertLink: (target, relation, source, sourceIdentifier) =>
      addLink(set, { target, relation, source, sourceIdentifier }),
    deleteLink: (target, relation, source) => {
      const { links } = linksFromOf(set, source);
      const link = links.find((each) => each.target === target && each.relation === relation);
      if (link !== undefined) removeLink(set, link);
    },
    deleteLinksFrom: (source) => {
      for (const link of linksFromOf(set, source).links.slice()) removeLink(set, link);
    },
    deleteLinksTo: (target) => {
      for (const link of sortedTo(set, target)) removeLink(set, link);
    },
  };
};

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

// Resources, identifiers and links of a working set as the writing half asks and changes them: at once, and loudly where something was not made
// ready. Used by rows.ts. Knows no SQL.
import type { IdentifierRows, LinkRows, ResourceRow, ResourceRows } from '../writing/rows.ts';
import {
  addLink,
  eachTo,
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

/** Resources of a working set. */
export const resourceRows = (set: WorkingSet): ResourceRows => {
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

/** Identifiers of a working set; `counts` are those of the work. */
export const identifierRows = (set: WorkingSet, counts: { identifiers: number }): IdentifierRows => {
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

/** Links of a working set. */
export const linkRows = (set: WorkingSet): LinkRows => {
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

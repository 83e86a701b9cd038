// The rows of one organisation that a work has looked at or changed, in memory: what is known (also that there is none), and what is to be
// written out. Filled by loading.ts, asked and changed through rows.ts, written out by flushing.ts. Knows no SQL and no rule.
import type { ChangeRow } from '../writing/rows.ts';

export type Resource = {
  readonly uid: number;
  readonly born: number;
  position: number;
  protection: number;
  keys: readonly number[];
  split: number;
  own: string | null;
  hash: Buffer;
  source: string;
  /** Either is made of the other when asked for. */
  text: string | null;
  bytes: Buffer | null;
  isNew: boolean;
};

export type Identifier = {
  readonly id: number;
  readonly collection: number;
  readonly field: number;
  readonly value: string;
  uid: number | null;
  lastUid: number | null;
  protection: number;
  removedBy: number | null;
  isNew: boolean;
};

export type Link = {
  readonly target: number;
  readonly relation: number;
  readonly source: number;
  readonly sourceIdentifier: number;
};

/** Links at one end; `sorted` until one comes or goes. */
export type LinkList = { readonly links: Map<string, Link>; sorted: readonly Link[] | null };

export type Segment = { readonly collection: number; readonly number: number; delta: number; position: number };

export type Indexed = {
  readonly collection: number;
  readonly path: number;
  readonly folded: string;
  readonly uid: number;
  isThere: boolean;
};

export type WorkingSet = {
  /** Null: looked for, and there is none. */
  readonly resources: Map<number, Resource | null>;
  /** Resources with everything next to them. */
  readonly around: Set<number>;
  /** Of resources of which no more was wanted. */
  readonly outlines: Map<number, { readonly hash: Buffer; readonly protection: number }>;
  readonly identifiers: Map<number, Identifier | null>;
  readonly named: Map<string, Identifier | null>;
  /** Identifiers that resources gave up, as stored; those taken since stand in `taken`. */
  readonly formers: Map<number, readonly number[]>;
  readonly taken: Map<number, Set<number>>;
  readonly to: Map<number, LinkList>;
  readonly from: Map<number, LinkList>;
  /** Links that came (true) or went within the work and are not written out. */
  readonly linkChanges: Map<string, { readonly link: Link; readonly isThere: boolean }>;
  /** Links that came, by target, where the links to it have not been loaded. */
  readonly cameTo: Map<number, Map<string, Link>>;
  /** Places of the feed by position; null: none. */
  readonly changes: Map<number, Pick<ChangeRow, 'position' | 'at' | 'level' | 'noticed'> | null>;
  readonly newChanges: ChangeRow[];
  readonly deletedResources: Set<number>;
  readonly deletedIdentifiers: Set<number>;
  readonly segments: Map<string, Segment>;
  readonly indexed: Map<string, Indexed>;
  isIndexCleared: boolean;
  /** Resources of which the feed is to name no identifier any more. */
  readonly forgotten: Set<number>;
  readonly pastSubjects: Map<string, { readonly about: number; readonly uid: number }>;
  readonly pastLives: Map<number, { readonly uid: number; readonly born: number; readonly gone: number }>;
  /** Resources and identifiers to be written; so that writing out walks through no others. */
  readonly dirtyResources: Set<Resource>;
  readonly dirtyIdentifiers: Set<Identifier>;
};

export const createWorkingSet = (): WorkingSet => ({
  resources: new Map(),
  around: new Set(),
  outlines: new Map(),
  identifiers: new Map(),
  named: new Map(),
  formers: new Map(),
  taken: new Map(),
  to: new Map(),
  from: new Map(),
  linkChanges: new Map(),
  cameTo: new Map(),
  changes: new Map(),
  newChanges: [],
  deletedResources: new Set(),
  deletedIdentifiers: new Set(),
  segments: new Map(),
  indexed: new Map(),
  isIndexCleared: false,
  forgotten: new Set(),
  pastSubjects: new Map(),
  pastLives: new Map(),
  dirtyResources: new Set(),
  dirtyIdentifiers: new Set(),
});

/** Forgets what was looked at; what was changed must have been written out. */
export const forgetSeen = (set: WorkingSet): void => {
  set.resources.clear();
  set.around.clear();
  set.outlines.clear();
  set.identifiers.clear();
  set.named.clear();
  set.formers.clear();
  set.taken.clear();
  set.to.clear();
  set.from.clear();
  set.cameTo.clear();
  set.changes.clear();
};

export const nameKey = (collection: number, field: number, value: string): string => `${collection} ${field} ${value}`;

/** Of a link among those to its target. */
const keyTo = ({ relation, source }: Link): string => `${relation} ${source}`;
/** Of a link among those from its source. */
const keyFrom = ({ target, relation }: Link): string => `${target} ${relation}`;
const keyOf = ({ target, relation, source }: Link): string => `${target} ${relation} ${source}`;

/** The row of a resource is known now; what is known already is newer. */
export const takeResource = (set: WorkingSet, uid: number, resource: Resource | null): void => {
  if (!set.resources.has(uid)) set.resources.set(uid, resource);
};

/** The row of an identifier is known now; what is known already is newer. */
export const takeIdentifier = (set: WorkingSet, identifier: Identifier): Identifier | null => {
  const known = set.identifiers.get(identifier.id);
  if (known !== undefined) return known;
  set.identifiers.set(identifier.id, identifier);
  const key = nameKey(identifier.collection, identifier.field, identifier.value);
  if (set.named.get(key) === undefined) set.named.set(key, identifier);
  return identifier;
};

/** The links of one end, all of them as stored, become known; what came or went within the work is brought in. */
export const takeLinks = (set: WorkingSet, end: 'to' | 'from', id: number, stored: readonly Link[]): void => {
  const lists = set[end];
  if (lists.has(id)) return;
  const key = end === 'to' ? keyTo : keyFrom;
  const links = new Map<string, Link>();
  for (const link of stored) if (!set.linkChanges.has(keyOf(link))) links.set(key(link), link);
  if (end === 'to') {
    for (const link of set.cameTo.get(id)?.values() ?? []) links.set(key(link), link);
    set.cameTo.delete(id);
  }
  lists.set(id, { links, sorted: null });
};

/** A link comes; nothing happens when it is there. The links of its source must be known. */
export const addLink = (set: WorkingSet, link: Link): void => {
  const from = linksOf(set, 'from', link.source);
  if (from.links.has(keyFrom(link))) return;
  from.links.set(keyFrom(link), link);
  from.sorted = null;
  const to = set.to.get(link.target);
  if (to === undefined) {
    let came = set.cameTo.get(link.target);
    if (came === undefined) set.cameTo.set(link.target, (came = new Map()));
    came.set(keyTo(link), link);
  } else {
    to.links.set(keyTo(link), link);
    to.sorted = null;
  }
  set.linkChanges.set(keyOf(link), { link, isThere: true });
};

/** A link goes. */
export const removeLink = (set: WorkingSet, link: Link): void => {
  const from = set.from.get(link.source);
  if (from !== undefined) {
    from.links.delete(keyFrom(link));
    from.sorted = null;
  }
  const to = set.to.get(link.target);
  if (to !== undefined) {
    to.links.delete(keyTo(link));
    to.sorted = null;
  }
  set.cameTo.get(link.target)?.delete(keyTo(link));
  set.linkChanges.set(keyOf(link), { link, isThere: false });
};

/** The links of one end. Throws when they were not made ready: to answer `none` would be a wrong answer. */
export const linksOf = (set: WorkingSet, end: 'to' | 'from', id: number): LinkList => {
  const list = set[end].get(id);
  if (list === undefined) throw new Error(`links ${end} ${id} were not made ready`);
  return list;
};

/** Links to an identifier, by relation and source. */
export const sortedTo = (set: WorkingSet, target: number): readonly Link[] => {
  const list = linksOf(set, 'to', target);
  return (list.sorted ??= [...list.links.values()].sort((a, b) => a.relation - b.relation || a.source - b.source));
};

/** Links from a resource, by target and relation. */
export const sortedFrom = (set: WorkingSet, source: number): readonly Link[] => {
  const list = linksOf(set, 'from', source);
  return (list.sorted ??= [...list.links.values()].sort((a, b) => a.target - b.target || a.relation - b.relation));
};

/** Throws when the row was not made ready. */
export const resourceOf = (set: WorkingSet, uid: number): Resource | null => {
  const resource = set.resources.get(uid);
  if (resource === undefined) throw new Error(`resource ${uid} was not made ready`);
  return resource;
};

/** Throws when the row was not made ready. */
export const identifierOf = (set: WorkingSet, id: number): Identifier | null => {
  const identifier = set.identifiers.get(id);
  if (identifier === undefined) throw new Error(`identifier ${id} was not made ready`);
  return identifier;
};

/** Throws when it was not made ready. The message must not tell the value. */
export const namedOf = (set: WorkingSet, collection: number, field: number, value: string): Identifier | null => {
  const identifier = set.named.get(nameKey(collection, field, value));
  if (identifier === undefined) throw new Error(`an identifier of collection ${collection} was not made ready`);
  return identifier;
};

export const textOfBody = (resource: Resource): string => (resource.text ??= resource.bytes?.toString('utf8') ?? '');
export const bytesOfBody = (resource: Resource): Buffer => (resource.bytes ??= Buffer.from(resource.text ?? ''));

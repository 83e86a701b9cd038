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

/** Links from a resource: few. */
export type LinksFrom = { readonly links: Link[]; isSorted: boolean };

/** Links to an identifier: maybe very many, nearly always one from each source. `sorted` until one comes or goes. */
export type LinksTo = {
  readonly bySource: Map<number, Link>;
  readonly further: Link[];
  sorted: readonly Link[] | null;
};

type LinkChange = { readonly link: Link; readonly isThere: boolean };

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
  /** By collection and field, then by value. */
  readonly named: Map<number, Map<string, Identifier | null>>;
  /** Identifiers that resources gave up, as stored; those taken since stand in `taken`. */
  readonly formers: Map<number, readonly number[]>;
  readonly taken: Map<number, Set<number>>;
  readonly to: Map<number, LinksTo>;
  readonly from: Map<number, LinksFrom>;
  /** By source: links that came or went within the work and are not written out. */
  readonly linkChanges: Map<number, LinkChange[]>;
  /** Links that came, by target, where the links to it have not been loaded. */
  readonly cameTo: Map<number, Link[]>;
  /** Places of the feed by position; null: none. */
  readonly changes: Map<number, Pick<ChangeRow, 'position' | 'at' | 'level' | 'noticed'> | null>;
  readonly newChanges: ChangeRow[];
  readonly deletedResources: Set<number>;
  readonly deletedIdentifiers: Set<number>;
  readonly segments: Map<string, Segment>;
  /** By resource. */
  readonly indexed: Map<number, Indexed[]>;
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

// Words are fewer than this.
const fields = 2 ** 20;

/** The identifier by its name; null: there is none; undefined: not known. */
export const findNamed = (set: WorkingSet, { collection, field, value }: Name): Identifier | null | undefined =>
  set.named.get(collection * fields + field)?.get(value);

/** What is known of a name from now on. */
export const setNamed = (set: WorkingSet, { collection, field, value }: Name, identifier: Identifier | null): void => {
  const key = collection * fields + field;
  const values = set.named.get(key);
  if (values === undefined) set.named.set(key, new Map([[value, identifier]]));
  else values.set(value, identifier);
};

type Name = Pick<Identifier, 'collection' | 'field' | 'value'>;

/** The row of a resource is known now; what is known already is newer. */
export const takeResource = (set: WorkingSet, uid: number, resource: Resource | null): void => {
  if (!set.resources.has(uid)) set.resources.set(uid, resource);
};

/** The row of an identifier is known now; what is known already is newer. */
export const takeIdentifier = (set: WorkingSet, identifier: Identifier): Identifier | null => {
  const known = set.identifiers.get(identifier.id);
  if (known !== undefined) return known;
  set.identifiers.set(identifier.id, identifier);
  setNamed(set, identifier, identifier);
  return identifier;
};

const isSame = (a: Link, b: Link): boolean =>
  a.target === b.target && a.relation === b.relation && a.source === b.source;

const noLinks: LinksTo = { bySource: new Map(), further: [], sorted: [] };

/** All links from a resource, as stored, become known; nothing of it has been changed before. */
export const takeLinksFrom = (set: WorkingSet, source: number, stored: Link[]): void => {
  if (set.from.has(source)) return;
  const changes = set.linkChanges.get(source);
  const links =
    changes === undefined ? stored : stored.filter((link) => !changes.some((change) => isSame(change.link, link)));
  set.from.set(source, { links, isSorted: links.length < 2 });
};

/** All links to an identifier, as stored, become known; what came or went within the work is brought in. */
export const takeLinksTo = (set: WorkingSet, target: number, stored: readonly Link[]): void => {
  if (set.to.has(target)) return;
  const came = set.cameTo.get(target);
  set.to.set(target, noLinks);
  for (const link of stored) {
    const changes = set.linkChanges.get(link.source);
    if (changes?.some((change) => isSame(change.link, link)) !== true) putTo(set, link);
  }
  if (came === undefined) return;
  for (const link of came) putTo(set, link);
  set.cameTo.delete(target);
};

const putTo = (set: WorkingSet, link: Link): void => {
  let list = set.to.get(link.target);
  if (list === undefined) {
    const came = set.cameTo.get(link.target);
    if (came === undefined) set.cameTo.set(link.target, [link]);
    else came.push(link);
    return;
  }
  if (list === noLinks) set.to.set(link.target, (list = { bySource: new Map(), further: [], sorted: null }));
  if (list.bySource.has(link.source)) list.further.push(link);
  else list.bySource.set(link.source, link);
  list.sorted = null;
};

const dropTo = (set: WorkingSet, link: Link): void => {
  const list = set.to.get(link.target);
  if (list === undefined) {
    const came = set.cameTo.get(link.target);
    if (came !== undefined) without(came, link);
    return;
  }
  if (list.bySource.get(link.source)?.relation === link.relation) list.bySource.delete(link.source);
  else without(list.further, link);
  list.sorted = null;
};

const without = (links: Link[], link: Link): void => {
  const at = links.findIndex((each) => isSame(each, link));
  if (at >= 0) links.splice(at, 1);
};

const noteChange = (set: WorkingSet, link: Link, isThere: boolean): void => {
  const changes = set.linkChanges.get(link.source);
  if (changes === undefined) {
    set.linkChanges.set(link.source, [{ link, isThere }]);
    return;
  }
  const at = changes.findIndex((change) => isSame(change.link, link));
  if (at < 0) changes.push({ link, isThere });
  else changes[at] = { link, isThere };
};

/** A link comes; nothing happens when it is there. The links of its source must be known. */
export const addLink = (set: WorkingSet, link: Link): void => {
  const from = linksFromOf(set, link.source);
  if (from.links.some((each) => isSame(each, link))) return;
  from.links.push(link);
  from.isSorted = from.links.length < 2;
  putTo(set, link);
  noteChange(set, link, true);
};

/** A link goes. */
export const removeLink = (set: WorkingSet, link: Link): void => {
  const from = set.from.get(link.source);
  if (from !== undefined) without(from.links, link);
  dropTo(set, link);
  noteChange(set, link, false);
};

/** Links from a resource, in no order. Throws when they were not made ready: to answer `none` would be a wrong answer. */
export const linksFromOf = (set: WorkingSet, source: number): LinksFrom => {
  const list = set.from.get(source);
  if (list === undefined) throw new Error(`links from ${source} were not made ready`);
  return list;
};

/** Links to an identifier, in no order. Throws when they were not made ready. */
export const eachTo = function* (set: WorkingSet, target: number): Iterable<Link> {
  const list = linksToOf(set, target);
  yield* list.bySource.values();
  yield* list.further;
};

const linksToOf = (set: WorkingSet, target: number): LinksTo => {
  const list = set.to.get(target);
  if (list === undefined) throw new Error(`links to ${target} were not made ready`);
  return list;
};

/** Links to an identifier, by relation and source. Throws when they were not made ready. */
export const sortedTo = (set: WorkingSet, target: number): readonly Link[] => {
  const list = linksToOf(set, target);
  return (list.sorted ??= [...list.bySource.values(), ...list.further].sort(
    (a, b) => a.relation - b.relation || a.source - b.source,
  ));
};

/** Links from a resource, by target and relation. Throws when they were not made ready. */
export const sortedFrom = (set: WorkingSet, source: number): readonly Link[] => {
  const list = linksFromOf(set, source);
  if (!list.isSorted) list.links.sort((a, b) => a.target - b.target || a.relation - b.relation);
  list.isSorted = true;
  return list.links;
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
export const namedOf = (set: WorkingSet, name: Name): Identifier | null => {
  const identifier = findNamed(set, name);
  if (identifier === undefined) throw new Error(`an identifier of collection ${name.collection} was not made ready`);
  return identifier;
};

export const textOfBody = (resource: Resource): string => (resource.text ??= resource.bytes?.toString('utf8') ?? '');
export const bytesOfBody = (resource: Resource): Buffer => (resource.bytes ??= Buffer.from(resource.text ?? ''));

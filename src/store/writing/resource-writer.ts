// Resources within one transaction: put, removed, and their links rendered both ways, so that a stored body is always complete. Called by
// writing.ts; knows no database, no HTTP and no policy.
import { hash as digest } from 'node:crypto';
import { yieldToLoop } from '#base/clock.ts';
import { HubError, problem } from '#base/errors.ts';
import { hrefOf } from '#model/href.ts';
import type { Collection, Model, ProtectionLevel } from '#model/model.ts';
import type { Eventually, IdentifierValue, OwnLink, PreparedResource, TenantWrite, WriteOutcome } from '../store.ts';
import type { AttributeIndex } from './attribute-index.ts';
import { created, identifierChanged, removed, updated } from './change-writer.ts';
import type { Changes, Touched } from './change-writer.ts';
import { changedAttributes, changedRelations } from './changed-names.ts';
import type { Identifiers } from './identifiers.ts';
import { ownLinks, parseLinks, renderLinks } from './links.ts';
import type { LinkMap } from './links.ts';
import { afterwards, slicesOf } from './looking-ahead.ts';
import type { Look } from './looking-ahead.ts';
import type { Names } from './names.ts';
import type { PastSubjects } from './past-subjects.ts';
import type { Protecting } from './protection-writer.ts';
import type { LinkFromRow, NamedIdentifier, Rows } from './rows.ts';
import type { SubjectRules } from './subject-rules.ts';
import { collectionOf } from './uids.ts';

export type ResourceWriterParts = {
  readonly rows: Rows;
  readonly look: Look;
  readonly names: Names;
  readonly model: Model;
  readonly rules: SubjectRules;
  readonly identifiers: Identifiers;
  /** Content hashes of what has been looked up, by uid. */
  readonly hashes: Map<number, Buffer>;
  readonly changes: Changes;
  readonly protection: Protecting;
  readonly past: PastSubjects;
  readonly index: AttributeIndex;
  readonly base: string;
  /** Inverse relation of a delivered link, or null: of the source's collection and the relation. */
  readonly inverseOf: (source: Collection, relation: string) => string | null;
  /** Whether any of a resource's identifiers is kept back. */
  readonly keepsBack: (collection: string, identifiers: readonly IdentifierValue[]) => boolean;
};

export type ResourceWriter = Required<
  Pick<TenantWrite, 'put' | 'remove' | 'match' | 'removedOrder' | 'expect' | 'expectRemoved'>
> & {
  /** Removes a resource that is at hand; with `erased` its entry in the feed names no identifier. */
  readonly removeNow: (path: string, uid: number, order: number, erased?: true) => void;
  /** Gives a resource a place in the feed as updated in its attributes: its body up to the links, before and after. */
  readonly touchHead: (uid: number, before: string, after: string) => number;
  /** Has the links of a resource rendered again at the end. */
  readonly redraw: (uid: number) => void;
  /** Renders all links that have to be. */
  readonly settleLinks: (breathe: (work: number) => Promise<void>) => Promise<void>;
};

/** What a resource looks like by itself. */
type Rendered = { readonly own: LinkMap; readonly ownText: string; readonly hash: Buffer };

/** A resource as it is to be stored. */
type Coming = Rendered & {
  readonly collection: Collection;
  readonly id: number;
  readonly resource: PreparedResource;
  readonly source: string;
  readonly mark: ProtectionLevel;
};

/** The bookkeeping of one work. */
export const createResourceWriter = (parts: ResourceWriterParts): ResourceWriter => {
  const { rows, look, names, model, rules, identifiers, hashes, changes, protection, past, index, base, inverseOf } =
    parts;
  const dirty = new Set<number>();
  /** What has been rendered for looking ahead, until it is put. */
  const rendered = new WeakMap<PreparedResource, Rendered>();

  const collectionAt = (path: string): Collection => {
    const collection = model.collections.get(path);
    if (collection === undefined) throw new Error(`the model has no collection ${path}`);
    return collection;
  };

  const uidsLinked = (uid: number, relation: string): ReadonlySet<number> => {
    const id = names.find(relation);
    return id === null ? nothing : new Set(rows.linkedUids(uid, id));
  };

  /** Gives an identifier to a resource. */
  const claim = (path: string, id: number, identifier: IdentifierValue, uid: number) => {
    const claimed = identifiers.claim(id, identifier, uid);
    const { taken } = claimed;
    if (taken !== null && rules.isPersonal(path)) {
      protection.claimed(id, taken);
      if (taken.removed && taken.last !== null && taken.last !== uid) past.cameBack(uid, taken.last);
    }
    return claimed;
  };

  const addLinks = (source: Collection, uid: number, identifier: number, links: readonly OwnLink[]): void => {
    for (const { relation, targets } of links) {
      // Relations that the model does not have lead nowhere, and their names are the sender's to choose: they are not kept.
      if (!targets.some(({ kind }) => kind === 'resource')) continue;
      const inverse = inverseOf(source, relation);
      const relationId = names.intern(relation);
      for (const target of targets) {
        if (target.kind !== 'resource') continue;
        const targetCollection = names.internCollection(target.collection);
        const row = identifiers.findOrAdd(targetCollection, target);
        rows.insertLink(row.id, relationId, uid, identifier);
        if (row.uid !== null) protection.linked(uid, source.path, relation, row.uid, false);
        else if (row.last !== null)
          past.dropped(uid, { relation: relationId, collection: targetCollection, uid: null, lastUid: row.last });
        if (inverse !== null && row.uid !== null) dirty.add(row.uid);
      }
    }
  };

  const markTargets = (source: Collection, uid: number): void => {
    for (const { uid: target, relation } of rows.linksFrom(uid)) {
      if (target !== null && inverseOf(source, names.word(relation)) !== null) dirty.add(target);
    }
  };

  /**
   * Links of others to these identifiers, as the resource shows them. What its own links reach already, by whichever identifier, is not
   * shown again: the own links are in the link table by now.
   */
  const inverseLinks = (
    uid: number,
    keys: readonly number[],
    own: () => LinkMap,
    highest?: { level: number },
  ): LinkMap | null => {
    let map: LinkMap | null = null;
    const reached = new Map<string, ReadonlySet<number>>();
    const reaches = (relation: string, source: number): boolean => {
      let uids = reached.get(relation);
      if (uids === undefined) {
        uids = own().has(relation) ? uidsLinked(uid, relation) : nothing;
        reached.set(relation, uids);
      }
      return uids.has(source);
    };
    for (const key of keys) {
      for (const { source, relation, field, value, protection: level } of rows.linksTo(key)) {
        const path = names.path(collectionOf(source));
        const collection = model.collections.get(path);
        const inverse = collection === undefined ? null : inverseOf(collection, names.word(relation));
        if (inverse === null || reaches(inverse, source)) continue;
        if (highest !== undefined) highest.level = Math.max(highest.level, level);
        map ??= new Map();
        const href = hrefOf(base, path, names.word(field), value);
        const hrefs = map.get(inverse);
        if (hrefs === undefined) map.set(inverse, [href]);
        else hrefs.push(href);
      }
    }
    return map;
  };

  const render = (collection: Collection, resource: PreparedResource): Rendered => {
    const own = ownLinks(base, collection.path, resource.identifiers, resource.links);
    const ownText = renderLinks(collection, own, null);
    return { own, ownText, hash: hashOf(resource, ownText) };
  };

  const renderedOf = (collection: Collection, resource: PreparedResource): Rendered =>
    (rows.looksAhead ? rendered.get(resource) : undefined) ?? render(collection, resource);

  /** What the links of a resource lead to. */
  const targetsOf = function* (resource: PreparedResource): Iterable<NamedIdentifier> {
    for (const { targets } of linksIn(resource))
      for (const target of targets)
        if (target.kind === 'resource') yield* identifiers.coming(names.internCollection(target.collection), [target]);
  };

  /** Identifiers of a resource to which links may lead already. */
  const waitedFor = function* (collection: number, resource: PreparedResource): Iterable<number> {
    for (const identifier of resource.identifiers) {
      const row = identifiers.find(collection, identifier);
      if (row !== null) yield row.id;
    }
  };

  const put: TenantWrite['put'] = (path, uid, resource, source) => {
    const collection = collectionAt(path);
    // The last wall: whoever writes for the source or for clients keeps such entries back before.
    if (parts.keepsBack(path, resource.identifiers))
      throw new HubError(problem('HUB-607', 'What the identifier stands for has been erased.'));
    const id = names.internCollection(path);
    return afterwards(
      look(() => ({
        named: identifiers.coming(id, resource.identifiers),
        resources: uid === null || hashes.has(uid) ? [] : [uid],
      })),
      () => place(collection, id, uid, resource, source),
    );
  };

  const place = (
    collection: Collection,
    id: number,
    uid: number | null,
    resource: PreparedResource,
    source: string,
  ): Eventually<{ uid: number; outcome: WriteOutcome }> => {
    const { path } = collection;
    const mark = protection.markOf(id, path, resource.marking);
    const { own, ownText, hash } = renderedOf(collection, resource);
    const coming = { collection, id, resource, own, ownText, hash, source, mark };
    if (uid === null) {
      return afterwards(
        look(() => ({ named: targetsOf(resource), identifiers: waitedFor(id, resource) })),
        () => ({ uid: create(coming), outcome: 'created' }),
      );
    }
    const old = hashes.get(uid) ?? rows.hash(uid);
    if (old.equals(hash)) return { uid, outcome: protection.remarked(id, path, uid, mark) ? 'updated' : 'unchanged' };
    hashes.set(uid, hash);
    return afterwards(
      look(() => ({ around: [uid], named: targetsOf(resource), identifiers: waitedFor(id, resource) })),
      () => ({ uid, outcome: update(uid, coming) }),
    );
  };

  const create = ({ collection, id, resource, own, ownText, hash, source, mark }: Coming): number => {
    const uid = changes.nextUid(id);
    rows.beginResource(uid);
    const claims = primaryFirst(resource).map((identifier) => claim(collection.path, id, identifier, uid));
    const keys = claims.map((each) => each.id);
    const waited = claims.filter((each) => !each.fresh).map((each) => each.id);
    protection.created(id, collection.path, uid, mark, waited.length === 0);
    addLinks(collection, uid, keys[0] ?? 0, linksIn(resource));
    const inverse = inverseLinks(uid, waited, () => own);
    const { position } = changes.touch(uid, created, 1);
    const head = `{${resource.attributes},"_links":`;
    const tail = inverse === null ? ownText : renderLinks(collection, own, inverse);
    rows.insertResource({
      uid,
      position,
      hash,
      source,
      keys,
      split: head.length,
      own: inverse === null ? null : ownText,
      body: `${head}${tail}}`,
    });
    hashes.set(uid, hash);
    index.add(id, collection, { uid, attributes: resource.attributes, identifiers: resource.identifiers });
    return uid;
  };

  const update = (uid: number, coming: Coming): WriteOutcome => {
    const { collection, id, resource, own, ownText, hash, source, mark } = coming;
    const row = rows.resource(uid);
    if (row === null) throw new Error('a resource that is not there was put: match first');
    const { keys: oldKeys, body: oldBody, split: oldSplit } = row;
    const oldTail = oldBody.slice(oldSplit, -1);
    const oldBefore = identifiers.valuesOf(oldKeys);
    const keys = primaryFirst(resource).map((identifier) => claim(collection.path, id, identifier, uid).id);
    const gone = oldKeys.filter((key) => !keys.includes(key));
    const added = keys.filter((key) => !oldKeys.includes(key));
    if (gone.length > 0) {
      past.released(uid, gone);
      protection.gaveUp(uid);
    }
    for (const key of gone) identifiers.release(key, null);

    const changed = gone.length > 0 || added.length > 0;

    replaceLinks(collection, uid, oldKeys[0] ?? 0, keys[0] ?? 0, linksIn(resource));
    // A target whose own link back named an identifier that came or went shows more, or less, of what this one delivers.
    if (changed) markTargets(collection, uid);

    const inverse = inverseLinks(uid, keys, () => own);
    const ownKept = inverse === null ? null : ownText;
    const head = `{${resource.attributes},"_links":`;
    const body = `${head}${inverse === null ? ownText : renderLinks(collection, own, inverse)}}`;
    if (body === oldBody) {
      // The delivered form differs, what is shown does not (another primary identifier, an own link that an inverse one showed already).
      rows.updateDelivered({ uid, hash, source, keys, own: ownKept });
      const remarked = protection.remarked(id, collection.path, uid, mark);
      protection.updated(id, collection.path, uid, mark, oldTail);
      return remarked ? 'updated' : 'unchanged';
    }
    const oldAttributes = attributesIn(oldBody, oldSplit);
    const onlyLinks = !changed && oldAttributes === resource.attributes;
    protection.updated(id, collection.path, uid, mark, onlyLinks ? oldTail : null);
    index.remove(id, collection, { uid, attributes: oldAttributes, identifiers: oldBefore });
    index.add(id, collection, { uid, attributes: resource.attributes, identifiers: resource.identifiers });
    const entry = changes.touch(uid, changed ? identifierChanged : updated, 0, row.position);
    // Of what came within this transaction nobody has seen another identifier.
    if (changed && entry.kind === identifierChanged) entry.before ??= JSON.stringify(oldBefore);
    nameAttributes(entry, collection, oldAttributes, resource.attributes);
    const relations = nameRelations(entry, collection, oldTail, body.slice(head.length, -1));
    if (relations && !onlyLinks) protection.related(uid, oldTail);
    rows.updateResource({ uid, position: entry.position, hash, source, keys, split: head.length, own: ownKept, body });
    return 'updated';
  };

  const nameAttributes = (entry: Touched, collection: Collection, before: string, after: string): void => {
    if (entry.kind === created) return;
    changes.name(entry, changedAttributes(collection, before, after).map(names.intern), false);
  };

  /** True when there are any. Of what came with the work nothing is named, so that nothing is compared. */
  const nameRelations = (entry: Touched, collection: Collection, before: string, after: string): boolean => {
    if (entry.kind === created) return false;
    const relations = changedRelations(collection, before, after);
    changes.name(entry, relations.map(names.intern), true);
    return relations.length > 0;
  };

  const replaceLinks = (
    collection: Collection,
    uid: number,
    oldPrimary: number,
    primary: number,
    links: readonly OwnLink[],
  ): void => {
    if (oldPrimary !== primary) {
      // Others show this resource by its primary identifier: all of them change.
      markTargets(collection, uid);
      for (const link of rows.linksFrom(uid)) drop(collection, uid, link);
      rows.deleteLinksFrom(uid);
      addLinks(collection, uid, primary, links);
      return;
    }
    const wanted = new Set<string>();
    for (const { relation, targets } of links) {
      for (const target of targets) {
        if (target.kind !== 'resource') continue;
        const targetCollection = names.internCollection(target.collection);
        const row = identifiers.findOrAdd(targetCollection, target);
        wanted.add(`${row.id} ${names.intern(relation)}`);
      }
    }
    for (const link of rows.linksFrom(uid)) {
      const { target, relation } = link;
      if (wanted.delete(`${target} ${relation}`)) continue;
      rows.deleteLink(target, relation, uid);
      drop(collection, uid, link);
      if (link.uid !== null && inverseOf(collection, names.word(relation)) !== null) dirty.add(link.uid);
    }
    if (wanted.size > 0) addLinks(collection, uid, primary, links);
  };

  /** What else follows when a delivered link is no more. */
  const drop = (source: Collection, uid: number, link: LinkFromRow): void => {
    past.dropped(uid, link);
    if (link.uid !== null) protection.linked(uid, source.path, names.word(link.relation), link.uid, true);
  };

  const removeNow: ResourceWriter['removeNow'] = (path, uid, order, erased) => {
    const row = rows.resource(uid);
    if (row === null) return;
    const collection = collectionAt(path);
    const id = collectionOf(uid);
    const { keys } = row;
    const before = identifiers.valuesOf(keys);
    const attributes = attributesIn(row.body, row.split);
    index.remove(id, collection, { uid, attributes, identifiers: before });
    const entry = changes.touch(uid, removed, -1);
    protection.removing(uid, path);
    past.removed(uid, keys, row.born, entry.position);
    markTargets(collection, uid);
    rows.deleteLinksFrom(uid);
    for (const key of keys) identifiers.release(key, order);
    rows.deleteResource(uid);
    hashes.delete(uid);
    dirty.delete(uid);
    // A follower knows it as it was before the transaction.
    entry.before ??= JSON.stringify(before);
    if (erased === true) entry.before = '[]';
  };

  /** Renders the links of one resource again. */
  const relink = (uid: number): void => {
    const row = rows.resource(uid);
    const collection = model.collections.get(names.path(collectionOf(uid)));
    // A class that the model no longer has is kept as it was.
    if (row === null || collection === undefined) return;
    const { body, split } = row;
    const tail = body.slice(split, -1);
    const ownText = row.own ?? tail;
    let parsed: LinkMap | null = null;
    const own = (): LinkMap => (parsed ??= parseLinks(ownText));
    const highest = { level: 0 };
    const inverse = inverseLinks(uid, row.keys, own, highest);
    const newTail = inverse === null ? ownText : renderLinks(collection, own(), inverse);
    if (newTail === tail) return;
    protection.relinking(uid, tail, row.protection, highest.level);
    const entry = changes.touch(uid, updated, 0, row.position);
    nameRelations(entry, collection, tail, newTail);
    rows.updateBody({
      uid,
      position: entry.position,
      own: inverse === null ? null : ownText,
      body: `${body.slice(0, split)}${newTail}}`,
    });
  };

  /** Rows around what is expected are let go of before there are too many: whatever still wants them asks again. */
  let held = 0;
  const makeRoomFor = async (coming: number): Promise<void> => {
    if (held + coming > heldAtMost) {
      await rows.flush();
      hashes.clear();
      held = 0;
    }
    held += coming;
  };

  const expect: ResourceWriter['expect'] = async (path, resources) => {
    const collection = collectionAt(path);
    const id = names.internCollection(path);
    await makeRoomFor(resources.length);
    for (const slice of slicesOf(resources, rows.atOnce)) {
      await look(() => ({ named: slice.values().flatMap((each) => identifiers.coming(id, each.identifiers)) }));
      const differing: PreparedResource[] = [];
      for (const [at, resource] of slice.entries()) {
        const known = render(collection, resource);
        rendered.set(resource, known);
        const isKnown = holdersOf(id, resource).some((uid) => hashes.get(uid)?.equals(known.hash) === true);
        if (!isKnown) differing.push(resource);
        if (at % 256 === 255) await yieldToLoop();
      }
      await look(() => ({
        around: new Set(differing.flatMap((each) => holdersOf(id, each))),
        named: differing.values().flatMap(targetsOf),
        identifiers: differing.values().flatMap((each) => waitedFor(id, each)),
      }));
    }
  };

  const holdersOf = (collection: number, { identifiers: all }: PreparedResource): readonly number[] =>
    all.flatMap((identifier) => identifiers.find(collection, identifier)?.uid ?? []);

  return {
    put,
    expect,
    match: (path, wanted) => {
      const id = names.internCollection(path);
      return afterwards(
        look(() => ({ named: identifiers.named(id, wanted) })),
        () => wanted.map((identifier) => identifiers.find(id, identifier)?.uid ?? null),
      );
    },
    removedOrder: (path, wanted) => {
      const id = names.internCollection(path);
      return afterwards(
        look(() => ({ named: identifiers.named(id, wanted) })),
        () =>
          wanted.map(({ field, value }) => {
            const fieldId = names.find(field);
            const row = fieldId === null ? null : rows.named(id, fieldId, value);
            return row === null || row.uid !== null ? null : row.removedBy;
          }),
      );
    },
    remove: (path, uid, order) =>
      afterwards(
        look(() => ({ around: [uid] })),
        () => removeNow(path, uid, order),
      ),
    expectRemoved: async (uids) => {
      await makeRoomFor(uids.length);
      for (const around of slicesOf(uids, rows.atOnce)) await look(() => ({ around }));
    },
    removeNow,
    touchHead: (uid, before, after) => {
      const entry = changes.touch(uid, updated, 0);
      const collection = model.collections.get(names.path(collectionOf(uid)));
      if (collection !== undefined)
        nameAttributes(entry, collection, attributesIn(before, before.length), attributesIn(after, after.length));
      return entry.position;
    },
    redraw: (uid) => void dirty.add(uid),
    settleLinks: async (breathe) => {
      for (const slice of slicesOf(dirty, rows.atOnce)) {
        await rows.makeRoom();
        await look(() => ({ around: slice }));
        for (const uid of slice) {
          relink(uid);
          await breathe(2);
        }
      }
      dirty.clear();
    },
  };
};

const nothing: ReadonlySet<number> = new Set();

const heldAtMost = 25_000;

/** The links of the resource itself and those on values inside it. */
const linksIn = ({ links, nested }: PreparedResource): readonly OwnLink[] =>
  nested === undefined ? links : [...links, ...nested];

/** Links inside values stand in the attributes already; naming them brings what was stored before they were followed up to date. */
const hashOf = ({ attributes, primary, nested }: PreparedResource, links: string): Buffer => {
  const inside = nested === undefined ? '' : `\n${JSON.stringify(nested)}`;
  return digest('sha1', `${primary.field} ${primary.value}\n${attributes}\n${links}${inside}`, 'buffer');
};

const primaryFirst = ({ identifiers, primary }: PreparedResource): readonly IdentifierValue[] => {
  const [first] = identifiers;
  if (first !== undefined && first.field === primary.field && first.value === primary.value) return identifiers;
  return [primary, ...identifiers.filter(({ field, value }) => field !== primary.field || value !== primary.value)];
};

/** The attributes text inside a stored body: between the opening brace and `,"_links":`. */
export const attributesIn = (body: string, split: number): string => body.slice(1, split - ',"_links":'.length);

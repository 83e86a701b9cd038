// The writing half of an organisation's file: one transaction at a time. Puts resources, identifiers and links, and at the end renders the
// links of everything that others now point at, so that a stored body is always complete. Called by tenant.ts; knows no HTTP and no policy.
import { hash as digest } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { yieldToLoop } from '#base/clock.ts';
import type { Clock } from '#base/clock.ts';
import { HubError, problem } from '#base/errors.ts';
import { hrefOf } from '#model/href.ts';
import type { Collection, Model, ProtectionLevel } from '#model/model.ts';
import type { IdentifierValue, OwnLink, PreparedResource, TenantWrite, WriteOutcome } from '../store.ts';
import { createAttributeIndex } from './attribute-index.ts';
import { createChangeWriter, created, identifierChanged, removed, updated } from './change-writer.ts';
import { createClientWrites } from './client-writes.ts';
import type { ClientWrites } from './client-writes.ts';
import { createDelivered } from './delivered.ts';
import { bytesOf, numberOf, statement, textOf } from './driver.ts';
import type { Erasing } from './erasing.ts';
import { createIdentifierRows } from './identifier-rows.ts';
import { ownLinks, parseLinks, renderLinks } from './links.ts';
import type { LinkMap } from './links.ts';
import type { Names } from './names.ts';
import { createPastSubjects, linkEnd } from './past-subjects.ts';
import { createProtectionWriter } from './protection-writer.ts';
import { createRunWriter } from './run-write.ts';
import { collectionOf } from './schema.ts';
import { storedResource } from './stored-rows.ts';
import { subjectRules } from './subject-rules.ts';

export type WriterDeps = {
  readonly db: DatabaseSync;
  readonly names: Names;
  readonly model: Model;
  readonly clock: Clock;
  readonly base: () => string;
  /** Inverse links beyond FINT's own rules. */
  readonly extraBackLinks: () => boolean;
  readonly erasing: Erasing;
};

export type TenantWriter = {
  /** Starts the bookkeeping of one transaction; the caller has begun it and commits it. */
  readonly begin: () => TenantWrite;
  /** Renders the links of every resource again: after the set of back-link rules has changed. Within a transaction. */
  readonly relinkAll: () => Promise<void>;
  /** Erases what the ledger of erasures holds and the data does not follow yet. Within a transaction. */
  readonly followLedger: () => Promise<void>;
  /** Indexes every resource again: after the model's indexed attributes have changed. Within a transaction. */
  readonly reindexAll: () => Promise<void>;
};

/** Prepares the statements of one connection. */
export const createWriter = (deps: WriterDeps): TenantWriter => {
  const { db, names, model } = deps;
  const sql = (text: string) => statement(db, text);
  const removedBy = sql(
    'SELECT removed_by FROM identifier WHERE collection = ? AND field = ? AND value = ? AND uid IS NULL',
  );
  const insertResource = sql(
    'INSERT INTO resource (uid, position, born, hash, source, keys, split, own, body) VALUES (?1, ?2, ?2, ?3, ?4, ?5, ?6, ?7, ?8)',
  );
  const updateResource = sql(
    'UPDATE resource SET position = ?, hash = ?, source = ?, keys = ?, split = ?, own = ?, body = ? WHERE uid = ?',
  );
  const updateDelivered = sql('UPDATE resource SET hash = ?, source = ?, keys = ?, own = ? WHERE uid = ?');
  const updateBody = sql('UPDATE resource SET position = ?, own = ?, body = ? WHERE uid = ?');
  const deleteResource = sql('DELETE FROM resource WHERE uid = ?');
  const readHash = sql('SELECT hash FROM resource WHERE uid = ?');
  const readResource = sql('SELECT position, keys, born, protection, split, own, body FROM resource WHERE uid = ?');
  const readWhole = sql(
    'SELECT r.uid, r.position, r.born, r.protection, c.at, c.level, c.noticed, CAST(r.body AS BLOB) AS body FROM resource r LEFT JOIN change c ON c.position = r.position WHERE r.uid = ?',
  );
  const insertLink = sql(
    'INSERT OR IGNORE INTO link (target, relation, source, source_identifier) VALUES (?, ?, ?, ?)',
  );
  const linksTo = sql(
    'SELECT l.relation, l.source, i.field, i.value, i.protection FROM link l JOIN identifier i ON i.id = l.source_identifier WHERE l.target = ? ORDER BY l.relation, l.source',
  );
  const linksFrom = sql(
    'SELECT l.target, l.relation, i.collection, i.uid, i.last_uid FROM link l JOIN identifier i ON i.id = l.target WHERE l.source = ?',
  );
  const linkedUids = sql(
    'SELECT i.uid FROM link l JOIN identifier i ON i.id = l.target WHERE l.source = ? AND l.relation = ? AND i.uid IS NOT NULL',
  );
  const deleteLinksFrom = sql('DELETE FROM link WHERE source = ?');
  const deleteLink = sql('DELETE FROM link WHERE target = ? AND relation = ? AND source = ?');
  const sliceOfUids = sql('SELECT uid FROM resource WHERE uid > ? ORDER BY uid LIMIT 200');
  const insertAudit = sql('INSERT INTO audit_outbox (record) VALUES (?)');
  const runWriter = createRunWriter(db);
  const beginClientWrites = createClientWrites(deps);
  const identifierRows = createIdentifierRows(db, names);
  const delivered = createDelivered(db, identifierRows.valuesOf);
  const index = createAttributeIndex(db, names, model);
  const beginChanges = createChangeWriter(db, deps.clock);
  const rules = subjectRules(model);
  const past = createPastSubjects(db, names, rules);
  const beginProtection = createProtectionWriter(db, names, rules);

  const collectionAt = (path: string): Collection => {
    const collection = model.collections.get(path);
    if (collection === undefined) throw new Error(`the model has no collection ${path}`);
    return collection;
  };

  /** Inverse relation of a delivered link, or null: of the source's collection and the relation. */
  const inverseOf = (source: Collection, relation: string): string | null => {
    const rule = source.links.get(relation);
    if (rule === undefined || rule.inverse === null) return null;
    return rule.fintBackLink || deps.extraBackLinks() ? rule.inverse : null;
  };

  const uidsLinked = (uid: number, relation: string): ReadonlySet<number> => {
    const id = names.find(relation);
    return id === null ? nothing : new Set(linkedUids.all(uid, id).map((row) => numberOf(row, 'uid')));
  };

  const begin = (): TenantWrite & ClientWrites & { readonly markAll: (uids: Iterable<number>) => void } => {
    const hashes = new Map<number, Buffer>();
    const identifiers = identifierRows.begin(hashes);
    const dirty = new Set<number>();
    const changes = beginChanges(() => protection.isActive());
    const base = deps.base();
    const protection = beginProtection({
      changes,
      base,
      showsBack: (path, relation) => {
        const collection = model.collections.get(path);
        return collection !== undefined && inverseOf(collection, relation) !== null;
      },
    });

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
          insertLink.run(row.id, relationId, uid, identifier);
          if (row.uid !== null) protection.linked(uid, source.path, relation, row.uid, false);
          else if (row.last !== null)
            past.dropped(uid, { relation: relationId, collection: targetCollection, uid: null, last: row.last });
          if (inverse !== null && row.uid !== null) dirty.add(row.uid);
        }
      }
    };

    const markTargets = (source: Collection, uid: number): void => {
      for (const row of linksFrom.all(uid)) {
        if (typeof row['uid'] === 'number' && inverseOf(source, names.word(numberOf(row, 'relation'))) !== null)
          dirty.add(row['uid']);
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
        for (const row of linksTo.all(key)) {
          const source = numberOf(row, 'source');
          const path = names.path(collectionOf(source));
          const collection = model.collections.get(path);
          const inverse =
            collection === undefined ? null : inverseOf(collection, names.word(numberOf(row, 'relation')));
          if (inverse === null || reaches(inverse, source)) continue;
          if (highest !== undefined) highest.level = Math.max(highest.level, numberOf(row, 'protection'));
          map ??= new Map();
          const href = hrefOf(base, path, names.word(numberOf(row, 'field')), textOf(row, 'value'));
          const hrefs = map.get(inverse);
          if (hrefs === undefined) map.set(inverse, [href]);
          else hrefs.push(href);
        }
      }
      return map;
    };

    const put = (
      path: string,
      uid: number | null,
      resource: PreparedResource,
      source: string,
    ): { uid: number; outcome: WriteOutcome } => {
      const collection = collectionAt(path);
      // The last wall: whoever writes for the source or for clients keeps such entries back before.
      if (deps.erasing.keepsBack(path, resource.identifiers))
        throw new HubError(problem('HUB-607', 'What the identifier stands for has been erased.'));
      const id = names.internCollection(path);
      const mark = protection.markOf(id, path, resource.marking);
      const own = ownLinks(base, path, resource.identifiers, resource.links);
      const ownText = renderLinks(collection, own, null);
      const hash = hashOf(resource, ownText);
      if (uid === null) {
        return { uid: create(collection, id, resource, own, ownText, hash, source, mark), outcome: 'created' };
      }
      const old = hashes.get(uid) ?? bytesOf(readHash.get(uid), 'hash');
      if (old.equals(hash)) return { uid, outcome: protection.remarked(id, path, uid, mark) ? 'updated' : 'unchanged' };
      hashes.set(uid, hash);
      return { uid, outcome: update(collection, id, uid, resource, own, ownText, hash, source, mark) };
    };

    const create = (
      collection: Collection,
      id: number,
      resource: PreparedResource,
      own: LinkMap,
      ownText: string,
      hash: Buffer,
      source: string,
      mark: ProtectionLevel,
    ): number => {
      const uid = changes.nextUid(id);
      const claims = primaryFirst(resource).map((identifier) => claim(collection.path, id, identifier, uid));
      const keys = claims.map((each) => each.id);
      const waited = claims.filter((each) => !each.fresh).map((each) => each.id);
      protection.created(id, collection.path, uid, mark, waited.length === 0);
      addLinks(collection, uid, keys[0] ?? 0, linksIn(resource));
      const inverse = inverseLinks(uid, waited, () => own);
      const { position } = changes.touch(uid, created, 1);
      const head = `{${resource.attributes},"_links":`;
      const tail = inverse === null ? ownText : renderLinks(collection, own, inverse);
      insertResource.run(
        uid,
        position,
        hash,
        source,
        JSON.stringify(keys),
        head.length,
        inverse === null ? null : ownText,
        `${head}${tail}}`,
      );
      hashes.set(uid, hash);
      index.add(id, collection, { uid, attributes: resource.attributes, identifiers: resource.identifiers });
      return uid;
    };

    const update = (
      collection: Collection,
      id: number,
      uid: number,
      resource: PreparedResource,
      own: LinkMap,
      ownText: string,
      hash: Buffer,
      source: string,
      mark: ProtectionLevel,
    ): WriteOutcome => {
      const row = readResource.get(uid);
      const oldKeys = keysOf(textOf(row, 'keys'));
      const oldBody = textOf(row, 'body');
      const oldSplit = numberOf(row, 'split');
      const oldTail = oldBody.slice(oldSplit, -1);
      const oldBefore = identifierRows.valuesOf(oldKeys);
      const keys = primaryFirst(resource).map((identifier) => claim(collection.path, id, identifier, uid).id);
      const gone = oldKeys.filter((key) => !keys.includes(key));
      const added = keys.filter((key) => !oldKeys.includes(key));
      if (gone.length > 0) {
        past.released(uid, gone);
        protection.gaveUp(uid);
      }
      for (const key of gone) identifiers.release(id, key, null);

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
        updateDelivered.run(hash, source, JSON.stringify(keys), ownKept, uid);
        const remarked = protection.remarked(id, collection.path, uid, mark);
        protection.updated(id, collection.path, uid, mark, oldTail);
        return remarked ? 'updated' : 'unchanged';
      }
      const oldAttributes = attributesIn(oldBody, oldSplit);
      const onlyLinks = !changed && oldAttributes === resource.attributes;
      protection.updated(id, collection.path, uid, mark, onlyLinks ? oldTail : null);
      index.remove(id, collection, { uid, attributes: oldAttributes, identifiers: oldBefore });
      index.add(id, collection, { uid, attributes: resource.attributes, identifiers: resource.identifiers });
      const entry = changes.touch(uid, changed ? identifierChanged : updated, 0, numberOf(row, 'position'));
      // Of what came within this transaction nobody has seen another identifier.
      if (changed && entry.kind === identifierChanged) entry.before ??= JSON.stringify(oldBefore);
      updateResource.run(entry.position, hash, source, JSON.stringify(keys), head.length, ownKept, body, uid);
      return 'updated';
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
        for (const row of linksFrom.all(uid)) drop(collection, uid, row);
        deleteLinksFrom.run(uid);
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
      for (const row of linksFrom.all(uid)) {
        const [target, relation] = [numberOf(row, 'target'), numberOf(row, 'relation')];
        if (wanted.delete(`${target} ${relation}`)) continue;
        deleteLink.run(target, relation, uid);
        drop(collection, uid, row);
        if (typeof row['uid'] === 'number' && inverseOf(collection, names.word(relation)) !== null)
          dirty.add(row['uid']);
      }
      if (wanted.size > 0) addLinks(collection, uid, primary, links);
    };

    /** What else follows when a delivered link is no more. */
    const drop = (source: Collection, uid: number, row: Record<string, unknown>): void => {
      const end = linkEnd(row);
      past.dropped(uid, end);
      if (end.uid !== null) protection.linked(uid, source.path, names.word(end.relation), end.uid, true);
    };

    const remove = (path: string, uid: number, order: number, erased?: true): void => {
      const row = readResource.get(uid);
      if (row === undefined) return;
      const collection = collectionAt(path);
      const id = collectionOf(uid);
      const keys = keysOf(textOf(row, 'keys'));
      const before = identifierRows.valuesOf(keys);
      const attributes = attributesIn(textOf(row, 'body'), numberOf(row, 'split'));
      index.remove(id, collection, { uid, attributes, identifiers: before });
      const entry = changes.touch(uid, removed, -1);
      protection.removing(uid, path);
      past.removed(uid, keys, numberOf(row, 'born'), entry.position);
      markTargets(collection, uid);
      deleteLinksFrom.run(uid);
      for (const key of keys) identifiers.release(id, key, order);
      deleteResource.run(uid);
      hashes.delete(uid);
      dirty.delete(uid);
      // A follower knows it as it was before the transaction.
      entry.before ??= JSON.stringify(before);
      if (erased === true) entry.before = '[]';
    };

    /** Renders the links of one resource again; true when its body changed. */
    const relink = (uid: number): boolean => {
      const row = readResource.get(uid);
      const collection = model.collections.get(names.path(collectionOf(uid)));
      // A class that the model no longer has is kept as it was.
      if (row === undefined || collection === undefined) return false;
      const body = textOf(row, 'body');
      const split = numberOf(row, 'split');
      const tail = body.slice(split, -1);
      const ownText = typeof row['own'] === 'string' ? row['own'] : tail;
      let parsed: LinkMap | null = null;
      const own = (): LinkMap => (parsed ??= parseLinks(ownText));
      const highest = { level: 0 };
      const inverse = inverseLinks(uid, keysOf(textOf(row, 'keys')), own, highest);
      const newTail = inverse === null ? ownText : renderLinks(collection, own(), inverse);
      if (newTail === tail) return false;
      protection.relinking(uid, tail, numberOf(row, 'protection'), highest.level);
      updateBody.run(
        changes.touch(uid, updated, 0, numberOf(row, 'position')).position,
        inverse === null ? null : ownText,
        `${body.slice(0, split)}${newTail}}`,
        uid,
      );
      return true;
    };

    const settle = async (): Promise<void> => {
      let sinceYield = 0;
      const breathe = async (work: number): Promise<void> => {
        sinceYield += work;
        if (sinceYield < 200) return;
        sinceYield = 0;
        await yieldToLoop();
      };
      await protection.settleOwn(breathe);
      for (const uid of dirty) {
        relink(uid);
        await breathe(2);
      }
      dirty.clear();
      await changes.write(breathe, await protection.settleLinked(breathe));
      protection.settled();
    };

    return {
      read: (uid) => {
        const row = readWhole.get(uid);
        return row === undefined ? null : storedResource(row, 3);
      },
      delivered,
      marked: (path) => protection.isMarked(names.internCollection(path)),
      match: (path, wanted) => {
        const id = names.internCollection(path);
        return wanted.map((identifier) => identifiers.find(id, identifier)?.uid ?? null);
      },
      removedOrder: (path, wanted) => {
        const id = names.internCollection(path);
        return wanted.map(({ field, value }) => {
          const fieldId = names.find(field);
          const row = fieldId === null ? undefined : removedBy.get(id, fieldId, value);
          return typeof row?.['removed_by'] === 'number' ? row['removed_by'] : null;
        });
      },
      put,
      remove,
      settle,
      audit: (record) => void insertAudit.run(JSON.stringify(record)),
      ...runWriter,
      ...beginClientWrites({
        remove,
        touch: (uid) => changes.touch(uid, updated, 0).position,
        relink: (uid) => {
          protection.doubt(uid);
          dirty.add(uid);
        },
        dropIdentifier: (id) => {
          protection.dropping(id);
          identifiers.drop(id);
        },
      }),
      markAll: (uids) => {
        for (const uid of uids) {
          protection.doubt(uid);
          dirty.add(uid);
        }
      },
    };
  };

  /** All uids, a slice at a time. */
  const slices = function* (): Iterable<readonly number[]> {
    for (let from = 0; ;) {
      const uids = sliceOfUids.all(from).map((row) => numberOf(row, 'uid'));
      if (uids.length === 0) return;
      yield uids;
      from = uids.at(-1) ?? from;
    }
  };

  const relinkAll = async (): Promise<void> => {
    const tx = begin();
    for (const uids of slices()) {
      tx.markAll(uids);
      // Slice by slice, so that an organisation of any size takes no more memory than one slice.
      await tx.settle();
    }
  };

  const followLedger = async (): Promise<void> => {
    const tx = begin();
    await tx.followLedger(yieldToLoop);
    await tx.settle();
  };

  const reindexAll = async (): Promise<void> => {
    index.clear();
    for (const uids of slices()) {
      for (const uid of uids) {
        const row = readResource.get(uid);
        const id = collectionOf(uid);
        const collection = model.collections.get(names.path(id));
        if (row === undefined || collection === undefined) continue;
        const attributes = attributesIn(textOf(row, 'body'), numberOf(row, 'split'));
        index.add(id, collection, {
          uid,
          attributes,
          identifiers: identifierRows.valuesOf(keysOf(textOf(row, 'keys'))),
        });
      }
      await yieldToLoop();
    }
  };

  return { begin, relinkAll, followLedger, reindexAll };
};

const nothing: ReadonlySet<number> = new Set();

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

const keysOf = (text: string): number[] => {
  const value: unknown = JSON.parse(text);
  return Array.isArray(value) ? value.filter((each) => typeof each === 'number') : [];
};

/** The attributes text inside a stored body: between the opening brace and `,"_links":`. */
const attributesIn = (body: string, split: number): string => body.slice(1, split - ',"_links":'.length);

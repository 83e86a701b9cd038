// Documents as a caller sees them now: remembered ones as far as they still stand, the others read and made. Called by documents.ts and by what
// tells of changes, after their own decisions; records nothing.
import { yieldToLoop } from '#base/clock.ts';
import { packUids } from '#base/packed-uids.ts';
import { createMemory } from '#base/memory.ts';
import type { Memory } from '#base/memory.ts';
import { unionOf } from '#base/uid-sets.ts';
import type { CollectionPath, Model, ProtectionLevel } from '#model/model.ts';
import type { AuditSeen, Eventually, TenantReads, TenantStore } from '#store/store.ts';
import { historyOf } from '../history.ts';
import type { DocumentAccess } from './access.ts';
import { compose, uidsIn } from './compose.ts';
import type { DocumentCache, HeldDocument, Shelf } from './document-cache.ts';
import type { DocumentNode, Projection, Sealing } from './document.ts';
import { createTouched } from './touched.ts';
import type { Touched } from './touched.ts';

/** What is known of one organisation's data, in one history of them. */
export type Known = {
  readonly reads: TenantReads;
  readonly history: string;
  readonly touched: Touched;
  /** Sets of uids that were worked out, and parts of all uids of a collection, by what they are and the state that they are right for. */
  readonly sets: Memory<Float64Array>;
  readonly parts: Memory<Float64Array>;
  /** Who has an identifier, by what names it. */
  readonly named: Memory<NamedResource>;
};

/** A resource that was found by an identifier, with how highly it is protected itself. */
export type NamedResource = {
  readonly uid: number;
  readonly protection: ProtectionLevel;
  /** The same uid, as changes are looked for. */
  readonly uids: Float64Array;
  /** Up to which position of the feed it is known to be right. */
  checkedAt: number;
};

/** Some documents together, with all resources in them for the audit: the same objects for as long as the documents are the same. */
export type DocumentPage = { readonly documents: readonly HeldDocument[]; readonly seen: AuditSeen | null };

export type DocumentReader = {
  /** Takes in what has happened up to now; everything read with what it gives is at least as new. */
  readonly begin: (tenant: TenantStore, access: Pick<DocumentAccess, 'plans' | 'places'>) => Eventually<Known>;
  /** In the order of the uids; those that are gone or that the caller does not see are left out. */
  readonly find: <Facts>(
    known: Known,
    access: DocumentAccess,
    projection: Projection<Facts>,
    uids: readonly number[],
  ) => Eventually<readonly HeldDocument[]>;
  /** How many have been made so far: those with a higher serial number are made later. */
  readonly made: () => number;
  readonly page: (documents: readonly HeldDocument[]) => DocumentPage;
};

export type DocumentReaderDeps = {
  readonly model: Model;
  readonly sealing: Pick<Sealing, 'id'>;
  readonly cache: DocumentCache;
};

// Documents that are made before other work runs.
const rendersPerTurn = 20;
// A set may be a hundred kilobytes, a part a few.
const rememberedSets = 32;
const rememberedParts = 200;
// Some 200 bytes each.
const rememberedNames = 10_000;
// Documents of pages that are remembered as such, together.
const rememberedInPages = 8_000;

/** Makes the reader with its memory. */
export const createDocumentReader = ({ model, sealing, cache }: DocumentReaderDeps): DocumentReader => {
  const tenants = new Map<string, Known>();
  const pages = createPages();
  let serial = 0;

  const knownOf = ({ id, reads }: TenantStore): Known => {
    const held = tenants.get(id);
    if (held !== undefined && held.reads === reads) return held;
    if (held !== undefined) cache.clear(held.history);
    const known: Known = {
      reads,
      history: historyOf(reads),
      touched: createTouched(model, reads),
      sets: createMemory(rememberedSets),
      parts: createMemory(rememberedParts),
      named: createMemory(rememberedNames),
    };
    tenants.set(id, known);
    return known;
  };

  const make = <Facts>(
    tenant: string,
    { facts, render }: Projection<Facts>,
    root: DocumentNode,
    checkedAt: number,
  ): HeldDocument => {
    const text = render(root);
    // Bytes of their own: a document that stays must not keep the memory of those around it.
    const bytes = Buffer.allocUnsafeSlow(Buffer.byteLength(text));
    bytes.write(text);
    serial += 1;
    const uids = uidsIn(root);
    return { uid: root.uid, id: sealing.id(tenant, root.uid), facts: facts(root), bytes, uids, serial, checkedAt };
  };

  const makeAll = async <Facts>(
    { reads, touched }: Known,
    access: DocumentAccess,
    projection: Projection<Facts>,
    missing: readonly number[],
    shelf: Shelf,
  ): Promise<ReadonlyMap<number, HeldDocument>> => {
    // What is read may be newer than this, never older.
    const checkedAt = touched.upTo();
    const composed = await compose(reads, access, missing, (uid) => sealing.id(access.tenant, uid));
    const made = new Map<number, HeldDocument>();
    for (const [uid, one] of composed) {
      const document = make(access.tenant, projection, one, checkedAt);
      made.set(uid, document);
      shelf.put(document);
      if (made.size % rendersPerTurn === 0) await yieldToLoop();
    }
    return made;
  };

  return {
    begin: (tenant, access) => {
      const known = knownOf(tenant);
      const looked = known.touched.catchUp(access);
      return looked instanceof Promise ? looked.then(() => known) : known;
    },
    find: (known, access, projection, uids) => {
      const { touched, history } = known;
      const shelf = cache.shelf(history, access.sight);
      const now = touched.upTo();
      const found: (HeldDocument | undefined)[] = [];
      const missing: number[] = [];
      for (const uid of uids) {
        let document = shelf.get(uid);
        if (document !== undefined && document.checkedAt < now) {
          if (touched.stands(document.uids, document.checkedAt)) document.checkedAt = now;
          else {
            shelf.drop(uid);
            document = undefined;
          }
        }
        if (document === undefined) missing.push(uid);
        found.push(document);
      }
      if (missing.length === 0) return found.filter((document) => document !== undefined);
      return makeAll(known, access, projection, missing, shelf).then((made) =>
        found.flatMap((document, index) => document ?? made.get(uids[index] ?? 0) ?? []),
      );
    },
    made: () => serial,
    page: pages,
  };
};

/** The same page is asked for again and again: to tell that it is the same costs less than to put together what is in it. */
const createPages = (): DocumentReader['page'] => {
  const kept = new Map<string, DocumentPage>();
  let count = 0;
  const drop = (key: string): void => {
    const page = kept.get(key);
    if (page === undefined) return;
    kept.delete(key);
    count -= page.documents.length;
  };
  return (documents) => {
    const [first] = documents;
    if (first === undefined) return { documents, seen: null };
    const key = `${first.serial} ${documents.at(-1)?.serial} ${documents.length}`;
    const known = kept.get(key);
    const isSame = known?.documents.every((document, index) => document === documents[index]) === true;
    const made = isSame && known !== undefined ? known : { documents, seen: seenIn(documents) };
    drop(key);
    kept.set(key, made);
    count += documents.length;
    for (const oldest of kept.keys()) {
      if (count <= rememberedInPages) break;
      drop(oldest);
    }
    return made;
  };
};

const seenIn = (documents: readonly HeldDocument[]): AuditSeen => ({
  kind: 'uids',
  uids: packUids(unionOf(documents.map(({ uids }) => uids))).toString('base64url'),
});

/** The part of a collection's uids that a caller may read on from, remembered while the collection has the same resources. */
export const uidsAfter = (
  { reads, parts, touched }: Known,
  access: DocumentAccess,
  after: number,
  size: number,
): Eventually<Float64Array> => {
  const collection: CollectionPath = access.root.collection.path;
  const members = touched.membersOf(collection);
  const key = `after ${collection} ${after} ${size} ${members}`;
  const kept = members === null ? undefined : parts.get(key);
  if (kept !== undefined) return kept;
  const keep = (uids: readonly number[]): Float64Array => {
    const made = Float64Array.from(uids);
    if (members !== null) parts.set(key, made);
    return made;
  };
  const found = reads.uidsAfter(access.root, after, size);
  return found instanceof Promise ? found.then(keep) : keep(found);
};

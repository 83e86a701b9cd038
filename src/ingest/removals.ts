// Taking away: by delete pages, and by full syncs that end without having seen a resource. Called by run.ts inside its transaction.
import { normalise } from '#base/text.ts';
import { lowerBound } from '#base/uid-sets.ts';
import { readIdentifier } from '#hub/prepare.ts';
import type { LaterWrites } from '#hub/write.ts';
import type { Collection } from '#model/model.ts';
import type { IdentifierValue, TenantWrite } from '#store/store.ts';
import { addNote } from './page.ts';
import type { Notes, ReceivedPage } from './page.ts';

const batchSize = 256;
const expectedAtOnce = 5_000;

export type DeleteReport = { removed: number; unchanged: number; readonly seen: number[] };

/**
 * Removes what a delete page names. A value counts under every identifier of the class; when it names two resources, neither goes.
 * Values that nothing has are reported, and so are those that a later run has delivered again.
 */
export const applyDeletions = async (
  tx: TenantWrite,
  collection: Collection,
  page: ReceivedPage,
  order: number,
  options: { readonly later: LaterWrites | null; readonly pause: () => Promise<void> },
  notes: Notes,
): Promise<DeleteReport> => {
  const report: DeleteReport = { removed: 0, unchanged: 0, seen: [] };
  const gone = new Set<number>();
  for (let from = 0; from < page.deletions.length; from += batchSize) {
    const batch = page.deletions.slice(from, from + batchSize);
    const found = await meantBy(
      tx,
      collection,
      batch.map(({ identifier }) => identifier),
    );
    await tx.expectRemoved?.(found.flatMap((uids) => [...uids]));
    for (const [at, { index, identifier }] of batch.entries()) {
      const named = found[at] ?? nothing;
      const [uid] = named;
      if (named.size > 1) {
        const message = 'two resources have this value under different identifiers; neither was removed';
        addNote(notes, { index, severity: 'rejected', code: 'HUB-612', at: '/identifier', message, identifier });
        report.seen.push(...named);
      } else if (uid === undefined || gone.has(uid)) {
        addNote(notes, {
          index,
          severity: 'warning',
          code: 'HUB-204',
          at: '/identifier',
          message: 'nothing has this identifier',
          identifier,
        });
      } else if (options.later?.touched(uid) === true) {
        const message = 'a run that was opened later has delivered this resource; it was not removed';
        addNote(notes, { index, severity: 'warning', code: 'HUB-604', at: '/identifier', message, identifier });
        report.unchanged += 1;
      } else {
        await tx.remove(collection.path, uid, order);
        gone.add(uid);
        report.seen.push(uid);
        report.removed += 1;
      }
    }
    await options.pause();
  }
  return report;
};

const nothing: ReadonlySet<number> = new Set();

/** The resources that have what an identifier says, index-aligned; an address is read as one only where nothing has the whole of it. */
const meantBy = async (
  tx: TenantWrite,
  collection: Collection,
  identifiers: readonly string[],
): Promise<readonly ReadonlySet<number>[]> => {
  const readings = identifiers.map((identifier) => readIdentifier(collection, identifier));
  const found = await ownersOf(
    tx,
    collection,
    readings.map(({ whole }) => whole),
  );
  if (readings.every(({ address }, at) => address.length === 0 || (found[at]?.size ?? 0) > 0)) return found;
  const byAddress = await ownersOf(
    tx,
    collection,
    readings.map(({ address }, at) => ((found[at]?.size ?? 0) > 0 ? [] : address)),
  );
  return found.map((owners, at) => (owners.size > 0 ? owners : (byAddress[at] ?? nothing)));
};

const ownersOf = async (
  tx: TenantWrite,
  collection: Collection,
  lists: readonly (readonly IdentifierValue[])[],
): Promise<readonly ReadonlySet<number>[]> => {
  const uids = await tx.match(collection.path, lists.flat());
  let from = 0;
  return lists.map((list) => {
    const owners = new Set<number>();
    for (const uid of uids.slice(from, (from += list.length))) if (uid !== null) owners.add(uid);
    return owners;
  });
};

/** The value that an identifier means, in normal form: the part after the last slash of an address, else the whole. */
export const rawValue = (identifier: string): string =>
  normalise(identifier.includes('://') ? identifier.slice(identifier.lastIndexOf('/') + 1) : identifier);

/** Those of the uids that none of the sets holds. All ascending; a collection may have millions. */
export const unseen = async (
  uids: Float64Array,
  sets: readonly Float64Array[],
  pause: () => Promise<void>,
): Promise<Float64Array> => {
  const vouched = new Uint8Array(uids.length);
  let looked = 0;
  for (const set of sets) {
    let at = 0;
    for (const uid of set) {
      if (uids[at] !== uid) at = lowerBound(uids, uid, at);
      if (uids[at] === uid) {
        vouched[at] = 1;
        at += 1;
      }
      looked += 1;
      if (looked % uidsPerTurn === 0) await pause();
    }
  }
  const left: number[] = [];
  for (let at = 0; at < uids.length; at += 1) {
    if (vouched[at] === 0) left.push(uids[at] ?? 0);
    if (at % uidsPerTurn === 0) await pause();
  }
  return Float64Array.from(left);
};

const uidsPerTurn = 16_384;

/** Removes resources, with pauses. */
export const removeAll = async (
  tx: TenantWrite,
  collection: Collection,
  uids: Float64Array,
  order: number,
  pause: () => Promise<void>,
): Promise<void> => {
  for (let at = 0; at < uids.length; at += 1) {
    const uid = uids[at];
    if (at % expectedAtOnce === 0) await tx.expectRemoved?.([...uids.subarray(at, at + expectedAtOnce)]);
    if (uid !== undefined) await tx.remove(collection.path, uid, order);
    if (at % batchSize === batchSize - 1) await pause();
  }
};

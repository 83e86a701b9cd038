// The part of a write that every writer shares: which stored resource an entry is, whether it may be written, and the writing. Called by
// ingest for pages, later by other writers. Works inside one transaction of the store; keeps no books of runs.
//
// Which resource an entry is: the one that has its primary identifier, else the one that has its system id. Other identifiers may change;
// an entry whose other identifier belongs to another resource is kept back (HUB-612), unless that resource gives it up on the same page,
// by a move, a chain or a swap.
import type { ErrorCode } from '#base/errors.ts';
import type { CollectionPath } from '#model/model.ts';
import type { IdentifierValue, PreparedResource, TenantWrite } from '#store/store.ts';
import { leadingIdentifier } from './prepare.ts';

export type EntryToWrite = {
  /** Position in what was delivered, for findings. */
  readonly index: number;
  readonly prepared: PreparedResource;
};

/** What runs that were opened later have done to the collection; null when there are none. */
export type LaterWrites = {
  readonly order: number;
  /** A later run has delivered, removed or vouched for this resource. */
  readonly touched: (uid: number) => boolean;
  /** A later run wants it gone although it had not come yet, or says by a finished full sync that there is nothing else. */
  readonly unwanted: (identifiers: readonly IdentifierValue[]) => boolean;
};

export type WriteOptions = {
  /** The application that delivers. */
  readonly source: string;
  readonly later: LaterWrites | null;
  /** Called between batches: lets other work run. */
  readonly pause: () => Promise<void>;
};

export type WriteFinding = {
  readonly index: number;
  readonly severity: 'rejected' | 'warning';
  readonly code: ErrorCode;
  readonly message: string;
};

export type WriteReport = {
  created: number;
  updated: number;
  unchanged: number;
  /** Uids that were written, found unchanged, or vouched for by an entry that was kept back. Neither sorted nor distinct. */
  readonly seen: number[];
  readonly findings: WriteFinding[];
};

const batchSize = 256;
// Entries whose rows a store may fetch together: whole batches.
const expectedAtOnce = 20 * batchSize;
// Entries written between two looks at the time: each may bring thousands of links.
const pauseAfter = 16;

type Conflict = { readonly entry: EntryToWrite; readonly own: number | null };

/**
 * Matches and writes entries in their order. Entries that mean the same resource as a later one are dropped (the last wins, HUB-617).
 * Does not settle: the caller does, last. Throws only what the store throws.
 */
export const applyEntries = async (
  tx: TenantWrite,
  collection: CollectionPath,
  entries: readonly EntryToWrite[],
  options: WriteOptions,
): Promise<WriteReport> => {
  const report: WriteReport = { created: 0, updated: 0, unchanged: 0, seen: [], findings: [] };
  const write = { tx, collection, options, report };
  const { kept, dropped } = await lastOfEach(entries, report.findings, options.pause);
  const conflicts: Conflict[] = [];
  for (let from = 0; from < kept.length; from += batchSize) {
    if (from % expectedAtOnce === 0) await expect(write, kept.slice(from, from + expectedAtOnce));
    await applyBatch(write, kept.slice(from, from + batchSize), conflicts);
  }
  for (const entry of dropped) {
    // What it stands for is not gone at the source.
    const { own } = await look(write, entry.prepared);
    if (own !== null) report.seen.push(own);
    await options.pause();
  }
  if (conflicts.length > 0) await settleConflicts(write, conflicts);
  return report;
};

type Write = {
  readonly tx: TenantWrite;
  readonly collection: CollectionPath;
  readonly options: WriteOptions;
  readonly report: WriteReport;
};

const expect = async ({ tx, collection }: Write, entries: readonly EntryToWrite[]): Promise<void> =>
  tx.expect?.(
    collection,
    entries.map(({ prepared }) => prepared),
  );

/** Keeps the last of the entries that share their leading identifier; an entry that shares another one with a kept entry is refused. */
const lastOfEach = async (
  entries: readonly EntryToWrite[],
  findings: WriteFinding[],
  pause: () => Promise<void>,
): Promise<{ readonly kept: readonly EntryToWrite[]; readonly dropped: readonly EntryToWrite[] }> => {
  const owners = new Map<string, Map<string, number>>();
  const dropped = new Set<number>();
  const ownerOf = ({ field, value }: IdentifierValue): number | undefined => owners.get(field)?.get(value);
  const claim = ({ field, value }: IdentifierValue, at: number): void => {
    let values = owners.get(field);
    if (values === undefined) owners.set(field, (values = new Map()));
    values.set(value, at);
  };
  for (let at = 0; at < entries.length; at += 1) {
    const entry = entries[at];
    if (entry === undefined) continue;
    const { identifiers } = entry.prepared;
    let refused = false;
    for (const identifier of identifiers) {
      const earlier = ownerOf(identifier);
      if (earlier === undefined || dropped.has(earlier)) continue;
      const other = entries[earlier];
      if (other === undefined) continue;
      if (sameResource(other.prepared, entry.prepared)) {
        dropped.add(earlier);
        findings.push({
          index: other.index,
          severity: 'warning',
          code: 'HUB-617',
          message: 'a later entry of the page has the same identifier',
        });
      } else refused = true;
    }
    if (refused) {
      dropped.add(at);
      findings.push({
        index: entry.index,
        severity: 'rejected',
        code: 'HUB-612',
        message: 'another entry of the page has one of its identifiers',
      });
    } else for (const identifier of identifiers) claim(identifier, at);
    if (at % batchSize === 0) await pause();
  }
  if (dropped.size === 0) return { kept: entries, dropped: [] };
  return {
    kept: entries.filter((_, at) => !dropped.has(at)),
    dropped: entries.filter((_, at) => dropped.has(at)),
  };
};

const valueOf = (resource: PreparedResource, field: string): string | undefined =>
  resource.identifiers.find((one) => one.field === field)?.value;

const sameResource = (a: PreparedResource, b: PreparedResource): boolean =>
  valueOf(a, b.primary.field) === b.primary.value ||
  valueOf(b, a.primary.field) === a.primary.value ||
  (valueOf(a, leadingIdentifier) !== undefined && valueOf(a, leadingIdentifier) === valueOf(b, leadingIdentifier));

type Found = { readonly own: number | null; readonly contested: readonly number[] };

/** Takes the uids of an entry's identifiers, index-aligned; gives the resource that it is, and others that have something of it. */
const judge = (resource: PreparedResource, uids: readonly (number | null)[], from: number): Found => {
  const { identifiers, primary } = resource;
  let byPrimary: number | null = null;
  let byLeading: number | null = null;
  let same = true;
  let any: number | null = null;
  for (let at = 0; at < identifiers.length; at += 1) {
    const uid = uids[from + at] ?? null;
    if (uid === null) continue;
    const identifier = identifiers[at];
    if (identifier === primary) byPrimary = uid;
    if (identifier?.field === leadingIdentifier) byLeading = uid;
    if (any === null) any = uid;
    else if (any !== uid) same = false;
  }
  const own = byPrimary ?? byLeading;
  if (any === null || (same && own !== null)) return { own, contested: [] };
  const contested = new Set<number>();
  for (let at = 0; at < identifiers.length; at += 1) {
    const uid = uids[from + at] ?? null;
    if (uid !== null && uid !== own) contested.add(uid);
  }
  return { own, contested: [...contested] };
};

const applyBatch = async (write: Write, batch: readonly EntryToWrite[], conflicts: Conflict[]): Promise<void> => {
  const { tx, collection, options } = write;
  const wanted: IdentifierValue[] = [];
  for (const { prepared } of batch) for (const identifier of prepared.identifiers) wanted.push(identifier);
  const uids = await tx.match(collection, wanted);
  // Only a run that was opened later can have removed what this one would bring back.
  const removed = options.later === null ? null : await tx.removedOrder(collection, wanted);
  let from = 0;
  let written = 0;
  for (const entry of batch) {
    const { own, contested } = judge(entry.prepared, uids, from);
    const at = from;
    from += entry.prepared.identifiers.length;
    if (options.later !== null && isStale(options.later, entry.prepared, own, removed, at))
      noteStale(write, entry, own);
    else if (contested.length > 0) conflicts.push({ entry, own });
    else await put(write, entry, own);
    written += 1;
    if (written % pauseAfter === 0) await options.pause();
  }
  await options.pause();
};

const isStale = (
  later: LaterWrites,
  resource: PreparedResource,
  own: number | null,
  removed: readonly (number | null)[] | null,
  from: number,
): boolean => {
  if (own !== null) return later.touched(own);
  for (let at = 0; at < resource.identifiers.length; at += 1)
    if ((removed?.[from + at] ?? 0) > later.order) return true;
  return later.unwanted(resource.identifiers);
};

const noteStale = ({ report }: Write, { index }: EntryToWrite, own: number | null): void => {
  if (own !== null) {
    report.unchanged += 1;
    report.seen.push(own);
  }
  const message = 'a run that was opened later has delivered or removed this resource; the entry was left out';
  report.findings.push({ index, severity: 'warning', code: 'HUB-604', message });
};

const put = async (
  { tx, collection, options, report }: Write,
  { prepared }: EntryToWrite,
  own: number | null,
): Promise<void> => {
  const answer = tx.put(collection, own, prepared, options.source);
  const { uid, outcome } = answer instanceof Promise ? await answer : answer;
  report[outcome] += 1;
  report.seen.push(uid);
};

/** Tries again what stood against the old state of the page's own resources, as long as that helps; then swaps; refuses the rest. */
const settleConflicts = async (write: Write, conflicts: readonly Conflict[]): Promise<void> => {
  let open = conflicts;
  for (;;) {
    const still: Conflict[] = [];
    for (const conflict of open) {
      const { own, contested } = await look(write, conflict.entry.prepared);
      if (contested.length > 0) still.push(conflict);
      else await put(write, conflict.entry, own);
    }
    if (still.length === 0) return;
    if (still.length === open.length) break;
    open = still;
  }
  await swap(write, open);
};

const look = async ({ tx, collection }: Write, resource: PreparedResource): Promise<Found> =>
  judge(resource, await tx.match(collection, resource.identifiers), 0);

/** Entries left here wait for each other in a ring, or for a resource that keeps what they want. */
const swap = async (write: Write, conflicts: readonly Conflict[]): Promise<void> => {
  let ring = conflicts;
  for (;;) {
    const owners = new Set(ring.map((one) => one.own));
    const next: Conflict[] = [];
    for (const conflict of ring) {
      const { contested } = await look(write, conflict.entry.prepared);
      if (conflict.own !== null && contested.every((uid) => owners.has(uid))) next.push(conflict);
      else refuse(write, conflict);
    }
    if (next.length === ring.length) break;
    ring = next;
  }
  // All parts are worked out before the first is written, so that each gives up exactly what another wants.
  const released: { readonly conflict: Conflict; readonly part: PreparedResource }[] = [];
  for (const conflict of ring) {
    const part = await ownPart(write, conflict);
    if (part === null) refuse(write, conflict);
    else released.push({ conflict, part });
  }
  for (const { conflict, part } of released)
    await write.tx.put(write.collection, conflict.own, part, write.options.source);
  for (const { conflict } of released) {
    const { own, contested } = await look(write, conflict.entry.prepared);
    if (contested.length === 0) await put(write, conflict.entry, own);
    else refuse(write, conflict);
  }
};

/** The resource with those of its identifiers that nobody else has, so that it gives up the others. */
const ownPart = async ({ tx, collection }: Write, { entry, own }: Conflict): Promise<PreparedResource | null> => {
  const { prepared } = entry;
  const uids = await tx.match(collection, prepared.identifiers);
  const identifiers = prepared.identifiers.filter((_, at) => uids[at] === null || uids[at] === own);
  const first = identifiers[0];
  return first === undefined
    ? null
    : { ...prepared, identifiers, primary: identifiers.includes(prepared.primary) ? prepared.primary : first };
};

const refuse = ({ report }: Write, { entry, own }: Conflict): void => {
  if (own !== null) report.seen.push(own);
  const message = 'another resource of the collection has one of its identifiers';
  report.findings.push({ index: entry.index, severity: 'rejected', code: 'HUB-612', message });
};

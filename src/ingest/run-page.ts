// The entries of one page, written: what is kept back for its links, what kept-back entries vouch for, then writing or removing. Called by
// apply-page.ts inside the transaction of the page.
import { applyEntries } from '#hub/write.ts';
import type { EntryToWrite, LaterWrites } from '#hub/write.ts';
import type { Collection, Model } from '#model/model.ts';
import type { IdentifierValue, Strictness, SyncRun, TenantStore, TenantWrite } from '#store/store.ts';
import { createDanglingCheck } from './dangling.ts';
import { withoutErased } from './erased.ts';
import { addNote } from './page.ts';
import type { Notes, ReceivedPage } from './page.ts';
import { applyDeletions } from './removals.ts';
import { refuseNotes } from './run-notes.ts';

export type PageWork = {
  readonly tenant: TenantStore;
  readonly tx: TenantWrite;
  readonly model: Model;
  readonly collection: Collection;
  /** The public address of the hub. */
  readonly base: string;
  readonly run: SyncRun;
  readonly mode: Strictness;
  readonly later: LaterWrites | null;
  readonly pause: () => Promise<void>;
  /** Added to. */
  readonly notes: Notes;
};

export type PageEffect = {
  readonly created: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly removed: number;
  /** Uids written, found unchanged, removed or vouched for; neither sorted nor distinct. */
  readonly seen: readonly number[];
};

/** Writes or removes what the page holds. Throws HubError HUB-600 when the collection takes only pages without findings. */
export const writePage = async (work: PageWork, page: ReceivedPage): Promise<PageEffect> => {
  const { collection, later, mode, notes, pause, run, tx } = work;
  if (run.type === 'DELETE') {
    const report = await applyDeletions(tx, collection, page, run.order, { later, pause }, notes);
    if (mode === 'refuse-page') refuseNotes(notes);
    return { created: 0, updated: 0, ...report };
  }
  const seen: number[] = [];
  const wanted = await withoutErased({ ...work, erasures: work.tenant.erasures }, page.entries);
  const entries = mode === 'lenient' ? wanted : await withoutDangling(work, wanted, seen);
  await vouch(work, page.vouchers, seen);
  await reportUnmarked(work, entries);
  const report = await applyEntries(tx, collection.path, entries, { source: run.client, later, pause });
  if (report.findings.length > 0) {
    const values = new Map(entries.map(({ index, prepared }) => [index, prepared.primary.value]));
    for (const { index, severity, code, message } of report.findings)
      addNote(notes, { index, severity, code, at: '', message, identifier: values.get(index) ?? null });
  }
  if (mode === 'refuse-page') refuseNotes(notes);
  for (const uid of report.seen) seen.push(uid);
  return { created: report.created, updated: report.updated, unchanged: report.unchanged, removed: 0, seen };
};

/**
 * Entries without a marking in a collection that has carried it: the person counts as strictly protected (facts trust 3.2), and whoever
 * delivers is told. Never kept back: that would leave an older, weaker marking standing.
 */
const reportUnmarked = async (
  { tx, collection, model, notes }: PageWork,
  entries: readonly EntryToWrite[],
): Promise<void> => {
  const marking = model.protection.markings.get(collection.path);
  if (marking === undefined) return;
  const without = entries.filter(({ prepared }) => prepared.marking === null);
  if (without.length === 0) return;
  const carried = without.length < entries.length || (await tx.marked?.(collection.path)) === true;
  if (!carried) return;
  const at = `/resource/${marking.attribute}`;
  const message = 'no protection marking that can be read: the person is treated as strictly protected';
  for (const { index, prepared } of without)
    addNote(notes, { index, severity: 'warning', code: 'HUB-606', at, message, identifier: prepared.primary.value });
};

const withoutDangling = async (
  work: PageWork,
  entries: readonly EntryToWrite[],
  seen: number[],
): Promise<readonly EntryToWrite[]> => {
  const found = await createDanglingCheck(work.tenant.reads, work.collection)(entries, work.pause);
  for (const { entry, at } of found) {
    const message = 'the target has not been delivered';
    const identifier = entry.prepared.primary.value;
    addNote(work.notes, { index: entry.index, severity: 'rejected', code: 'HUB-615', at, message, identifier });
  }
  if (found.length === 0) return entries;
  await vouch(
    work,
    found.map(({ entry }) => entry.prepared.identifiers),
    seen,
  );
  const refused = new Set(found.map(({ entry }) => entry));
  return entries.filter((entry) => !refused.has(entry));
};

/** Marks the resources that kept-back entries stand for as seen: they are not gone at the source. */
const vouch = async (
  { tx, collection }: PageWork,
  vouchers: readonly (readonly IdentifierValue[])[],
  seen: number[],
): Promise<void> => {
  for (let from = 0; from < vouchers.length; from += 256)
    for (const uid of await tx.match(collection.path, vouchers.slice(from, from + 256).flat()))
      if (uid !== null) seen.push(uid);
};

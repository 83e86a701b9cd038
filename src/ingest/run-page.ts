// The entries of one page, written: what is kept back for its links, what kept-back entries vouch for, then writing or removing. Called by
// apply-page.ts inside the transaction of the page.
import { applyEntries } from '#hub/write.ts';
import type { EntryToWrite, LaterWrites } from '#hub/write.ts';
import type { Collection } from '#model/model.ts';
import type { IdentifierValue, Strictness, SyncRun, TenantStore, TenantWrite } from '#store/store.ts';
import { createDanglingCheck } from './dangling.ts';
import { addNote } from './page.ts';
import type { Notes, ReceivedPage } from './page.ts';
import { applyDeletions } from './removals.ts';
import { refuseNotes } from './run-notes.ts';

export type PageWork = {
  readonly tenant: TenantStore;
  readonly tx: TenantWrite;
  readonly collection: Collection;
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
  const entries = mode === 'lenient' ? page.entries : await withoutDangling(work, page.entries, seen);
  await vouch(work, page.vouchers, seen);
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

// Receives one sync page: splits it while it arrives, checks and prepares each entry on its own, and keeps only what will be written. Called
// by run.ts before any transaction, so that a slow sender holds no lock. Knows no store.
import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { HubError, problem } from '#base/errors.ts';
import type { ErrorCode } from '#base/errors.ts';
import { limits } from '#base/limits.ts';
import { failed, ok } from '#base/result.ts';
import type { Result } from '#base/result.ts';
import { identifiersOf } from '#hub/prepare.ts';
import type { Preparer } from '#hub/prepare.ts';
import type { Finding } from '#hub/prepare-findings.ts';
import type { EntryToWrite } from '#hub/write.ts';
import type { Collection, Model } from '#model/model.ts';
import type { IdentifierValue, SyncType } from '#store/store.ts';
import type { Lease } from './budget.ts';
import { createPageSplitter } from './entries.ts';
import type { PageForm } from './entries.ts';
import { readMetadata } from './page-metadata.ts';
import type { PageMetadata } from './page-metadata.ts';
import type { Turns } from './turns.ts';

/** Something to tell about an entry. `identifier` is the raw one, for its pseudonym only; `at` is a pointer inside the entry. */
export type Note = {
  readonly index: number;
  readonly severity: 'rejected' | 'warning';
  readonly code: ErrorCode;
  readonly at: string;
  readonly message: string;
  readonly identifier: string | null;
};

/** Notes of a page: all are counted, as many are kept as a run may keep. */
export type Notes = { rejected: number; warnings: number; readonly kept: Note[] };

export type ReceivedPage = {
  readonly metadata: PageMetadata;
  /** Hash of the bytes of the entries: equal for a page that is sent again. */
  readonly hash: string;
  readonly count: number;
  /** Entries to write, in their order; [] on a delete page. */
  readonly entries: readonly EntryToWrite[];
  /** What a delete page wants gone: raw identifier values. */
  readonly deletions: readonly { readonly index: number; readonly identifier: string }[];
  /** Identifiers of entries that were kept back: the resources that they stand for are not gone. */
  readonly vouchers: readonly (readonly IdentifierValue[])[];
  readonly notes: Notes;
};

export type PageSource = {
  readonly stream: Readable;
  readonly form: PageForm;
  readonly type: SyncType;
  readonly collection: Collection;
  readonly model: Model;
  readonly prepare: Preparer;
  /** Warnings that keep an entry back in this collection. */
  readonly keepsBack: (code: ErrorCode) => boolean;
  readonly lease: Lease;
  readonly signal: AbortSignal;
  readonly pause: Turns;
};

/** Adds a note, unless as many of its severity are kept already as a run may keep. */
export const addNote = (notes: Notes, note: Note): void => {
  const count = note.severity === 'rejected' ? (notes.rejected += 1) : (notes.warnings += 1);
  if (count <= limits.rejectionsPerRun) notes.kept.push(note);
};

// Read between two looks at the time.
const sliceBytes = 8_192;

/**
 * Reads the body to its end. Fails with HUB-101 (not JSON, cut off, not UTF-8), HUB-102 (beyond a limit), HUB-600 (metadata) or
 * HUB-100 (the compressed body is damaged, the sender went away). Nothing has been written then.
 */
export const receivePage = async (source: PageSource): Promise<Result<ReceivedPage>> => {
  const page = createCollector(source);
  try {
    await readBody(source, page.splitter);
  } catch (error) {
    if (error instanceof HubError) return failed(error.problem);
    if (isBrokenBody(error)) return failed(problem('HUB-100', 'The body ended early, or its compression is damaged.'));
    throw error;
  }
  const metadata = readMetadata(page.metadata());
  return metadata.ok ? ok(page.finish(metadata.value)) : metadata;
};

const readBody = async (source: PageSource, splitter: ReturnType<typeof createPageSplitter>): Promise<void> => {
  const { stream, lease, signal, pause } = source;
  for await (const chunk of stream) {
    const bytes = Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk);
    const room = lease.take(bytes.length, signal);
    if (room !== null) await room;
    if (signal.aborted) throw new HubError(problem('HUB-106', 'The page was not received in time.'));
    for (let at = 0; at < bytes.length; at += sliceBytes) {
      splitter.push(bytes.subarray(at, at + sliceBytes));
      await pause();
    }
  }
  splitter.end();
};

const isBrokenBody = (error: unknown): boolean => {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return code.startsWith('Z_') || ['ERR_STREAM_PREMATURE_CLOSE', 'ECONNRESET', 'ABORT_ERR'].includes(code);
};

type Entry = { readonly identifier: string | null; readonly resource: unknown };

/** What has been collected of a page so far. */
type Collected = {
  readonly entries: EntryToWrite[];
  readonly deletions: { readonly index: number; readonly identifier: string }[];
  readonly vouchers: (readonly IdentifierValue[])[];
  readonly notes: Notes;
  metadata: unknown;
  count: number;
};

const createCollector = (source: PageSource) => {
  const hash = createHash('sha256');
  const notes: Notes = { rejected: 0, warnings: 0, kept: [] };
  const page: Collected = { entries: [], deletions: [], vouchers: [], notes, metadata: undefined, count: 0 };
  const splitter = createPageSplitter(source.form, {
    metadata: (value) => {
      page.metadata = value;
    },
    content: (bytes) => void hash.update(bytes),
    entry: (value, index) => {
      page.count += 1;
      const entry = readEntry(value);
      if (entry === null) {
        const message = 'expected an object with identifier and resource';
        keepBack(source, page, index, { identifier: null, resource: null }, { code: 'HUB-618', at: '', message });
      } else if (source.type === 'DELETE') addDeletion(source, page, index, entry);
      else addEntry(source, page, index, entry);
    },
  });
  const finish = (metadata: PageMetadata): ReceivedPage => {
    const { count, entries, deletions, vouchers } = page;
    if (metadata.pageSize !== null && metadata.pageSize !== count) {
      const message = 'pageSize is not the number of entries on the page';
      addNote(notes, { index: 0, severity: 'warning', code: 'HUB-600', at: '', message, identifier: null });
    }
    return { metadata, hash: hash.digest('base64url'), count, entries, deletions, vouchers, notes };
  };
  return { splitter, metadata: () => page.metadata, finish };
};

const keepBack = (source: PageSource, page: Collected, index: number, entry: Entry, why: Finding): void => {
  addNote(page.notes, { index, severity: 'rejected', ...why, identifier: entry.identifier });
  const identifiers = identifiersOf(source.collection, source.model, entry.resource, entry.identifier);
  if (identifiers.length > 0) page.vouchers.push(identifiers);
};

const inResource = ({ code, at, message }: Finding): Finding => ({ code, at: `/resource${at}`, message });

const addEntry = (source: PageSource, page: Collected, index: number, entry: Entry): void => {
  const { identifier } = entry;
  const result = source.prepare(entry.resource, identifier);
  if ('rejected' in result) return keepBack(source, page, index, entry, inResource(result.rejected));
  const { findings, named, prepared } = result;
  const worst = findings.length === 0 ? undefined : findings.find((finding) => source.keepsBack(finding.code));
  if (worst !== undefined) return keepBack(source, page, index, entry, inResource(worst));
  if (!named) {
    const message = 'the identifier of the entry is no identifier of its resource';
    addNote(page.notes, { index, severity: 'warning', code: 'HUB-618', at: '/identifier', message, identifier });
  }
  for (const finding of findings)
    addNote(page.notes, { index, severity: 'warning', ...inResource(finding), identifier });
  page.entries.push({ index, prepared });
};

const addDeletion = (source: PageSource, page: Collected, index: number, entry: Entry): void => {
  const { identifier } = entry;
  if (identifier !== null && identifier.trim() !== '') page.deletions.push({ index, identifier });
  else {
    const message = 'a deletion needs the identifier of the resource';
    keepBack(source, page, index, entry, { code: 'HUB-610', at: '/identifier', message });
  }
};

const readEntry = (value: unknown): Entry | null => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  const { identifier = null, resource = null } = value as {
    readonly identifier?: unknown;
    readonly resource?: unknown;
  };
  return identifier === null || typeof identifier === 'string' ? { identifier, resource } : null;
};

// Texts of pages of walks, remembered by what they rest on: where much is asked for whole, again and again, and little changes between. Bounded by size; those used
// least lately go first. Called by walk.ts; decides nothing about who may see what.
import type { TenantReads } from '#store/store.ts';

/** A page as it was written: right for as long as nothing in the organisation has changed since. */
export type KeptPage = {
  /** Texts of the documents, joined by commas, UTF-8. */
  readonly text: Buffer;
  readonly count: number;
  readonly seen: Float64Array;
  readonly next: number | null;
};

type Kept = { readonly page: KeptPage; readonly reads: TenantReads; readonly position: number; readonly bytes: number };

export type WalkTexts = {
  /** Null where it is not known, or something has changed: `position` is the newest change before the question. */
  readonly find: (key: string, reads: TenantReads, position: number) => KeptPage | null;
  readonly keep: (key: string, reads: TenantReads, position: number, page: KeptPage) => void;
};

/** Makes a memory that holds at most so many bytes. */
export const createWalkTexts = (maxBytes: number): WalkTexts => {
  const pages = new Map<string, Kept>();
  let held = 0;
  const drop = (key: string): void => {
    const known = pages.get(key);
    if (known === undefined) return;
    pages.delete(key);
    held -= known.bytes;
  };
  return {
    find: (key, reads, position) => {
      const known = pages.get(key);
      if (known === undefined) return null;
      if (known.reads !== reads || known.position !== position) {
        drop(key);
        return null;
      }
      pages.delete(key);
      pages.set(key, known);
      return known.page;
    },
    keep: (key, reads, position, page) => {
      drop(key);
      const bytes = page.text.length + page.seen.byteLength + key.length;
      pages.set(key, { page, reads, position, bytes });
      held += bytes;
      for (const oldest of pages.keys()) {
        if (held <= maxBytes) break;
        drop(oldest);
      }
    },
  };
};

// A name for the history that an organisation's data is read from, to keep beside whatever is remembered by position or version: after another server
// has taken over, or older data was put back, the same numbers may stand for something else. Used by the memories of this folder.
import type { TenantReads } from '#store/store.ts';

/** The same for as long as the reads of an organisation are the same object (`TenantStore.reads`), and never again; of no other organisation. */
export const historyOf = (reads: TenantReads): string => {
  let name = names.get(reads);
  if (name === undefined) {
    named += 1;
    names.set(reads, (name = `h${named}`));
  }
  return name;
};

const names = new WeakMap<TenantReads, string>();
let named = 0;

// What a sandbox collection is, and the few value shapes that every FINT resource uses.
// Called by the files that build collections; the adapter reads the result. It must not know any particular class.

import type { Links } from './links.ts';

export type SandboxEntry = { readonly identifier: string; readonly resource: Readonly<Record<string, unknown>> };

/** One collection of the county; `entries` starts a fresh, lazy pass each time, `total` says how many it gives. */
export type SandboxCollection = {
  readonly collection: string;
  readonly total: number;
  readonly entries: () => Iterable<SandboxEntry>;
};

/** Makes a collection from keys that are cheap to walk and a builder that turns one key into one entry. */
export const collection = <K>(
  path: string,
  keys: () => Iterable<K>,
  build: (key: K) => SandboxEntry,
): SandboxCollection => {
  let counted: number | undefined;
  return {
    collection: path,
    get total() {
      if (counted === undefined) {
        counted = 0;
        for (const _ of keys()) counted += 1;
      }
      return counted;
    },
    *entries() {
      for (const key of keys()) yield build(key);
    },
  };
};

/** Walks 0, 1, 2 … up to, not including, `size`, where `keep` agrees. */
export function* range(size: number, keep?: (index: number) => boolean): Generator<number> {
  for (let index = 0; index < size; index += 1) if (keep === undefined || keep(index)) yield index;
}

export type Identifier = { readonly identifikatorverdi: string };

/** Writes an Identifikator. */
export const identified = (value: string): Identifier => ({ identifikatorverdi: value });

/** Makes an entry known by its systemId: identifier first, then its attributes, then its links. */
export const bySystemId = (systemId: string, attributes: object, links?: Links): SandboxEntry => ({
  identifier: systemId,
  resource:
    links === undefined
      ? { systemId: { identifikatorverdi: systemId }, ...attributes }
      : { systemId: { identifikatorverdi: systemId }, ...attributes, _links: links },
});

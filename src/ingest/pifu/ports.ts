// What the import of a file needs around it, and what it gives. Types only.
import type { PifuFinding } from '#formats/pifu/record.ts';

/** Where entries go: one list for each collection, in order. */
export type ImportSink = {
  readonly entry: (collection: string, identifier: string, resource: object) => void;
  readonly removed: (collection: string, identifier: string) => void;
};

/** Lines put aside and read once, in the same order. */
export type ImportSpool = {
  readonly put: (line: string) => void;
  readonly read: () => Iterable<string>;
};

/** What is known of a group, from this file or from one before. Nothing of persons. */
export type KnownGroup = {
  readonly key: string;
  readonly type: string;
  /** Key of the school; null for owners. */
  readonly school: string | null;
  /** `20262027`. */
  readonly year: string | null;
  /** Keys of the subjects that are taught in it. */
  readonly subjects: readonly string[];
  readonly level: number | null;
};

export type ImportTell = (finding: PifuFinding) => void;

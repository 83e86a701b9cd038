// The contract of quality: reading everything of an organisation, slice by slice, and keeping what has been found. A system task and no
// caller's query, so it takes no plan: only quality and the composition may import this file (the layer check sees to it). What is kept is
// derived: it can be thrown away and is then found again.
import type { CollectionPath } from '#model/model.ts';
import type { Eventually, IdentifierValue } from './store.ts';

/** A delivered link of a resource that could be read: the identifier that it names, and who has that now (null = nobody). */
export type NamedLink = {
  readonly relation: string;
  readonly collection: CollectionPath;
  readonly field: string;
  readonly value: string;
  readonly uid: number | null;
};

/** A resource as quality sees it. */
export type WholeResource = {
  readonly uid: number;
  /** Feed position of its last change. */
  readonly position: number;
  readonly collection: CollectionPath;
  /** The application that delivered it. */
  readonly source: string;
  /** True when it is protected, or links to something that is: nothing of it may be shown but that it has a finding. */
  readonly guarded: boolean;
  /** The primary identifier first. */
  readonly identifiers: readonly IdentifierValue[];
  /** The members before `_links`: JSON text without the outer braces. */
  readonly attributes: string;
  /** The delivered `_links`, and all that show, as canonical JSON text: `self` first. */
  readonly ownLinks: string;
  readonly shownLinks: string;
  readonly links: readonly NamedLink[];
};

export type ChangedResource = {
  readonly position: number;
  readonly uid: number;
  readonly collection: CollectionPath;
  readonly kind: 'created' | 'updated' | 'removed' | 'identifier-changed';
  /** Identifiers that it had before, for removed and identifier-changed; empty once erased. */
  readonly before: readonly IdentifierValue[];
};

/** Where a walk over what links to one identifier goes on; the store's own form. */
export type LinkCursor = readonly [relation: number, source: number];

export type QualitySource = {
  /** The end of the change feed, the name of its present history, and whether inverse links beyond FINT's own show. */
  readonly head: () => Eventually<{
    readonly position: number;
    readonly epoch: string;
    readonly extraBackLinks: boolean;
  }>;
  /** Collections that hold something, or held. */
  readonly collections: () => Eventually<readonly { readonly path: CollectionPath; readonly count: number }[]>;
  /** Changes of all collections after a position, in order. */
  readonly changes: (after: number, limit: number) => Eventually<readonly ChangedResource[]>;
  /** Uids of a collection after one, ascending. */
  readonly uids: (collection: CollectionPath, after: number, limit: number) => Eventually<readonly number[]>;
  /** Null when it is gone. */
  readonly read: (uid: number) => Eventually<WholeResource | null>;
  /** The same of several, index-aligned: one question where the data are far away. */
  readonly readAll: (uids: readonly number[]) => Eventually<readonly (WholeResource | null)[]>;
  /** A number that stands for an identifier as long as somebody links to it; null when nobody ever named it. */
  readonly keyOf: (collection: CollectionPath, identifier: IdentifierValue) => Eventually<number | null>;
  /** Links that are delivered to the identifier of a key: by whom, with the feed position of its last change, and where to go on. */
  readonly linkedTo: (
    key: number,
    after: LinkCursor | null,
    limit: number,
  ) => Eventually<{
    readonly sources: readonly {
      readonly uid: number;
      readonly collection: CollectionPath;
      readonly relation: string;
      readonly position: number;
    }[];
    readonly next: LinkCursor | null;
  }>;
  /** Who has these identifiers, index-aligned. */
  readonly resolve: (
    refs: readonly { readonly collection: CollectionPath; readonly field: string; readonly value: string }[],
  ) => Eventually<readonly (number | null)[]>;
  /** Whether a resource delivers a link by the relation to another one. */
  readonly delivers: (uid: number, relation: string, target: number) => Eventually<boolean>;
  /** When a sync run of the collection last completed, epoch ms; null when none has. */
  readonly syncedAt: (collection: CollectionPath) => Eventually<number | null>;
};

/** One thing wrong with one resource. `place` = relation, or attribute path; `count` = links or values concerned. */
export type StoredFinding = {
  readonly rule: string;
  readonly place: string;
  /** Which part of the rule failed; '' for rules of one part. */
  readonly detail: string;
  readonly count: number;
};

/** What has been found of one resource. `nested` = keys of the identifiers that links inside its attributes name. */
export type Examined = {
  readonly uid: number;
  readonly collection: CollectionPath;
  readonly source: string;
  readonly findings: readonly StoredFinding[];
  readonly nested: readonly number[];
};

/**
 * Resources still to be looked at again because of an identifier that they name. `flawed` = only those that have findings; `asking` = those, and
 * those whose link has to be answered.
 */
export type Spread = {
  readonly kind: 'link' | 'nested';
  readonly key: number;
  readonly only: 'all' | 'flawed' | 'asking';
  /** Feed position of what happened: what has changed later is looked at anyway. */
  readonly position: number;
  readonly after: LinkCursor | null;
};

/** One step forward: everything or nothing of it is kept. */
export type QualityStep = {
  readonly examined: readonly Examined[];
  readonly gone: readonly number[];
  /** The feed has been read up to here; null = as before. */
  readonly position: number | null;
  readonly enqueue: readonly number[];
  readonly dequeue: readonly number[];
  readonly addSpreads: readonly Spread[];
  /** The oldest spread has got this far; null = it is done. Undefined = untouched. */
  readonly spread?: { readonly id: number; readonly after: LinkCursor | null };
  /** Collections to be walked again from the beginning. */
  readonly addSweeps: readonly CollectionPath[];
  /** A walk has got this far; null = it is done. */
  readonly sweep?: { readonly collection: CollectionPath; readonly after: number | null };
};

export type QualityState = { readonly position: number; readonly epoch: string; readonly mark: string };

export type QualityWork = {
  readonly pending: readonly number[];
  readonly spread: (Spread & { readonly id: number }) | null;
  readonly sweep: { readonly collection: CollectionPath; readonly after: number } | null;
};

export type Tally = {
  readonly collection: CollectionPath;
  readonly source: string;
  readonly rule: string;
  readonly place: string;
  readonly detail: string;
  readonly resources: number;
  readonly count: number;
};

export type Examination = {
  readonly collection: CollectionPath;
  readonly source: string;
  readonly examined: number;
  readonly flawed: number;
};

/** Per day: of a rule how many links or values it found; of a collection as a whole (`rule` '') how many resources, and how many with findings. */
export type TrendRow = {
  /** `2026-01-05` */
  readonly day: string;
  readonly collection: CollectionPath;
  readonly rule: string;
  readonly count: number;
  readonly resources: number;
};

export type QualityResults = {
  /** Null before anything was examined. */
  readonly state: () => Eventually<QualityState | null>;
  /** Forgets all findings (not the trend) and begins anew: everything in these collections is to be looked at. */
  readonly begin: (state: QualityState, collections: readonly CollectionPath[]) => Eventually<void>;
  /** What comes next, at most `limit` pending uids. */
  readonly work: (limit: number) => Eventually<QualityWork>;
  /** Those that have findings. */
  readonly flawed: (uids: readonly number[]) => Eventually<readonly number[]>;
  /** Resources with a link inside their attributes to the identifier of a key, ascending. */
  readonly nestedTo: (key: number, after: number, limit: number) => Eventually<readonly number[]>;
  readonly apply: (step: QualityStep) => Eventually<void>;
  /** How much is queued: resources, spreads, and the collections still to be walked with the uid that the walk has reached. */
  readonly backlog: () => Eventually<{
    readonly pending: number;
    readonly spreads: number;
    readonly sweeps: readonly CollectionPath[];
  }>;
  readonly tallies: (collection: CollectionPath | null) => Eventually<readonly Tally[]>;
  readonly examinations: (collection: CollectionPath | null) => Eventually<readonly Examination[]>;
  /** The first resources (lowest uids) with a finding of the rule at the place. */
  readonly sample: (
    of: { readonly collection: CollectionPath; readonly rule: string; readonly place: string },
    limit: number,
  ) => Eventually<readonly { readonly uid: number; readonly detail: string; readonly count: number }[]>;
  /** Puts the counts of now as those of the day, and drops days before another. */
  readonly putTrend: (day: string, dropBefore: string) => Eventually<void>;
  /** By day, then collection and rule. */
  readonly trend: (query: {
    readonly collection: CollectionPath | null;
    readonly from: string;
    readonly to: string;
  }) => Eventually<readonly TrendRow[]>;
  /** The last day of the trend; '' when there is none. */
  readonly lastDay: () => Eventually<string>;
};

export type QualityStore = {
  readonly source: QualitySource;
  readonly results: QualityResults;
  /**
   * Runs work while no other process examines the organisation, and keeps what it keeps when it ends. Null when another one does: nothing was
   * run. Never twice at once on one store.
   */
  readonly alone: <T>(work: () => Promise<T>) => Promise<T | null>;
  /** True when answers come over a network: whoever waits for them keeps nobody in this process from work. */
  readonly far: boolean;
  readonly close: () => Eventually<void>;
};

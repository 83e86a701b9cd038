// The rows of one organisation as the writing half sees them within one transaction. Implemented by each dialect, used by everything in this
// folder. Every method but those of `Ahead` and `Walks` answers at once: an engine over a network has the rows in memory by then, because the
// caller has asked for them with `ready`, and writes out what was changed when the transaction ends. Also what is changed must have been ready
// before, but for links that are only inserted. Knows no rule of links or protection.
import type { Eventually } from '../store.ts';

/** A stored resource. `keys` = ids of its identifiers, the primary one first; `split` = where `_links` begins in the text of the body. */
export type ResourceRow = {
  readonly uid: number;
  readonly position: number;
  readonly born: number;
  /** Laid out in protection-bits.ts. */
  readonly protection: number;
  readonly keys: readonly number[];
  readonly split: number;
  /** Text of the delivered `_links`; null when the body shows exactly those. */
  readonly own: string | null;
  readonly body: string;
};

/** An identifier: it outlives its resource and may be there before it. `uid` null = nobody has it; then `lastUid` is the one that last had it. */
export type IdentifierRow = {
  readonly id: number;
  readonly collection: number;
  /** Id of the word. */
  readonly field: number;
  readonly value: string;
  readonly uid: number | null;
  readonly lastUid: number | null;
  /** Of the resource that has, or last had, it. */
  readonly protection: number;
  /** Order of the run that removed the resource; null when it was not removed. */
  readonly removedBy: number | null;
};

/** A delivered link as its target sees it: who links, by which relation, and the identifier by which the source is shown in return. */
export type LinkToRow = {
  readonly relation: number;
  readonly source: number;
  readonly field: number;
  readonly value: string;
  readonly protection: number;
};

/** A delivered link as its source sees it, with the identifier at its end. */
export type LinkFromRow = {
  readonly target: number;
  readonly relation: number;
  readonly sourceIdentifier: number;
  readonly collection: number;
  readonly uid: number | null;
  readonly lastUid: number | null;
  readonly protection: number;
};

/**
 * What is about to be looked at. Each is walked through once, before anything is awaited: the walk may look at rows that are at hand. Words, counters, `newest`, `marked` and `lastIdentifier` are always at hand; so
 * is what the work has written itself. More than was asked for may be made ready; less never.
 */
export type Needs = {
  /** Resources by themselves: their rows, and the identifier rows of their keys. Nothing that links. */
  readonly resources?: Iterable<number>;
  /**
   * Resources (or what is left of them) with everything next to them: their rows, the identifiers that they have and that they gave up, what links
   * to those, what they link to, and the identifier rows at the other ends.
   */
  readonly around?: Iterable<number>;
  /** Identifiers by value, with the content hash and the protection column of who has them. Not what links to them. */
  readonly named?: Iterable<NamedIdentifier>;
  /** Identifier rows by id, with what links to them. */
  readonly identifiers?: Iterable<number>;
  /** Places in the change feed. */
  readonly changes?: Iterable<number>;
};

export type NamedIdentifier = { readonly collection: number; readonly field: number; readonly value: string };

/** Looking ahead. An embedded engine needs none. */
export type Ahead = {
  /** False where everything is at hand always: then nobody asks, and nobody awaits for nothing. */
  readonly looksAhead: boolean;
  /** How many are made ready together. */
  readonly atOnce: number;
  /** Null when everything is at hand already. One at a time; what was made ready stays so until `flush`. */
  readonly ready: (needs: Needs) => Promise<void> | null;
  /**
   * Between two slices: as `flush` where more is held than an engine wants to hold, so that a work on everything that is stored takes no more memory
   * than a few slices. Null when nothing has to be let go of; what is looked at afterwards has to be asked for again either way.
   */
  readonly makeRoom: () => Promise<void> | null;
};

/** Walks over what may be everything that is stored, what the work has written included; ascending, a slice at a time, from beyond `after`. */
export type Walks = {
  readonly resourcesAfter: (after: number, below: number, limit: number) => Eventually<readonly number[]>;
  /** Identifiers of a collection that nobody has or had, after an id. */
  readonly neverCameAfter: (collection: number, after: number, limit: number) => Eventually<readonly number[]>;
  readonly identifiersAfter: (after: number, limit: number) => Eventually<readonly IdentifierRow[]>;
  /** Writes out what has been changed so far, and forgets what was made ready: between slices, so that a walk takes no more memory than one. */
  readonly flush: () => Eventually<void>;
};

/** The words of an organisation as small numbers. A new word gets the next one. */
export type WordRows = {
  readonly find: (kind: 'collection' | 'word', text: string) => number | null;
  readonly add: (kind: 'collection' | 'word', text: string) => number;
  /** '' when there is none. */
  readonly text: (kind: 'collection' | 'word', id: number) => string;
};

export type ResourceRows = {
  readonly resource: (uid: number) => ResourceRow | null;
  /** Without what may be long. */
  readonly outline: (uid: number) => Pick<ResourceRow, 'keys' | 'protection'> | null;
  /** Content hash; empty when there is no such resource, or after a part of it was erased. */
  readonly hash: (uid: number) => Buffer;
  readonly position: (uid: number) => number;
  /** The protection column; 0 when there is no such resource. */
  readonly bits: (uid: number) => number;
  /** A new resource is about to get links and identifiers, and then to be inserted: nothing is stored of it and nothing leads to it. */
  readonly beginResource: (uid: number) => void;
  /** It is born at its position, protection 0. */
  readonly insertResource: (
    row: Omit<ResourceRow, 'born' | 'protection'> & { readonly hash: Buffer; readonly source: string },
  ) => void;
  readonly updateResource: (
    row: Omit<ResourceRow, 'born' | 'protection'> & { readonly hash: Buffer; readonly source: string },
  ) => void;
  /** Another delivered form that shows nothing else. */
  readonly updateDelivered: (
    row: Pick<ResourceRow, 'uid' | 'keys' | 'own'> & { readonly hash: Buffer; readonly source: string },
  ) => void;
  readonly updateBody: (row: Pick<ResourceRow, 'uid' | 'position' | 'own' | 'body'>) => void;
  /** After a part was erased: the hash is emptied, so that the next delivery is compared by what it shows. */
  readonly rewriteBody: (row: Pick<ResourceRow, 'uid' | 'split' | 'own' | 'body'>) => void;
  /** The same under another address of the hub: the hash stays. */
  readonly moveBody: (row: Pick<ResourceRow, 'uid' | 'split' | 'own' | 'body'>) => void;
  readonly placeResource: (uid: number, position: number) => void;
  readonly writeBits: (uid: number, position: number, bits: number) => void;
  /** Bits that nobody sees a difference by. */
  readonly writeMarks: (uid: number, bits: number) => void;
  readonly deleteResource: (uid: number) => void;
};

export type IdentifierRows = {
  readonly identifier: (id: number) => IdentifierRow | null;
  readonly named: (collection: number, field: number, value: string) => IdentifierRow | null;
  /** Who has it, with the content hash of that resource: what a delivery asks first, and mostly all that it asks. */
  readonly holder: (
    collection: number,
    field: number,
    value: string,
  ) => { readonly id: number; readonly uid: number | null; readonly hash: Buffer | null } | null;
  /** Ids of identifiers that a resource gave up and nobody has. */
  readonly formerOf: (uid: number) => readonly number[];
  /** The highest id given so far; 0 = none. */
  readonly lastIdentifier: () => number;
  readonly insertIdentifier: (collection: number, field: number, value: string, uid: number | null) => number;
  readonly giveIdentifier: (id: number, uid: number) => void;
  /** Nobody has it any more; who had it is the last that did. `order` is that of the run that removed the resource, null when it was given up. */
  readonly takeIdentifier: (id: number, order: number | null) => void;
  readonly writeIdentifierLevel: (id: number, level: number) => void;
  readonly deleteIdentifier: (id: number) => void;
};

export type LinkRows = {
  /** By relation and source. */
  readonly linksTo: (target: number) => readonly LinkToRow[];
  /** Only those whose source is protected; in any order. */
  readonly guardedLinksTo: (target: number) => readonly LinkToRow[];
  readonly sourcesOf: (target: number) => readonly number[];
  readonly linksFrom: (source: number) => readonly LinkFromRow[];
  /** Only those to what is protected or has never come. */
  readonly guardedLinksFrom: (source: number) => readonly LinkFromRow[];
  /** Uids of what the resource links to by the relation. */
  readonly linkedUids: (source: number, relation: number) => readonly number[];
  readonly hasLink: (source: number, relation: number) => boolean;
  /** Nothing happens when the link is there already. */
  readonly insertLink: (target: number, relation: number, source: number, sourceIdentifier: number) => void;
  readonly deleteLink: (target: number, relation: number, source: number) => void;
  readonly deleteLinksFrom: (source: number) => void;
  readonly deleteLinksTo: (target: number) => void;
};

export type ChangeRow = {
  readonly position: number;
  readonly collection: number;
  readonly uid: number;
  readonly kind: number;
  readonly at: number;
  readonly before: string | null;
  readonly level: number;
  readonly noticed: string | null;
  /** What has changed, by name (changed-names.ts); null when nothing is named. */
  readonly fields: string | null;
};

export type Counter = { readonly next: number; readonly count: number; readonly position: number };

export type FeedRows = {
  /** Place and time of the newest change; zeros when there is none. */
  readonly newest: () => { readonly position: number; readonly at: number };
  readonly change: (position: number) => Pick<ChangeRow, 'position' | 'at' | 'level' | 'noticed'> | null;
  readonly insertChange: (row: ChangeRow) => void;
  /** What the feed says of a resource that is erased names no identifier any more. */
  readonly forgetBefore: (uid: number) => void;
  readonly counter: (collection: number) => Counter;
  /** `at` = time of the change; 0 = none. */
  readonly writeCounter: (collection: number, counter: Counter, at: number) => void;
  readonly addToSegment: (collection: number, number: number, delta: number, position: number) => void;
  /** Collections of which an entry has carried a marking. */
  readonly marked: () => readonly number[];
  readonly setMarked: (collection: number) => void;
};

export type BesideRows = {
  /** Nothing happens when the value is there already. */
  readonly insertIndexed: (collection: number, path: number, folded: string, uid: number) => void;
  readonly deleteIndexed: (collection: number, path: number, folded: string, uid: number) => void;
  readonly clearIndex: () => void;
  /** Nothing happens when it is kept already. */
  readonly insertPastSubject: (about: number, uid: number) => void;
  /** Takes the place of what was kept. */
  readonly insertPastLife: (uid: number, born: number, gone: number) => void;
};

export type Rows = Ahead & Walks & WordRows & ResourceRows & IdentifierRows & LinkRows & FeedRows & BesideRows;

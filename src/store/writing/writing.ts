// The writing half of an organisation, over the rows of whichever engine: one work at a time within a transaction that the dialect begins and
// commits. Puts resources, identifiers and links, and at the end renders the links of everything that others now point at and finds what is
// protected, so that a stored body is always complete. Called by the dialects; knows no database.
import { yieldToLoop } from '#base/clock.ts';
import type { Clock } from '#base/clock.ts';
import type { Collection, CollectionPath, Model } from '#model/model.ts';
import type { Eventually, IdentifierValue, TenantWrite, WriteEvent } from '../store.ts';
import { createAttributeIndex } from './attribute-index.ts';
import { createChanges } from './change-writer.ts';
import { createDelivered } from './delivered.ts';
import { createEraser } from './erase.ts';
import type { IdentifierRef } from './erase.ts';
import { createIdentifiers } from './identifiers.ts';
import { lookingAhead } from './looking-ahead.ts';
import { namesOf } from './names.ts';
import { createPastSubjects } from './past-subjects.ts';
import { createProtection } from './protection-writer.ts';
import { attributesIn, createResourceWriter } from './resource-writer.ts';
import type { Rows } from './rows.ts';
import { storedResource } from './stored-resource.ts';
import { subjectRules } from './subject-rules.ts';
import { collectionOf } from './uids.ts';

/** Entries of the ledger of erasures, as the data have to follow them. */
export type LedgerEntry = { readonly id: string; readonly hashes: ReadonlySet<string> };

export type WritingDeps = {
  readonly model: Model;
  readonly clock: Pick<Clock, 'now'>;
  /** The public address that stored links begin with. */
  readonly base: () => string;
  /** Inverse links beyond FINT's own rules. */
  readonly extraBackLinks: () => boolean;
  /** Whether any of a resource's identifiers is kept back, since it was erased. */
  readonly keepsBack: (collection: CollectionPath, identifiers: readonly IdentifierValue[]) => boolean;
};

/** What this folder does; everything else in a write transaction is beside it. */
type OfRows =
  | 'marked'
  | 'read'
  | 'delivered'
  | 'erase'
  | 'expect'
  | 'expectRemoved'
  | 'match'
  | 'put'
  | 'remove'
  | 'removedOrder'
  | 'settle';

/** What a work does beside rows, each engine in its own way. */
export type Beside = {
  readonly writes: Omit<TenantWrite, OfRows>;
  /** Takes every text out of the events that the test picks. */
  readonly scrubEvents: (names: (event: WriteEvent) => boolean) => Eventually<void>;
  readonly erasures: {
    readonly hashOf: (ref: IdentifierRef) => string;
    /** Enters an erasure in the ledger and in the data. Gives its id. */
    readonly enter: (reason: string, refs: readonly IdentifierRef[]) => Eventually<string>;
    /** Entries of the ledger that the data do not follow yet. */
    readonly unfollowed: () => Eventually<readonly LedgerEntry[]>;
    /** Notes that the data follow an entry. */
    readonly followed: (id: string) => Eventually<void>;
  };
};

/** What follows from another model, other settings or older data: each is a work of its own. */
export type Following = {
  /** Renders the links of every resource again: after the set of back-link rules has changed. */
  readonly relinkAll: () => Promise<void>;
  /** Indexes every resource again: after the model's indexed attributes have changed. */
  readonly reindexAll: () => Promise<void>;
  /** Erases what the ledger of erasures holds and the data do not follow yet. */
  readonly followLedger: () => Promise<void>;
};

export type Work = TenantWrite & Following;

export type Writing = {
  /** The bookkeeping of one work. The rows are its own until it is done. */
  readonly begin: (rows: Rows, beside: Beside) => Work;
};

const slice = 200;

/** Works out once what the model says of protection. */
export const createWriting = ({ model, clock, base: baseNow, extraBackLinks, keepsBack }: WritingDeps): Writing => {
  const rules = subjectRules(model);

  const inverseOf = (source: Collection, relation: string): string | null => {
    const rule = source.links.get(relation);
    if (rule === undefined || rule.inverse === null) return null;
    return rule.fintBackLink || extraBackLinks() ? rule.inverse : null;
  };

  const begin: Writing['begin'] = (rows, { writes, scrubEvents, erasures }) => {
    const base = baseNow();
    const look = lookingAhead(rows);
    const names = namesOf(rows);
    const hashes = new Map<number, Buffer>();
    const identifiers = createIdentifiers(rows, names, hashes);
    const index = createAttributeIndex(rows, names, model);
    const past = createPastSubjects(rows, names, rules);
    const changes = createChanges(rows, look, clock, () => protection.isActive());
    const protection = createProtection({
      rows,
      look,
      names,
      rules,
      changes,
      base,
      showsBack: (path, relation) => {
        const collection = model.collections.get(path);
        return collection !== undefined && inverseOf(collection, relation) !== null;
      },
    });
    const { removeNow, redraw, touchHead, settleLinks, expect, expectRemoved, ...resources } = createResourceWriter({
      rows,
      look,
      names,
      model,
      rules,
      identifiers,
      hashes,
      changes,
      protection,
      past,
      index,
      base,
      inverseOf,
      keepsBack,
    });
    /** Has the links of a resource rendered, and its protection found, again at the end. */
    const relink = (uid: number): void => {
      protection.doubt(uid);
      redraw(uid);
    };
    const eraser = createEraser({
      rows,
      look,
      names,
      model,
      base,
      remove: removeNow,
      touch: touchHead,
      relink,
      dropIdentifier: (id) => {
        protection.dropping(id);
        identifiers.drop(id);
      },
      scrubEvents,
    });

    const read: TenantWrite['read'] = async (uid) => {
      await look(() => ({ resources: [uid] }));
      const row = rows.resource(uid);
      if (row === null) return null;
      await look(() => ({ changes: [row.position] }));
      const change = rows.change(row.position) ?? { at: 0, level: 0, noticed: null };
      return storedResource({ ...row, body: Buffer.from(row.body) }, { ...change, position: row.position }, 3);
    };

    const settle = async (): Promise<void> => {
      let sinceYield = 0;
      const breathe = async (work: number): Promise<void> => {
        sinceYield += work;
        if (sinceYield < 200) return;
        sinceYield = 0;
        await yieldToLoop();
      };
      await protection.settleOwn(breathe);
      await settleLinks(breathe);
      await changes.write(breathe, await protection.settleLinked(breathe));
      protection.settled();
    };

    /** Works through all resources, a slice at a time, so that an organisation of any size takes no more memory than one slice. */
    const throughAll = async (work: (uids: readonly number[]) => Promise<void>): Promise<void> => {
      for (let after = 0; ;) {
        const uids = await rows.resourcesAfter(after, Number.MAX_SAFE_INTEGER, slice);
        if (uids.length === 0) return;
        after = uids.at(-1) ?? after;
        await work(uids);
        await rows.flush();
      }
    };

    return {
      ...writes,
      ...resources,
      ...(rows.looksAhead ? { expect, expectRemoved } : {}),
      read,
      delivered: createDelivered(rows, look, identifiers.valuesOf),
      marked: (path) => protection.isMarked(names.internCollection(path)),
      erase: async (uids, reason) => {
        const what = await eraser.find(uids);
        if (what.refs.length === 0) return null;
        const id = await erasures.enter(reason, what.refs);
        await eraser.erase(what);
        return id;
      },
      settle,
      relinkAll: () =>
        throughAll(async (uids) => {
          for (const uid of uids) relink(uid);
          await settle();
        }),
      reindexAll: async () => {
        index.clear();
        await throughAll(async (uids) => {
          await look(() => ({ resources: uids }));
          for (const uid of uids) {
            const row = rows.resource(uid);
            const id = collectionOf(uid);
            const collection = model.collections.get(names.path(id));
            if (row === null || collection === undefined) continue;
            const attributes = attributesIn(row.body, row.split);
            index.add(id, collection, { uid, attributes, identifiers: identifiers.valuesOf(row.keys) });
          }
          await yieldToLoop();
        });
      },
      followLedger: async () => {
        const unfollowed = await erasures.unfollowed();
        if (unfollowed.length > 0) {
          const kept = new Set(unfollowed.flatMap((entry) => [...entry.hashes]));
          const found = await eraser.search((ref) => kept.has(erasures.hashOf(ref)), yieldToLoop);
          await eraser.erase(await eraser.find(found.uids, found.rows));
          for (const { id } of unfollowed) await erasures.followed(id);
        }
        await settle();
      },
    };
  };

  return { begin };
};

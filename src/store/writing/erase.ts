// Erasure within a write transaction: resources, every identifier that they had, what the feed and the events of clients say of them, and the
// links of others to them. Used by writing.ts, for erasures asked for and for those that older data must still follow.
import { encodeSegment, hrefOf, withoutHrefs } from '#model/href.ts';
import type { CollectionPath, Model } from '#model/model.ts';
import type { Eventually, WriteEvent } from '../store.ts';
import { parseLinks, renderLinks } from './links.ts';
import type { Look } from './looking-ahead.ts';
import type { Names } from './names.ts';
import type { IdentifierRow, Rows } from './rows.ts';
import { collectionOf } from './uids.ts';

/** An identifier by its words. */
export type IdentifierRef = { readonly collection: CollectionPath; readonly field: string; readonly value: string };

export type EraserParts = {
  readonly rows: Rows;
  readonly look: Look;
  readonly names: Names;
  readonly model: Model;
  readonly base: string;
  /** Removes a resource; with `erased` its entry in the feed names no identifier. */
  readonly remove: (path: string, uid: number, order: number, erased?: true) => void;
  /** Gives the resource a place in the feed as updated. `before` and `after` = its body up to the links. */
  readonly touch: (uid: number, before: string, after: string) => number;
  /** Has the links of a resource rendered, and its protection found, again at the end. */
  readonly relink: (uid: number) => void;
  /** Deletes an identifier to which nothing leads any more. */
  readonly dropIdentifier: (id: number) => void;
  /** Takes every text out of the events that the test picks. */
  readonly scrubEvents: (names: (event: WriteEvent) => boolean) => Eventually<void>;
};

/** What is to be erased: resources, present or gone, and the rows of all identifiers that are theirs. */
export type Erased = {
  readonly uids: ReadonlySet<number>;
  readonly rows: ReadonlySet<number>;
  readonly refs: readonly IdentifierRef[];
};

export type Eraser = {
  /** Finds what belongs to resources, and to identifier rows named outright. */
  readonly find: (uids: Iterable<number>, rows?: Iterable<number>) => Promise<Erased>;
  readonly erase: (what: Erased) => Promise<void>;
  /** Uids and identifier rows of everything whose identifier the test picks: walks through all there are. */
  readonly search: (
    picks: (ref: IdentifierRef) => boolean,
    breathe: () => Promise<void>,
  ) => Promise<{ readonly uids: ReadonlySet<number>; readonly rows: ReadonlySet<number> }>;
};

const rowsAtOnce = 2_000;

/** What one work erases. */
export const createEraser = (parts: EraserParts): Eraser => {
  const { rows, look, names, model, base } = parts;

  const refOf = ({ collection, field, value }: IdentifierRow): IdentifierRef => ({
    collection: names.path(collection),
    field: names.word(field),
    value,
  });

  /** Takes the links to erased identifiers out of what others delivered. */
  const forgetLinks = async (ids: ReadonlySet<number>, refs: readonly IdentifierRef[]): Promise<void> => {
    const sources = new Set<number>();
    for (const id of ids) {
      for (const source of rows.sourcesOf(id)) sources.add(source);
    }
    await look(() => ({ around: sources }));
    for (const id of ids) rows.deleteLinksTo(id);
    const hrefs = new Set(refs.map(({ collection, field, value }) => hrefOf(base, collection, field, value)));
    for (const uid of sources) {
      const row = rows.resource(uid);
      if (row === null) continue;
      const { body, split } = row;
      const head = withoutHrefs(body.slice(0, split), hrefs);
      const tail = body.slice(split, -1);
      const own = withoutTargets(uid, row.own ?? tail, hrefs);
      rows.rewriteBody({ uid, split: head.length, own, body: `${head}${tail}}` });
      if (head.length !== split) rows.placeResource(uid, parts.touch(uid, body.slice(0, split), head));
      parts.relink(uid);
    }
  };

  const withoutTargets = (uid: number, text: string, hrefs: ReadonlySet<string>): string => {
    const collection = model.collections.get(names.path(collectionOf(uid)));
    if (collection === undefined) return withoutHrefs(text, hrefs);
    const links = parseLinks(text);
    for (const [relation, all] of links) {
      const left = all.filter((href) => !hrefs.has(href));
      if (left.length > 0 || relation === 'self') links.set(relation, left);
      else links.delete(relation);
    }
    return renderLinks(collection, links, null);
  };

  return {
    find: async (wanted, named = []) => {
      const uids = new Set(wanted);
      const ids = new Set(named);
      await look(() => ({ around: uids, identifiers: ids }));
      for (const uid of uids) {
        for (const id of rows.formerOf(uid)) ids.add(id);
        for (const key of rows.outline(uid)?.keys ?? []) ids.add(key);
      }
      const refs = [...ids].flatMap((id) => {
        const row = rows.identifier(id);
        return row === null ? [] : [refOf(row)];
      });
      return { uids, rows: ids, refs };
    },
    erase: async ({ uids, rows: ids, refs }) => {
      for (const uid of uids) {
        if (rows.outline(uid) !== null) parts.remove(names.path(collectionOf(uid)), uid, 0, true);
        rows.forgetBefore(uid);
      }
      await forgetLinks(ids, refs);
      for (const id of ids) parts.dropIdentifier(id);
      await parts.scrubEvents(naming(uids, refs));
    },
    search: async (picks, breathe) => {
      const uids = new Set<number>();
      const ids = new Set<number>();
      for (let after = 0; ;) {
        const page = await rows.identifiersAfter(after, rowsAtOnce);
        for (const row of page) {
          if (!picks(refOf(row))) continue;
          ids.add(row.id);
          const uid = row.uid ?? row.lastUid;
          if (uid !== null) uids.add(uid);
        }
        if (page.length < rowsAtOnce) return { uids, rows: ids };
        after = page.at(-1)?.id ?? after;
        await rows.flush();
        await breathe();
      }
    },
  };
};

/** Whether an event is about an erased resource, or a text that came with it names one. Rather one too many: the event itself stays. */
const naming = (uids: ReadonlySet<number>, refs: readonly IdentifierRef[]): ((event: WriteEvent) => boolean) => {
  const needles = refs.flatMap(({ collection, field, value }) => [
    `/${collection}/${field}/${encodeSegment(value)}"`,
    JSON.stringify(value),
  ]);
  return ({ uid, collection, target, value, filter, answer }) =>
    (uid !== null && uids.has(uid)) ||
    refs.some(
      (ref) =>
        (target !== null &&
          ref.collection === collection &&
          ref.field === target.field &&
          ref.value === target.value) ||
        (filter !== null && filter.includes(ref.value)),
    ) ||
    [value, answer].some((text) => text !== null && needles.some((needle) => text.includes(needle)));
};

// Erasure within a write transaction: resources, every identifier that they had, what the feed and the events of clients say of them, and the
// links of others to them. Used by client-writes.ts for erasures asked for, and by tenant.ts for those that older data must still follow.
import type { DatabaseSync } from 'node:sqlite';
import { encodeSegment, hrefOf, withoutHrefs } from '#model/href.ts';
import type { Model } from '#model/model.ts';
import type { WriteEvent } from '../store.ts';
import { numberOf, statement, textOf } from './driver.ts';
import type { IdentifierRef } from './erasure-ledger.ts';
import { parseLinks, renderLinks } from './links.ts';
import type { Names } from './names.ts';
import { collectionOf } from './schema.ts';

/** What the transaction lends. */
export type ErasingParts = {
  /** Removes a resource; with `erased` its entry in the feed names no identifier. */
  readonly remove: (path: string, uid: number, order: number, erased?: true) => void;
  /** Gives the resource a place in the feed as updated. */
  readonly touch: (uid: number) => number;
  /** Has the links of a resource rendered, and its protection found, again at the end. */
  readonly relink: (uid: number) => void;
  /** Deletes an identifier to which nothing leads any more. */
  readonly dropIdentifier: (id: number) => void;
};

export type EraserDeps = {
  readonly db: DatabaseSync;
  readonly names: Names;
  readonly model: Model;
  readonly base: () => string;
  /** Takes every text out of the events that the test picks. */
  readonly scrubEvents: (names: (event: WriteEvent) => boolean) => void;
};

/** What is to be erased: resources, present or gone, and the rows of all identifiers that are theirs. */
export type Erasing = {
  readonly uids: ReadonlySet<number>;
  readonly rows: ReadonlySet<number>;
  readonly refs: readonly IdentifierRef[];
};

export type Eraser = {
  /** Finds what belongs to resources, and to identifier rows named outright. */
  readonly find: (uids: Iterable<number>, rows?: Iterable<number>) => Erasing;
  readonly erase: (what: Erasing, parts: ErasingParts) => void;
  /** Uids and identifier rows of everything whose identifier the test picks: walks through all there are. */
  readonly search: (
    picks: (ref: IdentifierRef) => boolean,
    breathe: () => Promise<void>,
  ) => Promise<{ readonly uids: ReadonlySet<number>; readonly rows: ReadonlySet<number> }>;
};

const rowsAtOnce = 2_000;

/** Prepares the statements of the write connection. */
export const createEraser = ({ db, names, model, base, scrubEvents }: EraserDeps): Eraser => {
  const sql = (text: string) => statement(db, text);
  const keysOf = sql('SELECT keys FROM resource WHERE uid = ?');
  const formerOf = sql('SELECT id FROM identifier WHERE last_uid = ? AND uid IS NULL');
  const identifier = sql('SELECT collection, field, value, uid, last_uid FROM identifier WHERE id = ?');
  const known = sql('SELECT EXISTS (SELECT 1 FROM resource WHERE uid = ?) AS n');
  const slice = sql(
    `SELECT id, collection, field, value, uid, last_uid FROM identifier WHERE id > ? ORDER BY id LIMIT ${rowsAtOnce}`,
  );
  const sourcesOf = sql('SELECT DISTINCT source FROM link WHERE target = ?');
  const dropLinksTo = sql('DELETE FROM link WHERE target = ?');
  const readSource = sql('SELECT split, own, body FROM resource WHERE uid = ?');
  // Without a hash the next delivery is compared by what it shows.
  const writeSource = sql(`UPDATE resource SET hash = x'', split = ?, own = ?, body = ? WHERE uid = ?`);
  const placeSource = sql('UPDATE resource SET position = ? WHERE uid = ?');
  const forgetBefore = sql(`UPDATE change SET before = '[]' WHERE uid = ? AND before IS NOT NULL`);

  const refOf = (row: Record<string, unknown>): IdentifierRef => ({
    collection: names.path(numberOf(row, 'collection')),
    field: names.word(numberOf(row, 'field')),
    value: textOf(row, 'value'),
  });

  /** Takes the links to erased identifiers out of what others delivered. */
  const forgetLinks = (rows: ReadonlySet<number>, refs: readonly IdentifierRef[], parts: ErasingParts): void => {
    const sources = new Set<number>();
    for (const row of rows) {
      for (const source of sourcesOf.all(row)) sources.add(numberOf(source, 'source'));
      dropLinksTo.run(row);
    }
    const hrefs = new Set(refs.map(({ collection, field, value }) => hrefOf(base(), collection, field, value)));
    for (const uid of sources) {
      const row = readSource.get(uid);
      if (row === undefined) continue;
      const [body, split] = [textOf(row, 'body'), numberOf(row, 'split')];
      const head = withoutHrefs(body.slice(0, split), hrefs);
      const tail = body.slice(split, -1);
      const own = withoutTargets(uid, typeof row['own'] === 'string' ? row['own'] : tail, hrefs);
      writeSource.run(head.length, own, `${head}${tail}}`, uid);
      if (head.length !== split) placeSource.run(parts.touch(uid), uid);
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
    find: (wanted, named = []) => {
      const uids = new Set(wanted);
      const rows = new Set(named);
      for (const uid of uids) {
        for (const row of formerOf.all(uid)) rows.add(numberOf(row, 'id'));
        const keys: readonly number[] = JSON.parse(textOf(keysOf.get(uid), 'keys') || '[]');
        for (const key of keys) rows.add(key);
      }
      const refs = [...rows].flatMap((id) => {
        const row = identifier.get(id);
        return row === undefined ? [] : [refOf(row)];
      });
      return { uids, rows, refs };
    },
    erase: ({ uids, rows, refs }, parts) => {
      for (const uid of uids) {
        if (numberOf(known.get(uid), 'n') === 1) parts.remove(names.path(collectionOf(uid)), uid, 0, true);
        forgetBefore.run(uid);
      }
      forgetLinks(rows, refs, parts);
      for (const row of rows) parts.dropIdentifier(row);
      scrubEvents(naming(uids, refs));
    },
    search: async (picks, breathe) => {
      const uids = new Set<number>();
      const rows = new Set<number>();
      for (let after = 0; ;) {
        const page = slice.all(after);
        for (const row of page) {
          if (!picks(refOf(row))) continue;
          rows.add(numberOf(row, 'id'));
          const uid = row['uid'] ?? row['last_uid'];
          if (typeof uid === 'number') uids.add(uid);
        }
        if (page.length < rowsAtOnce) return { uids, rows };
        after = numberOf(page.at(-1), 'id');
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

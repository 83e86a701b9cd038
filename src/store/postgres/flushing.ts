// Writes out what a work has changed: one statement for each kind of row and some thousand rows, with the rows as lists, all sent together. What
// goes is deleted before what comes is inserted, so that an identifier can be given anew. (COPY into a temporary table and a merge from there is
// no faster than a binary list at any number of rows: 100,000 resources take 460 ms either way.) Called by rows.ts.
import { yieldToLoop } from '#base/clock.ts';
import { bytesList, int4s, int8s, texts } from './arrays.ts';
import type { Cell, Connection, Sql } from './database.ts';
import { keptText } from './kept-text.ts';
import type { CollectionRow } from './tenant-state.ts';
import { bytesOfBody } from './working-set.ts';
import type { Resource, WorkingSet } from './working-set.ts';

/** Words that the work has added, by id, and collections that it has added or counted on. */
export type Additions = {
  readonly words: Map<number, string>;
  readonly collections: Map<number, CollectionRow & { readonly path: string }>;
  /** How many collections there are. */
  readonly count: () => number;
};

/** What has been sent is worked on by the server while the next is put together here. */
const breathe = (rows: number): Promise<void> | null => (rows < rowsAtOnce ? null : yieldToLoop());

/**
 * Resolves when everything is written; what was looked at stays in memory. Rejects with the first error. `allSent` is called when the last
 * statement is on its way.
 */
export const writeOut = async (
  set: WorkingSet,
  additions: Additions,
  connection: Connection,
  tenant: number,
  allSent: () => void = () => {},
): Promise<void> => {
  const sent: Promise<unknown>[] = [];
  const send = (sql: Sql, values: readonly Cell[]): void => {
    const asked = connection.query(sql, [tenant, ...values]);
    // Waited for at the end; a failure in between is nobody's yet.
    asked.catch(() => {});
    sent.push(asked);
  };
  const each = <T>(sql: Sql, rows: readonly T[], lists: (slice: readonly T[]) => readonly Cell[]): void => {
    for (let at = 0; at < rows.length; at += rowsAtOnce)
      send(sql, lists(rows.length <= rowsAtOnce ? rows : rows.slice(at, at + rowsAtOnce)));
  };

  each(insertWords, [...additions.words], (slice) => [
    int4s(slice.map(([id]) => id)),
    texts(slice.map(([, text]) => keptText(text))),
  ]);
  each(putCollections, [...additions.collections.values()], (slice) => [
    int4s(slice.map(({ id }) => id)),
    texts(slice.map(({ path }) => keptText(path))),
    int8s(slice.map(({ next }) => next)),
    int8s(slice.map(({ count }) => count)),
    int8s(slice.map(({ position }) => position)),
    int8s(slice.map(({ changedAt }) => changedAt)),
    int4s(slice.map(({ marked }) => (marked ? 1 : 0))),
  ]);
  additions.words.clear();
  additions.collections.clear();

  if (set.isIndexCleared)
    // One by one, so that no statement takes as long as the organisation is large.
    for (let id = 1; id <= additions.count(); id += 1) send(clearIndex, [id]);
  set.isIndexCleared = false;
  writeGone(set, each);
  await breathe(set.dirtyIdentifiers.size);
  writeIdentifiers(set, each);
  await breathe(set.linkChanges.size);
  writeLinks(set, each);
  for (const slice of bySize(set)) {
    const [inserted, overwritten] = [slice.filter(({ isNew }) => isNew), slice.filter(({ isNew }) => !isNew)];
    if (inserted.length > 0) send(putResources, resourceLists(inserted));
    if (overwritten.length > 0) send(overwriteResources, resourceLists(overwritten));
    await breathe(slice.length);
  }
  for (const resource of set.dirtyResources) resource.isNew = false;
  set.dirtyResources.clear();
  await breathe(set.newChanges.length);
  writeFeed(set, each);
  await breathe(set.indexed.size);
  writeBeside(set, each, send);
  allSent();
  await Promise.all(sent);
};

const rowsAtOnce = 4_000;

// A statement is held in memory whole, here and by the server.
const bytesAtOnce = 8_388_608;

type Each = <T>(sql: Sql, rows: readonly T[], lists: (slice: readonly T[]) => readonly Cell[]) => void;
type Send = (sql: Sql, values: readonly Cell[]) => void;

/** Resources to be written, some at a time. */
const bySize = function* (set: WorkingSet): Iterable<readonly Resource[]> {
  let slice: Resource[] = [];
  let bytes = 0;
  for (const resource of set.dirtyResources) {
    slice.push(resource);
    bytes += bytesOfBody(resource).length + (resource.own?.length ?? 0);
    if (slice.length < rowsAtOnce && bytes < bytesAtOnce) continue;
    yield slice;
    slice = [];
    bytes = 0;
  }
  if (slice.length > 0) yield slice;
};

const resourceLists = (slice: readonly Resource[]): readonly Cell[] => [
  int8s(slice.map(({ uid }) => uid)),
  int8s(slice.map(({ position }) => position)),
  int8s(slice.map(({ born }) => born)),
  int4s(slice.map(({ protection }) => protection)),
  bytesList(slice.map(({ hash }) => hash)),
  texts(slice.map(({ source }) => keptText(source))),
  texts(slice.map(({ keys }) => `{${keys.join(',')}}`)),
  int4s(slice.map(({ split }) => split)),
  texts(slice.map(({ own }) => own)),
  bytesList(slice.map(bytesOfBody)),
];

const writeGone = (set: WorkingSet, each: Each): void => {
  each(deleteResources, [...set.deletedResources], (uids) => [int8s(uids)]);
  each(deleteIdentifiers, [...set.deletedIdentifiers], (ids) => [int8s(ids)]);
  // Before anything new is said of them.
  each(forgetBefore, [...set.forgotten], (uids) => [int8s(uids)]);
  set.deletedResources.clear();
  set.deletedIdentifiers.clear();
  set.forgotten.clear();
};

const writeLinks = (set: WorkingSet, each: Each): void => {
  const changes = [...set.linkChanges.values()].flat();
  each(
    deleteLinks,
    changes.filter(({ isThere }) => !isThere),
    (slice) => [
      int8s([...new Set(slice.map(({ link }) => link.source))]),
      texts(slice.map(({ link: { target, relation, source } }) => `${target} ${relation} ${source}`)),
    ],
  );
  each(
    insertLinks,
    changes.filter(({ isThere }) => isThere),
    (slice) => [
      int8s(slice.map(({ link }) => link.target)),
      int4s(slice.map(({ link }) => link.relation)),
      int8s(slice.map(({ link }) => link.source)),
      int8s(slice.map(({ link }) => link.sourceIdentifier)),
    ],
  );
  set.linkChanges.clear();
  set.cameTo.clear();
};

const writeIdentifiers = (set: WorkingSet, each: Each): void => {
  const all = [...set.dirtyIdentifiers];
  const lists = (slice: typeof all): readonly Cell[] => [
    int8s(slice.map(({ id }) => id)),
    int8s(slice.map(({ uid }) => uid)),
    int8s(slice.map(({ lastUid }) => lastUid)),
    int8s(slice.map(({ removedBy }) => removedBy)),
    int4s(slice.map(({ protection }) => protection)),
    int4s(slice.map(({ collection }) => collection)),
    int4s(slice.map(({ field }) => field)),
    texts(slice.map(({ value }) => keptText(value))),
  ];
  each(
    insertIdentifiers,
    all.filter(({ isNew }) => isNew),
    (slice) => lists([...slice]),
  );
  each(
    overwriteIdentifiers,
    all.filter(({ isNew }) => !isNew),
    (slice) => lists([...slice]),
  );
  for (const identifier of all) identifier.isNew = false;
  set.dirtyIdentifiers.clear();
};

const writeFeed = (set: WorkingSet, each: Each): void => {
  each(insertChanges, set.newChanges, (slice) => [
    int8s(slice.map(({ position }) => position)),
    int4s(slice.map(({ collection }) => collection)),
    int8s(slice.map(({ uid }) => uid)),
    int4s(slice.map(({ kind }) => kind)),
    int8s(slice.map(({ at }) => at)),
    texts(slice.map(({ before }) => before)),
    int4s(slice.map(({ level }) => level)),
    texts(slice.map(({ noticed }) => noticed)),
    texts(slice.map(({ fields }) => fields)),
  ]);
  each(addToSegments, [...set.segments.values()], (slice) => [
    int4s(slice.map(({ collection }) => collection)),
    int4s(slice.map(({ number }) => number)),
    int4s(slice.map(({ delta }) => delta)),
    int8s(slice.map(({ position }) => position)),
  ]);
  set.newChanges.length = 0;
  set.segments.clear();
};

const writeBeside = (set: WorkingSet, each: Each, send: Send): void => {
  const indexed = [...set.indexed.values()].flat();
  for (const { collection, path, folded, uid, isThere } of indexed)
    if (!isThere) send(deleteIndexed, [collection, path, folded, uid]);
  each(
    insertIndexed,
    indexed.filter(({ isThere }) => isThere),
    (slice) => [
      int4s(slice.map(({ collection }) => collection)),
      int4s(slice.map(({ path }) => path)),
      texts(slice.map(({ folded }) => folded)),
      int8s(slice.map(({ uid }) => uid)),
    ],
  );
  each(insertPastSubjects, [...set.pastSubjects.values()], (slice) => [
    int8s(slice.map(({ about }) => about)),
    int8s(slice.map(({ uid }) => uid)),
  ]);
  each(putPastLives, [...set.pastLives.values()], (slice) => [
    int8s(slice.map(({ uid }) => uid)),
    int8s(slice.map(({ born }) => born)),
    int8s(slice.map(({ gone }) => gone)),
  ]);
  set.indexed.clear();
  set.pastSubjects.clear();
  set.pastLives.clear();
};

const insertWords: Sql = {
  name: 'insert_words',
  text: 'INSERT INTO word (tenant, id, text) SELECT $1::integer, w.id, w.text FROM unnest($2::int4[], $3::text[]) AS w (id, text)',
};
const putCollections: Sql = {
  name: 'put_collections',
  text: `INSERT INTO collection AS c (tenant, id, path, next, count, position, changed_at, marked)
    SELECT $1::integer, w.id, w.path, w.next, w.count, w.position, w.changed_at, w.marked = 1
    FROM unnest($2::int4[], $3::text[], $4::int8[], $5::int8[], $6::int8[], $7::int8[], $8::int4[])
      AS w (id, path, next, count, position, changed_at, marked)
    ON CONFLICT (tenant, id) DO UPDATE SET next = excluded.next, count = excluded.count, position = excluded.position,
      changed_at = excluded.changed_at, marked = excluded.marked`,
};
const deleteResources: Sql = {
  name: 'delete_resources',
  text: 'DELETE FROM resource WHERE tenant = $1 AND uid = ANY ($2::int8[])',
};
const deleteIdentifiers: Sql = {
  name: 'delete_identifiers',
  text: 'DELETE FROM identifier WHERE tenant = $1 AND id = ANY ($2::int8[])',
};
const forgetBefore: Sql = {
  name: 'forget_before',
  text: `UPDATE change SET before = '[]' WHERE tenant = $1 AND uid = ANY ($2::int8[]) AND before IS NOT NULL`,
};
const clearIndex: Sql = {
  name: 'clear_index',
  text: 'DELETE FROM attribute_index WHERE tenant = $1 AND collection = $2',
};
// By the source, which has few; its other links are told apart by the rest of the key.
const deleteLinks: Sql = {
  name: 'delete_links',
  text: `DELETE FROM link WHERE tenant = $1 AND source = ANY ($2::int8[])
    AND target::text || ' ' || relation::text || ' ' || source::text = ANY ($3::text[])`,
};
// One that went and came again within the work is there, perhaps with another identifier of its source.
const insertLinks: Sql = {
  name: 'insert_links',
  text: `INSERT INTO link (tenant, target, relation, source, source_identifier)
    SELECT $1::integer, w.target, w.relation, w.source, w.source_identifier
    FROM unnest($2::int8[], $3::int4[], $4::int8[], $5::int8[]) AS w (target, relation, source, source_identifier)
    ON CONFLICT (tenant, target, relation, source) DO UPDATE SET source_identifier = excluded.source_identifier`,
};
const insertIdentifiers: Sql = {
  name: 'insert_identifiers',
  text: `INSERT INTO identifier (tenant, id, uid, last_uid, removed_by, protection, collection, field, value)
    SELECT $1::integer, w.id, w.uid, w.last_uid, w.removed_by, w.protection, w.collection, w.field, w.value
    FROM unnest($2::int8[], $3::int8[], $4::int8[], $5::int8[], $6::int4[], $7::int4[], $8::int4[], $9::text[])
      AS w (id, uid, last_uid, removed_by, protection, collection, field, value)`,
};
const overwriteIdentifiers: Sql = {
  name: 'overwrite_identifiers',
  text: `${insertIdentifiers.text}
    ON CONFLICT (tenant, id) DO UPDATE SET uid = excluded.uid, last_uid = excluded.last_uid, removed_by = excluded.removed_by,
      protection = excluded.protection`,
};
const putResources: Sql = {
  name: 'put_resources',
  text: `INSERT INTO resource (tenant, uid, position, born, protection, hash, source, keys, split, own, body)
    SELECT $1::integer, w.uid, w.position, w.born, w.protection, w.hash, w.source, w.keys::int8[], w.split, w.own, w.body
    FROM unnest($2::int8[], $3::int8[], $4::int8[], $5::int4[], $6::bytea[], $7::text[], $8::text[], $9::int4[], $10::text[], $11::bytea[])
      AS w (uid, position, born, protection, hash, source, keys, split, own, body)`,
};
// An update from a list could walk through the whole table for each row of it; this goes by the key.
const overwriteResources: Sql = {
  name: 'overwrite_resources',
  text: `${putResources.text}
    ON CONFLICT (tenant, uid) DO UPDATE SET position = excluded.position, protection = excluded.protection, hash = excluded.hash,
      source = excluded.source, keys = excluded.keys, split = excluded.split, own = excluded.own, body = excluded.body`,
};
const insertChanges: Sql = {
  name: 'insert_changes',
  text: `INSERT INTO change (tenant, position, collection, uid, kind, at, before, level, noticed, fields)
    SELECT $1::integer, w.position, w.collection, w.uid, w.kind, w.at, w.before, w.level, w.noticed, w.fields
    FROM unnest($2::int8[], $3::int4[], $4::int8[], $5::int4[], $6::int8[], $7::text[], $8::int4[], $9::text[], $10::text[])
      AS w (position, collection, uid, kind, at, before, level, noticed, fields)`,
};
const addToSegments: Sql = {
  name: 'add_to_segments',
  text: `INSERT INTO segment AS s (tenant, collection, number, count, position)
    SELECT $1::integer, w.collection, w.number, w.count, w.position
    FROM unnest($2::int4[], $3::int4[], $4::int4[], $5::int8[]) AS w (collection, number, count, position)
    ON CONFLICT (tenant, collection, number) DO UPDATE SET count = s.count + excluded.count, position = excluded.position`,
};
const deleteIndexed: Sql = {
  name: 'delete_indexed',
  text: 'DELETE FROM attribute_index WHERE tenant = $1 AND collection = $2 AND path = $3 AND folded = $4 AND uid = $5',
};
const insertIndexed: Sql = {
  name: 'insert_indexed',
  text: `INSERT INTO attribute_index (tenant, collection, path, folded, uid) SELECT $1::integer, w.collection, w.path, w.folded, w.uid
    FROM unnest($2::int4[], $3::int4[], $4::text[], $5::int8[]) AS w (collection, path, folded, uid) ON CONFLICT DO NOTHING`,
};
const insertPastSubjects: Sql = {
  name: 'insert_past_subjects',
  text: `INSERT INTO past_subject (tenant, about, uid) SELECT $1::integer, w.about, w.uid FROM unnest($2::int8[], $3::int8[]) AS w (about, uid)
    ON CONFLICT DO NOTHING`,
};
const putPastLives: Sql = {
  name: 'put_past_lives',
  text: `INSERT INTO past_life (tenant, uid, born, gone) SELECT $1::integer, w.uid, w.born, w.gone
    FROM unnest($2::int8[], $3::int8[], $4::int8[]) AS w (uid, born, gone)
    ON CONFLICT (tenant, uid) DO UPDATE SET born = excluded.born, gone = excluded.gone`,
};

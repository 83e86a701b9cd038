// Reading everything of an organisation for quality: the whole change feed, whole resources, and who links to whom. Called by quality.ts of
// this folder; reads only, each answer from one statement and so from one state of the data.
import type { NamedLink, QualitySource, WholeResource } from '../quality.ts';
import { identifiersIn, kindOf } from '../read-changes.ts';
import { bytesOf, numberOf, numbersOf, textOf } from './cells.ts';
import type { Cell, Database, Row, Sql } from './database.ts';
import { keptText, textKept } from './kept-text.ts';

const sql = (name: string, text: string): Sql => ({ name: `quality_source_${name}`, text });

// A uid is the id of its collection times this, plus the order of creation.
const uidsOfCollection = 2 ** 40;

const readHead = sql(
  'head',
  `SELECT coalesce((SELECT position FROM tenant_state WHERE tenant = $1), 0) AS position,
     (SELECT value FROM meta WHERE tenant = $1 AND name = 'epochs') AS epochs,
     (SELECT value FROM meta WHERE tenant = $1 AND name = 'back_links') AS back_links`,
);
const readCollections = sql('collections', 'SELECT path, count FROM collection WHERE tenant = $1 ORDER BY id');
// Joins are written so that the planner cannot turn them round (`OFFSET 0`): of tables that have just been filled it knows nothing, and would
// walk through all of them for each row of a list.
const readChanges = sql(
  'changes',
  `SELECT c.position, k.path, c.uid, c.kind, c.before
   FROM (SELECT position, collection, uid, kind, before FROM change WHERE tenant = $1 AND position > $2::bigint
         ORDER BY position LIMIT $3::integer) c
   CROSS JOIN LATERAL (SELECT path FROM collection WHERE tenant = $1 AND id = c.collection OFFSET 0) k ORDER BY c.position`,
);
const readUids = sql(
  'uids',
  `SELECT uid FROM resource WHERE tenant = $1 AND uid > $2::bigint AND uid < $3::bigint ORDER BY uid LIMIT $4::integer`,
);
const findCollection = sql('collection', 'SELECT id FROM collection WHERE tenant = $1 AND path = $2::text');
const readResources = sql(
  'resources',
  // Numbers for what repeats: looked up by the server, the words of each link would cost more than all the rest.
  `SELECT r.uid, r.position, r.source, r.protection, r.split, r.own, r.body, i.fields, i.identifiers,
     l.relations, l.link_collections, l.link_fields, l.link_values, l.link_uids
   FROM (SELECT uid, position, source, protection, split, own, body, keys FROM resource
         WHERE tenant = $1 AND uid = ANY($2::bigint[]) OFFSET 0) r
   CROSS JOIN LATERAL (
     SELECT array_agg(i.field ORDER BY n.place) AS fields, array_agg(i.value ORDER BY n.place) AS identifiers
     FROM unnest(r.keys) WITH ORDINALITY AS n (id, place)
     CROSS JOIN LATERAL (SELECT field, value FROM identifier WHERE tenant = $1 AND id = n.id OFFSET 0) i) i
   CROSS JOIN LATERAL (
     SELECT array_agg(l.relation) AS relations, array_agg(t.collection) AS link_collections, array_agg(t.field) AS link_fields,
       array_agg(t.value) AS link_values, array_agg(coalesce(t.uid, -1)) AS link_uids
     FROM (SELECT target, relation FROM link WHERE tenant = $1 AND source = r.uid ORDER BY target, relation OFFSET 0) l
     CROSS JOIN LATERAL (SELECT collection, field, value, uid FROM identifier WHERE tenant = $1 AND id = l.target OFFSET 0) t) l`,
);
const readWords = sql('words', 'SELECT id, text FROM word WHERE tenant = $1 AND id > $2::integer ORDER BY id');
const readPaths = sql(
  'paths',
  'SELECT id, path AS text FROM collection WHERE tenant = $1 AND id > $2::integer ORDER BY id',
);
const findIdentifiers = sql(
  'identifiers',
  `SELECT n.place, i.id, coalesce(i.uid, -1) AS uid
   FROM unnest($2::text[], $3::text[], $4::text[]) WITH ORDINALITY AS n (path, field, value, place)
   CROSS JOIN LATERAL (SELECT id FROM collection WHERE tenant = $1 AND path = n.path OFFSET 0) k
   CROSS JOIN LATERAL (SELECT id FROM word WHERE tenant = $1 AND text = n.field OFFSET 0) w
   CROSS JOIN LATERAL (
     SELECT id, uid FROM identifier WHERE tenant = $1 AND collection = k.id AND field = w.id AND value = n.value OFFSET 0) i`,
);
const readLinkedTo = sql(
  'linked_to',
  `SELECT l.relation, l.source, v.text AS word, k.path, r.position
   FROM (SELECT relation, source FROM link WHERE tenant = $1 AND target = $2::bigint AND (relation, source) > ($3::integer, $4::bigint)
         ORDER BY relation, source LIMIT $5::integer) l
   CROSS JOIN LATERAL (SELECT position FROM resource WHERE tenant = $1 AND uid = l.source OFFSET 0) r
   CROSS JOIN LATERAL (SELECT path FROM collection WHERE tenant = $1 AND id = l.source / ${uidsOfCollection} OFFSET 0) k
   CROSS JOIN LATERAL (SELECT text FROM word WHERE tenant = $1 AND id = l.relation OFFSET 0) v ORDER BY l.relation, l.source`,
);
const readDelivered = sql(
  'delivered',
  `SELECT 1 AS found
   FROM (SELECT target FROM link WHERE tenant = $1 AND source = $2::bigint
         AND relation = (SELECT id FROM word WHERE tenant = $1 AND text = $3::text) OFFSET 0) l
   CROSS JOIN LATERAL (SELECT uid FROM identifier WHERE tenant = $1 AND id = l.target OFFSET 0) i
   WHERE i.uid = $4::bigint LIMIT 1`,
);
const readSynced = sql(
  'synced',
  `SELECT touched_at FROM sync_run WHERE tenant = $1 AND collection = $2::text AND state = 'completed' ORDER BY run_order DESC LIMIT 1`,
);

/** Reads the data of one organisation, by its number. Rejects with what the database rejects with. */
export const createQualitySource = (database: Database, tenant: number): QualitySource => {
  const read = (statement: Sql, ...values: readonly Cell[]): Promise<readonly Row[]> =>
    database.query(tenant, statement, [tenant, ...values]);
  // Nobody's point read waits behind these.
  const readMany = (statement: Sql, ...values: readonly Cell[]): Promise<readonly Row[]> =>
    database.query(tenant, statement, [tenant, ...values], { long: true });

  const words = wordsBy((after) => readMany(readWords, after));
  const paths = wordsBy((after) => readMany(readPaths, after));

  // Once given, the number of a collection stays.
  const collections = new Map<string, number>();
  const collectionOf = async (path: string): Promise<number | null> => {
    const known = collections.get(path);
    if (known !== undefined) return known;
    const [row] = await read(findCollection, path);
    if (row === undefined) return null;
    collections.set(path, numberOf(row, 'id'));
    return numberOf(row, 'id');
  };

  /** Rows of identifiers that were ever named, by their place in the list. */
  const identifierRows = async (
    refs: readonly { readonly collection: string; readonly field: string; readonly value: string }[],
  ): Promise<ReadonlyMap<number, Row>> => {
    if (refs.length === 0) return new Map();
    const rows = await readMany(
      findIdentifiers,
      refs.map(({ collection }) => keptText(collection)),
      refs.map(({ field }) => keptText(field)),
      refs.map(({ value }) => keptText(value)),
    );
    return new Map(rows.map((row) => [numberOf(row, 'place') - 1, row]));
  };

  const readAll = async (uids: readonly number[]): Promise<readonly (WholeResource | null)[]> => {
    if (uids.length === 0) return [];
    const rows = await readMany(readResources, [...new Set(uids)]);
    for (const row of rows) {
      await words.know([...numbersOf(row, 'fields'), ...numbersOf(row, 'relations'), ...numbersOf(row, 'link_fields')]);
      await paths.know([Math.floor(numberOf(row, 'uid') / uidsOfCollection), ...numbersOf(row, 'link_collections')]);
    }
    const found = new Map(rows.map((row) => [numberOf(row, 'uid'), wholeOf(row, words.text, paths.text)]));
    return uids.map((uid) => found.get(uid) ?? null);
  };

  return {
    head: async () => {
      const [row] = await read(readHead);
      return {
        position: numberOf(row, 'position'),
        epoch: textOf(row, 'epochs'),
        extraBackLinks: textOf(row, 'back_links') !== 'fint',
      };
    },
    collections: async () =>
      (await read(readCollections)).map((row) => ({ path: textOf(row, 'path'), count: numberOf(row, 'count') })),
    changes: async (after, limit) =>
      (await readMany(readChanges, after, limit)).map((row) => ({
        position: numberOf(row, 'position'),
        uid: numberOf(row, 'uid'),
        collection: textOf(row, 'path'),
        kind: kindOf(numberOf(row, 'kind')),
        before: identifiersIn(textOf(row, 'before')),
      })),
    uids: async (path, after, limit) => {
      const id = await collectionOf(path);
      if (id === null) return [];
      const [first, end] = [id * uidsOfCollection, (id + 1) * uidsOfCollection];
      return (await readMany(readUids, Math.max(after, first - 1), end, limit)).map((row) => numberOf(row, 'uid'));
    },
    read: async (uid) => (await readAll([uid]))[0] ?? null,
    readAll,
    keyOf: async (collection, identifier) => {
      const row = (await identifierRows([{ collection, ...identifier }])).get(0);
      return row === undefined ? null : numberOf(row, 'id');
    },
    linkedTo: async (key, after, limit) => {
      const rows = await readMany(readLinkedTo, key, after?.[0] ?? -1, after?.[1] ?? -1, limit);
      const last = rows.length < limit ? undefined : rows.at(-1);
      return {
        sources: rows.map((row) => ({
          uid: numberOf(row, 'source'),
          collection: textOf(row, 'path'),
          relation: textOf(row, 'word'),
          position: numberOf(row, 'position'),
        })),
        next: last === undefined ? null : ([numberOf(last, 'relation'), numberOf(last, 'source')] as const),
      };
    },
    resolve: async (refs) => {
      const rows = await identifierRows(refs);
      return refs.map((_, index) => {
        const uid = rows.get(index)?.['uid'];
        return typeof uid === 'number' && uid >= 0 ? uid : null;
      });
    },
    delivers: async (uid, relation, target) => (await read(readDelivered, uid, relation, target)).length > 0,
    syncedAt: async (collection) => {
      const [row] = await read(readSynced, collection);
      return row === undefined ? null : numberOf(row, 'touched_at');
    },
  };
};

type TextOf = (id: number) => string;

/** What numbers stand for: read when one is met that is not known yet, and known for good. */
const wordsBy = (
  read: (after: number) => Promise<readonly Row[]>,
): { readonly know: (ids: readonly number[]) => Promise<void>; readonly text: TextOf } => {
  const known = new Map<number, string>();
  let last = -1;
  return {
    know: async (ids) => {
      if (ids.every((id) => known.has(id))) return;
      for (const row of await read(last)) {
        last = Math.max(last, numberOf(row, 'id'));
        known.set(numberOf(row, 'id'), textOf(row, 'text'));
      }
    },
    text: (id) => known.get(id) ?? '',
  };
};

const wholeOf = (row: Row, word: TextOf, path: TextOf): WholeResource => {
  const body = bytesOf(row, 'body').toString();
  const split = numberOf(row, 'split');
  const shownLinks = body.slice(split, -1);
  const values = textsOf(row, 'identifiers');
  return {
    uid: numberOf(row, 'uid'),
    position: numberOf(row, 'position'),
    collection: path(Math.floor(numberOf(row, 'uid') / uidsOfCollection)),
    source: textOf(row, 'source'),
    guarded: numberOf(row, 'protection') > 0,
    identifiers: numbersOf(row, 'fields').map((field, index) => ({
      field: word(field),
      value: textKept(values[index] ?? ''),
    })),
    attributes: body.slice(1, split - ',"_links":'.length),
    ownLinks: typeof row['own'] === 'string' ? row['own'] : shownLinks,
    shownLinks,
    links: linksOf(row, word, path),
  };
};

const linksOf = (row: Row, word: TextOf, path: TextOf): readonly NamedLink[] => {
  const [collections, fields] = [numbersOf(row, 'link_collections'), numbersOf(row, 'link_fields')];
  const values = textsOf(row, 'link_values');
  const uids = numbersOf(row, 'link_uids');
  return numbersOf(row, 'relations').map((relation, index) => {
    const uid = uids[index] ?? -1;
    return {
      relation: word(relation),
      collection: path(collections[index] ?? 0),
      field: word(fields[index] ?? 0),
      value: textKept(values[index] ?? ''),
      uid: uid < 0 ? null : uid,
    };
  });
};

/** A list of texts of a row by column name; empty when missing. */
const textsOf = (row: Row, column: string): readonly string[] => {
  const value = row[column];
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
};

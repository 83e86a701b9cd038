// Loads what a work is about to look at into its working set: what is missing, by one statement for each kind of row, all sent together, and a
// second time only for links to identifiers that were looked up by value and that nobody has. Called by rows.ts.
import type { IdentifierRow, NamedIdentifier, Needs } from '../writing/rows.ts';
import { int4s, int8s, texts } from './arrays.ts';
import { bytesOf, numberOf, numbersOf, textOf } from './cells.ts';
import type { Connection, Row, Sql } from './database.ts';
import { keptText, textKept } from './kept-text.ts';
import { findNamed, setNamed, takeIdentifier, takeLinksFrom, takeLinksTo, takeResource } from './working-set.ts';
import type { Identifier, Link, Resource, WorkingSet } from './working-set.ts';

export type Loading = {
  /** Null when all is there. */
  readonly ready: (needs: Needs) => Promise<void> | null;
  readonly resourcesAfter: (after: number, below: number, limit: number) => Promise<readonly number[]>;
  readonly neverCameAfter: (collection: number, after: number, limit: number) => Promise<readonly number[]>;
  readonly identifiersAfter: (after: number, limit: number) => Promise<readonly IdentifierRow[]>;
};

/** For one work of one organisation. */
export const createLoading = (set: WorkingSet, connection: Connection, tenant: number): Loading => {
  const ask = (sql: Sql, values: readonly (number | Buffer)[]) => connection.query(sql, [tenant, ...values]);

  const loadNamed = async (wanted: readonly NamedIdentifier[]): Promise<void> => {
    const rows = await ask(byName, [
      int4s(wanted.map(({ collection }) => collection)),
      int4s(wanted.map(({ field }) => field)),
      texts(wanted.map(({ value }) => keptText(value))),
    ]);
    for (const row of rows) {
      const identifier = takeIdentifier(set, identifierIn(row));
      const each = wanted[numberOf(row, 'nr') - 1];
      // By the text that was asked for: what cannot be kept as it is was looked up as what it is kept as.
      if (each !== undefined) setNamed(set, each, identifier);
      const uid = identifier?.uid ?? null;
      if (uid !== null && row['hash'] !== null && !set.outlines.has(uid))
        set.outlines.set(uid, { hash: Buffer.from(bytesOf(row, 'hash')), protection: numberOf(row, 'bits') });
    }
  };

  const takeAllTo = (rows: readonly Row[], targets: Iterable<number>): void => {
    const links = Map.groupBy(rows, (row) => numberOf(row, 'target'));
    for (const row of rows) takeIdentifier(set, identifierIn(row));
    for (const target of targets) takeLinksTo(set, target, links.get(target)?.map(linkIn) ?? none);
  };

  const loadIdentifiers = async (ids: readonly number[]): Promise<void> => {
    const unknown = ids.filter((id) => !set.identifiers.has(id));
    const unlinked = ids.filter((id) => !set.to.has(id));
    const [rows, links] = await Promise.all([
      unknown.length === 0 ? [] : ask(byId, [int8s(unknown)]),
      unlinked.length === 0 ? [] : ask(linksToEach, [int8s(unlinked)]),
    ]);
    for (const row of rows) takeIdentifier(set, identifierIn(row));
    for (const id of unknown) if (!set.identifiers.has(id)) set.identifiers.set(id, null);
    takeAllTo(links, unlinked);
  };

  const loadAround = async (uids: readonly number[]): Promise<void> => {
    const wanted = [int8s(uids)];
    const [resources, own, former, from, to] = await Promise.all([
      ask(resourcesOf, wanted),
      ask(identifiersOf, wanted),
      ask(formersOf, wanted),
      ask(linksFromEach, wanted),
      ask(linksToAll, wanted),
    ]);
    for (const row of resources) takeResource(set, numberOf(row, 'uid'), resourceIn(row));
    const targets = new Set<number>();
    for (const row of own) targets.add(numberOf(row, 'id'));
    for (const row of former) targets.add(numberOf(row, 'id'));
    for (const row of [own, former, from].flat()) takeIdentifier(set, identifierIn(row));
    takeAllTo(to, targets);
    const links = Map.groupBy(from, (row) => numberOf(row, 'source'));
    const formers = Map.groupBy(former, (row) => numberOf(row, 'last_uid'));
    for (const uid of uids) {
      takeResource(set, uid, null);
      takeLinksFrom(set, uid, links.get(uid)?.map(linkIn) ?? []);
      set.formers.set(
        uid,
        (formers.get(uid) ?? []).map((row) => numberOf(row, 'id')),
      );
      set.around.add(uid);
    }
  };

  /** With the last change of each: whoever wants a resource by itself mostly wants to know when it changed. */
  const loadResources = async (uids: readonly number[]): Promise<void> => {
    const wanted = [int8s(uids)];
    const [resources, own] = await Promise.all([ask(resourcesWithChange, wanted), ask(identifiersOf, wanted)]);
    for (const row of resources) {
      const position = numberOf(row, 'position');
      takeResource(set, numberOf(row, 'uid'), resourceIn(row));
      if (!set.changes.has(position)) set.changes.set(position, row['at'] === null ? null : changeIn(row, position));
    }
    for (const row of own) takeIdentifier(set, identifierIn(row));
    for (const uid of uids) takeResource(set, uid, null);
  };

  const loadChanges = async (positions: readonly number[]): Promise<void> => {
    for (const row of await ask(changesAt, [int8s(positions)])) {
      const position = numberOf(row, 'position');
      set.changes.set(position, changeIn(row, position));
    }
    for (const position of positions) if (!set.changes.has(position)) set.changes.set(position, null);
  };

  return {
    ready: ({ resources, around, named, identifiers, changes }) => {
      const loads: Promise<void>[] = [];
      if (resources !== undefined) {
        const missing = new Set<number>();
        for (const uid of resources) if (!set.resources.has(uid)) missing.add(uid);
        if (missing.size > 0) loads.push(loadResources([...missing]));
      }
      if (around !== undefined) {
        const missing = new Set<number>();
        // Of what was at hand before: identifiers that it has claimed since.
        const claimed = new Set<number>();
        for (const uid of around) {
          if (!set.around.has(uid)) missing.add(uid);
          else for (const key of set.resources.get(uid)?.keys ?? []) if (!set.to.has(key)) claimed.add(key);
        }
        if (missing.size > 0) loads.push(loadAround([...missing]));
        if (claimed.size > 0) loads.push(loadIdentifiers([...claimed]));
      }
      if (identifiers !== undefined) {
        const missing = new Set<number>();
        for (const id of identifiers) if (!set.identifiers.has(id) || !set.to.has(id)) missing.add(id);
        if (missing.size > 0) loads.push(loadIdentifiers([...missing]));
      }
      if (changes !== undefined) {
        const missing = new Set<number>();
        for (const position of changes) if (!set.changes.has(position)) missing.add(position);
        if (missing.size > 0) loads.push(loadChanges([...missing]));
      }
      if (named !== undefined) {
        const missing: NamedIdentifier[] = [];
        for (const name of named) {
          const known = findNamed(set, name);
          if (known === undefined) {
            // So that it is asked for once: there is none, unless it is found.
            setNamed(set, name, null);
            missing.push(name);
            continue;
          }
          // Known as the end of a link only, the hash of who has it is not at hand.
          if (known !== null && known.uid !== null && !hasHash(set, known.uid)) missing.push(name);
        }
        if (missing.length > 0) loads.push(loadNamed(missing));
      }
      return loads.length === 0 ? null : Promise.all(loads).then(() => {});
    },
    resourcesAfter: async (after, below, limit) =>
      (await ask(uidsBetween, [after, below, limit])).map((row) => numberOf(row, 'uid')),
    neverCameAfter: async (collection, after, limit) =>
      (await ask(neverCame, [collection, after, limit])).map((row) => numberOf(row, 'id')),
    identifiersAfter: async (after, limit) =>
      (await ask(identifiersFrom, [after, limit])).map(
        (row) => takeIdentifier(set, identifierIn(row)) ?? identifierIn(row),
      ),
  };
};

const none: readonly Link[] = [];

const hasHash = (set: WorkingSet, uid: number): boolean => set.resources.has(uid) || set.outlines.has(uid);

const resourceColumns = 'r.uid, r.position, r.born, r.hash, r.source, r.protection, r.keys, r.split, r.own, r.body';
const identifierColumns = 'i.id, i.collection, i.field, i.value, i.uid, i.last_uid, i.protection, i.removed_by';
const linkColumns = 'l.target, l.relation, l.source, l.source_identifier';

// Tables grow by orders of magnitude within one delivery, while the planner takes them for empty: left to itself it walks through a table once
// for each row of a list. `OFFSET 0` keeps a subquery from being merged into the rest, and so everything goes by a key, from left to right.
const identifierBy = (condition: string): string =>
  `CROSS JOIN LATERAL (SELECT ${identifierColumns} FROM identifier i WHERE i.tenant = $1 AND ${condition} OFFSET 0) i`;

const byName: Sql = {
  name: 'load_named',
  text: `SELECT w.nr, ${identifierColumns}, r.hash, r.bits
    FROM unnest($2::int4[], $3::int4[], $4::text[]) WITH ORDINALITY AS w (collection, field, value, nr)
    ${identifierBy('i.collection = w.collection AND i.field = w.field AND i.value = w.value')}
    LEFT JOIN LATERAL (
      SELECT r.hash, r.protection AS bits FROM resource r WHERE r.tenant = $1 AND r.uid = i.uid OFFSET 0) r ON true`,
};
const byId: Sql = {
  name: 'load_identifiers',
  text: `SELECT ${identifierColumns} FROM identifier i WHERE i.tenant = $1 AND i.id = ANY ($2::int8[])`,
};
const linksToEach: Sql = {
  name: 'load_links_to',
  text: `SELECT ${linkColumns}, ${identifierColumns} FROM link l ${identifierBy('i.id = l.source_identifier')}
    WHERE l.tenant = $1 AND l.target = ANY ($2::int8[])`,
};
const resourcesOf: Sql = {
  name: 'load_resources',
  text: `SELECT ${resourceColumns} FROM resource r WHERE r.tenant = $1 AND r.uid = ANY ($2::int8[])`,
};
const resourcesWithChange: Sql = {
  name: 'load_resources_with_change',
  text: `SELECT ${resourceColumns}, c.at, c.level, c.noticed FROM resource r
    LEFT JOIN LATERAL (
      SELECT c.at, c.level, c.noticed FROM change c WHERE c.tenant = $1 AND c.position = r.position OFFSET 0) c ON true
    WHERE r.tenant = $1 AND r.uid = ANY ($2::int8[])`,
};
const keysOf = 'SELECT unnest(r.keys) AS id FROM resource r WHERE r.tenant = $1 AND r.uid = ANY ($2::int8[])';
const formers = `identifier f WHERE f.tenant = $1 AND f.last_uid = ANY ($2::int8[]) AND f.uid IS NULL AND f.last_uid IS NOT NULL`;
const identifiersOf: Sql = {
  name: 'load_keys',
  text: `SELECT ${identifierColumns} FROM (${keysOf}) k ${identifierBy('i.id = k.id')}`,
};
const formersOf: Sql = {
  name: 'load_formers',
  text: `SELECT ${identifierColumns.replaceAll('i.', 'f.')} FROM ${formers}`,
};
const linksFromEach: Sql = {
  name: 'load_links_from',
  text: `SELECT ${linkColumns}, ${identifierColumns} FROM link l ${identifierBy('i.id = l.target')}
    WHERE l.tenant = $1 AND l.source = ANY ($2::int8[])`,
};
const linksToAll: Sql = {
  name: 'load_links_to_all',
  text: `SELECT ${linkColumns}, ${identifierColumns} FROM (${keysOf} UNION ALL SELECT f.id FROM ${formers}) k
    CROSS JOIN LATERAL (SELECT ${linkColumns} FROM link l WHERE l.tenant = $1 AND l.target = k.id OFFSET 0) l
    ${identifierBy('i.id = l.source_identifier')}`,
};
const changesAt: Sql = {
  name: 'load_changes',
  text: 'SELECT position, at, level, noticed FROM change WHERE tenant = $1 AND position = ANY ($2::int8[])',
};
const uidsBetween: Sql = {
  name: 'walk_resources',
  text: 'SELECT uid FROM resource WHERE tenant = $1 AND uid > $2 AND uid < $3 ORDER BY uid LIMIT $4',
};
const neverCame: Sql = {
  name: 'walk_never_came',
  text: `SELECT id FROM identifier WHERE tenant = $1 AND collection = $2 AND id > $3 AND uid IS NULL AND last_uid IS NULL
    ORDER BY id LIMIT $4`,
};
const identifiersFrom: Sql = {
  name: 'walk_identifiers',
  text: `SELECT ${identifierColumns} FROM identifier i WHERE i.tenant = $1 AND i.id > $2 ORDER BY i.id LIMIT $3`,
};

const resourceIn = (row: Row): Resource => ({
  uid: numberOf(row, 'uid'),
  born: numberOf(row, 'born'),
  position: numberOf(row, 'position'),
  protection: numberOf(row, 'protection'),
  keys: numbersOf(row, 'keys'),
  split: numberOf(row, 'split'),
  own: row['own'] === null ? null : textOf(row, 'own'),
  hash: Buffer.from(bytesOf(row, 'hash')),
  source: textOf(row, 'source'),
  text: null,
  bytes: bytesOf(row, 'body'),
  isNew: false,
});

const identifierIn = (row: Row): Identifier => ({
  id: numberOf(row, 'id'),
  collection: numberOf(row, 'collection'),
  field: numberOf(row, 'field'),
  value: textKept(textOf(row, 'value')),
  uid: numberOrNull(row, 'uid'),
  lastUid: numberOrNull(row, 'last_uid'),
  protection: numberOf(row, 'protection'),
  removedBy: numberOrNull(row, 'removed_by'),
  isNew: false,
});

const linkIn = (row: Row): Link => ({
  target: numberOf(row, 'target'),
  relation: numberOf(row, 'relation'),
  source: numberOf(row, 'source'),
  sourceIdentifier: numberOf(row, 'source_identifier'),
});

const changeIn = (row: Row, position: number) => ({
  position,
  at: numberOf(row, 'at'),
  level: numberOf(row, 'level'),
  noticed: row['noticed'] === null ? null : textOf(row, 'noticed'),
});

const numberOrNull = (row: Row, column: string): number | null => {
  const value = row[column];
  return typeof value === 'number' ? value : null;
};

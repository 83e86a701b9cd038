// Identifier rows within one transaction: found once and remembered, since a page names the same targets again and again. A row outlives its
// resource, and may stand there before it: links point at rows. Used by tenant-write.ts.
import type { DatabaseSync } from 'node:sqlite';
import type { ProtectionLevel } from '#model/model.ts';
import type { IdentifierValue } from '../store.ts';
import { bytesOf, numberOf, statement, textOf } from './driver.ts';
import type { Names } from './names.ts';
import { ownIn } from './protection-bits.ts';

/**
 * `uid` = the resource that has the identifier; null when none has. Then `last` is the one that had it, `protection` what that was, and `removed`
 * says that it was removed, not that it gave the identifier up. All three as they were when the row was first looked at, nothing while it has one.
 */
export type IdentifierRow = {
  readonly id: number;
  uid: number | null;
  readonly last: number | null;
  readonly protection: ProtectionLevel;
  readonly removed: boolean;
};

export type Identifiers = {
  /** Null when the identifier has never been named. */
  readonly find: (collection: number, identifier: IdentifierValue) => IdentifierRow | null;
  readonly findOrAdd: (collection: number, identifier: IdentifierValue) => IdentifierRow;
  /** Makes the identifier point at the resource; `fresh` says that no link to it can exist already. Throws when another resource has it. */
  readonly claim: (
    collection: number,
    identifier: IdentifierValue,
    uid: number,
  ) => {
    readonly id: number;
    readonly fresh: boolean;
    /** The row as it was before, when nobody had it. */
    readonly taken: IdentifierRow | null;
  };
  /** Takes the identifier from its resource; `order` is that of the run which removes it, null when it is only given up. */
  readonly release: (collection: number, id: number, order: number | null) => void;
  /** Deletes an identifier that nobody has and nothing leads to. */
  readonly drop: (id: number) => void;
};

const remembered = 200_000;

/**
 * Prepares the statements of one connection; gives what begins the bookkeeping of one transaction. Whoever looks up an identifier wants the
 * resource's content hash next: `hashes` takes it along.
 */
export const createIdentifierRows = (
  db: DatabaseSync,
  names: Names,
): {
  readonly begin: (hashes: Map<number, Buffer>) => Identifiers;
  readonly valuesOf: (keys: readonly number[]) => IdentifierValue[];
} => {
  const select = statement(
    db,
    'SELECT i.id, i.uid, r.hash FROM identifier i LEFT JOIN resource r ON r.uid = i.uid WHERE i.collection = ? AND i.field = ? AND i.value = ?',
  );
  const selectFormer = statement(db, 'SELECT last_uid, protection, removed_by FROM identifier WHERE id = ?');
  const insert = statement(db, 'INSERT INTO identifier (collection, field, value, uid) VALUES (?, ?, ?, ?)');
  const give = statement(db, 'UPDATE identifier SET uid = ?, removed_by = NULL WHERE id = ?');
  const take = statement(db, 'UPDATE identifier SET last_uid = uid, uid = NULL, removed_by = ? WHERE id = ?');
  const read = statement(db, 'SELECT field, value FROM identifier WHERE id = ?');
  const dropRow = statement(db, 'DELETE FROM identifier WHERE id = ? RETURNING collection, field, value');

  const begin = (hashes: Map<number, Buffer>): Identifiers => {
    const rows = new Map<string, IdentifierRow>();

    const remember = (key: string, row: IdentifierRow): IdentifierRow => {
      if (rows.size >= remembered) rows.clear();
      rows.set(key, row);
      return row;
    };

    const find = (collection: number, { field, value }: IdentifierValue): IdentifierRow | null => {
      const key = `${collection} ${field} ${value}`;
      const known = rows.get(key);
      if (known !== undefined) return known;
      const fieldId = names.find(field);
      const row = fieldId === null ? undefined : select.get(collection, fieldId, value);
      if (row === undefined) return null;
      const uid = typeof row['uid'] === 'number' ? row['uid'] : null;
      if (uid !== null && !hashes.has(uid)) hashes.set(uid, bytesOf(row, 'hash'));
      const id = numberOf(row, 'id');
      if (uid !== null) return remember(key, { id, uid, last: null, protection: 0, removed: false });
      const former = selectFormer.get(id);
      return remember(key, {
        id,
        uid,
        last: typeof former?.['last_uid'] === 'number' ? former['last_uid'] : null,
        protection: ownIn(numberOf(former, 'protection')),
        removed: typeof former?.['removed_by'] === 'number',
      });
    };

    const add = (collection: number, { field, value }: IdentifierValue, uid: number | null): IdentifierRow => {
      const id = Number(insert.run(collection, names.intern(field), value, uid).lastInsertRowid);
      return remember(`${collection} ${field} ${value}`, { id, uid, last: null, protection: 0, removed: false });
    };

    return {
      find,
      findOrAdd: (collection, identifier) => find(collection, identifier) ?? add(collection, identifier, null),
      claim: (collection, identifier, uid) => {
        const row = find(collection, identifier);
        if (row === null) return { id: add(collection, identifier, uid).id, fresh: true, taken: null };
        if (row.uid !== null && row.uid !== uid)
          throw new Error('an identifier that another resource has was put: match first');
        if (row.uid !== null) return { id: row.id, fresh: false, taken: null };
        give.run(uid, row.id);
        const taken = { ...row };
        row.uid = uid;
        return { id: row.id, fresh: false, taken };
      },
      release: (collection, id, order) => {
        take.run(order, id);
        const row = read.get(id);
        rows.delete(`${collection} ${names.word(numberOf(row, 'field'))} ${textOf(row, 'value')}`);
      },
      drop: (id) => {
        const row = dropRow.get(id);
        rows.delete(`${numberOf(row, 'collection')} ${names.word(numberOf(row, 'field'))} ${textOf(row, 'value')}`);
      },
    };
  };

  return {
    begin,
    valuesOf: (keys) =>
      keys.map((key) => {
        const row = read.get(key);
        return { field: names.word(numberOf(row, 'field')), value: textOf(row, 'value') };
      }),
  };
};

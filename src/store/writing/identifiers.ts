// Identifiers within one transaction: found once and remembered, since a page names the same targets again and again. A row outlives its
// resource, and may stand there before it: links point at rows. Used by resource-writer.ts.
import type { ProtectionLevel } from '#model/model.ts';
import type { IdentifierValue } from '../store.ts';
import type { Names } from './names.ts';
import { ownIn } from './protection-bits.ts';
import type { IdentifierRows, NamedIdentifier } from './rows.ts';

/**
 * `uid` = the resource that has the identifier; null when none has. Then `last` is the one that had it, `protection` what that was, and `removed`
 * says that it was removed, not that it gave the identifier up. All three as they were when the row was first looked at, nothing while it has one.
 */
export type KnownIdentifier = {
  readonly id: number;
  uid: number | null;
  readonly last: number | null;
  readonly protection: ProtectionLevel;
  readonly removed: boolean;
};

export type Identifiers = {
  /** Null when the identifier has never been named. */
  readonly find: (collection: number, identifier: IdentifierValue) => KnownIdentifier | null;
  readonly findOrAdd: (collection: number, identifier: IdentifierValue) => KnownIdentifier;
  /** Makes the identifier point at the resource; `fresh` says that no link to it can exist already. Throws when another resource has it. */
  readonly claim: (
    collection: number,
    identifier: IdentifierValue,
    uid: number,
  ) => {
    readonly id: number;
    readonly fresh: boolean;
    /** The row as it was before, when nobody had it. */
    readonly taken: KnownIdentifier | null;
  };
  /** Takes the identifier from its resource; `order` is that of the run which removes it, null when it is only given up. */
  readonly release: (id: number, order: number | null) => void;
  /** Deletes an identifier that nobody has and nothing leads to. */
  readonly drop: (id: number) => void;
  /** The identifiers of rows, index-aligned. */
  readonly valuesOf: (keys: readonly number[]) => IdentifierValue[];
  /** Those of the identifiers that there can be rows of, as these are named. */
  readonly named: (collection: number, identifiers: Iterable<IdentifierValue>) => Iterable<NamedIdentifier>;
  /** Identifiers that are about to be had or linked to, as their rows are named. New words are stored: a row may come of each of them now. */
  readonly coming: (collection: number, identifiers: Iterable<IdentifierValue>) => Iterable<NamedIdentifier>;
};

const remembered = 200_000;

/**
 * The bookkeeping of one work. Whoever looks up an identifier wants the resource's content hash next: `hashes` takes it along.
 */
export const createIdentifiers = (rows: IdentifierRows, names: Names, hashes: Map<number, Buffer>): Identifiers => {
  /** By collection, field and value: a key put together of them would cost more than the look. */
  const known = new Map<number, Map<string, Map<string, KnownIdentifier>>>();
  let size = 0;

  const remember = (collection: number, { field, value }: IdentifierValue, row: KnownIdentifier): KnownIdentifier => {
    if (size >= remembered) {
      known.clear();
      size = 0;
    }
    let fields = known.get(collection);
    if (fields === undefined) known.set(collection, (fields = new Map()));
    let values = fields.get(field);
    if (values === undefined) fields.set(field, (values = new Map()));
    values.set(value, row);
    size += 1;
    return row;
  };

  const forget = (id: number): void => {
    const row = rows.identifier(id);
    if (row !== null && known.get(row.collection)?.get(names.word(row.field))?.delete(row.value) === true) size -= 1;
  };

  const find = (collection: number, identifier: IdentifierValue): KnownIdentifier | null => {
    const { field, value } = identifier;
    const before = known.get(collection)?.get(field)?.get(value);
    if (before !== undefined) return before;
    const fieldId = names.find(field);
    const row = fieldId === null ? null : rows.holder(collection, fieldId, value);
    if (row === null) return null;
    const { id, uid, hash } = row;
    if (uid !== null) {
      if (!hashes.has(uid)) hashes.set(uid, hash ?? Buffer.alloc(0));
      return remember(collection, identifier, { id, uid, last: null, protection: 0, removed: false });
    }
    const former = rows.identifier(id);
    return remember(collection, identifier, {
      id,
      uid,
      last: former?.lastUid ?? null,
      protection: ownIn(former?.protection ?? 0),
      removed: former !== null && former.removedBy !== null,
    });
  };

  const add = (collection: number, identifier: IdentifierValue, uid: number | null): KnownIdentifier => {
    const id = rows.insertIdentifier(collection, names.intern(identifier.field), identifier.value, uid);
    return remember(collection, identifier, { id, uid, last: null, protection: 0, removed: false });
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
      rows.giveIdentifier(row.id, uid);
      const taken = { ...row };
      row.uid = uid;
      return { id: row.id, fresh: false, taken };
    },
    release: (id, order) => {
      rows.takeIdentifier(id, order);
      forget(id);
    },
    drop: (id) => {
      forget(id);
      rows.deleteIdentifier(id);
    },
    valuesOf: (keys) =>
      keys.map((key) => {
        const row = rows.identifier(key);
        return { field: names.word(row?.field ?? 0), value: row?.value ?? '' };
      }),
    named: function* (collection, identifiers) {
      for (const { field, value } of identifiers) {
        const fieldId = names.find(field);
        if (fieldId !== null) yield { collection, field: fieldId, value };
      }
    },
    coming: function* (collection, identifiers) {
      for (const { field, value } of identifiers) yield { collection, field: names.intern(field), value };
    },
  };
};

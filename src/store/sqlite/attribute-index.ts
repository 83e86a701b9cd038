// The index of attribute values: folded, for the paths that the model declares, and for identifiers only where folding changes them, since
// the identifier table already finds the rest. Written by tenant-write.ts within a transaction; read by tenant-reads.ts.
import type { DatabaseSync } from 'node:sqlite';
import { fold } from '#base/text.ts';
import type { Collection, Model } from '#model/model.ts';
import type { IdentifierValue } from '../store.ts';
import { statement } from './driver.ts';
import type { Names } from './names.ts';

/** A resource as the index sees it. */
export type Indexed = {
  readonly uid: number;
  /** The members before `_links`, as stored. */
  readonly attributes: string;
  readonly identifiers: readonly IdentifierValue[];
};

export type AttributeIndex = {
  readonly add: (id: number, collection: Collection, resource: Indexed) => void;
  readonly remove: (id: number, collection: Collection, resource: Indexed) => void;
  readonly clear: () => void;
};

/** Prepares the statements of one connection. */
export const createAttributeIndex = (db: DatabaseSync, names: Names, model: Model): AttributeIndex => {
  const insert = statement(
    db,
    'INSERT OR IGNORE INTO attribute_index (collection, path, folded, uid) VALUES (?, ?, ?, ?)',
  );
  const erase = statement(
    db,
    'DELETE FROM attribute_index WHERE collection = ? AND path = ? AND folded = ? AND uid = ?',
  );
  const each =
    (write: typeof insert) =>
    (id: number, collection: Collection, resource: Indexed): void => {
      for (const [path, folded] of valuesOf(model, collection, resource))
        write.run(id, names.intern(path), folded, resource.uid);
    };
  return { add: each(insert), remove: each(erase), clear: () => db.exec('DELETE FROM attribute_index') };
};

const valuesOf = (
  model: Model,
  collection: Collection,
  { attributes, identifiers }: Indexed,
): (readonly [string, string])[] => {
  const found: (readonly [string, string])[] = [];
  for (const { field, value } of identifiers) {
    const folded = fold(value);
    if (folded !== value) found.push([field, folded]);
  }
  let parsed: unknown;
  for (const path of collection.indexed) {
    if (collection.identifiers.some(({ attribute }) => path === `${attribute}/${model.identifierValue}`)) continue;
    parsed ??= JSON.parse(`{${attributes}}`);
    let value: unknown = parsed;
    for (const name of path.split('/'))
      value = typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
    if (typeof value === 'string') found.push([path, fold(value)]);
  }
  return found;
};

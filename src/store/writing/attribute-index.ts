// The index of attribute values: folded, for the paths that the model declares, and for identifiers only where folding changes them, since
// the identifier table already finds the rest. Written within a transaction by resource-writer.ts; read by the reading halves of the dialects.
import { fold } from '#base/text.ts';
import type { Collection, Model } from '#model/model.ts';
import type { IdentifierValue } from '../store.ts';
import type { Names } from './names.ts';
import type { BesideRows } from './rows.ts';

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

/** The index of one work. */
export const createAttributeIndex = (rows: BesideRows, names: Names, model: Model): AttributeIndex => {
  const each =
    (write: BesideRows['insertIndexed']) =>
    (id: number, collection: Collection, resource: Indexed): void => {
      for (const [path, folded] of valuesOf(model, collection, resource))
        write(id, names.intern(path), folded, resource.uid);
    };
  return { add: each(rows.insertIndexed), remove: each(rows.deleteIndexed), clear: rows.clearIndex };
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

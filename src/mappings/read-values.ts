// Makes values of a document by its mapping: what the fields stand for, as plain objects. For whoever works on with them; `project.ts` of an API writes the
// same as text. Called for every row of what goes out as a whole, so the common fields take short ways. Pure.
import type { DocumentNode } from '#hub/documents/document.ts';
import { endsOf, rawOf } from './ends.ts';
import type { CivilNow } from './mapping.ts';
import type { MappingReading, ReadField } from './read-mapping.ts';

/** The values of a document: of the type that belongs to the mapping. */
export type ReadValues<Row> = (root: DocumentNode, now: CivilNow) => Row;

type Get = (node: DocumentNode, now: CivilNow) => unknown;

/**
 * A field is absent when there is no value or the caller may not see it. A list that the caller may see and that is empty is an empty list. `Row` says
 * what the fields of the mapping are; nothing checks it.
 */
export const readValues = <Row>(reading: MappingReading): ReadValues<Row> => {
  const object = objectOf(reading.fields);
  return (root, now) => object(root, now) as Row;
};

const objectOf = (fields: readonly ReadField[]): Get => {
  const members = fields.map((field) => [field.name, getOf(field)] as const);
  return (node, now) => {
    const object: Record<string, unknown> = {};
    for (const [name, get] of members) {
      const value = get(node, now);
      if (value !== undefined) object[name] = value;
    }
    return object;
  };
};

const getOf = (field: ReadField): Get => {
  switch (field.field.kind) {
    case 'value':
      return firstOf(field, valueAt(field));
    case 'object':
      return firstOf(field, objectOf(field.fields));
    case 'values': {
      const at = valuesAt(field);
      return allOf(field, (node, now) => at(node, now));
    }
    case 'objects': {
      const object = objectOf(field.fields);
      return allOf(field, (node, now) => [object(node, now)]);
    }
  }
};

/** What a resource at the end of the path stands for: the first, where it is several. */
const valueAt = (field: ReadField): Get => {
  const { tail, convert } = field;
  if (tail.kind === 'uid') return (node) => node.uid;
  if (tail.kind === 'level') return (node) => node.level;
  if (tail.kind === 'id') return (node) => node.id;
  const all = valuesAt(field);
  if (tail.kind !== 'attribute') return (node, now) => all(node, now)[0];
  const [name, ...within] = tail.names;
  return (node, now) => {
    let raw: unknown = node.values[name];
    for (const inner of within) raw = isObject(raw) ? raw[inner] : undefined;
    // Of lists, here or on the way, each is looked at.
    if (Array.isArray(raw) || (raw === undefined && within.length > 0 && Array.isArray(node.values[name])))
      return all(node, now)[0];
    return raw === undefined || raw === null ? undefined : (convert.apply(raw, now, node) ?? undefined);
  };
};

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const valuesAt =
  (field: ReadField): ((node: DocumentNode, now: CivilNow) => readonly unknown[]) =>
  (node, now) =>
    rawOf(field, node).flatMap((raw) =>
      raw === undefined || raw === null ? [] : (field.convert.apply(raw, now, node) ?? []),
    );

/** The first of the ends that has a value. */
const firstOf = (field: ReadField, at: Get): Get => {
  const { steps, self, tests } = field;
  const { test, prefer } = field.field;
  const plain = self === null && test === undefined && prefer === undefined && tests.every((one) => one === null);
  if (plain && steps.length === 0) return at;
  if (plain) {
    const go = (node: DocumentNode, depth: number, now: CivilNow): unknown => {
      const step = steps[depth];
      if (step === undefined) return at(node, now);
      for (const next of node.parts[step] ?? []) {
        const value = go(next, depth + 1, now);
        if (value !== undefined) return value;
      }
      return undefined;
    };
    return (node, now) => go(node, 0, now);
  }
  const ends = endsOf(field);
  return (node, now) => {
    for (const end of ends(node, now) ?? []) {
      const value = at(end, now);
      if (value !== undefined) return value;
    }
    return undefined;
  };
};

/** Of all ends; absent when the caller may not see what the path leads through. */
const allOf = (field: ReadField, at: (node: DocumentNode, now: CivilNow) => readonly unknown[]): Get => {
  const ends = endsOf(field);
  return (node, now) => ends(node, now)?.flatMap((end) => at(end, now));
};

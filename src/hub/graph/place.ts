// The order of lists, and the places in it: by a value that a path leads to, then by the leading identifier, then, where there is none of that, by
// uid. Orders are total, so a place says where to go on whatever has come and gone. Pure; used by what reads lists.
import type { AttributeType, Collection, Model, PrimitiveKind } from '#model/model.ts';
import { parseInstant } from '#model/kinds.ts';
import type { GraphOrder } from './graph.ts';

/** What a row is ordered by. */
export type Key = {
  /** What is compared first; null is last. Always null where no path is given. */
  readonly value: string | number | null;
  /** The same as it is told. */
  readonly text: string | null;
  /** Value of the leading identifier; null is last. */
  readonly lead: string | null;
  readonly uid: number;
};

/** Of one order: how rows are put into it, and what places in it are. */
export type Ordering = {
  readonly path: readonly string[] | null;
  readonly compare: (a: Key, b: Key) => number;
  /** What the path leads to in the attributes of a row, as far as they are seen. */
  readonly valueIn: (values: Readonly<Record<string, unknown>>) => Pick<Key, 'value' | 'text'>;
  readonly placeOf: (key: Key) => string;
  /** Null when it is none of this order. */
  readonly readPlace: (place: string) => Key | null;
};

/** Ids that tell nothing, for places of rows that show no identifier. */
export type HiddenIds = { readonly of: (uid: number) => string; readonly read: (id: string) => number | null };

const none = { value: null, text: null } as const;
const parting = '\u0000';

/** Null when the path is not one of the collection's attributes that has one value. */
export const orderingOf = (
  model: Model,
  collection: Collection,
  order: GraphOrder | null,
  ids: HiddenIds,
): Ordering | null => {
  const kind = order === null ? null : kindAt(model, collection, order.path);
  if (order !== null && kind === null) return null;
  const sign = order?.direction === 'descending' ? -1 : 1;
  const compareValues = kind === null ? null : comparisonOf(kind);
  const comparable = kind === null ? null : readingOf(kind);

  const compare: Ordering['compare'] = (a, b) => {
    if (compareValues !== null && a.value !== b.value) {
      if (a.value === null || b.value === null) return a.value === null ? 1 : -1;
      const difference = compareValues(a.value, b.value);
      if (difference !== 0) return sign * difference;
    }
    if (a.lead !== b.lead) {
      if (a.lead === null || b.lead === null) return a.lead === null ? 1 : -1;
      return compareBytes(a.lead, b.lead);
    }
    // Who has the identifier is one row: a place in a cursor says no more of it.
    return a.lead === null ? a.uid - b.uid : 0;
  };

  return {
    path: order?.path ?? null,
    compare,
    valueIn: (values) => {
      if (order === null || comparable === null) return none;
      const found = valueAt(values, order.path);
      const value = comparable(found);
      return value === null ? none : { value, text: String(found).replaceAll(parting, '\ufffd') };
    },
    // With a value one part more than without, and without an identifier two.
    placeOf: ({ text, lead, uid }) =>
      [...(text === null ? [] : [text]), ...(lead === null ? ['', ids.of(uid), ''] : [lead])].join(parting),
    readPlace: (place) => {
      const parts = place.split(parting);
      const text = parts.length % 2 === 0 ? (parts.shift() ?? null) : null;
      if (text !== null && comparable === null) return null;
      const value = text === null || comparable === null ? null : comparable(textOf(kind, text));
      if (text !== null && value === null) return null;
      const [lead = '', id = ''] = parts;
      if (parts.length === 1) return lead === '' ? null : { value, text, lead, uid: 0 };
      const uid = parts.length === 3 && lead === '' && parts[2] === '' ? ids.read(id) : null;
      return uid === null ? null : { value, text, lead: null, uid };
    },
  };
};

/** The kind of the values that a path leads to; null when there is none, or several. */
export const kindAt = (model: Model, { class: of }: Collection, path: readonly string[]): PrimitiveKind | null => {
  let attributes = of.attributeByName;
  let type: AttributeType | null = null;
  for (const [index, name] of path.entries()) {
    const attribute = attributes.get(name);
    if (attribute === undefined || attribute.list) return null;
    type = attribute.type;
    if (index === path.length - 1) break;
    const next = type.kind === 'class' ? model.classes.get(type.class) : undefined;
    if (next === undefined) return null;
    attributes = next.attributeByName;
  }
  return type?.kind === 'primitive' ? type.primitive : null;
};

/** What a path leads to in a value; undefined when there is nothing. */
export const valueAt = (value: unknown, path: readonly string[]): unknown => {
  let at = value;
  for (const name of path) {
    if (typeof at !== 'object' || at === null || Array.isArray(at) || !Object.hasOwn(at, name)) return undefined;
    at = (at as Readonly<Record<string, unknown>>)[name];
  }
  return at;
};

type Comparable = (value: unknown) => string | number | null;

const asText: Comparable = (value) => (typeof value === 'string' ? value : null);
const asNumber: Comparable = (value) => (typeof value === 'number' && Number.isFinite(value) ? value : null);
const asInstant: Comparable = (value) => (typeof value === 'string' ? parseInstant(value) : null);

const readings: Readonly<Record<PrimitiveKind, Comparable>> = {
  string: asText,
  boolean: (value) => (typeof value === 'boolean' ? Number(value) : null),
  int: asNumber,
  long: asNumber,
  float: asNumber,
  double: asNumber,
  decimal: (value) => (typeof value === 'string' && value !== '' ? asNumber(Number(value)) : null),
  date: asInstant,
  dateTime: asInstant,
  time: asText,
  duration: asText,
};

const readingOf = (kind: PrimitiveKind): Comparable => readings[kind];

/** A part of a place as the value that it was made of. */
const textOf = (kind: PrimitiveKind | null, text: string): unknown => {
  if (kind === 'boolean') return text === 'true' ? true : text === 'false' ? false : null;
  if (kind === 'int' || kind === 'long' || kind === 'float' || kind === 'double')
    return text === '' ? null : Number(text);
  return text;
};

// As people sort names: aa with å, upper beside lower case.
const { compare: compareTexts } = new Intl.Collator('nb');

const comparisonOf = (kind: PrimitiveKind): ((a: string | number, b: string | number) => number) =>
  kind === 'string'
    ? (a, b) => compareTexts(String(a), String(b))
    : (a, b) => (typeof a === 'number' && typeof b === 'number' ? a - b : compareBytes(String(a), String(b)));

/** The order of the stores: by the bytes of UTF-8, which is that of the characters. */
const compareBytes = (a: string, b: string): number => {
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index += 1) {
    const [x, y] = [a.charCodeAt(index), b.charCodeAt(index)];
    if (x !== y) return rankOf(x) - rankOf(y);
  }
  return a.length - b.length;
};

/** Halves of characters beyond the first 65,536 come after all others. */
const rankOf = (unit: number): number => (unit < 0xd800 ? unit : unit < 0xe000 ? unit + 0x2000 : unit - 0x800);

// Short ways to write the mappings of exports: what a field comes from. Nothing is told of these fields in any reference, so they carry no words.
// Used by the mappings alone.
import { civilDateOf } from '#mappings/converters.ts';
import { object as toldObject, objects as toldObjects, unshown, values as toldValues } from '#mappings/field.ts';
import type { Converter, Field, Fields, Mapping, MappingPath, RowTest } from '#mappings/mapping.ts';

type Chosen = {
  readonly test?: RowTest;
  readonly on?: Readonly<Record<MappingPath, RowTest>>;
  readonly prefer?: RowTest;
};

const converted = (convert: Converter | undefined): { readonly convert?: Converter } =>
  convert === undefined ? {} : { convert };

/** One value: of the first resource on the path that has one. */
export const value = (from: MappingPath, convert?: Converter, more: Chosen = {}): Field =>
  unshown(from, { ...converted(convert), ...more });

/** One value for each resource that the path leads to. */
export const values = (from: MappingPath, convert?: Converter): Field => toldValues('', '', from, converted(convert));

/** The first resource that the path leads to, as an object. */
export const object = (from: MappingPath, fields: Fields): Field => toldObject('', '', from, fields);

/** An object for each resource that the path leads to. */
export const objects = (from: MappingPath, fields: Fields, more: Chosen = {}): Field =>
  toldObjects('', '', from, fields, more);

/** What is read of the resources of a collection. */
export const mapping = (name: string, collection: string, fields: Fields): Mapping => ({
  name: `roster-${name}`,
  schema: '',
  collection,
  describe: { nb: '', en: '' },
  fields,
});

const dayOf = (name: 'start' | 'slutt'): Converter => ({
  name: `day:${name}`,
  schema: {},
  apply: (period) => civilDateOf((period as Readonly<Record<string, unknown>>)[name]),
});
const [startOf, endOf] = [dayOf('start'), dayOf('slutt')];

/** First and last day, of a period that stands in one attribute. */
export const period = (from: string): Fields => ({ from: value(from, startOf), to: lastDay(from) });

/** The last day of a period. */
export const lastDay = (from: string): Field => value(from, endOf);

// Short ways to write the fields of a mapping: what it is in both languages, where it comes from, and what more there is to say. Used by the mappings of APIs and
// exports; what only one of them has stands beside its own.
import type { Converter, Field, Fields, MappingPath, RowTest } from './mapping.ts';

type More = {
  readonly include?: string;
  readonly writable?: true;
  readonly test?: RowTest;
  readonly on?: Readonly<Record<MappingPath, RowTest>>;
  readonly prefer?: RowTest;
};

/** One value: of the first resource on the path that has one. */
export const value = (
  nb: string,
  en: string,
  from: MappingPath,
  more: More & { readonly convert?: Converter } = {},
): Field => ({ kind: 'value', describe: { nb, en }, from, ...more });

/** One value for each resource that the path leads to. */
export const values = (
  nb: string,
  en: string,
  from: MappingPath,
  more: More & { readonly convert?: Converter } = {},
): Field => ({ kind: 'values', describe: { nb, en }, from, ...more });

/** The first resource that the path leads to, as an object. */
export const object = (nb: string, en: string, from: MappingPath, fields: Fields, more: More = {}): Field => ({
  kind: 'object',
  describe: { nb, en },
  from,
  fields,
  ...more,
});

/** An object for each resource that the path leads to. */
export const objects = (nb: string, en: string, from: MappingPath, fields: Fields, more: More = {}): Field => ({
  kind: 'objects',
  describe: { nb, en },
  from,
  fields,
  ...more,
});

/** One value that is looked at and shown to nobody, so that nothing is said of it. */
export const unshown = (from: MappingPath, more: More & { readonly convert?: Converter } = {}): Field =>
  value('', '', from, more);

/** What each resource that the path leads to has that is looked at and shown to nobody. */
export const unshownEach = (from: MappingPath, fields: Fields): Field => objects('', '', from, fields);

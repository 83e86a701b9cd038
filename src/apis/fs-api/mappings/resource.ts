// A collection of the API as data: what it is called, of which tables its rows come, and how rows are found. One file each beside this one. Used by the mappings,
// which write it, and by whoever serves or describes them.
import type { Narrow } from '#hub/documents/document.ts';
import type { Mapping } from '#mappings/mapping.ts';
import { readFlag, readTermCode } from '#mappings/fs-values.ts';
import { fsResources } from '#mappings/fs-resources.ts';
import type { Text } from '#model/model.ts';
import type { Comparable, Table, TableFilter, TableWrites } from '#tables/table.ts';
import type { ResourceName } from './keys.ts';

export type FsApiResource = {
  readonly name: ResourceName;
  /** The type in the description: `Emne`. */
  readonly type: string;
  readonly describe: Text;
  /** Rows come from the first, then from the next; a row is of one of them alone. */
  readonly tables: readonly [Table, ...Table[]];
  /** Columns of a new one that nobody sends. */
  readonly made?: Readonly<Record<string, unknown>>;
  /** What takes its place in FS GraphQL: the type there; null where it has none. */
  readonly successor: string | null;
};

/** One table of a resource, for a collection of the model. */
export const table = (
  name: ResourceName,
  type: string,
  describe: Text,
  of: {
    readonly collection: string;
    readonly fields: Mapping['fields'];
    readonly only?: Narrow;
    readonly filters: readonly TableFilter[];
    readonly writes?: TableWrites;
  },
): Table => ({
  mapping: {
    name: `fs-api/${name}/${of.collection}`,
    schema: type,
    collection: of.collection,
    describe,
    fields: of.fields,
  },
  key: fsResources.find((one) => one.name === name)?.key ?? 'naturligNokkel',
  ...(of.only === undefined ? {} : { only: of.only }),
  filters: of.filters,
  ...(of.writes === undefined ? {} : { writes: of.writes }),
});

type Read = (text: string) => Comparable | undefined;

const equal = (name: string, path: string, read: Read): TableFilter => ({
  of: [name],
  path,
  read: (text = '') => read(text),
});

/** Finds rows by a text. */
export const byText = (name: string, path: string): TableFilter =>
  equal(name, path, (text) => (text === '' ? undefined : text.normalize('NFC')));

/** Finds rows by a whole number. */
export const byNumber = (name: string, path: string): TableFilter =>
  equal(name, path, (text) => (wholeNumber.test(text) ? Number(text) : undefined));

/** The same where the model keeps the number as text. */
export const byDigits = (name: string, path: string): TableFilter =>
  equal(name, path, (text) => (wholeNumber.test(text) ? String(Number(text)) : undefined));

/** Finds rows by the code of a term, in either spelling. */
export const byTerm = (name: string, path: string): TableFilter => equal(name, path, readTermCode);

/** Finds rows by true or false. */
export const byTruth = (name: string, path: string): TableFilter => equal(name, path, readFlag);

const wholeNumber = /^\d{1,12}$/;

/** By year and term, which a relation leads to. */
export const bySemester = (name: string, relation: string): readonly TableFilter[] => [
  byNumber(`${name}.ar`, `${relation}.arstall`),
  byTerm(`${name}.termin`, `${relation}.betegnelse.kode`),
];

/** By code and version of a course, which a relation leads to. */
export const byCourse = (name: string, relation: string): readonly TableFilter[] => [
  byText(`${name}.kode`, `${relation}.kode`),
  byText(`${name}.versjon`, `${relation}.versjonskode`),
];

/** By the number of a person, whom relations lead to. */
export const byPerson = (relation: string): TableFilter =>
  byDigits('person.personlopenummer', `${relation}.personlopenummer`);

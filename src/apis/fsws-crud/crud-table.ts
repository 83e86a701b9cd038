// A table of the API as its mapping writes it down: columns with where they come from, how rows are found by them and what they become when a row is
// written. Makes of it the mapping and the table that the engine takes. Called by the mappings and by whoever reads them at start. Knows no table.
import { joinKey, keyPartAs } from '#mappings/natural-key.ts';
import type { DocumentNode } from '#hub/documents/document.ts';
import type { CollectionPath, Model, Text } from '#model/model.ts';
import type { Converter, Field, MappingPath } from '#mappings/mapping.ts';
import { readTable } from '#tables/read-table.ts';
import { constant } from '#mappings/converters.ts';
import type { Comparable, Table, TableFilter, TableMember, TableReading, TableWrites } from '#tables/table.ts';
import type { ColumnForm } from './column-forms.ts';

export type Column = {
  readonly describe: Text;
  /** In the mapping. */
  readonly from: MappingPath;
  readonly convert: Converter;
  /** From the text as sent to what the model holds; undefined for what is no value of it. */
  readonly read: (text: string) => Comparable | undefined;
  /** Its name is known to stand in the original. Absent = reconstructed. */
  readonly known?: true;
  /** Where rows are looked up by it; absent = they are not. */
  readonly sought?: { readonly path: MappingPath; readonly selective?: true };
  /** What it becomes by itself; absent = nothing, or something with other columns (`links` of the table). */
  readonly becomes?:
    | { readonly to: MappingPath; readonly required?: true }
    | { readonly relation: string; readonly identifier: string };
  /** Part of the natural key, or something else that only a row that is made takes. */
  readonly fixed?: true;
};

/** Several columns that name one resource together; or one column that does so in several ways. */
export type ColumnLink = {
  readonly of: readonly [string, ...string[]];
  readonly relation: string;
  readonly identifier: string;
  readonly fixed?: true;
  /** One that makes a row has to give them. */
  readonly required?: true;
};

/** Which resources are rows of the table. */
export type Shows = {
  readonly needs: readonly MappingPath[];
  readonly holds: (root: DocumentNode) => boolean;
};

export type CrudVariant = {
  /** Tells it apart from other variants of the table: `emne`. '' for the only one. */
  readonly name: string;
  readonly collection: CollectionPath;
  readonly columns: Readonly<Record<string, Column>>;
  /** Columns of the natural key in its order; empty = rows have none, and are not written. */
  readonly key: readonly string[];
  readonly links?: readonly ColumnLink[];
  /** Columns that a row of this variant has and no other; rows that are made are of the variant whose columns are given. */
  readonly own?: readonly string[];
  readonly shows?: Shows;
  /** Rows have this value in this column, and it stands in no resource: what is asked for otherwise is none of the variant. */
  readonly chosenBy?: { readonly column: string; readonly value: string };
  /** What columns become that cannot say it themselves. */
  readonly members?: readonly TableMember[];
  /** As `TableWrites` has it. */
  readonly makes?: TableWrites['makes'];
  readonly writes: readonly ('create' | 'patch')[];
};

export type CrudTable = {
  readonly name: string;
  readonly describe: Text;
  /** Rows are few, whoever asks: all may be asked for. */
  readonly bounded?: true;
  /** Classes of which its rows are. */
  readonly variants: readonly [CrudVariant, ...CrudVariant[]];
};

/** Names that stand for several columns in what the engine is asked. */
export const keyName = '@key';

/** Columns by which persons are found: number, and the two halves of the national id. */
export const personColumns = { number: 'Personlopenr', birth: 'Fodselsdato', rest: 'Personnr' } as const;

export type VariantReading = {
  readonly variant: CrudVariant;
  readonly reading: TableReading;
  /** The table element that rows stand in. */
  readonly table: CrudTable;
};

const keyPath = 'naturligNokkel';

/** Reads all variants of a table. Throws a HubError, at start, for what the model does not bear out. */
export const readCrudTable = (table: CrudTable, model: Model): readonly VariantReading[] =>
  table.variants.map((variant) => ({ variant, table, reading: readTable(tableOf(table, variant), model) }));

const tableOf = (table: CrudTable, variant: CrudVariant): Table => {
  const columns = Object.entries(variant.columns);
  const fields = columns.map(
    ([name, { describe, from, convert }]) => [name, { kind: 'value', describe, from, convert } as Field] as const,
  );
  const filters = columns.flatMap(([name, column]): readonly TableFilter[] =>
    column.sought === undefined ? [] : [{ of: [name], ...column.sought, read: column.read }],
  );
  const byKey: readonly TableFilter[] =
    variant.key.length === 0 ? [] : [{ of: [keyName], path: keyPath, read: (text) => text, selective: true }];
  const name = variant.name === '' ? table.name : `${table.name}-${variant.name}`;
  return {
    mapping: {
      name: `crud-${name}`,
      schema: table.name,
      collection: variant.collection,
      describe: table.describe,
      fields: Object.fromEntries(fields),
    },
    // What has no natural key is addressed by nobody; the engine wants an identifier all the same.
    key: variant.key.length === 0 ? 'systemId' : keyPath,
    filters: [...byKey, ...filters],
    ...(variant.writes.length === 0
      ? {}
      : {
          writes: {
            operations: variant.writes,
            ...(variant.makes === undefined ? {} : { makes: variant.makes }),
            members: membersOf(variant),
            readOnly: columns.filter(([one]) => isReadOnly(variant, one)).map(([one]) => one),
          },
        }),
  };
};

/** A column that nothing is made of when a row is written. */
export const isReadOnly = ({ columns, key, links = [], members = [] }: CrudVariant, name: string): boolean =>
  columns[name]?.becomes === undefined &&
  !key.includes(name) &&
  ![...links, ...members].some(({ of }) => of.includes(name));

const membersOf = ({ columns, key, links = [], members = [] }: CrudVariant): readonly TableMember[] => {
  const read = (name: string): Column['read'] => columns[name]?.read ?? (() => undefined);
  const joined = (names: readonly string[]) => {
    const readers = names.map(read);
    return (...values: readonly unknown[]): string | undefined => {
      const parts = readers.map((one, index) => (typeof values[index] === 'string' ? one(values[index]) : undefined));
      return parts.some((part) => part === undefined) ? undefined : joinKey(parts.map(String));
    };
  };
  const [first, ...others] = key;
  const byKey: readonly TableMember[] =
    first === undefined
      ? []
      : [{ of: [first, ...others], to: keyPath, make: joined(key), required: true, fixed: true }];
  const single = Object.entries(columns).flatMap(([name, { becomes, fixed, read: one }]): readonly TableMember[] => {
    const isFixed = fixed === true || key.includes(name) ? { fixed: true as const } : {};
    const make = (value: unknown) => (typeof value === 'string' ? one(value) : undefined);
    if (becomes === undefined) return [];
    if ('to' in becomes) {
      const required = becomes.required === true ? { required: true as const } : {};
      return [{ of: [name], to: becomes.to, make, ...required, ...isFixed }];
    }
    return [{ of: [name], ...becomes, make: (value) => asText(make(value)), ...isFixed }];
  });
  const linked = links.map(({ of, relation, identifier, fixed, required }): TableMember => ({
    of,
    relation,
    identifier,
    make: joined(of),
    // A right to a programme may be in no cohort of it.
    ...(of.some((name) => key.includes(name)) ? { shared: of.filter((name) => key.includes(name)) } : {}),
    ...(fixed === true ? { fixed } : {}),
    ...(required === true ? { required } : {}),
  }));
  return [...byKey, ...single, ...linked, ...members];
};

const asText = (value: Comparable | undefined): string | undefined => (value === undefined ? undefined : String(value));

// --- Short ways to write columns -----------------------------------------------------------------------------------------------------

type More = Pick<Column, 'known' | 'fixed'> & {
  /** Rows are looked up by it, and few are found. */
  readonly finds?: 'few' | 'some';
  readonly required?: true;
  /** Where rows are looked up by it, when that is written otherwise than where it is shown from. */
  readonly by?: MappingPath;
};

const marks = ({ known, fixed }: More): Pick<Column, 'known' | 'fixed'> => ({
  ...(known === undefined ? {} : { known }),
  ...(fixed === undefined ? {} : { fixed }),
});

const seek = (path: MappingPath, finds: More['finds']): Pick<Column, 'sought'> =>
  finds === undefined ? {} : { sought: finds === 'few' ? { path, selective: true } : { path } };

/** An attribute of the row, read and written as it is. */
export const own = (nb: string, en: string, path: MappingPath, form: ColumnForm, more: More = {}): Column => ({
  describe: { nb, en },
  from: path,
  ...form,
  ...seek(path, more.finds),
  becomes: { to: path, ...(more.required === undefined ? {} : { required: more.required }) },
  ...marks(more),
});

/** An attribute that is an identifier of the row: its value stands within it. */
export const ownIdentifier = (
  nb: string,
  en: string,
  path: MappingPath,
  form: ColumnForm,
  more: More = {},
): Column => ({
  ...own(nb, en, path, form, more),
  from: `${path}.identifikatorverdi`,
});

/** What is shown and never written. */
export const shown = (nb: string, en: string, path: MappingPath, form: ColumnForm, more: More = {}): Column => ({
  describe: { nb, en },
  from: path,
  ...form,
  ...seek(more.by ?? path, more.finds),
  ...marks(more),
});

/** The same value in every row of a variant, told apart by it (`chosenBy`). */
export const constantly = (nb: string, en: string, value: string, values: readonly string[]): Column => ({
  describe: { nb, en },
  from: '@self',
  convert: constant(value, values),
  read: (given) => (values.includes(given) ? given : undefined),
});

/** A part of the natural key of the row, from the front. `sought` where the model has it as a value of its own. */
export const keyed = (
  nb: string,
  en: string,
  index: number,
  form: ColumnForm,
  more: Pick<Column, 'sought' | 'known'> = {},
): Column => ({
  describe: { nb, en },
  from: `${keyPath}.identifikatorverdi`,
  convert: keyPartAs(index, form.convert),
  read: form.read,
  ...more,
});

/** A part of the natural key of what a relation leads to. */
export const keyedBy = (
  nb: string,
  en: string,
  relation: MappingPath,
  index: number,
  form: ColumnForm,
  more: Pick<Column, 'sought' | 'known'> = {},
): Column => ({
  ...keyed(nb, en, index, form, more),
  from: `${relation}.${keyPath}.identifikatorverdi`,
});

/** The code of what a relation leads to, which is an identifier of it. */
export const code = (nb: string, en: string, relation: string, form: ColumnForm, more: More = {}): Column => ({
  describe: { nb, en },
  from: `${relation}.kode.identifikatorverdi`,
  ...form,
  ...seek(`${relation}.kode`, more.finds),
  becomes: { relation, identifier: 'kode' },
  ...marks(more),
});

// Types of other APIs that are told as tables: rows by a key, found by equality of columns, page by page or all of them, and written column by column. The
// contract between the mapped APIs of study administration and this folder. Data and types alone; holds no HTTP, no format and no name of the model.
import type { Problem } from '#base/errors.ts';
import type { DocumentNode, FoundDocument, Narrow, Projection, Shape } from '#hub/documents/document.ts';
import type { QueryContext, TakenPart } from '#hub/query.ts';
import type { ListedPath } from '#mappings/equality.ts';
import type { Mapping, MappingPath } from '#mappings/mapping.ts';
import type { MappingReading } from '#mappings/read-mapping.ts';
import type { Collection, CollectionPath, IdentifierField } from '#model/model.ts';

/** What a column is compared with. */
export type Comparable = string | number | boolean;

/** An equality that may be asked for: of one column, or of several that are one value in the model (`Fodselsdato` and `Personnr`). */
export type TableFilter = {
  /** Names as the API has them, dotted where it dots them. */
  readonly of: readonly [string, ...string[]];
  /** Relations from the row, then attributes; an identifier is named by its attribute. */
  readonly path: MappingPath;
  /** From the texts as sent, index-aligned with `of`; undefined for what is no value of the column: refused by its name. */
  readonly read: (...texts: readonly string[]) => Comparable | undefined;
  /** It finds few rows, whoever asks: what APIs may require of a search. */
  readonly selective?: true;
};

/** What some columns of a row become when it is written. */
export type TableMember = {
  readonly of: readonly [string, ...string[]];
  /** One that makes a row has to give them. */
  readonly required?: true;
  /** Only a row that is made takes them: parts of the key. A change may repeat them as they are. */
  readonly fixed?: true;
  /** Those of the columns that are other members' too: by themselves they say nothing of this one. */
  readonly shared?: readonly string[];
} & (
  | {
      /**
       * Relations of which each leads to one resource, then attributes: `personProfil.navn.fornavn`. A row that is made gets a new resource there, unless
       * another member links it to one; of a row that is changed the resource must be there.
       */
      readonly to: MappingPath;
      /**
       * From the values as sent, index-aligned with `of`; what is not sent is undefined. Undefined for what cannot be kept. Where all that is sent is null
       * the value is taken away, and this is not asked.
       */
      readonly make: (...values: readonly unknown[]) => unknown;
    }
  | {
      /** A relation of the row; what it leads to is named by an identifier of it, or by any one of several. */
      readonly relation: string;
      readonly identifier: string;
      readonly make: (...values: readonly unknown[]) => string | undefined;
    }
);

export type TableWrites = {
  readonly operations: readonly ('create' | 'patch' | 'delete')[];
  readonly members: readonly TableMember[];
  /** Columns that are shown and that nobody writes: refused as such, and not as unknown. */
  readonly readOnly: readonly string[];
  /** Attributes (jsonNames) that a row has from its making on, whatever is sent: what the model demands and the API has no column for. */
  readonly makes?: Readonly<Record<string, unknown>>;
};

/** A type as an API writes it down: how it is read (the mapping), addressed, found and written. One file each. */
export type Table = {
  readonly mapping: Mapping;
  /** The identifier, by its attribute, by which a row is addressed. */
  readonly key: string;
  /** Resources of the collection that are rows of it, as the caller sees them; absent = all. A row that is asked for by its key need not be among them. */
  readonly only?: Narrow;
  readonly filters: readonly TableFilter[];
  readonly writes?: TableWrites;
};

/** A table that the model bears out. Made by `readTable`, at start; throws a HubError that names table and column. */
export type TableReading = {
  readonly table: Table;
  readonly mapping: MappingReading;
  /** Every name that a filter takes. */
  readonly filterNames: readonly string[];
  /** The identifier of the key. */
  readonly key: IdentifierField;
  readonly filters: readonly ReadTableFilter[];
  readonly writes: ReadTableWrites | null;
};

/** A filter with its path held against the model. */
export type ReadTableFilter = {
  readonly filter: TableFilter;
  /** Relations from the row (keys of `nestedLinks` where they hang on a complex value). */
  readonly relations: readonly string[];
  readonly path: ListedPath;
};

export type ReadTableWrites = {
  readonly writes: TableWrites;
  readonly members: readonly ReadTableMember[];
  /** Places that members write to beside the row, by path of relations, parents first. */
  readonly places: readonly WritePlace[];
  /** Every name that a member takes. */
  readonly names: ReadonlySet<string>;
  /** What is read of a row before it is changed: its places, and what may not change. */
  readonly shape: Shape;
};

/** A resource that is written together with the row: what one relation of the row, or of another such resource, leads to. */
export type WritePlace = {
  readonly at: MappingPath;
  /** Of what it hangs on; '' for the row. */
  readonly parent: MappingPath;
  readonly relation: string;
  readonly collection: Collection;
};

export type ReadTableMember = {
  readonly member: TableMember;
  /** Where it is written: '' is the row. */
  readonly place: MappingPath;
  readonly target:
    | {
        readonly kind: 'value';
        /** JsonNames from the resource; of an identifier the attribute alone. */
        readonly attributes: readonly [string, ...string[]];
        /** The value stands in an identifier. */
        readonly identifier: boolean;
        /** It is a date. */
        readonly date: boolean;
      }
    | {
        readonly kind: 'link';
        readonly relation: string;
        readonly collection: CollectionPath;
        readonly identifier: IdentifierField;
      };
};

/** What is asked of a table: texts by the names of its filters. What no filter takes is refused (HUB-103). */
export type Given = Readonly<Record<string, string>>;

export type TablePage =
  /** Rows from a place in the order of creation on. */
  | { readonly after: number | null; readonly size: number }
  /** Rows from the so manieth on. */
  | { readonly offset: number; readonly size: number };

export type TableList =
  | {
      readonly kind: 'rows';
      readonly rows: readonly FoundDocument<unknown>[];
      /** All that match and that the caller sees. */
      readonly total: number;
      /** To go on after; null when there are no more. */
      readonly next: number | null;
      readonly sensitive: boolean;
    }
  /** No grant for it. To be answered like what does not exist. */
  | { readonly kind: 'missing' }
  /** HUB-103 for columns, each named in `errors` (`at` is `/<name>`); HUB-121 when it takes too long to find them. */
  | { readonly kind: 'refused'; readonly problem: Problem };

export type TableRow =
  | { readonly kind: 'row'; readonly row: FoundDocument<unknown>; readonly sensitive: boolean }
  | { readonly kind: 'missing' }
  | { readonly kind: 'refused'; readonly problem: Problem };

export type TableTexts =
  /** The same as texts, joined by commas: a page at a time, each with how many rows it has. */
  | { readonly kind: 'texts'; readonly pages: AsyncIterable<{ readonly text: Buffer; readonly count: number }> }
  | { readonly kind: 'missing' }
  | { readonly kind: 'refused'; readonly problem: Problem };

export type TableWalk =
  /** Every row that matches, in the order of creation, a page at a time: memory does not grow with them. */
  | { readonly kind: 'walk'; readonly pages: AsyncIterable<Iterable<DocumentNode>> }
  | { readonly kind: 'missing' }
  | { readonly kind: 'refused'; readonly problem: Problem };

/** A row that is to be made, changed or removed. Values by the names of the columns; null takes away, what is absent stays. */
export type TableChange = {
  readonly operation: 'create' | 'patch' | 'delete';
  /** Null for one that is made. */
  readonly target: { readonly uid: number } | { readonly key: string } | null;
  readonly values: Readonly<Record<string, unknown>>;
};

export type WriteOptions = {
  /** As sent by the client, with what makes the request another one. */
  readonly idempotency: { readonly key: string; readonly request: string } | null;
  /** For the audit: names, and numbers of cases in an archive; nothing of a person. */
  readonly note: string;
  /** Looks at everything that a write would, and writes nothing. */
  readonly dryRun?: true;
  /** Where a source decides: waits so long for what it says, milliseconds. */
  readonly waitMs?: number;
};

export type TableWritten =
  /** Done. Rows by change, index-aligned; of what is removed: null. */
  | { readonly kind: 'written'; readonly parts: readonly (TakenPart | null)[] }
  /** Nothing stood in the way; nothing was written. */
  | { readonly kind: 'would-write' }
  /** A source decides, and has not yet. `id` leads to the outcome (`outcome-many`). */
  | { readonly kind: 'waiting'; readonly id: string; readonly retryAfter: number }
  /** A source has said no, in its own words; or nothing, for too long (`expired`). */
  | {
      readonly kind: 'rejected';
      readonly state: 'rejected' | 'failed' | 'expired' | 'conflict';
      readonly message: string;
      /** Index of the change; absent where it is not known. */
      readonly change?: number;
    }
  | { readonly kind: 'missing'; readonly change?: number }
  /** `errors` name columns of the change (`at` is `/<name>`); '' what has no column. */
  | { readonly kind: 'refused'; readonly problem: Problem; readonly change?: number };

export type Tables = {
  /** Rows by equality, exactly those that the caller sees with these values. A value that the caller does not see in a row matches nothing. */
  readonly list: (
    reading: TableReading,
    projection: Projection<unknown>,
    asked: {
      readonly given: Given;
      readonly page: TablePage;
      /** A choice of the API besides, as exact as what is given. Absent = none. */
      readonly narrow?: Narrow;
    },
    context: QueryContext,
  ) => Promise<TableList>;
  /** Rows by their numbers, in the order given; what is gone or unseen is left out. For what has just been written. */
  readonly rows: (
    reading: TableReading,
    projection: Projection<unknown>,
    uids: readonly number[],
    context: QueryContext,
  ) => Promise<TableList>;
  /** One row by the value of its key. */
  readonly one: (
    reading: TableReading,
    projection: Projection<unknown>,
    key: string,
    context: QueryContext,
  ) => Promise<TableRow>;
  /** All rows, for what goes out as a whole. The projection says what is read. */
  readonly walk: (
    reading: TableReading,
    projection: Pick<Projection<unknown>, 'id' | 'shape' | 'only'>,
    given: Given,
    context: QueryContext,
  ) => Promise<TableWalk>;
  /** The same as texts that the projection renders, which are remembered for as long as nothing changes. */
  readonly texts: (
    reading: TableReading,
    projection: Projection<unknown>,
    given: Given,
    context: QueryContext,
  ) => Promise<TableTexts>;
  /** Several changes of one table as one: all or none. */
  readonly write: (
    reading: TableReading,
    changes: readonly TableChange[],
    options: WriteOptions,
    context: QueryContext,
  ) => Promise<TableWritten>;
  /** What became of changes that a source decides about, by the id that was given for them. `missing`: another's, or no longer kept. */
  readonly outcome: (id: string, context: QueryContext) => Promise<TableWritten>;
};

// A kind of figures as data: which rows of the model are counted, into which cells, from which day on. One file each in mappings/. Called by
// count-sheet.ts and by what answers; counts nothing itself.
import type { DocumentNode, Narrow } from '#hub/documents/document.ts';
import type { Text } from '#model/model.ts';
import type { CivilNow, Mapping } from '#mappings/mapping.ts';
import type { MappingReading } from '#mappings/read-mapping.ts';
import type { FigureRow } from './figures.ts';
import type { ReportedTerm } from './release-days.ts';

/** A column, by the name that answers have; the figure stands in the last. */
export type SheetColumn = { readonly name: string; readonly describe: Text };

/** A person in a cell: values of the columns, the figure left out. */
export type Counted = { readonly cell: readonly string[]; readonly person: number };

export type Sheet = {
  /** `registrerte`: the last part of the address, and the name that figures are kept by. */
  readonly name: string;
  readonly describe: Text;
  /** Those of every sheet come first (mappings/columns.ts); of the last the values are numbers. */
  readonly columns: readonly SheetColumn[];
  readonly after: 'census' | 'term';
  /** Rows of the model that may count for a term, and what is looked at in them. */
  readonly mapping: Mapping;
  readonly narrow: (term: ReportedTerm) => Narrow | null;
  /** Made once: whom a row of the model puts into which cells. */
  readonly count: (reading: MappingReading) => (row: DocumentNode, at: CountAt) => readonly Counted[];
};

export type CountAt = { readonly term: ReportedTerm; readonly institution: string; readonly now: CivilNow };

/** Figures that are made from those of another sheet and from nothing else, so that they say no more than it does. */
export type DerivedSheet = Pick<Sheet, 'name' | 'describe' | 'columns'> & {
  readonly from: Sheet;
  readonly derive: (rows: readonly FigureRow[]) => readonly FigureRow[];
};

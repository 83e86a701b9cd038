// Sheets that count persons: every one has the same columns first, the gender in the middle and the figure last, and leaves out the same people. Used by the sheets
// beside it, which say what is and where.
import type { Narrow } from '#hub/documents/document.ts';
import { unshown } from '#mappings/field.ts';
import type { Fields, Mapping } from '#mappings/mapping.ts';
import { throughKeys } from '#mappings/narrowing.ts';
import { readValues } from '#mappings/read-values.ts';
import { keyOfTerm, type ReportedTerm } from '../release-days.ts';
import type { CountAt, Sheet, SheetColumn } from '../sheet.ts';
import { commonCell, commonColumns, countColumn, genderCode, genderColumn, type Placed } from './columns.ts';

/** A cell that a row counts in: where it is placed, and what stands on either side of the gender. */
export type Standing = {
  readonly placed: Placed;
  readonly before: readonly string[];
  readonly behind: readonly string[];
};

export type PersonSheet<Row> = Pick<Sheet, 'name' | 'describe' | 'after' | 'narrow'> & {
  /** Between those of every sheet and the gender. */
  readonly before: readonly SheetColumn[];
  /** Between the gender and the figure. */
  readonly behind: readonly SheetColumn[];
  readonly mapping: Pick<Mapping, 'name' | 'schema' | 'collection' | 'describe'>;
  /** What is looked at beside who the row is about. */
  readonly fields: Fields;
  /** Nothing for a row that does not count. */
  readonly standings: (row: PersonOfRow & Row, at: CountAt) => readonly Standing[];
};

/** What is read of the one whom a row is about. */
export type PersonOfRow = {
  readonly protection: number;
  readonly person?: number;
  readonly gender?: string;
  readonly born?: string;
};

/** A relation of every row that is counted leads to the student. */
const personFields: Readonly<Record<keyof PersonOfRow, Fields[string]>> = {
  protection: unshown('@level'),
  person: unshown('student.@uid'),
  gender: unshown('student.personProfil.kjonn'),
  born: unshown('student.personProfil.fodselsdato'),
};

/** Makes a sheet. `Row` says what the fields are; nothing checks it. */
export const personSheet = <Row>(given: PersonSheet<Row>): Sheet => {
  const { name, describe, after, narrow, before, behind, fields, standings } = given;
  return {
    name,
    describe,
    columns: [...commonColumns, ...before, genderColumn, ...behind, countColumn],
    after,
    mapping: { ...given.mapping, fields: { ...personFields, ...fields } },
    narrow,
    count: (reading) => {
      const valuesOf = readValues<PersonOfRow & Row>(reading);
      return (root, at) => {
        const row = valuesOf(root, at.now);
        const person = countedPerson(row);
        if (person === null) return [];
        return standings(row, at).map((one) => ({
          person,
          cell: [...commonCell(one.placed, at), ...one.before, genderCode(row.gender), ...one.behind],
        }));
      };
    },
  };
};

/** The person to count: nobody who is protected, whoever asks, and nobody who is not known. */
const countedPerson = ({ protection, person }: PersonOfRow): number | null =>
  protection > 0 ? null : (person ?? null);

/** Rows of a term, to which relations lead. */
export const ofTerm =
  (...relations: readonly string[]): ((term: ReportedTerm) => Narrow) =>
  (term) =>
    throughKeys(relations, keyOfTerm(term));

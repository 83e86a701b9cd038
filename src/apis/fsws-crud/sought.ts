// From the columns of a request to what rows are chosen by: held against the table, the national id made a number of a person, the whole key one value. Called
// by select.ts and upsert.ts. What finds too many rows is refused here, before anything is looked for.
import { nationalIdOf } from '#mappings/fs-values.ts';
import { civilNow } from '#mappings/converters.ts';
import { xmlNotation } from '#mappings/xml-notation.ts';
import { joinKey } from '#mappings/natural-key.ts';
import { projectionOf } from '#mappings/project.ts';
import type { Given } from '#tables/table.ts';
import { about, statusOfRefusal } from '#services/written-status.ts';
import { keyName, personColumns, type Column, type VariantReading } from './crud-table.ts';
import { byNationalId } from './mappings/person-number.ts';
import type { Crud, CrudCall, ReadyTable } from './deps.ts';
import { failed, ok, type Outcome } from './outcome.ts';

const { number, birth, rest } = personColumns;

/** Columns of a request in which national ids have become a number of a person. */
export type Resolved = {
  readonly columns: ReadonlyMap<string, string>;
  /** The two halves as one; null when they were not given. */
  readonly nationalId: string | null;
  /** Whom it is the number of, as the caller sees it. */
  readonly person: string | null;
};

/** The table of a request. Fails for one that is not known. */
export const tableNamed = ({ tables }: Crud, name: string): Outcome<ReadyTable> => {
  const found = tables.get(name);
  return found === undefined ? failed(about('table', name)) : ok(found);
};

/** Fails for columns that no variant of the table has. */
export const knownColumns = (table: ReadyTable, names: Iterable<string>): Outcome<null> => {
  const unknown = [...names].filter(
    (name) => !table.variants.some(({ variant }) => Object.hasOwn(variant.columns, name)),
  );
  return unknown.length === 0 ? ok(null) : failed(about('column', ...unknown));
};

/** Looks the person up where the halves of a national id are given. */
export const resolvePerson = async (
  crud: Crud,
  columns: ReadonlyMap<string, string>,
  call: CrudCall,
): Promise<Outcome<Resolved>> => {
  const [first, last] = [columns.get(birth), columns.get(rest)];
  if (first === undefined && last === undefined) return ok({ columns, nationalId: null, person: null });
  if (first === undefined || last === undefined) return failed(about('needs', birth, rest));
  const nationalId = nationalIdOf(first, last);
  if (nationalId === undefined || first.length < 5 || first.startsWith('0') || last.length !== 5)
    return failed(about('value', birth, rest));
  const now = civilNow(crud.deps.clock.now());
  const projection = projectionOf(
    crud.personNumber.mapping,
    { fields: null, includes: none, now },
    { name: 'number', needs: [], of: ({ values }) => valueIn(values['personlopenummer']) },
    { notation: xmlNotation, id: null },
  );
  const found = await crud.deps.tables.list(
    crud.personNumber,
    projection,
    { given: { [byNationalId]: nationalId }, page: { after: null, size: 1 } },
    call.context,
  );
  if (found.kind === 'refused') return failed(statusOfRefusal(found.problem));
  const [row] = found.kind === 'rows' ? found.rows : [];
  const others = new Map([...columns].filter(([name]) => name !== birth && name !== rest));
  return ok({ columns: others, nationalId, person: typeof row?.facts === 'string' ? row.facts : null });
};

const none: ReadonlySet<string> = new Set();

const valueIn = (value: unknown): string | null => {
  const text =
    typeof value === 'object' && value !== null
      ? (value as { readonly identifikatorverdi?: unknown }).identifikatorverdi
      : null;
  return typeof text === 'string' ? text : null;
};

/** What rows of a variant are chosen by; null when none of it can match. `few`: few are found, whoever asks. */
export type Choice = { readonly given: Given; readonly few: boolean };

/** Holds columns against a variant. All columns are known to the table. */
export const choiceOf = ({ variant }: VariantReading, columns: ReadonlyMap<string, string>): Outcome<Choice | null> => {
  const read = new Map<string, string>();
  for (const [name, text] of columns) {
    const column = Object.hasOwn(variant.columns, name) ? variant.columns[name] : undefined;
    if (column === undefined) return ok(null);
    const value = text === '' ? undefined : column.read(text);
    if (value === undefined) return failed(about('value', name));
    if (variant.chosenBy?.column === name) {
      if (variant.chosenBy.value !== text) return ok(null);
    } else read.set(name, String(value));
  }
  const key = variant.key.map((name) => read.get(name)).filter((part) => part !== undefined);
  const whole = variant.key.length > 0 && key.length === variant.key.length;
  const given: Record<string, string> = whole ? { [keyName]: joinKey(key) } : {};
  let few = whole;
  for (const [name] of read) {
    if (whole && variant.key.includes(name)) continue;
    const { sought } = (variant.columns[name] ?? {}) as Partial<Column>;
    if (sought === undefined)
      return failed(variant.key.includes(name) ? about('needs', ...variant.key) : about('unsought', name));
    few ||= sought.selective === true;
    given[name] = columns.get(name) ?? '';
  }
  return ok({ given, few });
};

/** The columns with the number of the person that was looked up; null when nobody is, or the number given is another's: then nothing matches. */
export const withPerson = ({ columns, nationalId, person }: Resolved): ReadonlyMap<string, string> | null => {
  if (nationalId === null) return columns;
  const given = columns.get(number);
  if (person === null || (given !== undefined && given !== person)) return null;
  return new Map([...columns, [number, person]]);
};

// upsert: a row is changed when its key is there, and made when it is not, as one. Called by fsws-crud-api.ts.
import type { ApiAnswer, ApiRequest } from '#apis/api.ts';
import { limits } from '#base/limits.ts';
import { refusedNationalId, nationalIdKind } from '#base/national-id.ts';
import { civilNow } from '#mappings/converters.ts';
import { joinKey } from '#mappings/natural-key.ts';
import type { TableChange, TableWritten } from '#tables/table.ts';
import type { Status } from '#services/statuses.ts';
import { about, statusOfRefusal, statusOfWritten } from '#services/written-status.ts';
import { answered, turnedAway } from './answers.ts';
import { isReadOnly, keyName, personColumns, type VariantReading } from './crud-table.ts';
import type { Crud, CrudCall, ReadyTable } from './deps.ts';
import { failed, ok, type Outcome } from './outcome.ts';
import type { RequestXml } from './request-xml.ts';
import { projectionFor } from './select.ts';
import { knownColumns, resolvePerson, tableNamed, type Resolved } from './sought.ts';

const { number, birth, rest } = personColumns;

/** Which columns are written to which variant, and the key of the row. */
type Row = {
  readonly of: VariantReading;
  readonly key: string;
  readonly uid: number | null;
  readonly values: Readonly<Record<string, string | null>>;
};

/** Writes a row. With a dry run everything is looked at and nothing written. */
export const upsert = async (crud: Crud, sent: RequestXml, dryRun: boolean, call: CrudCall): Promise<ApiAnswer> => {
  const first = await rowOf(crud, sent, call);
  if (!first.ok) return turnedAway(first.status, call.request);
  const written = await write(crud, first.value, sent, dryRun, call);
  if (written.kind === 'refused' && first.value.uid === null) {
    // Somebody may have made it since it was looked for: then it is changed.
    const second = await rowOf(crud, sent, call);
    if (second.ok && second.value.uid !== null)
      return answerOf(await write(crud, second.value, sent, dryRun, call), call.request);
  }
  return answerOf(written, call.request);
};

/** What became of a write, as an answer. */
export const answerOf = (written: TableWritten, request: ApiRequest): ApiAnswer =>
  answered(
    'upsert',
    statusOfWritten(written),
    request,
    '',
    written.kind === 'waiting' ? { 'Retry-After': String(written.retryAfter) } : {},
  );

const write = (
  { deps }: Crud,
  { of, uid, values }: Row,
  { table }: RequestXml,
  dryRun: boolean,
  { context }: CrudCall,
): Promise<TableWritten> => {
  const change: TableChange =
    uid === null ? { operation: 'create', target: null, values } : { operation: 'patch', target: { uid }, values };
  const options = { idempotency: null, note: `upsert ${table}`, waitMs: limits.serviceWriteWaitMs };
  return deps.tables.write(of.reading, [change], dryRun ? { ...options, dryRun } : options, context);
};

const rowOf = async (crud: Crud, sent: RequestXml, call: CrudCall): Promise<Outcome<Row>> => {
  const table = tableNamed(crud, sent.table);
  if (!table.ok) return table;
  const known = knownColumns(table.value, sent.columns.keys());
  if (!known.ok) return known;
  if (table.value.variants.every(({ variant }) => variant.writes.length === 0))
    return failed(about('readOnlyTable', sent.table));
  const chosen = chosenFault(table.value, sent.columns);
  if (chosen !== null) return failed(chosen);
  const locked = [...sent.columns.keys()].filter((name) => isLocked(table.value, name));
  if (locked.length > 0) return failed(about('readOnly', ...locked));
  const resolved = await resolvePerson(crud, sent.columns, call);
  if (!resolved.ok) return resolved;
  const columns = await columnsOf(crud, table.value, resolved.value, call);
  if (!columns.ok) return columns;
  const variants = candidatesOf(table.value, columns.value);
  for (const of of variants) {
    const row = await rowIn(crud, of, columns.value, call);
    if (!row.ok || row.value.uid !== null) return row;
  }
  const made = variants.find(({ variant }) => variant.writes.includes('create'));
  const [first] = variants;
  if (first === undefined) return failed(about('needs', ...sent.columns.keys()));
  return made === undefined ? failed({ name: 'none' }) : rowIn(crud, made, columns.value, call, false);
};

/** A column that says of which variant a row is has to say one. */
const chosenFault = ({ variants }: ReadyTable, columns: ReadonlyMap<string, string>): Status | null => {
  const choices = variants.flatMap(({ variant: { chosenBy } }) => (chosenBy === undefined ? [] : [chosenBy]));
  const [first] = choices;
  if (first === undefined) return null;
  const given = columns.get(first.column);
  if (given === undefined) return about('missing', first.column);
  return choices.some(({ value }) => value === given) ? null : about('value', first.column);
};

/** Nothing is made of it in any variant, and it does not name somebody. */
const isLocked = ({ variants }: ReadyTable, name: string): boolean =>
  name !== birth &&
  name !== rest &&
  variants.every(
    ({ variant }) =>
      variant.chosenBy?.column !== name && (!Object.hasOwn(variant.columns, name) || isReadOnly(variant, name)),
  );

/** Columns as they are written: the number of the person stands for the national id, which stays where the table keeps it. */
const columnsOf = async (
  crud: Crud,
  { variants }: ReadyTable,
  { columns, nationalId, person }: Resolved,
  call: CrudCall,
): Promise<Outcome<ReadonlyMap<string, string>>> => {
  const keeps = variants.some(({ reading }) => reading.writes?.names.has(birth) === true);
  const given = columns.get(number);
  if (nationalId !== null && person !== null && given !== undefined && given !== person)
    return failed(about('taken', birth, rest));
  const own = new Map(columns);
  if (nationalId !== null && keeps) {
    // One that is there is not judged again.
    const isNew = person === null;
    if (isNew && (nationalIdKind(nationalId) === 'none' || refusedNationalId(crud.deps.environment, nationalId)))
      return failed(about('value', birth, rest));
    own.set(birth, nationalId.slice(0, 6));
    own.set(rest, nationalId.slice(6));
  }
  if (person !== null) own.set(number, person);
  else if (nationalId !== null && !keeps) return failed(about('absent', birth, rest));
  else if (keeps && given === undefined) {
    const free = await freeNumber(crud, variants, call);
    if (free === null) return failed({ name: 'unavailable' });
    own.set(number, free);
  }
  return ok(own);
};

const tries = 8;

/** A number that nobody has, as far as the caller sees: of one that is taken all the same the write says so. */
const freeNumber = async (
  { deps }: Crud,
  [first]: ReadyTable['variants'],
  { context }: CrudCall,
): Promise<string | null> => {
  if (first === undefined) return null;
  const projection = projectionFor(first, civilNow(deps.clock.now()));
  for (let count = 0; count < tries; count += 1) {
    const made = String(100_000_000 + (deps.random.bytes(4).readUInt32BE() % 900_000_000));
    const found = await deps.tables.list(
      first.reading,
      projection,
      { given: { [keyName]: made }, page: { after: null, size: 1 } },
      context,
    );
    if (found.kind === 'rows' && found.total === 0) return made;
  }
  return null;
};

/** Variants that have all the columns, those first whose own columns are given, the more the better. */
const candidatesOf = ({ variants }: ReadyTable, columns: ReadonlyMap<string, string>): readonly VariantReading[] =>
  variants
    .filter(
      ({ variant }) =>
        variant.writes.length > 0 &&
        [...columns.keys()].every((name) => Object.hasOwn(variant.columns, name)) &&
        (variant.chosenBy === undefined || columns.get(variant.chosenBy.column) === variant.chosenBy.value),
    )
    .toSorted((one, other) => weight(other, columns) - weight(one, columns));

const weight = ({ variant: { own = [] } }: VariantReading, columns: ReadonlyMap<string, string>): number => {
  const given = own.filter((name) => columns.has(name)).length;
  return given === own.length ? given : given - own.length;
};

/** The row of a variant: what is written, and the number of the one that is there. `look`: whether it is looked for. */
const rowIn = async (
  { deps }: Crud,
  of: VariantReading,
  columns: ReadonlyMap<string, string>,
  { context }: CrudCall,
  look = true,
): Promise<Outcome<Row>> => {
  const { variant, reading } = of;
  const values: Record<string, string | null> = {};
  const key: string[] = [];
  const lacking = variant.key.filter((name) => (columns.get(name) ?? '') === '');
  if (lacking.length > 0) return failed(about('missing', ...lacking));
  for (const [name, text] of columns) {
    const column = variant.columns[name];
    const isHalf = name === birth || name === rest;
    const value = text === '' || isHalf ? null : column?.read(text);
    if (value === undefined) return failed(about('value', name));
    const at = variant.key.indexOf(name);
    if (at !== -1) key[at] = String(value);
    if (isReadOnly(variant, name) && !isHalf && variant.chosenBy?.column !== name)
      return failed(about('readOnly', name));
    if (reading.writes?.names.has(name) === true) values[name] = text === '' ? null : text;
  }
  const row: Row = { of, key: joinKey(key), uid: null, values };
  if (!look) return ok(row);
  const found = await deps.tables.list(
    reading,
    projectionFor(of, civilNow(deps.clock.now())),
    { given: { [keyName]: row.key }, page: { after: null, size: 1 } },
    context,
  );
  if (found.kind === 'refused') return failed(statusOfRefusal(found.problem));
  const [there] = found.kind === 'rows' ? found.rows : [];
  return ok(there === undefined ? row : { ...row, uid: there.uid, values: withoutKey(of, values) });
};

/** What is changed of a row that was found by its key: the key but where it names something together with other columns. */
const withoutKey = ({ variant: { key, links = [] } }: VariantReading, values: Row['values']): Row['values'] => {
  const kept = new Set(
    links
      .filter(({ of, fixed }) => fixed !== true && of.some((name) => !key.includes(name) && name in values))
      .flatMap(({ of }) => of),
  );
  return Object.fromEntries(Object.entries(values).filter(([name]) => !key.includes(name) || kept.has(name)));
};

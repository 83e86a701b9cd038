// Short ways to write what of a document may be written: parts of keys, references, values. Columns are members of the body, dotted where they stand in others. Used by
// the mappings alone.
import { addressKey, fsResources } from '#mappings/fs-resources.ts';
import { nationalIdOf, readTermCode } from '#mappings/fs-values.ts';
import { day, line, truth, type ToModel } from '#mappings/to-model.ts';
import type { TableMember, TableWrites } from '#tables/table.ts';
import { partsOf, type KeyPart, type ResourceName } from './keys.ts';

const keyOf = (resource: ResourceName): { readonly key: string } =>
  fsResources.find(({ name }) => name === resource) ?? { key: 'naturligNokkel' };

const columnsOf = (resource: ResourceName, before = ''): readonly [string, ...string[]] => {
  const [first, ...rest] = partsOf(resource).map(({ name }) => before + name);
  if (first === undefined) throw new Error(`${resource} has no key`);
  return [first, ...rest];
};

const partText = (value: unknown, { kind }: Pick<KeyPart, 'kind'>): string | undefined => {
  if (kind === 'term') return readTermCode(value);
  const text = typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : value;
  if (typeof text !== 'string' || text.trim() === '') return undefined;
  if (kind === 'number') return /^\d{1,15}$/.test(text.trim()) ? String(Number(text)) : undefined;
  return String(line(100).apply(text.normalize('NFC')) ?? '') || undefined;
};

const keyMade =
  (resource: ResourceName) =>
  (...values: readonly unknown[]): string | undefined => {
    const parts = partsOf(resource).map((part, index) => partText(values[index], part));
    return parts.every((one) => one !== undefined) ? addressKey(keyOf(resource), parts) : undefined;
  };

type Must = { readonly required?: true; readonly fixed?: true };
/** What has to be given of a new one, and stays. */
export const lasting = { required: true, fixed: true } as const;

/** The key itself, of all its parts. */
export const ownKey = (resource: ResourceName): TableMember => ({
  of: columnsOf(resource),
  ...lasting,
  to: keyOf(resource).key,
  make: keyMade(resource),
});

/** What a reference leads to, named by the parts of its key. `identifier` where the model knows it by another than addresses do. */
export const link = (
  name: string,
  resource: ResourceName,
  relation: string,
  { identifier = keyOf(resource).key, ...must }: Must & { readonly identifier?: string } = {},
): TableMember => ({
  of: columnsOf(resource, `${name}.`),
  ...must,
  relation,
  identifier,
  make: keyMade(resource),
});

/** A code that a relation leads to. */
export const linkByCode = (column: string, relation: string, must: Must = {}): TableMember => ({
  of: [column],
  ...must,
  relation,
  identifier: 'kode',
  make: (value) => (typeof value === 'string' && value !== '' ? value.normalize('NFC') : undefined),
});

const made =
  ({ apply }: ToModel) =>
  (value: unknown): unknown =>
    apply(value);

const member = (column: string, to: string, make: (value: unknown) => unknown, must: Must = {}): TableMember => ({
  of: [column],
  to,
  make,
  ...must,
});

export const text = (column: string, to: string, must: Must = {}): TableMember =>
  member(column, to, made(line()), must);
export const flag = (column: string, to: string): TableMember => member(column, to, made(truth));
export const date = (column: string, to: string): TableMember => member(column, to, made(day));

/** A whole number from nought on. */
export const count = (column: string, to: string): TableMember =>
  member(column, to, (value) =>
    typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && value <= 1_000_000 ? value : undefined,
  );

/** A running number, which the model keeps as text. */
export const digits = (column: string, to: string, must: Must = {}): TableMember =>
  member(column, to, (value) => partText(value, { kind: 'number' }), must);

/** One of some words. */
export const word = (column: string, to: string, words: readonly string[], must: Must = {}): TableMember =>
  member(column, to, (value) => words.find((one) => one === value), must);

type Values = Readonly<Record<string, unknown>>;
const isValues = (value: unknown): value is Values =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const onlyHas = (value: Values, names: readonly string[]): boolean =>
  Object.keys(value).every((name) => names.includes(name));

const languages = ['nb', 'nn', 'en', 'se', 'und'] as const;

/** A list of languages as a text in several of them; each at most once. */
export const names = (column: string, to: string, must: Must = {}): TableMember =>
  member(
    column,
    to,
    (value) => {
      if (!Array.isArray(value) || value.length === 0) return undefined;
      const texts: Record<string, string> = {};
      for (const one of value as readonly unknown[]) {
        if (!isValues(one) || !onlyHas(one, ['lang', 'value'])) return undefined;
        const lang = languages.find((other) => other === one['lang']);
        const said = line(1_000).apply(one['value']);
        if (lang === undefined || typeof said !== 'string' || lang in texts) return undefined;
        texts[lang] = said;
      }
      return texts;
    },
    must,
  );

/** A period: its first day and its last, of which either may be open. */
export const period = (column: string, to: string): TableMember =>
  member(column, to, (value) => {
    if (!isValues(value) || !onlyHas(value, ['fraDato', 'tilDato'])) return undefined;
    const days: Record<string, unknown> = {};
    for (const [name, one] of Object.entries(value)) {
      if (one === null) continue;
      const read = day.apply(one);
      if (read === undefined) return undefined;
      days[name] = read;
    }
    const { fraDato, tilDato } = days;
    const isOrdered = typeof fraDato !== 'string' || typeof tilDato !== 'string' || fraDato <= tilDato;
    return isOrdered ? days : undefined;
  });

/** A list of which each item says what it is: those that are not in it are taken away. */
export const typed = (
  column: string,
  types: Readonly<Record<string, string>>,
  read: (item: Values) => unknown,
): readonly TableMember[] =>
  Object.entries(types).map(([type, to]) =>
    member(column, to, (value) => {
      if (!Array.isArray(value)) return undefined;
      const items = (value as readonly unknown[]).filter(isValues);
      const kinds = items.map((one) => one['type']);
      const isWhole =
        items.length === value.length &&
        new Set(kinds).size === kinds.length &&
        kinds.every((kind) => typeof kind === 'string' && Object.hasOwn(types, kind));
      if (!isWhole) return undefined;
      const found = items.find((one) => one['type'] === type);
      return found === undefined ? null : read(found);
    }),
  );

const texts = (item: Values, required: readonly string[], optional: readonly string[]): Values | undefined => {
  if (!onlyHas(item, ['type', ...required, ...optional])) return undefined;
  const read: Record<string, unknown> = {};
  for (const name of [...required, ...optional]) {
    const given = item[name] ?? null;
    if (given === null && optional.includes(name)) continue;
    const one = line().apply(given);
    if (one === undefined) return undefined;
    read[name] = one;
  }
  return read;
};

export const mail = (item: Values): unknown => texts(item, ['adresse'], [])?.['adresse'];
export const phone = (item: Values): unknown => texts(item, ['nummer'], ['landnummer', 'merknad']);
export const address = (item: Values): unknown => texts(item, [], ['co', 'gate', 'postnummerOgSted', 'land']);

/** A national id of its two parts. */
export const nationalId = (birth: string, person: string, to: string): TableMember => ({
  of: [birth, person],
  to,
  make: (first, last) => nationalIdOf(first, last),
});

/** A national id in one. */
export const wholeNationalId = (column: string, to: string, must: Must = {}): TableMember =>
  member(column, to, (value) => (typeof value === 'string' && /^\d{11}$/.test(value) ? value : undefined), must);

/** A list that the model wants, if only empty; nothing is put into it here. */
export const emptyList = (column: string, to: string): TableMember =>
  member(column, to, (value) => (Array.isArray(value) && value.length === 0 ? [] : undefined), { fixed: true });

/** What may be written, and how. */
export const writes = (members: readonly TableMember[], readOnly: readonly string[]): TableWrites => ({
  operations: ['create', 'patch', 'delete'],
  members,
  readOnly,
});

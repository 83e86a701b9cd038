// What bodies of writes may hold, as a schema and as columns: members of the body are columns by their dotted names, and a reference may be given by its address
// alone. Called by the description and by writes. Pure.
import { described, type Schema } from '#mappings/mapping-schema.ts';
import type { ReadField } from '#mappings/read-mapping.ts';
import type { TableReading } from '#tables/table.ts';
import { addressParts, fsResources } from '#mappings/fs-resources.ts';
import { keysOf, prefix } from './addresses.ts';
import { isResourceName, partsOf, type ResourceName } from './mappings/keys.ts';
import type { ServedResource } from './reading.ts';

type Values = Readonly<Record<string, unknown>>;

const isValues = (value: unknown): value is Values =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The table that writes of the resource go to; null when nothing of it is written. */
export const writtenTable = ({ readings }: ServedResource): TableReading | null =>
  readings.find(({ writes }) => writes !== null) ?? null;

/** The schema of a body; null when the resource is not written. */
export const bodySchemaOf = (served: ServedResource): Schema | null => {
  const reading = writtenTable(served);
  if (reading === null || reading.writes === null) return null;
  const tree: Tree = {};
  const made = served.resource.made ?? {};
  for (const name of reading.writes.names) if (!Object.hasOwn(made, name)) plant(tree, name.split('.'));
  const required = new Set(
    reading.writes.writes.members.flatMap(({ required: must, of }) =>
      must === true ? of.map((name) => name.split('.')[0] ?? '') : [],
    ),
  );
  return {
    ...objectSchema(tree, reading.mapping.fields),
    ...described({
      nb: `Det som kan skrives. En ny må ha ${[...required].join(', ')}; det som ikke sendes i en endring, blir som det er, og null tar bort.`,
      en: `What can be written. A new one needs ${[...required].join(', ')}; what a change does not send stays, and null takes away.`,
    }),
  };
};

type Tree = { [name: string]: Tree };

const plant = (tree: Tree, [first, ...rest]: readonly string[]): void => {
  if (first === undefined) return;
  const below = (tree[first] ??= {});
  plant(below, rest);
};

const objectSchema = (tree: Tree, fields: readonly ReadField[]): Schema => ({
  type: 'object',
  properties: Object.fromEntries(
    Object.entries(tree).map(([name, below]) => {
      const field = fields.find((one) => one.name === name);
      const words = field === undefined ? {} : described(field.field.describe);
      const isLeaf = Object.keys(below).length === 0;
      return [
        name,
        isLeaf ? { ...words, ...field?.convert.schema } : { ...words, ...objectSchema(below, field?.fields ?? []) },
      ];
    }),
  ),
});

/** The columns of a body. A member that no column has is a column of its name, so that it is refused by it. `baseUrl` is that of addresses that are given. */
export const columnsOf = (reading: TableReading, body: Values): Values => {
  const columns: Record<string, unknown> = {};
  const names = reading.writes?.names ?? new Set<string>();
  const readOnly = reading.writes?.writes.readOnly ?? [];
  const isColumn = (name: string): boolean => names.has(name) || readOnly.includes(name);
  const holds = (name: string): boolean => [...names].some((one) => one.startsWith(`${name}.`));
  const read = (values: Values, before: string): void => {
    for (const [member, value] of Object.entries(values)) {
      const name = before + member;
      if (isColumn(name)) columns[name] = value;
      // The address of the document itself, and of what parts of keys are given for.
      else if (member === 'href') continue;
      else if (isValues(value) && holds(name)) read(withParts(name, value), `${name}.`);
      else if (value === null && holds(name))
        for (const one of names) {
          if (one.startsWith(`${name}.`)) columns[one] = null;
        }
      else columns[name] = value;
    }
  };
  /** A reference that is an address alone, with the parts of its key. */
  const withParts = (name: string, value: Values): Values => {
    const { href } = value;
    if (typeof href !== 'string' || Object.keys(value).some((one) => one !== 'href' && one !== 'type')) return value;
    const parts = partsIn(href);
    // What leads nowhere is refused as what it stands for.
    if (parts === null) return { href: undefined, [lastName(names, name)]: href };
    for (const { name: part, text } of parts) columns[`${name}.${part}`] = text;
    return { href };
  };
  read(body, '');
  return columns;
};

const lastName = (names: ReadonlySet<string>, name: string): string =>
  [...names].find((one) => one.startsWith(`${name}.`))?.slice(name.length + 1) ?? 'href';

/** The parts of the key in an address of this API, of whichever hub. */
const partsIn = (href: string): readonly { readonly name: string; readonly text: string }[] | null => {
  const at = href.lastIndexOf(`${prefix}/`);
  const below = at === -1 ? href.replace(/^\//, '') : href.slice(at + prefix.length + 1);
  const slash = below.indexOf('/');
  const name = below.slice(0, slash);
  if (slash === -1 || !isResourceName(name)) return null;
  const [key] = keysOf(name, below.slice(slash + 1));
  return key === undefined ? null : namedParts(name, key);
};

const namedParts = (resource: ResourceName, key: string) => {
  const { key: identifier } = fsResources.find(({ name }) => name === resource) ?? { key: 'naturligNokkel' };
  const texts = addressParts({ key: identifier }, key);
  return partsOf(resource).map(({ name }, index) => ({ name, text: texts[index] ?? '' }));
};

// The JSON Schemas (2020-12, as OpenAPI 3.1 takes them) of types, from their mappings. Called by the files that make operations and
// by openapi.ts. Pure.
import { sensitivities } from '#model/check.ts';
import { partMark } from '#catalogue/gate/marks.ts';
import type { ContractMark, Sensitivity, Text } from '#model/model.ts';
import type { MappingReading, ReadField } from './read-mapping.ts';

export type Schema = Readonly<Record<string, unknown>>;
export type Schemas = Readonly<Record<string, Schema>>;

/** A description in both languages, as every object of the hub's documents carries it. */
export const described = (words: Text): Schema => ({ description: words.en, 'x-nb': words.nb });

/** What an OpenAPI document of a mapped API begins with: its name, version and description. */
export const infoOf = (api: { readonly name: Text; readonly version: string; readonly description: Text }): Schema => ({
  title: api.name.en,
  'x-title-nb': api.name.nb,
  version: api.version,
  ...described(api.description),
  license: { name: 'EUPL-1.2', identifier: 'EUPL-1.2' },
});

/** Points to a schema of the components. */
export const schemaRef = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` });

/** The mark of a part that has one of its own. */
const marked = (contract: ContractMark | undefined): Schema => (contract === undefined ? {} : { [partMark]: contract });

const idWords: Text = {
  nb: 'Ugjennomsiktig id, den samme så lenge det den står for finnes, og bare i denne organisasjonen.',
  en: 'Opaque id, the same for as long as what it stands for is there, and of this organisation only.',
};

/** An opaque id. */
export const idSchema: Schema = { type: 'string', minLength: 1, maxLength: 64 };

/**
 * The schemas of one type by name: the type itself and one for each object within it (`Pupil`, `PupilSchool`). Several readings are the classes
 * that make one type together: the type has the fields of all. `id` is the member of the opaque id; null = documents have none.
 */
export const schemasOf = (readings: readonly MappingReading[], id: 'id' | null = 'id'): Schemas => {
  const [first] = readings;
  if (first === undefined) return {};
  const { schema, describe } = first.mapping;
  const into = new Map<string, Schema>();
  const fields = together(readings.map((reading) => reading.fields));
  const before = id === null ? {} : { [id]: { ...idSchema, ...described(idWords) } };
  addObject(into, schema, describe, fields, before, Object.keys(before));
  into.set(schema, { ...into.get(schema), ...marked(first.mapping.contract) });
  return Object.fromEntries([...into].toSorted(([one], [other]) => (one < other ? -1 : 1)));
};

/** Fields of the same name are one; those that stand in some classes only are kept. */
const together = (lists: readonly (readonly ReadField[])[]): readonly (readonly ReadField[])[] => {
  const byName = new Map<string, ReadField[]>();
  for (const field of lists.flat()) byName.set(field.name, [...(byName.get(field.name) ?? []), field]);
  return [...byName.values()];
};

const addObject = (
  into: Map<string, Schema>,
  name: string,
  describe: Text,
  fields: readonly (readonly ReadField[])[],
  before: Schemas,
  required: readonly string[],
): void => {
  const properties: Record<string, Schema> = { ...before };
  into.set(name, {
    type: 'object',
    ...described(describe),
    properties,
    ...(required.length === 0 ? {} : { required }),
  });
  for (const same of fields) {
    const [field] = same;
    if (field === undefined) continue;
    properties[field.name] = {
      ...described(field.field.describe),
      ...valueSchema(into, `${name}${capitalised(field.name)}`, same),
      'x-data-class': highest(same.flatMap(sensitivitiesWithin)),
      ...marked(field.field.contract),
      ...(field.field.include === undefined ? {} : { 'x-include': field.field.include }),
      ...(field.field.writable === true ? { 'x-writable': true } : {}),
    };
  }
};

const valueSchema = (into: Map<string, Schema>, name: string, same: readonly ReadField[]): Schema => {
  const [field] = same;
  if (field === undefined) return {};
  const { kind } = field.field;
  if (kind === 'value') return field.convert.schema;
  if (kind === 'values') return { type: 'array', items: field.convert.schema };
  const inner = together(same.map(({ fields }) => fields));
  addObject(into, name, field.field.describe, inner, {}, []);
  return kind === 'object' ? schemaRef(name) : { type: 'array', items: schemaRef(name) };
};

const capitalised = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);

const sensitivitiesWithin = (field: ReadField): readonly Sensitivity[] => [
  field.sensitivity,
  ...field.fields.flatMap(sensitivitiesWithin),
];

const highest = (list: readonly Sensitivity[]): Sensitivity =>
  sensitivities[Math.max(0, ...list.map((one) => sensitivities.indexOf(one)))] ?? 'special';

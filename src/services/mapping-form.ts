// The element that a mapping gives in XML, made of the mapping: what XSD, WSDL and OpenAPI say of answers. Called by the services of XML for the rows that
// they answer with. Pure; throws at start for what XML has no form for.
import type { MappingReading, ReadField } from '#mappings/read-mapping.ts';
import type { Schema } from '#mappings/mapping-schema.ts';
import type { Text } from '#model/model.ts';
import type { AttributeForm, ElementForm, ValueForm } from './service.ts';

/** The element of a document, by the name of the schema of the mapping. Every member may be absent: the caller may not see it, or there is no value. */
export const formOfMapping = ({ mapping, fields }: MappingReading): ElementForm => ({
  name: mapping.schema,
  describe: mapping.describe,
  ...(mapping.contract === undefined ? {} : { contract: mapping.contract }),
  members: fields.map((field) => formOfField(field)),
});

const formOfField = (read: ReadField): ElementForm => {
  const { name, field, convert, fields } = read;
  const about = { describe: field.describe, ...(field.contract === undefined ? {} : { contract: field.contract }) };
  const item = field.xml?.item;
  const inList = (inner: string, one: (name: string) => ElementForm): ElementForm =>
    item === undefined
      ? { ...one(inner), ...about, most: null }
      : { name, ...about, members: [{ ...one(item), most: null }] };
  switch (field.kind) {
    case 'value':
      return { ...formOfSchema(name, convert.schema), ...about };
    case 'values':
      return inList(name, (inner) => formOfSchema(inner, convert.schema));
    case 'object':
      return { name, ...about, members: fields.map(formOfField) };
    case 'objects':
      return inList(name, (inner) => ({ name: inner, members: fields.map(formOfField) }));
  }
};

const isSchema = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What a value of this JSON Schema is in XML. */
export const formOfSchema = (name: string, schema: Schema): ElementForm => {
  const about = textOf(schema);
  const describe = about === null ? {} : { describe: about };
  if (schema['type'] === 'array') {
    if (!isSchema(schema['items'])) throw new Error(`The list ${name} does not say of what it is.`);
    return { ...formOfSchema(name, schema['items']), ...describe, most: null };
  }
  if (schema['type'] !== 'object') return { name, ...describe, content: valueForm(name, schema) };
  const properties = isSchema(schema['properties']) ? Object.entries(schema['properties']) : [];
  const attributes = properties.flatMap(([key, inner]): readonly AttributeForm[] =>
    key.startsWith('@') && isSchema(inner) ? [{ ...valueForm(key, inner), name: key.slice(1) }] : [],
  );
  const withAttributes = attributes.length === 0 ? {} : { attributes };
  const text = properties.find(([key]) => key === '#')?.[1];
  if (isSchema(text)) return { name, ...describe, ...withAttributes, content: valueForm(name, text) };
  return {
    name,
    ...describe,
    ...withAttributes,
    members: properties.flatMap(([key, inner]) =>
      key.startsWith('@') || !isSchema(inner) ? [] : [formOfSchema(key, inner)],
    ),
  };
};

const textOf = (schema: Schema): Text | null => {
  const { description, 'x-nb': nb } = schema;
  return typeof description === 'string' && typeof nb === 'string' ? { en: description, nb } : null;
};

/** Answers promise types and words; lengths and patterns are of what is written. */
const valueForm = (name: string, schema: Schema): ValueForm => {
  const { type, format, enum: listed, const: fixed } = schema;
  const values = Array.isArray(listed) ? listed.map(String) : fixed === undefined ? null : [String(fixed)];
  const kind = Array.isArray(type) ? (type as readonly unknown[]).find((one) => one !== 'null') : type;
  if (values !== null && (kind === 'string' || kind === undefined)) {
    const isFlag = values.length === 2 && values.includes('J') && values.includes('N');
    return isFlag ? { type: 'flag' } : { type: 'string', values };
  }
  switch (kind) {
    case 'integer':
      return { type: 'integer' };
    case 'number':
      return { type: 'decimal' };
    case 'boolean':
      return { type: 'boolean' };
    case 'string':
      return { type: format === 'date' ? 'day' : format === 'date-time' ? 'instant' : 'string' };
    default:
      throw new Error(`XML has no form for the value ${name}.`);
  }
};

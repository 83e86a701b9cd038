// The schema of requests and answers, made of the tables. Called by fsws-crud-api.ts. What is not known of the original is marked where it stands.
import { escapeAttribute, xmlDeclaration } from '#formats/xml/write-xml.ts';
import type { Text } from '#model/model.ts';
import { documentation } from '#services/xsd.ts';
import { operations } from './answers.ts';
import type { Column, CrudTable } from './crud-table.ts';
import type { ReadyTable } from './deps.ts';
import { crudNamespace } from './request-xml.ts';

/** What stands at the columns and tables whose names are drawn by the convention alone. */
const reconstructed: Text = {
  nb: 'Rekonstruert: navnet er laget etter skikken til de kjente.',
  en: 'Reconstructed: the name follows the convention of those that are known.',
};

const version = '1.6';

/** The schema as text. */
export const crudXsd = (tables: Iterable<ReadyTable>): string => {
  const all = [...tables];
  const choice = all.map(({ table }) => element(table.name, table.name)).join('');
  const several = `<xs:choice minOccurs="0" maxOccurs="unbounded">${choice}</xs:choice>`;
  const status = element('Status', 'Status');
  const one = `<xs:choice>${choice}</xs:choice>`;
  const optional = `<xs:choice minOccurs="0">${choice}</xs:choice>`;
  const roots = [
    ...Object.values(operations)
      .flatMap(({ roots: names }) => names)
      .map((name) => root(name, one, name.includes('Attachment') ? reconstructed : null)),
    root(operations.select.answer, `<xs:sequence>${status}${optional}</xs:sequence>`),
    root(operations.selectMany.answer, `<xs:choice>${status}${several}</xs:choice>`),
    root(operations.upsert.answer, `<xs:sequence>${status}</xs:sequence>`),
  ];
  const types = all.map(({ table }) => tableType(table));
  return (
    `${xmlDeclaration}<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns="${crudNamespace}"` +
    ` targetNamespace="${crudNamespace}" elementFormDefault="qualified" version="${version}">\n` +
    `${[...roots, statusType, ...types].join('\n')}\n</xs:schema>\n`
  );
};

const element = (name: string, type: string): string => `<xs:element name="${name}" type="${type}"/>`;

const root = (name: string, content: string, mark: Text | null = null): string =>
  `<xs:element name="${name}">${mark === null ? '' : documented(mark)}<xs:complexType>${content}</xs:complexType></xs:element>`;

const documented = (...texts: readonly Text[]): string =>
  documentation(texts)
    .map((line) => line.trim())
    .join('');

const statusType =
  `<xs:complexType name="Status"><xs:sequence>${element('Kode', 'xs:int')}${element('Melding', 'xs:string')}` +
  `<xs:element name="Referanse" type="xs:string" minOccurs="0">${documented(reconstructed)}</xs:element></xs:sequence></xs:complexType>`;

/** Columns in the order of the variants that have them; each once. */
export const columnsOf = ({ variants }: CrudTable): ReadonlyMap<string, Column> => {
  const columns = new Map<string, Column>();
  for (const { columns: own } of variants)
    for (const [name, column] of Object.entries(own)) if (!columns.has(name)) columns.set(name, column);
  return columns;
};

const tableType = (table: CrudTable): string => {
  const columns = [...columnsOf(table)].map(
    ([name, { describe, convert, known }]) =>
      `\n  <xs:element name="${name}" minOccurs="0">${documented(describe, ...(known === true ? [] : [reconstructed]))}${simpleType(convert.schema)}</xs:element>`,
  );
  return `<xs:complexType name="${table.name}">${documented(table.describe)}<xs:all>${columns.join('')}\n</xs:all></xs:complexType>`;
};

/** The type of a value by its JSON Schema. Columns may stand empty: a request takes away what is there with nothing. */
const simpleType = (schema: Readonly<Record<string, unknown>>): string => {
  const { type, format, enum: words, pattern, maxLength, minimum, maximum } = schema;
  const [base, facets] =
    type === 'integer'
      ? ['xs:int', [facet('minInclusive', minimum), facet('maxInclusive', maximum)]]
      : format === 'date'
        ? ['xs:date', []]
        : [
            'xs:string',
            [
              ...(Array.isArray(words) ? words.map((word) => facet('enumeration', word)) : []),
              facet('pattern', typeof pattern === 'string' ? pattern.replace(/^\^|\$$/g, '') : undefined),
              facet('maxLength', maxLength),
            ],
          ];
  const value = `<xs:simpleType><xs:restriction base="${base}">${facets.join('')}</xs:restriction></xs:simpleType>`;
  return `<xs:simpleType><xs:union>${value}<xs:simpleType><xs:restriction base="xs:string"><xs:length value="0"/></xs:restriction></xs:simpleType></xs:union></xs:simpleType>`;
};

const facet = (name: string, value: unknown): string =>
  typeof value === 'string' || typeof value === 'number'
    ? `<xs:${name} value="${escapeAttribute(String(value))}"/>`
    : '';

// The XML of a request: which operation, which table, which columns with which texts. Called by requests.ts. Order of columns, prefixes, comments and CDATA are
// nobody's business; everything that XML can be made to do harm with is refused by the reader of XML. Knows no table.
import { readDocument } from '#formats/xml/read-document.ts';
import type { XmlElement } from '#formats/xml/read-xml.ts';
import { XmlFault, type XmlFaultCode } from '#formats/xml/xml-fault.ts';
import type { StatusName } from '#services/statuses.ts';
import { about } from '#services/written-status.ts';
import { failed, ok, type Outcome } from './outcome.ts';

export const crudNamespace = 'http://fsws.usit.no/schemas/crud';

export type RequestXml = {
  /** Name of the root: `doSelectRequest`. */
  readonly root: string;
  readonly table: string;
  /** Texts by column, in the order given, without blanks around them. */
  readonly columns: ReadonlyMap<string, string>;
};

/** `roots` are those that the address takes. */
export const readRequestXml = async (text: string, roots: readonly string[]): Promise<Outcome<RequestXml>> => {
  // The form has said which letters these are: what the document says of bytes is of no matter any more.
  const plain = text.replace(/^\ufeff/, '').replace(/^<\?xml\s[^>]{0,200}\?>/, '');
  const root = await readDocument(plain);
  if (root instanceof XmlFault) {
    const { code, message } = root;
    return failed({ name: statusOfFault[code], about: { nb: message, en: message } });
  }
  const { name, namespace, attributes, children } = root;
  if (namespace !== crudNamespace) return failed(about('namespace', name));
  if (!roots.includes(name)) return failed(about('root', ...roots));
  if (Object.keys(attributes).length > 0) return failed(about('attributes', name));
  const [table, ...others] = children;
  if (table === undefined || others.length > 0 || root.text.trim() !== '') return failed({ name: 'oneTable' });
  const columns = columnsOf(table);
  return columns.ok ? ok({ root: name, table: table.name, columns: columns.value }) : columns;
};

const columnsOf = (table: XmlElement): Outcome<ReadonlyMap<string, string>> => {
  const elements = [table, ...table.children];
  const strange = elements.find(({ namespace }) => namespace !== crudNamespace);
  if (strange !== undefined) return failed(about('namespace', strange.name));
  const attributed = elements.find(({ attributes }) => Object.keys(attributes).length > 0);
  if (attributed !== undefined) return failed(about('attributes', attributed.name));
  if (table.text.trim() !== '') return failed(about('nested', table.name));
  const columns = new Map<string, string>();
  for (const { name, text, children } of table.children) {
    if (children.length > 0) return failed(about('nested', name));
    if (columns.has(name)) return failed(about('twice', name));
    // Texts are kept in one form of their letters: what is looked for has it too.
    columns.set(name, text.trim().normalize('NFC'));
  }
  return ok(columns);
};

const statusOfFault: Readonly<Record<XmlFaultCode, StatusName>> = {
  empty: 'malformed',
  'encoding-unknown': 'malformed',
  'encoding-conflict': 'malformed',
  'encoding-invalid': 'malformed',
  'not-well-formed': 'malformed',
  doctype: 'refusedXml',
  instruction: 'refusedXml',
  'too-deep': 'xmlLimit',
  'too-many-attributes': 'xmlLimit',
  'name-too-long': 'xmlLimit',
  'attribute-too-long': 'xmlLimit',
  'text-too-long': 'xmlLimit',
  'token-too-long': 'xmlLimit',
  'entry-too-large': 'xmlLimit',
};

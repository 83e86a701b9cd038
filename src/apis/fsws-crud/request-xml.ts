// The XML of a request: which operation, which table, which columns with which texts. Called by requests.ts. Order of columns, prefixes, comments and CDATA are
// nobody's business; everything that XML can be made to do harm with is refused by the reader of XML. Knows no table.
import { limits } from '#base/limits.ts';
import { readXml, type XmlElement } from '#formats/xml/read-xml.ts';
import { XmlFault, type XmlFaultCode } from '#formats/xml/xml-fault.ts';
import { about, failed, ok, type Outcome } from './outcome.ts';
import type { StatusName } from './statuses.ts';

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
  let root: { readonly name: string; readonly namespace: string } | null = null;
  const tables: XmlElement[] = [];
  try {
    for await (const events of readXml(bytesOf(plain), (_, around) => around !== null))
      for (const event of events) {
        if (event.kind === 'entry') tables.push(event.element);
        if (event.kind !== 'open') continue;
        root = event;
        if (event.namespace !== crudNamespace)
          return failed(about('namespace', event.name.slice(0, limits.xmlNameLength)));
        if (!roots.includes(event.name)) return failed(about('root', ...roots));
        if (Object.keys(event.attributes).length > 0) return failed({ name: 'attributes' });
      }
  } catch (error) {
    if (!(error instanceof XmlFault)) throw error;
    const said = error.message;
    return failed({ name: statusOfFault[error.code], about: { nb: said, en: said } });
  }
  const [table, ...others] = tables;
  if (root === null || table === undefined || others.length > 0) return failed({ name: 'oneTable' });
  const columns = columnsOf(table);
  return columns.ok ? ok({ root: root.name, table: table.name, columns: columns.value }) : columns;
};

async function* bytesOf(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}

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

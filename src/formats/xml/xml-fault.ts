// What can be wrong with an XML file before anybody looks at what it says. Thrown by the reader, caught by whoever reads a file.

const faults = {
  empty: 'The file is empty.',
  'encoding-unknown':
    'The file says that it is in an encoding that is not read: only UTF-8, UTF-16, ISO-8859-1, windows-1252 and US-ASCII are.',
  'encoding-conflict': 'The file says another encoding than it is in.',
  'encoding-invalid': 'The file holds bytes that are no letters in the encoding that it says.',
  'not-well-formed': 'The file is no well-formed XML.',
  doctype: 'The file declares a document type or entities, which are not read.',
  instruction: 'The file holds a processing instruction, which are not read.',
  'too-deep': 'Elements are nested too deeply.',
  'too-many-attributes': 'An element has too many attributes.',
  'name-too-long': 'The name of an element or an attribute is too long.',
  'attribute-too-long': 'The value of an attribute is too long.',
  'text-too-long': 'The text of an element is too long.',
  'token-too-long': 'A tag, a text, a comment or the like is too long.',
  'entry-too-large': 'An entry holds too many elements.',
} as const;

export type XmlFaultCode = keyof typeof faults;

/** `message` holds nothing of the file but, where the reader of XML says it, what kind of sign it stumbled over. */
export class XmlFault extends Error {
  override readonly name = 'XmlFault';
  readonly code: XmlFaultCode;
  /** From 1. */
  readonly line: number;
  constructor(code: XmlFaultCode, line: number, message: string) {
    super(message);
    this.code = code;
    this.line = line;
  }
}

// Begins with the place, and may end with what stands in the file.
const place = /^\d+:\d+:\s*/;
const quoted = /[:"'].*$/s;

/** `said`: the words of the reader of XML, of which only what is its own is kept. */
export const xmlFault = (code: XmlFaultCode, line: number, said = ''): XmlFault => {
  const own = said.replace(place, '').replace(quoted, '').trim();
  return new XmlFault(code, line, own === '' ? faults[code] : `${faults[code]} (${own})`);
};

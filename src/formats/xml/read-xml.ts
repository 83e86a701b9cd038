// Files of others, read as a stream: bytes come in piece by piece, entries go out with the line on which they begin, and no more is held than the
// entry that is being read. Called by the readers of the formats. What XML can be made to do harm with is refused: declarations of a document type and
// of entities, processing instructions, and whatever is beyond the limits. A file in another encoding than it says is refused, never guessed at.
import { limits } from '#base/limits.ts';
import { SaxesParser, type SaxesTagNS } from 'saxes';
import { decodeXml, staysAsIs } from './decode-xml.ts';
import { xmlFault } from './xml-fault.ts';
import type { XmlFaultCode } from './xml-fault.ts';

/** An element with all that is in it. Names are those without prefixes. */
export type XmlElement = {
  readonly name: string;
  readonly namespace: string;
  /** On which it begins, from 1. */
  readonly line: number;
  /** Those without a prefix; where they are asked for, those with one besides, as `{namespace}name`. */
  readonly attributes: XmlAttributes;
  readonly children: readonly XmlElement[];
  /** What stands in it outside its children, as written. */
  readonly text: string;
};

export type XmlAttributes = Readonly<Record<string, string>>;

/** `open` and `close` are of elements that are no entries; what is between their tags beside elements is left out. */
export type XmlEvent =
  | {
      readonly kind: 'open';
      readonly name: string;
      readonly namespace: string;
      readonly line: number;
      readonly attributes: XmlAttributes;
    }
  | { readonly kind: 'entry'; readonly element: XmlElement }
  | { readonly kind: 'close'; readonly name: string; readonly line: number };

/** Whether an element is given as a whole; `around` is the name of the element that it stands in, null for the root. */
export type IsEntry = (name: string, around: string | null) => boolean;

export type XmlReading = {
  /** Attributes with a prefix are wanted too. */
  readonly prefixed?: true;
  /** The text of an element, characters. Absent = `limits.xmlTextLength`. */
  readonly textLength?: number;
};

/**
 * Reads a document. Gives what came in one piece of it at a time, in order; the pieces hold at most as much as 64 KiB of text can say.
 * Throws an XmlFault when the document is no well-formed XML, is refused, or is not in the encoding that it says.
 */
export async function* readXml(
  chunks: AsyncIterable<Uint8Array>,
  isEntry: IsEntry,
  reading: XmlReading = {},
): AsyncGenerator<readonly XmlEvent[], void> {
  const parsing = parse(isEntry, reading);
  for await (const text of decodeXml(chunks, parsing.line)) {
    parsing.write(text);
    const events = parsing.take();
    if (events.length > 0) yield events;
  }
  parsing.end();
  const events = parsing.take();
  if (events.length > 0) yield events;
}

/** Of whole documents, by what is wanted of them: one that has come to its end begins anew. Those that found a fault are let go. */
const rested = new Map<string, Parsing>();
const mostRested = 16;
const isRoot: IsEntry = () => true;

/** How long a text may be to be read in one go, characters: its bytes are fewer than a piece holds. */
const wholeLength = 16_384;

/**
 * Reads a short text that has been decoded, the root as the one entry, as `readXml` reads its bytes. Gives undefined for one that is not short or that its bytes
 * may not be read as: that is left to `readXml`. Throws an XmlFault as it does.
 */
export const readShortXml = (text: string, reading: XmlReading = {}): XmlElement | undefined => {
  if (text.length > wholeLength || !staysAsIs(text)) return undefined;
  const key = `${reading.prefixed === true} ${reading.textLength}`;
  const parsing = rested.get(key) ?? parse(isRoot, reading);
  rested.delete(key);
  parsing.write(text);
  parsing.end();
  const [event] = parsing.take();
  if (rested.size < mostRested) rested.set(key, parsing);
  return event?.kind === 'entry' ? event.element : undefined;
};

type Parsing = {
  readonly line: () => number;
  readonly write: (text: string) => void;
  readonly end: () => void;
  readonly take: () => readonly XmlEvent[];
};

type OpenElement = {
  readonly name: string;
  readonly namespace: string;
  readonly line: number;
  readonly attributes: XmlAttributes;
  readonly children: OpenElement[];
  text: string;
};

const none: XmlAttributes = Object.freeze({});
const nothing: readonly XmlEvent[] = [];

/**
 * What `on` of the parser sets, by the names of its members. An object that gets more than a few members by computed names becomes a table of them, and the
 * parser looks at its own with every letter: it takes four times as long then. What refuses is set by `on`.
 */
type FrequentHandlers = {
  textHandler: (value: string) => void;
  openTagStartHandler: () => void;
  openTagHandler: (tag: SaxesTagNS) => void;
  closeTagHandler: (tag: SaxesTagNS) => void;
};

const parse = (isEntry: IsEntry, { prefixed, textLength = limits.xmlTextLength }: XmlReading): Parsing => {
  const tokenLength = Math.max(limits.xmlTokenLength, textLength);
  const parser = new SaxesParser({ xmlns: true, position: true, defaultXMLVersion: '1.0', forceXMLVersion: true });
  const around: string[] = [];
  // The entry that is being read: the elements that are open, outermost first.
  const open: OpenElement[] = [];
  let [elements, depth, startLine, lastSign, written] = [0, 0, 1, 0, 0];
  let events: XmlEvent[] = [];

  const refuse = (code: XmlFaultCode): never => {
    throw xmlFault(code, parser.line);
  };
  const sign = (): void => {
    lastSign = parser.position;
  };
  const text = (value: string): void => {
    sign();
    const inner = open.at(-1);
    if (inner === undefined) return;
    if (inner.text.length + value.length > textLength) refuse('text-too-long');
    inner.text = inner.text === '' ? value : inner.text + value;
  };

  parser.on('error', (error) => {
    throw xmlFault('not-well-formed', parser.line, error.message);
  });
  parser.on('doctype', () => refuse('doctype'));
  parser.on('processinginstruction', () => refuse('instruction'));
  parser.on('comment', sign);
  parser.on('cdata', text);
  const handlers = parser as unknown as FrequentHandlers;
  handlers.textHandler = text;
  handlers.openTagStartHandler = () => {
    startLine = parser.line;
  };
  handlers.openTagHandler = (tag) => {
    sign();
    depth += 1;
    if (depth > limits.xmlDepth) refuse('too-deep');
    if (tag.name.length > limits.xmlNameLength) refuse('name-too-long');
    const fault = attributesFault(tag.attributes);
    if (fault !== null) refuse(fault);
    const { local: name, uri: namespace } = tag;
    const line = startLine;
    const attributes = attributesOf(tag.attributes, prefixed === true);
    const outer = open.at(-1);
    if (outer === undefined && !isEntry(name, around.at(-1) ?? null)) {
      around.push(name);
      events.push({ kind: 'open', name, namespace, line, attributes });
      return;
    }
    elements += 1;
    if (elements > limits.xmlEntryElements) refuse('entry-too-large');
    const element: OpenElement = { name, namespace, line, attributes, children: [], text: '' };
    outer?.children.push(element);
    open.push(element);
  };
  handlers.closeTagHandler = ({ local }) => {
    sign();
    depth -= 1;
    const element = open.pop();
    if (element === undefined) {
      around.pop();
      events.push({ kind: 'close', name: local, line: parser.line });
    } else if (open.length === 0) {
      elements = 0;
      events.push({ kind: 'entry', element });
    }
  };

  return {
    line: () => parser.line,
    write: (piece) => {
      parser.write(piece);
      written += piece.length;
      if (written - lastSign > tokenLength) refuse('token-too-long');
    },
    end: () => {
      parser.close();
      [lastSign, written] = [0, 0];
    },
    take: () => {
      if (events.length === 0) return nothing;
      const taken = events;
      events = [];
      return taken;
    },
  };
};

type TagAttributes = Readonly<
  Record<
    string,
    {
      readonly name: string;
      readonly prefix: string;
      readonly local: string;
      readonly uri: string;
      readonly value: string;
    }
  >
>;

const attributesFault = (
  attributes: TagAttributes,
): 'too-many-attributes' | 'name-too-long' | 'attribute-too-long' | null => {
  let count = 0;
  for (const name in attributes) {
    count += 1;
    if (count > limits.xmlAttributes) return 'too-many-attributes';
    if (name.length > limits.xmlNameLength) return 'name-too-long';
    if ((attributes[name]?.value.length ?? 0) > limits.xmlAttributeLength) return 'attribute-too-long';
  }
  return null;
};

const attributesOf = (attributes: TagAttributes, prefixed: boolean): XmlAttributes => {
  let plain: Record<string, string> | null = null;
  for (const name in attributes) {
    const attribute = attributes[name];
    if (attribute === undefined || name === 'xmlns' || attribute.prefix === 'xmlns') continue;
    if (attribute.prefix !== '' && !prefixed) continue;
    // Made of nothing: an attribute may be called whatever objects have.
    plain ??= Object.create(null) as Record<string, string>;
    plain[attribute.prefix === '' ? attribute.local : `{${attribute.uri}}${attribute.local}`] = attribute.value;
  }
  return plain ?? none;
};

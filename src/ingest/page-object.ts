// Splits a page object (facts 5.2): a small machine over bytes that knows the frame of a page and lets the scanner find where the values in it
// end. Members come in any order; those that nobody asks for must still be JSON. Called by entries.ts.
import {
  backslash,
  closeBrace,
  closeBracket,
  colon,
  comma,
  createCarry,
  isBlank,
  malformed,
  openBrace,
  openBracket,
  parseSlice,
  quote,
  restart,
  scanValue,
  tooLarge,
} from './json-scan.ts';
import type { Carry, PageLimits, Scan } from './json-scan.ts';
import { createEntries } from './page-parts.ts';
import type { PageSink, PageSplitter } from './page-parts.ts';

/** Between the values of a page object, the splitter waits for one of these; inside one, it reads `member` or `element`. */
type State =
  | 'start'
  | 'first-name'
  | 'name'
  | 'in-name'
  | 'colon'
  | 'value'
  | 'member'
  | 'after-member'
  | 'first-element'
  | 'next-element'
  | 'element'
  | 'end';

/** Members beside the entries are small; the metadata is one of them. */
const memberBytes = 65_536;
/** Members that a page may have beside those that count. */
const memberCount = 32;

type Splitter = {
  readonly sink: PageSink;
  readonly bounds: PageLimits;
  readonly addEntry: (slice: Buffer, position: number) => void;
  readonly elementCarry: Carry;
  readonly memberCarry: Carry;
  readonly scan: Scan;
  /** Names of the members so far. */
  readonly seen: Set<string>;
  state: State;
  name: string;
  /** Position of the chunk's first byte in the body, and of the value that is being read. */
  offset: number;
  begunAt: number;
  /** The unread part of the value that is being read begins here in the current chunk. */
  from: number;
};

/** Gives the splitter of one body. */
export const createObjectSplitter = (sink: PageSink, bounds: PageLimits): PageSplitter => {
  const splitter: Splitter = {
    sink,
    bounds,
    addEntry: createEntries(sink, bounds),
    elementCarry: createCarry('An entry', bounds.entryBytes),
    memberCarry: createCarry('A member beside the entries', memberBytes),
    scan: { depth: 0, keys: 0, inString: false, escaped: false },
    seen: new Set(),
    state: 'start',
    name: '',
    offset: 0,
    begunAt: 0,
    from: 0,
  };
  return {
    push: (chunk) => push(splitter, chunk),
    end: () => {
      if (splitter.state !== 'end') malformed('The page is cut off', splitter.offset);
    },
  };
};

const push = (splitter: Splitter, chunk: Buffer): void => {
  let at = 0;
  splitter.from = 0;
  while (at < chunk.length) {
    if (splitter.state === 'element') at = readElement(splitter, chunk, at);
    else if (splitter.state === 'member') at = readMember(splitter, chunk, at);
    else if (splitter.state === 'in-name') at = readName(splitter, chunk, at);
    else at = readFrame(splitter, chunk[at] ?? 0, at);
  }
  const rest = chunk.subarray(splitter.from);
  if (splitter.state === 'element') {
    splitter.sink.content(rest);
    splitter.elementCarry.keep(rest);
  } else if (splitter.state === 'member' || splitter.state === 'in-name') splitter.memberCarry.keep(rest);
  splitter.offset += chunk.length;
};

/** Reads on in an entry; gives where to go on, which is the end of the chunk when the entry goes on after it. */
const readElement = (splitter: Splitter, chunk: Buffer, index: number): number => {
  const at = scanValue(chunk, index, splitter.scan, splitter.bounds);
  if (at === chunk.length) return at;
  const byte = chunk[at];
  if (byte === closeBrace) malformed('Expected a comma or the end of the entries', splitter.offset + at);
  const slice = splitter.elementCarry.take(chunk.subarray(splitter.from, at));
  splitter.sink.content(chunk.subarray(splitter.from, at + 1));
  splitter.addEntry(slice, splitter.begunAt);
  splitter.state = byte === comma ? 'next-element' : 'after-member';
  return at + 1;
};

const readMember = (splitter: Splitter, chunk: Buffer, index: number): number => {
  const at = scanValue(chunk, index, splitter.scan, splitter.bounds);
  if (at === chunk.length) return at;
  if (chunk[at] === closeBracket) malformed('Expected a comma or the end of the page', splitter.offset + at);
  const slice = splitter.memberCarry.take(chunk.subarray(splitter.from, at));
  const value = parseSlice(slice, splitter.begunAt, 'A member of the page');
  if (splitter.name === 'metadata') splitter.sink.metadata(value);
  // null stands for a page without entries.
  else if (splitter.name === 'resources' && value !== null)
    malformed('The resources of the page are not a list: begins', splitter.begunAt);
  splitter.state = 'after-member';
  return at;
};

const readName = (splitter: Splitter, chunk: Buffer, index: number): number => {
  const at = nameEnd(chunk, index, splitter.scan);
  if (at === chunk.length) return at;
  const slice = splitter.memberCarry.take(chunk.subarray(splitter.from, at + 1));
  const name = String(parseSlice(slice, splitter.begunAt, 'The name of a member'));
  if (splitter.seen.has(name) && (name === 'resources' || name === 'metadata'))
    malformed('A member that may come once comes again', splitter.begunAt);
  splitter.seen.add(name);
  if (splitter.seen.size > memberCount) tooLarge(`A page has at most ${memberCount} members.`);
  splitter.name = name;
  splitter.state = 'colon';
  return at + 1;
};

/** Position of the quote that ends a member's name, or the length of the chunk. The first byte of a name is its opening quote. */
const nameEnd = (chunk: Buffer, index: number, scan: Scan): number => {
  for (let at = index; at < chunk.length; at += 1) {
    const byte = chunk[at];
    if (scan.escaped) scan.escaped = false;
    else if (byte === quote) return at;
    else if (byte === backslash) scan.escaped = true;
  }
  return chunk.length;
};

const begin = (splitter: Splitter, state: State, at: number): void => {
  splitter.state = state;
  splitter.begunAt = splitter.offset + at;
  splitter.from = at;
  restart(splitter.scan);
};

const byteOrderMark = [0xef, 0xbb, 0xbf];

/** Reads one byte of the frame around the values; gives where to go on. */
const readFrame = (splitter: Splitter, byte: number, at: number): number => {
  if (isBlank(byte)) return at + 1;
  const position = splitter.offset + at;
  switch (splitter.state) {
    case 'start':
      if (byteOrderMark[position] === byte) return at + 1;
      if (byte !== openBrace) malformed('The page is not an object', position);
      splitter.state = 'first-name';
      return at + 1;
    case 'first-name':
    case 'name':
      if (byte === closeBrace && splitter.state === 'first-name') splitter.state = 'end';
      else if (byte === quote) begin(splitter, 'in-name', at);
      else malformed('Expected the name of a member', position);
      return at + 1;
    case 'colon':
      if (byte !== colon) malformed('Expected a colon', position);
      splitter.state = 'value';
      return at + 1;
    case 'value':
      if (byte === openBracket && splitter.name === 'resources') {
        splitter.state = 'first-element';
        return at + 1;
      }
      begin(splitter, 'member', at);
      return at;
    case 'after-member':
      if (byte === comma) splitter.state = 'name';
      else if (byte === closeBrace) splitter.state = 'end';
      else malformed('Expected a comma or the end of the page', position);
      return at + 1;
    case 'first-element':
    case 'next-element':
      return beginElement(splitter, byte, at);
    default:
      return malformed('Unexpected bytes after the page', position);
  }
};

const beginElement = (splitter: Splitter, byte: number, at: number): number => {
  if (byte === closeBracket && splitter.state === 'first-element') {
    splitter.state = 'after-member';
    return at + 1;
  }
  if (byte === comma || byte === closeBracket) malformed('Expected an entry', splitter.offset + at);
  begin(splitter, 'element', at);
  return at;
};

// Splits the body of a sync page into its entries while it arrives, so that a page of any size is never one value and never one parse.
// Called by page.ts. Two forms: the page object of FINT with its members in any order (facts 5.2), and NDJSON with the metadata on the
// first line and one entry on each further line. Knows no model and no store; texts of errors name byte positions, never content.
import { isAscii, isUtf8 } from 'node:buffer';
import { HubError, problem } from '#base/errors.ts';
import type { ErrorCode } from '#base/errors.ts';
import { limits } from '#base/limits.ts';

export type PageForm = 'json' | 'ndjson';

export type PageSink = {
  /** The metadata object, parsed: before, between or after the entries. */
  readonly metadata: (value: unknown) => void;
  /** One entry, parsed, with its position in the page from 0. */
  readonly entry: (value: unknown, index: number) => void;
  /** Bytes that belong to the entries, in order, whatever the size of the chunks: for a content hash. */
  readonly content: (bytes: Buffer) => void;
};

export type PageSplitter = {
  /** Takes the next bytes of the body; calls the sink for what is complete. Throws HubError HUB-101 or HUB-102. */
  readonly push: (chunk: Buffer) => void;
  /** Says that the body is complete. Throws HubError HUB-101 when it is not. */
  readonly end: () => void;
};

export type PageLimits = {
  readonly entryBytes: number;
  readonly pageEntries: number;
  readonly jsonDepth: number;
  readonly jsonKeys: number;
};

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const colon = 0x3a;
const newline = 0x0a;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const openBracket = 0x5b;
const closeBracket = 0x5d;

// What a byte means outside of a string: 0 nothing, 1 quote, 2 opens, 3 closes, 4 comma, 5 colon.
const meaning = (() => {
  const table = new Uint8Array(256);
  table[quote] = 1;
  table[openBrace] = table[openBracket] = 2;
  table[closeBrace] = table[closeBracket] = 3;
  table[comma] = 4;
  table[colon] = 5;
  return table;
})();

const isBlank = (byte: number): boolean => byte === 0x20 || byte === newline || byte === 0x0d || byte === 0x09;

const fail = (code: ErrorCode, detail: string): never => {
  throw new HubError(problem(code, detail));
};

const tooLarge = (detail: string): never => fail('HUB-102', detail);
const malformed = (what: string, position: number): never => fail('HUB-101', `${what} at byte ${position}.`);

/** Gives a splitter for one body of the form. The sink is called synchronously from `push` and `end`. */
export const createPageSplitter = (form: PageForm, sink: PageSink, bounds: PageLimits = limits): PageSplitter =>
  form === 'json' ? createJsonSplitter(sink, bounds) : createLinesSplitter(sink, bounds);

/** Parses one value out of a page. `position` is that of its first byte. */
const parseSlice = (slice: Buffer, position: number, what: string): unknown => {
  const text = isAscii(slice)
    ? slice.toString('latin1')
    : isUtf8(slice)
      ? slice.toString('utf8')
      : malformed(`${what} is not UTF-8: begins`, position);
  try {
    return JSON.parse(text);
  } catch (error) {
    // The engine's message quotes the text; only the position in it may be told.
    const inside = error instanceof SyntaxError ? /at position (\d+)/.exec(error.message)?.[1] : undefined;
    const within = inside === undefined ? 0 : Buffer.byteLength(text.slice(0, Number(inside)));
    return malformed(
      `${what} is not well-formed JSON: ${inside === undefined ? 'begins' : 'goes wrong'}`,
      position + within,
    );
  }
};

/** A value that is being read: where a scan over it stands. */
type Scan = { depth: number; keys: number; inString: boolean; escaped: boolean };

/**
 * Scans on from `index` to the end of the value that is being read, and gives the position of the comma or closing bracket that ends it,
 * or `chunk.length` when it goes on. Brackets are counted, not matched: the parser judges them.
 */
const scanValue = (chunk: Buffer, index: number, scan: Scan, bounds: PageLimits): number => {
  const { length } = chunk;
  let { depth, keys, inString, escaped } = scan;
  let at = index;
  outer: while (at < length) {
    if (inString) {
      for (; at < length; at += 1) {
        const byte = chunk[at];
        if (escaped) escaped = false;
        else if (byte === quote) {
          inString = false;
          at += 1;
          continue outer;
        } else if (byte === backslash) escaped = true;
      }
      break;
    }
    const kind = meaning[chunk[at] ?? 0];
    if (kind === 1) inString = true;
    else if (kind === 2) {
      depth += 1;
      if (depth > bounds.jsonDepth) tooLarge(`A value is nested deeper than ${bounds.jsonDepth} levels.`);
    } else if (kind === 3) {
      if (depth === 0) break;
      depth -= 1;
    } else if (kind === 4) {
      if (depth === 0) break;
    } else if (kind === 5) {
      keys += 1;
      if (keys > bounds.jsonKeys) tooLarge(`An entry has more than ${bounds.jsonKeys} members.`);
    }
    at += 1;
  }
  scan.depth = depth;
  scan.keys = keys;
  scan.inString = inString;
  scan.escaped = escaped;
  return at;
};

const restart = (scan: Scan): void => {
  scan.depth = 0;
  scan.keys = 0;
  scan.inString = false;
  scan.escaped = false;
};

/** Bytes of a value that began in an earlier chunk. */
const createCarry = (what: string, limit: number) => {
  let parts: Buffer[] = [];
  let size = 0;
  return {
    size: (): number => size,
    // A copy, because the sender may use the memory of the chunk again.
    keep: (bytes: Buffer): void => {
      size += bytes.length;
      if (size > limit) tooLarge(`${what} is longer than ${limit} bytes.`);
      parts.push(Buffer.from(bytes));
    },
    take: (rest: Buffer): Buffer => {
      if (size + rest.length > limit) tooLarge(`${what} is longer than ${limit} bytes.`);
      if (size === 0) return rest;
      const whole = Buffer.concat([...parts, rest], size + rest.length);
      parts = [];
      size = 0;
      return whole;
    },
  };
};

const createEntries = (sink: PageSink, bounds: PageLimits) => {
  let count = 0;
  return (slice: Buffer, position: number): void => {
    if (count >= bounds.pageEntries) tooLarge(`A page holds at most ${bounds.pageEntries} entries.`);
    sink.entry(parseSlice(slice, position, `Entry ${count}`), count);
    count += 1;
  };
};

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

const createJsonSplitter = (sink: PageSink, bounds: PageLimits): PageSplitter => {
  const addEntry = createEntries(sink, bounds);
  const elementCarry = createCarry('An entry', bounds.entryBytes);
  const memberCarry = createCarry('A member beside the entries', memberBytes);
  const scan: Scan = { depth: 0, keys: 0, inString: false, escaped: false };
  const seen = new Set<string>();
  let state: State = 'start';
  let name = '';
  /** Position of the chunk's first byte in the body, and of the value that is being read. */
  let offset = 0;
  let begunAt = 0;
  /** The unread part of the value that is being read begins here in the current chunk. */
  let from = 0;

  const begin = (next: State, at: number): void => {
    state = next;
    begunAt = offset + at;
    from = at;
    restart(scan);
  };

  const endMember = (slice: Buffer): void => {
    const value = parseSlice(slice, begunAt, 'A member of the page');
    if (name === 'metadata') sink.metadata(value);
    else if (name === 'resources') {
      // null stands for a page without entries.
      if (value !== null) malformed('The resources of the page are not a list: begins', begunAt);
    }
  };

  /** Reads one byte of the frame around the values; gives where to go on. */
  const frame = (byte: number, at: number): number => {
    if (isBlank(byte)) return at + 1;
    switch (state) {
      case 'start':
        if (offset + at < 3 && [0xef, 0xbb, 0xbf][offset + at] === byte) return at + 1;
        if (byte !== openBrace) malformed('The page is not an object', offset + at);
        state = 'first-name';
        return at + 1;
      case 'first-name':
      case 'name':
        if (byte === closeBrace && state === 'first-name') state = 'end';
        else if (byte === quote) {
          begin('in-name', at);
        } else malformed('Expected the name of a member', offset + at);
        return at + 1;
      case 'colon':
        if (byte !== colon) malformed('Expected a colon', offset + at);
        state = 'value';
        return at + 1;
      case 'value':
        if (byte === openBracket && name === 'resources') {
          state = 'first-element';
          return at + 1;
        }
        begin('member', at);
        return at;
      case 'after-member':
        if (byte === comma) state = 'name';
        else if (byte === closeBrace) state = 'end';
        else malformed('Expected a comma or the end of the page', offset + at);
        return at + 1;
      case 'first-element':
      case 'next-element':
        if (byte === closeBracket && state === 'first-element') {
          state = 'after-member';
          return at + 1;
        }
        if (byte === comma || byte === closeBracket) malformed('Expected an entry', offset + at);
        begin('element', at);
        return at;
      default:
        return malformed('Unexpected bytes after the page', offset + at);
    }
  };

  const push = (chunk: Buffer): void => {
    const { length } = chunk;
    let at = 0;
    from = 0;
    while (at < length) {
      if (state === 'element') {
        at = scanValue(chunk, at, scan, bounds);
        if (at === length) break;
        const slice = elementCarry.take(chunk.subarray(from, at));
        const byte = chunk[at];
        if (byte === closeBrace) malformed('Expected a comma or the end of the entries', offset + at);
        sink.content(chunk.subarray(from, at + 1));
        addEntry(slice, begunAt);
        state = byte === comma ? 'next-element' : 'after-member';
        at += 1;
      } else if (state === 'member') {
        at = scanValue(chunk, at, scan, bounds);
        if (at === length) break;
        if (chunk[at] === closeBracket) malformed('Expected a comma or the end of the page', offset + at);
        endMember(memberCarry.take(chunk.subarray(from, at)));
        state = 'after-member';
      } else if (state === 'in-name') {
        at = nameEnd(chunk, at, scan);
        if (at === length) break;
        at += 1;
        name = String(parseSlice(memberCarry.take(chunk.subarray(from, at)), begunAt, 'The name of a member'));
        if (seen.has(name) && (name === 'resources' || name === 'metadata'))
          malformed('A member that may come once comes again', begunAt);
        seen.add(name);
        if (seen.size > memberCount) tooLarge(`A page has at most ${memberCount} members.`);
        state = 'colon';
      } else at = frame(chunk[at] ?? 0, at);
    }
    if (state === 'element') {
      const rest = chunk.subarray(from);
      sink.content(rest);
      elementCarry.keep(rest);
    } else if (state === 'member' || state === 'in-name') memberCarry.keep(chunk.subarray(from));
    offset += length;
  };

  return {
    push,
    end: () => {
      if (state !== 'end') malformed('The page is cut off', offset);
    },
  };
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

const createLinesSplitter = (sink: PageSink, bounds: PageLimits): PageSplitter => {
  const addEntry = createEntries(sink, bounds);
  const carry = createCarry('A line', bounds.entryBytes);
  const scan: Scan = { depth: 0, keys: 0, inString: false, escaped: false };
  let first = true;
  let offset = 0;
  let begunAt = 0;

  const line = (bytes: Buffer): void => {
    let start = 0;
    if (begunAt === 0 && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) start = 3;
    while (start < bytes.length && isBlank(bytes[start] ?? 0)) start += 1;
    if (start === bytes.length) return;
    const slice = start === 0 ? bytes : bytes.subarray(start);
    restart(scan);
    // A separator at depth 0 is an error that the parser finds; the scan is for depth and members.
    for (let at = 0; at < slice.length; at += 1) at = scanValue(slice, at, scan, bounds);
    if (first) {
      first = false;
      sink.metadata(parseSlice(slice, begunAt + start, 'The first line'));
      return;
    }
    sink.content(slice);
    addEntry(slice, begunAt + start);
  };

  return {
    push: (chunk) => {
      let from = 0;
      for (;;) {
        const at = chunk.indexOf(newline, from);
        if (at === -1) break;
        line(carry.take(chunk.subarray(from, at)));
        from = at + 1;
        begunAt = offset + from;
      }
      if (from < chunk.length) carry.keep(chunk.subarray(from));
      offset += chunk.length;
    },
    end: () => {
      if (carry.size() > 0) line(carry.take(Buffer.alloc(0)));
    },
  };
};

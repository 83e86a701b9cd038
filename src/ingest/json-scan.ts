// Scans JSON that is still arriving, without building anything of it: where values end, how deep they go, how many members they have. Called by
// the splitters of a page. Texts of errors name byte positions, never content.
import { isAscii, isUtf8 } from 'node:buffer';
import { HubError, problem } from '#base/errors.ts';
import type { ErrorCode } from '#base/errors.ts';

export type PageLimits = {
  readonly entryBytes: number;
  readonly pageEntries: number;
  readonly jsonDepth: number;
  readonly jsonKeys: number;
};

export const quote = 0x22;
export const backslash = 0x5c;
export const comma = 0x2c;
export const colon = 0x3a;
export const newline = 0x0a;
export const openBrace = 0x7b;
export const closeBrace = 0x7d;
export const openBracket = 0x5b;
export const closeBracket = 0x5d;

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

/** The four bytes that JSON lets stand between values. */
export const isBlank = (byte: number): boolean => byte === 0x20 || byte === newline || byte === 0x0d || byte === 0x09;

const fail = (code: ErrorCode, detail: string): never => {
  throw new HubError(problem(code, detail));
};

/** Throws HUB-102. */
export const tooLarge = (detail: string): never => fail('HUB-102', detail);
/** Throws HUB-101 with the position. */
export const malformed = (what: string, position: number): never => fail('HUB-101', `${what} at byte ${position}.`);

/** Parses one value out of a page. `position` is that of its first byte. */
export const parseSlice = (slice: Buffer, position: number, what: string): unknown => {
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
export type Scan = { depth: number; keys: number; inString: boolean; escaped: boolean };

/**
 * Scans on from `index` to the end of the value that is being read, and gives the position of the comma or closing bracket that ends it,
 * or `chunk.length` when it goes on. Brackets are counted, not matched: the parser judges them.
 */
export const scanValue = (chunk: Buffer, index: number, scan: Scan, bounds: PageLimits): number => {
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

/** Gets ready for the next value. */
export const restart = (scan: Scan): void => {
  scan.depth = 0;
  scan.keys = 0;
  scan.inString = false;
  scan.escaped = false;
};

export type Carry = {
  readonly size: () => number;
  readonly keep: (bytes: Buffer) => void;
  /** Gives what was kept and the rest as one, and forgets it. */
  readonly take: (rest: Buffer) => Buffer;
};

/** Keeps the bytes of a value that began in an earlier chunk, up to a limit (HUB-102 beyond). */
export const createCarry = (what: string, limit: number): Carry => {
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

// Splits a page of lines (NDJSON): the metadata on the first, one entry on each further line; blank lines do not count. Called by entries.ts.
import { createCarry, isBlank, newline, parseSlice, restart, scanValue } from './json-scan.ts';
import type { PageLimits, Scan } from './json-scan.ts';
import { createEntries } from './page-parts.ts';
import type { PageSink, PageSplitter } from './page-parts.ts';

/** Gives the splitter of one body. */
export const createLinesSplitter = (sink: PageSink, bounds: PageLimits): PageSplitter => {
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

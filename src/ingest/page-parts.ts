// What a splitter of pages is and whom it tells: shared by the two forms of a page.
import { parseSlice, tooLarge } from './json-scan.ts';
import type { PageLimits } from './json-scan.ts';

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

/** Gives a function that takes the bytes of one entry with their position in the body, parses them and tells the sink. */
export const createEntries = (sink: PageSink, bounds: PageLimits) => {
  let count = 0;
  return (slice: Buffer, position: number): void => {
    if (count >= bounds.pageEntries) tooLarge(`A page holds at most ${bounds.pageEntries} entries.`);
    sink.entry(parseSlice(slice, position, `Entry ${count}`), count);
    count += 1;
  };
};

// Where an import puts what it has read until all of it has been: files that have no name as soon as they are open, and so are gone with the process
// whatever becomes of it, killed or without power. They hold personal data. Used by import-pifu.ts.
import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ImportSink, ImportSpool } from '#ingest/pifu/ports.ts';

const bufferLetters = 65_536;
const scratchLetters = 131_072;
const readBytes = 262_144;
const newline = 0x0a;

type LinesPiece = { readonly text: Buffer; readonly lines: number };

type LineFile = ImportSpool & {
  readonly lines: () => number;
  /** Gives pieces of the file that hold whole lines, `most` at most. */
  readonly pages: (most: number) => Iterable<LinesPiece>;
};

export type SpooledEntries = {
  readonly sink: ImportSink;
  /** Collections with what is to be delivered of each. */
  readonly collections: () => ReadonlyMap<string, { readonly entries: number; readonly removals: number }>;
  readonly pages: (kind: 'entries' | 'removals', collection: string, most: number) => Iterable<LinesPiece>;
};

export type ImportDirectory = {
  readonly spool: () => ImportSpool;
  readonly entries: () => SpooledEntries;
  /** Removes everything. */
  readonly close: () => void;
};

/** Makes the directory. */
export const openImportDirectory = (): ImportDirectory => {
  // Folders that a system did not let go of while a file in them was open.
  const left = new Set<string>();
  const open = new Set<number>();
  // One for all files: what is written comes piece by piece.
  const scratch = Buffer.allocUnsafe(scratchLetters * 3);

  const close = (): void => {
    process.off('exit', close);
    for (const file of open) closeSync(file);
    open.clear();
    for (const folder of left) rmSync(folder, { recursive: true, force: true });
    left.clear();
  };
  process.once('exit', close);

  const openNameless = (): number => {
    const folder = mkdtempSync(join(tmpdir(), 'bindeledd-import-'));
    left.add(folder);
    const file = openSync(join(folder, 'lines.ndjson'), 'ax+', 0o600);
    open.add(file);
    try {
      rmSync(folder, { recursive: true });
      left.delete(folder);
    } catch {
      // It goes at the end.
    }
    return file;
  };

  const lineFile = (): LineFile => {
    const file = openNameless();
    let waiting: string[] = [];
    let letters = 0;
    let lines = 0;
    const flush = (): void => {
      if (waiting.length === 0) return;
      const text = waiting.join('');
      const bytes = text.length <= scratchLetters ? scratch : Buffer.allocUnsafe(text.length * 3);
      const length = bytes.write(text, 'utf8');
      for (let at = 0; at < length;) at += writeSync(file, bytes, at, length - at);
      waiting = [];
      letters = 0;
    };
    function* pages(most: number): Generator<LinesPiece, void> {
      flush();
      let rest = Buffer.alloc(0);
      let position = 0;
      for (;;) {
        const chunk = Buffer.allocUnsafe(readBytes);
        const got = readSync(file, chunk, 0, readBytes, position);
        position += got;
        const bytes = got === 0 ? rest : Buffer.concat([rest, chunk.subarray(0, got)]);
        let from = 0;
        let found = 0;
        for (let at = bytes.indexOf(newline); at !== -1; at = bytes.indexOf(newline, at + 1)) {
          found += 1;
          if (found < most) continue;
          yield { text: bytes.subarray(from, at + 1), lines: found };
          from = at + 1;
          found = 0;
        }
        if (got === 0) {
          if (found > 0) yield { text: bytes.subarray(from), lines: found };
          return;
        }
        rest = bytes.subarray(from);
      }
    }
    return {
      put: (line) => {
        waiting.push(line, '\n');
        letters += line.length + 1;
        lines += 1;
        if (letters >= bufferLetters) flush();
      },
      lines: () => lines,
      pages,
      *read() {
        for (const { text } of pages(1_000))
          for (const line of text.toString('utf8').split('\n')) if (line !== '') yield line;
      },
    };
  };

  return {
    spool: lineFile,
    entries: () => {
      const files = { entries: new Map<string, LineFile>(), removals: new Map<string, LineFile>() };
      const of = (kind: keyof typeof files, collection: string): LineFile => {
        const known = files[kind].get(collection);
        if (known !== undefined) return known;
        const made = lineFile();
        files[kind].set(collection, made);
        return made;
      };
      return {
        sink: {
          entry: (collection, identifier, resource) =>
            of('entries', collection).put(JSON.stringify({ identifier, resource })),
          removed: (collection, identifier) =>
            of('removals', collection).put(JSON.stringify({ identifier, resource: null })),
        },
        collections: () =>
          new Map(
            [...new Set([...files.entries.keys(), ...files.removals.keys()])].map((collection) => [
              collection,
              {
                entries: files.entries.get(collection)?.lines() ?? 0,
                removals: files.removals.get(collection)?.lines() ?? 0,
              },
            ]),
          ),
        pages: (kind, collection, most) => files[kind].get(collection)?.pages(most) ?? [],
      };
    },
    close,
  };
};

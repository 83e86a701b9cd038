// Overwrites what SQLite leaves in the unused parts of a file's pages: secure_delete clears what is deleted, but copies of cells that were moved
// when pages were balanced stay behind. Works on the file itself, so nothing may write to the database meanwhile, and its log must be empty.
// Called by wipe-worker.ts; the layout is https://sqlite.org/fileformat2.html, section 1.6.
import { closeSync, fsyncSync, openSync, readSync, writeSync } from 'node:fs';

const [interiorIndex, interiorTable, leafIndex, leafTable] = [2, 5, 10, 13] as const;

type Page = {
  readonly bytes: Buffer;
  /** Where the header begins: after the file's own on the first page. */
  readonly header: number;
  readonly isInterior: boolean;
  readonly cells: number;
};

/** Wipes the pages of these trees (by the number of their root page). Gives how many pages held something. Throws when the file cannot be read or written. */
export const wipePages = (path: string, roots: readonly number[]): number => {
  const file = openSync(path, 'r+');
  try {
    const start = Buffer.alloc(100);
    readSync(file, start, 0, 100, 0);
    const declared = start.readUInt16BE(16);
    const size = declared === 1 ? 65_536 : declared;
    const reserved = start.readUInt8(20);
    const waiting = [...roots];
    const bytes = Buffer.alloc(size);
    let wiped = 0;
    for (let number = waiting.pop(); number !== undefined; number = waiting.pop()) {
      const at = (number - 1) * size;
      if (readSync(file, bytes, 0, size, at) < size) throw new Error('a page lies beyond the end of the file');
      const page = pageOf(bytes, number);
      if (page.isInterior) for (const child of childrenOf(page)) waiting.push(child);
      if (!clear(page, size - reserved)) continue;
      writeSync(file, bytes, 0, size, at);
      wiped += 1;
    }
    fsyncSync(file);
    return wiped;
  } finally {
    closeSync(file);
  }
};

const pageOf = (bytes: Buffer, number: number): Page => {
  const header = number === 1 ? 100 : 0;
  const type = bytes.readUInt8(header);
  if (![interiorIndex, interiorTable, leafIndex, leafTable].some((known) => known === type))
    throw new Error('a page of a tree has no known type');
  return {
    bytes,
    header,
    isInterior: type === interiorIndex || type === interiorTable,
    cells: bytes.readUInt16BE(header + 3),
  };
};

const cellArray = ({ header, isInterior }: Page): number => header + (isInterior ? 12 : 8);

const childrenOf = (page: Page): readonly number[] => {
  const { bytes, header, cells } = page;
  const array = cellArray(page);
  const children = [bytes.readUInt32BE(header + 8)];
  for (let index = 0; index < cells; index += 1)
    children.push(bytes.readUInt32BE(bytes.readUInt16BE(array + 2 * index)));
  return children;
};

/** Zeroes the gap before the cells and the blocks that are free between them. True when there was something. */
const clear = (page: Page, usable: number): boolean => {
  const { bytes, header, cells } = page;
  const declared = bytes.readUInt16BE(header + 5);
  let found = zero(bytes, cellArray(page) + 2 * cells, declared === 0 ? 65_536 : declared);
  let block = bytes.readUInt16BE(header + 1);
  // Free blocks lie in ascending order.
  for (let before = 0; block > before && block + 4 <= usable;) {
    const [next, length] = [bytes.readUInt16BE(block), bytes.readUInt16BE(block + 2)];
    found = zero(bytes, block + 4, Math.min(block + length, usable)) || found;
    before = block;
    block = next;
  }
  return found;
};

// As long as the longest page.
const zeros = Buffer.alloc(65_536);

const zero = (bytes: Buffer, from: number, to: number): boolean => {
  if (from >= to) return false;
  const part = bytes.subarray(from, to);
  if (part.equals(zeros.subarray(0, part.length))) return false;
  part.fill(0);
  return true;
};

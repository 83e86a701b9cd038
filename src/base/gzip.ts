// One gzip member put together from pieces that were compressed apart. Used by the hub (which compresses and keeps segments) and by APIs
// (which wrap them). Members must not be concatenated: common clients stop after the first, so there is one header, one trailer,
// and a combined checksum.
import { constants, crc32, deflateRaw, deflateRawSync } from 'node:zlib';

/** A piece of raw deflate that ends on a byte boundary, with what the trailer needs to know of the plain bytes. */
export type DeflatedSegment = { readonly deflated: Buffer; readonly crc: number; readonly length: number };

const options = { level: 5, finishFlush: constants.Z_SYNC_FLUSH } as const;

/** Compresses off the main thread. Rejects only when memory is out. */
export const deflateSegment = (plain: Buffer): Promise<DeflatedSegment> =>
  new Promise((resolve, reject) => {
    deflateRaw(plain, options, (error, deflated) => {
      if (error) reject(error);
      else resolve({ deflated, crc: crc32(plain), length: plain.length });
    });
  });

/** Compresses at once: for pieces of a few kilobytes, and in threads that nobody waits for. */
export const deflateSmall = (plain: Buffer | string): DeflatedSegment => {
  const bytes = typeof plain === 'string' ? Buffer.from(plain) : plain;
  return { deflated: deflateRawSync(bytes, options), crc: crc32(bytes), length: bytes.length };
};

/** RFC 1952 header: deflate, no name, no time, unknown system. */
export const gzipHeader: Buffer = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]);

/** Running checksum over segments. */
export type GzipTail = { crc: number; length: number };

/** A tail before any segment. */
export const emptyTail = (): GzipTail => ({ crc: 0, length: 0 });

/** Adds a segment to the running checksum. */
export const addToTail = (tail: GzipTail, segment: DeflatedSegment): void => {
  tail.crc = combineCrc(tail.crc, segment.crc, segment.length);
  tail.length += segment.length;
};

/** The final empty block and the trailer of RFC 1952. */
export const gzipTrailer = (tail: GzipTail): Buffer => {
  const bytes = Buffer.alloc(10);
  bytes[0] = 0x03;
  bytes.writeUInt32LE(tail.crc >>> 0, 2);
  bytes.writeUInt32LE(tail.length % 0x1_0000_0000, 6);
  return bytes;
};

// CRC-32 of a concatenation: multiply the first checksum by x^(8·length) modulo the polynomial, then add the second.
const polynomial = 0xedb88320;

const multiply = (a: number, b: number): number => {
  let product = 0;
  let factor = b;
  for (let bit = 0x80000000; bit !== 0; bit >>>= 1) {
    if ((a & bit) !== 0) product ^= factor;
    factor = (factor & 1) !== 0 ? (factor >>> 1) ^ polynomial : factor >>> 1;
  }
  return product >>> 0;
};

// powers[k] = x^(2^k) modulo the polynomial, bit-reflected.
const powers: readonly number[] = (() => {
  const table = [0x40000000];
  for (let k = 1; k < 64; k += 1) {
    const last = table[k - 1] ?? 0;
    table.push(multiply(last, last));
  }
  return table;
})();

const shiftBy = (bytes: number): number => {
  let result = 0x80000000;
  let power = 3;
  for (let rest = bytes; rest > 0; rest = Math.floor(rest / 2), power += 1) {
    if (rest % 2 === 1) result = multiply(powers[power] ?? 0, result);
  }
  return result;
};

const combineCrc = (first: number, second: number, secondLength: number): number =>
  (multiply(shiftBy(secondLength), first) ^ second) >>> 0;

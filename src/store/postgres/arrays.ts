// Lists as one parameter of a statement, in PostgreSQL's binary form: nothing is quoted, and bytes stay bytes. For `unnest($1::int8[])`.
// Used by loading.ts and flushing.ts. Pure.

/** For `::int8[]`. Whole numbers below 2^53. */
export const int8s = (values: readonly (number | null)[]): Buffer => fixed(20, 8, values, writeInt8);

/** For `::int4[]`. */
export const int4s = (values: readonly (number | null)[]): Buffer =>
  fixed(23, 4, values, (bytes, value, at) => bytes.writeInt32BE(value, at));

/** For `::text[]`. */
export const texts = (values: readonly (string | null)[]): Buffer => {
  let length = 0;
  for (const value of values) if (value !== null) length += Buffer.byteLength(value);
  const bytes = header(25, values.length, length + 4 * values.length);
  let at = headerBytes;
  for (const value of values) {
    if (value === null) at = bytes.writeInt32BE(-1, at);
    else {
      const written = bytes.write(value, at + 4);
      bytes.writeInt32BE(written, at);
      at += 4 + written;
    }
  }
  return bytes;
};

/** For `::bytea[]`. */
export const bytesList = (values: readonly (Buffer | null)[]): Buffer => {
  let length = 0;
  for (const value of values) length += value?.length ?? 0;
  const bytes = header(17, values.length, length + 4 * values.length);
  let at = headerBytes;
  for (const value of values) {
    at = bytes.writeInt32BE(value?.length ?? -1, at);
    at += value?.copy(bytes, at) ?? 0;
  }
  return bytes;
};

const headerBytes = 20;

const fixed = (
  type: number,
  size: number,
  values: readonly (number | null)[],
  write: (bytes: Buffer, value: number, at: number) => void,
): Buffer => {
  let nulls = 0;
  for (const value of values) if (value === null) nulls += 1;
  const bytes = header(type, values.length, values.length * (4 + size) - nulls * size);
  let at = headerBytes;
  for (const value of values) {
    at = bytes.writeInt32BE(value === null ? -1 : size, at);
    if (value === null) continue;
    write(bytes, value, at);
    at += size;
  }
  return bytes;
};

/** One dimension from 1; `type` is the oid of the elements. Nulls need no flag: each says so itself. */
const header = (type: number, count: number, length: number): Buffer => {
  const bytes = Buffer.allocUnsafe(headerBytes + length);
  bytes.writeInt32BE(1, 0);
  bytes.writeInt32BE(1, 4);
  bytes.writeInt32BE(type, 8);
  bytes.writeInt32BE(count, 12);
  bytes.writeInt32BE(1, 16);
  return bytes;
};

const writeInt8 = (bytes: Buffer, value: number, at: number): void => {
  bytes.writeInt32BE(Math.floor(value / 2 ** 32), at);
  // Modulo 2^32, whatever the value.
  bytes.writeUInt32BE(value >>> 0, at + 4);
};

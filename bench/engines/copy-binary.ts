// Rows as PostgreSQL's binary COPY has them, in pieces of some hundred kilobytes. Used by postgres-floor.ts; knows no table.
import type { Row } from '#store/postgres/database.ts';

export type ColumnType = 'int2' | 'int4' | 'int8' | 'text' | 'bytea' | 'int8[]';

const pieceBytes = 262_144;
const signature = Buffer.concat([Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1'), Buffer.alloc(8)]);
const trailer = Buffer.from([0xff, 0xff]);

type Target = { bytes: Buffer; at: number };

const room = (target: Target, length: number): void => {
  if (target.at + length <= target.bytes.length) return;
  const larger = Buffer.allocUnsafe(Math.max(target.bytes.length * 2, target.at + length));
  target.bytes.copy(larger, 0, 0, target.at);
  target.bytes = larger;
};

const int8 = (bytes: Buffer, value: number, at: number): number => {
  bytes.writeInt32BE(Math.floor(value / 2 ** 32), at);
  return bytes.writeUInt32BE(value % 2 ** 32, at + 4);
};

const put = (target: Target, type: ColumnType, value: unknown): void => {
  if (value === null || value === undefined) {
    room(target, 4);
    target.at = target.bytes.writeInt32BE(-1, target.at);
    return;
  }
  const numeric = typeof value === 'number' ? value : 0;
  switch (type) {
    case 'int2':
    case 'int4':
    case 'int8': {
      const length = type === 'int2' ? 2 : type === 'int4' ? 4 : 8;
      room(target, 4 + length);
      target.at = target.bytes.writeInt32BE(length, target.at);
      if (type === 'int2') target.at = target.bytes.writeInt16BE(numeric, target.at);
      else if (type === 'int4') target.at = target.bytes.writeInt32BE(numeric, target.at);
      else target.at = int8(target.bytes, numeric, target.at);
      return;
    }
    case 'text': {
      const text = String(value);
      room(target, 4 + text.length * 3);
      const written = target.bytes.write(text, target.at + 4);
      target.bytes.writeInt32BE(written, target.at);
      target.at += 4 + written;
      return;
    }
    case 'bytea': {
      if (!Buffer.isBuffer(value)) throw new Error('bytes are kept as a Buffer');
      room(target, 4 + value.length);
      target.at = target.bytes.writeInt32BE(value.length, target.at);
      target.at += value.copy(target.bytes, target.at);
      return;
    }
    case 'int8[]': {
      const list: readonly number[] = Array.isArray(value) ? value : [];
      const length = 20 + 12 * list.length;
      room(target, 4 + length);
      for (const word of [length, list.length === 0 ? 0 : 1, 0, 20])
        target.at = target.bytes.writeInt32BE(word, target.at);
      if (list.length === 0) {
        target.bytes.writeInt32BE(12, target.at - 16);
        return;
      }
      target.at = target.bytes.writeInt32BE(list.length, target.at);
      target.at = target.bytes.writeInt32BE(1, target.at);
      for (const one of list) {
        target.at = target.bytes.writeInt32BE(8, target.at);
        target.at = int8(target.bytes, one, target.at);
      }
      return;
    }
  }
};

/** The bytes of a COPY of rows, their columns in the order of the types. */
export const copyBinary = function* (
  columns: Readonly<Record<string, ColumnType>>,
  rows: readonly Row[],
): Generator<Buffer> {
  yield signature;
  const types = Object.entries(columns);
  let target: Target = { bytes: Buffer.allocUnsafe(pieceBytes * 2), at: 0 };
  for (const row of rows) {
    room(target, 2);
    target.at = target.bytes.writeInt16BE(types.length, target.at);
    for (const [name, type] of types) put(target, type, row[name]);
    if (target.at < pieceBytes) continue;
    yield target.bytes.subarray(0, target.at);
    target = { bytes: Buffer.allocUnsafe(pieceBytes * 2), at: 0 };
  }
  yield target.bytes.subarray(0, target.at);
  yield trailer;
};

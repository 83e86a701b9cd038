// Values as PostgreSQL sends them in binary, for the types that our tables have. Used by wire.ts; the other files read rows by numberOf,
// textOf and bytesOf.

export type Parser = (bytes: Buffer) => unknown;

const int8 = (bytes: Buffer, at = 0): number => bytes.readInt32BE(at) * 0x1_0000_0000 + bytes.readUInt32BE(at + 4);
const text = (bytes: Buffer): string => bytes.toString('utf8');

// Numbers of types: https://www.postgresql.org/docs/current/catalog-pg-type.html
const elements: Readonly<Record<number, Parser>> = {
  16: (bytes) => bytes[0] === 1,
  17: (bytes) => bytes,
  19: text,
  20: (bytes) => int8(bytes),
  21: (bytes) => bytes.readInt16BE(0),
  23: (bytes) => bytes.readInt32BE(0),
  25: text,
  26: (bytes) => bytes.readUInt32BE(0),
  700: (bytes) => bytes.readFloatBE(0),
  701: (bytes) => bytes.readDoubleBE(0),
  1042: text,
  1043: text,
  2278: () => null,
};

/** A list of one dimension: 0 or 1 of them, whether it holds nulls, the type; then length and lower bound, then the elements. */
const list = (bytes: Buffer): readonly unknown[] => {
  if (bytes.readInt32BE(0) === 0) return [];
  const parse = parserOf(bytes.readUInt32BE(8));
  const values: unknown[] = [];
  let at = 20;
  for (let left = bytes.readInt32BE(12); left > 0; left -= 1) {
    const length = bytes.readInt32BE(at);
    at += 4;
    values.push(length < 0 ? null : parse(bytes.subarray(at, at + length)));
    if (length > 0) at += length;
  }
  return values;
};

const parsers: Readonly<Record<number, Parser>> = {
  ...elements,
  1000: list,
  1001: list,
  1005: list,
  1007: list,
  1009: list,
  1015: list,
  1016: list,
  1028: list,
};

/** Gives what reads a type by its number. Throws for a type that no statement of ours should give: cast it in the statement. */
export const parserOf = (type: number): Parser => {
  const parser = parsers[type];
  if (parser === undefined) throw new Error(`a statement gives a value of type ${type}, which is not read here`);
  return parser;
};

/** A number of a row by column name; 0 when the row or the value is missing. */
export const numberOf = (row: Readonly<Record<string, unknown>> | undefined, column: string): number => {
  const value = row?.[column];
  return typeof value === 'number' ? value : 0;
};

/** A text of a row by column name; '' when the row or the value is missing. */
export const textOf = (row: Readonly<Record<string, unknown>> | undefined, column: string): string => {
  const value = row?.[column];
  return typeof value === 'string' ? value : '';
};

/** Bytes of a row by column name, over the memory in which they came: whoever keeps them for long copies them. Empty when missing. */
export const bytesOf = (row: Readonly<Record<string, unknown>> | undefined, column: string): Buffer => {
  const value = row?.[column];
  return Buffer.isBuffer(value) ? value : Buffer.alloc(0);
};

/** A list of numbers of a row by column name; empty when missing. */
export const numbersOf = (row: Readonly<Record<string, unknown>> | undefined, column: string): readonly number[] => {
  const value = row?.[column];
  return Array.isArray(value) ? value.filter((one) => typeof one === 'number') : [];
};

// The body of a request as a form: the one field `xml`, of a form as browsers encode it or of one in parts. Called by requests.ts. Bytes become letters by the
// charset that the form says, UTF-8 when it says none; nothing is guessed, and bytes that are no letters there are refused. Knows nothing of XML.
import { isUtf8 } from 'node:buffer';
import { limits } from '#base/limits.ts';
import type { Status } from '#services/statuses.ts';
import { failed, ok, type Outcome } from './outcome.ts';

const forms = 'application/x-www-form-urlencoded, multipart/form-data';
const unknownForm: Status = { name: 'media', about: { nb: forms, en: forms } };

/** The text of the field. `contentType` is the header as sent. */
export const readForm = (contentType: string | null, body: Buffer): Outcome<string> => {
  const type = mediaTypeOf(contentType ?? '');
  if (type === null) return failed(unknownForm);
  if (type.name === 'application/x-www-form-urlencoded') return encodedField(type.parameters.get('charset'), body);
  if (type.name === 'multipart/form-data') return partField(type.parameters, body);
  return failed(unknownForm);
};

type MediaType = { readonly name: string; readonly parameters: ReadonlyMap<string, string> };

const parameter = /^\s*([A-Za-z0-9!#$&^_.+*-]{1,64})\s*=\s*(?:"((?:[^"\\]|\\.){0,256})"|([^\s";]{0,256}))\s*$/;

/** Null for what is none, and for a parameter that is given twice. */
const mediaTypeOf = (text: string): MediaType | null => {
  const [name = '', ...rest] = splitOutsideQuotes(text);
  const parameters = new Map<string, string>();
  for (const part of rest) {
    if (part.trim() === '') continue;
    const [, key, quoted, plain] = parameter.exec(part) ?? [];
    if (key === undefined || parameters.has(key.toLowerCase())) return null;
    parameters.set(key.toLowerCase(), quoted?.replaceAll(/\\(.)/g, '$1') ?? plain ?? '');
  }
  return { name: name.trim().toLowerCase(), parameters };
};

// A quote that nobody closes goes on to the end: to look for another reading at each of its letters would take as long as their square.
const splitOutsideQuotes = (text: string): readonly string[] =>
  text.match(/(?:"(?:[^"\\]|\\.)*(?:"|\\?$)|[^;"])+/g) ?? [];

/** Charsets that forms come in, to what reads them. */
const charsets: ReadonlyMap<string, (bytes: Buffer) => string | null> = new Map([
  ['utf-8', (bytes) => utf8(bytes)],
  ['utf8', (bytes) => utf8(bytes)],
  ['us-ascii', (bytes) => (bytes.some((byte) => byte > 0x7f) ? null : bytes.toString('latin1'))],
  ['iso-8859-1', (bytes) => latin(bytes)],
  ['latin1', (bytes) => latin(bytes)],
]);

const utf8 = (bytes: Buffer): string | null => (isUtf8(bytes) ? bytes.toString('utf8') : null);

// Nobody means the control characters that bytes stand for between letters and letters.
const latin = (bytes: Buffer): string | null =>
  bytes.some((byte) => byte >= 0x80 && byte <= 0x9f) ? null : bytes.toString('latin1');

const decode = (charset: string | undefined, bytes: Buffer): Outcome<string> => {
  const reader = charsets.get((charset ?? 'utf-8').toLowerCase());
  if (reader === undefined) return failed(unknownForm);
  const text = reader(bytes);
  return text === null ? failed({ name: 'letters' }) : ok(text);
};

// --- As browsers encode it -------------------------------------------------------------------------------------------------------

const fieldName = 'xml';
const [plus, percent, equals, ampersand] = [0x2b, 0x25, 0x3d, 0x26];

const encodedField = (charset: string | undefined, body: Buffer): Outcome<string> => {
  let found: Buffer | null = null;
  for (let at = 0; at < body.length;) {
    const ampersandAt = body.indexOf(ampersand, at);
    const end = ampersandAt === -1 ? body.length : ampersandAt;
    const pair = body.subarray(at, end);
    at = end + 1;
    if (pair.length === 0) continue;
    const split = pair.indexOf(equals);
    const name = unescaped(split === -1 ? pair : pair.subarray(0, split));
    if (name === null) return failed({ name: 'form' });
    if (name.toString('latin1') !== fieldName) return failed({ name: 'otherField' });
    if (found !== null) return failed({ name: 'fieldTwice' });
    found = unescaped(split === -1 ? Buffer.alloc(0) : pair.subarray(split + 1));
    if (found === null) return failed({ name: 'form' });
  }
  return found === null ? failed({ name: 'fieldMissing' }) : decode(charset, found);
};

/** Null where a percent sign is followed by no two hexadecimal digits. */
const unescaped = (bytes: Buffer): Buffer | null => {
  const out = Buffer.allocUnsafe(bytes.length);
  let length = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte === percent) {
      const value = hex(bytes[at + 1]) * 16 + hex(bytes[at + 2]);
      if (Number.isNaN(value)) return null;
      out[length] = value;
      at += 2;
    } else out[length] = byte === plus ? 0x20 : byte;
    length += 1;
  }
  return out.subarray(0, length);
};

const hex = (byte: number | undefined): number => {
  if (byte === undefined) return Number.NaN;
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : Number.NaN;
};

// --- In parts ----------------------------------------------------------------------------------------------------------------------

const boundaryForm = /^[A-Za-z0-9'()+_,./:=? -]{1,70}$/;
const headerEnd = Buffer.from('\r\n\r\n');

/** The field of a form in parts. A part may say its charset; a file is taken like a field. */
const partField = (parameters: MediaType['parameters'], body: Buffer): Outcome<string> => {
  const boundary = parameters.get('boundary') ?? '';
  if (!boundaryForm.test(boundary) || boundary.endsWith(' ')) return failed({ name: 'form' });
  const parts = partsOf(body, boundary);
  if (parts === null) return failed({ name: 'form' });
  let found: Outcome<string> | null = null;
  for (const part of parts) {
    const split = part.indexOf(headerEnd);
    if (split === -1 || split > limits.formPartHeaderBytes) return failed({ name: 'form' });
    const headers = headersOf(part.toString('latin1', 0, split));
    const disposition = mediaTypeOf(headers.get('content-disposition') ?? '');
    if (disposition?.name !== 'form-data') return failed({ name: 'form' });
    if (disposition.parameters.get('name') !== fieldName) return failed({ name: 'otherField' });
    if (found !== null) return failed({ name: 'fieldTwice' });
    const encoding = headers.get('content-transfer-encoding')?.toLowerCase() ?? '8bit';
    if (!['7bit', '8bit', 'binary'].includes(encoding)) return failed({ name: 'form' });
    const charset = mediaTypeOf(headers.get('content-type') ?? '')?.parameters.get('charset');
    found = decode(charset ?? parameters.get('charset'), part.subarray(split + headerEnd.length));
  }
  return found ?? failed({ name: 'fieldMissing' });
};

/** What stands between the boundaries, as far as the second of it; null where the last boundary is not there. */
const partsOf = (body: Buffer, boundary: string): readonly Buffer[] | null => {
  const line = Buffer.from(`\r\n--${boundary}`);
  const first = Buffer.from(`--${boundary}`);
  let at = body.subarray(0, first.length).equals(first) ? first.length : -1;
  if (at === -1) {
    const found = body.indexOf(line);
    if (found === -1) return null;
    at = found + line.length;
  }
  const parts: Buffer[] = [];
  for (;;) {
    const sign = body.toString('latin1', at, at + 2);
    if (sign === '--') return parts;
    const start = sign === '\r\n' ? at + 2 : -1;
    const end = start === -1 ? -1 : body.indexOf(line, start - 2);
    if (end === -1) return null;
    parts.push(body.subarray(start, Math.max(start, end)));
    // A second one is refused, whatever it is.
    if (parts.length > 1) return parts;
    at = end + line.length;
  }
};

const headersOf = (text: string): ReadonlyMap<string, string> =>
  new Map(
    text.split('\r\n').flatMap((line) => {
      const split = line.indexOf(':');
      return split === -1 ? [] : [[line.slice(0, split).trim().toLowerCase(), line.slice(split + 1).trim()] as const];
    }),
  );

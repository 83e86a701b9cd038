// Bytes to text, in the encoding that the file says: by its byte-order mark, by how it begins, and by its XML declaration, which must agree. Called by
// the reader of XML. Never guesses and never puts a sign of replacement: bytes that are no letters in that encoding are a fault.
import { xmlFault } from './xml-fault.ts';

type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'iso-8859-1' | 'windows-1252' | 'us-ascii';

/** Names that files write, to what they mean; null = either order of bytes. */
const names: ReadonlyMap<string, readonly Encoding[]> = new Map([
  ['utf-8', ['utf-8']],
  ['utf8', ['utf-8']],
  ['utf-16', ['utf-16le', 'utf-16be']],
  ['utf-16le', ['utf-16le']],
  ['utf-16be', ['utf-16be']],
  ['iso-8859-1', ['iso-8859-1']],
  ['iso_8859-1', ['iso-8859-1']],
  ['latin1', ['iso-8859-1']],
  ['windows-1252', ['windows-1252']],
  ['cp1252', ['windows-1252']],
  ['us-ascii', ['us-ascii']],
  ['ascii', ['us-ascii']],
]);

const headBytes = 1_024;
const sliceBytes = 65_536;

/** The text of a document, at most 64 KiB of bytes at a time. `line` says how far the text that was given has been read, for faults. */
export async function* decodeXml(chunks: AsyncIterable<Uint8Array>, line: () => number): AsyncGenerator<string, void> {
  let head: Buffer | null = Buffer.alloc(0);
  let decoder: Decoder | null = null;
  const start = (bytes: Buffer): Decoder => {
    if (bytes.length === 0) throw xmlFault('empty', 1);
    return decoderOf(encodingOf(bytes), line);
  };
  for await (const chunk of chunks) {
    let bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    if (head !== null) {
      head = Buffer.concat([head, bytes]);
      if (head.length < headBytes) continue;
      [bytes, head] = [head, null];
    }
    decoder ??= start(bytes);
    for (let at = 0; at < bytes.length; at += sliceBytes) yield decoder.decode(bytes.subarray(at, at + sliceBytes));
  }
  if (head !== null) {
    decoder = start(head);
    yield decoder.decode(head);
  }
  const rest = decoder?.end() ?? '';
  if (rest !== '') yield rest;
}

/** Whether the bytes of a text in UTF-8 are read as the same text again, whatever it says of its encoding. Throws an XmlFault where it says one that does not fit. */
export const staysAsIs = (text: string): boolean =>
  text.startsWith('<') &&
  text.charCodeAt(1) !== 0 &&
  text.isWellFormed() &&
  (!text.startsWith('<?xml') || encodingOf(Buffer.from(text.slice(0, headBytes))) === 'utf-8');

const declaration = /^<\?xml\s[^>]*?\bencoding\s*=\s*(?:"([^"]*)"|'([^']*)')/;

/** Which encoding a document is in, by its first bytes. */
const encodingOf = (bytes: Buffer): Encoding => {
  const found = foundEncoding(bytes);
  const text =
    found?.startsWith('utf-16') === true
      ? wideHead(bytes, found)
      : bytes.toString('latin1', bytes[0] === 0xef ? 3 : 0, headBytes);
  const [, double, single] = declaration.exec(text) ?? [];
  const said = double ?? single;
  if (said === undefined) return found ?? 'utf-8';
  const meant = names.get(said.toLowerCase());
  if (meant === undefined) throw xmlFault('encoding-unknown', 1);
  const encoding = found === null ? meant[0] : meant.find((one) => one === found);
  // Two bytes a letter is seen at once: what says so and does not begin so is something else.
  if (encoding === undefined || (found === null && encoding.startsWith('utf-16')))
    throw xmlFault('encoding-conflict', 1);
  return encoding;
};

/** By the byte-order mark, or by the nought beside the first sign; null when both say nothing. */
const foundEncoding = (bytes: Buffer): Encoding | null => {
  const [first, second, third] = bytes;
  if (first === 0xef && second === 0xbb && third === 0xbf) return 'utf-8';
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  if (first === 0x3c && second === 0) return 'utf-16le';
  if (first === 0 && second === 0x3c) return 'utf-16be';
  return null;
};

const wideHead = (bytes: Buffer, encoding: string): string =>
  new TextDecoder(encoding).decode(bytes.subarray(0, Math.min(bytes.length, headBytes) & ~1));

type Decoder = { readonly decode: (bytes: Buffer) => string; readonly end: () => string };

const decoderOf = (encoding: Encoding, line: () => number): Decoder =>
  encoding === 'iso-8859-1' || encoding === 'windows-1252' || encoding === 'us-ascii'
    ? byteDecoder(encoding, line)
    : wideDecoder(encoding, line);

const wideDecoder = (encoding: Encoding, line: () => number): Decoder => {
  const decoder = new TextDecoder(encoding, { fatal: true });
  return {
    decode: (bytes) => {
      try {
        return decoder.decode(bytes, { stream: true });
      } catch {
        throw xmlFault('encoding-invalid', line() + linesBefore(new TextDecoder(encoding).decode(bytes), '\ufffd'));
      }
    },
    end: () => {
      try {
        return decoder.decode();
      } catch {
        throw xmlFault('encoding-invalid', line());
      }
    },
  };
};

// Bytes that are no letters there: nobody means the control characters that they stand for elsewhere.
const strange = {
  'iso-8859-1': /[\u0080-\u009f]/,
  'windows-1252': /[\u0081\u008d\u008f\u0090\u009d]/,
  'us-ascii': /[\u0080-\u00ff]/,
} as const;

/** One byte a letter: every byte is something, so that a file that is UTF-8 and says otherwise has to be seen in another way. */
const byteDecoder = (encoding: keyof typeof strange, line: () => number): Decoder => {
  const windows = encoding === 'windows-1252' ? new TextDecoder(encoding) : null;
  let perhaps: TextDecoder | null = new TextDecoder('utf-8', { fatal: true });
  let high = false;
  const look = (bytes: Buffer | null, options: { readonly stream: boolean }): void => {
    try {
      if (bytes === null) perhaps?.decode();
      else perhaps?.decode(bytes, options);
    } catch {
      perhaps = null;
    }
  };
  return {
    decode: (bytes) => {
      const plain = bytes.toString('latin1');
      const text = windows?.decode(bytes, { stream: true }) ?? plain;
      high ||= /[\u0080-\u00ff]/.test(plain);
      look(bytes, { stream: true });
      const found = strange[encoding].exec(text);
      if (found !== null) throw xmlFault('encoding-invalid', line() + linesBefore(text, found[0]));
      return text;
    },
    end: () => {
      look(null, { stream: false });
      if (high && perhaps !== null) throw xmlFault('encoding-conflict', line());
      return '';
    },
  };
};

const linesBefore = (text: string, sign: string): number => {
  const end = text.indexOf(sign);
  let count = 0;
  for (let at = text.indexOf('\n'); at !== -1 && at < end; at = text.indexOf('\n', at + 1)) count += 1;
  return count;
};

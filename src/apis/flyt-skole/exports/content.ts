// How a file is sent: whole or one range of it, plain or compressed, only where the client does not have it already, and told once it was sent. Called
// by the operations of this folder. Knows no format.
import { PassThrough, Readable, pipeline } from 'node:stream';
import { constants, createGzip } from 'node:zlib';
import type { AnswerHeaders, ApiAnswer, ApiRequest } from '#apis/api.ts';
import { formatHttpDate } from '#base/clock.ts';
import { problem } from '#base/errors.ts';
import { sameTag } from '#apis/page-files.ts';
import { turnedAway } from '../problem-answers.ts';
import type { ExportContent } from './ports.ts';

/** What every file is. */
export const fileType = 'application/xml; charset=utf-8';

/** Saved under its name; nothing keeps a copy on the way. */
export const fileHeaders = (fileName: string): AnswerHeaders => ({
  'cache-control': 'no-store',
  'content-disposition': `attachment; filename="${fileName.replaceAll(/[^\w.-]/g, '_')}"`,
  vary: 'Authorization, Accept-Encoding',
});

/** First and last byte, both counted. */
type Range = { readonly from: number; readonly to: number };

/**
 * The range that a header asks for (RFC 9110, 14.1.2). Null = the whole file: no header, one that is none, or several ranges, which nobody has to serve.
 */
export const readRange = (header: string | null, bytes: number): Range | 'outside' | null => {
  const [, first = '', last = ''] = /^bytes\s*=\s*(\d{0,15})\s*-\s*(\d{0,15})$/i.exec(header?.trim() ?? '') ?? [];
  if (first === '' && last === '') return null;
  if (first === '') return last === '0' ? 'outside' : { from: Math.max(0, bytes - Number(last)), to: bytes - 1 };
  const from = Number(first);
  const to = last === '' ? bytes - 1 : Math.min(Number(last), bytes - 1);
  if (last !== '' && Number(last) < from) return null;
  return from >= bytes ? 'outside' : { from, to };
};

/** The chunks as they go out; what was sent is told, also when the client has left. */
const counted = async function* (
  chunks: AsyncIterable<Buffer>,
  told: (bytes: number, ended: boolean) => Promise<void>,
): AsyncGenerator<Buffer> {
  let bytes = 0;
  let ended = false;
  try {
    for await (const chunk of chunks) {
      bytes += chunk.length;
      yield chunk;
    }
    ended = true;
  } finally {
    await told(bytes, ended);
  }
};

/** Answers with a file that is ready. */
export const contentAnswer = (request: ApiRequest, content: ExportContent, by: string): ApiAnswer => {
  const { bytes, sha256, finishedAt } = content;
  const plainTag = `"${sha256}"`;
  const zippedTag = `"${sha256}-gzip"`;
  const common = {
    ...fileHeaders(content.fileName),
    'accept-ranges': 'bytes',
    'last-modified': formatHttpDate(finishedAt),
  };
  const known = request.header('if-none-match');
  if (sameTag(known, plainTag) || sameTag(known, zippedTag))
    return { kind: 'empty', status: 304, headers: { ...common, etag: plainTag } };
  // A part of another version, or of the compressed form, cannot be gone on with.
  const unchanged = request.header('if-range');
  const range = unchanged === null || unchanged.trim() === plainTag ? readRange(request.header('range'), bytes) : null;
  if (range === 'outside')
    return {
      ...turnedAway(problem('HUB-103', 'Range: the file ends before it.'), { 'content-range': `bytes */${bytes}` }),
      status: 416,
    };
  const told = (sent: number, whole: boolean): Promise<void> => content.sent(by, sent, whole);
  if (range !== null) {
    const { from, to } = range;
    return {
      kind: 'stream',
      status: 206,
      type: fileType,
      headers: {
        ...common,
        etag: plainTag,
        'content-range': `bytes ${from}-${to}/${bytes}`,
        'content-length': String(to - from + 1),
      },
      chunks: counted(content.plain(from, to), (sent, ended) => told(sent, ended && from === 0 && to === bytes - 1)),
    };
  }
  if (request.gzip)
    return {
      kind: 'stream',
      status: 200,
      type: fileType,
      headers: { ...common, etag: zippedTag, 'content-encoding': 'gzip' },
      chunks: counted(content.gzip(), told),
    };
  return {
    kind: 'stream',
    status: 200,
    type: fileType,
    headers: { ...common, etag: plainTag, 'content-length': String(bytes) },
    chunks: counted(content.plain(0, bytes - 1), told),
  };
};

/** Compresses chunks as they come, each at once. Ends with the error that the chunks end with, and stops them when nobody reads on. */
export const zipped = (chunks: AsyncIterable<Buffer>): AsyncIterable<Buffer> => {
  const out = pipeline(
    Readable.from(chunks),
    createGzip({ level: 6, flush: constants.Z_SYNC_FLUSH }),
    new PassThrough(),
    () => {},
  );
  return out as AsyncIterable<Buffer>;
};

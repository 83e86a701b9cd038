// What is open to all, as APIs serve it: descriptions, pages for people and the files that these load. Sent only to those who do not have it yet; pages come
// from the hub itself, under a policy that lets nothing else in, compressed for whoever takes that. Knows no page.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { AnswerHeaders, ApiAnswer, ApiRequest } from './api.ts';

const compress = promisify(gzip);

export type PageFile = {
  readonly type: string;
  readonly plain: Buffer;
  /** A weak tag: the compressed form has the same. */
  readonly etag: string;
  /** Made when it is first asked for. */
  readonly gzipped: () => Promise<Buffer>;
};

// Only this hub: a page neither runs nor fetches anything from elsewhere, nor what stands in itself, and is shown within no other.
const policyOf = (more: readonly string[]): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    ...more,
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');

export const pagePolicy = policyOf([]);

/** The same for pages whose styles bring their fonts with them. */
export const pagePolicyWithFonts = policyOf(['font-src data:']);

export const tagOf = (bytes: Buffer): string =>
  `W/"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`;

/** Whether a header such as `If-None-Match` names a tag, or any. Weak and strong tags are alike. */
export const sameTag = (header: string | null, etag: string): boolean =>
  header !== null && header.split(',').some((one) => one.trim() === '*' || weak(one.trim()) === weak(etag));

const weak = (tag: string): string => tag.replace(/^W\//, '');

export const pageFile = (type: string, plain: Buffer): PageFile => {
  let gzipped: Promise<Buffer> | null = null;
  return {
    type,
    plain,
    etag: tagOf(plain),
    gzipped: () => {
      gzipped ??= compress(plain, { level: 9 });
      return gzipped;
    },
  };
};

/** Rejects with what the file system says. */
export const readPageFile = async (type: string, path: string): Promise<PageFile> =>
  pageFile(type, await readFile(path));

/** Checked again at every visit, so that a newer hub shows at once; sent again only when it has changed. */
export const checkedAgain = 'public, no-cache';

/** Never checked again: the address is that of these bytes. */
export const keptForGood = 'public, max-age=31536000, immutable';

/** A text and the tag of what it is now. */
export type TaggedText = { readonly text: string; readonly type: string; readonly etag: string };

/** What everybody may read and fetch again, sent only to those who do not have it. */
export const textAnswer = (request: ApiRequest, { text, type, etag }: TaggedText): ApiAnswer => {
  const headers = { etag, 'cache-control': checkedAgain };
  return sameTag(request.header('if-none-match'), etag)
    ? { kind: 'empty', status: 304, headers }
    : { kind: 'bytes', status: 200, headers, bytes: text, type };
};

/** A file with the headers that are the page's own (`Cache-Control`, policy). */
export const pageFileAnswer = async (
  request: ApiRequest,
  { type, plain, etag, gzipped }: PageFile,
  { vary = [], ...own }: { readonly vary?: readonly string[]; readonly headers: AnswerHeaders },
): Promise<ApiAnswer> => {
  const headers = {
    ...own.headers,
    ETag: etag,
    Vary: ['Accept-Encoding', ...vary].join(', '),
    'Referrer-Policy': 'no-referrer',
  };
  if (sameTag(request.header('if-none-match'), etag)) return { kind: 'empty', status: 304, headers };
  return request.gzip
    ? { kind: 'bytes', status: 200, headers: { ...headers, 'Content-Encoding': 'gzip' }, bytes: await gzipped(), type }
    : { kind: 'bytes', status: 200, headers, bytes: plain, type };
};

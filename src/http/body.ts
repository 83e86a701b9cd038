// The body of a request, bounded and decompressed. Called by the pipeline; knows no route. A body is counted as it arrives, on the wire and
// after decompression, so that neither a lie in Content-Length nor a bomb costs more memory than one chunk.
import type { IncomingMessage } from 'node:http';
import { Transform, type Readable, type TransformCallback } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { HubError, problem, type Problem } from '#base/errors.ts';
import { failed, ok, type Result } from '#base/result.ts';
import type { HttpLimits } from './limits.ts';

export type BodyBounds = { readonly wire: number; readonly plain: number; readonly ratio: number };

/** True when the request announces a body that is not empty. */
export const hasBody = (request: IncomingMessage): boolean => {
  const length = request.headers['content-length'];
  return (length !== undefined && length !== '0') || request.headers['transfer-encoding'] !== undefined;
};

const tooLarge = (limit: number): Problem => problem('HUB-102', `The body is larger than ${limit} bytes.`);
const ratioFrom = 1_048_576;

// Counts what passes and stops with a HubError at the bound. Destroying it leaves the connection alone, so that an answer can still be sent.
class Meter extends Transform {
  wire = 0;
  private plain = 0;
  private readonly bounds: BodyBounds;
  private readonly compressed: boolean;

  constructor(bounds: BodyBounds, compressed: boolean) {
    super({ readableHighWaterMark: 262_144, writableHighWaterMark: 262_144 });
    this.bounds = bounds;
    this.compressed = compressed;
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.plain += chunk.length;
    const most = this.compressed ? this.bounds.plain : this.bounds.wire;
    if (this.plain > most) return done(new HubError(tooLarge(most)));
    if (this.compressed && this.plain > ratioFrom && this.plain > this.wire * this.bounds.ratio) {
      return done(new HubError(problem('HUB-102', `The body is compressed more than ${this.bounds.ratio} times.`)));
    }
    done(null, chunk);
  }
}

/** The bounds of a body whose longest form on the wire is `bodyLimit`; a text may be no longer decompressed than it may be plain. */
export const boundsOf = (kind: 'text' | 'bytes' | 'stream', bodyLimit: number, limits: HttpLimits): BodyBounds => ({
  wire: bodyLimit,
  plain: kind === 'text' ? bodyLimit : Math.max(bodyLimit, Math.min(limits.pageDecompressedBytes, bodyLimit * 4)),
  ratio: limits.compressionRatio,
});

const endedEarly = (): HubError => new HubError(problem('HUB-100', 'The request ended before its body did.'));

const codingOf = (request: IncomingMessage): string =>
  (request.headers['content-encoding'] ?? 'identity').trim().toLowerCase();

/** What is wrong with a body by its head; null when nothing is. */
const refusalOf = (request: IncomingMessage, bounds: BodyBounds, anyCharset: boolean): Problem | null => {
  const coding = codingOf(request);
  if (coding !== 'gzip' && coding !== 'x-gzip' && coding !== 'identity')
    return problem('HUB-104', 'Content-Encoding may be gzip, once, or left out.');
  const charset = /;\s*charset\s*=\s*"?([^\s;"]+)/i.exec(request.headers['content-type'] ?? '')?.[1];
  if (!anyCharset && charset !== undefined && !/^(?:utf-?8|us-ascii)$/i.test(charset))
    return problem('HUB-104', 'The charset must be UTF-8.');
  return Number(request.headers['content-length'] ?? 0) > bounds.wire ? tooLarge(bounds.wire) : null;
};

/**
 * Opens the body as plain bytes. Fails at once for an unknown content coding, a foreign charset (unless any is let through) and an announced length over the limit;
 * later the stream itself fails with a HubError. Destroying the stream leaves the connection usable.
 */
export const openBody = (request: IncomingMessage, bounds: BodyBounds, anyCharset = false): Result<Readable> => {
  const refused = refusalOf(request, bounds, anyCharset);
  if (refused !== null) return failed(refused);
  const compressed = codingOf(request) !== 'identity';

  const meter = new Meter(bounds, compressed);
  // It may fail before anybody reads it, while the right to send it is looked up; whoever reads it later meets the error then.
  meter.on('error', () => {});
  const cut = (): void => {
    if (!request.complete) meter.destroy(endedEarly());
  };
  request.once('error', cut);
  request.once('close', cut);
  if (!compressed) {
    request.pipe(meter);
    return ok(meter);
  }
  const gunzip = createGunzip({ chunkSize: 65_536 });
  request.on('data', (chunk: Buffer) => {
    meter.wire += chunk.length;
    if (meter.wire > bounds.wire) meter.destroy(new HubError(tooLarge(bounds.wire)));
  });
  gunzip.once('error', () => meter.destroy(new HubError(problem('HUB-100', 'The body is not well-formed gzip.'))));
  meter.once('close', () => {
    request.unpipe(gunzip);
    gunzip.destroy();
  });
  request.pipe(gunzip).pipe(meter);
  return ok(meter);
};

/** Bodies that are announced to be no longer are read as they come, with nothing between: the connection gives no more than was announced. */
const shortBody = 65_536;

/** Reads a whole body. Fails at once as `openBody` does; later rejects with the HubError that its stream would fail with. */
export const readBytes = (
  request: IncomingMessage,
  bounds: BodyBounds,
  anyCharset = false,
): Result<Promise<Buffer>> => {
  const refused = refusalOf(request, bounds, anyCharset);
  if (refused !== null) return failed(refused);
  const { 'content-length': length, 'transfer-encoding': chunked } = request.headers;
  const isShort = length !== undefined && chunked === undefined && Number(length) <= shortBody;
  if (isShort && codingOf(request) === 'identity' && !request.destroyed) return ok(readShort(request));
  const opened = openBody(request, bounds, anyCharset);
  return opened.ok ? ok(readStream(opened.value)) : opened;
};

const readShort = (request: IncomingMessage): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const cut = (): void => {
      if (!request.complete) reject(endedEarly());
    };
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.once('end', () => resolve(joined(chunks)));
    request.once('error', cut);
    request.once('close', cut);
  });

const readStream = async (body: Readable): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of body) chunks.push(chunk as Buffer);
  return joined(chunks);
};

/** Most bodies come as one piece. */
const joined = (chunks: readonly Buffer[]): Buffer =>
  chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks);

/** Bytes as UTF-8. Throws a HubError where they are not well-formed. */
export const textOfBytes = (bytes: Buffer): string => {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new HubError(problem('HUB-100', 'The body is not well-formed UTF-8.'), { cause });
  }
};

/** Reads and throws away what the client still sends after it was answered, up to a bound; the connection is cut beyond it. */
export const discardRest = (request: IncomingMessage, most: number): void => {
  if (request.complete || request.destroyed) return;
  let discarded = 0;
  request.unpipe();
  request.on('data', (chunk: Buffer) => {
    discarded += chunk.length;
    if (discarded > most) request.destroy();
  });
  request.resume();
};

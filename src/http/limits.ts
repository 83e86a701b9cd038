// The limits that the HTTP edge enforces, as plain numbers so that tests can inject short ones. Used by the server and the pipeline.
import { limits } from '#base/limits.ts';
import type { TurnstileLimits } from './turnstile.ts';

export type HttpLimits = TurnstileLimits & {
  readonly headerBytes: number;
  readonly headerCount: number;
  readonly urlBytes: number;
  readonly pageDecompressedBytes: number;
  readonly compressionRatio: number;
  readonly headersMs: number;
  readonly requestMs: number;
  readonly pageRequestMs: number;
  readonly keepAliveMs: number;
  readonly stalledReaderMs: number;
  readonly connections: number;
  readonly requestsPerClient: number;
  readonly drainMs: number;
  /** How often deadlines are looked at. */
  readonly sweepMs: number;
  /** The store is asked this often at most whether it is healthy: asking waits for the disk, and anybody may ask. */
  readonly probeMs: number;
  /** What is still read, and thrown away, of a body that was answered before it ended. */
  readonly lingerBytes: number;
};

/** The limits of the product (trust facts 3.5). */
export const httpLimits: HttpLimits = {
  headerBytes: limits.headerBytes,
  headerCount: limits.headerCount,
  urlBytes: limits.urlBytes,
  pageDecompressedBytes: limits.pageDecompressedBytes,
  compressionRatio: limits.compressionRatio,
  headersMs: limits.headersMs,
  requestMs: limits.requestMs,
  pageRequestMs: limits.pageRequestMs,
  keepAliveMs: limits.keepAliveMs,
  stalledReaderMs: limits.stalledReaderMs,
  connections: limits.connections,
  requestsPerClient: limits.requestsPerClient,
  placesBeside: limits.placesBeside,
  placesOfAll: limits.placesOfAll,
  deliveriesBeside: limits.deliveriesBeside,
  bytesBeside: limits.bytesBeside,
  waitingRequests: limits.waitingRequests,
  placeWaitMs: limits.placeWaitMs,
  deliveryWaitMs: limits.deliveryWaitMs,
  requestMsBeside: limits.loopRequestMs,
  deliveryMsBeside: limits.loopDeliveryMs,
  drainMs: limits.drainMs,
  sweepMs: 1_000,
  probeMs: 1_000,
  lingerBytes: 16_777_216,
};

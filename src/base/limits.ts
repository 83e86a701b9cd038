// Every bound of the product, in one place, each with a test on both sides (trust facts 3.5). Sizes in bytes, times in milliseconds.

export const limits = {
  /** HTTP header block and number of headers. */
  headerBytes: 16_384,
  headerCount: 64,
  /** Ordinary JSON bodies (registration, queries, administration). */
  bodyBytes: 1_048_576,
  /** One sync page on the wire and after decompression; FINT pages hold tens of thousands of entries (facts 5.4). */
  pageBytes: 268_435_456,
  pageDecompressedBytes: 1_073_741_824,
  /** Largest ratio of decompressed to compressed size, judged after the first megabyte. */
  compressionRatio: 100,
  pageEntries: 50_000,
  entryBytes: 4_194_304,
  jsonDepth: 32,
  jsonKeys: 1_000,
  stringBytes: 65_536,
  listItems: 10_000,
  linksPerRelation: 10_000,
  identifierBytes: 512,
  /** Largest `size` of a FINT page; 0 streams everything. */
  fintPageSize: 50_000,
  changesPageSize: 10_000,
  changesPageDefault: 1_000,
  filterBytes: 8_192,
  filterTerms: 50,
  filterDepth: 10,
  filterInValues: 200,
  /** Longest time that a filter may scan. */
  filterMs: 10_000,
  urlBytes: 8_192,
  headersMs: 10_000,
  requestMs: 30_000,
  pageRequestMs: 300_000,
  keepAliveMs: 5_000,
  /** A stream whose reader takes nothing for this long is cut. */
  stalledReaderMs: 30_000,
  connections: 2_000,
  drainMs: 10_000,
  /** Problems kept per sync run and listed in one answer. */
  rejectionsPerRun: 10_000,
  rejectionsPerAnswer: 1_000,
  openRunsPerTenant: 1_000,
  auditQueue: 20_000,
  auditBatch: 1_000,
  tokenBytes: 8_192,
  verifiedTokens: 10_000,
  accessTokenSeconds: 300,
  assertionSeconds: 60,
} as const;

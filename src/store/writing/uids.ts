// How uids are made up: a collection is one range of them, and its canonical order. Used by the dialects and by this folder; pure.

/** Rows per segment: 256 bodies are 64 KB to 1 MB. */
export const segmentRows = 256;

const collectionFactor = 2 ** 40;

/** First uid of a collection. */
export const firstUid = (collection: number): number => collection * collectionFactor;

/** One past the last uid that the collection can have. */
export const endUid = (collection: number): number => (collection + 1) * collectionFactor;

/** The collection id inside a uid. */
export const collectionOf = (uid: number): number => Math.floor(uid / collectionFactor);

/** The number of the segment that a uid lies in, within its collection. */
export const segmentOf = (uid: number): number => Math.floor((uid % collectionFactor) / segmentRows);

// What a floor offers: the least that a database needs for what the store is asked, in the store's own tables, with nothing of what the hub
// promises beyond them. Implemented by sqlite-floor.ts and postgres-floor.ts for scenarios/engines.ts.

/** Reads give how much came: bytes or rows. */
export type ReadFloor = {
  readonly one: (value: string) => Promise<number> | number;
  /** Bodies of the first rows of the collection. */
  readonly page: (size: number) => Promise<number> | number;
  readonly changesAfter: (position: number) => Promise<number> | number;
  /** Rows with this folded text under an indexed path. */
  readonly indexed: (path: string, folded: string) => Promise<number> | number;
  /** Rows with this text under a path that no index holds. */
  readonly unindexed: (path: readonly string[], text: string) => Promise<number> | number;
  readonly close: () => Promise<void> | void;
};

export type WriteFloor = {
  /** One row, durable; `lane` is whoever writes it. */
  readonly write: (lane: number) => Promise<unknown> | unknown;
  readonly close: () => Promise<void> | void;
};

export type DeliveryFloor = {
  /** Writes the rows that a delivery has left elsewhere, a page at a time, each page durable. */
  readonly fresh: () => Promise<void>;
  /** Holds the identifiers and content hashes of all entries against what is stored, a page at a time; nothing differs. */
  readonly unchanged: () => Promise<void>;
  readonly close: () => Promise<void> | void;
};

/** Cuts rows into as many parts as there are pages. */
export const partsOf = <T>(rows: readonly T[], parts: number): readonly (readonly T[])[] => {
  const size = Math.ceil(rows.length / parts);
  return Array.from({ length: parts }, (_, part) => rows.slice(part * size, (part + 1) * size));
};

// What the rest of this folder asks of a PostgreSQL server: statements of one organisation, transactions and notices. Implemented by
// driver.ts. Errors are HubErrors with codes of the table: 501 busy or overloaded, 503 not reachable, 504 audit, 511 newer, 513 foreign.
// Rows come with numbers for every integer (all of ours are below 2^53), Buffers for bytea, and null.

/** A value as a column holds it. Lists become arrays. */
export type Cell = number | string | boolean | Buffer | null | readonly number[] | readonly string[];
export type Row = Readonly<Record<string, unknown>>;

/**
 * A statement, prepared once on each connection under its name; without a name it is parsed each time: for texts that differ. The text names no
 * tenant but by a parameter.
 */
export type Sql = { readonly name: string; readonly text: string };

/**
 * Whose rows a statement or a transaction sees: the number of an organisation, set for one transaction and enforced by row-level security;
 * null = the tables of the platform, and no row of anybody's.
 */
export type Scope = number | null;

export type QueryOptions = {
  /** Monotonic ms; the server stops the statement when it passes. The default of the settings otherwise. */
  readonly deadline?: number;
  /** Reads much: not on the connections that point reads share. */
  readonly long?: true;
  /** Writes: waits for the disk, on connections of its own, so that no point read waits behind it and it waits behind no transaction. */
  readonly durable?: true;
};

export type Connection = {
  /** Asked together, sent together: several may be under way, and are answered in order. */
  readonly query: (sql: Sql, values: readonly Cell[]) => Promise<readonly Row[]>;
};

export type Database = {
  /** One statement as a transaction of its own, on a connection that many share. */
  readonly query: (scope: Scope, sql: Sql, values: readonly Cell[], options?: QueryOptions) => Promise<readonly Row[]>;
  /** A transaction on a connection of its own; a throw rolls back. Durable when it resolves. `snapshot`: all of its statements see the same state. */
  readonly transaction: <T>(
    scope: Scope,
    work: (connection: Connection) => Promise<T>,
    options?: { readonly deadline?: number; readonly snapshot?: true },
  ) => Promise<T>;
  /**
   * A transaction whose locks stand while the work does other things for as long as it takes: the server hears of it every five seconds, and ends it
   * when it has not for twenty. `lost` says that it has ended before the work, and its locks with it: the work has to stop. Rejects then.
   */
  readonly holding: <T>(scope: Scope, work: (connection: Connection, lost: AbortSignal) => Promise<T>) => Promise<T>;
  /** Hears notices of a channel, of this and other processes. `lost` is called when some may have been missed. Gives what ends it. */
  readonly listen: (channel: string, heard: (payload: string) => void, lost: () => void) => () => void;
  /** Tells a channel; not waited for, and lost when the server is away: listeners catch up by themselves. */
  readonly notify: (channel: string, payload: string) => void;
  /**
   * The tables have grown: plans that were made for small ones are made anew. Costs little and may be asked for often; done once in a while.
   * Each statement keeps one plan, and the server by itself makes no other until it has counted the rows again, which may be minutes.
   */
  readonly replan: () => void;
  /** True when writes can be made durable now. Answers within 200 ms whatever the server does. */
  readonly healthy: () => Promise<boolean>;
  readonly close: () => Promise<void>;
};

// Statements of one work: what it asks it waits for, what it only writes it does not; a failure of that comes out when the work ends. Made by
// write-queue.ts for each work; used by run-writes.ts, event-writes.ts, follow-writes.ts and erasures.ts.
import type { Cell, Connection, Row, Sql } from './database.ts';

export type Sending = {
  readonly ask: (sql: Sql, values: readonly Cell[]) => Promise<readonly Row[]>;
  readonly send: (sql: Sql, values: readonly Cell[]) => void;
  /** Resolves when all that was sent is done; rejects with the first failure. */
  readonly sent: () => Promise<void>;
};

/** `tenant` goes before the values of every statement. */
export const createSending = (connection: Pick<Connection, 'query'>, tenant: number): Sending => {
  let under: Promise<unknown>[] = [];
  return {
    ask: (sql, values) => connection.query(sql, [tenant, ...values]),
    send: (sql, values) => {
      const asked = connection.query(sql, [tenant, ...values]);
      asked.catch(() => {});
      under.push(asked);
    },
    sent: async () => {
      const all = under;
      under = [];
      await Promise.all(all);
    },
  };
};

// Single resources by identifier: what is asked while others are on their way is asked together, in one statement. Used by reads.ts. A statement
// for one resource costs more to begin and end than to answer; gathering makes many readers cheap, and nobody wait longer than the statement
// before takes.
import { int4s, texts } from './arrays.ts';
import { numberOf } from './cells.ts';
import type { Cell, Database, Row, Sql } from './database.ts';
import { overloaded } from './errors.ts';

/** An identifier as it is kept: numbers of collection and field, the kept text of the value. */
export type KeptIdentifier = { readonly collection: number; readonly field: number; readonly value: string };

export type GatheredReads = (identifier: KeptIdentifier) => Promise<Row | undefined>;

export type GatheredReadsDeps = {
  readonly database: Pick<Database, 'query'>;
  readonly tenant: number;
  /** Of the tables r (resource) and c (its last change). */
  readonly columns: string;
};

type Waiting = {
  readonly identifier: KeptIdentifier;
  readonly resolve: (row: Row | undefined) => void;
  readonly reject: (error: unknown) => void;
};

// Statements under way at once: as many as there are connections that short statements share.
const underWayAtMost = 2;
// Identifiers of one statement.
const together = 64;
// The next one is refused.
const waitingAtMost = 2_000;

// An organisation that is asked for more single resources than this has statements of its own for them: that know its partitions beforehand, and
// are half as fast again. They take some 100 KB on each connection.
const readsOfMany = 256;
// So many organisations of a process at most, those that come to it first: statements stay on a connection for as long as it lives.
const withTheirOwn = 64;
const owners = new WeakMap<object, Set<number>>();

/** Whether an organisation has statements of its own over a database, or gets them now. */
const hasItsOwn = (database: object, tenant: number): boolean => {
  const some = owners.get(database) ?? new Set();
  owners.set(database, some);
  if (some.size < withTheirOwn) some.add(tenant);
  return some.has(tenant);
};

/**
 * Gives what reads the row of a resource by an identifier; undefined when nobody has it. Every row is as it stands after it was asked for. Rejects as
 * a statement does, and with HUB-501 when too many wait.
 */
export const createGatheredReads = ({ database, tenant, columns }: GatheredReadsDeps): GatheredReads => {
  const statements = { any: statementsFor(columns, '', '$1::integer'), own: ownStatements(columns, tenant) };
  const waiting: Waiting[] = [];
  let underWay = 0;
  let asked = 0;

  const ask = (sql: Sql, values: readonly Cell[]): Promise<readonly Row[]> =>
    database.query(tenant, sql, [tenant, ...values]);

  const send = async (part: readonly Waiting[]): Promise<void> => {
    asked += part.length;
    const own = asked > readsOfMany && hasItsOwn(database, tenant);
    const { one, some } = own ? statements.own : statements.any;
    try {
      const [first] = part;
      if (first !== undefined && part.length === 1) {
        const { collection, field, value } = first.identifier;
        const [row] = await ask(one, [collection, field, value]);
        first.resolve(row);
        return;
      }
      const identifiers = part.map(({ identifier }) => identifier);
      const rows = await ask(some, [
        int4s(identifiers.map(({ collection }) => collection)),
        int4s(identifiers.map(({ field }) => field)),
        texts(identifiers.map(({ value }) => value)),
      ]);
      const found = new Map(rows.map((row) => [numberOf(row, 'n'), row]));
      for (const [index, each] of part.entries()) each.resolve(found.get(index + 1));
    } catch (error) {
      for (const each of part) each.reject(error);
    }
  };

  const go = (): void => {
    while (underWay < underWayAtMost && waiting.length > 0) {
      underWay += 1;
      void send(waiting.splice(0, together)).then(() => {
        underWay -= 1;
        go();
      });
    }
  };

  return (identifier) =>
    new Promise((resolve, reject) => {
      if (waiting.length >= waitingAtMost)
        return reject(overloaded(`${waiting.length} reads of the organisation wait`));
      waiting.push({ identifier, resolve, reject });
      go();
    });
};

type Statements = { readonly one: Sql; readonly some: Sql };

// Every join is one look by a key for each row, whatever the server believes of its tables: see reads.ts.
const statementsFor = (columns: string, suffix: string, tenant: string): Statements => ({
  one: {
    name: `read_one${suffix}`,
    text: `SELECT ${columns} FROM (SELECT $1::integer) AS t
      CROSS JOIN LATERAL (
        SELECT uid FROM identifier WHERE tenant = ${tenant} AND collection = $2 AND field = $3 AND value = $4 LIMIT 1) i
      ${bodyAndChange(tenant)}`,
  },
  some: {
    name: `read_some${suffix}`,
    text: `SELECT w.n, ${columns} FROM (SELECT $1::integer) AS t
      CROSS JOIN unnest($2::int4[], $3::int4[], $4::text[]) WITH ORDINALITY AS w (collection, field, value, n)
      CROSS JOIN LATERAL (
        SELECT uid FROM identifier WHERE tenant = ${tenant} AND collection = w.collection AND field = w.field AND value = w.value LIMIT 1) i
      ${bodyAndChange(tenant)}`,
  },
});

const bodyAndChange = (tenant: string): string => `CROSS JOIN LATERAL (
        SELECT uid, position, born, protection, body FROM resource WHERE tenant = ${tenant} AND uid = i.uid LIMIT 1) r
      LEFT JOIN LATERAL (SELECT at, level, noticed FROM change WHERE tenant = ${tenant} AND position = r.position LIMIT 1) c ON true`;

const ownStatements = (columns: string, tenant: number): Statements =>
  statementsFor(columns, `_${tenant}`, String(Math.trunc(tenant)));

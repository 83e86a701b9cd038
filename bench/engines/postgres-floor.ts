// The floor on PostgreSQL: plain SQL over the same driver, pipelined and prepared as the hub's, as a role that row-level security does not bind,
// with the number of the organisation in the text, so that the server finds its partition beforehand. Rows are written by binary COPY into
// temporary tables and merged. Called by scenarios/engines.ts.
import { numberOf, textOf } from '#store/postgres/cells.ts';
import type { Cell, Row, Sql } from '#store/postgres/database.ts';
import { Wire } from '#store/postgres/wire.ts';
import { endUid, firstUid } from '#store/writing/uids.ts';
import { copyBinary, type ColumnType } from './copy-binary.ts';
import { openCopying } from './copying.ts';
import { partsOf, type DeliveryFloor, type ReadFloor, type WriteFloor } from './floor.ts';

const open = (url: string): Promise<Wire> =>
  Wire.open({
    url,
    applicationName: 'bench-floor',
    connectMs: 5_000,
    settings,
  });

const settings = ['search_path=bindeledd,public', 'jit=off', 'max_parallel_workers_per_gather=0', 'TimeZone=UTC'];

const rows = async (url: string, text: string): Promise<readonly Row[]> => {
  const wire = await open(url);
  try {
    return await wire.query({ name: '', text }, [], null);
  } finally {
    await wire.close();
  }
};

const numberFor = async (url: string, text: string): Promise<number> => numberOf((await rows(url, text))[0], 'id');

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** The numbers by which an organisation, a collection and a word are kept. */
const idsOf = async (url: string, organisation: string, collection: string) => {
  const tenant = await numberFor(url, `SELECT number AS id FROM tenant WHERE organisation = ${quoted(organisation)}`);
  const id = await numberFor(
    url,
    `SELECT id FROM collection WHERE tenant = ${tenant} AND path = ${quoted(collection)}`,
  );
  const word = (text: string): Promise<number> =>
    numberFor(url, `SELECT id FROM word WHERE tenant = ${tenant} AND text = ${quoted(text)}`);
  return { tenant, collection: id, word };
};

/** Reads in the tables of a store. Two connections, as many as the hub's short statements share. */
export const readFloor = async (url: string, organisation: string, path: string, field: string): Promise<ReadFloor> => {
  const { tenant, collection, word } = await idsOf(url, organisation, path);
  const fieldId = await word(field);
  const wires = await Promise.all([open(url), open(url)]);
  let turn = 0;
  const ask = (sql: Sql, values: readonly Cell[]): Promise<readonly Row[]> => {
    turn = (turn + 1) % wires.length;
    const wire = wires[turn];
    if (wire === undefined) throw new Error('there is no connection');
    return wire.query(sql, values, null);
  };
  const one: Sql = {
    name: 'one',
    text: `SELECT r.body FROM identifier i JOIN resource r ON r.tenant = ${tenant} AND r.uid = i.uid
      WHERE i.tenant = ${tenant} AND i.collection = ${collection} AND i.field = ${fieldId} AND i.value = $1`,
  };
  const page: Sql = {
    name: 'page',
    text: `SELECT body FROM resource WHERE tenant = ${tenant} AND uid >= ${firstUid(collection)} AND uid < ${endUid(collection)}
      ORDER BY uid LIMIT $1`,
  };
  const changes: Sql = {
    name: 'changes',
    text: `SELECT position, uid, kind, at FROM change WHERE tenant = ${tenant} AND collection = ${collection} AND position > $1
      ORDER BY position LIMIT 100`,
  };
  const indexed: Sql = {
    name: 'indexed',
    text: `SELECT uid FROM attribute_index WHERE tenant = ${tenant} AND collection = ${collection} AND path = $1 AND folded = $2`,
  };
  const unindexed: Sql = {
    name: 'unindexed',
    text: `SELECT uid FROM resource WHERE tenant = ${tenant} AND uid >= ${firstUid(collection)} AND uid < ${endUid(collection)}
      AND convert_from(body, 'UTF8')::json #>> $1::text[] = $2`,
  };
  const words = new Map<string, number>();
  return {
    one: async (value) => (await ask(one, [value])).length,
    page: async (size) => (await ask(page, [size])).length,
    changesAfter: async (position) => (await ask(changes, [position])).length,
    indexed: async (named, folded) => {
      const id = words.get(named) ?? (await word(named));
      words.set(named, id);
      return (await ask(indexed, [id, folded])).length;
    },
    unindexed: async (names, text) => (await ask(unindexed, [names, text])).length,
    close: async () => void (await Promise.all(wires.map((wire) => wire.close()))),
  };
};

/** Writes rows into a table of its own, one statement and one commit each, on a connection for each writer. */
export const writeFloor = async (url: string, lanes: number): Promise<WriteFloor> => {
  const wires = await Promise.all(Array.from({ length: lanes }, () => open(url)));
  await wires[0]?.command(writeTable);
  const body = Buffer.alloc(400, 'x');
  return {
    write: (lane) => wires[lane % lanes]?.query({ name: 'write', text: writeRow }, [body], null),
    close: async () => void (await Promise.all(wires.map((wire) => wire.close()))),
  };
};

/** The table that single rows are written to; pgbench uses it too. */
export const writeTable = `CREATE TABLE IF NOT EXISTS public.bench_write
  (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, body bytea NOT NULL)`;
const writeRow = 'INSERT INTO public.bench_write (body) VALUES ($1)';

type Table = {
  readonly name: string;
  readonly key: string;
  /** In the order that a delivery makes them. */
  readonly order: string;
  readonly columns: Readonly<Record<string, ColumnType>>;
};

const tables: readonly Table[] = [
  {
    name: 'resource',
    key: 'tenant, uid',
    order: 'uid',
    columns: {
      tenant: 'int4',
      uid: 'int8',
      position: 'int8',
      born: 'int8',
      hash: 'bytea',
      source: 'text',
      protection: 'int2',
      keys: 'int8[]',
      split: 'int4',
      own: 'text',
      body: 'bytea',
    },
  },
  {
    name: 'identifier',
    key: 'tenant, id',
    order: 'id',
    columns: {
      tenant: 'int4',
      id: 'int8',
      collection: 'int4',
      field: 'int4',
      value: 'text',
      uid: 'int8',
      removed_by: 'int8',
      protection: 'int2',
      last_uid: 'int8',
    },
  },
  {
    name: 'link',
    key: 'tenant, target, relation, source',
    order: 'source, target, relation',
    columns: { tenant: 'int4', target: 'int8', relation: 'int4', source: 'int8', source_identifier: 'int8' },
  },
  {
    name: 'change',
    key: 'tenant, position',
    order: 'position',
    columns: {
      tenant: 'int4',
      position: 'int8',
      collection: 'int4',
      uid: 'int8',
      kind: 'int2',
      at: 'int8',
      before: 'text',
      level: 'int2',
      noticed: 'text',
    },
  },
  {
    name: 'segment',
    key: 'tenant, collection, number',
    order: 'collection, number',
    columns: { tenant: 'int4', collection: 'int4', number: 'int4', count: 'int4', position: 'int8' },
  },
];

const known: Readonly<Record<string, ColumnType>> = { field: 'int4', value: 'text', hash: 'bytea' };

/**
 * Takes the rows that a store has left in the database `from`, to write them into the database `into`, in as many pages; both addresses as a
 * role that row-level security does not bind.
 */
export const deliveryFloor = async (
  addresses: { readonly from: string; readonly into: string },
  organisation: string,
  path: string,
  pages: number,
): Promise<DeliveryFloor> => {
  const { tenant, collection } = await idsOf(addresses.from, organisation, path);
  const cut: { readonly table: Table; readonly parts: readonly (readonly Row[])[] }[] = [];
  for (const table of tables) {
    const columns = Object.keys(table.columns).join(', ');
    const text = `SELECT ${columns} FROM ${table.name} WHERE tenant = ${tenant} ORDER BY ${table.order}`;
    cut.push({ table, parts: partsOf(await rows(addresses.from, text), pages) });
  }
  const entries = await rows(
    addresses.from,
    `SELECT i.field, i.value, r.hash FROM resource r JOIN identifier i ON i.tenant = r.tenant AND i.id = ANY (r.keys)
      WHERE r.tenant = ${tenant} ORDER BY r.uid`,
  );
  const wire = await openCopying(addresses.into, settings);
  for (const { name } of tables)
    await wire.command(`CREATE TEMP TABLE new_${name} (LIKE ${name}) ON COMMIT DELETE ROWS`);
  await wire.command('CREATE TEMP TABLE known (field integer, value text, hash bytea) ON COMMIT DELETE ROWS');
  const names = ({ columns }: Pick<Table, 'columns'>): string => Object.keys(columns).join(', ');
  return {
    fresh: async () => {
      for (let page = 0; page < pages; page += 1) {
        await wire.command('BEGIN');
        for (const { table, parts } of cut) {
          const part = parts[page] ?? [];
          await wire.copy(
            `COPY new_${table.name} (${names(table)}) FROM STDIN (FORMAT binary)`,
            copyBinary(table.columns, part),
          );
          await wire.command(
            `INSERT INTO ${table.name} (${names(table)}) SELECT ${names(table)} FROM new_${table.name} ON CONFLICT (${table.key}) DO NOTHING`,
          );
        }
        await wire.command('COMMIT');
      }
    },
    unchanged: async () => {
      for (const part of partsOf(entries, pages)) {
        await wire.command('BEGIN');
        await wire.copy('COPY known (field, value, hash) FROM STDIN (FORMAT binary)', copyBinary(known, part));
        const differing = await wire.number(
          `SELECT count(*) AS differing FROM known k
              LEFT JOIN LATERAL (SELECT uid FROM identifier WHERE tenant = ${tenant} AND collection = ${collection} AND field = k.field
                AND value = k.value OFFSET 0) i ON true
              LEFT JOIN LATERAL (SELECT hash FROM resource WHERE tenant = ${tenant} AND uid = i.uid OFFSET 0) r ON true
              WHERE r.hash IS DISTINCT FROM k.hash`,
        );
        if (differing !== 0) throw new Error('the floor has not written what the store had');
        await wire.command('COMMIT');
      }
    },
    close: () => wire.close(),
  };
};

/** What the server says of how durable its commits are. */
export const durabilityOf = async (url: string): Promise<string> => {
  const [row] = await rows(
    url,
    `SELECT 'fsync ' || current_setting('fsync') || ', synchronous_commit ' || current_setting('synchronous_commit') AS said`,
  );
  return textOf(row, 'said') ?? '';
};

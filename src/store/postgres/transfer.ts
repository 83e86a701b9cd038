// A database in the form in which data go from one engine to the other (store/transfer.ts), read and written as the role that owns the tables:
// where rows of this engine stand and how. Called by the command `copy`, with no hub on the database. All that is written is one transaction, so
// that a copy is there whole or not at all; a mark on the schema keeps hubs away meanwhile.
import { fold } from '#base/text.ts';
import type { Clock } from '#base/clock.ts';
import { HubError, problem } from '#base/errors.ts';
import { chainBeginning } from '../audit-chain.ts';
import { platformForms } from '../transfer.ts';
import type {
  ColumnType,
  TableForm,
  TransferCell,
  TransferRow,
  TransferSide,
  TransferSource,
  TransferTarget,
} from '../transfer.ts';
import { addressesOf } from './address.ts';
import { bytesList, int4s, int8s, texts } from './arrays.ts';
import { bytesOf, numberOf, textOf } from './cells.ts';
import type { Cell, Row } from './database.ts';
import { isAway, translate } from './errors.ts';
import { indexedText, keptText, textKept } from './kept-text.ts';
import { lockFor } from './locks.ts';
import { newer, product, standingOf } from './migrate.ts';
import { unfinishedMark } from './roles.ts';
import { steps } from './schema/steps.ts';
import { openSession } from './session.ts';
import type { Wire } from './wire.ts';

export type TransferOptions = {
  /** As the role that owns the tables. */
  readonly url: string;
  readonly clock: Pick<Clock, 'sleep'>;
};

/**
 * Opens a database to be read as it is at this moment; whoever would write to it waits, or is refused. Throws a HubError: HUB-503 not reachable,
 * 510 a hub is connected, 511 newer, 513 not ours, 514 not migrated or a copy that was broken off, 515 missing rights.
 */
export const openTransferSource = async (options: TransferOptions): Promise<TransferSource> => {
  const wire = await connect(options);
  try {
    if (await isUnfinished(wire))
      throw new HubError(problem('HUB-514', 'A copy is being made into the database, or was broken off.'));
    await checkAlone(wire, options.clock);
    await wire.command('BEGIN ISOLATION LEVEL REPEATABLE READ');
    await ask(wire, 'SELECT value FROM revision FOR UPDATE');
    const numbers = await tenantsOf(wire);
    for (const number of numbers.values()) {
      await enter(wire, number);
      await ask(wire, `SELECT pg_advisory_xact_lock(${lockFor.writing}, $1::integer)`, [number]);
      await ask(wire, 'SELECT next FROM audit_head WHERE tenant = $1 FOR UPDATE', [number]);
    }
    return { ...sideOf(wire, numbers), checkpointLists: () => [], close: () => wire.close() };
  } catch (error) {
    wire.destroy(new Error('given up'));
    throw translate(error);
  }
};

/**
 * Opens a database that `migrate` has made and nobody has used, to be filled. Throws a HubError: as openTransferSource, and HUB-409 when it holds
 * something, 515 when the role does not own the tables.
 */
export const openTransferTarget = async (options: TransferOptions): Promise<TransferTarget> => {
  const wire = await connect(options);
  let isMarked = false;
  try {
    await checkOwner(wire);
    await checkEmpty(wire);
    await mark(wire, `${product} ${unfinishedMark}`);
    isMarked = true;
    // Whoever connected before the mark was there is seen now.
    await checkAlone(wire, options.clock);
    await wire.command('BEGIN');
    await checkEmpty(wire);
    const numbers = new Map<string, number>();
    const { write, settle, written } = createWriting(wire, numbers);
    let kept = false;
    return {
      ...sideOf(wire, numbers),
      write,
      settle,
      keep: async () => {
        try {
          await written();
          for (const [table, column] of counted)
            await ask(
              wire,
              `SELECT setval(pg_get_serial_sequence('bindeledd.${table}', '${column}'), max(${column})) FROM ${table}`,
            );
          await mark(wire, product);
          await wire.command('COMMIT');
          kept = true;
          // The server has not counted rows that nobody could see.
          await wire.command(`ANALYZE ${large.join(', ')}`).catch(() => {});
        } catch (error) {
          throw translate(error);
        }
      },
      close: async () => {
        if (!kept && !wire.broken) {
          await written().catch(() => {});
          await wire.command('ROLLBACK');
          await mark(wire, product);
        }
        await wire.close();
      },
    };
  } catch (error) {
    if (isMarked) {
      await wire.command('ROLLBACK').catch(() => {});
      await mark(wire, product).catch(() => {});
    }
    wire.destroy(new Error('given up'));
    throw translate(error);
  }
};

// Bytes of rows that are in memory together, or a little more.
const bytesAtOnce = 4_194_304;

const large = ['resource', 'identifier', 'link', 'attribute_index', 'change', 'segment'] as const;

/** Tables that number their rows by themselves. */
const counted: readonly (readonly [table: string, column: string])[] = [
  ['platform_audit', 'sequence'],
  ['audit_notice', 'number'],
];

const ask = (wire: Wire, text: string, values: readonly Cell[] = []): Promise<readonly Row[]> =>
  wire.query({ name: '', text }, values, null);

const connect = async ({ url }: TransferOptions): Promise<Wire> => {
  let failure: unknown = null;
  for (const address of addressesOf(url)) {
    try {
      const wire = await openSession({
        url: address,
        applicationName: 'bindeledd copy',
        connectMs: 5_000,
        // One transaction, which waits for the other side for as long as that takes.
        statementMs: 0,
        lockMs: 15_000,
        idleMs: 0,
      });
      return await checked(wire);
    } catch (error) {
      // A server that says no says more than one that is not there.
      if (failure === null || isAway(failure)) failure = error;
    }
  }
  throw translate(failure);
};

/** Refuses a server that takes no writes and a database that is not of this version. */
const checked = async (wire: Wire): Promise<Wire> => {
  try {
    const [row] = await ask(wire, 'SELECT pg_is_in_recovery() AS recovery');
    if (row?.['recovery'] !== false)
      throw new HubError(problem('HUB-502', 'The database is in recovery and takes no writes.'));
    const { version } = await standingOf((sql) => wire.query(sql, [], null));
    if (version > steps.length) throw newer(version, steps.length);
    if (version < steps.length)
      throw new HubError(
        problem(
          'HUB-514',
          version === 0
            ? 'The database is empty; run `bindeledd migrate`.'
            : `The database has version ${version}, this program needs ${steps.length}; run \`bindeledd migrate\`.`,
        ),
      );
    return wire;
  } catch (error) {
    wire.destroy(new Error('refused'));
    throw error;
  }
};

const checkOwner = async (wire: Wire): Promise<void> => {
  const [row] = await ask(
    wire,
    `SELECT pg_has_role(current_user, nspowner, 'MEMBER') AS owner FROM pg_namespace WHERE nspname = 'bindeledd'`,
  );
  if (row?.['owner'] !== true)
    throw new HubError(
      problem(
        'HUB-515',
        'The role does not own the tables of the hub: copy as the role that `bindeledd migrate` runs as.',
      ),
    );
};

const checkEmpty = async (wire: Wire): Promise<void> => {
  const tables = [...platformForms.map(({ name }) => name).filter((name) => name !== 'revision'), 'tenant'];
  const filled = tables.map((table) => `SELECT '${table}' AS name WHERE EXISTS (SELECT FROM ${table})`);
  const rows = await ask(wire, filled.join(' UNION ALL '));
  if (rows.length > 0)
    throw new HubError(
      problem(
        'HUB-409',
        `The database is not empty (${rows
          .slice(0, 3)
          .map((row) => textOf(row, 'name'))
          .join(', ')}); nothing was changed.`,
      ),
    );
};

/** Hubs, and commands beside them, say who they are when they connect. */
const connected = `SELECT count(*) AS n FROM pg_stat_activity
  WHERE datname = current_database() AND pid <> pg_backend_pid() AND application_name LIKE 'bindeledd%'`;

const checkAlone = async (wire: Wire, clock: Pick<Clock, 'sleep'>): Promise<void> => {
  // Connections that were just closed are seen for a moment.
  for (let turn = 1; turn <= 10; turn += 1) {
    if (numberOf((await ask(wire, connected))[0], 'n') === 0) return;
    await clock.sleep(200);
  }
  throw new HubError(problem('HUB-510', 'A hub, or another command, is connected to the database: stop it first.'));
};

const mark = (wire: Wire, text: string): Promise<unknown> => wire.command(`COMMENT ON SCHEMA bindeledd IS '${text}'`);

const isUnfinished = async (wire: Wire): Promise<boolean> => {
  const [row] = await ask(wire, `SELECT obj_description(to_regnamespace('bindeledd')::oid, 'pg_namespace') AS mark`);
  return textOf(row, 'mark').endsWith(unfinishedMark);
};

const tenantsOf = async (wire: Wire): Promise<Map<string, number>> => {
  const rows = await ask(wire, 'SELECT number, organisation FROM tenant ORDER BY organisation COLLATE "C"');
  const numbers = new Map<string, number>();
  for (const row of rows) {
    const number = numberOf(row, 'number');
    await enter(wire, number);
    // A number that was given and never used is no organisation.
    const [state] = await ask(wire, 'SELECT commits FROM tenant_state WHERE tenant = $1', [number]);
    if (state !== undefined) numbers.set(textOf(row, 'organisation'), number);
  }
  return numbers;
};

/** Whose rows the transaction sees from here on: row-level security holds for the owner too. */
const enter = (wire: Wire, tenant: number): Promise<unknown> =>
  ask(wire, `SELECT set_config('bindeledd.tenant', $1::text, true)`, [String(tenant)]);

const sideOf = (wire: Wire, numbers: ReadonlyMap<string, number>): TransferSide => {
  const where = async (organisation: string | null): Promise<string> => {
    if (organisation === null) return '';
    const tenant = numbers.get(organisation);
    if (tenant === undefined) throw new Error('there is no such organisation');
    await enter(wire, tenant);
    return ` WHERE tenant = ${tenant}`;
  };
  return {
    organisations: async () => [...numbers.keys()].toSorted(),
    count: async (organisation, { name }) => {
      const [row] = await ask(wire, `SELECT count(*) AS n FROM ${name}${await where(organisation)}`);
      return numberOf(row, 'n');
    },
    rows: async function* (organisation, table) {
      try {
        const tenant = organisation === null ? 0 : (numbers.get(organisation) ?? 0);
        const turns = table.columns.map(([column, type]) => ({
          column,
          // A digest is told by how it is kept.
          turn: column === 'folded' ? asItIs : readingOf(type),
        }));
        for await (const some of fetched(wire, table, await where(organisation))) {
          const rows = some.map((row) => turns.map(({ column, turn }) => turn(row[column])));
          yield table.name === 'attribute_index' ? await unfolded(wire, tenant, rows) : rows;
        }
      } catch (error) {
        throw translate(error);
      }
    },
  };
};

async function* fetched(wire: Wire, table: TableForm, where: string): AsyncIterable<readonly Row[]> {
  const columns = table.columns.map(([column]) =>
    table.name === 'erasure' && column === 'number' ? 'row_number() OVER (ORDER BY number) AS number' : column,
  );
  // Along the key, however many rows the planner takes the table for.
  await wire.command('SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off; SET LOCAL enable_sort = off');
  await wire.command(
    `DECLARE transfer NO SCROLL CURSOR FOR SELECT ${columns.join(', ')} FROM ${table.name}${where} ORDER BY ${table.key}`,
  );
  try {
    // Rows may be long: how many come together follows from those before them.
    for (let size = Math.min(table.atOnce, 100); ;) {
      const rows = await ask(wire, `FETCH ${size} FROM transfer`);
      if (rows.length > 0) yield rows;
      if (rows.length < size) return;
      let bytes = 1;
      for (const row of rows)
        for (const cell of Object.values(row))
          if (typeof cell === 'string' || Buffer.isBuffer(cell)) bytes += cell.length;
      size = Math.min(table.atOnce, Math.ceil((bytesAtOnce * rows.length) / bytes));
    }
  } finally {
    if (!wire.broken) await wire.command('CLOSE transfer').catch(() => {});
  }
}

const readingOf =
  (type: ColumnType): ((value: unknown) => TransferCell) =>
  (value) => {
    if (value === null || value === undefined) return null;
    if (type === 'text') return textKept(String(value));
    return value as TransferCell;
  };

const asItIs = (value: unknown): TransferCell => (typeof value === 'string' ? value : null);

const digestStart = '\u0001#';

/** A value of the index that stands here as its digest is found again in what it was taken from. */
const unfolded = async (wire: Wire, tenant: number, rows: readonly TransferRow[]): Promise<readonly TransferRow[]> => {
  const whole: TransferRow[] = [];
  for (const [collection = 0, path = 0, kept, uid = 0] of rows) {
    const folded = String(kept);
    const text = folded.startsWith(digestStart)
      ? await foldedOf(wire, tenant, Number(path), Number(uid), folded)
      : textKept(folded);
    whole.push([collection, path, text, uid]);
  }
  return whole;
};

const foldedOf = async (wire: Wire, tenant: number, path: number, uid: number, digest: string): Promise<string> => {
  const [[word], [resource], identifiers] = await Promise.all([
    ask(wire, 'SELECT text FROM word WHERE tenant = $1 AND id = $2', [tenant, path]),
    ask(wire, 'SELECT body FROM resource WHERE tenant = $1 AND uid = $2', [tenant, uid]),
    ask(
      wire,
      `SELECT i.value FROM resource r CROSS JOIN LATERAL unnest(r.keys) AS k (id)
       JOIN identifier i ON i.tenant = $1 AND i.id = k.id AND i.field = $2 WHERE r.tenant = $1 AND r.uid = $3`,
      [tenant, path, uid],
    ),
  ]);
  let value: unknown = resource === undefined ? null : JSON.parse(bytesOf(resource, 'body').toString());
  for (const name of textOf(word, 'text').split('/'))
    value = typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
  const values = identifiers.map((row) => textKept(textOf(row, 'value')));
  if (typeof value === 'string') values.push(value);
  const found = values.map(fold).find((text) => indexedText(text) === digest);
  if (found === undefined)
    throw new HubError(
      problem('HUB-512', 'The index of attributes holds what no resource does.', { internal: `${uid}` }),
    );
  return found;
};

/** How cells of a column are sent as one list, the type of the list, and how the value is made of an element. */
const sendings: Readonly<
  Record<
    ColumnType,
    { readonly list: (cells: readonly TransferCell[]) => Buffer; readonly of: string; readonly as: string }
  >
> = {
  int: { list: (cells) => int8s(cells.map((cell) => (cell === null ? null : Number(cell)))), of: 'int8[]', as: '' },
  text: {
    list: (cells) => texts(cells.map((cell) => (cell === null ? null : keptText(String(cell))))),
    of: 'text[]',
    as: '',
  },
  flag: { list: (cells) => int4s(cells.map((cell) => (cell === true ? 1 : 0))), of: 'int4[]', as: ' = 1' },
  bytes: {
    list: (cells) => bytesList(cells.map((cell) => (Buffer.isBuffer(cell) ? cell : null))),
    of: 'bytea[]',
    as: '',
  },
  ints: { list: (cells) => texts(cells.map(listText)), of: 'text[]', as: '::int8[]' },
  texts: { list: (cells) => texts(cells.map(listText)), of: 'text[]', as: '::text[]' },
};

/** A list as the text form of arrays has it; those of texts hold hashes alone. */
const listText = (cell: TransferCell): string =>
  `{${Array.isArray(cell) ? cell.map((one) => `"${one}"`).join(',') : ''}}`;

const insertSql = (organisation: string | null, table: TableForm): string => {
  if (table.name === 'revision' && organisation === null)
    return 'UPDATE revision SET value = w.value FROM unnest($1::int8[]) AS w (value)';
  const names = table.columns.map(([name]) => `"${name}"`);
  const lead = organisation === null ? 1 : 2;
  const lists = table.columns.map(([, type], at) => `$${at + lead}::${sendings[type].of}`);
  const values = table.columns.map(([name, type]) => `w."${name}"${sendings[type].as}`);
  const [into, from] = organisation === null ? ['', ''] : ['tenant, ', '$1::integer, '];
  const numbers = counted.some(([name]) => name === table.name) ? ' OVERRIDING SYSTEM VALUE' : '';
  return `INSERT INTO ${table.name} (${into}${names.join(', ')})${numbers} SELECT ${from}${values.join(', ')}
    FROM unnest(${lists.join(', ')}) AS w (${names.join(', ')})`;
};

type Writing = Pick<TransferTarget, 'write' | 'settle'> & {
  /** Resolves when all rows are there. */
  readonly written: () => Promise<void>;
};

const createWriting = (wire: Wire, numbers: Map<string, number>): Writing => {
  /** The rows that the server works on while the next ones are read. */
  let underWay: Promise<unknown> = Promise.resolve();
  const written = async (): Promise<void> => {
    try {
      await underWay;
    } catch (error) {
      throw translate(error);
    }
  };
  const tenantFor = async (organisation: string): Promise<number> => {
    const known = numbers.get(organisation);
    if (known !== undefined) return known;
    const [row] = await ask(wire, 'INSERT INTO tenant (organisation) VALUES ($1) RETURNING number', [organisation]);
    const number = numberOf(row, 'number');
    numbers.set(organisation, number);
    await enter(wire, number);
    return number;
  };
  return {
    written,
    write: async (organisation, table, rows) => {
      await written();
      const lead = organisation === null ? [] : [await tenantFor(organisation)];
      const lists = table.columns.map(([name, type], at) => {
        const cells = rows.map((row) => row[at] ?? null);
        // Long ones stand as digests.
        if (table.name === 'attribute_index' && name === 'folded')
          return texts(cells.map((cell) => indexedText(String(cell))));
        return sendings[type].list(cells);
      });
      underWay = ask(wire, insertSql(organisation, table), [...lead, ...lists]);
      underWay.catch(() => {});
    },
    settle: async (organisation) => {
      if (organisation === null) return written();
      const tenant = await tenantFor(organisation);
      await written();
      try {
        await settleCounters(wire, tenant, organisation);
      } catch (error) {
        throw translate(error);
      }
    },
  };
};

const highest = (column: string, table: string): string =>
  `(SELECT coalesce(max(${column}), 0) FROM ${table} WHERE tenant = $1::integer)`;

const settleCounters = async (wire: Wire, tenant: number, organisation: string): Promise<void> => {
  const [row] = await ask(
    wire,
    `SELECT (SELECT count(*) = coalesce(max(id), 0) FROM word WHERE tenant = $1)
      AND (SELECT count(*) = coalesce(max(id), 0) FROM collection WHERE tenant = $1) AS whole`,
    [tenant],
  );
  if (row?.['whole'] !== true)
    throw new HubError(problem('HUB-512', `Words or collections of ${organisation} are missing in the source.`));
  await ask(
    wire,
    `INSERT INTO tenant_state (tenant, commits, position, at, words, collections, identifiers, runs, receipts, events, erasures)
     SELECT $1::integer, 1, ${highest('position', 'change')},
       coalesce((SELECT at FROM change WHERE tenant = $1::integer ORDER BY position DESC LIMIT 1), 0),
       ${highest('id', 'word')}, ${highest('id', 'collection')}, ${highest('id', 'identifier')}, ${highest('run_order', 'sync_run')},
       ${highest('receipt', 'sync_page')}, ${highest('event_order', 'write_event')},
       (SELECT count(*) + count(lifted_at) FROM erasure WHERE tenant = $1::integer)`,
    [tenant],
  );
  await ask(
    wire,
    `INSERT INTO audit_head (tenant, next, hash)
     SELECT $1::integer, coalesce(last.next, 1), coalesce(last.hash, $2::bytea)
     FROM (SELECT 1) AS always LEFT JOIN
       (SELECT first + count AS next, hash FROM audit_commit WHERE tenant = $1::integer ORDER BY first DESC LIMIT 1) AS last ON true`,
    [tenant, chainBeginning(organisation)],
  );
};

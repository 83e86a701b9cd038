// One connection to a PostgreSQL server: statements of one organisation in one round trip, rows in binary. Used by pool.ts and driver.ts.
// It reaches below the package's public surface in two places, each named; the tests of the driver hold them. Knows no table.
import { EventEmitter } from 'node:events';
import { Client, Connection, Query } from 'pg';
import type { QueryResult } from 'pg';
import type { Cell, Row, Scope, Sql } from './database.ts';
import { parserOf } from './cells.ts';
import type { Parser } from './cells.ts';

/** What a statement sees and how long it may take, set for its one transaction. */
export type Setting = {
  readonly scope: Scope;
  /** Ms; null = as the connection says. */ readonly within: number | null;
};

type Column = { readonly name: string; readonly parse: Parser };
type FieldMessage = { readonly fields: readonly { readonly name: string; readonly dataTypeID: number }[] };
type RowMessage = { readonly fields: readonly (Buffer | null)[] };

const scopeText = `SELECT set_config('bindeledd.tenant', $1, true)`;
const untilText = `SELECT set_config('bindeledd.tenant', $1, true), set_config('statement_timeout', $2, true)`;

/** The parts of the package's connection that its types leave out. */
type Channel = {
  readonly stream: {
    readonly destroyed: boolean;
    cork: () => void;
    uncork: () => void;
    destroy: (error?: Error) => void;
  };
  readonly parsedStatements: Readonly<Record<string, string>>;
  readonly submittedNamedStatements: Record<string, string>;
  readonly parse: (query: { readonly name: string; readonly text: string }) => void;
  readonly bind: (config: {
    readonly statement: string;
    readonly values: readonly (string | Buffer | null)[];
    readonly binary: boolean;
  }) => void;
  readonly describe: (message: { readonly type: 'P'; readonly name: string }) => void;
  readonly execute: (config: object) => void;
  readonly sync: () => void;
};

/**
 * Hands rows on as bytes: the package's own reader makes text of every value, which loses what is not text. What is not a row goes on to it
 * as it came, in order.
 */
class ByteConnection extends Connection {
  attachListeners(stream: EventEmitter): void {
    const inner = new EventEmitter();
    attach.call(this, inner);
    // Put together once, when all of a message is there: a row may be many times as large as what comes at a time.
    let rest: Buffer[] = [];
    let held = 0;
    let wanted = 0;
    const onward = (bytes: Buffer): boolean => bytes.length > 0 && inner.emit('data', bytes);
    stream.on('data', (chunk: Buffer) => {
      held += chunk.length;
      if (held < wanted) return void rest.push(chunk);
      const bytes = rest.length === 0 ? chunk : Buffer.concat([...rest, chunk], held);
      let at = 0;
      let plain = 0;
      while (bytes.length - at >= 5) {
        const end = at + 1 + bytes.readUInt32BE(at + 1);
        if (end > bytes.length) break;
        if (bytes[at] === dataRow) {
          onward(bytes.subarray(plain, at));
          plain = end;
          this.emit('dataRow', { fields: fieldsOf(bytes, at + 5) } satisfies RowMessage);
        }
        at = end;
      }
      onward(bytes.subarray(plain, at));
      held = bytes.length - at;
      rest = held === 0 ? [] : [bytes.subarray(at)];
      wanted = held < 5 ? 5 : 1 + bytes.readUInt32BE(at + 1);
    });
    stream.on('end', () => inner.emit('end'));
  }
}

const dataRow = 0x44;

// Below the surface (1): the method by which a connection listens to its socket.
const attach: (stream: EventEmitter) => void = Reflect.get(Connection.prototype, 'attachListeners');

const fieldsOf = (bytes: Buffer, start: number): readonly (Buffer | null)[] => {
  const count = bytes.readUInt16BE(start);
  const fields: (Buffer | null)[] = [];
  let at = start + 2;
  for (let index = 0; index < count; index += 1) {
    const length = bytes.readInt32BE(at);
    at += 4;
    fields.push(length < 0 ? null : bytes.subarray(at, at + length));
    if (length > 0) at += length;
  }
  return fields;
};

/**
 * A statement with its setting in front, one Sync behind both: one implicit transaction and one round trip. A subclass of the package's
 * Query, because it takes nothing else where several are under way (2: the methods that it calls on one).
 */
class ScopedQuery extends Query {
  readonly #sql: Sql;
  readonly #cells: readonly Cell[];
  readonly #setting: Setting | null;
  readonly #columns: Map<string, readonly Column[]>;
  readonly #done: (error: unknown, rows: readonly Row[]) => void;
  readonly #rows: Row[] = [];
  #settingFirst: boolean;
  #described: readonly Column[] | undefined;
  #failure: unknown = null;

  constructor(
    sql: Sql,
    cells: readonly Cell[],
    setting: Setting | null,
    columns: Map<string, readonly Column[]>,
    done: (error: unknown, rows: readonly Row[]) => void,
  ) {
    super({ name: sql.name, text: sql.text });
    this.#sql = sql;
    this.#cells = cells;
    this.#setting = setting;
    this.#settingFirst = setting !== null;
    this.#columns = columns;
    this.#done = done;
  }

  requiresPreparation(): boolean {
    return true;
  }

  prepare(channel: Channel): void {
    const { name, text } = this.#sql;
    // Before anything is sent: a value that cannot be sent leaves the connection as it is.
    const values = this.#cells.map(textOf);
    if (this.#setting !== null) {
      const { scope, within } = this.#setting;
      const tenant = scope === null ? '' : String(scope);
      channel.bind(
        within === null
          ? { statement: 'scope', values: [tenant], binary: false }
          : { statement: 'scope_until', values: [tenant, String(within)], binary: false },
      );
      channel.execute({});
    }
    const known = name !== '' && (name in channel.parsedStatements || name in channel.submittedNamedStatements);
    if (!known) {
      channel.parse({ name, text });
      if (name !== '') channel.submittedNamedStatements[name] = text;
    }
    channel.bind({ statement: name, values, binary: true });
    // What a prepared statement gives does not change on a connection; the server refuses to run it if it would.
    this.#described = name === '' ? undefined : this.#columns.get(name);
    if (this.#described === undefined) channel.describe({ type: 'P', name: '' });
    channel.execute({});
    channel.sync();
  }

  handleRowDescription({ fields }: FieldMessage): void {
    try {
      this.#described = fields.map(({ name, dataTypeID }) => ({ name, parse: parserOf(dataTypeID) }));
      if (this.#sql.name !== '') this.#columns.set(this.#sql.name, this.#described);
    } catch (error) {
      this.#failure = error;
    }
  }

  handleDataRow({ fields }: RowMessage): void {
    if (this.#settingFirst || this.#failure !== null) return;
    const row: Record<string, unknown> = {};
    const columns = this.#described ?? [];
    try {
      for (let index = 0; index < columns.length; index += 1) {
        const column = columns[index];
        const bytes = fields[index];
        if (column !== undefined) row[column.name] = bytes === null || bytes === undefined ? null : column.parse(bytes);
      }
      this.#rows.push(row);
    } catch (error) {
      this.#failure = error;
    }
  }

  handleCommandComplete(): void {
    if (this.#settingFirst) this.#settingFirst = false;
  }

  handleReadyForQuery(): void {
    this.#done(this.#failure, this.#rows);
  }

  handleError(error: unknown): void {
    this.#done(error ?? this.#failure, []);
  }
}

const textOf = (cell: Cell): string | Buffer | null => {
  if (cell === null || typeof cell === 'string' || Buffer.isBuffer(cell)) return cell;
  return Array.isArray(cell) ? listText(cell) : String(cell);
};

/** A list as the text form of arrays has it: every text in quotes. */
const listText = (list: readonly (number | string)[]): string => {
  if (typeof list[0] !== 'string') return `{${list.join(',')}}`;
  return `{${list.map((text) => `"${String(text).replaceAll(/["\\]/g, String.raw`\$&`)}"`).join(',')}}`;
};

export type WireOptions = {
  /** Of one server. */
  readonly url: string;
  readonly applicationName: string;
  readonly connectMs: number;
  /** `name=value` of settings that hold for the connection. */
  readonly settings: readonly string[];
};

// The server warns of a commit whose waiting for the standby was broken off, by an operator or by its going down, and calls it a commit all the
// same. The words of the warning are in the server's language; the place that it comes from is not.
const waitsForStandby = 'SyncRepWaitForLSN';
const resolutionUnknown = '08007';

const discard: Sql = { name: 'discard_plans', text: 'DISCARD PLANS' };

/** A connection that is open. It never opens again: whoever needs another makes another. */
export class Wire {
  /** Statements under way. */
  pending = 0;
  readonly #client: Client;
  readonly #channel: Channel;
  readonly #columns = new Map<string, readonly Column[]>();
  #corked = false;
  #broken: Error | null = null;
  #outgrown = false;
  #isUnconfirmed = false;
  #ending = false;
  readonly #lost: ((error: Error) => void)[] = [];

  /** Connects, and prepares what scoped statements need. Rejects with the driver's own error. */
  static async open(options: WireOptions): Promise<Wire> {
    const config = {
      connectionString: options.url,
      application_name: options.applicationName,
      connectionTimeoutMillis: options.connectMs,
      keepAlive: true,
      keepAliveInitialDelayMillis: 10_000,
      options: options.settings.map((setting) => `-c ${setting}`).join(' '),
      pipeline: true,
    };
    // Below the surface (1): a client takes a connection that was made for it, as it would have made one itself.
    const model = new Client(config);
    const sslNegotiation: unknown = Reflect.get(model, 'sslNegotiation');
    const connection = new ByteConnection(Object.assign({ ...config, ssl: model.ssl }, { sslNegotiation }));
    const wire = new Wire(new Client(Object.assign(config, { connection })));
    try {
      await wire.#client.connect();
      await Promise.all([
        wire.query({ name: 'scope', text: scopeText }, [''], null),
        wire.query({ name: 'scope_until', text: untilText }, ['', '0'], null),
      ]);
      return wire;
    } catch (error) {
      wire.destroy(error instanceof Error ? error : new Error('not connected'));
      throw error;
    }
  }

  private constructor(client: Client) {
    this.#client = client;
    this.#channel = client.connection as unknown as Channel;
    client.on('error', (error) => this.#break(error));
    client.on('notice', (notice) => {
      if ('routine' in notice && notice.routine === waitsForStandby) this.#isUnconfirmed = true;
    });
    client.on('end', () => this.#break(new Error('Connection terminated')));
  }

  get broken(): boolean {
    return this.#broken !== null || this.#ending;
  }

  /** Calls back once when the connection ends without having been asked to; at once when it has. */
  onLost(call: (error: Error) => void): void {
    if (this.#broken !== null) call(this.#broken);
    else this.#lost.push(call);
  }

  onNotice(call: (channel: string, payload: string) => void): void {
    this.#client.on('notification', ({ channel, payload }) => call(channel, payload ?? ''));
  }

  /** Sends a statement behind those under way; rows come with the names of its columns. Rejects with the driver's own error. */
  query(sql: Sql, values: readonly Cell[], setting: Setting | null): Promise<readonly Row[]> {
    if (this.#outgrown) {
      this.#outgrown = false;
      // Within a transaction that has failed it does nothing; the plans are slow then, not wrong.
      this.#ask(discard, [], null).catch(() => {});
    }
    return this.#ask(sql, values, setting);
  }

  /** Has every statement planned anew when it is used next. */
  replan(): void {
    this.#outgrown = true;
  }

  /** Of the commit that has just been answered: what to say instead of success; null when it may be called one. */
  #unconfirmed(): Error | null {
    if (!this.#isUnconfirmed) return null;
    this.#isUnconfirmed = false;
    return Object.assign(new Error('committed, but the standby was not waited for'), { code: resolutionUnknown });
  }

  #ask(sql: Sql, values: readonly Cell[], setting: Setting | null): Promise<readonly Row[]> {
    return new Promise((resolve, reject) => {
      this.pending += 1;
      this.#cork();
      const done = (error: unknown, rows: readonly Row[]): void => {
        this.pending -= 1;
        const failure = error ?? this.#unconfirmed();
        if (failure === null) resolve(rows);
        else reject(failure);
      };
      this.#client.query(new ScopedQuery(sql, values, setting, this.#columns, done));
    });
  }

  /** Sends text as it is, several statements at will; gives the word of the last one that was run (`COMMIT`, `ROLLBACK` …). */
  async command(text: string): Promise<string> {
    this.pending += 1;
    try {
      const result: QueryResult | QueryResult[] = await this.#client.query(text);
      const failure = this.#unconfirmed();
      if (failure !== null) throw failure;
      return (Array.isArray(result) ? result.at(-1)?.command : result.command) ?? '';
    } finally {
      this.pending -= 1;
    }
  }

  /** Ends the connection when what is under way is done. */
  async close(): Promise<void> {
    if (this.broken) return;
    this.#ending = true;
    await this.#client.end();
  }

  /** Ends the connection now; what is under way fails. */
  destroy(error: Error): void {
    this.#channel.stream.destroy(error);
    this.#break(error);
  }

  #break(error: Error): void {
    if (this.#broken !== null) return;
    this.#broken = error;
    if (!this.#channel.stream.destroyed) this.#channel.stream.destroy();
    if (!this.#ending) for (const call of this.#lost) call(error);
  }

  /** What is asked in one turn of the loop is sent in one piece. */
  #cork(): void {
    if (this.#corked) return;
    this.#corked = true;
    const { stream } = this.#channel;
    stream.cork();
    process.nextTick(() => {
      this.#corked = false;
      stream.uncork();
    });
  }
}

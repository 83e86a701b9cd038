// What a hub keeps, as rows that belong to no engine: how data go from the embedded store into PostgreSQL and back. Each engine reads and writes
// this form (sqlite/transfer.ts, postgres/transfer.ts), where alone it is known how a value stands in its tables. Called by the command `copy`.
// Left out is what is found again from the rest: the counters of an engine, and quality; and what was exported, which expires.
import { createHash, hash } from 'node:crypto';
import type { Hash } from 'node:crypto';
import { tellRows } from './audit-chain-lines.ts';
import { toAuditKey } from './platform-rows.ts';
import type { AuditKey } from './store.ts';
import { collectionOf } from './writing/uids.ts';

/** `bytes` is a Buffer, `ints` and `texts` are lists. Every column but a flag may be null where its table says so. */
export type ColumnType = 'int' | 'text' | 'flag' | 'bytes' | 'ints' | 'texts';

export type TransferCell = number | string | boolean | Buffer | null | readonly number[] | readonly string[];

/** Cells in the order of the columns. */
export type TransferRow = readonly TransferCell[];

export type TableForm = {
  readonly name: string;
  readonly columns: readonly (readonly [name: string, type: ColumnType])[];
  /** In the order of this, so that rows come as the other engine keeps them. */
  readonly key: string;
  /** Rows that are in memory together, at most. */
  readonly atOnce: number;
};

const form = (name: string, key: string, columns: Readonly<Record<string, ColumnType>>, atOnce = 5_000): TableForm => ({
  name,
  key,
  columns: Object.entries(columns),
  atOnce,
});

// Rows of these may be long.
const few = 2_000;

export const platformForms: readonly TableForm[] = [
  form('revision', 'value', { value: 'int' }),
  form('organisation', 'id', { id: 'text', name: 'text', org_number: 'text', settings: 'text', created_at: 'int' }),
  form('application', 'id', {
    id: 'text',
    name: 'text',
    kind: 'text',
    owner: 'text',
    describe: 'text',
    environment: 'text',
    secrets: 'text',
    jwks: 'text',
    disabled: 'flag',
    created_at: 'int',
    scopes: 'text',
    username: 'text',
    password: 'text',
  }),
  form('access_grant', 'id', {
    id: 'text',
    application: 'text',
    organisation: 'text',
    rule: 'text',
    created_at: 'int',
  }),
  form('access_link', 'id', {
    id: 'text',
    application: 'text',
    organisation: 'text',
    rule: 'text',
    grants: 'text',
    created_at: 'int',
  }),
  form('ended_follow', 'application, organisation, environment', {
    application: 'text',
    organisation: 'text',
    environment: 'text',
    at: 'int',
  }),
  form('signing_key', 'id', { id: 'text', jwk: 'text', state: 'text', since: 'int', created_at: 'int' }),
  form('audit_key', 'id', {
    id: 'text',
    public_jwk: 'text',
    private_jwk: 'text',
    created_at: 'int',
    retired_at: 'int',
  }),
  form('quota_use', 'environment, application, organisation, day', {
    environment: 'text',
    application: 'text',
    organisation: 'text',
    day: 'text',
    used: 'int',
    weight: 'int',
    at: 'int',
  }),
  form(
    'register_entry',
    'kind, id',
    {
      kind: 'text',
      id: 'text',
      revision: 'int',
      organisation: 'text',
      application: 'text',
      state: 'text',
      created_at: 'int',
      changed_at: 'int',
      value: 'text',
    },
    few,
  ),
  form('part_use', 'environment, application, api, part, day', {
    environment: 'text',
    application: 'text',
    api: 'text',
    part: 'text',
    day: 'text',
    count: 'int',
  }),
  form('message_turn', 'destination', { destination: 'text', holder: 'text', until: 'int', state: 'text' }, few),
  form('message_letter', 'destination, number', {
    destination: 'text',
    number: 'int',
    subject: 'text',
    at: 'int',
    resend: 'int',
    record: 'text',
  }),
  form('used_once', 'id', { id: 'text', expires_at: 'int' }),
  form('secret', 'name', { name: 'text', bytes: 'bytes' }),
  form('claimed', 'key', { key: 'text', request: 'text', subject: 'text', expires_at: 'int' }),
  form('platform_audit', 'sequence', {
    sequence: 'int',
    at: 'int',
    actor: 'text',
    operation: 'text',
    subject: 'text',
    reason: 'text',
  }),
  form('audit_notice', 'number', { number: 'int', organisation: 'text', record: 'text' }, few),
];

export const organisationForms: readonly TableForm[] = [
  form('meta', 'name', { name: 'text', value: 'text' }),
  form('collection', 'id', {
    id: 'int',
    path: 'text',
    next: 'int',
    count: 'int',
    position: 'int',
    changed_at: 'int',
    marked: 'flag',
  }),
  form('word', 'id', { id: 'int', text: 'text' }),
  form(
    'resource',
    'uid',
    {
      uid: 'int',
      position: 'int',
      born: 'int',
      hash: 'bytes',
      source: 'text',
      protection: 'int',
      keys: 'ints',
      split: 'int',
      own: 'text',
      body: 'bytes',
    },
    few,
  ),
  form('identifier', 'id', {
    id: 'int',
    collection: 'int',
    field: 'int',
    value: 'text',
    uid: 'int',
    removed_by: 'int',
    protection: 'int',
    last_uid: 'int',
  }),
  form('link', 'target, relation, source', {
    target: 'int',
    relation: 'int',
    source: 'int',
    source_identifier: 'int',
  }),
  form('segment', 'collection, number', { collection: 'int', number: 'int', count: 'int', position: 'int' }),
  form('attribute_index', 'collection, path, folded, uid', {
    collection: 'int',
    path: 'int',
    folded: 'text',
    uid: 'int',
  }),
  form(
    'change',
    'position',
    {
      position: 'int',
      collection: 'int',
      uid: 'int',
      kind: 'int',
      at: 'int',
      before: 'text',
      level: 'int',
      noticed: 'text',
      fields: 'text',
    },
    2_000,
  ),
  form('past_subject', 'about, uid', { about: 'int', uid: 'int' }),
  form('past_life', 'uid', { uid: 'int', born: 'int', gone: 'int' }),
  form(
    'sync_run',
    'run_order',
    {
      run_order: 'int',
      corr_id: 'text',
      collection: 'text',
      type: 'text',
      state: 'text',
      opened_receipt: 'int',
      touched_at: 'int',
      record: 'text',
    },
    few,
  ),
  form(
    'sync_page',
    'receipt',
    { receipt: 'int', corr_id: 'text', page: 'int', hash: 'text', entries: 'int', seen: 'bytes' },
    few,
  ),
  form(
    'sync_rejection',
    'corr_id, page, number',
    { corr_id: 'text', page: 'int', number: 'int', collection: 'text', record: 'text' },
    few,
  ),
  form('contract', 'client', { client: 'text', record: 'text' }),
  form(
    'write_event',
    'event_order',
    {
      event_order: 'int',
      id: 'text',
      collection: 'text',
      operation: 'text',
      state: 'text',
      client: 'text',
      key: 'text',
      created_at: 'int',
      deadline: 'int',
      retain_until: 'int',
      uid: 'int',
      record: 'text',
    },
    few,
  ),
  form('follow', 'id', { id: 'text', collection: 'text', record: 'text', rows: 'bytes', used_at: 'int' }, few),
  form('export_setting', 'application', { application: 'text', record: 'text' }),
  form('export_schedule', 'id', { id: 'text', application: 'text', next: 'int', record: 'text' }),
  // Numbered from 1 in their order.
  form(
    'erasure',
    'number',
    { number: 'int', id: 'text', at: 'int', reason: 'text', hashes: 'texts', lifted_at: 'int' },
    few,
  ),
  form(
    'audit_commit',
    'first',
    { first: 'int', count: 'int', from_at: 'int', to_at: 'int', outbox: 'int', hash: 'bytes', records: 'text' },
    few,
  ),
  form('checkpoint', 'number', { number: 'int', sequence: 'int', record: 'text' }),
];

/** Reads a store that nobody else writes to. `organisation` null = the platform. */
export type TransferSide = {
  /** Those that have data, by id. */
  readonly organisations: () => Promise<readonly string[]>;
  /** How many rows there are of a table. */
  readonly count: (organisation: string | null, table: TableForm) => Promise<number>;
  /** In the order of the key. One table at a time. */
  readonly rows: (organisation: string | null, table: TableForm) => AsyncIterable<readonly TransferRow[]>;
};

export type TransferSource = TransferSide & {
  /** Files in which somebody keeps checkpoints of an audit beside it. */
  readonly checkpointLists: (organisation: string) => readonly string[];
  readonly close: () => Promise<void>;
};

/** Takes a whole store. What has been written is nobody else's to see before `keep`. */
export type TransferTarget = TransferSide & {
  /** Into a table that is empty; in the order of the forms, the platform first. May resolve before the rows are there. */
  readonly write: (organisation: string | null, table: TableForm, rows: readonly TransferRow[]) => Promise<void>;
  /** All rows are there: makes what follows from them. */
  readonly settle: (organisation: string | null) => Promise<void>;
  /** Makes it a store that a hub may open. */
  readonly keep: () => Promise<void>;
  /** Gives up what has not been kept: the place is as empty as before. */
  readonly close: () => Promise<void>;
};

export type CollectionContent = {
  readonly path: string;
  readonly count: number;
  /** SHA-256 over the resources in their order, as in the manifest of a backup. */
  readonly content: string;
};

export type TableContent = {
  readonly rows: number;
  /** Over all columns of all rows, whatever their order. */
  readonly digest: string;
};

export type Content = {
  /** Null = the platform. */
  readonly organisation: string | null;
  /** Position of the newest change. */
  readonly position: number;
  readonly collections: readonly CollectionContent[];
  readonly tables: ReadonlyMap<string, TableContent>;
};

/** Hears how many rows of how many have been copied (`check`: read again) of an organisation, null = the platform. */
export type TransferTold = (step: 'copy' | 'check', organisation: string | null, done: number, total: number) => void;

export type Transferred = {
  /** What was read from the source: the platform first. */
  readonly contents: readonly Content[];
  /** What is not the same in the target; empty when all is. */
  readonly differences: readonly string[];
};

const formsOf = (organisation: string | null): readonly TableForm[] =>
  organisation === null ? platformForms : organisationForms;

/** Copies everything, reads it again from the target and compares. Keeps nothing: that is for the caller to decide. Rejects as the sides do. */
export const transfer = async (
  source: TransferSource,
  target: TransferTarget,
  told: TransferTold,
): Promise<Transferred> => {
  const contents: Content[] = [];
  const differences: string[] = [];
  for (const organisation of [null, ...(await source.organisations())]) {
    let total = 0;
    for (const table of formsOf(organisation)) total += await source.count(organisation, table);
    let done = 0;
    const write = async (table: TableForm, rows: readonly TransferRow[]): Promise<void> => {
      await target.write(organisation, table, rows);
      told('copy', organisation, (done += rows.length), total);
    };
    const was = await contentOf(source, organisation, write);
    await target.settle(organisation);
    done = 0;
    const is = await contentOf(target, organisation, async (_, rows) =>
      told('check', organisation, (done += rows.length), total),
    );
    contents.push(was);
    differences.push(...differencesOf(was, is));
  }
  const [wanted, there] = [await source.organisations(), await target.organisations()];
  if (wanted.join() !== there.join())
    differences.push(`organisations: ${there.join(', ')} and not ${wanted.join(', ')}`);
  return { contents, differences };
};

/** Reads all of an organisation, or of the platform. `each` hears the rows as they come. */
export const contentOf = async (
  side: TransferSide,
  organisation: string | null,
  each: (table: TableForm, rows: readonly TransferRow[]) => Promise<void>,
): Promise<Content> => {
  const tables = new Map<string, TableContent>();
  const paths = new Map<number, string>();
  const said = new Map<number, number>();
  const collections = new Map<number, { readonly sum: Hash; count: number }>();
  let position = 0;
  for (const table of formsOf(organisation)) {
    const digest = createDigest(table);
    const [uid, body] = [placeOf(table, 'uid'), placeOf(table, 'body')];
    for await (const rows of side.rows(organisation, table)) {
      for (const row of rows) {
        digest.add(row);
        if (table.name === 'collection') {
          paths.set(Number(row[0]), String(row[1]));
          said.set(Number(row[0]), Number(row[placeOf(table, 'count')]));
        } else if (table.name === 'change') position = Math.max(position, Number(row[0]));
        else if (table.name === 'resource') {
          const id = collectionOf(Number(row[uid]));
          const held = collections.get(id) ?? { sum: createHash('sha256'), count: 0 };
          collections.set(id, held);
          const bytes = row[body];
          held.count += 1;
          held.sum.update(`${String(row[uid])}\n`).update(Buffer.isBuffer(bytes) ? bytes : '');
        }
      }
      await each(table, rows);
    }
    tables.set(table.name, digest.end());
  }
  return {
    organisation,
    position,
    tables,
    collections: [...paths]
      .map(([id, path]): CollectionContent => {
        const held = collections.get(id);
        // A collection that counts what it does not hold has no content.
        const isWhole = (held?.count ?? 0) === said.get(id);
        const content = (held?.sum ?? createHash('sha256')).digest('hex');
        return {
          path,
          count: held?.count ?? 0,
          content: isWhole ? content : `${content} (${said.get(id) ?? 0} counted)`,
        };
      })
      .toSorted((a, b) => (a.path < b.path ? -1 : 1)),
  };
};

const placeOf = (table: TableForm, column: string): number => table.columns.findIndex(([name]) => name === column);

/** A sum over the hashes of rows, so that rows may come in any order. */
const createDigest = (
  table: TableForm,
): { readonly add: (row: TransferRow) => void; readonly end: () => TableContent } => {
  const lanes = new Uint32Array(8);
  const bytes = table.columns.flatMap(([, type], at) => (type === 'bytes' ? [at] : []));
  let rows = 0;
  const hashOf = (row: TransferRow): Buffer => {
    if (bytes.length === 0) return hash('sha256', JSON.stringify(row), 'buffer');
    const plain: (TransferCell | { readonly bytes: number })[] = [...row];
    const blobs: Buffer[] = [];
    for (const at of bytes) {
      const cell = row[at];
      if (!Buffer.isBuffer(cell)) continue;
      plain[at] = { bytes: cell.length };
      blobs.push(cell);
    }
    return hash('sha256', Buffer.concat([Buffer.from(JSON.stringify(plain)), ...blobs]), 'buffer');
  };
  return {
    add: (row) => {
      const sum = hashOf(row);
      for (let lane = 0; lane < 8; lane += 1) lanes[lane] = (lanes[lane] ?? 0) + sum.readUInt32BE(lane * 4);
      rows += 1;
    },
    end: () => ({ rows, digest: Buffer.from(lanes.buffer).toString('hex') }),
  };
};

/** What two readings of an organisation do not agree on, in words. */
export const differencesOf = (was: Content, is: Content): readonly string[] => {
  const who = was.organisation ?? 'platform';
  const found: string[] = [];
  const there = new Map(is.collections.map((one) => [one.path, one]));
  for (const { path, count, content } of was.collections) {
    const one = there.get(path);
    if (one === undefined) found.push(`${who} ${path}: missing`);
    else if (one.count !== count) found.push(`${who} ${path}: ${one.count} resources and not ${count}`);
    else if (one.content !== content) found.push(`${who} ${path}: the resources are not those of the source`);
  }
  for (const [table, { rows, digest }] of was.tables) {
    const one = is.tables.get(table);
    if (one?.rows !== rows) found.push(`${who} ${table}: ${one?.rows ?? 0} rows and not ${rows}`);
    else if (one.digest !== digest) found.push(`${who} ${table}: the rows are not those of the source`);
  }
  if (is.position !== was.position) found.push(`${who}: the feed ends at ${is.position} and not at ${was.position}`);
  return found;
};

const formNamed = (name: string): TableForm => {
  const found = [...platformForms, ...organisationForms].find((one) => one.name === name);
  if (found === undefined) throw new Error(`there is no table ${name}`);
  return found;
};

/** A row by the names of its columns. */
const named = (table: TableForm, row: TransferRow): Readonly<Record<string, TransferCell>> =>
  Object.fromEntries(table.columns.map(([name], at) => [name, row[at] ?? null]));

/** The keys that audits were sealed with. */
export const auditKeysOf = async (side: TransferSide): Promise<readonly AuditKey[]> => {
  const table = formNamed('audit_key');
  const keys: AuditKey[] = [];
  for await (const rows of side.rows(null, table)) keys.push(...rows.map((row) => toAuditKey(named(table, row))));
  return keys;
};

/** The audit of an organisation as text, for the independent verifier. */
export const chainOf = (side: TransferSide, organisation: string): AsyncIterable<string> =>
  tellRows(
    organisation,
    (async function* () {
      const table = formNamed('checkpoint');
      for await (const rows of side.rows(organisation, table))
        yield rows.map((row) => {
          const { number, sequence, record } = named(table, row);
          return { number: Number(number), sequence: Number(sequence), record: String(record) };
        });
    })(),
    (async function* () {
      const table = formNamed('audit_commit');
      for await (const rows of side.rows(organisation, table))
        yield rows.map((row) => {
          const { first, count, from_at: from, to_at: to, outbox, hash: head, records } = named(table, row);
          return {
            commit: {
              first: Number(first),
              count: Number(count),
              from: Number(from),
              to: Number(to),
              outbox: outbox === null ? null : Number(outbox),
              records: String(records),
            },
            hash: Buffer.isBuffer(head) ? head : Buffer.alloc(0),
          };
        });
    })(),
  );

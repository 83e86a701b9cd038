// Rows of an organisation's embedded file put into the tables of PostgreSQL as they are: so that the reads of both engines can be asked the same.
// Called by reads.test.ts; writes plain SQL and nothing that the product writes by.
import { DatabaseSync } from 'node:sqlite';
import type { Cell, Database } from '#store/postgres/database.ts';

type Column = readonly [to: string, from?: string, turn?: (value: unknown) => Cell];

const list = (value: unknown): readonly number[] => (typeof value === 'string' ? JSON.parse(value) : []);
const bytes = (value: unknown): Buffer | null =>
  value === null ? null : typeof value === 'string' ? Buffer.from(value) : Buffer.from(value as Uint8Array);
const flag = (value: unknown): boolean => value === 1;
const text = (value: unknown): string => String(value);

const tables: readonly { readonly name: string; readonly of?: string; readonly columns: readonly Column[] }[] = [
  { name: 'meta', columns: [['name'], ['value', 'value', text]] },
  {
    name: 'collection',
    columns: [['id'], ['path'], ['next'], ['count'], ['position'], ['changed_at'], ['marked', 'marked', flag]],
  },
  { name: 'word', of: 'name', columns: [['id'], ['text', 'name']] },
  {
    name: 'resource',
    columns: [
      ['uid'],
      ['position'],
      ['born'],
      ['hash', 'hash', bytes],
      ['source'],
      ['protection'],
      ['keys', 'keys', list],
      ['split'],
      ['own'],
      ['body', 'body', bytes],
    ],
  },
  {
    name: 'identifier',
    columns: [['id'], ['collection'], ['field'], ['value'], ['uid'], ['removed_by'], ['protection'], ['last_uid']],
  },
  { name: 'link', columns: [['target'], ['relation'], ['source'], ['source_identifier']] },
  { name: 'segment', columns: [['collection'], ['number'], ['count'], ['position']] },
  { name: 'attribute_index', columns: [['collection'], ['path'], ['folded'], ['uid']] },
  {
    name: 'change',
    columns: [['position'], ['collection'], ['uid'], ['kind'], ['at'], ['before'], ['level'], ['noticed'], ['fields']],
  },
  { name: 'past_subject', columns: [['about'], ['uid']] },
  { name: 'past_life', columns: [['uid'], ['born'], ['gone']] },
  {
    name: 'sync_run',
    columns: [
      ['run_order'],
      ['corr_id'],
      ['collection'],
      ['type'],
      ['state'],
      ['opened_receipt'],
      ['touched_at'],
      ['record'],
    ],
  },
  {
    name: 'sync_page',
    columns: [['receipt'], ['corr_id'], ['page'], ['hash'], ['entries'], ['seen', 'seen', bytes]],
  },
  { name: 'sync_rejection', columns: [['corr_id'], ['page'], ['number'], ['collection'], ['record']] },
  { name: 'contract', columns: [['client'], ['record']] },
  {
    name: 'write_event',
    columns: [
      ['event_order'],
      ['id'],
      ['collection'],
      ['operation'],
      ['state'],
      ['client'],
      ['key'],
      ['created_at'],
      ['deadline'],
      ['retain_until'],
      ['record'],
    ],
  },
  { name: 'follow', columns: [['id'], ['collection'], ['record'], ['rows', 'rows', bytes], ['used_at']] },
];

/** The tables that it fills. */
export const mirrored: readonly string[] = [...tables.map(({ name }) => name), 'tenant_state'];

/** Puts what the file holds into the tables, for the organisation of this number. */
export const mirror = async (file: string, database: Database, tenant: number): Promise<void> => {
  const from = new DatabaseSync(file, { readOnly: true });
  try {
    await database.transaction(tenant, async (connection) => {
      for (const { name, of, columns } of tables) {
        const names = columns.map(([to]) => to);
        const rows = from.prepare(`SELECT * FROM ${of ?? name}`).all();
        const places = names.map((_, index) => `$${index + 2}`).join(', ');
        const sql = {
          name: `mirror_${name}`,
          text: `INSERT INTO ${name} (tenant, ${names.join(', ')}) VALUES ($1, ${places})`,
        };
        const cells = (row: Record<string, unknown>): readonly Cell[] =>
          columns.map(([to, column = to, turn]) => (turn ?? ((value: unknown) => value as Cell))(row[column]));
        await Promise.all(rows.map((row) => connection.query(sql, [tenant, ...cells(row)])));
      }
      const newest = from.prepare('SELECT coalesce(max(position), 0) AS n FROM change').get()?.['n'];
      await connection.query(
        {
          name: 'mirror_state',
          text: `INSERT INTO tenant_state (tenant, commits, position) VALUES ($1, 1, $2)
            ON CONFLICT (tenant) DO UPDATE SET commits = tenant_state.commits + 1, position = excluded.position`,
        },
        [tenant, Number(newest)],
      );
    });
  } finally {
    from.close();
  }
};

// The tables of exports, in the form of tenant-tables.ts. Read by migrate.ts; the SQL is a golden file. What the columns mean is told in
// store/sqlite/exports-schema.ts for both. A run is named by its id, not by a number.
import type { Table } from './tenant-tables.ts';

export const exportTables: readonly Table[] = [
  {
    name: 'export_run',
    columns: `id text NOT NULL, application text NOT NULL, series text NOT NULL, state text NOT NULL, created_at bigint NOT NULL,
      finished_at bigint, expires_at bigint NOT NULL, told boolean NOT NULL, record text NOT NULL, holder text, heard_at bigint NOT NULL DEFAULT 0,
      attempt integer NOT NULL DEFAULT 0, content integer NOT NULL DEFAULT 0, manifest integer NOT NULL DEFAULT 0,
      detail integer NOT NULL DEFAULT 0`,
    key: 'id',
    indexes: {
      export_run_created: '(tenant, created_at, id COLLATE "C")',
      export_run_waiting: `(tenant, created_at, id COLLATE "C") WHERE state IN ('queued', 'running')`,
    },
  },
  {
    name: 'export_part',
    columns: `run text NOT NULL, attempt integer NOT NULL, seq integer NOT NULL, place bigint NOT NULL, length bigint NOT NULL, crc bigint NOT NULL,
      deflated bytea NOT NULL`,
    key: 'run, attempt, seq',
  },
  {
    name: 'export_manifest',
    columns: 'run text NOT NULL, attempt integer NOT NULL, seq integer NOT NULL, bytes bytea NOT NULL',
    key: 'run, attempt, seq',
  },
  {
    name: 'export_detail',
    columns: 'run text NOT NULL, attempt integer NOT NULL, bytes bytea NOT NULL',
    key: 'run, attempt',
  },
  // What was followed last: the history of the data, and the newest erasure.
  { name: 'export_state', columns: 'mark text NOT NULL', key: '' },
  { name: 'export_setting', columns: 'application text NOT NULL, record text NOT NULL', key: 'application' },
  {
    name: 'export_schedule',
    columns: 'id text NOT NULL, application text NOT NULL, next bigint, record text NOT NULL',
    key: 'id',
  },
];

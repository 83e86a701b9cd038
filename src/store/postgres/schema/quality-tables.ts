// The tables of quality, in the form of tenant-tables.ts. Read by migrate.ts; the SQL is a golden file. What they hold is derived from the data
// and can be found again, save the trend. What the columns mean is told in store/sqlite/quality-schema.ts for both.
import type { Table } from './tenant-tables.ts';

export const qualityTables: readonly Table[] = [
  {
    // How far the feed has been read, and by which rules. Position null = nothing was examined yet.
    name: 'quality_state',
    columns: "position bigint, epoch text NOT NULL DEFAULT '', mark text NOT NULL DEFAULT ''",
    key: '',
  },
  {
    // Collections, applications, rules, places and details.
    name: 'quality_word',
    columns: 'id integer NOT NULL, text text NOT NULL',
    key: 'id',
    indexes: { quality_word_text: 'UNIQUE (tenant, text)' },
  },
  {
    name: 'quality_examined',
    columns: 'uid bigint NOT NULL, collection integer NOT NULL, source integer NOT NULL, findings integer NOT NULL',
    key: 'uid',
  },
  {
    name: 'quality_finding',
    columns: `uid bigint NOT NULL, rule integer NOT NULL, place integer NOT NULL, detail integer NOT NULL, collection integer NOT NULL,
      count bigint NOT NULL`,
    key: 'uid, rule, place, detail',
    indexes: { quality_finding_rule: '(tenant, collection, rule, place, uid)' },
  },
  {
    name: 'quality_tally',
    columns: `collection integer NOT NULL, source integer NOT NULL, rule integer NOT NULL, place integer NOT NULL, detail integer NOT NULL,
      resources bigint NOT NULL, count bigint NOT NULL`,
    key: 'collection, source, rule, place, detail',
  },
  {
    name: 'quality_examination',
    columns: 'collection integer NOT NULL, source integer NOT NULL, examined bigint NOT NULL, flawed bigint NOT NULL',
    key: 'collection, source',
  },
  {
    name: 'quality_nested',
    columns: 'key bigint NOT NULL, uid bigint NOT NULL',
    key: 'key, uid',
    indexes: { quality_nested_uid: '(tenant, uid)' },
  },
  { name: 'quality_pending', columns: 'uid bigint NOT NULL', key: 'uid' },
  {
    name: 'quality_spread',
    columns: `id bigint NOT NULL, kind text NOT NULL, key bigint NOT NULL, scope text NOT NULL, position bigint NOT NULL,
      after_relation bigint, after_source bigint`,
    key: 'id',
  },
  { name: 'quality_sweep', columns: 'collection integer NOT NULL, after bigint NOT NULL', key: 'collection' },
  {
    name: 'quality_trend',
    columns:
      'day text NOT NULL, collection integer NOT NULL, rule integer NOT NULL, count bigint NOT NULL, resources bigint NOT NULL',
    key: 'day, collection, rule',
  },
];

// The tables of organisations: every one led by `tenant`, in every key, so that they can be spread over partitions and servers. Read by
// migrate.ts, which makes them partitioned and puts row-level security on them; the SQL is a golden file. What the columns mean is told in
// store/sqlite/schema.ts for both; here only what differs: bodies are bytes, keys a list, and what SQLite counts by row ids has counters.

export type Table = {
  readonly name: string;
  /** Columns after `tenant integer NOT NULL`. */
  readonly columns: string;
  /** After `tenant`. '' = one row for each organisation. */
  readonly key: string;
  /** Index name → what follows `ON table`; columns begin with tenant. */
  readonly indexes?: Readonly<Record<string, string>>;
};

export const tenantTables: readonly Table[] = [
  {
    // Counters of the organisation. A writer holds this row; `commits` grows with each of its transactions.
    name: 'tenant_state',
    columns: `commits bigint NOT NULL DEFAULT 0, position bigint NOT NULL DEFAULT 0, at bigint NOT NULL DEFAULT 0,
      words integer NOT NULL DEFAULT 0, collections integer NOT NULL DEFAULT 0, identifiers bigint NOT NULL DEFAULT 0,
      runs bigint NOT NULL DEFAULT 0, receipts bigint NOT NULL DEFAULT 0, events bigint NOT NULL DEFAULT 0, erasures bigint NOT NULL DEFAULT 0`,
    key: '',
  },
  { name: 'meta', columns: 'name text NOT NULL, value text NOT NULL', key: 'name' },
  {
    name: 'collection',
    columns: `id integer NOT NULL, path text NOT NULL, next bigint NOT NULL DEFAULT 0, count bigint NOT NULL DEFAULT 0,
      position bigint NOT NULL DEFAULT 0, changed_at bigint NOT NULL DEFAULT 0, marked boolean NOT NULL DEFAULT false`,
    key: 'id',
    indexes: { collection_path: 'UNIQUE (tenant, path)' },
  },
  {
    name: 'word',
    columns: 'id integer NOT NULL, text text NOT NULL',
    key: 'id',
    indexes: { word_text: 'UNIQUE (tenant, text)' },
  },
  {
    name: 'resource',
    columns: `uid bigint NOT NULL, position bigint NOT NULL, born bigint NOT NULL, hash bytea NOT NULL, source text NOT NULL,
      protection smallint NOT NULL, keys bigint[] NOT NULL, split integer NOT NULL, own text, body bytea NOT NULL`,
    key: 'uid',
    indexes: { resource_protected: '(tenant, uid, protection) WHERE protection > 0' },
  },
  {
    name: 'identifier',
    columns: `id bigint NOT NULL, collection integer NOT NULL, field integer NOT NULL, value text NOT NULL, uid bigint, removed_by bigint,
      protection smallint NOT NULL DEFAULT 0, last_uid bigint`,
    key: 'id',
    indexes: {
      identifier_value: 'UNIQUE (tenant, collection, field, value)',
      identifier_former: '(tenant, last_uid) WHERE uid IS NULL AND last_uid IS NOT NULL',
    },
  },
  {
    name: 'link',
    columns:
      'target bigint NOT NULL, relation integer NOT NULL, source bigint NOT NULL, source_identifier bigint NOT NULL',
    key: 'target, relation, source',
    indexes: { link_source: '(tenant, source)' },
  },
  {
    name: 'segment',
    columns: 'collection integer NOT NULL, number integer NOT NULL, count integer NOT NULL, position bigint NOT NULL',
    key: 'collection, number',
  },
  {
    name: 'attribute_index',
    columns: 'collection integer NOT NULL, path integer NOT NULL, folded text NOT NULL, uid bigint NOT NULL',
    key: 'collection, path, folded, uid',
  },
  {
    name: 'change',
    columns: `position bigint NOT NULL, collection integer NOT NULL, uid bigint NOT NULL, kind smallint NOT NULL, at bigint NOT NULL,
      before text, level smallint NOT NULL, noticed text`,
    key: 'position',
    indexes: {
      change_collection: '(tenant, collection, position)',
      change_before: '(tenant, uid) WHERE before IS NOT NULL',
    },
  },
  { name: 'past_subject', columns: 'about bigint NOT NULL, uid bigint NOT NULL', key: 'about, uid' },
  { name: 'past_life', columns: 'uid bigint NOT NULL, born bigint NOT NULL, gone bigint NOT NULL', key: 'uid' },
  {
    name: 'sync_run',
    columns: `run_order bigint NOT NULL, corr_id text NOT NULL, collection text NOT NULL, type text NOT NULL, state text NOT NULL,
      opened_receipt bigint NOT NULL, touched_at bigint NOT NULL, record text NOT NULL`,
    key: 'run_order',
    indexes: {
      sync_run_id: 'UNIQUE (tenant, corr_id)',
      sync_run_collection: '(tenant, collection, state, run_order)',
      sync_run_state: '(tenant, state, run_order)',
      sync_run_newest: '(tenant, collection, run_order)',
      sync_run_type: '(tenant, collection, type, state, run_order)',
    },
  },
  {
    name: 'sync_page',
    columns: `receipt bigint NOT NULL, corr_id text NOT NULL, page integer NOT NULL, hash text NOT NULL, entries integer NOT NULL,
      seen bytea NOT NULL`,
    key: 'receipt',
    indexes: {
      sync_page_number: 'UNIQUE (tenant, corr_id, page)',
      sync_page_seen: '(tenant, corr_id) WHERE length(seen) > 0',
    },
  },
  {
    name: 'sync_rejection',
    columns:
      'corr_id text NOT NULL, page integer NOT NULL, number integer NOT NULL, collection text NOT NULL, record text NOT NULL',
    key: 'corr_id, page, number',
    indexes: { sync_rejection_collection: '(tenant, collection)' },
  },
  { name: 'contract', columns: 'client text NOT NULL, record text NOT NULL', key: 'client' },
  {
    name: 'write_event',
    columns: `event_order bigint NOT NULL, id text NOT NULL, collection text NOT NULL, operation text NOT NULL, state text NOT NULL,
      client text NOT NULL, key text, created_at bigint NOT NULL, deadline bigint NOT NULL, retain_until bigint NOT NULL,
      uid bigint, record text NOT NULL`,
    key: 'event_order',
    indexes: {
      write_event_id: 'UNIQUE (tenant, id)',
      write_event_key: 'UNIQUE (tenant, client, key) WHERE key IS NOT NULL',
      write_event_waiting: "(tenant, collection, event_order) WHERE state = 'waiting'",
      write_event_resource: "(tenant, uid) WHERE state = 'waiting' AND uid IS NOT NULL",
      write_event_retained: '(tenant, retain_until) WHERE retain_until > 0',
      write_event_collection: '(tenant, collection, event_order)',
      write_event_state: '(tenant, state, event_order)',
      write_event_client: '(tenant, client, event_order)',
    },
  },
  {
    name: 'follow',
    columns: 'id text NOT NULL, collection text NOT NULL, record text NOT NULL, rows bytea, used_at bigint NOT NULL',
    key: 'id',
  },
  {
    name: 'erasure',
    columns: `number bigint NOT NULL, id text NOT NULL, at bigint NOT NULL, reason text NOT NULL, hashes text[] NOT NULL, lifted_at bigint`,
    key: 'number',
    indexes: { erasure_id: 'UNIQUE (tenant, id)' },
  },
  {
    // The head of the audit: whoever appends holds this row.
    name: 'audit_head',
    columns: 'next bigint NOT NULL, hash bytea NOT NULL',
    key: '',
  },
  {
    name: 'audit_commit',
    columns: `first bigint NOT NULL, count integer NOT NULL, from_at bigint NOT NULL, to_at bigint NOT NULL, outbox bigint,
      hash bytea NOT NULL, records text NOT NULL`,
    key: 'first',
    indexes: { audit_commit_period: '(tenant, to_at, from_at)' },
  },
  {
    name: 'checkpoint',
    columns: 'number bigint NOT NULL, sequence bigint NOT NULL, record text NOT NULL',
    key: 'number',
  },
];

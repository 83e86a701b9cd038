BEGIN;
CREATE SCHEMA IF NOT EXISTS bindeledd;
CREATE TABLE IF NOT EXISTS bindeledd.migration (
  version integer PRIMARY KEY, product text NOT NULL, works_from integer NOT NULL, at bigint NOT NULL);
COMMENT ON SCHEMA bindeledd IS 'bindeledd';
SET LOCAL search_path TO bindeledd;
CREATE TABLE revision (one boolean PRIMARY KEY DEFAULT true CHECK (one), value bigint NOT NULL);
INSERT INTO revision (value) VALUES (0);
CREATE TABLE organisation (
  id text PRIMARY KEY, name text NOT NULL, org_number text, settings text NOT NULL, created_at bigint NOT NULL);
CREATE TABLE application (
  id text PRIMARY KEY, name text NOT NULL, kind text NOT NULL, owner text NOT NULL, describe text NOT NULL, environment text NOT NULL,
  secrets text NOT NULL, jwks text, disabled boolean NOT NULL, created_at bigint NOT NULL, scopes text, username text, password text);
CREATE UNIQUE INDEX application_username ON application (username) WHERE username IS NOT NULL;
CREATE TABLE access_grant (
  id text PRIMARY KEY, application text NOT NULL, organisation text NOT NULL, rule text NOT NULL, created_at bigint NOT NULL);
CREATE INDEX access_grant_application ON access_grant (application, created_at, id);
CREATE TABLE ended_follow (
  application text, organisation text, environment text, at bigint NOT NULL, PRIMARY KEY (application, organisation, environment));
CREATE TABLE signing_key (id text PRIMARY KEY, jwk text NOT NULL, state text NOT NULL, since bigint NOT NULL, created_at bigint NOT NULL);
CREATE TABLE audit_key (
  id text PRIMARY KEY, public_jwk text NOT NULL, private_jwk text, created_at bigint NOT NULL, retired_at bigint);
CREATE TABLE used_once (id text PRIMARY KEY, expires_at bigint NOT NULL);
CREATE INDEX used_once_expiry ON used_once (expires_at);
CREATE TABLE secret (name text PRIMARY KEY, bytes bytea NOT NULL);
CREATE TABLE claimed (key text PRIMARY KEY, request text NOT NULL, subject text NOT NULL, expires_at bigint NOT NULL);
CREATE INDEX claimed_expiry ON claimed (expires_at);
CREATE TABLE platform_audit (
  sequence bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, at bigint NOT NULL, actor text NOT NULL, operation text NOT NULL,
  subject text NOT NULL, reason text NOT NULL DEFAULT '');
CREATE TABLE audit_notice (
  number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, organisation text NOT NULL, record text NOT NULL);
CREATE TABLE tenant (number integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, organisation text NOT NULL UNIQUE);
CREATE TABLE tenant_state (
  tenant integer NOT NULL, commits bigint NOT NULL DEFAULT 0, position bigint NOT NULL DEFAULT 0, at bigint NOT NULL DEFAULT 0, words integer NOT NULL DEFAULT 0, collections integer NOT NULL DEFAULT 0, identifiers bigint NOT NULL DEFAULT 0, runs bigint NOT NULL DEFAULT 0, receipts bigint NOT NULL DEFAULT 0, events bigint NOT NULL DEFAULT 0, erasures bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (tenant)) PARTITION BY HASH (tenant);
CREATE TABLE meta (
  tenant integer NOT NULL, name text NOT NULL, value text NOT NULL,
  PRIMARY KEY (tenant, name)) PARTITION BY HASH (tenant);
CREATE TABLE collection (
  tenant integer NOT NULL, id integer NOT NULL, path text NOT NULL, next bigint NOT NULL DEFAULT 0, count bigint NOT NULL DEFAULT 0, position bigint NOT NULL DEFAULT 0, changed_at bigint NOT NULL DEFAULT 0, marked boolean NOT NULL DEFAULT false,
  PRIMARY KEY (tenant, id)) PARTITION BY HASH (tenant);
CREATE UNIQUE INDEX collection_path ON collection (tenant, path);
CREATE TABLE word (
  tenant integer NOT NULL, id integer NOT NULL, text text NOT NULL,
  PRIMARY KEY (tenant, id)) PARTITION BY HASH (tenant);
CREATE UNIQUE INDEX word_text ON word (tenant, text);
CREATE TABLE resource (
  tenant integer NOT NULL, uid bigint NOT NULL, position bigint NOT NULL, born bigint NOT NULL, hash bytea NOT NULL, source text NOT NULL, protection smallint NOT NULL, keys bigint[] NOT NULL, split integer NOT NULL, own text, body bytea NOT NULL,
  PRIMARY KEY (tenant, uid)) PARTITION BY HASH (tenant);
CREATE INDEX resource_protected ON resource (tenant, uid, protection) WHERE protection > 0;
CREATE TABLE identifier (
  tenant integer NOT NULL, id bigint NOT NULL, collection integer NOT NULL, field integer NOT NULL, value text NOT NULL, uid bigint, removed_by bigint, protection smallint NOT NULL DEFAULT 0, last_uid bigint,
  PRIMARY KEY (tenant, id)) PARTITION BY HASH (tenant);
CREATE UNIQUE INDEX identifier_value ON identifier (tenant, collection, field, value);
CREATE INDEX identifier_former ON identifier (tenant, last_uid) WHERE uid IS NULL AND last_uid IS NOT NULL;
CREATE TABLE link (
  tenant integer NOT NULL, target bigint NOT NULL, relation integer NOT NULL, source bigint NOT NULL, source_identifier bigint NOT NULL,
  PRIMARY KEY (tenant, target, relation, source)) PARTITION BY HASH (tenant);
CREATE INDEX link_source ON link (tenant, source);
CREATE TABLE segment (
  tenant integer NOT NULL, collection integer NOT NULL, number integer NOT NULL, count integer NOT NULL, position bigint NOT NULL,
  PRIMARY KEY (tenant, collection, number)) PARTITION BY HASH (tenant);
CREATE TABLE attribute_index (
  tenant integer NOT NULL, collection integer NOT NULL, path integer NOT NULL, folded text NOT NULL, uid bigint NOT NULL,
  PRIMARY KEY (tenant, collection, path, folded, uid)) PARTITION BY HASH (tenant);
CREATE TABLE change (
  tenant integer NOT NULL, position bigint NOT NULL, collection integer NOT NULL, uid bigint NOT NULL, kind smallint NOT NULL, at bigint NOT NULL, before text, level smallint NOT NULL, noticed text,
  PRIMARY KEY (tenant, position)) PARTITION BY HASH (tenant);
CREATE INDEX change_collection ON change (tenant, collection, position);
CREATE INDEX change_before ON change (tenant, uid) WHERE before IS NOT NULL;
CREATE TABLE past_subject (
  tenant integer NOT NULL, about bigint NOT NULL, uid bigint NOT NULL,
  PRIMARY KEY (tenant, about, uid)) PARTITION BY HASH (tenant);
CREATE TABLE past_life (
  tenant integer NOT NULL, uid bigint NOT NULL, born bigint NOT NULL, gone bigint NOT NULL,
  PRIMARY KEY (tenant, uid)) PARTITION BY HASH (tenant);
CREATE TABLE sync_run (
  tenant integer NOT NULL, run_order bigint NOT NULL, corr_id text NOT NULL, collection text NOT NULL, type text NOT NULL, state text NOT NULL, opened_receipt bigint NOT NULL, touched_at bigint NOT NULL, record text NOT NULL,
  PRIMARY KEY (tenant, run_order)) PARTITION BY HASH (tenant);
CREATE UNIQUE INDEX sync_run_id ON sync_run (tenant, corr_id);
CREATE INDEX sync_run_collection ON sync_run (tenant, collection, state, run_order);
CREATE INDEX sync_run_state ON sync_run (tenant, state, run_order);
CREATE INDEX sync_run_newest ON sync_run (tenant, collection, run_order);
CREATE INDEX sync_run_type ON sync_run (tenant, collection, type, state, run_order);
CREATE TABLE sync_page (
  tenant integer NOT NULL, receipt bigint NOT NULL, corr_id text NOT NULL, page integer NOT NULL, hash text NOT NULL, entries integer NOT NULL, seen bytea NOT NULL,
  PRIMARY KEY (tenant, receipt)) PARTITION BY HASH (tenant);
CREATE UNIQUE INDEX sync_page_number ON sync_page (tenant, corr_id, page);
CREATE INDEX sync_page_seen ON sync_page (tenant, corr_id) WHERE length(seen) > 0;
CREATE TABLE sync_rejection (
  tenant integer NOT NULL, corr_id text NOT NULL, page integer NOT NULL, number integer NOT NULL, collection text NOT NULL, record text NOT NULL,
  PRIMARY KEY (tenant, corr_id, page, number)) PARTITION BY HASH (tenant);
CREATE INDEX sync_rejection_collection ON sync_rejection (tenant, collection);
CREATE TABLE contract (
  tenant integer NOT NULL, client text NOT NULL, record text NOT NULL,
  PRIMARY KEY (tenant, client)) PARTITION BY HASH (tenant);
CREATE TABLE write_event (
  tenant integer NOT NULL, event_order bigint NOT NULL, id text NOT NULL, collection text NOT NULL, operation text NOT NULL, state text NOT NULL, client text NOT NULL, key text, created_at bigint NOT NULL, deadline bigint NOT NULL, retain_until bigint NOT NULL, uid bigint, record text NOT NULL,
  PRIMARY KEY (tenant, event_order)) PARTITION BY HASH (tenant);
CREATE UNIQUE INDEX write_event_id ON write_event (tenant, id);
CREATE UNIQUE INDEX write_event_key ON write_event (tenant, client, key) WHERE key IS NOT NULL;
CREATE INDEX write_event_waiting ON write_event (tenant, collection, event_order) WHERE state = 'waiting';
CREATE INDEX write_event_resource ON write_event (tenant, uid) WHERE state = 'waiting' AND uid IS NOT NULL;
CREATE INDEX write_event_retained ON write_event (tenant, retain_until) WHERE retain_until > 0;
CREATE INDEX write_event_collection ON write_event (tenant, collection, event_order);
CREATE INDEX write_event_state ON write_event (tenant, state, event_order);
CREATE INDEX write_event_client ON write_event (tenant, client, event_order);
CREATE TABLE follow (
  tenant integer NOT NULL, id text NOT NULL, collection text NOT NULL, record text NOT NULL, rows bytea, used_at bigint NOT NULL,
  PRIMARY KEY (tenant, id)) PARTITION BY HASH (tenant);
CREATE TABLE erasure (
  tenant integer NOT NULL, number bigint NOT NULL, id text NOT NULL, at bigint NOT NULL, reason text NOT NULL, hashes text[] NOT NULL, lifted_at bigint,
  PRIMARY KEY (tenant, number)) PARTITION BY HASH (tenant);
CREATE UNIQUE INDEX erasure_id ON erasure (tenant, id);
CREATE TABLE audit_head (
  tenant integer NOT NULL, next bigint NOT NULL, hash bytea NOT NULL,
  PRIMARY KEY (tenant)) PARTITION BY HASH (tenant);
CREATE TABLE audit_commit (
  tenant integer NOT NULL, first bigint NOT NULL, count integer NOT NULL, from_at bigint NOT NULL, to_at bigint NOT NULL, outbox bigint, hash bytea NOT NULL, records text NOT NULL,
  PRIMARY KEY (tenant, first)) PARTITION BY HASH (tenant);
CREATE INDEX audit_commit_period ON audit_commit (tenant, to_at, from_at);
CREATE TABLE checkpoint (
  tenant integer NOT NULL, number bigint NOT NULL, sequence bigint NOT NULL, record text NOT NULL,
  PRIMARY KEY (tenant, number)) PARTITION BY HASH (tenant);
CREATE TABLE quality_state (
  tenant integer NOT NULL, position bigint, epoch text NOT NULL DEFAULT '', mark text NOT NULL DEFAULT '',
  PRIMARY KEY (tenant)) PARTITION BY HASH (tenant);
CREATE TABLE quality_word (
  tenant integer NOT NULL, id integer NOT NULL, text text NOT NULL,
  PRIMARY KEY (tenant, id)) PARTITION BY HASH (tenant);
CREATE UNIQUE INDEX quality_word_text ON quality_word (tenant, text);
CREATE TABLE quality_examined (
  tenant integer NOT NULL, uid bigint NOT NULL, collection integer NOT NULL, source integer NOT NULL, findings integer NOT NULL,
  PRIMARY KEY (tenant, uid)) PARTITION BY HASH (tenant);
CREATE TABLE quality_finding (
  tenant integer NOT NULL, uid bigint NOT NULL, rule integer NOT NULL, place integer NOT NULL, detail integer NOT NULL, collection integer NOT NULL, count bigint NOT NULL,
  PRIMARY KEY (tenant, uid, rule, place, detail)) PARTITION BY HASH (tenant);
CREATE INDEX quality_finding_rule ON quality_finding (tenant, collection, rule, place, uid);
CREATE TABLE quality_tally (
  tenant integer NOT NULL, collection integer NOT NULL, source integer NOT NULL, rule integer NOT NULL, place integer NOT NULL, detail integer NOT NULL, resources bigint NOT NULL, count bigint NOT NULL,
  PRIMARY KEY (tenant, collection, source, rule, place, detail)) PARTITION BY HASH (tenant);
CREATE TABLE quality_examination (
  tenant integer NOT NULL, collection integer NOT NULL, source integer NOT NULL, examined bigint NOT NULL, flawed bigint NOT NULL,
  PRIMARY KEY (tenant, collection, source)) PARTITION BY HASH (tenant);
CREATE TABLE quality_nested (
  tenant integer NOT NULL, key bigint NOT NULL, uid bigint NOT NULL,
  PRIMARY KEY (tenant, key, uid)) PARTITION BY HASH (tenant);
CREATE INDEX quality_nested_uid ON quality_nested (tenant, uid);
CREATE TABLE quality_pending (
  tenant integer NOT NULL, uid bigint NOT NULL,
  PRIMARY KEY (tenant, uid)) PARTITION BY HASH (tenant);
CREATE TABLE quality_spread (
  tenant integer NOT NULL, id bigint NOT NULL, kind text NOT NULL, key bigint NOT NULL, scope text NOT NULL, position bigint NOT NULL, after_relation bigint, after_source bigint,
  PRIMARY KEY (tenant, id)) PARTITION BY HASH (tenant);
CREATE TABLE quality_sweep (
  tenant integer NOT NULL, collection integer NOT NULL, after bigint NOT NULL,
  PRIMARY KEY (tenant, collection)) PARTITION BY HASH (tenant);
CREATE TABLE quality_trend (
  tenant integer NOT NULL, day text NOT NULL, collection integer NOT NULL, rule integer NOT NULL, count bigint NOT NULL, resources bigint NOT NULL,
  PRIMARY KEY (tenant, day, collection, rule)) PARTITION BY HASH (tenant);
DO $$
DECLARE name text; number integer;
BEGIN
  FOREACH name IN ARRAY ARRAY['tenant_state', 'meta', 'collection', 'word', 'resource', 'identifier', 'link', 'segment', 'attribute_index', 'change', 'past_subject', 'past_life', 'sync_run', 'sync_page', 'sync_rejection', 'contract', 'write_event', 'follow', 'erasure', 'audit_head', 'audit_commit', 'checkpoint', 'quality_state', 'quality_word', 'quality_examined', 'quality_finding', 'quality_tally', 'quality_examination', 'quality_nested', 'quality_pending', 'quality_spread', 'quality_sweep', 'quality_trend'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', name);
    EXECUTE format($policy$CREATE POLICY organisation ON %I USING (tenant = nullif(current_setting('bindeledd.tenant', true), '')::integer) WITH CHECK (tenant = nullif(current_setting('bindeledd.tenant', true), '')::integer)$policy$, name);
    FOR number IN 0..15 LOOP
      EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES WITH (MODULUS 16, REMAINDER %s)', name || '_' || number, name, number);
      EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', name || '_' || number);
    END LOOP;
  END LOOP;
END $$;
INSERT INTO migration (version, product, works_from, at) VALUES (1, 'bindeledd', 1, 0);
COMMIT;

BEGIN;
SET LOCAL search_path TO bindeledd;
CREATE TABLE access_link (
  id text PRIMARY KEY, application text NOT NULL, organisation text NOT NULL, rule text NOT NULL, grants text NOT NULL,
  created_at bigint NOT NULL);
CREATE INDEX access_link_application ON access_link (application, created_at, id);
INSERT INTO migration (version, product, works_from, at) VALUES (2, 'bindeledd', 1, 0);
COMMIT;

BEGIN;
SET LOCAL search_path TO bindeledd;
CREATE TABLE quota_use (
  environment text, application text, organisation text, day text, used bigint NOT NULL, weight bigint NOT NULL,
  at bigint NOT NULL, PRIMARY KEY (environment, application, organisation, day));
CREATE INDEX quota_use_at ON quota_use (environment, at);
INSERT INTO migration (version, product, works_from, at) VALUES (3, 'bindeledd', 1, 0);
COMMIT;

BEGIN;
SET LOCAL search_path TO bindeledd;
ALTER TABLE change ADD COLUMN fields text;
INSERT INTO migration (version, product, works_from, at) VALUES (4, 'bindeledd', 1, 0);
COMMIT;

BEGIN;
SET LOCAL search_path TO bindeledd;
CREATE TABLE export_run (
  tenant integer NOT NULL, id text NOT NULL, application text NOT NULL, series text NOT NULL, state text NOT NULL, created_at bigint NOT NULL, finished_at bigint, expires_at bigint NOT NULL, told boolean NOT NULL, record text NOT NULL, holder text, heard_at bigint NOT NULL DEFAULT 0, attempt integer NOT NULL DEFAULT 0, content integer NOT NULL DEFAULT 0, manifest integer NOT NULL DEFAULT 0, detail integer NOT NULL DEFAULT 0,
  PRIMARY KEY (tenant, id)) PARTITION BY HASH (tenant);
CREATE INDEX export_run_created ON export_run (tenant, created_at, id COLLATE "C");
CREATE INDEX export_run_waiting ON export_run (tenant, created_at, id COLLATE "C") WHERE state IN ('queued', 'running');
CREATE TABLE export_part (
  tenant integer NOT NULL, run text NOT NULL, attempt integer NOT NULL, seq integer NOT NULL, place bigint NOT NULL, length bigint NOT NULL, crc bigint NOT NULL, deflated bytea NOT NULL,
  PRIMARY KEY (tenant, run, attempt, seq)) PARTITION BY HASH (tenant);
CREATE TABLE export_manifest (
  tenant integer NOT NULL, run text NOT NULL, attempt integer NOT NULL, seq integer NOT NULL, bytes bytea NOT NULL,
  PRIMARY KEY (tenant, run, attempt, seq)) PARTITION BY HASH (tenant);
CREATE TABLE export_detail (
  tenant integer NOT NULL, run text NOT NULL, attempt integer NOT NULL, bytes bytea NOT NULL,
  PRIMARY KEY (tenant, run, attempt)) PARTITION BY HASH (tenant);
CREATE TABLE export_state (
  tenant integer NOT NULL, mark text NOT NULL,
  PRIMARY KEY (tenant)) PARTITION BY HASH (tenant);
CREATE TABLE export_setting (
  tenant integer NOT NULL, application text NOT NULL, record text NOT NULL,
  PRIMARY KEY (tenant, application)) PARTITION BY HASH (tenant);
CREATE TABLE export_schedule (
  tenant integer NOT NULL, id text NOT NULL, application text NOT NULL, next bigint, record text NOT NULL,
  PRIMARY KEY (tenant, id)) PARTITION BY HASH (tenant);
ALTER TABLE export_part ALTER COLUMN deflated SET STORAGE EXTERNAL;
DO $$
DECLARE name text; number integer;
BEGIN
  FOREACH name IN ARRAY ARRAY['export_run', 'export_part', 'export_manifest', 'export_detail', 'export_state', 'export_setting', 'export_schedule'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', name);
    EXECUTE format($policy$CREATE POLICY organisation ON %I USING (tenant = nullif(current_setting('bindeledd.tenant', true), '')::integer) WITH CHECK (tenant = nullif(current_setting('bindeledd.tenant', true), '')::integer)$policy$, name);
    FOR number IN 0..15 LOOP
      EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES WITH (MODULUS 16, REMAINDER %s)', name || '_' || number, name, number);
      EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', name || '_' || number);
    END LOOP;
  END LOOP;
END $$;
INSERT INTO migration (version, product, works_from, at) VALUES (5, 'bindeledd', 1, 0);
COMMIT;

BEGIN;
SET LOCAL search_path TO bindeledd;
CREATE INDEX identifier_order ON identifier (tenant, collection, field, value COLLATE "C") INCLUDE (uid) WHERE uid IS NOT NULL;
INSERT INTO migration (version, product, works_from, at) VALUES (6, 'bindeledd', 1, 0);
COMMIT;

BEGIN;
SET LOCAL search_path TO bindeledd;
CREATE TABLE register_entry (
  kind text, id text, revision bigint NOT NULL, organisation text, application text, state text NOT NULL, created_at bigint NOT NULL,
  changed_at bigint NOT NULL, value text NOT NULL, PRIMARY KEY (kind, id));
CREATE INDEX register_entry_order ON register_entry (kind, created_at, id COLLATE "C");
CREATE INDEX register_entry_organisation ON register_entry (kind, organisation, created_at, id COLLATE "C") WHERE organisation IS NOT NULL;
CREATE INDEX register_entry_application ON register_entry (kind, application, created_at, id COLLATE "C") WHERE application IS NOT NULL;
CREATE INDEX register_entry_state ON register_entry (kind, state, created_at, id COLLATE "C");
CREATE TABLE part_use (
  environment text, application text, api text, part text, day text, count bigint NOT NULL,
  PRIMARY KEY (environment, application, api, part, day));
CREATE INDEX part_use_part ON part_use (environment, api, part, day);
CREATE INDEX part_use_day ON part_use (day);
INSERT INTO migration (version, product, works_from, at) VALUES (7, 'bindeledd', 1, 0);
COMMIT;

BEGIN;
SET LOCAL search_path TO bindeledd;
CREATE TABLE message_turn (destination text PRIMARY KEY, holder text NOT NULL, until bigint NOT NULL, state text NOT NULL);
CREATE TABLE message_letter (
  destination text, number bigint, subject text NOT NULL, at bigint NOT NULL, resend bigint NOT NULL, record text NOT NULL,
  PRIMARY KEY (destination, number));
CREATE INDEX message_letter_subject ON message_letter (destination, subject);
INSERT INTO migration (version, product, works_from, at) VALUES (8, 'bindeledd', 1, 0);
COMMIT;

BEGIN;
SET LOCAL search_path TO bindeledd;
DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'bindeledd_hub') THEN
    CREATE ROLE "bindeledd_hub" NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE;
  END IF;
  IF NOT has_database_privilege('bindeledd_hub', current_database(), 'TEMPORARY') THEN
    EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO %I', current_database(), 'bindeledd_hub');
  END IF;
END $$;
REVOKE ALL ON ALL TABLES IN SCHEMA bindeledd FROM PUBLIC, "bindeledd_hub";
REVOKE ALL ON SCHEMA bindeledd FROM PUBLIC, "bindeledd_hub";
GRANT USAGE ON SCHEMA bindeledd TO "bindeledd_hub";
GRANT SELECT ON migration TO "bindeledd_hub";
GRANT SELECT, UPDATE ON revision TO "bindeledd_hub";
GRANT SELECT, INSERT, UPDATE ON organisation, application, access_link, audit_key, secret, tenant_state, collection, segment, change, past_life, sync_run, sync_page, contract, erasure, audit_head, quality_state TO "bindeledd_hub";
GRANT SELECT, INSERT, UPDATE, DELETE ON access_grant, quota_use, register_entry, part_use, message_turn, message_letter, ended_follow, signing_key, used_once, claimed, meta, resource, identifier, link, attribute_index, sync_rejection, write_event, follow, quality_examined, quality_finding, quality_tally, quality_examination, quality_nested, quality_pending, quality_spread, quality_sweep, quality_trend, export_run, export_part, export_manifest, export_detail, export_state, export_setting, export_schedule TO "bindeledd_hub";
GRANT SELECT, INSERT ON platform_audit, tenant, word, past_subject, checkpoint, quality_word TO "bindeledd_hub";
GRANT SELECT, INSERT, DELETE ON audit_notice, audit_commit TO "bindeledd_hub";
COMMIT;

-- Makes a database fit to be served again after a restore to an earlier moment: puts back what save-record.sql has saved, and begins a new epoch
-- of the feed of every organisation, so that followers who hold later positions are told to begin anew. Run with psql as a superuser, in the
-- directory with the saved files, before any hub; one transaction, all or nothing, and nothing more when it is run again but another epoch.
-- Without saved files: psql -v saved=no.
\set ON_ERROR_STOP on
\set QUIET on
\if :{?saved}
\else
  \set saved yes
\endif
BEGIN;
SET LOCAL search_path TO bindeledd, pg_temp;
SET LOCAL row_security TO off;
DO $$ BEGIN
  IF EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'bindeledd') THEN
    RAISE EXCEPTION 'A hub is connected to this database: stop all of them first.';
  END IF;
END $$;
LOCK TABLE tenant, tenant_state, meta, erasure, audit_head, audit_commit, checkpoint, audit_key IN ACCESS EXCLUSIVE MODE;

CREATE TEMP TABLE was_tenant (number integer, organisation text) ON COMMIT DROP;
CREATE TEMP TABLE was_erasure (tenant integer, number bigint, id text, at bigint, reason text, hashes text[], lifted_at bigint) ON COMMIT DROP;
CREATE TEMP TABLE was_tenant_state (tenant integer, erasures bigint) ON COMMIT DROP;
CREATE TEMP TABLE was_audit_head (tenant integer, next bigint, hash bytea) ON COMMIT DROP;
CREATE TEMP TABLE was_audit_commit (
  tenant integer, first bigint, count integer, from_at bigint, to_at bigint, outbox bigint, hash bytea, records text) ON COMMIT DROP;
CREATE TEMP TABLE was_checkpoint (tenant integer, number bigint, sequence bigint, record text) ON COMMIT DROP;
CREATE TEMP TABLE was_audit_key (id text, public_jwk text, private_jwk text, created_at bigint, retired_at bigint) ON COMMIT DROP;
\if :saved
\copy was_tenant FROM 'tenant.saved' WITH (FORMAT binary)
\copy was_erasure FROM 'erasure.saved' WITH (FORMAT binary)
\copy was_tenant_state FROM 'tenant_state.saved' WITH (FORMAT binary)
\copy was_audit_head FROM 'audit_head.saved' WITH (FORMAT binary)
\copy was_audit_commit FROM 'audit_commit.saved' WITH (FORMAT binary)
\copy was_checkpoint FROM 'checkpoint.saved' WITH (FORMAT binary)
\copy was_audit_key FROM 'audit_key.saved' WITH (FORMAT binary)
\endif

-- A number may have been given again to somebody else: only the same organisation gets what was its own.
CREATE TEMP TABLE same ON COMMIT DROP AS
  SELECT number AS tenant, organisation FROM tenant JOIN was_tenant USING (number, organisation);

-- The ledger. An entry of later than the restored moment is followed by the hub that opens the organisation first.
INSERT INTO erasure (tenant, number, id, at, reason, hashes, lifted_at)
  SELECT tenant, number, id, at, reason, hashes, lifted_at FROM was_erasure JOIN same USING (tenant)
  ON CONFLICT (tenant, number) DO UPDATE SET lifted_at = excluded.lifted_at WHERE erasure.id = excluded.id;
UPDATE tenant_state SET erasures = greatest(tenant_state.erasures, was.erasures)
  FROM was_tenant_state was JOIN same USING (tenant) WHERE tenant_state.tenant = was.tenant;

-- The audit, where the saved one goes on from the restored one: the same hash stands where the restored one ends.
CREATE TEMP TABLE longer ON COMMIT DROP AS
  SELECT was.tenant, head.next AS from_here, was.next, was.hash
  FROM was_audit_head was JOIN same USING (tenant) JOIN audit_head head USING (tenant)
  WHERE was.next > head.next AND (head.next = 1
    OR EXISTS (SELECT FROM was_audit_commit c WHERE c.tenant = head.tenant AND c.first + c.count = head.next AND c.hash = head.hash)
    -- What stood there has gone with its time; the next commit follows without a gap.
    OR NOT EXISTS (SELECT FROM was_audit_commit c WHERE c.tenant = head.tenant AND c.first < head.next));
INSERT INTO audit_key (id, public_jwk, private_jwk, created_at, retired_at)
  SELECT id, public_jwk, private_jwk, created_at, retired_at FROM was_audit_key
  ON CONFLICT (id) DO UPDATE SET private_jwk = excluded.private_jwk, retired_at = excluded.retired_at;
INSERT INTO audit_commit (tenant, first, count, from_at, to_at, outbox, hash, records)
  SELECT c.tenant, c.first, c.count, c.from_at, c.to_at, c.outbox, c.hash, c.records FROM was_audit_commit c JOIN longer USING (tenant)
  WHERE c.first >= longer.from_here;
INSERT INTO checkpoint (tenant, number, sequence, record)
  SELECT c.tenant, c.number, c.sequence, c.record FROM was_checkpoint c JOIN longer USING (tenant) ON CONFLICT (tenant, number) DO NOTHING;
UPDATE audit_head SET next = longer.next, hash = longer.hash FROM longer WHERE audit_head.tenant = longer.tenant;

-- The feed: what ends here, and what begins.
UPDATE meta SET value = (
    SELECT (jsonb_agg(CASE WHEN e.epoch ->> 'until' IS NULL THEN e.epoch || jsonb_build_object('until', s.position) ELSE e.epoch END ORDER BY e.n)
      || jsonb_build_array(jsonb_build_object('name', gen_random_uuid(), 'until', NULL)))::text
    FROM jsonb_array_elements(meta.value::jsonb) WITH ORDINALITY AS e (epoch, n))
  FROM tenant_state s WHERE s.tenant = meta.tenant AND meta.name = 'epochs';
UPDATE tenant_state SET commits = commits + 1;
UPDATE revision SET value = value + 1;

SELECT t.organisation, s.position AS feed_ends_at,
    (SELECT count(*) FROM erasure e WHERE e.tenant = t.number
      AND NOT EXISTS (SELECT FROM meta m WHERE m.tenant = t.number AND m.name = 'erased ' || e.id)) AS erasures_to_follow,
    CASE WHEN l.tenant IS NOT NULL THEN l.next - l.from_here || ' records put back'
         WHEN same.tenant IS NULL THEN 'nothing saved'
         WHEN was.next = h.next AND was.hash = h.hash THEN 'the same'
         ELSE 'is of another chain: left as restored' END AS audit
  FROM tenant t JOIN tenant_state s ON s.tenant = t.number LEFT JOIN same ON same.tenant = t.number LEFT JOIN longer l ON l.tenant = t.number
  LEFT JOIN was_audit_head was ON was.tenant = same.tenant LEFT JOIN audit_head h ON h.tenant = t.number ORDER BY t.organisation;
SELECT organisation AS not_in_the_restored_database FROM was_tenant WHERE organisation NOT IN (SELECT organisation FROM tenant);
COMMIT;

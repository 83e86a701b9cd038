-- Saves what must not go back in time when a database is restored to an earlier moment: the ledger of erasures, the audits with the keys that
-- they were sealed with, and which number stands for which organisation. Run with psql as a superuser, all hubs stopped, on the newest state that
-- there is; writes files into the working directory, which are as confidential as the data. after-restore.sql puts them back.
\set ON_ERROR_STOP on
\set QUIET on
BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
SET LOCAL search_path TO bindeledd;
SET LOCAL row_security TO off;
\copy (SELECT number, organisation FROM tenant) TO 'tenant.saved' WITH (FORMAT binary)
\copy (SELECT tenant, number, id, at, reason, hashes, lifted_at FROM erasure) TO 'erasure.saved' WITH (FORMAT binary)
\copy (SELECT tenant, erasures FROM tenant_state) TO 'tenant_state.saved' WITH (FORMAT binary)
\copy (SELECT tenant, next, hash FROM audit_head) TO 'audit_head.saved' WITH (FORMAT binary)
\copy (SELECT tenant, first, count, from_at, to_at, outbox, hash, records FROM audit_commit) TO 'audit_commit.saved' WITH (FORMAT binary)
\copy (SELECT tenant, number, sequence, record FROM checkpoint) TO 'checkpoint.saved' WITH (FORMAT binary)
\copy (SELECT id, public_jwk, private_jwk, created_at, retired_at FROM audit_key) TO 'audit_key.saved' WITH (FORMAT binary)
-- For people: what was decided since, such as grants that were revoked.
\copy (SELECT sequence, at, actor, operation, subject, reason FROM platform_audit ORDER BY sequence) TO 'platform_audit.csv' WITH (FORMAT csv, HEADER)
SELECT count(*) AS organisations, (SELECT count(*) FROM erasure) AS erasures, (SELECT coalesce(sum(next - 1), 0) FROM audit_head) AS records FROM tenant;
COMMIT;

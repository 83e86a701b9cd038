// The tables of the platform, and which number stands for which organisation. Read by migrate.ts; the SQL is a golden file.

export const platformTables = `
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
`;

/** Of version 2: applications let in by an organisation, with the grants that this makes. */
export const linkTable = `
CREATE TABLE access_link (
  id text PRIMARY KEY, application text NOT NULL, organisation text NOT NULL, rule text NOT NULL, grants text NOT NULL,
  created_at bigint NOT NULL);
CREATE INDEX access_link_application ON access_link (application, created_at, id);
`;

/** Of version 3: what applications have used of their quotas, day by day. */
export const quotaTable = `
CREATE TABLE quota_use (
  environment text, application text, organisation text, day text, used bigint NOT NULL, weight bigint NOT NULL,
  at bigint NOT NULL, PRIMARY KEY (environment, application, organisation, day));
CREATE INDEX quota_use_at ON quota_use (environment, at);
`;

/** Of version 7: what the catalogue and access keep beside grants, and which parts of APIs applications use, day by day. */
export const registerTables = `
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
`;

/** Of version 8: how far telling has come of each destination of messages, and what it did not take. */
export const messageTables = `
CREATE TABLE message_turn (destination text PRIMARY KEY, holder text NOT NULL, until bigint NOT NULL, state text NOT NULL);
CREATE TABLE message_letter (
  destination text, number bigint, subject text NOT NULL, at bigint NOT NULL, resend bigint NOT NULL, record text NOT NULL,
  PRIMARY KEY (destination, number));
CREATE INDEX message_letter_subject ON message_letter (destination, subject);
`;

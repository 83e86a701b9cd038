#!/bin/sh
# Run once by the image of PostgreSQL, when its volume is empty: the role that owns the tables and the role of the hub, which owns nothing.
# Passwords are read from files and sent as variables; none stands on a command line.
set -eu
psql --no-psqlrc --set=ON_ERROR_STOP=1 --username=postgres --dbname=postgres <<'SQL'
\set owner_password `cat /run/secrets/owner-password`
\set hub_password `cat /run/secrets/hub-password`
SET log_statement = 'none';
CREATE ROLE bindeledd_owner LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB PASSWORD :'owner_password';
CREATE ROLE bindeledd_hub LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB PASSWORD :'hub_password';
ALTER DATABASE bindeledd OWNER TO bindeledd_owner;
REVOKE ALL ON DATABASE bindeledd FROM PUBLIC;
GRANT CONNECT, TEMPORARY ON DATABASE bindeledd TO bindeledd_hub;
SQL

#!/bin/sh
# Makes the passwords of compose.yaml once, in deploy/compose/secrets, which no other user of the machine can enter. The files themselves may be
# read by all, because users of containers have other numbers. Run again, it changes nothing.
set -eu
cd "$(dirname "$0")"
umask 077
mkdir -p secrets
chmod 700 secrets
keep() {
  [ -s "secrets/$1" ] && return 0
  printf '%s' "$2" > "secrets/$1.new"
  chmod 444 "secrets/$1.new"
  mv "secrets/$1.new" "secrets/$1"
}
password() {
  od -An -N24 -tx1 /dev/urandom | tr -d ' \n'
}
for role in postgres owner hub; do
  keep "$role-password" "$(password)"
done
for role in owner hub; do
  keep "$role-url" "postgres://bindeledd_$role:$(cat "secrets/$role-password")@postgres:5432/bindeledd"
done

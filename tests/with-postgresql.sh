#!/usr/bin/env bash
# Runs a command with a PostgreSQL server of its own, whose address is in KANGTU_TEST_POSTGRESQL, and stops it after.
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"

folder="$(mktemp -d)"
trap '"$here/postgresql.sh" stop "$folder" || true; rm -rf "$folder"' EXIT
KANGTU_TEST_POSTGRESQL="$("$here/postgresql.sh" start "$folder")"
export KANGTU_TEST_POSTGRESQL
"$@"

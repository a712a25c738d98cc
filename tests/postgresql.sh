#!/usr/bin/env bash
# A throw-away PostgreSQL server for the tests.
# postgresql.sh start FOLDER   makes and starts one in FOLDER (empty), prints its URL
# postgresql.sh stop FOLDER    stops it; the folder is the caller's to remove
# It trusts everybody on this machine's loopback and does not sync its first files: never for data that matters.
set -euo pipefail
export LC_ALL=C.UTF-8

usage() {
    sed -n '2,5s/^# //p' "$0" >&2
    exit 2
}
[ $# -eq 2 ] || usage
action="$1"
folder="$2"

newest="$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)"
[ -n "$newest" ] || {
    echo "PostgreSQL is not installed: run tests/system-packages.sh" >&2
    exit 1
}

# The server refuses to run as root.
as_owner() {
    if [ "$(id -u)" -eq 0 ]; then
        (cd / && runuser -u postgres -- "$@")
    else
        "$@"
    fi
}

case "$action" in
start)
    mkdir -p "$folder"
    chmod 700 "$folder"
    [ "$(id -u)" -ne 0 ] || chown postgres: "$folder"
    port="$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')"
    throwaway="-c fsync=off -c synchronous_commit=off -c full_page_writes=off" # nothing outlives the tests
    as_owner "$newest/initdb" -D "$folder/data" -A trust -U postgres -E UTF8 --locale=C.UTF-8 --no-sync >/dev/null
    as_owner "$newest/pg_ctl" -D "$folder/data" -w -l "$folder/log" \
        -o "-p $port -k $folder -c listen_addresses=127.0.0.1 -c max_connections=200 $throwaway" start >/dev/null ||
        { cat "$folder/log" >&2 && exit 1; }
    echo "postgresql+psycopg://postgres@127.0.0.1:$port/postgres"
    ;;
stop)
    [ -f "$folder/data/postmaster.pid" ] || exit 0
    as_owner "$newest/pg_ctl" -D "$folder/data" -m immediate -w stop >/dev/null
    ;;
*)
    usage
    ;;
esac

#!/usr/bin/env bash
# Brings the Debian or Ubuntu packages that the tests drive, where they are missing.
# system-packages.sh            Chromium, PostgreSQL and a Chinese font
# system-packages.sh NAME...    these packages instead
set -euo pipefail

missing=()
if [ $# -gt 0 ]; then
    missing=("$@")
else
    command -v chromium >/dev/null || command -v chromium-browser >/dev/null || missing+=(chromium)
    ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing+=(postgresql)
    [ -n "$(find /usr/share/fonts -name 'NotoSansCJK*' -print -quit 2>/dev/null)" ] || missing+=(fonts-noto-cjk)
fi
[ ${#missing[@]} -eq 0 ] && exit 0

as_root=()
if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || {
        echo "Missing: ${missing[*]}. Install them as root: apt-get install ${missing[*]}" >&2
        exit 1
    }
    as_root=(sudo)
fi
export DEBIAN_FRONTEND=noninteractive
"${as_root[@]}" apt-get update -qq
"${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null

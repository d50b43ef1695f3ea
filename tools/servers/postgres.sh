#!/usr/bin/env bash
# Prints the folder that holds PostgreSQL's initdb, postgres and psql, which a package of the system brings; as root
# it installs Debian's. With --find it never installs: exits with 77 and says what is missing.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)

newest() {
  local initdb
  # Debian keeps them out of PATH, a folder for each release.
  initdb=$(printf '%s\n' /usr/lib/postgresql/*/bin/initdb | sort -V | tail -1)
  [[ -x $initdb ]] || initdb=$(readlink -f "$(command -v initdb)") || return 1
  dirname "$initdb"
}
newest || {
  "$here/debian.sh" postgresql "$@"
  newest
}

#!/usr/bin/env bash
# Prints the path of redis-server, which a package of the system brings; as root it installs Debian's.
# With --find it never installs: exits with 77 and says what is missing.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
command -v redis-server || {
  "$here/debian.sh" redis-server "$@"
  command -v redis-server
}

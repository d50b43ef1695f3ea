#!/usr/bin/env bash
# from-nothing.sh COMMAND...: runs a command in a clone of the last commit as on a machine that has built nothing: with
# empty caches of Capstan, Go, npm and Maven. Debian packages that are there stay. The clone of a command that fails is
# left, with its logs.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
nothing=$(mktemp -d)
leave() {
  local code=$?
  chmod -R u+w "$nothing" # Go makes its modules read-only
  if [[ $code == 0 ]]; then rm -rf "$nothing"; else
    rm -rf "$nothing"/{cache,go-build,modules,npm,maven}
    echo "failed with exit code $code; its clone is left in $nothing/capstan"
  fi
}
trap leave EXIT
export XDG_CACHE_HOME=$nothing/cache GOCACHE=$nothing/go-build GOMODCACHE=$nothing/modules npm_config_cache=$nothing/npm
export MAVEN_OPTS="-Dmaven.repo.local=$nothing/maven"
git clone -q "$root" "$nothing/capstan"
cd "$nothing/capstan"
npm ci --no-audit --no-fund --loglevel=error
"$@"

#!/usr/bin/env bash
# Prints the path of nats-server, which it builds from its Go module the first time (about 25 CPU seconds).
# With --find it never builds: exits with 77 and says what does.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
version=$(sed -n 's|.*nats-io/nats-server/v2 \(v[^ ]*\).*|\1|p' "$here/go.mod")
program=${XDG_CACHE_HOME:-$HOME/.cache}/capstan/servers/nats-$version/nats-server

if [[ ! -x $program ]]; then
  [[ ${1:-} != --find ]] || { echo "no nats-server $version: tools/servers/nats.sh builds it"; exit 77; }
  command -v go >/dev/null || { echo "no nats-server: building it needs Go"; exit 77; }
  mkdir -p "${program%/*}"
  part=$program.$$.part
  trap 'rm -f "$part"' EXIT
  (cd "$here" && CGO_ENABLED=0 GOWORK=off GOFLAGS=-buildvcs=false \
    go build -mod=readonly -trimpath -ldflags '-s -w' -o "$part" github.com/nats-io/nats-server/v2) >&2
  mv "$part" "$program"
fi
echo "$program"

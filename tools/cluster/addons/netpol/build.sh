#!/usr/bin/env bash
# Prints the path of the NetworkPolicy agent, which is built from this folder when its sources have changed.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
sum=$(cat "$here"/{main,cluster,rules}.go "$here/go.sum" | sha256sum | cut -c1-12)
program=${XDG_CACHE_HOME:-$HOME/.cache}/capstan/programs/netpol-$sum/netpol
if [[ ! -x $program ]]; then
  mkdir -p "${program%/*}"
  part=$program.$$.part
  trap 'rm -f "$part"' EXIT
  (cd "$here" && CGO_ENABLED=0 GOWORK=off GOFLAGS=-buildvcs=false \
    go build -mod=readonly -trimpath -ldflags '-s -w' -o "$part" .) >&2
  mv "$part" "$program"
fi
echo "$program"

#!/usr/bin/env bash
# Prints the path of the program that brings images to a cluster; pause, which is in every pod, lies beside it. Both are
# built from this folder when their sources have changed.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
sum=$(cat "$here"/*.go "$here"/pause/*.go "$here/go.sum" | sha256sum | cut -c1-12)
out=${XDG_CACHE_HOME:-$HOME/.cache}/capstan/programs/cluster-images-$sum
if [[ ! -x $out/images ]]; then
  mkdir -p "$out"
  part=$(mktemp -d "$out/part.XXXXXX")
  trap 'rm -rf "$part"' EXIT
  (cd "$here" && CGO_ENABLED=0 GOWORK=off GOFLAGS=-buildvcs=false \
    go build -mod=readonly -trimpath -ldflags '-s -w' -o "$part/" . ./pause) >&2
  mv "$part/pause" "$part/images" "$out/"
fi
echo "$out/images"

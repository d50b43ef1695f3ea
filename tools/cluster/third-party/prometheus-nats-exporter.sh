#!/usr/bin/env bash
# The image of a stand-in for prometheus-nats-exporter, which is built from nats-exporter/.
source "$(dirname "$0")/rootfs.sh"
folder=$here/nats-exporter
program=${XDG_CACHE_HOME:-$HOME/.cache}/capstan/programs/nats-exporter-$(cat "$folder/main.go" | sha256sum | cut -c1-12)/nats-exporter
inputs "$program"
if [[ ! -x $program ]]; then
  mkdir -p "${program%/*}"
  (cd "$folder" && CGO_ENABLED=0 GOWORK=off GOFLAGS=-buildvcs=false \
    go build -trimpath -ldflags '-s -w' -o "$program.$$.part" .) >&2
  mv "$program.$$.part" "$program"
fi
install -D --mode=755 "$program" "$root/prometheus-nats-exporter"

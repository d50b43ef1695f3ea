#!/usr/bin/env bash
# Prints the path of kwok, which plays kubelet for simulated nodes; it is built from its Go module the first time (about
# 110 CPU seconds). Beside it lies stages.yaml: how simulated nodes, pods and volumes behave, as the module ships it.
# With --find it never builds: exits with 77 and says that it has to be built.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
module=sigs.k8s.io/kwok version=v0.8.0
program=$("$here/../go-wrapped.sh" "$@" kwok "$module" "$version" cmd/kwok) || { code=$?; echo "$program"; exit $code; }
stages=${program%/*}/stages.yaml
if [[ ! -f $stages ]]; then
  source=$(cd / && GOWORK=off go mod download -json "$module@$version" | sed -n 's/.*"Dir": "\(.*\)".*/\1/p')
  cd "$source/kustomize/stage"
  for stage in node/fast/node-initialize node/heartbeat-with-lease/node-heartbeat-with-lease pod/fast/pod-ready \
    pod/fast/pod-complete pod/fast/pod-delete volume/fast/pv-bind volume/fast/pv-delete volume/fast/pvc-delete; do
    echo ---
    cat "$stage.yaml"
  done >"$stages.$$.part"
  mv "$stages.$$.part" "$stages"
fi
echo "$program"

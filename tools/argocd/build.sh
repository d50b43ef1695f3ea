#!/usr/bin/env bash
# Prints the folder of Argo CD, which it builds from its Go module the first time: ~/.cache/capstan/argocd/VERSION
# (about 7 CPU minutes and 2.6 GB of memory). It holds the program `argocd`, which plays each of Argo CD's parts, and
# `manifests`: the definitions of its resources and its empty configuration.
# With --find it never builds: exits with 77 and says what does.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
module=github.com/argoproj/argo-cd/v3
version=$(sed -n "s|^require $module \(v[^ ]*\).*|\1|p" "$here/go.mod")
out=${XDG_CACHE_HOME:-$HOME/.cache}/capstan/argocd/$version

if [[ ! -x $out/argocd ]]; then
  [[ ${1:-} != --find ]] || { echo "no Argo CD $version: tools/argocd/build.sh builds it"; exit 77; }
  command -v go >/dev/null || { echo "no Argo CD $version: building it needs Go"; exit 77; }
  mkdir -p "$out"
  part=$(mktemp -d "$out/part.XXXXXX")
  trap 'rm -rf "$part"' EXIT
  cd "$here"
  source=$(GOWORK=off go list -mod=readonly -m -f '{{.Dir}}' "$module")
  [[ -n $source ]] || { GOWORK=off go mod download "$module" && source=$(GOWORK=off go list -m -f '{{.Dir}}' "$module"); }
  mkdir -p "$part/manifests"
  cp -r "$source/manifests/crds" "$source/manifests/base/config" "$part/manifests/"
  chmod -R u+w "$part"
  CGO_ENABLED=0 GOWORK=off GOFLAGS=-buildvcs=false go build -mod=readonly -trimpath \
    -ldflags "-s -w -X $module/common.version=${version#v}" -o "$part/argocd" "$module/cmd" >&2
  rm -rf "$out/manifests"
  mv "$part/manifests" "$part/argocd" "$out/"
fi
echo "$out"

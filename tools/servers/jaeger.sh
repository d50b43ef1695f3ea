#!/usr/bin/env bash
# Prints the path of Jaeger, an OpenTelemetry collector that keeps traces; it is built from its Go module the first
# time (about 280 CPU seconds). With --find it never builds: exits with 77 and says what does.
set -euo pipefail
module=github.com/jaegertracing/jaeger version=v1.76.0
folder=${XDG_CACHE_HOME:-$HOME/.cache}/capstan/programs/jaeger-$version
program=$folder/jaeger

if [[ ! -x $program ]]; then
  [[ ${1:-} != --find ]] || { echo "no Jaeger $version: tools/servers/jaeger.sh builds it"; exit 77; }
  command -v go >/dev/null || { echo "no Jaeger $version: building it needs Go"; exit 77; }
  mkdir -p "$folder"
  part=$(mktemp -d "$folder/part.XXXXXX")
  trap 'rm -rf "$part"' EXIT
  cd "$part"
  export CGO_ENABLED=0 GOWORK=off GOFLAGS='-buildvcs=false -mod=mod'
  source=$(go mod download -json "$module@$version" | sed -n 's/.*"Dir": "\(.*\)".*/\1/p')
  # A module of its own with Jaeger's replacements and sums: `go install` takes no module that replaces others.
  {
    echo 'module jaeger'
    awk '$1 == "go" || $1 == "godebug" || $1 == "toolchain"' "$source/go.mod"
    echo "require $module $version"
    awk '/^(replace|exclude) \($/ { block = $1; next } block && /^\)/ { block = ""; next }
      block { sub(/\/\/.*/, ""); if (NF && !/=> *\./) print block, $0 }
      /^(replace|exclude) [^(]/ && !/=> *\./' "$source/go.mod"
  } >go.mod
  install -m 644 "$source/go.sum" go.sum
  go build -trimpath -ldflags '-s -w' -o jaeger "$module/cmd/jaeger" >&2
  mv jaeger "$program"
fi
echo "$program"

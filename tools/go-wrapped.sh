#!/usr/bin/env bash
# go-wrapped.sh [--find] NAME MODULE VERSION PACKAGE [BUILD FLAG...]: prints the path of a program, which it builds from a
# Go module the first time, in a module of its own that takes over the replacements and sums of that module: `go install`
# takes no module that replaces others. PACKAGE is the path of the program below the module, or `.`.
# With --find it never builds: exits with 77 and says that it has to be built.
set -euo pipefail
find=
[[ $1 != --find ]] || { find=--find; shift; }
name=$1 module=$2 version=$3 package=$4
shift 4
folder=${XDG_CACHE_HOME:-$HOME/.cache}/capstan/programs/$name-$version
program=$folder/$name

if [[ ! -x $program ]]; then
  [[ -z $find ]] || { echo "no $name $version: it has to be built from its Go module"; exit 77; }
  command -v go >/dev/null || { echo "no $name $version: building it needs Go"; exit 77; }
  mkdir -p "$folder"
  part=$(mktemp -d "$folder/part.XXXXXX")
  trap 'rm -rf "$part"' EXIT
  cd "$part"
  export CGO_ENABLED=0 GOWORK=off GOFLAGS='-buildvcs=false -mod=mod'
  source=$(go mod download -json "$module@$version" | sed -n 's/.*"Dir": "\(.*\)".*/\1/p')
  {
    echo 'module wrapped'
    awk '$1 == "go" || $1 == "godebug" || $1 == "toolchain"' "$source/go.mod"
    echo "require $module $version"
    awk '/^(replace|exclude) \($/ { block = $1; next } block && /^\)/ { block = ""; next }
      block { sub(/\/\/.*/, ""); if (NF && !/=> *\./) print block, $0 }
      /^(replace|exclude) [^(]/ && !/=> *\./' "$source/go.mod"
  } >go.mod
  # Its own sums, which are checked as part of it, spare look-ups of versions that the database of sums lacks.
  [[ ! -f $source/go.sum ]] || install -m 644 "$source/go.sum" go.sum
  target=$module
  [[ $package == . ]] || target+=/$package
  ldflags='-s -w'
  [[ ${1:-} != -ldflags=* ]] || { ldflags+=" ${1#-ldflags=}"; shift; }
  go build -trimpath -ldflags "$ldflags" "$@" -o "$name" "$target" >&2
  mv "$name" "$program"
fi
echo "$program"

#!/usr/bin/env bash
# go-program.sh FOLDER MODULE [PACKAGE] [--find]: prints the path of a program, which it builds from a Go module the
# first time. FOLDER holds the go.mod that pins the module; the program is the package of that path below it.
# With --find it never builds: exits with 77 and says what does.
set -euo pipefail
folder=$1 module=$2 find=
shift 2
[[ ${*: -1} != --find ]] || { find=--find; set -- "${@:1:$#-1}"; }
package=$module${1:+/$1}
version=$(sed -n "s|.*${module//./\\.} \(v[^ ]*\).*|\1|p" "$folder/go.mod")
name=$(sed -E 's|/v[0-9]+$||; s|.*/||' <<<"$package")
program=${XDG_CACHE_HOME:-$HOME/.cache}/capstan/programs/$name-$version/$name

if [[ ! -x $program ]]; then
  [[ -z $find ]] || { echo "no $name $version: the script in tools/${folder##*/} builds it"; exit 77; }
  command -v go >/dev/null || { echo "no $name $version: building it needs Go"; exit 77; }
  mkdir -p "${program%/*}"
  part=$program.$$.part
  trap 'rm -f "$part"' EXIT
  (cd "$folder" && CGO_ENABLED=0 GOWORK=off GOFLAGS=-buildvcs=false \
    go build -mod=readonly -trimpath -ldflags '-s -w' -o "$part" "$package") >&2
  mv "$part" "$program"
fi
echo "$program"

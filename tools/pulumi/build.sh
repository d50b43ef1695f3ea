#!/usr/bin/env bash
# Builds the Pulumi CLI, its Node.js language host and its Kubernetes provider from Go modules, unless they are there,
# and prints their folder: ~/.cache/capstan/pulumi/VERSIONS, with bin/ for PATH and plugins/ for PULUMI_HOME. Needs Go
# only: cold about 18 CPU minutes, 5.4 GB of memory for a moment, and 440 MB on disk.
#
#   tools/pulumi/build.sh [provider|cli|nodejs]...   default: those that are missing, the largest first
#
# With --find it never builds: it exits with 77 and says what does.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cli=github.com/pulumi/pulumi/pkg/v3
sdk=github.com/pulumi/pulumi/sdk/v3
kubernetes=github.com/pulumi/pulumi-kubernetes/provider/v4
# The commit in provider/go.mod is that of this release, which has no tag for Go.
provider_version=4.25.0

pinned() { sed -n "s|^require $2 v\([^ ]*\)$|\1|p" "$here/$1/go.mod"; }
cli_version=$(pinned cli $cli) nodejs_version=$(pinned nodejs $sdk)
out=${XDG_CACHE_HOME:-$HOME/.cache}/capstan/pulumi/$cli_version-$nodejs_version-$provider_version
program_of() {
  case $1 in
    provider) echo "$out/plugins/resource-kubernetes-v$provider_version/pulumi-resource-kubernetes" ;;
    cli) echo "$out/bin/pulumi" ;;
    nodejs) echo "$out/bin/pulumi-language-nodejs" ;;
    *) echo "build.sh [provider|cli|nodejs]... [--find]" >&2; exit 2 ;;
  esac
}

# go_build FOLDER PROGRAM LINKER_FLAGS PACKAGE
go_build() {
  mkdir -p "${2%/*}"
  (cd "$1" && CGO_ENABLED=0 GOWORK=off GOFLAGS=-buildvcs=false \
    go build -mod=readonly -trimpath -ldflags "-s -w $3" -o "$2.$$.part" "$4") >&2
  mv "$2.$$.part" "$2"
}

build_cli() { go_build "$here/cli" "$1" "-X $sdk/go/common/version.Version=v$cli_version" "$cli/cmd/pulumi"; }
build_nodejs() {
  go_build "$here/nodejs" "$1" "-X $sdk/go/common/version.Version=$nodejs_version" "$sdk/nodejs/cmd/pulumi-language-nodejs"
}
# The published module lacks the two files that its own main embeds; they are made of others that it has.
build_provider() {
  cp "$here"/provider/{go.mod,go.sum,main.go} "$work/"
  source=$(cd "$work" && go list -m -f '{{.Dir}}' "$kubernetes" | grep . ||
    { go mod download "$kubernetes" >&2 && go list -m -f '{{.Dir}}' "$kubernetes"; })
  node -e '
    const { readFileSync, writeFileSync } = require("node:fs");
    const [source, out, version] = process.argv.slice(1);
    const read = (name) => JSON.parse(readFileSync(`${source}/${name}.json`, "utf8"));
    writeFileSync(`${out}/schema-embed.json`, JSON.stringify({ ...read("schema"), version }));
    writeFileSync(`${out}/terraform-mapping-embed.json`, JSON.stringify(read("terraform-mapping")));
  ' "$source/cmd/pulumi-resource-kubernetes" "$work" "$provider_version"
  go_build "$work" "$1" "-X main.version=$provider_version" .
}

find= wanted=()
for argument; do if [[ $argument == --find ]]; then find=1; else wanted+=("$argument"); fi; done
((${#wanted[@]})) || wanted=(provider cli nodejs)
work=$(mktemp -d)
trap 'rm -rf "$work" "$out"/bin/*.$$.part "$out"/plugins/*/*.$$.part' EXIT
for part in "${wanted[@]}"; do
  program=$(program_of "$part")
  [[ ! -x $program ]] || continue
  [[ -z $find ]] || { echo "no Pulumi $cli_version ($part): tools/pulumi/build.sh builds it"; exit 77; }
  command -v go >/dev/null || { echo "no Pulumi $cli_version ($part): building it needs Go"; exit 77; }
  "build_$part" "$program"
done
echo "$out"

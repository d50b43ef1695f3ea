#!/usr/bin/env bash
# vulnerabilities.sh [MODULE...]: looks with govulncheck for known vulnerabilities that our Go code can reach, in the
# folders given or in all modules with code of ours. Fails with those it finds. The database is that of vuln.go.dev;
# where that cannot be reached, the same reports from the module golang.org/x/vulndb. Without either it exits with 77.
# The standard library is that of the Go release below, whatever is installed: an older one is said, not a failure of ours.
set -euo pipefail
cd "$(dirname "$0")/.."

scanner=golang.org/x/vuln/cmd/govulncheck@v1.9.0
toolchain=go1.26.10
log=.capstan/vulnerabilities.log
modules=("$@")
((${#modules[@]})) || modules=(go go/image go/apps/streams apps/* examples/*/app test/faults bench/pool bench/worker tools/yaml-reader tools/photos)

mkdir -p "${log%/*}"
if curl -fsS -m 20 -o /dev/null https://vuln.go.dev/index/db.json 2>"$log"; then
  database=https://vuln.go.dev
  echo "database: $database"
elif found=$(go mod download -json golang.org/x/vulndb@latest 2>>"$log"); then
  folder=$(sed -n 's|^\t"Dir": "\(.*\)",*$|\1|p' <<<"$found")
  database=file://$folder/data/osv
  echo "database: $(sed -n 's|^\t"Version": "\(.*\)",*$|golang.org/x/vulndb \1|p' <<<"$found"), as vuln.go.dev cannot be reached"
else
  echo "no database: neither vuln.go.dev nor the module golang.org/x/vulndb can be reached ($log)"
  exit 77
fi

installed=$(go env GOVERSION)
if [[ $installed != "$toolchain" && $(printf '%s\n' "$installed" "$toolchain" | sort -V | tail -1) == "$toolchain" ]]; then
  echo "installed: $installed; build images with $toolchain, whose standard library is scanned here"
fi

failed=()
for module in "${modules[@]}"; do
  echo "== $module"
  GOTOOLCHAIN=$toolchain CGO_ENABLED=0 GOWORK=off go run "$scanner" -db "$database" -C "$module" ./... || failed+=("$module")
done
((${#failed[@]} == 0)) || { echo "vulnerabilities, or no answer, in: ${failed[*]}"; exit 1; }

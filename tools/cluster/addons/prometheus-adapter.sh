#!/usr/bin/env bash
# Prints the path of prometheus-adapter, which it builds the first time (about 130 CPU seconds).
# With --find it never builds: exits with 77 and says that it has to be built.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
"$here/../../go-wrapped.sh" "$@" prometheus-adapter sigs.k8s.io/prometheus-adapter v0.12.0 cmd/adapter

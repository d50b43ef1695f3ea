#!/usr/bin/env bash
# Prints the path of KEDA's server of metrics, which it builds the first time (about 170 CPU seconds).
# With --find it never builds: exits with 77 and says that it has to be built.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
"$here/../../go-wrapped.sh" "$@" keda-adapter github.com/kedacore/keda/v2 v2.21.0 cmd/adapter

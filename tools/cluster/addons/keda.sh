#!/usr/bin/env bash
# Prints the path of KEDA's operator, which it builds the first time (about 400 CPU seconds).
# With --find it never builds: exits with 77 and says that it has to be built.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
"$here/../../go-wrapped.sh" "$@" keda github.com/kedacore/keda/v2 v2.21.0 cmd/operator

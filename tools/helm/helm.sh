#!/usr/bin/env bash
# Prints the path of helm, which it builds from its Go module the first time (about 3 CPU minutes).
# With --find it never builds: exits with 77 and says what does.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
"$here/../go-program.sh" "$here" helm.sh/helm/v4 cmd/helm "$@"

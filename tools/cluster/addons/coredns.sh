#!/usr/bin/env bash
# Prints the path of CoreDNS, which it builds the first time (about 150 CPU seconds).
# With --find it never builds: exits with 77 and says that it has to be built.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
"$here/../../go-wrapped.sh" "$@" coredns github.com/coredns/coredns v1.15.0 .

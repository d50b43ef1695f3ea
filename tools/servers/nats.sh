#!/usr/bin/env bash
# Prints the path of nats-server, which it builds from its Go module the first time (about 25 CPU seconds).
# With --find it never builds: exits with 77 and says what does.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
"$here/../go-program.sh" "$here" github.com/nats-io/nats-server/v2 "$@"

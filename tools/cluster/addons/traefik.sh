#!/usr/bin/env bash
# Prints the path of Traefik, which it builds the first time (about 440 CPU seconds). From 3.7 on it needs modules that are
# not to be had.
# With --find it never builds: exits with 77 and says that it has to be built.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
"$here/../../go-wrapped.sh" "$@" traefik github.com/traefik/traefik/v3 v3.6.12 cmd/traefik

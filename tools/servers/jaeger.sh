#!/usr/bin/env bash
# Prints the path of Jaeger, an OpenTelemetry collector that keeps traces; it is built from its Go module the first
# time (about 280 CPU seconds). With --find it never builds: exits with 77 and says that it has to be built.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
"$here/../go-wrapped.sh" "$@" jaeger github.com/jaegertracing/jaeger v1.76.0 cmd/jaeger

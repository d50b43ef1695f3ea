#!/usr/bin/env bash
# Prints the path of Prometheus, which it builds the first time (about 180 CPU seconds): discovery in Kubernetes only,
# and without its pages, whose files are not in the module.
# With --find it never builds: exits with 77 and says that it has to be built.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
"$here/../../go-wrapped.sh" "$@" prometheus github.com/prometheus/prometheus v0.315.0 cmd/prometheus \
  -ldflags='-X github.com/prometheus/common/version.Version=3.15.0' -tags remove_all_sd,enable_kubernetes_sd,netgo

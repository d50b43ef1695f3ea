#!/usr/bin/env bash
# Brings every server that tests start; prints what each script prints.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
for server in nats redis postgres kafka jaeger; do "$here/$server.sh"; done

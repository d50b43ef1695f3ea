#!/usr/bin/env bash
# `npx cdk8s synth` gives the committed dist/, byte for byte.
set -euo pipefail
cd "$(dirname "$0")/../.."
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
npx cdk8s synth --output "$out/dist"
diff -r dist "$out/dist"

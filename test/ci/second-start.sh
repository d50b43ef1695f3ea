#!/usr/bin/env bash
# A second `npm start` installs nothing, leaves dist/ as committed and redoes no photo.
set -euo pipefail
cd "$(dirname "$0")/../.."
installed() { stat -c '%Y %n' node_modules node_modules/.package-lock.json; }
before=$(installed)
output=$(npm start)
echo "$output"
grep -Eq 'done +0, [0-9]+ already done before' <<<"$output" || { echo "the second start did not find everything done"; exit 1; }
[[ $(installed) == "$before" ]] || { echo "the second start installed again"; exit 1; }
git diff --exit-code --stat -- dist images.lock.json

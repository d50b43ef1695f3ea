#!/usr/bin/env bash
# A second `npm start` installs nothing, leaves dist/ as it is and redoes no photo.
set -euo pipefail
cd "$(dirname "$0")/../.."
before=$(find node_modules/.package-lock.json dist -type f -exec sha256sum {} + ; stat -c %Y node_modules/.package-lock.json)
npm start | tee /dev/stderr | grep -q 'already done'
after=$(find node_modules/.package-lock.json dist -type f -exec sha256sum {} + ; stat -c %Y node_modules/.package-lock.json)
[[ $before == "$after" ]] || { echo "the second start changed dist/ or node_modules/"; exit 1; }
git diff --exit-code --stat -- dist images.lock.json

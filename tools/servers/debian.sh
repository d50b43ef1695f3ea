#!/usr/bin/env bash
# debian.sh PACKAGE [--find]: installs a Debian package without starting the service that it brings.
# Where it may not (--find, no root, no Debian) it exits with 77 and says what is missing.
set -euo pipefail
package=$1
missing() { echo "no $package: $1"; exit 77; }
[[ ${2:-} != --find ]] || missing "install it, or run tools/servers/all.sh as root"
command -v apt-get >/dev/null || missing "install it with this system's package manager"
[[ $(id -u) == 0 ]] || missing "installing it needs root"
# A run level of 1 keeps Debian from starting the service.
export DEBIAN_FRONTEND=noninteractive RUNLEVEL=1
{ apt-get update -qq && apt-get install -y -qq --no-install-recommends "$package"; } >&2

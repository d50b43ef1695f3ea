#!/usr/bin/env bash
# The image that is in every pod.
source "$(dirname "$0")/rootfs.sh"
program=$(dirname "$("$here/../images/build.sh")")/pause
inputs "$program"
install -D --mode=755 "$program" "$root/pause"

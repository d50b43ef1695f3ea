#!/usr/bin/env bash
# The image of a static shell, of Debian's busybox-static.
source "$(dirname "$0")/rootfs.sh"
inputs busybox-static
shell

#!/usr/bin/env bash
# The image of CoreDNS, as built from its Go module.
source "$(dirname "$0")/rootfs.sh"
program=$("$here/../addons/coredns.sh")
inputs "$program"
install -D --mode=755 "$program" "$root/coredns"

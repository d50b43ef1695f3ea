#!/usr/bin/env bash
# The image of nats-server, as built from its Go module.
source "$(dirname "$0")/rootfs.sh"
program=$("$here/../../servers/nats.sh")
inputs "$program"
install -D --mode=755 "$program" "$root/nats-server"

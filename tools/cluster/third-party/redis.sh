#!/usr/bin/env bash
# The image of Redis and Sentinel, of Debian's packages.
source "$(dirname "$0")/rootfs.sh"
"$here/../../servers/redis.sh" >/dev/null
inputs redis-server redis-tools busybox-static
shell
put /usr/bin/redis-server /usr/bin/redis-cli
ln -s redis-server "$root/usr/bin/redis-sentinel"

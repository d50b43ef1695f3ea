#!/usr/bin/env bash
# The image of Kafka: its jars, which Maven fetches, with Debian's Java and shell.
source "$(dirname "$0")/rootfs.sh"
jars=$("$here/../../servers/kafka.sh")
java=$(readlink -f "$(command -v java)")
inputs "$jars" "$(dpkg-query --search "$java" | cut -d: -f1)" busybox-static
shell
# Modules to link other runtimes of, and texts, are of no use in it.
find -L "${java%/bin/java}" -type f -not -path '*/jmods/*' -not -path '*/man/*' -not -path '*/docs/*' |
  while read -r file; do put "$file"; done
mkdir -p "$root/usr/bin" "$root/opt/kafka/libs"
ln -s "$java" "$root/usr/bin/java"
cp "$jars"/*.jar "$root/opt/kafka/libs/"

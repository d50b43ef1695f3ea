#!/usr/bin/env bash
# Prints the folder of Apache Kafka's jars, which Maven fetches the first time (43 MB); java -cp 'FOLDER/*' runs them.
# With --find it never fetches: exits with 77 and says what does.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
version=$(sed -n 's|.*<kafka.version>\(.*\)</kafka.version>.*|\1|p' "$here/kafka-pom.xml")
folder=${XDG_CACHE_HOME:-$HOME/.cache}/capstan/servers/kafka-$version-$(cksum <"$here/kafka-pom.xml" | cut -d' ' -f1)

command -v java >/dev/null || { echo "no Kafka $version: it needs Java 17 or newer"; exit 77; }
if [[ ! -d $folder ]]; then
  [[ ${1:-} != --find ]] || { echo "no Kafka $version: tools/servers/kafka.sh fetches it"; exit 77; }
  command -v mvn >/dev/null || { echo "no Kafka $version: fetching it needs Maven"; exit 77; }
  part=$folder.$$.part
  trap 'rm -rf "$part"' EXIT
  mvn -B -q -f "$here/kafka-pom.xml" org.apache.maven.plugins:maven-dependency-plugin:3.7.0:copy-dependencies \
    -DincludeScope=runtime -DoutputDirectory="$part" >&2
  mv "$part" "$folder"
fi
echo "$folder"

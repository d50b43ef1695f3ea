#!/usr/bin/env bash
# The image of PostgreSQL, of Debian's packages, without its just-in-time compiler.
source "$(dirname "$0")/rootfs.sh"
programs=$("$here/../../servers/postgres.sh")
version=$(basename "$(dirname "$programs")")
inputs "postgresql-$version" "postgresql-client-$version" busybox-static tzdata
shell
put "$programs"/{initdb,postgres,pg_ctl,pg_isready,psql,pg_controldata}
for file in "/usr/lib/postgresql/$version/lib"/*.so; do
  [[ $file == *llvmjit* ]] || put "$file"
done
mkdir -p "$root/usr/share/postgresql" "$root/usr/lib/locale" "$root/usr/share/zoneinfo" "$root/usr/bin"
cp -rL "/usr/share/postgresql/$version" "$root/usr/share/postgresql/"
rm -rf "$root/usr/share/postgresql/$version/man"
cp -rL /usr/lib/locale/C.utf8 "$root/usr/lib/locale/"
cp -rL /usr/share/zoneinfo/{UTC,Etc} "$root/usr/share/zoneinfo/"
# The official image has them in PATH.
for program in "$root$programs"/*; do ln -s "${program#"$root"}" "$root/usr/bin/"; done

# Sourced by the scripts beside it: fills a folder with the files of an image. Each script takes the folder, and has
# --inputs to print what the image is made of, so that it is made anew when that changes.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$1

# inputs NAME...: with --inputs, prints the versions of Debian packages, or the paths of programs that are built.
inputs() {
  [[ $root == --inputs ]] || return 0
  local name
  for name; do
    if [[ $name == /* ]]; then echo "$name"; else dpkg-query --show --showformat='${Package} ${Version}\n' "$name"; fi
  done
  exit 0
}

# put FILE... : copies files to where they are on this machine, and every library that they load.
put() {
  local file library
  for file; do
    install -D --mode="$(stat -Lc %a "$file")" "$file" "$root$file"
    for library in $(ldd "$file" 2>/dev/null | grep -o '/[^ )]*' || true); do
      [[ -e $root$library ]] || install -D --mode=755 "$library" "$root$library"
    done
  done
}

# shell: a static shell and its commands, from Debian's busybox-static.
shell() {
  local name
  install -D --mode=755 /bin/busybox "$root/bin/busybox"
  for name in $(/bin/busybox --list | grep -vx busybox); do ln -s busybox "$root/bin/$name"; done
}

install -d --mode=1777 "$root/tmp" 2>/dev/null || true

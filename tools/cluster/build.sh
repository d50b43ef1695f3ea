#!/usr/bin/env bash
# Builds programs of Kubernetes from Go modules, unless they are there, and prints their folder, which is
# ~/.cache/capstan/kubernetes/VERSION. Needs Go only.
#
#   tools/cluster/build.sh [newest]   the newest release that we support, whole: etcd, kube-apiserver,
#                                     kube-controller-manager, kube-scheduler, kube-proxy, kubelet and kubectl:
#                                     cold about 11 CPU minutes and 4 GB of build cache
#   tools/cluster/build.sh oldest     the kube-apiserver of the oldest one: 5 CPU minutes
#
# With --find after that it never builds: it exits with 77 and says what does.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
which=${1:-newest}
case $which in
  newest)
    folder=$here package=. program=kubernetes
    roles='etcd kube-apiserver kubectl kube-controller-manager kube-scheduler kube-proxy kubelet'
    ;;
  oldest) folder=$here/apiserver-1.32 package=k8s.io/kubernetes/cmd/kube-apiserver program=kube-apiserver roles= ;;
  *) echo "build.sh [newest|oldest] [--find]" >&2; exit 2 ;;
esac
version=$(sed -n 's|.*k8s\.io/kubernetes \(v[^ ]*\).*|\1|p' "$folder/go.mod")
minor=${version#v1.}
minor=${minor%%.*}
out=${XDG_CACHE_HOME:-$HOME/.cache}/capstan/kubernetes/$version

# A program that was built with fewer roles lacks the link of the last one.
if [[ ! -x $out/$program || ! -x $out/${roles##* } ]]; then
  [[ ${2:-} != --find ]] || { echo "no Kubernetes $version: tools/cluster/build.sh $which builds it"; exit 77; }
  # Without these the programs report v0.0.0 and refuse each other's version.
  flags="-s -w"
  for named in k8s.io/component-base/version k8s.io/client-go/pkg/version; do
    flags+=" -X $named.gitVersion=$version -X $named.gitMajor=1 -X $named.gitMinor=$minor -X $named.gitTreeState=clean"
  done
  mkdir -p "$out"
  part=$out/$program.$$.part
  trap 'rm -f "$part"' EXIT
  (cd "$folder" && CGO_ENABLED=0 GOWORK=off GOFLAGS=-buildvcs=false \
    go build -mod=readonly -trimpath -ldflags "$flags" -o "$part" "$package") >&2
  mv "$part" "$out/$program"
  for role in $roles; do ln -sfn "$program" "$out/$role"; done
fi
echo "$out"

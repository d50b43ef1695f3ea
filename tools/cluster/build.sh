#!/usr/bin/env bash
# Builds etcd, kube-apiserver and kubectl of one Kubernetes release from Go modules into
# ${CAPSTAN_KUBE_BIN:-~/.cache/capstan/kubernetes/VERSION} and prints that folder. Does nothing when they are
# there. Needs Go only; cold about 10 CPU minutes and 3 GB of build cache.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
version=v1.37.1
minor=${version#v1.}
minor=${minor%%.*}
out=${CAPSTAN_KUBE_BIN:-${XDG_CACHE_HOME:-$HOME/.cache}/capstan/kubernetes/$version}

if [[ ! -x $out/kube-apiserver || ! -x $out/etcd || ! -x $out/kubectl ]]; then
  # Without these the programs report v0.0.0 and refuse each other's version.
  flags="-s -w"
  for package in k8s.io/component-base/version k8s.io/client-go/pkg/version; do
    flags+=" -X $package.gitVersion=$version -X $package.gitMajor=1 -X $package.gitMinor=$minor -X $package.gitTreeState=clean"
  done
  mkdir -p "$out"
  (cd "$here" && CGO_ENABLED=0 GOWORK=off GOFLAGS=-buildvcs=false \
    go build -mod=readonly -trimpath -ldflags "$flags" -o "$out/kubernetes.part" .) >&2
  mv "$out/kubernetes.part" "$out/kubernetes"
  for role in etcd kube-apiserver kubectl; do ln -sfn kubernetes "$out/$role"; done
fi
echo "$out"

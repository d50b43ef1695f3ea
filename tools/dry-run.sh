#!/usr/bin/env bash
# Asks a real kube-apiserver whether it would take the manifests: server-side apply, strict validation, dry run,
# in namespaces that warn of pods below Pod Security restricted. A warning counts as a refusal.
#
#   tools/dry-run.sh [FOLDER]      default dist
#
# Needs etcd, kube-apiserver and kubectl in $CAPSTAN_KUBE_BIN or where tools/cluster/build.sh puts them. Exits with
# 77 and says so when they are not there. Everything it starts listens on loopback and is stopped at the end.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
manifests=${1:-$root/dist}
planted=$root/tools/manifests/planted
cache=${XDG_CACHE_HOME:-$HOME/.cache}

programs=${CAPSTAN_KUBE_BIN:-$cache/capstan/kubernetes/v1.37.1}
if [[ ! -x $programs/etcd || ! -x $programs/kube-apiserver || ! -x $programs/kubectl ]]; then
  echo "the dry run did not run: no etcd, kube-apiserver and kubectl; tools/cluster/build.sh builds them"
  exit 77
fi

state=$(mktemp -d)
pids=()
stop() {
  # Nothing is worth keeping, and an API server without its etcd takes a minute to end by itself.
  if ((${#pids[@]})); then
    kill -KILL "${pids[@]}" 2>/dev/null || true
    wait "${pids[@]}" 2>/dev/null || true
  fi
  rm -rf "$state"
}
trap stop EXIT

# node: three free ports, a token, and the key that the API server signs service account tokens with.
read -r etcd_port peer_port api_port token < <(node -e '
  const { createServer } = require("node:net");
  const { generateKeyPairSync, randomBytes } = require("node:crypto");
  const { writeFileSync } = require("node:fs");
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  writeFileSync(process.argv[1], privateKey.export({ type: "pkcs1", format: "pem" }), { mode: 0o600 });
  const servers = [0, 0, 0].map((port) => createServer().listen(port, "127.0.0.1"));
  Promise.all(servers.map((server) => new Promise((done) => server.on("listening", done)))).then(() => {
    const ports = servers.map((server) => server.address().port);
    for (const server of servers) server.close();
    console.log(...ports, randomBytes(16).toString("hex"));
  });' "$state/sa.key")
echo "$token,admin,admin,system:masters" >"$state/tokens.csv"
chmod 600 "$state/tokens.csv"

"$programs/etcd" --name dry-run --data-dir "$state/etcd" --unsafe-no-fsync \
  --listen-client-urls "http://127.0.0.1:$etcd_port" --advertise-client-urls "http://127.0.0.1:$etcd_port" \
  --listen-peer-urls "http://127.0.0.1:$peer_port" --initial-advertise-peer-urls "http://127.0.0.1:$peer_port" \
  --initial-cluster "dry-run=http://127.0.0.1:$peer_port" >"$state/etcd.log" 2>&1 &
pids+=($!)
"$programs/kube-apiserver" --etcd-servers="http://127.0.0.1:$etcd_port" \
  --bind-address=127.0.0.1 --secure-port="$api_port" --cert-dir="$state/certificates" \
  --token-auth-file="$state/tokens.csv" --authorization-mode=RBAC --endpoint-reconciler-type=none \
  --service-account-key-file="$state/sa.key" --service-account-signing-key-file="$state/sa.key" \
  --service-account-issuer=https://kubernetes.default.svc --service-cluster-ip-range=10.96.0.0/16 \
  --disable-admission-plugins=ServiceAccount --profiling=false >"$state/apiserver.log" 2>&1 &
pids+=($!)

kubectl() {
  HOME=$state "$programs/kubectl" --server="https://127.0.0.1:$api_port" --token="$token" \
    --certificate-authority="$state/certificates/apiserver.crt" "$@"
}
for ((tries = 0; ; tries++)); do
  kubectl get --raw /readyz >/dev/null 2>&1 && break
  if ((tries >= 240)) || ! kill -0 "${pids[@]}" 2>/dev/null; then
    echo "the API server did not come up:"; tail -5 "$state/etcd.log" "$state/apiserver.log"; exit 1
  fi
  sleep 0.25
done
# The cluster's own namespaces appear a moment later.
for ((tries = 0; tries < 60; tries++)); do kubectl get namespace default >/dev/null 2>&1 && break; sleep 0.25; done

# would_take PATH: whether the API server would take manifests, without a warning.
would_take() {
  kubectl apply --server-side --dry-run=server --validate=strict --recursive -f "$1" >"$state/answer" 2>&1 &&
    ! grep -q '^Warning' "$state/answer"
}

for namespace in default $(grep -rhoP '^  namespace: \K\S+' "$manifests" | sort -u); do
  [[ $namespace == default ]] || kubectl create namespace "$namespace" >/dev/null
  kubectl label namespace "$namespace" pod-security.kubernetes.io/warn=restricted >/dev/null
done
for violation in "$planted"/*.yaml; do
  if would_take "$violation"; then echo "the API server takes what is planted in ${violation##*/}"; exit 1; fi
done
would_take "$manifests" || { cat "$state/answer"; exit 1; }
echo "Kubernetes $(kubectl version -o json | grep -oP '"gitVersion": "\K[^"]+' | tail -1) would take $(wc -l <"$state/answer") objects"

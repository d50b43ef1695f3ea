import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { configOf, REAL_NODE } from './certificates';
import { accessTo } from './control-plane';
import { kubectl } from './kubectl';
import { NETWORK, setSetting } from './machine';
import { isRunning, serves, start } from './processes';
import { PAUSE_IMAGE } from './registry';
import { runToEnd } from './run';
import { type Cluster, DNS_ADDRESS, port } from './state';

/** The addresses of the pods of the real node. */
export const POD_ADDRESSES = '10.85.0.0/16';
/** Where Debian has CNI's plugins. */
const PLUGINS = '/usr/lib/cni';

/** Which Debian package brings each program that a real node needs. */
export const NODE_PROGRAMS = {
  containerd: 'containerd',
  runc: 'runc',
  [join(PLUGINS, 'ptp')]: 'containernetworking-plugins',
  iptables: 'iptables',
  nft: 'nftables',
  conntrack: 'conntrack',
  ip: 'iproute2',
};

/** Starts containerd, which gets every image from the cluster's registry. */
export async function startContainerd(cluster: Cluster): Promise<void> {
  const { folder } = cluster;
  for (const part of ['cni', 'containerd', 'run', 'registry/_default']) {
    mkdirSync(join(folder, part), { recursive: true });
  }
  writeFileSync(join(folder, 'cni', '10-capstan.conflist'), JSON.stringify(network(folder)));
  const registry = `http://127.0.0.1:${port(cluster, 'registry')}`;
  const hosts = `server = "${registry}"\n[host."${registry}"]\n  capabilities = ["pull", "resolve"]\n`;
  writeFileSync(join(folder, 'registry', '_default', 'hosts.toml'), hosts);
  writeFileSync(join(folder, 'config', 'containerd.toml'), containerdConfig(folder));
  start(cluster, { name: 'containerd', program: 'containerd', args: ['--config', 'config/containerd.toml'] });
  const version = ['--address', socket(cluster), 'version'];
  await serves(
    cluster,
    'containerd',
    async () => (await runToEnd({ program: 'ctr', args: version })).code === 0,
  );
}

/** Starts kubelet and kube-proxy, and waits until the node is ready. */
export async function startRealNode(cluster: Cluster): Promise<void> {
  const { folder, programs } = cluster;
  for (const path of [join(folder, 'kubelet'), '/var/log/pods']) mkdirSync(path, { recursive: true });
  setSetting('net/ipv4/ip_forward', '1');
  writeFileSync(join(folder, 'config', 'kubelet.yaml'), JSON.stringify(kubeletConfig(cluster)));
  startKubelet(cluster);
  start(cluster, {
    name: 'kube-proxy',
    program: join(programs, 'kube-proxy'),
    args: [
      ...[
        `--kubeconfig=${configOf(cluster, 'proxy')}`,
        '--proxy-mode=nftables',
        `--cluster-cidr=${POD_ADDRESSES}`,
      ],
      ...[`--hostname-override=${REAL_NODE}`, '--conntrack-max-per-core=0'],
      `--healthz-bind-address=127.0.0.1:${port(cluster, 'proxyHealth')}`,
      `--metrics-bind-address=127.0.0.1:${port(cluster, 'proxyMetrics')}`,
    ],
  });
  const ready = ['wait', '--for=condition=Ready', `node/${REAL_NODE}`, '--timeout=2s'];
  await serves(cluster, 'kubelet', async () => (await kubectl(accessTo(cluster), ready)) !== '', 90);
  await serves(cluster, 'kube-proxy', async () => isRunning(cluster, 'kube-proxy'));
}

/** Starts kubelet with the settings that are there, also again after it has ended: its pods go on. */
export function startKubelet(cluster: Cluster): void {
  const { folder, programs, address } = cluster;
  start(cluster, {
    name: 'kubelet',
    program: join(programs, 'kubelet'),
    args: [
      ...[`--config=${join(folder, 'config', 'kubelet.yaml')}`, `--kubeconfig=${configOf(cluster, 'node')}`],
      ...[
        `--hostname-override=${REAL_NODE}`,
        `--node-ip=${address}`,
        `--root-dir=${join(folder, 'kubelet')}`,
      ],
      ...[`--cert-dir=${join(folder, 'pki', 'kubelet')}`, '--node-labels=type=real'],
    ],
  });
}

/** The address that containerd listens on. */
export function socket({ folder }: { readonly folder: string }): string {
  return join(folder, 'run', 'containerd.sock');
}

/** Point to point instead of a bridge: traffic of a pod to itself through a Service then needs no filter of bridges. */
function network(folder: string): object {
  const ranges = [[{ subnet: POD_ADDRESSES }]];
  const ipam = {
    type: 'host-local',
    dataDir: join(folder, 'cni-ipam'),
    ranges,
    routes: [{ dst: '0.0.0.0/0' }],
  };
  const plugins = [
    { type: 'ptp', ipMasq: false, ipam },
    { type: 'portmap', capabilities: { portMappings: true } },
  ];
  return { cniVersion: '0.4.0', name: NETWORK, plugins };
}

function containerdConfig(folder: string): string {
  const cri = 'plugins."io.containerd.grpc.v1.cri"';
  const snapshotters = ['btrfs', 'zfs', 'devmapper', 'aufs'].map(
    (it) => `"io.containerd.snapshotter.v1.${it}"`,
  );
  return `version = 2
root = "${folder}/containerd/root"
state = "${folder}/containerd/state"
disabled_plugins = [${snapshotters.join(', ')}]
[grpc]
  address = "${socket({ folder })}"
[${cri}]
  sandbox_image = "${PAUSE_IMAGE}"
  restrict_oom_score_adj = true
  netns_mounts_under_state_dir = true
[${cri}.cni]
  bin_dir = "${PLUGINS}"
  conf_dir = "${folder}/cni"
[${cri}.registry]
  config_path = "${folder}/registry"
[${cri}.containerd]
  snapshotter = "overlayfs"
  default_runtime_name = "runc"
[${cri}.containerd.runtimes.runc]
  runtime_type = "io.containerd.runc.v2"
[${cri}.containerd.runtimes.runc.options]
  Root = "${folder}/runc"
  SystemdCgroup = false
`;
}

function kubeletConfig(cluster: Cluster): object {
  const { folder, address } = cluster;
  return {
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    address,
    port: port(cluster, 'kubelet'),
    healthzPort: port(cluster, 'kubeletHealth'),
    containerRuntimeEndpoint: `unix://${socket(cluster)}`,
    clusterDNS: [DNS_ADDRESS],
    clusterDomain: 'cluster.local',
    cgroupDriver: 'cgroupfs',
    cgroupRoot: '/',
    cgroupsPerQOS: true,
    // Since 1.35 it refuses the first version of cgroups otherwise.
    failCgroupV1: false,
    failSwapOn: false,
    enforceNodeAllocatable: ['pods'],
    authentication: {
      anonymous: { enabled: false },
      webhook: { enabled: true },
      x509: { clientCAFile: join(folder, 'pki', 'ca.crt') },
    },
    authorization: { mode: 'Webhook' },
    imageGCHighThresholdPercent: 100,
    imageGCLowThresholdPercent: 99,
    evictionHard: {
      ...{ 'memory.available': '100Mi', 'nodefs.available': '1%' },
      ...{ 'imagefs.available': '1%', 'nodefs.inodesFree': '1%' },
    },
    // Chains of iptables that it would leave behind.
    makeIPTablesUtilChains: false,
    resolvConf: '/etc/resolv.conf',
    shutdownGracePeriod: '0s',
    volumePluginDir: join(folder, 'volumeplugins'),
  };
}

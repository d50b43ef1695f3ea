import { readFileSync } from 'node:fs';
import { get } from 'node:https';
import { join } from 'node:path';
import { isAnswered } from './answers';
import { configOf } from './certificates';
import { type Access, kubectl } from './kubectl';
import { serves, start } from './processes';
import { adminConfig, type Cluster, logOf, port } from './state';
import { until } from './step';

const SERVICES = '10.96.0.0/16';

/** How the administrator reaches a cluster. */
export function accessTo(cluster: Cluster): Access {
  return { kubeconfig: adminConfig(cluster), programs: cluster.programs };
}

/** Starts etcd and the API server, and waits until it is ready. */
export async function startApiServer(cluster: Cluster): Promise<void> {
  const [client, peer] = [port(cluster, 'etcd'), port(cluster, 'etcdPeer')].map(
    (it) => `http://127.0.0.1:${it}`,
  );
  const etcd = [
    ...['--name', 'only', '--data-dir', 'etcd', '--unsafe-no-fsync', '--initial-cluster', `only=${peer}`],
    ...['--listen-client-urls', `${client}`, '--advertise-client-urls', `${client}`],
    ...['--listen-peer-urls', `${peer}`, '--initial-advertise-peer-urls', `${peer}`],
  ];
  start(cluster, { name: 'etcd', program: join(cluster.programs, 'etcd'), args: etcd });
  const program = join(cluster.programs, 'kube-apiserver');
  start(cluster, { name: 'kube-apiserver', program, args: apiServerArguments(cluster) });
  await serves(cluster, 'kube-apiserver', () => isServing(cluster, 'apiServer', '/readyz', cluster.address));
}

function apiServerArguments(cluster: Cluster): string[] {
  const { address, hasRealNode } = cluster;
  // With loopback as address the Service `kubernetes` could have no endpoint; nothing on simulated nodes needs one.
  const endpoint = hasRealNode ? `--advertise-address=${address}` : '--endpoint-reconciler-type=none';
  return [
    `--etcd-servers=http://127.0.0.1:${port(cluster, 'etcd')}`,
    `--secure-port=${port(cluster, 'apiServer')}`,
    `--bind-address=${address}`,
    endpoint,
    ...['--tls-cert-file=pki/api.crt', '--tls-private-key-file=pki/api.key', '--client-ca-file=pki/ca.crt'],
    ...['--token-auth-file=pki/tokens.csv', '--authorization-mode=Node,RBAC'],
    '--enable-admission-plugins=NodeRestriction',
    '--service-account-key-file=pki/service-accounts.pub',
    '--service-account-signing-key-file=pki/service-accounts.key',
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-cluster-ip-range=${SERVICES}`,
    '--allow-privileged=true',
    ...['--kubelet-client-certificate=pki/kubelet-client.crt', '--kubelet-client-key=pki/kubelet-client.key'],
    '--kubelet-preferred-address-types=InternalIP',
    ...['--requestheader-client-ca-file=pki/front-ca.crt', '--requestheader-allowed-names=front'],
    ...['--requestheader-username-headers=X-Remote-User', '--requestheader-group-headers=X-Remote-Group'],
    '--requestheader-extra-headers-prefix=X-Remote-Extra-',
    ...['--proxy-client-cert-file=pki/front.crt', '--proxy-client-key-file=pki/front.key'],
    // Servers of metrics run beside the cluster, where kube-proxy does not lead.
    '--enable-aggregator-routing',
    '--profiling=false',
  ];
}

/** Starts controllers and scheduler, and waits until they work. */
export async function startControllers(cluster: Cluster): Promise<void> {
  const manager = configOf(cluster, 'controller-manager');
  start(cluster, {
    name: 'kube-controller-manager',
    program: join(cluster.programs, 'kube-controller-manager'),
    args: [
      ...common(manager, port(cluster, 'controllerManager')),
      ...['--use-service-account-credentials', '--service-account-private-key-file=pki/service-accounts.key'],
      ...['--root-ca-file=pki/ca.crt', '--cluster-signing-cert-file=pki/ca.crt'],
      '--cluster-signing-key-file=pki/ca.key',
      // At the usual 20 requests a second it takes 6 s to start, and waits 11 s between looks at volumes.
      ...['--kube-api-qps=500', '--kube-api-burst=1000', '--pvclaimbinder-sync-period=2s'],
      `--horizontal-pod-autoscaler-sync-period=${cluster.autoscalerSeconds}s`,
      // Pods of a simulated node that was late once, on a busy machine, would never be ready again.
      ...(cluster.hasRealNode ? [] : ['--node-monitor-grace-period=10m']),
    ],
  });
  start(cluster, {
    name: 'kube-scheduler',
    program: join(cluster.programs, 'kube-scheduler'),
    args: common(configOf(cluster, 'scheduler'), port(cluster, 'scheduler')),
  });
  for (const [name, role] of [
    ['kube-controller-manager', 'controllerManager'],
    ['kube-scheduler', 'scheduler'],
  ] as const) {
    await serves(cluster, name, () => isServing(cluster, role, '/healthz', '127.0.0.1'));
  }
  const account = ['--namespace', 'default', 'get', 'serviceaccount', 'default'];
  const log = logOf(cluster, 'kube-controller-manager');
  const wait = { otherwise: 'the controllers made no ServiceAccount', seconds: 60, log };
  await until(async () => (await kubectl(accessTo(cluster), account)) !== '', wait);
}

function common(config: string, securePort: number): string[] {
  return [
    ...[
      `--kubeconfig=${config}`,
      `--authentication-kubeconfig=${config}`,
      `--authorization-kubeconfig=${config}`,
    ],
    ...['--bind-address=127.0.0.1', `--secure-port=${securePort}`, '--leader-elect=false'],
  ];
}

function isServing(
  cluster: Cluster,
  role: 'apiServer' | 'controllerManager' | 'scheduler',
  path: string,
  host: string,
): Promise<boolean> {
  // Only the API server has a certificate of the cluster's authority; the others make one for themselves.
  const trust =
    role === 'apiServer'
      ? { ca: readFileSync(join(cluster.folder, 'pki', 'ca.crt')) }
      : { rejectUnauthorized: false };
  return isAnswered(get({ host, port: port(cluster, role), path, ...trust, timeout: 5000 }));
}

import { join } from 'node:path';
import { answers } from '../answers';
import { certificate } from '../certificates';
import { accessTo } from '../control-plane';
import { applyObjects, kubectl } from '../kubectl';
import { serves, start } from '../processes';
import { built } from '../programs';
import { succeed } from '../run';
import { adminConfig, type Cluster, port } from '../state';
import type { Addon } from './addon';
import { aggregatedApi, hostService, metricsReader } from './host-service';

const MODULE = 'github.com/kedacore/keda/v2@v2.21.0';
const NAMESPACE = 'keda';
const CERTIFICATES = 'pki/keda';

/**
 * KEDA, which takes external.metrics.k8s.io from any other server, since a cluster has one. It knows the names of
 * Services, as if it were in a pod.
 */
export const keda: Addon = {
  purpose: 'scales from zero by ScaledObjects',
  needsRealNode: true,
  needs: ['coredns'],
  async prepare() {
    await built('cluster/addons/keda.sh');
    await built('cluster/addons/keda-adapter.sh');
  },
  async start(cluster) {
    const access = accessTo(cluster);
    await kubectl(access, ['apply', '--server-side', '-f', join(await sources(), 'config', 'crd', 'bases')]);
    const targetPort = port(cluster, 'kedaAdapter');
    const { address } = cluster;
    const service = { name: 'keda-adapter', namespace: NAMESPACE, port: 443, address, targetPort };
    await applyObjects(access, [...hostService(service), ...metricsReader()]);
    await makeCertificates(cluster);
    await startOperator(cluster);
    await startAdapter(cluster);
    await applyObjects(access, [aggregatedApi('external.metrics.k8s.io', 'v1beta1', service)]);
    const available = ['get', '--raw', '/apis/external.metrics.k8s.io/v1beta1'];
    await serves(cluster, 'keda-adapter', async () => (await kubectl(access, available)) !== '');
  },
};

async function sources(): Promise<string> {
  const args = ['mod', 'download', '-json', MODULE];
  const told = await succeed({ program: 'go', args, cwd: '/', env: { GOWORK: 'off', GOFLAGS: '' } });
  return (JSON.parse(told) as { Dir: string }).Dir;
}

async function makeCertificates(cluster: Cluster): Promise<void> {
  const names = ['keda-operator.keda.svc', 'keda-adapter.keda.svc', 'localhost'];
  await certificate(cluster, 'ca', 'keda', '/CN=keda-operator.keda.svc', names, [
    '127.0.0.1',
    cluster.address,
  ]);
  const script = `mkdir -p ${CERTIFICATES} && cp pki/ca.crt ${CERTIFICATES}/ca.crt &&
    cp pki/keda.crt ${CERTIFICATES}/tls.crt && cp pki/keda.key ${CERTIFICATES}/tls.key`;
  await succeed({ program: '/bin/sh', args: ['-c', script], cwd: cluster.folder });
}

const env = {
  POD_NAMESPACE: NAMESPACE,
  KEDA_CLUSTER_OBJECT_NAMESPACE: NAMESPACE,
  WATCH_NAMESPACE: '',
  KEDA_HTTP_DEFAULT_TIMEOUT: '3000',
};

async function startOperator(cluster: Cluster): Promise<void> {
  const health = port(cluster, 'kedaHealth');
  const args = [
    ...['--leader-elect=false', '--enable-cert-rotation=false', '--enable-webhook-patching=false'],
    ...['--enable-apiservice-patching=false', `--cert-dir=${CERTIFICATES}`, '--zap-log-level=info'],
    `--metrics-bind-address=127.0.0.1:${port(cluster, 'kedaMetrics')}`,
    `--health-probe-bind-address=127.0.0.1:${health}`,
    `--metrics-service-bind-address=127.0.0.1:${port(cluster, 'kedaService')}`,
  ];
  const program = await built('cluster/addons/keda.sh');
  const withConfig = { ...env, KUBECONFIG: adminConfig(cluster) };
  start(cluster, { name: 'keda', program, args, env: withConfig, knowsServices: true });
  await serves(cluster, 'keda', () => answers(`http://127.0.0.1:${health}/healthz`));
}

async function startAdapter(cluster: Cluster): Promise<void> {
  const kubeconfig = adminConfig(cluster);
  const args = [
    `--kubeconfig=${kubeconfig}`,
    ...['lister', 'authentication', 'authorization'].map((it) => `--${it}-kubeconfig=${kubeconfig}`),
    ...[`--bind-address=${cluster.address}`, `--secure-port=${port(cluster, 'kedaAdapter')}`],
    ...[`--port=${port(cluster, 'kedaAdapterMetrics')}`, `--cert-dir=${CERTIFICATES}`],
    ...[`--tls-cert-file=${CERTIFICATES}/tls.crt`, `--tls-private-key-file=${CERTIFICATES}/tls.key`],
    `--client-ca-file=${CERTIFICATES}/ca.crt`,
    `--metrics-service-address=127.0.0.1:${port(cluster, 'kedaService')}`,
    '--metrics-service-grpc-authority=localhost',
  ];
  start(cluster, { name: 'keda-adapter', program: await built('cluster/addons/keda-adapter.sh'), args, env });
}

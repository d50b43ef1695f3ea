import { join } from 'node:path';
import { accessTo } from '../control-plane';
import { applyObjects, kubectl } from '../kubectl';
import { serves, start } from '../processes';
import { built } from '../programs';
import { adminConfig, type Cluster, port } from '../state';
import type { Addon } from './addon';
import { aggregatedApi, hostService, metricsReader } from './host-service';
import { prometheusUrl } from './prometheus';

const SERVICE = { name: 'prometheus-adapter', namespace: 'monitoring', port: 443 };

/** Serves what Prometheus has as custom and external metrics, as docs/deploy.md has it. */
export const prometheusAdapter: Addon = {
  purpose: 'custom and external metrics for the autoscaler',
  needs: ['prometheus'],
  prepare: () => built('cluster/addons/prometheus-adapter.sh'),
  async start(cluster) {
    const access = accessTo(cluster);
    const kubeconfig = adminConfig(cluster);
    const targetPort = port(cluster, 'prometheusAdapter');
    const { address } = cluster;
    const args = [
      ...['lister', 'authentication', 'authorization'].map((it) => `--${it}-kubeconfig=${kubeconfig}`),
      ...[
        `--prometheus-url=${prometheusUrl(cluster)}/`,
        '--metrics-relist-interval=5s',
        '--metrics-max-age=60s',
      ],
      ...[`--config=${join(__dirname, 'prometheus-adapter.yaml')}`, `--secure-port=${targetPort}`],
      ...[`--bind-address=${address}`, '--cert-dir=pki/prometheus-adapter'],
    ];
    start(cluster, {
      name: 'prometheus-adapter',
      program: await built('cluster/addons/prometheus-adapter.sh'),
      args,
    });
    const service = { ...SERVICE, address, targetPort };
    const custom = aggregatedApi('custom.metrics.k8s.io', 'v1beta1', service);
    await applyObjects(access, [...hostService(service), custom, ...metricsReader()]);
    await serveExternalMetrics(cluster);
    const available = ['get', '--raw', '/apis/external.metrics.k8s.io/v1beta1'];
    await serves(cluster, 'prometheus-adapter', async () => (await kubectl(access, available)) !== '');
  },
};

/** Gives it external.metrics.k8s.io, also where KEDA has taken that over. */
export function serveExternalMetrics(cluster: Cluster): Promise<void> {
  return applyObjects(accessTo(cluster), [aggregatedApi('external.metrics.k8s.io', 'v1beta1', SERVICE)]);
}

import { join } from 'node:path';
import { accessTo } from '../control-plane';
import { applyObjects, kubectl } from '../kubectl';
import { serves, start } from '../processes';
import { built } from '../programs';
import { adminConfig, port } from '../state';
import type { Addon } from './addon';
import { aggregatedApi, hostService, metricsReader } from './host-service';
import { prometheusUrl } from './prometheus';

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
    const service = { name: 'prometheus-adapter', namespace: 'monitoring', port: 443, address, targetPort };
    const apis = (['custom', 'external'] as const).map((kind) =>
      aggregatedApi(`${kind}.metrics.k8s.io`, 'v1beta1', service),
    );
    await applyObjects(access, [...hostService(service), ...apis, ...metricsReader()]);
    const available = ['get', '--raw', '/apis/external.metrics.k8s.io/v1beta1'];
    await serves(cluster, 'prometheus-adapter', async () => (await kubectl(access, available)) !== '');
  },
};

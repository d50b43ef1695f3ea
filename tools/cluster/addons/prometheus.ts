import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { answers } from '../answers';
import { accessTo } from '../control-plane';
import { applyObjects } from '../kubectl';
import { serves, start } from '../processes';
import { built } from '../programs';
import { adminConfig, type Cluster, port } from '../state';
import type { Addon } from './addon';
import { hostService } from './host-service';

/** How often each pod is looked at. */
export const SCRAPE_SECONDS = 5;

/** Prometheus, which scrapes every container port called `metrics`. Pods find it at prometheus.monitoring.svc:9090. */
export const prometheus: Addon = {
  purpose: 'scrapes every container port called metrics',
  prepare: () => built('cluster/addons/prometheus.sh'),
  async start(cluster) {
    const config = join(cluster.folder, 'config', 'prometheus.json');
    // JSON is YAML.
    writeFileSync(config, JSON.stringify(settings(cluster)));
    const addresses = [...new Set(['127.0.0.1', cluster.address])];
    const args = [
      ...[`--config.file=${config}`, '--storage.tsdb.path=prometheus', '--log.level=warn'],
      ...addresses.map((address) => `--web.listen-address=${address}:${port(cluster, 'prometheus')}`),
    ];
    start(cluster, { name: 'prometheus', program: await built('cluster/addons/prometheus.sh'), args });
    await serves(cluster, 'prometheus', () => answers(`${prometheusUrl(cluster)}/-/ready`));
    const targetPort = port(cluster, 'prometheus');
    const { address } = cluster;
    const service = { name: 'prometheus', namespace: 'monitoring', port: 9090, address, targetPort };
    if (cluster.hasRealNode) await applyObjects(accessTo(cluster), hostService(service));
  },
};

/** Where Prometheus is found from this machine. */
export function prometheusUrl(cluster: Cluster): string {
  return `http://127.0.0.1:${port(cluster, 'prometheus')}`;
}

function settings(cluster: Cluster): object {
  const pods = { role: 'pod', kubeconfig_file: adminConfig(cluster) };
  const meta = '__meta_kubernetes_pod';
  return {
    global: { scrape_interval: `${SCRAPE_SECONDS}s`, scrape_timeout: '2s' },
    scrape_configs: [
      {
        job_name: 'pods',
        kubernetes_sd_configs: [pods],
        relabel_configs: [
          { source_labels: [`${meta}_container_port_name`], regex: 'metrics', action: 'keep' },
          { source_labels: [`${meta}_phase`], regex: 'Running', action: 'keep' },
          { source_labels: ['__meta_kubernetes_namespace'], target_label: 'namespace' },
          { source_labels: [`${meta}_name`], target_label: 'pod' },
        ],
      },
    ],
  };
}

import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import { join } from 'node:path';
import { accessTo } from '../../tools/cluster/control-plane';
import { applyObjects, kubectl } from '../../tools/cluster/kubectl';
import { type Cluster, hostAddress } from '../../tools/cluster/state';

const NAME = 'metrics';
const NAMESPACE = 'kube-system';
const CUSTOM = 'custom.metrics.k8s.io';
const EXTERNAL = 'external.metrics.k8s.io';

/**
 * Stands for the metrics adapter of a cluster whose pods run nothing: serves what autoscalers ask for, with values that a
 * test sets. Every pod has the same utilisation, every queue the same backlog.
 */
export class Metrics {
  /** Value of each Pods metric, of each pod. */
  utilization = '0';
  /** Value of each External metric. */
  backlog = '0';

  private constructor(
    private readonly cluster: Cluster,
    private readonly server: Server,
  ) {}

  /** Starts it, and tells the API server of it. Pods and API server cannot be told of a loopback address. */
  static async start(cluster: Cluster): Promise<Metrics> {
    const file = (name: string) => readFileSync(join(cluster.folder, 'pki', name));
    const server = createServer({ cert: file('api.crt'), key: file('api.key') });
    const metrics = new Metrics(cluster, server);
    server.on('request', (request, response) => {
      const end = (code: number, body: object) => {
        response.writeHead(code, { 'content-type': 'application/json' });
        response.end(JSON.stringify(body));
      };
      metrics.answer(new URL(request.url ?? '/', 'https://metrics')).then(
        (body) => end(200, body),
        // The API server is asked for pods, and is there no longer when all ends.
        () => end(503, {}),
      );
    });
    const address = hostAddress();
    await once(server.listen(0, address), 'listening');
    const at = server.address();
    const port = typeof at === 'object' && at !== null ? at.port : 0;
    await applyObjects(accessTo(cluster), objects(address, port));
    return metrics;
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  private async answer({ pathname, searchParams }: URL): Promise<object> {
    const [, , group, version, , namespace = '', ...rest] = pathname.split('/').map(decodeURIComponent);
    const apiVersion = `${group}/${version}`;
    if (namespace === '')
      return { kind: 'APIResourceList', apiVersion: 'v1', groupVersion: apiVersion, resources: [] };
    const timestamp = new Date().toISOString();
    const selector = searchParams.get('labelSelector') ?? '';
    if (group === EXTERNAL) {
      const [metricName] = rest;
      const items = [{ metricName, metricLabels: {}, timestamp, value: this.backlog }];
      return { kind: 'ExternalMetricValueList', apiVersion, metadata: {}, items };
    }
    const metricName = rest.at(-1);
    const items = (await this.pods(namespace, selector)).map((name) => ({
      describedObject: { apiVersion: '/v1', kind: 'Pod', namespace, name },
      ...{ metricName, timestamp, value: this.utilization },
    }));
    return { kind: 'MetricValueList', apiVersion, metadata: {}, items };
  }

  private async pods(namespace: string, selector: string): Promise<string[]> {
    const args = ['get', 'pods', '--namespace', namespace, '--selector', selector];
    const names = await kubectl(accessTo(this.cluster), [
      ...args,
      '--output=jsonpath={.items[*].metadata.name}',
    ]);
    return names.split(' ').filter((name) => name !== '');
  }
}

function objects(address: string, port: number): object[] {
  const metadata = { name: NAME, namespace: NAMESPACE };
  const ports = [{ name: 'https', port }];
  return [
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata,
      spec: { ports: [{ name: 'https', port: 443, targetPort: port }] },
    },
    {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { ...metadata, labels: { 'kubernetes.io/service-name': NAME } },
      addressType: 'IPv4',
      endpoints: [{ addresses: [address], conditions: { ready: true } }],
      ports,
    },
    ...[CUSTOM, EXTERNAL].map((group) => ({
      apiVersion: 'apiregistration.k8s.io/v1',
      kind: 'APIService',
      metadata: { name: `v1beta1.${group}` },
      spec: {
        ...{ group, version: 'v1beta1', groupPriorityMinimum: 100, versionPriority: 100 },
        ...{ insecureSkipTLSVerify: true, service: metadata },
      },
    })),
  ];
}

import { Service } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { exposePorts } from './expose-ports';
import { METRICS_PORT } from './names';

/** What the Service of a workload's metrics is made from. */
export interface MetricsServiceInput {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** NAME-metrics, headless: each pod's metrics are its own, so they are never asked for through one address. */
export function metricsService(scope: Construct, { name, labels }: MetricsServiceInput): Service {
  const metadata = { name: `${name}-metrics`, labels: { ...labels } };
  const service = new Service(scope, 'MetricsService', { metadata, clusterIP: 'None' });
  return exposePorts(service, name, [METRICS_PORT]);
}

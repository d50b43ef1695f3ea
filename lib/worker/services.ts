import { Service } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { refine, remove, set } from '../refine';
import { workloadSelector } from '../workload/labels';
import { PORTS } from './names';

/** What a worker's Services are made from. */
export interface ServiceInput {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** NAME-metrics, headless: each pod's metrics are its own, so they are never asked for through one address. */
export function metricsService(scope: Construct, { name, labels }: ServiceInput): Service {
  const metadata = { name: `${name}-metrics`, labels: { ...labels } };
  const service = new Service(scope, 'MetricsService', { metadata, clusterIP: 'None' });
  return bind(service, name, PORTS.metrics);
}

/** NAME, where tasks are pushed to: `POST http://NAME/tasks`. */
export function intakeService(scope: Construct, { name, labels }: ServiceInput): Service {
  const service = new Service(scope, 'IntakeService', { metadata: { name, labels: { ...labels } } });
  return bind(service, name, PORTS.intake, 80);
}

type Port = (typeof PORTS)[keyof typeof PORTS];

function bind(service: Service, name: string, port: Port, number: number = port.number): Service {
  for (const [key, value] of Object.entries(workloadSelector(name))) service.selectLabel(key, value);
  service.bind(number, { name: port.name, targetPort: port.number });
  refine(
    service,
    set('/spec/ports/0/targetPort', port.name),
    // An empty list is a difference to GitOps, since the API server drops it.
    remove('/spec/externalIPs'),
  );
  return service;
}

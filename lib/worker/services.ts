import { Service } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { exposePorts } from '../workload/expose-ports';
import { PORTS } from './names';

/** What the Service of a worker's intake is made from. */
export interface IntakeServiceInput {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** NAME, headless: each shard's name in DNS, `NAME-0.NAME`, where its tasks are pushed to if it takes any. */
export function shardService(
  scope: Construct,
  { name, labels }: IntakeServiceInput,
  takesTasks: boolean,
): Service {
  const metadata = { name, labels: { ...labels } };
  const service = new Service(scope, 'Service', { metadata, clusterIP: 'None' });
  return exposePorts(service, name, [takesTasks ? PORTS.intake : PORTS.metrics]);
}

/** NAME, where tasks are pushed to: `POST http://NAME/tasks`. */
export function intakeService(scope: Construct, { name, labels }: IntakeServiceInput): Service {
  const service = new Service(scope, 'IntakeService', { metadata: { name, labels: { ...labels } } });
  return exposePorts(service, name, [{ ...PORTS.intake, service: 80 }]);
}

import { Service } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { exposePorts } from '../workload/expose-ports';
import { PORTS } from './names';

/** What the Service of a worker's intake is made from. */
export interface IntakeServiceInput {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** NAME, where tasks are pushed to: `POST http://NAME/tasks`. */
export function intakeService(scope: Construct, { name, labels }: IntakeServiceInput): Service {
  const service = new Service(scope, 'IntakeService', { metadata: { name, labels: { ...labels } } });
  return exposePorts(service, name, [{ ...PORTS.intake, service: 80 }]);
}

import type { Service } from 'cdk8s-plus-27';
import { refine, remove, set } from '../refine';
import { workloadSelector } from './labels';

/** A TCP port of a workload's pods. */
export interface NamedPort {
  readonly name: string;
  readonly number: number;
  /**
   * Port of the Service.
   * @default {@link number}
   */
  readonly service?: number;
}

/** Leads a Service to ports of a workload's pods, which it finds by their names. */
export function exposePorts(service: Service, workload: string, ports: readonly NamedPort[]): Service {
  for (const [key, value] of Object.entries(workloadSelector(workload))) service.selectLabel(key, value);
  for (const { name, number, service: own } of ports)
    service.bind(own ?? number, { name, targetPort: number });
  refine(
    service,
    ...ports.map(({ name }, index) => set(`/spec/ports/${index}/targetPort`, name)),
    // An empty list is a difference to GitOps, since the API server drops it.
    remove('/spec/externalIPs'),
  );
  return service;
}

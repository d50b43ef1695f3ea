import { ServiceAccount } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import type { Placement } from './placement';

/** What the ServiceAccount of a workload is made from. */
export interface WorkloadAccountInput {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly placement: Placement;
}

/** The identity of a workload's pods: its own, known to the cloud where the program says so. No token is mounted. */
export function workloadAccount(
  scope: Construct,
  { name, labels, placement }: WorkloadAccountInput,
): ServiceAccount {
  const annotations = { ...placement.accountAnnotations };
  return new ServiceAccount(scope, 'ServiceAccount', {
    metadata: {
      name,
      labels: { ...labels },
      ...(Object.keys(annotations).length > 0 && { annotations }),
    },
    automountToken: false,
  });
}

import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';

/** The label that selects the pods of a workload in its namespace. */
const INSTANCE_LABEL = 'app.kubernetes.io/instance';

const PART_OF_LABEL = 'app.kubernetes.io/part-of';

/** Labels of a workload's objects and pods. `part-of` is the chart's, when it has one. */
export function workloadLabels(scope: Construct, name: string, app: string): Record<string, string> {
  const partOf = Chart.of(scope).labels[PART_OF_LABEL];
  return {
    'app.kubernetes.io/name': app,
    [INSTANCE_LABEL]: name,
    ...(partOf !== undefined && { [PART_OF_LABEL]: partOf }),
    'app.kubernetes.io/managed-by': 'capstan',
  };
}

/** Labels that select the pods of a workload: of our own, so that they stay when the construct moves in the tree. */
export function workloadSelector(name: string): Record<string, string> {
  return { [INSTANCE_LABEL]: name };
}

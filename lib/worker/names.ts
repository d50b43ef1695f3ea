import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';

/** Ports of a worker's pods. */
export const PORTS = {
  /** /healthz, /readyz, /metrics. */
  metrics: { name: 'metrics', number: 9090 },
  /** POST /tasks. */
  intake: { name: 'intake', number: 8080 },
} as const;

/** User and group that a worker runs as: the image's own. */
export const USER = 65_532;

/** Folder with the configuration file. */
export const CONFIG_FOLDER = '/etc/capstan';

/** Volume of {@link CONFIG_FOLDER}. */
export const CONFIG_VOLUME = 'config';

/** The only folder of the image that a worker may write to. */
export const SCRATCH_FOLDER = '/tmp';

/** Volume of {@link SCRATCH_FOLDER}. */
export const SCRATCH_VOLUME = 'scratch';

/** Key of the configuration in its ConfigMap, and name of the file. */
export const CONFIG_FILE = 'worker.json';

/** The label that selects a worker's pods in its namespace. */
const INSTANCE_LABEL = 'app.kubernetes.io/instance';

const PART_OF_LABEL = 'app.kubernetes.io/part-of';

/** Longest name: the Service NAME-metrics has to fit a DNS label of 63 characters. */
export const NAME_MAX = 63 - '-metrics'.length;

/** A DNS label that begins with a letter, as Services demand. */
export const NAME_PATTERN = /^[a-z]([-a-z0-9]*[a-z0-9])?$/;

/** Labels of a worker's objects and pods. `part-of` is the chart's, when it has one. */
export function workerLabels(scope: Construct, name: string, app: string): Record<string, string> {
  const partOf = Chart.of(scope).labels[PART_OF_LABEL];
  return {
    'app.kubernetes.io/name': app,
    [INSTANCE_LABEL]: name,
    ...(partOf !== undefined && { [PART_OF_LABEL]: partOf }),
    'app.kubernetes.io/managed-by': 'capstan',
  };
}

/** Labels that select a worker's pods: of our own, so that they stay when the construct moves in the tree. */
export function workerSelector(name: string): Record<string, string> {
  return { [INSTANCE_LABEL]: name };
}

import { Size } from 'cdk8s';
import type { Construct } from 'constructs';
import { NatsCluster, type NatsClusterProps } from '../../../lib';
import { type Document, documentsOf, exampleChart } from '../../worker/example-worker';

/** A legal cluster of three servers. */
export const exampleProps: NatsClusterProps = { replicas: 3, storage: Size.gibibytes(10) };

/** The example cluster with other props. */
export function exampleCluster(
  scope: Construct,
  props: Partial<NatsClusterProps> = {},
  id = 'broker',
): NatsCluster {
  return new NatsCluster(scope, id, { ...exampleProps, ...props });
}

/** The documents of the example cluster with other props, once the program has used it. */
export function clusterDocuments(
  props: Partial<NatsClusterProps> = {},
  use: (broker: NatsCluster) => void = () => undefined,
): Document[] {
  const chart = exampleChart();
  use(exampleCluster(chart, props));
  return documentsOf(chart);
}

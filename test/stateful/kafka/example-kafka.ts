import { Size } from 'cdk8s';
import { Secret } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { KafkaCluster, type KafkaClusterProps } from '../../../lib';

/** A legal cluster of three with other props. */
export function exampleKafka(
  scope: Construct,
  props: Partial<KafkaClusterProps> = {},
  id = 'events',
): KafkaCluster {
  const secret = Secret.fromSecretName(scope, `${id}-secret`, 'events-credentials');
  return new KafkaCluster(scope, id, {
    replicas: 3,
    storage: Size.gibibytes(20),
    credentials: { secret },
    ...props,
  });
}

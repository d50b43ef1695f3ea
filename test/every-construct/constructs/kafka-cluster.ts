import { type Chart, Size } from 'cdk8s';
import { Secret } from 'cdk8s-plus-27';
import { KafkaCluster } from '../../../lib';

export function add(chart: Chart): void {
  const credentials = { secret: Secret.fromSecretName(chart, 'KafkaSecret', 'kafka') };
  const events = new KafkaCluster(chart, 'events', {
    replicas: 3,
    storage: Size.gibibytes(20),
    credentials,
  });
  events.topic('photos', { partitions: 12, maxBytes: Size.mebibytes(256) });
}

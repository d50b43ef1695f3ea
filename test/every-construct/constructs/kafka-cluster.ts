import { type Chart, Size } from 'cdk8s';
import { Secret } from 'cdk8s-plus-27';
import { KafkaCluster } from '../../../lib';
import { exampleService } from '../../service/example-service';
import { exampleWorker } from '../../worker/example-worker';

/** Kafka, a service that publishes to a topic, and a worker on it. */
export function add(chart: Chart): void {
  const credentials = { secret: Secret.fromSecretName(chart, 'KafkaSecret', 'kafka') };
  const events = new KafkaCluster(chart, 'events', {
    replicas: 3,
    storage: Size.gibibytes(20),
    credentials,
  });
  const photos = events.topic('photos', { partitions: 12, maxBytes: Size.mebibytes(256) });
  exampleService(chart, { publish: photos.publisher() }, 'to-kafka');
  exampleWorker(chart, { source: photos.group('develop'), retry: { maxAttempts: 1 } }, 'from-kafka');
}

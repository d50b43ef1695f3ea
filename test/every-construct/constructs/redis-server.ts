import { type Chart, Size } from 'cdk8s';
import { Secret } from 'cdk8s-plus-27';
import { RedisServer } from '../../../lib';
import { exampleService } from '../../service/example-service';
import { exampleWorker } from '../../worker/example-worker';

/** Redis as a cache, and as the queue of a worker and a service. */
export function add(chart: Chart): void {
  const credentials = { secret: Secret.fromSecretName(chart, 'RedisSecret', 'redis') };
  new RedisServer(chart, 'cache', { credentials });
  const queue = new RedisServer(chart, 'queue', { credentials, replicas: 3, storage: Size.gibibytes(2) });
  exampleWorker(chart, { source: queue.stream('thumbnails').group('develop') }, 'from-redis');
  exampleService(chart, { publish: queue.stream('thumbnails').publisher() }, 'to-redis');
}

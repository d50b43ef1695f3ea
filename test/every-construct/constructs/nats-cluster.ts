import { type Chart, Size } from 'cdk8s';
import { Cpu } from 'cdk8s-plus-27';
import { NatsCluster } from '../../../lib';
import { exampleWorker } from '../../worker/example-worker';

/** NATS as in production, with streams and a worker on one of them, and as in development. */
export function add(chart: Chart): void {
  const broker = new NatsCluster(chart, 'broker', { replicas: 3, storage: Size.gibibytes(10) });
  broker.stream('urls', { retention: 'limits', deadLetters: 'none' });
  exampleWorker(chart, { source: broker.stream('photos').consumer('develop') }, 'from-jetstream');
  const small = new NatsCluster(chart, 'small-broker', {
    replicas: 1,
    storage: Size.gibibytes(1),
    resources: { cpu: { request: Cpu.millis(50) }, memory: Size.mebibytes(128) },
    auth: 'none',
  });
  small.stream('photos');
}

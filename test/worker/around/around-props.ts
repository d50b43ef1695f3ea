import { Duration, Size } from 'cdk8s';
import type { WorkerAroundProps } from '../../../lib';

/** A legal program around a Deployment that says nothing. */
export const aroundProps: WorkerAroundProps = {
  task: {
    cpuTime: Duration.millis(40),
    duration: { mean: Duration.millis(90), max: Duration.seconds(20) },
    memory: { base: Size.mebibytes(24), perTask: Size.mebibytes(60) },
  },
  concurrency: { bound: 4, variable: 'POOL_SIZE' },
  signals: {
    busy: { metric: 'pool_busy' },
    backlog: { metric: 'rabbitmq_queue_messages_ready', labels: { queue: 'photos' } },
  },
  scale: { min: 3, max: 10, drainWithin: Duration.minutes(1) },
};

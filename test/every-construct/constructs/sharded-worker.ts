import { type Chart, Size } from 'cdk8s';
import { ShardedWorker, Source } from '../../../lib';
import { exampleProps } from '../../worker/example-worker';

const { scale: _, source: __, ...pod } = exampleProps;
const at = { pods: { app: 'nats' }, namespace: { 'kubernetes.io/metadata.name': 'messaging' } };
const servers = ['nats.messaging.svc:4222'];

/** Workers in shards: with tasks pushed to each pod, and with a part of a stream and a volume for each. */
export function add(chart: Chart): void {
  new ShardedWorker(chart, 'sharded-pushed', { ...pod, shards: 2, source: Source.memory() });
  new ShardedWorker(chart, 'sharded-pulled', {
    ...pod,
    shards: 3,
    source: (shard) =>
      Source.jetStream({
        servers,
        at,
        stream: 'orders',
        consumer: `ledger-${shard}`,
        subjects: [`orders.${shard}.>`],
      }),
    claims: { state: { size: Size.gibibytes(1), path: '/state' } },
    podManagement: 'ordered',
  });
}

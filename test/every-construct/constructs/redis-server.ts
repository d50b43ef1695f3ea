import { type Chart, Size } from 'cdk8s';
import { Secret } from 'cdk8s-plus-27';
import { RedisServer } from '../../../lib';

export function add(chart: Chart): void {
  const credentials = { secret: Secret.fromSecretName(chart, 'RedisSecret', 'redis') };
  new RedisServer(chart, 'cache', { credentials });
  new RedisServer(chart, 'sessions', { credentials, replicas: 3, storage: Size.gibibytes(2) });
}

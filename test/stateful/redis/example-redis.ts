import { Size } from 'cdk8s';
import { Secret } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { RedisServer, type RedisServerProps } from '../../../lib';

/** A legal cache with other props. */
export function exampleRedis(
  scope: Construct,
  props: Partial<RedisServerProps> = {},
  id = 'cache',
): RedisServer {
  const secret = Secret.fromSecretName(scope, `${id}-secret`, 'cache-credentials');
  return new RedisServer(scope, id, { credentials: { secret }, ...props });
}

/** What makes it a master with two copies. */
export const REPLICATED = { replicas: 3, storage: Size.gibibytes(1) } satisfies Partial<RedisServerProps>;

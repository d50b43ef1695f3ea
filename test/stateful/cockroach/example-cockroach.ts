import { Size } from 'cdk8s';
import { Secret } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { CockroachCluster, type CockroachClusterProps } from '../../../lib';

/** A legal cluster of three with other props. */
export function exampleCockroach(
  scope: Construct,
  props: Partial<CockroachClusterProps> = {},
  id = 'catalog',
): CockroachCluster {
  const secret = (name: string) => Secret.fromSecretName(scope, `${id}-${name}`, `catalog-${name}`);
  return new CockroachCluster(scope, id, {
    replicas: 3,
    storage: Size.gibibytes(100),
    credentials: { secret: secret('credentials') },
    certificates: { node: secret('node'), root: secret('root') },
    ...props,
  });
}

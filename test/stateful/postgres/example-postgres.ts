import { Size } from 'cdk8s';
import { Secret } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { PostgresServer, type PostgresServerProps } from '../../../lib';

/** A legal PostgreSQL server with other props. */
export function examplePostgres(
  scope: Construct,
  props: Partial<PostgresServerProps> = {},
  id = 'catalog',
): PostgresServer {
  const secret = Secret.fromSecretName(scope, `${id}-secret`, 'catalog-credentials');
  return new PostgresServer(scope, id, { storage: Size.gibibytes(20), credentials: { secret }, ...props });
}

import { type Chart, Size } from 'cdk8s';
import { Secret } from 'cdk8s-plus-27';
import { PostgresServer } from '../../../lib';

export function add(chart: Chart): void {
  const secret = Secret.fromSecretName(chart, 'CatalogSecret', 'catalog');
  new PostgresServer(chart, 'catalog', { storage: Size.gibibytes(20), credentials: { secret } });
}

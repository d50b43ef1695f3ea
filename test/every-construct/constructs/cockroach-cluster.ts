import { type Chart, Size } from 'cdk8s';
import { Secret } from 'cdk8s-plus-27';
import { CockroachCluster } from '../../../lib';

export function add(chart: Chart): void {
  const secret = (name: string) => Secret.fromSecretName(chart, `Cockroach-${name}`, `cockroach-${name}`);
  new CockroachCluster(chart, 'ledger', {
    replicas: 3,
    storage: Size.gibibytes(100),
    credentials: { secret: secret('user') },
    certificates: { node: secret('node'), root: secret('root') },
  });
}

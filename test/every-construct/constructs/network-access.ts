import type { Chart } from 'cdk8s';
import { NetworkAccess } from '../../../lib';

/** A policy for pods that nothing else is known about. */
export function add(chart: Chart): void {
  new NetworkAccess(chart, 'own-pods', {
    pods: { app: 'own' },
    ingress: [{ all: 'namespace', ports: [8080] }],
    egress: [{ pods: { app: 'catalog' }, ports: [5432] }],
  });
}

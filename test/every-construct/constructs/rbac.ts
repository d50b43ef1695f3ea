import type { Chart } from 'cdk8s';
import { Rbac } from '../../../lib';
import { exampleWorker } from '../../worker/example-worker';

/** Rights of a worker's pods. */
export function add(chart: Chart): void {
  new Rbac(chart, 'creator', {
    subject: exampleWorker(chart, {}, 'with-rights'),
    allow: [
      { apiGroups: ['apps'], resources: ['deployments'], verbs: ['get', 'list', 'watch', 'create', 'patch'] },
      { apiGroups: [''], resources: ['configmaps'], names: ['limits'], verbs: ['get'] },
    ],
  });
}

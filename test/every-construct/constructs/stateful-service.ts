import type { Chart } from 'cdk8s';
import { exampleService, initContainer, sidecar } from '../../stateful/example-service';

/** Stateful services: as small as they get, and with everything. */
export function add(chart: Chart): void {
  exampleService(chart, { replicas: 1, claims: {} }, 'keeps-nothing');
  exampleService(
    chart,
    {
      sidecars: [sidecar],
      initContainers: [initContainer],
      podManagement: 'ordered',
      update: { partition: 1 },
      retention: { whenDeleted: 'delete', whenScaled: 'delete' },
    },
    'keeps-all',
  );
}

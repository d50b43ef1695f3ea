import { join } from 'node:path';
import { type Chart, Include, Size } from 'cdk8s';
import { Cpu, Deployment, EnvValue, LabelSelector, Pod } from 'cdk8s-plus-27';
import { restrict, Worker } from '../../../lib';
import { aroundProps } from '../../worker/around/around-props';

/** Deployments that others made: of a file, one that runs and is handed over, and of cdk8s-plus. */
export function add(chart: Chart): void {
  const included = new Include(chart, 'included', { url: join(__dirname, '../manifests/legacy.yaml') });
  const { scale } = aroundProps;
  Worker.around(included, {
    ...aroundProps,
    deployment: 'running',
    scale: { ...scale, adopt: { replicas: 5 } },
  });
  Worker.around(included, {
    ...aroundProps,
    deployment: 'legacy',
    concurrency: { bound: 4, argument: '--workers' },
    runtime: 'other',
    scale: { ...scale, adopt: { replicas: 3, handedOver: 'It ran in each cluster.' } },
  });
  const plus = new Deployment(chart, 'Plus', {
    metadata: { name: 'plus' },
    select: false,
    containers: [
      {
        image: 'registry.example.com/plus:3.1.0',
        portNumber: 8080,
        envVariables: { MODE: EnvValue.fromValue('fast') },
        resources: {
          cpu: { request: Cpu.millis(1800), limit: Cpu.units(3) },
          memory: { limit: Size.mebibytes(512) },
        },
      },
    ],
  });
  plus.podMetadata.addLabel(Pod.ADDRESS_LABEL, 'plus');
  plus.podMetadata.addLabel('app', 'plus');
  plus.select(LabelSelector.of({ labels: { app: 'plus' } }));
  restrict(plus);
  Worker.around(plus, aroundProps);
}

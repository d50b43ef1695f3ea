import { Duration } from 'cdk8s';
import { Deployment, DeploymentStrategy, type IServiceAccount, PercentOrAbsolute } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import type { Figures } from '../plan/figures';
import { hardenedPod, hardenPods } from '../workload/hardened-pod';
import { amountsOf, resourceRefinements } from '../workload/resources';
import { workerContainer } from './container';
import type { Fittings } from './fittings';
import type { WorkerProps } from './props';

/** What a worker's Deployment is made from. */
export interface PodsInput {
  readonly fittings: Fittings;
  readonly figures: Figures;
  readonly props: WorkerProps;
  /** Whether tasks are pushed to the pods. */
  readonly takesTasks: boolean;
}

/** The Deployment of a worker. `scope` becomes the parent of its volumes as well. */
export function workerDeployment(scope: Construct, input: PodsInput): Deployment {
  const { fittings, figures, props } = input;
  const { name, labels } = fittings;
  const deployment = new Deployment(scope, 'Deployment', {
    metadata: { name, labels },
    ...hardenedPod({
      name,
      labels,
      annotations: { 'checksum/config': fittings.configChecksum },
      serviceAccount: fittings.serviceAccount as IServiceAccount,
      gracePeriod: Duration.seconds(figures.gracePeriod.value),
    }),
    ...(props.source.kind === 'folder' && { replicas: 1 }),
    strategy: strategy(figures.maxSurge.value),
    minReady: Duration.seconds(figures.minReadySeconds.value),
    containers: [workerContainer(scope, { ...input, source: props.source })],
  });
  hardenPods(deployment, {
    name,
    kind: 'Deployment',
    revisionLabels: ['pod-template-hash'],
    placement: fittings.placement,
    refinements: resourceRefinements('/spec/template/spec/containers/0', amountsOf(figures)),
  });
  return deployment;
}

/** Without surge the old pods end before new ones start: `rollingUpdate` would let both run for a while. */
function strategy(maxSurge: number): DeploymentStrategy {
  if (maxSurge === 0) return DeploymentStrategy.recreate();
  return DeploymentStrategy.rollingUpdate({
    maxSurge: PercentOrAbsolute.absolute(maxSurge),
    maxUnavailable: PercentOrAbsolute.absolute(0),
  });
}

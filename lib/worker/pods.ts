import { Duration } from 'cdk8s';
import {
  type ContainerProps,
  Deployment,
  DeploymentStrategy,
  type EnvValue,
  type IConfigMap,
  type IServiceAccount,
  PercentOrAbsolute,
  type VolumeMount,
} from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import type { Figures } from '../plan/figures';
import { isBroker } from '../source';
import { accessEnvironment, accessMounts } from '../workload/client-access';
import { hardenedPod, hardenPods } from '../workload/hardened-pod';
import type { Placement } from '../workload/placement';
import { amountsOf, type ContainerAmounts, resourceRefinements } from '../workload/resources';
import { runtimeContainer } from '../workload/runtime-container';
import { PORTS } from './names';
import type { WorkerProps } from './props';

/** What a worker's Deployment is made from. */
export interface PodsInput {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly figures: Figures;
  readonly props: WorkerProps;
  /** `name:tag@sha256:…`. */
  readonly image: string;
  /** Variables that Capstan sets. */
  readonly environment: Readonly<Record<string, string>>;
  /** Variables of what the worker is connected to. */
  readonly connectedEnv: Readonly<Record<string, EnvValue>>;
  readonly config: IConfigMap;
  /** Changes with the configuration. */
  readonly configChecksum: string;
  readonly serviceAccount: IServiceAccount;
  readonly placement: Placement;
}

/** The Deployment of a worker. `scope` becomes the parent of its volumes as well. */
export function workerDeployment(scope: Construct, input: PodsInput): Deployment {
  const { name, labels, figures, props, serviceAccount, placement } = input;
  const amounts = amountsOf(figures);
  const deployment = new Deployment(scope, 'Deployment', {
    metadata: { name, labels },
    ...hardenedPod({
      name,
      labels,
      annotations: { 'checksum/config': input.configChecksum },
      serviceAccount,
      gracePeriod: Duration.seconds(figures.gracePeriod.value),
    }),
    ...(props.source.kind === 'folder' && { replicas: 1 }),
    strategy: strategy(figures.maxSurge.value),
    minReady: Duration.seconds(figures.minReadySeconds.value),
    containers: [container(scope, input, amounts)],
  });
  hardenPods(deployment, {
    name,
    kind: 'Deployment',
    revisionLabels: ['pod-template-hash'],
    placement,
    refinements: resourceRefinements('/spec/template/spec/containers/0', amounts),
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

function container(scope: Construct, input: PodsInput, amounts: ContainerAmounts): ContainerProps {
  const { props, figures, image, environment, connectedEnv, config } = input;
  return runtimeContainer(scope, {
    name: 'worker',
    image,
    env: { ...connectedEnv, ...props.env, ...sourceEnvironment(props) },
    environment,
    ports: Object.values(PORTS).filter((port) => port !== PORTS.intake || props.source.kind === 'memory'),
    amounts,
    config,
    scratchBytes: figures.scratch.value,
    mounts: [...sourceMounts(scope, props), ...(props.volumes ?? [])],
  });
}

function sourceMounts(scope: Construct, { source }: WorkerProps): VolumeMount[] {
  if (isBroker(source)) return accessMounts(scope, source);
  return source.kind === 'folder' ? [{ path: source.path, volume: source.volume }] : [];
}

function sourceEnvironment({ source }: WorkerProps): Record<string, EnvValue> {
  return isBroker(source) ? accessEnvironment(source) : {};
}

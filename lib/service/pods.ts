import { Duration } from 'cdk8s';
import {
  type ContainerProps,
  Deployment,
  DeploymentStrategy,
  type EnvValue,
  type IConfigMap,
  type IServiceAccount,
  PercentOrAbsolute,
} from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import type { ServiceFigures } from '../plan/service/figures';
import { type Refinement, set } from '../refine';
import type { Tracing } from '../telemetry/telemetry';
import { accessEnvironment, accessMounts } from '../workload/client-access';
import { hardenedPod, hardenPods } from '../workload/hardened-pod';
import type { Placement } from '../workload/placement';
import { amountsOf, type ContainerAmounts, resourceRefinements } from '../workload/resources';
import { runtimeContainer } from '../workload/runtime-container';
import { PORTS } from './names';
import type { WebServiceProps } from './props';

/** What a service's Deployment is made from. */
export interface ServicePodsInput {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly figures: ServiceFigures;
  readonly props: WebServiceProps;
  /** `name:tag@sha256:…`. */
  readonly image: string;
  /** Variables that Capstan sets. */
  readonly environment: Readonly<Record<string, string>>;
  /** Variables of what the service is connected to. */
  readonly connectedEnv: Readonly<Record<string, EnvValue>>;
  readonly config: IConfigMap;
  /** Changes with the configuration. */
  readonly configChecksum: string;
  readonly serviceAccount: IServiceAccount;
  readonly placement: Placement;
  readonly tracing: Tracing;
}

const POD = '/spec/template/spec';

/** The Deployment of a service. `scope` becomes the parent of its volumes as well. */
export function serviceDeployment(scope: Construct, input: ServicePodsInput): Deployment {
  const { name, labels, figures, props, configChecksum, serviceAccount, placement } = input;
  const amounts = amountsOf(figures);
  const deployment = new Deployment(scope, 'Deployment', {
    metadata: { name, labels },
    ...hardenedPod({
      name,
      labels,
      annotations: { 'checksum/config': configChecksum },
      serviceAccount,
      gracePeriod: Duration.seconds(figures.gracePeriod.value),
    }),
    strategy: DeploymentStrategy.rollingUpdate({
      maxSurge: PercentOrAbsolute.absolute(figures.maxSurge.value),
      maxUnavailable: PercentOrAbsolute.absolute(0),
    }),
    minReady: Duration.seconds(figures.minReadySeconds.value),
    containers: [container(scope, input, amounts)],
  });
  hardenPods(deployment, {
    name,
    kind: 'Deployment',
    revisionLabels: ['pod-template-hash'],
    placement,
    refinements: [...resourceRefinements(`${POD}/containers/0`, amounts), ...readinessGates(props)],
  });
  return deployment;
}

function container(scope: Construct, input: ServicePodsInput, amounts: ContainerAmounts): ContainerProps {
  const { props, figures, image, environment, connectedEnv, config, tracing } = input;
  const { publish, volumes = [] } = props;
  return runtimeContainer(scope, {
    name: 'service',
    image,
    env: { ...connectedEnv, ...props.env, ...(publish !== undefined && accessEnvironment(publish)) },
    environment,
    ports: Object.values(PORTS),
    amounts,
    config,
    scratchBytes: figures.scratch.value,
    mounts: [
      ...(publish === undefined ? [] : accessMounts(scope, publish)),
      ...tracing.mounts(scope),
      ...volumes,
    ],
  });
}

function readinessGates({ readinessGates: gates = [] }: WebServiceProps): Refinement[] {
  if (gates.length === 0) return [];
  return [
    set(
      `${POD}/readinessGates`,
      gates.map((conditionType) => ({ conditionType })),
    ),
  ];
}

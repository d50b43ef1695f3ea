import { Duration } from 'cdk8s';
import {
  type IServiceAccount,
  Pod,
  PodManagementPolicy,
  type Service,
  StatefulSet,
  StatefulSetUpdateStrategy,
} from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import type { StatefulFigures } from '../plan/stateful/stateful-plan';
import { type Refinement, refine, remove, set } from '../refine';
import { hardenedPod, hardenPods } from '../workload/hardened-pod';
import { workloadSelector } from '../workload/labels';
import type { Placement } from '../workload/placement';
import { resourceRefinements } from '../workload/resources';
import type { SizedContainer } from './containers';
import type { StatefulServiceProps } from './props';

/** What the StatefulSet of a stateful service is made from. */
export interface StatefulPodsInput {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly figures: StatefulFigures;
  readonly props: Pick<StatefulServiceProps, 'podManagement' | 'update' | 'user'>;
  /** Containers, that of the server first. */
  readonly containers: readonly SizedContainer[];
  readonly initContainers: readonly SizedContainer[];
  readonly headless: Service;
  readonly serviceAccount: IServiceAccount;
  /** Changes with the configuration; `undefined`: there is none. */
  readonly configChecksum: string | undefined;
  readonly placement: Placement;
  /** What else cdk8s-plus has no words for. */
  readonly refinements: readonly Refinement[];
}

const POD = '/spec/template/spec';

/** The StatefulSet of a stateful service. */
export function statefulPods(scope: Construct, input: StatefulPodsInput): StatefulSet {
  const { name, labels, figures, props, containers, initContainers, headless, configChecksum } = input;
  const statefulSet = new StatefulSet(scope, 'StatefulSet', {
    metadata: { name, labels },
    ...hardenedPod({
      name,
      labels,
      ...(configChecksum !== undefined && { annotations: { 'checksum/config': configChecksum } }),
      serviceAccount: input.serviceAccount,
      gracePeriod: Duration.seconds(figures.gracePeriod.value),
      ...(props.user !== undefined && { user: props.user }),
    }),
    service: headless,
    replicas: figures.replicas.value,
    podManagementPolicy: POLICIES[props.podManagement ?? 'parallel'],
    strategy: StatefulSetUpdateStrategy.rollingUpdate({ partition: props.update?.partition ?? 0 }),
    minReady: Duration.seconds(figures.minReadySeconds.value),
    containers: containers.map((it) => it.props),
    initContainers: initContainers.map((it) => it.props),
  });
  // The StatefulSet has added its address, which followed from its path then, to the selector of the Service.
  refine(headless, remove(`/spec/selector/${Pod.ADDRESS_LABEL.replace('/', '~1')}`));
  hardenPods(statefulSet, {
    name,
    kind: 'StatefulSet',
    placement: input.placement,
    refinements: [
      ...sized('containers', containers),
      ...sized('initContainers', initContainers),
      ...spread(name, figures.replicas.value),
      ...together(props.update?.maxUnavailable),
      ...input.refinements,
    ],
  });
  return statefulSet;
}

const POLICIES = {
  parallel: PodManagementPolicy.PARALLEL,
  ordered: PodManagementPolicy.ORDERED_READY,
} as const;

function sized(list: 'containers' | 'initContainers', containers: readonly SizedContainer[]): Refinement[] {
  return containers.flatMap(({ props, amounts }) =>
    resourceRefinements(`${POD}/${list}/name=${props.name}`, amounts),
  );
}

/**
 * No node gets a second member before every other node that may have one has its first: two members on one node are
 * lost together. On fewer nodes than members they share nodes evenly. Zones are used evenly where that can be.
 */
function spread(name: string, replicas: number): Refinement[] {
  if (replicas === 1) return [];
  const even = { maxSkew: 1, labelSelector: { matchLabels: workloadSelector(name) } };
  return [
    set(`${POD}/topologySpreadConstraints`, [
      { ...even, topologyKey: 'topology.kubernetes.io/zone', whenUnsatisfiable: 'ScheduleAnyway' },
      {
        ...even,
        topologyKey: 'kubernetes.io/hostname',
        whenUnsatisfiable: 'DoNotSchedule',
        // Nodes that are drained, or kept for others, need no member.
        nodeTaintsPolicy: 'Honor',
      },
    ]),
  ];
}

function together(maxUnavailable: number | undefined): Refinement[] {
  return maxUnavailable === undefined
    ? []
    : [set('/spec/updateStrategy/rollingUpdate/maxUnavailable', maxUnavailable)];
}

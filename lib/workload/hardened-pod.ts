import type { Duration } from 'cdk8s';
import {
  type AbstractPodProps,
  type IServiceAccount,
  LabelSelector,
  Pod,
  Topology,
  type Workload,
  type WorkloadProps,
} from 'cdk8s-plus-27';
import { type Refinement, refine } from '../refine';
import { workloadSelector } from './labels';
import type { Placement } from './placement';
import { podPointer, type WorkloadKind } from './pod-pointer';
import { podSecurityContext, restrictedRefinements } from './pod-security';
import { placementRefinements, tolerate } from './scheduling';
import { spreadRefinement } from './spread';

/** What the pods of every workload have in common. */
export interface HardenedPodInput {
  /** Name of the workload. */
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Annotations of the pods, such as checksums of their configuration. */
  readonly annotations?: Readonly<Record<string, string>>;
  readonly serviceAccount: IServiceAccount;
  readonly gracePeriod: Duration;
  /** Numeric user and group; the image's own by default. */
  readonly user?: number;
}

/** Props of a cdk8s-plus workload whose pods are admitted under Pod Security *restricted*; see {@link hardenPods}. */
export function hardenedPod(input: HardenedPodInput): WorkloadProps & AbstractPodProps {
  const { labels, annotations, serviceAccount, gracePeriod, user } = input;
  return {
    podMetadata: {
      labels: { ...labels },
      ...(annotations !== undefined && { annotations: { ...annotations } }),
    },
    select: false,
    serviceAccount,
    automountServiceAccountToken: false,
    terminationGracePeriod: gracePeriod,
    securityContext: podSecurityContext(user),
    // Names with one dot and more are asked for as they are: five search domains would mean six queries each.
    dns: { options: [{ name: 'ndots', value: '2' }] },
  };
}

/** How {@link hardenPods} finishes a workload. */
export interface HardenPodsOptions {
  readonly name: string;
  readonly kind: WorkloadKind;
  /**
   * Whether the controller has a selector that we may set, and pods that should stay apart.
   * @default true; Jobs and CronJobs have none
   */
  readonly selects?: boolean;
  /** Pod labels that tell revisions apart. */
  readonly revisionLabels?: readonly string[];
  /** Where the pods run, and as whom. */
  readonly placement: Placement;
  /** What this workload refines besides. */
  readonly refinements?: readonly Refinement[];
}

/**
 * Finishes a workload made with {@link hardenedPod}: a selector and labels of our own instead of those that
 * cdk8s-plus derives from the path (they would change when the construct moves), spread over zones and nodes, and what
 * *restricted* demands beyond cdk8s-plus' words.
 */
export function hardenPods(workload: Workload, options: HardenPodsOptions): void {
  const { name, kind, selects = true, revisionLabels, placement, refinements = [] } = options;
  const pod = podPointer(kind);
  workload.podMetadata.addLabel(Pod.ADDRESS_LABEL, name);
  for (const [label, value] of Object.entries(placement.podLabels))
    workload.podMetadata.addLabel(label, value);
  tolerate(workload, placement.taints);
  if (selects) {
    workload.select(LabelSelector.of({ labels: workloadSelector(name) }));
    workload.scheduling.separate(workload, { weight: 100, topology: Topology.HOSTNAME });
  }
  refine(
    workload,
    ...restrictedRefinements(pod),
    ...(selects ? [spreadRefinement(pod, name, revisionLabels)] : []),
    ...placementRefinements(pod, placement),
    ...refinements,
  );
}

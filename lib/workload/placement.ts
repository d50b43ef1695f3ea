import type { Construct } from 'constructs';
import { Environment } from '../environment/environment';
import type { NodePool, NodeTaint } from '../environment/props';
import type { Egress } from '../network/peer';
import type { Problem } from '../plan/problem';
import { type CloudIdentity, findIdentity } from './cloud-identity';

/** Where a workload's pods run, and as whom: properties that all workloads share. */
export interface PlacementProps {
  /**
   * Name of the environment's node pool that the pods run on: they choose its labels and tolerate its taints.
   * @default none: the pods run on any node that takes them
   */
  readonly nodePool?: string;
  /**
   * PriorityClass of the pods, or its name.
   * @default the cluster's default class; without one 0, and pods that wait push out no others
   */
  readonly priority?: PriorityClassRef;
  /**
   * Who the pods are to the cloud. Of several clouds that of the environment counts; in a `bare` one none does.
   * @default nobody
   */
  readonly identity?: CloudIdentity;
}

/** A PriorityClass that pods name: the construct, a cdk8s object of that kind, or the name of one that exists. */
export type PriorityClassRef = string | { readonly name: string };

/** What a workload's pods get from {@link PlacementProps} and from the environment that they stand in. */
export interface Placement {
  /** Name of the RuntimeClass. */
  readonly runtimeClass: string | undefined;
  /** Name of the PriorityClass. */
  readonly priorityClass: string | undefined;
  /** Labels of the nodes. */
  readonly nodeLabels: Readonly<Record<string, string>>;
  /** Taints that the pods tolerate. */
  readonly taints: readonly NodeTaint[];
  /** Labels of the pods besides their own. */
  readonly podLabels: Readonly<Record<string, string>>;
  /** Annotations of the pods' ServiceAccount. */
  readonly accountAnnotations: Readonly<Record<string, string>>;
  /** What the pods call besides what their program names. */
  readonly egress: readonly Egress[];
  readonly problems: readonly Problem[];
}

/** Where the pods of a workload run, and as whom. */
export function placementOf(scope: Construct, props: PlacementProps): Placement {
  const environment = Environment.find(scope);
  const { priority } = props;
  const identity = findIdentity(environment?.cloud, props.identity);
  const pools = environment?.nodePools ?? [];
  const pool = pools.find(({ name }) => name === props.nodePool);
  const missing = props.nodePool !== undefined && pool === undefined;
  return {
    runtimeClass: environment?.runtimeClass,
    priorityClass: typeof priority === 'object' ? priority.name : priority,
    nodeLabels: pool?.labels ?? {},
    taints: pool?.taints ?? [],
    podLabels: identity.podLabels,
    accountAnnotations: identity.accountAnnotations,
    egress: identity.egress,
    problems: [...(missing ? [noPool(props.nodePool, pools)] : []), ...identity.problems],
  };
}

function noPool(got: string | undefined, pools: readonly NodePool[]): Problem {
  const names = pools.map(({ name }) => name);
  return {
    prop: 'nodePool',
    wanted: `must be one of the environment's nodePools (${names.length > 0 ? names.join(', ') : 'it has none'})`,
    got: JSON.stringify(got),
    fix: 'Correct the name, or describe the pool where the Environment is made.',
  };
}

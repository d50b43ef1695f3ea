import type { Amounts } from './amounts';
import type { Labels, Selector } from './labels';

/** What all pods of a workload have in common, as far as the scheduler looks at it. */
export interface PodTemplate {
  /** What the pods come from: `Deployment darkroom/develop`. */
  readonly workload: string;
  /** Namespace of the pods. */
  readonly namespace: string;
  /** Labels of the pods. */
  readonly labels: Labels;
  /** What one pod asks for, all containers and the overhead of its runtime together. */
  readonly requests: Amounts;
  /**
   * Pods of a higher priority are placed first, and may push out those of a lower one.
   * @default 0
   */
  readonly priority?: number;
  /**
   * Whether the pods push out others (`preemptionPolicy`).
   * @default true
   */
  readonly preempts?: boolean;
  /**
   * Labels that a node has to have (`nodeSelector`).
   * @default none
   */
  readonly nodeSelector?: Labels;
  /**
   * Node affinity that is required: one of them has to hold.
   * @default any node
   */
  readonly nodeTerms?: readonly NodeTerm[];
  /**
   * Node affinity that is preferred.
   * @default none
   */
  readonly preferredNodes?: readonly Weighted<NodeTerm>[];
  /**
   * Taints that the pods tolerate.
   * @default none
   */
  readonly tolerations?: readonly Toleration[];
  /**
   * Ports of the node that the pods take.
   * @default none
   */
  readonly hostPorts?: readonly HostPort[];
  /**
   * Topology spread constraints.
   * @default none of their own, and the scheduler's own, see {@link spreadBy}
   */
  readonly spread?: readonly SpreadConstraint[];
  /**
   * Pods that count for the spread that the scheduler tries to reach by itself, over nodes and zones, where a template
   * has no {@link spread}: those that the same Services and the same owner select.
   * @default no such spread
   */
  readonly spreadBy?: Selector;
  /**
   * Pods that the pods have to stand beside.
   * @default none
   */
  readonly podAffinity?: readonly PodTerm[];
  /**
   * Pods that the pods rather stand beside.
   * @default none
   */
  readonly preferredPodAffinity?: readonly Weighted<PodTerm>[];
  /**
   * Pods that the pods must not stand beside.
   * @default none
   */
  readonly podAntiAffinity?: readonly PodTerm[];
  /**
   * Pods that the pods rather do not stand beside.
   * @default none
   */
  readonly preferredPodAntiAffinity?: readonly Weighted<PodTerm>[];
}

/** Something preferred, and how much. */
export interface Weighted<T> {
  /** From 1 to 100. */
  readonly weight: number;
  /** What is preferred. */
  readonly term: T;
}

/** What is asked of a node. */
export interface NodeTerm {
  /** Of its labels. */
  readonly labels: Selector;
  /**
   * Of its name.
   * @default any name
   */
  readonly names?: Selector;
}

/** Which taints are tolerated (Kubernetes, `Toleration`). */
export interface Toleration {
  /**
   * Key of the taint.
   * @default every key
   */
  readonly key?: string;
  /**
   * Whether its value has to be equal.
   * @default 'Equal'
   */
  readonly operator?: 'Equal' | 'Exists';
  /**
   * Value of the taint.
   * @default ''
   */
  readonly value?: string;
  /**
   * Effect of the taint.
   * @default every effect
   */
  readonly effect?: string;
}

/** A port of the node. */
export interface HostPort {
  /** Number of the port. */
  readonly port: number;
  /**
   * Protocol.
   * @default 'TCP'
   */
  readonly protocol?: string;
  /**
   * Address of the node.
   * @default '0.0.0.0': all of them
   */
  readonly address?: string;
}

/** How evenly pods are spread (Kubernetes, `TopologySpreadConstraint`). */
export interface SpreadConstraint {
  /** Most pods that a domain has more than the one with the fewest. */
  readonly maxSkew: number;
  /** Label of nodes whose values are the domains. */
  readonly topologyKey: string;
  /** Whether a pod waits rather than break it, or it is tried. */
  readonly whenUnsatisfiable: 'DoNotSchedule' | 'ScheduleAnyway';
  /**
   * Pods of the namespace that count.
   * @default none
   */
  readonly selector?: Selector;
  /**
   * With fewer domains than these, the fewest pods of a domain count as 0.
   * @default 1
   */
  readonly minDomains?: number;
  /**
   * Whether nodes that node selector and affinity rule out are left out of account.
   * @default 'Honor'
   */
  readonly nodeAffinityPolicy?: 'Honor' | 'Ignore';
  /**
   * Whether nodes with taints that are not tolerated are left out of account.
   * @default 'Ignore'
   */
  readonly nodeTaintsPolicy?: 'Honor' | 'Ignore';
}

/** Other pods, and where they are near (Kubernetes, `PodAffinityTerm`). */
export interface PodTerm {
  /** Label of nodes that are near where its value is the same. */
  readonly topologyKey: string;
  /**
   * Labels of the pods.
   * @default no pods
   */
  readonly selector?: Selector;
  /**
   * Namespaces of the pods; `'all'` for every one.
   * @default the pod's own
   */
  readonly namespaces?: readonly string[] | 'all';
}

/** A pod that wants a node. */
export interface CapacityPod {
  /** Name of the pod, unlike that of every other. */
  readonly name: string;
  /** What it has in common with the other pods of its workload: the same object for all of them. */
  readonly template: PodTemplate;
  /**
   * Name of the only node that it may run on, as a DaemonSet's pods have it.
   * @default any node
   */
  readonly node?: string;
  /**
   * When it comes: pods of a later round come when those of the earlier ones run, and can only push them out.
   * @default 0
   */
  readonly round?: number;
}

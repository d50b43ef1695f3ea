import type { Duration, Size } from 'cdk8s';
import type { ContainerLifecycle, Cpu, EnvValue, Probe, VolumeMount } from 'cdk8s-plus-27';
import type { Connection } from '../network/endpoint';
import type { Egress } from '../network/peer';
import type { NoFigures, OwnFigures } from '../plan/stateful/stateful-plan';
import type { PlacementProps } from '../workload/placement';

/** Properties of a `StatefulService`. */
export interface StatefulServiceProps<Own extends OwnFigures = NoFigures>
  extends ServerContainer,
    PlacementProps {
  /** Members: pods with a name and volumes of their own. */
  readonly replicas: number;
  /**
   * Whether more than half of the members have to agree before anything is done. Then an even number of them is
   * refused, and a node drain leaves a majority.
   * @default false: a node drain takes one member at a time
   */
  readonly quorum?: boolean;
  /** TCP ports of the server, the one that clients call first. */
  readonly ports: readonly StatefulPort[];
  /**
   * Volumes that each member keeps for itself, by name. Name, class and access mode of a claim can never be changed,
   * and its size only by hand.
   * @default none: what the members write is lost with them
   */
  readonly claims?: Readonly<Record<string, StatefulClaim>>;
  /**
   * What becomes of the volumes.
   * @default they outlive the pods, the service, and a smaller number of replicas
   */
  readonly retention?: ClaimRetention;
  /**
   * `parallel`: members start together. `ordered`: each waits until the one before it is ready, which members that
   * are ready only with a quorum never are. Can never be changed.
   * @default 'parallel'
   */
  readonly podManagement?: 'parallel' | 'ordered';
  /**
   * How members are replaced by those of another template, from the last one to the first.
   * @default all of them, one at a time
   */
  readonly update?: StatefulUpdate;
  /**
   * How long a fresh member has to stay ready before the next one is replaced; whole seconds.
   * @default 10 s
   */
  readonly minReady?: Duration;
  /**
   * Time from SIGTERM to SIGKILL; whole seconds.
   * @default 30 s
   */
  readonly gracePeriod?: Duration;
  /**
   * Configuration files of the server. A change replaces the members.
   * @default none
   */
  readonly config?: StatefulConfig;
  /**
   * Containers beside the server's.
   * @default none
   */
  readonly sidecars?: readonly Sidecar[];
  /**
   * Containers that run to their end before the server starts.
   * @default none
   */
  readonly initContainers?: readonly InitContainer[];
  /**
   * Numeric user and group of the pods.
   * @default 65532
   */
  readonly user?: number;
  /**
   * Servers and services that the members call: their network policies are opened, and the server gets their
   * variables.
   * @default none
   */
  readonly connections?: readonly Connection[];
  /**
   * What the members may call besides DNS and each other.
   * @default nothing
   */
  readonly egress?: readonly Egress[];
  /**
   * Label `app.kubernetes.io/name`: what kind of server it is.
   * @default the name of the service
   */
  readonly app?: string;
  /**
   * Figures of a preset, which the plan explains with those of every stateful service.
   * @default none
   */
  readonly figures?: Own;
}

/** A server's container. */
export interface ServerContainer {
  /** Image with a version: `nats:2.12`, or pinned as `nats:2.12@sha256:…`. */
  readonly image: string;
  /**
   * What is run instead of the image's entry point.
   * @default the entry point of the image
   */
  readonly command?: readonly string[];
  /**
   * Arguments of the command.
   * @default those of the image
   */
  readonly args?: readonly string[];
  /**
   * Variables.
   * @default none
   */
  readonly env?: Readonly<Record<string, EnvValue>>;
  /** CPU, memory and scratch space. */
  readonly resources: ServerResources;
  /** How the kubelet sees that the server serves. */
  readonly probes: ServerProbes;
  /**
   * Hooks after the start and before the end.
   * @default none
   */
  readonly lifecycle?: ContainerLifecycle;
  /**
   * Volumes besides claims, configuration and /tmp. The root file system is read-only.
   * @default none
   */
  readonly volumes?: readonly VolumeMount[];
}

/** CPU, memory and scratch space of one container. */
export interface ServerResources {
  /** Cores. */
  readonly cpu: ServerCpu;
  /** Memory that is requested, and the limit as well. */
  readonly memory: Size;
  /**
   * Size of /tmp.
   * @default 16 MiB
   */
  readonly scratch?: Size;
}

/** Cores of one container. */
export interface ServerCpu {
  /** Cores that the scheduler keeps for it. */
  readonly request: Cpu;
  /**
   * Cores that it is held to; `'none'`: it may use what the node has to spare.
   * @default twice the request, in whole cores
   */
  readonly limit?: Cpu | 'none';
}

/** How the kubelet sees that a server serves. */
export interface ServerProbes {
  /**
   * Has it come up? The others wait for it.
   * @default it listens on its first port, within 10 minutes
   */
  readonly startup?: Probe;
  /** May clients be led to it? */
  readonly readiness: Probe;
  /**
   * Would a restart help? It must not ask for anything outside the pod: a quorum that is lost is not won back by
   * restarts.
   * @default it listens on its first port; after a minute without, it is restarted
   */
  readonly liveness?: Probe;
}

/** A TCP port of a stateful service. */
export interface StatefulPort {
  /** Name of at most 15 lower-case letters, digits and dashes, such as `client`. */
  readonly name: string;
  /** Number from 1 to 65535. */
  readonly number: number;
  /**
   * Whether clients call it: then it is a port of the Service, and `endpoint()` gives it.
   * @default true
   */
  readonly clients?: boolean;
  /**
   * Whether the members call each other on it.
   * @default false
   */
  readonly peers?: boolean;
  /**
   * Whether every pod of the cluster may call it, as Prometheus has to for metrics.
   * @default false
   */
  readonly open?: boolean;
}

/** A volume that each member keeps for itself. */
export interface StatefulClaim {
  /** Size of each member's volume. */
  readonly size: Size;
  /** Where the server's container finds it. */
  readonly path: string;
  /**
   * StorageClass.
   * @default that of the environment, of its cloud, or of the cluster
   */
  readonly storageClass?: string;
}

/** What becomes of the volumes of a stateful service. */
export interface ClaimRetention {
  /**
   * When the service is deleted.
   * @default 'retain'
   */
  readonly whenDeleted?: 'retain' | 'delete';
  /**
   * When the number of replicas falls.
   * @default 'retain'
   */
  readonly whenScaled?: 'retain' | 'delete';
}

/** How members are replaced by those of another template. */
export interface StatefulUpdate {
  /**
   * Only members from this ordinal on are replaced, so that a change can be tried on the last ones.
   * @default 0: all of them
   */
  readonly partition?: number;
  /**
   * Members that are replaced at the same time. Clusters below 1.37 do not heed it, so it is refused there.
   * @default 1
   */
  readonly maxUnavailable?: number;
}

/** Configuration files. */
export interface StatefulConfig {
  /** Folder that they lie in, read-only. */
  readonly path: string;
  /** Texts by name of the file. */
  readonly files: Readonly<Record<string, string>>;
}

/** A container beside the server's. */
export interface Sidecar extends ServerContainer, SideMounts {
  /** Name of the container. */
  readonly name: string;
  /**
   * Ports that it listens on; no two containers of a pod share one.
   * @default none
   */
  readonly ports?: readonly StatefulPort[];
}

/** A container that runs to its end before the server starts. */
export interface InitContainer extends Omit<ServerContainer, 'probes' | 'lifecycle'>, SideMounts {
  /** Name of the container. */
  readonly name: string;
}

/** Which volumes of the service a further container sees, besides configuration and /tmp. */
export interface SideMounts {
  /**
   * Where it finds claims of the service, by their names.
   * @default it finds none
   */
  readonly claims?: Readonly<Record<string, string>>;
}

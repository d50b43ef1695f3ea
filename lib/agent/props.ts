import type { Duration, Size } from 'cdk8s';
import type { Cpu, EnvValue, Probe, VolumeMount } from 'cdk8s-plus-27';
import type { GoApp } from '../go-app';
import type { Connection } from '../network/endpoint';
import type { Egress } from '../network/peer';
import type { PlacementProps } from '../workload/placement';
import type { NodeNeeds } from './needs';

/** Properties of a {@link NodeAgent}: of a Go app, or of somebody else's image. */
export type NodeAgentProps = NodeAgentOptions & (AgentApp | AgentImage);

/** An agent that is a Go app. */
export interface AgentApp {
  /** The app, of the kind `program`: it serves /startupz, /healthz, /readyz and /metrics on port 9090. */
  readonly app: GoApp;
  /**
   * Has to be left out.
   * @default the image of the app
   */
  readonly image?: undefined;
}

/** An agent that is somebody else's image. */
export interface AgentImage {
  /** Image with a version as its tag, or with a digest. */
  readonly image: string;
  /**
   * Has to be left out.
   * @default none
   */
  readonly app?: undefined;
}

/** Properties of every {@link NodeAgent}. */
export interface NodeAgentOptions extends Pick<PlacementProps, 'identity'> {
  /** What it takes of each node: its budget. */
  readonly resources: AgentResources;
  /**
   * What it needs of the node. Its namespace has to allow that: see `namespaces` of an Environment.
   * @default nothing
   */
  readonly needs?: NodeNeeds;
  /**
   * Names of the environment's node pools that it runs on.
   * @default every node, whatever taints it has
   */
  readonly nodePools?: readonly string[];
  /**
   * PriorityClass of the pods, or its name.
   * @default one of its own, NAMESPACE-ID with the value 1,000,000, so that a full node makes room for it
   */
  readonly priority?: PlacementProps['priority'];
  /**
   * Arguments of the program.
   * @default those of the image
   */
  readonly args?: readonly string[];
  /**
   * Variables of the container.
   * @default none but, for a Go app, GOMAXPROCS and GOMEMLIMIT
   */
  readonly env?: Readonly<Record<string, EnvValue>>;
  /**
   * Volumes besides /tmp and the folders of the node.
   * @default none
   */
  readonly volumes?: readonly VolumeMount[];
  /**
   * Servers and services that it calls.
   * @default none
   */
  readonly connections?: readonly Connection[];
  /**
   * What it may call besides DNS.
   * @default nothing
   */
  readonly egress?: readonly Egress[];
  /**
   * Probes.
   * @default those of the Capstan runtime for a Go app, none for an image
   */
  readonly probes?: AgentProbes;
  /**
   * Port with metrics.
   * @default 9090 for a Go app, none for an image
   */
  readonly metricsPort?: number;
  /**
   * Time for the end after SIGTERM.
   * @default 30 s
   */
  readonly gracePeriod?: Duration;
  /**
   * Rolling update.
   * @default as each of its parts
   */
  readonly rollout?: {
    /**
     * Pods that are replaced at a time.
     * @default a tenth of the nodes, rounded up; 1 where they are not known
     */
    readonly maxUnavailable?: number;
  };
}

/** What an agent takes of each node. */
export interface AgentResources {
  /** CPU of one pod. */
  readonly cpu: {
    /** What is kept free for it. */
    readonly request: Cpu;
    /**
     * What it may use; `'none'`: all that is free.
     * @default twice the request
     */
    readonly limit?: Cpu | 'none';
  };
  /** Memory of one pod, asked for and held to. */
  readonly memory: Size;
  /**
   * Files in /tmp.
   * @default 16 MiB
   */
  readonly scratch?: Size;
}

/** Probes of an agent. */
export interface AgentProbes {
  /**
   * Has it come up?
   * @default not asked
   */
  readonly startup?: Probe;
  /**
   * Does it work?
   * @default not asked
   */
  readonly readiness?: Probe;
  /**
   * Does it still answer at all?
   * @default not asked
   */
  readonly liveness?: Probe;
}

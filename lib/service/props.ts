import type { Duration, Size } from 'cdk8s';
import type { EnvValue, VolumeMount } from 'cdk8s-plus-27';
import type { GoApp } from '../go-app';
import type { Connection } from '../network/endpoint';
import type { Egress } from '../network/peer';
import type { ServiceSignal } from '../plan/service/spec';
import type { TaskTarget } from '../source';
import type { TracedProps } from '../telemetry/props';
import type { Downstream } from '../worker/downstream';
import type { PlacementProps } from '../workload/placement';
import type { PodResources } from '../workload/pod-resources';
import type { WebServiceExposure } from './expose/props';
import type { WebServiceLoadBalancer } from './load-balancer';
import type { Protocol } from './protocol';

/** Properties of a `WebService`. */
export interface WebServiceProps extends PlacementProps, TracedProps {
  /** The Go app that answers requests: `GoApp.fromDirectory('apps/upload', { kind: 'service' })`. */
  readonly app: GoApp;
  /** What one request costs, measured or estimated. */
  readonly request: RequestProfile;
  /** Bounds and signal of the autoscaler. */
  readonly scale: WebServiceScale;
  /**
   * What it speaks, all of it on one port.
   * @default ['http']
   */
  readonly protocols?: readonly Protocol[];
  /**
   * Requests that are handled at the same time in one pod.
   * @default sized from `resources`: what the CPU keeps busy, at most what the memory holds
   */
  readonly concurrency?: number;
  /**
   * CPU and memory of one pod; what is left out is derived, what is given is checked.
   * @default sized from `concurrency`
   */
  readonly resources?: PodResources;
  /**
   * Time within which an average request is answered by a pod that is full, waiting for a slot included. A request that
   * would wait longer is refused with 503, or RESOURCE_EXHAUSTED.
   * @default an average request may wait as long as it takes, and at least 100 ms
   */
  readonly latency?: Duration;
  /**
   * How requests from outside of the cluster reach it, through the environment's entry.
   * @default not at all
   */
  readonly expose?: WebServiceExposure;
  /**
   * A load balancer of its own, which passes TCP on as it is.
   * @default none: the Service has an address inside of the cluster only
   */
  readonly loadBalancer?: WebServiceLoadBalancer;
  /**
   * TCP port of the Service.
   * @default 80
   */
  readonly port?: number;
  /**
   * Which pods a caller's connection goes to first, while there are any: those of its zone, or of its node. Calls then
   * follow where the callers are, not how busy pods are. With clusters older than 1.34 among them, `'same-zone'` has its
   * older name, which newer API servers take with a warning.
   * @default all pods alike
   */
  readonly trafficDistribution?: 'same-zone' | 'same-node';
  /**
   * Parts of the shutdown budget.
   * @default each part has its own
   */
  readonly shutdown?: WebServiceShutdown;
  /**
   * Rolling update.
   * @default a quarter of `scale.max` more pods, each of which has to stay ready for 5 s
   */
  readonly rollout?: WebServiceRollout;
  /**
   * Conditions that somebody else sets on the pods, such as a load balancer's controller, and without which they are not
   * ready.
   * @default none
   */
  readonly readinessGates?: readonly string[];
  /**
   * What shared resources can take, such as database connections; the service's peak is checked against each.
   * @default nothing is checked
   */
  readonly downstream?: readonly Downstream[];
  /**
   * Servers and services that the handlers call: their network policies are opened for the pods, and the pods get
   * their variables.
   * @default none besides those of `publish` and `downstream`
   */
  readonly connections?: readonly Connection[];
  /**
   * The stream or topic that the handlers enqueue tasks to: `broker.stream('photos').publisher()`,
   * `events.topic('photos', …).publisher()`.
   * @default none
   */
  readonly publish?: TaskTarget;
  /**
   * The handlers' own settings.
   * @default none
   */
  readonly settings?: Readonly<Record<string, string>>;
  /**
   * Variables for the container besides those that Capstan sets (CAPSTAN_CONFIG, GOMAXPROCS, GOMEMLIMIT).
   * @default none
   */
  readonly env?: Readonly<Record<string, EnvValue>>;
  /**
   * Volumes besides /tmp and /etc/capstan.
   * @default none
   */
  readonly volumes?: readonly VolumeMount[];
  /**
   * Where handlers read and write files.
   * @default none
   */
  readonly folders?: {
    /**
     * Where they read.
     * @default none
     */
    readonly input?: string;
    /**
     * Where they write.
     * @default none
     */
    readonly output?: string;
  };
  /**
   * What the pods may call besides DNS. `deployment.connections` can add more.
   * @default nothing
   */
  readonly egress?: readonly Egress[];
}

/** What one request costs. */
export interface RequestProfile {
  /** CPU time that one request uses. */
  readonly cpuTime: Duration;
  /** Wall time of one request when the pod is not short of CPU; the runtime ends a request at `max`. */
  readonly duration: { readonly mean: Duration; readonly max: Duration };
  /** Resident memory of the idle process, and the peak that each running request adds, its body included. */
  readonly memory: { readonly base: Size; readonly perRequest: Size };
  /**
   * Files in /tmp: what the process keeps and what each running request adds.
   * @default base 16 MiB, perRequest 0
   */
  readonly scratch?: { readonly base: Size; readonly perRequest: Size };
  /**
   * Largest body, or gRPC message; a larger one is refused with 413, or RESOURCE_EXHAUSTED.
   * @default 1 MiB
   */
  readonly maxBody?: Size;
}

/** Bounds and signal of the autoscaler. */
export interface WebServiceScale {
  /** Fewest pods, 1 or more: a request finds nobody else. */
  readonly min: number;
  /** Most pods. */
  readonly max: number;
  /**
   * What it follows: requests in flight against the bound, CPU against the request, or requests per second.
   * @default 'in-flight'
   */
  readonly by?: ServiceSignal;
  /**
   * Share of what a full pod does that the autoscaler holds, whatever it follows.
   * @default 0.7
   */
  readonly targetUtilization?: number;
}

/** Parts of the shutdown budget. */
export interface WebServiceShutdown {
  /**
   * How long a pod goes on serving after SIGTERM, until nobody sends it requests any more.
   * @default 5 s; 15 s with `expose` or `loadBalancer`
   */
  readonly lameDuck?: Duration;
  /**
   * Time for closing connections and the report.
   * @default 3 s
   */
  readonly flush?: Duration;
  /**
   * The pod's grace period, when somebody else fixes it; it is then checked, not derived.
   * @default lame duck + longest wait + longest request + flush
   */
  readonly gracePeriod?: Duration;
}

/** Rolling update. No pod is ever missing in it. */
export interface WebServiceRollout {
  /**
   * Pods above the wanted count, 1 or more.
   * @default a quarter of `scale.max`, rounded up
   */
  readonly maxSurge?: number;
  /**
   * How long a fresh pod has to stay ready before the next old one goes.
   * @default 5 s
   */
  readonly minReady?: Duration;
}

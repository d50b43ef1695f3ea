import type { Duration } from 'cdk8s';
import type { Connection } from '../../network/endpoint';
import type { PodResources } from '../../workload/pod-resources';
import type { Downstream } from '../downstream';
import type { ScaleBounds, WorkerRollout } from '../props';
import type { WorkerShutdown } from '../task-pod-props';
import type { TaskProfile } from '../task-profile';

/** Properties of `Worker.around`. */
export interface WorkerAroundProps {
  /** What one task costs. Files in /tmp are planned only where `scratch` says what they take. */
  readonly task: TaskProfile;
  /** The bound of the program inside the pod, and how the program is told. */
  readonly concurrency: ProgramBound;
  /** Bounds and speed of the autoscaler. */
  readonly scale: AroundScale;
  /** What the program, or its queue, measures about itself: the autoscaler goes by it. */
  readonly signals: WorkerSignals;
  /**
   * Name of the Deployment.
   * @default the only one of the target
   */
  readonly deployment?: string;
  /**
   * Name of the container that the program runs in.
   * @default the only one of the Deployment
   */
  readonly container?: string;
  /**
   * What the program is written in. With `'go'` GOMAXPROCS and GOMEMLIMIT are planned as well.
   * @default 'go'
   */
  readonly runtime?: 'go' | 'other';
  /**
   * Whether the program asks for tasks, or is pushed to through a Service.
   * @default 'pull'
   */
  readonly delivery?: 'pull' | 'push';
  /**
   * Time from asking the queue for tasks to having them.
   * @default 1 ms, a server of the same zone
   */
  readonly roundTrip?: Duration;
  /**
   * CPU and memory of one pod. What the manifest says need not be said here; where both do, they have to agree.
   * @default what the manifest says; the rest is sized from `concurrency`
   */
  readonly resources?: PodResources;
  /**
   * Parts of the shutdown budget; a preStop hook that sleeps counts as lame duck.
   * @default what the manifest says; the rest is derived
   */
  readonly shutdown?: WorkerShutdown;
  /**
   * Rolling update.
   * @default what the manifest says; the rest as a Worker has it
   */
  readonly rollout?: WorkerRollout;
  /**
   * What shared resources can take, such as database connections; the peak of the pods is checked against each, and
   * their network policies are opened for the pods.
   * @default nothing is checked
   */
  readonly downstream?: readonly Downstream[];
  /**
   * Servers and services that the program calls: their network policies are opened for the pods. The program has to
   * know their addresses by itself.
   * @default none besides those of `downstream`
   */
  readonly connections?: readonly Connection[];
}

/** The bound of a program that Capstan did not generate: so many tasks at the same time in one pod. */
export interface ProgramBound {
  /** Tasks that run at the same time in one pod. */
  readonly bound: number;
  /**
   * The variable that tells the program, such as `POOL_SIZE`. It is set where it is missing.
   * @default the program is not told by a variable
   */
  readonly variable?: string;
  /**
   * The argument that tells the program, such as `--workers`: `--workers=16`, or `--workers` and `16`. It has to be
   * there, since only the program knows where it belongs.
   * @default the program is not told by an argument
   */
  readonly argument?: string;
}

/** Bounds and speed of the autoscaler around a program that Capstan did not generate; at least one pod runs. */
export interface AroundScale extends ScaleBounds {
  /**
   * Who scales.
   * @default 'keda' where the environment's `externalMetrics` is 'keda'; else 'hpa'
   */
  readonly by?: 'hpa' | 'keda';
  /**
   * Hands over the count of a Deployment that runs by `replicas` of its manifest, in two steps: see docs/worker.md.
   * @default the manifest has no `replicas`
   */
  readonly adopt?: AdoptedReplicas;
}

/** A count of pods that goes from a manifest to an autoscaler without ever being 1 in between. */
export interface AdoptedReplicas {
  /** `replicas` of the manifest. It stays there, and nothing scales, until `handedOver` is given. */
  readonly replicas: number;
  /**
   * Says, in one sentence, that the commands of {@link WorkerAround.handover} run in each cluster right before the
   * next apply. Then `replicas` is taken out and the autoscaler is added.
   * @default the count is not handed over yet
   */
  readonly handedOver?: string;
}

/** What says how busy the pods are and how far behind they are; at least one of the two. */
export interface WorkerSignals {
  /**
   * How busy each pod is.
   * @default the autoscaler goes by the backlog alone
   */
  readonly busy?: BusySignal;
  /**
   * Tasks that wait for a slot.
   * @default the autoscaler goes by how busy the pods are alone: it cannot tell how far behind full pods are
   */
  readonly backlog?: BacklogSignal;
}

/** A metric of each pod. */
export interface BusySignal {
  /** Its name. */
  readonly metric: string;
  /**
   * Whether it counts running tasks, or is their share of the bound, from 0 to 1.
   * @default 'count'
   */
  readonly is?: 'count' | 'share';
  /**
   * Labels that tell it from others of its name.
   * @default none
   */
  readonly labels?: Readonly<Record<string, string>>;
  /**
   * PromQL that adds it up over the pods, for KEDA.
   * @default the sum over the namespace of what has the labels
   */
  readonly query?: string;
}

/** A metric of the queue, or of all pods together. */
export interface BacklogSignal {
  /** Its name in external.metrics.k8s.io, or in Prometheus for KEDA. */
  readonly metric: string;
  /**
   * Labels that tell it from others of its name.
   * @default none
   */
  readonly labels?: Readonly<Record<string, string>>;
  /**
   * PromQL that counts all tasks that wait, for KEDA.
   * @default the sum of what has the labels
   */
  readonly query?: string;
}

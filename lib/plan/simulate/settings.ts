import type { AutoscalerSettings } from '../autoscaler/settings';
import type { AnyFigures } from '../figures';
import type { Problem } from '../problem';
import type { Unit } from '../unit';
import { checkNumber } from '../validate/check-number';
import type { WorkerPlanData } from '../worker-plan';

/** What a metric of an autoscaler says about a worker's pods. */
export type SignalKind =
  /** Busy slots ÷ slots, of each pod. */
  | 'utilization'
  /** Busy slots, of each pod. */
  | 'busy'
  /** Tasks that wait for a slot. */
  | 'backlog'
  /** Tasks that nobody has settled: those that wait and those that run. */
  | 'unsettled';

/** What the documents do not say about a worker; what is given here wins over documents and plan. */
export interface WorkerProfile {
  /**
   * Tasks that run at the same time in one pod.
   * @default `pool.slots` of its configuration, or as planned
   */
  readonly slots?: number;
  /**
   * Mean duration of a task in a slot in seconds.
   * @default slots ÷ throughput, as planned
   */
  readonly meanSeconds?: number;
  /**
   * Longest duration of a task in seconds.
   * @default `task.maxSeconds` of its configuration; ten times the mean without one
   */
  readonly maxSeconds?: number;
  /**
   * CPU seconds of a task; needed where an autoscaler goes by CPU.
   * @default not known
   */
  readonly cpuSeconds?: number;
  /**
   * Most tasks per second of one pod.
   * @default as planned; slots ÷ mean duration without a plan
   */
  readonly throughputPerPod?: number;
  /**
   * Whether all pods take from one queue, or each has its own.
   * @default as the source of its configuration says; shared without one
   */
  readonly lines?: 'shared' | 'each';
}

/** Nodes that pods are put on. */
export interface SimulatedNodes {
  /** Pods of the worker that fit on one node. */
  readonly podsPerNode: number;
  /**
   * Nodes at the start, which are never taken away.
   * @default as many as the first pods need
   */
  readonly atStart?: number;
  /**
   * Most nodes.
   * @default any number
   */
  readonly most?: number;
  /**
   * Seconds from the first pod without a place until a new node takes it.
   * @default 90
   */
  readonly provisionSeconds?: number;
  /**
   * Seconds after which a node that nobody needs goes.
   * @default 600
   */
  readonly idleSeconds?: number;
}

/** How `simulate` plays; times in seconds. */
export interface SimulateSettings {
  /**
   * Names of the workers to simulate.
   * @default all that an autoscaler scales
   */
  readonly workers?: readonly string[];
  /**
   * Plans by name of the worker: throughput, and slots of what Capstan did not generate.
   * @default none
   */
  readonly plans?: Readonly<Record<string, WorkerPlanData<AnyFigures>>>;
  /**
   * What neither documents nor plans say, by name of the worker.
   * @default none
   */
  readonly profiles?: Readonly<Record<string, WorkerProfile>>;
  /**
   * What metrics that Capstan does not know say, by name of the metric or trigger.
   * @default none
   */
  readonly metrics?: Readonly<Record<string, SignalKind>>;
  /**
   * A task that waits longer is late.
   * @default the time within which the autoscaler's backlog for each pod is worked off; 60 without one
   */
  readonly lateSeconds?: number;
  /**
   * Time between two looks of Prometheus at the pods.
   * @default 15
   */
  readonly scrapeSeconds?: number;
  /**
   * When it looks first, counted from the start.
   * @default half a period, as on average
   */
  readonly scrapePhaseSeconds?: number;
  /**
   * Time from such a look until the autoscaler can see what it found, through the metrics adapter.
   * @default 1
   */
  readonly metricDelaySeconds?: number;
  /**
   * Time between two looks of the autoscaler (`--horizontal-pod-autoscaler-sync-period`), and width of a step.
   * @default 15
   */
  readonly syncSeconds?: number;
  /**
   * When it looks first, counted from the start, besides `syncLatencySeconds`.
   * @default 0
   */
  readonly syncPhaseSeconds?: number;
  /**
   * Time that each look of the autoscaler takes: its looks drift by it.
   * @default 0.02
   */
  readonly syncLatencySeconds?: number;
  /**
   * When KEDA looks first whether the last pod goes or the first one comes, counted from the start. A longer time than its
   * polling interval counts without whole intervals.
   * @default 0
   */
  readonly pollPhaseSeconds?: number;
  /**
   * Time from the creation of a pod to its node.
   * @default 1
   */
  readonly schedulingSeconds?: number;
  /**
   * Time that a pod's image takes.
   * @default 5
   */
  readonly imagePullSeconds?: number;
  /**
   * Time from the start of a pod's container until it is ready.
   * @default 2
   */
  readonly startSeconds?: number;
  /**
   * Nodes.
   * @default every pod finds a place
   */
  readonly nodes?: SimulatedNodes;
  /**
   * When a new version is rolled out.
   * @default never
   */
  readonly rolloutsAt?: readonly number[];
  /**
   * When all nodes are drained, one pod after the other, as far as the PodDisruptionBudget lets them.
   * @default never
   */
  readonly nodeDrainsAt?: readonly number[];
  /**
   * Pods at the start.
   * @default what the first rate needs at the autoscaler's target, within its bounds
   */
  readonly startPods?: number;
  /**
   * Date at which the load begins, for schedules: `2026-05-04T00:00:00Z`.
   * @default a Monday at midnight, UTC
   */
  readonly startsAt?: string;
  /**
   * Flags of kube-controller-manager.
   * @default those of Kubernetes 1.37
   */
  readonly controller?: AutoscalerSettings;
}

/** Times of {@link SimulateSettings}, with their defaults. */
export type Timing = Readonly<Record<keyof typeof DEFAULTS, number>>;

const DEFAULTS = {
  scrapeSeconds: 15,
  scrapePhaseSeconds: 7.5,
  metricDelaySeconds: 1,
  syncSeconds: 15,
  syncPhaseSeconds: 0,
  syncLatencySeconds: 0.02,
  pollPhaseSeconds: 0,
  schedulingSeconds: 1,
  imagePullSeconds: 5,
  startSeconds: 2,
};

/** Times that may not be 0. */
const LEAST: Partial<Record<keyof typeof DEFAULTS, number>> = { scrapeSeconds: 1, syncSeconds: 1 };

const DAY_SECONDS = 24 * 3600;

/** Fills in the times, and checks all numbers of the settings. */
export function settleTiming(settings: SimulateSettings, problems: Problem[]): Timing {
  const check = (prop: string, value: number | undefined, unit: Unit, min: number) => {
    if (value === undefined) return;
    const whole = unit === 'pods' || unit === 'count';
    const rule = { prop, unit, min, max: whole ? 1e6 : 1e9, fix: 'Correct it, or leave it out.' };
    checkNumber(value, { ...rule, ...(whole && { parts: 1 }) }, problems);
  };
  check('lateSeconds', settings.lateSeconds, 'seconds', 0);
  check('startPods', settings.startPods, 'pods', 0);
  check('nodes.podsPerNode', settings.nodes?.podsPerNode, 'pods', 1);
  check('nodes.atStart', settings.nodes?.atStart, 'count', 0);
  check('nodes.most', settings.nodes?.most, 'count', 1);
  check('nodes.provisionSeconds', settings.nodes?.provisionSeconds, 'seconds', 0);
  check('nodes.idleSeconds', settings.nodes?.idleSeconds, 'seconds', 1);
  for (const time of settings.rolloutsAt ?? []) check('rolloutsAt', time, 'seconds', 0);
  for (const time of settings.nodeDrainsAt ?? []) check('nodeDrainsAt', time, 'seconds', 0);
  const { scrapeSeconds = 0 } = settings;
  const scrapePhaseSeconds = scrapeSeconds >= 1 ? scrapeSeconds / 2 : DEFAULTS.scrapePhaseSeconds;
  const defaults = { ...DEFAULTS, scrapePhaseSeconds };
  const times = Object.entries(defaults).map(([name, byDefault]) => {
    const key = name as keyof typeof DEFAULTS;
    const rule = {
      prop: name,
      unit: 'seconds',
      min: LEAST[key] ?? 0,
      max: DAY_SECONDS,
      fix: `Leave it out for ${byDefault} s.`,
    } as const;
    return [name, checkNumber(settings[key] ?? byDefault, rule, problems)];
  });
  return Object.fromEntries(times) as Timing;
}

import {
  FIGURE_NAMES,
  type Figure,
  type FigureName,
  formatFigure,
  type ServicePlanData,
  type WorkerPlanData,
  type WorkerSpec,
} from '../../lib/plan';

/** Figures of other forms than a worker that an autoscaler scales. */
export const OF_OTHER_FORMS: readonly FigureName[] = [
  'shards',
  'completions',
  'parallelism',
  'tasksPerIndex',
  'runTime',
  'deadline',
  'startingDeadline',
  'peakPods',
  'peakConcurrency',
];

/** Figures that not every worker has. */
const MAY_BE_ABSENT: readonly string[] = [
  ...OF_OTHER_FORMS,
  'cpuLimit',
  'gomaxprocs',
  'queueCapacity',
  'unsettledPerReplica',
  'pollingInterval',
  'cooldown',
];

const WHOLE = new Set(['slots', 'tasks', 'requests', 'pods', 'bytes', 'percent']);

/**
 * What a plan without problems must keep, stated from the spec and from what Kubernetes and Go do, not from the
 * plan's own formulas.
 *
 * @returns one line for each broken relation
 */
export function violations(spec: WorkerSpec, plan: WorkerPlanData): string[] {
  return [...wellFormed(plan), ...broken(relations(spec, plan))];
}

/** Every figure is a finite number of 0 or more, whole where it counts things, and its reason shows it. */
export function wellFormed(plan: WorkerPlanData): string[] {
  return wellFormedFigures(FIGURE_NAMES, MAY_BE_ABSENT, plan.figures);
}

/** The same for the figures of any plan. */
export function wellFormedFigures<Name extends string>(
  names: readonly Name[],
  optional: readonly string[],
  figures: Readonly<Partial<Record<Name, Figure>>>,
): string[] {
  return names.flatMap((name) => {
    const figure = figures[name];
    if (figure === undefined) return optional.includes(name) ? [] : [`${name} is missing`];
    return [
      ...(Number.isFinite(figure.value) && figure.value >= 0 ? [] : [`${name} is ${figure.value}`]),
      ...(WHOLE.has(figure.unit) && !Number.isInteger(figure.value) ? [`${name} is not whole`] : []),
      ...(figure.reason.includes(formatFigure(figure)) ? [] : [`the reason of ${name} hides its value`]),
    ];
  });
}

/** Something that has to hold, and how it is called when it does not. */
export type Relation = readonly [holds: boolean, text: string];

/** The relations that do not hold. */
export function broken(all: readonly Relation[]): string[] {
  return all.flatMap(([holds, text]) => (holds ? [] : [text]));
}

function relations(spec: WorkerSpec, plan: WorkerPlanData): Relation[] {
  return [
    ...inThePod(costOf(spec, plan), plan),
    ...inTime(spec, plan),
    ...scaleIn(plan),
    ...ackable(plan),
    ...inTheFleet(spec.scale, plan),
    ...withoutPods(spec, plan),
  ];
}

/** Without a pod KEDA has to see that tasks are there, those that are out included, and not to go before they end. */
function withoutPods({ scale, source }: WorkerSpec, { figures: f }: WorkerPlanData): Relation[] {
  const { unsettledPerReplica: unsettled, pollingInterval, cooldown } = f;
  if (scale.by !== 'keda' || scale.min > 0) {
    const none = [unsettled, pollingInterval, cooldown].every((it) => it === undefined);
    return [[none, 'only a worker that KEDA may take all pods of waits for tasks without one']];
  }
  if (unsettled === undefined || pollingInterval === undefined || cooldown === undefined) {
    return [[false, 'KEDA knows how to bring the first pod back']];
  }
  const { poolSlots, prefetch, backlogPerReplica, gracePeriod } = f;
  const pods = 7;
  const out = pods * (poolSlots.value + prefetch.value);
  const waiting = pods * backlogPerReplica.value;
  return [
    [source.held === undefined, 'tasks are somewhere while no pod is there'],
    [(out + waiting) / unsettled.value === pods, 'full pods ask for what their backlog asks for'],
    [cooldown.value >= Math.min(3600, gracePeriod.value), 'the last pod goes after others have ended'],
    [pollingInterval.value >= 1, 'KEDA asks now and then'],
  ];
}

/** What a pod's work costs. */
export interface Cost {
  readonly cpuSeconds: number;
  readonly durationSeconds: { readonly mean: number; readonly max: number };
  readonly memory: { readonly base: number; readonly each: number };
  readonly scratch: { readonly base: number; readonly each: number };
  /** Bytes of all that waits in the pod. */
  readonly waiting: number;
}

/** A plan of either kind. */
type AnyPlan = WorkerPlanData | ServicePlanData;

function costOf(spec: WorkerSpec, { figures }: WorkerPlanData): Cost {
  const { cpuSeconds, durationSeconds, memoryBytes, scratchBytes } = spec.task;
  return {
    cpuSeconds,
    durationSeconds,
    memory: { base: memoryBytes.base, each: memoryBytes.perTask },
    scratch: { base: scratchBytes?.base ?? 0, each: scratchBytes?.perTask ?? 0 },
    waiting: (figures.queueCapacity?.value ?? 0) * heldTaskBytes(spec),
  };
}

/**
 * Most bytes of a task in a pod's own queue: go/queue/memory_size_test.go measures that they are fewer. A payload
 * that is not given is 1 KiB.
 */
export function heldTaskBytes({ source }: WorkerSpec): number {
  return 1.25 * (source.held?.payloadBytes ?? 1024) + 512;
}

/** What holds in one pod. */
export function inThePod(cost: Cost, { figures: f }: AnyPlan): Relation[] {
  const slots = f.poolSlots.value;
  const memory = cost.memory.base + cost.memory.each * slots + cost.waiting;
  const scratch = cost.scratch.base + cost.scratch.each * slots;
  const cores = f.cpuLimit?.value ?? f.gomaxprocs?.value ?? Number.NaN;
  const rate = f.throughputPerPod.value * (1 - 1e-9);
  return [
    [slots >= 1, 'a pool has a slot'],
    [memory <= f.gomemlimit.value, 'all that runs and waits in the pod fits below GOMEMLIMIT'],
    [f.gomemlimit.value <= 0.9 * f.memoryLimit.value, 'GOMEMLIMIT leaves a tenth of the limit'],
    [f.memoryRequest.value <= f.memoryLimit.value, 'the memory request is within the limit'],
    [f.cpuRequest.value > 0, 'CPU is requested'],
    [f.cpuRequest.value <= (f.cpuLimit?.value ?? Infinity), 'the CPU request is within the limit'],
    [(f.gomaxprocs === undefined) === (f.cpuLimit?.value ?? 0) >= 2, 'GOMAXPROCS is explicit below 2 cores'],
    [(f.gomaxprocs?.value ?? 1) >= Math.min(cores, 1), 'GOMAXPROCS can use the limit'],
    [scratch <= f.scratch.value && f.scratch.value > 0, 'files of all tasks fit into /tmp'],
    [f.scratch.value < f.ephemeralStorageLimit.value, 'ephemeral storage holds /tmp and logs'],
    [f.ephemeralStorageRequest.value <= f.ephemeralStorageLimit.value, 'storage request is within the limit'],
    [rate <= slots / cost.durationSeconds.mean, 'the rate is within what the slots do'],
    [rate * cost.cpuSeconds <= cores, 'the rate is within what the CPU does'],
    [
      slots / f.throughputPerPod.value <= cost.durationSeconds.max * (1 + 1e-6),
      'an average task meets its deadline',
    ],
  ];
}

function inTime({ task, source, scale }: WorkerSpec, { figures: f }: WorkerPlanData): Relation[] {
  const longest = task.durationSeconds.max;
  const slots = f.poolSlots.value;
  const trip = source.roundTripSeconds;
  // The last of the prefetched tasks starts when every slot has ended a longest task once per round.
  const waiting = Math.ceil(f.prefetch.value / slots) * longest;
  const worksOff = Math.max(0, (f.queueCapacity?.value ?? 0) - slots) / f.throughputPerPod.value;
  return [
    [
      f.drain.value >= (worksOff + longest) * (1 - 1e-9),
      'the drain covers the longest task, behind all that waits in the pod',
    ],
    [
      f.gracePeriod.value >= f.lameDuck.value + f.drain.value + f.flush.value,
      'the grace period holds the shutdown budget',
    ],
    [
      f.ackWait.value > waiting + longest + f.flush.value,
      'the ack wait outlasts waiting, running and acking',
    ],
    [f.prefetch.value >= f.throughputPerPod.value * trip * (1 - 1e-9), 'the prefetch covers the round trip'],
    [1 / f.targetUtilization.value > 1.1, 'a full pool makes the autoscaler act'],
    [f.backlogPerReplica.value >= 1, 'the backlog target is reachable'],
    [
      scale.min === scale.max ||
        (f.queueCapacity?.value ?? Infinity) - slots > f.backlogPerReplica.value * 1.1 * (1 - 1e-9),
      "a pod's queue is not full before the autoscaler acts",
    ],
    [
      f.backlogPerReplica.value <= f.throughputPerPod.value * scale.drainWithinSeconds * (1 + 1e-9),
      'a pod works its backlog off in time',
    ],
  ];
}

/** What holds between the autoscaler's speed and the grace period. */
export function scaleIn({ figures: f }: AnyPlan): Relation[] {
  const outlives = Math.floor(f.gracePeriod.value / 15) * 15 + 15;
  return [
    [f.scaleUpPods.value >= 1 && f.scaleUpPercent.value > 0, 'scale-out moves'],
    [f.scaleUpPeriod.value >= 15, 'a scale-out period spans a look of the autoscaler'],
    [f.scaleDownPercent.value > 0 && f.scaleDownPercent.value < 100, 'scale-in moves, and not all at once'],
    [
      f.scaleDownWindow.value >= Math.min(3600, Math.max(300, outlives)),
      'the window outlasts the grace period',
    ],
    [f.scaleDownWindow.value <= 3600, 'the API accepts the window'],
    [f.scaleDownPeriod.value >= Math.min(1800, outlives), 'the period outlasts the grace period'],
    [f.scaleDownPeriod.value <= 1800, 'the API accepts the period'],
  ];
}

function ackable({ figures: f }: WorkerPlanData): Relation[] {
  const peaks = [f.peakPodsSteady.value, f.peakPodsRollingUpdate.value, f.peakPodsBlueGreen.value];
  return [
    [
      f.maxAckPending.value >= (f.poolSlots.value + 2 * f.prefetch.value) * Math.max(...peaks),
      'the queue may have out what all pods hold',
    ],
  ];
}

/** What holds for all pods together. */
export function inTheFleet(
  { min, max }: { readonly min: number; readonly max: number },
  { figures: f, downstream }: AnyPlan,
): Relation[] {
  const slots = f.poolSlots.value;
  const peaks = [f.peakPodsSteady.value, f.peakPodsRollingUpdate.value, f.peakPodsBlueGreen.value];
  const surge = f.maxSurge.value;
  return [
    [f.minReplicas.value === min && f.maxReplicas.value === max, 'the bounds are those of the spec'],
    [f.pdbMaxUnavailable.value >= 1, 'a node can be drained'],
    [min <= 1 || f.pdbMaxUnavailable.value < min, 'a drain never takes all pods'],
    [f.minReadySeconds.value < 600, 'a rollout can make progress'],
    [peaks.every((pods) => pods >= max), 'a peak is not below the most pods'],
    [f.peakPodsRollingUpdate.value <= 2 * max, 'a rolling update is old and new pods at most'],
    [min < max || f.peakPodsSteady.value === max, 'a fixed count has nothing to drain'],
    [surge > 0 || f.peakPodsRollingUpdate.value === max, 'without surge nothing is added'],
    [surge === 0 || f.peakPodsRollingUpdate.value >= max + Math.min(max, surge), 'the surge is counted'],
    [f.peakPodsBlueGreen.value === 2 * max, 'blue/green counts both colours'],
    [f.peakConcurrencySteady.value === slots * f.peakPodsSteady.value, 'steady tasks are slots × pods'],
    [
      f.peakConcurrencyRollingUpdate.value === slots * f.peakPodsRollingUpdate.value,
      'tasks of a rolling update are slots × pods',
    ],
    [
      f.peakConcurrencyBlueGreen.value === slots * f.peakPodsBlueGreen.value,
      'blue/green tasks are slots × pods',
    ],
    ...downstream.map(({ name, limit, peak }): Relation => [peak.value <= limit, `${name} takes the peak`]),
  ];
}

import { FIGURE_NAMES, formatFigure, type WorkerPlanData, type WorkerSpec } from '../../lib/plan';

const WHOLE = new Set(['slots', 'tasks', 'pods', 'bytes', 'percent']);

/**
 * What a plan without problems must keep, stated from the spec and from what Kubernetes and Go do, not from the
 * plan's own formulas.
 *
 * @returns one line for each broken relation
 */
export function violations(spec: WorkerSpec, plan: WorkerPlanData): string[] {
  return [...wellFormed(plan), ...relations(spec, plan).flatMap(([holds, text]) => (holds ? [] : [text]))];
}

/** Every figure is a finite number of 0 or more, whole where it counts things, and its reason shows it. */
export function wellFormed(plan: WorkerPlanData): string[] {
  return FIGURE_NAMES.flatMap((name) => {
    const figure = plan.figures[name];
    if (figure === undefined) {
      return ['cpuLimit', 'gomaxprocs', 'queueCapacity'].includes(name) ? [] : [`${name} is missing`];
    }
    return [
      ...(Number.isFinite(figure.value) && figure.value >= 0 ? [] : [`${name} is ${figure.value}`]),
      ...(WHOLE.has(figure.unit) && !Number.isInteger(figure.value) ? [`${name} is not whole`] : []),
      ...(figure.reason.includes(formatFigure(figure)) ? [] : [`the reason of ${name} hides its value`]),
    ];
  });
}

type Relation = readonly [holds: boolean, text: string];

function relations(spec: WorkerSpec, plan: WorkerPlanData): Relation[] {
  return [...inThePod(spec, plan), ...inTime(spec, plan), ...inTheFleet(spec, plan)];
}

/**
 * Most bytes of a task in a pod's own queue: go/queue/memory_size_test.go measures that they are fewer. A payload
 * that is not given is 1 KiB.
 */
export function heldTaskBytes({ source }: WorkerSpec): number {
  return 1.25 * (source.held?.payloadBytes ?? 1024) + 512;
}

function inThePod(spec: WorkerSpec, { figures: f }: WorkerPlanData): Relation[] {
  const { task } = spec;
  const slots = f.poolSlots.value;
  const waiting = (f.queueCapacity?.value ?? 0) * heldTaskBytes(spec);
  const memory = task.memoryBytes.base + task.memoryBytes.perTask * slots + waiting;
  const scratch = (task.scratchBytes?.base ?? 0) + (task.scratchBytes?.perTask ?? 0) * slots;
  const cores = f.cpuLimit?.value ?? f.gomaxprocs?.value ?? Number.NaN;
  const rate = f.throughputPerPod.value * (1 - 1e-9);
  return [
    [slots >= 1, 'a pool has a slot'],
    [memory <= f.gomemlimit.value, 'all tasks fit below GOMEMLIMIT, those that wait in the pod included'],
    [f.gomemlimit.value <= 0.9 * f.memoryLimit.value, 'GOMEMLIMIT leaves a tenth of the limit'],
    [f.memoryRequest.value <= f.memoryLimit.value, 'the memory request is within the limit'],
    [f.cpuRequest.value > 0, 'CPU is requested'],
    [f.cpuRequest.value <= (f.cpuLimit?.value ?? Infinity), 'the CPU request is within the limit'],
    [(f.gomaxprocs === undefined) === (f.cpuLimit?.value ?? 0) >= 2, 'GOMAXPROCS is explicit below 2 cores'],
    [(f.gomaxprocs?.value ?? 1) >= Math.min(cores, 1), 'GOMAXPROCS can use the limit'],
    [scratch <= f.scratch.value && f.scratch.value > 0, 'files of all tasks fit into /tmp'],
    [f.scratch.value < f.ephemeralStorageLimit.value, 'ephemeral storage holds /tmp and logs'],
    [f.ephemeralStorageRequest.value <= f.ephemeralStorageLimit.value, 'storage request is within the limit'],
    [rate <= slots / task.durationSeconds.mean, 'the rate is within what the slots do'],
    [rate * task.cpuSeconds <= cores, 'the rate is within what the CPU does'],
    [
      slots / f.throughputPerPod.value <= task.durationSeconds.max * (1 + 1e-6),
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
  const outlives = Math.floor(f.gracePeriod.value / 15) * 15 + 15;
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

function inTheFleet(spec: WorkerSpec, { figures: f, downstream }: WorkerPlanData): Relation[] {
  const { min, max } = spec.scale;
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
    [
      f.maxAckPending.value >= (slots + f.prefetch.value) * Math.max(...peaks),
      'the queue may have out what all pods hold',
    ],
    ...downstream.map(({ name, limit, peak }): Relation => [peak.value <= limit, `${name} takes the peak`]),
  ];
}

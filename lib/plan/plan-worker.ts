import { checkDownstream, type Demand, downstreamUse } from './downstream';
import { ackWait, checkPrefetch, maxAckPending, prefetch } from './fetch';
import type { Figures } from './figures';
import { checkCapacity, heldTasks, queueCapacity, workOffHeld } from './held-tasks';
import type { Problem } from './problem';
import { fleet } from './rollout/fleet';
import { update } from './rollout/update';
import { scaleToZero } from './scale-to-zero';
import { backlogPerReplica, checkDrainWithin, scaleDown, scaling } from './scaling';
import type { SettledWorker } from './settled-spec';
import { checkGracePeriod, shutdownBudget } from './shutdown';
import { checkCpu, sizeCpu } from './sizing/cpu';
import { checkMemory, sizeMemory } from './sizing/memory';
import { sizePool } from './sizing/pool';
import { checkStorage, sizeStorage } from './sizing/storage';
import type { WorkerSpec } from './spec';
import { checkStarvation, throughput } from './throughput';
import { settleSpec } from './validate';
import { WorkerPlan } from './worker-plan';

/**
 * Derives all numbers of a worker from its spec: the bound in the pod and everything around the pod.
 *
 * Never throws for a wrong number. What is wrong is listed in `problems`, all of it at once; the figures are then
 * computed from legal numbers next to the wrong ones and must not be deployed.
 *
 * The formulas and their sources stand in docs/plan.md.
 */
export function planWorker(spec: WorkerSpec): WorkerPlan {
  const problems: Problem[] = [];
  const settled = settleSpec(spec, problems);
  const pod = planPod(settled, problems);
  const pods = planFleet(settled, pod, problems);
  return new WorkerPlan({
    name: spec.name,
    figures: { ...pod.figures, ...pods.figures },
    downstream: downstreamUse(settled.downstream, pods.demand),
    problems,
  });
}

type PodFigureName =
  | 'poolSlots'
  | 'cpuRequest'
  | 'cpuLimit'
  | 'memoryRequest'
  | 'memoryLimit'
  | 'scratch'
  | 'ephemeralStorageRequest'
  | 'ephemeralStorageLimit'
  | 'gomaxprocs'
  | 'gomemlimit'
  | 'throughputPerPod'
  | 'backlogPerReplica'
  | 'queueCapacity'
  | 'prefetch'
  | 'ackWait'
  | 'lameDuck'
  | 'drain'
  | 'flush'
  | 'gracePeriod';

/** Numbers of one pod. */
interface PodPlan {
  readonly figures: Pick<Figures, PodFigureName>;
  /** Seconds of an average task while all slots are busy. */
  readonly busySeconds: number;
}

function planPod(spec: SettledWorker, problems: Problem[]): PodPlan {
  const held = heldTasks(spec);
  const { poolSlots, decidedBy } = sizePool(spec, held, problems);
  const slots = poolSlots.value;
  const { ceiling, ...cpu } = sizeCpu(spec, slots);
  const memory = sizeMemory(spec, held, slots);
  const { throughputPerPod, busySeconds } = throughput(spec, slots, ceiling);
  const ahead = prefetch(spec, throughputPerPod.value);
  const backlog = backlogPerReplica(spec, throughputPerPod.value);
  const capacity = queueCapacity(spec, slots, backlog.value);
  const waiting = workOffHeld(slots, capacity?.value ?? 0, throughputPerPod.value);

  checkCpu(spec, ceiling, decidedBy, problems);
  checkMemory(spec, held, { slots, memoryLimit: memory.memoryLimit.value, decidedBy }, problems);
  checkStorage(spec, slots, problems);
  checkStarvation(spec, slots, ceiling, busySeconds, problems);
  checkPrefetch(ahead.value, spec, problems);
  checkCapacity(spec, slots, backlog.value, problems);
  checkGracePeriod(spec, waiting, problems);

  return {
    figures: {
      poolSlots,
      ...cpu,
      ...memory,
      ...sizeStorage(spec, slots),
      throughputPerPod,
      backlogPerReplica: backlog,
      ...(capacity !== undefined && { queueCapacity: capacity }),
      prefetch: ahead,
      ackWait: ackWait(spec, slots, ahead.value),
      ...shutdownBudget(spec, waiting, shutdownReasons(spec)),
    },
    busySeconds,
  };
}

function shutdownReasons({ delivery }: SettledWorker) {
  return {
    lameDuck: delivery === 'pull' ? 'a worker that pulls just stops asking' : 'until endpoints have followed',
    flush: 'acks, hand-backs and the report',
  };
}

/** Numbers of all pods together. */
interface FleetPlan {
  readonly figures: Omit<Figures, PodFigureName>;
  readonly demand: Demand;
}

function planFleet(spec: SettledWorker, pod: PodPlan, problems: Problem[]): FleetPlan {
  const { poolSlots, prefetch: ahead, gracePeriod } = pod.figures;
  const { figures, peaks, demand } = fleet(spec, poolSlots.value, gracePeriod.value);
  const mostPods = Math.max(peaks.steady, peaks.rollingUpdate, peaks.blueGreen);

  checkDrainWithin(spec, pod.busySeconds, problems);
  checkDownstream(spec.downstream, demand, problems);

  return {
    figures: {
      maxAckPending: maxAckPending(poolSlots.value, ahead.value, mostPods),
      ...scaling(spec, gracePeriod.value, 'busy ÷ slots'),
      ...scaleToZero(spec, {
        slots: poolSlots.value,
        prefetched: ahead.value,
        backlog: pod.figures.backlogPerReplica.value,
        windowSeconds: scaleDown(gracePeriod.value).windowSeconds,
      }),
      ...update(spec),
      ...figures,
    },
    demand,
  };
}

import { checkDownstream, downstreamUse } from './downstream';
import { maxAckPending } from './fetch';
import type { Figures } from './figures';
import { checkCapacity, heldTasks, queueCapacity } from './held-tasks';
import { type PodPlan, type PodRules, planPod } from './pod';
import type { Problem } from './problem';
import { fleet } from './rollout/fleet';
import { update } from './rollout/update';
import { scaleToZero } from './scale-to-zero';
import { backlogPerReplica, checkDrainWithin, scaleDown, scaling } from './scaling';
import type { SettledWorker } from './settled-spec';
import type { WorkerSpec } from './spec';
import { settleSpec } from './validate';
import { waitTarget } from './wait-target';
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
  const pod = planWorkerPod(settled, problems);
  const pods = planFleet(settled, pod, problems);
  return new WorkerPlan({
    name: spec.name,
    figures: { ...pod.figures, ...pods.figures },
    downstream: downstreamUse(settled.downstream, pods.demand),
    problems,
  });
}

/** A worker's pod, and the backlog that the autoscaler aims at for each. */
interface WorkerPod extends PodPlan {
  readonly figures: PodPlan['figures'] & Pick<Figures, 'backlogPerReplica'>;
}

function planWorkerPod(spec: SettledWorker, problems: Problem[]): WorkerPod {
  const backlog = (throughputPerPod: number) => backlogPerReplica(spec, throughputPerPod);
  const rules: PodRules = {
    held: heldTasks(spec),
    capacity: (slots, rate) => queueCapacity(spec, slots, backlog(rate).value),
    worksOff: true,
  };
  const { figures, busySeconds } = planPod(spec, rules, problems);
  const aim = backlog(figures.throughputPerPod.value);
  checkCapacity(spec, figures.poolSlots.value, aim.value, problems);
  return { figures: { ...figures, backlogPerReplica: aim }, busySeconds };
}

/** Numbers of all pods together. */
function planFleet(spec: SettledWorker, pod: WorkerPod, problems: Problem[]) {
  const { poolSlots, prefetch: ahead, gracePeriod, throughputPerPod } = pod.figures;
  const { busySeconds } = pod;
  const waiting = { slots: poolSlots.value, throughput: throughputPerPod.value, busySeconds };
  const target = waitTarget(spec, waiting, problems);
  const { figures, peaks, demand } = fleet(spec, poolSlots.value, gracePeriod.value);
  const mostPods = Math.max(peaks.steady, peaks.rollingUpdate, peaks.blueGreen);

  checkDrainWithin(spec, busySeconds, problems);
  checkDownstream(spec.downstream, demand, problems);

  return {
    figures: {
      maxAckPending: maxAckPending(poolSlots.value, ahead.value, mostPods),
      ...scaling(spec, gracePeriod.value, 'busy ÷ slots'),
      ...(target !== undefined && { targetUtilization: target }),
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

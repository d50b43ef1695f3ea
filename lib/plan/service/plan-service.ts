import { checkDownstream, downstreamUse } from '../downstream';
import type { Problem } from '../problem';
import { fleet } from '../rollout/fleet';
import { update } from '../rollout/update';
import { scaling } from '../scaling';
import { checkGracePeriod, shutdownBudget } from '../shutdown';
import { checkCpu, sizeCpu } from '../sizing/cpu';
import { checkMemory, sizeMemory } from '../sizing/memory';
import { sizePool } from '../sizing/pool';
import { checkStorage, sizeStorage } from '../sizing/storage';
import { checkStarvation, throughput } from '../throughput';
import type { ServiceFigures } from './figures';
import { ServicePlan } from './service-plan';
import { type SettledService, settleService } from './settle';
import type { ServiceSpec } from './spec';
import { checkSignal, metricTarget, shareOf } from './target';
import { checkLatency, waitingRequests, waitingRoom, workOffWaiting } from './waiting-room';

/**
 * Derives all numbers of a service from its spec: the bound in the pod, who may wait for it, and everything around
 * the pod.
 *
 * Never throws for a wrong number. What is wrong is listed in `problems`, all of it at once; the figures are then
 * computed from legal numbers next to the wrong ones and must not be deployed.
 *
 * The formulas and their sources stand in docs/plan.md.
 */
export function planService(spec: ServiceSpec): ServicePlan {
  const problems: Problem[] = [];
  const settled = settleService(spec, problems);
  const pod = planPod(settled, problems);
  const { throughputPerPod, cpuRequest, gracePeriod, poolSlots } = pod;
  const full = { rate: throughputPerPod.value, cpuRequest: cpuRequest.value };
  const { figures: peaks, demand } = fleet(settled, poolSlots.value, gracePeriod.value);

  checkSignal(settled, full, problems);
  checkDownstream(settled.downstream, demand, problems);

  return new ServicePlan({
    name: spec.name,
    figures: {
      ...pod,
      ...scaling(settled, gracePeriod.value, shareOf(settled)),
      ...metricTarget(settled, full),
      ...update(settled),
      ...peaks,
    },
    downstream: downstreamUse(settled.downstream, demand),
    problems,
  });
}

type PodFigures = Pick<
  ServiceFigures,
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
  | 'longestWait'
  | 'waitingRoom'
  | 'lameDuck'
  | 'drain'
  | 'flush'
  | 'gracePeriod'
>;

function planPod(spec: SettledService, problems: Problem[]): PodFigures {
  const waiting = waitingRequests(spec);
  const { poolSlots, decidedBy } = sizePool(spec, waiting, problems);
  const slots = poolSlots.value;
  const { ceiling, ...cpu } = sizeCpu(spec, slots);
  const memory = sizeMemory(spec, waiting, slots);
  const { throughputPerPod, busySeconds } = throughput(spec, slots, ceiling);
  const full = { rate: throughputPerPod.value, busySeconds };
  const room = waitingRoom(spec, full);
  const workOff = workOffWaiting(room.longestWait);

  checkCpu(spec, ceiling, decidedBy, problems);
  checkMemory(spec, waiting, { slots, memoryLimit: memory.memoryLimit.value, decidedBy }, problems);
  checkStorage(spec, slots, problems);
  checkStarvation(spec, slots, ceiling, busySeconds, problems);
  checkLatency(spec, full, problems);
  checkGracePeriod(spec, workOff, problems);

  return {
    poolSlots,
    ...cpu,
    ...memory,
    ...sizeStorage(spec, slots),
    throughputPerPod,
    ...room,
    ...shutdownBudget(spec, workOff, shutdownReasons(spec)),
  };
}

function shutdownReasons({ reach }: SettledService) {
  const follower = reach === 'outside' ? 'what routes requests from outside has' : 'endpoints have';
  return { lameDuck: `until ${follower} followed`, flush: 'closing connections, and the report' };
}

import { SERVICE_FIGURE_NAMES, type ServicePlanData, type ServiceSpec } from '../../../lib/plan';
import { broken, inTheFleet, inThePod, type Relation, scaleIn, wellFormedFigures } from '../invariants';

const OPTIONAL = ['cpuLimit', 'gomaxprocs', 'targetCpuUtilization', 'targetRequestRate'];

/** What a service's plan without problems must keep, like `violations` of a worker's. */
export function serviceViolations(spec: ServiceSpec, plan: ServicePlanData): string[] {
  return [
    ...wellFormedService(plan),
    ...broken([
      ...inThePod(costOf(spec, plan), plan),
      ...inTheRoom(spec, plan),
      ...inTime(spec, plan),
      ...followed(spec, plan),
      ...scaleIn(plan),
      ...inTheFleet(spec.scale, plan),
    ]),
  ];
}

/** Every figure is a number that makes sense, and its reason shows it. */
export function wellFormedService(plan: ServicePlanData): string[] {
  return wellFormedFigures(SERVICE_FIGURE_NAMES, OPTIONAL, plan.figures);
}

/** Bytes that a waiting request takes: 32 KiB, and up to 64 KiB of its body. A body that is not said is 1 MiB. */
export function waitingBytes({ request }: ServiceSpec): number {
  return 32 * 1024 + Math.min(64 * 1024, request.maxBodyBytes ?? 2 ** 20);
}

function costOf(spec: ServiceSpec, { figures }: ServicePlanData) {
  const { cpuSeconds, durationSeconds, memoryBytes, scratchBytes } = spec.request;
  return {
    cpuSeconds,
    durationSeconds,
    memory: { base: memoryBytes.base, each: memoryBytes.perRequest },
    scratch: { base: scratchBytes?.base ?? 0, each: scratchBytes?.perRequest ?? 0 },
    waiting: figures.waitingRoom.value * waitingBytes(spec),
  };
}

function inTheRoom({ latencySeconds }: ServiceSpec, { figures: f }: ServicePlanData): Relation[] {
  const rate = f.throughputPerPod.value;
  const busy = f.poolSlots.value / rate;
  const wait = f.longestWait.value;
  const last = f.waitingRoom.value / rate;
  return [
    [last <= wait * (1 + 1e-9), 'who comes last gets a slot in time'],
    [(f.waitingRoom.value + 1) / rate > wait * (1 - 1e-9), 'nobody is refused who would get a slot in time'],
    [
      latencySeconds === undefined || wait + busy <= latencySeconds * (1 + 1e-9),
      'an average request that waits is answered within the latency',
    ],
    [latencySeconds !== undefined || wait >= Math.max(0.1, busy * (1 - 1e-9)), 'a pause is outlasted'],
  ];
}

function inTime({ request, reach }: ServiceSpec, { figures: f }: ServicePlanData): Relation[] {
  return [
    [
      f.drain.value >= (f.longestWait.value + request.durationSeconds.max) * (1 - 1e-9),
      'the drain covers the longest request behind the longest wait',
    ],
    [
      f.gracePeriod.value >= f.lameDuck.value + f.drain.value + f.flush.value,
      'the grace period holds the shutdown budget',
    ],
    [
      f.lameDuck.value >= (reach === 'outside' ? 15 : 5),
      'the lame duck lasts until pods are no longer asked',
    ],
    [f.flush.value > 0, 'there is time for the report'],
  ];
}

/** A pod that does all that it can is seen as above its target, by more than the tolerance. */
function followed({ scale, request }: ServiceSpec, { figures: f }: ServicePlanData): Relation[] {
  const rate = f.throughputPerPod.value;
  const percent = (100 * rate * request.cpuSeconds) / f.cpuRequest.value;
  const cpu = f.targetCpuUtilization?.value;
  const requests = f.targetRequestRate?.value;
  const share = f.targetUtilization.value;
  return [
    [scale.min >= 1, 'a request finds a pod'],
    [f.maxSurge.value >= 1, 'a release takes no pod away before its successor is there'],
    [1 / share > 1.1, 'a full pod makes the autoscaler act on requests in flight'],
    [(cpu !== undefined) === (scale.by === 'cpu'), 'CPU is followed when asked for'],
    [
      (requests !== undefined) === (scale.by === 'requests-per-second'),
      'the rate is followed when asked for',
    ],
    [cpu === undefined || (cpu >= 1 && percent / cpu > 1.1), 'a full pod makes the autoscaler act on CPU'],
    [
      cpu === undefined || cpu + 1 > percent * share * (1 - 1e-9),
      'the CPU target is no lower than asked for',
    ],
    [
      requests === undefined || requests <= 0.001 || rate / requests > 1.1,
      'a full pod makes the autoscaler act on the rate',
    ],
    [
      requests === undefined || requests + 0.001 > rate * share * (1 - 1e-9),
      'the target rate is no lower than asked for',
    ],
  ];
}

import { Reader } from '../autoscaler/reader';
import { numberAt, within } from '../fields';
import type { Problem } from '../problem';
import { variationOf } from '../queueing/service-time';
import { called, listAt, nameOf } from './document';
import type { SimulateSettings, WorkerProfile } from './settings';
import { contractOf, graceOf, templateOf } from './workload';

/** What one pod of a worker does. */
export interface PodProfile {
  readonly slots: number;
  /** Slots that get work done at full speed: fewer than there are where CPU or a rate binds. */
  readonly servers: number;
  /** Seconds of a task that is not short of CPU. */
  readonly meanSeconds: number;
  readonly maxSeconds: number;
  /** cs² of durations. */
  readonly variation: number;
  /** Whether a rate of its own keeps slots free; where CPU binds, slots are busy for longer. */
  readonly isRateBound: boolean;
  readonly lines: 'shared' | 'each';
  /** Tasks that a pod's own queue holds; infinite elsewhere. */
  readonly capacity: number;
  readonly graceSeconds: number;
  /** CPU that each busy slot uses, in cores; `undefined`: not known. */
  readonly cpuPerSlot: number | undefined;
  /** CPU that a pod requests, in cores. */
  readonly cpuRequest: string | undefined;
}

const LONGEST_PER_MEAN = 10;

/**
 * What a pod does: as its contract says it (in a ConfigMap that it mounts), then the plan.
 *
 * @returns `undefined` when a number is missing, with a problem that says which
 */
export function podProfile(
  documents: readonly unknown[],
  workload: unknown,
  settings: SimulateSettings,
  problems: Problem[],
): PodProfile | undefined {
  const { name } = nameOf(workload);
  const given: WorkerProfile = settings.profiles?.[name] ?? {};
  if (!isSound(given, `profiles.${name}`, problems)) return undefined;
  const figures = settings.plans?.[name]?.figures;
  const template = templateOf(workload);
  const contract = contractOf(documents, workload);
  const slots = given.slots ?? numberAt(contract, 'pool', 'slots') ?? figures?.poolSlots.value;
  if (slots === undefined || !(slots >= 1)) {
    problems.push(missing(workload, 'slots', slots));
    return undefined;
  }
  const planned =
    given.throughputPerPod ?? (given.meanSeconds === undefined ? figures?.throughputPerPod.value : undefined);
  const mean = given.meanSeconds ?? (planned === undefined ? undefined : slots / planned);
  if (mean === undefined || !(mean > 0) || !Number.isFinite(mean)) {
    problems.push(missing(workload, 'meanSeconds', mean));
    return undefined;
  }
  const throughput = given.throughputPerPod ?? figures?.throughputPerPod.value ?? slots / mean;
  const rate = numberAt(contract, 'protect', 'rate', 'perSecond');
  const maxSeconds = Math.max(
    mean,
    given.maxSeconds ?? numberAt(contract, 'task', 'maxSeconds') ?? mean * LONGEST_PER_MEAN,
  );
  const capacity = numberAt(contract, 'source', 'memory', 'capacity');
  return {
    slots,
    servers: Math.min(slots, throughput * mean),
    meanSeconds: mean,
    maxSeconds,
    variation: variationOf(mean, maxSeconds),
    isRateBound: rate !== undefined && throughput >= rate * (1 - 1e-9),
    lines: given.lines ?? (capacity === undefined ? 'shared' : 'each'),
    capacity: capacity ?? Number.POSITIVE_INFINITY,
    graceSeconds: graceOf(template),
    cpuPerSlot: given.cpuSeconds === undefined ? undefined : given.cpuSeconds / mean,
    cpuRequest: requestOf(template),
  };
}

/** Whether what is given beside slots and mean is numbers that can be: with others every figure would be none. */
function isSound(given: WorkerProfile, path: string, problems: Problem[]): boolean {
  const found: Problem[] = [];
  const from = new Reader(given, path, found);
  const fix = 'Correct it, or leave it out.';
  const { slots = 1, meanSeconds = 0 } = given;
  if (slots >= 1) from.field('slots').number({ least: 1, whole: true, absent: 1 }, fix);
  from.field('maxSeconds').number({ least: meanSeconds >= 0 ? meanSeconds : 0, absent: 0 }, fix);
  from.field('cpuSeconds').number({ least: 0, absent: 0 }, fix);
  from.field('throughputPerPod').number({ least: Number.MIN_VALUE, absent: 1 }, fix);
  problems.push(...found);
  return found.length === 0;
}

function requestOf(template: unknown): string | undefined {
  const [first] = listAt(template, 'spec', 'containers');
  const request = within(first, 'resources', 'requests', 'cpu');
  return typeof request === 'string' || typeof request === 'number' ? String(request) : undefined;
}

function missing(workload: unknown, what: 'slots' | 'meanSeconds', got: number | undefined): Problem {
  const wanted = {
    slots: 'must have a configuration with pool.slots, or a plan, or a profile with slots',
    meanSeconds: 'must have a plan, or a profile with meanSeconds: manifests do not say how long tasks take',
  };
  return {
    prop: called(workload),
    wanted: wanted[what],
    got: got === undefined ? 'none' : String(got),
    fix: `Pass its plan, or profiles: { '${nameOf(workload).name}': { ${what}: … } }.`,
  };
}

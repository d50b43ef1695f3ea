import { type Figure, figure } from '../figure';
import { formatNumber, formatQuantity } from '../format';
import { CLUSTER_PODS_MAX, CPU_PARTS, STATEFUL_MAX_UNAVAILABLE_MINOR } from '../kubernetes';
import { BYTES_MAX, CORES_MAX, SECONDS_MAX } from '../machine';
import type { Problem } from '../problem';
import { checkNumber } from '../validate/check-number';
import { settleOldest } from '../validate/scale';
import type { StatefulCpuSpec, StatefulResourcesSpec, StatefulSpec } from './spec';

/** Members of which more than half are there. */
export function quorumOf(replicas: number): number {
  return Math.floor(replicas / 2) + 1;
}

const GRACE_SECONDS = 30;
const MIN_READY_SECONDS = 10;
const SCRATCH_BYTES = 16 * 2 ** 20;

/** A spec in which every number can be computed with. */
export interface SettledStateful extends SettledResources {
  readonly replicas: number;
  readonly quorum: boolean;
  readonly claimBytes: Readonly<Record<string, number>>;
  readonly grace: Figure;
  readonly minReady: Figure;
}

/** Resources in which every number can be computed with. */
export interface SettledResources {
  readonly cpuRequest: number;
  /** `undefined`: derived. */
  readonly cpuLimit: number | 'none' | undefined;
  readonly memoryBytes: number;
  readonly scratchBytes: number;
}

/**
 * Turns a spec into numbers that can be computed with; what is wrong is reported and replaced by the legal number
 * next to it.
 *
 * @param problems gets what is wrong
 */
export function settleStateful(spec: StatefulSpec, problems: Problem[]): SettledStateful {
  const replicas = settleReplicas(spec, problems);
  checkUpdate(spec, replicas, problems);
  return {
    replicas,
    quorum: spec.quorum,
    ...settleResources(spec.resources, 'resources', problems),
    claimBytes: Object.fromEntries(
      Object.entries(spec.claimBytes).map(([name, bytes]) => [
        name,
        size(bytes, `claims.${name}.size`, 1, problems),
      ]),
    ),
    grace: time(spec.graceSeconds, GRACE_SECONDS, 'gracePeriod', problems),
    minReady: time(spec.minReadySeconds, MIN_READY_SECONDS, 'minReady', problems),
  };
}

/** An even number of voters outvotes no more failures than the odd one below it, and has one more to fail. */
function settleReplicas({ replicas, quorum }: StatefulSpec, problems: Problem[]): number {
  const legal = checkNumber(
    replicas,
    {
      prop: 'replicas',
      unit: 'pods',
      min: 1,
      max: CLUSTER_PODS_MAX,
      parts: 1,
      fix: 'Give the number of members, such as 3, or 1 for development.',
    },
    problems,
  );
  if (quorum && legal === replicas && legal % 2 === 0) {
    const survives = (members: number) => formatNumber(Math.floor((members - 1) / 2));
    problems.push({
      prop: 'replicas',
      wanted: `must be odd, since members vote: ${formatNumber(legal)} survive the loss of ${survives(legal)}, as ${formatNumber(legal - 1)} do`,
      got: formatNumber(replicas),
      fix: `Set it to ${formatNumber(legal + 1)}, which survive the loss of ${survives(legal + 1)}, or to ${formatNumber(legal - 1)}.`,
    });
  }
  return legal;
}

/** Checks the resources of one container, which the program gives as `prop`. */
export function settleResources(
  { cpu, memoryBytes, scratchBytes }: StatefulResourcesSpec,
  prop: string,
  problems: Problem[],
): SettledResources {
  return {
    ...settleCpu(cpu, `${prop}.cpu`, problems),
    memoryBytes: size(memoryBytes, `${prop}.memory`, 1, problems),
    scratchBytes: size(scratchBytes ?? SCRATCH_BYTES, `${prop}.scratch`, 0, problems),
  };
}

function settleCpu({ request, limit }: StatefulCpuSpec, prop: string, problems: Problem[]) {
  const rule = { unit: 'cores', min: 1 / CPU_PARTS, max: CORES_MAX, parts: CPU_PARTS } as const;
  const cpuRequest = checkNumber(
    request,
    { ...rule, prop: `${prop}.request`, fix: 'Give cores, such as 0.5.' },
    problems,
  );
  if (limit === undefined || limit === 'none') return { cpuRequest, cpuLimit: limit };
  const fix = "Give cores, such as 2, or 'none' for no limit.";
  const cpuLimit = checkNumber(limit, { ...rule, prop: `${prop}.limit`, fix }, problems);
  if (cpuRequest > cpuLimit) {
    problems.push({
      prop: `${prop}.request`,
      wanted: `must be ${formatQuantity(cpuLimit, 'cores')} (${prop}.limit) or less`,
      got: formatQuantity(cpuRequest, 'cores'),
      fix: 'Lower it, or raise the limit: Kubernetes refuses a request above the limit.',
    });
  }
  return { cpuRequest: Math.min(cpuRequest, cpuLimit), cpuLimit };
}

function size(bytes: number, prop: string, min: number, problems: Problem[]): number {
  const rule = { unit: 'bytes', min, max: BYTES_MAX, parts: 1 } as const;
  return checkNumber(bytes, { ...rule, prop, fix: 'Give a size, such as Size.gibibytes(10).' }, problems);
}

function time(given: number | undefined, fallback: number, prop: string, problems: Problem[]): Figure {
  const rule = { unit: 'seconds', min: 0, max: SECONDS_MAX, parts: 1 } as const;
  const fix = `Give whole seconds, or leave it out for ${fallback} s.`;
  const legal = checkNumber(given ?? fallback, { ...rule, prop, fix }, problems);
  const origin = given === undefined ? 'the default' : `given as ${prop}`;
  return figure(legal, 'seconds', (shown) => `${shown}, ${origin}`);
}

function checkUpdate(spec: StatefulSpec, replicas: number, problems: Problem[]): void {
  const { quorum, cluster } = spec;
  const { partition, maxUnavailable } = spec.update ?? {};
  const rule = { unit: 'pods', parts: 1 } as const;
  if (partition !== undefined) {
    const fix = 'Give the ordinal of the first member that is replaced; leave it out to replace all.';
    const bounds = { min: 0, max: replicas };
    checkNumber(partition, { ...rule, ...bounds, prop: 'update.partition', fix }, problems);
  }
  if (maxUnavailable === undefined) return;
  const fix = quorum
    ? 'Leave it out for 1; the others have to be a quorum.'
    : 'Give the members that are replaced at a time, or leave it out for 1.';
  const bounds = { min: 1, max: quorum ? Math.max(1, replicas - quorumOf(replicas)) : replicas };
  checkNumber(maxUnavailable, { ...rule, ...bounds, prop: 'update.maxUnavailable', fix }, problems);
  const oldest = settleOldest(cluster, problems);
  if (oldest.minor >= STATEFUL_MAX_UNAVAILABLE_MINOR) return;
  problems.push({
    prop: 'update.maxUnavailable',
    wanted: `must be left out while cluster.oldest is below 1.${STATEFUL_MAX_UNAVAILABLE_MINOR}`,
    got: `${formatNumber(maxUnavailable)} with ${oldest.text}`,
    fix:
      `Leave it out: older clusters replace one member at a time whatever it says; or raise cluster.oldest to ` +
      `1.${STATEFUL_MAX_UNAVAILABLE_MINOR}, where it is heeded by default.`,
  });
}

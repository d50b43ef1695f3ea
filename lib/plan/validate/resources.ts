import { formatQuantity } from '../format';
import { CPU_PARTS } from '../kubernetes';
import { BYTES_MAX, CORES_MAX, SLOTS_MAX } from '../machine';
import type { Problem } from '../problem';
import type { SettledSpec } from '../settled-spec';
import type { ResourcesSpec } from '../spec';
import type { Unit } from '../unit';
import type { Work } from '../work';
import { checkNumber, type NumberRule } from './check-number';

type SettledResources = Pick<
  SettledSpec,
  'concurrency' | 'cpuRequest' | 'cpuLimit' | 'memoryRequest' | 'memoryLimit'
>;

/** What a spec says about the size of a pod. */
interface SizeSpec {
  readonly concurrency?: number;
  readonly resources?: ResourcesSpec;
}

/** Checks the pool size and the pod's resources, each on its own and requests against limits. */
export function settleResources(work: Work, spec: SizeSpec, problems: Problem[]): SettledResources {
  const settled = {
    concurrency: optional(spec.concurrency, CONCURRENCY, problems),
    ...settleCpu(spec.resources?.cpu, problems),
    ...settleMemory(work, spec.resources?.memory, problems),
  };
  const { concurrency, cpuRequest, cpuLimit, memoryRequest, memoryLimit } = settled;
  const hasCpu = cpuRequest !== undefined || typeof cpuLimit === 'number';
  if (concurrency === undefined && !hasCpu && memoryRequest === undefined && memoryLimit === undefined) {
    problems.push({
      prop: 'concurrency',
      wanted: 'must be given when no resources are',
      got: 'neither',
      fix: `Give the ${work.unit} that run at a time in one pod, or resources.cpu.request to size the pool from.`,
    });
  }
  return settled;
}

const CONCURRENCY: NumberRule = {
  prop: 'concurrency',
  unit: 'slots',
  min: 1,
  max: SLOTS_MAX,
  parts: 1,
  fix: 'Leave it out to size it from the CPU request.',
};

function settleCpu(
  cpu: ResourcesSpec['cpu'],
  problems: Problem[],
): Pick<SettledSpec, 'cpuRequest' | 'cpuLimit'> {
  const rule = { unit: 'cores', min: 1 / CPU_PARTS, max: CORES_MAX, parts: CPU_PARTS } as const;
  const cpuRequest = optional(
    cpu?.request,
    { ...rule, prop: 'resources.cpu.request', fix: 'Give cores, such as 0.5, or leave it out.' },
    problems,
  );
  const cpuLimit =
    cpu?.limit === 'none'
      ? cpu.limit
      : optional(
          cpu?.limit,
          { ...rule, prop: 'resources.cpu.limit', fix: "Give cores, such as 2, or 'none' for no limit." },
          problems,
        );
  if (cpuRequest === undefined || typeof cpuLimit !== 'number') {
    return { cpuRequest, cpuLimit };
  }
  checkRequest('cpu', 'cores', cpuRequest, cpuLimit, problems);
  return { cpuRequest: Math.min(cpuRequest, cpuLimit), cpuLimit };
}

function settleMemory(
  { unit: pieces }: Work,
  memory: ResourcesSpec['memory'],
  problems: Problem[],
): Pick<SettledSpec, 'memoryRequest' | 'memoryLimit'> {
  const rule = { unit: 'bytes', min: 1, max: BYTES_MAX, parts: 1 } as const;
  const fix = `Give whole bytes, or leave it out to size it from the ${pieces}.`;
  const memoryRequest = optional(
    memory?.request,
    { ...rule, prop: 'resources.memory.request', fix },
    problems,
  );
  const memoryLimit = optional(memory?.limit, { ...rule, prop: 'resources.memory.limit', fix }, problems);
  if (memoryRequest === undefined || memoryLimit === undefined) {
    return { memoryRequest, memoryLimit };
  }
  checkRequest('memory', 'bytes', memoryRequest, memoryLimit, problems);
  return { memoryRequest: Math.min(memoryRequest, memoryLimit), memoryLimit };
}

function checkRequest(what: string, unit: Unit, request: number, limit: number, problems: Problem[]): void {
  if (request > limit) {
    problems.push({
      prop: `resources.${what}.request`,
      wanted: `must be ${formatQuantity(limit, unit)} (resources.${what}.limit) or less`,
      got: formatQuantity(request, unit),
      fix: 'Lower it, or raise the limit: Kubernetes refuses a request above the limit.',
    });
  }
}

function optional(value: number | undefined, rule: NumberRule, problems: Problem[]): number | undefined {
  return value === undefined ? undefined : checkNumber(value, rule, problems);
}

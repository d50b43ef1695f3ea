import { formatQuantity } from '../format';
import { BYTES_MAX, CORES_MAX, SECONDS_MAX } from '../machine';
import type { Problem } from '../problem';
import type { BaseAndEach, SettledSpec } from '../settled-spec';
import type { Work } from '../work';
import { checkNumber } from './check-number';

/** Shortest task or request that the plan counts in: dispatching one costs about as much. */
const DURATION_MIN_SECONDS = 1e-6;
const CPU_MIN_SECONDS = 1e-9;

/** Scratch of the process when nothing is said: room for crash dumps and temporary files of libraries. */
const SCRATCH_BASE_BYTES = 16 * 2 ** 20;

type SettledCost = Pick<SettledSpec, 'cpuSeconds' | 'meanSeconds' | 'maxSeconds' | 'memory' | 'scratch'>;

/** What one task or request costs, as a spec says it. */
interface CostSpec {
  readonly cpuSeconds: number;
  readonly durationSeconds: { readonly mean: number; readonly max: number };
  readonly memoryBytes: BaseAndEach;
  readonly scratchBytes: Partial<BaseAndEach>;
}

/** Checks what one task or request costs. */
export function settleCost(work: Work, cost: CostSpec, problems: Problem[]): SettledCost {
  const { one, perOne } = work;
  const durations = settleDurations(one, cost, problems);
  return {
    ...durations,
    cpuSeconds: checkNumber(
      cost.cpuSeconds,
      {
        prop: `${one}.cpuTime`,
        unit: 'seconds',
        min: CPU_MIN_SECONDS,
        max: durations.meanSeconds * CORES_MAX,
        fix: `Give the CPU time that one ${one} uses on all cores together${measures(work)}.`,
      },
      problems,
    ),
    memory: {
      base: bytes(one, cost.memoryBytes.base, 'memory.base', 1, problems),
      each: bytes(one, cost.memoryBytes.each, `memory.${perOne}`, 0, problems),
    },
    scratch: {
      base: bytes(one, cost.scratchBytes.base ?? SCRATCH_BASE_BYTES, 'scratch.base', 0, problems),
      each: bytes(one, cost.scratchBytes.each ?? 0, `scratch.${perOne}`, 0, problems),
    },
  };
}

function measures({ by }: Work): string {
  return by === 'worker' ? '; `capstan run` measures it' : '';
}

function settleDurations(
  one: Work['one'],
  { durationSeconds }: CostSpec,
  problems: Problem[],
): Pick<SettledSpec, 'meanSeconds' | 'maxSeconds'> {
  const rule = { unit: 'seconds', min: DURATION_MIN_SECONDS, max: SECONDS_MAX } as const;
  const meanSeconds = checkNumber(
    durationSeconds.mean,
    { ...rule, prop: `${one}.duration.mean`, fix: `Give the time of an average ${one}, waiting included.` },
    problems,
  );
  const maxSeconds = checkNumber(
    durationSeconds.max,
    { ...rule, prop: `${one}.duration.max`, fix: `Give the time after which a ${one} is cancelled.` },
    problems,
  );
  if (maxSeconds < meanSeconds) {
    problems.push({
      prop: `${one}.duration.max`,
      wanted: `must be ${formatQuantity(meanSeconds, 'seconds')} (${one}.duration.mean) or more`,
      got: formatQuantity(maxSeconds, 'seconds'),
      fix: `Raise it: a ${one} is cancelled after this time, so an average ${one} has to fit.`,
    });
  }
  return { meanSeconds, maxSeconds: Math.max(meanSeconds, maxSeconds) };
}

function bytes(one: Work['one'], value: number, part: string, min: number, problems: Problem[]): number {
  const fix = `Give a number of bytes; an estimate will do until the ${one} has been measured.`;
  const prop = `${one}.${part}`;
  return checkNumber(value, { prop, unit: 'bytes', min, max: BYTES_MAX, fix }, problems);
}

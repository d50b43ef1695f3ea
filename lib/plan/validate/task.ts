import { formatQuantity } from '../format';
import { BYTES_MAX, CORES_MAX, SECONDS_MAX } from '../machine';
import type { Problem } from '../problem';
import type { SettledSpec } from '../settled-spec';
import type { TaskSpec } from '../spec';
import { checkNumber } from './check-number';

/** Shortest task that the plan counts in: dispatching one costs about as much. */
const DURATION_MIN_SECONDS = 1e-6;
const CPU_MIN_SECONDS = 1e-9;

/** Scratch of the process when nothing is said: room for crash dumps and temporary files of libraries. */
const SCRATCH_BASE_BYTES = 16 * 2 ** 20;

type SettledTask = Pick<SettledSpec, 'cpuSeconds' | 'meanSeconds' | 'maxSeconds' | 'memory' | 'scratch'>;

/** Checks what one task costs. */
export function settleTask(task: TaskSpec, problems: Problem[]): SettledTask {
  const durations = settleDurations(task, problems);
  return {
    ...durations,
    cpuSeconds: checkNumber(
      task.cpuSeconds,
      {
        prop: 'task.cpuTime',
        unit: 'seconds',
        min: CPU_MIN_SECONDS,
        max: durations.meanSeconds * CORES_MAX,
        fix: 'Give the CPU time that one task uses on all cores together; `capstan run` measures it.',
      },
      problems,
    ),
    memory: {
      base: bytes(task.memoryBytes.base, 'task.memory.base', 1, problems),
      perTask: bytes(task.memoryBytes.perTask, 'task.memory.perTask', 0, problems),
    },
    scratch: {
      base: bytes(task.scratchBytes?.base ?? SCRATCH_BASE_BYTES, 'task.scratch.base', 0, problems),
      perTask: bytes(task.scratchBytes?.perTask ?? 0, 'task.scratch.perTask', 0, problems),
    },
  };
}

function settleDurations(
  task: TaskSpec,
  problems: Problem[],
): Pick<SettledSpec, 'meanSeconds' | 'maxSeconds'> {
  const rule = { unit: 'seconds', min: DURATION_MIN_SECONDS, max: SECONDS_MAX } as const;
  const meanSeconds = checkNumber(
    task.durationSeconds.mean,
    { ...rule, prop: 'task.duration.mean', fix: 'Give the time of an average task, waiting included.' },
    problems,
  );
  const maxSeconds = checkNumber(
    task.durationSeconds.max,
    { ...rule, prop: 'task.duration.max', fix: 'Give the time after which a task is cancelled.' },
    problems,
  );
  if (maxSeconds < meanSeconds) {
    problems.push({
      prop: 'task.duration.max',
      wanted: `must be ${formatQuantity(meanSeconds, 'seconds')} (task.duration.mean) or more`,
      got: formatQuantity(maxSeconds, 'seconds'),
      fix: 'Raise it: a task is cancelled after this time, so an average task has to fit.',
    });
  }
  return { meanSeconds, maxSeconds: Math.max(meanSeconds, maxSeconds) };
}

function bytes(value: number, prop: string, min: number, problems: Problem[]): number {
  const fix = 'Give a number of bytes; an estimate will do until the task has been measured.';
  return checkNumber(value, { prop, unit: 'bytes', min, max: BYTES_MAX, fix }, problems);
}

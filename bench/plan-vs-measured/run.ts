import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { WorkerReport } from '../../lib/contract/zz_report.gen';
import type { WorkerPlanData } from '../../lib/plan';
import type { Case } from './cases';

/** What `capstan run --json` prints, as far as it is needed here. */
interface PrintedRun {
  readonly report: WorkerReport;
  readonly plan: WorkerPlanData;
  readonly conditions: string;
}

/** One run of a case. */
export interface Measurement extends Case {
  readonly conditions: string;
  readonly planned: {
    readonly tasksPerSecond: number;
    readonly memoryBytes: number;
    readonly memoryLimitBytes: number;
  };
  readonly measured: {
    readonly tasks: number;
    readonly tasksPerSecond: number;
    readonly memoryBytes: number;
    readonly cpuSecondsPerTask: number;
    readonly secondsPerTask: number;
    readonly utilization: number;
    readonly readySeconds: number;
  };
}

/** What the spec says about the memory of a worker's tasks, in bytes. */
export interface MemoryProfile {
  readonly base: number;
  readonly perTask: number;
}

/** Runs one case with the command that users have, confined where we are root. */
export async function measure(
  one: Case,
  tasks: readonly string[],
  memory: MemoryProfile,
  output: string,
): Promise<Measurement> {
  const confined = process.getuid?.() === 0 ? ['--runc'] : [];
  const args = [
    'bin/capstan.cjs',
    'run',
    one.worker,
    // The embedded queue, which a run on this machine has as well.
    '--environment',
    'edge',
    '--slots',
    String(one.slots),
    '--output',
    output,
    '--json',
  ];
  const { stdout } = await promisify(execFile)(process.execPath, [...args, ...confined, ...tasks], {
    maxBuffer: 1 << 26,
  });
  const { report, plan, conditions } = JSON.parse(stdout) as PrintedRun;
  const { done } = report.tasks;
  return {
    ...one,
    conditions,
    planned: {
      tasksPerSecond: plan.figures.throughputPerPod.value,
      memoryBytes: memory.base + one.slots * memory.perTask,
      memoryLimitBytes: plan.figures.memoryLimit.value,
    },
    measured: {
      tasks: done,
      tasksPerSecond: done / report.wallSeconds,
      memoryBytes: report.process.maxRssBytes,
      cpuSecondsPerTask: report.process.cpuSeconds / done,
      secondsPerTask: report.taskSeconds.mean,
      utilization: report.pool.utilization,
      readySeconds: report.readySeconds,
    },
  };
}

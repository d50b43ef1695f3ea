import { fixedUse } from '../downstream';
import { maxAckPending } from '../fetch';
import { type Figure, figure } from '../figure';
import type { JobFigures } from '../figures';
import { formatNumber, formatQuantity } from '../format';
import { waitingTasks } from '../held-tasks';
import { type PodPlan, type PodRules, planPod } from '../pod';
import type { Problem } from '../problem';
import type { JobSpec } from '../spec';
import { WorkerPlan } from '../worker-plan';
import { deadline, type RunTime, runTime, startingDeadline } from './run-time';
import { checkRunTime, type SettledJob, settleJob } from './settle';

/**
 * Derives all numbers of a job from its spec: the bound in each pod, how long a run takes, when it is ended, and what
 * its pods hold together.
 *
 * Never throws for a wrong number: see `planWorker`.
 */
export function planJob(spec: JobSpec): WorkerPlan<JobFigures> {
  const problems: Problem[] = [];
  const job = settleJob(spec, problems);
  const pod = planPod(job, podRules(job), problems);
  const slots = pod.figures.poolSlots.value;
  const run = runTime(job, pod);
  if (run !== undefined) checkRunTime(job, run.runTime.value, problems);
  const limits = deadlines(job, pod, run);
  const peaks = peakFigures(job, slots, limits.deadline.value);
  const pods = peaks.peakPods.value;
  const downstream = fixedUse(
    job.downstream,
    { slots, pods, when: 'while it runs', prop: 'parallelism', podsEach: pods / job.parallelism },
    problems,
  );
  return new WorkerPlan({
    name: spec.name,
    figures: {
      ...pod.figures,
      maxAckPending: maxAckPending(slots, pod.figures.prefetch.value, pods),
      ...podFigures(job),
      ...run,
      ...limits,
      ...peaks,
    },
    downstream,
    problems,
  });
}

/** A pod of a job that is told to end does not work off what waits in it: the pod after it does all of its part. */
function podRules({ held, tasks = 0, completions }: SettledJob): PodRules {
  const part = Math.max(1, Math.ceil(tasks / completions));
  return {
    held: waitingTasks(held, { derived: () => part, derivedFrom: 'source.seeds', least: () => 1 }),
    capacity: () => held && capacity(held.capacity, part),
    worksOff: false,
  };
}

function capacity(given: number | undefined, part: number): Figure {
  return given === undefined
    ? figure(part, 'tasks', (shown) => `${shown}, all of the part that a pod has`)
    : figure(given, 'tasks', (shown) => `${shown}, given as source.capacity`);
}

function podFigures({
  completions,
  parallelism,
}: SettledJob): Pick<JobFigures, 'completions' | 'parallelism'> {
  return {
    completions: figure(completions, 'pods', (shown) => `${shown} have to end well`),
    parallelism: figure(
      parallelism,
      'pods',
      (shown) => `${shown} at the same time, of ${formatNumber(completions)}`,
    ),
  };
}

function deadlines(job: SettledJob, pod: PodPlan, run: RunTime | undefined) {
  const { schedule } = job;
  return {
    deadline: deadline(job, pod, run),
    ...(schedule !== undefined && { startingDeadline: startingDeadline(schedule) }),
  };
}

/** A pod is replaced only when it has ended, so a run never has more pods than `parallelism`. */
function peakFigures(
  { parallelism, schedule }: SettledJob,
  slots: number,
  deadlineSeconds: number,
): Pick<JobFigures, 'peakPods' | 'peakConcurrency'> {
  const at = formatQuantity(parallelism, 'pods');
  const runs = runsAtATime(schedule, deadlineSeconds);
  const pods = runs * parallelism;
  return {
    peakPods: figure(pods, 'pods', (shown) =>
      runs === 1
        ? `${shown}: a pod is replaced only when it has ended`
        : `${formatNumber(runs)} runs × ${at} = ${shown}, ${
            schedule?.overlap === 'replace'
              ? 'as those of the replaced run may still drain'
              : 'as a run may go on until its deadline while others start'
          }`,
    ),
    peakConcurrency: figure(
      slots * pods,
      'tasks',
      (shown) => `${formatQuantity(slots, 'slots')} × ${formatQuantity(pods, 'pods')} = ${shown}`,
    ),
  };
}

function runsAtATime(schedule: SettledJob['schedule'], deadlineSeconds: number): number {
  switch (schedule?.overlap) {
    case 'allow':
      return Math.floor(deadlineSeconds / schedule.periodSeconds) + 1;
    case 'replace':
      return 2;
    default:
      return 1;
  }
}

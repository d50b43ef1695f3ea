import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  FIGURE_NAMES,
  formatProblem,
  type JobRunSpec,
  type JobSpec,
  planJob,
  type TaskPodSpec,
  WorkerPlan,
} from '../../lib/plan';
import { validSpec } from './arbitraries';
import { develop, MIB } from './examples';
import { wellFormedFigures } from './invariants';

/** Legal pods whose tasks wait elsewhere. */
const pod: fc.Arbitrary<TaskPodSpec> = validSpec
  .filter(({ source }) => source.held === undefined)
  .map(({ scale: _, rollout: __, ...spec }) => spec);

const run: fc.Arbitrary<JobRunSpec> = fc
  .record({
    completions: fc.integer({ min: 1, max: 500 }),
    share: fc.double({ min: 0.01, max: 1, noNaN: true }),
    tasks: fc.integer({ min: 0, max: 1_000_000 }),
    shared: fc.boolean(),
  })
  .map(({ completions, share, tasks, shared }) => ({
    completions,
    parallelism: shared ? completions : Math.ceil(completions * share),
    tasks,
    tasksAre: shared ? 'shared' : 'split',
  }));

const anyJob: fc.Arbitrary<JobSpec> = fc.tuple(pod, run).map(([spec, job]) => ({ ...spec, job }));

const { scale: _, ...of } = develop;
const job = (more: Partial<JobRunSpec> = {}): JobSpec => ({
  ...of,
  job: { tasks: 10_000, completions: 10, parallelism: 4, tasksAre: 'split', ...more },
});

describe('any job', () => {
  test('has no problems, and every figure is a finite number whose reason shows it', () => {
    fc.assert(
      fc.property(anyJob, (spec) => {
        const plan = planJob(spec);
        expect(plan.problems.map(formatProblem)).toEqual([]);
        expect(wellFormedFigures(FIGURE_NAMES, FIGURE_NAMES, plan.figures)).toEqual([]);
        expect(new WorkerPlan(JSON.parse(JSON.stringify(plan))).explain()).toBe(plan.explain());
      }),
      { numRuns: 200 },
    );
  });

  test('takes at least what its tasks cost, and is not ended before', () => {
    fc.assert(
      fc.property(anyJob, (spec) => {
        const { figures } = planJob(spec);
        const { tasks = 0, completions = 1, parallelism = 1 } = spec.job;
        const seconds = figures.runTime?.value ?? Number.NaN;
        const most = figures.throughputPerPod.value * parallelism;
        expect(seconds * (1 + 1e-9)).toBeGreaterThanOrEqual(tasks / most);
        // Parts are whole tasks, and no wave is shorter than a task.
        const waves = Math.ceil(completions / parallelism);
        const longest = Math.ceil(tasks / completions) / figures.throughputPerPod.value;
        const busy = Math.max(spec.task.durationSeconds.max, longest);
        expect(seconds).toBeLessThanOrEqual(waves * busy * (1 + 1e-6));
        expect(figures.deadline.value).toBeGreaterThanOrEqual(
          seconds + spec.task.durationSeconds.max + figures.gracePeriod.value,
        );
      }),
      { numRuns: 200 },
    );
  });

  test('never has more pods than run at the same time, nor more tasks than their slots', () => {
    fc.assert(
      fc.property(anyJob, (spec) => {
        const { figures } = planJob(spec);
        expect(figures.peakPods.value).toBe(spec.job.parallelism);
        expect(figures.peakConcurrency.value).toBe(figures.poolSlots.value * figures.peakPods.value);
        expect(figures.maxAckPending.value).toBeGreaterThanOrEqual(
          (figures.poolSlots.value + figures.prefetch.value) * figures.peakPods.value,
        );
      }),
    );
  });

  test('is never slower with more pods at the same time', () => {
    fc.assert(
      fc.property(anyJob, (spec) => {
        const { completions = 1, parallelism = 1 } = spec.job;
        const time = (pods: number) =>
          planJob({ ...spec, job: { ...spec.job, parallelism: pods } }).figures.runTime?.value ?? 0;
        fc.pre(spec.job.tasksAre === 'split' && parallelism < completions);
        expect(time(parallelism + 1)).toBeLessThanOrEqual(time(parallelism));
      }),
    );
  });

  test('any numbers at all never throw', () => {
    const number = fc.oneof(fc.double(), fc.integer(), fc.constantFrom(0, -1, 1e300, Number.NaN));
    const option = fc.option(number, { nil: undefined });
    fc.assert(
      fc.property(fc.array(option, { minLength: 6, maxLength: 6 }), fc.boolean(), (n, shared) => {
        const [completions, parallelism, tasks, deadlineSeconds, periodSeconds, startingDeadlineSeconds] = n;
        const plan = planJob({
          ...of,
          job: {
            tasksAre: shared ? 'shared' : 'split',
            ...(completions !== undefined && { completions }),
            ...(parallelism !== undefined && { parallelism }),
            ...(tasks !== undefined && { tasks }),
            ...(deadlineSeconds !== undefined && { deadlineSeconds }),
            schedule: {
              periodSeconds: 3600,
              overlap: 'allow',
              ...(startingDeadlineSeconds !== undefined && { startingDeadlineSeconds }),
            },
          },
        });
        expect(wellFormedFigures(FIGURE_NAMES, FIGURE_NAMES, plan.figures)).toEqual([]);
        expect(periodSeconds).toBe(periodSeconds);
      }),
      { numRuns: 300 },
    );
  });
});

describe('a job', () => {
  test('goes through its indices in waves', () => {
    const { figures } = planJob(job());
    expect(figures.tasksPerIndex?.value).toBe(1000);
    expect(figures.runTime?.reason).toBe('⌈10 ÷ 4⌉ waves × 1,000 tasks ÷ 177.8 tasks/s = 16.875 s');
    expect(figures.deadline.value).toBe(600);
    expect(planJob(job({ tasks: 1e6 })).figures.deadline.value).toBe(Math.ceil(3 * 1687.5 + 20 + 23));
  });

  test('does not work off its part when it is told to end: the pod after it does', () => {
    const held = { ...job(), source: { ...develop.source, held: {} } } as JobSpec;
    const { drain, queueCapacity } = planJob(held).figures;
    expect(drain.value).toBe(20);
    expect(queueCapacity?.value).toBe(1000);
  });

  test('has room in its memory for its part', () => {
    const small = planJob({
      ...job(),
      source: { ...develop.source, held: { payloadBytes: MIB } },
    } as JobSpec);
    expect(small.figures.memoryLimit.value).toBeGreaterThan(1000 * 1.25 * MIB);
  });

  test.each([
    ['forbid', 1],
    ['replace', 2],
    ['allow', 11],
  ] as const)('has, with %s, at most %i runs at a time', (overlap, runs) => {
    const schedule = { periodSeconds: 60, overlap };
    const plan = planJob(job({ schedule }));
    expect(plan.figures.peakPods.value).toBe(runs * 4);
    expect(plan.figures.startingDeadline?.value).toBe(30);
  });
});

describe('what is wrong with a job', () => {
  test.each<[string, JobSpec, RegExp]>([
    [
      'more pods at the same time than there are',
      job({ parallelism: 11 }),
      /^parallelism must be 10 \(completions\) or less, got 11\. /,
    ],
    [
      'pods that would find an empty queue',
      job({ tasksAre: 'shared' }),
      /^completions must be 4 \(parallelism\), since all pods take from one queue: .*, got 10\. Leave it out\.$/,
    ],
    ['half a pod', job({ completions: 1.5, parallelism: 1 }), /^completions must be a whole number/],
    [
      'a deadline that the plan does not keep',
      job({ deadlineSeconds: 16 }),
      /^deadline must be 17 s or more, what a run takes as planned, got 16 s\. Raise it, or parallelism/,
    ],
    [
      'a run that is not done when the next one is due',
      job({ schedule: { periodSeconds: 15, overlap: 'forbid' } }),
      /^schedule must leave 17 s between two runs, what one takes as planned, got 15 s\. /,
    ],
    [
      'a start that the controller would miss',
      job({ schedule: { periodSeconds: 60, overlap: 'forbid', startingDeadlineSeconds: 5 } }),
      /^startingDeadline must be a whole number of 10 s or more, got 5 s\. /,
    ],
    [
      'more than a shared resource takes',
      { ...job(), downstream: [{ name: 'catalog', limit: 50 }] },
      /^downstream\[0\] must take what the worker holds while it runs, 64 of catalog, got 50\. Lower parallelism to 3, or lower concurrency to 12, or raise what catalog can take\.$/,
    ],
  ])('%s', (_, spec, line) => {
    expect(planJob(spec).problems.map(formatProblem)).toEqual([expect.stringMatching(line)]);
  });

  test('no deadline where nobody knows the tasks', () => {
    const { tasks: _, ...unknown } = job().job;
    const plan = planJob({ ...of, job: unknown });
    expect(plan.problems.map(formatProblem)).toEqual([
      expect.stringMatching(
        /^deadline must be given where nobody says how many tasks a run has, got neither\. /,
      ),
    ]);
    expect(plan.figures.runTime).toBeUndefined();
    expect(planJob({ ...of, job: { ...unknown, deadlineSeconds: 60 } }).problems).toEqual([]);
  });
});

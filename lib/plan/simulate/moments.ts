import { formatNumber, formatQuantity } from '../format';
import type { Moment, MomentKind } from './outcome';
import type { PlayedStep } from './run-worker';

/** A backlog grows when this many tasks more wait, and this share of what comes. */
const LEAST_TASKS = 1;
const LEAST_SHARE = 0.02;

/** Stretches of the same kind this close are one. */
const CLOSE_SECONDS = 60;

interface Finding {
  readonly kind: MomentKind;
  readonly step: PlayedStep;
  /** Why, where it differs from step to step. */
  readonly why: string;
  readonly lateTasks: number;
}

const NOTHING: readonly Finding[] = [];

/**
 * What went wrong, from what was seen of each step.
 *
 * @param lateTasks of each step, those that waited longer than `lateSeconds`
 */
export function momentsOf(
  steps: readonly PlayedStep[],
  lateTasks: readonly number[],
  lateSeconds: number,
  most: number,
): Moment[] {
  const found = new Map<MomentKind, Finding[][]>();
  for (const [index, step] of steps.entries()) {
    for (const finding of findingsOf(step, steps[index - 1], lateTasks[index] ?? 0, most)) {
      const stretches = found.get(finding.kind) ?? [];
      found.set(finding.kind, stretches);
      const latest = stretches.at(-1);
      const end = latest?.at(-1)?.step.toSeconds ?? Number.NEGATIVE_INFINITY;
      if (latest !== undefined && step.fromSeconds - end <= CLOSE_SECONDS) latest.push(finding);
      else stretches.push([finding]);
    }
  }
  return [...found.values()]
    .flat()
    .map((stretch) => momentOf(stretch, lateSeconds, most))
    .sort((a, b) => a.fromSeconds - b.fromSeconds);
}

function findingsOf(
  step: PlayedStep,
  before: PlayedStep | undefined,
  lateTasks: number,
  most: number,
): readonly Finding[] {
  const kinds: MomentKind[] = [];
  const grown = step.waiting - step.byChance - Math.max(0, (before?.waiting ?? 0) - (before?.byChance ?? 0));
  if (grown > Math.max(LEAST_TASKS, LEAST_SHARE * step.arrived)) {
    if (step.fewestReady === 0) kinds.push('no-pod');
    else if (step.replicas >= most) kinds.push('at-max');
    else if (isAdding(step, before)) kinds.push('starting');
    else kinds.push('held-back');
  }
  if (step.homeless > 0) kinds.push('no-node');
  if (step.refusedByQuota > 0) kinds.push('quota');
  if (lateTasks >= 0.5) kinds.push('late');
  if (kinds.length === 0) return NOTHING;
  return kinds.map((kind) => ({ kind, step, why: kind === 'held-back' ? whyHeld(step) : '', lateTasks }));
}

function isAdding({ fewestReady, replicas }: PlayedStep, before: PlayedStep | undefined): boolean {
  return fewestReady < replicas || replicas > (before?.replicas ?? replicas);
}

function whyHeld({ decision, replicas }: PlayedStep): string {
  if (decision === undefined) return 'nothing scales it';
  if (decision.failed) return 'a metric was missing';
  const { limited, raw } = decision;
  if (raw !== undefined && raw > replicas) {
    return limited.startsWith('T')
      ? `it wanted ${raw}, and its policies allow no more (${limited.slice(2)})`
      : `it wants ${raw}`;
  }
  return 'what it had seen until then was within its tolerance';
}

function momentOf(stretch: readonly Finding[], lateSeconds: number, most: number): Moment {
  const [first] = stretch;
  const last = stretch.at(-1);
  return {
    kind: first?.kind ?? 'late',
    fromSeconds: first?.step.fromSeconds ?? 0,
    toSeconds: last?.step.toSeconds ?? 0,
    text: textOf(stretch, lateSeconds, most),
  };
}

function textOf(stretch: readonly Finding[], lateSeconds: number, most: number): string {
  const [first] = stretch;
  if (first === undefined) return '';
  const highest = (of: (step: PlayedStep) => number) => Math.max(...stretch.map(({ step }) => of(step)));
  const tasks = (count: number) => formatQuantity(Math.round(count), 'tasks');
  const backlog = `the backlog grew to ${tasks(highest(({ waiting }) => waiting))}`;
  const pods = (count: number) => formatQuantity(count, 'pods');
  switch (first.kind) {
    case 'held-back':
      return `${backlog} with ${pods(first.step.replicas)}, and the autoscaler added none: ${first.why}`;
    case 'at-max':
      return `${backlog} with ${pods(most)}, the most that are allowed: ${rates(stretch)}`;
    case 'starting':
      return `${backlog} while pods were added, ${formatNumber(first.step.readyPods)} to ${pods(highest(({ replicas }) => replicas))}`;
    case 'no-pod':
      return `${backlog} without a pod`;
    case 'no-node':
      return `up to ${pods(highest(({ homeless }) => homeless))} waited for a node`;
    case 'quota':
      return `a quota kept up to ${pods(highest(({ refusedByQuota }) => refusedByQuota))} from being created`;
    case 'late': {
      const late = stretch.reduce((sum, { lateTasks }) => sum + lateTasks, 0);
      return `${tasks(late)} waited longer than ${formatQuantity(lateSeconds, 'seconds')}`;
    }
    default:
      return first.kind satisfies never;
  }
}

function rates(stretch: readonly Finding[]): string {
  const came = Math.max(...stretch.map(({ step }) => step.rate));
  const done = Math.max(...stretch.map(({ step }) => step.capacity));
  return `up to ${formatNumber(Math.round(came * 10) / 10)} tasks/s came, and they do ${formatQuantity(done, 'tasks/s')}`;
}

import { formatNumber, formatQuantity } from '../format';
import type { Moment, MomentKind } from './outcome';
import type { PlayedSteps } from './played-steps';

/** A backlog grows when this many tasks more wait, and this share of what comes. */
const LEAST_TASKS = 1;
const LEAST_SHARE = 0.02;

/** Stretches of the same kind this close are one. */
const CLOSE_SECONDS = 60;

/** Steps in a row in which the same goes wrong. */
interface Stretch {
  readonly kind: MomentKind;
  readonly first: number;
  last: number;
}

/** What is known of all steps of a worker. */
export interface Seen {
  readonly steps: PlayedSteps;
  /** Tasks of each step that waited longer than `lateSeconds`. */
  readonly lateTasks: Float64Array;
  readonly lateSeconds: number;
  /** Most pods. */
  readonly most: number;
}

/** What went wrong, from what was seen of each step. */
export function momentsOf(seen: Seen): Moment[] {
  const { steps } = seen;
  const all: Stretch[] = [];
  const latest = new Map<MomentKind, Stretch>();
  for (let index = 0; index < steps.length; index++) {
    for (const kind of kindsOf(seen, index)) {
      const open = latest.get(kind);
      if (open !== undefined && goesOn(steps, open, index)) {
        open.last = index;
        continue;
      }
      const stretch = { kind, first: index, last: index };
      all.push(stretch);
      latest.set(kind, stretch);
    }
  }
  return all.map((stretch) => momentOf(seen, stretch)).sort((a, b) => a.fromSeconds - b.fromSeconds);
}

/** Whether a step is of a stretch: close behind it and, where the autoscaler added no pods, with as many as it began with. */
function goesOn({ fromSeconds, toSeconds, replicas }: PlayedSteps, open: Stretch, index: number): boolean {
  const isClose = (fromSeconds[index] ?? 0) - (toSeconds[open.last] ?? 0) <= CLOSE_SECONDS;
  return isClose && (open.kind !== 'held-back' || replicas[index] === replicas[open.first]);
}

const NOTHING: readonly MomentKind[] = [];

function kindsOf(seen: Seen, index: number): readonly MomentKind[] {
  const { steps, lateTasks } = seen;
  const growth = growthOf(seen, index);
  const isHomeless = (steps.homeless[index] ?? 0) > 0;
  const isRefused = (steps.refusedByQuota[index] ?? 0) > 0;
  const isLate = (lateTasks[index] ?? 0) >= 0.5;
  if (growth === undefined && !isHomeless && !isRefused && !isLate) return NOTHING;
  const kinds: MomentKind[] = growth === undefined ? [] : [growth];
  if (isHomeless) kinds.push('no-node');
  if (isRefused) kinds.push('quota');
  if (isLate) kinds.push('late');
  return kinds;
}

/** Tasks at the end of a step that do not wait by chance alone; 0 before the first. */
function backlogOf({ waiting, byChance }: PlayedSteps, index: number): number {
  return (waiting[index] ?? 0) - (byChance[index] ?? 0);
}

/** Why a backlog grew in a step; `undefined` when it did not. */
function growthOf({ steps, most }: Seen, index: number): MomentKind | undefined {
  const grown = backlogOf(steps, index) - Math.max(0, backlogOf(steps, index - 1));
  if (!(grown > Math.max(LEAST_TASKS, LEAST_SHARE * (steps.arrived[index] ?? 0)))) return undefined;
  const fewestReady = steps.fewestReady[index] ?? 0;
  const replicas = steps.replicas[index] ?? 0;
  if (fewestReady === 0) return 'no-pod';
  if (replicas >= most) return 'at-max';
  const isAdding = fewestReady < replicas || (index > 0 && replicas > (steps.replicas[index - 1] ?? 0));
  return isAdding ? 'starting' : 'held-back';
}

function momentOf(seen: Seen, stretch: Stretch): Moment {
  const { steps } = seen;
  const { kind, first, last } = stretch;
  return {
    kind,
    fromSeconds: steps.fromSeconds[first] ?? 0,
    toSeconds: steps.toSeconds[last] ?? 0,
    text: textOf(seen, stretch),
  };
}

function textOf(seen: Seen, stretch: Stretch): string {
  const { steps, lateTasks, lateSeconds, most } = seen;
  const { kind, first, last } = stretch;
  const highest = (column: Float64Array) => column.subarray(first, last + 1).reduce((a, b) => Math.max(a, b));
  const tasks = (count: number) => formatQuantity(Math.round(count), 'tasks');
  const backlog = () => `the backlog grew to ${tasks(highest(steps.waiting))}`;
  const pods = (count: number) => formatQuantity(count, 'pods');
  switch (kind) {
    case 'held-back':
      return `${backlog()} with ${pods(steps.replicas[first] ?? 0)}, and the autoscaler added none: ${steps.why[first]}`;
    case 'at-max':
      return `${backlog()} with ${pods(most)}, the most that are allowed: ${rates(steps, highest)}`;
    case 'starting':
      return `${backlog()} while pods were added, ${formatNumber(steps.readyPods[first] ?? 0)} to ${pods(highest(steps.replicas))}`;
    case 'no-pod':
      return `${backlog()} without a pod`;
    case 'no-node':
      return `up to ${pods(highest(steps.homeless))} waited for a node`;
    case 'quota':
      return `a quota kept up to ${pods(highest(steps.refusedByQuota))} from being created`;
    case 'late': {
      const late = lateTasks.subarray(first, last + 1).reduce((sum, count) => sum + count, 0);
      return `${tasks(late)} waited longer than ${formatQuantity(lateSeconds, 'seconds')}`;
    }
    default:
      return kind satisfies never;
  }
}

function rates(steps: PlayedSteps, highest: (column: Float64Array) => number): string {
  const came = highest(steps.rate);
  const done = highest(steps.capacity);
  return `up to ${formatNumber(Math.round(came * 10) / 10)} tasks/s came, and they do ${formatQuantity(done, 'tasks/s')}`;
}

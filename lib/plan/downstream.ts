import { largestBelow } from './bisection';
import { figure } from './figure';
import type { DownstreamUse } from './figures';
import { formatNumber, formatQuantity } from './format';
import type { Problem } from './problem';
import type { PeakPods } from './rollout/peak';
import type { SettledBudget } from './settled-spec';
import type { Work } from './work';

/** The parts of a workload that its use of a shared resource follows from. */
export interface Demand {
  readonly by: Work['by'];
  readonly slots: number;
  readonly min: number;
  readonly max: number;
  readonly surge: number;
  /** Peaks that it would have with another `scale.max`, or with another surge as well. */
  readonly peaksAt: (max: number, surge?: number) => PeakPods;
}

/** Blue/green is left out: how a workload is released is not known here. */
function highest(peaks: PeakPods): { readonly pods: number; readonly when: string } {
  return peaks.steady > peaks.rollingUpdate
    ? { pods: peaks.steady, when: 'while the autoscaler moves' }
    : { pods: peaks.rollingUpdate, when: 'in a rolling update' };
}

function use(budget: SettledBudget, slots: number, pods: number): number {
  return (budget.perTask * slots + budget.perPod) * pods;
}

/** What a workload holds of each shared resource at the higher of its peaks, rolling update or autoscaling. */
export function downstreamUse(budgets: readonly SettledBudget[], demand: Demand): readonly DownstreamUse[] {
  return usesOf(budgets, { slots: demand.slots, ...highest(demand.peaksAt(demand.max)) });
}

/** A number of pods, and when there are so many. */
interface Pods {
  readonly slots: number;
  readonly pods: number;
  readonly when: string;
}

function usesOf(budgets: readonly SettledBudget[], { slots, pods, when }: Pods): readonly DownstreamUse[] {
  return budgets.map((budget) => ({
    name: budget.name,
    limit: budget.limit,
    peak: figure(
      use(budget, slots, pods),
      'count',
      (shown) => `${product(budget, slots, pods)} ${when} = ${shown}, of ${formatNumber(budget.limit)}`,
    ),
  }));
}

/** What the use of a shared resource follows from where no autoscaler moves. */
export interface FixedDemand extends Pods {
  /** The property that says how many pods there are, such as `shards`. */
  readonly prop: string;
  /** Pods for each of it. */
  readonly podsEach: number;
}

/** {@link downstreamUse} and {@link checkDownstream} where no autoscaler moves. */
export function fixedUse(
  budgets: readonly SettledBudget[],
  demand: FixedDemand,
  problems: Problem[],
): readonly DownstreamUse[] {
  const { slots, pods, when, prop, podsEach } = demand;
  for (const [index, budget] of budgets.entries()) {
    const peak = use(budget, slots, pods);
    if (peak <= budget.limit) continue;
    const fewer = Math.floor(budget.limit / use(budget, slots, podsEach));
    const ways = [
      ...(fewer >= 1 ? [`lower ${prop} to ${formatNumber(fewer)}`] : []),
      ...fewerSlots(budget, pods),
      ...fewerEach(budget, slots, pods),
      `raise ${budget.calls.limit}`,
    ];
    problems.push({
      prop: `downstream[${index}]`,
      wanted: `must take what the worker holds ${when}, ${formatNumber(peak)} of ${budget.name}`,
      got: formatNumber(budget.limit),
      fix: capitalized(`${ways.join(', or ')}.`),
    });
  }
  return usesOf(budgets, demand);
}

function fewerSlots(budget: SettledBudget, pods: number): string[] {
  const slots = Math.floor((budget.limit / pods - budget.perPod) / budget.perTask);
  return budget.perTask > 0 && slots >= 1 ? [`lower concurrency to ${formatNumber(slots)}`] : [];
}

function fewerEach(budget: SettledBudget, slots: number, pods: number): string[] {
  const each = Math.floor(budget.limit / pods - budget.perTask * slots);
  return budget.perPod > 0 && each >= 1 ? [`lower ${budget.calls.perPod} to ${formatNumber(each)}`] : [];
}

function product(budget: SettledBudget, slots: number, pods: number): string {
  const perTask = `${formatNumber(budget.perTask)} × ${formatQuantity(slots, 'slots')}`;
  const perPod = `${formatNumber(budget.perPod)} per pod`;
  const each = [...(budget.perTask > 0 ? [perTask] : []), ...(budget.perPod > 0 ? [perPod] : [])];
  const sum = each.length === 0 ? '0' : each.join(' + ');
  return `${each.length > 1 ? `(${sum})` : sum} × ${formatQuantity(pods, 'pods')}`;
}

/** Refuses a peak that a shared resource cannot take, and names what would fit. */
export function checkDownstream(
  budgets: readonly SettledBudget[],
  demand: Demand,
  problems: Problem[],
): void {
  const { pods, when } = highest(demand.peaksAt(demand.max));
  for (const [index, budget] of budgets.entries()) {
    const peak = use(budget, demand.slots, pods);
    if (peak > budget.limit) {
      problems.push({
        prop: `downstream[${index}]`,
        wanted: `must take what the ${demand.by} holds ${when}, ${formatNumber(peak)} of ${budget.name}`,
        got: formatNumber(budget.limit),
        fix: remedy(budget, demand, pods),
      });
    }
  }
}

function remedy(budget: SettledBudget, demand: Demand, pods: number): string {
  const fits = (peaks: PeakPods) => use(budget, demand.slots, highest(peaks).pods) <= budget.limit;
  const max = largestBelow(demand.max, (n) => fits(demand.peaksAt(n)));
  const surge = largestBelow(demand.surge, (n) => fits(demand.peaksAt(demand.max, n)));
  const ways = [
    ...(max >= 1
      ? [`lower scale.max to ${formatNumber(max)}${max < demand.min ? ' and scale.min with it' : ''}`]
      : []),
    ...(surge >= 1 ? [`lower rollout.maxSurge to ${formatNumber(surge)}`] : []),
    ...fewerSlots(budget, pods),
    ...fewerEach(budget, demand.slots, pods),
    `raise ${budget.calls.limit}`,
  ];
  return capitalized(`${ways.join(', or ')}.`);
}

function capitalized(sentence: string): string {
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}

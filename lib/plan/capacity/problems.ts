import { formatNumber } from '../format';
import type { Problem } from '../problem';
import type { Amounts } from './amounts';
import type { CapacityPool } from './node';
import type { PriceList } from './prices';
import type { CapacityWorkload } from './workload';

/** Everything that is wrong with what capacity is planned from. */
export function capacityProblems(
  pools: readonly CapacityPool[],
  workloads: readonly CapacityWorkload[],
  prices?: PriceList,
): Problem[] {
  return [
    ...(pools.length === 0 ? [noPools()] : []),
    ...pools.flatMap(poolProblems),
    ...workloads.flatMap(workloadProblems),
    ...(prices === undefined ? [] : priceProblems(prices)),
  ];
}

function noPools(): Problem {
  return {
    prop: 'nodePools',
    wanted: 'must be one node pool or more',
    got: 'none',
    fix: 'Describe the nodes that the pods run on.',
  };
}

function poolProblems({ name, allocatable, nodes }: CapacityPool): Problem[] {
  const { min, max } = nodes;
  const isCount = (value: number, least: number) => Number.isSafeInteger(value) && value >= least;
  const fix = 'Correct the node pool.';
  return [
    ...amountProblems(`node pool ${name}: allocatable`, allocatable, fix),
    ...(isCount(min, 0) ? [] : [wrong(`node pool ${name}: nodes.min`, '0', min, fix)]),
    ...(isCount(max, Math.max(min, 0))
      ? []
      : [wrong(`node pool ${name}: nodes.max`, formatNumber(min), max, fix)]),
  ];
}

function workloadProblems({ template, pods, surge = 0 }: CapacityWorkload): Problem[] {
  const { workload, requests, priority = 0 } = template;
  const fix = 'Correct the manifest.';
  const counts = { pods: pods === 'each-node' ? 0 : pods, 'pods of a rolling update': surge };
  return [
    ...amountProblems(`${workload}: requests`, requests, fix),
    ...Object.entries(counts)
      .filter(([, count]) => !(Number.isSafeInteger(count) && count >= 0))
      .map(([name, count]) => wrong(`${workload}: ${name}`, '0', count, fix)),
    ...(Number.isSafeInteger(priority) ? [] : [wrong(`${workload}: priority`, '0', priority, fix)]),
  ];
}

function wrong(prop: string, least: string, got: number, fix: string): Problem {
  return { prop, wanted: `must be a whole number of ${least} or more`, got: formatNumber(got), fix };
}

function amountProblems(prop: string, amounts: Amounts, fix: string): Problem[] {
  return Object.entries(amounts)
    .filter(([, amount]) => !(Number.isFinite(amount) && amount >= 0))
    .map(([name, amount]) => ({
      prop: `${prop}.${name}`,
      wanted: 'must be 0 or more',
      got: formatNumber(amount),
      fix,
    }));
}

function priceProblems({ prices }: PriceList): Problem[] {
  return Object.entries(prices)
    .filter(([, price]) => !(Number.isFinite(price) && price >= 0))
    .map(([name, price]) => ({
      prop: `prices.${name}`,
      wanted: 'must be 0 or more',
      got: formatNumber(price),
      fix: 'Correct the list of prices.',
    }));
}

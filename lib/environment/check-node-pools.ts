import { formatNumber } from '../plan/format';
import type { Problem } from '../plan/problem';
import { bytes, cores } from '../workload/quantity';
import type { Environment } from './environment';
import type { NodePool } from './props';

/** What is wrong with an environment's node pools. */
export function checkNodePools({ nodePools }: Environment): Problem[] {
  const names = nodePools.map(({ name }) => name);
  return nodePools.flatMap((pool, index) => {
    const prop = `nodePools[${index}]`;
    return [
      ...(names.indexOf(pool.name) === index ? [] : [takenName(prop, pool.name)]),
      ...checkLabels(prop, pool),
      ...checkCount(prop, pool),
      ...checkAllocatable(prop, pool),
    ];
  });
}

function takenName(prop: string, name: string): Problem {
  return {
    prop: `${prop}.name`,
    wanted: 'must differ from that of every other pool',
    got: JSON.stringify(name),
    fix: 'Rename it.',
  };
}

/** Workloads choose a pool by its labels. */
function checkLabels(prop: string, { labels }: NodePool): Problem[] {
  if (Object.keys(labels).length > 0) return [];
  return [
    {
      prop: `${prop}.labels`,
      wanted: 'must be one label or more, by which workloads choose the pool',
      got: '{}',
      fix: "Give a label that its nodes have and others have not, such as the cloud's own label of a node pool.",
    },
  ];
}

function checkCount(prop: string, { nodes: { min, max } }: NodePool): Problem[] {
  const isCount = (value: number, least: number) => Number.isSafeInteger(value) && value >= least;
  if (!isCount(min, 0)) {
    return [count(`${prop}.nodes.min`, '0', min, 'Give the fewest nodes of the pool.')];
  }
  const least = Math.max(min, 1);
  if (isCount(max, least)) return [];
  return [count(`${prop}.nodes.max`, String(least), max, 'Give the most nodes of the pool.')];
}

function count(prop: string, least: string, got: number, fix: string): Problem {
  return { prop, wanted: `must be a whole number of ${least} or more`, got: formatNumber(got), fix };
}

function checkAllocatable(prop: string, { allocatable: { cpu, memory } }: NodePool): Problem[] {
  const amounts = { cpu: cores(cpu), memory: bytes(memory) };
  return Object.entries(amounts)
    .filter(([, amount]) => !(amount > 0 && Number.isFinite(amount)))
    .map(([name, amount]) => ({
      prop: `${prop}.allocatable.${name}`,
      wanted: 'must be more than 0',
      got: formatNumber(amount),
      fix: 'Give what kubectl describe node shows as Allocatable.',
    }));
}

import { MACHINES } from '../plan/capacity/machines';
import { formatNumber } from '../plan/format';
import type { Problem } from '../plan/problem';
import { nearest } from '../schema/nearest';
import { bytes, cores } from '../workload/quantity';
import type { Allocatable, NodePool, NodeReserve } from './props';

/** What is wrong with node pools. */
export function checkNodePools({ nodePools }: { readonly nodePools: readonly NodePool[] }): Problem[] {
  const names = nodePools.map(({ name }) => name);
  return nodePools.flatMap((pool, index) => {
    const prop = `nodePools[${index}]`;
    return [
      ...(names.indexOf(pool.name) === index ? [] : [takenName(prop, pool.name)]),
      ...checkLabels(prop, pool),
      ...checkCount(prop, pool),
      ...checkMachine(prop, pool),
      ...checkAmounts(`${prop}.allocatable`, pool.allocatable, 1),
      ...checkAmounts(`${prop}.reserve`, pool.reserve, 0),
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

/** Without an amount the type of machine has to be known. */
function checkMachine(prop: string, { machine, allocatable }: NodePool): Problem[] {
  if (allocatable !== undefined || (machine !== undefined && MACHINES.has(machine))) return [];
  if (machine === undefined) {
    return [
      {
        prop: `${prop}.allocatable`,
        wanted: 'must be there where the pool names no machine',
        got: 'neither',
        fix: 'Name the type of machine, or give what kubectl describe node shows as Allocatable.',
      },
    ];
  }
  const near = nearest(machine, [...MACHINES.keys()]);
  return [
    {
      prop: `${prop}.machine`,
      wanted: 'must be a type of machine that Capstan knows, or stand beside an allocatable',
      got: JSON.stringify(machine),
      fix: `${near === undefined ? 'Give' : `Write ${near}, or give`} what kubectl describe node shows as Allocatable.`,
    },
  ];
}

/** Some of what a node has, or what is taken of it. */
type SomeAmounts = NodeReserve & Partial<Allocatable>;

function checkAmounts(prop: string, amounts: SomeAmounts = {}, least: 0 | 1): Problem[] {
  const { cpu, memory, ephemeralStorage, pods, extended = {} } = amounts;
  const some = {
    ...(cpu !== undefined && { cpu: cores(cpu) }),
    ...(memory !== undefined && { memory: bytes(memory) }),
    ...(ephemeralStorage !== undefined && { ephemeralStorage: bytes(ephemeralStorage) }),
    ...(pods !== undefined && { pods }),
  };
  const isWrong = (amount: number) => !(Number.isFinite(amount) && (least === 0 ? amount >= 0 : amount > 0));
  return [
    ...Object.entries(some).filter(([, amount]) => isWrong(amount)),
    ...Object.entries(extended)
      .filter(([, amount]) => !(Number.isSafeInteger(amount) && amount >= 0))
      .map(([name, amount]) => [`extended["${name}"]`, amount] as const),
  ].map(([name, amount]) => ({
    prop: `${prop}.${name}`,
    wanted: least === 0 || name.startsWith('extended') ? 'must be 0 or more' : 'must be more than 0',
    got: formatNumber(amount),
    fix: 'Give what kubectl describe node shows.',
  }));
}

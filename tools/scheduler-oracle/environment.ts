import type { CapacityPool } from '../../lib/plan/capacity/node';
import type { Fields } from '../../lib/plan/fields';
import { Random } from '../random';
import { randomWorkloads } from './workloads';

/** An environment that both are asked about. */
export interface GeneratedEnvironment {
  readonly name: string;
  /** Pools that have all of their nodes. */
  readonly pools: readonly CapacityPool[];
  readonly documents: readonly Fields[];
}

const GIB = 2 ** 30;
const ZONES = ['zone-a', 'zone-b', 'zone-c'];

/** The environment that follows from a seed. */
export function generateEnvironment(seed: number): GeneratedEnvironment {
  const random = new Random(seed);
  const zones = ZONES.slice(0, random.whole(1, ZONES.length));
  const pools = Array.from({ length: random.whole(1, 5) }, (_, index) => randomPool(random, index, zones));
  return { name: `seed-${seed}`, pools, documents: randomWorkloads(random, pools) };
}

function randomPool(random: Random, index: number, zones: readonly string[]): CapacityPool {
  const cores = random.one([2, 4, 8, 16]);
  const nodes = random.whole(1, 6);
  return {
    name: `pool-${index}`,
    labels: {
      pool: `pool-${index}`,
      generation: String(random.whole(1, 9)),
      disk: random.one(['ssd', 'hdd']),
    },
    taints: random.chance(0.3)
      ? [
          {
            key: 'dedicated',
            value: `pool-${index}`,
            effect: random.one(['NoSchedule', 'NoExecute', 'PreferNoSchedule']),
          },
        ]
      : [],
    allocatable: {
      cpu: cores * 0.94,
      memory: Math.floor(cores * random.one([2, 4, 8]) * 0.9) * GIB,
      pods: random.one([12, 30, 110]),
      ...(random.chance(0.2) && { 'example.com/gpu': random.whole(1, 4) }),
    },
    nodes: { min: nodes, max: nodes },
    ...(random.chance(0.9) && { zones }),
  };
}

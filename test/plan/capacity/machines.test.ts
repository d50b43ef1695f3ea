import { describe, expect, test } from '@jest/globals';
import { allocatableOf, leastScore, MACHINES, placementScore } from '../../../lib/plan';

const MIB = 2 ** 20;

function allocatable(name: string) {
  const machine = MACHINES.get(name);
  if (machine === undefined) throw new RangeError(name);
  const { cpu = 0, memory = 0, pods } = allocatableOf(machine);
  return { cpu, mebibytes: Math.floor(memory / MIB), pods };
}

describe('what a node gives to pods', () => {
  test('on EKS: 70 thousandths of 2 cores, 11 MiB for each pod and 255 MiB go', () => {
    // 8192 × 0.925 − (11 × 29 + 255) − 100
    expect(allocatable('m7i.large')).toEqual({ cpu: 1.93, mebibytes: 6903, pods: 29 });
  });

  test('on GKE: a quarter of the first 4 GB goes, and less of what follows', () => {
    // Physical 16384, kernel 16384 / 64 + 16 + 64; then 1000 + 800 + 800 + 6 % of 48, and 100.
    expect(allocatable('e2-standard-4')).toEqual({
      cpu: 3.92,
      mebibytes: 16384 - 336 - 2602 - 100,
      pods: 110,
    });
  });

  test('on AKS: cores by its table, 20 MB for each pod up to a quarter', () => {
    // 16384 × 0.925 − min(20 × 110 + 50, 4096) − 100
    expect(allocatable('Standard_D4s_v5')).toEqual({ cpu: 3.86, mebibytes: 12805, pods: 110 });
  });

  test.each([...MACHINES.keys()])('%s gives most of what it has', (name) => {
    const machine = MACHINES.get(name);
    const { cpu, mebibytes } = allocatable(name);
    expect(cpu / (machine?.cores ?? 0)).toBeGreaterThan(0.9);
    expect((mebibytes * MIB) / (machine?.memoryBytes ?? 0)).toBeGreaterThan(0.5);
    expect((mebibytes * MIB) / (machine?.memoryBytes ?? 0)).toBeLessThan(0.95);
  });
});

describe('placement score', () => {
  test('is the mean weight of what is asked for', () => {
    expect(placementScore([3, 1], { weights: [2, 6], room: 99 })).toBe(3);
    expect(placementScore([0, 0], { weights: [2, 6], room: 99 })).toBe(0);
  });

  test('chooses the least of those with room', () => {
    const types = [
      { weights: [1, 1], room: 3 },
      { weights: [2, 2], room: 99 },
      { weights: [2, 1], room: 99 },
    ];
    expect(leastScore([1, 1], types)).toBe(0);
    expect(leastScore([2, 2], types)).toBe(2);
    expect(leastScore([2, 2], types.slice(0, 1))).toBeUndefined();
  });
});

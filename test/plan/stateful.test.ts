import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { planStateful, StatefulPlan, type StatefulSpec } from '../../lib/plan';

const spec: StatefulSpec = {
  name: 'ledger',
  replicas: 3,
  quorum: true,
  resources: { cpu: { request: 0.5 }, memoryBytes: 2 ** 30 },
  claimBytes: { data: 10 * 2 ** 30, wal: 2 ** 30 },
};

describe('the members', () => {
  test('of a quorum survive every drain that the budget allows', () => {
    fc.assert(
      fc.property(fc.nat(500), (half) => {
        const replicas = 2 * half + 1;
        const { figures, problems } = planStateful({ ...spec, replicas });
        const left = replicas - figures.pdbMaxUnavailable.value;
        expect(problems).toEqual([]);
        expect(figures.pdbMaxUnavailable.value).toBeGreaterThanOrEqual(1);
        if (replicas > 1) expect(left).toBeGreaterThan(replicas / 2);
        if (replicas > 1) expect(left - 1).toBeLessThanOrEqual(replicas / 2);
      }),
    );
  });

  test('that do not vote go one at a time, however many they are', () => {
    for (const replicas of [1, 2, 7]) {
      const { figures } = planStateful({ ...spec, replicas, quorum: false });
      expect(figures.pdbMaxUnavailable.value).toBe(1);
      expect(figures.quorum).toBeUndefined();
    }
  });

  test('fails for every even number of voters', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 500 }), (half) => {
        const { problems } = planStateful({ ...spec, replicas: 2 * half });
        expect(problems.map(({ prop }) => prop)).toEqual(['replicas']);
      }),
    );
  });
});

describe('resources', () => {
  test('leave room above the request, unless the limit is given or left out', () => {
    const limit = (cpu: StatefulSpec['resources']['cpu']) =>
      planStateful({ ...spec, resources: { ...spec.resources, cpu } }).figures.cpuLimit?.value;
    expect(limit({ request: 0.1 })).toBe(1);
    expect(limit({ request: 1.25 })).toBe(3);
    expect(limit({ request: 1, limit: 1 })).toBe(1);
    expect(limit({ request: 1, limit: 'none' })).toBeUndefined();
  });

  test('count all volumes of all members', () => {
    const { figures } = planStateful(spec);
    expect(figures.storagePerMember?.value).toBe(11 * 2 ** 30);
    expect(figures.storageTotal?.value).toBe(33 * 2 ** 30);
  });
});

test('a plan survives JSON', () => {
  const plan = planStateful(spec);
  expect(new StatefulPlan(JSON.parse(JSON.stringify(plan))).explain()).toBe(plan.explain());
  expect(plan.explain('quorum')).toMatch(/^quorum {2}2 pods {2}more than half of 3/);
});

import { fieldsOf, within } from '../../plan/fields';
import type { Problem } from '../../plan/problem';
import { quantityValue } from '../../schema/quantity';
import { podAmount } from '../pod-resources';
import type { Finding, Rule } from '../rule';
import { type Quarter, quartersOf } from './quarter';
import { amountOf, MEASURES, type Measure, type Share } from './shares';

/** Sums of decimal fractions are not exact. */
const NOISE = 1e-9;

/** What a container has to say when a quota bounds it, or its pod is refused; disk may stay unsaid. */
const HAS_TO_BE_SAID = /^((requests|limits)\.)?(cpu|memory)$/;

/**
 * Everything in a namespace has to fit its quota at its peak. In the cluster, a quota that is too small stops a rolling
 * update half-way, or a scale-out when it is needed. Pods that still drain count as well, but only for a moment: they
 * delay what comes next, and are left out here.
 */
export const quota: Rule = {
  id: 'quota',
  find(cluster) {
    return quartersOf(cluster).flatMap((quarter) => {
      const hard = Object.entries(fieldsOf(within(quarter.quota.document, 'spec', 'hard')) ?? {});
      return [
        ...uncounted(quarter),
        ...hard.flatMap(([bound, value]) => [...unsaid(quarter, bound), ...tooSmall(quarter, bound, value)]),
      ];
    });
  },
};

function tooSmall(quarter: Quarter, bound: string, value: unknown): Finding[] {
  const limit = quantityValue(value);
  const measure = MEASURES.find(({ pattern }) => pattern.test(bound));
  if (limit === undefined || measure === undefined) return [];
  const shares = measure.shares(quarter, bound).filter(({ amount }) => amount > 0);
  const sum = shares.reduce((total, { amount }) => total + amount, 0);
  if (sum <= limit * (1 + NOISE)) return [];
  return [{ at: quarter.quota, problem: problemOf(bound, limit, { sum, shares, measure }) }];
}

interface Excess {
  readonly sum: number;
  readonly shares: readonly Share[];
  readonly measure: Measure;
}

function problemOf(bound: string, limit: number, { sum, shares, measure }: Excess): Problem {
  const largest = [...shares].sort((one, other) => other.amount - one.amount);
  return {
    prop: bound,
    wanted: `must be ${measure.show(sum)} or more, for everything at its peak (${largest.map(({ reason }) => reason).join('; ')})`,
    got: measure.show(limit),
    fix: 'Raise it, or let something take less: fewer pods at most (scale.max), or fewer in a rolling update (rollout.maxSurge).',
  };
}

function unsaid({ workloads, defaults, quota: at }: Quarter, bound: string): Finding[] {
  if (!HAS_TO_BE_SAID.test(bound)) return [];
  const { kind, resource } = amountOf(bound);
  return workloads.flatMap((workload) => {
    const { silent } = podAmount(workload.pod, kind, resource, defaults);
    if (silent.length === 0) return [];
    const problem: Problem = {
      prop: `resources.${kind}.${resource}`,
      wanted: `must be said, since the quota of the namespace bounds it and the API server refuses pods without`,
      got: `none in ${silent.join(', ')}`,
      fix: `Give it, take ${bound} out of the quota, or add a default to its limitRange.`,
    };
    return { at: workload.at, with: [at], problem };
  });
}

/** How many pods a DaemonSet has, its nodes tell. */
function uncounted({ workloads, quota: at }: Quarter): Finding[] {
  return workloads
    .filter(({ count }) => count.most === undefined)
    .map((workload) => ({
      at: workload.at,
      with: [at],
      problem: {
        prop: 'nodePools',
        wanted:
          'must be given where the environment is made, since this namespace has a quota and a pod for each node',
        got: 'none',
        fix: 'Describe the node pools, or put it into a namespace without a quota.',
      },
    }));
}

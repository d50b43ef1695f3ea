import { describe, expect, test } from '@jest/globals';
import { readCommitted } from '../../../tools/oracle/committed';
import { firstDifference } from '../../../tools/oracle/compare';
import { loadMutant, type Mutant, type Mutation } from './mutant';

const MUTATIONS: readonly (readonly [string, Mutation])[] = [
  [
    'a recommendation of exactly the window does not count without behavior',
    { file: 'sliding-extreme.ts', from: 'inclusive ? time < cutoff', to: 'inclusive ? time <= cutoff' },
  ],
  [
    'a recommendation of exactly the window counts with behavior',
    { file: 'sliding-extreme.ts', from: ': time <= cutoff', to: ': time < cutoff' },
  ],
  [
    'the first count is no recommendation',
    { file: 'stabilization.ts', from: 'if (this.isEmpty) this.add', to: 'if (false) this.add' },
  ],
  [
    'the tolerance excludes its lower end',
    { file: 'tolerance.ts', from: 'least <= ratio', to: 'least < ratio' },
  ],
  [
    'the tolerance excludes its upper end',
    { file: 'tolerance.ts', from: 'ratio <= most', to: 'ratio < most' },
  ],
  [
    'the tolerance of the way down is that of the way up',
    { file: 'tolerance.ts', from: 'own?.scaleDown.tolerance', to: 'own?.scaleUp.tolerance' },
  ],
  [
    'an event of exactly a period counts',
    { file: 'scale-events.ts', from: 'if (millis > cutoff)', to: 'if (millis >= cutoff)' },
  ],
  [
    'an event of exactly the longest period is overwritten',
    { file: 'scale-events.ts', from: '=> millis < cutoff', to: '=> millis <= cutoff' },
  ],
  [
    'events are kept as long as either direction needs them',
    {
      file: 'scale-events.ts',
      from: 'longestPeriod(isUp ? scaleUp : scaleDown)',
      to: 'Math.max(longestPeriod(scaleUp), longestPeriod(scaleDown))',
    },
  ],
  [
    'events of the other direction do not move the start of a period',
    { file: 'scale-events.ts', from: ' + changeSince(this.down, cutoff)', to: '' },
  ],
  [
    'percent of the way up are truncated',
    { file: 'rate-limits.ts', from: 'Math.ceil(replicas', to: 'Math.floor(replicas' },
  ],
  [
    'percent of the way down are rounded up',
    { file: 'rate-limits.ts', from: 'toInt32(replicas * (1 -', to: 'Math.ceil(replicas * (1 -' },
  ],
  ['sums are not of 32 bits', { file: 'integer.ts', from: '(one + other) | 0', to: 'one + other' }],
  [
    'a jump to the bound is no event',
    {
      file: 'autoscaler.ts',
      from: 'if (behavior !== undefined) {',
      to: 'if (behavior !== undefined && about.seen) {',
    },
  ],
  [
    'every target may leave zero',
    { file: 'autoscaler.ts', from: 'if (current === 0 && !this.mayLeaveZero())', to: 'if (false)' },
  ],
  [
    'a failed metric does not stop scale-in',
    { file: 'compute-replicas.ts', from: '(failed && replicas < current)', to: 'false' },
  ],
  [
    'a failed metric stops what holds as well',
    { file: 'compute-replicas.ts', from: 'replicas < current)', to: 'replicas <= current)' },
  ],
  [
    'averages are not truncated',
    { file: 'proposals.ts', from: 'Math.trunc(totalMilli / pods)', to: 'totalMilli / pods' },
  ],
  [
    'terminating pods do not multiply an external value',
    {
      file: 'proposals.ts',
      from: "pod.phase === 'Running' && pod.ready",
      to: 'pod.ready && !pod.terminating',
    },
  ],
  [
    'a pod without a sample counts as the target even at the target',
    { file: 'proposals.ts', from: '(ratio === 1 ? 0 : counts.missing)', to: 'counts.missing' },
  ],
  [
    'unready pods do not count on the way up',
    { file: 'proposals.ts', from: '(ratio > 1 ? counts.unready : 0)', to: '0' },
  ],
  [
    'a missing pod uses the target of CPU on the way down',
    { file: 'proposals.ts', from: 'Math.max(100, target)', to: 'target' },
  ],
  [
    'a sample of exactly a window after readiness does not count',
    {
      file: 'group-pods.ts',
      from: '>= readyChangedMillis + windowMillis',
      to: '> readyChangedMillis + windowMillis',
    },
  ],
  [
    'CPU of young pods counts at once',
    {
      file: 'group-pods.ts',
      from: 'startMillis + settings.cpuInitializationSeconds * 1000 > nowMillis',
      to: 'false',
    },
  ],
  [
    'an empty behavior is none',
    {
      file: 'read-behavior.ts',
      from: 'if (behavior.isAbsent)',
      to: 'if (behavior.isAbsent || behavior.field("scaleUp").isAbsent)',
    },
  ],
];

describe('the committed scenarios notice that', () => {
  const committed = readCommitted();

  /** Whether a model differs from the controller anywhere. */
  function differs({ readScenario, playScenario }: Mutant): boolean {
    return committed.some(({ scenario, rows }) => {
      const { scenario: read } = readScenario(scenario);
      return read === undefined || firstDifference(rows, playScenario(read)) !== undefined;
    });
  }

  test('nothing, when nothing is wrong', () => {
    expect(differs(loadMutant())).toBe(false);
  });

  test.each(MUTATIONS)('%s', (_, mutation) => {
    expect(differs(loadMutant(mutation))).toBe(true);
  });
});

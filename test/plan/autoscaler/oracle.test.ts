import { describe, expect, test } from '@jest/globals';
import { playScenario, readScenario } from '../../../lib/plan';
import { readCommitted } from '../../../tools/oracle/committed';
import { firstDifference } from '../../../tools/oracle/compare';

describe('the model does what the real controller did', () => {
  const committed = readCommitted();

  test('there are 500 scenarios', () => {
    expect(committed).toHaveLength(500);
  });

  test('in every row and field of all of them', () => {
    const differences = committed.flatMap(({ scenario, rows }) => {
      const { scenario: read, problems } = readScenario(scenario);
      const difference = read === undefined ? problems : firstDifference(rows, playScenario(read));
      return difference === undefined ? [] : [{ name: scenario.name, difference }];
    });
    expect(differences).toEqual([]);
  });

  test('and they meet what the controller can do', () => {
    const met = new Set(
      committed.flatMap(({ rows }) =>
        rows.flatMap(({ able, limited, active, zero, err }) => [
          able,
          limited,
          active,
          zero,
          `err ${err === true}`,
        ]),
      ),
    );
    for (const condition of [
      'T:ReadyForNewScale',
      'T:ScaleDownStabilized',
      'T:ScaleUpStabilized',
      'T:SucceededGetScale',
      'T:SucceededRescale',
      'F:DesiredWithinRange',
      'T:ScaleDownLimit',
      'T:ScaleUpLimit',
      'T:TooFewReplicas',
      'T:TooManyReplicas',
      'T:ValidMetricFound',
      'F:FailedGetContainerResourceMetric',
      'F:FailedGetExternalMetric',
      'F:FailedGetObjectMetric',
      'F:FailedGetPodsMetric',
      'F:FailedGetResourceMetric',
      'F:ScalingDisabled',
      'T:ScaledToZero',
      'F:NotScaledToZero',
      'err true',
    ]) {
      expect(met).toContain(condition);
    }
  });
});

import { describe, expect, test } from '@jest/globals';
import { compareManifests } from '../../lib/diff/compare';
import { planChanges } from '../../lib/diff/plan-change';
import { planMarkdown } from '../../lib/diff/plan-markdown';
import type { JsonObject } from '../../lib/json-value';
import { burstLoad } from '../../lib/plan';
import { autoscaler, configMap, deployment } from '../plan/simulate/documents';
import { json } from './manifests';

const PROFILES = { develop: { meanSeconds: 0.1, maxSeconds: 2, cpuSeconds: 0.01 } };

function shop(max = 20, image = 'a', grace = 10): JsonObject[] {
  const copy = structuredClone(deployment);
  const { template } = copy.spec;
  Object.assign(template.spec, { terminationGracePeriodSeconds: grace });
  Object.assign(template.spec.containers[0] ?? {}, { image });
  return [configMap(), copy, autoscaler(2, max)].map(json);
}

function planned(
  before: readonly JsonObject[],
  after: readonly JsonObject[],
  load?: ReturnType<typeof burstLoad>,
) {
  const changes = compareManifests(before, after);
  return planChanges({ before, after, changes, profiles: PROFILES, ...(load && { load }) });
}

describe('what a change does to a workload', () => {
  test('nothing, when nothing differs', () => {
    expect(planned(shop(), shop())).toEqual([]);
    expect(planMarkdown([], { title: 'dist', from: 'main', hasLoad: false })).toBe(
      '**dist** beside main: no workload changes.',
    );
  });

  test('bounds, pod hours and peak follow from the manifests', () => {
    const [only, ...others] = planned(shop(20), shop(30));
    expect(others).toEqual([]);
    expect(only).toMatchObject({
      name: 'shop/develop',
      effect: 'resize',
      min: { was: 2, is: 2 },
      max: { was: 20, is: 30 },
      podHours: { was: 48, is: 48 },
      mostPodHours: { was: 480, is: 720 },
      risk: 'medium',
    });
    // More pods at most hold more at once, whatever drains beside them.
    expect(only?.peakConcurrency.is).toBeGreaterThan(only?.peakConcurrency.was ?? Number.POSITIVE_INFINITY);
  });

  test('what becomes less is a risk, and the worst comes first', () => {
    const [only] = planned(shop(20, 'a', 10), shop(10, 'b', 5));
    expect(only?.effect).toBe('restart');
    expect(only?.risks).toEqual([
      'fewer pods at a peak',
      'less time to drain',
      expect.stringMatching(/^rolls its pods/),
    ]);
    const [gone] = planned(shop(), []);
    expect(gone).toMatchObject({ effect: 'replace', risk: 'high', max: { was: 20, is: undefined } });
  });

  test('along a load both sides are played', () => {
    const load = burstLoad({ base: 40, burst: 900, atSeconds: 300, burstSeconds: 600, seconds: 1800 });
    const [only] = planned(shop(30), shop(4), load);
    expect(only?.podHours.is).toBeLessThan(only?.podHours.was ?? 0);
    expect(only?.lateTasks.is).toBeGreaterThan(only?.lateTasks.was ?? Number.POSITIVE_INFINITY);
    expect(only?.risk).toBe('high');
  });
});

test('the table has a row for each workload, and its cells hold no bar', () => {
  const table = { title: 'dist/dev', from: 'dist of main', hasLoad: false };
  const changes = planned(shop(20), shop(30, 'a|b'));
  expect(planMarkdown(changes, table)).toBe(`**dist/dev** beside dist of main

| workload | pods | replicas | pod-hours a day | peak concurrency | risk |
| --- | --- | --- | --- | --- | --- |
| \`shop/develop\` | restart | 2 to 20 → 2 to 30 | 48 to 480 → 48 to 720 | ${changes[0]?.peakConcurrency.was} → ${changes[0]?.peakConcurrency.is} | **medium**: downstream has to take up to ${changes[0]?.peakConcurrency.is} at once; rolls its pods, for containers[worker].image |`);
});

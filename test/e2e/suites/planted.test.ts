import { expect, test } from '@jest/globals';
import { getJson, step } from '../session';

// For test/ci/e2e-runs.ts: what a run does when a step fails.
test('fails, so that it is seen how that is told', () =>
  step('planted', 'the cluster has no node', async () => {
    const { items } = await getJson<{ items: unknown[] }>('nodes');
    expect(items.length).toBe(0);
    return undefined;
  }));

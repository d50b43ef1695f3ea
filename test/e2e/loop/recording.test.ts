import { expect, test } from '@jest/globals';
import { simulate } from '../../../lib/plan';
import byAutoscaler from '../recorded/loop-hpa.json';
import byKeda from '../recorded/loop-keda.json';
import { decisionOf } from './decision';

const RECORDED = [byAutoscaler, byKeda];

test.each(RECORDED)('what a $scaledBy did can be simulated: documents, load, settings', (recorded) => {
  const { documents, load, settings } = recorded;
  const durationSeconds = load.seconds.at(-1) ?? 0;
  const { workers, problems } = simulate(
    documents,
    { name: 'recorded', ...load, durationSeconds, problems: [] },
    settings,
  );
  expect(problems).toEqual([]);
  expect(workers.map(({ name, scaledBy }) => [name, scaledBy])).toEqual([
    [recorded.worker, recorded.scaledBy],
  ]);
});

/** Pods at the start, at the most and at the end. */
function countsOf({ steps }: (typeof RECORDED)[number]): (number | undefined)[] {
  const replicas = steps.map((step) => step.replicas);
  return [replicas[0], Math.max(...replicas), replicas.at(-1)];
}

test('the autoscaler went out to the most pods and back to one, and left nothing', () => {
  const [first, most] = countsOf(byAutoscaler);
  expect([first, most]).toEqual([1, 4]);
  expect(byAutoscaler.decisions.at(-1)?.desiredReplicas).toBe(1);
  expect(byAutoscaler.steps.at(-1)?.backlogTasks).toBe(0);
});

test('KEDA went out from no pod and back to none, and left nothing', () => {
  const [, most, last] = countsOf(byKeda);
  expect(byKeda.settings.startPods).toBe(0);
  expect(most).toBeGreaterThanOrEqual(2);
  expect(last).toBe(0);
  expect(byKeda.steps.at(-1)).toMatchObject({ pods: 0, unsettledTasks: 0, backlogTasks: 0 });
});

test('the status of an autoscaler is read with its quantities, and without metrics', () => {
  const metric = (name: string) => ({ name });
  const status = {
    currentReplicas: 2,
    desiredReplicas: 3,
    currentMetrics: [
      { pods: { metric: metric('busy'), current: { averageValue: '950m' } } },
      { external: { metric: metric('waiting'), current: { averageValue: '12' } } },
    ],
    conditions: [{ type: 'AbleToScale', reason: 'SucceededRescale' }],
  };
  expect(decisionOf(7, { status })).toEqual({
    atSeconds: 7,
    currentReplicas: 2,
    desiredReplicas: 3,
    averages: { busy: 0.95, waiting: 12 },
    reasons: ['SucceededRescale'],
  });
  expect(decisionOf(0, {}).averages).toEqual({});
});

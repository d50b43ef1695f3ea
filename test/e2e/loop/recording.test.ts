import { expect, test } from '@jest/globals';
import { simulate } from '../../../lib/plan';
import recorded from '../recorded/loop-hpa.json';
import { decisionOf } from './decision';

test('what was recorded can be simulated: documents, load and settings', () => {
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

test('what was recorded went out to the most pods and back to the least, and left nothing', () => {
  const replicas = recorded.steps.map((step) => step.replicas);
  expect([replicas[0], Math.max(...replicas)]).toEqual([1, 4]);
  expect(recorded.decisions.at(-1)?.desiredReplicas).toBe(1);
  expect(recorded.steps.at(-1)?.backlogTasks).toBe(0);
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

import { describe, expect, test } from '@jest/globals';
import { formatProblem, playScenario, readScenario } from '../../../lib/plan';
import { generateScenarios } from '../../../tools/oracle/generate';

const external = (name: string) => ({
  type: 'External',
  external: { metric: { name }, target: { type: 'AverageValue', averageValue: '10' } },
});

const scenario = (change: Readonly<Record<string, unknown>>, metric: unknown = external('backlog')) => ({
  hpa: {
    spec: { scaleTargetRef: { kind: 'Deployment', name: 'worker' }, maxReplicas: 10, metrics: [metric] },
  },
  initialReplicas: 2,
  durationSeconds: 60,
  seriesStepSeconds: 15,
  backlog: [0, 100, 100, 0],
  ...change,
});

const lineOf = (document: unknown): string => readScenario(document).problems?.map(formatProblem)[0] ?? '';

test('what the autoscaler does not measure may be left out', () => {
  const { scenario: read } = readScenario(scenario({}));
  if (read === undefined) throw new Error('it was refused');
  expect(playScenario(read).map(({ desired }) => desired)).toEqual([2, 4, 8, 10]);
});

describe('fails, and says where', () => {
  test.each<[string, unknown, string]>([
    ['nothing', null, 'it must be an object, got null.'],
    ['no autoscaler', scenario({ hpa: undefined }), 'hpa must be an object, got nothing.'],
    ['no length', scenario({ durationSeconds: undefined }), 'durationSeconds must be a number from 1 to'],
    ['no start', scenario({ initialReplicas: undefined }), 'initialReplicas must be a whole number from 0'],
    [
      'no series',
      scenario({ backlog: undefined }),
      'backlog must be a list of numbers with at least one, got nothing.',
    ],
    [
      'an empty series',
      scenario({ backlog: [] }),
      'backlog must be a list of numbers with at least one, got an empty list.',
    ],
    [
      'a gap',
      scenario({ backlog: [1, null] }),
      'backlog[1] must be a number from 0 to 9000000000000, got null.',
    ],
    [
      'NaN',
      scenario({ backlog: [1, Number.NaN] }),
      'backlog[1] must be a number from 0 to 9000000000000, got NaN.',
    ],
    [
      'a negative load',
      scenario({ backlog: [-1] }),
      'backlog[0] must be a number from 0 to 9000000000000, got -1.',
    ],
    [
      'a text',
      scenario({ durationSeconds: '60' }),
      "durationSeconds must be a number from 1 to 31622400, got '60'.",
    ],
    [
      'a width of 0',
      scenario({ seriesStepSeconds: 0 }),
      'seriesStepSeconds must be a number of 0.001 or more, got 0.',
    ],
    [
      'unready pods of another kind',
      scenario({ unreadyPods: 'no' }),
      "unreadyPods must be zero or missing, got 'no'.",
    ],
    [
      'missing steps that are none',
      scenario({ missingSteps: { backlog: [0.5] } }),
      'missingSteps.backlog[0] must be a whole number of 0 or more, got 0.5.',
    ],
    [
      'a metric that nothing reports',
      scenario({}, external('queue')),
      'hpa.spec.metrics[0] must be backlog where its type is External, got queue.',
    ],
    [
      'no slots',
      scenario(
        { demandSlots: [1] },
        {
          type: 'Pods',
          pods: { metric: { name: 'pool_utilization' }, target: { type: 'AverageValue', averageValue: '1' } },
        },
      ),
      'slotsPerPod must be a number from 1 to',
    ],
    [
      'no request',
      scenario(
        { demandSlots: [1], slotsPerPod: 1, cpuMilliPerBusySlot: 1 },
        {
          type: 'Resource',
          resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 1 } },
        },
      ),
      'cpuRequestMilli must be a whole number of 1 or more, got nothing.',
    ],
  ])('%s', (_, document, line) => {
    expect(lineOf(document)).toContain(line);
  });
});

test('generated scenarios follow from their seed', () => {
  expect(generateScenarios(3, 5)).toEqual(generateScenarios(3, 5));
  expect(generateScenarios(3, 5)).not.toEqual(generateScenarios(4, 5));
});

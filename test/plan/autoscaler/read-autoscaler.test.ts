import { describe, expect, test } from '@jest/globals';
import { formatProblem, readAutoscaler } from '../../../lib/plan';

type Fields = Readonly<Record<string, unknown>>;

const TARGET = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'develop' };

const PODS = {
  type: 'Pods',
  pods: { metric: { name: 'pool_utilization' }, target: { type: 'AverageValue', averageValue: '700m' } },
};

const hpa = (spec: Fields): Fields => ({
  apiVersion: 'autoscaling/v2',
  kind: 'HorizontalPodAutoscaler',
  metadata: { name: 'develop' },
  spec: { scaleTargetRef: TARGET, maxReplicas: 5, metrics: [PODS], ...spec },
});

const linesOf = (document: unknown): string[] => readAutoscaler(document).problems?.map(formatProblem) ?? [];

describe('an autoscaler gets the defaults of the API server', () => {
  test('where it says only what it has to', () => {
    expect(readAutoscaler(hpa({ metrics: undefined })).spec).toEqual({
      name: 'develop',
      target: TARGET,
      minReplicas: 1,
      maxReplicas: 5,
      metrics: [{ source: 'Resource', name: 'cpu', target: { type: 'Utilization', amount: 80 } }],
    });
  });

  test('in both directions of an empty behavior', () => {
    expect(readAutoscaler(hpa({ behavior: {} })).spec?.behavior).toEqual({
      scaleUp: {
        windowSeconds: 0,
        selectPolicy: 'Max',
        policies: [
          { type: 'Pods', value: 4, periodSeconds: 15 },
          { type: 'Percent', value: 100, periodSeconds: 15 },
        ],
      },
      scaleDown: { selectPolicy: 'Max', policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }] },
    });
  });

  test('and keeps what it says', () => {
    const behavior = {
      scaleDown: {
        stabilizationWindowSeconds: 60,
        selectPolicy: 'Min',
        tolerance: '0.05',
        policies: [{ type: 'Pods', value: 1, periodSeconds: 30 }],
      },
    };
    expect(readAutoscaler(hpa({ behavior })).spec?.behavior?.scaleDown).toEqual({
      windowSeconds: 60,
      selectPolicy: 'Min',
      tolerance: 0.05,
      policies: [{ type: 'Pods', value: 1, periodSeconds: 30 }],
    });
  });

  test('an object that is compared for each pod', () => {
    const target = { type: 'AverageValue', averageValue: '30' };
    const object = {
      describedObject: { kind: 'Service', name: 'queue' },
      metric: { name: 'backlog' },
      target,
    };
    expect(
      readAutoscaler(hpa({ minReplicas: 0, metrics: [{ type: 'Object', object }] })).spec?.metrics,
    ).toEqual([{ source: 'Object', name: 'backlog', target: { type: 'AverageValue', amount: 30_000 } }]);
  });
});

describe('fails, and says where', () => {
  const policy = { type: 'Pods', value: 1, periodSeconds: 15 };
  test.each<[string, unknown, string]>([
    ['nothing', undefined, 'it must be an object, got nothing.'],
    ['a list', [], 'it must be an object, got an empty list.'],
    [
      'another kind',
      { ...hpa({}), kind: 'ScaledObject' },
      "kind must be HorizontalPodAutoscaler, got 'ScaledObject'.",
    ],
    [
      'an older version',
      { ...hpa({}), apiVersion: 'autoscaling/v1' },
      "apiVersion must be autoscaling/v2, got 'autoscaling/v1'.",
    ],
    ['no target', hpa({ scaleTargetRef: undefined }), 'spec.scaleTargetRef must be an object, got nothing.'],
    [
      'a target without a name',
      hpa({ scaleTargetRef: { kind: 'Deployment' } }),
      'spec.scaleTargetRef.name must be a text, got nothing.',
    ],
    [
      'no bound',
      hpa({ maxReplicas: undefined }),
      'spec.maxReplicas must be a whole number from 1 to 2147483647, got nothing.',
    ],
    [
      'NaN',
      hpa({ maxReplicas: Number.NaN }),
      'spec.maxReplicas must be a whole number from 1 to 2147483647, got NaN.',
    ],
    [
      'a misspelt bound',
      hpa({ minReplica: 2 }),
      'spec must have no fields but scaleTargetRef, minReplicas, maxReplicas, metrics, behavior, got minReplica.',
    ],
    [
      'a misspelt window',
      hpa({ behavior: { scaleDown: { stabilisationWindowSeconds: 60 } } }),
      'spec.behavior.scaleDown must have no fields but stabilizationWindowSeconds, selectPolicy, policies, tolerance, got stabilisationWindowSeconds.',
    ],
    [
      'a policy in both directions at once',
      hpa({ behavior: { policies: [policy] } }),
      'spec.behavior must have no fields but scaleUp, scaleDown, got policies.',
    ],
    [
      'a misspelt amount',
      hpa({
        metrics: [
          {
            type: 'Resource',
            resource: {
              name: 'cpu',
              target: { type: 'Utilization', averageUtilization: 80, averageUtilisation: 70 },
            },
          },
        ],
      }),
      'spec.metrics[0].resource.target must have no fields but type, value, averageValue, averageUtilization, got averageUtilisation.',
    ],
    [
      'bounds that cross',
      hpa({ minReplicas: 6 }),
      'spec.maxReplicas must be 6 or more, as minReplicas is, got 5.',
    ],
    [
      'zero pods by a metric of pods',
      hpa({ minReplicas: 0 }),
      'spec.metrics must hold one of type External or Object where minReplicas is 0, got a list.',
    ],
    [
      'an unknown source',
      hpa({ metrics: [{ type: 'Queue' }] }),
      "spec.metrics[0].type must be Pods, External, Object, Resource or ContainerResource, got 'Queue'.",
    ],
    [
      'a source without its field',
      hpa({ metrics: [{ type: 'External' }] }),
      'spec.metrics[0].external must be an object, got nothing.',
    ],
    [
      'two sources in one metric',
      hpa({ metrics: [{ ...PODS, resource: {} }] }),
      'spec.metrics[0].resource must be left out where type is Pods, got an object.',
    ],
    [
      'a target of zero',
      hpa({
        metrics: [
          {
            type: 'Pods',
            pods: { metric: { name: 'a' }, target: { type: 'AverageValue', averageValue: '0' } },
          },
        ],
      }),
      "spec.metrics[0].pods.target.averageValue must be a quantity above 0, got '0'.",
    ],
    [
      'an empty list of policies',
      hpa({ behavior: { scaleUp: { policies: [] } } }),
      'spec.behavior.scaleUp.policies must be a list with at least one element, got an empty list.',
    ],
    [
      'a long period',
      hpa({ behavior: { scaleUp: { policies: [{ ...policy, periodSeconds: 1801 }] } } }),
      'spec.behavior.scaleUp.policies[0].periodSeconds must be a whole number from 1 to 1800, got 1801.',
    ],
    [
      'a long window',
      hpa({ behavior: { scaleDown: { stabilizationWindowSeconds: 3601 } } }),
      'spec.behavior.scaleDown.stabilizationWindowSeconds must be a whole number from 0 to 3600, got 3601.',
    ],
    [
      'a negative tolerance',
      hpa({ behavior: { scaleUp: { tolerance: '-0.1' } } }),
      "spec.behavior.scaleUp.tolerance must be a quantity of 0 or more, got '-0.1'.",
    ],
  ])('%s', (_, document, line) => {
    expect(linesOf(document)[0]).toContain(line);
  });

  test('lists all that is wrong', () => {
    expect(linesOf(hpa({ scaleTargetRef: undefined, maxReplicas: 0, behavior: 1 }))).toHaveLength(3);
  });
});

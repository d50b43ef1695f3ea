import { describe, expect, test } from '@jest/globals';
import { ApiObject, Chart } from 'cdk8s';
import { acknowledge, CapstanApp, type JsonObject, refine, set } from '../../lib';
import type { AcknowledgedRule } from '../../lib/acknowledge';
import { problemLines } from '../problem-lines';
import { exampleApp, exampleWorker } from '../worker/example-worker';

const labels = { app: 'legacy' };
const legacy = (fields: Record<string, unknown> = {}) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'legacy' },
  spec: {
    selector: { matchLabels: labels },
    template: {
      metadata: { labels },
      spec: {
        securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
        containers: [
          {
            name: 'it',
            image: 'it:1',
            securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
          },
        ],
      },
    },
    ...fields,
  },
});
const target = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'legacy' };
const hpa = (name: string, scaleTargetRef = target) => ({
  apiVersion: 'autoscaling/v2',
  kind: 'HorizontalPodAutoscaler',
  metadata: { name },
  spec: { minReplicas: 2, maxReplicas: 9, scaleTargetRef },
});
const keda = (name: string) => ({
  apiVersion: 'keda.sh/v1alpha1',
  kind: 'ScaledObject',
  metadata: { name },
  spec: {
    scaleTargetRef: { name: 'legacy' },
    triggers: [
      {
        type: 'cron',
        metadata: { timezone: 'UTC', start: '0 6 * * *', end: '0 8 * * *', desiredReplicas: '3' },
      },
    ],
  },
});
const vpa = (updateMode?: string) => ({
  apiVersion: 'autoscaling.k8s.io/v1',
  kind: 'VerticalPodAutoscaler',
  metadata: { name: 'sizes' },
  spec: { targetRef: target, ...(updateMode !== undefined && { updatePolicy: { updateMode } }) },
});

function linesOf(documents: readonly object[], rule?: AcknowledgedRule): string[] {
  const app = new CapstanApp();
  const chart = new Chart(app, 'studio', { namespace: 'studio' });
  for (const [index, document] of documents.entries()) {
    const object = new ApiObject(chart, `o${index}`, document as never);
    if (rule !== undefined) acknowledge(object, rule, 'It is a test.');
  }
  return problemLines(app);
}

describe('fails for replicas beside', () => {
  test.each([
    ['a HorizontalPodAutoscaler', hpa('a'), 'HorizontalPodAutoscaler a'],
    ['a ScaledObject', keda('b'), 'ScaledObject b'],
  ])('%s, unless it is acknowledged', (_, scaler, title) => {
    const documents = [legacy({ replicas: 3 }), scaler];
    expect(linesOf(documents)).toEqual([
      `studio/o0: Deployment legacy /spec/replicas must be left to ${title}, or each apply sets it back, got 3. ` +
        'Take it out. Where it runs with this count, the next synth tells how to hand it over first.',
    ]);
    expect(linesOf(documents, 'autoscaled-replicas')).toEqual([]);
  });

  test('the autoscaler of a Worker', () => {
    const app = exampleApp();
    const worker = exampleWorker(new Chart(app, 'studio', { namespace: 'studio' }));
    refine(worker.deployment, set('/spec/replicas', 1));
    expect(problemLines(app)).toEqual([
      expect.stringMatching(
        / Deployment develop \/spec\/replicas must be left to HorizontalPodAutoscaler develop/,
      ),
    ]);
  });
});

describe('fails for two autoscalers of one workload', () => {
  test.each<[string, readonly object[]]>([
    ['two HorizontalPodAutoscalers', [hpa('a'), hpa('b')]],
    ['one of KEDA and another', [hpa('a'), keda('b')]],
    ['two of KEDA', [keda('a'), keda('b')]],
    ['a VerticalPodAutoscaler that updates by default', [hpa('a'), vpa()]],
    ['a VerticalPodAutoscaler that updates new pods', [hpa('a'), vpa('Initial')]],
  ])('%s, unless it is acknowledged', (_, scalers) => {
    const documents = [legacy(), ...scalers];
    expect(linesOf(documents)).toEqual([
      expect.stringMatching(
        /^studio\/o2: \S+ \S+ \/spec\/\S+ must name a workload that nothing else scales.* got Deployment studio\/legacy, which \S+ a \(studio\/o1\) scales already\. Take one out/,
      ),
    ]);
    expect(linesOf(documents, 'rival-autoscalers')).toEqual([]);
  });

  test('that of a Worker and another', () => {
    const app = exampleApp();
    const chart = new Chart(app, 'studio', { namespace: 'studio' });
    exampleWorker(chart);
    new ApiObject(chart, 'Other', hpa('other', { ...target, name: 'develop' }) as never);
    expect(problemLines(app)).toEqual([expect.stringContaining('HorizontalPodAutoscaler develop')]);
  });
});

test.each<[string, readonly object[]]>([
  ['replicas alone', [legacy({ replicas: 3 })]],
  ['an autoscaler alone', [legacy(), hpa('a')]],
  ['a VerticalPodAutoscaler that recommends', [legacy(), hpa('a'), vpa('Off')]],
  ['a VerticalPodAutoscaler alone', [legacy({ replicas: 3 }), vpa()]],
  ['autoscalers of others', [legacy({ replicas: 3 }), hpa('a', { ...target, kind: 'StatefulSet' })]],
])('%s is no problem', (_, documents) => {
  expect(linesOf(documents)).toEqual([]);
});

test.each<[string, JsonObject]>([
  ['List', { apiVersion: 'v1', kind: 'List', items: [legacy() as never, legacy() as never] }],
  ['FooList', { apiVersion: 'example.com/v1', kind: 'FooList', metadata: { name: 'a' }, items: [{}, {}] }],
])('fails for a document that holds others: kind %s', (kind, document) => {
  expect(linesOf([document])).toContain(
    `studio/o0: ${kind} must be one object, since the items of a list get no namespace and pass every check, ` +
      "got 2 items. Give each of them as a document of its own: new ApiObject(this, 'Id', item).",
  );
});

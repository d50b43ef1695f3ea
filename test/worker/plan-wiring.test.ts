import { describe, expect, test } from '@jest/globals';
import { Duration, Size } from 'cdk8s';
import { Cpu } from 'cdk8s-plus-27';
import type { FigureName, WorkerProps } from '../../lib';
import {
  type Document,
  documentsOf,
  exampleChart,
  exampleProps,
  exampleWorker,
  find,
} from './example-worker';

/** Quantities such as `1860m`, `80Mi` and `2` as numbers. */
function quantity(text: string | number): number {
  const [, number, suffix] = /^([0-9.]+)(m|Ki|Mi|Gi)?$/.exec(String(text)) ?? [];
  // Division, as 700 × 0.001 is not 0.7 in doubles.
  if (suffix === 'm') return Number(number) / 1000;
  const powers = [undefined, 'Ki', 'Mi', 'Gi'];
  return Number(number) * 1024 ** powers.indexOf(suffix);
}

function variable(container: Document, name: string): string | undefined {
  return container.env.find((it: Document) => it.name === name)?.value;
}

/** Every figure that a manifest shows, read back from the documents. */
function shown(documents: readonly Document[]): Partial<Record<FigureName, number>> {
  const { spec } = find(documents, 'Deployment');
  const pod = spec.template.spec;
  const [container] = pod.containers;
  const { requests, limits } = container.resources;
  const hpa = find(documents, 'HorizontalPodAutoscaler').spec;
  const { scaleUp, scaleDown } = hpa.behavior;
  const contract = JSON.parse(find(documents, 'ConfigMap').data['worker.json']);
  const gomaxprocs = variable(container, 'GOMAXPROCS');
  return {
    poolSlots: contract.pool.slots,
    prefetch: contract.fetch.maxPrefetch,
    ackWait: contract.task.ackWaitSeconds,
    lameDuck: contract.shutdown.lameDuckSeconds,
    drain: contract.shutdown.drainSeconds,
    flush: contract.shutdown.flushSeconds,
    gracePeriod: pod.terminationGracePeriodSeconds,
    cpuRequest: quantity(requests.cpu),
    ...(limits.cpu !== undefined && { cpuLimit: quantity(limits.cpu) }),
    memoryRequest: quantity(requests.memory),
    memoryLimit: quantity(limits.memory),
    ephemeralStorageRequest: quantity(requests['ephemeral-storage']),
    ephemeralStorageLimit: quantity(limits['ephemeral-storage']),
    scratch: quantity(pod.volumes.find((it: Document) => it.emptyDir).emptyDir.sizeLimit),
    ...(gomaxprocs !== undefined && { gomaxprocs: Number(gomaxprocs) }),
    gomemlimit: Number(variable(container, 'GOMEMLIMIT')),
    minReplicas: hpa.minReplicas,
    maxReplicas: hpa.maxReplicas,
    targetUtilization: quantity(hpa.metrics[0].pods.target.averageValue),
    backlogPerReplica: quantity(hpa.metrics[1].external.target.averageValue),
    scaleUpPercent: scaleUp.policies[0].value,
    scaleUpPods: scaleUp.policies[1].value,
    scaleUpPeriod: scaleUp.policies[1].periodSeconds,
    scaleDownWindow: scaleDown.stabilizationWindowSeconds,
    scaleDownPercent: scaleDown.policies[0].value,
    scaleDownPeriod: scaleDown.policies[0].periodSeconds,
    maxSurge: spec.strategy.rollingUpdate.maxSurge,
    minReadySeconds: spec.minReadySeconds,
    pdbMaxUnavailable: find(documents, 'PodDisruptionBudget').spec.maxUnavailable,
  };
}

const variants: [string, Partial<WorkerProps>][] = [
  ['the example', {}],
  [
    'half a CPU',
    { resources: { cpu: { request: Cpu.millis(500), limit: Cpu.millis(500) } }, concurrency: 1 },
  ],
  ['no CPU limit', { resources: { cpu: { limit: 'none' } } }],
  ['memory that is no whole MiB', { resources: { memory: { limit: Size.kibibytes(600_001) } } }],
  [
    'scratch and other budgets',
    {
      task: { ...exampleProps.task, scratch: { base: Size.mebibytes(8), perTask: Size.mebibytes(300) } },
      shutdown: { lameDuck: Duration.seconds(7), flush: Duration.seconds(1) },
      rollout: { maxSurge: 2, minReady: Duration.seconds(9) },
      scale: { min: 9, max: 9, drainWithin: Duration.minutes(10), targetUtilization: 0.55 },
    },
  ],
];

describe.each(variants)('with %s', (_, props) => {
  const chart = exampleChart();
  const { plan } = exampleWorker(chart, props);
  const documents = documentsOf(chart);

  test('the manifests say what the plan says, neither more nor less', () => {
    const figures = shown(documents);
    for (const [name, value] of Object.entries(figures)) {
      expect([name, value]).toEqual([name, plan.figures[name as FigureName]?.value]);
    }
    expect('cpuLimit' in figures).toBe(plan.figures.cpuLimit !== undefined);
    expect('gomaxprocs' in figures).toBe(plan.figures.gomaxprocs !== undefined);
  });

  test('quantities are written as the API server stores them', () => {
    const { requests, limits } = find(documents, 'Deployment').spec.template.spec.containers[0].resources;
    for (const text of [...Object.values(requests), ...Object.values(limits)]) {
      expect(text).toMatch(/^([1-9]\d*)(m|Ki|Mi|Gi)?$/);
      expect(text).not.toMatch(/000m$/);
    }
  });
});

test('the variants show a CPU limit and GOMAXPROCS both present and absent', () => {
  const plans = variants.map(([, props]) => exampleWorker(exampleChart(), props).plan.figures);
  expect(new Set(plans.map((figures) => figures.cpuLimit !== undefined)).size).toBe(2);
  expect(new Set(plans.map((figures) => figures.gomaxprocs !== undefined)).size).toBe(2);
});

test('no default of cdk8s-plus shows in the autoscaler', () => {
  const chart = exampleChart();
  exampleWorker(chart);
  const { behavior } = find(documentsOf(chart), 'HorizontalPodAutoscaler').spec;
  const policies = [...behavior.scaleUp.policies, ...behavior.scaleDown.policies];
  expect(policies).not.toContainEqual(expect.objectContaining({ type: 'Percent', value: 200 }));
  expect(behavior.scaleDown.policies).not.toContainEqual(expect.objectContaining({ type: 'Pods' }));
});

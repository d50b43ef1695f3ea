import { describe, expect, test } from '@jest/globals';
import { Duration, Size } from 'cdk8s';
import { Cpu } from 'cdk8s-plus-27';
import type { ServiceFigureName, WebServiceProps } from '../../lib';
import { type Document, documentsOf, find } from '../worker/example-worker';
import { environmentChart, exampleProps, exampleService } from './example-service';

/** Quantities such as `1860m`, `80Mi` and `2` as numbers. */
function quantity(text: string | number): number {
  const [, number, suffix] = /^([0-9.]+)(m|Ki|Mi|Gi)?$/.exec(String(text)) ?? [];
  if (suffix === 'm') return Number(number) / 1000;
  return Number(number) * 1024 ** [undefined, 'Ki', 'Mi', 'Gi'].indexOf(suffix);
}

function variable(container: Document, name: string): string | undefined {
  return container.env.find((it: Document) => it.name === name)?.value;
}

/** What the autoscaler follows, by the figure that it comes from. */
function signal(metric: Document): Partial<Record<ServiceFigureName, number>> {
  if (metric.type === 'Resource') {
    expect(metric.resource.name).toBe('cpu');
    return { targetCpuUtilization: metric.resource.target.averageUtilization };
  }
  const value = quantity(metric.pods.target.averageValue);
  const names: Record<string, ServiceFigureName> = {
    capstan_service_utilization: 'targetUtilization',
    capstan_requests_per_second: 'targetRequestRate',
  };
  return { [names[metric.pods.metric.name] ?? 'poolSlots']: value };
}

/** Every figure that a manifest shows, read back from the documents. */
function shown(documents: readonly Document[]): Partial<Record<ServiceFigureName, number>> {
  const { spec } = find(documents, 'Deployment');
  const pod = spec.template.spec;
  const [container] = pod.containers;
  const { requests, limits } = container.resources;
  const hpa = find(documents, 'HorizontalPodAutoscaler').spec;
  const { scaleUp, scaleDown } = hpa.behavior;
  const contract = JSON.parse(find(documents, 'ConfigMap').data['service.json']);
  const gomaxprocs = variable(container, 'GOMAXPROCS');
  expect(hpa.metrics).toHaveLength(1);
  return {
    poolSlots: contract.pool.slots,
    longestWait: contract.queue.maxWaitSeconds,
    waitingRoom: contract.queue.length,
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
    ...signal(hpa.metrics[0]),
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

const { scale } = exampleProps;

const variants: [string, Partial<WebServiceProps>][] = [
  ['the example', {}],
  ['CPU as the signal', { scale: { ...scale, by: 'cpu', targetUtilization: 0.6 } }],
  ['requests per second as the signal', { scale: { ...scale, by: 'requests-per-second' } }],
  ['no CPU limit', { resources: { cpu: { limit: 'none' } } }],
  ['half a CPU', { resources: { cpu: { limit: Cpu.millis(500) } }, concurrency: 2 }],
  ['memory that is no whole MiB', { resources: { memory: { limit: Size.kibibytes(600_001) } } }],
  [
    'scratch and other budgets',
    {
      request: {
        ...exampleProps.request,
        scratch: { base: Size.mebibytes(8), perRequest: Size.mebibytes(30) },
        maxBody: Size.mebibytes(10),
      },
      shutdown: {
        lameDuck: Duration.seconds(7),
        flush: Duration.seconds(1),
        gracePeriod: Duration.minutes(1),
      },
      rollout: { maxSurge: 2, minReady: Duration.seconds(9) },
      scale: { min: 9, max: 9, targetUtilization: 0.55 },
    },
  ],
];

describe.each(variants)('with %s', (_, props) => {
  const chart = environmentChart();
  const { plan } = exampleService(chart, props);
  const documents = documentsOf(chart);

  test('the manifests say what the plan says, neither more nor less', () => {
    const figures = shown(documents);
    for (const [name, value] of Object.entries(figures)) {
      expect([name, value]).toEqual([name, plan.figures[name as ServiceFigureName]?.value]);
    }
    for (const name of ['cpuLimit', 'gomaxprocs', 'targetCpuUtilization', 'targetRequestRate'] as const) {
      expect([name, name in figures]).toEqual([name, plan.figures[name] !== undefined]);
    }
  });

  test('quantities are written as the API server stores them', () => {
    const { requests, limits } = find(documents, 'Deployment').spec.template.spec.containers[0].resources;
    for (const text of [...Object.values(requests), ...Object.values(limits)]) {
      expect(text).toMatch(/^([1-9]\d*)(m|[KMG]i)?$/);
      expect(text).not.toMatch(/000m$/);
    }
  });
});

test('no default of cdk8s-plus shows in the autoscaler', () => {
  const chart = environmentChart();
  exampleService(chart);
  const { behavior } = find(documentsOf(chart), 'HorizontalPodAutoscaler').spec;
  const policies = [...behavior.scaleUp.policies, ...behavior.scaleDown.policies];
  expect(policies).not.toContainEqual(expect.objectContaining({ type: 'Percent', value: 200 }));
  expect(behavior.scaleDown.policies).not.toContainEqual(expect.objectContaining({ type: 'Pods' }));
});

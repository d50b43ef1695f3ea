import { describe, expect, test } from '@jest/globals';
import { Chart, Size } from 'cdk8s';
import { Cpu, Node, NodeTaintQuery } from 'cdk8s-plus-27';
import {
  Environment,
  type EnvironmentProps,
  type NodePool,
  PriorityClass,
  type WorkerProps,
} from '../../lib';
import { problemLines } from '../problem-lines';
import { documentsOf, exampleApp, exampleWorker, find } from '../worker/example-worker';

const spot: NodePool = {
  name: 'spot',
  labels: { 'example.com/pool': 'spot' },
  taints: [
    { key: 'spot', effect: 'NoSchedule' },
    { key: 'example.com/batch', value: 'only', effect: 'NoExecute' },
  ],
  allocatable: { cpu: Cpu.units(4), memory: Size.gibibytes(14) },
  nodes: { min: 0, max: 20 },
};

function workerIn(environmentProps: EnvironmentProps, props: Partial<WorkerProps>) {
  const app = exampleApp();
  const environment = new Environment(app, 'staging', environmentProps);
  const chart = new Chart(environment, 'studio', { namespace: environment.namespace });
  return { app, chart, worker: exampleWorker(chart, props) };
}

function podOf(chart: Chart) {
  return find(documentsOf(chart), 'Deployment').spec.template;
}

describe('a node pool', () => {
  test('is chosen by its labels, and its taints are tolerated', () => {
    const { chart } = workerIn({ nodePools: [spot] }, { nodePool: 'spot' });
    expect(podOf(chart).spec).toMatchObject({
      nodeSelector: { 'example.com/pool': 'spot' },
      tolerations: [
        { key: 'spot', operator: 'Exists', effect: 'NoSchedule' },
        { key: 'example.com/batch', operator: 'Equal', value: 'only', effect: 'NoExecute' },
      ],
    });
  });

  test("leaves cdk8s-plus' own scheduling at work", () => {
    const { chart, worker } = workerIn({ nodePools: [spot] }, { nodePool: 'spot' });
    worker.deployment.scheduling.tolerate(Node.tainted(NodeTaintQuery.exists('gpu')));
    const keys = podOf(chart).spec.tolerations.map(({ key }: { key: string }) => key);
    expect(keys).toEqual(['spot', 'example.com/batch', 'gpu']);
  });

  test('is not chosen for workloads that name none', () => {
    const { chart } = workerIn({ nodePools: [spot] }, {});
    expect(podOf(chart).spec).not.toHaveProperty('nodeSelector');
    expect(podOf(chart).spec).not.toHaveProperty('tolerations');
  });
});

describe('an identity', () => {
  const identity = {
    aws: 'arn:aws:iam::111122223333:role/develop',
    gcp: 'develop@studio.iam.gserviceaccount.com',
    azure: '6f3c1d0a-1111-2222-3333-444455556666',
  };
  const annotationsOf = (chart: Chart) =>
    find(documentsOf(chart), 'ServiceAccount').metadata.annotations ?? {};

  test("is that of the environment's cloud", () => {
    const aws = workerIn({ cloud: 'aws' }, { identity }).chart;
    expect(annotationsOf(aws)).toEqual({ 'eks.amazonaws.com/role-arn': identity.aws });
    const azure = workerIn({ cloud: 'azure' }, { identity }).chart;
    expect(annotationsOf(azure)).toEqual({ 'azure.workload.identity/client-id': identity.azure });
    expect(podOf(azure).metadata.labels).toMatchObject({ 'azure.workload.identity/use': 'true' });
    expect(find(documentsOf(azure), 'Deployment').spec.selector.matchLabels).not.toHaveProperty(
      'azure.workload.identity/use',
    );
    expect(annotationsOf(workerIn({ cloud: 'bare' }, { identity }).chart)).toEqual({});
  });

  test('comes with the way to the metadata server where credentials come from there', () => {
    const { chart } = workerIn({ cloud: 'gcp' }, { identity });
    expect(annotationsOf(chart)).toEqual({ 'iam.gke.io/gcp-service-account': identity.gcp });
    const { egress } = find(documentsOf(chart), 'NetworkPolicy').spec;
    expect(egress).toContainEqual({
      ports: [{ port: 80, protocol: 'TCP' }],
      to: [{ ipBlock: { cidr: '169.254.169.254/32' } }],
    });
  });

  test('mounts no token of the cluster', () => {
    const { chart } = workerIn({ cloud: 'aws' }, { identity });
    expect(podOf(chart).spec.automountServiceAccountToken).toBe(false);
  });
});

test('a priority class is named, and a runtime class taken from the environment', () => {
  const { chart } = workerIn({ runtimeClass: 'gvisor' }, { priority: 'batch' });
  expect(podOf(chart).spec).toMatchObject({ priorityClassName: 'batch', runtimeClassName: 'gvisor' });
  const own = workerIn({}, {});
  const priority = new PriorityClass(own.chart, 'batch', { value: 10 });
  exampleWorker(own.chart, { priority }, 'resize');
  const { spec } = find(documentsOf(own.chart), 'Deployment', 'resize').spec.template;
  expect(spec.priorityClassName).toBe('batch');
});

describe('fails', () => {
  test.each<[string, EnvironmentProps, Partial<WorkerProps>, RegExp]>([
    [
      'for a pool that the environment has not',
      { nodePools: [spot] },
      { nodePool: 'spto' },
      /^staging\/studio\/develop: nodePool must be one of the environment's nodePools \(spot\), got "spto"\. /,
    ],
    [
      'for a pool where there are none',
      {},
      { nodePool: 'spot' },
      /: nodePool must be one of the environment's nodePools \(it has none\), got "spot"\. /,
    ],
    [
      'for an identity that is not one of the cloud',
      { cloud: 'gcp' },
      { identity: { aws: 'arn:aws:iam::111122223333:role/develop' } },
      /: identity\.gcp must be the address of an IAM service account, .*, got undefined\. /,
    ],
    [
      'for a role that is none',
      { cloud: 'aws' },
      { identity: { aws: 'develop' } },
      /: identity\.aws must be the ARN of an IAM role, .*, got "develop"\. /,
    ],
    [
      'for pools of one name',
      { nodePools: [spot, spot] },
      {},
      /^staging: nodePools\[1\]\.name must differ from that of every other pool, got "spot"\. /,
    ],
    [
      'for a pool that nobody can choose',
      { nodePools: [{ ...spot, labels: {} }] },
      {},
      /^staging: nodePools\[0\]\.labels must be one label or more, .*, got \{\}\. /,
    ],
    [
      'for a pool with fewer nodes at most than at least',
      { nodePools: [{ ...spot, nodes: { min: 3, max: 2 } }] },
      {},
      /^staging: nodePools\[0\]\.nodes\.max must be a whole number of 3 or more, got 2\. /,
    ],
    [
      'for a pool of nodes that hold nothing',
      { nodePools: [{ ...spot, allocatable: { cpu: Cpu.units(0), memory: Size.gibibytes(1) } }] },
      {},
      /^staging: nodePools\[0\]\.allocatable\.cpu must be more than 0, got 0\. /,
    ],
  ])('%s', (_, environment, props, line) => {
    expect(problemLines(workerIn(environment, props).app)).toEqual([expect.stringMatching(line)]);
  });
});

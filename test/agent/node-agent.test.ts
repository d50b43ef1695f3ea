import { describe, expect, test } from '@jest/globals';
import { Chart, Size } from 'cdk8s';
import { Capability, Cpu } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import {
  Environment,
  GoApp,
  NodeAgent,
  type NodeAgentOptions,
  type NodeAgentProps,
  type NodeNeeds,
  type NodePool,
  type PodSecurityLevel,
} from '../../lib';
import { problemLines } from '../problem-lines';
import { documentsOf, exampleApp, find } from '../worker/example-worker';
import { restrictedViolations } from '../worker/pod-security';

const nodePools: NodePool[] = [
  {
    name: 'web',
    labels: { pool: 'web' },
    allocatable: { cpu: Cpu.units(4), memory: Size.gibibytes(8) },
    nodes: { min: 1, max: 12 },
  },
  {
    name: 'gpu',
    labels: { pool: 'gpu' },
    taints: [{ key: 'gpu', effect: 'NoSchedule' }],
    allocatable: { cpu: Cpu.units(2), memory: Size.gibibytes(16) },
    nodes: { min: 0, max: 3 },
  },
];
const app = GoApp.fromDirectory('apps/tail', { kind: 'program' });
const resources = { cpu: { request: Cpu.millis(50) }, memory: Size.mebibytes(64) };

function stage(props: Partial<NodeAgentOptions> & { image?: string } = {}, podSecurity?: PodSecurityLevel) {
  const root = exampleApp();
  const environment = new Environment(root, 'staging', {
    nodePools,
    runtimeClass: 'gvisor',
    namespaces: [{ name: 'agents', ...(podSecurity !== undefined && { podSecurity }) }],
  });
  const chart = new Chart(environment, 'agents', { namespace: 'agents' });
  const what = props.image === undefined ? { app } : { image: props.image };
  const agent = new NodeAgent(chart, 'tail', { ...what, resources, ...props } as NodeAgentProps);
  return { root, chart, agent, spec: () => find(documentsOf(chart), 'DaemonSet').spec };
}

describe('NodeAgent', () => {
  test('is closed when it needs nothing, on every node whatever its taints', () => {
    const { root, spec } = stage();
    const pod = spec().template.spec;
    expect(restrictedViolations(pod)).toEqual([]);
    expect(pod.tolerations).toEqual([{ operator: 'Exists' }]);
    expect(pod).not.toHaveProperty('runtimeClassName');
    expect(pod.automountServiceAccountToken).toBe(false);
    expect(pod.containers[0]).toMatchObject({
      securityContext: { readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
      readinessProbe: { httpGet: { path: '/readyz', port: 9090 } },
      env: [
        { name: 'GOMAXPROCS', value: '1' },
        { name: 'GOMEMLIMIT', value: String(Math.floor(64 * 2 ** 20 * 0.9)) },
      ],
    });
    expect(spec().updateStrategy).toEqual({ type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 2 } });
    expect(spec().selector.matchLabels).toEqual({ 'app.kubernetes.io/instance': 'tail' });
    expect(problemLines(root)).toEqual([]);
  });

  test('reads folders of the node where its namespace allows that', () => {
    const needs = {
      root: true,
      hostPaths: [{ path: '/var/log/pods' }, { path: '/run/tail', writable: true }],
    };
    const { root, spec } = stage({ needs }, 'privileged');
    const pod = spec().template.spec;
    expect(pod.volumes.slice(1)).toEqual([
      { name: 'host-var-log-pods', hostPath: { path: '/var/log/pods', type: 'Directory' } },
      { name: 'host-run-tail', hostPath: { path: '/run/tail', type: 'Directory' } },
    ]);
    expect(pod.containers[0].volumeMounts.slice(1)).toEqual([
      { name: 'host-var-log-pods', mountPath: '/var/log/pods', readOnly: true },
      { name: 'host-run-tail', mountPath: '/run/tail', readOnly: false },
    ]);
    expect(pod.securityContext).toMatchObject({ runAsUser: 0, runAsNonRoot: false });
    expect(problemLines(root)).toEqual([]);
  });

  test('gets what else it needs of the node, and no more', () => {
    const needs: NodeNeeds = {
      ...{ hostNetwork: true, hostPID: true, hostPorts: [514] },
      capabilities: [Capability.NET_ADMIN],
    };
    const pod = stage({ needs }, 'privileged').spec().template.spec;
    expect(pod).toMatchObject({ hostNetwork: true, hostPID: true, dnsPolicy: 'ClusterFirstWithHostNet' });
    expect(pod).not.toHaveProperty('hostIPC');
    expect(pod.containers[0].securityContext.capabilities).toEqual({ drop: ['ALL'], add: ['NET_ADMIN'] });
    expect(pod.containers[0].ports).toEqual([
      { name: 'metrics', containerPort: 9090, hostPort: 9090 },
      { name: 'host-514', containerPort: 514, hostPort: 514 },
    ]);
  });

  test('may be privileged', () => {
    const { root, spec } = stage({ needs: { privileged: true, root: true } }, 'privileged');
    expect(spec().template.spec.containers[0].securityContext).toMatchObject({
      privileged: true,
      allowPrivilegeEscalation: true,
    });
    expect(problemLines(root)).toEqual([]);
  });

  test('runs on the pools that it names', () => {
    const pod = stage({ nodePools: ['gpu'] }).spec().template.spec;
    expect(pod.tolerations).toEqual([{ key: 'gpu', operator: 'Exists', effect: 'NoSchedule' }]);
    const { requiredDuringSchedulingIgnoredDuringExecution: required } = pod.affinity.nodeAffinity;
    expect(required.nodeSelectorTerms).toEqual([
      { matchExpressions: [{ key: 'pool', operator: 'In', values: ['gpu'] }] },
    ]);
  });

  test('has a priority of its own unless another one is named', () => {
    const { chart, spec } = stage();
    const own = find(documentsOf(chart), 'PriorityClass');
    expect(own).toMatchObject({ metadata: { name: 'agents-tail' }, value: 1_000_000 });
    expect(spec().template.spec.priorityClassName).toBe('agents-tail');
    const named = stage({ priority: 'system-node-critical' });
    expect(named.spec().template.spec.priorityClassName).toBe('system-node-critical');
    expect(named.agent.priorityClass).toBeUndefined();
  });

  test("runs somebody else's image, of which nothing is known", () => {
    const { root, chart, spec } = stage({ image: 'registry.example.com/node-exporter:1.9' });
    const [container] = spec().template.spec.containers;
    expect(container).not.toHaveProperty('readinessProbe');
    expect(container).not.toHaveProperty('ports');
    expect(documentsOf(chart).map(({ kind }) => kind)).not.toContain('Service');
    expect(problemLines(root)).toEqual([]);
  });

  test('is written the same wherever it stands in the tree', () => {
    const flat = stage();
    const deep = stage();
    const chart = new Chart(Environment.of(deep.chart), 'other', { namespace: 'agents' });
    new NodeAgent(new Construct(new Construct(chart, 'a'), 'b'), 'tail', { app, resources });
    expect(documentsOf(chart)).toEqual(documentsOf(flat.chart));
  });
});

test('the plan says what it takes of each node and of all nodes', () => {
  const { figures } = stage().agent.plan;
  expect(figures.nodes).toMatchObject({ value: 15, reason: 'web 12 + gpu 3 at most = 15 nodes' });
  expect(figures.cpuTotal).toMatchObject({ value: 0.75, reason: '15 nodes × 0.05 cores = 0.75 cores' });
  expect(figures.memoryShare?.reason).toMatch(/^64 MiB ÷ 8,192 MiB of the smallest node = 0\.781 %$/);
  expect(figures.cpuLimit).toMatchObject({ value: 0.1, reason: '0.1 cores, twice the request' });
  expect(stage().agent.plan.explain('maxUnavailable')).toMatch(
    /^maxUnavailable +2 pods +a tenth of 15 nodes, rounded up: 2 pods at a time$/,
  );
});

describe('fails', () => {
  test.each<[string, Partial<NodeAgentOptions> & { image?: string }, RegExp, PodSecurityLevel?]>([
    [
      'for folders of the node in a namespace that allows none',
      { needs: { hostPaths: [{ path: '/var/log' }], root: true } },
      /^staging\/agents\/tail: needs\.hostPaths, needs\.root must be allowed by Pod Security privileged in its namespace, got restricted in agents\. Put its chart into a namespace of that level: namespaces: \[\{ name: 'agents', podSecurity: 'privileged' \}\] of the Environment\.$/,
    ],
    [
      'for root where nobody may be it',
      { needs: { root: true } },
      /needs\.root must be allowed by Pod Security baseline in its namespace, got restricted in agents\. /,
    ],
    [
      'for the network of the node in a namespace of baseline',
      { needs: { hostNetwork: true } },
      /needs\.hostNetwork must be allowed by Pod Security privileged in its namespace, got baseline in agents\. /,
      'baseline',
    ],
    [
      'for a folder that is none',
      { needs: { hostPaths: [{ path: '../etc' }] } },
      /needs\.hostPaths\[0\]\.path must be an absolute path without \.\. and :, got "\.\.\/etc"\. /,
      'privileged',
    ],
    [
      'for a pool that is not there',
      { nodePools: ['gup'] },
      /: nodePools must be among the environment's \(web, gpu\), got "gup"\. /,
    ],
    [
      'for nothing of the node',
      { resources: { cpu: { request: Cpu.millis(0) }, memory: Size.mebibytes(64) } },
      /: resources\.cpu\.request must be more than 0, got 0\. /,
    ],
    [
      'for a limit below the request',
      { resources: { cpu: { request: Cpu.units(2), limit: Cpu.units(1) }, memory: Size.mebibytes(64) } },
      /: resources\.cpu\.limit must be 2 cores \(resources\.cpu\.request\) or more, got 1\. /,
    ],
    [
      'for a rolling update that goes nowhere',
      { rollout: { maxUnavailable: 0 } },
      /: rollout\.maxUnavailable must be a whole number of 1 or more, got 0\. /,
    ],
    [
      'for an image without a version',
      { image: 'registry.example.com/node-exporter' },
      /: image must be an image with a version as its tag, /,
    ],
  ])('%s', (_, props, line, ...[level]) => {
    expect(problemLines(stage(props, level).root)).toEqual([expect.stringMatching(line)]);
  });

  test('for a Go app that is no program', () => {
    const root = exampleApp();
    const chart = new Chart(root, 'agents', { namespace: 'agents' });
    new NodeAgent(chart, 'tail', { app: GoApp.fromDirectory('apps/develop'), resources });
    expect(problemLines(root)).toEqual([expect.stringMatching(/^agents\/tail: app must be a program, /)]);
  });
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { ApiObject, Chart } from 'cdk8s';
import { Deployment } from 'cdk8s-plus-27';
import { acknowledge, Environment, type EnvironmentProps, restrict } from '../../lib';
import { podSecurityReport } from '../../lib/check/pod-security';
import { problemLines } from '../problem-lines';
import { exampleApp, exampleWorker } from '../worker/example-worker';

/**
 * The pods with which k8s.io/pod-security-admission 0.37.1 tests itself (test/testdata, Apache-2.0): those that pass in
 * 1.32 and those that fail in 1.37, one a line.
 */
const pods = readFileSync(join(__dirname, 'testdata/pod-security.jsonl'), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line));

describe("Kubernetes' own pods", () => {
  test.each([
    ['baseline', 'pass', 11],
    ['baseline', 'fail', 34],
    ['restricted', 'pass', 19],
    ['restricted', 'fail', 76],
  ])('of %s that %s', (level, kind, count) => {
    const chosen = pods.filter((pod) => pod.level === level && pod.kind === kind);
    const passing = chosen.filter(({ spec, annotations }) => {
      const { baseline, restricted } = podSecurityReport(spec, annotations);
      return baseline.length === 0 && (level === 'baseline' || restricted.length === 0);
    });
    expect(passing.map(({ name }) => name)).toHaveLength(kind === 'pass' ? chosen.length : 0);
    expect(chosen).toHaveLength(count);
  });
});

type Build = (chart: Chart) => void;

function linesOf(build: Build, props: EnvironmentProps = {}): string[] {
  const app = exampleApp();
  build(new Chart(new Environment(app, 'staging', props), 'studio', { namespace: 'staging' }));
  return problemLines(app);
}

const plain: Build = (chart) => {
  new Deployment(chart, 'web', { containers: [{ name: 'web', image: 'web' }] });
};

test('a Worker keeps to restricted', () => {
  expect(linesOf((chart) => void exampleWorker(chart))).toEqual([]);
});

test('a workload of cdk8s-plus does when it is restricted', () => {
  const containers = [{ name: 'web', image: 'web' }];
  expect(linesOf((chart) => void restrict(new Deployment(chart, 'web', { containers })))).toEqual([]);
});

test('a pod may stand where the namespace takes it, or where the program says why', () => {
  expect(linesOf(plain, { podSecurity: 'baseline' })).toEqual([]);
  const why = 'The namespace is exempted in the cluster.';
  expect(
    linesOf((chart) => {
      plain(chart);
      acknowledge(chart, 'pod-security', why);
    }),
  ).toEqual([]);
});

describe('fails', () => {
  test('for a pod that its namespace refuses, with the level that takes it', () => {
    expect(linesOf(plain)).toEqual([
      expect.stringMatching(
        /^staging\/studio\/web: pods must keep to Pod Security restricted, to which namespace staging holds them, got no seccompProfile of container web, capabilities without drop ALL of container web\. Change them \(restrict\(workload\) adds what cdk8s-plus leaves out\), or give them a namespace with podSecurity: 'baseline'\.$/,
      ),
    ]);
  });

  test('for a pod that needs the node, in documents of any origin', () => {
    const lines = linesOf(
      (chart) => {
        new ApiObject(chart, 'Pod', {
          apiVersion: 'v1',
          kind: 'Pod',
          metadata: { name: 'agent' },
          spec: {
            hostNetwork: true,
            containers: [{ name: 'agent', image: 'agent' }],
            volumes: [{ name: 'logs', hostPath: { path: '/var/log' } }],
          },
        });
      },
      { podSecurity: 'baseline' },
    );
    expect(lines).toEqual([
      expect.stringMatching(
        /must keep to Pod Security baseline, .*, got hostNetwork, hostPath volume logs\. .*podSecurity: 'privileged'\.$/,
      ),
    ]);
  });

  test('for a namespace of somebody else, as far as the environment knows it', () => {
    const namespaces = [{ name: 'shared', existing: true }];
    const build: Build = (chart) => plain(new Chart(chart, 'shared', { namespace: 'shared' }));
    expect(linesOf(build, { namespaces })).toHaveLength(1);
    expect(
      linesOf(build, {
        namespaces: [{ ...namespaces[0], name: 'shared', podSecurity: 'privileged', existing: true }],
      }),
    ).toEqual([]);
  });
});

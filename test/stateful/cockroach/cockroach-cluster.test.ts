import { describe, expect, test } from '@jest/globals';
import { Chart, Duration, Size } from 'cdk8s';
import { Cpu } from 'cdk8s-plus-27';
import type { CockroachClusterProps } from '../../../lib';
import { problemLines } from '../../problem-lines';
import {
  type Document,
  documentsOf,
  exampleApp,
  exampleChart,
  exampleWorker,
  find,
} from '../../worker/example-worker';
import { restrictedViolations } from '../../worker/pod-security';
import { exampleCockroach } from './example-cockroach';

const onePod = { min: 1, max: 1, drainWithin: Duration.minutes(1) };

describe('a CockroachDB cluster', () => {
  const chart = exampleChart();
  const catalog = exampleCockroach(chart);
  exampleWorker(chart, { scale: onePod, downstream: [catalog.budget({ connectionsPerPod: 4 })] });
  const documents = documentsOf(chart);
  const set = find(documents, 'StatefulSet').spec.template.spec;
  const job = find(documents, 'Job').spec.template.spec;

  test('is admitted under restricted, and so is the Job that makes it', () => {
    for (const pod of [set, job]) expect(restrictedViolations(pod)).toEqual([]);
  });

  test('shows certificates under the names that CockroachDB looks for', () => {
    const files = (pod: Document) =>
      pod.volumes.find((it: Document) => it.secret !== undefined).secret.items.map((it: Document) => it.path);
    expect(files(set)).toEqual(['ca.crt', 'node.crt', 'node.key']);
    expect(files(job)).toEqual(['ca.crt', 'client.root.crt', 'client.root.key']);
  });

  test('joins its members by name, with memory as planned', () => {
    const [{ args }] = set.containers;
    expect(args).toContain(`--cache=${2 * 2 ** 30}`);
    expect(args.find((it: string) => it.startsWith('--join'))).toMatch(
      /catalog-0\.catalog-headless\.darkroom\.svc:26257,.*catalog-2\./,
    );
  });

  test('lets in members, the Job and the worker with a budget', () => {
    const rules: Document[] = find(documents, 'NetworkPolicy', 'catalog').spec.ingress;
    const callers = rules
      .filter(({ ports }) => ports.some((it: Document) => it.port === 26_257))
      .flatMap(({ from }) =>
        from.map((it: Document) => it.podSelector.matchLabels['app.kubernetes.io/instance']),
      );
    expect(new Set(callers)).toEqual(new Set(['catalog', 'catalog-init', 'develop']));
  });
});

describe('fails', () => {
  const small = { cpu: { request: Cpu.millis(100) }, memory: Size.mebibytes(512) };

  test.each<[string, Partial<CockroachClusterProps>, RegExp]>([
    [
      'with an even number of members',
      { replicas: 4 },
      /^darkroom\/catalog: replicas must be odd, .*, got 4\. /,
    ],
    [
      'with little memory',
      { resources: small },
      /^darkroom\/catalog: resources\.memory must be 1,024 MiB or more, got 512 MiB\. /,
    ],
    [
      'for a number of connections that is none',
      { maxConnections: 0 },
      /^darkroom\/catalog: maxConnections must be .*1 .*, got 0\. /,
    ],
  ])('%s', (_, props, line) => {
    const app = exampleApp();
    exampleCockroach(new Chart(app, 'darkroom', { namespace: 'darkroom' }), props);
    expect(problemLines(app)).toEqual([expect.stringMatching(line)]);
  });

  test('when workloads together hold more connections than there are', () => {
    const app = exampleApp();
    const chart = new Chart(app, 'darkroom', { namespace: 'darkroom' });
    const catalog = exampleCockroach(chart);
    for (const id of ['one', 'two']) {
      exampleWorker(chart, { scale: onePod, downstream: [catalog.budget({ connectionsPerPod: 7 })] }, id);
    }
    expect(problemLines(app)).toEqual([
      expect.stringMatching(/^darkroom\/catalog: maxConnections must leave 28 connections .*, got 24\. /),
    ]);
  });
});

import { describe, expect, test } from '@jest/globals';
import { Chart, Duration, Size } from 'cdk8s';
import { Cpu } from 'cdk8s-plus-27';
import fc from 'fast-check';
import type { PostgresServerProps } from '../../../lib';
import { planPostgres } from '../../../lib/plan/stateful/postgres';
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
import { examplePostgres } from './example-postgres';

const MIB = 2 ** 20;

/** One pod, and one more in a rolling update. */
const onePod = { min: 1, max: 1, drainWithin: Duration.minutes(1) };

function serverDocuments(props: Partial<PostgresServerProps> = {}): Document[] {
  const chart = exampleChart();
  examplePostgres(chart, props);
  return documentsOf(chart);
}

function problemsOf(build: (chart: Chart) => void): string[] {
  const app = exampleApp();
  build(new Chart(app, 'darkroom', { namespace: 'darkroom' }));
  return problemLines(app);
}

describe('the plan of a PostgreSQL server', () => {
  const specs = fc.record({
    memoryBytes: fc.integer({ min: 128 * MIB, max: 2 ** 40 }),
    storageBytes: fc.integer({ min: 2 ** 30, max: 2 ** 45 }),
    maxConnections: fc.option(fc.integer({ min: 4, max: 5000 }), { nil: undefined }),
  });

  test('never promises more memory than there is, unless it says so', () => {
    fc.assert(
      fc.property(specs, ({ maxConnections, ...spec }) => {
        const { figures, problems } = planPostgres({
          ...spec,
          ...(maxConnections !== undefined && { maxConnections }),
        });
        const promised =
          32 * MIB +
          figures.sharedBuffers.value +
          4 * figures.maintenanceMemory.value +
          figures.maxConnections.value * (5 * MIB + figures.workMemory.value);
        if (problems.length === 0) expect(promised).toBeLessThanOrEqual(spec.memoryBytes);
        // Shares are rounded down to whole MiB.
        else expect(promised).toBeGreaterThan(spec.memoryBytes - 5 * MIB);
        if (maxConnections === undefined) expect(problems).toEqual([]);
        expect(figures.usableConnections.value).toBe(figures.maxConnections.value - 3);
      }),
    );
  });

  test('says where each number comes from', () => {
    const { figures } = planPostgres({ memoryBytes: 1024 * MIB, storageBytes: 20 * 2 ** 30 });
    expect(figures.maxConnections.reason).toBe('0.4 × 1,024 MiB ÷ 10 MiB each, from 4 to 500: 40');
    expect(figures.sharedBuffers.value).toBe(256 * MIB);
    expect(figures.walSize.value).toBe(5 * 2 ** 30);
  });
});

describe('a PostgreSQL server', () => {
  const documents = serverDocuments();
  const pod = find(documents, 'StatefulSet').spec.template.spec;
  const config = find(documents, 'ConfigMap').data;

  test('is admitted under restricted', () => {
    expect(restrictedViolations(pod)).toEqual([]);
  });

  test('takes credentials by Secret reference only', () => {
    const secrets = pod.containers[0].env.filter((it: Document) => it.valueFrom !== undefined);
    expect(secrets.map((it: Document) => [it.name, it.valueFrom.secretKeyRef])).toEqual([
      ['POSTGRES_USER', { name: 'catalog-credentials', key: 'username' }],
      ['POSTGRES_PASSWORD', { name: 'catalog-credentials', key: 'password' }],
      ['POSTGRES_ADMIN_PASSWORD', { name: 'catalog-credentials', key: 'admin-password' }],
    ]);
    expect(documents.filter(({ kind }) => kind === 'Secret')).toEqual([]);
  });

  test('is configured with what the plan says', () => {
    expect(config['postgresql.conf']).toContain('\nmax_connections = 40\n');
    expect(config['postgresql.conf']).toContain('\nshared_buffers = 256MB\n');
  });

  test('opens its network to the workloads that have a budget, and tells them where it is', () => {
    const chart = exampleChart();
    const catalog = examplePostgres(chart);
    exampleWorker(chart, {
      scale: onePod,
      downstream: [catalog.budget({ connectionsPerPod: 4 })],
    });
    const connected = documentsOf(chart);
    const [rule] = find(connected, 'NetworkPolicy', 'catalog').spec.ingress;
    expect(rule.from).toEqual([
      { podSelector: { matchLabels: { 'app.kubernetes.io/instance': 'develop' } } },
    ]);
    const env: Document[] = find(connected, 'Deployment').spec.template.spec.containers[0].env;
    expect(env.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['CATALOG_HOST', 'CATALOG_PORT', 'CATALOG_DATABASE', 'CATALOG_USER']),
    );
    expect(env.find(({ name }) => name === 'CATALOG_HOST')?.value).toMatch(/^catalog\..*\.svc$/);
  });
});

describe('fails', () => {
  test('when one workload holds more connections than there are, naming the numbers to change', () => {
    const [line] = problemsOf((chart) => {
      const downstream = [examplePostgres(chart).budget({ connectionsPerPod: 20 })];
      exampleWorker(chart, { scale: onePod, downstream });
    });
    expect(line).toMatch(/Lower connectionsPerPod to 18, or raise maxConnections of catalog\.$/);
  });

  test('when workloads together hold more connections than there are, each of which fits alone', () => {
    const lines = problemsOf((chart) => {
      const catalog = examplePostgres(chart);
      for (const id of ['one', 'two']) {
        const downstream = [catalog.budget({ connectionsPerPod: 10 })];
        exampleWorker(chart, { scale: onePod, downstream }, id);
      }
    });
    expect(lines).toEqual([
      expect.stringMatching(
        /^darkroom\/catalog: maxConnections must leave 40 connections .*: darkroom\/one 20 \+ darkroom\/two 20, got 37\. Raise it/,
      ),
    ]);
  });

  test('when the memory cannot hold the connections', () => {
    const resources = { cpu: { request: Cpu.millis(100) }, memory: Size.mebibytes(256) };
    const lines = problemsOf((chart) => examplePostgres(chart, { maxConnections: 100, resources }));
    expect(lines).toEqual([
      expect.stringMatching(
        /^darkroom\/catalog: resources\.memory must be 1,012 MiB or more: .*, got 256 MiB\. Raise it, or lower maxConnections\.$/,
      ),
    ]);
  });

  test('when administrators would have no connection left', () => {
    const lines = problemsOf((chart) => examplePostgres(chart, { maxConnections: 3 }));
    expect(lines).toEqual([
      expect.stringMatching(/^darkroom\/catalog: maxConnections must be .* 4 .*, got 3\. /),
    ]);
  });
});

import { describe, expect, test } from '@jest/globals';
import { Chart, Duration, Size } from 'cdk8s';
import { Cpu } from 'cdk8s-plus-27';
import fc from 'fast-check';
import type { KafkaCluster, KafkaClusterProps, KafkaTopicProps } from '../../../lib';
import { planKafka } from '../../../lib/plan/stateful/kafka';
import { problemLines } from '../../problem-lines';
import { exampleService } from '../../service/example-service';
import {
  type Document,
  documentsOf,
  exampleApp,
  exampleChart,
  exampleWorker,
  find,
} from '../../worker/example-worker';
import { restrictedViolations } from '../../worker/pod-security';
import { exampleKafka } from './example-kafka';

const MIB = 2 ** 20;
const topic: KafkaTopicProps = { partitions: 12, maxBytes: Size.mebibytes(256) };

test('the plan of a Kafka cluster leaves room for the runtime, and lets one member be away', () => {
  const specs = fc.record({
    replicas: fc.constantFrom(1, 3, 5, 7),
    memoryBytes: fc.integer({ min: 448 * MIB, max: 2 ** 40 }),
    storageBytes: fc.integer({ min: 2 ** 30, max: 2 ** 45 }),
  });
  fc.assert(
    fc.property(specs, (spec) => {
      const { heap, cleanerBuffer, copies, minInSync, logRoom } = planKafka(spec).figures;
      expect(heap.value + 192 * MIB).toBeLessThanOrEqual(spec.memoryBytes);
      expect(cleanerBuffer.value * 8).toBeLessThanOrEqual(heap.value);
      expect(copies.value).toBeLessThanOrEqual(spec.replicas);
      expect(minInSync.value).toBe(spec.replicas === 1 ? 1 : copies.value - 1);
      expect(logRoom.value).toBeLessThan(spec.storageBytes);
    }),
  );
});

describe('a Kafka cluster', () => {
  const chart = exampleChart();
  const events = exampleKafka(chart);
  events.topic('photos', topic);
  exampleWorker(chart, { connections: [events.connection()] });
  const documents = documentsOf(chart);
  const pods = (kind: string) =>
    documents.filter((it) => it.kind === kind).map((it) => it.spec.template.spec);

  test('is admitted under restricted, and so are the Jobs of its topics', () => {
    expect(pods('Job')).toHaveLength(2);
    for (const pod of [...pods('StatefulSet'), ...pods('Job')]) expect(restrictedViolations(pod)).toEqual([]);
  });

  test('takes credentials by Secret reference only', () => {
    const env: Document[] = [...pods('StatefulSet'), ...pods('Job')].flatMap((pod) => pod.containers[0].env);
    const secret = env.filter(({ name }) => /USER|PASSWORD/.test(name));
    expect(secret.length).toBeGreaterThanOrEqual(7);
    for (const { valueFrom } of secret) expect(valueFrom.secretKeyRef.name).toBe('events-credentials');
  });

  test('makes a topic and the one for its dead letters, under names that change with their declaration', () => {
    const scripts = documents.filter((it) => it.kind === 'ConfigMap' && it.data['topic.sh'] !== undefined);
    expect(scripts.map((it) => it.metadata.name)).toEqual([
      'events-topics-photos',
      'events-topics-photos-dead',
    ]);
    expect(scripts[0].data['topic.sh']).toContain('--partitions 12 --replication-factor 3');
    const jobName = (partitions: number) => {
      const other = exampleChart();
      const [job] = [exampleKafka(other)].flatMap((it) => {
        it.topic('photos', { ...topic, partitions });
        return it.topicJobs;
      });
      return job?.name;
    };
    expect(jobName(12)).toBe(documents.find((it) => it.kind === 'Job').metadata.name);
    expect(jobName(13)).not.toBe(jobName(12));
  });

  test('is what a worker takes tasks from, and what a service publishes to', () => {
    const chart = exampleChart();
    const photos = exampleKafka(chart).topic('photos', topic);
    const { contract } = exampleWorker(chart, { source: photos.group('develop'), retry: { maxAttempts: 1 } });
    const service = exampleService(chart, { publish: photos.publisher() });
    const reach = {
      brokers: [0, 1, 2].map((member) => `events-${member}.events-headless.darkroom.svc:9092`),
      topic: 'photos',
      credentials: { userVariable: 'CAPSTAN_USER', passwordVariable: 'CAPSTAN_PASSWORD' },
    };
    expect(contract.source).toEqual({
      kafka: { ...reach, group: 'develop', deadLetterTopic: 'photos.dead' },
    });
    expect(contract.task.maxAttempts).toBe(1);
    expect(service.contract.publish).toEqual({ kafka: reach });
    const documents = documentsOf(chart);
    for (const name of ['develop', 'upload']) {
      const [container] = find(documents, 'Deployment', name).spec.template.spec.containers;
      for (const [variable, key] of [
        ['CAPSTAN_USER', 'username'],
        ['CAPSTAN_PASSWORD', 'password'],
      ]) {
        const valueFrom = { secretKeyRef: { key, name: 'events-credentials' } };
        expect(container.env).toContainEqual({ name: variable, valueFrom });
      }
      const rules: Document[] = find(documents, 'NetworkPolicy', name).spec.egress;
      expect(rules.flatMap(({ ports }) => ports.map((it: Document) => it.port))).toContain(9092);
    }
  });

  test('lets the worker and the Jobs in, and members call each other', () => {
    const rules: Document[] = find(documents, 'NetworkPolicy', 'events').spec.ingress;
    const callers = (port: number) =>
      rules
        .filter(({ ports }) => ports.some((it: Document) => it.port === port))
        .flatMap(({ from }) =>
          from.map((it: Document) => it.podSelector.matchLabels['app.kubernetes.io/instance']),
        );
    expect(new Set(callers(9092))).toEqual(new Set(['develop', 'events-topics']));
    expect(callers(9093)).toEqual(['events']);
  });
});

describe('fails', () => {
  function linesOf(props: Partial<KafkaClusterProps>, use: (events: KafkaCluster) => unknown = () => {}) {
    const app = exampleApp();
    use(exampleKafka(new Chart(app, 'darkroom', { namespace: 'darkroom' }), props));
    return problemLines(app);
  }

  test('with an even number of members', () => {
    expect(linesOf({ replicas: 2 })).toEqual([
      expect.stringMatching(/^darkroom\/events: replicas must be odd, .*, got 2\. /),
    ]);
  });

  test('with less memory than Java, a heap and a cache need', () => {
    const resources = { cpu: { request: Cpu.millis(100) }, memory: Size.mebibytes(256) };
    expect(linesOf({ resources })).toEqual([
      expect.stringMatching(
        /^darkroom\/events: resources\.memory must be 448 MiB or more: .*, got 256 MiB\. /,
      ),
    ]);
  });

  test.each<[string, Partial<KafkaTopicProps>, RegExp]>([
    ['without partitions', { partitions: 0 }, /topic\('photos'\)\.partitions must be .* 1 or more, got 0\. /],
    [
      'with more copies than members',
      { copies: 4 },
      /topic\('photos'\)\.copies must be .* from 1 to 3 \(replicas\), .*, got 4\. /,
    ],
    [
      'that the volumes do not hold',
      { maxBytes: Size.gibibytes(2) },
      /storage must hold all copies of all partitions: 72 GiB \(photos\) .*, got 3 × 16 GiB .* = 48 GiB\. Raise storage/,
    ],
  ])('for a topic %s', (_, change, line) => {
    const lines = linesOf({}, (events) => events.topic('photos', { ...topic, ...change }));
    expect(lines.length).toBeGreaterThan(0);
    expect(lines[0]).toMatch(line);
  });

  test('for a topic that is declared twice', () => {
    const lines = linesOf({}, (events) => {
      events.topic('photos', topic);
      events.topic('photos', topic);
    });
    expect(lines).toEqual([expect.stringMatching(/topic\('photos'\) must be declared once, got a second/)]);
  });

  test('for a worker with more pods than partitions', () => {
    const app = exampleApp();
    const chart = new Chart(app, 'darkroom', { namespace: 'darkroom' });
    const source = exampleKafka(chart)
      .topic('photos', { ...topic, partitions: 5 })
      .group('develop');
    exampleWorker(chart, { source, scale: { min: 3, max: 6, drainWithin: Duration.minutes(1) } });
    expect(problemLines(app)).toEqual(
      expect.arrayContaining([
        expect.stringMatching(
          /^darkroom\/develop: source\.partitions must be 6 \(scale\.max\) or more, .*, got 5\. /,
        ),
      ]),
    );
  });
});

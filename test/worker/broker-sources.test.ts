import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import Ajv2020 from 'ajv/dist/2020';
import { Chart, Duration } from 'cdk8s';
import { EnvValue, type ISecret, Secret } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { Source, SpecError, type TaskSource, type WorkerProps } from '../../lib';
import { documentsOf, exampleApp, exampleChart, exampleProps, exampleWorker, find } from './example-worker';

const schema = JSON.parse(readFileSync(join(__dirname, '../../contract/worker.schema.json'), 'utf8'));
const validate = new Ajv2020({ allErrors: true }).compile(schema);

const pods = { 'app.kubernetes.io/instance': 'broker' };
const secretOf = (scope: Construct, name: string) => Secret.fromSecretName(scope, name, name) as ISecret;

const nats = {
  servers: ['nats://broker.messaging.svc:4222', 'tls://broker-1.example.com'],
  at: { pods, namespace: { 'kubernetes.io/metadata.name': 'messaging' } },
  stream: 'photos',
  consumer: 'develop',
};
const redis = {
  address: 'cache.example.com:6379',
  at: { cidr: '203.0.113.7/32' },
  stream: 'photos',
  group: 'develop',
};
const kafka = {
  brokers: ['events-0.example.com:9092', '[2001:db8::7]:9093'],
  at: { cidr: '2001:db8::/32' },
  topic: 'photos',
  group: 'develop',
  partitions: 12,
};

/** The lines that a synth of the example worker with this source ends in. */
function linesOf(source: (chart: Chart) => TaskSource, props: Partial<WorkerProps> = {}): string[] {
  const root = exampleApp();
  const chart = new Chart(root, 'darkroom', { namespace: 'darkroom' });
  exampleWorker(chart, { ...props, source: source(chart) });
  try {
    root.synth();
  } catch (error) {
    if (error instanceof SpecError) return error.message.split('\n');
    throw error;
  }
  return [];
}

describe('the contract', () => {
  const sources: [string, (scope: Construct) => TaskSource][] = [
    ['a stream of NATS', () => Source.jetStream(nats)],
    [
      'all that a stream of NATS may have',
      (scope) =>
        Source.jetStream({
          ...nats,
          subjects: ['photos.*.raw', 'videos.>'],
          deadLetterSubject: 'photos.dead',
          credentials: { file: { secret: secretOf(scope, 'nats'), key: 'develop.creds' } },
          tls: { secret: secretOf(scope, 'tls'), ca: 'ca.crt', certificate: 'tls.crt', key: 'tls.key' },
        }),
    ],
    ['a stream of Redis', () => Source.redisStream(redis)],
    [
      'all that a stream of Redis may have',
      (scope) =>
        Source.redisStream({
          ...redis,
          sentinel: { addresses: ['sentinel.example.com:26379'], master: 'cache' },
          database: 3,
          deadLetterStream: 'photos:dead',
          credentials: {
            password: EnvValue.fromSecretValue({ secret: secretOf(scope, 'redis'), key: 'password' }),
          },
          tls: {},
        }),
    ],
    ['a topic of Kafka', () => Source.kafka(kafka)],
    [
      'all that a topic of Kafka may have',
      (scope) =>
        Source.kafka({
          ...kafka,
          deadLetterTopic: 'photos.dead',
          credentials: {
            user: EnvValue.fromSecretValue({ secret: secretOf(scope, 'kafka-user'), key: 'user' }),
            password: EnvValue.fromSecretValue({
              secret: secretOf(scope, 'kafka-password'),
              key: 'password',
            }),
          },
          tls: { secret: secretOf(scope, 'tls'), ca: 'ca.crt' },
        }),
    ],
  ];

  test.each(sources)('fits its schema with %s', (_, source) => {
    const chart = exampleChart();
    const { contract } = exampleWorker(chart, { source: source(chart) });
    validate(contract);
    expect(validate.errors ?? []).toEqual([]);
    expect(contract.http).not.toHaveProperty('intakePort');
  });

  test('lets the consumer have out what all pods hold at the peak', () => {
    const { contract, plan } = exampleWorker(exampleChart(), { source: Source.jetStream(nats) });
    const { maxAckPending, poolSlots, prefetch, peakPodsRollingUpdate } = plan.figures;
    expect(contract.source.jetstream?.maxAckPending).toBe(maxAckPending.value);
    expect(maxAckPending.value).toBeGreaterThanOrEqual(
      (poolSlots.value + prefetch.value) * peakPodsRollingUpdate.value,
    );
  });

  test('names Sentinels in place of the master', () => {
    const sentinel = { addresses: ['a.example.com:26379', 'b.example.com:26379'], master: 'cache' };
    const { contract } = exampleWorker(exampleChart(), {
      source: Source.redisStream({ ...redis, sentinel }),
    });
    expect(contract.source.redis).toMatchObject({ addresses: sentinel.addresses, master: 'cache' });
  });
});

describe('a worker of a broker', () => {
  test('pulls: it has no lame duck, no queue of its own and no intake', () => {
    const chart = exampleChart();
    const worker = exampleWorker(chart, { source: Source.jetStream(nats) });
    expect(worker.plan.figures.lameDuck.value).toBe(0);
    expect(worker.plan.figures.queueCapacity).toBeUndefined();
    expect(worker.intake).toBeUndefined();
    const [container] = find(documentsOf(chart), 'Deployment').spec.template.spec.containers;
    expect(container.ports).toHaveLength(1);
  });

  test('fetches ahead for the round trip', () => {
    const ahead = (roundTrip: Duration) =>
      exampleWorker(exampleChart(), { source: Source.jetStream({ ...nats, roundTrip }) }).plan.figures
        .prefetch.value;
    expect(ahead(Duration.millis(500))).toBeGreaterThan(ahead(Duration.millis(1)));
  });

  test('may call the broker, on the port of each server, and nothing else', () => {
    const chart = exampleChart();
    exampleWorker(chart, { source: Source.jetStream({ ...nats, servers: ['a:4222', 'nats://b:4333'] }) });
    const [, ...rules] = find(documentsOf(chart), 'NetworkPolicy').spec.egress;
    const to = [
      {
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'messaging' } },
        podSelector: { matchLabels: pods },
      },
    ];
    expect(rules).toEqual([4222, 4333].map((port) => ({ ports: [{ port, protocol: 'TCP' }], to })));
  });

  test('shows a user and a password that only the Secret knows', () => {
    const chart = exampleChart();
    const secret = secretOf(chart, 'nats');
    const { contract } = exampleWorker(chart, {
      source: Source.jetStream({
        ...nats,
        credentials: {
          user: EnvValue.fromSecretValue({ secret, key: 'user' }),
          password: EnvValue.fromSecretValue({ secret, key: 'password' }),
        },
      }),
    });
    const [container] = find(documentsOf(chart), 'Deployment').spec.template.spec.containers;
    const { userVariable, passwordVariable } = contract.source.jetstream?.credentials ?? {};
    for (const [name, key] of [
      [userVariable, 'user'],
      [passwordVariable, 'password'],
    ]) {
      expect(container.env).toContainEqual({ name, valueFrom: { secretKeyRef: { key, name: 'nats' } } });
    }
  });

  test('finds its certificates where the contract says, and mounts no key besides', () => {
    const chart = exampleChart();
    const { contract } = exampleWorker(chart, {
      source: Source.jetStream({
        ...nats,
        credentials: { file: { secret: secretOf(chart, 'nats'), key: 'develop.creds' } },
        tls: { secret: secretOf(chart, 'tls'), ca: 'ca.crt' },
      }),
    });
    const pod = find(documentsOf(chart), 'Deployment').spec.template.spec;
    const fileOf = (path = '') => {
      const mount = pod.containers[0].volumeMounts.find((it: { mountPath: string }) =>
        path.startsWith(`${it.mountPath}/`),
      );
      expect(mount.readOnly).toBe(true);
      const volume = pod.volumes.find((it: { name: string }) => it.name === mount.name);
      return [volume.secret.secretName, volume.secret.items, path.slice(mount.mountPath.length + 1)];
    };
    const { credentials, tls } = contract.source.jetstream ?? {};
    const only = (key: string) => [{ key, path: key }];
    expect(fileOf(credentials?.file)).toEqual(['nats', only('develop.creds'), 'develop.creds']);
    expect(fileOf(tls?.caFile)).toEqual(['tls', only('ca.crt'), 'ca.crt']);
  });
});

describe('fails with path, property, what was wanted, what was got and a fix', () => {
  const user = EnvValue.fromValue('develop');
  const password = EnvValue.fromValue('hunter2');
  const of = (options: Partial<Parameters<typeof Source.jetStream>[0]>) => () =>
    Source.jetStream({ ...nats, ...options });

  test.each<[string, (scope: Construct) => TaskSource, RegExp]>([
    ['without a server', of({ servers: [] }), /source\.servers must be one address or more, got none\. /],
    [
      'with no address',
      of({ servers: ['a:4222', 'b'] }),
      /source\.servers\[1\] must be host:port, .*, got "b"\. /,
    ],
    [
      'with a secret in the address',
      of({ servers: ['nats://me:hunter2@broker:4222'] }),
      /source\.servers\[0\] must be .* without a user, got /,
    ],
    ['with a strange stream', of({ stream: 'a.b' }), /source\.stream must be a name .*, got "a\.b"\. /],
    ['with a strange consumer', of({ consumer: '' }), /source\.consumer must be a name .*, got ""\. /],
    [
      'with a strange subject',
      of({ subjects: ['a.>.b'] }),
      /source\.subjects\[0\] must be a NATS subject, got /,
    ],
    [
      'with a wildcard for dead letters',
      of({ deadLetterSubject: 'dead.*' }),
      /source\.deadLetterSubject must be a NATS subject without wildcards, got "dead\.\*"\. /,
    ],
    [
      'a dead-letter subject that the worker takes itself',
      of({ subjects: ['photos.>', 'videos.*'], deadLetterSubject: 'photos.dead' }),
      /source\.deadLetterSubject must be a subject that the worker does not take itself \(photos\.>\), got photos\.dead\. /,
    ],
    [
      'with a password in the program',
      of({ credentials: { user, password } }),
      /source\.credentials\.password must come from a Secret, .*, got a text\. Give EnvValue\.fromSecretValue/,
    ],
    [
      'with a password and no user',
      (scope) =>
        Source.jetStream({
          ...nats,
          credentials: { password: EnvValue.fromSecretValue({ secret: secretOf(scope, 's'), key: 'k' }) },
        }),
      /source\.credentials\.user must come with a password, got none\. /,
    ],
    ['with a key of no Secret', of({ tls: { ca: 'ca.crt' } }), /source\.tls\.secret must be given with ca, /],
    [
      'with a certificate without its key',
      (scope) => Source.jetStream({ ...nats, tls: { secret: secretOf(scope, 's'), certificate: 'tls.crt' } }),
      /source\.tls\.key must be given with the other of certificate and key, got none\. /,
    ],
    [
      'with an endless round trip',
      of({ roundTrip: Duration.minutes(2) }),
      /source\.roundTrip must be 60 s or less, got 120 s\. /,
    ],
    [
      'with more pods than partitions',
      () => Source.kafka({ ...kafka, partitions: 8 }),
      /source\.partitions must be 10 \(scale\.max\) or more, .*, got 8\. .* lower scale\.max to 8\. */,
    ],
    [
      'with half a partition',
      () => Source.kafka({ ...kafka, partitions: 11.5 }),
      /source\.partitions must be a whole/,
    ],
    [
      'with no partitions, and nothing else about them',
      () => Source.kafka({ ...kafka, partitions: 0 }),
      /^(?!.*lower scale\.max).*source\.partitions must be a whole number of 1 or more, got 0\./,
    ],
    [
      'with a topic that is a folder',
      () => Source.kafka({ ...kafka, topic: '..' }),
      /source\.topic must be a name/,
    ],
    ['with a strange topic', () => Source.kafka({ ...kafka, topic: 'a/b' }), /source\.topic must be a name/],
    [
      'with a strange topic for dead letters',
      () => Source.kafka({ ...kafka, deadLetterTopic: 'a b' }),
      /source\.deadLetterTopic must be a name .*, got "a b"\. /,
    ],
    [
      'dead letters in the topic itself',
      () => Source.kafka({ ...kafka, deadLetterTopic: kafka.topic }),
      /source\.deadLetterTopic must be another topic than source\.topic, got photos for both\. /,
    ],
    [
      'with a password for Kafka and no user',
      (scope) =>
        Source.kafka({
          ...kafka,
          credentials: { password: EnvValue.fromSecretValue({ secret: secretOf(scope, 's'), key: 'k' }) },
        }),
      /source\.credentials\.user must come with a password, got none\. /,
    ],
    [
      'with retries that a topic cannot do',
      () => Source.kafka(kafka),
      /retry\.maxAttempts must be 1 with a topic of Kafka, .*, got none \(the default is 5\)\. Set retry: \{ maxAttempts: 1 \}: /,
    ],
    [
      'with a strange database',
      () => Source.redisStream({ ...redis, database: -1 }),
      /source\.database must be a whole/,
    ],
    [
      'with dead letters among the tasks',
      () => Source.redisStream({ ...redis, deadLetterStream: redis.stream }),
      /source\.deadLetterStream must be another key than source\.stream, got /,
    ],
    [
      'with a group of Redis that has the keys of ids',
      () => Source.redisStream({ ...redis, group: 'id' }),
      /source\.group must not be id, .*, got id\. /,
    ],
    [
      'with a group of Redis below the keys of ids',
      () => Source.redisStream({ ...redis, group: 'id:develop' }),
      /source\.group must not be id, .*, got id:develop\. /,
    ],
    [
      'with an address of Redis as a URL',
      () => Source.redisStream({ ...redis, address: 'redis://a:6379' }),
      /source\.address must be host:port, /,
    ],
  ])('%s', (_, source, line) => {
    const lines = linesOf(source);
    expect(lines).toContainEqual(expect.stringMatching(line));
    for (const it of lines) expect(it).toMatch(/^darkroom\/develop: /);
  });

  test('a mount and a variable of the program that are those of the access', () => {
    const lines = linesOf(() => Source.jetStream(nats), {
      env: { CAPSTAN_USER: EnvValue.fromValue('me') },
      scale: { ...exampleProps.scale, max: 4 },
    });
    expect(lines).toEqual([expect.stringMatching(/env\.CAPSTAN_USER must be left to Capstan/)]);
  });

  test('with attempts and delays that a topic of Kafka cannot do, and not with one attempt', () => {
    const retry = { maxAttempts: 3, initialDelay: Duration.seconds(2) };
    expect(linesOf(() => Source.kafka(kafka), { retry })).toEqual([
      expect.stringMatching(/retry\.maxAttempts must be 1 .*, got 3\. /),
      expect.stringMatching(/retry\.initialDelay must be left out .*, got 2 s\. Remove it\.$/),
    ]);
    expect(linesOf(() => Source.kafka(kafka), { retry: { maxAttempts: 1 } })).toEqual([]);
  });

  test('with a budget of retries on a topic of Kafka, and with no other protection', () => {
    const once = { retry: { maxAttempts: 1 } };
    const protect = { rate: { perPod: 1 }, breaker: {}, adaptive: {} };
    expect(linesOf(() => Source.kafka(kafka), { ...once, protect: { ...protect, retryBudget: {} } })).toEqual(
      [
        expect.stringMatching(
          /protect\.retryBudget must be left out with a topic of Kafka, .*\. Remove it: /,
        ),
      ],
    );
    expect(linesOf(() => Source.kafka(kafka), { ...once, protect })).toEqual([]);
  });
});

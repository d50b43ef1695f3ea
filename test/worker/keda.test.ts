import { describe, expect, test } from '@jest/globals';
import { Chart, Duration } from 'cdk8s';
import {
  Environment,
  type EnvironmentProps,
  Source,
  SpecError,
  type TaskSource,
  type Worker,
  type WorkerProps,
} from '../../lib';
import { type Document, documentsOf, exampleApp, exampleProps, exampleWorker, find } from './example-worker';

const prometheus = { address: 'http://prometheus.monitoring.svc:9090/' };
const at = { cidr: '203.0.113.0/24' };
const nats = Source.jetStream({ servers: ['nats:4222'], at, stream: 'photos', consumer: 'develop' });
const bounds = exampleProps.scale;
const byKeda: Partial<WorkerProps> = { scale: { ...bounds, by: 'keda' } };
const idle: Partial<WorkerProps> = { source: nats, scale: { ...bounds, min: 0, by: 'keda' } };

function place(props: EnvironmentProps = { prometheus }) {
  const app = exampleApp();
  const environment = new Environment(app, 'staging', props);
  const chart = new Chart(environment, 'studio', { namespace: environment.namespace });
  return { app, chart };
}

function made(props: Partial<WorkerProps>, environment?: EnvironmentProps) {
  const { chart } = place(environment);
  const worker = exampleWorker(chart, props);
  return { worker, documents: documentsOf(chart) };
}

function scaledObject(props: Partial<WorkerProps>): Document {
  return find(made(props).documents, 'ScaledObject').spec;
}

/** The lines that a synth of these workers of one environment ends in. */
function linesOf(environment: EnvironmentProps | undefined, ...all: Partial<WorkerProps>[]): string[] {
  const app = exampleApp();
  const scope = environment === undefined ? app : new Environment(app, 'staging', environment);
  const chart = new Chart(scope, 'studio', { namespace: 'staging' });
  for (const [index, props] of all.entries()) exampleWorker(chart, props, index === 0 ? 'develop' : 'crawl');
  try {
    app.documents();
    return [];
  } catch (error) {
    if (!(error instanceof SpecError)) throw error;
    return error.message.split('\n');
  }
}

describe('a worker that KEDA scales', () => {
  test('has one scaler, and says no replicas of its own', () => {
    const { worker, documents } = made(byKeda);
    expect(documents.filter((it) => it.kind === 'HorizontalPodAutoscaler')).toEqual([]);
    expect(worker.autoscaler).toBeUndefined();
    expect(worker.scaledObject?.name).toBe('develop');
    const { apiVersion, kind, metadata, spec } = find(documents, 'Deployment');
    expect(spec).not.toHaveProperty('replicas');
    expect(find(documents, 'ScaledObject').spec.scaleTargetRef).toEqual({
      apiVersion,
      kind,
      name: metadata.name,
    });
  });

  test('moves as it does without KEDA, between the same bounds', () => {
    const { spec } = find(made({}).documents, 'HorizontalPodAutoscaler');
    const { minReplicaCount, maxReplicaCount, advanced } = scaledObject(byKeda);
    expect([minReplicaCount, maxReplicaCount]).toEqual([spec.minReplicas, spec.maxReplicas]);
    expect(advanced.horizontalPodAutoscalerConfig.behavior).toEqual(spec.behavior);
  });

  test('takes over the autoscaler that it had before', () => {
    const before = find(made({}).documents, 'HorizontalPodAutoscaler').metadata.name;
    const { metadata, spec } = find(made(byKeda).documents, 'ScaledObject');
    expect(spec.advanced.horizontalPodAutoscalerConfig.name).toBe(before);
    expect(metadata.annotations['scaledobject.keda.sh/transfer-hpa-ownership']).toBe('true');
  });

  test('asks Prometheus for sums over its own pods, and compares averages with the planned targets', () => {
    const { worker, documents } = made(byKeda);
    const { targetUtilization, backlogPerReplica } = worker.plan.figures;
    const pods = '{namespace="staging",worker="develop"}';
    expect(find(documents, 'ScaledObject').spec.triggers).toEqual(
      [
        ['utilization', `sum(capstan_pool_utilization${pods})`, targetUtilization.value],
        ['backlog', `sum(capstan_queue_backlog${pods})`, backlogPerReplica.value],
      ].map(([name, query, threshold]) => ({
        type: 'prometheus',
        name,
        metricType: 'AverageValue',
        metadata: {
          serverAddress: 'http://prometheus.monitoring.svc:9090',
          query,
          threshold: String(threshold),
          ignoreNullValues: 'false',
        },
      })),
    );
  });

  test('counts a backlog that all pods share once', () => {
    const [, { metadata }] = scaledObject({ source: nats, scale: { ...bounds, by: 'keda' } }).triggers;
    expect(metadata.query).toMatch(/^max\(capstan_queue_backlog\{/);
  });

  test('waits for nothing that only zero pods need', () => {
    for (const field of ['cooldownPeriod', 'pollingInterval', 'idleReplicaCount']) {
      expect(scaledObject(byKeda)).not.toHaveProperty(field);
    }
  });

  test('shows Prometheus who it is', () => {
    const authentication = { mode: 'bearer', clusterTriggerAuthentication: 'prometheus' } as const;
    const { documents } = made(byKeda, { prometheus: { ...prometheus, authentication } });
    for (const trigger of find(documents, 'ScaledObject').spec.triggers) {
      expect(trigger.authenticationRef).toEqual({ kind: 'ClusterTriggerAuthentication', name: 'prometheus' });
      expect(trigger.metadata.authModes).toBe('bearer');
    }
  });

  test('is the default where KEDA owns external.metrics.k8s.io', () => {
    const { documents, worker } = made({}, { prometheus, externalMetrics: 'keda' });
    expect(worker.autoscaler).toBeUndefined();
    find(documents, 'ScaledObject');
  });
});

describe('a worker that KEDA may take all pods of', () => {
  const { worker, documents } = made(idle);
  const { spec } = find(documents, 'ScaledObject');
  const { cooldown, pollingInterval, unsettledPerReplica, gracePeriod } = worker.plan.figures;

  test('needs no new Kubernetes', () => {
    expect(linesOf({ prometheus, kubernetes: { oldest: '1.32' } }, idle)).toEqual([]);
  });

  test('goes later than a pod takes to end, and is brought back soon', () => {
    expect(spec).toMatchObject({
      minReplicaCount: 0,
      cooldownPeriod: cooldown?.value,
      pollingInterval: pollingInterval?.value,
    });
    expect(spec.cooldownPeriod).toBeGreaterThan(gracePeriod.value);
  });

  test('is brought back by what the broker counts, tasks that are out included', () => {
    const [utilization, unsettled] = spec.triggers;
    const consumer = '{stream_name="photos",consumer_name="develop",is_consumer_leader="true"}';
    expect(unsettled.metadata).toMatchObject({
      query: `sum(jetstream_consumer_num_pending${consumer}) + sum(jetstream_consumer_num_ack_pending${consumer})`,
      threshold: String(unsettledPerReplica?.value),
      ignoreNullValues: 'false',
    });
    // No pod says how busy it is where none is left; that is no error.
    expect(utilization.metadata.ignoreNullValues).toBe('true');
  });

  test('asks as the program says', () => {
    const scale = { ...bounds, min: 0, by: 'keda', unsettledQuery: 'my_lag' } as const;
    expect(scaledObject({ ...idle, scale }).triggers[1].metadata.query).toBe('my_lag');
  });

  test.each<[string, TaskSource, string]>([
    [
      'Redis',
      Source.redisStream({ address: 'cache:6379', at, stream: 'a"b', group: 'develop' }),
      'max(redis_stream_length{db="db0",stream="a\\"b"}) + ' +
        '(max(redis_key_size{db="db0",key="a\\"b:later"}) or vector(0))',
    ],
    [
      'Kafka',
      Source.kafka({ brokers: ['kafka:9092'], at, topic: 'photos', group: 'develop', partitions: 12 }),
      'sum(kafka_consumergroup_lag{consumergroup="develop",topic="photos"})',
    ],
  ])('asks the exporter of %s', (_, source, query) => {
    const { chart } = place();
    const { scaledObject: object } = exampleWorker(chart, { ...idle, source }) as Worker;
    expect(object?.toJson().spec.triggers[1].metadata.query).toBe(query);
  });
});

describe('fails with path, property, what was wanted, what was got and a fix', () => {
  test('when two would own external.metrics.k8s.io, naming both', () => {
    expect(linesOf({ prometheus }, {}, byKeda)).toEqual([
      'staging: externalMetrics must be of one owner, since a cluster has one external.metrics.k8s.io, got ' +
        "prometheus-adapter for staging/studio/develop and keda for staging/studio/crawl. Set externalMetrics: 'keda' " +
        "on their Environment, so that KEDA scales both, or take by: 'keda' out.",
    ]);
  });

  test('when a worker contradicts what its environment fixes', () => {
    expect(linesOf({ prometheus, externalMetrics: 'prometheus-adapter' }, {}, byKeda)).toEqual([
      expect.stringMatching(
        /^staging\/studio\/crawl: scale\.by must be 'hpa' where .* is 'prometheus-adapter', .*, got 'keda'\. Leave it out/,
      ),
    ]);
    const byHpa: Partial<WorkerProps> = { scale: { ...bounds, by: 'hpa' } };
    expect(linesOf({ prometheus, externalMetrics: 'keda' }, {}, byHpa)).toEqual([
      expect.stringMatching(/^staging\/studio\/crawl: scale\.by must be 'keda' where /),
    ]);
  });

  test('when there is no Prometheus to ask', () => {
    expect(linesOf({}, byKeda)).toEqual([
      expect.stringMatching(
        /^staging\/studio\/develop: scale\.by must come with .*prometheus.*, got none in staging\. Give /,
      ),
    ]);
    expect(linesOf(undefined, byKeda)).toEqual([
      expect.stringMatching(/got 'keda' outside of an Environment\. /),
    ]);
  });

  test.each(['prometheus:9090', 'http://me:secret@prometheus', 'http://prometheus/?a=b', 'ftp://prometheus'])(
    'when its address is %s',
    (address) => {
      expect(linesOf({ prometheus: { address } })).toEqual([
        expect.stringMatching(/^staging: prometheus\.address must be a URL .*, got "/),
      ]);
    },
  );

  test('when all pods of a worker may go that has its tasks in them', () => {
    const scale = { ...bounds, min: 0, by: 'keda' } as const;
    expect(linesOf({ prometheus }, { scale })).toEqual([
      expect.stringMatching(/^staging\/studio\/develop: scale\.min must be 1 or more, since tasks wait in /),
    ]);
  });
});

test('two environments may have different owners', () => {
  const app = exampleApp();
  for (const [id, props] of Object.entries({ staging: {}, production: byKeda })) {
    const environment = new Environment(app, id, { prometheus });
    exampleWorker(new Chart(environment, 'studio', { namespace: id }), {
      ...props,
      task: { ...exampleProps.task, cpuTime: Duration.millis(40) },
    });
  }
  expect(() => app.documents()).not.toThrow();
});

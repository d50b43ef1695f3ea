import { describe, expect, test } from '@jest/globals';
import { Chart, Duration, Size } from 'cdk8s';
import { Construct } from 'constructs';
import fc from 'fast-check';
import type { NatsCluster, NatsStreamProps } from '../../../lib';
import {
  type Document,
  documentsOf,
  exampleApp,
  exampleChart,
  exampleWorker,
  find,
} from '../../worker/example-worker';
import { restrictedViolations } from '../../worker/pod-security';
import { clusterDocuments, exampleCluster } from './example-cluster';

function contractOf(props: NatsStreamProps = {}): Document {
  const documents = clusterDocuments({}, (broker) => broker.stream('photos', props));
  return JSON.parse(find(documents, 'ConfigMap', 'broker-streams-photos').data['streams.json']);
}

function jobOf(use: (broker: NatsCluster) => void): Document {
  return find(clusterDocuments({}, use), 'Job');
}

const job = jobOf((broker) => broker.stream('photos'));

describe('a stream', () => {
  test('is a work queue in three copies that refuses what it cannot hold, with a stream for dead letters', () => {
    expect(contractOf()).toMatchObject({
      contract: 1,
      name: 'broker',
      servers: ['nats://broker.darkroom.svc:4222'],
      streams: [
        {
          name: 'photos',
          subjects: ['photos', 'photos.>'],
          storage: 'file',
          replicas: 3,
          retention: 'workqueue',
          discard: 'new',
        },
        { name: 'photos-dead', subjects: ['photos-dead.*'], retention: 'limits', discard: 'old' },
      ],
    });
  });

  test('is made as it is declared', () => {
    const [stream, ...others] = contractOf({
      subjects: ['raw.*', 'jpeg.>'],
      retention: 'limits',
      replicas: 1,
      maxBytes: Size.mebibytes(100),
      maxAge: Duration.hours(1),
      maxMessages: 5000,
      duplicateWindow: Duration.seconds(30),
      deadLetters: 'none',
    }).streams;
    expect(others).toEqual([]);
    expect(stream).toEqual({
      name: 'photos',
      subjects: ['raw.*', 'jpeg.>'],
      storage: 'file',
      replicas: 1,
      retention: 'limits',
      discard: 'old',
      maxBytes: 100 * 2 ** 20,
      maxAgeSeconds: 3600,
      maxMessages: 5000,
      duplicateWindowSeconds: 30,
    });
  });

  test('remembers ids no longer than its messages live', () => {
    const [stream] = contractOf({ maxAge: Duration.seconds(10) }).streams;
    expect(stream.duplicateWindowSeconds).toBe(10);
  });

  test('has bounds that no other stream changes', () => {
    const alone = contractOf();
    const documents = clusterDocuments({}, (broker) => {
      for (const name of ['a', 'photos', 'b']) broker.stream(name);
    });
    const text = find(documents, 'ConfigMap', 'broker-streams-photos').data['streams.json'];
    expect(JSON.parse(text)).toEqual(alone);
  });

  test('is the same one when it is asked for again', () => {
    const broker = exampleCluster(exampleChart());
    expect(broker.stream('photos')).toBe(broker.stream('photos'));
    expect(broker.streamJobs).toHaveLength(1);
    expect(broker.node.validate()).toEqual([]);
  });

  test('gives a worker its tasks, and a service a place to publish', () => {
    const chart = exampleChart();
    const photos = exampleCluster(chart).stream('photos');
    exampleWorker(chart, { source: photos.consumer('develop', { subjects: ['photos.raw.>'] }) });
    const documents = documentsOf(chart);
    const { jetstream } = JSON.parse(find(documents, 'ConfigMap', 'develop').data['worker.json']).source;
    expect(jetstream).toMatchObject({
      servers: ['nats://broker.darkroom.svc:4222'],
      stream: 'photos',
      consumer: 'develop',
      subjects: ['photos.raw.>'],
      deadLetterSubject: 'photos-dead.develop',
      credentials: { userVariable: 'CAPSTAN_USER', passwordVariable: 'CAPSTAN_PASSWORD' },
    });
    expect(JSON.stringify(find(documents, 'NetworkPolicy', 'broker').spec.ingress)).toContain('develop');
    expect(photos.publisher()).toMatchObject({ stream: 'photos', subject: 'photos' });
    expect(photos.publisher('photos.raw').subject).toBe('photos.raw');
  });
});

describe('the Job of a stream', () => {
  const pod = job.spec.template.spec;

  test('is admitted under restricted, calls the servers alone, and ends', () => {
    expect(restrictedViolations(pod)).toEqual([]);
    expect(job.spec.activeDeadlineSeconds).toBeGreaterThan(300);
    expect(job.spec.backoffLimit).toBeGreaterThan(0);
    const documents = clusterDocuments({}, (broker) => broker.stream('photos'));
    const policy = find(documents, 'NetworkPolicy', 'broker-streams').spec;
    expect(job.spec.template.metadata.labels).toMatchObject(policy.podSelector.matchLabels);
    expect(policy).not.toHaveProperty('ingress');
    expect(policy.policyTypes).toContain('Ingress');
    expect(policy.egress.slice(1).flatMap((rule: Document) => rule.ports)).toEqual([
      { port: 4222, protocol: 'TCP' },
    ]);
    expect(JSON.stringify(find(documents, 'NetworkPolicy', 'broker').spec.ingress)).toContain(
      'broker-streams',
    );
  });

  test('is not tried again when the declaration is refused', () => {
    const [refused] = job.spec.podFailurePolicy.rules;
    expect(refused).toMatchObject({ action: 'FailJob', onExitCodes: { operator: 'In', values: [2] } });
    expect(refused.onExitCodes.containerName).toBe(pod.containers[0].name);
    expect(pod.restartPolicy).toBe('Never');
  });

  test('stays when it has ended, unless the program says how long', () => {
    expect(job.spec).not.toHaveProperty('ttlSecondsAfterFinished');
    const documents = clusterDocuments({ jobTtl: Duration.hours(1) }, (broker) => broker.stream('photos'));
    expect(find(documents, 'Job').spec.ttlSecondsAfterFinished).toBe(3600);
  });

  test('has another name with every other template, since a template can never be changed', () => {
    const names = [
      job,
      jobOf((broker) => broker.stream('photos', { replicas: 1 })),
      jobOf((broker) => broker.stream('photos', { deadLetters: 'none' })),
      find(
        clusterDocuments({ auth: 'none' }, (broker) => broker.stream('photos')),
        'Job',
      ),
    ].map((it) => it.metadata.name);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^broker-streams-photos-[0-9a-f]{8}$/);
  });

  test('has one name wherever the cluster stands in the tree, and whatever other streams there are', () => {
    const segment = fc.stringMatching(/^[A-Za-z][A-Za-z0-9-]{0,12}$/);
    fc.assert(
      fc.property(fc.array(segment, { maxLength: 3 }), segment, fc.boolean(), (parents, chartId, others) => {
        const chart = new Chart(exampleApp(), chartId, { namespace: 'darkroom' });
        const broker = exampleCluster(
          parents.reduce<Construct>((parent, id) => new Construct(parent, id), chart),
        );
        if (others) broker.stream('urls');
        broker.stream('photos');
        expect(find(documentsOf(chart), 'Job', job.metadata.name)).toEqual(job);
      }),
      { numRuns: 20 },
    );
  });
});

test('a cluster without streams has nothing of them', () => {
  const documents = clusterDocuments();
  expect(documents.filter(({ metadata }) => metadata.name.includes('streams'))).toEqual([]);
});

import { afterAll, expect, test } from '@jest/globals';
import { Chart, Size } from 'cdk8s';
import { Cpu, Secret } from 'cdk8s-plus-27';
import { CapstanApp, Environment, KafkaCluster } from '../../../lib';
import { makeSecrets, serveImages, waitReady } from '../../../tools/cluster/deploy';
import type { KubernetesObject } from '../../../tools/cluster/documents';
import { kubectl, needCluster, session, step } from '../session';

const SUITE = 'kafka';
const NAMESPACE = 'e2e-kafka';

afterAll(() => kubectl(['delete', 'namespace', NAMESPACE, '--wait=false', '--ignore-not-found']));

/** One member, and a topic on it. */
function kafkaObjects(): KubernetesObject[] {
  const app = new CapstanApp();
  const place = new Environment(app, 'e2e', { namespace: NAMESPACE, storageClass: 'local-path' });
  const chart = new Chart(place, 'kafka', { namespace: NAMESPACE });
  const events = new KafkaCluster(chart, 'events', {
    replicas: 1,
    storage: Size.gibibytes(1),
    credentials: { secret: Secret.fromSecretName(chart, 'Login', 'events') },
    resources: { cpu: { request: Cpu.millis(100) }, memory: Size.mebibytes(768) },
  });
  events.topic('photos', { partitions: 3, maxBytes: Size.mebibytes(64) });
  return [...app.documents()] as unknown as KubernetesObject[];
}

test('a member of Kafka is admitted, makes its topics, and finds them after a restart', async () => {
  const objects = kafkaObjects();
  const { access } = session();
  const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects });
  await serveImages(needCluster(), objects);
  await step(SUITE, 'Kafka is ready, and its topics are made', async () => {
    await makeSecrets(access, objects);
    await kubectl(['apply', '--server-side', '--validate=strict', '-f', '-'], list);
    await waitReady(access, objects);
    return { objects: objects.length };
  });
  await step(SUITE, 'its volume has the topics after a restart', async () => {
    await kubectl(['delete', 'pod', 'events-0', '-n', NAMESPACE], undefined, 300);
    await waitReady(access, objects);
    const folders = await kubectl(['exec', 'events-0', '-n', NAMESPACE, '--', 'ls', '/var/lib/kafka/log']);
    const topics = new Set(folders.split('\n').filter((it) => /^photos[.\w]*-\d+$/.test(it)));
    expect([...topics].sort()).toEqual(['photos-0', 'photos-1', 'photos-2', 'photos.dead-0']);
    return { partitions: topics.size };
  });
});

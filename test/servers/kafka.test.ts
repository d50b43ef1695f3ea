import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import { Size } from 'cdk8s';
import { Cpu } from 'cdk8s-plus-27';
import { exampleKafka } from '../stateful/kafka/example-kafka';
import { documentsOf, exampleChart } from '../worker/example-worker';
import { RunningServer } from './running-server';
import { describeServer } from './server-program';

const stops: (() => Promise<void> | void)[] = [];

afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

const LOGIN = { KAFKA_USER: 'darkroom', KAFKA_PASSWORD: 'it is a secret=1' };

const SMALL = { cpu: { request: Cpu.millis(500) }, memory: Size.mebibytes(704) };

/**
 * A cluster as the preset emits it, its members on addresses of this machine alone: of the files, the members' DNS
 * names are replaced by these, and nothing else.
 */
class Cluster {
  private readonly folder = mkdtempSync(join(tmpdir(), 'capstan-kafka-'));
  private readonly hosts: string[];

  constructor(
    private readonly jars: string,
    replicas: number,
    network: string,
  ) {
    this.hosts = Array.from({ length: replicas }, (_, ordinal) => `${network}.${ordinal + 1}`);
    stops.push(() => rmSync(this.folder, { recursive: true }));
  }

  /** Writes the files of each ConfigMap of a cluster with one topic; gives the folder of each. */
  files(partitions: number): Record<string, string> {
    const chart = exampleChart();
    const cluster = exampleKafka(chart, { replicas: this.hosts.length, resources: SMALL });
    cluster.topic('photos', { partitions, maxBytes: Size.mebibytes(64) });
    const maps = documentsOf(chart).filter(({ kind }) => kind === 'ConfigMap');
    const folders = maps.map(({ metadata, data }): [string, string] => {
      const folder = join(this.folder, metadata.name);
      mkdirSync(folder, { recursive: true });
      for (const [name, text] of Object.entries<string>(data)) {
        const local = text.replaceAll(
          /events-(\d)\.events-headless\.darkroom\.svc/g,
          (_, ordinal) => this.hosts[Number(ordinal)] ?? '',
        );
        writeFileSync(join(folder, name), local);
      }
      return [metadata.name, folder];
    });
    return Object.fromEntries(folders);
  }

  async start(folder: string): Promise<void> {
    const members = this.hosts.map(async (host, ordinal) => {
      const own = join(this.folder, `member-${ordinal}`);
      for (const name of ['data', 'tmp']) mkdirSync(join(own, name), { recursive: true });
      const server = await RunningServer.start({
        program: '/bin/sh',
        args: [join(folder, 'start.sh')],
        ready: /Kafka Server started/,
        env: {
          ...LOGIN,
          KAFKA_ADMIN_PASSWORD: 'another secret',
          KAFKA_BIND: host,
          KAFKA_DATA: join(own, 'data'),
          KAFKA_HEAP: '256m', // what SMALL leaves
          KAFKA_HOST: host,
          KAFKA_JARS: this.jars,
          POD_NAME: `events-${ordinal}`,
          TMPDIR: join(own, 'tmp'),
        },
      });
      stops.push(() => server.stop());
    });
    await Promise.all(members);
  }

  /** Runs the script of a topic's Job. */
  topic(folder: string, login: Partial<typeof LOGIN> = {}) {
    const env = { ...process.env, ...LOGIN, ...login, KAFKA_JARS: this.jars, TMPDIR: this.folder };
    const ended = spawnSync('/bin/sh', [join(folder, 'topic.sh')], { encoding: 'utf8', env });
    return { code: ended.status, text: ended.stdout + ended.stderr };
  }

  /** How many partitions and copies a topic has. */
  describe(topic: string): string {
    const command = ['org.apache.kafka.tools.TopicCommand', '--bootstrap-server', `${this.hosts[0]}:9092`];
    const settings = ['--command-config', join(this.folder, 'client.properties')];
    const java = ['-cp', join(this.jars, '*'), ...command, ...settings, '--describe', '--topic', topic];
    const { stdout } = spawnSync('java', java, { encoding: 'utf8' });
    return stdout.replaceAll(/\s+/g, ' ');
  }
}

describeServer('kafka', 'what KafkaCluster emits', (jars) => {
  test('serves those who log in, makes topics, grows them, and never shrinks them', async () => {
    const cluster = new Cluster(jars, 1, '127.0.20');
    const folders = cluster.files(4);
    const photos = folders['events-topics-photos'] ?? '';
    await cluster.start(folders.events ?? '');

    expect(cluster.topic(photos)).toMatchObject({ code: 0 });
    expect(cluster.describe('photos')).toMatch(
      /PartitionCount: 4 ReplicationFactor: 1 .*retention\.bytes=67108864/,
    );
    expect(cluster.topic(photos)).toMatchObject({ code: 0 });
    cluster.files(6);
    expect(cluster.topic(photos)).toMatchObject({ code: 0 });
    expect(cluster.describe('photos')).toContain('PartitionCount: 6');
    cluster.files(2);
    expect(cluster.topic(photos)).toMatchObject({
      code: 2,
      text: expect.stringContaining('topic photos: partitions must be 6 or more, got 2'),
    });
    expect(cluster.topic(photos, { KAFKA_PASSWORD: 'wrong' })).toMatchObject({
      code: 1,
      text: expect.stringContaining('invalid credentials'),
    });
  });

  test('is a cluster of three, each with a copy', async () => {
    const cluster = new Cluster(jars, 3, '127.0.21');
    const folders = cluster.files(3);
    await cluster.start(folders.events ?? '');
    expect(cluster.topic(folders['events-topics-photos'] ?? '')).toMatchObject({ code: 0 });
    expect(cluster.describe('photos')).toMatch(/PartitionCount: 3 ReplicationFactor: 3 .*Isr: \d,\d,\d/);
  });
});

import { describe, expect, test } from '@jest/globals';
import { Chart, Size } from 'cdk8s';
import { Cpu } from 'cdk8s-plus-27';
import fc from 'fast-check';
import type { RedisServer, RedisServerProps } from '../../../lib';
import { planRedis } from '../../../lib/plan/stateful/redis';
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
import { exampleRedis, REPLICATED } from './example-redis';

const MIB = 2 ** 20;

function serverDocuments(props: Partial<RedisServerProps> = {}): Document[] {
  const chart = exampleChart();
  exampleRedis(chart, props);
  return documentsOf(chart);
}

describe('the plan of a Redis server', () => {
  test('leaves room for the process, and for what changes while a copy is written', () => {
    const specs = fc.record({
      replicas: fc.constantFrom(1, 3, 5),
      memoryBytes: fc.integer({ min: 32 * MIB, max: 2 ** 40 }),
      storageBytes: fc.integer({ min: 2 ** 30, max: 2 ** 45 }),
    });
    fc.assert(
      fc.property(specs, (spec) => {
        const { figures, problems } = planRedis(spec);
        expect(figures.maxMemory.value + 16 * MIB).toBeLessThanOrEqual(spec.memoryBytes);
        expect(problems.length === 0).toBe(3 * figures.maxMemory.value <= spec.storageBytes);
      }),
    );
  });

  test('says where each number comes from', () => {
    const { figures } = planRedis({ replicas: 1, memoryBytes: 512 * MIB });
    expect(figures.maxMemory.reason).toBe(
      '0.8 × (512 MiB − 16 MiB), the rest for fragmentation and clients: 396 MiB',
    );
    expect(figures.failoverQuorum).toBeUndefined();
  });
});

describe('a Redis server', () => {
  test.each<[string, Partial<RedisServerProps>]>([
    ['alone', {}],
    ['with copies', REPLICATED],
  ])('%s is admitted under restricted, and has its password by Secret reference only', (_, props) => {
    const documents = serverDocuments(props);
    const pod = find(documents, 'StatefulSet').spec.template.spec;
    expect(restrictedViolations(pod)).toEqual([]);
    for (const { env } of pod.containers) {
      const password = env.find(({ name }: Document) => name === 'REDISCLI_AUTH');
      expect(password.valueFrom.secretKeyRef).toEqual({ name: 'cache-credentials', key: 'password' });
    }
    expect(documents.filter(({ kind }) => kind === 'Secret')).toEqual([]);
  });

  test('is a cache that forgets without storage, and keeps everything with it', () => {
    const conf = (props: Partial<RedisServerProps>) =>
      find(serverDocuments(props), 'ConfigMap').data['redis.conf'];
    expect(conf({})).toContain('maxmemory-policy allkeys-lru\n');
    expect(conf({})).toContain('appendonly no\n');
    expect(conf({ storage: Size.gibibytes(1) })).toContain('maxmemory-policy noeviction\n');
    expect(conf({ storage: Size.gibibytes(1) })).toContain('stream-node-max-entries 16\n');
    expect(conf({ storage: Size.gibibytes(1) })).toContain('appendfsync everysec\n');
  });

  test('tells workloads one address, or that of every Sentinel', () => {
    const variables = (props: Partial<RedisServerProps>) => {
      const chart = exampleChart();
      exampleWorker(chart, { connections: [exampleRedis(chart, props).connection()] });
      const env: Document[] = find(documentsOf(chart), 'Deployment').spec.template.spec.containers[0].env;
      return Object.fromEntries(
        env.filter(({ name }) => name.startsWith('CACHE_')).map(({ name, value }) => [name, value]),
      );
    };
    expect(variables({})).toEqual({ CACHE_ADDRESS: 'cache.darkroom.svc:6379', CACHE_PASSWORD: undefined });
    const { CACHE_SENTINELS, CACHE_MASTER } = variables(REPLICATED);
    expect(CACHE_MASTER).toBe('master');
    expect(CACHE_SENTINELS.split(',')).toHaveLength(3);
    expect(CACHE_SENTINELS).toContain('cache-2.cache-headless.darkroom.svc:26379');
  });

  test('lets its members call each other, and callers reach each of them', () => {
    const chart = exampleChart();
    exampleWorker(chart, { connections: [exampleRedis(chart, REPLICATED).connection()] });
    const rules: Document[] = find(documentsOf(chart), 'NetworkPolicy', 'cache').spec.ingress;
    const callersOf = (port: number) =>
      rules
        .filter(({ ports }) => ports.some((it: Document) => it.port === port))
        .flatMap(({ from }) =>
          from.map((it: Document) => it.podSelector.matchLabels['app.kubernetes.io/instance']),
        );
    expect(new Set(callersOf(6379))).toEqual(new Set(['cache', 'develop']));
    expect(new Set(callersOf(26_379))).toEqual(new Set(['cache', 'develop']));
  });
});

describe('fails', () => {
  function linesOf(props: Partial<RedisServerProps>, use: (cache: RedisServer) => unknown = () => {}) {
    const app = exampleApp();
    use(exampleRedis(new Chart(app, 'darkroom', { namespace: 'darkroom' }), props));
    return problemLines(app);
  }

  const small = { cpu: { request: Cpu.millis(10) }, memory: Size.mebibytes(16) };

  test.each<[string, Partial<RedisServerProps>, RegExp]>([
    [
      'with copies of nothing',
      { replicas: 3 },
      /^darkroom\/cache: storage must be given with several replicas: .*, got none\. Give/,
    ],
    [
      'with an even number of members',
      { ...REPLICATED, replicas: 2 },
      /^darkroom\/cache: replicas must be odd, .*, got 2\. /,
    ],
    [
      'with a volume that the log does not fit',
      { storage: Size.mebibytes(100) },
      /^darkroom\/cache: storage must be 432 MiB or more: 3 × 144 MiB .*, got 100 MiB\. Raise it/,
    ],
    [
      'with less memory than the process needs',
      { resources: small },
      /^darkroom\/cache: resources\.memory must be 32 MiB or more, .*, got 16 MiB\. /,
    ],
  ])('%s', (_, props, line) => {
    expect(linesOf(props)).toEqual([expect.stringMatching(line)]);
  });

  test('for two groups of one stream', () => {
    const lines = linesOf(REPLICATED, (cache) => {
      cache.stream('photos').group('develop');
      cache.stream('photos').group('develop');
      cache.stream('videos').group('index');
      cache.stream('photos').group('index');
    });
    expect(lines).toEqual([
      expect.stringMatching(
        /^darkroom\/cache: stream\(photos\) must have one group, .*, got develop and index\. Publish to a stream /,
      ),
    ]);
  });

  test('for tasks in a server that forgets', () => {
    expect(linesOf({}, (cache) => cache.stream('photos').group('develop'))).toEqual([
      expect.stringMatching(
        /^darkroom\/cache: eviction must be noeviction, .* photos .*, got allkeys-lru\. /,
      ),
    ]);
  });
});

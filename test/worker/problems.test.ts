import { describe, expect, test } from '@jest/globals';
import { Chart, Duration, Size } from 'cdk8s';
import { Cpu, EnvValue, type IPersistentVolumeClaim, PersistentVolumeClaim, Volume } from 'cdk8s-plus-27';
import { type CapstanAppProps, Source, SpecError, type WorkerProps } from '../../lib';
import { anyImage, exampleApp, exampleProps, exampleWorker } from './example-worker';

/** The lines of the error that a synth of the example worker with other props ends in. */
function linesOf(props: Partial<WorkerProps>, app: CapstanAppProps = {}, id = 'develop'): string[] {
  const root = exampleApp(app);
  try {
    exampleWorker(new Chart(root, 'darkroom', { namespace: 'darkroom' }), props, id);
    root.synth();
  } catch (error) {
    if (error instanceof SpecError) return error.message.split('\n');
    throw error;
  }
  return [];
}

const scale = exampleProps.scale;
const nats = Source.jetStream({
  servers: ['nats:4222'],
  at: { cidr: '203.0.113.0/24' },
  stream: 'photos',
  consumer: 'develop',
});
const budget = { name: 'catalog', limit: 20 };

type Row = [name: string, props: Partial<WorkerProps>, line: RegExp];

const circle: { self?: unknown } = {};
circle.self = circle;

const deep = Array.from({ length: 5000 }).reduce<unknown>((inner) => [inner], 0);

const notJson: [name: string, seed: unknown, place: string, got: string][] = [
  ['undefined', undefined, '', 'undefined'],
  ['a hole in a list', { urls: ['a', undefined] }, '\\.urls\\[1\\]', 'undefined'],
  ['a function', () => 1, '', 'a function'],
  ['a bigint', { size: 10n }, '\\.size', '10n'],
  ['NaN', { 'the limit': Number.NaN }, '\\["the limit"\\]', 'NaN'],
  ['an infinity', [Number.POSITIVE_INFINITY], '\\[0\\]', 'Infinity'],
  ['a circle', circle, '\\.self', 'an object that holds itself'],
  ['a list of 5,000 levels', deep, '(\\[0\\])+', 'more than 1000 levels'],
  ['a date', new Date(0), '', 'an object \\(Date\\)'],
];

describe('fails with path, property, what was wanted, what was got and a fix', () => {
  test.each<Row>([
    [
      'when the longest task does not fit into the grace period',
      { shutdown: { gracePeriod: Duration.seconds(10) } },
      /^darkroom\/develop: shutdown\.gracePeriod must be 94 s or more.*waiting tasks.*, got 10 s\. Raise it/,
    ],
    [
      'when the pool does not fit into the memory',
      { resources: { memory: { limit: Size.mebibytes(128) } } },
      /^darkroom\/develop: resources\.memory\.limit .*, got 128 MiB\. /,
    ],
    [
      'when scale.max is below scale.min',
      { scale: { ...scale, min: 5, max: 3 } },
      /^darkroom\/develop: scale\.max must be 5 \(scale\.min\) or more, got 3\. Raise it/,
    ],
    [
      'when the peak is above a downstream budget',
      { downstream: [budget] },
      /^darkroom\/develop: downstream\[0\] .*catalog.*, got .*\. /,
    ],
    [
      'when scale.min is 0 where that is off',
      { source: nats, scale: { ...scale, min: 0 } },
      /^darkroom\/develop: scale\.min must be 1 or more while cluster\.oldest is below 1\.37, got 0.*\. Raise it/,
    ],
    [
      'when concurrency is no whole number',
      { concurrency: 1.5 },
      /^darkroom\/develop: concurrency must be a whole number of 1 or more, got 1\.5\. /,
    ],
    [
      'when the queue holds nothing',
      { source: Source.memory({ capacity: 0 }) },
      /^darkroom\/develop: source\.capacity must be a whole number of 1 or more, got 0\. /,
    ],
    [
      'when a payload is larger than any may be',
      { source: Source.memory({ payload: Size.mebibytes(2) }) },
      /^darkroom\/develop: source\.payload must be 1 MiB or less, got 2 MiB\. Leave it out for 1 KiB; store /,
    ],
    [
      'when a seed is larger than a payload may be',
      { source: Source.memory({ payload: Size.kibibytes(2), seeds: ['fits', { text: 'ä'.repeat(1024) }] }) },
      /^darkroom\/develop: source\.seeds\[1\] must be 2,048 B \(source\.payload\) or less as JSON, got 2,059 B\. Raise /,
    ],
    [
      'when a full queue does not fit into the memory',
      {
        resources: { memory: { limit: Size.mebibytes(320) } },
        source: Source.memory({ payload: Size.kibibytes(64) }),
      },
      /^darkroom\/develop: resources\.memory\.limit .* \+ 2,937 held tasks × \(1\.25 × 64 KiB \+ 512 B\).*, got 320 MiB\. .*lower source\.payload to /,
    ],
    [
      'when the queue is full before the autoscaler sees its backlog',
      { source: Source.memory({ capacity: 100 }) },
      /^darkroom\/develop: source\.capacity must be 2,937 or more, .*: below that the autoscaler adds no pod, got 100\. /,
    ],
    [
      'when nothing may be attempted',
      { retry: { maxAttempts: 0 } },
      /^darkroom\/develop: retry\.maxAttempts must be a whole number of 1 or more, got 0\. /,
    ],
    [
      'when the program sets a planned variable',
      { env: { GOMAXPROCS: EnvValue.fromValue('1') }, resources: { cpu: { limit: Cpu.units(2) } } },
      /^darkroom\/develop: env\.GOMAXPROCS must be left to the plan, got a value of the program\. /,
    ],
    [
      'when a variable of the plan is set',
      { env: { GOMEMLIMIT: EnvValue.fromValue('1') } },
      /^darkroom\/develop: env\.GOMEMLIMIT must be left to the plan, got a value of the program\. /,
    ],
    [
      'when egress names no port',
      { egress: [{ cidr: '0.0.0.0/0', ports: [70_000] }] },
      /^darkroom\/develop: egress\[0\]\.ports must be .* from 1 to 65535, got \[70000\]\. /,
    ],
    [
      'when the queue does not hold all seeds',
      { source: Source.memory({ capacity: 3000, seeds: Array.from({ length: 3001 }, (_, at) => at) }) },
      /^darkroom\/develop: source\.seeds must be 3,000 seeds \(what the queue holds\) or fewer, got 3,001\. Set source\.capacity /,
    ],
    ...notJson.map(
      ([name, seed, place, got]): Row => [
        `when a seed is no JSON value: ${name}`,
        { source: Source.memory({ seeds: ['fits', seed] }) },
        new RegExp(
          `^darkroom/develop: source\\.seeds\\[1\\]${place} must be a JSON value, got ${got}\\. Give `,
        ),
      ],
    ),
    [
      'when the first delay is above the longest',
      { retry: { initialDelay: Duration.seconds(9), maxDelay: Duration.seconds(3) } },
      /^darkroom\/develop: retry\.initialDelay must be 3 s \(retry\.maxDelay\) or less, got 9 s\. Lower it/,
    ],
    [
      'when the first delay is above the default of the longest',
      { retry: { initialDelay: Duration.seconds(61) } },
      /^darkroom\/develop: retry\.initialDelay must be 60 s \(the default .*\) or less, got 61 s\. /,
    ],
    [
      'when the longest delay is below the default of the first',
      { retry: { maxDelay: Duration.millis(500) } },
      /^darkroom\/develop: retry\.maxDelay must be 1 s \(the default .*\) or more, got 500 ms\. /,
    ],
    [
      'when a folder is empty',
      { folders: { input: '' } },
      /^darkroom\/develop: folders\.input must be an absolute path, got ""\. /,
    ],
    [
      'when a folder is relative',
      { folders: { output: 'out' } },
      /^darkroom\/develop: folders\.output must be an absolute path, got "out"\. /,
    ],
    ...[3, 10n, null].map(
      (value): Row => [
        `when a setting is ${String(value)}`,
        { settings: { 'the depth': value } as never },
        /^darkroom\/develop: settings\["the depth"\] must be a text, got (3|10n|null)\. /,
      ],
    ),
    [
      'when the settings do not fit into a ConfigMap',
      { settings: { text: 'a'.repeat(2 ** 20) } },
      /^darkroom\/develop: settings must leave .* 1,048,576 B .* or less, got 1,04\d,\d+ B\. /,
    ],
    [
      'when the seeds do not fit into a ConfigMap',
      { source: Source.memory({ capacity: 3000, seeds: Array(1100).fill('a'.repeat(1000)) }) },
      /^darkroom\/develop: source\.seeds must leave .* 1,048,576 B .* or less, got 1,1.* B\. /,
    ],
    ...['', 'a b', '=', '1st', '..'].map(
      (variable): Row => [
        `when Kubernetes refuses the variable "${variable}"`,
        { env: { [variable]: EnvValue.fromValue('1') } },
        /^darkroom\/develop: env\[".*"\] must be a name of letters.*, got ".*"\. Rename/,
      ],
    ),
    ...['', 'example.org', '10.0.0.0', '10.0.0.0/33', '10.0.0/8', '::/129', 'fe80::1%eth0/64'].map(
      (cidr): Row => [
        `when egress goes to the range "${cidr}"`,
        { egress: [{ cidr, ports: [80] }] },
        /^darkroom\/develop: egress\[0\]\.cidr must be a range of IPv4 or IPv6 addresses, got ".*"\. Write/,
      ],
    ),
    [
      'when an exception of egress is no range',
      { egress: [{ cidr: '10.0.0.0/8', except: ['10.1.0.0/16', 'metadata'], ports: [80] }] },
      /^darkroom\/develop: egress\[0\]\.except\[1\] must be a range .*, got "metadata"\. /,
    ],
    ...['11.0.0.0/16', '10.0.0.0/8', '0.0.0.0/0', 'fd00::/64'].map(
      (hole): Row => [
        `when egress to 10.0.0.0/8 excepts ${hole}`,
        { egress: [{ cidr: '10.0.0.0/8', except: [hole], ports: [80] }] },
        /^darkroom\/develop: egress\[0\]\.except\[0\] must lie within 10\.0\.0\.0\/8 \(cidr\) and be smaller, got .*\. /,
      ],
    ),
    [
      'when egress selects every pod',
      { egress: [{ pods: {}, ports: [80] }] },
      /^darkroom\/develop: egress\[0\]\.pods must be one label or more, .*, got \{\}\. Name/,
    ],
    [
      'when egress names addresses and pods in one entry',
      { egress: [{ cidr: '10.0.0.0/8', pods: { app: 'catalog' }, ports: [80] }] },
      /^darkroom\/develop: egress\[0\]\.pods must be left out next to cidr, got both\. Make two/,
    ],
  ])('%s', (_, props, line) => {
    const lines = linesOf(props);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(line);
  });

  test('when the id is no name', () => {
    expect(linesOf({}, {}, 'Develop_1')[0]).toMatch(
      /^darkroom\/Develop_1: id must be a name .*, got "Develop_1"\. Rename/,
    );
    expect(linesOf({}, {}, 'd'.repeat(56))[0]).toMatch(/at most 55 .*Rename the construct/);
    expect(linesOf({}, {}, 'd'.repeat(55))).toEqual([]);
  });

  test('when the image is not known by digest, with the command that makes it known', () => {
    const problem = {
      prop: 'app',
      wanted: 'must be locked',
      got: 'no entry',
      fix: 'Run npx capstan image build develop.',
    };
    expect(linesOf({}, { images: { resolve: () => ({ problem }) } })).toEqual([
      'darkroom/develop: app must be locked, got no entry. Run npx capstan image build develop.',
    ]);
  });

  test('when several pods would work on one folder, or a volume stands where another does', () => {
    const root = exampleApp();
    const chart = new Chart(root, 'darkroom');
    const claim = new PersistentVolumeClaim(chart, 'Claim', { storage: Size.gibibytes(1) });
    const volume = Volume.fromPersistentVolumeClaim(chart, 'Volume', claim as IPersistentVolumeClaim);
    exampleWorker(chart, {
      source: Source.folder({ volume }),
      scale: { ...scale, min: 1, max: 4 },
      rollout: { maxSurge: 1 },
      volumes: [{ path: '/data', volume }],
    });
    expect(() => root.synth()).toThrow(
      /scale\.max must be 1 with a folder[^\n]*, got 4\.[^\n]*\n.*rollout\.maxSurge must be 0[^\n]*, got 1\.[^\n]*\n.*volumes\[0\]\.path/,
    );
  });

  describe('when a volume', () => {
    const volumeLines = (mounts: readonly [path: string, name: string][]) => {
      const chart = new Chart(exampleApp(), 'volumes');
      return linesOf({
        volumes: mounts.map(([path, name], index) => ({
          path,
          volume: Volume.fromEmptyDir(chart, `Volume${index}`, name),
        })),
      });
    };

    test.each([['data'], [''], ['./data'], ['/'], ['/a:b']])('is mounted at "%s"', (path) => {
      expect(volumeLines([[path, 'data']])).toEqual([
        expect.stringMatching(
          /^darkroom\/develop: volumes\[0\]\.path must be an absolute path .*, got ".*"\. Name/,
        ),
      ]);
    });

    test.each([
      ['/tmp'],
      ['/tmp/'],
      ['/data/../tmp'],
      ['/etc//capstan/'],
      ['/etc/capstan/more'],
      ['/first/.'],
    ])('is mounted where something else is: %s', (path) => {
      expect(
        volumeLines([
          ['/first', 'first'],
          [path, 'second'],
        ]),
      ).toEqual([
        expect.stringMatching(
          /^darkroom\/develop: volumes\[1\]\.path must be a path that nothing else .*, got \/.*\. Mount/,
        ),
      ]);
    });

    test.each([['config'], ['scratch'], ['first']])('has the name of another one: %s', (name) => {
      expect(
        volumeLines([
          ['/first', 'first'],
          ['/second', name],
        ]),
      ).toEqual([
        expect.stringMatching(
          /^darkroom\/develop: volumes\[1\]\.volume must have a name that no other .*, got .*\. Give/,
        ),
      ]);
    });
  });

  test('for everything in the tree at once', () => {
    const root = exampleApp({ images: anyImage });
    const chart = new Chart(root, 'darkroom');
    exampleWorker(chart, { concurrency: 0, scale: { ...scale, min: 4, max: 2 } }, 'develop');
    exampleWorker(chart, { shutdown: { gracePeriod: Duration.seconds(1) }, downstream: [budget] }, 'crawl');
    const synth = () => root.synth();
    expect(synth).toThrow(SpecError);
    for (const part of [
      'develop: concurrency',
      'develop: scale.max',
      'crawl: shutdown.gracePeriod',
      'crawl: downstream[0]',
    ]) {
      expect(synth).toThrow(`darkroom/${part} must`);
    }
  });
});

test('scaling to zero is accepted where every cluster has it on', () => {
  const props = { source: nats, scale: { ...scale, min: 0 } };
  expect(linesOf(props, { cluster: { oldest: '1.37' } })).toEqual([]);
});

test('what is close to a mistake is accepted', () => {
  const volume = Volume.fromEmptyDir(new Chart(exampleApp(), 'volumes'), 'Volume', 'data');
  const seeds = [null, [], { url: undefined, depth: 0 }, Object.create(null), JSON.parse('{"__proto__":1}')];
  expect(
    linesOf({
      source: Source.memory({ capacity: 3000, seeds: [...seeds, ...Array(2995).fill('')] }),
      retry: { initialDelay: Duration.seconds(60) },
      folders: { input: '/data/in', output: '/tmp' },
      settings: { constructor: '' },
      env: { constructor: EnvValue.fromValue('1'), '_a.b-C9': EnvValue.fromValue('') },
      egress: [
        { cidr: '0.0.0.0/0', except: ['169.254.169.254/32'], ports: [1, 65_535] },
        { cidr: 'fd00::/8', except: ['fd12::/16'], ports: [80] },
      ],
      volumes: [
        { path: '/data', volume },
        { path: '/data/again', volume },
        { path: '/tmp/cache', volume },
        { path: '/etc/capstan-more', volume },
      ],
    }),
  ).toEqual([]);
});

import { describe, expect, test } from '@jest/globals';
import { Chart, Duration, Size } from 'cdk8s';
import { EnvValue, type IPersistentVolumeClaim, PersistentVolumeClaim, Volume } from 'cdk8s-plus-27';
import { type CapstanAppProps, Source, SpecError, type WorkerProps } from '../../lib';
import { anyImage, exampleApp, exampleProps, exampleWorker } from './example-worker';

/** The lines of the error that a synth of the example worker with other props ends in. */
function linesOf(props: Partial<WorkerProps>, app: CapstanAppProps = {}, id = 'develop'): string[] {
  const root = exampleApp(app);
  exampleWorker(new Chart(root, 'darkroom', { namespace: 'darkroom' }), props, id);
  try {
    root.synth();
  } catch (error) {
    if (error instanceof SpecError) return error.message.split('\n');
    throw error;
  }
  return [];
}

const scale = exampleProps.scale;
const budget = { name: 'catalog', limit: 20 };

describe('fails with path, property, what was wanted, what was got and a fix', () => {
  test.each<[string, Partial<WorkerProps>, RegExp]>([
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
      { scale: { ...scale, min: 0 } },
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
      { env: { GOMEMLIMIT: EnvValue.fromValue('1') } },
      /^darkroom\/develop: env\.GOMEMLIMIT must be left to the plan, got a value of the program\. /,
    ],
    [
      'when egress names no port',
      { egress: [{ cidr: '0.0.0.0/0', ports: [70_000] }] },
      /^darkroom\/develop: egress\[0\]\.ports must be .* from 1 to 65535, got \[70000\]\. /,
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
  expect(linesOf({ scale: { ...scale, min: 0 } }, { cluster: { oldest: '1.37' } })).toEqual([]);
});

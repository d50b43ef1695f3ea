import { describe, expect, test } from '@jest/globals';
import { Chart, Duration, Size } from 'cdk8s';
import { Secret } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import {
  Environment,
  NatsCluster,
  PostgresServer,
  ShardedWorker,
  Source,
  SpecError,
  Worker,
  type WorkerProps,
} from '../../lib';
import { isInstance } from '../../lib/shape/is-instance';
import { linesOfError } from '../problem-lines';
import { exampleApp, exampleProps } from '../worker/example-worker';

const { task, scale } = exampleProps;

function studio(): Chart {
  return new Chart(new Environment(exampleApp(), 'staging'), 'studio');
}

function linesOf(make: (chart: Chart) => unknown): string[] {
  return linesOfError(() => make(studio()));
}

function linesOfWorker(props: object): string[] {
  return linesOf((chart) => new Worker(chart, 'resize', { ...exampleProps, ...props } as WorkerProps));
}

describe('fails with the path, the property, what is wanted, what was got and a fix', () => {
  test.each<[string, object, string]>([
    [
      'a number for a time',
      { task: { ...task, cpuTime: 40 } },
      'task.cpuTime must be a Duration, got 40. Write Duration.millis(40).',
    ],
    [
      'a text for a time',
      { scale: { ...scale, drainWithin: '1m' } },
      'scale.drainWithin must be a Duration, got "1m". Write Duration.minutes(1).',
    ],
    [
      'a number for a size',
      { task: { ...task, memory: { ...task.memory, perTask: 60 } } },
      'task.memory.perTask must be a Size, got 60. Write Size.mebibytes(60).',
    ],
    [
      'a text for CPU',
      { resources: { cpu: { request: '500m' } } },
      'resources.cpu.request must be a Cpu, got "500m". Write Cpu.millis(500).',
    ],
    ['a text for a number', { concurrency: '4' }, 'concurrency must be a number, got "4". Write 4.'],
    ['no number', { concurrency: Number.NaN }, 'concurrency must be a number, got NaN. Give a number.'],
    ['null', { retry: null }, 'retry must be an object, got null. Leave it out, or give one.'],
    [
      'a source by name',
      { source: 'memory' },
      'source must be a source of tasks, got "memory". Use Source.memory(), or one of a broker such as broker.stream(…).source(…).',
    ],
    [
      'no source',
      { source: undefined },
      'source must be a source of tasks, got nothing. Add it: where tasks come from.',
    ],
    [
      'no duration',
      { task: { ...task, duration: undefined } },
      'task.duration must be an object with mean, max, got nothing. Add it: wall time of one task when the pod is not short of CPU.',
    ],
    [
      'a port that is no list',
      { egress: [{ cidr: '0.0.0.0/0', ports: 80 }] },
      'egress[0].ports must be a list, got 80. Write [80].',
    ],
    [
      'a text for a variable, which may be a secret',
      { env: { TOKEN: 'hunter2' } },
      "env.TOKEN must be an EnvValue, got a text. Write something like EnvValue.fromValue('TEXT').",
    ],
    [
      'a typo',
      { concurency: 3 },
      'concurency must be a property that is known here, got "concurency". Write concurrency.',
    ],
    [
      'a typo in a union',
      { scale: { min: 1, max: 2, drainwithin: Duration.minutes(1) } },
      'scale.drainwithin must be a property that is known here, got "drainwithin". Write drainWithin.',
    ],
  ])('%s', (_, props, line) => {
    // A typo takes the place of the property that is left out.
    const others = 'concurency' in props ? { concurrency: undefined } : {};
    expect(linesOfWorker({ ...props, ...others })).toEqual([`staging/studio/resize: ${line}`]);
  });

  test('all mistakes at once', () => {
    const lines = linesOf((chart) => new Worker(chart, 'resize', { concurrency: 'four' } as never));
    expect(lines).toHaveLength(5);
  });

  test('storage of a cluster', () => {
    const storage = 'staging/studio/broker: storage must be a Size';
    expect(linesOf((chart) => new NatsCluster(chart, 'broker', { replicas: 3 } as never))).toEqual([
      `${storage}, got nothing. Add it: size of each server's volume.`,
    ]);
    expect(
      linesOf((chart) => new NatsCluster(chart, 'broker', { replicas: 3, storage: '10Gi' } as never)),
    ).toEqual([`${storage}, got "10Gi". Write Size.gibibytes(10).`]);
  });

  test('resources of a server without CPU', () => {
    const lines = linesOf((chart) => {
      const secret = Secret.fromSecretName(chart, 'Secret', 'db');
      const resources = { memory: Size.gibibytes(1) };
      return new PostgresServer(chart, 'db', {
        storage: Size.gibibytes(1),
        credentials: { secret },
        resources,
      } as never);
    });
    expect(lines).toEqual([
      expect.stringMatching(/^staging\/studio\/db: resources\.cpu must be .*, got nothing\. /),
    ]);
  });

  test('a tag that is none', () => {
    const entry = { kind: 'gatway', name: 'public' } as never;
    expect(linesOfError(() => new Environment(exampleApp(), 'staging', { entry }))).toEqual([
      `staging: entry.kind must be 'ingress' or 'gateway', got "gatway". Write 'gateway'.`,
    ]);
  });

  test('what a function gave back', () => {
    const { scale: _, ...pods } = exampleProps;
    const props = { ...pods, shards: 2, source: () => 1 } as never;
    expect(linesOf((chart) => new ShardedWorker(chart, 'resize', props))).toEqual([
      expect.stringMatching(/^staging\/studio\/resize: source\(0\) must be a source of tasks, got 1\. /),
    ]);
  });

  test('options of a source', () => {
    expect(linesOfError(() => Source.memory({ payload: 3 } as never))).toEqual([
      'Source.memory(): payload must be a Size, got 3. Write Size.mebibytes(3).',
    ]);
  });

  test('a scope that is none, an id that is taken and one that is none', () => {
    expect(linesOfError(() => new Worker(undefined as never, 'resize', exampleProps))).toEqual([
      'Worker resize: scope must be a construct, got nothing. Pass the chart that it belongs to.',
    ]);
    const twice = linesOf((chart) => [1, 2].map(() => new Worker(chart, 'resize', exampleProps)));
    expect(twice).toEqual([
      "staging/studio/resize: id must be free, got a second 'resize'. Give each its own id.",
    ]);
    expect(linesOf((chart) => new Worker(chart, 5 as never, exampleProps))).toEqual([
      expect.stringMatching(/^staging\/studio\/5: id must be a text/),
    ]);
  });
});

test('is an Error that a program can catch', () => {
  expect(() => new Worker(studio(), 'resize', {} as never)).toThrow(SpecError);
});

test('a class that extends a construct may take props of its own', () => {
  class Resize extends Worker {
    constructor(scope: Construct, id: string, props: WorkerProps & { readonly team: string }) {
      super(scope, id, props);
    }
  }
  expect(linesOf((chart) => new Resize(chart, 'resize', { ...exampleProps, team: 'studio' }))).toEqual([]);
});

test('an object of a second copy of a package is one of its class', () => {
  const copy = { Duration: class Duration {} };
  expect(isInstance(new copy.Duration(), 'Duration', ['toSeconds'])).toBe(true);
  expect(isInstance({ toSeconds: () => 3 }, 'Duration', ['toSeconds'])).toBe(true);
  expect(isInstance({}, 'Duration', ['toSeconds'])).toBe(false);
});

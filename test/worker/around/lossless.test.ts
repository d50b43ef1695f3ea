import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { WorkerAroundProps } from '../../../lib';
import { type Manifest, manifest, type Said, surround, written } from './example-around';

const quantity = fc.constantFrom('100m', '1', '2500m', '3', '64Mi', '1Gi', '0.5Gi', '1e9', 'lots', '');
const text = fc.string({ maxLength: 8 });
const variable = fc.oneof(
  fc.record({ name: fc.constantFrom('POOL_SIZE', 'GOMAXPROCS', 'GOMEMLIMIT', 'MODE'), value: text }),
  fc.record({
    name: fc.constantFrom('GOMEMLIMIT', 'TOKEN'),
    valueFrom: fc.constantFrom<object>(
      { secretKeyRef: { name: 'a', key: 'b' } },
      { resourceFieldRef: { resource: 'limits.memory' } },
    ),
  }),
);
const amounts = fc.record(
  { cpu: quantity, memory: quantity, 'example.com/gpu': quantity },
  { requiredKeys: [] },
);
const share = fc.oneof(fc.nat(5), fc.constantFrom('0%', '25%', '100%', 'many'));

/** Containers of others: all that a plan decides, or not, and fields that it does not know. */
const container = fc.record(
  {
    resources: fc.option(fc.record({ requests: amounts, limits: amounts }, { requiredKeys: [] })),
    env: fc.option(fc.array(variable, { maxLength: 4 })),
    envFrom: fc.array(fc.record({ configMapRef: fc.record({ name: text }) }), { maxLength: 2 }),
    args: fc.array(fc.constantFrom('--workers=4', '--workers', '4', 'run'), { maxLength: 3 }),
    lifecycle: fc.constantFrom<object>(
      { preStop: { sleep: { seconds: 3 } } },
      { preStop: { exec: { command: ['x'] } } },
    ),
    livenessProbe: fc.record({ terminationGracePeriodSeconds: fc.nat(60) }, { requiredKeys: [] }),
    notYetKnown: fc.jsonValue({ maxDepth: 2 }),
  },
  { requiredKeys: [] },
);

const unusualSaid = fc.record(
  {
    container,
    pod: fc.record(
      {
        terminationGracePeriodSeconds: fc.nat(90),
        initContainers: fc.constant([{ name: 'prepare', image: 'init:1' }]),
        notYetKnown: fc.jsonValue({ maxDepth: 2 }),
      },
      { requiredKeys: [] },
    ),
    spec: fc.record(
      {
        minReadySeconds: fc.nat(30),
        strategy: fc.option(
          fc.record(
            {
              type: fc.constantFrom('Recreate', 'RollingUpdate'),
              rollingUpdate: fc.record({ maxSurge: share, maxUnavailable: share }, { requiredKeys: [] }),
            },
            { requiredKeys: [] },
          ),
        ),
        replicas: fc.nat(12),
        revisionHistoryLimit: fc.nat(5),
      },
      { requiredKeys: [] },
    ),
  },
  { requiredKeys: [] },
);

/** Objects as YAML gives them. */
const said: fc.Arbitrary<Said> = unusualSaid.map((it) => JSON.parse(JSON.stringify(it)));

const props: fc.Arbitrary<Partial<WorkerAroundProps>> = fc.record(
  {
    runtime: fc.constantFrom('go' as const, 'other' as const),
    delivery: fc.constantFrom('pull' as const, 'push' as const),
    concurrency: fc.constantFrom(
      { bound: 4 },
      { bound: 16, variable: 'POOL_SIZE' },
      { bound: 4, argument: '--workers' },
    ),
  },
  { requiredKeys: [] },
);

/** What of one value is not in another: objects and lists may have more at their end, nothing may be another value. */
function lost(before: unknown, after: unknown, pointer = ''): string[] {
  if (before === null || before === undefined) return [];
  if (typeof before !== 'object') return Object.is(before, after) ? [] : [pointer];
  if (typeof after !== 'object' || after === null || Array.isArray(before) !== Array.isArray(after))
    return [pointer];
  return Object.entries(before).flatMap(([key, value]) =>
    lost(value, Object.getOwnPropertyDescriptor(after, key)?.value, `${pointer}/${key}`),
  );
}

/** A document as cdk8s writes it when nothing is around it: it leaves out what is empty. */
function asItIs(document: Manifest): Manifest {
  const { ApiObject, Chart, Testing } = require('cdk8s') as typeof import('cdk8s');
  return new ApiObject(
    new Chart(Testing.app(), 'chart', { namespace: 'darkroom' }),
    'object',
    document,
  ).toJson();
}

test('every value of a manifest is still there, whatever else is wrong with it', () => {
  fc.assert(
    fc.property(said, props, (one, changes) => {
      const after = written(surround(one, changes));
      expect(lost(asItIs(manifest(one)), after)).toEqual([]);
    }),
    { numRuns: 150 },
  );
});

test('what is filled in agrees with the plan, and stays as it is when it is read again', () => {
  const silent: fc.Arbitrary<Said> = said.map(({ container: its = {}, pod = {} }) => {
    const { notYetKnown, envFrom } = its as Record<string, unknown>;
    const { initContainers } = pod as Record<string, unknown>;
    return {
      container: {
        ...(notYetKnown !== undefined && { notYetKnown }),
        ...(envFrom !== undefined && { envFrom }),
      },
      pod: initContainers === undefined ? {} : { initContainers },
    };
  });
  const legal = props.map(({ concurrency, ...rest }) => ({
    ...rest,
    ...(concurrency !== undefined && concurrency.argument === undefined && { concurrency }),
  }));
  fc.assert(
    fc.property(silent, legal, (one, changes) => {
      const first = surround(one, changes);
      expect(problems(first.lines)).toEqual([]);
      const { spec } = written(first);
      const { template, ...others } = spec;
      const { containers, ...pod } = template.spec;
      const again = surround({ spec: others, pod, container: containers[0] }, changes);
      expect(problems(again.lines)).toEqual([]);
      expect(written(again).spec.template.spec).toEqual(template.spec);
      expect(written(again).spec.strategy).toEqual(spec.strategy);
    }),
    { numRuns: 50 },
  );
});

test('it would find a value that is gone', () => {
  const before = manifest({ container: { env: [{ name: 'A', value: '1' }] } });
  expect(lost(before, manifest({ container: { env: [{ name: 'A', value: '2' }] } }))).toEqual([
    '/spec/template/spec/containers/0/env/0/value',
  ]);
  expect(lost(before, manifest())).toEqual(['/spec/template/spec/containers/0/env']);
});

/** Fields that no Kubernetes knows are refused by the schema, as in every document. */
function problems(lines: readonly string[]): string[] {
  return lines.filter((line) => !line.includes('notYetKnown') && !line.includes('envFrom'));
}

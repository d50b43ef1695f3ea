import { describe, expect, test } from '@jest/globals';
import { Duration } from 'cdk8s';
import fc from 'fast-check';
import { matchers } from '../../lib/jest';
import { exampleChart, exampleProps, exampleWorker } from '../worker/example-worker';

expect.extend(matchers);

const worker = exampleWorker(exampleChart());
const { throughputPerPod, maxReplicas } = worker.plan.figures;
const fleet = throughputPerPod.value * maxReplicas.value;

describe('toDrainWithin', () => {
  test('passes exactly from backlog ÷ throughput of all pods on', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), (backlog) => {
        // Less the noise of floating point, which must not make a whole number the next one.
        const millis = Math.ceil((backlog / fleet) * 1000 - 1e-6);
        expect(worker).toDrainWithin(Duration.millis(millis + 1), { backlog });
        if (millis > 1) expect(worker).not.toDrainWithin(Duration.millis(millis - 1), { backlog });
      }),
    );
  });

  test('fails with what it takes and why', () => {
    expect(() => expect(worker).toDrainWithin(Duration.seconds(1), { backlog: 100_000 })).toThrow(
      /^expected develop to work off 100,000 tasks within 1 s, but it takes .* s:\n.*10 pods\)\n {2}throughputPerPod: .*\n {2}maxReplicas: /,
    );
    expect(() => expect(worker.plan).not.toDrainWithin(Duration.hours(1), { backlog: 1 })).toThrow(
      /^expected develop not to work off 1 task within/,
    );
  });
});

test('toDrainWithin fails for what is no duration and no backlog', () => {
  expect(() => expect(worker).toDrainWithin(5 as never, { backlog: 1 })).toThrow(
    'expected duration to be a Duration, such as Duration.seconds(5), got 5',
  );
  expect(() => expect(worker).toDrainWithin(Duration.seconds(5), {} as never)).toThrow(
    'expected backlog to be 0 tasks',
  );
});

describe('toStayWithin', () => {
  test('agrees with the check of the plan, for every budget', () => {
    const units = fc.option(fc.integer({ min: 0, max: 50 }), { nil: undefined });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2000 }), units, units, (limit, perTask, perPod) => {
        const budget = {
          name: 'catalog',
          limit,
          ...(perTask !== undefined && { perTask }),
          ...(perPod !== undefined && { perPod }),
        };
        const { problems } = exampleWorker(exampleChart(), { downstream: [budget] }).plan;
        if (problems.length === 0) expect(worker).toStayWithin(budget);
        else expect(worker).not.toStayWithin(budget);
      }),
      { numRuns: 60 },
    );
  });

  test('fails with the peak and its case', () => {
    expect(() => expect(worker).toStayWithin({ name: 'catalog', limit: 20 })).toThrow(
      /^expected develop to hold at most 20 of catalog, but it holds \d+:\n {2}.*(rolling update|autoscaler moves)/,
    );
  });

  test('fails for a budget that is none', () => {
    expect(() => expect(worker).toStayWithin({ name: 'catalog', limit: -1 })).toThrow(
      'downstream[0].limit must be',
    );
  });
});

test('a plan with problems passes nothing, nor does something else', () => {
  const broken = exampleWorker(exampleChart(), { scale: { ...exampleProps.scale, min: 20 } });
  expect(() => expect(broken).not.toStayWithin({ name: 'catalog', limit: 0 })).toThrow(
    'the plan of develop has problems:\n  scale.max must be 20',
  );
  expect(() => expect('develop').toDrainWithin(Duration.hours(1), { backlog: 1 })).toThrow(
    'expected a worker or its plan, got string',
  );
});

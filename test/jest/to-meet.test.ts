import { describe, expect, test } from '@jest/globals';
import { Duration } from 'cdk8s';
import { matchers } from '../../lib/jest';
import { burstLoad, constantLoad } from '../../lib/plan';
import { exampleChart, exampleProps, exampleWorker } from '../worker/example-worker';

expect.extend(matchers);

const worker = exampleWorker(exampleChart());
const { throughputPerPod, maxReplicas } = worker.plan.figures;
const most = throughputPerPod.value * maxReplicas.value;

describe('toMeet', () => {
  test('passes along a load that the worker keeps up with', () => {
    const load = constantLoad({ rate: most / 3, seconds: 1800 });
    expect(worker).toMeet({ wait: { p50: Duration.seconds(1), p99: Duration.seconds(5) } }, load);
  });

  test('fails with when, what and why, and a small plot', () => {
    const load = burstLoad({
      base: most / 10,
      burst: 2 * most,
      atSeconds: 600,
      burstSeconds: 600,
      seconds: 1800,
    });
    const failing = () => expect(worker).toMeet({ wait: { p99: Duration.seconds(2) } }, load);
    expect(failing).toThrow(
      /^expected develop to let 99 of 100 tasks wait 2 s or less along a burst, but they wait .* s\n/,
    );
    expect(failing).toThrow(
      /\n {2}0:1\d:?\d*–0:\d\d:?\d* +at-max +the backlog grew to .* tasks with 10 pods/,
    );
    expect(failing).toThrow(/\n {2}replicas, pods\n +10 ┤.*█/);
    expect(() => expect(worker).not.toMeet({ wait: { p50: Duration.hours(1) } }, load)).toThrow(
      /^expected develop not to let half of the tasks wait 3,600 s or less/,
    );
  });

  test('fails for what is no load, no objective and no worker', () => {
    const load = constantLoad({ rate: 1, seconds: 60 });
    expect(() =>
      expect(worker).toMeet({ wait: { p99: Duration.seconds(2) } }, constantLoad({ rate: -1, seconds: 60 })),
    ).toThrow('load.rate must be 0 tasks/s or more, got -1');
    expect(() => expect(worker).toMeet({ wait: {} }, load)).toThrow('expected wait.p50 or wait.p99');
    expect(() => expect(worker).toMeet({} as never, load)).toThrow('expected wait.p50 or wait.p99');
    expect(() => expect(worker).toMeet({ wait: { p99: 5 as never } }, load)).toThrow(
      'expected wait.p99 to be a Duration, such as Duration.seconds(5), got 5',
    );
    expect(() => expect('develop').toMeet({ wait: { p99: Duration.seconds(2) } }, load)).toThrow(
      'expected a worker in a chart, got string',
    );
    const broken = exampleWorker(exampleChart(), { scale: { ...exampleProps.scale, min: 20 } });
    expect(() => expect(broken).toMeet({ wait: { p99: Duration.seconds(2) } }, load)).toThrow(
      'the plan of develop has problems:',
    );
  });
});

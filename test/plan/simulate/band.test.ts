import { describe, expect, test } from '@jest/globals';
import {
  burstLoad,
  formatProblem,
  outsideBand,
  type SeenStep,
  simulate,
  simulateBand,
  type WorkerBand,
} from '../../../lib/plan';
import { configMap, deployment, scaledObject, settings, worker } from './documents';

const load = burstLoad({ base: 60, burst: 400, atSeconds: 300, burstSeconds: 600, seconds: 1500 });

function band(runs = 60, seed = 1): WorkerBand {
  const { workers, problems } = simulateBand(worker, load, settings, { runs, seed });
  expect(problems).toEqual([]);
  const [only] = workers;
  if (only === undefined) throw new Error('nothing was simulated');
  return only;
}

function seenOf(change: Parameters<typeof simulate>[2]): SeenStep[] {
  const [found] = simulate(worker, load, { ...settings, ...change }).workers;
  // At a sync, that is in the middle of a step, what holds is that of the end of the one before or of this one.
  return (found?.steps ?? []).map(({ atSeconds, replicas, readyPods }) => ({
    atSeconds: atSeconds + 7,
    replicas,
    readyPods,
  }));
}

describe('a band', () => {
  const whole = band();

  test('has a step each 15 s, with the simulation itself inside', () => {
    expect(whole.steps).toHaveLength(100);
    expect(outsideBand(whole, seenOf({}))).toEqual([]);
    for (const { replicas, readyPods, backlogTasks } of whole.steps) {
      for (const [low, high] of [replicas, readyPods, backlogTasks]) expect(low).toBeLessThanOrEqual(high);
    }
  });

  test('holds clusters that differ within what is not known', () => {
    for (const change of [
      { scrapePhaseSeconds: 1, syncPhaseSeconds: 13 },
      { startSeconds: 3.5, imagePullSeconds: 1 },
      { profiles: { develop: { meanSeconds: 0.105, maxSeconds: 2 } } },
    ]) {
      const outside = outsideBand(band(200), seenOf(change));
      // A corner of what is not known may lie at the edge of what was drawn.
      expect(outside.length).toBeLessThanOrEqual(2);
    }
  });

  test('is the same for the same seed, and wider the more is drawn', () => {
    expect(band(10)).toEqual(band(10));
    const few = band(10);
    const width = ({ steps }: WorkerBand) =>
      steps.reduce((sum, { replicas: [low, high] }) => sum + high - low, 0);
    expect(width(whole)).toBeGreaterThanOrEqual(width(few));
    expect(width(few)).toBeGreaterThan(0);
  });

  test('of KEDA holds a cluster where it polls at another time', () => {
    const documents = [configMap(), deployment, scaledObject];
    const wave = burstLoad({ base: 0, burst: 100, atSeconds: 0, burstSeconds: 120, seconds: 900 });
    const fromZero = { ...settings, startPods: 0 };
    const { workers } = simulateBand(documents, wave, fromZero, { runs: 60 });
    const other = { ...fromZero, pollPhaseSeconds: 11, scrapePhaseSeconds: 9 };
    const [seen] = simulate(documents, wave, other).workers;
    const [held] = workers;
    if (held === undefined || seen === undefined) throw new Error('nothing was simulated');
    const outside = outsideBand(
      held,
      seen.steps.map((it) => ({ ...it, atSeconds: it.atSeconds + 7 })),
    );
    expect(outside.filter(({ what }) => what === 'replicas')).toEqual([]);
    expect(held.steps[0]?.replicas).toEqual([0, 1]);
  });

  test('is a line where everything is known', () => {
    const exact = {
      scrapePhaseSeconds: [7.5, 7.5],
      syncPhaseSeconds: [0, 0],
      pollPhaseSeconds: [0, 0],
      schedulingSeconds: [1, 1],
      imagePullSeconds: [5, 5],
      startSeconds: [2, 2],
      taskTime: [1, 1],
      rate: [1, 1],
    } as const;
    const known = simulateBand(worker, load, settings, { runs: 3, uncertainty: exact }).workers[0];
    const [one] = simulate(worker, load, settings).workers;
    expect(known?.steps.map(({ replicas: [, high] }) => high)).toEqual(
      one?.steps.map(({ replicas }, index) => Math.max(replicas, one.steps[index - 1]?.replicas ?? replicas)),
    );
  });

  test('leaves a planted trajectory outside, and says where', () => {
    const seen = seenOf({});
    // A cluster whose autoscaler does not look for five minutes of the burst.
    const stuck = seen.map((at) =>
      at.atSeconds > 300 && at.atSeconds < 600 ? { ...at, replicas: 2, readyPods: 2 } : at,
    );
    const outside = outsideBand(whole, stuck);
    expect(outside.length).toBeGreaterThan(10);
    expect(outside[0]?.line).toMatch(/^\d+ s: replicas 2, outside of \d+ to \d+$/);
    // One pod too many at one look is seen as well.
    const at = seen[seen.length - 40];
    const top = whole.steps.at(-40)?.replicas[1] ?? 0;
    const one = seen.map((it) => (it === at ? { ...it, replicas: top + 1 } : it));
    expect(outsideBand(whole, one)).toMatchObject([{ what: 'replicas', seen: top + 1, high: top }]);
  });

  test('leaves what comes after the end of the load outside', () => {
    expect(outsideBand(whole, [{ atSeconds: 1600, replicas: 2 }])).toMatchObject([
      { line: '1600 s: replicas 2, after the end of the load' },
    ]);
  });

  test.each([
    [
      'a range from high to low',
      { uncertainty: { taskTime: [2, 1] as const } },
      'uncertainty.taskTime must be two numbers',
    ],
    ['a negative range', { uncertainty: { rate: [-1, 1] as const } }, 'uncertainty.rate must be two numbers'],
    [
      'no number',
      { uncertainty: { startSeconds: [0, Number.NaN] as const } },
      'uncertainty.startSeconds must be',
    ],
    ['no runs', { runs: 0 }, 'runs must be a whole number of 1 or more, got 0'],
  ])('fails for %s', (_, options, line) => {
    const { workers, problems } = simulateBand(worker, load, settings, options);
    expect(workers).toEqual([]);
    expect(problems.map(formatProblem)).toEqual([expect.stringContaining(line)]);
  });
});

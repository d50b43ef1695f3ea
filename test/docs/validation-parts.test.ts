import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { poissonTimes, regularTimes } from '../../bench/validation/arrivals';
import { secondsOfEach, startCpu } from '../../bench/validation/calibrate';
import { CASES, DRAINS, LEAST_TASKS, loadedTasks, seedOf } from '../../bench/validation/cases';
import { type Costs, costsAt, momentsOf, shares } from '../../bench/validation/costs';
import { stopTimes } from '../../bench/validation/measure-case';
import { mean } from '../../bench/validation/numbers';
import {
  loadedRate,
  noticeOf,
  playedWait,
  simulation,
  startUnder,
  theory,
  throughput,
} from '../../bench/validation/predict';
import { doneIn } from '../../bench/validation/pushed-run';
import { verdictOf } from '../../bench/validation/report';
import { longestRest, sumOfRests } from '../../bench/validation/rest';
import { fitTasks, Random } from '../../lib/plan';
import { syntheticRuns, type Truth } from '../plan/measure/synthetic';

const TRUTH: Truth = {
  cpuSeconds: 0.05,
  waitingSeconds: 0.01,
  startCpuSeconds: 0.02,
  startSeconds: 0.04,
  idleBytes: 2 ** 24,
  baseBytes: 2 ** 25,
  perTaskBytes: 2 ** 23,
  cores: 1000,
  lockSeconds: 0,
  noise: 0,
};

const COSTS: Costs = {
  fit: fitTasks(syntheticRuns(TRUTH, [1, 3], 2, new Random(1)), TRUTH.cores),
  referenceCpu: 0.04,
  busyCpu: [
    { slots: 1, seconds: 0.04 },
    { slots: 3, seconds: 0.03 },
  ],
  taskSeconds: [0.03, 0.06, 0.09],
  turnSeconds: 0.01,
  startSeconds: 0.04,
  startCpuSeconds: 0.02,
};

describe('a start under a CPU limit', () => {
  test('is as long as one without where its CPU fits the quota of a period', () => {
    expect(startUnder(0.5, 0.04, 0.05)).toBe(0.04);
  });

  test('stands still once for each quota that it uses up before it is over', () => {
    // 22 ms with 5 ms in each period: four stops, and 2 ms in the fifth period.
    expect(startUnder(0.05, 0.04, 0.022)).toBeCloseTo(0.018 + 0.4 + 0.002, 12);
    expect(startUnder(0.05, 0.04, 0.02)).toBeCloseTo(0.02 + 0.3 + 0.005, 12);
  });
});

describe('the CPU of a start', () => {
  test('is found again from how much longer the start takes under a limit', () => {
    for (const cpu of [0.0105, 0.0225, 0.0315]) {
      const tight = startUnder(0.03, 0.06, cpu);
      expect(Math.abs(startCpu(0.06, tight, 0.03) - cpu)).toBeLessThanOrEqual(0.0015 + 1e-9);
    }
  });

  test('is at most one quota where the limit makes no difference', () => {
    expect(startCpu(0.04, 0.04, 0.5)).toBeLessThan(0.05);
    expect(startCpu(0.04, 0, 0.5)).toBe(0);
  });
});

const STEADY = momentsOf(COSTS, []);

const SHORT_OF_CPU = [
  { worker: 'develop', slots: 1, cores: 0.9 },
  { worker: 'develop', slots: 4, cores: 0.5 },
] as const;

describe('predictions', () => {
  test('a pool gets done what its slots allow, or its CPU', () => {
    const of = (slots: number, cores: number) => throughput(COSTS, { slots, cores });
    expect(of(1, 0.5)).toBeCloseTo(0.5 / 0.04, 9);
    expect(of(1, 1)).toBeCloseTo(1 / 0.05, 9);
    expect(of(4, 0.5)).toBeCloseTo(0.5 / 0.03, 9);
    expect(of(2, 0.5)).toBeCloseTo(0.5 / 0.035, 9);
  });

  test('theory and simulation agree about throughput, where both are about the same tasks', () => {
    for (const of of SHORT_OF_CPU) {
      const played = simulation(STEADY, of, { fullTasks: 300, times: [0] });
      expect(played.throughput / theory(STEADY, of, 1).throughput).toBeCloseTo(1, 1);
    }
  });

  test('theory and simulation agree about drains, with the time until the signal is noticed', () => {
    for (const of of SHORT_OF_CPU) {
      const played = simulation(STEADY, of, { fullTasks: 1, times: [0] });
      expect(Math.abs(played.drain / theory(STEADY, of, 1).drain - 1)).toBeLessThan(0.2);
      expect(played.drain).toBeGreaterThan(noticeOf(COSTS, of));
    }
  });

  test('a simulated wait is that of the tasks that came, at the times at which they came', () => {
    const of = { worker: 'develop', slots: 1, cores: 1 } as const;
    // The second task comes 10 ms before the first one has ended: 0.5 × (10 ms waiting + 40 ms CPU).
    expect(playedWait(COSTS, of, [0, 0.015])).toBeCloseTo(0.01, 9);
  });

  test('a load that the machine became too slow for still has a wait', () => {
    const of = { worker: 'develop', slots: 1, cores: 0.5 } as const;
    expect(theory(STEADY, of, 100).waitP99).toBeLessThan(100);
  });
});

describe('the costs of a moment', () => {
  test('are in proportion to the CPU that the reference takes then, but for what is no CPU', () => {
    const slow = costsAt(COSTS, 0.06);
    for (const slots of [1, 2, 3]) {
      expect(shares(slow, slots).cpu).toBeCloseTo(1.5 * shares(COSTS, slots).cpu, 9);
      expect(shares(slow, slots).waiting).toBe(shares(COSTS, slots).waiting);
    }
    expect(shares(costsAt({ ...COSTS, pushedCpu: 0.05 }, 0.06), 1, true).cpu).toBeCloseTo(0.075, 9);
    expect(costsAt(slow, COSTS.referenceCpu).busyCpu[0]?.seconds).toBeCloseTo(0.04, 9);
  });

  test('are those between the references around each part', () => {
    const { full, loaded, drained } = momentsOf(COSTS, [0.04, 0.06, 0.1, 0.1]);
    expect([full, loaded, drained].map(({ referenceCpu }) => referenceCpu)).toEqual([0.05, 0.08, 0.1]);
  });

  test('of a task that is pushed bound the load, where they are known', () => {
    const of = { worker: 'crawl', slots: 4, cores: 0.05 } as const;
    expect(loadedRate(COSTS, of)).toBeCloseTo((0.7 * 0.05) / 0.03, 9);
    expect(loadedRate({ ...COSTS, pushedCpu: 0.06 }, of)).toBeCloseTo((0.7 * 0.05) / 0.06, 9);
  });
});

describe('the rest of tasks at a random moment', () => {
  test('is that which random draws of longer tasks say', () => {
    const random = new Random(5);
    const times = [1, 2, 9];
    const draw = () => {
      let at = random.uniform() * 12;
      for (const it of times) {
        if (at < it) return it - at;
        at -= it;
      }
      return 0;
    };
    for (const tasks of [1, 4, 9]) {
      const draws = Array.from({ length: 4001 }, () => Array.from({ length: tasks }, draw));
      const drawn = (values: number[]) => mean(values) / mean(times);
      expect(longestRest(times, tasks) / drawn(draws.map((it) => Math.max(...it)))).toBeCloseTo(1, 1);
      const sums = draws.map((it) => it.reduce((sum, rest) => sum + rest, 0));
      expect(sumOfRests(times, tasks) / drawn(sums)).toBeCloseTo(1, 1);
    }
  });

  test('of equal tasks is uniform', () => {
    expect(longestRest([3, 3], 1)).toBeCloseTo(0.5, 9);
    expect(longestRest([3, 3], 2)).toBeCloseTo(2 / 3, 9);
    expect(sumOfRests([3, 3], 4)).toBeCloseTo(2, 9);
  });
});

describe('a signal', () => {
  test('waits for a turn of each task that computes, and half of one', () => {
    const costs = { ...COSTS, fit: { ...COSTS.fit, waitingSeconds: { value: 0, low: 0, high: 0 } } };
    expect(noticeOf(costs, { slots: 4, cores: 0.5 })).toBeCloseTo((3.5 * 0.01) / 0.5, 9);
    expect(noticeOf(costs, { slots: 1, cores: 1 })).toBeCloseTo(0.005, 9);
  });

  test('comes at times that are evenly spread over a lap of tasks, once the slots are full', () => {
    for (const seed of [1, 2, 3]) {
      const times = stopTimes(8, { worker: 'develop', slots: 4, cores: 0.6 }, { expected: 5, seed });
      expect(times).toHaveLength(DRAINS);
      expect(Math.min(...times)).toBeGreaterThanOrEqual((2 * 4) / 5);
      expect(Math.max(...times)).toBeLessThan((2 * 4) / 5 + 8 / 5);
      const gaps = times.slice(1).map((it, index) => it - (times[index] ?? 0));
      for (const gap of gaps) expect(gap).toBeCloseTo(8 / 5 / DRAINS, 9);
    }
  });
});

describe('tasks of a loaded run', () => {
  test('are a hundred at least, and the same in each case and round, but others in another', () => {
    expect(loadedTasks(1)).toBe(LEAST_TASKS);
    expect(loadedTasks(50)).toBeGreaterThan(LEAST_TASKS);
    const seeds = [1, 2, 3, 4, 5].flatMap((round) => CASES.map((of) => seedOf(of, round)));
    expect(new Set(seeds).size).toBe(seeds.length);
    expect(poissonTimes(5, 10, 3)).toEqual(poissonTimes(5, 10, 3));
  });

  test('come at the rate that they are meant to', () => {
    expect(5000 / (poissonTimes(7, 5000, 1).at(-1) ?? 0)).toBeCloseTo(7, 0);
    expect(regularTimes(10, 3)).toEqual([0, 0.1, 0.2]);
  });

  test('wait from when they were sent until their handler began', () => {
    const line = (id: string, outcome: string) =>
      `{"time":"1970-01-01T00:00:10.5Z","msg":"task finished","id":"${id}","outcome":"${outcome}","seconds":0.2}`;
    const log = ['{"msg":"ready"}', line('0', 'done'), line('1', 'dead'), line('7', 'done'), 'no JSON'].join(
      '\n',
    );
    expect(doneIn(log, [10.1, 10.2])).toEqual([
      { index: 0, waitSeconds: expect.closeTo(0.2, 9), seconds: 0.2 },
    ]);
  });

  test('have the time that the same task has in the middle, over all laps', () => {
    const of = (index: number, seconds: number) => ({ index, seconds, waitSeconds: 0 });
    expect(secondsOfEach([of(0, 1), of(1, 5), of(2, 3), of(3, 7), of(4, 9)], 2)).toEqual([3, 6]);
  });
});

describe('a verdict', () => {
  test('is yes within 15 % of the median, spread within what was measured, else no', () => {
    expect(verdictOf([90, 100, 300], [114])).toBe('yes');
    expect(verdictOf([90, 100, 300], [200])).toBe('spread');
    expect(verdictOf([90, 100, 110], [200, 84])).toBe('no');
  });

  test('does not change with the order of the runs', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 1, max: 9, noNaN: true }), { minLength: 1 }), (values) => {
        expect(verdictOf([...values].reverse(), [3])).toBe(verdictOf(values, [3]));
      }),
    );
  });
});

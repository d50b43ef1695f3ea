import { contenderOf, figure, ratio, type WorkerRun } from './results';

/** Something that was set out to be reached before it was measured. */
export interface Target {
  readonly kind: 'required' | 'wanted';
  readonly what: string;
  readonly bound: number;
  readonly unit: string;
  readonly read: (run: WorkerRun) => number | undefined;
}

/** The loops by hand on the broker of each of Capstan's contenders. */
const LOOPS: Readonly<Record<string, readonly string[]>> = {
  'Capstan, JetStream': ['nats.go, ack', 'nats.go, confirmed ack'],
  'Capstan, Redis': ['go-redis'],
  'Capstan, Kafka': ['franz-go'],
};

const FLOOR = 20_000;
const RATE = 'tasksPerSecond';

function ofFloor(kind: Target['kind'], name: string, bound: number): Target {
  return {
    kind,
    what: `${name}: of the ${FLOOR.toLocaleString('en')} tasks/s that 100 slots × 5 ms can do`,
    bound,
    unit: ' ×',
    read: (run) => {
      const rate = figure(contenderOf(run, 'sleep5ms', name), RATE);
      return rate === undefined ? undefined : rate / FLOOR;
    },
  };
}

function ofBest(name: string, loops: readonly string[]): Target {
  return {
    kind: 'required',
    what: `${name}: of the best loop by hand on its broker, 100 slots × 5 ms`,
    bound: 0.95,
    unit: ' ×',
    read: (run) => {
      const ratios = loops.flatMap(
        (loop) => ratio(contenderOf(run, 'sleep5ms', name), contenderOf(run, 'sleep5ms', loop), RATE) ?? [],
      );
      return ratios.length === 0 ? undefined : Math.min(...ratios);
    },
  };
}

function ofAsynq(suite: string, what: string, bound: number): Target {
  return {
    kind: 'required',
    what: `Capstan, Redis: of asynq on the same Redis, ${what}`,
    bound,
    unit: ' ×',
    read: (run) => ratio(contenderOf(run, suite, 'Capstan, Redis'), contenderOf(run, suite, 'asynq'), RATE),
  };
}

const NAMES = Object.keys(LOOPS);

/** In the order of the page. */
export const TARGETS: readonly Target[] = [
  ...NAMES.map((name) => ofFloor('required', name, 0.8)),
  ...NAMES.map((name) => ofFloor('wanted', name, 0.9)),
  ...NAMES.map((name) => ofBest(name, LOOPS[name] ?? [])),
  ofAsynq('sleep5ms', '100 × 5 ms', 1.6),
  ofAsynq('noop', 'tasks that do nothing', 4),
];

import { figure, type PoolRun, ratio } from './results';

/** Something that was set out to be reached before it was measured. */
export interface Target {
  readonly kind: 'required' | 'wanted';
  readonly suite: string;
  /** What the figure is a multiple of, or a figure of. */
  readonly than: string;
  readonly bound: number;
  readonly unit: string;
  /** Whether the figure is to be the bound at least, or at most. */
  readonly least: boolean;
  /** The measure that counts, and one to show beside it. */
  readonly measures: readonly string[];
  readonly read: (run: PoolRun, measure: string) => number | undefined;
}

const TIMES = { unit: ' ×', least: true, measures: ['ns', 'cpuNs'] } as const;

/** How many times as fast as another the pool is to be. */
function faster(kind: Target['kind'], suite: string, than: string, bound: number): Target {
  return {
    kind,
    suite,
    than,
    bound,
    ...TIMES,
    read: (run, measure) => ratio(run, suite, than, 'capstan', measure),
  };
}

/** At least as many times as fast as the faster of two. */
function fasterThanBoth(kind: Target['kind'], suite: string, than: readonly string[], bound: number): Target {
  return {
    kind,
    suite,
    than: than.join(' and '),
    bound,
    ...TIMES,
    read: (run, measure) => {
      const ratios = than.map((it) => ratio(run, suite, it, 'capstan', measure));
      return ratios.reduce((a, b) => (a === undefined || b === undefined ? undefined : Math.min(a, b)));
    },
  };
}

const ANTS = ['ants Submit', 'ants generic'];
const queue = (producers: number) => `empty/queue=1024/producers=${producers}`;
const noQueue = (producers: number) => `empty/queue=0/producers=${producers}`;

/** In the order of the page. */
export const TARGETS: readonly Target[] = [
  ...[1, 2].flatMap((producers) => [
    fasterThanBoth('required', queue(producers), ANTS, 7),
    faster('required', queue(producers), 'pond', 2),
    faster('required', queue(producers), 'buffered channel', 0.85),
  ]),
  ...[1, 2].flatMap((producers) => [
    fasterThanBoth('required', noQueue(producers), ANTS, 5),
    faster('required', noQueue(producers), 'unbuffered channel', 2),
  ]),
  fasterThanBoth('required', noQueue(1000), ANTS, 1.8),
  {
    kind: 'required',
    suite: queue(1),
    than: 'allocations a task',
    bound: 0.01,
    unit: '',
    least: false,
    measures: ['allocs'],
    read: (run, measure) => figure(run, queue(1), 'capstan', measure),
  },
  faster('required', 'sleep', 'static split', 0.9),
  fasterThanBoth('required', 'sleep', ANTS, 1.15),
  {
    kind: 'required',
    suite: 'hand-off',
    than: 'at p99',
    bound: 50,
    unit: ' µs',
    least: false,
    measures: ['p99us'],
    read: (run, measure) => figure(run, 'hand-off', 'capstan', measure),
  },
  faster('wanted', queue(1000), 'buffered channel', 0.9),
  faster('wanted', 'cpu/1µs', 'buffered channel', 0.9),
  faster('wanted', noQueue(1000), 'conc', 1),
];

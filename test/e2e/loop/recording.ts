import type { KubernetesObject } from '../../../tools/cluster/documents';
import type { Arrivals } from './arrivals';
import type { Decision } from './decision';
import type { LoopScaler } from './photo-loop';
import type { Sample, Trajectory } from './trajectory';

/** Width of the stretches over which arrivals are counted. */
const LOAD_SECONDS = 5;

/** What happened while a real autoscaler scaled a worker, with all that `simulate` needs to play the same; see recorded/README.md. */
export interface Recording {
  readonly worker: string;
  readonly scaledBy: 'HorizontalPodAutoscaler' | 'ScaledObject';
  /** What was deployed: the worker, its configuration and what scales it. */
  readonly documents: readonly KubernetesObject[];
  /** Tasks that came, as a `Load` of lib/plan has them. */
  readonly load: { readonly seconds: readonly number[]; readonly rates: readonly number[] };
  /** As `SimulateSettings` of lib/plan has them. */
  readonly settings: {
    readonly syncSeconds: number;
    readonly scrapeSeconds: number;
    readonly startPods: number;
    readonly profiles: Readonly<Record<string, { readonly slots: number; readonly meanSeconds: number }>>;
  };
  /** Seconds from the creation of each pod until it was ready. */
  readonly podStartSeconds: readonly number[];
  /** One each `syncSeconds`; fields as `SimulationStep` of lib/plan has them. */
  readonly steps: readonly Step[];
  /** What the autoscaler said, each time that it said something else. */
  readonly decisions: readonly Decision[];
}

interface Step extends Omit<Sample, 'pendingTasks'> {
  readonly arrivalsPerSecond: number;
  readonly backlogTasks: number;
}

/** What the parts of a recording were. */
export interface Recorded {
  readonly worker: string;
  readonly scaler: LoopScaler;
  readonly documents: readonly KubernetesObject[];
  readonly arrivals: Arrivals;
  readonly trajectory: Trajectory;
  readonly syncSeconds: number;
  readonly scrapeSeconds: number;
  readonly meanSeconds: number;
  readonly slots: number;
}

const READ_BY_SIMULATE = [
  'Deployment',
  'ConfigMap',
  'HorizontalPodAutoscaler',
  'ScaledObject',
  'PodDisruptionBudget',
];

/** Puts a recording together. */
export function recordingOf(it: Recorded): Recording {
  const { worker, trajectory, syncSeconds, scrapeSeconds, slots, meanSeconds } = it;
  const { samples, decisions, startSeconds } = trajectory;
  const end = samples.at(-1)?.atSeconds ?? 0;
  return {
    worker,
    scaledBy: it.scaler === 'keda' ? 'ScaledObject' : 'HorizontalPodAutoscaler',
    documents: it.documents.filter(
      ({ kind, metadata }) => metadata.name === worker && READ_BY_SIMULATE.includes(kind),
    ),
    load: loadOf(it.arrivals.at, end),
    settings: {
      syncSeconds,
      scrapeSeconds,
      startPods: samples[0]?.replicas ?? 0,
      profiles: { [worker]: { slots, meanSeconds } },
    },
    podStartSeconds: startSeconds,
    steps: stepsOf(it, end),
    decisions,
  };
}

function rate(at: readonly number[], from: number, to: number): number {
  const count = at.filter((time) => time >= from && time < to).length;
  return Math.round((count / (to - from)) * 1000) / 1000;
}

/** A steady rate for each stretch: two points at its ends. */
function loadOf(at: readonly number[], end: number): Recording['load'] {
  const starts = Array.from({ length: Math.ceil(end / LOAD_SECONDS) }, (_, index) => index * LOAD_SECONDS);
  return {
    seconds: starts.flatMap((from) => [from, from + LOAD_SECONDS]),
    rates: starts.flatMap((from) => {
      const steady = rate(at, from, from + LOAD_SECONDS);
      return [steady, steady];
    }),
  };
}

function stepsOf({ trajectory: { samples }, arrivals, syncSeconds, slots }: Recorded, end: number): Step[] {
  const steps: Step[] = [];
  for (let from = 0; from + syncSeconds <= end; from += syncSeconds) {
    const seen = samples.filter(({ atSeconds }) => atSeconds < from + syncSeconds).at(-1);
    if (seen === undefined) continue;
    const { pendingTasks, ...rest } = seen;
    // What pods have fetched and not begun waits as well.
    const fetched = Math.max(0, rest.unsettledTasks - pendingTasks - rest.readyPods * slots);
    const arrivalsPerSecond = rate(arrivals.at, from, from + syncSeconds);
    steps.push({ ...rest, atSeconds: from, arrivalsPerSecond, backlogTasks: pendingTasks + fetched });
  }
  return steps;
}

import { type Circumstances, propose } from '../plan/autoscaler/proposals';
import { readAutoscaler } from '../plan/autoscaler/read-autoscaler';
import { DEFAULT_SETTINGS } from '../plan/autoscaler/settings';
import type { MetricSpec } from '../plan/autoscaler/spec';
import { type Tolerance, toleranceOf } from '../plan/autoscaler/tolerance';
import { numberAt } from '../plan/fields';
import { type Holding, holdingOf } from './holding';
import { observationOf } from './observation';
import { nameOf } from './pods';
import { secondsSince, timeAt, type WorkloadView } from './view';

/** What one metric of an autoscaler asks for. */
export interface MetricWish {
  readonly source: MetricSpec['source'];
  readonly name: string;
  readonly type: MetricSpec['target']['type'];
  /** What it is now: in its unit, or percent for `Utilization`; `undefined`: it could not be read. */
  readonly value: number | undefined;
  /** What it is to be, likewise. */
  readonly target: number;
  /** Pods that it asks for; `undefined`: it could not be read. */
  readonly pods: number | undefined;
  /** Whether it is near enough to its target to ask for no change, although not at it. */
  readonly isTolerated: boolean;
}

/** What an autoscaler does, and why it does no more. */
export interface Scaling {
  readonly autoscaler: string;
  readonly min: number;
  readonly max: number;
  /** Pods that the workload is set to. */
  readonly current: number;
  /** Pods that the autoscaler decided on when it looked last. */
  readonly desired: number;
  /** Pods that its metrics ask for together; `undefined`: none could be read. */
  readonly wanted: number | undefined;
  readonly metrics: readonly MetricWish[];
  /** What keeps it from what its metrics ask for; `undefined`: nothing. */
  readonly held: Holding | undefined;
  /** Time since it changed the number of pods; `undefined`: it never has. */
  readonly changedSecondsAgo: number | undefined;
}

/**
 * What the autoscaler of a workload does, from its status and the algorithm of its controller: see docs/autoscaler.md.
 *
 * @returns `undefined` where nothing scales it, and for what is no autoscaling/v2
 */
export function scalingOf(view: WorkloadView): Scaling | undefined {
  const { autoscaler, workload } = view;
  if (autoscaler === undefined) return undefined;
  const { spec } = readAutoscaler({ ...autoscaler, status: undefined });
  if (spec === undefined) return undefined;
  const observation = observationOf(view, spec, autoscaler);
  const tolerance = toleranceOf(spec, DEFAULT_SETTINGS);
  const given = { observation, tolerance, settings: DEFAULT_SETTINGS };
  const metrics = spec.metrics.map((metric, index) => wishOf(metric, index, given));
  const wishes = metrics.flatMap(({ pods }) => pods ?? []);
  const current = numberAt(workload, 'spec', 'replicas') ?? 1;
  const changed = timeAt(autoscaler, 'status', 'lastScaleTime');
  const found = {
    autoscaler: nameOf(autoscaler),
    min: spec.minReplicas,
    max: spec.maxReplicas,
    current,
    desired: numberAt(autoscaler, 'status', 'desiredReplicas') ?? current,
    wanted: wishes.length === 0 ? undefined : Math.max(...wishes),
    metrics,
    changedSecondsAgo: changed === undefined ? undefined : secondsSince(changed, view),
  };
  return { ...found, held: holdingOf({ ...found, spec, autoscaler }) };
}

const EXACT: Tolerance = { least: 1, most: 1 };

function wishOf(metric: MetricSpec, index: number, given: Circumstances): MetricWish {
  const reading = given.observation.readings[index] ?? 'failed';
  const proposal = propose(metric, reading, given);
  const exact = propose(metric, reading, { ...given, tolerance: EXACT });
  const { type, amount } = metric.target;
  const unit = type === 'Utilization' ? 1 : 1000;
  // A share of no pods is no number: then the whole metric says more.
  const seen = proposal?.seen ?? (typeof reading === 'number' ? reading : undefined);
  return {
    source: metric.source,
    name: metric.name,
    type,
    value: seen === undefined ? undefined : seen / unit,
    target: amount / unit,
    pods: proposal?.replicas,
    isTolerated: proposal !== undefined && exact !== undefined && exact.replicas !== proposal.replicas,
  };
}

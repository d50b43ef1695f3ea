import type { Demand } from '../downstream';
import { scaleDown } from '../scaling';
import type { SettledSpec } from '../settled-spec';
import { type PeakFigures, type PeakInput, type PeakPods, peakFigures, peakPods } from './peak';
import { surgeFor } from './update';

/** All pods of a workload together. */
export interface Fleet {
  /** The peaks with their reasons. */
  readonly figures: PeakFigures;
  readonly peaks: PeakPods;
  /** What its use of shared resources follows from. */
  readonly demand: Demand;
}

/** The pods that a workload has at most, and what they hold. */
export function fleet(spec: SettledSpec, slots: number, graceSeconds: number): Fleet {
  const at = (max: number, surge = surgeFor(spec, max)) => peakInput(spec, graceSeconds, max, surge);
  const demand: Demand = {
    by: spec.work.by,
    slots,
    min: spec.minReplicas,
    max: spec.maxReplicas,
    surge: surgeFor(spec, spec.maxReplicas),
    peaksAt: (max, surge) => peakPods(at(max, surge)),
  };
  return {
    figures: peakFigures(at(spec.maxReplicas), slots, spec.work),
    peaks: demand.peaksAt(spec.maxReplicas),
    demand,
  };
}

function peakInput(spec: SettledSpec, graceSeconds: number, max: number, surge: number): PeakInput {
  return {
    min: Math.min(spec.minReplicas, max),
    max,
    surge,
    unavailable: spec.maxUnavailable,
    minReadySeconds: spec.minReadySeconds.value,
    graceSeconds,
    scaleDown: scaleDown(graceSeconds),
  };
}
